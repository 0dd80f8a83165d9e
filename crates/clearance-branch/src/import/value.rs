//! JSON values with the place they stand at, for errors.

use serde_json::{Map, Value};

use super::ImportError;

/// A value and its place.
#[derive(Clone)]
pub(super) struct At<'a> {
    pub(super) value: &'a Value,
    pub(super) place: String,
}

/// Parses a text.
pub(super) fn parse(text: &str) -> Result<Value, ImportError> {
    serde_json::from_str(text).map_err(|error| ImportError::Json(error.to_string()))
}

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            place: String::new(),
        }
    }

    pub(super) fn wrong(&self, expected: &'static str) -> ImportError {
        let place = if self.place.is_empty() {
            "(the whole)"
        } else {
            &self.place
        };
        ImportError::Value {
            place: place.to_owned(),
            expected,
        }
    }

    /// A field; `None` if absent or null.
    pub(super) fn get(&self, name: &str) -> Result<Option<At<'a>>, ImportError> {
        let object = self.object()?;
        let dot = if self.place.is_empty() { "" } else { "." };
        let place = format!("{}{dot}{name}", self.place);
        Ok(object
            .get(name)
            .filter(|v| !v.is_null())
            .map(|value| At { value, place }))
    }

    pub(super) fn object(&self) -> Result<&'a Map<String, Value>, ImportError> {
        self.value
            .as_object()
            .ok_or_else(|| self.wrong("an object"))
    }

    pub(super) fn items(&self) -> Result<Vec<At<'a>>, ImportError> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        let at = |(i, value)| At {
            value,
            place: format!("{}[{i}]", self.place),
        };
        Ok(items.iter().enumerate().map(at).collect())
    }

    /// The items of a list, or the one value that is none.
    pub(super) fn one_or_more(&self) -> Result<Vec<At<'a>>, ImportError> {
        if self.value.is_array() {
            self.items()
        } else {
            Ok(vec![self.clone()])
        }
    }

    pub(super) fn text(&self) -> Result<&'a str, ImportError> {
        self.value.as_str().ok_or_else(|| self.wrong("text"))
    }

    pub(super) fn number(&self) -> Result<u32, ImportError> {
        let number = self.value.as_u64().and_then(|n| u32::try_from(n).ok());
        number.ok_or_else(|| self.wrong("a count"))
    }

    /// A yes or no, by itself or as `{"enabled": …}`.
    pub(super) fn flag(&self) -> Result<bool, ImportError> {
        let value = match self.value {
            Value::Object(object) => object.get("enabled").unwrap_or(self.value),
            other => other,
        };
        value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// A flag that may be absent.
    pub(super) fn flag_or(&self, name: &str, absent: bool) -> Result<bool, ImportError> {
        self.get(name)?.map_or(Ok(absent), |v| v.flag())
    }

    /// A count that may be absent.
    pub(super) fn count_or(&self, name: &str, absent: u32) -> Result<u32, ImportError> {
        self.get(name)?.map_or(Ok(absent), |v| v.number())
    }

    /// A list that may be absent.
    pub(super) fn items_of(&self, name: &str) -> Result<Vec<At<'a>>, ImportError> {
        self.get(name)?.map_or(Ok(Vec::new()), |v| v.items())
    }

    /// A list of texts that may be absent.
    pub(super) fn texts_of(&self, name: &str) -> Result<Vec<String>, ImportError> {
        self.items_of(name)?
            .iter()
            .map(|v| v.text().map(str::to_owned))
            .collect()
    }
}
