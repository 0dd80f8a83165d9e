//! A word in a role: which judgement it gets, and the roles that are not about files, addresses
//! or packages.

use clearance_core::Effect;

use super::{Call, Judge, Taint, net};
use crate::arg::Arg;
use crate::names::PYTHON_INDEX;
use crate::score;
use crate::spec::WordRole;

impl Judge<'_> {
    /// A word in a role: every role but those that need the words after it
    /// ([`WordRole::takes_rest`]), which the default evaluation handles.
    pub fn word(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        // What stands like an option is one to the program that the words are handed on to.
        if let (WordRole::Write | WordRole::WriteDir, Some([b'-', _, ..])) = (role, arg.as_static())
        {
            return self.unknown("path.option", arg.span(), || {
                format!("`{}` can be an option", arg.show())
            });
        }
        match role {
            WordRole::Text | WordRole::Number => {}
            WordRole::Pattern => self.pattern(arg),
            WordRole::Ref => self.revision(arg, call),
            WordRole::Shell => self.run_shell(arg, call.site),
            WordRole::Code(lang) => self.run_code(lang, arg, &[], call.site),
            WordRole::Script(lang) => self.run_file(lang, arg, &[], call.site),
            WordRole::Exec => self.exec(arg, call),
            WordRole::Command | WordRole::CommandOptions => {
                self.run_argv(&[arg.to_word()], call.site);
            }
            WordRole::Module => self.module(arg, call),
            WordRole::Url | WordRole::UrlWrite => self.url(role, arg, call),
            // Many readers of files take an address as well.
            WordRole::Read | WordRole::ReadTree | WordRole::List
                if net::is_address(arg.prefix()) =>
            {
                self.address(arg, false, call.called());
            }
            WordRole::ReadList => self.read_list(arg, call),
            WordRole::Host => self.host(arg, call),
            WordRole::Listen => self.listen(arg, call),
            WordRole::Tool => self.tool(arg, call),
            WordRole::Assign => self.assigned(arg),
            WordRole::Remote => self.remote(arg, call),
            WordRole::Package | WordRole::PackageOrPath => self.package(role, arg, call),
            WordRole::Env => self.environment(arg, call),
            WordRole::Variable => {
                let secret = arg
                    .known()
                    .is_none_or(|mut n| n.any(crate::env::is_secret_name));
                if secret {
                    self.taint(Taint::SECRET);
                    self.report(Effect::Secret, 50, "secret.variable", arg.span(), || {
                        format!("the variable `{}` can hold a secret", arg.show())
                    });
                }
            }
            WordRole::Pid => self.effect(Effect::Process, call),
            WordRole::Secret => {
                self.report(Effect::Secret, 40, "secret.argument", arg.span(), || {
                    "a secret on the command line can be seen by others".to_owned()
                });
            }
            WordRole::Ask if is_known_index(arg, call) => {}
            WordRole::Ask => {
                let name = call.called();
                self.report(Effect::Unknown, 45, "argument.ask", arg.span(), || {
                    format!(
                        "`{}` makes `{name}` do something a person should look at",
                        arg.show()
                    )
                });
            }
            role => self.path(role, arg, call.site),
        }
    }

    /// A program named by an option: what runs it was not meant to run others.
    fn exec(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        if arg.as_static() == Some(b"cat") && call.name() == "man" {
            // A pager that passes on what it gets.
            return;
        }
        let name = call.called();
        self.report(
            Effect::RunOther,
            score::base(Effect::RunOther),
            "run.option",
            arg.span(),
            || format!("`{name}` is told to run `{}`", arg.show()),
        );
        if arg.as_static().is_some() {
            self.run_shell(arg, call.site);
        }
    }

    fn module(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        if arg.as_static().is_none() {
            self.unknown("module.dynamic", arg.span(), || {
                "the module is not determined".to_owned()
            });
        }
        self.effect(Effect::RunProject, call);
    }

    /// `NAME=value` for a program.
    pub fn environment(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        crate::env::judge_word(self, arg, call.site);
    }
}

/// An index of packages that its project itself tells people to use.
fn is_known_index(arg: Arg<'_>, call: &Call<'_>) -> bool {
    let python = matches!(call.name(), "pip" | "uv" | "poetry" | "pdm");
    python && arg.as_static().is_some_and(|url| PYTHON_INDEX.has(url))
}
