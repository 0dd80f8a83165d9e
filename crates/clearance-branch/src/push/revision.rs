//! Revision expressions (gitrevisions(7)), as far as the facts can answer them.

use super::settings::Settings;
use crate::facts::{Head, ObjectKind, RepoFacts};
use crate::refspec::{candidates, is_object_id, is_ref_name};

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// This object.
    Id(String),
    /// Nothing: git fails.
    Fails,
    /// Not known.
    Unknown,
}

/// Resolves an expression.
pub(crate) fn resolve(text: &str, facts: &RepoFacts, settings: &Settings<'_>) -> Revision {
    if let Some(answer) = facts.revisions.get(text) {
        return answer.clone().map_or(Revision::Fails, Revision::Id);
    }
    let (base, steps) = split(text);
    let mut value = resolve_base(base, facts, settings);
    for step in steps {
        let Revision::Id(id) = value else {
            return value;
        };
        value = walk(&id, step, facts);
    }
    value
}

/// One step from an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `~n`.
    Back(u32),
    /// `^n`, `n > 0`.
    Parent(u32),
    /// `^{}`, `^0`, `^{commit}`.
    Peel,
    /// Anything else behind `^`.
    Other,
}

/// Splits trailing `~n`, `^n` and `^{...}` off.
fn split(text: &str) -> (&str, Vec<Step>) {
    let mut rest = text;
    let mut steps = Vec::new();
    while let Some((before, step)) = last_step(rest) {
        if steps.len() > 1000 {
            steps.push(Step::Other);
            break;
        }
        steps.push(step);
        rest = before;
    }
    steps.reverse();
    (rest, steps)
}

fn last_step(text: &str) -> Option<(&str, Step)> {
    if let Some(open) = text.strip_suffix('}').and_then(|t| t.rsplit_once("^{")) {
        let step = if matches!(open.1, "" | "commit") {
            Step::Peel
        } else {
            Step::Other
        };
        return Some((open.0, step));
    }
    let trimmed = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.get(trimmed.len()..)?;
    let number = if digits.is_empty() {
        Some(1)
    } else {
        digits.parse::<u32>().ok()
    };
    if let Some(before) = trimmed.strip_suffix('~') {
        return Some((before, number.map_or(Step::Other, Step::Back)));
    }
    let before = trimmed.strip_suffix('^').filter(|b| !b.is_empty())?;
    let step = match number {
        Some(0) => Step::Peel,
        Some(n) => Step::Parent(n),
        None => Step::Other,
    };
    Some((before, step))
}

fn walk(id: &str, step: Step, facts: &RepoFacts) -> Revision {
    match step {
        Step::Other => Revision::Unknown,
        Step::Peel => match facts.kind(id) {
            Some(ObjectKind::Tag(Some(target))) => Revision::Id(target.clone()),
            Some(ObjectKind::Commit) => Revision::Id(id.to_owned()),
            _ => Revision::Unknown,
        },
        Step::Parent(n) => parent(id, n, facts),
        Step::Back(n) => {
            let mut value = commit(id, facts);
            for _ in 0..n {
                let Revision::Id(id) = value else { break };
                value = parent(&id, 1, facts);
            }
            value
        }
    }
}

fn commit(id: &str, facts: &RepoFacts) -> Revision {
    match facts.commit_of(id) {
        Some(Some(commit)) => Revision::Id(commit.to_owned()),
        Some(None) | None => Revision::Unknown,
    }
}

fn parent(id: &str, n: u32, facts: &RepoFacts) -> Revision {
    let Revision::Id(commit) = commit(id, facts) else {
        return Revision::Unknown;
    };
    let Some(parents) = facts.ancestry.parents.get(&commit) else {
        return Revision::Unknown;
    };
    let index = usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    parents
        .get(index)
        .cloned()
        .map_or(Revision::Fails, Revision::Id)
}

fn resolve_base(base: &str, facts: &RepoFacts, settings: &Settings<'_>) -> Revision {
    if let Some(answer) = facts.revisions.get(base) {
        return answer.clone().map_or(Revision::Fails, Revision::Id);
    }
    if is_object_id(base) {
        return Revision::Id(base.to_ascii_lowercase());
    }
    if let Some((name, inner)) = base.strip_suffix('}').and_then(|b| b.split_once("@{")) {
        return at(name, inner, facts, settings);
    }
    if base == "HEAD" || base == "@" {
        return head(facts);
    }
    if let Some(name) = local_ref(base, facts) {
        return facts
            .refs
            .get(&name)
            .cloned()
            .map_or(Revision::Unknown, Revision::Id);
    }
    let known = facts.refs_complete && facts.no_other_names && is_plain_name(base);
    if known {
        Revision::Fails
    } else {
        Revision::Unknown
    }
}

/// The first ref that a name stands for; unlike a refspec, a revision may be ambiguous.
pub(crate) fn local_ref(name: &str, facts: &RepoFacts) -> Option<String> {
    candidates(name)
        .into_iter()
        .find(|full| facts.refs.contains_key(full))
}

fn head(facts: &RepoFacts) -> Revision {
    match &facts.head {
        Head::Unknown => Revision::Unknown,
        Head::Detached(id) => Revision::Id(id.clone()),
        Head::Branch(name) => match facts.refs.get(name) {
            Some(id) => Revision::Id(id.clone()),
            None if facts.refs_complete => Revision::Fails,
            None => Revision::Unknown,
        },
    }
}

/// A name that can only be a ref: no operators, and not an abbreviated object id, alone or
/// behind `-g` as git-describe(1) writes it.
fn is_plain_name(name: &str) -> bool {
    let hex = |t: &str| t.len() >= 4 && t.bytes().all(|b| b.is_ascii_hexdigit());
    let described = name.rsplit_once("-g").is_some_and(|(_, id)| hex(id));
    is_ref_name(name, false) && !hex(name) && !described
}

/// `name@{inner}`.
fn at(name: &str, inner: &str, facts: &RepoFacts, settings: &Settings<'_>) -> Revision {
    match inner.to_ascii_lowercase().as_str() {
        "u" | "upstream" => upstream(name, facts, settings),
        number => match number.parse::<usize>() {
            Ok(n) => logged(name, n, facts),
            Err(_) => Revision::Unknown,
        },
    }
}

fn branch_name<'a>(name: &'a str, facts: &'a RepoFacts) -> Option<&'a str> {
    match (name, &facts.head) {
        ("" | "HEAD" | "@", Head::Branch(full)) => full.strip_prefix("refs/heads/"),
        ("" | "HEAD" | "@", _) => None,
        _ => Some(name),
    }
}

fn upstream(name: &str, facts: &RepoFacts, settings: &Settings<'_>) -> Revision {
    let complete = facts.refs_complete && facts.config_complete;
    let nothing = if complete {
        Revision::Fails
    } else {
        Revision::Unknown
    };
    let Some(branch) = branch_name(name, facts).and_then(|b| settings.branches.get(b)) else {
        return nothing;
    };
    let (Some(remote), [merge, ..]) = (branch.remote, branch.merge.as_slice()) else {
        return nothing;
    };
    let tracking = if remote.value == "." {
        local_ref(merge.value, facts)
    } else {
        settings
            .remote(remote.value)
            .and_then(|r| r.tracking(merge.value))
    };
    match tracking.and_then(|name| facts.refs.get(&name)) {
        Some(id) => Revision::Id(id.clone()),
        None => nothing,
    }
}

fn logged(name: &str, back: usize, facts: &RepoFacts) -> Revision {
    let Some(logs) = &facts.reflogs else {
        return Revision::Unknown;
    };
    let full = match name {
        "" => match &facts.head {
            Head::Branch(full) => Some(full.clone()),
            _ => None,
        },
        "HEAD" | "@" => None,
        _ => local_ref(name, facts),
    };
    let Some(full) = full else {
        let no_ref = facts.refs_complete && name != "HEAD" && is_plain_name(name);
        return if no_ref {
            Revision::Fails
        } else {
            Revision::Unknown
        };
    };
    let Some(values) = logs.get(&full) else {
        return Revision::Fails;
    };
    values
        .iter()
        .rev()
        .nth(back)
        .cloned()
        .map_or(Revision::Fails, Revision::Id)
}

/// The ref that a name resolves to as a symbolic or plain ref, not as an expression.
pub(crate) fn ref_behind(name: &str, facts: &RepoFacts) -> Option<String> {
    if name == "HEAD" {
        return match &facts.head {
            Head::Branch(full) if facts.refs.contains_key(full) => Some(full.clone()),
            Head::Detached(_) => Some("HEAD".to_owned()),
            _ => None,
        };
    }
    let target = facts.symbolic.get(name).cloned();
    target.or_else(|| facts.refs.contains_key(name).then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> RepoFacts {
        let mut facts = RepoFacts::default();
        for (name, id) in [("refs/heads/main", "c3"), ("refs/tags/v1", "t1")] {
            facts.refs.insert(name.into(), id.into());
        }
        (facts.refs_complete, facts.no_other_names) = (true, true);
        facts.head = Head::Branch("refs/heads/main".into());
        for (id, parents) in [("c3", &["c2", "x"][..]), ("c2", &["c1"]), ("c1", &[])] {
            let parents = parents.iter().map(|p| (*p).to_owned()).collect();
            facts.ancestry.parents.insert(id.into(), parents);
            facts.objects.insert(id.into(), ObjectKind::Commit);
        }
        facts
            .objects
            .insert("t1".into(), ObjectKind::Tag(Some("c1".into())));
        facts
    }

    #[test]
    fn expressions() {
        let facts = facts();
        let settings = Settings::default();
        let id = |t: &str| Revision::Id(t.into());
        for (text, value) in [
            ("HEAD", id("c3")),
            ("HEAD~2", id("c1")),
            ("main^^", id("c1")),
            ("main^2", id("x")),
            ("main^3", Revision::Fails),
            ("main~3", Revision::Fails),
            ("v1", id("t1")),
            ("v1^{}", id("c1")),
            ("v1~0", id("c1")),
            ("nosuch", Revision::Fails),
            ("deadbeef", Revision::Unknown),
            ("v1-3-gdeadbee", Revision::Unknown),
            ("main@{1}", Revision::Unknown),
            (":/text", Revision::Unknown),
            ("main^{tree}", Revision::Unknown),
            ("main^99999999999", Revision::Unknown),
        ] {
            assert_eq!(resolve(text, &facts, &settings), value, "{text}");
        }
    }
}
