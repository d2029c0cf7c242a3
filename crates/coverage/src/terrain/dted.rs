//! DTED level 0, 1 and 2 (MIL-PRF-89020B): a one-degree cell of columns, west to east, each column
//! a record of signed-magnitude 16-bit heights from south to north; −32767 is a void.
//!
//! The user header (UHL, 80 bytes), data set identification (DSI, 648) and accuracy (ACC, 2700)
//! come first; each data record has 8 bytes before its heights and a 4-byte checksum after them.

use super::{Tile, TileError};
use crate::terrain::Lattice;

const HEADERS: usize = 80 + 648 + 2700;
const RECORD_MARK: u8 = 0xAA;
const VOID: f32 = -32767.0;
/// Level 2 has 3601 points a side; more is no DTED.
const SIDE_MAX: usize = 3601;

/// The cell in `bytes`. A record whose checksum is wrong is refused: a height would be wrong.
pub fn read(name: &str, bytes: &[u8]) -> Result<Tile, TileError> {
    let header = |what| TileError::Header { name: name.to_owned(), what };
    if bytes.len() < HEADERS || !bytes.starts_with(b"UHL1") {
        return Err(header("it does not begin with UHL1"));
    }
    let west_deg = angle(&bytes[4..12]).ok_or_else(|| header("the origin's longitude"))?;
    let south_deg = angle(&bytes[12..20]).ok_or_else(|| header("the origin's latitude"))?;
    let tenths = |at: usize, what| number(&bytes[at..at + 4]).ok_or_else(|| header(what));
    let lon_step_deg = tenths(20, "the longitude interval")? as f64 / 36_000.0;
    let lat_step_deg = tenths(24, "the latitude interval")? as f64 / 36_000.0;
    let cols = tenths(47, "the number of longitude lines")?;
    let rows = tenths(51, "the number of latitude points")?;
    if !(2..=SIDE_MAX).contains(&cols) || !(2..=SIDE_MAX).contains(&rows) {
        return Err(header("the number of lines or points"));
    }
    if lon_step_deg <= 0.0 || lat_step_deg <= 0.0 {
        return Err(header("the interval"));
    }
    let record = 12 + 2 * rows;
    let expected = HEADERS + cols * record;
    if bytes.len() < expected {
        let expected = "the size its header says";
        return Err(TileError::Size { name: name.to_owned(), found: bytes.len(), expected });
    }
    let mut heights_m = vec![f32::NAN; rows * cols];
    for (col, bytes) in bytes[HEADERS..expected].chunks_exact(record).enumerate() {
        if bytes[0] != RECORD_MARK {
            return Err(header("a data record's mark"));
        }
        let (body, sum) = bytes.split_at(record - 4);
        let said = u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]]);
        // Some producers leave the sum zero.
        if said != 0 && said != body.iter().map(|&b| u32::from(b)).sum::<u32>() {
            return Err(TileError::Checksum { name: name.to_owned(), col });
        }
        for (from_south, pair) in body[8..].chunks_exact(2).enumerate() {
            heights_m[(rows - 1 - from_south) * cols + col] = signed_magnitude(pair[0], pair[1]);
        }
    }
    let north_deg = south_deg + (rows - 1) as f64 * lat_step_deg;
    let lattice = Lattice { north_deg, west_deg, lat_step_deg, lon_step_deg, rows, cols };
    if !lattice.is_on_earth() {
        return Err(header("its place: not on Earth"));
    }
    Ok(Tile { name: name.to_owned(), lattice, heights_m })
}

fn signed_magnitude(high: u8, low: u8) -> f32 {
    let magnitude = f32::from(u16::from_be_bytes([high & 0x7F, low]));
    let height = if high & 0x80 == 0 { magnitude } else { -magnitude };
    if height == VOID { f32::NAN } else { height }
}

fn number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// `DDDMMSSH` in degrees.
fn angle(text: &[u8]) -> Option<f64> {
    let part = |from: usize, to: usize| number(&text[from..to]).map(|n| n as f64);
    let degrees = part(0, 3)? + part(3, 5)? / 60.0 + part(5, 7)? / 3600.0;
    match text[7] {
        b'N' | b'E' => Some(degrees),
        b'S' | b'W' => Some(-degrees),
        _ => None,
    }
}
