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
