//! JavaScript's globals and the modules of node, deno and bun: what a call does.
//!
//! Source of facts: the Node.js 22 documentation, the Deno 2 and Bun 1 API references, and
//! ECMAScript 2025. A module of node that is in no table is not understood.

mod files;

use clearance_core::Effect::{
    ChangeMode, Delete, DeleteTree, List, NetRead, NetWrite, Process, Read, Write,
};

use self::files::{FS, FS_EXTRA, PATHS};
use crate::code::flow::Dialect;
use crate::code::flow::rule::Rule::{
    self, Const, Foreign, Make, Num, Pure, Same, Special as Sp, Unknown, Value,
};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret, at, known, pure};

/// JavaScript for the effect analysis.
pub(super) static JAVASCRIPT: Dialect = Dialect {
    javascript: true,
    builtins: BUILTINS,
    modules: &[MODULES],
    library: UNLISTED,
    methods: METHODS,
    index: std::sync::OnceLock::new(),
};

const DYNAMIC: Rule = Unknown("code that is made at run time");

static BUILTINS: &[(&str, Rule)] = &[
    ("require", Sp(S::Require)),
    ("eval", Sp(S::Eval)),
    (
        "Function AsyncFunction GeneratorFunction",
        Sp(S::JsFunction),
    ),
    ("setTimeout setInterval", Sp(S::JsTimer)),
    (
        "setImmediate queueMicrotask requestAnimationFrame",
        Sp(S::CallFirst),
    ),
    ("fetch", Sp(S::JsFetch)),
    (
        "clearTimeout clearInterval clearImmediate structuredClone atob btoa escape unescape encodeURIComponent decodeURIComponent encodeURI decodeURI alert prompt confirm",
        Pure,
    ),
    (
        "parseInt parseFloat isNaN isFinite Number Boolean BigInt",
        Num,
    ),
    ("String", Sp(S::Str)),
    ("Array Map Set WeakMap WeakSet", Sp(S::Iterate)),
    (
        "Symbol Date RegExp Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError Intl URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal \
      ArrayBuffer SharedArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array Uint8ClampedArray Iterator \
      Headers FormData Blob File Event EventTarget MessageChannel ReadableStream WritableStream TransformStream Response DOMException WeakRef FinalizationRegistry Temporal",
        Pure,
    ),
    ("Request", Sp(S::UrlRequest)),
    (
        "WebSocket EventSource",
        Rule::Do(&[Do(NetWrite, From::Url(0, ""))], Ret::Any),
    ),
    (
        "exports __dirname __filename undefined arguments Atomics WebAssembly_",
        Value,
    ),
    ("module", Rule::Is(MODULE)),
    // Of the names that a browser has for it, `top`, `parent` and `frames` are not defined by
    // node, deno and bun: there they are the names of somebody's variables.
    (
        "globalThis global window self",
        Unknown("the global object"),
    ),
    (
        "Proxy Reflect",
        Unknown("an attribute that reaches into the language"),
    ),
    ("WebAssembly", Unknown("native code is loaded")),
    ("Worker SharedWorker", Unknown("another thread runs code")),
    ("importScripts", DYNAMIC),
];

/// The module that the text itself is.
static MODULE: &ObjType = &ObjType {
    name: "module",
    rest: Rest::Any,
    names: &[
        ("require", Sp(S::Require)),
        ("exports id filename path paths loaded", Value),
    ],
};

static STREAM: &ObjType = &ObjType {
    name: "stream",
    rest: Rest::Pure,
    names: &[("pipe", Same)],
};

static SERVER: &ObjType = &ObjType {
    name: "server",
    rest: Rest::Any,
    names: &[
        ("listen", Sp(S::Listen)),
        ("close address on once unref", Pure),
    ],
};

const HTTP: &[(&str, Rule)] = &[
    ("get request", Sp(S::JsHttp)),
    ("createServer createSecureServer", Make(SERVER)),
    (
        "Agent STATUS_CODES METHODS globalAgent Server IncomingMessage ServerResponse",
        Pure,
    ),
];

static MODULES: &[Module] = &[
    known("fs", Rest::Unknown, FS),
    known("fs/promises", Rest::Unknown, FS),
    known("fs.promises", Rest::Unknown, FS),
    known("graceful-fs", Rest::Unknown, FS),
    Module {
        name: "fs-extra",
        rest: Rest::Unknown,
        third_party: true,
        names: FS_EXTRA,
    },
    known("path", Rest::Unknown, PATHS),
    known("path/posix", Rest::Unknown, PATHS),
    known("path.posix", Rest::Unknown, PATHS),
    known("path.win32", Rest::Pure, &[]),
    known(
        "os",
        Rest::Pure,
        &[
            ("homedir", Sp(S::Home)),
            ("tmpdir", Sp(S::TempDir)),
            (
                "setPriority",
                Rule::Do(&[Do(Process, From::Nothing)], Ret::Num),
            ),
            ("userInfo hostname networkInterfaces", Pure),
        ],
    ),
    known(
        "child_process",
        Rest::Unknown,
        &[
            ("exec execSync", Sp(S::JsExec)),
            ("spawn spawnSync execFile execFileSync", Sp(S::JsSpawn)),
            ("fork", Sp(S::JsFork)),
            ("ChildProcess", Pure),
        ],
    ),
    pure("util"),
    pure("url"),
    pure("querystring"),
    pure("string_decoder"),
    pure("assert"),
    pure("assert/strict"),
    pure("buffer"),
    pure("constants"),
    pure("punycode"),
    pure("perf_hooks"),
    pure("async_hooks"),
    pure("diagnostics_channel"),
    pure("stream"),
    pure("stream/promises"),
    pure("stream/consumers"),
    pure("stream/web"),
    pure("events"),
    pure("timers/promises"),
    pure("zlib"),
    known("crypto", Rest::Pure, &[("randomUUID", Rule::NamePart)]),
    pure("util/types"),
    known(
        "timers",
        Rest::Unknown,
        &[
            ("setTimeout setInterval", Sp(S::JsTimer)),
            ("setImmediate", Sp(S::CallFirst)),
            ("clearTimeout clearInterval clearImmediate promises", Pure),
        ],
    ),
    known("readline", Rest::Pure, &[]),
    known("readline/promises", Rest::Pure, &[]),
    known("tty", Rest::Pure, &[]),
    known("http", Rest::Unknown, HTTP),
    known("https", Rest::Unknown, HTTP),
    known(
        "http2",
        Rest::Unknown,
        &[
            ("createServer createSecureServer", Make(SERVER)),
            (
                "connect",
                Rule::Do(&[Do(NetWrite, From::Url(0, ""))], Ret::Any),
            ),
            ("constants", Value),
        ],
    ),
    known(
        "net",
        Rest::Unknown,
        &[
            (
                "connect createConnection",
                Rule::Do(&[Do(NetWrite, From::Nothing)], Ret::Any),
            ),
            ("createServer Server", Make(SERVER)),
            ("Socket", SOCKET),
            ("isIP isIPv4 isIPv6", Num),
        ],
    ),
    known(
        "tls",
        Rest::Unknown,
        &[
            (
                "connect",
                Rule::Do(&[Do(NetWrite, From::Nothing)], Ret::Any),
            ),
            ("createServer", Make(SERVER)),
            ("rootCertificates", Value),
        ],
    ),
    known("dgram", Rest::Unknown, &[("createSocket", SOCKET)]),
    known("dns", Rest::Unknown, DNS),
    known("dns/promises", Rest::Unknown, DNS),
    known("dns.promises", Rest::Unknown, DNS),
    known(
        "worker_threads",
        Rest::Unknown,
        &[("isMainThread parentPort workerData threadId", Value)],
    ),
    known("cluster", Rest::Unknown, &[("isMaster isPrimary", Value)]),
    known(
        "module",
        Rest::Unknown,
        &[("createRequire", Foreign), ("builtinModules", Value)],
    ),
    known("process", Rest::Unknown, PROCESS),
    known(
        "console",
        Rest::Unknown,
        &[
            (
                "log error warn info debug trace dir table group groupEnd groupCollapsed time timeEnd timeLog count countReset assert clear dirxml",
                Sp(S::Look),
            ),
            ("Console", Pure),
        ],
    ),
    known(
        "v8",
        Rest::Unknown,
        &[("getHeapStatistics serialize", Pure)],
    ),
    known("test", Rest::Any, &[]),
    known(
        "sqlite",
        Rest::Unknown,
        &[("DatabaseSync", Sp(S::SqlConnect))],
    ),
    pure("Math"),
    pure("JSON"),
    pure("performance"),
    pure("Promise"),
    known(
        "Buffer",
        Rest::Unknown,
        &[(
            "from alloc allocUnsafe concat isBuffer byteLength compare of isEncoding poolSize",
            Pure,
        )],
    ),
    known(
        "Object",
        Rest::Unknown,
        &[
            (
                "keys values entries getOwnPropertyNames",
                Sp(S::JsObjectItems),
            ),
            ("assign", Sp(S::JsObjectAssign)),
            ("fromEntries", Sp(S::Iterate)),
            ("freeze seal isFrozen is preventExtensions", Same),
            ("hasOwn isSealed isExtensible groupBy", Pure),
            ("create", Pure),
            ("prototype", Value),
            (
                "defineProperty defineProperties setPrototypeOf getPrototypeOf getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertySymbols",
                Unknown("an attribute that reaches into the language"),
            ),
        ],
    ),
    known(
        "Deno",
        Rest::Unknown,
        &[
            (
                "readTextFile readTextFileSync readFile readFileSync readLink readLinkSync",
                Rule::Do(&[at(Read, 0, "")], Ret::Data),
            ),
            (
                "writeTextFile writeTextFileSync writeFile writeFileSync mkdir mkdirSync truncate create createSync",
                Rule::Do(&[at(Write, 0, "")], Ret::Data),
            ),
            ("remove removeSync", Sp(S::JsRm)),
            (
                "readDir readDirSync stat statSync lstat lstatSync realPath realPathSync",
                Rule::Do(&[at(List, 0, "")], Ret::Any),
            ),
            (
                "copyFile copyFileSync",
                Rule::Do(&[at(Read, 0, ""), at(Write, 1, "")], Ret::Data),
            ),
            (
                "rename renameSync",
                Rule::Do(&[at(Write, 0, ""), at(Write, 1, "")], Ret::Data),
            ),
            ("args version build pid mainModule errors", Value),
            ("exit cwd inspect memoryUsage hostname", Pure),
            ("stdin stdout stderr", Rule::Is(STREAM)),
            ("env", Rule::Is(DENO_ENV)),
            ("Command", Unknown("a program is started")),
        ],
    ),
    known(
        "Bun",
        Rest::Unknown,
        &[
            ("file", Rule::Do(&[at(Read, 0, "")], Ret::Data)),
            ("write", Rule::Do(&[at(Write, 0, "")], Ret::Data)),
            ("env", Sp(S::Environ)),
            ("argv", Sp(S::Argv)),
            ("version revision main", Value),
            (
                "which hash inspect sleep nanoseconds escapeHTML stringWidth deepEquals",
                Pure,
            ),
        ],
    ),
    Module {
        name: "axios",
        rest: Rest::Any,
        third_party: true,
        names: &[("get post put patch delete head request", Sp(S::Request))],
    },
    Module {
        name: "node-fetch",
        rest: Rest::Any,
        third_party: true,
        names: &[("default", Sp(S::JsFetch))],
    },
    closed("shelljs"),
    closed("execa"),
    closed("cross-spawn"),
    closed("zx"),
    closed("ssh2"),
    closed("node-pty"),
    closed("rimraf"),
    closed("del"),
    closed("trash"),
    closed("puppeteer"),
    closed("playwright"),
    closed("vm2"),
    closed("isolated-vm"),
    closed("ffi-napi"),
    closed("node-cmd"),
    closed("sudo-prompt"),
    closed("open"),
    closed("dockerode"),
    closed("nodemailer"),
    closed("robotjs"),
    closed("aws-sdk"),
    closed("@aws-sdk/client-s3"),
    closed("@aws-sdk/client-ec2"),
    closed("@aws-sdk/client-iam"),
    closed("@aws-sdk/client-lambda"),
    closed("@aws-sdk/client-dynamodb"),
    closed("@aws-sdk/client-secrets-manager"),
    closed("@google-cloud/storage"),
    closed("@kubernetes/client-node"),
    closed("firebase-admin"),
    closed("googleapis"),
    closed("twilio"),
];

/// A package whose calls are not understood.
const fn closed(name: &'static str) -> Module {
    Module {
        name,
        rest: Rest::Unknown,
        third_party: true,
        names: &[],
    }
}

const SOCKET: Rule = Unknown("a network socket");

const DNS: &[(&str, Rule)] = &[
    (
        "lookup resolve resolve4 resolve6 resolveMx resolveTxt reverse",
        Rule::Do(&[Do(NetRead, From::Host(0))], Ret::Any),
    ),
    ("promises", Foreign),
    ("getServers", Pure),
];

static DENO_ENV: &ObjType = &ObjType {
    name: "environment",
    rest: Rest::Unknown,
    names: &[("get has", Sp(S::GetEnv)), ("set delete", Sp(S::PutEnv))],
};

const PROCESS: &[(&str, Rule)] = &[
    ("argv", Sp(S::Argv)),
    ("env", Sp(S::Environ)),
    ("stdin stdout stderr", Rule::Is(STREAM)),
    ("cwd", Const(".")),
    (
        "version versions platform arch pid ppid title execPath execArgv release config exitCode features argv0 connected",
        Value,
    ),
    (
        "exit uptime hrtime memoryUsage cpuUsage resourceUsage emitWarning getuid getgid geteuid umask abort on once off removeListener removeAllListeners setMaxListeners hasUncaughtExceptionCaptureCallback",
        Pure,
    ),
    ("nextTick", Sp(S::CallFirst)),
    ("chdir", Sp(S::Chdir)),
    ("kill", Rule::Do(&[Do(Process, From::Nothing)], Ret::Num)),
    ("loadEnvFile", Rule::Do(&[at(Read, 0, "")], Ret::Num)),
];

/// What a method of an object of no known kind does, by its name.
static METHODS: &[(&str, Rule)] = &[
    (
        "execSync spawnSync execFileSync execFile spawn fork execCommand runCommand shell",
        Unknown("a method that can run a program"),
    ),
    ("run $ exec", Unknown("a method that can run a program")),
    (
        "runInThisContext runInNewContext runInContext compileFunction evaluate",
        Unknown("a method that can run text as code"),
    ),
    ("execute query raw $executeRaw $queryRaw", Sp(S::SqlExecute)),
    (
        "writeFileSync writeFile appendFile appendFileSync writeJson outputFile outputFileSync writeTextFile toFile saveAs screenshot pdf",
        Rule::Do(&[at(Write, 0, "")], Ret::Any),
    ),
    (
        "unlinkSync unlink rmdir rmdirSync remove_",
        Rule::Do(&[at(Delete, 0, "")], Ret::Any),
    ),
    (
        "rmSync rm removeSync emptyDir emptyDirSync rimraf",
        Rule::Do(&[at(DeleteTree, 0, "")], Ret::Any),
    ),
    ("remove", Sp(S::ForeignRemove)),
    (
        "renameSync copyFileSync copyFile symlinkSync cpSync mkdirSync mkdirp createWriteStream",
        Rule::Do(&[at(Write, 0, ""), at(Write, 1, "")], Ret::Any),
    ),
    (
        "chmodSync chownSync",
        Rule::Do(&[at(ChangeMode, 0, "")], Ret::Any),
    ),
    (
        "readFileSync readFile createReadStream",
        Rule::Do(&[at(Read, 0, "")], Ret::Any),
    ),
    (
        "post put patch",
        Rule::Do(&[Do(NetWrite, From::Url(0, ""))], Ret::Any),
    ),
    (
        "sendMail sendMessage upload putObject publish",
        Unknown("a method that sends data"),
    ),
    ("loadExtension", Unknown("a database extension is loaded")),
    ("listen bind_", Unknown("a method that opens a port")),
    ("kill", Rule::Do(&[Do(Process, From::Nothing)], Ret::Any)),
    (
        "dropTable dropDatabase dropCollection deleteMany insertMany updateMany truncate",
        Rule::Do(
            &[Do(clearance_core::Effect::DbChange, From::Nothing)],
            Ret::Any,
        ),
    ),
];

/// Node's modules that are in no table: loading one is not understood.
static UNLISTED: &[&str] = &[
    "vm",
    "inspector",
    "repl",
    "wasi",
    "trace_events",
    "domain",
    "sys",
    "_http_client",
    "_http_server",
    "_tls_wrap",
    "_stream_wrap",
    "sea",
    "internal",
    "bun",
    "deno",
];
