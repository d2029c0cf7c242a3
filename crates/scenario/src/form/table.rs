//! CSV as the scenario folder uses it: a header, commas, no quotes.

use std::io::{self, BufRead};
use thiserror::Error;

/// Why a file of the scenario folder cannot be used at all.
#[derive(Debug, Error)]
pub enum FormError {
    /// It cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Unreadable {
        /// The file as the caller names it.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{file}: {problem}")]
    Wrong {
        /// The file as the caller names it.
        file: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl FormError {
    pub(super) fn wrong(file: &str, problem: impl Into<String>) -> Self {
        Self::Wrong { file: file.to_owned(), problem: problem.into() }
    }
}

/// Longest line that is taken for a row, bytes.
const LINE_MAX: usize = 4_096;
/// How many bad rows are named.
const NAMED_MAX: usize = 10;

/// Rows that were left out: the first of them by name, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadRows {
    /// `line 7: range_m "abc" is no number`, the first ten.
    pub named: Vec<String>,
    /// All of them.
    pub count: u64,
}

impl BadRows {
    pub(super) fn note(&mut self, line: u64, problem: &str) {
        self.count += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(format!("line {line}: {problem}"));
        }
    }
}

/// The header of a table: where each column is.
pub(super) struct Header {
    names: Vec<String>,
}

/// One row, with the header that explains it.
pub(super) struct Row<'a> {
    header: &'a Header,
    fields: Vec<&'a str>,
}

/// Reads a table and gives each row to `take`, which says what is wrong with it.
pub(super) fn read(
    file: &str,
    mut text: impl BufRead,
    required: &[&str],
    mut take: impl FnMut(&Row<'_>) -> Result<(), String>,
) -> Result<BadRows, FormError> {
    let unreadable = |source| FormError::Unreadable { file: file.to_owned(), source };
    let mut bad = BadRows::default();
    let mut line = Vec::new();
    let mut number = 0;
    let mut header = None;
    while next_line(&mut text, &mut line).map_err(unreadable)? {
        number += 1;
        let Ok(text) = std::str::from_utf8(&line) else {
            bad.note(number, "it is not UTF-8");
            continue;
        };
        let text = text.trim_end_matches(['\r', '\n']);
        let Some(header) = &header else {
            let names = text.trim_start_matches('\u{feff}').split(',');
            let read = Header { names: names.map(|name| name.trim().to_owned()).collect() };
            for name in required {
                if read.column(name).is_none() {
                    let columns = required.join(",");
                    let problem = format!("line 1: no column {name}; it needs {columns}");
                    return Err(FormError::wrong(file, problem));
                }
            }
            header = Some(read);
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        let row = Row { header, fields: text.split(',').map(str::trim).collect() };
        let checked = if line.len() >= LINE_MAX {
            Err(format!("it is longer than {LINE_MAX} bytes"))
        } else if row.fields.len() != header.names.len() {
            Err(format!("{} fields under {} columns", row.fields.len(), header.names.len()))
        } else {
            take(&row)
        };
        if let Err(problem) = checked {
            bad.note(number, &problem);
        }
    }
    if header.is_none() {
        return Err(FormError::wrong(file, "it is empty; its first line names the columns"));
    }
    Ok(bad)
}

/// The next line, at most [`LINE_MAX`] bytes of it kept; false at the end.
fn next_line(text: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = text.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        let room = LINE_MAX.saturating_sub(line.len());
        line.extend_from_slice(&buffer[..used.min(room)]);
        text.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

impl Header {
    fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }
}

impl Row<'_> {
    /// The field, if the column is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let field = self.fields[self.header.column(name)?];
        (!field.is_empty()).then_some(field)
    }

    /// A finite number within bounds, if the field is there.
    pub(super) fn number_within(
        &self,
        name: &str,
        least: f64,
        most: f64,
    ) -> Result<Option<f64>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number: f64 = text.parse().map_err(|_| format!("{name} {text:?} is no number"))?;
        if !(least..=most).contains(&number) {
            return Err(format!("{name} {text} is not within {least} to {most}"));
        }
        Ok(Some(number))
    }

    /// A finite number, if the field is there.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, String> {
        self.number_within(name, -1e12, 1e12)
    }

    /// A finite number that must be there.
    pub(super) fn needed(&self, name: &str, least: f64, most: f64) -> Result<f64, String> {
        self.number_within(name, least, most)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// A whole number in another base, if the field is there.
    pub(super) fn whole(&self, name: &str, radix: u32, most: u32) -> Result<Option<u32>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let parsed = u32::from_str_radix(text, radix).ok().filter(|value| *value <= most);
        parsed.map(Some).ok_or_else(|| {
            let kind = match radix {
                8 => "octal digits",
                16 => "hexadecimal digits",
                _ => "a whole number",
            };
            format!("{name} {text:?} is not {kind} up to {most}")
        })
    }
}
