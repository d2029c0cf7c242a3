//! A track that ended in the air where sensors that held it should see it on.

use crate::cover::{Cover, height_of};
use crate::{
    AerodromeFact, AlertKey, Board, Fact, Firings, Rule, Scene, SensorFact, Severity, Value,
};
use geodesy::LocalFrame;
use surveillance::{Address, EndReason, Track};

/// Where the end of a track is nothing to be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LostTrackConfig {
    /// Plots that a track must have had, so that no ghost is missed.
    pub plots_min: u32,
    /// Share of a sensor's range within which it should see a target: at the edge targets leave.
    pub range_share: f64,
    /// Range of a radar that is not known to have one, metres: 250 km, a short en-route radar's.
    pub range_m: f64,
    /// Range of an ADS-B station or multilateration system that is not known to have one, metres.
    /// 120 km: how far they hear is not planned, and beyond it tracks fade in ordinary places.
    pub station_range_m: f64,
    /// Margin that a target must be above the lowest height that a sensor over a smooth earth sees
    /// there, metres. 600 m: hills are not in this rule.
    pub margin_m: f64,
    /// Targets land within this distance of an aerodrome, metres, if
    pub aerodrome_m: f64,
    /// they are no higher over it than this, metres, or descend below twice that.
    pub aerodrome_height_m: f64,
    /// Descent that counts as such, m/s: 300 ft a minute.
    pub descent_mps: f64,
    /// It is told once the target was not heard for so long, seconds: two turns of a 12 s radar and
    /// a little. Where each second brings a plot a track ends after some seconds, and most of such
    /// come again.
    pub unheard_s: f64,
}

impl Default for LostTrackConfig {
    fn default() -> Self {
        Self {
            plots_min: 10,
            range_share: 0.9,
            range_m: 250_000.0,
            station_range_m: 120_000.0,
            margin_m: 600.0,
            aerodrome_m: 15_000.0,
            aerodrome_height_m: 900.0,
            descent_mps: 1.5,
            unheard_s: 27.0,
        }
    }
}

/// Positions of one target may be off by so much, metres.
const SLACK_M: f64 = 3_000.0;

/// Tracks lost in the air.
#[derive(Debug, Clone, Default)]
pub struct LostTrackRule {
    config: LostTrackConfig,
    /// Addresses of lost tracks whose alerts are open, and of these alerts the keys.
    missed: Vec<(Address, AlertKey)>,
    /// Tracks that ended and are not yet told.
    waiting: Vec<Waiting>,
}

/// A track that ended, and the running time from which on it is lost, seconds.
#[derive(Debug, Clone)]
struct Waiting {
    track: Track,
    due_s: f64,
}

impl LostTrackRule {
    /// With these thresholds.
    pub fn new(config: LostTrackConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Fires once for each track that was lost so; the alert stays open for its off-delay, and is
    /// resolved as soon as a track bears the lost one's address again.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        for ended in scene.ended {
            if self.config.is_lost(scene, ended.track, ended.reason).is_some() {
                let unheard_s = scene.now.seconds_since(ended.track.last).max(0.0);
                let due_s = scene.running_s + (self.config.unheard_s - unheard_s).max(0.0);
                self.waiting.push(Waiting { track: ended.track.clone(), due_s });
            }
        }
        if !self.waiting.is_empty() {
            self.wait(scene, firings);
        }
        self.missed.clear();
        self.missed.extend(board.open_of(Rule::LostTrack).filter_map(|alert| {
            let address = alert.facts.iter().find_map(|fact| match fact.value {
                Value::Address(address) => Some(address),
                _ => None,
            })?;
            Some((address, alert.key))
        }));
        if self.missed.is_empty() {
            return;
        }
        self.missed.sort_unstable();
        for subject in scene.tracks {
            let Some(address) = subject.track().codes.address else { continue };
            let from = self.missed.partition_point(|(missed, _)| *missed < address);
            let found = self.missed[from..].iter().take_while(|(missed, _)| *missed == address);
            found.for_each(|(_, key)| firings.resolve(*key));
        }
    }
}

impl LostTrackRule {
    /// Tells those that were not heard again in time. A sensor that fell silent meanwhile counts.
    fn wait(&mut self, scene: &Scene<'_>, firings: &mut Firings) {
        let config = self.config;
        self.waiting.retain(|Waiting { track, due_s }| {
            if scene.tracks.iter().any(|subject| config.goes_on(track, subject.track())) {
                return false;
            }
            if scene.running_s < *due_s {
                return true;
            }
            if let Some(sensor) = config.is_lost(scene, track, EndReason::Lost) {
                let unheard_s = scene.now.seconds_since(track.last).max(0.0);
                tell(track, sensor, (unheard_s, config.unheard_s), firings);
            }
            false
        });
    }
}

/// Tells that it was not heard for so long, and for how long it must not be.
fn tell(
    track: &Track,
    sensor: &SensorFact<'_>,
    (unheard_s, limit_s): (f64, f64),
    firings: &mut Firings,
) {
    let key = AlertKey::of_track(Rule::LostTrack, track.number);
    let facts = firings.fire(key, Severity::Caution, None);
    let (unheard, limit) = (Value::SpanS(unheard_s), Value::SpanS(limit_s));
    facts.push(Fact::against("not heard for", unheard, limit));
    facts.push(Fact::new("last seen", Value::At(track.last)));
    facts.push(Fact::new("last position", Value::Place(track.position)));
    facts.push(Fact::new("in range of", Value::Sensor(sensor.sensor.id)));
    if let Some(address) = track.codes.address {
        facts.push(Fact::new("address", Value::Address(address)));
    }
    if let Some(code) = track.codes.mode_3a {
        facts.push(Fact::new("code", Value::Code(code)));
    }
    if let Some(altitude_m) = track.pressure_altitude_m {
        facts.push(Fact::new("last level", Value::HeightM(altitude_m)));
    }
}

impl LostTrackConfig {
    /// Whether a track that is there is the one that ended: it bears its address; or, of one without,
    /// it began later, tells its code, and is where that one can be by now.
    fn goes_on(&self, lost: &Track, there: &Track) -> bool {
        if lost.codes.address.is_some() {
            return there.codes.address == lost.codes.address;
        }
        let since_s = there.last.seconds_since(lost.last);
        let reach_m = SLACK_M + 1.5 * super::speed_mps(lost) * since_s.max(0.0);
        let [from, to] = [lost, there].map(|track| track.position.at_height(0.0).to_ecef());
        there.first > lost.last
            && there.codes.mode_3a == lost.codes.mode_3a
            && from.distance_m(to) <= reach_m
    }

    /// The sensor that should see a track where it ended, if that is nothing in order.
    fn is_lost<'s>(
        &self,
        scene: &Scene<'s>,
        track: &Track,
        reason: EndReason,
    ) -> Option<&'s SensorFact<'s>> {
        let plots: u32 = track.contributors.iter().map(|contributor| contributor.plots).sum();
        let airborne = reason == EndReason::Lost && !track.on_ground;
        if !airborne || plots < self.plots_min || self.is_landing(scene.aerodromes, track) {
            return None;
        }
        let mut held = track.contributors.iter().filter_map(|c| scene.sensor(c.sensor));
        held.find(|fact| self.should_see(fact, track))
    }

    fn is_landing(&self, aerodromes: &[AerodromeFact], track: &Track) -> bool {
        let frame = LocalFrame::at(track.position);
        aerodromes.iter().any(|aerodrome| {
            let to = frame.enu_from_geodetic(aerodrome.position);
            let height_m = height_of(track) - aerodrome.position.height_m;
            let descends =
                track.vertical_rate_mps.is_some_and(|climb_mps| climb_mps <= -self.descent_mps);
            to.east.hypot(to.north) <= self.aerodrome_m
                && (height_m <= self.aerodrome_height_m
                    || descends && height_m <= 2.0 * self.aerodrome_height_m)
        })
    }

    /// Whether a sensor that held the track should see it where it ended. One that is silent has
    /// its own alert.
    fn should_see(&self, fact: &SensorFact<'_>, track: &Track) -> bool {
        let cover = Cover {
            range_share: self.range_share,
            range_m: self.range_m,
            station_range_m: self.station_range_m,
            margin_m: self.margin_m,
        };
        fact.silent_since.is_none() && cover.holds(fact.sensor, track)
    }
}
