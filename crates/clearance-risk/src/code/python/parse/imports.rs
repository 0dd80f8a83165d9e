//! Imports.

use super::{Parse, Parser};
use crate::code::flow::ast::*;

impl Parser<'_> {
    pub(in crate::code::python) fn dotted(&mut self) -> Parse<String> {
        let mut out = self.name()?.to_string();
        while self.eat_op(".") {
            out.push('.');
            out.push_str(&self.name()?);
        }
        Ok(out)
    }

    pub(in crate::code::python) fn import(&mut self) -> Parse<()> {
        self.at += 1;
        loop {
            let start = self.here();
            let module = self.dotted()?;
            let alias = if self.eat_word("as") {
                Some(self.name()?)
            } else {
                None
            };
            let span = self.since(start);
            self.emit(StmtKind::Import(module.into(), alias), span);
            if !self.eat_op(",") {
                return Ok(());
            }
        }
    }

    pub(in crate::code::python) fn import_names(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        let mut relative = false;
        while self.eat_op(".") || self.eat_op("...") {
            relative = true;
        }
        let module = if self.is_word("import") {
            None
        } else {
            Some(Name::from(self.dotted()?))
        };
        let module = if relative { None } else { module };
        if !self.eat_word("import") {
            return self.fail("`import` was expected");
        }
        if self.eat_op("*") {
            let span = self.since(start);
            self.emit(StmtKind::From(module, None, None), span);
            return Ok(());
        }
        let grouped = self.eat_op("(");
        loop {
            if grouped && self.is_op(")") {
                break;
            }
            let name = self.name()?;
            let alias = if self.eat_word("as") {
                Some(self.name()?)
            } else {
                None
            };
            let span = self.since(start);
            self.emit(StmtKind::From(module.clone(), Some(name), alias), span);
            if !self.eat_op(",") {
                break;
            }
        }
        if grouped { self.expect_op(")") } else { Ok(()) }
    }
}
