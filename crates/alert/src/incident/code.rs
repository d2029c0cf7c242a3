//! Values as bytes: little-endian, lengths before contents, one byte for each choice.
//!
//! Reading takes bytes from outside: nothing is allocated beyond what is there, and no value is
//! made that its own constructor would refuse.

use super::kind::{Kind, Outcome, StepText};
use super::text::{NodeName, Person};
use crate::AlertId;
use surveillance::{Time, TrackNumber};

/// Longest text read, bytes: above every bound of a text.
const TEXT_MAX: usize = 4_096;

/// Bytes that are no saved book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BytesError {
    /// They end within a value.
    #[error("the bytes end too soon")]
    Short,
    /// There is more than belongs to it.
    #[error("{0} bytes are left over")]
    Left(usize),
    /// A version this software does not know.
    #[error("version {0} of a book of incidents is not known here")]
    Version(u8),
    /// Not such a value.
    #[error("not {0}")]
    Value(&'static str),
}

pub(crate) type Taken<T> = Result<T, BytesError>;

/// What is left to read.
pub(crate) struct Rest<'a>(pub(crate) &'a [u8]);

impl<'a> Rest<'a> {
    pub(crate) fn bytes(&mut self, count: usize) -> Taken<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(BytesError::Short)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Taken<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk().ok_or(BytesError::Short)?;
        self.0 = tail;
        Ok(*head)
    }

    /// A count of things that take at least a byte each.
    pub(crate) fn count(&mut self) -> Taken<usize> {
        let count = u32::read(self)? as usize;
        if count > self.0.len() { Err(BytesError::Short) } else { Ok(count) }
    }

    pub(crate) fn done(&self) -> Taken<()> {
        if self.0.is_empty() { Ok(()) } else { Err(BytesError::Left(self.0.len())) }
    }
}

/// A value that is written and read back.
pub(crate) trait Code: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn read(from: &mut Rest<'_>) -> Taken<Self>;
}

macro_rules! integers {
    ($($of:ty)*) => { $(impl Code for $of {
        fn put(&self, out: &mut Vec<u8>) {
            out.extend(self.to_le_bytes());
        }
        fn read(from: &mut Rest<'_>) -> Taken<Self> {
            from.array().map(Self::from_le_bytes)
        }
    })* };
}
integers!(u8 u16 u32 u64 i64);

impl Code for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        match u8::read(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(BytesError::Value("yes or no")),
        }
    }
}

impl Code for Time {
    fn put(&self, out: &mut Vec<u8>) {
        self.unix_nanos().put(out);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        i64::read(from).map(Time::from_unix_nanos)
    }
}

impl Code for AlertId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        u64::read(from).map(AlertId)
    }
}

impl Code for TrackNumber {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        u32::read(from).map(TrackNumber)
    }
}

impl Code for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        out.extend(self.as_bytes());
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        let length = from.count()?;
        let text = std::str::from_utf8(from.bytes(length)?).ok();
        let sound = |text: &&str| {
            text.len() <= TEXT_MAX && !text.contains(|c: char| c.is_control() && c != '\n')
        };
        text.filter(sound).map(str::to_owned).ok_or(BytesError::Value("a text"))
    }
}

impl Code for NodeName {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.as_str().len() as u8);
        out.extend(self.as_str().as_bytes());
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        let length = u8::read(from)?;
        let text = std::str::from_utf8(from.bytes(usize::from(length))?).ok();
        text.and_then(|text| text.parse().ok()).ok_or(BytesError::Value("the name of a node"))
    }
}

impl Code for Person {
    fn put(&self, out: &mut Vec<u8>) {
        self.name().to_owned().put(out);
        self.position().map(str::to_owned).put(out);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        let (name, position) = (String::read(from)?, Option::<String>::read(from)?);
        let person = Person::new(&name, position.as_deref()).ok();
        let same = |p: &Person| p.name() == name && p.position() == position.as_deref();
        person.filter(same).ok_or(BytesError::Value("a person"))
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        if bool::read(from)? { T::read(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        for value in self {
            value.put(out);
        }
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        let count = from.count()?;
        // Grows with what is read: a value is larger than its bytes.
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(T::read(from)?);
        }
        Ok(values)
    }
}

macro_rules! words {
    ($($of:ty, $what:literal;)*) => { $(impl Code for $of {
        fn put(&self, out: &mut Vec<u8>) {
            out.push(self.number());
        }
        fn read(from: &mut Rest<'_>) -> Taken<Self> {
            Self::from_number(u8::read(from)?).ok_or(BytesError::Value($what))
        }
    })* };
}
words! { Kind, "a kind of incident"; Outcome, "an outcome"; }

/// A struct as its fields, in the order given.
macro_rules! fields {
    ($of:ident { $($field:ident),* $(,)? }) => {
        impl $crate::incident::code::Code for $of {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::incident::code::Code::put(&self.$field, out);)*
            }
            fn read(
                from: &mut $crate::incident::code::Rest<'_>,
            ) -> $crate::incident::code::Taken<Self> {
                Ok(Self { $($field: $crate::incident::code::Code::read(from)?,)* })
            }
        }
    };
}

/// An enum as the number of its variant and that one's fields.
macro_rules! variants {
    ($of:ident, $what:literal { $($number:literal => $variant:ident { $($field:ident),* };)* }) => {
        impl $crate::incident::code::Code for $of {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        out.push($number);
                        $($crate::incident::code::Code::put($field, out);)*
                    })*
                }
            }
            fn read(
                from: &mut $crate::incident::code::Rest<'_>,
            ) -> $crate::incident::code::Taken<Self> {
                match <u8 as $crate::incident::code::Code>::read(from)? {
                    $($number => {
                        Ok(Self::$variant { $($field: $crate::incident::code::Code::read(from)?,)* })
                    })*
                    _ => Err($crate::incident::code::BytesError::Value($what)),
                }
            }
        }
    };
}
pub(crate) use {fields, variants};

fields!(StepText { text, article });
