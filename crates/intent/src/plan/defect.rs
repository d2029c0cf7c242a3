//! What is wrong with a message, where.

use std::fmt;

/// A fault at a place of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Line of the text, from 1.
    pub line: u32,
    /// Field by its number and part, as PANS-ATM counts them (`13b`, `18 DOF`), or by its ADEXP keyword.
    pub field: &'static str,
    /// What is wrong.
    pub what: Fault,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, field {}: {}", self.line, self.field, self.what)
    }
}

/// What is wrong. Texts in it are shortened to 32 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not of the form that the field has.
    #[error("{text} is not {wanted}")]
    Not {
        /// What stands there.
        text: String,
        /// What should, with its article: `a time`.
        wanted: &'static str,
    },
    /// The field is not there.
    #[error("missing")]
    Missing,
    /// Nothing more is expected here.
    #[error("{text} is not expected here")]
    Unexpected {
        /// What stands there.
        text: String,
    },
    /// The same thing is said twice; the first counts.
    #[error("{text} is said again; the first counts")]
    Repeated {
        /// What.
        text: String,
    },
    /// One thing here demands another that is not there.
    #[error("{what} needs {needs}")]
    Needs {
        /// What stands there.
        what: &'static str,
        /// What is not there.
        needs: &'static str,
    },
    /// An estimate of a point is before that of the point in front of it.
    #[error("{point} is reached before {before}")]
    Backwards {
        /// The later point.
        point: String,
        /// The point in front of it.
        before: String,
    },
    /// A message of a kind that is not read.
    #[error("messages of kind {kind} are not read")]
    Kind {
        /// As it stands.
        kind: String,
    },
    /// The text ends, or another message begins, within a message.
    #[error("the message has no end")]
    Unended,
    /// There is no message in the text.
    #[error("no message here")]
    Empty,
    /// More of something than is kept.
    #[error("more than {max} {what}; the rest is left out")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are kept.
        max: usize,
    },
    /// Nothing can be done with the message without this.
    #[error("the message is left out: its {what} is not known")]
    Unusable {
        /// What is not known.
        what: &'static str,
    },
}

/// Longest excerpt of a text in a fault, in characters.
pub(crate) const EXCERPT_MAX: usize = 32;

impl Fault {
    /// `text` is not `wanted`.
    pub fn not(text: &str, wanted: &'static str) -> Self {
        Self::Not { text: excerpt(text), wanted }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Not { .. } => "correct it",
            Self::Missing => "add it",
            Self::Unexpected { .. } => "take it out",
            Self::Repeated { .. } => "leave one of them",
            Self::Needs { .. } => "add that, or take it out",
            Self::Backwards { .. } => "correct one of the two times",
            Self::Kind { .. } => {
                "leave it out: FPL, CHG, CNL, DLA, DEP and ARR are read, and their ADEXP forms"
            }
            Self::Unended => "end it before the next one begins",
            Self::Empty => {
                "give ICAO messages in brackets, or ADEXP messages that begin with -TITLE"
            }
            Self::TooMany { .. } => "leave out what is not needed",
            Self::Unusable { .. } => "correct or add it",
        }
    }

    /// `text` has no place here.
    pub fn unexpected(text: &str) -> Self {
        Self::Unexpected { text: excerpt(text) }
    }
}

/// The beginning of `text`, made printable.
pub(crate) fn excerpt(text: &str) -> String {
    if text.trim().is_empty() {
        return "nothing".to_owned();
    }
    let clean = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    let mut short: String = text.chars().take(EXCERPT_MAX).map(clean).collect();
    if text.chars().nth(EXCERPT_MAX).is_some() {
        short.push('…');
    }
    short
}
