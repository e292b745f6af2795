//! The reference implementation of Cedar as a benchmark peer.
//!
//! The timed region is `Authorizer::is_authorized` on a request, a policy set and entities that were built before, and the
//! release of the response that it returns.

use std::hint::black_box;
use std::str::FromStr;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema, ValidationMode,
    Validator,
};
use harness::{Case, Outcome, Peer};
use serde_json::{json, Value};

struct Cedar {
    text: String,
    is_json: bool,
    validator: Option<Validator>,
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
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

fn read_schema(case: &Case) -> Outcome<Schema> {
    let text = case.text("schema")?;
    Ok(if case.is_json("schema", "schemaFormat") {
        Schema::from_json_str(&text)?
    } else {
        Schema::from_cedarschema_str(&text)?.0
    })
}

fn parse(text: &str, is_json: bool) -> Outcome<PolicySet> {
    Ok(if is_json { PolicySet::from_json_str(text)? } else { PolicySet::from_str(text)? })
}

impl Peer for Cedar {
    fn load(case: &Case) -> Outcome<Self> {
        let schema = if case.has("schema") { Some(read_schema(case)?) } else { None };
        let text = case.text("policies")?;
        let is_json = case.is_json("policies", "policyFormat");
        let policies = parse(&text, is_json)?;
        let entities = Entities::from_json_str(&case.text("entities")?, schema.as_ref())?;
        let requests = case.requests()?.iter().map(|request| read_request(request, schema.as_ref()));
        let requests = requests.collect::<Outcome<_>>()?;
        let validator = schema.map(Validator::new);
        Ok(Self { text, is_json, validator, authorizer: Authorizer::new(), policies, entities, requests })
    }

    fn requests(&self) -> usize {
        self.requests.len()
    }

    fn answer(&mut self, request: usize) -> Outcome<Value> {
        let response = self.authorizer.is_authorized(&self.requests[request], &self.policies, &self.entities);
        let mut reason: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        let failed = |error: &AuthorizationError| match error {
            AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
        };
        let mut errors: Vec<String> = response.diagnostics().errors().map(failed).collect();
        reason.sort();
        errors.sort();
        let decision = if response.decision() == Decision::Allow { "allow" } else { "deny" };
        Ok(json!({"decision": decision, "reason": reason, "errors": errors}))
    }

    fn decide(&mut self, request: usize) {
        let request = black_box(&self.requests[request]);
        black_box(self.authorizer.is_authorized(request, &self.policies, &self.entities));
    }

    fn parse(&self) {
        black_box(parse(&self.text, self.is_json).is_ok());
    }

    fn validate(&self) -> bool {
        let Some(validator) = &self.validator else { return false };
        black_box(validator.validate(&self.policies, ValidationMode::Strict));
        true
    }
}

fn main() -> Outcome<()> {
    harness::main::<Cedar>("cedar-rust")
}
