//! What a pack says: what one program's options, operands and sub-commands mean.
//!
//! The definitions ([`ProgramDef`] and below) are what [`crate::pack`] reads; programs are
//! looked up and matched in the compact form of [`crate::store`]. Nothing is judged here. This
//! file is also compiled into `build.rs`, so it refers to nothing else of the crate.

use std::collections::BTreeMap;

use clearance_core::Effect;

/// A set of [`Effect`]s, as bits.
///
/// # Examples
///
/// ```
/// use clearance_core::Effect;
/// use clearance_risk::spec::EffectSet;
///
/// let set = EffectSet::EMPTY.with(Effect::Read).with(Effect::Write);
/// assert!(set.has(Effect::Read) && !set.has(Effect::Delete));
/// assert_eq!(set.iter().collect::<Vec<_>>(), [Effect::Read, Effect::Write]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EffectSet(pub(crate) u64);

impl EffectSet {
    /// No effect.
    pub const EMPTY: Self = Self(0);

    /// The set with these bits; bit `n` stands for `Effect::ALL[n]`.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set and this effect.
    #[must_use]
    pub const fn with(self, effect: Effect) -> Self {
        Self(self.0 | (1 << effect as u32))
    }

    /// Both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The effect is in the set.
    #[must_use]
    pub const fn has(self, effect: Effect) -> bool {
        self.0 & (1 << effect as u32) != 0
    }

    /// No effect is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The effects, in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Effect> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let next = Effect::ALL.get(bits.trailing_zeros() as usize).copied();
            bits &= bits.wrapping_sub(1);
            next
        })
    }
}

impl FromIterator<Effect> for EffectSet {
    fn from_iter<I: IntoIterator<Item = Effect>>(effects: I) -> Self {
        effects.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// A language in which a program text may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Lang {
    Python,
    Javascript,
    Typescript,
    Ruby,
    Perl,
    Awk,
    Sed,
    Jq,
    Sql,
    Php,
    Lua,
}

impl Lang {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("python", Self::Python),
        ("javascript", Self::Javascript),
        ("typescript", Self::Typescript),
        ("ruby", Self::Ruby),
        ("perl", Self::Perl),
        ("awk", Self::Awk),
        ("sed", Self::Sed),
        ("jq", Self::Jq),
        ("sql", Self::Sql),
        ("php", Self::Php),
        ("lua", Self::Lua),
    ];

    fn parse(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|&(_, lang)| lang)
    }
}

/// What a word (an operand, or the value of an option) is to the program. The names are those
/// of `docs/PACKS.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordRole {
    /// Data that is not interpreted.
    Text,
    /// Digits. As the optional value of a short option they end where they end: further letters
    /// of the word are further options (`perl -lne TEXT`, `ruby -0777pe TEXT`).
    Number,
    /// A regular expression or glob, not interpreted further.
    Pattern,
    /// A file whose content is read.
    Read,
    /// A file that names files which are read.
    ReadList,
    /// A directory read with all below it.
    ReadTree,
    /// A path of which only name and metadata are read.
    List,
    /// A file that is created, overwritten or appended.
    Write,
    /// A directory below which files are created.
    WriteDir,
    /// A directory that is created.
    Mkdir,
    /// A file that is changed in place.
    Edit,
    /// A file that is deleted.
    Delete,
    /// A tree that is deleted.
    DeleteTree,
    /// A path that goes away (source of a move).
    Move,
    /// A path whose mode, owner or attributes change.
    Mode,
    /// A directory to change to before all else.
    Cd,
    /// One word: a program that will be run.
    Exec,
    /// This word and all that follow are a command.
    Command,
    /// As [`WordRole::Command`]; options of the wrapper may not follow.
    CommandOptions,
    /// Text run by a shell.
    Shell,
    /// A program text.
    Code(Lang),
    /// A file with a program, which is run; the words after it are its arguments.
    Script(Option<Lang>),
    /// A file of the project that is executed as project code.
    Run,
    /// A module run as a program.
    Module,
    /// An address from which is read.
    Url,
    /// An address to which is written.
    UrlWrite,
    /// A host that is contacted.
    Host,
    /// An address at which is listened.
    Listen,
    /// A git remote or URL.
    Remote,
    /// A package from the registry.
    Package,
    /// A package from the registry, or a local directory.
    PackageOrPath,
    /// `NAME=value`.
    Env,
    /// The name of a variable whose value is printed.
    Variable,
    /// A process.
    Pid,
    /// A revision.
    Ref,
    /// A secret given on the command line.
    Secret,
    /// The name of something built in or installed (an interpreter, a formatter), or the path
    /// of one, which is run.
    Tool,
    /// The name of a variable of the shell that is set, or an assignment.
    Assign,
    /// Whatever it is, a person should look.
    Ask,
}

impl WordRole {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("text", Self::Text),
        ("number", Self::Number),
        ("pattern", Self::Pattern),
        ("read", Self::Read),
        ("read-list", Self::ReadList),
        ("read-tree", Self::ReadTree),
        ("list", Self::List),
        ("write", Self::Write),
        ("write-dir", Self::WriteDir),
        ("mkdir", Self::Mkdir),
        ("edit", Self::Edit),
        ("delete", Self::Delete),
        ("delete-tree", Self::DeleteTree),
        ("move", Self::Move),
        ("mode", Self::Mode),
        ("cd", Self::Cd),
        ("exec", Self::Exec),
        ("command", Self::Command),
        ("command-options", Self::CommandOptions),
        ("shell", Self::Shell),
        ("script", Self::Script(None)),
        ("run", Self::Run),
        ("module", Self::Module),
        ("url", Self::Url),
        ("url-write", Self::UrlWrite),
        ("host", Self::Host),
        ("listen", Self::Listen),
        ("remote", Self::Remote),
        ("package", Self::Package),
        ("package-or-path", Self::PackageOrPath),
        ("env", Self::Env),
        ("variable", Self::Variable),
        ("pid", Self::Pid),
        ("ref", Self::Ref),
        ("secret", Self::Secret),
        ("tool", Self::Tool),
        ("assign", Self::Assign),
        ("ask", Self::Ask),
    ];

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(lang) = name.strip_prefix("code.") {
            return Lang::parse(lang).map(Self::Code);
        }
        if let Some(lang) = name.strip_prefix("script.") {
            return Lang::parse(lang).map(|l| Self::Script(Some(l)));
        }
        Self::NAMES
            .iter()
            .find(|(n, _)| *n == name)
            .map(|&(_, role)| role)
    }

    /// Every role name, for "did you mean".
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|&(name, _)| name)
    }

    /// Whatever the word is, no option of this role can do more than read.
    #[must_use]
    pub const fn is_data(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Number | Self::Pattern | Self::List | Self::Ref
        )
    }

    /// The word names a path.
    #[must_use]
    pub const fn is_path(self) -> bool {
        matches!(
            self,
            Self::Read
                | Self::ReadList
                | Self::ReadTree
                | Self::List
                | Self::Write
                | Self::WriteDir
                | Self::Mkdir
                | Self::Edit
                | Self::Delete
                | Self::DeleteTree
                | Self::Move
                | Self::Mode
                | Self::Cd
                | Self::Script(_)
                | Self::Run
        )
    }

    /// The word begins a command.
    #[must_use]
    pub const fn takes_command(self) -> bool {
        matches!(self, Self::Command | Self::CommandOptions)
    }

    /// The word takes all that follow it.
    #[must_use]
    pub const fn takes_rest(self) -> bool {
        matches!(
            self,
            Self::Command | Self::CommandOptions | Self::Script(_) | Self::Module
        )
    }
}

/// How options are read. See `docs/PACKS.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// `getopt_long` with permutation.
    #[default]
    Gnu,
    /// As [`Syntax::Gnu`], but the first operand ends the options.
    Posix,
    /// As [`Syntax::Gnu`] without abbreviation.
    Clap,
    /// Go's `flag`: the first operand ends.
    Go,
    /// As [`Syntax::Go`], options anywhere.
    GoAny,
    /// Single-dash words matched whole.
    Exact,
    /// As [`Syntax::Posix`], but the first operand may be a cluster without dash.
    Bsd,
    /// No options.
    None,
}

impl Syntax {
    /// The syntax of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "gnu" => Self::Gnu,
            "posix" => Self::Posix,
            "clap" => Self::Clap,
            "go" => Self::Go,
            "go-any" => Self::GoAny,
            "exact" => Self::Exact,
            "bsd" => Self::Bsd,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// How often an operand role occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    /// Exactly once.
    One,
    /// At most once.
    Optional,
    /// Any number of times.
    Any,
    /// At least once.
    Some,
}

/// One role in the list of operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operand {
    /// What the word is.
    pub role: WordRole,
    /// How often.
    pub count: Count,
}

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arity {
    /// None.
    Flag,
    /// Always, attached or as the next word.
    Required,
    /// Possibly; if so, attached.
    Optional,
}

/// One spelling of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionDef {
    /// The spelling with its dashes; a trailing `*` of the pack is in [`OptionDef::prefix`].
    pub name: String,
    /// The spelling is the beginning; the rest of the word is the value (`-D*`).
    pub prefix: bool,
    /// Whether it takes a value.
    pub arity: Arity,
    /// What the value is.
    pub role: WordRole,
    /// What its second value is, if it takes two words.
    pub second: Option<WordRole>,
    /// Effects that it adds.
    pub effects: EffectSet,
    /// Its effects replace those of the command.
    pub replace: bool,
    /// It selects the sub-command of its own name.
    pub sub: bool,
    /// The operands when it is given.
    pub operands: Option<Vec<Operand>>,
}

/// What a program, or one of its sub-commands, does with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandDef {
    /// The sub-command's words, joined by one blank; empty for the program itself.
    pub path: String,
    /// The last word of [`CommandDef::path`] is only a beginning.
    pub wild: bool,
    /// How options are read.
    pub syntax: Syntax,
    /// What every call does.
    pub effects: EffectSet,
    /// What it does when it is called without any word after its name or path.
    pub bare: EffectSet,
    /// The roles of the operands; `None`: no operand is allowed.
    pub operands: Option<Vec<Operand>>,
    /// Every spelling of every option, sorted by name.
    pub options: Vec<OptionDef>,
    /// Options that are not listed are handed on to code that is not this program.
    pub passes_on: bool,
    /// The handler that decides instead.
    pub handler: Option<String>,
    /// What standard input is to it when it is read.
    pub stdin: Option<WordRole>,
    /// Variables it heeds: name, and the role of the value or an effect.
    pub env: Vec<(String, EnvMeaning)>,
    /// An option of it could run, write, delete or send: a word that might be an option matters.
    pub options_matter: bool,
}

/// What a variable is to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnvMeaning {
    /// The value has this role.
    Role(WordRole),
    /// Setting it has this effect.
    Effect(Effect),
}

/// One program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramDef {
    /// The names it is called by; the first is the canonical one.
    pub names: Vec<String>,
    /// What it does without a sub-command.
    pub base: CommandDef,
    /// Its sub-commands.
    pub subs: Vec<CommandDef>,
    /// The sub-command (index into [`ProgramDef::subs`]) meant when none is given.
    pub default: Option<u16>,
    /// Options of the program itself are allowed only before the sub-command.
    pub globals_before: bool,
    /// A lone `--help` or `--version` only prints.
    pub help: bool,
}

/// A list of names that code asks for (`[[names]]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamesDef {
    /// What code calls the list.
    pub name: String,
    /// What is on it.
    pub what: String,
    /// The names; `*` at either end matches any rest.
    pub words: NamesOfDef,
}

/// The names of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamesOfDef {
    /// One list for all.
    All(Vec<String>),
    /// One for each of several programs.
    Each(BTreeMap<String, Vec<String>>),
}

/// What is known of environment variables (`packs/env.toml`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvDef {
    /// Names that are harmless whatever the value, sorted; a trailing `*` matches any rest.
    pub harmless: Vec<String>,
    /// Names that load code, redirect programs or change what is trusted, sorted; wildcards
    /// `PRE*`, `*POST` possible.
    pub dangerous: Vec<String>,
    /// Names whose values are lists of directories (`:` between them) from which code is
    /// loaded; sorted.
    pub paths: Vec<String>,
    /// Names of [`EnvDef::dangerous`] that are harmless with certain values:
    /// name and the value, sorted.
    pub values: Vec<(String, String)>,
}
