//! The machine forms: rows of facts in, rows of answers out.
//!
//! [`answer_row`] takes one row of `clearance merge --batch`, `route --batch`,
//! `gate --batch` or a direct push; [`pattern_row`] one of `clearance pattern --batch`;
//! [`answer_merge`], [`answer_route`] and [`answer_gate`] single facts. No row ends in an
//! error that a caller could take for a yes: what cannot be read asks.

mod facts;
mod reader;

use clearance_core::{Role, Verdict};
pub use facts::{Reading, gate_facts, merge_facts, route_facts};
use serde_json::{Map, Value, json};

use crate::config::Policy;
use crate::gate::check_gate;
use crate::merge::{MergeFacts, Outcome, Who, decide_merge};
use crate::pattern::{Coverage, Dialect, Pattern, RefCondition, RefKind};
use crate::protect::{Actor, ChangeKind, RefChange, decide_push};
use crate::route::route;

/// Reads a row. Beyond JSON it takes the words `NaN`, `Infinity` and `-Infinity` for numbers,
/// which programs in other languages write into what they call JSON; they become text, so
/// that they count as no number.
///
/// # Errors
///
/// For a line that is no JSON even so.
///
/// # Examples
///
/// ```
/// use clearance_branch::{config::Policy, json};
///
/// let row = json::parse_row(br#"{"id": 1, "input": {"change": "trivial", "confidence": NaN}}"#)?;
/// assert_eq!(json::answer_row(&row, &Policy::default())["to"], "manual_review");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn parse_row(line: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(line)
        .or_else(|error| serde_json::from_slice(&quote_non_numbers(line)).map_err(|_| error))
}

/// The line with quotes around the words for non-numbers that stand outside strings.
fn quote_non_numbers(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len() + 8);
    let mut rest = line;
    let mut in_string = false;
    while let Some((&byte, after)) = rest.split_first() {
        let words: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
        let word = words
            .into_iter()
            .find(|w| !in_string && rest.starts_with(w));
        if let Some(word) = word {
            out.push(b'"');
            out.extend_from_slice(word);
            out.push(b'"');
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        out.push(byte);
        rest = match (in_string, byte, after) {
            (true, b'\\', [escaped, after @ ..]) => {
                out.push(*escaped);
                after
            }
            _ => {
                in_string ^= byte == b'"';
                after
            }
        };
    }
    out
}

/// Answers one row: `pr` and `context`, or `input` with a `command` (gate), a `ref` (direct
/// push) or a `change` (route; with `"kind": "route-then-merge"` also the merge that
/// follows). A row that leaves out `checks` vouches that the required ones have passed.
///
/// # Examples
///
/// ```
/// use clearance_branch::{config::Policy, json::answer_row};
/// use serde_json::json;
///
/// let row = json!({"id": 7, "input": {"change": "trivial", "confidence": 95}});
/// let answer = answer_row(&row, &Policy::default());
/// assert_eq!((&answer["id"], &answer["to"]), (&json!(7), &json!("develop")));
///
/// let answer = answer_row(&json!({"id": 8}), &Policy::default());
/// assert_eq!(answer["verdict"], "ask");
/// ```
#[must_use]
pub fn answer_row(row: &Value, policy: &Policy) -> Value {
    let kind = row.get("kind").and_then(Value::as_str);
    let input = row.get("input");
    let has = |name| input.is_some_and(|i| i.get(name).is_some());
    let answer = if row.get("pr").is_some() {
        answer_merge(row, policy, Reading::Vouched)
    } else if kind == Some("route-then-merge") && has("change") {
        route_then_merge(input.unwrap_or(row), policy)
    } else if has("command") {
        answer_gate(input.unwrap_or(row), policy)
    } else if has("ref") {
        answer_push(input.unwrap_or(row), policy)
    } else if has("change") {
        answer_route(input.unwrap_or(row), policy)
    } else {
        error("a row needs `pr`, or `input` with `command`, `ref` or `change`")
    };
    with_id(row, answer)
}

/// Decides about `{"pr": {...}, "context": {...}}`.
#[must_use]
pub fn answer_merge(facts: &Value, policy: &Policy, reading: Reading) -> Value {
    let (facts, context) = merge_facts(facts, reading);
    let decision = decide_merge(policy, &facts, &context);
    let findings: Vec<Value> = decision
        .reasons
        .iter()
        .map(|r| {
            json!({
                "rule": r.code,
                "outcome": r.outcome.as_str(),
                "who": r.who.map(Who::as_str),
                "message": r.message,
                "remedy": r.change.to_string(),
            })
        })
        .collect();
    let requires: Vec<String> = decision.changes().iter().map(ToString::to_string).collect();
    let mut answer = json!({
        "decision": decision.outcome.as_str(),
        "verdict": decision.outcome.verdict().as_str(),
        "reasons": decision.codes(),
        "findings": findings,
        "requires": requires,
        "notes": decision.notes,
        "text": decision.to_string(),
    });
    put(&mut answer, "who", decision.who().map(Who::as_str));
    put(&mut answer, "to", decision.route_to());
    answer
}

/// Says where `{"change", "confidence", "bot"?}` goes.
#[must_use]
pub fn answer_route(input: &Value, policy: &Policy) -> Value {
    let (facts, problems) = route_facts(input);
    if !problems.is_empty() {
        return json!({
            "to": "manual_review",
            "verdict": Verdict::Ask.as_str(),
            "reasons": problems,
            "text": format!("manual_review: {}", problems.join("; ")),
        });
    }
    let routed = route(policy, &facts);
    let verdict = if routed.to.is_some() {
        Verdict::Allow
    } else {
        Verdict::Ask
    };
    json!({
        "to": routed.as_str(),
        "verdict": verdict.as_str(),
        "reasons": [routed.message],
        "text": format!("{}: {}", routed.as_str(), routed.message),
    })
}

/// Routes a change, and decides about its merge into `target`, or where it was routed.
fn route_then_merge(input: &Value, policy: &Policy) -> Value {
    let mut answer = answer_route(input, policy);
    let target = match input.get("target").and_then(Value::as_str) {
        Some(target) => target.to_owned(),
        None => match answer.get("to").and_then(Value::as_str) {
            Some("manual_review") | None => {
                put(&mut answer, "decision", Some(Outcome::Ask.as_str()));
                return answer;
            }
            Some(to) => to.to_owned(),
        },
    };
    let (facts, _) = route_facts(input);
    let pr = MergeFacts {
        target,
        confidence: facts.confidence,
        checks: crate::merge::Checks::AllPassed,
        bot: facts.bot.then(|| "bot".to_owned()),
        ..MergeFacts::default()
    };
    let decision = decide_merge(policy, &pr, &crate::merge::MergeContext::default());
    put(&mut answer, "decision", Some(decision.outcome.as_str()));
    put(
        &mut answer,
        "verdict",
        Some(decision.outcome.verdict().as_str()),
    );
    put(&mut answer, "who", decision.who().map(Who::as_str));
    if let Some(object) = answer.as_object_mut() {
        object.insert("reasons".to_owned(), json!(decision.codes()));
    }
    answer
}

/// Says whether the gate of `{"command", ...}` is open.
#[must_use]
pub fn answer_gate(input: &Value, policy: &Policy) -> Value {
    let facts = gate_facts(input);
    let decision = check_gate(policy, &facts);
    let state = if decision.is_open() { "open" } else { "closed" };
    let findings: Vec<Value> = decision
        .reasons
        .iter()
        .map(|r| json!({"rule": r.code, "verdict": r.verdict.as_str(), "message": r.message}))
        .collect();
    let lines = decision
        .reasons
        .iter()
        .map(|r| format!("\n  [{}]: {}", r.code, r.message));
    let text = format!(
        "`{}` is {state}{}",
        facts.command,
        lines.collect::<String>()
    );
    let codes: Vec<&str> = decision.reasons.iter().map(|r| r.code).collect();
    let mut answer = json!({
        "gate": state,
        "verdict": decision.verdict().as_str(),
        "reasons": codes,
        "findings": findings,
        "requires": decision.reasons.iter().map(|r| r.message.as_str()).collect::<Vec<_>>(),
        "text": text,
    });
    put(&mut answer, "who", decision.who.map(|level| level.as_str()));
    answer
}

/// Decides about a direct push: `{"ref", "actor"?, "kind"?, "force"?, "remote"?}`. Without
/// an actor it is an agent.
#[must_use]
pub fn answer_push(input: &Value, policy: &Policy) -> Value {
    let Some(refname) = input.get("ref").and_then(Value::as_str) else {
        return error("`ref` is not text");
    };
    let role = match input.get("actor").map(Value::as_str) {
        None | Some(Some("agent")) => Role::Agent,
        Some(Some("bot")) => Role::Bot,
        Some(Some("human")) => Role::Human,
        Some(Some("admin")) => Role::Admin,
        Some(_) => return error("`actor` is not `agent`, `bot`, `human` or `admin`"),
    };
    let force = match input.get("force") {
        None | Some(Value::Bool(false)) => ChangeKind::Update,
        Some(Value::Bool(true)) => ChangeKind::Force,
        Some(_) => return error("`force` is not true or false"),
    };
    let kind = match input
        .get("kind")
        .map(|k| k.as_str().and_then(ChangeKind::parse))
    {
        None | Some(Some(ChangeKind::Update)) => force,
        Some(Some(kind)) => kind,
        Some(None) => return error("`kind` is not `create`, `update`, `force` or `delete`"),
    };
    let remote = input.get("remote").and_then(Value::as_str);
    let change = RefChange {
        remote,
        refname,
        kind,
    };
    let decision = decide_push(&policy.push, &[], &change, &Actor::new(role));
    let verdict = decision.verdict().as_str();
    let findings: Vec<Value> = decision
        .reasons
        .iter()
        .map(|r| {
            json!({
                "rule": r.rule,
                "verdict": r.verdict.as_str(),
                "message": r.message,
                "remedy": r.remedy,
            })
        })
        .collect();
    json!({
        "decision": verdict,
        "verdict": verdict,
        "reasons": decision.reasons.iter().map(|r| r.rule).collect::<Vec<_>>(),
        "findings": findings,
    })
}

/// Answers one row of `clearance pattern --batch`: `{"id", "dialect", "pattern", "ref"}`, or
/// for GitHub rulesets `include`, `exclude`, `default` and `target` instead of `pattern`.
/// What is malformed matches nothing, and says so.
///
/// # Examples
///
/// ```
/// use clearance_branch::json::pattern_row;
/// use serde_json::json;
///
/// let row = json!({"id": 1, "dialect": "gitlab", "pattern": "rel*", "ref": "release/1"});
/// assert_eq!(pattern_row(&row), json!({"id": 1, "match": true}));
/// ```
#[must_use]
pub fn pattern_row(row: &Value) -> Value {
    let answer = match pattern_match(row) {
        Ok(matched) => json!({ "match": matched }),
        Err(message) => json!({ "match": false, "error": message }),
    };
    with_id(row, answer)
}

fn pattern_match(row: &Value) -> Result<bool, String> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let need = |name: &str| text(name).ok_or_else(|| format!("`{name}` is not text"));
    let dialect: Dialect = need("dialect")?.parse().map_err(|e| format!("{e}"))?;
    if row.get("include").is_some() {
        let kind = match text("target") {
            None | Some("branch") => RefKind::Branch,
            Some("tag") => RefKind::Tag,
            Some(other) => return Err(format!("`{other}` is not `branch` or `tag`")),
        };
        let (include, exclude) = (texts(row, "include")?, texts(row, "exclude")?);
        let condition = RefCondition::new(kind, &include, &exclude).map_err(|e| format!("{e}"))?;
        return match condition.covers(need("ref")?, text("default")) {
            Coverage::Yes => Ok(true),
            Coverage::No => Ok(false),
            Coverage::Unknown => Err("the default branch is not known".to_owned()),
        };
    }
    let pattern = Pattern::new(dialect, need("pattern")?).map_err(|e| format!("{e}"))?;
    Ok(pattern.matches_with_default(need("ref")?, text("default")))
}

fn texts(row: &Value, name: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{name}` is not a list of texts");
    match row.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|v| v.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

/// An answer to what could not be read. It asks.
fn error(message: &str) -> Value {
    json!({ "error": message, "decision": "ask", "verdict": "ask", "reasons": [] })
}

fn put(answer: &mut Value, name: &str, value: Option<&str>) {
    if let (Some(object), Some(value)) = (answer.as_object_mut(), value) {
        object.insert(name.to_owned(), value.into());
    }
}

/// The answer with the row's `id` in front.
fn with_id(row: &Value, answer: Value) -> Value {
    let mut object = Map::new();
    if let Some(id) = row.get("id") {
        object.insert("id".to_owned(), id.clone());
    }
    if let Value::Object(fields) = answer {
        object.extend(fields);
    }
    Value::Object(object)
}
