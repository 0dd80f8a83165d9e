//! Modules of node that reach files: `fs` with its cousins, and `path`.
//!
//! Source of facts: the Node.js 22 documentation, and that of fs-extra 11.

use clearance_core::Effect::{ChangeMode, Delete, DeleteTree, List, Read, Write};

use crate::code::flow::rule::Rule::{self, Pure, Same, Special as Sp, Value};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Ret, at};

/// `fs`, `fs/promises` and `graceful-fs`.
pub(super) const FS: &[(&str, Rule)] = &[
    (
        "readFileSync readFile readlinkSync readlink openAsBlob",
        Rule::Do(&[at(Read, 0, "")], Ret::Data),
    ),
    (
        "writeFileSync writeFile appendFileSync appendFile truncateSync truncate mkdirSync mkdir utimesSync utimes",
        Rule::Do(&[at(Write, 0, "")], Ret::Data),
    ),
    ("mkdtempSync mkdtemp", Sp(S::JsMkdtemp)),
    (
        "openSync open",
        Rule::Do(&[at(Read, 0, ""), at(Write, 0, "")], Ret::Any),
    ),
    (
        "unlinkSync unlink",
        Rule::Do(&[at(Delete, 0, "")], Ret::Data),
    ),
    ("rmdirSync rmdir rmSync rm", Sp(S::JsRm)),
    (
        "copyFileSync copyFile cpSync cp",
        Rule::Do(&[at(Read, 0, ""), at(Write, 1, "")], Ret::Data),
    ),
    (
        "renameSync rename",
        Rule::Do(&[at(Write, 0, ""), at(Write, 1, "")], Ret::Data),
    ),
    (
        "linkSync link symlinkSync symlink",
        // What is written through the link is written there.
        Rule::Do(&[at(Write, 0, ""), at(Write, 1, "")], Ret::Data),
    ),
    (
        "chmodSync chmod chownSync chown lchownSync lchown",
        Rule::Do(&[at(ChangeMode, 0, "")], Ret::Data),
    ),
    (
        "existsSync exists statSync stat lstatSync lstat accessSync access realpathSync realpath opendirSync opendir statfsSync",
        Rule::Do(&[at(List, 0, "")], Ret::Data),
    ),
    ("readdirSync readdir", Sp(S::JsReaddir)),
    ("globSync glob", Rule::Do(&[at(List, 0, "")], Ret::Any)),
    ("createReadStream createWriteStream", Sp(S::JsOpenStream)),
    ("watch watchFile", Rule::Do(&[at(List, 0, "")], Ret::Any)),
    (
        "closeSync close readSync read writeSync write fsyncSync fstatSync fstat unwatchFile",
        Pure,
    ),
    (
        "constants F_OK R_OK W_OK X_OK Stats Dirent ReadStream WriteStream",
        Value,
    ),
];

/// What `fs-extra` has besides, or instead.
pub(super) const FS_EXTRA: &[(&str, Rule)] = &[
    (
        "readFileSync readFile readJson readJsonSync",
        Rule::Do(&[at(Read, 0, "")], Ret::Data),
    ),
    (
        "writeFileSync writeFile outputFile outputFileSync writeJson writeJsonSync ensureDir ensureDirSync mkdirp ensureFile",
        Rule::Do(&[at(Write, 0, "")], Ret::Data),
    ),
    (
        "remove removeSync emptyDir emptyDirSync rmSync",
        Rule::Do(&[at(DeleteTree, 0, "")], Ret::Data),
    ),
    (
        "existsSync pathExists statSync",
        Rule::Do(&[at(List, 0, "")], Ret::Data),
    ),
    (
        "copy copySync move moveSync",
        Rule::Do(
            &[at(Read, 0, ""), at(Write, 1, ""), at(Write, 0, "")],
            Ret::Data,
        ),
    ),
    ("readdirSync readdir", Sp(S::JsReaddir)),
];

/// `path`.
pub(super) const PATHS: &[(&str, Rule)] = &[
    ("join", Sp(S::JsPathJoin)),
    ("resolve", Sp(S::JsPathResolve)),
    ("dirname", Sp(S::PathDir)),
    ("basename", Sp(S::PathBase)),
    ("normalize toNamespacedPath", Same),
    ("extname relative parse format isAbsolute matchesGlob", Pure),
    ("sep delimiter", Value),
];
