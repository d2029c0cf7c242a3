//! Tracks that stopped telling codes, and tracks that never told any.

use super::path::velocity_sd_mps;
use super::{PerTrack, last_of, speed_mps};
use crate::{AlertKey, Board, Fact, Firings, Rule, Scene, Severity, Value};
use surveillance::{Contributor, Phase, PlotOrigin, SensorId, Time, Track};

/// How long a track is watched before its silence tells something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CooperationConfig {
    /// A track that told codes and has since been held by primary echoes alone for this long has
    /// lost its transponder, seconds. Three turns of a 12 s radar, as one reply in ten stays out
    /// (EUROCONTROL SUR.ET1.ST01.1000-STD-01-01 asks for 97 % of them).
    pub lost_s: f64,
    /// A track that was only ever held by primary echoes is non-cooperative after this long, seconds:
    /// five turns of a 12 s radar.
    pub primary_s: f64,
    /// and if it moves for certain (two standard deviations) at least this fast, m/s: 30 kt, over
    /// ships, cars and rain.
    pub speed_min_mps: f64,
    /// An alert of that ends below this speed, m/s.
    pub speed_exit_mps: f64,
    /// A primary echo counts as held if its last plot is no older than this, seconds.
    pub held_s: f64,
}

impl Default for CooperationConfig {
    fn default() -> Self {
        Self {
            lost_s: 36.0,
            primary_s: 60.0,
            speed_min_mps: 15.4,
            speed_exit_mps: 11.0,
            held_s: 30.0,
        }
    }
}

/// Lost transponders and non-cooperative tracks.
#[derive(Debug, Clone, Default)]
pub struct CooperationRule {
    config: CooperationConfig,
    /// When each track last told a code, and to whom: kept here, as a track remembers of each of its
    /// last eight contributors the last plot alone.
    told: PerTrack<Option<(Time, SensorId)>>,
    /// Sensors to which so many tracks told codes last at one time, and none since: see
    /// [`TOGETHER_MIN`].
    deaf: Vec<SensorId>,
    last_told: Vec<(SensorId, Time)>,
}

/// So many tracks do not lose their transponders together: the sensor has lost its ear.
const TOGETHER_MIN: usize = 3;
/// Together is within this, seconds: a turn of a 12 s radar and a missed one.
const TOGETHER_S: f64 = 24.0;

impl CooperationRule {
    /// With these thresholds.
    pub fn new(config: CooperationConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Fires for each track that is held by primary echoes alone for long enough.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.hear(scene);
        let Self { config, deaf, .. } = self;
        let is_primary = |origin| origin == PlotOrigin::Primary;
        for (subject, told) in scene.tracks.iter().zip(self.told.values()) {
            let track = subject.track();
            let Some(echo) = last_of(track, is_primary) else { continue };
            if track.phase != Phase::Confirmed || track.last.seconds_since(echo) > config.held_s {
                continue;
            }
            match told {
                Some((_, sensor)) if deaf.contains(sensor) => {}
                Some((told, _)) => config.lost(scene, track, echo.seconds_since(*told), firings),
                None => config.silent(track, board, firings),
            }
        }
    }
}

impl CooperationRule {
    /// Notes who told codes to whom, and which sensors have stopped hearing any.
    fn hear(&mut self, scene: &Scene<'_>) {
        self.last_told.clear();
        for (subject, told) in self.told.each(scene) {
            let contributors = subject.track().contributors.iter();
            let tells = contributors.filter(|c| c.origin != PlotOrigin::Primary);
            *told = (*told).max(tells.map(|c| (c.last, c.sensor)).max());
            self.last_told.extend(told.map(|(time, sensor)| (sensor, time)));
        }
        self.last_told.sort_unstable();
        self.deaf.clear();
        for of_one in self.last_told.chunk_by(|a, b| a.0 == b.0) {
            let Some((sensor, newest)) = of_one.last() else { continue };
            let near = |(_, time): &&(SensorId, Time)| newest.seconds_since(*time) <= TOGETHER_S;
            let silent = scene.now.seconds_since(*newest) > TOGETHER_S;
            if silent && of_one.iter().rev().take_while(near).count() >= TOGETHER_MIN {
                self.deaf.push(*sensor);
            }
        }
    }
}

impl CooperationConfig {
    fn lost(&self, scene: &Scene<'_>, track: &Track, silent_s: f64, firings: &mut Firings) {
        if silent_s < self.lost_s || !has_codes(track) || sensors_are_silent(scene, track) {
            return;
        }
        let key = AlertKey::of_track(Rule::LostTransponder, track.number);
        let facts = firings.fire(key, Severity::Caution, None);
        facts.push(Fact::against(
            "primary echoes alone for",
            Value::SpanS(silent_s),
            Value::SpanS(self.lost_s),
        ));
        if let Some(code) = track.codes.mode_3a {
            facts.push(Fact::new("last code", Value::Code(code)));
        }
        if let Some(address) = track.codes.address {
            facts.push(Fact::new("address", Value::Address(address)));
        }
    }

    fn silent(&self, track: &Track, board: &Board, firings: &mut Firings) {
        let key = AlertKey::of_track(Rule::NonCooperative, track.number);
        let limit_mps = if board.is_open(&key) { self.speed_exit_mps } else { self.speed_min_mps };
        let held_s = track.last.seconds_since(track.first);
        let speed_mps = speed_mps(track);
        let sure_mps =
            if board.is_open(&key) { speed_mps } else { speed_mps - 2.0 * velocity_sd_mps(track) };
        if has_codes(track) || held_s < self.primary_s || sure_mps < limit_mps {
            return;
        }
        let facts = firings.fire(key, Severity::Caution, None);
        facts.push(Fact::against(
            "primary echoes alone for",
            Value::SpanS(held_s),
            Value::SpanS(self.primary_s),
        ));
        facts.push(Fact::against("speed", Value::SpeedMps(speed_mps), Value::SpeedMps(limit_mps)));
    }
}

fn has_codes(track: &Track) -> bool {
    let codes = &track.codes;
    codes.address.is_some() || codes.mode_3a.is_some() || codes.callsign.is_some()
}

/// Whether every sensor that heard the track's codes is silent: then it is the sensor and not the
/// transponder.
fn sensors_are_silent(scene: &Scene<'_>, track: &Track) -> bool {
    let told = |contributor: &&Contributor| contributor.origin != PlotOrigin::Primary;
    let mut heard = track.contributors.iter().filter(told).peekable();
    let silent = |contributor: &Contributor| {
        scene.sensor(contributor.sensor).is_some_and(|fact| fact.silent_since.is_some())
    };
    heard.peek().is_some() && heard.all(silent)
}
