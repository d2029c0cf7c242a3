//! SRTM `.hgt`: a one-degree tile of 1201² (3″) or 3601² (1″) big-endian 16-bit heights, north to
//! south, named by its south-west corner; −32768 is a void (USGS, SRTM Quick Start 2.1).

use super::{Tile, TileError};
use crate::terrain::Lattice;

const VOID: i16 = i16::MIN;

/// The tile in `bytes`, which the file name (`N42E074.hgt`) places on the Earth.
pub fn read(name: &str, bytes: &[u8]) -> Result<Tile, TileError> {
    let (south_deg, west_deg) =
        corner(name).ok_or_else(|| TileError::NameUnplaced { name: name.to_owned() })?;
    let side = match bytes.len() {
        n if n == 1201 * 1201 * 2 => 1201,
        n if n == 3601 * 3601 * 2 => 3601,
        found => {
            return Err(TileError::Size {
                name: name.to_owned(),
                found,
                expected: "2884802 or 25934402",
            });
        }
    };
    let step_deg = 1.0 / (side as f64 - 1.0);
    let height = |pair: &[u8]| match i16::from_be_bytes([pair[0], pair[1]]) {
        VOID => f32::NAN,
        height => f32::from(height),
    };
    Ok(Tile {
        name: name.to_owned(),
        lattice: Lattice {
            north_deg: south_deg + 1.0,
            west_deg,
            lat_step_deg: step_deg,
            lon_step_deg: step_deg,
            rows: side,
            cols: side,
        },
        heights_m: bytes.chunks_exact(2).map(height).collect(),
    })
}

/// South-west corner from a name such as `N42E074`, degrees.
pub fn corner(name: &str) -> Option<(f64, f64)> {
    let stem = name.rsplit(['/', '\\']).next()?.split('.').next()?;
    let stem = stem.get(..7)?.to_ascii_uppercase();
    let latitude: f64 = stem.get(1..3)?.parse().ok()?;
    let longitude: f64 = stem.get(4..7)?.parse().ok()?;
    let signed = |letter: u8, plus: u8, minus: u8, value: f64| match letter {
        l if l == plus => Some(value),
        l if l == minus => Some(-value),
        _ => None,
    };
    let latitude = signed(stem.as_bytes()[0], b'N', b'S', latitude)?;
    let longitude = signed(stem.as_bytes()[3], b'E', b'W', longitude)?;
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
}
