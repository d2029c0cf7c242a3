//! Many airspaces, searchable.

use super::geometry::{
    Box3, Foot, Passages, SIDES_OF_ALL_MAX, Shape, Track, Vec3, arc_m, chord_m, cross, dot, unit,
};
use super::index::Index;
use super::{Airspace, Answer, Defect, Fault, Heights};
use geodesy::{Enu, Geodetic, LocalFrame};
use std::collections::BTreeMap;
use surveillance::Time;

/// Longest straight flight that is predicted, metres.
pub const PATH_MAX_M: f64 = 1_000_000.0;
/// No radius of the ellipsoid is smaller, metres: a path is made a little too long, and what lies
/// past the horizon is left out by its time.
const RADIUS_MIN_M: f64 = 6_300_000.0;
/// Most airspaces in one set.
pub const AIRSPACES_MAX: usize = 200_000;

/// Airspaces with what it takes to ask them fast. Answers are the same for the same questions, in
/// the order of the airspaces.
#[derive(Debug, Clone, Default)]
pub struct Airspaces {
    airspaces: Vec<Airspace>,
    shapes: Vec<Shape>,
    index: Index,
    by_name: BTreeMap<String, AirspaceId>,
}

/// An airspace by its place in its [`Airspaces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AirspaceId(pub u32);

/// An airspace whose ground is below a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub airspace: AirspaceId,
    /// Whether the height is between its limits.
    pub vertical: Answer,
    /// Whether it is active.
    pub active: Answer,
}

/// Something that moves: where, how high, how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Where. Its height is not used: heights stand beside it.
    pub position: Geodetic,
    /// How high, as far as known.
    pub heights: Heights,
    /// Over the ground, m/s in east, north, up at the position; up is the rate at which every height
    /// changes.
    pub velocity: Enu,
    /// When, UTC.
    pub at: Time,
}

/// Where a straight flight enters or leaves an airspace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Which.
    pub airspace: AirspaceId,
    /// Seconds until it first may be so, by what is not known; 0 if now.
    pub after_s: f64,
    /// Seconds until it first is so for certain; `None` if not within the horizon.
    pub surely_after_s: Option<f64>,
    /// Where it then is (after `after_s`); its height is the motion's position's, moved.
    pub place: Geodetic,
}

/// Buffers that queries work in, kept by the caller so that none allocates.
#[derive(Debug, Default)]
pub struct Scratch {
    candidates: Vec<u32>,
    passages: Passages,
    /// Seconds at which an answer may change.
    cuts_s: Vec<f64>,
}

impl Hit {
    /// Inside in height and in time.
    pub fn answer(&self) -> Answer {
        self.vertical.and(self.active)
    }
}

impl Airspaces {
    /// Makes them searchable, in their order. Names may repeat: the parts of an airspace often
    /// share one.
    ///
    /// # Errors
    /// Every airspace that has a fault, by name and line.
    pub fn build(airspaces: Vec<Airspace>) -> Result<Self, Vec<Defect>> {
        let mut defects = Vec::new();
        if airspaces.len() > AIRSPACES_MAX {
            let fault = Fault::TooMuch { what: "airspaces", limit: AIRSPACES_MAX };
            return Err(vec![Defect {
                line: None,
                field: "airspaces".to_owned(),
                name: None,
                fault,
            }]);
        }
        let mut shapes: Vec<Shape> = Vec::with_capacity(airspaces.len());
        let mut sides = 0;
        for airspace in &airspaces {
            match airspace.shape() {
                Ok(shape) => {
                    sides += shape.sides();
                    shapes.push(shape);
                }
                Err(defect) => defects.push(defect),
            }
            if sides > SIDES_OF_ALL_MAX {
                let fault =
                    Fault::TooMuch { what: "sides of all airspaces", limit: SIDES_OF_ALL_MAX };
                defects.push(airspace.defect("geometry", fault));
                break;
            }
        }
        if !defects.is_empty() {
            return Err(defects);
        }
        let mut by_name = BTreeMap::new();
        for (airspace, id) in airspaces.iter().zip(0..) {
            by_name.entry(airspace.name.clone()).or_insert(AirspaceId(id));
        }
        let index = Index::of(shapes.iter().map(|shape| shape.bounds));
        Ok(Self { airspaces, shapes, index, by_name })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.airspaces.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.airspaces.is_empty()
    }

    /// Each, in order.
    pub fn iter(&self) -> impl Iterator<Item = (AirspaceId, &Airspace)> {
        self.airspaces.iter().zip(0..).map(|(airspace, id)| (AirspaceId(id), airspace))
    }

    /// The airspace of an id of this set.
    pub fn get(&self, id: AirspaceId) -> Option<&Airspace> {
        self.airspaces.get(id.0 as usize)
    }

    /// The first of that name.
    pub fn find(&self, name: &str) -> Option<AirspaceId> {
        self.by_name.get(name).copied()
    }

    /// Area on the ellipsoid, m²; of a corridor, as if it did not turn. `None` for an id of
    /// another set.
    pub fn area_m2(&self, id: AirspaceId) -> Option<f64> {
        self.shapes.get(id.0 as usize).map(|shape| shape.area_m2)
    }

    /// Corners of each outline of each part, as directions from the Earth's centre.
    pub(super) fn outlines(
        &self,
        id: AirspaceId,
    ) -> impl Iterator<Item = impl Iterator<Item = Vec<Vec3>>> {
        self.shapes.get(id.0 as usize).into_iter().flat_map(Shape::outlines)
    }

    /// Fills `hits` with each airspace that `position` is over or under, in order, and what can be
    /// said of its limits and times. Those that it is surely above, below or out of hours of are
    /// told too: see [`Hit::answer`].
    pub fn holding(&self, position: Geodetic, heights: &Heights, at: Time, hits: &mut Vec<Hit>) {
        hits.clear();
        let foot = Foot::of(position);
        self.index.meeting(&Box3 { low: foot.unit, high: foot.unit }, |index| {
            if self.shapes[index as usize].holds(&foot) {
                let airspace = &self.airspaces[index as usize];
                hits.push(Hit {
                    airspace: AirspaceId(index),
                    vertical: airspace.limits.answer(heights),
                    active: airspace.activation.at(at),
                });
            }
        });
        hits.sort_unstable_by_key(|hit| hit.airspace);
    }

    /// Along the ellipsoid to the nearest point of the airspace's edge, metres, negative inside;
    /// limits and times do not count. Right to 1 m up to 100 km and 10 m up to 1,000 km. `None` for
    /// an id of another set.
    pub fn distance_m(&self, id: AirspaceId, position: Geodetic) -> Option<f64> {
        self.shapes.get(id.0 as usize).map(|shape| shape.distance_m(&Foot::of(position)))
    }

    /// Fills `near` with each airspace no further than `within_m` from the position over the
    /// ground, in order, with [`Airspaces::distance_m`].
    pub fn near(&self, position: Geodetic, within_m: f64, near: &mut Vec<(AirspaceId, f64)>) {
        near.clear();
        let foot = Foot::of(position);
        let around = Box3 { low: foot.unit, high: foot.unit };
        let reach = chord_m(within_m.max(0.0)) / RADIUS_MIN_M;
        self.index.meeting(&around.widened(reach), |index| {
            let distance_m = self.shapes[index as usize].distance_m(&foot);
            if distance_m <= within_m {
                near.push((AirspaceId(index), distance_m));
            }
        });
        near.sort_unstable_by_key(|(airspace, _)| *airspace);
    }

    /// Fills `found` with each airspace that a straight flight is in within `horizon_s`, in order,
    /// and when it first is (0 s: now). Straight is a great ellipse at constant speed and climb, up
    /// to [`PATH_MAX_M`]; the ground below stays as high as `motion` says.
    pub fn entries(
        &self,
        motion: &Motion,
        horizon_s: f64,
        scratch: &mut Scratch,
        found: &mut Vec<Crossing>,
    ) {
        self.along(motion, horizon_s, Sense::Entry, scratch, found);
    }

    /// Fills `found` with each airspace that the flight is in now, or may be, and is out of within
    /// `horizon_s`, in order; otherwise as [`Airspaces::entries`].
    pub fn exits(
        &self,
        motion: &Motion,
        horizon_s: f64,
        scratch: &mut Scratch,
        found: &mut Vec<Crossing>,
    ) {
        self.along(motion, horizon_s, Sense::Exit, scratch, found);
    }

    /// As [`Airspaces::entries`], for one airspace.
    pub fn entry(
        &self,
        id: AirspaceId,
        motion: &Motion,
        horizon_s: f64,
        scratch: &mut Scratch,
    ) -> Option<Crossing> {
        self.crossing(id, &Flight::of(motion, horizon_s)?, Sense::Entry, scratch)
    }

    /// As [`Airspaces::exits`], for one airspace.
    pub fn exit(
        &self,
        id: AirspaceId,
        motion: &Motion,
        horizon_s: f64,
        scratch: &mut Scratch,
    ) -> Option<Crossing> {
        self.crossing(id, &Flight::of(motion, horizon_s)?, Sense::Exit, scratch)
    }

    fn along(
        &self,
        motion: &Motion,
        horizon_s: f64,
        sense: Sense,
        scratch: &mut Scratch,
        found: &mut Vec<Crossing>,
    ) {
        found.clear();
        let Some(flight) = Flight::of(motion, horizon_s) else { return };
        let mut candidates = std::mem::take(&mut scratch.candidates);
        candidates.clear();
        self.index.meeting(&flight.around(), |index| candidates.push(index));
        candidates.sort_unstable();
        for index in &candidates {
            found.extend(self.crossing(AirspaceId(*index), &flight, sense, scratch));
        }
        scratch.candidates = candidates;
    }

    fn crossing(
        &self,
        id: AirspaceId,
        flight: &Flight<'_>,
        sense: Sense,
        scratch: &mut Scratch,
    ) -> Option<Crossing> {
        let (airspace, shape) =
            (self.airspaces.get(id.0 as usize)?, self.shapes.get(id.0 as usize)?);
        let mut inside = shape.passages(&flight.track, &mut scratch.passages);
        let changes = &mut scratch.passages.changes;
        if inside == 0 && changes.is_empty() {
            return None;
        }
        // From angles to seconds.
        changes.iter_mut().for_each(|change| change.0 = flight.time_s(change.0));
        let cuts = &mut scratch.cuts_s;
        cuts.clear();
        cuts.extend(changes.iter().map(|change| change.0));
        flight.vertical_cuts(airspace, cuts);
        airspace.activation.changes(
            flight.motion.at,
            flight.motion.at.plus_seconds(flight.horizon_s),
            &mut |at| cuts.push(at.seconds_since(flight.motion.at)),
        );
        cuts.retain(|cut| *cut > 0.0 && *cut < flight.horizon_s);
        cuts.push(flight.horizon_s);
        cuts.sort_unstable_by(f64::total_cmp);

        let mut finding = Finding::default();
        let (mut begin_s, mut next) = (0.0, 0);
        for end_s in cuts.iter().copied() {
            if end_s <= begin_s && flight.horizon_s > 0.0 {
                continue;
            }
            let between_s = (begin_s + end_s) / 2.0;
            while let Some(change) = changes.get(next).filter(|change| change.0 <= between_s) {
                inside += change.1;
                next += 1;
            }
            let answer = flight.answer(airspace, inside > 0, between_s);
            if finding.sees(sense, begin_s, answer) {
                break;
            }
            begin_s = end_s;
        }
        let after_s = finding.possibly_s?;
        Some(Crossing {
            airspace: id,
            after_s,
            surely_after_s: finding.surely_s,
            place: flight.place(after_s),
        })
    }
}

impl Airspace {
    fn defect(&self, field: &str, fault: Fault) -> Defect {
        let (field, name) = (field.to_owned(), Some(self.name.clone()));
        Defect { line: self.line, field, name, fault }
    }

    /// The airspace made searchable, or what is wrong with it.
    pub(super) fn shape(&self) -> Result<Shape, Defect> {
        if self.limits.upside_down() {
            let (lower, upper) = (self.limits.lower.to_string(), self.limits.upper.to_string());
            return Err(self.defect("limits", Fault::LimitsUpsideDown { lower, upper }));
        }
        Shape::new(&self.geometry).map_err(|fault| self.defect("geometry", fault))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Entry,
    Exit,
}

/// When what is sought first may be, and first surely is.
#[derive(Default)]
struct Finding {
    possibly_s: Option<f64>,
    surely_s: Option<f64>,
    begun: bool,
}

impl Finding {
    /// Takes the answer that holds from `begin_s` on; says whether there is nothing more to find.
    fn sees(&mut self, sense: Sense, begin_s: f64, answer: Answer) -> bool {
        let sought = match (sense, answer) {
            (Sense::Entry, answer) => answer,
            (Sense::Exit, Answer::Inside) => Answer::Outside,
            (Sense::Exit, Answer::Outside) => Answer::Inside,
            (Sense::Exit, Answer::Unknown) => Answer::Unknown,
        };
        let first = !std::mem::replace(&mut self.begun, true);
        if first && sense == Sense::Exit && sought == Answer::Inside {
            // It is not in: there is nothing to leave.
            return true;
        }
        if sought >= Answer::Unknown {
            self.possibly_s.get_or_insert(begin_s);
        }
        if sought == Answer::Inside {
            self.surely_s.get_or_insert(begin_s);
        }
        self.surely_s.is_some()
    }
}

/// A motion with its path over the ground.
struct Flight<'a> {
    motion: &'a Motion,
    horizon_s: f64,
    speed_mps: f64,
    track: Track,
}

impl<'a> Flight<'a> {
    /// `None` where the position, the velocity or the horizon is no number.
    fn of(motion: &'a Motion, horizon_s: f64) -> Option<Self> {
        let Enu { east, north, up } = motion.velocity;
        let speed_mps = east.hypot(north);
        let position = motion.position.at_height(0.0);
        let from = Foot::of(position);
        if !(speed_mps.is_finite()
            && up.is_finite()
            && horizon_s >= 0.0
            && from.unit[0].is_finite())
        {
            return None;
        }
        let horizon_s = horizon_s.min(1e9);
        let level = Enu { east, north, up: 0.0 };
        let direction = LocalFrame::at(position).rotate_to_ecef(level);
        let along = dot(direction, from.unit);
        let upright = [0, 1, 2].map(|axis| direction[axis] - along * from.unit[axis]);
        // Whoever stands still has a path of no length, in any direction.
        let ahead = unit(upright).or_else(|| unit(cross(from.unit, [0.6, 0.64, 0.48])))?;
        let reach_rad = (speed_mps * horizon_s).min(PATH_MAX_M) / RADIUS_MIN_M;
        let mut track = Track { from, to: from.unit, ahead, reach_rad };
        track.to = track.at(reach_rad);
        Some(Self { motion, horizon_s, speed_mps, track })
    }

    /// Holds all of the path, as directions from the Earth's centre.
    fn around(&self) -> Box3 {
        let mut around = Box3::EMPTY;
        around.add(self.track.from.unit);
        around.add(self.track.to);
        around.widened(1.0 - (self.track.reach_rad / 2.0).cos())
    }

    /// When it is `angle_rad` along its path, seconds.
    fn time_s(&self, angle_rad: f64) -> f64 {
        let there = Foot::in_direction(self.track.at(angle_rad));
        let gap = [0, 1, 2].map(|axis| there.ecef[axis] - self.track.from.ecef[axis]);
        arc_m(dot(gap, gap).sqrt()) / self.speed_mps
    }

    /// Where it is after a time.
    fn place(&self, after_s: f64) -> Geodetic {
        let distance_m = (self.speed_mps * after_s).min(PATH_MAX_M);
        // The path's angle for a length differs along it: one correction is enough.
        let mut angle_rad = distance_m / RADIUS_MIN_M;
        for _ in 0..2 {
            let reached_m = self.time_s(angle_rad) * self.speed_mps;
            if reached_m > 0.0 {
                angle_rad *= distance_m / reached_m;
            }
        }
        let height_m = self.motion.position.height_m + self.motion.velocity.up * after_s;
        Foot::in_direction(self.track.at(angle_rad)).position().at_height(height_m)
    }

    /// Appends the seconds at which the answer about the limits may change.
    fn vertical_cuts(&self, airspace: &Airspace, cuts_s: &mut Vec<f64>) {
        let rate_mps = self.motion.velocity.up;
        if rate_mps == 0.0 {
            return;
        }
        for limit in [airspace.limits.lower, airspace.limits.upper] {
            if let Some((near_m, far_m)) = self.motion.heights.climb_to(limit) {
                cuts_s.extend([near_m / rate_mps, far_m / rate_mps]);
            }
        }
    }

    fn answer(&self, airspace: &Airspace, over: bool, after_s: f64) -> Answer {
        if !over {
            return Answer::Outside;
        }
        let heights = self.motion.heights.raised(self.motion.velocity.up * after_s);
        airspace
            .limits
            .answer(&heights)
            .and(airspace.activation.at(self.motion.at.plus_seconds(after_s)))
    }
}
