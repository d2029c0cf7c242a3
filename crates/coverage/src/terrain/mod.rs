//! Heights of the ground: tiles as files hold them, put together on one [`Lattice`].
//!
//! Heights are metres over the geoid, as terrain products give them (SRTM and DTED: EGM96;
//! Copernicus: EGM2008; GEBCO: mean sea level); [`crate::geoid`] turns heights over the ellipsoid
//! into these. A point without a height is NaN and stays unknown all the way to the screen.

pub mod dted;
pub mod geotiff;
pub mod hgt;

mod assemble;
mod lattice;

pub use assemble::{Assembler, Assembly, MissingSquare, square_name};
pub use lattice::{Bounds, Cell, Lattice};

/// Heights as one file holds them.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// The file's name, for messages.
    pub name: String,
    /// Where its points lie.
    pub lattice: Lattice,
    /// Metres over the geoid, row after row; NaN is a void.
    pub heights_m: Vec<f32>,
}

/// The ground over a region, as coverage is computed from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Terrain {
    /// Where its points lie.
    pub lattice: Lattice,
    /// Mean height about each point, metres over the geoid; NaN is unknown.
    pub mean_m: Vec<f32>,
    /// Greatest height about each point: of the finer data that went into it, or else of the point
    /// and its eight neighbours. NaN is unknown.
    pub upper_m: Vec<f32>,
}

/// Which of the two surfaces. Means cut ridges off and promise too much; maxima fill valleys and
/// promise too little: the truth lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surface {
    /// What may be seen: [`Terrain::mean_m`].
    Mean,
    /// What is surely seen: [`Terrain::upper_m`].
    Upper,
}

/// What heights are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Datum {
    /// The geoid, or mean sea level, as most terrain products do.
    #[default]
    Geoid,
    /// The WGS-84 ellipsoid: [`crate::geoid::over_geoid`] turns them.
    Ellipsoid,
}

/// Why a file of heights cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the parts are")]
pub enum TileError {
    #[error(
        "{name}: an .hgt file is placed by its name; name it by its south-west corner, as N42E074.hgt"
    )]
    NameUnplaced { name: String },
    #[error("{name}: it has {found} bytes where {expected} are expected; fetch it again")]
    Size { name: String, found: usize, expected: &'static str },
    #[error("{name}: its header cannot be used: {what}")]
    Header { name: String, what: &'static str },
    #[error("{name}: the checksum of column {col} is wrong; fetch it again")]
    Checksum { name: String, col: usize },
    #[error(
        "{name}: it cannot be read as TIFF: {reason}; write it anew, as with gdal_translate -co COMPRESS=DEFLATE"
    )]
    Tiff { name: String, reason: String },
    #[error("{name}: it is in a projection; give it in latitude and longitude (EPSG:4326)")]
    Projected { name: String },
    #[error(
        "{name}: its positions are on the datum of EPSG:{code}, which may be hundreds of metres off; give it on WGS 84 (EPSG:4326)"
    )]
    Datum { name: String, code: u16 },
    #[error("{name}: {points} points are more than {max}; cut it into tiles")]
    TooLarge { name: String, points: usize, max: usize },
    #[error("{name}: its format is not known; GeoTIFF, .hgt and DTED are read")]
    FormatUnknown { name: String },
}

/// The tile in `bytes`, whatever its format; the name places an `.hgt`.
pub fn read(name: &str, bytes: &[u8]) -> Result<Tile, TileError> {
    match Format::of(name, bytes) {
        Some(Format::GeoTiff) => geotiff::read(name, bytes),
        Some(Format::Dted) => dted::read(name, bytes),
        Some(Format::Hgt) => hgt::read(name, bytes),
        None => Err(TileError::FormatUnknown { name: name.to_owned() }),
    }
}

/// What the heights in `bytes` are counted from, if the file says so: of GeoTIFF by its keys, of
/// `.hgt` and DTED always the geoid.
pub fn datum(bytes: &[u8]) -> Option<Datum> {
    match Format::of("", bytes) {
        Some(Format::GeoTiff) => geotiff::datum(bytes),
        _ => Some(Datum::Geoid),
    }
}

/// A format of terrain files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TIFF with geographic keys.
    GeoTiff,
    /// DTED level 0, 1, 2.
    Dted,
    /// SRTM tiles.
    Hgt,
}

impl Format {
    /// By the first bytes, and for `.hgt`, which has no mark, by the name.
    pub fn of(name: &str, bytes: &[u8]) -> Option<Self> {
        const TIFF: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
        if TIFF.iter().any(|mark| bytes.starts_with(mark)) {
            Some(Self::GeoTiff)
        } else if bytes.starts_with(b"UHL1") {
            Some(Self::Dted)
        } else {
            name.to_ascii_lowercase().ends_with(".hgt").then_some(Self::Hgt)
        }
    }
}

impl Terrain {
    /// The heights of one surface.
    pub fn surface(&self, surface: Surface) -> &[f32] {
        match surface {
            Surface::Mean => &self.mean_m,
            Surface::Upper => &self.upper_m,
        }
    }

    /// Mean height at a position, bilinear between the four points around it, metres over the
    /// geoid. `None` outside the lattice or where one of the four is unknown.
    pub fn height_m(&self, latitude_deg: f64, longitude_deg: f64) -> Option<f64> {
        bilinear(&self.lattice, &self.mean_m, latitude_deg, longitude_deg)
    }
}

/// Bilinear between the four points around a position; `None` outside or beside a NaN.
pub(crate) fn bilinear(lattice: &Lattice, values: &[f32], lat: f64, lon: f64) -> Option<f64> {
    // A point that lies on the lattice to a nanodegree is on it.
    let snapped = |x: f64| if (x - x.round()).abs() < 1e-6 { x.round() } else { x };
    let (row, col) = (snapped(lattice.row_of(lat)), snapped(lattice.col_of(lon)));
    let (last_row, last_col) = (lattice.rows as f64 - 1.0, lattice.cols as f64 - 1.0);
    if !(0.0..=last_row).contains(&row) || !(0.0..=last_col).contains(&col) {
        return None;
    }
    let (r, c) = (row as usize, col as usize);
    let (down, right) = (row - r as f64, col - c as f64);
    let value = |row: usize, col: usize| f64::from(values[row * lattice.cols + col]);
    // A neighbour of no weight is not looked at: it may be outside, or a void.
    let across = |row: usize| match right {
        0.0 => value(row, c),
        right => value(row, c) * (1.0 - right) + value(row, c + 1) * right,
    };
    let height = match down {
        0.0 => across(r),
        down => across(r) * (1.0 - down) + across(r + 1) * down,
    };
    (!height.is_nan()).then_some(height)
}
