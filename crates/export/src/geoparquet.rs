//! The whole of what stands as GeoParquet 1.1 (OGC): a row an object, points as WKB in longitude and
//! latitude of WGS 84 (OGC:CRS84), its columns those of the CSV. Uncompressed.

use crate::tables::{Row, row};
use crate::values::position_deg;
use crate::{Mirror, Object};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// What a reader looks for in the file's metadata under `geo`. Without `crs` it is OGC:CRS84.
const GEO: &str = r#"{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"]}}}"#;

type Values = fn(&[Line<'_>]) -> Cells;

/// One object and its row.
struct Line<'o> {
    object: &'o Object,
    row: Row,
}

/// The values of one column, absent ones as `None`.
enum Cells {
    Flags(Vec<Option<bool>>),
    Whole(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Octets(Vec<Option<Vec<u8>>>),
}

type Column = (&'static str, Physical, Option<LogicalType>, Values);

/// Name, what it holds and how that is meant, and where its values come from.
fn columns() -> [Column; 14] {
    let time = LogicalType::timestamp(true, TimeUnit::MILLIS);
    [
        ("id", Physical::INT64, None, |lines| {
            Cells::Whole(each(lines, |line| Some(i64::from(line.object.item.number.0))))
        }),
        ("time", Physical::INT64, Some(time), |lines| {
            Cells::Whole(each(lines, |line| Some(line.object.item.time.unix_millis())))
        }),
        ("geometry", Physical::BYTE_ARRAY, None, |lines| {
            Cells::Octets(each(lines, |line| position_deg(&line.object.item).map(point)))
        }),
        text("address", |lines| texts(lines, |row| row.address.clone())),
        text("callsign", |lines| texts(lines, |row| row.callsign.clone())),
        text("code", |lines| texts(lines, |row| row.code.clone())),
        ("level_ft", Physical::INT64, None, |lines| {
            Cells::Whole(each(lines, |line| line.row.level_ft))
        }),
        ("on_ground", Physical::BOOLEAN, None, |lines| {
            Cells::Flags(each(lines, |line| line.row.on_ground))
        }),
        ("speed_kt", Physical::DOUBLE, None, |lines| {
            Cells::Numbers(each(lines, |line| line.row.speed_kt))
        }),
        ("course_deg", Physical::DOUBLE, None, |lines| {
            Cells::Numbers(each(lines, |line| line.row.course_deg))
        }),
        ("rate_fpm", Physical::INT64, None, |lines| {
            Cells::Whole(each(lines, |line| line.row.rate_fpm))
        }),
        text("identity", |lines| texts(lines, |row| row.identity.map(str::to_owned))),
        text("category", |lines| texts(lines, |row| row.category.map(str::to_owned))),
        ("radius_95_m", Physical::DOUBLE, None, |lines| {
            Cells::Numbers(each(lines, |line| line.row.radius_95_m))
        }),
    ]
}

fn text(name: &'static str, values: Values) -> Column {
    (name, Physical::BYTE_ARRAY, Some(LogicalType::String), values)
}

fn each<T>(lines: &[Line<'_>], of: impl Fn(&Line<'_>) -> Option<T>) -> Vec<Option<T>> {
    lines.iter().map(of).collect()
}

fn texts(lines: &[Line<'_>], of: impl Fn(&Row) -> Option<String>) -> Cells {
    Cells::Octets(each(lines, |line| of(&line.row).map(String::into_bytes)))
}

/// A point as well-known binary, least octet first.
fn point([lat, lon]: [f64; 2]) -> Vec<u8> {
    let mut octets = vec![1, 1, 0, 0, 0];
    octets.extend(lon.to_le_bytes());
    octets.extend(lat.to_le_bytes());
    octets
}

/// The file; `None` while nothing was told.
pub(crate) fn file(mirror: &Mirror) -> Option<Vec<u8>> {
    mirror.slot()?;
    let lines: Vec<Line<'_>> =
        mirror.tracks().map(|object| Line { object, row: row(object) }).collect();
    // It is written into memory, under a schema of this file: the tests rule an error out.
    written(&lines).ok()
}

fn written(lines: &[Line<'_>]) -> Result<Vec<u8>> {
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(vec![KeyValue::new("geo".to_owned(), GEO.to_owned())]))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema()?, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (.., values) in columns() {
        let mut column = group.next_column()?.ok_or_else(mismatch)?;
        match (column.untyped(), values(lines)) {
            (ColumnWriter::BoolColumnWriter(writer), Cells::Flags(cells)) => {
                let (values, levels) = present(cells);
                writer.write_batch(&values, Some(&levels), None)?;
            }
            (ColumnWriter::Int64ColumnWriter(writer), Cells::Whole(cells)) => {
                let (values, levels) = present(cells);
                writer.write_batch(&values, Some(&levels), None)?;
            }
            (ColumnWriter::DoubleColumnWriter(writer), Cells::Numbers(cells)) => {
                let (values, levels) = present(cells);
                writer.write_batch(&values, Some(&levels), None)?;
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Cells::Octets(cells)) => {
                let (values, levels) = present(cells);
                let values: Vec<ByteArray> = values.into_iter().map(ByteArray::from).collect();
                writer.write_batch(&values, Some(&levels), None)?;
            }
            _ => return Err(mismatch()),
        }
        column.close()?;
    }
    group.close()?;
    writer.into_inner()
}

/// The values that are there, and for each row whether one is.
fn present<T>(cells: Vec<Option<T>>) -> (Vec<T>, Vec<i16>) {
    let levels = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    (cells.into_iter().flatten().collect(), levels)
}

fn schema() -> Result<TypePtr> {
    let field = |(name, physical, logical, _): Column| {
        let field = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    };
    let fields = columns().into_iter().map(field).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Type::group_type_builder("tracks").with_fields(fields).build()?))
}

fn mismatch() -> ParquetError {
    ParquetError::General("a column that is not of the schema".to_owned())
}
