//! Areas on the ellipsoid: polygons with geodesic edges, and all within a distance of a line.
//!
//! An edge is cut into pieces of at most [`PIECE_M`] along the true geodesic (Karney); a piece is
//! then a great circle between its ends' geodetic latitudes and longitudes, under a centimetre from
//! the geodesic at that length. Poles and the antimeridian need no special case: a point is told
//! inside by the parity of the edges between it and the north pole, with longitudes compared as
//! seen from the point. Distances are of the chord between earth-centred positions, turned into an
//! arc: within 0.1 % of the geodesic up to 500 km.

use crate::grid::Cover;
use geodesy::{Ecef, Geodesic, Geodetic, wrap_pi};
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::sync::{Arc, OnceLock};

/// Longest piece of an edge, metres.
pub(crate) const PIECE_M: f64 = 25_000.0;
/// Most pieces of one shape.
pub(crate) const PIECES_MAX: usize = 20_000;

/// Where something holds.
#[derive(Debug, Clone)]
pub enum Area {
    /// No limit; holds for what has no position, too.
    Anywhere,
    /// In any of these shapes.
    Shapes(Vec<Arc<Shape>>),
}

/// One shape with the name by which it is explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What people call it.
    pub name: String,
    /// Its form.
    pub(crate) form: Form,
    cover: OnceLock<Cover>,
}

/// The form of a shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Inside a closed line.
    Polygon(Polygon),
    /// Within a distance of a line or point.
    Strip(Strip),
}

/// A polygon whose inside is the smaller side of its outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    /// Pieces of the outline, in order.
    pub(crate) pieces: Vec<Piece>,
    /// Whether the north pole is inside.
    pub(crate) holds_north_pole: bool,
}

/// A piece of an outline: a great circle between two points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Piece {
    pub(crate) from_rad: [f64; 2],
    pub(crate) to_rad: [f64; 2],
    tan_from: f64,
    tan_to: f64,
    inv_sin_span: f64,
}

/// All points within a distance of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    pub(crate) points: Vec<[f64; 3]>,
    pub(crate) within_m: f64,
    /// Chord that belongs to the distance, squared, per latitude is near enough constant: the
    /// sphere's radius moves it by 0.3 %, so the exact test turns the chord into an arc.
    pub(crate) line_rad: Vec<[f64; 2]>,
}

/// Why a list of points is no shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Too few.
    #[error("it has fewer than three corners; give at least three")]
    TooFewCorners,
    /// No points.
    #[error("it has no points; give at least one")]
    Empty,
    /// Not on Earth.
    #[error("point {0} is not on Earth; give latitude within 90 and longitude within 180 degrees")]
    NotOnEarth(usize),
    /// Two in a row are the same or opposite each other on Earth.
    #[error("point {0} is the same as the next, or opposite it on Earth; leave one out")]
    Degenerate(usize),
    /// It cuts itself.
    #[error("the edges after points {0} and {1} cross; put the corners in order around it")]
    CrossesItself(usize, usize),
    /// Longer than can be held.
    #[error("its outline is too long; give one under 500,000 km")]
    TooLong,
    /// A distance that is none.
    #[error("the distance must be above 0 and at most 2,000 km")]
    Distance,
}

impl Area {
    /// Whether a point (latitude, longitude in radians) is in it, by going through every edge: the
    /// slow twin of the index a [`crate::Policy`] builds.
    pub fn holds(&self, point_rad: Option<[f64; 2]>) -> bool {
        match (self, point_rad) {
            (Area::Anywhere, _) => true,
            (Area::Shapes(_), None) => false,
            (Area::Shapes(shapes), Some(point)) => shapes.iter().any(|s| s.form.holds(point)),
        }
    }
}

impl Shape {
    /// A form with a name.
    pub fn new(name: &str, form: Form) -> Self {
        Self { name: name.to_owned(), form, cover: OnceLock::new() }
    }

    /// Its form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Its cells in the grid; worked out when first asked for.
    pub(crate) fn cover(&self) -> &Cover {
        self.cover.get_or_init(|| Cover::of(&self.form))
    }
}

impl Form {
    /// Whether a point is in it.
    pub fn holds(&self, point_rad: [f64; 2]) -> bool {
        match self {
            Form::Polygon(polygon) => polygon.holds(point_rad),
            Form::Strip(strip) => strip.holds(point_rad),
        }
    }
}

impl Piece {
    fn new(from_rad: [f64; 2], to_rad: [f64; 2]) -> Self {
        // At a pole the tangent is huge and finite, which is all the comparison needs.
        let span = wrap_pi(to_rad[1] - from_rad[1]);
        Self {
            from_rad,
            to_rad,
            tan_from: from_rad[0].tan(),
            tan_to: to_rad[0].tan(),
            inv_sin_span: 1.0 / span.sin(),
        }
    }

    /// Whether the meridian from the point to the north pole crosses this piece.
    ///
    /// A vertex lies east of the point's meridian or not, by the same arithmetic for both pieces
    /// that meet in it, so that parity cannot slip between them.
    #[inline]
    pub(crate) fn is_north_of(&self, [latitude_rad, longitude_rad]: [f64; 2]) -> bool {
        let from = off_by(self.from_rad[1], longitude_rad);
        let to = off_by(self.to_rad[1], longitude_rad);
        if (from > 0.0) == (to > 0.0) || (from - to).abs() > PI {
            return false;
        }
        let (low, high) = if self.from_rad[0] < self.to_rad[0] {
            (self.from_rad[0], self.to_rad[0])
        } else {
            (self.to_rad[0], self.from_rad[0])
        };
        // A great circle bulges toward the pole, never away: under both ends it is under the piece
        // in the north, and over both ends it is over the piece in the south.
        if latitude_rad < low && low >= 0.0 {
            return true;
        }
        if latitude_rad > high && high <= 0.0 {
            return false;
        }
        // Great circle through both ends at the point's meridian.
        let tan_at = (self.tan_from * to.sin() - self.tan_to * from.sin()) * self.inv_sin_span;
        tan_at > latitude_rad.tan()
    }
}

/// From one longitude to another the shorter way around: `wrap_pi`, mostly without its division.
#[inline]
fn off_by(to_rad: f64, from_rad: f64) -> f64 {
    let off = to_rad - from_rad;
    match off {
        _ if off.abs() >= 3.0 * PI => wrap_pi(off),
        _ if off > PI => off - TAU,
        _ if off <= -PI => off + TAU,
        _ => off,
    }
}

impl Polygon {
    /// From its corners, latitude and longitude in degrees, without closing it.
    pub fn new(corners_deg: &[[f64; 2]]) -> Result<Self, ShapeError> {
        let mut corners_deg = corners_deg;
        if let [first, .., last] = corners_deg
            && first == last
        {
            corners_deg = &corners_deg[..corners_deg.len() - 1];
        }
        if corners_deg.len() < 3 {
            return Err(ShapeError::TooFewCorners);
        }
        let corners = on_earth(corners_deg)?;
        let mut outline = Vec::new();
        for (index, from) in corners.iter().enumerate() {
            let to = corners[(index + 1) % corners.len()];
            let line = cut(*from, to).ok_or(ShapeError::Degenerate(index))?;
            if outline.len() + line.len() > PIECES_MAX {
                return Err(ShapeError::TooLong);
            }
            outline.extend_from_slice(&line[..line.len() - 1]);
        }
        outline.push(corners[0]);
        let pieces: Vec<Piece> = outline.windows(2).flat_map(|e| around_pole(e[0], e[1])).collect();
        if let Some((a, b)) = crossing(&corners) {
            return Err(ShapeError::CrossesItself(a, b));
        }
        let holds_north_pole = north_is_inside(&pieces);
        Ok(Self { pieces, holds_north_pole })
    }

    /// Whether a point (latitude, longitude in radians) is inside.
    pub fn holds(&self, point_rad: [f64; 2]) -> bool {
        let crossed = self.pieces.iter().filter(|piece| piece.is_north_of(point_rad)).count();
        (crossed % 2 == 1) != self.holds_north_pole
    }
}

impl Strip {
    /// All within `within_m` of the line through these points, latitude and longitude in degrees.
    /// One point gives a circle.
    pub fn new(line_deg: &[[f64; 2]], within_m: f64) -> Result<Self, ShapeError> {
        if line_deg.is_empty() {
            return Err(ShapeError::Empty);
        }
        if !(within_m > 0.0 && within_m <= 2_000_000.0) {
            return Err(ShapeError::Distance);
        }
        let line = on_earth(line_deg)?;
        let mut points = vec![line[0]];
        for (index, ends) in line.windows(2).enumerate() {
            let cut = cut(ends[0], ends[1]).ok_or(ShapeError::Degenerate(index))?;
            if points.len() + cut.len() > PIECES_MAX {
                return Err(ShapeError::TooLong);
            }
            points.extend_from_slice(&cut[1..]);
        }
        let ecef = points.iter().map(|p| earth_centred(*p)).collect();
        Ok(Self { points: ecef, within_m, line_rad: points })
    }

    /// Whether a point (latitude, longitude in radians) is in it.
    pub fn holds(&self, point_rad: [f64; 2]) -> bool {
        let point = earth_centred(point_rad);
        match self.points.as_slice() {
            [only] => self.is_within(squared(point, *only), point_rad[0]),
            points => points.windows(2).any(|ends| {
                self.is_within(squared_to_segment(point, ends[0], ends[1]), point_rad[0])
            }),
        }
    }

    /// Whether one segment of it, by index, is near enough to the point.
    pub(crate) fn segment_holds(&self, segment: usize, point: [f64; 3], latitude_rad: f64) -> bool {
        let to = self.points.get(segment + 1).copied().unwrap_or(self.points[segment]);
        self.is_within(squared_to_segment(point, self.points[segment], to), latitude_rad)
    }

    fn is_within(&self, chord_squared: f64, latitude_rad: f64) -> bool {
        arc_m(chord_squared.sqrt(), latitude_rad) <= self.within_m
    }
}

/// Length over the ground of a straight line between two points near this latitude: the arc over
/// the chord on a sphere of the ellipsoid's mean radius of curvature there.
pub(crate) fn arc_m(chord_m: f64, latitude_rad: f64) -> f64 {
    let sin_lat = latitude_rad.sin();
    let w = 1.0 - geodesy::ECCENTRICITY_SQUARED * sin_lat * sin_lat;
    let radius_m = geodesy::SEMI_MAJOR_M * (1.0 - geodesy::ECCENTRICITY_SQUARED).sqrt() / w;
    2.0 * radius_m * (chord_m / (2.0 * radius_m)).min(1.0).asin()
}

/// Earth-centred coordinates of a point on the ellipsoid.
pub(crate) fn earth_centred([latitude_rad, longitude_rad]: [f64; 2]) -> [f64; 3] {
    let Ecef { x_m, y_m, z_m } = Geodetic { latitude_rad, longitude_rad, height_m: 0.0 }.to_ecef();
    [x_m, y_m, z_m]
}

fn on_earth(points_deg: &[[f64; 2]]) -> Result<Vec<[f64; 2]>, ShapeError> {
    let point = |(index, [latitude, longitude]): (usize, &[f64; 2])| {
        let sound = longitude.abs() <= 180.0;
        Geodetic::from_degrees(*latitude, *longitude, 0.0)
            .filter(|_| sound)
            .map(|at| [at.latitude_rad, at.longitude_rad])
            .ok_or(ShapeError::NotOnEarth(index))
    };
    points_deg.iter().enumerate().map(point).collect()
}

/// The geodesic from one point to another as points at most [`PIECE_M`] apart, both ends in it.
/// `None` if they are the same or so nearly opposite that the line between them is anyone's guess.
fn cut(from: [f64; 2], to: [f64; 2]) -> Option<Vec<[f64; 2]>> {
    let point = |[latitude_rad, longitude_rad]: [f64; 2]| Geodetic {
        latitude_rad,
        longitude_rad,
        height_m: 0.0,
    };
    let line = point(from).geodesic_to(point(to));
    if line.distance_m < 0.01 || line.distance_m > 19_900_000.0 {
        return None;
    }
    let count = (line.distance_m / PIECE_M).ceil().max(1.0);
    let mut points = vec![from];
    for n in 1..count as usize {
        let distance_m = line.distance_m * n as f64 / count;
        let at = point(from).travel(Geodesic { distance_m, ..line });
        points.push([at.latitude_rad, at.longitude_rad]);
    }
    points.push(to);
    Some(points)
}

/// One piece, or, where it meets or passes over a pole, the pieces by which it gets there along a
/// meridian, around the pole and away along a meridian: at a pole there is no longitude to compare.
fn around_pole(from: [f64; 2], to: [f64; 2]) -> Vec<Piece> {
    /// Ten micrometres on the ground, and a hundredth of a degree short of half a turn.
    const AT_POLE_RAD: f64 = 2e-12;
    const HALF_TURN_RAD: f64 = PI - 2e-4;
    let is_pole = |point: [f64; 2]| point[0].abs() > FRAC_PI_2 - AT_POLE_RAD;
    let span = wrap_pi(to[1] - from[1]);
    let passes_over = span.abs() > HALF_TURN_RAD;
    if !(is_pole(from) || is_pole(to) || passes_over) {
        return vec![Piece::new(from, to)];
    }
    let pole = FRAC_PI_2.copysign(if is_pole(to) { to[0] } else { from[0] });
    let mut points = vec![from];
    points.extend((0..=4).map(|n| [pole, wrap_pi(from[1] + span * f64::from(n) / 4.0)]));
    points.push(to);
    points.windows(2).map(|ends| Piece::new(ends[0], ends[1])).collect()
}

/// Two edges, by their first corners, that cross; corners joined by great circles.
fn crossing(corners: &[[f64; 2]]) -> Option<(usize, usize)> {
    let unit: Vec<[f64; 3]> = corners.iter().map(|c| unit_vector(*c)).collect();
    let count = unit.len();
    for a in 0..count {
        for b in a + 2..count {
            if a == 0 && b == count - 1 {
                continue;
            }
            if segments_cross([unit[a], unit[a + 1]], [unit[b], unit[(b + 1) % count]]) {
                return Some((a, b));
            }
        }
    }
    None
}

fn segments_cross([a, b]: [[f64; 3]; 2], [c, d]: [[f64; 3]; 2]) -> bool {
    let ab = cross(a, b);
    let cd = cross(c, d);
    let (c_side, d_side) = (dot(ab, c), dot(ab, d));
    let (a_side, b_side) = (dot(cd, a), dot(cd, b));
    // Both straddle the other's circle, on the same half of the Earth.
    c_side * d_side < 0.0 && a_side * b_side < 0.0 && c_side * b_side > 0.0
}

/// Whether the outline goes around a pole and the north is on its smaller side.
fn north_is_inside(pieces: &[Piece]) -> bool {
    let mut turn = 0.0;
    let mut north_cap = 0.0;
    for piece in pieces {
        let span = wrap_pi(piece.to_rad[1] - piece.from_rad[1]);
        let mean_sin = f64::midpoint(piece.from_rad[0].sin(), piece.to_rad[0].sin());
        turn += span;
        north_cap += (1.0 - mean_sin) * span;
    }
    turn.abs() > PI && north_cap.abs() < TAU
}

pub(crate) fn unit_vector([latitude_rad, longitude_rad]: [f64; 2]) -> [f64; 3] {
    let (sin_lat, cos_lat) = latitude_rad.sin_cos();
    let (sin_lon, cos_lon) = longitude_rad.sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

pub(crate) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn squared(a: [f64; 3], b: [f64; 3]) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    dot(d, d)
}

pub(crate) fn squared_to_segment(point: [f64; 3], from: [f64; 3], to: [f64; 3]) -> f64 {
    let along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    let length = dot(along, along);
    let off = [point[0] - from[0], point[1] - from[1], point[2] - from[2]];
    let share = if length > 0.0 { (dot(off, along) / length).clamp(0.0, 1.0) } else { 0.0 };
    squared(
        point,
        [from[0] + share * along[0], from[1] + share * along[1], from[2] + share * along[2]],
    )
}

/// Latitudes a piece can reach, widened by how far a great circle can bulge over its ends.
pub(crate) fn latitude_range(piece: &Piece) -> (f64, f64) {
    let (a, b) = (unit_vector(piece.from_rad), unit_vector(piece.to_rad));
    let angle = dot(cross(a, b), cross(a, b)).sqrt().atan2(dot(a, b));
    let (low, high) =
        (piece.from_rad[0].min(piece.to_rad[0]), piece.from_rad[0].max(piece.to_rad[0]));
    let steepest = low.abs().max(high.abs()).min(FRAC_PI_2);
    let bulge = (angle * angle / 8.0 * steepest.tan() * 1.05).min(angle / 2.0) + 1e-9;
    (low - bulge, high + bulge)
}
