//! Python's library: modules about files, formats and stores.

use clearance_core::Effect::{ChangeMode, Delete, DeleteTree, List, Process, Read, Write};

use crate::code::flow::rule::Rule::{self, Const, Make, Pure, Same, Special as Sp, Unknown, Value};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret, at};
use crate::code::flow::rule::{known, pure};

pub(super) static MODULES: &[Module] = &[
    pure("fnmatch"),
    pure("xml"),
    pure("xml.etree"),
    pure("xml.sax.saxutils"),
    pure("zlib"),
    pure("stat"),
    pure("netrc_"),
    pure("plistlib"),
    known("bz2", Rest::Pure, &[("open BZ2File", Sp(S::Open))]),
    known("gzip", Rest::Pure, &[("open GzipFile", Sp(S::Open))]),
    known("lzma", Rest::Pure, &[("open LZMAFile", Sp(S::Open))]),
    known(
        "codecs",
        Rest::Unknown,
        &[
            ("open", Sp(S::Open)),
            (
                "encode decode lookup getreader getwriter BOM_UTF8 escape_decode getencoder getdecoder",
                Pure,
            ),
        ],
    ),
    known(
        "io",
        Rest::Unknown,
        &[
            ("open FileIO", Sp(S::Open)),
            ("open_code", Rule::Do(&[at(Read, 0, "path")], Ret::File)),
            (
                "StringIO BytesIO TextIOWrapper BufferedReader BufferedWriter SEEK_SET SEEK_END UnsupportedOperation IOBase RawIOBase DEFAULT_BUFFER_SIZE",
                Pure,
            ),
        ],
    ),
    known("tomllib", Rest::Pure, &[]),
    known("csv", Rest::Pure, &[]),
    known(
        "configparser",
        Rest::Pure,
        &[(
            "ConfigParser RawConfigParser SafeConfigParser",
            Make(CONFIG),
        )],
    ),
    known(
        "tokenize",
        Rest::Pure,
        &[("open", Rule::Do(&[at(Read, 0, "filename")], Ret::File))],
    ),
    known(
        "linecache",
        Rest::Unknown,
        &[
            (
                "getline getlines",
                Rule::Do(&[at(Read, 0, "filename")], Ret::Data),
            ),
            ("clearcache checkcache", Pure),
        ],
    ),
    known("mimetypes", Rest::Pure, &[]),
    known(
        "logging",
        Rest::Pure,
        &[
            (
                "basicConfig",
                Rule::Do(&[at(Write, 9, "filename")], Ret::Data),
            ),
            (
                "FileHandler",
                Rule::Do(&[at(Write, 0, "filename")], Ret::Data),
            ),
            ("config handlers", Unknown("a module that is not known")),
        ],
    ),
    known(
        "logging.handlers",
        Rest::Unknown,
        &[
            (
                "RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler",
                Rule::Do(&[at(Write, 0, "filename")], Ret::Data),
            ),
            ("QueueHandler QueueListener MemoryHandler", Pure),
        ],
    ),
    known("logging.config", Rest::Unknown, &[]),
    known("pwd", Rest::Pure, &[]),
    known("grp", Rest::Pure, &[]),
    known("fcntl", Rest::Pure, &[]),
    known("mmap", Rest::Pure, &[]),
    known(
        "os",
        Rest::Unknown,
        &[
            ("getcwd getcwdb", Const(".")),
            (
                "sep altsep extsep linesep curdir pardir pathsep name devnull",
                Value,
            ),
            (
                "getpid getppid getuid geteuid getgid getegid getlogin getgroups getpgid getpgrp getsid cpu_count uname times urandom strerror getloadavg isatty get_terminal_size \
          umask close fstat lseek fsync pipe dup dup2 ttyname sysconf confstr sched_getaffinity get_exec_path WEXITSTATUS WIFEXITED WIFSIGNALED WTERMSIG waitpid wait read write fdopen \
          PathLike error ctermid sync get_blocking set_blocking get_inheritable set_inheritable getrandom waitstatus_to_exitcode process_cpu_count nice sched_yield _exit abort fdatasync pread preadv pwrite",
                Pure,
            ),
            (
                "F_OK R_OK W_OK X_OK O_RDONLY O_WRONLY O_CREAT O_RDWR O_APPEND O_TRUNC O_EXCL O_NONBLOCK SEEK_SET SEEK_CUR SEEK_END P_WAIT P_NOWAIT WNOHANG EX_OK",
                Value,
            ),
            ("fspath fsencode fsdecode", Same),
            (
                "listdir listdirb",
                Rule::Do(&[at(List, 0, "path")], Ret::Entries),
            ),
            ("scandir", Rule::Do(&[at(List, 0, "path")], Ret::Any)),
            ("walk fwalk", Sp(S::Walk)),
            (
                "stat lstat access readlink statvfs getxattr listxattr pathconf",
                Rule::Do(&[at(List, 0, "path")], Ret::Data),
            ),
            (
                "remove unlink rmdir",
                Rule::Do(&[at(Delete, 0, "path")], Ret::Num),
            ),
            ("removedirs", Rule::Do(&[at(Delete, 0, "name")], Ret::Num)),
            (
                "mkdir makedirs mkfifo",
                Rule::Do(&[at(Write, 0, "path name")], Ret::Num),
            ),
            ("mknod", Unknown("a device file is made")),
            (
                "truncate utime",
                Rule::Do(&[at(Write, 0, "path")], Ret::Num),
            ),
            (
                "setxattr removexattr",
                Rule::Do(&[at(ChangeMode, 0, "path")], Ret::Num),
            ),
            (
                "rename replace renames",
                Rule::Do(
                    &[at(Write, 0, "src old"), at(Write, 1, "dst new")],
                    Ret::Num,
                ),
            ),
            (
                "link symlink",
                // What is written through the link is written there.
                Rule::Do(&[at(Write, 0, "src"), at(Write, 1, "dst")], Ret::Num),
            ),
            (
                "chmod chown lchown lchmod chflags",
                Rule::Do(&[at(ChangeMode, 0, "path")], Ret::Num),
            ),
            ("open", Sp(S::OsOpen)),
            ("chdir fchdir", Sp(S::Chdir)),
            ("environ environb", Sp(S::Environ)),
            ("getenv getenvb", Sp(S::GetEnv)),
            ("putenv unsetenv", Sp(S::PutEnv)),
            ("system popen", Sp(S::ShellCommand)),
            (
                "execl execle execlp execlpe spawnl spawnle spawnlp spawnlpe",
                Sp(S::ExecList),
            ),
            (
                "execv execve execvp execvpe spawnv spawnve spawnvp spawnvpe posix_spawn posix_spawnp",
                Sp(S::ExecVector),
            ),
            (
                "kill killpg",
                Rule::Do(&[Do(Process, From::Nothing)], Ret::Num),
            ),
            (
                "fork forkpty openpty register_at_fork",
                Unknown("the process is doubled"),
            ),
            (
                "setuid setgid seteuid setegid setreuid setregid setgroups chroot setns unshare mount initgroups",
                Rule::Do(
                    &[Do(clearance_core::Effect::Privilege, From::Nothing)],
                    Ret::Num,
                ),
            ),
            ("startfile", Unknown("a program that the desktop chooses")),
            ("setsid setpgrp setpgid tcsetpgrp", Pure),
        ],
    ),
    known("os.path", Rest::Unknown, PATHS),
    known("posixpath", Rest::Unknown, PATHS),
    known("ntpath", Rest::Unknown, PATHS),
    known("posix", Rest::Unknown, &[]),
    known(
        "pathlib",
        Rest::Unknown,
        &[
            ("Path PosixPath PurePath PurePosixPath", Sp(S::MakePath)),
            ("PureWindowsPath WindowsPath", Pure),
        ],
    ),
    known(
        "glob",
        Rest::Unknown,
        &[
            ("glob iglob", Sp(S::Glob)),
            ("escape has_magic translate", Pure),
        ],
    ),
    known(
        "fileinput",
        Rest::Unknown,
        &[
            ("input FileInput", Sp(S::FileInput)),
            ("lineno filelineno filename isfirstline close", Pure),
        ],
    ),
    known(
        "filecmp",
        Rest::Unknown,
        &[
            (
                "cmp",
                Rule::Do(&[at(Read, 0, "f1"), at(Read, 1, "f2")], Ret::Num),
            ),
            (
                "dircmp",
                Rule::Do(&[at(List, 0, "a"), at(List, 1, "b")], Ret::Data),
            ),
        ],
    ),
    known(
        "tempfile",
        Rest::Unknown,
        &[
            ("mkdtemp mktemp TemporaryDirectory", Sp(S::TempDir)),
            (
                "gettempdir mkstemp NamedTemporaryFile TemporaryFile SpooledTemporaryFile",
                Sp(S::TempFile),
            ),
            ("gettempprefix", Pure),
        ],
    ),
    known(
        "shutil",
        Rest::Unknown,
        &[
            (
                "copy copy2 copyfile copytree",
                Rule::Do(&[at(Read, 0, "src"), at(Write, 1, "dst")], Ret::Data),
            ),
            (
                "copyfileobj get_terminal_size Error SameFileError get_archive_formats",
                Pure,
            ),
            (
                "copymode copystat",
                Rule::Do(&[at(ChangeMode, 1, "dst")], Ret::Num),
            ),
            (
                "move",
                Rule::Do(&[at(Write, 0, "src"), at(Write, 1, "dst")], Ret::Data),
            ),
            ("rmtree", Rule::Do(&[at(DeleteTree, 0, "path")], Ret::Num)),
            ("chown", Rule::Do(&[at(ChangeMode, 0, "path")], Ret::Num)),
            (
                "which disk_usage",
                Rule::Do(&[at(List, 9, "path")], Ret::Data),
            ),
            (
                "make_archive",
                Rule::Do(
                    &[at(Read, 2, "root_dir"), at(Write, 0, "base_name")],
                    Ret::Data,
                ),
            ),
            (
                "unpack_archive",
                Unknown("an archive whose members can lie anywhere is unpacked"),
            ),
            ("ignore_patterns", Pure),
        ],
    ),
    known(
        "zipfile",
        Rest::Unknown,
        &[
            ("ZipFile PyZipFile", Rule::Open(ZIP)),
            ("is_zipfile", Rule::Do(&[at(Read, 0, "filename")], Ret::Num)),
            ("ZIP_DEFLATED ZIP_STORED ZIP_BZIP2 ZIP_LZMA", Value),
            ("BadZipFile ZipInfo Path", Pure),
        ],
    ),
    known(
        "tarfile",
        Rest::Unknown,
        &[
            ("open TarFile", Rule::Open(TAR)),
            ("is_tarfile", Rule::Do(&[at(Read, 0, "name")], Ret::Num)),
            ("TarError ReadError TarInfo data_filter", Pure),
        ],
    ),
    known(
        "pickle",
        Rest::Unknown,
        &[
            (
                "dumps HIGHEST_PROTOCOL DEFAULT_PROTOCOL PickleError UnpicklingError Pickler",
                Pure,
            ),
            ("dump", Pure),
            ("load Unpickler", Sp(S::Unpickle)),
            ("loads", Sp(S::UnpickleText)),
        ],
    ),
    known(
        "cPickle",
        Rest::Unknown,
        &[
            ("dump dumps", Pure),
            ("load", Sp(S::Unpickle)),
            ("loads", Sp(S::UnpickleText)),
        ],
    ),
    known(
        "pickletools",
        Rest::Unknown,
        &[("dis genops optimize", Pure)],
    ),
    known(
        "marshal",
        Rest::Unknown,
        &[("dump dumps", Pure), ("load", Pure), ("loads", Pure)],
    ),
    known("shelve", Rest::Unknown, &[("open", Sp(S::Unpickle))]),
    known(
        "dbm",
        Rest::Unknown,
        &[("open", Rule::Do(&[at(Write, 0, "file")], Ret::Data))],
    ),
    known(
        "sqlite3",
        Rest::Unknown,
        &[
            ("connect", Sp(S::SqlConnect)),
            (
                "Row Error OperationalError DatabaseError IntegrityError version sqlite_version PARSE_DECLTYPES PARSE_COLNAMES register_adapter register_converter ProgrammingError Connection Cursor Binary complete_statement",
                Pure,
            ),
        ],
    ),
    known(
        "xml.etree.ElementTree",
        Rest::Pure,
        &[
            (
                "parse iterparse",
                Rule::Do(&[at(Read, 0, "source")], Ret::Object(XML_TREE)),
            ),
            ("ElementTree", Make(XML_TREE)),
        ],
    ),
    known(
        "xml.dom.minidom",
        Rest::Pure,
        &[("parse", Rule::Do(&[at(Read, 0, "file")], Ret::Data))],
    ),
    known("xml.dom", Rest::Pure, &[]),
    known("xml.sax", Rest::Any, &[]),
    known(
        "compileall",
        Rest::Unknown,
        &[(
            "compile_dir compile_file",
            Rule::Do(&[at(Write, 0, "dir fullname")], Ret::Num),
        )],
    ),
    known(
        "py_compile",
        Rest::Unknown,
        &[
            (
                "compile",
                Rule::Do(&[at(Write, 0, "file"), at(Write, 1, "cfile")], Ret::Data),
            ),
            ("PyCompileError", Pure),
        ],
    ),
    known("wave", Rest::Pure, &[("open", Sp(S::Open))]),
];

/// Settings in sections.
static CONFIG: &ObjType = &ObjType {
    name: "config",
    rest: Rest::Pure,
    names: &[("read", Rule::Do(&[at(Read, 0, "filenames")], Ret::Data))],
};

static ZIP: &ObjType = &ObjType {
    name: "zip",
    rest: Rest::Pure,
    names: &[
        ("extract", Rule::Do(&[at(Write, 1, "path")], Ret::Data)),
        ("extractall", Rule::Do(&[at(Write, 0, "path")], Ret::Data)),
        ("write", Rule::Do(&[at(Read, 0, "filename")], Ret::Data)),
        ("writestr read open namelist infolist", Pure),
    ],
};

/// Members of a tar archive can name any path.
static TAR: &ObjType = &ObjType {
    name: "tar",
    rest: Rest::Pure,
    names: &[
        (
            "extract extractall",
            Unknown("an archive whose members can lie anywhere is unpacked"),
        ),
        ("add", Rule::Do(&[at(Read, 0, "name")], Ret::Data)),
    ],
};

static PATHS: &[(&str, Rule)] = &[
    ("join", Sp(S::PathJoin)),
    ("dirname", Sp(S::PathDir)),
    ("basename", Sp(S::PathBase)),
    ("split splitext", Sp(S::PathSplit)),
    ("abspath realpath normpath normcase", Sp(S::Absolute)),
    ("expanduser expandvars", Sp(S::ExpandUser)),
    (
        "exists lexists isfile isdir islink ismount getsize getmtime getctime getatime samefile",
        Rule::Do(&[at(List, 0, "path filename s")], Ret::Data),
    ),
    (
        "relpath commonprefix commonpath isabs splitdrive sameopenfile samestat",
        Pure,
    ),
    ("sep altsep curdir pardir pathsep extsep", Value),
    ("supports_unicode_filenames", Value),
];

static XML_TREE: &ObjType = &ObjType {
    name: "xml tree",
    rest: Rest::Pure,
    names: &[
        (
            "write",
            Rule::Do(&[at(Write, 0, "file_or_filename")], Ret::Num),
        ),
        ("parse", Rule::Do(&[at(Read, 0, "source")], Ret::Data)),
    ],
};
