//! Python's builtins and library: what a call does.
//!
//! Source of facts: the Python 3.13 documentation, "Built-in Functions" and "The Python
//! Standard Library". A module of the library that is in neither table is not understood.

use clearance_core::Effect::{
    ChangeMode, Delete, DeleteTree, Interactive, List, NetRead, NetWrite, Process, Read,
    RunProject, Service, System, Write,
};

use super::third_party::THIRD_PARTY;
use crate::code::flow::Dialect;
use crate::code::flow::rule::Rule::{self, Const, Make, Pure, Same, Special as Sp, Unknown, Value};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret, at};

/// Python for the effect analysis.
pub(crate) static PYTHON: Dialect = Dialect {
    javascript: false,
    builtins: BUILTINS,
    modules: &[LIBRARY, THIRD_PARTY],
    library: UNLISTED,
    methods: super::third_party::METHODS,
    index: std::sync::OnceLock::new(),
};

const DYNAMIC: Rule = Unknown("code that is made at run time");
const LOADS: Rule = Unknown("native code is loaded");
const HOOKS: Rule = Unknown("the interpreter's hooks are changed");
const DUMPS: Rule = Unknown("a module that starts programs by itself");

static BUILTINS: &[(&str, Rule)] = &[
    (
        "abs all any ascii bin bool bytearray bytes callable chr complex delattr divmod float \
         format hash hex int isinstance issubclass len memoryview oct ord pow property range_ \
         repr_ round slice staticmethod classmethod sum",
        Pure,
    ),
    ("print id repr hasattr dir", Sp(S::Look)),
    ("range", Sp(S::Range)),
    (
        "list tuple set frozenset reversed iter aiter",
        Sp(S::Iterate),
    ),
    ("sorted max min next anext", Sp(S::Sorted)),
    ("enumerate", Sp(S::Enumerate)),
    ("zip", Sp(S::Zip)),
    ("map filter", Sp(S::Map)),
    ("dict", Sp(S::Dict)),
    ("str", Sp(S::Str)),
    ("type", Sp(S::Type)),
    ("open", Sp(S::Open)),
    ("eval exec", Sp(S::Eval)),
    ("compile", Sp(S::Eval)),
    ("__import__", Sp(S::Import)),
    ("getattr", Sp(S::GetAttr)),
    ("setattr", Sp(S::SetAttr)),
    ("globals locals vars", Sp(S::Reflect)),
    ("super", Sp(S::Super)),
    ("help", Sp(S::Help)),
    ("input", Pure),
    ("object", Pure),
    ("exit quit copyright credits license", Pure),
    ("breakpoint", Unknown("a debugger is started")),
    (
        "__builtins__ __loader__ __spec__",
        Unknown("an attribute that reaches into the language"),
    ),
    (
        "__name__ __doc__ __file__ __package__ __debug__ NotImplemented Ellipsis",
        Value,
    ),
    (
        "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError \
         BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError \
         ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EnvironmentError Exception \
         ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError \
         ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError \
         KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError \
         NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError \
         RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration \
         SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError \
         UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeWarning UserWarning ValueError Warning \
         WindowsError ZeroDivisionError",
        Pure,
    ),
];

const fn pure(name: &'static str) -> Module {
    Module {
        name,
        rest: Rest::Pure,
        third_party: false,
        names: &[],
    }
}

const fn known(name: &'static str, rest: Rest, names: &'static [(&'static str, Rule)]) -> Module {
    Module {
        name,
        rest,
        third_party: false,
        names,
    }
}

static SOCKET: &ObjType = &ObjType {
    name: "socket",
    rest: Rest::Pure,
    names: &[
        (
            "connect connect_ex",
            Rule::Do(&[Do(NetWrite, From::Host(0))], Ret::Num),
        ),
        ("sendto", Rule::Do(&[Do(NetWrite, From::Host(1))], Ret::Num)),
        ("bind", Sp(S::Listen)),
        ("accept listen", Rule::Foreign),
        ("send sendall sendfile sendmsg", Pure),
    ],
};

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

static CONNECTION: &ObjType = &ObjType {
    name: "http",
    rest: Rest::Any,
    names: &[
        (
            "request putrequest",
            Rule::Do(&[Do(NetWrite, From::OwnUrl)], Ret::Any),
        ),
        ("connect close getresponse set_debuglevel", Rule::Foreign),
    ],
};

static LIBRARY: &[Module] = &[
    pure("abc"),
    pure("argparse"),
    pure("array"),
    pure("ast"),
    pure("base64"),
    pure("binascii"),
    known(
        "bisect",
        Rest::Pure,
        &[("insort insort_left insort_right", Sp(S::Insert))],
    ),
    pure("calendar"),
    pure("cmath"),
    pure("collections"),
    pure("collections.abc"),
    pure("colorsys"),
    pure("concurrent"),
    pure("contextvars"),
    pure("curses.ascii"),
    pure("dataclasses"),
    pure("datetime"),
    pure("decimal"),
    pure("difflib"),
    pure("dis"),
    pure("email"),
    pure("email.message"),
    pure("email.policy"),
    pure("email.utils"),
    pure("email.parser"),
    pure("email.header"),
    pure("encodings"),
    pure("enum"),
    pure("errno"),
    pure("fnmatch"),
    pure("fractions"),
    pure("gettext"),
    pure("graphlib"),
    pure("hashlib"),
    known(
        "heapq",
        Rest::Pure,
        &[("heappush heappushpop heapreplace heapify", Sp(S::Insert))],
    ),
    pure("hmac"),
    pure("html"),
    pure("html.parser"),
    pure("html.entities"),
    pure("http"),
    pure("http.cookies"),
    pure("ipaddress"),
    pure("itertools"),
    pure("json"),
    pure("json.decoder"),
    pure("json.encoder"),
    pure("keyword"),
    pure("locale"),
    pure("math"),
    pure("numbers"),
    pure("opcode"),
    pure("operator"),
    pure("pprint"),
    pure("queue"),
    pure("quopri"),
    known("random", Rest::Pure, &[("shuffle", Sp(S::Insert))]),
    pure("re"),
    pure("reprlib"),
    pure("sched"),
    pure("secrets"),
    pure("select"),
    pure("selectors"),
    pure("statistics"),
    pure("string"),
    pure("stringprep"),
    pure("struct"),
    pure("textwrap"),
    pure("time"),
    pure("timeit_"),
    pure("token"),
    pure("traceback"),
    known(
        "types",
        Rest::Pure,
        &[("FunctionType LambdaType CodeType MethodType", DYNAMIC)],
    ),
    pure("typing"),
    pure("unicodedata"),
    pure("urllib"),
    pure("urllib.error"),
    pure("urllib.parse"),
    known("uuid", Rest::Pure, &[("uuid1 uuid4", Rule::NamePart)]),
    pure("warnings"),
    pure("weakref"),
    pure("xml"),
    pure("xml.etree"),
    pure("xml.sax.saxutils"),
    pure("zlib"),
    pure("zoneinfo"),
    pure("__future__"),
    pure("tomllib_"),
    pure("termios_"),
    pure("getopt"),
    pure("optparse"),
    pure("parser"),
    pure("copy"),
    pure("sre_constants"),
    pure("sre_parse"),
    pure("stat"),
    pure("tokenize_"),
    pure("netrc_"),
    pure("plistlib"),
    pure("tabnanny_"),
    pure("rlcompleter_"),
    known("builtins", Rest::Unknown, BUILTINS),
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
        "gc",
        Rest::Unknown,
        &[(
            "collect enable disable get_count get_stats isenabled freeze",
            Pure,
        )],
    ),
    known(
        "timeit",
        Rest::Unknown,
        &[
            ("default_timer", Pure),
            ("timeit repeat Timer", Sp(S::CallFirst)),
        ],
    ),
    known(
        "cProfile",
        Rest::Unknown,
        &[("Profile", Pure), ("run runctx", Sp(S::Eval))],
    ),
    known(
        "profile",
        Rest::Unknown,
        &[("Profile", Pure), ("run runctx", Sp(S::Eval))],
    ),
    known("pstats", Rest::Pure, &[]),
    known("tracemalloc", Rest::Pure, &[]),
    known(
        "contextlib",
        Rest::Pure,
        &[
            (
                "suppress redirect_stdout redirect_stderr nullcontext closing ExitStack AsyncExitStack",
                Pure,
            ),
            ("contextmanager asynccontextmanager", Same),
            ("chdir", Sp(S::Chdir)),
        ],
    ),
    known(
        "functools",
        Rest::Pure,
        &[
            ("partial partialmethod", Sp(S::Partial)),
            ("reduce", Sp(S::Map)),
            ("lru_cache cache wraps cached_property total_ordering", Pure),
        ],
    ),
    known(
        "inspect",
        Rest::Unknown,
        &[
            (
                "getsource getsourcefile getsourcelines getfile getmodule getmembers getmembers_static signature isclass isfunction ismethod ismodule isbuiltin iscoroutinefunction isawaitable \
          iscoroutine isgenerator isgeneratorfunction isabstract isroutine isdatadescriptor getdoc cleandoc getmro getfullargspec getargspec getcomments unwrap Parameter Signature BoundArguments \
          isasyncgenfunction isasyncgen getattr_static get_annotations ismethoddescriptor isgetsetdescriptor ismemberdescriptor classify_class_attrs isdatadescriptor indentsize",
                Sp(S::Look),
            ),
            (
                "currentframe stack trace getouterframes getinnerframes getclosurevars getgeneratorlocals",
                Unknown("frames of the interpreter"),
            ),
        ],
    ),
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
    known("platform", Rest::Pure, &[]),
    known("sysconfig", Rest::Pure, &[]),
    known(
        "site",
        Rest::Unknown,
        &[("getsitepackages getusersitepackages getuserbase", Pure)],
    ),
    known(
        "getpass",
        Rest::Unknown,
        &[
            ("getuser", Pure),
            (
                "getpass",
                Rule::Do(&[Do(Interactive, From::Nothing)], Ret::Data),
            ),
        ],
    ),
    known("pwd", Rest::Pure, &[]),
    known("grp", Rest::Pure, &[]),
    known("resource", Rest::Pure, &[]),
    known("fcntl", Rest::Pure, &[]),
    known("termios", Rest::Pure, &[]),
    known("tty", Rest::Pure, &[]),
    known("mmap", Rest::Pure, &[]),
    known(
        "atexit",
        Rest::Unknown,
        &[("register", Sp(S::CallFirst)), ("unregister", Pure)],
    ),
    known(
        "signal",
        Rest::Unknown,
        &[
            ("signal", Pure),
            (
                "SIGINT SIGTERM SIGALRM SIGKILL SIGPIPE SIGCHLD SIGHUP SIGUSR1 SIGUSR2 SIG_DFL SIG_IGN Signals SIGQUIT SIGSTOP SIGCONT SIGWINCH ITIMER_REAL",
                Value,
            ),
            (
                "alarm setitimer getsignal strsignal default_int_handler",
                Pure,
            ),
            ("pause sigwait", Pure),
            ("raise_signal", Pure),
        ],
    ),
    known(
        "faulthandler",
        Rest::Unknown,
        &[("enable disable dump_traceback", Pure)],
    ),
    known(
        "threading",
        Rest::Unknown,
        &[
            ("Thread Timer", Sp(S::Thread)),
            (
                "Lock RLock Event Condition Semaphore BoundedSemaphore Barrier local current_thread active_count enumerate main_thread get_ident stack_size",
                Pure,
            ),
            ("settrace setprofile excepthook", HOOKS),
        ],
    ),
    known(
        "_thread",
        Rest::Unknown,
        &[
            ("start_new_thread", Sp(S::CallFirst)),
            ("allocate_lock get_ident", Pure),
        ],
    ),
    known(
        "multiprocessing",
        Rest::Unknown,
        &[
            ("Process", Sp(S::Thread)),
            (
                "Pool Queue SimpleQueue JoinableQueue Lock RLock Event Value Array Manager Semaphore cpu_count current_process set_start_method get_start_method freeze_support active_children Pipe Barrier Condition",
                Pure,
            ),
            ("get_context", Rule::Foreign),
        ],
    ),
    known(
        "multiprocessing.pool",
        Rest::Unknown,
        &[("ThreadPool Pool", Pure)],
    ),
    known(
        "concurrent.futures",
        Rest::Pure,
        &[(
            "ThreadPoolExecutor ProcessPoolExecutor as_completed wait Future",
            Pure,
        )],
    ),
    known(
        "asyncio",
        Rest::Pure,
        &[
            ("create_subprocess_exec", Sp(S::ExecList)),
            ("create_subprocess_shell", Sp(S::Subprocess)),
            (
                "start_server start_unix_server",
                Unknown("a server is started"),
            ),
            (
                "open_connection",
                Rule::Do(&[Do(NetWrite, From::Url(0, "host"))], Ret::Any),
            ),
            ("open_unix_connection", Unknown("a local socket is opened")),
            (
                "run gather wait_for wait create_task ensure_future shield",
                Same,
            ),
            ("to_thread", Sp(S::CallFirst)),
            ("subprocess", Unknown("a module that is not known")),
            (
                "get_event_loop new_event_loop get_running_loop",
                Make(EVENT_LOOP),
            ),
        ],
    ),
    known(
        "asyncio.subprocess",
        Rest::Unknown,
        &[("PIPE STDOUT", Value), ("DEVNULL", Const("devnull"))],
    ),
    known(
        "sys",
        Rest::Unknown,
        &[
            ("argv", Sp(S::Argv)),
            ("path", Rule::Is(SYS_PATH)),
            (
                "stdin stdout stderr __stdin__ __stdout__ __stderr__",
                Rule::Is(STREAM),
            ),
            (
                "version version_info platform executable prefix base_prefix exec_prefix maxsize byteorder flags hexversion implementation api_version builtin_module_names \
          stdlib_module_names float_info int_info hash_info maxunicode pycache_prefix orig_argv base_exec_prefix thread_info last_value last_type abiflags warnoptions dont_write_bytecode copyright platlibdir",
                Value,
            ),
            (
                "exit getsizeof getrecursionlimit setrecursionlimit exc_info getdefaultencoding getfilesystemencoding intern getrefcount set_int_max_str_digits get_int_max_str_digits \
          getswitchinterval setswitchinterval displayhook is_finalizing getwindowsversion set_asyncgen_hooks audit",
                Pure,
            ),
            (
                "_getframe _current_frames",
                Unknown("frames of the interpreter"),
            ),
            (
                "modules meta_path path_hooks path_importer_cache settrace setprofile excepthook addaudithook breakpointhook unraisablehook monitoring",
                HOOKS,
            ),
        ],
    ),
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
                Rule::Do(&[at(Read, 0, "src"), at(Write, 1, "dst")], Ret::Num),
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
        "subprocess",
        Rest::Unknown,
        &[
            (
                "run Popen call check_call check_output getoutput getstatusoutput",
                Sp(S::Subprocess),
            ),
            ("PIPE STDOUT", Value),
            ("DEVNULL", Const("devnull")),
            (
                "CalledProcessError TimeoutExpired CompletedProcess SubprocessError list2cmdline",
                Pure,
            ),
        ],
    ),
    known("pty", Rest::Unknown, &[]),
    known("popen2", Rest::Unknown, &[]),
    known("commands", Rest::Unknown, &[]),
    known("pdb", Rest::Unknown, &[]),
    known("bdb", Rest::Unknown, &[]),
    known("code", Rest::Unknown, &[]),
    known("codeop", Rest::Unknown, &[]),
    known(
        "runpy",
        Rest::Unknown,
        &[("run_path", Sp(S::Unpickle)), ("run_module", Sp(S::Import))],
    ),
    known(
        "importlib",
        Rest::Unknown,
        &[
            ("import_module __import__", Sp(S::Import)),
            ("invalidate_caches", Pure),
            ("reload", Rule::Foreign),
        ],
    ),
    known(
        "importlib.util",
        Rest::Unknown,
        &[
            ("find_spec", Pure),
            ("spec_from_file_location", Sp(S::SpecFromFile)),
            ("module_from_spec", Rule::Foreign),
        ],
    ),
    known("importlib.metadata", Rest::Pure, &[]),
    known("importlib.resources", Rest::Any, &[]),
    known(
        "importlib.machinery",
        Rest::Unknown,
        &[
            ("SourceFileLoader", Sp(S::SpecFromFile)),
            (
                "ModuleSpec all_suffixes SOURCE_SUFFIXES EXTENSION_SUFFIXES",
                Pure,
            ),
        ],
    ),
    known(
        "pkgutil",
        Rest::Unknown,
        &[
            ("iter_modules walk_packages", Rule::Foreign),
            ("get_data", Rule::Foreign),
            ("find_loader get_loader", Pure),
        ],
    ),
    known(
        "imp",
        Rest::Unknown,
        &[("load_source", Sp(S::SpecFromFile)), ("find_module", Pure)],
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
        "ctypes",
        Rest::Unknown,
        &[
            (
                "sizeof c_int c_uint c_char c_long c_ulong c_float c_double c_uint8 c_uint16 c_uint32 c_uint64 c_int8 c_int16 c_int32 c_int64 c_byte c_short c_ushort c_ubyte",
                Pure,
            ),
            (
                "CDLL cdll PyDLL WinDLL pythonapi util memmove memset cast string_at CFUNCTYPE",
                LOADS,
            ),
        ],
    ),
    known(
        "ctypes.util",
        Rest::Unknown,
        &[(
            "find_library",
            Unknown("programs are run to find a library"),
        )],
    ),
    known("_ctypes", Rest::Unknown, &[("dlopen", LOADS)]),
    known(
        "socket",
        Rest::Unknown,
        &[
            ("socket socketpair", Make(SOCKET)),
            (
                "create_connection",
                Rule::Do(&[Do(NetWrite, From::Host(0))], Ret::Object(SOCKET)),
            ),
            ("create_server", Sp(S::Listen)),
            (
                "gethostbyname getaddrinfo gethostbyname_ex gethostbyaddr getfqdn",
                Rule::Do(&[Do(NetRead, From::Host(0))], Ret::Data),
            ),
            (
                "AF_INET AF_INET6 AF_UNIX SOCK_STREAM SOCK_DGRAM SOL_SOCKET SO_REUSEADDR SHUT_RDWR SHUT_WR IPPROTO_TCP TCP_NODELAY SHUT_RD SO_REUSEPORT SO_KEEPALIVE AF_UNSPEC",
                Value,
            ),
            (
                "timeout error gaierror herror gethostname inet_aton inet_ntoa inet_pton inet_ntop htons ntohs htonl ntohl setdefaulttimeout getdefaulttimeout getservbyport getservbyname if_nameindex has_ipv6",
                Pure,
            ),
        ],
    ),
    known(
        "ssl",
        Rest::Unknown,
        &[(
            "create_default_context _create_unverified_context SSLContext wrap_socket SSLError CERT_NONE CERT_REQUIRED PROTOCOL_TLS PROTOCOL_TLS_CLIENT OPENSSL_VERSION TLSVersion get_default_verify_paths _create_default_https_context",
            Pure,
        )],
    ),
    known(
        "urllib.request",
        Rest::Unknown,
        &[
            ("urlopen urlretrieve", Sp(S::UrlOpen)),
            ("Request", Sp(S::UrlRequest)),
            (
                "build_opener install_opener ProxyHandler HTTPHandler HTTPSHandler HTTPCookieProcessor HTTPBasicAuthHandler",
                Rule::Foreign,
            ),
            ("quote unquote pathname2url url2pathname", Pure),
        ],
    ),
    known(
        "http.client",
        Rest::Unknown,
        &[
            ("HTTPConnection HTTPSConnection", Make(CONNECTION)),
            (
                "HTTPException responses HTTPResponse IncompleteRead RemoteDisconnected",
                Pure,
            ),
        ],
    ),
    known(
        "http.server",
        Rest::Unknown,
        &[
            ("HTTPServer ThreadingHTTPServer", Sp(S::Listen)),
            (
                "BaseHTTPRequestHandler SimpleHTTPRequestHandler",
                Rule::Foreign,
            ),
        ],
    ),
    known(
        "socketserver",
        Rest::Unknown,
        &[
            ("TCPServer ThreadingTCPServer UDPServer", Sp(S::Listen)),
            (
                "BaseRequestHandler StreamRequestHandler ThreadingMixIn",
                Rule::Foreign,
            ),
        ],
    ),
    known(
        "wsgiref.simple_server",
        Rest::Unknown,
        &[("make_server", Unknown("a server is started"))],
    ),
    known("ftplib", Rest::Unknown, &[]),
    known("smtplib", Rest::Unknown, &[]),
    known("telnetlib", Rest::Unknown, &[]),
    known("poplib", Rest::Unknown, &[]),
    known("imaplib", Rest::Unknown, &[]),
    known("nntplib", Rest::Unknown, &[]),
    known("xmlrpc", Rest::Unknown, &[]),
    known("xmlrpc.client", Rest::Unknown, &[]),
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
        "webbrowser",
        Rest::Unknown,
        &[(
            "open open_new open_new_tab get",
            Rule::Do(
                &[
                    Do(Interactive, From::Nothing),
                    Do(NetRead, From::Url(0, "url")),
                ],
                Ret::Num,
            ),
        )],
    ),
    known("antigravity", Rest::Unknown, &[("*", DUMPS)]),
    known(
        "unittest",
        Rest::Unknown,
        &[
            ("TestCase IsolatedAsyncioTestCase", Rule::Foreign),
            (
                "main TextTestRunner TestLoader TestSuite defaultTestLoader skip skipIf expectedFailure",
                Rule::Foreign,
            ),
            ("mock", Rule::Foreign),
        ],
    ),
    known(
        "unittest.mock",
        Rest::Unknown,
        &[
            (
                "Mock MagicMock AsyncMock PropertyMock NonCallableMock call ANY sentinel DEFAULT mock_open create_autospec",
                Rule::Foreign,
            ),
            ("patch", Rule::Foreign),
        ],
    ),
    known(
        "doctest",
        Rest::Unknown,
        &[(
            "testmod testfile",
            Rule::Do(&[Do(RunProject, From::Nothing)], Ret::Data),
        )],
    ),
    known(
        "venv",
        Rest::Unknown,
        &[(
            "create EnvBuilder",
            Rule::Do(&[at(Write, 0, "env_dir")], Ret::Any),
        )],
    ),
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
    known("shlex", Rest::Pure, &[]),
    known("cmd", Rest::Unknown, &[]),
    known("curses", Rest::Unknown, &[]),
    known("tkinter", Rest::Unknown, &[]),
    known("turtle", Rest::Unknown, &[]),
    known("idlelib", Rest::Unknown, &[]),
    known("readline", Rest::Unknown, &[]),
    known(
        "syslog",
        Rest::Unknown,
        &[(
            "syslog openlog",
            Rule::Do(&[Do(System, From::Nothing)], Ret::Num),
        )],
    ),
    known("crypt", Rest::Pure, &[]),
    known("symtable", Rest::Pure, &[]),
    known("ensurepip", Rest::Unknown, &[]),
    known("distutils", Rest::Unknown, &[]),
    known(
        "pydoc",
        Rest::Unknown,
        &[
            ("render_doc getdoc", Sp(S::Look)),
            (
                "help doc pager",
                Rule::Do(&[Do(Interactive, From::Nothing)], Ret::Num),
            ),
        ],
    ),
    known("zipimport", Rest::Unknown, &[]),
    known("trace", Rest::Unknown, &[]),
    known("winreg", Rest::Unknown, &[]),
    known("msvcrt", Rest::Unknown, &[]),
    known("nis", Rest::Unknown, &[]),
    known("asyncore", Rest::Unknown, &[]),
    known("wave", Rest::Pure, &[("open", Sp(S::Open))]),
    known("audioop", Rest::Pure, &[]),
    known(
        "systemd",
        Rest::Unknown,
        &[("daemon", Rule::Do(&[Do(Service, From::Nothing)], Ret::Num))],
    ),
    known("this", Rest::Pure, &[]),
    known("sre_compile", Rest::Pure, &[]),
    known("_json", Rest::Pure, &[]),
    known("_collections_abc", Rest::Pure, &[]),
    known("__main__", Rest::Unknown, &[("*", DYNAMIC)]),
];

static EVENT_LOOP: &ObjType = &ObjType {
    name: "event loop",
    rest: Rest::Unknown,
    names: &[
        ("run_until_complete create_task", Same),
        (
            "run_forever close stop time is_running is_closed set_debug add_reader remove_reader create_future shutdown_asyncgens",
            Pure,
        ),
        (
            "call_soon call_later call_at add_signal_handler set_exception_handler call_soon_threadsafe run_in_executor",
            Pure,
        ),
        (
            "subprocess_exec subprocess_shell create_connection create_server sock_connect",
            Unknown("a method that is not known"),
        ),
    ],
};

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

static SYS_PATH: &ObjType = &ObjType {
    name: "module search path",
    rest: Rest::Pure,
    names: &[("append insert extend", Sp(S::SysPath))],
};

static STREAM: &ObjType = &ObjType {
    name: "stream",
    rest: Rest::Pure,
    names: &[("buffer", Value)],
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
