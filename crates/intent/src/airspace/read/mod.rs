//! Readers: bytes from outside to airspaces and places, and what was wrong with them.
//!
//! No reader panics, and none takes more memory than a bound set by [`BYTES_MAX`] and
//! [`CORNERS_MAX`]. What cannot be understood is left out and named; an airspace is left out as a
//! whole where its outline, limits or times cannot be, for half an airspace is a wrong one.

mod aixm;
mod geojson;
mod openair;
mod permissions;
mod tables;
mod values;

pub use aixm::aixm;
pub use geojson::{STRAIGHT_ERROR_M, geojson, geojson_of};
pub use openair::openair;
pub use permissions::permissions;
pub use tables::{aerodromes_csv, points_csv};

use super::defect::quoted;
use super::geometry::SIDES_OF_ALL_MAX;
use super::{Aerodrome, Airspace, Defect, Fault, Point};
use std::borrow::Cow;

/// Longest file that is read, octets; of a longer one, nothing.
pub const BYTES_MAX: usize = 64 << 20;
/// Most corners that arcs and straight lines of a map may add to those in a file.
pub const CORNERS_MAX: usize = 500_000;
/// Most defects of one file that are told apart.
pub const DEFECTS_MAX: usize = 1_000;

/// What a file says, as far as it was understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Understood {
    /// In the order of the file; each alone passes [`super::Airspaces::build`].
    pub airspaces: Vec<Airspace>,
    /// In the order of the file.
    pub aerodromes: Vec<Aerodrome>,
    /// In the order of the file.
    pub points: Vec<Point>,
    /// What was not understood, in the order of the file; [`DEFECTS_MAX`] at most and one that says
    /// so.
    pub defects: Vec<Defect>,
}

/// Formats of airspace and places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenAir, versions 1 and 2.
    OpenAir,
    /// GeoJSON (RFC 7946) with properties of ours.
    GeoJson,
    /// AIXM 5.1 or 5.1.1.
    Aixm,
    /// Aerodromes as [`aerodromes_csv`] reads them.
    Aerodromes,
    /// Points as [`points_csv`] reads them.
    Points,
}

impl Format {
    /// By the first character that is not space, and the names of columns where the first line has
    /// such.
    pub fn guess(bytes: &[u8]) -> Format {
        match first_character(bytes) {
            Some(b'{') => Format::GeoJson,
            Some(b'<') => Format::Aixm,
            _ => by_columns(bytes).unwrap_or(Format::OpenAir),
        }
    }

    /// Reads the bytes in this format.
    pub fn read(self, bytes: &[u8]) -> Understood {
        match self {
            Format::OpenAir => openair(bytes),
            Format::GeoJson => geojson(bytes),
            Format::Aixm => aixm(bytes),
            Format::Aerodromes => aerodromes_csv(bytes),
            Format::Points => points_csv(bytes),
        }
    }
}

fn first_character(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|octet| !octet.is_ascii_whitespace())
}

fn by_columns(bytes: &[u8]) -> Option<Format> {
    let (_, header) = lines(bytes).next()?;
    let header = header.to_ascii_lowercase();
    let columns: Vec<&str> = header.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let any = |names: &[&str]| columns.iter().any(|column| names.contains(column));
    if !any(&["lat", "latitude", "latitude_deg"]) {
        return None;
    }
    Some(if any(&["icao", "icao_code", "gps_code", "iata"]) {
        Format::Aerodromes
    } else {
        Format::Points
    })
}

/// What has been understood so far, and the corners that arcs have added.
struct Reading {
    understood: Understood,
    more_defects: bool,
    corners_left: usize,
    sides_left: usize,
}

impl Reading {
    /// `None` with the answer where the file is too long.
    fn of(bytes: &[u8]) -> Result<Self, Understood> {
        let mut reading = Self {
            understood: Understood::default(),
            more_defects: false,
            corners_left: CORNERS_MAX,
            sides_left: SIDES_OF_ALL_MAX,
        };
        if bytes.len() > BYTES_MAX {
            let fault = Fault::TooMuch { what: "octets in a file", limit: BYTES_MAX };
            reading.note(None, "file", None, fault);
            return Err(reading.understood);
        }
        Ok(reading)
    }

    fn note(&mut self, line: Option<u32>, field: &str, name: Option<&str>, fault: Fault) {
        let (field, name) = (quoted(field), name.map(quoted));
        self.add(Defect { line, field, name, fault });
    }

    fn add(&mut self, defect: Defect) {
        if self.understood.defects.len() < DEFECTS_MAX {
            self.understood.defects.push(defect);
        } else {
            self.more_defects = true;
        }
    }

    /// Takes an airspace in if its outline and limits are right; otherwise says what is not.
    /// `lines` are those of its corners, where the format has a line for each.
    fn take(&mut self, airspace: Airspace, lines: &[u32]) {
        match airspace.shape() {
            Ok(shape) => match self.sides_left.checked_sub(shape.sides()) {
                Some(left) => {
                    self.sides_left = left;
                    self.understood.airspaces.push(airspace);
                }
                None => {
                    let fault =
                        Fault::TooMuch { what: "sides of all airspaces", limit: SIDES_OF_ALL_MAX };
                    self.note(airspace.line, "geometry", Some(&airspace.name), fault);
                }
            },
            Err(mut defect) => {
                if let Fault::Crosses { first, .. } = defect.fault {
                    let line = lines.get(first.saturating_sub(1));
                    defect.line = line.copied().or(defect.line);
                }
                defect.name = defect.name.as_deref().map(quoted);
                self.add(defect);
            }
        }
    }

    /// Counts corners that the file does not spell out.
    fn spend(&mut self, corners: usize) -> Result<(), Fault> {
        match self.corners_left.checked_sub(corners) {
            Some(left) => {
                self.corners_left = left;
                Ok(())
            }
            None => Err(Fault::TooMuch { what: "corners of arcs in a file", limit: CORNERS_MAX }),
        }
    }

    fn end(mut self) -> Understood {
        if self.more_defects {
            let fault = Fault::TooMuch { what: "defects", limit: DEFECTS_MAX };
            let defect = Defect { line: None, field: "file".to_owned(), name: None, fault };
            self.understood.defects.push(defect);
        }
        self.understood
    }
}

/// Lines with their numbers from 1; what is not UTF-8 is read as ISO 8859-1, which older files are.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u32, Cow<'_, str>)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    (1..).zip(bytes.split(|octet| *octet == b'\n').map(|line| match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(line.iter().map(|octet| char::from(*octet)).collect()),
    }))
}
