//! Package managers and runners of JavaScript and Python: what they fetch and run.

use clearance_core::Effect;
use clearance_shell::invocation::{Bytes, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{
    BUNDLE_PLAIN, NPM_FIELD, PROJECT_TOOL, PYTEST_PLUGIN, PYTEST_SETTING, PYTHON_DEBUGGER,
    TOOL_PACKAGE,
};
use crate::spec::{Lang, WordRole};

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
        .any(|p| p.as_str().is_none_or(|p| !PROJECT_TOOL.has(tool_name(p))));
    let python = matches!(call.name(), "uvx")
        || call.path().starts_with("tool")
        || call.path() == "x" && call.name() == "uv";
    let installed = call.path() == "exec" && call.name() == "pnpm";
    if installed || (PROJECT_TOOL.has(name) && (!others || python)) {
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
    judge.defaults(call);
    for arg in call.operands() {
        let key = arg.prefix();
        let end = key.iter().position(|b| b"=.[".contains(b));
        let field = end.and_then(|end| key.get(..end)).or(arg.as_static());
        let plain = field
            .and_then(|field| std::str::from_utf8(field).ok())
            .is_some_and(|field| NPM_FIELD.has(field));
        if !plain {
            judge.unknown("npm.manifest", arg.span(), || {
                format!("what `{}` makes npm run later is not known", arg.show())
            });
        }
    }
}

/// `bundle config [set] --local NAME VALUE`: the plain settings of this project.
pub(super) fn bundle_config(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let mut words = call.operands();
    let plain = words
        .next()
        .and_then(|name| name.as_static())
        .filter(|name| BUNDLE_PLAIN.has(*name));
    match (plain, call.has(&["--local"])) {
        (Some(_), true) => {}
        _ => judge.effect(Effect::InstallUser, call),
    }
    for value in words.filter(|_| matches!(plain, Some(b"path" | b"bin"))) {
        judge.path(WordRole::WriteDir, value, call.site);
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
    TOOL_PACKAGE.program_of(name).unwrap_or(name)
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
    judge.defaults(call);
    for class in call.values(&["--pdbcls"]) {
        if class.as_static().is_none_or(|c| !PYTHON_DEBUGGER.has(c)) {
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
            "addopts" => crate::env::options::is_harmless("PYTEST_ADDOPTS", value),
            name if PYTEST_SETTING.has(name) => plain,
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
            .is_some_and(|p| p.starts_with("no:") || PYTEST_PLUGIN.has(p));
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
