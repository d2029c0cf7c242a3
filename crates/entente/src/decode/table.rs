//! Lines as a table: CSV or Parquet, a row a line, a column for each value that occurs.
//!
//! The columns are found by a first reading: `category`, `edition`, `sac`, `sic` and `time`, then
//! each value under its path (`048/040/RHO`), in order of their names. What repeats is one column of
//! JSON text. Other lines (Mode S, BaseStation) have a column for each of their keys.

use super::Sink;
use anyhow::{Context, Result};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use surveillance::Time;

/// What every ASTERIX line has, and comes first.
const FIXED: [&str; 5] = ["category", "edition", "sac", "sic", "time"];
/// Rows that are held until they are written as a row group.
const GROUP_ROWS: usize = 8192;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flag,
    Whole,
    Number,
    Text,
    Time,
}

impl Kind {
    fn of(name: &str, value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            _ if name == "time" => Self::Time,
            Value::Bool(_) => Self::Flag,
            Value::Number(number) if number.is_i64() => Self::Whole,
            Value::Number(_) => Self::Number,
            Value::String(_) | Value::Array(_) | Value::Object(_) => Self::Text,
        })
    }

    /// What holds the values of both.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Whole | Self::Number, Self::Whole | Self::Number) => Self::Number,
            _ => Self::Text,
        }
    }
}

/// A first reading: which columns there are.
#[derive(Debug, Default)]
pub(crate) struct Columns(BTreeMap<String, Kind>);

impl Sink for Columns {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        rows(
            text,
            |name, value| {
                let kind = Kind::of(&name, value);
                match (self.0.get_mut(&name), kind) {
                    (Some(known), Some(kind)) => *known = known.with(kind),
                    (Some(_), None) => {}
                    (None, kind) => _ = self.0.insert(name, kind.unwrap_or(Kind::Text)),
                }
            },
            |()| Ok(()),
        )
    }
}

impl Columns {
    /// Names and kinds in the order of the table.
    fn ordered(&self) -> Vec<(&str, Kind)> {
        let fixed = FIXED.iter().filter_map(|name| self.0.get_key_value(*name));
        let others = self.0.iter().filter(|(name, _)| !FIXED.contains(&name.as_str()));
        fixed.chain(others).map(|(name, kind)| (name.as_str(), *kind)).collect()
    }
}

/// Shows each value of each line to `found`, and calls `end` after each line.
fn rows(
    text: &[u8],
    mut found: impl FnMut(String, &Value),
    mut end: impl FnMut(()) -> Result<()>,
) -> Result<()> {
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Map<String, Value> = serde_json::from_slice(line).context("a line of ours")?;
        let category = line.get("category").and_then(Value::as_u64);
        for (name, value) in &line {
            match (name.as_str(), value, category) {
                ("items", Value::Object(items), Some(category)) => {
                    flatten(&format!("{category:03}"), items, &mut found);
                }
                ("register", Value::Object(fields), _) => flatten("register", fields, &mut found),
                _ => found(name.clone(), value),
            }
        }
        end(())?;
    }
    Ok(())
}

fn flatten(path: &str, map: &Map<String, Value>, found: &mut impl FnMut(String, &Value)) {
    for (name, value) in map {
        let path = format!("{path}/{name}");
        match value {
            Value::Object(inner) => flatten(&path, inner, found),
            value => found(path, value),
        }
    }
}

/// A value as the text of a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Comma-separated values after RFC 4180, with a header.
pub(crate) struct Csv<W: Write> {
    writer: csv::Writer<W>,
    places: BTreeMap<String, usize>,
}

impl<W: Write> Csv<W> {
    /// Writes the header.
    pub(crate) fn new(columns: &Columns, out: W) -> Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        let ordered = columns.ordered();
        writer.write_record(ordered.iter().map(|(name, _)| name))?;
        let places =
            ordered.iter().enumerate().map(|(place, (name, _))| ((*name).to_owned(), place));
        Ok(Self { writer, places: places.collect() })
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.writer.flush().context("cannot write")
    }
}

impl<W: Write> Sink for Csv<W> {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        let row = std::cell::RefCell::new(vec![String::new(); self.places.len()]);
        let (places, writer) = (&self.places, &mut self.writer);
        rows(
            text,
            |name, value| {
                if let Some(place) = places.get(&name) {
                    row.borrow_mut()[*place] = cell(value);
                }
            },
            |()| {
                let mut row = row.borrow_mut();
                writer.write_record(&*row)?;
                row.iter_mut().for_each(String::clear);
                Ok(())
            },
        )
    }
}

/// Apache Parquet: plain encoding and dictionaries, uncompressed, `time` as a UTC timestamp.
pub(crate) struct Parquet {
    writer: SerializedFileWriter<File>,
    kinds: Vec<Kind>,
    places: BTreeMap<String, usize>,
    rows: Vec<Vec<Value>>,
}

impl Parquet {
    /// Writes into a new file.
    pub(crate) fn new(columns: &Columns, file: File) -> Result<Self> {
        let ordered = columns.ordered();
        let fields = ordered.iter().map(|(name, kind)| field(name, *kind).map(Arc::new));
        let fields = fields.collect::<parquet::errors::Result<Vec<_>>>()?;
        let schema = Type::group_type_builder("record").with_fields(fields).build()?;
        let properties = Arc::new(WriterProperties::builder().build());
        let places =
            ordered.iter().enumerate().map(|(place, (name, _))| ((*name).to_owned(), place));
        Ok(Self {
            writer: SerializedFileWriter::new(file, Arc::new(schema), properties)?,
            kinds: ordered.iter().map(|(_, kind)| *kind).collect(),
            places: places.collect(),
            rows: Vec::new(),
        })
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.write_group()?;
        self.writer.close().context("cannot write")?;
        Ok(())
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = group.next_column()? {
            let kind = self.kinds[place];
            let values = self.rows.iter().map(|row| &row[place]);
            let levels: Vec<i16> =
                values.clone().map(|value| i16::from(!value.is_null())).collect();
            let values = values.filter(|value| !value.is_null());
            match (column.untyped(), kind) {
                (ColumnWriter::BoolColumnWriter(writer), _) => {
                    let values: Vec<bool> = values.filter_map(Value::as_bool).collect();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                (ColumnWriter::Int64ColumnWriter(writer), Kind::Time) => {
                    let values: Vec<i64> = values.filter_map(nanos).collect();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                (ColumnWriter::Int64ColumnWriter(writer), _) => {
                    let values: Vec<i64> = values.filter_map(Value::as_i64).collect();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                (ColumnWriter::DoubleColumnWriter(writer), _) => {
                    let values: Vec<f64> = values.filter_map(Value::as_f64).collect();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                (ColumnWriter::ByteArrayColumnWriter(writer), _) => {
                    let values: Vec<ByteArray> =
                        values.map(|value| ByteArray::from(cell(value).as_str())).collect();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                _ => anyhow::bail!("a column of a type that was not asked for"),
            }
            column.close()?;
            place += 1;
        }
        group.close()?;
        self.rows.clear();
        Ok(())
    }
}

impl Sink for Parquet {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        let empty = vec![Value::Null; self.kinds.len()];
        let row = std::cell::RefCell::new(empty.clone());
        let mut found = Vec::new();
        let places = &self.places;
        rows(
            text,
            |name, value| {
                if let Some(place) = places.get(&name) {
                    row.borrow_mut()[*place] = value.clone();
                }
            },
            |()| {
                found.push(row.replace(empty.clone()));
                Ok(())
            },
        )?;
        for row in found {
            self.rows.push(row);
            if self.rows.len() == GROUP_ROWS {
                self.write_group()?;
            }
        }
        Ok(())
    }
}

fn nanos(value: &Value) -> Option<i64> {
    Some(value.as_str()?.parse::<Time>().ok()?.unix_nanos())
}

fn field(name: &str, kind: Kind) -> parquet::errors::Result<Type> {
    let (physical, logical) = match kind {
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Whole => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Time => {
            let unit = TimeUnit::NANOS;
            (Physical::INT64, Some(LogicalType::timestamp(true, unit)))
        }
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}
