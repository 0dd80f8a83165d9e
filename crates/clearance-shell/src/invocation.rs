//! What [`analyze`](crate::analyze()) yields: every simple command that the script could run,
//! with its words as far as the text alone determines them.
//!
//! The contract: a superset of what a real shell could execute. Where that cannot be had,
//! there is an [`Opaque`] site, and one opaque site forbids Allow upstream.

mod dynamic;

use std::sync::Arc;

use clearance_core::Span;

pub(crate) use dynamic::Joined;
pub use dynamic::{Dynamic, Piece};

/// Bytes shared between words, variables and files. Shell text is bytes, not UTF-8.
pub type Bytes = Arc<[u8]>;

/// The result of the abstract execution of one script.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// Every simple command that could run, in source order (a function body once for each
    /// distinct call). Words of builtins (`cd`, `export`, `echo`, …) are invocations too.
    pub invocations: Vec<Invocation>,
    /// Places whose meaning the text does not determine. One of them forbids Allow.
    pub opaque: Vec<Opaque>,
    /// The whole text was parsed without a syntax error or a limit.
    pub complete: bool,
    /// Files that the script wrote by redirections or `tee`, in the order written, with
    /// their content where it is known. Also paths of process substitutions with the text
    /// that can be read there.
    pub written: Vec<WrittenFile>,
    /// Work done, for tests of linear cost.
    pub steps: u32,
}

/// A file that the script itself wrote: what it later runs of it is known text, as long as
/// nothing between could have changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// Where, as written; relative to the working directory of the invocation that wrote it.
    pub path: Word,
    /// What is in it after that; `None`: not known.
    pub content: Option<Bytes>,
    /// Index into [`Analysis::invocations`]: the command that wrote it (of a group, the last
    /// one).
    pub by: u32,
    /// Where the redirection or operand stands.
    pub span: Span,
}

/// A place that could run something which was not resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Where.
    pub span: Span,
    /// Why.
    pub reason: Reason,
}

/// Why a word or a site is not determined by the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A variable whose value is not known (unset here, or set by the environment).
    UnknownVariable,
    /// A variable that the script sets to something that the text does not give (what `read`
    /// took from its input, one of several values of which not all are known).
    Assigned,
    /// The output of a command substitution.
    CommandOutput,
    /// A positional or special parameter (`$1`, `$@`, `$?`, `$$`, `$!`).
    Parameter,
    /// Arithmetic on names that are not known to be numbers.
    Arithmetic,
    /// `${name@P}` and its like: text that is expanded again.
    Reexpansion,
    /// `${!name}`, name references, names computed at run time.
    Indirect,
    /// A name argument with a subscript that bash evaluates as arithmetic.
    Subscript,
    /// A pathname expansion whose result the text does not give.
    Glob,
    /// Too many alternatives to list.
    TooMany,
    /// `eval`, `source`, `trap`, … of text that is not known.
    DynamicCode,
    /// A here-document inside a command substitution beside other commands (bash 5.2
    /// re-prints and re-parses it).
    HeredocInSubstitution,
    /// A construct that bash, dash and zsh run differently.
    Dialect,
    /// The text is not valid shell here.
    Syntax,
    /// NUL bytes or other bytes a shell refuses.
    Binary,
    /// Too deep, too long, or too many steps.
    Limit,
    /// A function, alias or builtin was redefined in a way that was not followed.
    Redefinition,
    /// The state of the shell (options such as `extglob`, `IFS`, aliases) is not known.
    ShellState,
}

/// One simple command that could run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The words after all expansions; `argv[0]` is the command word. Empty when the command
    /// consists of assignments or redirections only.
    pub argv: Vec<Word>,
    /// `A=b` before the command word (exported to this command only), or, with an empty
    /// `argv`, assignments to the shell's own variables.
    pub assignments: Vec<Assignment>,
    /// Variables exported by earlier commands of this script (`export A=b`), as of here.
    pub exported: Arc<[Assignment]>,
    /// Redirections of this command and of the compound commands around it, outermost first.
    pub redirects: Vec<Redirect>,
    /// Where standard input comes from, after pipes, redirections and here-documents.
    pub stdin: Stdin,
    /// Where standard output goes.
    pub stdout: Stdout,
    /// The working directory when it starts.
    pub cwd: Cwd,
    /// The simple command in the script (of the outermost text: commands inside `eval`
    /// strings carry the span of the `eval`).
    pub span: Span,
    /// By which route it runs.
    pub via: Via,
    /// Circumstances.
    pub flags: Flags,
}

/// A word after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it is known to be.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// What a word is known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Exactly these bytes, as one word.
    Static(Bytes),
    /// Exactly one of these, as one word (bounded: a loop over known items, branches).
    OneOf(Arc<[Bytes]>),
    /// An unquoted pathname expansion: any number of words (at least one), each either a
    /// path that matches the pattern or the pattern's own text.
    Glob(Glob),
    /// Not known; what is known of it.
    Dynamic(Dynamic),
}

/// A pathname pattern. Quoted special characters are escaped with a backslash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// The pattern: `*`, `?`, `[..]` and (with extglob) `@(..)` are special, `\x` is literal.
    pub pattern: Bytes,
    /// One word at most (a loop variable that runs over the matches), not many.
    pub single: bool,
    /// It can become no word at all (`nullglob`); otherwise a pattern that matches nothing stays
    /// as it is.
    pub may_vanish: bool,
}

/// `name=value`, `name+=value`, `name[..]=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable, without subscript.
    pub name: Bytes,
    /// The value; arrays appear as [`Value::Dynamic`] unless all items are known
    /// ([`Value::OneOf`]).
    pub value: Word,
    /// `+=`.
    pub append: bool,
}

/// One redirection, as it takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor; `None` for `{name}>file` or one that is not known.
    pub fd: Option<u32>,
    /// What it does.
    pub kind: RedirectKind,
    /// The file, the descriptor's text, or the here-document's text.
    pub target: Word,
    /// Where it stands.
    pub span: Span,
}

/// What a redirection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectKind {
    /// `< file`.
    Read,
    /// `> file`, `>| file`, `&> file`, `>& file`: truncates.
    Write,
    /// `>> file`, `&>> file`.
    Append,
    /// `<> file`.
    ReadWrite,
    /// `>&2`, `<&3`, `>&-`: copies, moves or closes a descriptor.
    Duplicate,
    /// `<<`, `<<-`, `<<<`: the target is the text.
    Text,
}

/// Where standard input comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stdin {
    /// The caller's (a terminal or nothing).
    #[default]
    Inherit,
    /// Closed or `/dev/null`.
    Null,
    /// Known text: a here-document, a here-string, or a pipe from a command whose output is
    /// known (`echo`, `printf`, `cat` of a here-document).
    Text(Bytes),
    /// Text that is not fully known.
    Dynamic(Dynamic),
    /// A file.
    File(Word),
    /// The output of these earlier (or concurrent) invocations, by index.
    Pipe(Arc<[u32]>),
}

/// Where standard output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stdout {
    /// The caller's: a person or an agent reads it.
    #[default]
    Inherit,
    /// Into a pipe, read by the invocations whose [`Stdin::Pipe`] names this one.
    Pipe,
    /// Into a word, through a command or process substitution.
    Captured,
    /// Into a file or another descriptor; see [`Invocation::redirects`].
    File,
}

/// A working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cwd {
    /// Exactly this, absolute or (when the start is not known) relative to the start, which
    /// is then `.` itself.
    Known(Bytes),
    /// One of these.
    OneOf(Arc<[Bytes]>),
    /// Somewhere at or below this known directory (`cd src/*`, `cd src/$x` only when `$x`
    /// cannot hold `..`).
    Below(Bytes),
    /// A directory whose name a command printed: `cd "$(git rev-parse --show-toplevel)/src"`.
    Printed(Printed),
    /// Anywhere.
    Unknown,
}

/// A working directory that is known as the output of a command, or from there.
///
/// What the command printed is not known here; who knows the program can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Index into [`Analysis::invocations`]: an execution of this printed the directory.
    pub by: u32,
    /// The way on from there: relative, without `.`, and with `..` only at the beginning;
    /// empty: the directory itself.
    pub path: Bytes,
    /// The directory in which it was entered, which matters if what was printed is relative
    /// (`dirname`) or empty (`cd ""` stays there).
    pub from: Arc<Cwd>,
    /// The output stood without quotes: it could have been split or expanded as a pattern,
    /// and if it was empty, `cd` went home.
    pub unquoted: bool,
    /// Perhaps that `cd` failed and the way leads on from `from` (`cd "$d"; ls`).
    pub or_stayed: bool,
    /// A known directory that it surely is below (`mktemp -d`: that for temporary files).
    pub top: Option<Bytes>,
}

/// By which route a command runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Via {
    /// It stands in the script.
    #[default]
    Script,
    /// A function's body.
    Function,
    /// An alias.
    Alias,
    /// A command substitution.
    Substitution,
    /// A process substitution.
    ProcessSubstitution,
    /// `eval` of known text.
    Eval,
    /// `source` or `.` of a file whose text is known.
    Source,
    /// `trap`, `PROMPT_COMMAND`, `BASH_ENV`, … set in the script.
    Trap,
}

/// Circumstances of an invocation, as a bit set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u16);

impl Flags {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// It runs only under a condition (`&&`, `||`, `if`, `case`).
    pub const CONDITIONAL: Self = Self(1);
    /// It can run many times.
    pub const LOOP: Self = Self(2);
    /// It runs in a subshell.
    pub const SUBSHELL: Self = Self(4);
    /// It runs in the background or as a coprocess.
    pub const BACKGROUND: Self = Self(8);
    /// The command word was written with a leading `command`, `builtin` or backslash, or
    /// found by other means that skip functions and aliases.
    pub const DIRECT: Self = Self(16);
    /// `eval`, `source`, … whose text is known: what it runs is reported by itself, and the
    /// command has no effect beside that.
    pub const RESOLVED: Self = Self(32);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Value {
    /// The bytes, if exactly one value is possible.
    #[must_use]
    pub fn as_static(&self) -> Option<&[u8]> {
        match self {
            Self::Static(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl Word {
    /// A word of known bytes.
    #[must_use]
    pub fn fixed(bytes: &[u8], span: Span) -> Self {
        Self {
            value: Value::Static(bytes.into()),
            span,
        }
    }

    /// The bytes, if exactly one value is possible.
    #[must_use]
    pub fn as_static(&self) -> Option<&[u8]> {
        self.value.as_static()
    }
}

/// What the analysis is told about the world. Nothing else is looked up.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// The working directory at the start, absolute, if known.
    pub cwd: Option<Bytes>,
    /// `$HOME` and `~`, if known.
    pub home: Option<Bytes>,
    /// Variables known to be set to exactly this when the script starts.
    pub variables: Vec<(Bytes, Bytes)>,
    /// Variables known not to be set when the script starts. What is in neither list is not
    /// known.
    pub unset: Vec<Bytes>,
    /// `$0`, `$1`, …; `None`: not known.
    pub positional: Option<Vec<Bytes>>,
    /// `$?` before the first command, if known: 0 in a new shell.
    pub status: Option<u8>,
    /// Which shell will run it.
    pub dialect: Dialect,
    /// The text is that of a file, or read from standard input: not an argument of `-c`. The
    /// difference is a backslash at the very end, which bash drops from a file.
    pub file: bool,
    /// Bounds of the work.
    pub limits: Limits,
}

/// Which shell will run the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// GNU bash 5.2.
    #[default]
    Bash,
    /// POSIX sh as dash runs it.
    Posix,
    /// zsh 5.9.
    Zsh,
    /// Not known: as bash, with every construct flagged that dash or zsh would run otherwise.
    Unknown,
}

/// Bounds; reaching one ends in an [`Opaque`] site with [`Reason::Limit`], never in less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text, including decoded inner texts.
    pub bytes: u32,
    /// Nesting depth of constructs.
    pub depth: u16,
    /// Steps of the abstract execution, each of them up to some hundred nanoseconds. Nodes of
    /// the tree are bounded too, by two for each step.
    ///
    /// Of 12,573 commands of coding agents none took more than 7,300.
    pub steps: u32,
    /// Alternatives of one word (braces, branches).
    pub alternatives: u16,
}

impl Default for Limits {
    /// 64 KiB, 200 deep, 32,000 steps, 64 alternatives.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            depth: 200,
            steps: 32_000,
            alternatives: 64,
        }
    }
}
