//! What another centre believes, as tracks: CAT062 and CAT011.

use super::fields::{be16, callsign, extent, i16_at, mode_3a};
use super::{Head, airport, system};
use crate::record::Record;
use arrayvec::ArrayVec;
use geodesy::units::METRES_PER_FOOT;
use geodesy::{Enu, Geodetic};
use surveillance::{
    AdsbQuality, Codes, Contributor, Measurement, Phase, Plot, PlotOrigin, SensorId, Time, Track,
    TrackNumber,
};

/// Standard deviation of position, metres, of a centre that tells none: wide, so that nothing is
/// believed of it that was not said.
const UNTOLD_SD_M: f64 = 1852.0;
/// The same of velocity, m/s, where it is told without one.
const UNTOLD_SD_MPS: f64 = 25.0;
/// The same where no velocity is told: anything that flies.
const UNTOLD_SPEED_MPS: f64 = 250.0;
/// Where no velocity is told.
const AT_REST: Enu = Enu { east: 0.0, north: 0.0, up: 0.0 };

/// A track of another centre.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerTrack {
    /// Who says so.
    pub sender: SensorId,
    /// What it believes, under its own number. Contributors are kinds of sensor under the sender's
    /// identity: the categories do not tell which sensors.
    pub track: Track,
    /// Whether position and its accuracy were both told; else the covariance is a wide guess.
    pub accuracy_told: bool,
    /// Made for exercise.
    pub simulated: bool,
    /// The last message about it.
    pub ended: bool,
}

/// The track that a record of CAT062 or CAT011 tells; `None` for other categories, and without
/// sender, number or position. `received` settles the day, and the time where the record has none.
pub fn partner_track(record: &Record<'_>, received: Time) -> Option<PartnerTrack> {
    let sender = record.sensor()?;
    let time = super::time_of(record, received).unwrap_or(received);
    match record.category() {
        62 => of_062(record, sender, time),
        11 => of_011(record, sender, time),
        _ => None,
    }
}

fn of_062(record: &Record<'_>, sender: SensorId, time: Time) -> Option<PartnerTrack> {
    let number = TrackNumber(record.item(40).map(|item| be16(item, 0))?.into());
    let status = record.item(80).unwrap_or_default();
    let (first, second, fourth) = (extent(status, 0), extent(status, 1), extent(status, 3));
    let derived = system::derived(record);
    let told_callsign = || callsign(record.item(245)?.get(1..)?);
    let codes = Codes {
        address: derived.codes.address,
        mode_3a: record.item(60).and_then(mode_3a),
        callsign: derived.codes.callsign.or_else(told_callsign),
        source_track: None,
        ident: first & 0x40 != 0,
    };
    let mut accuracy = Accuracy::default();
    record.subitems(500, |name, octets| match name {
        "APC" => accuracy.position = Some([0, 2].map(|at| f64::from(be16(octets, at)) * 0.5)),
        "COV" => accuracy.root_m = i16_at(octets, 0) * 0.5,
        "AGA" => accuracy.height_m = Some(f64::from(extent(octets, 0)) * 6.25 * METRES_PER_FOOT),
        "ATV" => accuracy.velocity = Some([0, 1].map(|at| f64::from(extent(octets, at)) * 0.25)),
        _ => {}
    });
    let mut track = Track {
        position: system::position(record).map(|report| report.at_height_or(0.0))?,
        ..bare(number, time)
    };
    accuracy.put(record.item(185).is_some(), &mut track);
    let velocity = system::velocity(record);
    track.velocity = velocity.and_then(|told| told.horizontal).unwrap_or(AT_REST);
    track.vertical_rate_mps = velocity.and_then(|told| told.vertical_rate_mps);
    track.height_sd_m = record.item(130).map(|_| accuracy.height_m.unwrap_or(UNTOLD_SD_M));
    track.pressure_altitude_m = system::level(record).map(|level| level.altitude_m);
    track.phase = match () {
        () if fourth & 0x80 != 0 => Phase::Coasting,
        () if first & 0x02 != 0 => Phase::Tentative,
        () => Phase::Confirmed,
    };
    track.on_ground = extent(status, 5) & 0x10 != 0 || derived.on_ground == Some(true);
    track.category = derived.category;
    track.codes = codes;
    ages(record, sender, &mut track);
    Some(PartnerTrack {
        sender,
        track,
        accuracy_told: accuracy.position.is_some(),
        simulated: second & 0x80 != 0,
        ended: second & 0x40 != 0,
    })
}

/// I062/290 and I062/295: when the track and its level were last helped, and by which kinds.
fn ages(record: &Record<'_>, sender: SensorId, track: &mut Track) {
    let before = |octets: &[u8]| track.time.plus_seconds(-f64::from(extent(octets, 0)) * 0.25);
    let mut parts = ArrayVec::new();
    let (mut last, mut level) = (track.time, None);
    record.subitems(290, |name, octets| {
        let origin = match name {
            "TRK" => return last = before(octets),
            "PSR" => PlotOrigin::Primary,
            "SSR" | "MDS" => PlotOrigin::Secondary,
            "ES" | "VDL" | "UAT" => PlotOrigin::AdsB,
            "MLT" => PlotOrigin::Mlat,
            _ => return,
        };
        let contributor = Contributor { sensor: sender, origin, last: before(octets), plots: 0 };
        // Seven kinds at most, in room for eight.
        let _ = parts.try_push(contributor);
    });
    record.subitems(295, |name, octets| {
        if name == "MFL" {
            level = Some(before(octets));
        }
    });
    parts.sort_by_key(|part: &Contributor| part.last);
    track.contributors = parts;
    track.last = last;
    track.pressure_altitude_time = track.pressure_altitude_m.and(level);
}

/// CAT011 says no more of a track than its plot does, and says it in the same items.
fn of_011(record: &Record<'_>, sender: SensorId, time: Time) -> Option<PartnerTrack> {
    let number = TrackNumber((record.item(161).map(|item| be16(item, 0))? & 0x7fff).into());
    let status = record.item(170).unwrap_or_default();
    let Plot { measurement, velocity, codes, pressure_altitude, on_ground, .. } =
        airport::target_011(record, Head { sensor: sender, time, received: time })?;
    let Some(Measurement::Geodetic(report)) = measurement else { return None };
    let mut accuracy = Accuracy::default();
    record.subitems(500, |name, octets| match name {
        "APC" => accuracy.position = Some([0, 1].map(|at| f64::from(extent(octets, at)) * 0.25)),
        "AVC" => accuracy.velocity = Some([0, 1].map(|at| f64::from(extent(octets, at)) * 0.1)),
        _ => {}
    });
    let mut track = Track { position: report.at_height_or(0.0), ..bare(number, time) };
    let horizontal = velocity.and_then(|told| told.horizontal);
    accuracy.put(horizontal.is_some(), &mut track);
    track.velocity = horizontal.unwrap_or(AT_REST);
    track.vertical_rate_mps = velocity.and_then(|told| told.vertical_rate_mps);
    track.pressure_altitude_m = pressure_altitude.map(|level| level.altitude_m);
    track.on_ground = on_ground == Some(true);
    track.codes = Codes { source_track: None, ..codes };
    track.phase = match () {
        () if extent(status, 2) & 0x20 != 0 => Phase::Coasting,
        () => Phase::Confirmed,
    };
    Some(PartnerTrack {
        sender,
        track,
        accuracy_told: accuracy.position.is_some(),
        simulated: extent(status, 1) & 0x80 != 0,
        ended: extent(status, 1) & 0x40 != 0,
    })
}

/// Standard deviations east and north, metres and m/s.
#[derive(Default, Clone, Copy)]
struct Accuracy {
    position: Option<[f64; 2]>,
    /// Root of the covariance with its sign.
    root_m: f64,
    height_m: Option<f64>,
    velocity: Option<[f64; 2]>,
}

impl Accuracy {
    fn put(&self, moves: bool, track: &mut Track) {
        let [east, north] = self.position.unwrap_or([UNTOLD_SD_M; 2]);
        let covariance = self.position.map_or(0.0, |_| self.root_m * self.root_m.abs());
        track.position_covariance = [east * east, covariance, north * north];
        let untold = if moves { UNTOLD_SD_MPS } else { UNTOLD_SPEED_MPS };
        let [east, north] = self.velocity.filter(|_| moves).unwrap_or([untold; 2]);
        track.velocity_covariance = [east * east, 0.0, north * north];
    }
}

fn bare(number: TrackNumber, time: Time) -> Track {
    Track {
        number,
        phase: Phase::Confirmed,
        time,
        position: Geodetic { latitude_rad: 0.0, longitude_rad: 0.0, height_m: 0.0 },
        height_sd_m: None,
        velocity: AT_REST,
        position_covariance: [0.0; 3],
        velocity_covariance: [0.0; 3],
        pressure_altitude_m: None,
        pressure_altitude_time: None,
        vertical_rate_mps: None,
        on_ground: false,
        codes: Codes::default(),
        quality: AdsbQuality::default(),
        category: None,
        first: time,
        last: time,
        contributors: ArrayVec::new(),
    }
}
