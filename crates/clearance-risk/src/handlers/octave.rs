//! Octave: program texts that compute, read tables and print.

use clearance_core::Effect;

use super::calltext::{escapes, judge_strings, text_of_calls, tight_words};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::OCTAVE_CALL;
use crate::spec::WordRole;

/// `octave [--eval TEXT] [FILE]`: a text that computes, reads tables and prints.
pub(super) fn octave(judge: &mut Judge<'_>, call: &Call<'_>) {
    let texts: Vec<Arg<'_>> = call.values(&["--eval"]).collect();
    if texts.is_empty() {
        return judge.defaults(call);
    }
    for text in &texts {
        text_of_calls(judge, *text, "Octave", octave_text);
        judge_strings(judge, *text, WordRole::Read, call);
        let writes = text.as_str().is_some_and(|t| t.contains("write"));
        if writes {
            judge_strings(judge, *text, WordRole::Write, call);
        }
    }
    judge.effect(Effect::RunProject, call);
    for file in call.operands() {
        judge.path(WordRole::Run, file, call.site);
    }
    for path in call.values(&["-p", "--path"]) {
        judge.path(WordRole::Run, path, call.site);
    }
}

/// Every name is a function of the list, or a variable that the text has set: a name alone is
/// a call in this language, and a word after it is its argument.
fn octave_text(text: &str) -> bool {
    // `load` stands for `pkg load` only.
    let loads = text.matches("load").count() == text.matches("pkg load").count();
    let calls_back = text.contains("cellfun") || text.contains('@') || text.contains('!');
    let outside = text.contains("..") || text.contains("://") || escapes(text);
    let Some(words) = tight_words(&text.replace("!=", "==")) else {
        return false;
    };
    let set = |name: &str| {
        let bare = words.replace(' ', "");
        [";", ",", "\n", "(", "["]
            .iter()
            .any(|before| bare.contains(&format!("{before}{name}=")))
            || bare.starts_with(&format!("{name}="))
            || bare.contains(&format!("for{name}="))
    };
    loads
        && !calls_back
        && !outside
        && words
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map(|w| w.trim_matches('.'))
            .filter(|w| w.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .all(|w| OCTAVE_CALL.has(w.as_bytes()) || set(w) && !w.contains('.'))
}
