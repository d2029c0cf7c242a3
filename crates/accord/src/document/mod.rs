//! From the text of an accord to what it means, or to what is wrong with it: file, line, key, remedy.
//!
//! A text that is no TOML, lacks what every accord has, or says something that cannot be is refused
//! whole. A clause that this version does not know is another matter: the accord can be loaded, the
//! clause grants nothing, and `entente accord check` refuses it.

mod areas;
mod articles;
mod instruments;
mod reader;
mod shared;
mod unknown;
mod values;

use crate::Service;
use crate::model::Accord;
use crate::place::{self, Path};
use crate::text::{self, Document};
use reader::Reader;
pub use shared::shared_form;
use std::fmt;
use std::str::FromStr;
use toml::de::DeTable;

/// Longest text of one accord, bytes.
pub const TEXT_MAX: usize = 4 << 20;

/// What is wrong with an accord's text, and what to do: always one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// Line and column, from 1, if known.
    pub at: Option<(usize, usize)>,
    /// The key, as `article[3].precision.position_nm`; empty at the top.
    pub key: String,
    /// What is wrong; what to do.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}:")?;
        }
        let colon = if self.key.is_empty() { "" } else { ": " };
        write!(f, " {}{colon}{}", self.key, self.problem)
    }
}

impl std::error::Error for Problem {}

/// An accord as read, with the clauses that were not understood.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it means; what was not understood grants nothing.
    pub accord: Accord,
    /// What was not understood: a check refuses it.
    pub not_understood: Vec<Problem>,
}

/// Reads the text of a file called `file`.
pub fn read(file: &str, text: &str) -> Result<Reading, Problem> {
    let problem = |at: Option<usize>, key: String, problem: String| Problem {
        file: file.to_owned(),
        at: at.map(|at| place::line_and_column(text, at)),
        key,
        problem,
    };
    if text.len() > TEXT_MAX {
        let said = format!("it is longer than {TEXT_MAX} bytes; split the accord");
        return Err(problem(None, String::new(), said));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let start = error.span().map(|span| span.start);
        let said = one_line(error.message());
        problem(start, String::new(), format!("{said}; see the TOML syntax at toml.io"))
    })?;
    let document: Document = toml::from_str(text).map_err(|error| {
        let path = error.span().map(|span| place::path_at(table.get_ref(), &span));
        let start = error.span().map(|span| span.start);
        let remedy = "see docs/how-to/write-an-accord.md";
        let said = format!("{}; {remedy}", one_line(error.message()));
        problem(start, path.unwrap_or_default().shown(), said)
    })?;
    let at = |path: &Path| place::span_of(table.get_ref(), path).map(|span| span.start);
    let unknown = unknown::unknown_keys(table.get_ref());
    let mut reader = Reader { strange: unknown, ..Reader::default() };
    let accord = reader.accord(document);
    let accord = accord.map_err(|(path, said)| problem(at(&path), path.shown(), said))?;
    let not_understood = reader
        .strange
        .iter()
        .map(|(path, said)| problem(at(path), path.shown(), said.clone()))
        .collect();
    Ok(Reading { accord, not_understood })
}

fn one_line(message: &str) -> String {
    message.trim().replace('\n', "; ").replace('`', "")
}

type Misfit = (Path, String);
type Fallible<T> = Result<T, Misfit>;

fn misfit<T>(path: &Path, problem: impl Into<String>) -> Fallible<T> {
    Err((path.clone(), problem.into()))
}

fn parse<T: FromStr<Err = crate::NameError>>(path: &Path, text: &str) -> Fallible<T> {
    text.parse().map_err(|error: crate::NameError| (path.clone(), error.to_string()))
}

/// The JSON Schema of an accord document, as committed in `schemas/`.
pub fn schema() -> String {
    format!("{:#}\n", text::schema())
}

impl Service {
    /// Every word for it, in order.
    pub const ALL: [Service; 4] =
        [Service::Undetermined, Service::Civil, Service::State, Service::Military];
}
