//! Python's builtins and library: what a call does.
//!
//! Source of facts: the Python 3.13 documentation, "Built-in Functions" and "The Python
//! Standard Library". A module of the library that is in neither table is not understood.

mod builtins;
mod computing;
mod files;
mod net;
mod processes;

use super::third_party::THIRD_PARTY;
use crate::code::flow::Dialect;
use crate::code::flow::rule::Rule::{self, Unknown};

/// Python for the effect analysis.
pub(crate) static PYTHON: Dialect = Dialect {
    javascript: false,
    builtins: builtins::BUILTINS,
    modules: &[
        computing::MODULES,
        files::MODULES,
        processes::MODULES,
        net::MODULES,
        THIRD_PARTY,
    ],
    library: UNLISTED,
    methods: super::third_party::METHODS,
    index: std::sync::OnceLock::new(),
};

const DYNAMIC: Rule = Unknown("code that is made at run time");
const LOADS: Rule = Unknown("native code is loaded");
const HOOKS: Rule = Unknown("the interpreter's hooks are changed");
const DUMPS: Rule = Unknown("a module that starts programs by itself");

/// The rest of the library: importing one of these is not understood.
static UNLISTED: &[&str] = &[
    "aifc",
    "asynchat",
    "bdb",
    "binhex",
    "cgi",
    "cgitb",
    "chunk",
    "copyreg",
    "formatter",
    "genericpath",
    "imghdr",
    "lib2to3",
    "macpath",
    "mailbox",
    "mailcap",
    "modulefinder",
    "msilib",
    "netrc",
    "nt",
    "nturl2path",
    "ossaudiodev",
    "pipes",
    "pyclbr",
    "pyexpat",
    "rlcompleter",
    "sched_",
    "smtpd",
    "sndhdr",
    "spwd",
    "sunau",
    "symbol",
    "tabnanny",
    "test",
    "uu",
    "wsgiref",
    "xdrlib",
    "zipapp",
    "_posixsubprocess",
    "_frozen_importlib",
    "_frozen_importlib_external",
    "_imp",
    "_io",
    "_socket",
    "_sitebuiltins",
    "_pyio",
    "_operator",
    "_ast",
    "sitecustomize",
    "usercustomize",
    "dummy_threading",
];
