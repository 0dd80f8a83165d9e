//! The words of a pack: syntaxes, effects, roles and grammars of operands, by their names.

use clearance_core::Effect;
use toml::Spanned;

use super::super::spec::{Count, EffectSet, Operand, Syntax, WordRole};
use super::{Fault, fault};

pub(super) fn syntax(name: Option<&Spanned<String>>) -> Result<Option<Syntax>, Fault> {
    let Some(name) = name else { return Ok(None) };
    match Syntax::parse(name.get_ref()) {
        Some(syntax) => Ok(Some(syntax)),
        None => {
            let help = "one of gnu, posix, clap, go, go-any, exact, bsd, none".to_owned();
            Err(fault(
                name,
                format!("unknown syntax `{}`", name.get_ref()),
                Some(help),
            ))
        }
    }
}

pub(super) fn effects(names: Option<&Spanned<String>>) -> Result<EffectSet, Fault> {
    let Some(names) = names else {
        return Ok(EffectSet::EMPTY);
    };
    let mut set = EffectSet::EMPTY;
    for name in names.get_ref().split_whitespace() {
        match Effect::parse(name) {
            Some(Effect::Compute) => {}
            Some(effect) => set = set.with(effect),
            None => {
                let help = nearest(name, Effect::ALL.iter().map(|e| e.as_str()));
                return Err(fault(names, format!("unknown effect `{name}`"), help));
            }
        }
    }
    Ok(set)
}

pub(super) fn role(at: &Spanned<String>, name: &str) -> Result<WordRole, Fault> {
    WordRole::parse(name).ok_or_else(|| {
        fault(
            at,
            format!("unknown role `{name}`"),
            nearest(name, WordRole::names()),
        )
    })
}

pub(super) fn operands(grammar: Option<&Spanned<String>>) -> Result<Option<Vec<Operand>>, Fault> {
    let Some(grammar) = grammar else {
        return Ok(None);
    };
    let mut list = Vec::new();
    for word in grammar.get_ref().split_whitespace() {
        let (name, count) = match word.char_indices().last() {
            Some((at, '?')) => (word.get(..at).unwrap_or(word), Count::Optional),
            Some((at, '*')) => (word.get(..at).unwrap_or(word), Count::Any),
            Some((at, '+')) => (word.get(..at).unwrap_or(word), Count::Some),
            _ => (word, Count::One),
        };
        list.push(Operand {
            role: role(grammar, name)?,
            count,
        });
    }
    let many = list
        .iter()
        .filter(|o| matches!(o.count, Count::Any | Count::Some))
        .count();
    if many > 1 {
        let message = "at most one operand role may repeat".to_owned();
        return Err(fault(grammar, message, None));
    }
    let rest = |o: &Operand| matches!(o.role, WordRole::Command | WordRole::CommandOptions);
    if list.iter().rev().skip(1).any(rest) {
        let message = "a command takes all following words and must be the last role".to_owned();
        return Err(fault(grammar, message, None));
    }
    Ok(Some(list))
}

/// The candidate that is one or two edits away, as a help line.
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= 2)
        .min()
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// Levenshtein distance over bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, &above) in b.bytes().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
