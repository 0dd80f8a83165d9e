//! Build tools of the JVM and what looks into one: goals, properties, aliases.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{
    GRADLE_PROPERTY, JCMD_READ, JVM_MEMORY, JVM_PROGRAM, MAVEN_GROUP, MAVEN_PLUGIN, SBT_BANNED,
};
use crate::spec::WordRole;

/// Programs whose goals are words: those that publish, deploy or release ask.
pub(super) fn tasks(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.operand(0).and_then(Arg::as_static) == Some(b"execute") {
        judge.effect(Effect::RunOther, call);
    }
    if call.name() == "mvn" {
        maven_goals(judge, call);
    }
    for arg in call.operands() {
        let program = [&b"clojure."[..], b"cljs.", b"java."]
            .iter()
            .any(|p| arg.prefix().starts_with(p));
        if call.name() == "lein" && program {
            judge.unknown("code.unknown", arg.span(), || {
                format!("`{}` is no program of the project", arg.show())
            });
        }
    }
    if matches!(call.name(), "mvn" | "gradle") {
        properties(judge, call);
    }
    for arg in call.operands() {
        let outward = arg.known().is_none_or(|mut all| all.any(is_outward));
        if outward {
            judge.effect(Effect::Publish, call);
        }
    }
}

/// The last part of a goal's name says that it publishes.
fn is_outward(text: &[u8]) -> bool {
    if text.starts_with(b"-") {
        return false;
    }
    let name = text
        .rsplit(|b| b":/ .".contains(b))
        .next()
        .unwrap_or(text)
        .to_ascii_lowercase();
    let words: &[&[u8]] = &[b"publish", b"deploy", b"release", b"upload", b"perform"];
    words.iter().any(|p| name.starts_with(p))
}

/// `-DNAME=VALUE`, `-PNAME=VALUE`: properties that name a program, an agent or code to load, or
/// that the tool itself or its JVM obeys.
fn properties(judge: &mut Judge<'_>, call: &Call<'_>) {
    for given in call.options() {
        let property = given.spec.name.starts_with("-D")
            || given.spec.name.starts_with("-P") && call.name() == "gradle"
            || matches!(given.spec.name, "--system-prop" | "--project-prop");
        let (Some(value), true) = (given.value, property) else {
            continue;
        };
        let harmless = match value.as_str() {
            Some(text) => is_harmless_property(text),
            // The name is known, and the value is not the tool's own affair.
            None => std::str::from_utf8(value.prefix()).is_ok_and(|text| {
                text.contains('=') && !text.starts_with("org.gradle") && is_harmless_property(text)
            }),
        };
        if !harmless {
            judge.unknown("build.property", value.span(), || {
                format!(
                    "`{}` can name a program or code that the build loads",
                    value.show()
                )
            });
        }
    }
}

/// A property `NAME=VALUE` that only the project's own build reads.
fn is_harmless_property(text: &str) -> bool {
    let (name, setting) = text.split_once('=').unwrap_or((text, ""));
    let name = name.to_ascii_lowercase();
    let setting = setting.trim_matches(['"', '\'']);
    if matches!(
        name.as_str(),
        "exec.mainclass" | "exec.args" | "exec.classpathscope" | "exec.cleanupdaemonthreads"
    ) {
        return true;
    }
    if name.contains("argline") || name.ends_with("jvmargs") || name.ends_with("jvmarguments") {
        return setting.split_whitespace().all(is_memory_option);
    }
    if name.starts_with("org.gradle.") {
        return GRADLE_PROPERTY.has(name);
    }
    let of_jvm = ["java.", "javax.", "jdk.", "sun.", "user.home", "user.dir"];
    !of_jvm.iter().any(|p| name.starts_with(p))
        && !name.starts_with("exec.")
        && !name.starts_with("gradle.")
        && !JVM_PROGRAM.has(&name)
}

/// An option of the JVM about memory and collectors.
fn is_memory_option(word: &str) -> bool {
    let known = JVM_MEMORY.has(word) || word.starts_with("-XX:+HeapDumpOnOutOfMemoryError");
    known && !word.contains('/')
}

/// Goals of Maven with a plug-in: known ones that look or format.
fn maven_goals(judge: &mut Judge<'_>, call: &Call<'_>) {
    let is_plugin =
        |artifact: &[u8]| artifact.ends_with(b"-plugin") && MAVEN_PLUGIN.stands_in(artifact);
    for arg in call.operands() {
        let known = arg.known().is_some_and(|mut goals| {
            goals.all(|goal| {
                let mut parts = goal.split(|&b| b == b':');
                let first = parts.next().unwrap_or_default();
                if !goal.contains(&b':') {
                    return true;
                }
                match parts.collect::<Vec<_>>().as_slice() {
                    [_] => MAVEN_PLUGIN.has(first),
                    // `groupId:artifactId[:version]:goal` of those who publish these plug-ins.
                    [artifact, .., _] => MAVEN_GROUP.has(first) && is_plugin(artifact),
                    [] => false,
                }
            })
        });
        if !known {
            judge.unknown("mvn.goal", arg.span(), || {
                format!("the goal `{}` runs a plug-in that is not known", arg.show())
            });
        }
    }
}

/// `sbt`: each word is a command line of sbt.
pub(super) fn sbt(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for arg in call.operands() {
        let lines: Option<Vec<&[u8]>> = arg.known().map(Iterator::collect);
        let commands = lines.iter().flatten().flat_map(|t| t.split(|&b| b == b';'));
        for command in commands {
            let command = command.trim_ascii();
            let first = command.split(|b| b.is_ascii_whitespace()).next();
            let first = first.unwrap_or_default();
            let first = first.strip_prefix(b"~").unwrap_or(first);
            let first = first.strip_prefix(b"+").unwrap_or(first);
            let asks = SBT_BANNED.has(first)
                || first.starts_with(b"!")
                || first.starts_with(b"<")
                || first.windows(7).any(|w| w == b"console");
            if asks {
                judge.unknown("sbt.command", arg.span(), || {
                    format!("`{}` evaluates code or waits for a person", arg.show())
                });
            } else if is_outward(first) {
                judge.effect(Effect::Publish, call);
            }
        }
        if lines.is_none() {
            judge.unknown("sbt.command", arg.span(), || {
                format!("which command `{}` is, is not determined", arg.show())
            });
        }
    }
}

/// `jcmd [-l | PID | CLASS [COMMAND [ARG]...]]`.
pub(super) fn jcmd(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let words: Vec<Arg<'_>> = call.operands().collect();
    let fits = match words.as_slice() {
        [] => true,
        [first] => first.as_static() == Some(b"-l") || !first.prefix().starts_with(b"-"),
        [target, command, rest @ ..] => {
            let plain = |a: &Arg<'_>| {
                a.as_static()
                    .is_some_and(|t| !t.contains(&b'/') && !t.starts_with(b"file"))
            };
            !target.prefix().starts_with(b"-")
                && command.as_static().is_some_and(|c| JCMD_READ.has(c))
                && rest.iter().all(plain)
        }
    };
    if !fits {
        judge.unknown("jcmd.command", call.span(), || {
            "this command of `jcmd` changes the process, or writes".to_owned()
        });
    }
}

/// `jar`: the mode says what happens to the archive and to the files named.
pub(super) fn jar(judge: &mut Judge<'_>, call: &Call<'_>) {
    let site = call.site;
    let reads = call.has(&["-t", "--list", "-d", "--describe-module"]);
    let takes = call.has(&["-x", "--extract"]);
    let makes = call.has(&["-c", "--create", "-u", "--update"]);
    if call.has(&["--version"]) {
        return;
    }
    if u8::from(reads) + u8::from(takes) + u8::from(makes) != 1 || call.has(&["-i"]) {
        return judge.unknown("jar.mode", call.span(), || {
            "this mode of `jar` is not known".to_owned()
        });
    }
    let archive = if makes {
        WordRole::Write
    } else {
        WordRole::Read
    };
    for value in call.values(&["--file"]) {
        judge.path(archive, value, site);
    }
    for value in call.values(&["-C", "--manifest", "-p", "--module-path"]) {
        judge.path(WordRole::ReadTree, value, site);
    }
    for value in call.values(&["--dir"]) {
        judge.path(WordRole::WriteDir, value, site);
    }
    if takes {
        judge.effect(Effect::Write, call);
    }
    let mut words = call.operands();
    if call.has(&["-f"]) {
        if let Some(file) = words.next() {
            judge.path(archive, file, site);
        }
    }
    if makes {
        for word in words {
            if word.prefix().starts_with(b"@") {
                judge.unknown("argument.file", word.span(), || {
                    format!("`{}` holds names that are not seen", word.show())
                });
            }
            judge.path(WordRole::ReadTree, word, site);
        }
    }
}

/// `clojure [OPTION]... [ARG]...`: `-M` runs a main program, `-X` and `-T` functions.
pub(super) fn clojure(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    judge.effect(Effect::RunProject, call);
    let main = call.options().iter().any(|o| o.spec.name.starts_with("-M"));
    let function = call.has(&["-X:", "-T:", "-X", "-T"]);
    let looks = call.has(&[
        "-P",
        "-Sdescribe",
        "-Stree",
        "-Spath",
        "-Strace",
        "-Spom",
        "-version",
        "--version",
        "-h",
        "--help",
        "-?",
    ]);
    let words: Vec<Arg<'_>> = call.operands().collect();
    if words.is_empty() && !function && !looks && !call.has(&["-M:"]) {
        return judge.run_stdin(None, call.site, call.span());
    }
    for (index, word) in words.iter().enumerate() {
        let leaves = word.known().is_none_or(|mut all| {
            all.any(|t| t.starts_with(b"/") || t.starts_with(b"..") || t.contains(&b'@'))
        });
        if leaves || (index == 0 && !main && !function) {
            judge.path(WordRole::Run, *word, call.site);
        }
        for name in word.known().into_iter().flatten() {
            // A function that is not the project's.
            let foreign = [&b"clojure."[..], b"babashka.", b"java"]
                .iter()
                .any(|p| name.starts_with(p));
            if foreign && !name.starts_with(b"clojure.tools.build") {
                judge.path(WordRole::Run, *word, call.site);
                judge.unknown("code.unknown", word.span(), || {
                    format!("`{}` is no function of the project", word.show())
                });
            }
            if function && is_outward(name) {
                judge.effect(Effect::Publish, call);
            }
        }
    }
}

/// `bb [OPTION]... [TASK | FILE] [ARG]...`.
pub(super) fn bb(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words: Vec<Arg<'_>> = call.operands().collect();
    let words = match words.split_first() {
        Some((first, rest)) if first.as_static() == Some(b"run") => rest,
        _ => &words,
    };
    let Some(first) = words.first() else {
        let quiet = call.options().iter().any(|o| o.spec.name != "--debug");
        if !quiet {
            judge.effect(Effect::Interactive, call);
        }
        return;
    };
    match first.as_str() {
        Some(text) if text.starts_with(['(', '[', '{', '@', '#']) => {
            judge.unknown("code.unknown", first.span(), || {
                "inline code in Clojure was not understood".to_owned()
            });
        }
        Some(name) if !name.contains(['/', '.']) => {
            judge.effect(Effect::RunProject, call);
            if let Some(effect) = crate::tasks::meaning(name) {
                judge.effect(effect, call);
            }
        }
        _ => judge.path(WordRole::Run, *first, call.site),
    }
}

/// `adb shell COMMAND`: the words are joined and read by the shell of the device.
pub(super) fn adb_shell(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.operands() {
        let plain = word.as_static().is_some_and(|t| {
            t.iter()
                .all(|b| b.is_ascii_alphanumeric() || b"._-/:=,".contains(b))
        });
        if !plain {
            judge.unknown("adb.shell", word.span(), || {
                format!(
                    "`{}` can be more than a word to the device's shell",
                    word.show()
                )
            });
        }
    }
}
