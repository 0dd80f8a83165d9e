//! Elixir: tasks of mix, and program texts that only compute and print.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use super::calltext::{bare_words, names, text_of_calls};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{ELIXIR_CALL, ELIXIR_HARM, ELIXIR_MODULE, ELIXIR_PURE, ELIXIR_WORD};
use crate::spec::WordRole;

/// `mix TASK [ARG]...`, a task that is not built in: its name is believed.
pub(super) fn mix(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    let Some(task) = call.operand(0) else { return };
    match task.as_str() {
        Some(name) if is_task(name) => {
            if let Some(effect) = crate::tasks::meaning(name) {
                judge.effect(effect, call);
            }
        }
        _ => judge.unknown("operand.unknown", task.span(), || {
            format!("which task `{}` is, is not known", task.show())
        }),
    }
}

fn is_task(name: &str) -> bool {
    let own = [
        "hex.", "local.", "archive.", "nerves.", "escript.", "igniter.", "phx.new",
    ];
    !own.iter().any(|p| name.starts_with(p))
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// `mix do TASK [ARG]..., TASK [ARG]...`: each as if given alone.
pub(super) fn mix_do(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = vec![Word::fixed(b"mix", call.span())];
    for word in call.from_operand(0) {
        let Some(text) = word.as_static() else {
            return judge.unknown("operand.unknown", word.span, || {
                "which task is run is not known".to_owned()
            });
        };
        let ends = text == b"+" || text.ends_with(b",");
        let text = text.strip_suffix(b",").unwrap_or(text);
        if !text.is_empty() && text != b"+" {
            words.push(Word::fixed(text, word.span));
        }
        if ends {
            judge.run_argv(&words, call.site);
            words.truncate(1);
        }
    }
    if words.len() > 1 {
        judge.run_argv(&words, call.site);
    }
}

/// `elixir`, `iex`, `mix run`: `-e` is a program text.
pub(super) fn elixir(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e", "--eval"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "Elixir", elixir_text);
    }
    if call.name() == "mix" {
        judge.effect(Effect::RunProject, call);
        if let (Some(file), true) = (call.operand(0), texts.is_empty()) {
            judge.path(WordRole::Run, file, call.site);
        }
        return;
    }
    let words = call.from_operand(0);
    if let Some(task) = call.value(&["-S"]) {
        // `iex -S mix [TASK] [ARG]...`: the task, and then a shell that reads standard input.
        let mut argv = vec![task.to_word()];
        argv.extend_from_slice(words);
        judge.run_argv(&argv, call.site);
    } else if let Some(file) = call.operand(0) {
        judge.path(WordRole::Run, file, call.site);
        judge.effect(Effect::RunProject, call);
    }
    let looks = call.has(&["-v", "--version", "-h", "--help", "--short-version"]);
    let script = !texts.is_empty() || call.operand(0).is_some();
    if call.argv.first().is_some_and(|w| {
        w.as_static()
            .is_some_and(|n| crate::run::base_name(n) == b"iex")
    }) {
        judge.run_stdin(None, call.site, call.span());
    } else if !looks && !script {
        judge.effect(Effect::Interactive, call);
    }
}

/// Elixir text of calls to modules of the standard library that compute and print, and of
/// modules of the project.
fn elixir_text(text: &str) -> bool {
    let Some(text) = bare_words(text) else {
        return false;
    };
    // Modules of Erlang (`:os.cmd`), `&`-captures of unknown functions, and sigils.
    if text.contains("@") || text.contains("<<") {
        return false;
    }
    names(&text).all(|word| {
        let first = word.split('.').next().unwrap_or_default();
        if word.starts_with(':') {
            return !word.contains('.');
        }
        if first.is_empty() {
            return false;
        }
        if first.chars().all(|c| c.is_ascii_digit()) {
            return true;
        }
        let module = first.starts_with(|c: char| c.is_ascii_uppercase());
        if module {
            let function = word.rsplit('.').next().unwrap_or_default();
            return ELIXIR_CALL.has(word)
                || (ELIXIR_PURE.has(first) && !word.contains("to_existing"))
                || (!ELIXIR_MODULE.has(first)
                    && !word.contains("Repo")
                    && !ELIXIR_HARM.has(function));
        }
        !word.contains('.')
            && (ELIXIR_WORD.has(word) || word.len() <= 2 || !text.contains(&format!("{word}(")))
            || word.contains('.') && !text.contains(&format!("{word}("))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elixir_that_is_understood() {
        for text in [
            "IO.puts(Payhub.version())",
            "IO.inspect(Enum.map([1, 2], fn x -> x * 2 end))",
            "IO.inspect(Loom.Queue.new() |> Loom.Queue.size()); System.halt(0)",
            "IO.puts(1 + 1)",
            "Application.spec(:my_app, :vsn) |> IO.puts()",
        ] {
            assert!(elixir_text(text), "{text}");
        }
        for text in [
            "System.cmd(\"rm\", [\"-rf\", \"/\"])",
            ":os.cmd('id')",
            "File.rm_rf!(\"/\")",
            "Code.eval_string(\"1\")",
            "Repo.delete_all(User)",
            "MyApp.Repo.query!(\"drop table x\")",
            "apply(System, :cmd, [\"id\", []])",
            "IO.puts(\"#{System.cmd(\"id\", [])}\")",
            "import System; cmd(\"id\", [])",
            "spawn(fn -> :os.cmd(~c\"id\") end)",
            "m = System; m.cmd(\"id\", [])",
            "Enum.map([\"id\"], &:os.cmd/1)",
            "Accounts.delete_user(1)",
        ] {
            assert!(!elixir_text(text), "{text}");
        }
    }
}
