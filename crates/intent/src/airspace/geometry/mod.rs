//! The ground under an airspace, made searchable.
//!
//! [`Shape::new`] turns a [`Geometry`] into outlines whose sides are geodesics to within
//! [`SIDE_ERROR_M`] and whose arcs are true to [`ARC_ERROR_M`], or says what is wrong with it. A
//! shape is a union of parts, each a set of outlines of which an odd number go round a point inside.

mod area;
mod chain;
mod crossing;
mod outline;
mod raster;
mod vector;

pub(crate) use area::area_m2;
pub(crate) use chain::Box3;
pub(crate) use outline::{arc_sides, circle as arc};
pub(crate) use vector::{Foot, Vec3, arc_m, chord_m, cross, dot, sum, times, unit};

use super::{Fault, Geometry};
use chain::{Box2, Chain, Path};
use raster::{Cell, Raster};
use vector::{COS_REACH, Plane};

/// Corners that make an outline.
pub(crate) const CORNERS_MIN: usize = 3;
/// Furthest that an airspace may reach from its middle, degrees at the Earth's centre.
pub(crate) const REACH_MAX_DEG: f64 = 80.0;
/// How far a side may be from the geodesic between its corners, metres.
pub const SIDE_ERROR_M: f64 = 0.2;
/// How far the edge of a circle or an arc may be from where it should be, metres, up to a radius of
/// 100 km; for a larger one five millionths of the radius.
pub const ARC_ERROR_M: f64 = 0.5;
/// Longest side; longer ones are cut along the geodesic, metres.
pub(crate) const PIECE_M: f64 = 50_000.0;
/// Largest radius or half width, metres.
pub(crate) const SIZE_MAX_M: f64 = 5_000_000.0;
/// Most sides of one airspace.
pub(crate) const SIDES_MAX: usize = 1_000_000;
/// Most sides of all airspaces of a set or a file: long sides are cut and circles drawn, so that
/// this and not the length of a file bounds what they take.
pub(crate) const SIDES_OF_ALL_MAX: usize = 8_000_000;

/// The ground under one airspace.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    plane: Plane,
    around: Box2,
    raster: Raster,
    parts: Vec<Part>,
    edge: Edge,
    /// Holds all of the shape, its inside too, as directions from the Earth's centre.
    pub(crate) bounds: Box3,
    /// Area on the ellipsoid, m².
    pub(crate) area_m2: f64,
}

/// Outlines; what an odd number of them go round is inside.
#[derive(Debug, Clone)]
struct Part {
    around: Box2,
    outlines: Vec<Chain>,
}

/// What the distance to the edge is measured from.
#[derive(Debug, Clone)]
enum Edge {
    /// The parts' own outlines.
    Outlines,
    /// A corridor's middle line: its edge is that much further out.
    Line { line: Chain, half_width_m: f64 },
}

/// A straight flight over the ground as a great ellipse, less than a quarter of the way round.
pub(crate) struct Track {
    /// Where it begins.
    pub(crate) from: Foot,
    /// Direction of where it ends.
    pub(crate) to: Vec3,
    /// Unit vector of the plane through the Earth's centre that it lies in, at right angles to
    /// `from`, ahead.
    pub(crate) ahead: Vec3,
    /// How far it goes, radians at the Earth's centre.
    pub(crate) reach_rad: f64,
}

impl Track {
    /// The direction after `angle_rad`.
    pub(crate) fn at(&self, angle_rad: f64) -> Vec3 {
        let (sin, cos) = angle_rad.sin_cos();
        sum(times(self.from.unit, cos), times(self.ahead, sin))
    }

    /// The part of it whose angle from `middle` has a cosine above [`COS_REACH`], radians.
    fn within_reach(&self, middle: Vec3) -> Option<(f64, f64)> {
        let (along, ahead) = (dot(middle, self.from.unit), dot(middle, self.ahead));
        // A little less than what is projected, for rounding.
        let (peak, height) = (ahead.atan2(along), along.hypot(ahead));
        let half = (COS_REACH * 1.000_001 / height).acos();
        let (from, to) = ((peak - half).max(0.0), (peak + half).min(self.reach_rad));
        (from < to).then_some((from, to))
    }
}

/// Buffers of [`Shape::passages`], kept between calls so that nothing is allocated.
#[derive(Debug, Default)]
pub(crate) struct Passages {
    fractions: Vec<f64>,
    /// Angle along the track, radians, and by how many parts it then is in more.
    pub(crate) changes: Vec<(f64, i32)>,
}

impl Shape {
    /// # Errors
    /// What is wrong with the geometry.
    pub(crate) fn new(geometry: &Geometry) -> Result<Self, Fault> {
        outline::shape(geometry)
    }

    /// How many sides all outlines have.
    pub(crate) fn sides(&self) -> usize {
        self.parts.iter().flat_map(|part| &part.outlines).map(Chain::sides).sum()
    }

    /// Corners of each outline of each part, without the first again.
    pub(crate) fn outlines(&self) -> impl Iterator<Item = impl Iterator<Item = Vec<Vec3>>> {
        self.parts.iter().map(|part| {
            part.outlines.iter().map(|outline| {
                let corner = |side| self.plane.lift(outline.side(side).0);
                (0..outline.sides()).map(corner).collect()
            })
        })
    }

    pub(crate) fn holds(&self, foot: &Foot) -> bool {
        self.plane.project(foot.unit).is_some_and(|p| {
            self.around.holds(p)
                && match self.raster.at(p) {
                    Cell::Inside => true,
                    Cell::Outside => false,
                    Cell::Edge => self.parts.iter().any(|part| part.holds(p)),
                }
        })
    }

    /// Along the ellipsoid to the nearest point of the edge, metres, negative inside. Where parts
    /// of a shape touch, their common line counts as edge.
    pub(crate) fn distance_m(&self, foot: &Foot) -> f64 {
        match &self.edge {
            Edge::Outlines => {
                let outlines = self.parts.iter().flat_map(|part| &part.outlines);
                let squared = outlines
                    .fold(f64::INFINITY, |best, outline| outline.distance_squared(foot.ecef, best));
                let distance_m = arc_m(squared.sqrt());
                if self.holds(foot) { -distance_m } else { distance_m }
            }
            Edge::Line { line, half_width_m } => {
                arc_m(line.distance_squared(foot.ecef, f64::INFINITY).sqrt()) - half_width_m
            }
        }
    }

    /// In how many parts the track begins; and each change of that along it, in order, into
    /// `passages`.
    pub(crate) fn passages(&self, track: &Track, passages: &mut Passages) -> i32 {
        passages.changes.clear();
        let begin = self.plane.project(track.from.unit);
        let (from, to) = match (begin, self.plane.project(track.to)) {
            (Some(from), Some(to)) => (from, to),
            // One end is out of the plane's reach: the part of it that is not.
            _ => {
                let reached = track.within_reach(self.plane.middle).and_then(|(first, last)| {
                    let (first, last) = (track.at(first), track.at(last));
                    Some((self.plane.project(first)?, self.plane.project(last)?))
                });
                let Some(reached) = reached.or(begin.map(|begin| (begin, begin))) else {
                    return 0;
                };
                reached
            }
        };
        let path = Path::between(from, to);
        if !self.around.meets(path.bounds()) {
            return 0;
        }
        if self.raster.is_clear(&path) {
            // It stays where it begins.
            let inside =
                begin.is_some_and(|p| self.around.holds(p) && self.raster.at(p) == Cell::Inside);
            return i32::from(inside);
        }
        let mut inside = 0;
        for part in self.parts.iter().filter(|part| part.around.meets(path.bounds())) {
            let mut within = begin.is_some_and(|p| part.holds(p));
            inside += i32::from(within);
            passages.fractions.clear();
            for outline in &part.outlines {
                outline.crossings(&path, &mut passages.fractions);
            }
            if passages.fractions.is_empty() {
                continue;
            }
            passages.fractions.sort_unstable_by(f64::total_cmp);
            for fraction in &passages.fractions {
                within = !within;
                let there = self.plane.lift(path.at(*fraction));
                let angle_rad = dot(there, track.ahead).atan2(dot(there, track.from.unit));
                passages.changes.push((angle_rad.max(0.0), if within { 1 } else { -1 }));
            }
        }
        passages.changes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        inside
    }
}

impl Part {
    fn holds(&self, p: [f64; 2]) -> bool {
        self.around.holds(p)
            && self.outlines.iter().fold(false, |odd, outline| odd ^ outline.odd(p))
    }
}
