//! Python's library: modules about processes, code and the interpreter.

use clearance_core::Effect::{Interactive, NetRead, NetWrite, RunProject, Service, System, Write};

use super::builtins::BUILTINS;
use super::{DUMPS, DYNAMIC, HOOKS, LOADS};
use crate::code::flow::rule::Rule::{self, Const, Make, Pure, Same, Special as Sp, Unknown, Value};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret, at};
use crate::code::flow::rule::{known, pure};

pub(super) static MODULES: &[Module] = &[
    pure("concurrent"),
    known("builtins", Rest::Unknown, BUILTINS),
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
    known("resource", Rest::Pure, &[]),
    known("termios", Rest::Pure, &[]),
    known("tty", Rest::Pure, &[]),
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
            "testmod",
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
    known(
        "systemd",
        Rest::Unknown,
        &[("daemon", Rule::Do(&[Do(Service, From::Nothing)], Ret::Num))],
    ),
    known("this", Rest::Pure, &[]),
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
