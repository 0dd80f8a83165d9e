//! Inline code: what a program text in another language (given by `-c`, `-e`, a
//! here-document, or a file that the same script wrote) would do.
//!
//! The analysers allow only what they understand: imports and calls known to read, compute or
//! print, with literal arguments. Everything else is reported as [`CodeReport::unknown`], and
//! one unknown forbids Allow. Paths are reported, not judged: scopes are the caller's.
//!
//! Python and JavaScript have parsers and share an abstract interpretation (`flow`); SQL, sed, awk
//! and jq are read by small parsers; Perl and Ruby by a list of what is known. PHP and Lua are not
//! analysed. Conventions of the report, beside what [`CodeTarget`] says:
//!
//! - A path of which some components are not known but cannot leave their directory (the names
//!   that `os.listdir` gives, a number put into a name) is a [`Value::Glob`] for one word: `*`
//!   stands for a part of a component, `**` for any number of levels below.
//! - [`Effect::RunProject`] with a path: code of that file or directory runs (a pickle, a module
//!   that is loaded by path, a directory put on the module search path).
//! - An address `hub:NAME` is a model or data set by name; `tcp://HOST:PORT` a connection.
//! - A program that is started in another directory is reported as `env -C DIR PROGRAM …`.
//! - After a change of directory, relative paths are reported both ways.

#[cfg(feature = "code-script")]
mod awk;
#[cfg(any(feature = "code-python", feature = "code-javascript"))]
#[cfg_attr(
    not(all(feature = "code-python", feature = "code-javascript")),
    allow(
        dead_code,
        reason = "some forms of the shared tree are of one language only"
    )
)]
mod flow;
#[cfg(feature = "code-javascript")]
mod javascript;
#[cfg(feature = "code-script")]
mod jq;
#[cfg(any(feature = "code-script", feature = "code-sql"))]
mod notes;
#[cfg(feature = "code-script")]
mod perl;
#[cfg(all(
    test,
    feature = "code-python",
    feature = "code-javascript",
    feature = "code-sql",
    feature = "code-script"
))]
mod properties;
#[cfg(feature = "code-python")]
mod python;
#[cfg(feature = "code-script")]
mod quoting;
#[cfg(feature = "code-script")]
mod ruby;
#[cfg(feature = "code-script")]
mod script;
#[cfg(feature = "code-script")]
mod sed;
#[cfg(feature = "code-sql")]
mod sql;
#[cfg(test)]
mod testing;

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

/// The language of a program text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Python 3.
    Python,
    /// JavaScript as node, deno or bun run it (CommonJS or module).
    JavaScript,
    /// TypeScript: JavaScript with types that are skipped.
    TypeScript,
    /// Ruby.
    Ruby,
    /// Perl 5.
    Perl,
    /// awk (POSIX, with gawk's extensions known).
    Awk,
    /// sed scripts (GNU).
    Sed,
    /// jq filters.
    Jq,
    /// SQL, common subset of SQLite, PostgreSQL and MySQL, with the shells' meta commands.
    Sql,
    /// PHP.
    Php,
    /// Lua.
    Lua,
}

/// What is known around the program text.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodeInput<'a> {
    /// The arguments the program gets (`sys.argv[1:]`, `process.argv.slice(2)`, `ARGV`, `$1`…).
    pub args: &'a [Value],
}

/// What a program text would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeReport {
    /// What it does, in the order of the text, without doubles.
    pub acts: Vec<CodeAct>,
    /// What was not understood: where, and one sentence why (lower case, no full stop).
    pub unknown: Vec<(Span, &'static str)>,
}

/// One thing a program text does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAct {
    /// What.
    pub effect: Effect,
    /// To what.
    pub target: CodeTarget,
    /// Where in the program text.
    pub span: Span,
}

/// What a [`CodeAct`] is done to. Unknown parts are expressed by [`Value::Dynamic`] with the
/// known prefix, or [`Value::Glob`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeTarget {
    /// Nothing in particular.
    None,
    /// A path, relative to the working directory unless absolute (`~` already expanded text is
    /// given as `~/...` by expanduser).
    Path(Value),
    /// A command run without a shell.
    Argv(Vec<Value>),
    /// A text run by a shell.
    Shell(Value),
    /// An address.
    Url(Value),
    /// An environment variable that is read or set.
    Variable(Value),
    /// A third-party module whose import runs its code (installed in the project's environment).
    Module(Value),
    /// A program text in a language, to be analysed in turn (`exec` of a known string).
    Code(Language, Value),
}

/// Texts longer than this are not analysed.
const MAX_BYTES: usize = 64 * 1024;

/// What a program text would do.
///
/// Any bytes are accepted, in time linear in their number. A language whose feature
/// (`code-python`, `code-javascript`, `code-sql`, `code-script`) is switched off is not
/// understood, which makes the engine ask.
///
/// # Examples
///
/// ```
/// use clearance_core::Effect;
/// use clearance_risk::code::{CodeInput, CodeTarget, Language, analyze};
/// use clearance_shell::invocation::Value;
///
/// # #[cfg(feature = "code-python")] {
/// let code = b"import os\nf = os.remove\nf('a' + '.txt')";
/// let report = analyze(Language::Python, code, &CodeInput::default());
/// assert!(report.unknown.is_empty());
/// assert_eq!(report.acts[0].effect, Effect::Delete);
/// assert_eq!(report.acts[0].target, CodeTarget::Path(Value::Static(b"a.txt"[..].into())));
///
/// let report = analyze(Language::Python, b"getattr(__import__('os'), x)()", &CodeInput::default());
/// assert!(!report.unknown.is_empty());
/// # }
/// ```
#[must_use]
pub fn analyze(language: Language, code: &[u8], input: &CodeInput<'_>) -> CodeReport {
    if code.len() > MAX_BYTES {
        return not_understood(code, "the code is too long");
    }
    let mut report = dispatch(language, code, input);
    // An unfinished text can end inside of what was being read.
    let end = u32::try_from(code.len()).unwrap_or(u32::MAX);
    let clip = |span: &mut Span| *span = Span::new(span.start.min(end), span.end.min(end));
    report.acts.iter_mut().for_each(|act| clip(&mut act.span));
    report.unknown.iter_mut().for_each(|(span, _)| clip(span));
    report
}

#[cfg_attr(
    not(any(feature = "code-python", feature = "code-javascript")),
    expect(unused_variables, reason = "only these languages have arguments")
)]
fn dispatch(language: Language, code: &[u8], input: &CodeInput<'_>) -> CodeReport {
    match language {
        #[cfg(feature = "code-python")]
        Language::Python => python::analyze(code, input),
        #[cfg(feature = "code-script")]
        Language::Awk => awk::analyze(code),
        #[cfg(feature = "code-script")]
        Language::Sed => sed::analyze(code),
        #[cfg(feature = "code-script")]
        Language::Perl => perl::analyze(code),
        #[cfg(feature = "code-script")]
        Language::Ruby => ruby::analyze(code),
        #[cfg(feature = "code-script")]
        Language::Jq => jq::analyze(code),
        #[cfg(feature = "code-javascript")]
        Language::JavaScript | Language::TypeScript => javascript::analyze(code, input),
        #[cfg(feature = "code-sql")]
        Language::Sql => sql::analyze(code),
        _ => not_understood(code, "code in a language that is not analysed"),
    }
}

fn not_understood(code: &[u8], why: &'static str) -> CodeReport {
    let end = u32::try_from(code.len()).unwrap_or(u32::MAX);
    CodeReport {
        acts: Vec::new(),
        unknown: vec![(Span::new(0, end), why)],
    }
}
