//! A plan's route over the ground: points joined by geodesics, with a time and a level at each.
//!
//! [`Trajectory::expand`] makes one; [`mod@line`] measures against it. Times are from take-off: from
//! field 16b and EET/ where they are said, and between them from the true airspeed of field 15. The
//! wind is not known: what EET/ and field 16b say has the filer's forecast in it, the rest has none.

mod expand;
mod line;

pub use expand::{Places, RouteFault};
pub use line::Located;

use super::{Level, Speed};
use geodesy::{Ecef, Geodetic};
use line::Line;
use surveillance::{Time, Track};

/// A point of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutePoint {
    /// As the plan names it.
    pub name: String,
    /// Where, at height 0.
    pub position: Geodetic,
    /// From the first point along the route, metres.
    pub along_m: f64,
    /// Planned, from take-off, seconds.
    pub elapsed_s: f64,
    /// Cruising level from here.
    pub level: Option<Level>,
    /// True airspeed from here.
    pub speed: Option<Speed>,
}

/// Where the times between points come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Field 16b, and EET/ where it names points, or calculated by a centre (RTEPTS); speeds only
    /// between them.
    Filed,
    /// Field 15 alone: still air.
    Speed,
    /// Neither: [`ASSUMED_SPEED_MPS`].
    Assumed,
}

/// Speed where a plan says neither speed nor elapsed time, m/s.
pub const ASSUMED_SPEED_MPS: f64 = 200.0;

/// A route over the ground. At least two points.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    points: Vec<RoutePoint>,
    line: Line,
    timing: Timing,
}

/// When a track will be over a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Over {
    /// Its place in [`Trajectory::points`].
    pub point: usize,
    /// Estimated time over, UTC.
    pub time: Time,
}

impl Trajectory {
    /// The points, first the departure; `along_m` and `elapsed_s` never fall.
    pub fn points(&self) -> &[RoutePoint] {
        &self.points
    }

    /// Where the times come from.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// From the first point to the last along the route, metres.
    pub fn length_m(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.along_m)
    }

    /// From take-off to the last point as planned, seconds.
    pub fn duration_s(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.elapsed_s)
    }

    /// Where a position is beside the route; where the route passes twice, nearer to
    /// `expected_m` along it.
    pub fn locate(&self, position: Ecef, expected_m: Option<f64>) -> Located {
        self.line.locate(position, expected_m)
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    /// Planned time from take-off at a distance along the route, seconds.
    pub fn elapsed_at(&self, along_m: f64) -> f64 {
        let leg = self.leg(|point| point.along_m <= along_m);
        let [from, to] = leg else { return self.duration_s() };
        from.elapsed_s + (to.elapsed_s - from.elapsed_s) * share(along_m, from.along_m, to.along_m)
    }

    /// Distance along the route where it should be so long after take-off, metres.
    pub fn along_at(&self, elapsed_s: f64) -> f64 {
        let leg = self.leg(|point| point.elapsed_s <= elapsed_s);
        let [from, to] = leg else { return self.length_m() };
        from.along_m + (to.along_m - from.along_m) * share(elapsed_s, from.elapsed_s, to.elapsed_s)
    }

    /// Where it is planned to be so long after take-off.
    pub fn position_at(&self, elapsed_s: f64) -> Geodetic {
        let along_m = self.along_at(elapsed_s);
        let [from, to] = self.leg(|point| point.along_m <= along_m) else {
            return self.points[0].position;
        };
        let mut leg = from.position.geodesic_to(to.position);
        leg.distance_m = (along_m - from.along_m).clamp(0.0, leg.distance_m);
        from.position.travel(leg)
    }

    /// The level planned at a distance along the route.
    pub fn level_at(&self, along_m: f64) -> Option<Level> {
        self.leg(|point| point.along_m <= along_m).first().and_then(|point| point.level)
    }

    /// The first point ahead of a distance along the route, by its place in [`Self::points`].
    pub fn next_point(&self, along_m: f64) -> Option<usize> {
        let next = self.points.partition_point(|point| point.along_m <= along_m);
        (next < self.points.len()).then_some(next)
    }

    /// Planned times over every point, UTC.
    pub fn estimates(&self, take_off: Time) -> impl Iterator<Item = Over> {
        let timed = self.points.iter().enumerate();
        timed.map(move |(point, at)| Over { point, time: take_off.plus_seconds(at.elapsed_s) })
    }

    /// Times over the points still ahead of a track, from where it is and its present ground speed;
    /// nothing while it is slower than `speed_min_mps`.
    pub fn estimates_ahead(
        &self,
        track: &Track,
        expected_m: Option<f64>,
        speed_min_mps: f64,
    ) -> impl Iterator<Item = Over> {
        let along_m = self.locate(track.position.at_height(0.0).to_ecef(), expected_m).along_m;
        let speed_mps = track.velocity.east.hypot(track.velocity.north);
        let fast = speed_mps.is_finite() && speed_mps >= speed_min_mps.max(1.0);
        let first = if fast { self.next_point(along_m) } else { None };
        let ahead = self.points.iter().enumerate().skip(first.unwrap_or(self.points.len()));
        let time = track.time;
        ahead.map(move |(point, at)| Over {
            point,
            time: time.plus_seconds((at.along_m - along_m) / speed_mps),
        })
    }

    /// The two points of the leg whose first point is the last for which `before` holds.
    fn leg(&self, before: impl Fn(&RoutePoint) -> bool) -> &[RoutePoint] {
        let next = self.points.partition_point(before).clamp(1, self.points.len() - 1);
        &self.points[next - 1..=next]
    }
}

/// How far `value` is from `from` to `to`, held in [0, 1].
fn share(value: f64, from: f64, to: f64) -> f64 {
    if to > from { ((value - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 }
}
