//! What one transmitter tells of one aircraft at one receiver, held against what it told before.

use crate::judge::{Doubt, DoubtKind, Limits};
use crate::{Location, Mac, Point, Sighting, Stamp, Transport};
use geodesy::{Ecef, Geodetic};
use surveillance::{SensorId, Time};

/// Metres by which a position is off where its accuracy is not told.
const ACCURACY_M: f64 = 15.0;
/// Seconds by which a position may be older or younger than its receipt says.
const AGE_SLACK_S: f64 = 1.0;
/// Below this an aircraft that tells a speed may really hover, m/s.
const HOVERS_BELOW_MPS: f64 = 3.0;
/// So many times the same thing, for what may happen once by chance.
const TIMES: u32 = 2;
/// So many contents under one counter, or places at one time.
const CONTENTS: u32 = 3;
/// Broadcasts closer together than this are one, sent twice, seconds.
const TWICE_S: f64 = 0.5;
/// By how much a time may go back without meaning anything, seconds.
const BACK_SLACK_S: f64 = 2.0;

/// One transmitter's telling of one identification, as one receiver hears it: two receivers' orders
/// may differ, and what is between them is no motion.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) mac: Mac,
    pub(crate) sensor: SensorId,
    /// Number of its own, once it is known to be at another place than the first.
    pub(crate) apart: Option<u32>,
    /// How often it was where none can be that is where those without a number of their own are.
    pub(crate) elsewhere: u32,
    pub(crate) last: Time,
    /// The last place, and when it was first told.
    place: Option<(Point, Time)>,
    location: Location,
    counter: Option<u16>,
    /// Since when, and over how many broadcasts, the place and the sequence have not changed.
    still: Run,
    sequence: Run,
    /// Contents under the counter that holds; places at the time that holds.
    contents: u32,
    places: u32,
    faster: u32,
    backwards: u32,
}

/// An unbroken run of the same.
#[derive(Debug, Clone, Copy)]
struct Run {
    since: Time,
    last: Time,
    count: u32,
}

impl Run {
    fn new(at: Time) -> Self {
        Self { since: at, last: at, count: 1 }
    }

    fn again(&mut self, at: Time) {
        if at.seconds_since(self.last) > TWICE_S {
            self.count = self.count.saturating_add(1);
            self.last = at;
        }
    }

    fn lasts_s(&self) -> Option<f64> {
        (self.count > CONTENTS).then(|| self.last.seconds_since(self.since))
    }
}

impl Chain {
    pub(crate) fn new(sighting: &Sighting, counter: Option<u16>) -> Self {
        let at = sighting.received;
        Self {
            mac: sighting.transmitter,
            sensor: sighting.sensor,
            apart: None,
            elsewhere: 0,
            last: at,
            place: sighting.location.point.map(|point| (point, at)),
            location: sighting.location,
            counter,
            still: Run::new(at),
            sequence: Run::new(at),
            contents: 1,
            places: 1,
            faster: 0,
            backwards: 0,
        }
    }

    /// Where it was last, and when it first said so.
    pub(crate) fn place(&self) -> Option<(Point, Time)> {
        self.place
    }

    /// Holds what it tells now against what it told, and keeps it.
    pub(crate) fn take(
        &mut self,
        now: &Sighting,
        counter: Option<u16>,
        limits: &Limits,
        doubts: &mut dyn FnMut(Doubt),
    ) {
        let at = now.received;
        let changed = now.location != self.location;
        let moved = now.location.point.is_some()
            && now.location.point != self.place.map(|(point, _)| point);
        let same_stamp = now.location.stamp.is_some() && now.location.stamp == self.location.stamp;
        self.judge_counter(now, counter, changed, limits, doubts);
        if moved {
            self.judge_move(now, limits, doubts);
        }
        self.judge_still(now, moved, limits, doubts);
        self.judge_acceleration(now, limits, doubts);
        if !same_stamp {
            self.places = 1;
            self.judge_time(now, doubts);
        } else if moved {
            self.places = self.places.saturating_add(1);
        }
        if self.places > CONTENTS {
            let (found, limit) = (f64::from(self.places), 1.0);
            doubts(Doubt { kind: DoubtKind::TimeStandsStill, found, limit });
        }
        if let Some(point) = now.location.point.filter(|_| moved) {
            self.place = Some((point, at));
        }
        self.location = now.location;
        self.counter = counter;
        self.last = self.last.max(at);
    }

    fn judge_counter(
        &mut self,
        now: &Sighting,
        counter: Option<u16>,
        changed: bool,
        limits: &Limits,
        doubts: &mut dyn FnMut(Doubt),
    ) {
        if counter.is_none() || counter != self.counter {
            self.contents = 1;
            self.sequence = Run::new(now.received);
            return;
        }
        self.sequence.again(now.received);
        self.contents = self.contents.saturating_add(u32::from(changed));
        if now.transport == Transport::DjiBeacon {
            if let Some(found) = self.sequence.lasts_s().filter(|s| *s >= limits.still_max_s) {
                let limit = limits.still_max_s;
                doubts(Doubt { kind: DoubtKind::SequenceStandsStill, found, limit });
            }
        } else if self.contents > CONTENTS {
            let (found, limit) = (f64::from(self.contents), 1.0);
            doubts(Doubt { kind: DoubtKind::CounterStandsStill, found, limit });
        }
    }

    fn judge_move(&mut self, now: &Sighting, limits: &Limits, doubts: &mut dyn FnMut(Doubt)) {
        let (Some((before, then)), Some(after)) = (self.place, now.location.point) else { return };
        let accuracy_m = |location: &Location| location.horizontal_accuracy_m.unwrap_or(ACCURACY_M);
        let off_m = accuracy_m(&self.location) + accuracy_m(&now.location);
        let gone_m = (distance_m(before, after) - off_m).max(0.0);
        // The longer of what the clocks say, in favour of the aircraft.
        let told_s = seconds_between(self.location.stamp, now.location.stamp).unwrap_or(0.0);
        let span_s = now.received.seconds_since(then).max(told_s).max(0.0) + AGE_SLACK_S;
        let speed_mps = gone_m / span_s;
        if speed_mps > limits.speed_max_mps {
            let (found, limit) = (speed_mps, limits.speed_max_mps);
            doubts(Doubt { kind: DoubtKind::Leap, found, limit });
        }
        let told = [&self.location, &now.location].map(|location| location.speed_mps);
        let told_mps = told.into_iter().flatten().reduce(f64::max);
        let limit = told_mps.map(|told_mps| 2.0 * told_mps + limits.speed_slack_mps);
        match limit {
            Some(limit) if speed_mps > limit => {
                self.faster = self.faster.saturating_add(1);
                if self.faster >= TIMES {
                    doubts(Doubt { kind: DoubtKind::FasterThanTold, found: speed_mps, limit });
                }
            }
            _ => self.faster = 0,
        }
    }

    fn judge_still(
        &mut self,
        now: &Sighting,
        moved: bool,
        limits: &Limits,
        doubts: &mut dyn FnMut(Doubt),
    ) {
        let location = &now.location;
        let tells_motion = location.moves == Some(true)
            && location.speed_mps.is_none_or(|mps| mps >= HOVERS_BELOW_MPS);
        if moved || !tells_motion || location.point.is_none() {
            self.still = Run::new(now.received);
            return;
        }
        self.still.again(now.received);
        if let Some(found) = self.still.lasts_s().filter(|s| *s >= limits.still_max_s) {
            let limit = limits.still_max_s;
            doubts(Doubt { kind: DoubtKind::StandsStill, found, limit });
        }
    }

    fn judge_acceleration(
        &mut self,
        now: &Sighting,
        limits: &Limits,
        doubts: &mut dyn FnMut(Doubt),
    ) {
        let velocity = |location: &Location| {
            let (speed, course) = (location.speed_mps?, location.course_rad?);
            Some([speed * course.sin(), speed * course.cos()])
        };
        let (Some(before), Some(after)) = (velocity(&self.location), velocity(&now.location))
        else {
            return;
        };
        let change_mps = (after[0] - before[0]).hypot(after[1] - before[1]);
        let span_s = now.received.seconds_since(self.last).max(0.0) + AGE_SLACK_S;
        let found = change_mps / span_s;
        if found > limits.acceleration_max_mps2 {
            let limit = limits.acceleration_max_mps2;
            doubts(Doubt { kind: DoubtKind::Accelerates, found, limit });
        }
    }

    fn judge_time(&mut self, now: &Sighting, doubts: &mut dyn FnMut(Doubt)) {
        let Some(step_s) = seconds_between(self.location.stamp, now.location.stamp) else { return };
        if step_s < -BACK_SLACK_S {
            self.backwards = self.backwards.saturating_add(1);
        }
        if self.backwards >= TIMES && step_s < -BACK_SLACK_S {
            let (found, limit) = (-step_s, BACK_SLACK_S);
            doubts(Doubt { kind: DoubtKind::TimeBackwards, found, limit });
        }
    }
}

/// From one time of measurement to the next, seconds; within an hour by the shorter way.
fn seconds_between(before: Option<Stamp>, after: Option<Stamp>) -> Option<f64> {
    match (before?, after?) {
        (Stamp::TenthsOfHour(before), Stamp::TenthsOfHour(after)) => {
            let tenths = (i32::from(after) - i32::from(before)).rem_euclid(36_000);
            Some(f64::from(if tenths > 18_000 { tenths - 36_000 } else { tenths }) * 0.1)
        }
        (Stamp::At(before), Stamp::At(after)) => Some(after.seconds_since(before)),
        _ => None,
    }
}

fn ecef(point: Point) -> Ecef {
    let Point { latitude_rad, longitude_rad } = point;
    Geodetic { latitude_rad, longitude_rad, height_m: 0.0 }.to_ecef()
}

/// Along a straight line; on Earth at most a part in six of the way round is shorter by 5 %.
pub(crate) fn distance_m(a: Point, b: Point) -> f64 {
    ecef(a).distance_m(ecef(b))
}
