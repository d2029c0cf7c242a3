//! Which overlaps of areas there are on Earth.
//!
//! To a proof, being inside an area is an attribute like any other, free to be true or false: more
//! combinations than there are places, so that what is proved of all of them holds of all places.
//! Two kinds of knowledge narrow this. That two areas are apart, or one lies within the other, is
//! certain where their outlines keep [`MARGIN_M`] from each other: a proof may use it. And for a
//! counterexample a point is looked for, beside every outline and in every area.

use crate::world::World;
use accord::Shape;
use geodesy::{Geodesic, Geodetic};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// What the model of an outline may be off by, metres, with as much again to spare.
const MARGIN_M: f64 = 100.0;
/// Spacing of the points by which outlines are told apart, metres.
const APART_SPACING_M: f64 = 2_000.0;
/// Spacing of the points from which places are looked for, metres.
const SEARCH_SPACING_M: f64 = 10_000.0;

/// The overlaps of a world's shapes.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// What is certain of pairs of shapes, as Cedar over `resource.inside`.
    pub certain: Vec<String>,
    /// Each combination of memberships that a point was found for.
    found: BTreeMap<Vec<bool>, [f64; 2]>,
    /// How many points were tried.
    pub tried: usize,
}

impl Places {
    /// Looks for them. A function of the shapes alone.
    pub fn of(world: &World) -> Self {
        let shapes: Vec<&Shape> = world.shapes.iter().map(AsRef::as_ref).collect();
        let outlines: Vec<(Vec<[f64; 2]>, f64)> =
            shapes.iter().map(|shape| shape.form().outline(APART_SPACING_M)).collect();
        let mut places = Self::default();
        for a in 0..shapes.len() {
            for b in a + 1..shapes.len() {
                places.certain.extend(relation([a, b], &shapes, &outlines));
            }
        }
        // Where no shape is, and around each of them.
        places.look([-FAR_RAD, 0.0], &shapes);
        places.look([FAR_RAD, 2.0], &shapes);
        for shape in &shapes {
            let (points, _) = shape.form().outline(SEARCH_SPACING_M);
            for point in points {
                for distance_m in [200.0, 3_000.0, 30_000.0] {
                    for n in 0..8 {
                        places.look(moved(point, distance_m, f64::from(n) * TAU / 8.0), &shapes);
                    }
                }
            }
        }
        places
    }

    fn look(&mut self, point: [f64; 2], shapes: &[&Shape]) {
        self.tried += 1;
        let inside = shapes.iter().map(|shape| shape.form().holds(point)).collect();
        self.found.entry(inside).or_insert(point);
    }

    /// A point (latitude and longitude, radians) inside exactly these shapes.
    pub fn point(&self, inside: &[bool]) -> Option<[f64; 2]> {
        self.found.get(inside).copied()
    }

    /// As Cedar: an object without position, or at a place that was found.
    pub fn is_found(&self) -> String {
        let one = |inside: &Vec<bool>| {
            let literals: Vec<String> = inside
                .iter()
                .enumerate()
                .map(|(n, inside)| {
                    format!("{}resource.inside.a{n}", if *inside { "" } else { "!" })
                })
                .collect();
            if literals.is_empty() { "true".into() } else { format!("({})", literals.join(" && ")) }
        };
        let found: Vec<String> = self.found.keys().map(one).collect();
        format!("!resource.placed || {}", found.join(" || "))
    }
}

/// 60 degrees: where few accords reach.
const FAR_RAD: f64 = TAU / 6.0;

/// What is certain of two shapes whose outlines keep clear of each other.
fn relation(
    [a, b]: [usize; 2],
    shapes: &[&Shape],
    outlines: &[(Vec<[f64; 2]>, f64)],
) -> Option<String> {
    let clear = |from: usize, of: usize| {
        let (points, within_m) = &outlines[from];
        points.iter().all(|p| shapes[of].form().from_outline_m(*p) > within_m + MARGIN_M)
    };
    // A strip's points may lie inside it: both ways, so that neither hides the other's outline.
    if !(clear(a, b) && clear(b, a)) {
        return None;
    }
    let lies = |which: usize, within: usize| {
        outlines[which].0.iter().all(|point| shapes[within].form().holds(*point))
    };
    let lies_out = |which: usize, of: usize| {
        !outlines[which].0.iter().any(|point| shapes[of].form().holds(*point))
    };
    let inside = |n: usize| format!("resource.inside.a{n}");
    match () {
        () if lies_out(a, b) && lies_out(b, a) => {
            Some(format!("!({} && {})", inside(a), inside(b)))
        }
        () if lies(a, b) && lies_out(b, a) => Some(format!("!{} || {}", inside(a), inside(b))),
        () if lies(b, a) && lies_out(a, b) => Some(format!("!{} || {}", inside(b), inside(a))),
        () => None,
    }
}

fn moved([latitude_rad, longitude_rad]: [f64; 2], distance_m: f64, bearing_rad: f64) -> [f64; 2] {
    let from = Geodetic { latitude_rad, longitude_rad, height_m: 0.0 };
    let at = from.travel(Geodesic { distance_m, bearing_rad });
    [at.latitude_rad, at.longitude_rad]
}
