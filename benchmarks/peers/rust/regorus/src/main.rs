//! regorus, an interpreter of Rego (the language of Open Policy Agent), as a benchmark peer.
//!
//! Each workload has a policy in ../policies that means what its Cedar policies mean. The entities are the data document:
//! an object by uid, of `attrs`, in which an entity is its uid, and of `ancestors`, closed beforehand, which are keys and
//! not a list, so that Rego looks one up. The policy is compiled once, to the virtual machine of regorus. The timed region
//! is `set_input` with a value that was built before, the evaluation of `allow`, and the release of what it returned.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;

use harness::{Case, Outcome, Peer};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::{Program, RegoVM};
use regorus::Engine;
use serde_json::{json, Map, Value};

const ALLOW: &str = "data.authz.allow";

const POLICIES: [(&str, &str); 3] = [
    ("gdrive_", include_str!("../policies/gdrive.rego")),
    ("github_", include_str!("../policies/github.rego")),
    ("tinytodo_", include_str!("../policies/tinytodo.rego")),
];

struct Regorus {
    policy: &'static str,
    machine: RegoVM,
    requests: Vec<regorus::Value>,
}

fn compile(policy: &str) -> Outcome<Arc<Program>> {
    let mut engine = Engine::new();
    engine.add_policy("authz.rego".to_string(), policy.to_string())?;
    let compiled = engine.compile_with_entrypoint(&ALLOW.into())?;
    Ok(Compiler::compile_from_policy(&compiled, &[ALLOW])?)
}

/// `Type::id`, from `{"type", "id"}` or the same below `__entity`.
fn uid(json: &Value) -> Option<String> {
    let json = json.get("__entity").unwrap_or(json);
    Some(format!("{}::{}", json["type"].as_str()?, json["id"].as_str()?))
}

/// An attribute: entities become their uids.
fn attribute(json: &Value) -> Value {
    match json {
        Value::Object(object) if object.contains_key("__entity") => uid(json).map_or(Value::Null, Value::String),
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), attribute(value))).collect(),
        Value::Array(elements) => elements.iter().map(attribute).collect(),
        _ => json.clone(),
    }
}

fn ancestors(of: &str, parents: &BTreeMap<String, Vec<String>>, found: &mut BTreeSet<String>) {
    for parent in parents.get(of).into_iter().flatten() {
        if found.insert(parent.clone()) {
            ancestors(parent, parents, found);
        }
    }
}

fn document(entities: &[Value]) -> Outcome<Value> {
    let mut parents = BTreeMap::new();
    for entity in entities {
        let above = entity["parents"].as_array().into_iter().flatten().filter_map(uid).collect();
        parents.insert(uid(&entity["uid"]).ok_or("an entity has no uid")?, above);
    }
    let mut all = Map::new();
    for entity in entities {
        let name = uid(&entity["uid"]).ok_or("an entity has no uid")?;
        let mut above = BTreeSet::new();
        ancestors(&name, &parents, &mut above);
        let above: Map<String, Value> = above.into_iter().map(|ancestor| (ancestor, Value::Bool(true))).collect();
        all.insert(name, json!({"attrs": attribute(&entity["attrs"]), "ancestors": above}));
    }
    Ok(json!({ "entities": all }))
}

fn input(request: &Value) -> Outcome<regorus::Value> {
    let name = |part: &str| uid(&request[part]).ok_or_else(|| format!("a request has no {part}"));
    let action = request["action"]["id"].as_str().ok_or("a request has no action")?;
    let input = json!({"principal": name("principal")?, "action": action, "resource": name("resource")?});
    Ok(regorus::Value::from_json_str(&input.to_string())?)
}

impl Regorus {
    fn allowed(&mut self, request: usize) -> Outcome<bool> {
        self.machine.set_input(self.requests[request].clone());
        Ok(*self.machine.execute_entry_point_by_index(0)?.as_bool()?)
    }
}

impl Peer for Regorus {
    fn load(case: &Case) -> Outcome<Self> {
        let matching = POLICIES.iter().find(|(prefix, _)| case.name().starts_with(prefix));
        let policy = matching.ok_or("there is no Rego for this workload")?.1;
        let entities: Vec<Value> = serde_json::from_str(&case.text("entities")?)?;
        let mut machine = RegoVM::new();
        machine.load_program(compile(policy)?);
        machine.set_data(regorus::Value::from_json_str(&document(&entities)?.to_string())?)?;
        let requests = case.requests()?.iter().map(input).collect::<Outcome<_>>()?;
        Ok(Self { policy, machine, requests })
    }

    fn requests(&self) -> usize {
        self.requests.len()
    }

    fn answer(&mut self, request: usize) -> Outcome<Value> {
        Ok(json!({"decision": if self.allowed(request)? { "allow" } else { "deny" }}))
    }

    fn decide(&mut self, request: usize) {
        black_box(self.allowed(request).is_ok());
    }

    fn parse(&self) {
        black_box(compile(self.policy).is_ok());
    }
}

fn main() -> Outcome<()> {
    harness::main::<Regorus>("regorus")
}
