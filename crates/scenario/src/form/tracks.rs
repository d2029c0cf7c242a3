//! The tracks that a tracker made of a scenario, one row a track and instant of the grid.

use super::table;
use super::truth::place_and_velocity;
use super::{BadRows, FormError};
use geodesy::{Enu, Geodetic};
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};
use surveillance::Track;

/// The columns of a tracks file: seconds, the track's name, degrees, metres, m/s.
pub const TRACK_COLUMNS: &str = "t,track_id,lat,lon,h_m,ve,vn,vu";

/// What `entente track --details` adds: seconds since the last plot that moved it, the covariance
/// of east and north position in m², the level as last told in metres and seconds since it was,
/// Mode 3/A code, address.
pub const DETAIL_COLUMNS: &str = "age_s,pee,pen,pnn,alt_m,alt_age_s,mode_a,mode_s";

/// One track at one instant of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRow {
    /// Seconds.
    pub t_s: f64,
    /// Its name in the file.
    pub track: String,
    /// Where.
    pub position: Geodetic,
    /// Over the ground, m/s.
    pub velocity: Enu,
    /// What [`DETAIL_COLUMNS`] add, if the file has them.
    pub details: Option<Details>,
}

/// What a tracker may add to a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Details {
    /// Seconds since the last plot that moved it.
    pub age_s: f64,
    /// Covariance of the horizontal position, m²: east-east, east-north, north-north.
    pub covariance: [f64; 3],
    /// Level as last told, metres, and seconds since it was.
    pub level: Option<(f64, f64)>,
    /// Mode 3/A code.
    pub mode_3a: Option<u16>,
    /// 24-bit address.
    pub address: Option<u32>,
}

/// Reads a tracks file; rows come back in order of time.
pub fn read_tracks(file: &str, text: impl BufRead) -> Result<(Vec<TrackRow>, BadRows), FormError> {
    let mut rows = Vec::new();
    let columns = ["t", "track_id", "lat", "lon", "h_m", "ve", "vn"];
    let bad = table::read(file, text, &columns, |row| {
        let (position, velocity) = place_and_velocity(row)?;
        let covariance = (row.number("pee")?, row.number("pen")?, row.number("pnn")?);
        let details = match (row.number("age_s")?, covariance) {
            (Some(age_s), (Some(pee), Some(pen), Some(pnn))) => Some(Details {
                age_s,
                covariance: [pee, pen, pnn],
                level: row.number("alt_m")?.zip(row.number("alt_age_s")?),
                mode_3a: row.whole("mode_a", 8, 0o7777)?.map(|code| code as u16),
                address: row.whole("mode_s", 16, 0xff_ffff)?,
            }),
            _ => None,
        };
        rows.push(TrackRow {
            t_s: row.needed("t", -1e10, 1e10)?,
            track: row.text("track_id").ok_or("track_id is missing")?.to_owned(),
            position,
            velocity,
            details,
        });
        Ok(())
    })?;
    rows.sort_by(|a: &TrackRow, b| a.t_s.total_cmp(&b.t_s));
    Ok((rows, bad))
}

/// Writes the header of a tracks file.
pub fn write_track_header(out: &mut impl Write, details: bool) -> io::Result<()> {
    if details {
        writeln!(out, "{TRACK_COLUMNS},{DETAIL_COLUMNS}")
    } else {
        writeln!(out, "{TRACK_COLUMNS}")
    }
}

/// Writes one row: `track` predicted to `t_s`.
pub fn write_track(out: &mut impl Write, t_s: f64, track: &Track, details: bool) -> io::Result<()> {
    let (p, v) = (track.position, track.velocity);
    write!(
        out,
        "{:?},{},{:.7},{:.7},{:.1},{:.2},{:.2},{:.2}",
        (t_s * 1e3).round() / 1e3,
        track.number.0,
        p.latitude_deg(),
        p.longitude_deg(),
        p.height_m,
        v.east,
        v.north,
        v.up
    )?;
    if details {
        write_details(out, track)?;
    }
    writeln!(out)
}

fn write_details(out: &mut impl Write, track: &Track) -> io::Result<()> {
    let [pee, pen, pnn] = track.position_covariance;
    let age_s = track.time.seconds_since(track.last);
    let mut text = format!(",{age_s:.3},{pee:.2},{pen:.2},{pnn:.2},");
    if let Some((level_m, told)) = track.pressure_altitude_m.zip(track.pressure_altitude_time) {
        let _ = write!(text, "{level_m:.2},{:.3}", track.time.seconds_since(told));
    } else {
        text.push(',');
    }
    text.push(',');
    text.extend(track.codes.mode_3a.map(|code| code.to_string()));
    text.push(',');
    text.extend(track.codes.address.map(|address| format!("{:06x}", address.bits())));
    out.write_all(text.as_bytes())
}
