//! What was released to a consumer, in the formats that other people's systems read.
//!
//! Pure: no clock, socket or file. A [`Mirror`] takes [`accord::Released`] batches and nothing
//! else, and every format is a function of a mirror: what no article let out cannot be written.
//!
//! - [`readsb`]: the files that tar1090 draws.
//! - [`Stream`]: SBS lines, Cursor on Target, the TAK protocol and ASTERIX, update by update.
//! - [`mqtt`]: topics of a broker, a message for each track and alert.
//! - [`tables`]: GeoJSON, CSV, KML and GeoParquet of the whole.
//!
//! What was not told stays out of every format; a number in place of an address that was withheld
//! is the number that this consumer knows the object by.

mod cat004;
mod cat062;
mod cot;
mod geoparquet;
mod mirror;
pub mod mqtt;
mod names;
pub mod readsb;
mod sbs;
mod stream;
pub mod tables;
mod tak;
mod values;

pub use mirror::{Mirror, OBJECTS_MAX, Object};
pub use stream::{Stream, StreamFormat};
