//! `truth.csv` and `aircraft.csv`: where everything was, and what it was.

use super::table::{self, Row};
use super::{BadRows, FormError};
use geodesy::{Enu, Geodetic};
use std::io::BufRead;

/// The columns of `truth.csv`: seconds, degrees, metres, m/s over the ground; `cov` has a bit for
/// each sensor that could see it (four bits: radars take turns in the lower three, everything else
/// is the fourth), `man` is 1 in a manoeuvre.
pub const TRUTH_COLUMNS: &str = "t,truth_id,lat,lon,h_m,ve,vn,vu,cov,man";

/// One target at one instant of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruthRow {
    /// Seconds.
    pub t_s: f64,
    /// Which target.
    pub target: u32,
    /// Where.
    pub position: Geodetic,
    /// Over the ground, m/s.
    pub velocity: Enu,
    /// Who could see it.
    pub coverage: u32,
    /// Whether it manoeuvres.
    pub manoeuvre: bool,
}

/// What one target is.
#[derive(Debug, Clone, PartialEq)]
pub struct Aircraft {
    /// Which target.
    pub target: u32,
    /// Its kind of traffic.
    pub class: String,
    /// No transponder that answers.
    pub silent: bool,
    /// Mode S transponder.
    pub mode_s: bool,
    /// Reports by ADS-B.
    pub adsb: bool,
    /// Its 24-bit address, if the table tells.
    pub address: Option<u32>,
    /// Its Mode 3/A code, if the table tells.
    pub mode_3a: Option<u16>,
}

impl Aircraft {
    /// How it makes itself known, as scores name it.
    pub fn equipment(&self) -> &'static str {
        match (self.silent, self.adsb) {
            (true, _) => "noncoop",
            (_, true) => "adsb",
            _ => "coop",
        }
    }
}

/// The truth of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    /// In order of time.
    pub rows: Vec<TruthRow>,
    /// What each target is.
    pub aircraft: Vec<Aircraft>,
}

/// Reads `truth.csv`; rows come back in order of time.
pub fn read_truth(file: &str, text: impl BufRead) -> Result<(Vec<TruthRow>, BadRows), FormError> {
    let mut rows = Vec::new();
    let columns = ["t", "truth_id", "lat", "lon", "h_m", "ve", "vn"];
    let bad = table::read(file, text, &columns, |row| {
        rows.push(read_truth_row(row)?);
        Ok(())
    })?;
    rows.sort_by(|a: &TruthRow, b| a.t_s.total_cmp(&b.t_s));
    Ok((rows, bad))
}

fn read_truth_row(row: &Row<'_>) -> Result<TruthRow, String> {
    let (position, velocity) = place_and_velocity(row)?;
    Ok(TruthRow {
        t_s: row.needed("t", -1e10, 1e10)?,
        target: row.whole("truth_id", 10, u32::MAX)?.ok_or("truth_id is missing")?,
        position,
        velocity,
        coverage: row.whole("cov", 10, u32::MAX)?.unwrap_or(u32::MAX),
        manoeuvre: row.text("man") == Some("1"),
    })
}

/// The columns `lat,lon,h_m,ve,vn,vu`.
pub(super) fn place_and_velocity(row: &Row<'_>) -> Result<(Geodetic, Enu), String> {
    let latitude = row.needed("lat", -90.0, 90.0)?;
    let longitude = row.needed("lon", -360.0, 360.0)?;
    let height_m = row.needed("h_m", -1e5, 1e6)?;
    let position = Geodetic::from_degrees(latitude, longitude, height_m).ok_or("no position")?;
    let velocity = Enu {
        east: row.needed("ve", -1e5, 1e5)?,
        north: row.needed("vn", -1e5, 1e5)?,
        up: row.number("vu")?.unwrap_or(0.0),
    };
    Ok((position, velocity))
}

/// Reads `aircraft.csv`.
pub fn read_aircraft(
    file: &str,
    text: impl BufRead,
) -> Result<(Vec<Aircraft>, BadRows), FormError> {
    let mut aircraft = Vec::new();
    let bad = table::read(file, text, &["truth_id"], |row| {
        let flag = |name: &str| row.text(name) == Some("1");
        aircraft.push(Aircraft {
            target: row.whole("truth_id", 10, u32::MAX)?.ok_or("truth_id is missing")?,
            class: row.text("class").unwrap_or("").to_owned(),
            silent: flag("noncoop"),
            mode_s: flag("mode_s"),
            adsb: flag("adsb"),
            address: row.whole("icao", 16, 0xff_ffff)?,
            mode_3a: row.whole("mode_a", 8, 0o7777)?.map(|code| code as u16),
        });
        Ok(())
    })?;
    Ok((aircraft, bad))
}
