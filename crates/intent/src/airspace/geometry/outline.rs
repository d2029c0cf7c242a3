//! From corners, circles and corridors to outlines of short sides, and what is wrong with them.

use super::chain::{Box2, Box3, Chain};
use super::crossing::{Found, first_crossing};
use super::raster::Raster;
use super::vector::{Foot, Plane, Vec3, difference, dot, sum, times, unit};
use super::{
    ARC_ERROR_M, CORNERS_MIN, Edge, PIECE_M, Part, REACH_MAX_DEG, SIDES_MAX, SIZE_MAX_M, Shape,
    area_m2,
};
use crate::airspace::{Fault, Geometry, Polygon};
use geodesy::{Geodesic, Geodetic, wrap_tau};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Corners nearer to each other than this are one, metres.
const SAME_M: f64 = 0.01;
/// An outline that is nowhere wider than this on average encloses nothing, metres.
const WIDTH_MIN_M: f64 = 0.1;
/// Turns towards the furthest corner when the middle is sought.
const MIDDLE_TURNS: u32 = 64;

/// A closed outline with the corner each side began at.
struct Ring {
    /// Cut sides, without the first corner again.
    corners: Vec<Geodetic>,
    /// For each of them the corner, as given, that it is or comes after.
    given: Vec<usize>,
}

pub(super) fn shape(geometry: &Geometry) -> Result<Shape, Fault> {
    match geometry {
        Geometry::Polygons(polygons) => of_polygons(polygons),
        Geometry::Circle { centre, radius_m } => {
            check_position(*centre)?;
            check_size(*radius_m)?;
            let outline = circle(*centre, *radius_m, 0.0, TAU);
            assemble(vec![vec![outline]], Edge::Outlines, *centre).and_then(with_area)
        }
        Geometry::Corridor { line, half_width_m } => of_corridor(line, *half_width_m),
    }
}

fn of_polygons(polygons: &[Polygon]) -> Result<Shape, Fault> {
    let mut before = 0;
    let mut parts: Vec<Vec<Ring>> = Vec::new();
    for polygon in polygons {
        let mut rings = Vec::new();
        for ring in std::iter::once(&polygon.outer).chain(&polygon.holes) {
            rings.push(cut(ring, before)?);
            before += ring.len();
        }
        parts.push(rings);
    }
    let sides: usize = parts.iter().flatten().map(|ring| ring.corners.len()).sum();
    if sides > SIDES_MAX {
        return Err(Fault::TooMuch { what: "sides of one airspace", limit: SIDES_MAX });
    }
    if sides == 0 {
        return Err(Fault::corners(0));
    }
    let middle = middle(parts.iter().flatten().flat_map(|ring| &ring.corners))?;
    let corners =
        parts.iter().map(|rings| rings.iter().map(|ring| ring.corners.clone()).collect()).collect();
    let (shape, thin) = assemble(corners, Edge::Outlines, middle)?;
    for (part, rings) in shape.parts.iter().zip(&parts) {
        match (check_part(part, rings, &shape.plane), &thin) {
            (Ok(()), _) => {}
            // An outline that crosses itself may enclose nothing on balance: its crossing is what is
            // wrong with it.
            (Err(fault), None) | (Err(fault @ Fault::Crosses { .. }), Some(_)) => {
                return Err(fault);
            }
            (Err(_), Some(_)) => break,
        }
    }
    with_area((shape, thin))
}

/// The shape, unless an outline of it encloses nothing.
fn with_area((shape, thin): (Shape, Option<Fault>)) -> Result<Shape, Fault> {
    thin.map_or(Ok(shape), Err)
}

fn of_corridor(line: &[Geodetic], half_width_m: f64) -> Result<Shape, Fault> {
    check_size(half_width_m)?;
    line.iter().try_for_each(|corner| check_position(*corner))?;
    let line = distinct(line);
    if line.len() < 2 {
        return Err(Fault::Missing { what: "a second point of the corridor's line" });
    }
    let mut cut = Vec::new();
    for leg in line.windows(2) {
        cut.push(leg[0]);
        cut_side(leg[0], leg[1], |between| cut.push(between));
    }
    cut.extend(line.last());
    let sides = cut.len() * (arc_sides(half_width_m, TAU) + 4);
    if sides > SIDES_MAX {
        return Err(Fault::TooMuch { what: "sides of one airspace", limit: SIDES_MAX });
    }
    let parts = cut.windows(2).map(|leg| vec![capsule(leg[0], leg[1], half_width_m)]).collect();
    let middle = middle(cut.iter())?;
    let feet: Vec<Foot> = cut.iter().map(|corner| Foot::of(*corner)).collect();
    let plane = Plane::at(Foot::of(middle).unit);
    let line = Chain::through(&feet, &plane).ok_or(Fault::TooWide { reach_deg: 90.0 })?;
    assemble(parts, Edge::Line { line, half_width_m }, middle).and_then(with_area)
}

/// All within `half_width_m` of one leg.
fn capsule(from: Geodetic, to: Geodetic, half_width_m: f64) -> Vec<Geodetic> {
    let there = from.geodesic_to(to).bearing_rad;
    let back = to.geodesic_to(from).bearing_rad;
    let mut outline = circle(to, half_width_m, back + FRAC_PI_2, back + 3.0 * FRAC_PI_2);
    outline.extend(circle(from, half_width_m, there + FRAC_PI_2, there + 3.0 * FRAC_PI_2));
    outline
}

/// Corners on an arc clockwise from one bearing to another. Those between the ends stand out by
/// half of what a chord between them falls short, so that the outline errs to both sides alike.
pub(crate) fn circle(centre: Geodetic, radius_m: f64, from_rad: f64, to_rad: f64) -> Vec<Geodetic> {
    let sides = arc_sides(radius_m, to_rad - from_rad);
    let step = (to_rad - from_rad) / sides as f64;
    let closed = to_rad - from_rad >= TAU - 1e-12;
    let stretched_m = radius_m * (1.0 + (1.0 - (step / 2.0).cos()) / 2.0);
    let last = if closed { sides - 1 } else { sides };
    (0..=last)
        .map(|corner| {
            let end = !closed && (corner == 0 || corner == sides);
            centre.travel(Geodesic {
                distance_m: if end { radius_m } else { stretched_m },
                bearing_rad: wrap_tau(from_rad + step * corner as f64),
            })
        })
        .collect()
}

/// Sides by which an arc is drawn.
pub(crate) fn arc_sides(radius_m: f64, angle_rad: f64) -> usize {
    let full = (PI / (4.0 * ARC_ERROR_M / radius_m).sqrt()).clamp(36.0, 1_024.0);
    ((full * angle_rad / TAU).ceil() as usize).max(1)
}

fn check_position(position: Geodetic) -> Result<(), Fault> {
    let right = position.latitude_rad.abs() <= FRAC_PI_2 && position.longitude_rad.is_finite();
    if right {
        return Ok(());
    }
    Err(Fault::OutOfRange {
        latitude_deg: position.latitude_deg(),
        longitude_deg: position.longitude_deg(),
    })
}

fn check_size(metres: f64) -> Result<(), Fault> {
    let right = metres > 0.0 && metres < SIZE_MAX_M;
    if right { Ok(()) } else { Err(Fault::Size { metres }) }
}

/// The corners without those that repeat the one before.
fn distinct(corners: &[Geodetic]) -> Vec<Geodetic> {
    let mut kept: Vec<Geodetic> = Vec::new();
    for corner in corners {
        if kept.last().is_none_or(|last| !same(*last, *corner)) {
            kept.push(*corner);
        }
    }
    kept
}

fn same(a: Geodetic, b: Geodetic) -> bool {
    let gap = difference(Foot::of(a).ecef, Foot::of(b).ecef);
    dot(gap, gap) < SAME_M * SAME_M
}

/// One ring with its long sides cut; `before` corners were given before it.
fn cut(ring: &[Geodetic], before: usize) -> Result<Ring, Fault> {
    ring.iter().try_for_each(|corner| check_position(*corner))?;
    let mut kept: Vec<(usize, Geodetic)> = Vec::new();
    for (index, corner) in ring.iter().enumerate() {
        if kept.last().is_none_or(|(_, last)| !same(*last, *corner)) {
            kept.push((before + index + 1, *corner));
        }
    }
    while kept.len() > 1 && same(kept[0].1, kept[kept.len() - 1].1) {
        kept.pop();
    }
    if kept.len() < CORNERS_MIN {
        return Err(Fault::corners(kept.len()));
    }
    let mut cut = Ring { corners: Vec::new(), given: Vec::new() };
    for (index, (given, corner)) in kept.iter().enumerate() {
        cut.corners.push(*corner);
        cut.given.push(*given);
        let (_, next) = kept[(index + 1) % kept.len()];
        cut_side(*corner, next, |between| {
            cut.corners.push(between);
            cut.given.push(*given);
        });
        if cut.corners.len() > SIDES_MAX {
            return Err(Fault::TooMuch { what: "sides of one airspace", limit: SIDES_MAX });
        }
    }
    Ok(cut)
}

/// Tells the points that cut a geodesic into pieces of at most [`PIECE_M`].
fn cut_side(from: Geodetic, to: Geodetic, mut between: impl FnMut(Geodetic)) {
    // A straight line is shorter than its arc by far less than this.
    let chord = difference(Foot::of(from).ecef, Foot::of(to).ecef);
    if dot(chord, chord) < 0.98 * PIECE_M * PIECE_M {
        return;
    }
    let side = from.geodesic_to(to);
    let pieces = (side.distance_m / PIECE_M).ceil();
    for piece in 1..pieces as usize {
        between(from.travel(Geodesic {
            distance_m: side.distance_m * piece as f64 / pieces,
            bearing_rad: side.bearing_rad,
        }));
    }
}

/// The middle of the smallest cap that holds all corners, nearly (Bădoiu and Clarkson, 2003, on the
/// sphere).
fn middle<'a>(corners: impl Iterator<Item = &'a Geodetic>) -> Result<Geodetic, Fault> {
    let directions: Vec<Vec3> = corners.map(|corner| Foot::of(*corner).unit).collect();
    let mut box3 = Box3::EMPTY;
    directions.iter().for_each(|direction| box3.add(*direction));
    let too_wide = || Fault::TooWide { reach_deg: 90.0 };
    let mut middle = unit(sum(box3.low, box3.high)).ok_or_else(too_wide)?;
    for turn in 1..=MIDDLE_TURNS {
        let furthest = directions
            .iter()
            .min_by(|a, b| dot(**a, middle).total_cmp(&dot(**b, middle)))
            .ok_or_else(too_wide)?;
        let towards = times(difference(*furthest, middle), 1.0 / f64::from(turn + 1));
        middle = unit(sum(middle, towards)).ok_or_else(too_wide)?;
    }
    Ok(Foot::in_direction(middle).position())
}

/// The shape of these parts, and what is wrong with the first outline that encloses no area.
fn assemble(
    parts: Vec<Vec<Vec<Geodetic>>>,
    edge: Edge,
    middle: Geodetic,
) -> Result<(Shape, Option<Fault>), Fault> {
    let mut thin = None;
    let plane = Plane::at(Foot::of(middle).unit);
    let mut shape = Shape {
        plane,
        around: Box2::EMPTY,
        raster: Raster::of(&Box2::EMPTY, &[]),
        parts: Vec::with_capacity(parts.len()),
        edge,
        bounds: Box3::EMPTY,
        area_m2: 0.0,
    };
    let mut least_cos = 1.0_f64;
    for rings in parts {
        let mut part = Part { around: Box2::EMPTY, outlines: Vec::new() };
        let mut area = 0.0;
        for (index, ring) in rings.iter().enumerate() {
            let enclosed_m2 = area_m2(ring, middle);
            area += if index == 0 { enclosed_m2 } else { -enclosed_m2 };
            let mut feet: Vec<Foot> = ring.iter().map(|corner| Foot::of(*corner)).collect();
            feet.extend(feet.first().copied());
            for foot in &feet {
                least_cos = least_cos.min(dot(foot.unit, plane.middle));
                shape.bounds.add(foot.unit);
            }
            let reach_deg = least_cos.acos().to_degrees();
            if reach_deg > REACH_MAX_DEG {
                return Err(Fault::TooWide { reach_deg });
            }
            let around_m: f64 = feet
                .windows(2)
                .map(|side| difference(side[1].ecef, side[0].ecef))
                .map(|side| dot(side, side).sqrt())
                .sum();
            if enclosed_m2 < WIDTH_MIN_M * around_m / 2.0 {
                thin.get_or_insert(Fault::NoArea { area_m2: enclosed_m2 });
            }
            let chain = Chain::through(&feet, &plane).ok_or(Fault::TooWide { reach_deg })?;
            part.around.add(chain.bounds().low);
            part.around.add(chain.bounds().high);
            part.outlines.push(chain);
        }
        shape.area_m2 += area;
        shape.around.add(part.around.low);
        shape.around.add(part.around.high);
        shape.parts.push(part);
    }
    shape.bounds = bulged(shape.bounds, least_cos);
    shape.raster = Raster::of(&shape.around, &shape.parts);
    if let Edge::Line { line, half_width_m } = &shape.edge {
        shape.area_m2 = corridor_area_m2(line, *half_width_m);
    }
    Ok((shape, thin))
}

/// The box round directions, made to hold all between them too: a point between them is one of
/// their weighted means, which is in the box and no shorter than `least_cos`, made longer to 1.
fn bulged(around: Box3, least_cos: f64) -> Box3 {
    let stretch = 1.0 / least_cos;
    Box3 {
        low: around.low.map(|x| x.min(x * stretch)),
        high: around.high.map(|x| x.max(x * stretch)),
    }
    .widened(1e-9)
}

/// Area of a corridor as if its legs did not turn, m².
fn corridor_area_m2(line: &Chain, half_width_m: f64) -> f64 {
    2.0 * half_width_m * line.length_m() + PI * half_width_m * half_width_m
}

fn check_part(part: &Part, rings: &[Ring], plane: &Plane) -> Result<(), Fault> {
    match first_crossing(&part.outlines) {
        Found::Nothing => {}
        Found::Intricate => {
            return Err(Fault::TooMuch { what: "sides over each other", limit: SIDES_MAX });
        }
        Found::Crossing(crossing) => {
            let at = Foot::in_direction(plane.lift(crossing.at)).position();
            return Err(Fault::Crosses {
                latitude_deg: at.latitude_deg(),
                longitude_deg: at.longitude_deg(),
                first: rings[crossing.first.0].given[crossing.first.1],
                second: rings[crossing.second.0].given[crossing.second.1],
            });
        }
    }
    let Some((outer, holes)) = part.outlines.split_first() else { return Ok(()) };
    for (index, hole) in holes.iter().enumerate() {
        // Its corners may touch the outline; one in the open decides, and none cross.
        let inside = (0..hole.sides()).any(|side| outer.odd(hole.side(side).0));
        if !inside {
            return Err(Fault::HoleOutside { hole: index + 1 });
        }
    }
    Ok(())
}
