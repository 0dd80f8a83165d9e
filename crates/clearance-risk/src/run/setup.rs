//! What sets a shell up for a tool of the user's own: the script that an installer left, the
//! text that a tool prints for `eval`. They name directories and functions, as they do at every
//! start of a shell.
//!
//! Facts: the installation pages of nvm 0.40, rustup 1.28, conda 24.11, pyenv 2.4, rbenv 1.3, fnm 1.38,
//! mise 2025.1, Homebrew 4.4, opam 2.3, SDKMAN 5, asdf 0.14, zoxide 0.9, starship 1.22, direnv 2.35.

use clearance_core::Span;
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Dynamic, Invocation, Reason, Value, Word};

use crate::judge::Judge;
use crate::run::base_name;

/// Scripts below the home directory that installers of tools leave there.
const AT_HOME: &[&[u8]] = &[
    b"/.nvm/nvm.sh",
    b"/.nvm/bash_completion",
    b"/.config/nvm/nvm.sh",
    b"/.cargo/env",
    b"/.rvm/scripts/rvm",
    b"/.sdkman/bin/sdkman-init.sh",
    b"/.asdf/asdf.sh",
    b"/.asdf/completions/asdf.bash",
    b"/.ghcup/env",
    b"/.opam/opam-init/init.sh",
    b"/.nix-profile/etc/profile.d/nix.sh",
    b"/.local/bin/env",
    b"/.deno/env",
    b"/.elan/env",
    b"/.juliaup/env",
];

/// Where conda and its like are installed, below the home directory or at these places.
const CONDA: &[&[u8]] = &[
    b"/miniconda3",
    b"/anaconda3",
    b"/miniforge3",
    b"/mambaforge",
    b"/miniconda",
    b"/anaconda",
    b"/conda",
];

/// Scripts at fixed places.
const FIXED: &[&[u8]] = &[
    b"/usr/share/nvm/init-nvm.sh",
    b"/usr/share/nvm/nvm.sh",
    b"/usr/local/opt/nvm/nvm.sh",
    b"/opt/homebrew/opt/nvm/nvm.sh",
    b"/usr/local/nvm/nvm.sh",
    b"/opt/homebrew/opt/asdf/libexec/asdf.sh",
    b"/usr/local/opt/asdf/libexec/asdf.sh",
    b"/nix/var/nix/profiles/default/etc/profile.d/nix-daemon.sh",
    b"/usr/local/cargo/env",
];

/// The path is the script by which an installed tool is set up.
pub(super) fn is_setup_script(path: &[u8], home: &[u8]) -> bool {
    let below = Some(home)
        .filter(|home| !home.is_empty() && *home != b"/")
        .and_then(|home| path.strip_prefix(home));
    let conda = |rest: &[u8]| {
        CONDA.iter().any(|dir| {
            rest.strip_prefix(*dir)
                .is_some_and(|rest| matches!(rest, b"/bin/activate" | b"/etc/profile.d/conda.sh"))
        })
    };
    FIXED.contains(&path)
        || path.strip_prefix(b"/opt").is_some_and(conda)
        || path.strip_prefix(b"/usr/local").is_some_and(conda)
        || below.is_some_and(|rest| AT_HOME.contains(&rest) || conda(rest))
}

/// Commands that print the text by which a shell is set up for them.
fn prints_setup(call: &Invocation) -> bool {
    let words: Option<Vec<&[u8]>> = call.argv.iter().map(Word::as_static).collect();
    let Some(words) = words.filter(|_| call.assignments.is_empty()) else {
        return false;
    };
    let Some((name, rest)) = words.split_first() else {
        return false;
    };
    // A program of the project prints what it likes.
    let installed = [&b"/opt/"[..], b"/usr/", b"/home/linuxbrew/"]
        .iter()
        .any(|dir| name.starts_with(dir) && !name.windows(4).any(|w| w == b"/../"));
    if name.contains(&b'/') && !installed {
        return false;
    }
    let shell = |w: &[u8]| matches!(w, b"bash" | b"zsh" | b"sh" | b"-" | b"posix");
    match (base_name(name), rest) {
        (b"pyenv" | b"rbenv" | b"nodenv" | b"goenv" | b"jenv", [b"init", more @ ..]) => more
            .iter()
            .all(|w| shell(w) || matches!(*w, b"--path" | b"--no-rehash")),
        (b"pyenv", [b"virtualenv-init", more @ ..]) => more.iter().all(|w| shell(w)),
        (b"fnm", [b"env", more @ ..]) => more.iter().all(|w| {
            shell(w)
                || matches!(
                    *w,
                    b"--use-on-cd" | b"--shell" | b"--shell=bash" | b"--shell=zsh"
                )
        }),
        (b"mise" | b"rtx", [b"activate", more @ ..]) => more
            .iter()
            .all(|w| shell(w) || matches!(*w, b"--shims" | b"-q" | b"--quiet")),
        (b"mise" | b"rtx", [b"env", more @ ..]) => more
            .iter()
            .all(|w| shell(w) || matches!(*w, b"-s" | b"--shell")),
        (b"brew", [b"shellenv", more @ ..]) => more.iter().all(|w| shell(w)),
        (b"conda" | b"mamba", [b"shell.bash" | b"shell.zsh" | b"shell.posix", b"hook"])
        | (b"micromamba", [b"shell", b"hook", b"-s" | b"--shell", b"bash" | b"zsh"])
        | (b"opam", [b"env"] | [b"config", b"env"])
        | (b"direnv", [b"hook", b"bash" | b"zsh"])
        | (b"zoxide" | b"starship", [b"init", b"bash" | b"zsh"])
        | (b"dircolors", [] | [b"-b"])
        | (b"luarocks", [b"path"])
        | (b"lesspipe", []) => true,
        _ => false,
    }
}

/// `eval "$(TOOL init -)"`: the word is all that the tool prints.
fn is_setup_word(word: &Word, script: Progress<'_>) -> bool {
    let Value::Dynamic(dynamic) = &word.value else {
        return false;
    };
    Dynamic::printed_by(dynamic)
        .and_then(|by| script.invocation(by))
        .is_some_and(prints_setup)
}

impl Judge<'_> {
    /// The place that the analysis could not follow is an `eval` of what a tool prints for it,
    /// each time that it is reached.
    pub(crate) fn is_tool_setup(&self, reason: Reason, span: Span) -> bool {
        let script = self.script;
        let is_setup = |call: &Invocation| {
            matches!(
                call.argv.as_slice(),
                [name, word] if name.as_static() == Some(b"eval") && is_setup_word(word, script)
            )
        };
        let mut here = script
            .new_invocations()
            .iter()
            .filter(|call| call.span == span)
            .peekable();
        reason == Reason::DynamicCode
            && script.is_all()
            && here.peek().is_some()
            && here.all(is_setup)
    }

    /// The same for the text of an `eval` that is judged.
    pub(crate) fn is_setup_text(&self, word: &Word) -> bool {
        is_setup_word(word, self.script)
    }
}

#[cfg(test)]
mod tests {
    use super::is_setup_script;

    #[test]
    fn scripts_of_installers_are_known_by_their_place() {
        for (path, known) in [
            ("/home/dev/.nvm/nvm.sh", true),
            ("/home/dev/.cargo/env", true),
            ("/home/dev/miniconda3/bin/activate", true),
            ("/opt/miniconda3/bin/activate", true),
            ("/opt/conda/etc/profile.d/conda.sh", true),
            ("/home/dev/.bashrc", false),
            ("/home/dev/nvm.sh", false),
            ("/tmp/.nvm/nvm.sh", false),
            ("/home/other/.nvm/nvm.sh", false),
            ("/opt/x/bin/activate", false),
            ("/home/dev/miniconda3/bin/python", false),
        ] {
            let got = is_setup_script(path.as_bytes(), b"/home/dev");
            assert_eq!(got, known, "{path}");
        }
        assert!(!is_setup_script(b"/.nvm/nvm.sh", b"/"));
    }
}
