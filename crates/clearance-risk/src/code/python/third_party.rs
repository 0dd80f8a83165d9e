//! Third-party Python modules worth knowing, and what methods of unknown objects do by name.
//!
//! A module that is not here is code of the project or an installed package: importing it is
//! reported, and its objects are judged by the names of methods ([`METHODS`]).

use clearance_core::Effect::{
    ChangeMode, Delete, DeleteTree, List, NetWrite, Publish, Read, Write,
};

use crate::code::flow::rule::Rule::{self, Foreign, Pure, Special as Sp, Unknown};
use crate::code::flow::rule::Special as S;
use crate::code::flow::rule::{Do, From, Module, ObjType, Rest, Ret, at};

const fn lib(name: &'static str, names: &'static [(&'static str, Rule)]) -> Module {
    Module {
        name,
        rest: Rest::Any,
        third_party: true,
        names,
    }
}

/// A package whose calls are not understood.
const fn closed(name: &'static str) -> Module {
    Module {
        name,
        rest: Rest::Unknown,
        third_party: true,
        names: &[],
    }
}

const READ: Rule = Rule::Do(
    &[at(
        Read,
        0,
        "filepath_or_buffer path io fname file filename fp path_or_buf",
    )],
    Ret::Any,
);

const LISTEN: Rule = Rule::Do(
    &[Do(clearance_core::Effect::NetListen, From::Nothing)],
    Ret::Any,
);

static FLASK: &ObjType = &ObjType {
    name: "flask",
    rest: Rest::Any,
    names: &[("run", LISTEN)],
};

static SESSION: &ObjType = &ObjType {
    name: "session",
    rest: Rest::Any,
    names: &[
        (
            "get head options post put patch delete request stream",
            Sp(S::Request),
        ),
        ("close mount", Foreign),
        ("headers cookies auth verify", Foreign),
    ],
};

const HTTP: &[(&str, Rule)] = &[
    (
        "get head options post put patch delete request stream",
        Sp(S::Request),
    ),
    ("Session session Client AsyncClient", Rule::Make(SESSION)),
    (
        "exceptions codes utils adapters packages HTTPError RequestException ConnectionError Timeout TimeoutException Limits",
        Foreign,
    ),
];

pub(super) static THIRD_PARTY: &[Module] = &[
    lib("requests", HTTP),
    lib("httpx", HTTP),
    lib("requests.auth", &[]),
    lib("requests.exceptions", &[]),
    lib("requests.adapters", &[]),
    lib(
        "urllib3",
        &[
            ("PoolManager", Foreign),
            ("request", Sp(S::Request)),
            ("disable_warnings", Pure),
        ],
    ),
    lib(
        "aiohttp",
        &[
            ("ClientSession", Rule::Make(SESSION)),
            ("request", Sp(S::Request)),
            ("web", Unknown("a server is started")),
        ],
    ),
    lib(
        "numpy",
        &[
            ("load", Sp(S::NumpyLoad)),
            ("loadtxt genfromtxt fromfile", READ),
            ("memmap", Rule::Do(&[at(Write, 0, "filename")], Ret::Data)),
            (
                "save savez savez_compressed savetxt",
                Rule::Do(&[at(Write, 0, "file fname")], Ret::Data),
            ),
            ("ctypeslib f2py distutils", Unknown("native code is loaded")),
        ],
    ),
    lib(
        "pandas",
        &[
            (
                "read_csv read_parquet read_json read_excel read_table read_hdf read_feather read_html read_xml read_orc read_fwf read_stata",
                READ,
            ),
            ("read_pickle", Sp(S::Unpickle)),
            (
                "read_sql read_sql_query read_sql_table read_clipboard read_gbq",
                Unknown("a database statement that is not known"),
            ),
            ("eval", Unknown("text is run as code")),
        ],
    ),
    lib(
        "polars",
        &[(
            "read_csv read_parquet read_json scan_csv scan_parquet read_ndjson",
            READ,
        )],
    ),
    lib("pyarrow", &[]),
    lib(
        "pyarrow.parquet",
        &[
            ("read_table ParquetFile read_schema read_metadata", READ),
            ("write_table", Rule::Do(&[at(Write, 1, "where")], Ret::Data)),
        ],
    ),
    lib(
        "torch",
        &[
            ("load", Sp(S::Unpickle)),
            ("save", Rule::Do(&[at(Write, 1, "f")], Ret::Data)),
            ("compile", Rule::Same),
            ("ops utils", Foreign),
            ("_C", Foreign),
        ],
    ),
    lib(
        "torch.hub",
        &[(
            "load download_url_to_file load_state_dict_from_url",
            Unknown("code from the network runs"),
        )],
    ),
    lib(
        "torch.utils.cpp_extension",
        &[(
            "load load_inline",
            Unknown("native code is built and loaded"),
        )],
    ),
    lib(
        "joblib",
        &[
            ("load", Sp(S::Unpickle)),
            ("dump", Rule::Do(&[at(Write, 1, "filename")], Ret::Data)),
            ("Parallel delayed", Foreign),
        ],
    ),
    lib(
        "dill",
        &[
            ("load", Sp(S::Unpickle)),
            ("loads", Sp(S::UnpickleText)),
            ("dump dumps", Pure),
        ],
    ),
    lib(
        "cloudpickle",
        &[
            ("load", Sp(S::Unpickle)),
            ("loads", Sp(S::UnpickleText)),
            ("dump dumps", Pure),
        ],
    ),
    lib(
        "yaml",
        &[
            (
                "safe_load safe_load_all dump safe_dump dump_all safe_dump_all YAMLError SafeLoader CSafeLoader BaseLoader SafeDumper Dumper scanner",
                Pure,
            ),
            ("load load_all", Sp(S::YamlLoad)),
            ("full_load", Pure),
            ("unsafe_load unsafe_load_all", Sp(S::YamlLoad)),
        ],
    ),
    lib("toml", &[("load", READ), ("loads dumps dump", Pure)]),
    lib("tomli", &[]),
    lib("orjson", &[]),
    lib("ujson", &[]),
    lib("simplejson", &[]),
    lib("PIL", &[]),
    lib("PIL.Image", &[("open", READ)]),
    lib(
        "cv2",
        &[
            ("imread VideoCapture", READ),
            ("imwrite", Rule::Do(&[at(Write, 0, "filename")], Ret::Num)),
            (
                "VideoWriter",
                Rule::Do(&[at(Write, 0, "filename")], Ret::Any),
            ),
        ],
    ),
    lib("matplotlib", &[]),
    lib(
        "matplotlib.pyplot",
        &[
            (
                "savefig imsave",
                Rule::Do(&[at(Write, 0, "fname")], Ret::Data),
            ),
            ("imread", READ),
            ("show", Pure),
        ],
    ),
    lib("sklearn", &[]),
    lib("scipy", &[]),
    lib(
        "nbformat",
        &[
            ("read", READ),
            ("write", Rule::Do(&[at(Write, 1, "fp")], Ret::Data)),
        ],
    ),
    lib("bs4", &[]),
    lib("lxml", &[]),
    lib("h5py", &[("File", Sp(S::Open))]),
    lib("transformers", &[("pipeline", Sp(S::HubLoad))]),
    lib(
        "sentence_transformers",
        &[("SentenceTransformer CrossEncoder", Sp(S::HubLoad))],
    ),
    lib(
        "datasets",
        &[
            (
                "load_dataset load_dataset_builder get_dataset_config_names",
                Sp(S::HubLoad),
            ),
            ("load_from_disk", READ),
        ],
    ),
    lib(
        "huggingface_hub",
        &[
            (
                "hf_hub_download snapshot_download list_repo_files model_info dataset_info list_models",
                Sp(S::HubLoad),
            ),
            ("HfApi", Foreign),
            (
                "login upload_file upload_folder create_repo delete_repo delete_file notebook_login",
                Unknown("a remote repository is changed"),
            ),
        ],
    ),
    lib(
        "evaluate",
        &[("load", Unknown("code from the network runs"))],
    ),
    lib("whisper", &[("load_model", Sp(S::HubLoad))]),
    lib("fasttext", &[("load_model", READ)]),
    lib("psycopg2", &[("connect", DB)]),
    lib("psycopg", &[("connect", DB)]),
    lib("pymysql", &[("connect", DB)]),
    lib("MySQLdb", &[("connect", DB)]),
    lib(
        "duckdb",
        &[("connect", DB), ("sql query execute", Sp(S::SqlExecute))],
    ),
    lib("sqlalchemy", &[("create_engine", DB), ("text", Rule::Same)]),
    lib("asyncpg", &[("connect create_pool", DB)]),
    lib("aiosqlite", &[("connect", Sp(S::SqlConnect))]),
    lib(
        "dotenv",
        &[
            (
                "load_dotenv dotenv_values",
                Rule::Do(&[at(Read, 0, "dotenv_path")], Ret::Data),
            ),
            (
                "set_key unset_key",
                Rule::Do(&[at(Write, 0, "dotenv_path")], Ret::Data),
            ),
        ],
    ),
    lib("py7zr", &[]),
    lib("rarfile", &[]),
    lib("patoolib", &[("*", Unknown("programs are run"))]),
    lib("flask", &[("Flask", Rule::Make(FLASK))]),
    lib("uvicorn", &[("run", LISTEN)]),
    lib("waitress", &[("serve", LISTEN)]),
    lib("fsspec", &[]),
    lib("pytest", &[("main", Foreign)]),
    // Packages whose purpose is to run programs, reach machines, or drive the desktop.
    closed("sh"),
    closed("plumbum"),
    closed("fabric"),
    closed("invoke"),
    closed("paramiko"),
    closed("pexpect"),
    closed("ptyprocess"),
    closed("sarge"),
    closed("delegator"),
    closed("envoy"),
    closed("docker"),
    closed("boto3"),
    closed("botocore"),
    closed("kubernetes"),
    closed("selenium"),
    closed("playwright"),
    closed("pyautogui"),
    closed("pynput"),
    closed("keyboard"),
    closed("keyring"),
    closed("send2trash"),
    closed("pip"),
    closed("ansible"),
    closed("salt"),
    closed("scapy"),
    closed("nmap"),
    closed("cffi"),
    closed("execjs"),
    closed("js2py"),
    closed("git"),
    closed("pygit2"),
    closed("github"),
    closed("gitlab"),
    closed("slack_sdk"),
    closed("twilio"),
    closed("sendgrid"),
    closed("stripe"),
    closed("tweepy"),
    closed("redis"),
    closed("pymongo"),
    closed("elasticsearch"),
    closed("kafka"),
    closed("pika"),
    closed("ftputil"),
    closed("pysftp"),
    closed("asyncssh"),
    closed("IPython"),
    closed("nbconvert"),
    closed("papermill"),
    closed("crontab"),
    closed("pydbus"),
    closed("dbus"),
    closed("win32api"),
    closed("pywinauto"),
    closed("frida"),
    closed("ptrace"),
    Module {
        name: "psutil",
        rest: Rest::Any,
        third_party: true,
        names: &[("Process process_iter", Foreign)],
    },
];

const DB: Rule = Rule::Do(
    &[Do(clearance_core::Effect::DbRead, From::Nothing)],
    Ret::Object(DB_OBJECT),
);

static DB_OBJECT: &ObjType = &ObjType {
    name: "database",
    rest: Rest::Any,
    names: &[
        (
            "execute executemany sql query fetch fetchrow fetchval scalar",
            Sp(S::SqlExecute),
        ),
        (
            "begin commit rollback close fetchall fetchone fetchmany df fetchdf dispose mappings all first scalars",
            Pure,
        ),
        ("cursor connect", Rule::Own),
        (
            "copy_expert copy_from copy_to lo_export lo_import",
            Unknown("a database reads or writes files"),
        ),
    ],
};

/// What a method of an object of no known kind does, by its name. `Unknown` applies only when
/// the first argument can be text.
pub(super) static METHODS: &[(&str, Rule)] = &[
    (
        "system popen getoutput check_output check_call Popen spawnl spawnv execv execl execve execvp execute_command run_command run_cmd exec_command shell",
        Unknown("a method that can run a program"),
    ),
    (
        "run call sudo local cmd sendline spawn",
        Unknown("a method that can run a program"),
    ),
    (
        "eval exec exec_module_ run_code run_cell execfile runsource runcode interact",
        Unknown("a method that can run text as code"),
    ),
    ("execute executescript executemany", Sp(S::SqlExecute)),
    (
        "loads_ load_module dlopen LoadLibrary",
        Unknown("native code or a module is loaded"),
    ),
    (
        "unlink rmdir remove_file delete_file unlink_missing",
        Rule::Do(&[at(Delete, 0, "path")], Ret::Any),
    ),
    (
        "rmtree rm rm_rf remove_tree removedirs delete_folder rm_file",
        Rule::Do(&[at(DeleteTree, 0, "path")], Ret::Any),
    ),
    ("remove delete", Sp(S::ForeignRemove)),
    (
        "write_text write_bytes write_file write_csv write_json write_parquet write_html write_image write_pdf write_png write_svg write_video write_videofile write_excel write_table writeto",
        Rule::Do(&[at(Write, 0, "path file filename fname")], Ret::Any),
    ),
    ("write", Sp(S::ForeignWrite)),
    (
        "save savefig save_pretrained save_model save_weights save_to_disk save_vocabulary save_npz savez savetxt savemat to_csv to_json to_excel to_parquet to_pickle to_feather to_hdf to_html to_latex to_markdown to_xml to_stata to_file to_disk to_netcdf to_zarr to_orc \
         tofile imsave imwrite dump_to_file export export_graphviz sink_parquet sink_csv toTrainedModel write_gexf write_graphml",
        Rule::Do(
            &[at(
                Write,
                0,
                "path path_or_buf fname filename file fp save_directory filepath excel_writer output f buf",
            )],
            Ret::Any,
        ),
    ),
    (
        "to_sql to_gbq to_clipboard",
        Unknown("a database is changed"),
    ),
    (
        "read_csv read_parquet read_text read_bytes read_file load_weights load_model_file read_json read_excel",
        Rule::Do(&[at(Read, 0, "path file filename")], Ret::Any),
    ),
    ("query", Sp(S::ForeignQuery)),
    ("load_state_dict", Foreign),
    (
        "launch run_server",
        Rule::Do(
            &[Do(clearance_core::Effect::NetListen, From::Nothing)],
            Ret::Any,
        ),
    ),
    (
        "post put patch",
        Rule::Do(&[Do(NetWrite, From::Url(0, "url"))], Ret::Any),
    ),
    (
        "sendall sendto sendmail send_message send_request upload upload_file upload_folder upload_fileobj put_object",
        Unknown("a method that sends data"),
    ),
    (
        "publish push_to_hub create_repo create_pull_request delete_repo",
        Rule::Do(&[Do(Publish, From::Nothing)], Ret::Any),
    ),
    ("urlopen urlretrieve", Sp(S::UrlOpen)),
    (
        "download download_file snapshot_download hf_hub_download fetch_url",
        Sp(S::HubLoad),
    ),
    ("from_pretrained load_dataset from_hub", Sp(S::HubLoad)),
    (
        "extractall extract_all",
        Rule::Do(&[at(Write, 0, "path")], Ret::Any),
    ),
    (
        "chmod chown",
        Rule::Do(&[at(ChangeMode, 0, "path")], Ret::Any),
    ),
    (
        "rename replace_file move copyfile copytree symlink_to hardlink_to link_to",
        Rule::Do(&[at(Write, 0, "src target"), at(Write, 1, "dst")], Ret::Any),
    ),
    (
        "mkdir makedirs touch",
        Rule::Do(&[at(Write, 0, "path")], Ret::Any),
    ),
    (
        "listdir iterdir scandir",
        Rule::Do(&[at(List, 0, "path")], Ret::Any),
    ),
    (
        "kill terminate send_signal",
        Rule::Do(
            &[Do(clearance_core::Effect::Process, From::Nothing)],
            Ret::Any,
        ),
    ),
    (
        "serve_forever listen bind",
        Unknown("a method that opens a port"),
    ),
    ("exec_module load_source", Foreign),
    (
        "drop_table drop_all drop_database drop_collection delete_many delete_one insert_one insert_many update_one update_many flushall flushdb",
        Rule::Do(
            &[Do(clearance_core::Effect::DbChange, From::Nothing)],
            Ret::Any,
        ),
    ),
];
