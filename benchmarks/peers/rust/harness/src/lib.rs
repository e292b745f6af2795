//! What the peers in Rust share: they read a case, answer its requests and time decisions in the same way.
//!
//! The command line, the order of requests, the batches and the output are those of quis_peer.cpp; ../../../README.md
//! describes them. A peer implements `Peer` and calls `main`.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{json, Value};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

const STREAM: usize = 65_536;
const BATCH: Duration = Duration::from_micros(20);
const MIN_BATCHES: usize = 5;
const MIN_ANSWERS: usize = 50;
const ANSWERING: Duration = Duration::from_secs(5);

/// A system that has loaded a case: its policies, its entities, and its requests in the form that it decides them in.
pub trait Peer: Sized {
    fn load(case: &Case) -> Outcome<Self>;

    /// How many requests the case has.
    fn requests(&self) -> usize;

    /// `{"decision", "reason", "errors"}`, or only the decision where the system tells no more.
    fn answer(&mut self, request: usize) -> Outcome<Value>;

    /// What is timed: one decision, and the release of what it returned. `answer` has seen that it does not fail.
    fn decide(&mut self, request: usize);

    /// Parses the policies from their text.
    fn parse(&self);

    /// Validates the policies; false when there is nothing to validate against, or the system has no such notion.
    fn validate(&self) -> bool {
        false
    }
}

/// The file of a case, and the files that it names.
pub struct Case {
    path: PathBuf,
    json: Value,
}

impl Case {
    fn read(path: &Path) -> Outcome<Self> {
        let json = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        Ok(Self { path: std::fs::canonicalize(path)?, json })
    }

    pub fn requests(&self) -> Outcome<&Vec<Value>> {
        Ok(self.json["requests"].as_array().ok_or("the case has no requests")?)
    }

    /// The text of the file that the case names under `key`. Paths are relative to the nearest folder above the case under
    /// which they exist.
    pub fn text(&self, key: &str) -> Outcome<String> {
        let relative = self.json[key].as_str().ok_or_else(|| format!("the case names no {key}"))?;
        let found = self.path.ancestors().skip(1).map(|folder| folder.join(relative)).find(|path| path.exists());
        let path = found.ok_or_else(|| format!("cannot find `{relative}` above {}", self.path.display()))?;
        Ok(std::fs::read_to_string(&path)?)
    }

    pub fn has(&self, key: &str) -> bool {
        self.json[key].as_str().is_some_and(|name| !name.is_empty())
    }

    pub fn is_json(&self, key: &str, format: &str) -> bool {
        self.json[format] == "json" || self.json[key].as_str().is_some_and(|name| name.ends_with(".json"))
    }

    /// The name of the case's file, without its folder and ending: `gdrive_50`.
    pub fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or("")
    }
}

/// Does what the command line asks of the peer; `system` is its name there.
pub fn main<P: Peer>(system: &str) -> Outcome<()> {
    let options = options(system)?;
    let start = Instant::now();
    let mut peer = P::load(&Case::read(&options.case)?)?;
    let load_ms = start.elapsed().as_secs_f64() * 1e3;
    let answers = if options.answers { answers(&mut peer)? } else { Vec::new() };
    let (mut samples, batch) = time(&mut peer, options.seconds);
    samples.sort_by(f64::total_cmp);
    let parse_ms = median_ms(options.seconds / 4.0, || peer.parse());
    let validate_ms = peer.validate().then(|| {
        median_ms(options.seconds / 4.0, || {
            black_box(peer.validate());
        })
    });
    let report = json!({
        "system": options.system,
        "requests": peer.requests(),
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

struct Options {
    case: PathBuf,
    system: String,
    seconds: f64,
    output: PathBuf,
    answers: bool,
}

fn options(system: &str) -> Outcome<Options> {
    let (mut case, mut system, mut seconds, mut output, mut answers) = (None, system.to_string(), 1.0, None, true);
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
        case: case.ok_or("usage: CASE.json --output FILE [--system NAME] [--seconds S] [--no-answers]")?,
        system,
        seconds,
        output: output.ok_or("--output is missing")?,
        answers,
    })
}

/// Every request once; the first fifty at least, and no more once five seconds have passed.
fn answers<P: Peer>(peer: &mut P) -> Outcome<Vec<Value>> {
    let start = Instant::now();
    let wanted = |index: &usize| *index < MIN_ANSWERS || start.elapsed() < ANSWERING;
    (0..peer.requests()).take_while(wanted).map(|index| peer.answer(index)).collect()
}

/// SplitMix64, reduced to an index by multiplication; the same numbers as ../../../../random.hpp.
fn stream(requests: usize) -> Vec<usize> {
    let mut state: u64 = 0x5155_4953; // "QUIS"
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..STREAM).map(|_| (((next() >> 32) * requests as u64) >> 32) as usize).collect()
}

/// Nanoseconds per decision of each batch, and the size of a batch.
fn time<P: Peer>(peer: &mut P, seconds: f64) -> (Vec<f64>, usize) {
    let order = stream(peer.requests());
    let mut position = 0;
    let mut run = |decisions: usize| {
        let start = Instant::now();
        for _ in 0..decisions {
            peer.decide(order[position % STREAM]);
            position += 1;
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
