//! Calls of agents' tools as requests: the names and fields that the common agents use.

use serde_json::Value;

use crate::{Context, Request};

/// Why a tool call could not be read. It must be asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// No tool of that name is known.
    #[error("the tool `{0}` is not known")]
    Unknown(String),
    /// The tool is known, but its input has another shape.
    #[error("the tool `{tool}` needs a text `{field}`")]
    Field {
        /// The tool.
        tool: String,
        /// The field that is missing or no text.
        field: &'static str,
    },
}

/// The kinds of tools, with the fields that hold what matters, first match wins.
const TOOLS: &[(&[&str], Kind, &[&str])] = &[
    (
        &[
            "bash",
            "shell",
            "run_shell_command",
            "local_shell",
            "execute_command",
            "terminal",
            "exec",
        ],
        Kind::Command,
        &["command", "cmd", "script"],
    ),
    (
        &["read", "read_file", "view", "cat", "open_file"],
        Kind::Read,
        &["file_path", "path", "absolute_path", "filePath"],
    ),
    (
        &["write", "write_file", "create_file", "create"],
        Kind::Write("content"),
        &["file_path", "path", "absolute_path", "filePath"],
    ),
    (
        &[
            "edit",
            "replace",
            "str_replace",
            "multiedit",
            "apply_diff",
            "edit_file",
        ],
        Kind::Write("new_string"),
        &["file_path", "path", "absolute_path", "filePath"],
    ),
    (
        &["notebookedit"],
        Kind::Write("new_source"),
        &["notebook_path"],
    ),
    (&["webfetch", "web_fetch", "fetch"], Kind::Url, &["url"]),
    (
        &["slashcommand", "slash_command"],
        Kind::Named,
        &["command"],
    ),
    (&["skill"], Kind::Named, &["skill", "command", "name"]),
];

#[derive(Clone, Copy)]
enum Kind {
    Command,
    Read,
    /// The field with the new content.
    Write(&'static str),
    Url,
    /// Another command of the agent, by its name.
    Named,
}

impl<'a> Request<'a> {
    /// The request that a call of an agent's tool is, by the tool's name and input.
    ///
    /// # Errors
    ///
    /// [`ToolError`] for a tool that is not known or an input of another shape: ask.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance::Request;
    ///
    /// let input = serde_json::json!({"command": "ls", "description": "list"});
    /// assert_eq!(Request::from_tool("Bash", &input), Ok(Request::command("ls")));
    /// assert!(Request::from_tool("mcp__db__drop", &input).is_err());
    /// ```
    pub fn from_tool(name: &str, input: &'a Value) -> Result<Self, ToolError> {
        let lower = name.to_ascii_lowercase();
        let (_, kind, fields) = TOOLS
            .iter()
            .find(|(names, ..)| names.contains(&lower.as_str()))
            .ok_or_else(|| ToolError::Unknown(name.to_owned()))?;
        let missing = || ToolError::Field {
            tool: name.to_owned(),
            field: fields.first().copied().unwrap_or_default(),
        };
        let text = fields
            .iter()
            .find_map(|f| input.get(f))
            .ok_or_else(missing)?;
        let text = match (kind, text) {
            // Some agents give the words of a command; joined by a shell's rules they are one.
            (Kind::Command, Value::Array(words)) => {
                return join(words)
                    .map(|text| Self::Command(text.into_bytes().into()))
                    .ok_or_else(missing);
            }
            (_, text) => text.as_str().ok_or_else(missing)?,
        };
        Ok(match kind {
            Kind::Command => Self::command(text),
            Kind::Read => Self::read(text),
            Kind::Url => Self::url(text),
            // The slash only marks the command.
            Kind::Named => Self::named(text.strip_prefix('/').unwrap_or(text)),
            Kind::Write(content) => Self::Write {
                path: text.as_bytes().into(),
                content: input
                    .get(content)
                    .and_then(Value::as_str)
                    .map(|c| c.as_bytes().into()),
            },
        })
    }
}

/// Words as a shell text that means exactly them.
fn join(words: &[Value]) -> Option<String> {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push('\'');
        text.push_str(&word.as_str()?.replace('\'', "'\\''"));
        text.push('\'');
    }
    Some(text)
}

impl Context {
    /// With what is known of gated commands: an object of names, each with the facts that
    /// `clearance gate` reads.
    ///
    /// # Errors
    ///
    /// A sentence where it is no object of objects. Facts that cannot be read keep their gate
    /// closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance::{Context, Engine, Request, Verdict};
    /// use serde_json::json;
    ///
    /// let facts = json!({"cto.plan": {"validation": "PROCEED", "human": "APPROVED"}});
    /// let context = Context::new("/home/dev/project").gates_json(&facts)?;
    /// let plan = Request::named("cto.plan");
    /// assert_eq!(Engine::builtin().evaluate(&plan, &context).verdict(), Verdict::Allow);
    /// # Ok::<(), String>(())
    /// ```
    pub fn gates_json(mut self, gates: &Value) -> Result<Self, String> {
        let gates = gates.as_object().ok_or("it is no object of gates")?;
        for (name, facts) in gates {
            if !facts.is_object() {
                return Err(format!("the facts of `{name}` are no object"));
            }
            let mut facts = clearance_branch::json::gate_facts(facts);
            facts.command.clone_from(name);
            self = self.gate(facts);
        }
        Ok(self)
    }

    /// With the state of the repository from the JSON form that `clearance push` reads.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with it.
    pub fn repository_json(self, state: &Value) -> Result<Self, String> {
        use clearance_branch::{facts::RepoFacts, row};
        use serde::Deserialize;
        let facts = if state.get("branches").is_some() {
            let repo_state = row::RowState::deserialize(state).map_err(|e| e.to_string())?;
            row::Row {
                repo_state,
                ..row::Row::default()
            }
            .facts(&row::RowMeta::default())
        } else {
            RepoFacts::deserialize(state).map_err(|e| e.to_string())?
        };
        Ok(self.repository(std::sync::Arc::new(facts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_common_tools_are_known() {
        let table = [
            ("Bash", json!({"command": "ls"}), Request::command("ls")),
            (
                "shell",
                json!({"command": ["git", "commit", "-m", "it's"]}),
                Request::command("'git' 'commit' '-m' 'it'\\''s'"),
            ),
            (
                "run_shell_command",
                json!({"command": "ls", "dir_path": "x"}),
                Request::command("ls"),
            ),
            ("Read", json!({"file_path": "/x"}), Request::read("/x")),
            (
                "read_file",
                json!({"absolute_path": "/x"}),
                Request::read("/x"),
            ),
            (
                "WebFetch",
                json!({"url": "https://e.example"}),
                Request::url("https://e.example"),
            ),
            (
                "SlashCommand",
                json!({"command": "/cto.plan api"}),
                Request::named("cto.plan api"),
            ),
            (
                "Skill",
                json!({"skill": "release"}),
                Request::named("release"),
            ),
        ];
        for (name, input, want) in table {
            assert_eq!(Request::from_tool(name, &input), Ok(want));
        }
        let input = json!({"file_path": "/x", "content": "y"});
        let write = Request::from_tool("Write", &input).unwrap();
        assert_eq!(
            write,
            Request::Write {
                path: b"/x".as_slice().into(),
                content: Some(b"y".as_slice().into())
            }
        );
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for (name, input) in [
            ("Bash", json!({})),
            ("Bash", json!({"command": 3})),
            ("Bash", json!({"command": ["ls", 3]})),
            ("Bash", json!("ls")),
            ("Elsewhere", json!({"command": "ls"})),
        ] {
            assert!(Request::from_tool(name, &input).is_err(), "{name} {input}");
        }
    }
}
