//! A tree as indented text, for people and for tests.

use std::fmt;

use super::{Kind, NodeId, Script};

/// Displays a subtree, one node a line; see [`Script::pretty`].
#[derive(Clone, Copy, Debug)]
pub struct Pretty<'a> {
    script: &'a Script,
    root: NodeId,
}

impl<'a> Pretty<'a> {
    pub(super) const fn new(script: &'a Script, root: NodeId) -> Self {
        Self { script, root }
    }
}

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut walk = self.script.walk(self.root);
        while let Some(id) = walk.next() {
            for _ in 0..walk.depth() {
                f.write_str("  ")?;
            }
            write!(f, "{:?}", self.script.kind(id))?;
            self.detail(id, f)?;
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Pretty<'_> {
    fn detail(&self, id: NodeId, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.script;
        match script.kind(id) {
            Kind::Param => {
                let param = script.param(id);
                write!(f, " {} {:?}", param.name.escape_ascii(), param.op)?;
            }
            Kind::Redirect => write!(f, " {:?}", script.redirect(id).op)?,
            Kind::Assign => {
                let assign = script.assign(id);
                let operator = if assign.append { "+=" } else { "=" };
                write!(f, " {}{operator}", assign.name.escape_ascii())?;
            }
            Kind::CondUnary | Kind::CondBinary => {
                write!(f, " {}", script.cond_op(id).text.escape_ascii())?;
            }
            kind => {
                let connector = script.connector(id);
                if connector != super::Connector::None {
                    write!(f, " {connector:?}")?;
                }
                if script.first_child(id).is_none() || kind == Kind::Word {
                    write!(f, " `{}`", script.text(id).escape_ascii())?;
                }
            }
        }
        Ok(())
    }
}
