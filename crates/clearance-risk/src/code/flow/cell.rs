//! Containers of the program: lists, tuples and mappings.

use super::ast::Name;
use super::value::Val;

/// A list, tuple or mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// Every item in order, while that is known.
    pub(super) items: Option<Vec<Val>>,
    /// A tuple: it cannot be changed.
    pub(super) fixed: bool,
    /// Any item or value.
    pub(super) elem: Val,
    /// Any key.
    pub(super) keys: Val,
    /// Values of known keys.
    pub(super) fields: Vec<(Name, Val)>,
    /// Values of keys that are not known.
    pub(super) other: Val,
}

impl Cell {
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut changed = self.elem.join(&other.elem);
        changed |= self.keys.join(&other.keys);
        changed |= self.other.join(&other.other);
        for (name, value) in &other.fields {
            changed |= self.set_field(name, value);
        }
        match (&mut self.items, &other.items) {
            (Some(mine), Some(theirs)) if mine.len() == theirs.len() => {
                for (a, b) in mine.iter_mut().zip(theirs) {
                    changed |= a.join(b);
                }
            }
            // Once it was changed in place, it stays inexact.
            (None, _) => {}
            (Some(_), _) => {
                self.items = None;
                changed = true;
            }
        }
        changed
    }

    pub(super) fn set_field(&mut self, name: &Name, value: &Val) -> bool {
        let mut changed = self.elem.join(value);
        let room = self.fields.len() < 64;
        match self.fields.iter_mut().find(|(n, _)| n == name) {
            Some((_, field)) => changed |= field.join(value),
            None if room => {
                self.fields.push((name.clone(), value.clone()));
                changed = true;
            }
            None => changed |= self.other.join(value),
        }
        changed
    }

    /// An item was added or replaced somewhere.
    pub(super) fn add(&mut self, value: &Val) -> bool {
        let mut changed = self.elem.join(value) | self.other.join(value);
        if self.items.take().is_some() {
            changed = true;
        }
        changed
    }
}
