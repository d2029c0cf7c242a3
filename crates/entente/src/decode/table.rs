//! Lines as a table: CSV or Parquet, a row a line, a column for each value that occurs.
//!
//! The columns are found by a first reading: `category`, `edition`, `sac`, `sic` and `time`, then
//! each value under its path (`048/040/RHO`), in order of their names. What repeats is one column of
//! JSON text. Other lines (Mode S, BaseStation) have a column for each of their keys. What a column of
//! ASTERIX holds follows from the tables, not from the values: recordings of one kind can be put
//! together.

use super::Sink;
use super::sense::is_whole;
use anyhow::{Context, Result};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::value::RawValue;
use std::borrow::Cow;
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
    fn of(name: &str, value: &str) -> Option<Self> {
        Some(match value.as_bytes().first()? {
            b'n' => return None,
            _ if name == "time" => Self::Time,
            b't' | b'f' => Self::Flag,
            b'"' | b'[' | b'{' => Self::Text,
            _ if value.parse::<i64>().is_ok() => Self::Whole,
            _ => Self::Number,
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
pub(crate) struct Columns(BTreeMap<String, Option<Kind>>);

impl Sink for Columns {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        rows(
            text,
            |name, value| {
                let kind = Kind::of(name, value);
                match (self.0.get_mut(name), kind) {
                    (Some(known), Some(kind)) => {
                        *known = Some(known.map_or(kind, |known| known.with(kind)));
                    }
                    (Some(_), None) => {}
                    (None, kind) => _ = self.0.insert(name.to_owned(), kind),
                }
            },
            || Ok(()),
        )
    }
}

impl Columns {
    /// Names and kinds in the order of the table.
    fn ordered(&self) -> Vec<(&str, Kind)> {
        let fixed = FIXED.iter().filter_map(|name| self.0.get_key_value(*name));
        let others = self.0.iter().filter(|(name, _)| !FIXED.contains(&name.as_str()));
        let kind = |name: &str, kind: Option<Kind>| match (kind, name) {
            // Its values here may all be whole by chance.
            (Some(Kind::Whole), name) if !is_whole(name) => Kind::Number,
            (Some(kind), _) => kind,
            // A recording without dates.
            (None, "time") => Kind::Time,
            (None, "sac" | "sic") => Kind::Whole,
            (None, _) => Kind::Text,
        };
        let columns = fixed.chain(others).map(|(name, known)| (name.as_str(), kind(name, *known)));
        columns.collect()
    }
}

/// The values of an object, each as its JSON text. Names are plain: no table has one to escape.
type Values<'l> = BTreeMap<&'l str, &'l RawValue>;

/// Shows each value of each line that is one to `found`, as JSON text under its path, and calls `end`
/// after each line.
fn rows(
    text: &[u8],
    mut found: impl FnMut(&str, &str),
    mut end: impl FnMut() -> Result<()>,
) -> Result<()> {
    let mut path = String::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Values<'_> = serde_json::from_slice(line).context("a line of ours")?;
        let category = line.get("category").and_then(|value| value.get().parse::<u8>().ok());
        for (name, value) in &line {
            path.clear();
            match (*name, category) {
                ("items", Some(category)) => {
                    path.push_str(&format!("{category:03}"));
                    flatten(&mut path, value, &mut found)?;
                }
                ("register", _) => {
                    path.push_str(name);
                    flatten(&mut path, value, &mut found)?;
                }
                _ => found(name, value.get()),
            }
        }
        end()?;
    }
    Ok(())
}

fn flatten(path: &mut String, value: &RawValue, found: &mut impl FnMut(&str, &str)) -> Result<()> {
    if !value.get().starts_with('{') {
        found(path, value.get());
        return Ok(());
    }
    let inner: Values<'_> = serde_json::from_str(value.get()).context("a line of ours")?;
    let length = path.len();
    for (name, value) in inner {
        path.push('/');
        path.push_str(name);
        flatten(path, value, found)?;
        path.truncate(length);
    }
    Ok(())
}

/// A value as the text of a cell: of text its characters, of anything else the JSON that was written.
fn cell(value: &str) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'"') => serde_json::from_str(value).map_or(Cow::Borrowed(value), Cow::Owned),
        Some(b'n') => Cow::Borrowed(""),
        _ => Cow::Borrowed(value),
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
                if let Some(place) = places.get(name) {
                    row.borrow_mut()[*place].push_str(&cell(value));
                }
            },
            || {
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
    places: BTreeMap<String, usize>,
    columns: Vec<Column>,
    /// Held so far.
    rows: usize,
}

/// The rows of one column that are held.
struct Column {
    /// 1 where a row has a value, up to the last that has one.
    levels: Vec<i16>,
    cells: Cells,
}

enum Cells {
    Flags(Vec<bool>),
    Whole(Vec<i64>),
    /// Nanoseconds since 1970.
    Times(Vec<i64>),
    Numbers(Vec<f64>),
    Texts(Vec<ByteArray>),
}

impl Cells {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Flag => Self::Flags(Vec::new()),
            Kind::Whole => Self::Whole(Vec::new()),
            Kind::Time => Self::Times(Vec::new()),
            Kind::Number => Self::Numbers(Vec::new()),
            Kind::Text => Self::Texts(Vec::new()),
        }
    }

    /// Adds a value given as JSON text; whether it is one of the column's kind.
    fn push(&mut self, value: &str) -> bool {
        fn add<T>(to: &mut Vec<T>, value: Option<T>) -> bool {
            let before = to.len();
            to.extend(value);
            to.len() > before
        }
        let nanos = || Some(cell(value).parse::<Time>().ok()?.unix_nanos());
        match self {
            _ if value == "null" => false,
            Self::Flags(flags) => add(flags, value.parse().ok()),
            Self::Whole(numbers) => add(numbers, value.parse().ok()),
            Self::Times(times) => add(times, nanos()),
            Self::Numbers(numbers) => add(numbers, value.parse().ok()),
            Self::Texts(texts) => add(texts, Some(ByteArray::from(&*cell(value)))),
        }
    }
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
        let column =
            |(_, kind): &(&str, Kind)| Column { levels: Vec::new(), cells: Cells::new(*kind) };
        Ok(Self {
            writer: SerializedFileWriter::new(file, Arc::new(schema), properties)?,
            places: places.collect(),
            columns: ordered.iter().map(column).collect(),
            rows: 0,
        })
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.write_group()?;
        self.writer.close().context("cannot write")?;
        Ok(())
    }

    fn write_group(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for Column { levels, cells } in &mut self.columns {
            levels.resize(self.rows, 0);
            let mut column = group.next_column()?.context("fewer columns than were asked for")?;
            match (column.untyped(), &mut *cells) {
                (ColumnWriter::BoolColumnWriter(writer), Cells::Flags(flags)) => {
                    writer.write_batch(flags, Some(levels), None)?;
                    flags.clear();
                }
                (
                    ColumnWriter::Int64ColumnWriter(writer),
                    Cells::Whole(numbers) | Cells::Times(numbers),
                ) => {
                    writer.write_batch(numbers, Some(levels), None)?;
                    numbers.clear();
                }
                (ColumnWriter::DoubleColumnWriter(writer), Cells::Numbers(numbers)) => {
                    writer.write_batch(numbers, Some(levels), None)?;
                    numbers.clear();
                }
                (ColumnWriter::ByteArrayColumnWriter(writer), Cells::Texts(texts)) => {
                    writer.write_batch(texts, Some(levels), None)?;
                    texts.clear();
                }
                _ => anyhow::bail!("a column of a type that was not asked for"),
            }
            column.close()?;
            levels.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl Sink for Parquet {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let (places, columns, row) = (&self.places, &mut self.columns, self.rows);
            let found = |name: &str, value: &str| {
                let Some(column) = places.get(name).and_then(|place| columns.get_mut(*place))
                else {
                    return;
                };
                if column.cells.push(value) {
                    column.levels.resize(row, 0);
                    column.levels.push(1);
                }
            };
            let mut ended = 0;
            rows(line, found, || {
                ended += 1;
                Ok(())
            })?;
            self.rows += ended;
            if self.rows == GROUP_ROWS {
                self.write_group()?;
            }
        }
        Ok(())
    }
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
