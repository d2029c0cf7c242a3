//! Where in a TOML text something stands, so that an error can name line and key.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One step from the root of a document to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// A way from the root to a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    pub(crate) fn root() -> Self {
        Self::default()
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step) -> Self {
        let mut path = self.0.clone();
        path.push(step);
        Self(path)
    }

    /// As `article[3].precision.position_nm`.
    pub(crate) fn shown(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, step| {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => text.extend([".", key]),
                Step::Index(index) => text.push_str(&format!("[{index}]")),
            }
            text
        })
    }

    pub(crate) fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

/// Line and column, counted from 1, the column in characters.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// Where the value at `path` is; its table where the key is not written.
pub(crate) fn span_of(root: &DeTable<'_>, path: &Path) -> Option<Range<usize>> {
    let mut span = None;
    let mut table = Some(root);
    let mut array = None;
    for step in &path.0 {
        let value = match step {
            Step::Key(key) => table?.iter().find(|(k, _)| k.get_ref() == key).map(|(k, v)| {
                span = Some(k.span());
                v
            }),
            Step::Index(index) => array.and_then(|items: &toml::de::DeArray<'_>| {
                let item = items.get(*index)?;
                span = Some(item.span());
                Some(item)
            }),
        };
        let Some(value) = value else { break };
        table = value.get_ref().as_table();
        array = value.get_ref().as_array();
    }
    span
}

/// The path to the innermost key or value that covers `wanted`.
pub(crate) fn path_at(root: &DeTable<'_>, wanted: &Range<usize>) -> Path {
    let mut path = Vec::new();
    descend(root, wanted, &mut path);
    Path(path)
}

fn descend(table: &DeTable<'_>, wanted: &Range<usize>, path: &mut Vec<Step>) -> bool {
    for (key, value) in table {
        path.push(Step::Key(key.get_ref().to_string()));
        if descend_value(value.get_ref(), wanted, path)
            || covers(&key.span(), wanted)
            || covers(&value.span(), wanted)
        {
            return true;
        }
        path.pop();
    }
    false
}

fn descend_value(value: &DeValue<'_>, wanted: &Range<usize>, path: &mut Vec<Step>) -> bool {
    match value {
        DeValue::Table(inner) => descend(inner, wanted, path),
        DeValue::Array(items) => items.iter().enumerate().any(|(index, item)| {
            path.push(Step::Index(index));
            let found = descend_value(item.get_ref(), wanted, path) || covers(&item.span(), wanted);
            if !found {
                path.pop();
            }
            found
        }),
        _ => false,
    }
}

fn covers(span: &Range<usize>, wanted: &Range<usize>) -> bool {
    span.start <= wanted.start && wanted.end <= span.end
}
