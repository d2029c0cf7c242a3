//! Where each sensor has seen tracks, by level, range and azimuth: measured coverage.
//!
//! Looked at once a second, not at each plot: where the time of a sensor's last plot of a track is new
//! since the last look, the sensor saw it, however late the plot came. So clutter counts nothing, and an echo without a level stands at the level that others tell of
//! its track. A cell also says whether a track of ours was there at all: where nobody flew, a sensor
//! that saw nothing may see well.

use super::sensors::SensorBook;
use crate::wire;
use arrayvec::ArrayVec;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Ecef, Enu, LocalFrame};
use picture::Entry;
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use surveillance::{Sensor, SensorId, SensorKind, Time, Track, TrackNumber};

/// Lower ends of the bands, flight levels; each ends where the next begins.
const BANDS_FL: [u16; 5] = [0, 50, 100, 200, 300];
/// Cells around: 5° each.
const SECTORS: usize = 72;
/// Depth of a cell, NM, and cells outward at most: more than any radar's range.
const RING_NM: f64 = 10.0;
const RINGS_MAX: usize = 32;
/// Range that cells go to where none is known, NM: that of an en-route radar.
const RANGE_UNKNOWN_NM: f64 = 250.0;
/// A cell counts for so long, seconds.
const KEPT_S: i64 = 3_600;
/// Each track is looked for in all sensors' cells once in so many seconds: it crosses none in less.
const FLOWN_EVERY_S: i64 = 10;
/// Sensors that cells are kept of: 92 kB each, so 24 MB.
const SENSORS_MAX: usize = 256;
/// A level that was told longer ago says nothing, seconds.
const LEVEL_AGE_MAX_S: f64 = 60.0;

/// When a cell was last flown in and last seen in, seconds of Unix time; 0 is never.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    seen_s: u32,
    flown_s: u32,
}

#[derive(Debug)]
struct Cells {
    frame: LocalFrame,
    here: Ecef,
    rings: usize,
    /// Band by band, ring by ring.
    cells: Box<[Cell]>,
    since: Time,
}

/// A track as it was looked at last.
#[derive(Debug, Default)]
struct Looked {
    second: i64,
    /// When each sensor's last plot of it was.
    lasts: ArrayVec<(SensorId, Time), 8>,
    /// A plot has come since it was last looked for in all sensors' cells.
    plotted: bool,
}

/// Measured coverage of all sensors.
#[derive(Debug, Default)]
pub(super) struct Seen {
    by: BTreeMap<SensorId, Cells>,
    looked: BTreeMap<TrackNumber, Looked>,
}

impl Seen {
    /// Looks at our own tracks; once a second.
    pub(super) fn look<'t>(
        &mut self,
        tracks: impl Iterator<Item = &'t Entry>,
        sensors: &SensorBook,
        now: Time,
    ) {
        for sensor in sensors.sensors() {
            self.begin(sensor, now);
        }
        let second = now.unix_millis().div_euclid(1000);
        for Entry { track, .. } in tracks.filter(|entry| entry.teller.is_none()) {
            let looked = self.looked.entry(track.number).or_default();
            looked.second = second;
            let before = std::mem::take(&mut looked.lasts);
            looked.lasts = track.contributors.iter().map(|part| (part.sensor, part.last)).collect();
            let new = looked.lasts.iter().filter(|part| !before.contains(part));
            looked.plotted |= new.clone().next().is_some();
            let Some(band) = band_of(track, now) else { continue };
            let frame = LocalFrame::at(track.position);
            for (sensor, last) in new {
                let Some(cells) = self.by.get_mut(sensor) else { continue };
                // Where it was at the time of the plot.
                let gone_s = track.time.seconds_since(*last);
                let Enu { east, north, .. } = track.velocity;
                let back = Enu { east: -east * gone_s, north: -north * gone_s, up: 0.0 };
                cells.mark(band, frame.geodetic_from_enu(back).to_ecef(), |cell| {
                    (cell.seen_s, cell.flown_s) = (second as u32, second as u32);
                });
            }
            if (second + i64::from(track.number.0)).rem_euclid(FLOWN_EVERY_S) == 0
                && std::mem::take(&mut looked.plotted)
            {
                let there = track.position.to_ecef();
                for cells in self.by.values_mut() {
                    cells.mark(band, there, |cell| cell.flown_s = second as u32);
                }
            }
        }
        self.looked.retain(|_, looked| looked.second == second);
    }

    /// Counts of a sensor from now on, if that can be.
    fn begin(&mut self, sensor: &Sensor, now: Time) {
        if self.by.contains_key(&sensor.id) || self.uncounted(sensor).is_some() {
            return;
        }
        let Some(site) = sensor.site else { return };
        let range_nm = range_nm(sensor).unwrap_or(RANGE_UNKNOWN_NM);
        let rings = ((range_nm / RING_NM).ceil() as usize).clamp(1, RINGS_MAX);
        let cells = vec![Cell::default(); BANDS_FL.len() * rings * SECTORS].into_boxed_slice();
        let frame = LocalFrame::at(site);
        self.by.insert(sensor.id, Cells { frame, here: site.to_ecef(), rings, cells, since: now });
    }

    /// Why nothing can be counted of a sensor of which nothing is.
    fn uncounted(&self, sensor: &Sensor) -> Option<&'static str> {
        if sensor.kind == SensorKind::SystemTracks {
            return Some("it tells tracks, not plots");
        }
        if sensor.site.is_none() {
            return Some("where it stands is not known");
        }
        (self.by.len() >= SENSORS_MAX).then_some("too many other sensors are counted")
    }

    /// A sensor stands elsewhere than was known, or sees as far as was not known.
    pub(super) fn forget(&mut self, sensor: SensorId) {
        self.by.remove(&sensor);
    }

    /// What a console is told of one sensor.
    pub(super) fn cover(&self, sensor: &Sensor, now: Time) -> wire::SensorCover {
        let second = now.unix_millis().div_euclid(1000);
        let lately = |at_s: u32| at_s > 0 && second - i64::from(at_s) < KEPT_S;
        let kept = self.by.get(&sensor.id);
        let bits = |cell: &Cell| {
            let bit = |so: bool, bit: u8| if so { bit } else { 0 };
            bit(lately(cell.seen_s), wire::COVER_SEEN)
                | bit(lately(cell.flown_s), wire::COVER_FLOWN)
        };
        let rings = kept.map_or(0, |kept| kept.rings);
        let band = |(at, &from_fl): (usize, &u16)| {
            let of_band = rings * SECTORS;
            let cells = kept.map_or(&[][..], |kept| &kept.cells[at * of_band..][..of_band]);
            wire::CoverBand {
                from_fl,
                to_fl: BANDS_FL.get(at + 1).copied(),
                cells: cells.iter().map(bits).collect(),
            }
        };
        let hour_ago = now.plus_seconds(-(KEPT_S as f64));
        let uncounted = || self.uncounted(sensor).unwrap_or("counting begins within a second");
        wire::SensorCover {
            sensor: sensor.id.to_string(),
            time_ms: now.unix_millis() as f64,
            since_ms: kept.map(|kept| kept.since.max(hour_ago).unix_millis() as f64),
            uncounted: kept.is_none().then(|| uncounted().to_owned()),
            site_deg: sensor.site.map(|site| [site.latitude_deg(), site.longitude_deg()]),
            height_m: sensor.site.map(|site| site.height_m),
            sectors: SECTORS as u16,
            rings: rings as u16,
            ring_nm: RING_NM,
            range_nm: range_nm(sensor),
            bands: BANDS_FL.iter().enumerate().map(band).collect(),
        }
    }
}

impl Cells {
    /// Marks the cell of a place; none beyond the last ring.
    fn mark(&mut self, band: usize, there: Ecef, mark: impl FnOnce(&mut Cell)) {
        let reach_m = self.rings as f64 * RING_NM * METRES_PER_NM;
        if self.here.distance_m(there) >= reach_m {
            return;
        }
        let seen = self.frame.polar_from_ecef(there);
        let ring = (seen.slant_range_m / (RING_NM * METRES_PER_NM)) as usize;
        let turns = (seen.azimuth_rad / TAU).rem_euclid(1.0);
        let sector = ((turns * SECTORS as f64) as usize).min(SECTORS - 1);
        if ring < self.rings {
            mark(&mut self.cells[(band * self.rings + ring) * SECTORS + sector]);
        }
    }
}

fn range_nm(sensor: &Sensor) -> Option<f64> {
    sensor.range_max_m.map(|range_m| range_m / METRES_PER_NM)
}

/// The band that a track flies in; `None` where it told no level of late, or is on the ground.
fn band_of(track: &Track, now: Time) -> Option<usize> {
    let young = |told: Time| now.seconds_since(told) <= LEVEL_AGE_MAX_S;
    track.pressure_altitude_time.filter(|told| young(*told) && !track.on_ground)?;
    let level = track.pressure_altitude_m? / METRES_PER_FOOT / 100.0;
    let above = BANDS_FL.iter().rposition(|&from| level >= f64::from(from));
    Some(above.unwrap_or(0))
}
