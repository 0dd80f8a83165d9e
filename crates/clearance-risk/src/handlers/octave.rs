//! Octave: program texts that compute, read tables and print.

use clearance_core::Effect;

use super::calltext::{escapes, judge_strings, text_of_calls, tight_words};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
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
    const CALLS: &[&str] = &[
        "disp",
        "display",
        "printf",
        "sprintf",
        "num2str",
        "mat2str",
        "int2str",
        "mean",
        "median",
        "mode",
        "std",
        "var",
        "min",
        "max",
        "sum",
        "prod",
        "cumsum",
        "cumprod",
        "abs",
        "sqrt",
        "exp",
        "log",
        "log2",
        "log10",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "atan2",
        "floor",
        "ceil",
        "round",
        "fix",
        "mod",
        "rem",
        "gcd",
        "lcm",
        "factor",
        "factorial",
        "primes",
        "isprime",
        "nchoosek",
        "zeros",
        "ones",
        "eye",
        "rand",
        "randn",
        "randi",
        "linspace",
        "logspace",
        "repmat",
        "reshape",
        "size",
        "numel",
        "length",
        "ndims",
        "rows",
        "columns",
        "isempty",
        "isnan",
        "find",
        "any",
        "all",
        "sort",
        "unique",
        "diff",
        "cross",
        "dot",
        "norm",
        "det",
        "inv",
        "pinv",
        "rank",
        "trace",
        "eig",
        "svd",
        "lu",
        "qr",
        "chol",
        "expm",
        "polyfit",
        "polyval",
        "roots",
        "conv",
        "deconv",
        "fft",
        "ifft",
        "filter",
        "interp1",
        "trapz",
        "corr",
        "cov",
        "histc",
        "strcat",
        "strsplit",
        "strrep",
        "strtrim",
        "upper",
        "lower",
        "regexprep",
        "str2double",
        "csvread",
        "dlmread",
        "csvwrite",
        "dlmwrite",
        "version",
        "pi",
        "e",
        "i",
        "j",
        "Inf",
        "NaN",
        "NA",
        "true",
        "false",
        "eps",
        "ans",
        "end",
        "if",
        "else",
        "elseif",
        "endif",
        "for",
        "endfor",
        "while",
        "endwhile",
        "function",
        "endfunction",
        "tic",
        "toc",
        "format",
        "long",
        "short",
        "double",
        "single",
        "int32",
        "uint8",
        "isfield",
        "struct",
        "cell",
        "numfields",
        "ver",
        "pkg",
        "load",
        "list",
        "statistics",
        "signal",
        "control",
        "symbolic",
        "triu",
        "tril",
        "kron",
        "null",
        "orth",
        "mean2",
        "idivide",
        "bitand",
        "bitor",
        "bitxor",
        "bitshift",
        "dec2bin",
        "bin2dec",
        "dec2hex",
        "hex2dec",
        "fliplr",
        "flipud",
        "circshift",
        "isequal",
        "strcmp",
        "iscell",
        "quad",
        "integral",
        "fzero",
        "ode45",
        "lsode",
        "meshgrid",
        "accumarray",
        "nnz",
        "cellfun",
    ];
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
            .all(|w| CALLS.contains(&w) || set(w) && !w.contains('.'))
}
