//! Compilers of C and the tools around them: what the linker is told, and what is written.

use clearance_shell::invocation::Word;

use crate::judge::{Call, Judge};
use crate::names::{BINARY_READER, LINKER_OPTION};
use crate::spec::WordRole;

/// Compilers and their like: `@file` names further options, a backslash begins a TeX command.
pub(super) fn at_files(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for arg in call.operands() {
        let prefix = arg.prefix();
        if prefix.starts_with(b"@") || prefix.starts_with(b"/dev/") || prefix.contains(&b'\\') {
            judge.unknown("argument.file", arg.span(), || {
                format!("`{}` holds options that are not seen", arg.show())
            });
        }
    }
}

/// C compilers: as [`at_files`]; options for the linker are known ones, and settings hold no
/// path and no command.
pub(super) fn cc(judge: &mut Judge<'_>, call: &Call<'_>) {
    at_files(judge, call);
    judge.searches(
        call,
        &[
            "-I",
            "-L",
            "-isystem",
            "-iquote",
            "-idirafter",
            "-F",
            "--sysroot=",
        ],
    );
    for given in call.options() {
        let Some(value) = given.value else { continue };
        let fits = match given.spec.name {
            "-Wl," => value.as_static().is_some_and(linker_words),
            "-f" => value.as_static().is_some_and(|v| {
                v.windows(10).any(|w| w == b"prefix-map") || !v.iter().any(|b| b"/|@<>".contains(b))
            }),
            "-W" | "-m" | "-g" | "-s" | "-O" | "-x" => value
                .as_static()
                .is_some_and(|v| !v.iter().any(|b| b"/|@<>".contains(b))),
            _ => true,
        };
        if !fits {
            judge.unknown("cc.option", value.span(), || {
                format!(
                    "`{}{}` can run or write something",
                    given.spec.name,
                    value.show()
                )
            });
        }
    }
}

/// The words after `-Wl,` are known to say only how to link.
fn linker_words(text: &[u8]) -> bool {
    text.split(|&b| b == b',').all(|word| {
        let name = word.split(|&b| b == b'=').next().unwrap_or_default();
        !word.starts_with(b"-") && !word.starts_with(b"@") || LINKER_OPTION.has(name)
    })
}

/// Binary utilities: the readers read, all others change the files that they are given.
pub(super) fn binutils(judge: &mut Judge<'_>, call: &Call<'_>) {
    let name = call
        .argv
        .first()
        .and_then(Word::as_static)
        .unwrap_or_default();
    let name = crate::run::base_name(name);
    // `aarch64-linux-gnu-objdump`: the same program for another machine.
    let own = name.rsplit(|&b| b == b'-').next().unwrap_or(name);
    let name = if BINARY_READER.has(own) && !BINARY_READER.has(name) {
        own
    } else {
        name
    };
    let mut operands = call.operands();
    let mut role = WordRole::Edit;
    if BINARY_READER.has(name) {
        role = WordRole::Read;
    } else if matches!(name, b"ar" | b"llvm-ar") {
        let mode = operands
            .next()
            .and_then(|a| a.as_static())
            .unwrap_or_default();
        let mode = mode.strip_prefix(b"-").unwrap_or(mode);
        match mode.first() {
            Some(b't' | b'p') => role = WordRole::Read,
            Some(b'r' | b'q' | b'c' | b's' | b'd' | b'm') if !mode.starts_with(b"-") => {}
            _ => {
                return judge.unknown("ar.mode", call.span(), || {
                    "this mode of `ar` is not known".to_owned()
                });
            }
        }
    }
    let packages = matches!(
        name,
        b"pkg-config" | b"pkgconf" | b"llvm-config" | b"c++filt"
    );
    for arg in operands {
        let prefix = arg.prefix();
        let plugin = prefix.windows(6).any(|w| w == b"plugin")
            || prefix.starts_with(b"@")
            || prefix.windows(6).any(|w| w == b"script")
            || (role == WordRole::Edit && prefix.starts_with(b"-T"))
            || prefix.starts_with(b"-load");
        let option = prefix.starts_with(b"-");
        let writes = role == WordRole::Edit
            && ((option && prefix.contains(&b'/')) || (!option && prefix.contains(&b'=')));
        if plugin || writes || (arg.as_static().is_none() && arg.glob().is_none()) {
            judge.unknown("binutils.option", arg.span(), || {
                format!("what `{}` does is not known", arg.show())
            });
        } else if !option && !packages {
            if role == WordRole::Edit {
                judge.path(WordRole::Read, arg, call.site);
            }
            judge.path(role, arg, call.site);
        }
    }
}

/// `clang-tidy [OPTION]... FILE... [-- COMPILER OPTION...]`: the words after `--` are read by the
/// compiler.
pub(super) fn clang_tidy(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let dashes = call.argv.iter().position(|w| w.as_static() == Some(b"--"));
    let Some(at) = dashes else { return };
    let mut words = vec![Word::fixed(b"clang", call.span())];
    words.extend_from_slice(call.argv.get(at + 1..).unwrap_or_default());
    words.push(Word::fixed(b"-fsyntax-only", call.span()));
    judge.run_argv(&words, call.site);
}
