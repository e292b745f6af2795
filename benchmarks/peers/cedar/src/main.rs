//! The reference implementation of Cedar as a benchmark peer: reads a case, answers its requests, times decisions.
//!
//! The command line, the order of requests, the batches and the output are those of quis_peer.cpp; ../../README.md describes them.
//! The timed region is `Authorizer::is_authorized` on a request, a policy set and entities that were built before, and the
//! release of the response that it returns.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema, ValidationMode,
    Validator,
};
use serde_json::{json, Value};

type Outcome<T> = Result<T, Box<dyn Error>>;

const STREAM: usize = 65_536;
const BATCH: Duration = Duration::from_micros(20);
const MIN_BATCHES: usize = 5;
const MIN_ANSWERS: usize = 50;
const ANSWERING: Duration = Duration::from_secs(5);

struct Options {
    case: PathBuf,
    system: String,
    seconds: f64,
    output: PathBuf,
    answers: bool,
}

fn options() -> Outcome<Options> {
    let (mut case, mut system, mut seconds, mut output, mut answers) =
        (None, "cedar-rust".to_string(), 1.0, None, true);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--system" => system = value()?,
            "--seconds" => seconds = value()?.parse()?,
            "--output" => output = Some(PathBuf::from(value()?)),
            "--no-answers" => answers = false,
            flag if flag.starts_with("--") => return Err(format!("unknown flag `{flag}`").into()),
            path => case = Some(PathBuf::from(path)),
        }
    }
    Ok(Options {
        case: case.ok_or("usage: cedar-peer CASE.json --output FILE [--system NAME] [--seconds S] [--no-answers]")?,
        system,
        seconds,
        output: output.ok_or("--output is missing")?,
        answers,
    })
}

/// Paths in a case are relative to the nearest folder above it under which they exist.
fn resolve(case: &Path, relative: &str) -> Outcome<String> {
    let case = std::fs::canonicalize(case)?;
    let found = case.ancestors().skip(1).map(|folder| folder.join(relative)).find(|path| path.exists());
    let path = found.ok_or_else(|| format!("cannot find `{relative}` above {}", case.display()))?;
    Ok(std::fs::read_to_string(&path)?)
}

struct Subject {
    text: String,
    is_json: bool,
    validator: Option<Validator>,
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

fn is_json(case: &Value, file: &str, format: &str) -> bool {
    case[format] == "json" || case[file].as_str().is_some_and(|name| name.ends_with(".json"))
}

fn read_request(request: &Value, schema: Option<&Schema>) -> Outcome<Request> {
    let action = EntityUid::from_json(request["action"].clone())?;
    let context = match &request["context"] {
        Value::Null => Context::empty(),
        context => Context::from_json_value(context.clone(), schema.map(|schema| (schema, &action)))?,
    };
    let validate = request["validateRequest"].as_bool().unwrap_or(true);
    Ok(Request::new(
        EntityUid::from_json(request["principal"].clone())?,
        action,
        EntityUid::from_json(request["resource"].clone())?,
        context,
        schema.filter(|_| validate),
    )?)
}

fn parse(text: &str, is_json: bool) -> Outcome<PolicySet> {
    Ok(if is_json { PolicySet::from_json_str(text)? } else { PolicySet::from_str(text)? })
}

fn load(path: &Path) -> Outcome<Subject> {
    let case: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let schema = match case["schema"].as_str() {
        None | Some("") => None,
        Some(file) => {
            let text = resolve(path, file)?;
            let json = is_json(&case, "schema", "schemaFormat");
            Some(if json { Schema::from_json_str(&text)? } else { Schema::from_cedarschema_str(&text)?.0 })
        }
    };
    let text = resolve(path, case["policies"].as_str().ok_or("the case names no policies")?)?;
    let is_json = is_json(&case, "policies", "policyFormat");
    let policies = parse(&text, is_json)?;
    let entities = resolve(path, case["entities"].as_str().ok_or("the case names no entities")?)?;
    let entities = Entities::from_json_str(&entities, schema.as_ref())?;
    let requests = case["requests"].as_array().ok_or("the case has no requests")?;
    let requests = requests.iter().map(|request| read_request(request, schema.as_ref())).collect::<Outcome<_>>()?;
    let validator = schema.map(Validator::new);
    Ok(Subject { text, is_json, validator, authorizer: Authorizer::new(), policies, entities, requests })
}

impl Subject {
    fn answer(&self, request: &Request) -> Value {
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        let mut reason: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        let failed = |error: &AuthorizationError| match error {
            AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
        };
        let mut errors: Vec<String> = response.diagnostics().errors().map(failed).collect();
        reason.sort();
        errors.sort();
        let decision = if response.decision() == Decision::Allow { "allow" } else { "deny" };
        json!({"decision": decision, "reason": reason, "errors": errors})
    }

    /// Every request once; the first fifty at least, and no more once five seconds have passed.
    fn answers(&self) -> Vec<Value> {
        let start = Instant::now();
        let wanted = |(index, _): &(usize, &Request)| *index < MIN_ANSWERS || start.elapsed() < ANSWERING;
        self.requests.iter().enumerate().take_while(wanted).map(|(_, request)| self.answer(request)).collect()
    }
}

/// SplitMix64, reduced to an index by multiplication; the same numbers as request_stream.hpp.
fn stream(requests: usize) -> Vec<u32> {
    let mut state: u64 = 0x5155_4953; // "QUIS"
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..STREAM).map(|_| (((next() >> 32) * requests as u64) >> 32) as u32).collect()
}

/// Nanoseconds per decision of each batch, and the size of a batch.
fn time(subject: &Subject, seconds: f64) -> (Vec<f64>, usize) {
    let order = stream(subject.requests.len());
    let mut position = 0;
    let mut run = |decisions: usize| {
        let start = Instant::now();
        for _ in 0..decisions {
            let request = &subject.requests[order[position % STREAM] as usize];
            position += 1;
            black_box(subject.authorizer.is_authorized(black_box(request), &subject.policies, &subject.entities));
        }
        start.elapsed()
    };
    // By the fastest batch: one that was interrupted says nothing about how long a decision takes.
    let (mut batch, mut fastest) = (1, f64::INFINITY);
    let warm_up = Instant::now();
    while fastest.is_infinite() || warm_up.elapsed().as_secs_f64() < seconds / 10.0 {
        fastest = fastest.min(run(batch).as_secs_f64() / batch as f64);
        batch = (BATCH.as_secs_f64() / fastest).ceil().max(1.0) as usize;
    }
    let mut samples = Vec::new();
    let start = Instant::now();
    while samples.len() < MIN_BATCHES || start.elapsed().as_secs_f64() < seconds {
        samples.push(run(batch).as_secs_f64() * 1e9 / batch as f64);
    }
    (samples, batch)
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * q).round() as usize]
}

/// The median of `run` in milliseconds: of five runs, or of as many as fit into the time.
fn median_ms(seconds: f64, run: impl Fn()) -> f64 {
    let mut samples = Vec::new();
    let start = Instant::now();
    while samples.len() < MIN_BATCHES || start.elapsed().as_secs_f64() < seconds {
        let begin = Instant::now();
        run();
        samples.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    samples.sort_by(f64::total_cmp);
    quantile(&samples, 0.5)
}

fn main() -> Outcome<()> {
    let options = options()?;
    let start = Instant::now();
    let subject = load(&options.case)?;
    let load_ms = start.elapsed().as_secs_f64() * 1e3;
    let answers = if options.answers { subject.answers() } else { Vec::new() };
    let (mut samples, batch) = time(&subject, options.seconds);
    samples.sort_by(f64::total_cmp);
    let parse_ms = median_ms(options.seconds / 4.0, || {
        black_box(parse(&subject.text, subject.is_json).is_ok());
    });
    let validate_ms = subject.validator.as_ref().map(|validator| {
        median_ms(options.seconds / 4.0, || {
            black_box(validator.validate(&subject.policies, ValidationMode::Strict));
        })
    });
    let report = json!({
        "system": options.system,
        "requests": subject.requests.len(),
        "answers": answers,
        "load_ms": load_ms,
        "parse_ms": parse_ms,
        "validate_ms": validate_ms,
        "batch": batch,
        "batches": samples.len(),
        "ns_median": quantile(&samples, 0.5),
        "ns_p99": quantile(&samples, 0.99),
    });
    std::fs::write(&options.output, report.to_string())?;
    Ok(())
}
