//! Package managers and runners of JavaScript and Python: what they fetch and run.

use clearance_core::Effect;
use clearance_shell::invocation::{Bytes, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::{Lang, WordRole};

/// Tools of JavaScript projects by package name, and the program that they install. Running
/// one through a runner is running the project's own tool.
const TOOLS: &[(&str, &str)] = &[
    ("@biomejs/biome", "biome"),
    ("@angular/cli", "ng"),
    ("@changesets/cli", "changeset"),
    ("@playwright/test", "playwright"),
    ("@commitlint/cli", "commitlint"),
    ("typescript", "tsc"),
    ("dependency-cruiser", "depcruise"),
    ("@stryker-mutator/core", "stryker"),
    ("@redocly/cli", "redocly"),
    (
        "@openapitools/openapi-generator-cli",
        "openapi-generator-cli",
    ),
    ("@capacitor/cli", "capacitor"),
    ("cap", "capacitor"),
    ("aws-cdk", "cdk"),
    ("cdktf-cli", "cdktf"),
    ("firebase-tools", "firebase"),
    ("netlify-cli", "netlify"),
    ("sequelize-cli", "sequelize"),
    ("@lhci/cli", "lhci"),
    ("@ast-grep/cli", "ast-grep"),
    ("@electron/rebuild", "electron-rebuild"),
];

/// Programs that `npx` and its like may run without asking: what projects install.
const PROJECT_TOOLS: &[&str] = &[
    "tsc",
    "vue-tsc",
    "tsgo",
    "tsx",
    "ts-node",
    "eslint",
    "prettier",
    "biome",
    "oxlint",
    "stylelint",
    "dprint",
    "jest",
    "vitest",
    "mocha",
    "ava",
    "tap",
    "c8",
    "nyc",
    "playwright",
    "cypress",
    "karma",
    "jasmine",
    "vite",
    "vite-node",
    "webpack",
    "rollup",
    "esbuild",
    "parcel",
    "tsup",
    "swc",
    "babel",
    "turbo",
    "nx",
    "lerna",
    "next",
    "nuxt",
    "astro",
    "gatsby",
    "ng",
    "vue-cli-service",
    "react-scripts",
    "storybook",
    "svelte-kit",
    "svelte-check",
    "tailwindcss",
    "postcss",
    "sass",
    "lessc",
    "svgo",
    "changeset",
    "publint",
    "attw",
    "knip",
    "depcheck",
    "madge",
    "size-limit",
    "syncpack",
    "sort-package-json",
    "typedoc",
    "jsdoc",
    "openapi-typescript",
    "orval",
    "graphql-codegen",
    "api-extractor",
    "prisma",
    "drizzle-kit",
    "concurrently",
    "npm-run-all",
    "run-s",
    "run-p",
    "lint-staged",
    "commitlint",
    "markdownlint",
    "markdownlint-cli2",
    "cspell",
    "nodemon",
    "xo",
    "standard",
    "wdio",
    "web-test-runner",
    "wtr",
    "uvu",
    "ncu",
    "npm-check-updates",
    "tsdown",
    "unbuild",
    "rspack",
    "rsbuild",
    "license-checker",
    "envinfo",
    "browserslist",
    "update-browserslist-db",
    "expo-doctor",
    "react-router",
    "remix",
    "graphql-inspector",
    "rolldown",
    "bunchee",
    "microbundle",
    "unimported",
    "autocannon",
    "markdown-link-check",
    "chromatic",
    "clinic",
    "0x",
    "dtslint",
    "ruff",
    "black",
    "mypy",
    "pytest",
    "isort",
    "flake8",
    "pylint",
    "pyright",
    "basedpyright",
    "ty",
    "tox",
    "nox",
    "codespell",
    "pre-commit",
    "coverage",
    "bandit",
    "yamllint",
    "pip-compile",
    "vulture",
    "deptry",
    "build",
    "pyproject-build",
    "cross-env",
    "wait-on",
    "terser",
    "postcss-cli",
    "html-minifier",
    "csso",
    "autoprefixer",
    "purgecss",
    "pug",
    "remark",
    "alex",
    "textlint",
    "lighthouse",
    "pa11y",
    "linkinator",
    "quicktype",
    "ajv",
    "json2ts",
    "ts-json-schema-generator",
    "web-ext",
    "eleventy",
    "vitepress",
    "docusaurus",
    "hexo",
    "gulp",
    "grunt",
    "redocly",
    "spectral",
    "ts-unused-exports",
    "ts-prune",
    "type-coverage",
    "arethetypeswrong",
    "esbuild-visualizer",
    "source-map-explorer",
    "rimraf",
    "mkdirp",
    "cpy",
    "copyfiles",
    "shx",
    "dotenv",
    "env-cmd",
    "serve",
    "http-server",
    "json-server",
    "start-server-and-test",
    "husky",
    "json-server",
    "np-check",
    "jscpd",
    "dependency-cruiser",
    "depcruise",
    "eslint_d",
    "secretlint",
    "sort-imports",
    "djlint",
    "pdoc",
    "sphinx-build",
    "mkdocs",
    "interrogate",
    "pydocstyle",
    "pycodestyle",
    "pyupgrade",
    "autoflake",
    "docformatter",
    "radon",
    "xenon",
    "refurb",
    "griffe",
    "zizmor",
    "depcruise",
    "expo",
    "react-native",
    "wrangler",
    "stryker",
    "tsd",
    "ast-grep",
    "attw",
    "build-storybook",
    "bundlesize",
    "bundlewatch",
    "capacitor",
    "cdk",
    "cdktf",
    "cspell-cli",
    "cpy-cli",
    "electron-builder",
    "firebase",
    "hardhat",
    "html-validate",
    "ionic",
    "jscodeshift",
    "knex",
    "lhci",
    "netlify",
    "nuxi",
    "openapi-generator-cli",
    "patch-package",
    "plop",
    "pm2",
    "sequelize",
    "serverless",
    "sls",
    "solhint",
    "sst",
    "supabase",
    "swagger-cli",
    "taze",
    "ts-jest",
    "typeorm",
    "vercel",
    "webpack-bundle-analyzer",
    "zx",
];

/// `npx`, `npm exec`, `pnpm dlx`, `pnpm exec`, `yarn dlx`, `bunx`, `uvx`, `pipx run`: a tool of
/// projects is judged as itself; anything else may be fetched from the registry and run.
pub(super) fn npx(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    let words = match words.split_first() {
        // `pipx run TOOL`, and a second `--`.
        Some((first, rest)) if first.as_static() == Some(b"--") => rest,
        Some((first, rest)) if call.name() == "uvx" && first.as_static() == Some(b"run") => rest,
        _ => words,
    };
    let Some((first, rest)) = words.split_first() else {
        if !call.has(&["-c", "--call", "--shell-mode"]) {
            judge.effect(Effect::Interactive, call);
        }
        return;
    };
    let listing =
        matches!(first.as_static(), Some(b"list" | b"environment")) && call.name() == "uvx";
    if listing {
        return;
    }
    // npm reads its own options among the words up to `--`.
    let own = call.name() == "npm"
        && !call.argv.iter().any(|w| w.as_static() == Some(b"--"))
        && rest
            .iter()
            .any(|w| Arg::new(w).prefix().starts_with(b"-") || w.as_static().is_none());
    if own {
        return judge.unknown("npm.exec", first.span, || {
            "options after the program can be those of npm; write `--` before the program"
                .to_owned()
        });
    }
    let span = first.span;
    let Some(spec) = Arg::new(first).as_str() else {
        return fetched(judge, first);
    };
    let name = tool_name(spec);
    let others = call
        .values(&["-p", "--package", "--with", "--from"])
        .any(|p| {
            p.as_str()
                .is_none_or(|p| !PROJECT_TOOLS.contains(&tool_name(p)))
        });
    let python = matches!(call.name(), "uvx")
        || call.path().starts_with("tool")
        || call.path() == "x" && call.name() == "uv";
    let installed = call.path() == "exec" && call.name() == "pnpm";
    if installed || (PROJECT_TOOLS.contains(&name) && (!others || python)) {
        let mut argv = vec![Word::fixed(name.as_bytes(), span)];
        if installed {
            argv = vec![first.clone()];
        }
        argv.extend_from_slice(rest);
        if installed || judge.knows(name.as_bytes()) {
            return judge.run_argv(&argv, call.site);
        }
        unread(judge, name, rest, call);
        return judge.effect(Effect::RunProject, call);
    }
    if spec.starts_with("./") {
        return judge.run_argv(words, call.site);
    }
    fetched(judge, first);
}

/// The words of a tool that no pack reads: what lies elsewhere may be loaded or written, and a
/// text of several words may be a command.
fn unread(judge: &mut Judge<'_>, name: &str, words: &[Word], call: &Call<'_>) {
    if name == "husky"
        && matches!(
            words.first().and_then(|w| w.as_static()),
            Some(b"add" | b"set")
        )
    {
        return judge.unknown("argument.command", call.span(), || {
            "a hook of git is written".to_owned()
        });
    }
    for word in words.iter().map(Arg::new) {
        let text = word.prefix();
        let value = match text.iter().position(|&b| b == b'=') {
            Some(at) if text.starts_with(b"-") => word.skip(at + 1),
            _ => word,
        };
        let text = value.prefix();
        if text.iter().any(|b| b" \t\n;&|`$".contains(b)) {
            judge.unknown("argument.command", word.span(), || {
                format!("what `{}` means to `{name}` is not known", word.show())
            });
        } else if text.starts_with(b"/") || text.starts_with(b"~") || text.starts_with(b"..") {
            let ends = [
                ".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".json", ".sh", ".py",
            ];
            let code = value
                .as_str()
                .is_none_or(|t| ends.iter().any(|e| t.ends_with(e)));
            let role = if code { WordRole::Run } else { WordRole::Write };
            judge.path(role, value, call.site);
        }
    }
}

/// `npm pkg set KEY=VALUE...`: the manifest's plain fields. What names code to run, or where
/// packages come from, is for a person.
pub(super) fn npm_pkg(judge: &mut Judge<'_>, call: &Call<'_>) {
    const PLAIN: &[&str] = &[
        "name",
        "version",
        "description",
        "keywords",
        "author",
        "contributors",
        "license",
        "homepage",
        "bugs",
        "repository",
        "funding",
        "type",
        "private",
        "sideEffects",
        "engines",
        "files",
        "types",
        "typings",
    ];
    judge.defaults(call);
    for arg in call.operands() {
        let key = arg.prefix();
        let end = key.iter().position(|b| b"=.[".contains(b));
        let field = end.and_then(|end| key.get(..end)).or(arg.as_static());
        let plain = field
            .and_then(|field| std::str::from_utf8(field).ok())
            .is_some_and(|field| PLAIN.contains(&field));
        if !plain {
            judge.unknown("npm.manifest", arg.span(), || {
                format!("what `{}` makes npm run later is not known", arg.show())
            });
        }
    }
}

fn fetched(judge: &mut Judge<'_>, word: &Word) {
    let arg = Arg::new(word);
    judge.report(Effect::RunDownloaded, 50, "run.fetched", arg.span(), || {
        format!(
            "`{}` can be fetched from the registry and run; it is no known tool of projects",
            arg.show()
        )
    });
}

/// The program of a package with or without a version.
fn tool_name(spec: &str) -> &str {
    let at = spec
        .char_indices()
        .skip(1)
        .find(|&(_, c)| c == '@')
        .map(|(at, _)| at);
    let name = at.and_then(|at| spec.get(..at)).unwrap_or(spec);
    let name = name.split(['=', '>', '<', '~', '[']).next().unwrap_or(name);
    TOOLS
        .iter()
        .find(|(package, _)| *package == name)
        .map_or(name, |&(_, tool)| tool)
}

/// `pnpm WORD`, `yarn WORD` without a sub-command of that name: a script of the project, or
/// (pnpm) a program.
pub(super) fn script_name(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    let Some(first) = call.operand(0) else { return };
    let script = first.as_str().is_some_and(|name| {
        name.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b))
    });
    let program = first.as_static().is_some_and(|name| judge.knows(name));
    if program && script {
        return judge.run_argv(call.from_operand(0), call.site);
    }
    if !script {
        judge.unknown("script.unknown", first.span(), || {
            format!("`{}` is no name of a script", first.show())
        });
    }
}

/// `uv run [OPTION]... [COMMAND [ARG]...]`: a Python file, or a program of the environment.
pub(super) fn uv_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    let words = match words.split_first() {
        Some((first, rest)) if first.as_static() == Some(b"--") => rest,
        _ => words,
    };
    let Some((first, rest)) = words.split_first() else {
        return;
    };
    if call.has(&["-m", "--module"]) {
        return;
    }
    let file = Arg::new(first);
    let python = call.has(&["-s", "--script"])
        || file
            .as_static()
            .is_some_and(|f| f.ends_with(b".py") || f == b"-");
    if python {
        return judge.run_file(Some(Lang::Python), file, rest, call.site);
    }
    judge.run_argv(words, call.site);
}

/// `pytest`: `-p` loads a plug-in.
pub(super) fn pytest(judge: &mut Judge<'_>, call: &Call<'_>) {
    const PLUGINS: &[&str] = &[
        "xdist",
        "asyncio",
        "anyio",
        "cov",
        "pytest_cov",
        "randomly",
        "timeout",
        "pytester",
        "cacheprovider",
        "pytest_asyncio",
        "mock",
        "benchmark",
        "pytest_timeout",
        "xdist.plugin",
        "django",
        "sugar",
        "rerunfailures",
        "terminal",
    ];
    judge.defaults(call);
    for class in call.values(&["--pdbcls"]) {
        const DEBUGGERS: &[&[u8]] = &[
            b"IPython.terminal.debugger:Pdb",
            b"IPython.terminal.debugger:TerminalPdb",
            b"pdb:Pdb",
            b"pudb.debugger:Debugger",
            b"ipdb:Pdb",
        ];
        if class.as_static().is_none_or(|c| !DEBUGGERS.contains(&c)) {
            judge.unknown("pytest.debugger", class.span(), || {
                format!("the debugger `{}` is code", class.show())
            });
        }
    }
    for setting in call.values(&["-o", "--override-ini"]) {
        let (name, value) = setting
            .as_str()
            .and_then(|text| text.split_once('='))
            .unwrap_or_default();
        let plain = !value.contains(['/', '~', '$']) && !value.contains("-p");
        let harmless = match name.trim() {
            "addopts" => crate::env::only_flags("PYTEST_ADDOPTS", value),
            "log_cli"
            | "log_level"
            | "log_cli_level"
            | "timeout"
            | "asyncio_mode"
            | "python_files"
            | "python_classes"
            | "python_functions"
            | "testpaths"
            | "markers"
            | "xfail_strict"
            | "console_output_style"
            | "junit_family"
            | "norecursedirs"
            | "filterwarnings"
            | "log_cli_format"
            | "log_format"
            | "empty_parameter_set_mark"
            | "asyncio_default_fixture_loop_scope" => plain,
            _ => false,
        };
        if !harmless {
            judge.unknown("pytest.setting", setting.span(), || {
                format!(
                    "the setting `{}` can load or write something",
                    setting.show()
                )
            });
        }
    }
    for dir in call.values(&["--pythonpath"]) {
        judge.path(WordRole::Run, dir, call.site);
    }
    for plugin in call.values(&["-p"]) {
        let known = plugin
            .as_str()
            .is_some_and(|p| p.starts_with("no:") || PLUGINS.contains(&p));
        if !known {
            judge.unknown("pytest.plugin", plugin.span(), || {
                format!("the plug-in `{}` runs code", plugin.show())
            });
        }
    }
}

/// `eslint`: a formatter can be a file.
pub(super) fn eslint(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for format in call.values(&["-f", "--format", "--formatter"]) {
        let plain = format
            .as_static()
            .is_some_and(|f| f.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-'));
        if !plain {
            judge.unknown("eslint.format", format.span(), || {
                format!("the formatter `{}` can be a program", format.show())
            });
        }
    }
    let fix = call.has(&["--fix"]);
    let role = if fix {
        WordRole::Edit
    } else {
        WordRole::ReadTree
    };
    for arg in call.operands() {
        judge.path(role, arg, call.site);
    }
}

/// A command given as one word or several: one word is shell text.
pub(super) fn words_or_shell(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>) {
    match words {
        [] => {}
        [one] => judge.run_shell(Arg::new(one), call.site),
        many => judge.run_argv(many, call.site),
    }
}

/// The words joined by blanks, as a value, if all are known.
pub(super) fn joined(words: &[Word]) -> Option<Value> {
    let parts: Option<Vec<&[u8]>> = words.iter().map(Word::as_static).collect();
    Some(Value::Static(Bytes::from(parts?.join(&b' '))))
}

/// `hatch run [ENV:]NAME`, `pdm run NAME`, `pipenv run NAME`: a script of the project, or a
/// program.
pub(super) fn script_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    let Some((first, rest)) = words.split_first() else {
        return judge.effect(Effect::RunProject, call);
    };
    let Some(name) = Arg::new(first).as_str() else {
        return judge.run_argv(words, call.site);
    };
    let (environment, script) = match name.split_once(':') {
        Some((environment, script)) if call.name() == "pdm" => (environment, script),
        _ => ("", name),
    };
    let plain = script
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-:".contains(&b))
        && !environment.contains('/');
    if judge.knows(script.as_bytes()) || !plain || script.starts_with('-') {
        let mut argv = vec![Word::fixed(script.as_bytes(), first.span)];
        argv.extend_from_slice(rest);
        return judge.run_argv(&argv, call.site);
    }
    judge.effect(Effect::RunProject, call);
    if let Some(effect) = crate::tasks::meaning(script) {
        judge.effect(effect, call);
    }
}
