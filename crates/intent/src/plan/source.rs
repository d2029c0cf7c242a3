//! The text of messages with its lines, and what reading it gives.

use super::{Defect, Fault, Message};

/// Most defects kept of one reading; more are counted.
pub const DEFECTS_MAX: usize = 1000;

/// What was understood of a text, and what was not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// In the order of the text, each with the line it begins on.
    pub messages: Vec<(u32, Message)>,
    /// In the order found; at most [`DEFECTS_MAX`].
    pub defects: Vec<Defect>,
    /// How many more defects there were.
    pub defects_left_out: usize,
}

/// Defects and lines of one text.
pub(crate) struct Reader<'t> {
    text: &'t str,
    /// Offset at which each line ends.
    ends: Vec<usize>,
    pub(crate) reading: Reading,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { text, ends, reading: Reading::default() }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// Line of a part of the text, from 1; the first for anything else.
    pub(crate) fn line_of(&self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize);
        self.line_at(offset.filter(|offset| *offset <= self.text.len()).unwrap_or(0))
    }

    pub(crate) fn line_at(&self, offset: usize) -> u32 {
        u32::try_from(self.ends.partition_point(|end| *end < offset) + 1).unwrap_or(u32::MAX)
    }

    /// Says that something is wrong at `part`, which is a part of the text.
    pub(crate) fn say(&mut self, part: &str, field: &'static str, what: Fault) {
        self.say_at(self.line_of(part), field, what);
    }

    pub(crate) fn say_at(&mut self, line: u32, field: &'static str, what: Fault) {
        if self.reading.defects.len() < DEFECTS_MAX {
            self.reading.defects.push(Defect { line, field, what });
        } else {
            self.reading.defects_left_out += 1;
        }
    }

    /// `value`, or a defect that `part` is not `wanted`.
    pub(crate) fn need<T>(
        &mut self,
        value: Option<T>,
        part: &str,
        field: &'static str,
        wanted: &'static str,
    ) -> Option<T> {
        if value.is_none() {
            self.say(part, field, Fault::not(part, wanted));
        }
        value
    }
}

/// The bytes as text of capital letters: what is not UTF-8 becomes `U+FFFD`, control characters
/// become spaces, and lines end in `\n` alone, so that lines keep their numbers.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    text.make_ascii_uppercase();
    let old_ends = !text.contains('\n');
    let clean = |c: char| match c {
        '\n' => '\n',
        '\r' if old_ends => '\n',
        c if c.is_control() || c == '\u{feff}' => ' ',
        c => c,
    };
    text.chars().map(clean).collect()
}

/// `text` without white space: fields of fixed form may be broken over lines.
pub(crate) fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}
