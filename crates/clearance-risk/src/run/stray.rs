//! Values that a pack takes for plain text and that nevertheless point away from the project:
//! tools that run project code load configuration, presets and plug-ins from such places.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::matcher::Given;
use crate::path::Scope;
use crate::spec::WordRole;

/// Parts of option names whose value is written, not loaded.
const WRITTEN: &[&str] = &[
    "cache", "cov", "dest", "log", "out", "profile", "report", "result", "trace",
];

/// Options whose value is text for a person, or for the program under test.
const PROSE: &[&str] = &[
    "-m",
    "--message",
    "-k",
    "--grep",
    "-t",
    "--testNamePattern",
    "--run",
    "-run",
    "--exclude",
    "--ignore",
    "--skip",
    "-x",
    "--include",
];

impl Judge<'_> {
    /// A plain value of an option of a tool that runs project code.
    pub(super) fn stray_option(&mut self, given: &Given<'_>, value: Arg<'_>, call: &Call<'_>) {
        let name = given.spec.name;
        if given.spec.role != WordRole::Text
            || !call.command().effects.has(Effect::RunProject)
            || PROSE.contains(&name)
        {
            return;
        }
        let Some(values) = value.known() else { return };
        let written = WRITTEN.iter().any(|part| name.contains(part));
        for text in values {
            for path in text.split(|b| b"=,:".contains(b)) {
                let away =
                    path.starts_with(b"/") || path.starts_with(b"~/") || path.starts_with(b"../");
                if !away || path.starts_with(b"//") {
                    continue;
                }
                for place in self.locate(path, false, &call.site.cwd) {
                    let strange = match place.scope {
                        Scope::Temp | Scope::TempTop => !written,
                        Scope::Home | Scope::HomeTop | Scope::HomeConfig | Scope::Hook => true,
                        Scope::System => written,
                        _ => false,
                    };
                    if strange {
                        let tool = call.called();
                        self.unknown("option.outside", value.span(), || {
                            let shown = String::from_utf8_lossy(&place.path);
                            format!("`{name}` points `{tool}` to `{shown}`, outside the project")
                        });
                    }
                }
            }
        }
    }

    /// `@FILE` in place of a file: a list of further arguments.
    pub(super) fn stray_operand(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        let files = matches!(
            role,
            WordRole::Run | WordRole::Read | WordRole::ReadTree | WordRole::Edit
        );
        let list = [&b"@/"[..], b"@~", b"@./", b"@../"]
            .iter()
            .any(|p| arg.prefix().starts_with(p));
        if files && list {
            let tool = call.called();
            self.unknown("argument.file", arg.span(), || {
                format!(
                    "`{}` holds arguments of `{tool}` that are not seen",
                    arg.show()
                )
            });
        }
    }
}
