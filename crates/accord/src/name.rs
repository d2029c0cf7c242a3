//! The names by which parties, accords and articles are known.

use arrayvec::ArrayString;
use std::fmt;
use std::str::FromStr;

/// A party: a state by its ISO 3166 alpha-3 code, or an organisation by its own id. One to twelve
/// of `A`–`Z`, `0`–`9` and `-`, a letter first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(ArrayString<12>);

/// An accord: one to 48 of `a`–`z`, `0`–`9` and `-`, a letter first, as in `kgz-rus-2022`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccordId(ArrayString<48>);

/// An article or caveat within its accord: one to 16 of `a`–`z`, `A`–`Z`, `0`–`9`, `.` and `-`,
/// as in `4` or `4.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(ArrayString<16>);

/// One article of one accord: what a release was made under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleRef {
    /// The accord.
    pub accord: AccordId,
    /// The article in it.
    pub article: ArticleId,
}

/// A text that is not a name of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError {
    /// What was given.
    pub text: String,
    /// What it would have to be.
    pub wanted: &'static str,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not {}", self.text, self.wanted)
    }
}

impl std::error::Error for NameError {}

macro_rules! name {
    ($name:ident, $first:expr, $rest:expr, $wanted:literal) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let error = || NameError { text: text.chars().take(64).collect(), wanted: $wanted };
                let first: fn(u8) -> bool = $first;
                let rest: fn(u8) -> bool = $rest;
                let sound = text.bytes().next().is_some_and(first) && text.bytes().all(rest);
                let fits = ArrayString::from(text).ok().filter(|_| sound);
                fits.map(Self).ok_or_else(error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name!(
    PartyId,
    |b| b.is_ascii_uppercase(),
    |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-',
    "a party; give an ISO 3166 alpha-3 code such as EST, or an organisation's id of up to 12 \
     capital letters, digits and hyphens"
);
name!(
    AccordId,
    |b| b.is_ascii_lowercase(),
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-',
    "an accord's id; give up to 48 small letters, digits and hyphens, such as kgz-rus-2022"
);
name!(
    ArticleId,
    |b| b.is_ascii_alphanumeric(),
    |b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-',
    "an article's number; give up to 16 letters, digits, dots and hyphens, such as 4.2"
);

impl fmt::Display for ArticleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} article {}", self.accord, self.article)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_their_alphabets() {
        assert_eq!("KGZ".parse::<PartyId>().unwrap().to_string(), "KGZ");
        assert!("kgz".parse::<PartyId>().is_err());
        assert!("".parse::<PartyId>().is_err());
        assert!("A-VERY-LONG-NAME".parse::<PartyId>().is_err());
        assert!("kgz-rus-2022".parse::<AccordId>().is_ok());
        assert!("4.2".parse::<ArticleId>().is_ok());
        assert!(".2".parse::<ArticleId>().is_err());
    }
}
