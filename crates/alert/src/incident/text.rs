//! Names and texts that people give: bounded, without control characters.

use arrayvec::ArrayString;
use std::fmt;
use std::str::FromStr;

/// Longest name of a person or position, bytes.
pub const NAME_MAX: usize = 80;
/// Longest title of an incident, bytes.
pub const TITLE_MAX: usize = 120;
/// Longest note, bytes.
pub const NOTE_MAX: usize = 2_000;
/// Longest reason, bytes.
pub const WHY_MAX: usize = 500;
/// Longest name of an article, bytes.
pub const ARTICLE_MAX: usize = 80;

/// A party's node, by the party's name: one to twelve of `A`–`Z`, `0`–`9` and `-`, a letter first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(ArrayString<12>);

/// A text that is not the name of a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a node; give its party's name, up to 12 capital letters, digits and hyphens")]
pub struct NodeNameError(pub String);

impl FromStr for NodeName {
    type Err = NodeNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sound = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        let name = ArrayString::from(text).ok().filter(|_| sound);
        name.map(Self).ok_or_else(|| NodeNameError(text.chars().take(64).collect()))
    }
}

impl NodeName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A named person at a position of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    name: String,
    position: Option<String>,
}

/// What a text is refused for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it.
    #[error("say {0}")]
    Empty(&'static str),
    /// Too much in it.
    #[error("{what} of {len} bytes is too long; at most {max} fit")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// How long it is, bytes.
        len: usize,
        /// How long it may be, bytes.
        max: usize,
    },
}

impl Person {
    /// Someone by name, and the position at which they sit.
    ///
    /// # Errors
    /// An empty name, or one over [`NAME_MAX`].
    pub fn new(name: &str, position: Option<&str>) -> Result<Self, TextError> {
        let line = |text: &str| text.replace('\n', " ");
        let name = line(&required("who you are", name, NAME_MAX)?);
        let position = position.map(|p| tidy("the position", p, NAME_MAX)).transpose()?;
        Ok(Self { name, position: position.map(|p| line(&p)).filter(|p| !p.is_empty()) })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The position, where one was said.
    pub fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.position {
            Some(position) => write!(f, "{} ({position})", self.name),
            None => f.pad(&self.name),
        }
    }
}

/// As it is kept: trimmed, without control characters but line ends.
pub(crate) fn tidy(what: &'static str, text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.len() > max {
        return Err(TextError::TooLong { what, len: text.len(), max });
    }
    let kept: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    Ok(kept.trim().to_owned())
}

/// The same of a text that must say something.
pub(crate) fn required(what: &'static str, text: &str, max: usize) -> Result<String, TextError> {
    match tidy(what, text, max)? {
        text if text.is_empty() => Err(TextError::Empty(what)),
        text => Ok(text),
    }
}
