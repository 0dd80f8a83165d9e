//! The shape of the knowledge tables: what a function of a known module does.

use clearance_core::Effect;

/// A known module (of the language's library, or a third-party one worth knowing).
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: &'static str,
    /// What a name that is not listed is.
    pub(crate) rest: Rest,
    /// Importing it runs installed third-party code (reported as a module).
    pub(crate) third_party: bool,
    /// Names, separated by blanks, and what they are.
    pub(crate) names: &'static [(&'static str, Rule)],
}

impl PartialEq for Module {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

/// What names that a table does not list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They compute.
    Pure,
    /// Third-party: data-level, by the names of methods.
    Any,
    /// Not understood.
    Unknown,
}

/// An object whose methods are known.
#[derive(Debug)]
pub(crate) struct ObjType {
    pub(crate) name: &'static str,
    pub(crate) rest: Rest,
    pub(crate) names: &'static [(&'static str, Rule)],
}

impl PartialEq for ObjType {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

/// Where the target of an effect is found among the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// No target.
    Nothing,
    /// The argument at this position or of one of these names (blank separated) is a path.
    Path(u8, &'static str),
    /// The same, an address.
    Url(u8, &'static str),
    /// A `(host, port)` pair or a host.
    Host(u8),
    /// The text the object was made of, a path.
    Own,
    /// The text the object was made of, an address.
    OwnUrl,
}

/// One effect of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Do(pub(crate) Effect, pub(crate) From);

/// What a call gives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ret {
    Data,
    Num,
    Any,
    /// An open file of the first target's path.
    File,
    /// An object that keeps the first target's text.
    Object(&'static ObjType),
    /// Names in the directory of the first target.
    Entries,
}

/// What something of a module is, and does when it is called.
#[derive(Debug)]
pub(crate) enum Rule {
    /// A constant that is plain data.
    Value,
    /// A constant text.
    Const(&'static str),
    /// Computes: gives data; callbacks among the arguments are called.
    Pure,
    /// Computes a number or a truth value.
    Num,
    /// Gives something whose methods are judged by name.
    Foreign,
    /// The text of the first argument, as it is.
    Same,
    /// A fragment of a file name (random, a number): no slash.
    NamePart,
    /// Effects.
    Do(&'static [Do], Ret),
    /// A constant object.
    Is(&'static ObjType),
    /// The object that the method belongs to.
    Own,
    /// Opens a file with a mode, and makes an object of it.
    Open(&'static ObjType),
    /// An object.
    Make(&'static ObjType),
    /// Needs code.
    Special(Special),
    /// Not understood, with the reason.
    Unknown(&'static str),
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

/// Functions that need code to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    // Python and shared.
    Open,
    OsOpen,
    Eval,
    Import,
    GetAttr,
    SetAttr,
    Reflect,
    Super,
    Type,
    Look,
    Help,
    Iterate,
    Enumerate,
    Zip,
    Map,
    Sorted,
    Range,
    Dict,
    Str,
    PathJoin,
    PathDir,
    PathBase,
    PathSplit,
    Absolute,
    ExpandUser,
    MakePath,
    Home,
    Walk,
    Glob,
    Environ,
    GetEnv,
    PutEnv,
    Argv,
    SysPath,
    Chdir,
    Subprocess,
    ShellCommand,
    ExecList,
    ExecVector,
    CallFirst,
    Thread,
    Partial,
    Request,
    UrlOpen,
    UrlRequest,
    Unpickle,
    UnpickleText,
    SpecFromFile,
    TempDir,
    TempFile,
    FileInput,
    SqlConnect,
    SqlExecute,
    YamlLoad,
    Listen,
    HubLoad,
    NumpyLoad,
    Insert,
    ForeignQuery,
    ForeignRemove,
    ForeignWrite,
    // JavaScript.
    Require,
    JsOpenStream,
    JsRm,
    JsExec,
    JsSpawn,
    JsFork,
    JsFunction,
    JsFetch,
    JsHttp,
    JsPathJoin,
    JsPathResolve,
    JsObjectAssign,
    JsObjectItems,
    JsTimer,
    JsReaddir,
}

/// A module of the language that only computes.
pub(crate) const fn pure(name: &'static str) -> Module {
    known(name, Rest::Pure, &[])
}

/// A module of the language: what is known of its names, and of the rest.
pub(crate) const fn known(
    name: &'static str,
    rest: Rest,
    names: &'static [(&'static str, Rule)],
) -> Module {
    Module {
        name,
        rest,
        third_party: false,
        names,
    }
}

/// The rule for a name in a table.
pub(crate) fn find(
    names: &'static [(&'static str, Rule)],
    name: &str,
) -> Option<(&'static str, &'static Rule)> {
    names.iter().find_map(|(list, rule)| {
        list.split(' ')
            .find(|n| *n == name)
            .map(|found| (found, rule))
    })
}

/// A path argument at this position.
pub(crate) const fn at(effect: Effect, position: u8, names: &'static str) -> Do {
    Do(effect, From::Path(position, names))
}
