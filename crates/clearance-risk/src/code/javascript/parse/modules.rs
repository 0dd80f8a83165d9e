//! Imports and exports.

use super::{Parse, Parser};
use crate::code::flow::ast::*;
use crate::code::javascript::lexer::Tok;

impl Parser {
    pub(in crate::code::javascript) fn module_name(&mut self) -> Parse<Name> {
        match self.peek().clone() {
            Tok::Text(text) => {
                self.at += 1;
                if self.eat_word("with") || self.eat_word("assert") {
                    let start = self.here();
                    let _ = self.primary()?;
                    let _ = start;
                }
                Ok(String::from_utf8_lossy(&text).as_ref().into())
            }
            _ => self.misread(),
        }
    }

    /// `{a as b, default as c}`.
    pub(in crate::code::javascript) fn specifiers(&mut self) -> Parse<Vec<(Name, Name)>> {
        let mut out = Vec::new();
        while !self.eat_op("}") {
            let name = match self.peek().clone() {
                Tok::Text(t) => {
                    self.at += 1;
                    String::from_utf8_lossy(&t).as_ref().into()
                }
                _ => self.name()?,
            };
            let alias = if self.eat_word("as") {
                self.name()?
            } else {
                name.clone()
            };
            out.push((name, alias));
            if !self.eat_op(",") && !self.is_op("}") {
                return self.misread();
            }
        }
        Ok(out)
    }

    pub(in crate::code::javascript) fn import(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        if matches!(self.peek(), Tok::Text(_)) {
            let module = self.module_name()?;
            let span = self.since(start);
            self.emit(StmtKind::Import(module, Some("_".into())), span);
            return self.semicolon();
        }
        let mut whole: Vec<Name> = Vec::new();
        let mut named = Vec::new();
        if matches!(self.peek(), Tok::Name(_)) {
            whole.push(self.name()?);
            self.eat_op(",");
        }
        if self.eat_op("*") {
            if !self.eat_word("as") {
                return self.misread();
            }
            whole.push(self.name()?);
        } else if self.eat_op("{") {
            named = self.specifiers()?;
        }
        if !self.eat_word("from") {
            return self.misread();
        }
        let module = self.module_name()?;
        let span = self.since(start);
        for name in whole {
            self.declare(&name);
            self.emit(StmtKind::Import(module.clone(), Some(name)), span);
        }
        for (name, alias) in named {
            self.declare(&alias);
            self.emit(
                StmtKind::From(Some(module.clone()), Some(name), Some(alias)),
                span,
            );
        }
        self.semicolon()
    }

    pub(in crate::code::javascript) fn export(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        if self.eat_word("default") {
            if self.is_word("function") || self.is_word("class") || self.is_word("async") {
                let value = self.assignment()?;
                self.emit_expr(value);
                return Ok(());
            }
            return self.expression_statement();
        }
        if self.eat_op("*") {
            if self.eat_word("as") {
                self.name()?;
            }
            if !self.eat_word("from") {
                return self.misread();
            }
            let module = self.module_name()?;
            let span = self.since(start);
            self.emit(StmtKind::Import(module, Some("_".into())), span);
            return self.semicolon();
        }
        if self.eat_op("{") {
            self.specifiers()?;
            if self.eat_word("from") {
                let module = self.module_name()?;
                let span = self.since(start);
                self.emit(StmtKind::Import(module, Some("_".into())), span);
            }
            return self.semicolon();
        }
        self.statement()
    }
}
