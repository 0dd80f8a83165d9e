//! What is asked about: [`Request`].

use std::borrow::Cow;

/// An action that somebody is about to take.
///
/// # Examples
///
/// ```
/// use clearance::Request;
///
/// let command = Request::command("ls -l");
/// assert_eq!(command.text(), b"ls -l");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// A text that a shell will run.
    Command(Cow<'a, [u8]>),
    /// A file will be read.
    Read(Cow<'a, [u8]>),
    /// A file will be created or changed.
    Write {
        /// The file.
        path: Cow<'a, [u8]>,
        /// Its new content (or the part that changes), if known.
        content: Option<Cow<'a, [u8]>>,
    },
    /// An address will be fetched.
    Url(Cow<'a, [u8]>),
    /// A command or tool of the agent that is known by its name alone, words behind it
    /// included. It is allowed only by a gate of that name that is open.
    Named(Cow<'a, [u8]>),
}

impl<'a> Request<'a> {
    /// A text that a shell will run.
    pub fn command(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Command(bytes(text))
    }

    /// A file will be read.
    pub fn read(path: impl Into<Cow<'a, str>>) -> Self {
        Self::Read(bytes(path))
    }

    /// A file will be created or changed; its new content is not known.
    pub fn write(path: impl Into<Cow<'a, str>>) -> Self {
        Self::Write {
            path: bytes(path),
            content: None,
        }
    }

    /// An address will be fetched.
    pub fn url(address: impl Into<Cow<'a, str>>) -> Self {
        Self::Url(bytes(address))
    }

    /// A command or tool of the agent that is known by its name alone.
    pub fn named(name: impl Into<Cow<'a, str>>) -> Self {
        Self::Named(bytes(name))
    }

    /// The text that the spans of findings count in: the command, the path, the address, the
    /// name.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        match self {
            Self::Command(text) | Self::Read(text) | Self::Url(text) | Self::Named(text) => text,
            Self::Write { path, .. } => path,
        }
    }
}

fn bytes<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, [u8]> {
    match text.into() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
