//! A stage for rules: a picture, what is beside it, and evaluations a second apart.

#![allow(dead_code, reason = "each test binary uses its part of it")]

use alert::{
    AerodromeFact, Alert, Board, BoardConfig, Changes, EndedTrack, Firings, RemoteIdFact, Rule,
    Scene, SensorFact, Subject,
};
use arrayvec::ArrayVec;
use geodesy::{Enu, Geodetic};
use intent::airspace::Airspaces;
use picture::{IdentityRules, Picture};
use surveillance::{
    Address, AdsbQuality, Callsign, Codes, Contributor, Mode3A, Phase, PlotOrigin, Sensor,
    SensorId, SensorKind, Time, Track, TrackNumber,
};

pub(crate) const RADAR: SensorId = SensorId { sac: 1, sic: 1 };
pub(crate) const STATION: SensorId = SensorId { sac: 1, sic: 2 };

/// So many seconds after the tests begin.
pub(crate) fn at(seconds: f64) -> Time {
    Time::from_unix_seconds(1_764_000_000.0 + seconds)
}

pub(crate) fn place(latitude_deg: f64, longitude_deg: f64, height_m: f64) -> Geodetic {
    Geodetic::from_degrees(latitude_deg, longitude_deg, height_m).expect("a place on earth")
}

pub(crate) fn number(track: u32) -> TrackNumber {
    TrackNumber(track)
}

/// A confirmed track at 43°N 75°E in FL330, north-bound at 200 m/s, held by a Mode S radar.
pub(crate) fn track(number: u32) -> Track {
    let mut contributors = ArrayVec::new();
    let (origin, last) = (PlotOrigin::Secondary, at(0.0));
    contributors.push(Contributor { sensor: RADAR, origin, last, plots: 50 });
    Track {
        number: TrackNumber(number),
        phase: Phase::Confirmed,
        time: at(0.0),
        position: place(43.0, 75.0, 10_000.0),
        height_sd_m: Some(50.0),
        velocity: Enu { east: 0.0, north: 200.0, up: 0.0 },
        position_covariance: [900.0, 0.0, 900.0],
        velocity_covariance: [4.0, 0.0, 4.0],
        pressure_altitude_m: Some(10_058.0),
        pressure_altitude_time: Some(at(0.0)),
        vertical_rate_mps: Some(0.0),
        on_ground: false,
        codes: Codes {
            address: Some(Address::icao(0x60_0000 + number)),
            mode_3a: Some(Mode3A::new((0o2100 + number % 0o600) as u16)),
            callsign: Callsign::new("KGZ101"),
            ..Codes::default()
        },
        quality: AdsbQuality::default(),
        category: None,
        first: at(-600.0),
        last: at(0.0),
        contributors,
    }
}

/// The same as of an instant: all its contributors have just held it.
pub(crate) fn seen(track: &Track, time: Time) -> Track {
    let mut track = Track { time, last: time, ..track.clone() };
    for contributor in &mut track.contributors {
        contributor.last = time;
    }
    track
}

/// Held by one sensor alone.
pub(crate) fn held_by(track: &Track, sensor: SensorId, origin: PlotOrigin) -> Track {
    let mut contributors = ArrayVec::new();
    contributors.push(Contributor { sensor, origin, last: track.last, plots: 50 });
    Track { contributors, ..track.clone() }
}

pub(crate) fn radar() -> Sensor {
    Sensor {
        id: RADAR,
        name: "hill".into(),
        kind: SensorKind::Radar,
        site: Some(place(43.2, 75.2, 1_500.0)),
        period_s: Some(5.0),
        accuracy: surveillance::PlotAccuracy::default(),
        range_max_m: Some(300_000.0),
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

pub(crate) fn good(sensor: &Sensor) -> SensorFact<'_> {
    let (silent_since, silent_after_s, degraded) = (None, None, None);
    SensorFact { sensor, silent_since, silent_after_s, degraded, detection: None, bias: None }
}

/// What an evaluation sees beside tracks.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    pub(crate) ended: &'a [EndedTrack<'a>],
    pub(crate) sensors: &'a [SensorFact<'a>],
    pub(crate) remote_ids: &'a [RemoteIdFact],
    pub(crate) aerodromes: &'a [AerodromeFact],
    pub(crate) airspaces: Option<&'a Airspaces>,
}

/// A board, and a rule's evaluations on it.
pub(crate) struct Stage {
    pub(crate) board: Board,
    pub(crate) firings: Firings,
}

impl Default for Stage {
    fn default() -> Self {
        Self { board: Board::new(BoardConfig::default()), firings: Firings::new() }
    }
}

impl Stage {
    /// Evaluates once.
    pub(crate) fn step(
        &mut self,
        tracks: &[Track],
        beside: &Beside<'_>,
        now: Time,
        fill: impl Fn(&mut Subject<'_>),
        rule: impl FnOnce(&Scene<'_>, &Board, &mut Firings),
    ) -> &Changes {
        let mut picture = Picture::new(IdentityRules::default());
        for track in tracks {
            picture.update(track.clone(), None, &[], now);
        }
        let mut subjects: Vec<Subject<'_>> = picture.entries().map(Subject::bare).collect();
        subjects.iter_mut().for_each(fill);
        let scene = Scene {
            ended: beside.ended,
            sensors: beside.sensors,
            remote_ids: beside.remote_ids,
            aerodromes: beside.aerodromes,
            airspaces: beside.airspaces,
            ..Scene::of_tracks(now, self.board.running_s(now), &subjects)
        };
        self.firings.clear();
        rule(&scene, &self.board, &mut self.firings);
        self.board.update(&mut self.firings, beside.ended, now)
    }

    pub(crate) fn open(&self, rule: Rule) -> Vec<&Alert> {
        self.board.open_of(rule).collect()
    }
}
