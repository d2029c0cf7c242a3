//! One discrete code, or one 24-bit address, at two targets.

use crate::trust::Twin;
use crate::{AlertKey, Board, Cause, Fact, Firings, Rule, Scene, Severity, Subject, Value};
use surveillance::{AddressKind, Mode3A, Phase, Track};

/// When two targets may not bear the same.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateConfig {
    /// Two targets with one discrete code matter within this distance, metres. 300 km: codes are
    /// given anew beyond a participating area (ICAO EUR Doc 023, ORCAM).
    pub code_range_m: f64,
    /// Codes that units give to many beside those of [`Mode3A::is_shared`].
    pub conspicuity: Vec<Mode3A>,
    /// Two tracks of one address are two targets from this distance on, metres, beyond what their
    /// uncertainty and the time between them explain. 10 km: a biased radar's track of the same
    /// aircraft is nearer.
    pub address_distance_m: f64,
    /// An alert of that ends below this share of the distance.
    pub exit_share: f64,
    /// Only tracks that were updated within this time count, seconds.
    pub fresh_s: f64,
}

impl Default for DuplicateConfig {
    fn default() -> Self {
        Self {
            code_range_m: 300_000.0,
            conspicuity: Vec::new(),
            address_distance_m: 10_000.0,
            exit_share: 0.7,
            fresh_s: 30.0,
        }
    }
}

/// Tracks of one code that each track is compared with at most, so that an exercise in which
/// everyone has one code costs no more than twenty that have.
const COMPARED_MAX: usize = 16;

/// Codes and addresses at two targets. Of many targets with one code each is in a row with the
/// next by number, so that there are fewer rows than targets.
#[derive(Debug, Clone, Default)]
pub struct DuplicateRule {
    config: DuplicateConfig,
    /// Code or address, and place in the scene.
    marks: Vec<(u32, u32)>,
}

impl DuplicateRule {
    /// With these thresholds.
    pub fn new(config: DuplicateConfig) -> Self {
        Self { config, marks: Vec::new() }
    }

    /// Fires for each two targets that bear the same.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.marks.clear();
        self.marks.extend(self.config.codes(scene));
        self.marks.sort_unstable();
        for same in self.marks.chunk_by(|a, b| a.0 == b.0) {
            for (place, (code, later)) in same.iter().enumerate().skip(1) {
                let later = &scene.tracks[*later as usize];
                let earlier = same[..place].iter().rev().take(COMPARED_MAX);
                let mut earlier = earlier.map(|(_, index)| &scene.tracks[*index as usize]);
                if let Some(other) = earlier.find(|other| self.config.is_in_range(other, later)) {
                    let code = Mode3A::new(*code as u16);
                    let key = AlertKey::of_pair(
                        Rule::DuplicateCode,
                        Cause::Code(code),
                        other.number(),
                        later.number(),
                    );
                    let facts = firings.fire(key, Severity::Advisory, None);
                    facts.push(Fact::new("code", Value::Code(code)));
                    let apart = Value::DistanceM(distance_m(other.track(), later.track()));
                    let limit = Value::DistanceM(self.config.code_range_m);
                    facts.push(Fact::against("apart", apart, limit));
                }
            }
        }
        self.marks.clear();
        self.marks.extend(self.config.addresses(scene));
        self.marks.sort_unstable();
        for same in self.marks.chunk_by(|a, b| a.0 == b.0) {
            for pair in same.windows(2) {
                let [a, b] = [pair[0].1, pair[1].1].map(|index| &scene.tracks[index as usize]);
                self.config.fire_address(a, b, board, firings);
            }
        }
        for subject in scene.tracks {
            let Some(twin) = &subject.twin else { continue };
            // Where there are two tracks of it they are told of.
            let bits = twin.address.bits();
            let from = self.marks.partition_point(|mark| mark.0 < bits);
            let tracks = self.marks[from..].iter().take_while(|mark| mark.0 == bits).count();
            if tracks < 2 {
                fire_twin(subject, twin, firings);
            }
        }
    }
}

impl DuplicateConfig {
    fn is_fresh(&self, scene: &Scene<'_>, track: &Track) -> bool {
        // Before the newest second of the picture, not of the clock, which may step.
        track.phase == Phase::Confirmed
            && scene.now.seconds_since(track.last).abs() <= self.fresh_s
            && !track.on_ground
    }

    fn codes<'s>(&'s self, scene: &'s Scene<'_>) -> impl Iterator<Item = (u32, u32)> + 's {
        scene.tracks.iter().enumerate().filter_map(|(index, subject)| {
            let track = subject.track();
            let code = track.codes.mode_3a?;
            let discrete = !code.is_shared() && !self.conspicuity.contains(&code);
            (discrete && self.is_fresh(scene, track)).then_some((code.bits().into(), index as u32))
        })
    }

    fn addresses<'s>(&'s self, scene: &'s Scene<'_>) -> impl Iterator<Item = (u32, u32)> + 's {
        scene.tracks.iter().enumerate().filter_map(|(index, subject)| {
            let track = subject.track();
            let address = track.codes.address.filter(|a| a.kind() == AddressKind::Icao)?;
            self.is_fresh(scene, track).then_some((address.bits(), index as u32))
        })
    }

    /// Whether two targets of one code are so near that it matters. Two tracks of one address are
    /// one aircraft, whatever its code.
    fn is_in_range(&self, a: &Subject<'_>, b: &Subject<'_>) -> bool {
        let (a, b) = (a.track(), b.track());
        let one = a.codes.address.is_some() && a.codes.address == b.codes.address;
        !one && distance_m(a, b) <= self.code_range_m
    }

    fn fire_address(&self, a: &Subject<'_>, b: &Subject<'_>, board: &Board, firings: &mut Firings) {
        let Some(address) = a.track().codes.address else { return };
        let cause = Cause::Address(address);
        let key = AlertKey::of_pair(Rule::DuplicateAddress, cause, a.number(), b.number());
        let share = if board.is_open(&key) { self.exit_share } else { 1.0 };
        let (a, b) = (a.track(), b.track());
        let apart_s = a.time.seconds_since(b.time).abs();
        let speed_mps = super::speed_mps(a).max(super::speed_mps(b));
        let limit_m =
            self.address_distance_m * share + speed_mps * apart_s + 3.0 * (sd_m(a) + sd_m(b));
        let found_m = distance_m(a, b);
        if found_m > limit_m {
            let facts = firings.fire(key, Severity::Caution, None);
            facts.push(Fact::new("address", Value::Address(address)));
            facts.push(Fact::against(
                "distance",
                Value::DistanceM(found_m),
                Value::DistanceM(limit_m),
            ));
        }
    }
}

/// One track whose address is heard at two places.
fn fire_twin(subject: &Subject<'_>, twin: &Twin, firings: &mut Firings) {
    let cause = Cause::Address(twin.address);
    let key = AlertKey { cause, ..AlertKey::of_track(Rule::DuplicateAddress, subject.number()) };
    let facts = firings.fire(key, Severity::Caution, None);
    facts.push(Fact::new("address", Value::Address(twin.address)));
    facts.push(Fact::new("heard at", Value::Place(twin.places[0])));
    facts.push(Fact::new("and at", Value::Place(twin.places[1])));
    facts.push(Fact::against(
        "distance",
        Value::DistanceM(twin.distance_m),
        Value::DistanceM(twin.limit_m),
    ));
    facts.push(Fact::new("since", Value::At(twin.since)));
}

/// Straight-line distance, metres, at one height.
fn distance_m(a: &Track, b: &Track) -> f64 {
    let [a, b] = [a, b].map(|track| track.position.at_height(0.0).to_ecef());
    a.distance_m(b)
}

/// Standard deviation of the position along its worse axis at most, metres.
fn sd_m(track: &Track) -> f64 {
    let [east, _, north] = track.position_covariance;
    (east + north).max(0.0).sqrt()
}
