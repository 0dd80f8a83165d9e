//! Reading an object field by field, remembering what could not be read.

use serde_json::{Map, Value};

/// An object, the fields that were asked for, and what was wrong with them.
pub(super) struct Reader<'a> {
    object: Option<&'a Map<String, Value>>,
    /// Where it stands, for messages.
    place: &'a str,
    asked: Vec<&'static str>,
    pub(super) problems: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader of an object; no value at all reads as an empty one.
    pub(super) fn new(value: Option<&'a Value>, place: &'a str) -> Self {
        let mut reader = Self {
            object: None,
            place,
            asked: Vec::new(),
            problems: Vec::new(),
        };
        match value {
            None | Some(Value::Null) => {}
            Some(Value::Object(object)) => reader.object = Some(object),
            Some(_) => reader.problems.push(format!("`{place}` is not an object")),
        }
        reader
    }

    /// The value of a field; `None` for null.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.object?.get(name).filter(|v| !v.is_null())
    }

    /// Notes that a field is not as it should be.
    pub(super) fn wrong(&mut self, name: &str, expected: &str) {
        self.problems
            .push(format!("`{}.{name}` is not {expected}", self.place));
    }

    /// A yes or no; no if absent.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.value(name) {
            None => false,
            Some(Value::Bool(b)) => *b,
            Some(_) => {
                self.wrong(name, "true or false");
                false
            }
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(s) => Some(s.clone()),
            _ => {
                self.wrong(name, "text");
                None
            }
        }
    }

    /// A number; what is there but none is NaN, which every rule reads as the worst.
    pub(super) fn number(&mut self, name: &'static str) -> Option<f64> {
        let number = self.value(name)?.as_f64();
        if number.is_none() {
            self.wrong(name, "a number");
        }
        Some(number.unwrap_or(f64::NAN))
    }

    /// A whole number that is not negative; 0 if absent, the largest if it is none.
    pub(super) fn count(&mut self, name: &'static str) -> u32 {
        let Some(value) = self.value(name) else {
            return 0;
        };
        let count = value.as_u64().and_then(|n| u32::try_from(n).ok());
        if count.is_none() {
            self.wrong(name, "a count");
        }
        count.unwrap_or(u32::MAX)
    }

    /// The items of a list; empty if absent.
    pub(super) fn list(&mut self, name: &'static str) -> &'a [Value] {
        match self.value(name) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.wrong(name, "a list");
                &[]
            }
        }
    }

    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        let items = self.list(name);
        let texts: Vec<String> = items
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect();
        if texts.len() != items.len() {
            self.wrong(name, "a list of texts");
        }
        texts
    }

    /// The fields of an object; empty if absent.
    pub(super) fn entries(&mut self, name: &'static str) -> Vec<(&'a String, &'a Value)> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Object(object)) => object.iter().collect(),
            Some(_) => {
                self.wrong(name, "an object");
                Vec::new()
            }
        }
    }

    /// What was wrong, and every field that nobody asked for: it may be a misspelt one that
    /// matters.
    pub(super) fn finish(mut self, harmless: &[&str]) -> Vec<String> {
        for name in self.object.into_iter().flat_map(Map::keys) {
            if !self.asked.contains(&name.as_str()) && !harmless.contains(&name.as_str()) {
                self.problems
                    .push(format!("`{}.{name}` is not a known fact", self.place));
            }
        }
        self.problems
    }
}
