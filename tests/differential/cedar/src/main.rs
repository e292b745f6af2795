//! Cedar's answers to generated cases: one JSON object a line in, one a line out, in the same order, until the input ends.
//!
//! A case: `schema` (text, may be missing), `policies` (text), `refused` (policy texts that quis does not read), `links`
//! (`template`, `id`, `principal`, `resource`), `entities` (JSON text), `requests` (JSON texts), `level` (a number), and, when
//! the JSON forms are asked for, `policies_json` (what quis writes of `policies` and `links`).
//!
//! What Cedar refuses is answered by its message, what it accepts by `null`. Entities and requests that do not fit the schema are
//! read without it, so that they are decided all the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::io::{BufRead, Write as _};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::str::FromStr;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request, Schema,
    SchemaFragment, SlotId, ValidationMode, ValidationResult, Validator,
};
use serde_json::{json, Map, Value};

type Outcome<T> = Result<T, String>;

/// Deeply nested texts are read by recursion.
const STACK: usize = 1 << 30;

fn message(error: impl Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The variant's name: what a derived `Debug` prints first.
fn kind(error: &impl Debug) -> String {
    struct UpToBracket(String);
    impl std::fmt::Write for UpToBracket {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            match text.find('(') {
                Some(end) => {
                    self.0.push_str(&text[..end]);
                    Err(std::fmt::Error)
                }
                None => {
                    self.0.push_str(text);
                    Ok(())
                }
            }
        }
    }
    let mut name = UpToBracket(String::new());
    let _ = write!(name, "{error:?}");
    name.0
}

type Kinds = BTreeMap<String, BTreeSet<String>>;

fn errors_of(result: &ValidationResult) -> Kinds {
    let mut kinds = Kinds::new();
    for error in result.validation_errors() {
        kinds.entry(error.policy_id().to_string()).or_default().insert(kind(error));
    }
    kinds
}

fn warnings_of(result: &ValidationResult) -> Kinds {
    let mut kinds = Kinds::new();
    for warning in result.validation_warnings() {
        kinds.entry(warning.policy_id().to_string()).or_default().insert(kind(warning));
    }
    kinds
}

fn validate(answer: &mut Map<String, Value>, schema: &Schema, policies: &PolicySet, level: u32) {
    let validator = Validator::new(schema.clone());
    let strict = validator.validate(policies, ValidationMode::Strict);
    answer.insert("strict".into(), json!(errors_of(&strict)));
    answer.insert("warnings".into(), json!(warnings_of(&strict)));
    let permissive = validator.validate(policies, ValidationMode::Permissive);
    answer.insert("permissive".into(), json!(errors_of(&permissive)));
    let leveled = validator.validate_with_level(policies, ValidationMode::Strict, level);
    answer.insert("level".into(), json!(errors_of(&leveled)));
}

fn read_schema(answer: &mut Map<String, Value>, case: &Value) -> Option<Schema> {
    let source = case["schema"].as_str()?;
    match Schema::from_cedarschema_str(source) {
        Ok((schema, warnings)) => {
            answer.insert("schema".into(), Value::Null);
            answer.insert("schema_warnings".into(), json!(warnings.count()));
            if !case["policies_json"].is_null() {
                let fragment = SchemaFragment::from_cedarschema_str(source).map_err(message);
                let json = fragment.and_then(|(fragment, _)| fragment.to_json_value().map_err(message));
                answer.insert("schema_json".into(), json.unwrap_or_else(Value::String));
            }
            Some(schema)
        }
        Err(error) => {
            answer.insert("schema".into(), json!(message(error)));
            None
        }
    }
}

fn read_policies(source: &str) -> Outcome<PolicySet> {
    PolicySet::from_str(source).map_err(message)
}

fn link(policies: &mut PolicySet, link: &Value) -> Outcome<()> {
    let mut values = HashMap::new();
    for (slot, key) in [(SlotId::principal(), "principal"), (SlotId::resource(), "resource")] {
        if !link[key].is_null() {
            values.insert(slot, EntityUid::from_json(link[key].clone()).map_err(message)?);
        }
    }
    policies.link(PolicyId::new(text(link, "template")), PolicyId::new(text(link, "id")), values).map_err(message)
}

/// The JSON form of the policies, and whether what quis wrote of them reads as the same.
fn policies_json(answer: &mut Map<String, Value>, policies: &PolicySet, written: &Value) {
    let Some(written) = written.as_str() else { return };
    let own = match policies.clone().to_json() {
        Ok(own) => own,
        Err(error) => return drop(answer.insert("json_error".into(), json!(message(error)))),
    };
    let read = PolicySet::from_json_str(written).and_then(PolicySet::to_json).map_err(message);
    answer.insert("reads_json".into(), read.map_or_else(Value::String, |read| json!(read == own)));
    answer.insert("json".into(), own);
}

fn read_entities(answer: &mut Map<String, Value>, source: &str, schema: Option<&Schema>) -> Entities {
    let fitting = schema.map(|schema| Entities::from_json_str(source, Some(schema)).map_err(message));
    if let Some(fitting) = fitting {
        answer.insert("entities".into(), json!(fitting.as_ref().err()));
        if let Ok(entities) = fitting {
            return entities;
        }
    }
    let plain = Entities::from_json_str(source, None).map_err(message);
    answer.insert("plain_entities".into(), json!(plain.as_ref().err()));
    plain.unwrap_or_default()
}

fn read_request(request: &Value, schema: Option<&Schema>) -> Outcome<Request> {
    let uid = |key| EntityUid::from_json(request[key].clone()).map_err(message);
    let action = uid("action")?;
    let context = Context::from_json_value(request["context"].clone(), schema.map(|schema| (schema, &action)));
    Request::new(uid("principal")?, action, uid("resource")?, context.map_err(message)?, schema).map_err(message)
}

fn decide(request: &Request, policies: &PolicySet, entities: &Entities) -> Value {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let reason: BTreeSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
    let failed = |error: &AuthorizationError| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    };
    let errors: BTreeSet<String> = response.diagnostics().errors().map(failed).collect();
    json!({"allow": response.decision() == Decision::Allow, "reason": reason, "errors": errors})
}

fn answer_request(source: &Value, schema: Option<&Schema>, policies: &PolicySet, entities: &Entities) -> Value {
    let request: Value = match serde_json::from_str(source.as_str().unwrap_or_default()) {
        Ok(request) => request,
        Err(error) => return json!({"plain": message(error)}),
    };
    let fitting = schema.map(|schema| read_request(&request, Some(schema)));
    let fits = fitting.as_ref().map(|fitting| fitting.as_ref().err().cloned());
    let (request, plain) = match fitting {
        Some(Ok(request)) => (Some(request), None),
        _ => match read_request(&request, None) {
            Ok(request) => (Some(request), None),
            Err(error) => (None, Some(error)),
        },
    };
    let mut answer = request.map_or_else(|| json!({}), |request| decide(&request, policies, entities));
    if let Some(fits) = fits {
        answer["fits"] = json!(fits);
    }
    if let Some(plain) = plain {
        answer["plain"] = json!(plain);
    }
    answer
}

fn answer(case: &Value) -> Value {
    let mut answer = Map::new();
    let schema = read_schema(&mut answer, case);
    let refused = list(case, "refused").iter().map(|source| read_policies(source.as_str().unwrap_or_default()).err());
    answer.insert("refused".into(), refused.map(|error| json!(error)).collect());
    let policies = read_policies(text(case, "policies"));
    answer.insert("policies".into(), json!(policies.as_ref().err()));
    let Ok(mut policies) = policies else { return Value::Object(answer) };
    let linked = list(case, "links").iter().map(|values| json!(link(&mut policies, values).err()));
    answer.insert("links".into(), linked.collect());
    if let Some(schema) = &schema {
        validate(&mut answer, schema, &policies, case["level"].as_u64().unwrap_or_default() as u32);
    }
    policies_json(&mut answer, &policies, &case["policies_json"]);
    let entities = read_entities(&mut answer, text(case, "entities"), schema.as_ref());
    let requests = list(case, "requests").iter();
    let answers = requests.map(|request| answer_request(request, schema.as_ref(), &policies, &entities));
    answer.insert("requests".into(), answers.collect());
    Value::Object(answer)
}

fn run() {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let answer = catch_unwind(AssertUnwindSafe(|| match serde_json::from_str(&line) {
            Ok(case) => answer(&case),
            Err(error) => json!({"panic": format!("not a case: {error}")}),
        }));
        let answer = answer.unwrap_or_else(|_| json!({"panic": "Cedar panicked"}));
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

fn main() {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(run);
    let finished = worker.map(|worker| worker.join().is_ok()).unwrap_or(false);
    std::process::exit(i32::from(!finished));
}
