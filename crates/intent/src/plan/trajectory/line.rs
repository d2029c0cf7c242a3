//! Measuring against a route: geodesics cut into chords short enough to be straight.
//!
//! Over [`PIECE_MAX_M`] a geodesic strays from the plane through its ends and the vertical by less
//! than a metre, and its chord is 3 m short of it: then "beside" and "along" are dot products.

use super::RouteFault;
use geodesy::{Ecef, Geodesic, Geodetic};

/// Longest chord, metres.
const PIECE_MAX_M: f64 = 150_000.0;
/// Longest route, metres: once and a half around the Earth.
const LENGTH_MAX_M: f64 = 60_000_000.0;
/// Height of the surface over the middle of the longest chord, rounded up, metres.
const SAGITTA_M: f64 = 450.0;

/// A chord of the route, in earth-centred coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    start_m: [f64; 3],
    /// Unit vector to its end.
    along: [f64; 3],
    /// Unit vector to its right, level.
    right: [f64; 3],
    chord_m: f64,
    /// Of its start, along the route.
    from_m: f64,
    /// Of its end, along the route.
    to_m: f64,
}

/// A position beside a route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Located {
    /// Distance along the route of its nearest point, metres.
    pub along_m: f64,
    /// To that point, metres.
    pub distance_m: f64,
    /// To the right of the route, metres; beyond either end as from the line drawn on.
    pub lateral_m: f64,
}

/// A route as chords; at least one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pieces: Vec<Piece>,
}

impl Line {
    /// Through two points or more, with each point's distance along.
    pub(super) fn through(points: &[Geodetic]) -> Result<(Self, Vec<f64>), RouteFault> {
        let mut pieces = Vec::new();
        let mut along_m = 0.0;
        let mut distances = Vec::with_capacity(points.len());
        distances.push(0.0);
        for leg in points.windows(2) {
            let whole = leg[0].geodesic_to(leg[1]);
            let count = (whole.distance_m / PIECE_MAX_M).ceil().max(1.0);
            let mut from = leg[0];
            for step in 1..=count as usize {
                let share = step as f64 / count;
                let part = Geodesic { distance_m: whole.distance_m * share, ..whole };
                let to = if share < 1.0 { leg[0].travel(part) } else { leg[1] };
                let to_m = along_m + part.distance_m;
                let from_m = along_m + whole.distance_m * ((step - 1) as f64 / count);
                pieces.extend(Piece::between(from, to, from_m, to_m));
                from = to;
            }
            along_m += whole.distance_m;
            distances.push(along_m);
            if along_m > LENGTH_MAX_M {
                return Err(RouteFault::TooLong);
            }
        }
        if pieces.is_empty() {
            return Err(RouteFault::NoRoute);
        }
        Ok((Self { pieces }, distances))
    }

    pub(super) fn locate(&self, position: Ecef, expected_m: Option<f64>) -> Located {
        self.locate_beside(self.nearest_piece(position, expected_m), position)
    }

    /// The piece nearest a position; where several are near, the one nearer to `expected_m` along.
    pub(crate) fn nearest_piece(&self, position: Ecef, expected_m: Option<f64>) -> usize {
        let position = [position.x_m, position.y_m, position.z_m];
        // A tenth: a route that passes 10 km from itself is told apart where 100 km lie between.
        let cost = |piece: &Piece| {
            let found = piece.locate(position);
            let off_m = expected_m.map_or(0.0, |expected_m| (found.along_m - expected_m).abs());
            found.distance_m + 0.1 * off_m
        };
        let costs = self.pieces.iter().map(cost).enumerate();
        costs.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(piece, _)| piece)
    }

    /// The part of the line between two distances along it, as pieces by number.
    pub(crate) fn pieces_between(&self, from_m: f64, to_m: f64) -> std::ops::Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.to_m < from_m);
        let end = self.pieces.partition_point(|piece| piece.from_m <= to_m);
        first.min(self.pieces.len() - 1)..end.max(first + 1).min(self.pieces.len())
    }

    /// Both ends, earth-centred, metres, of what of a piece lies between two distances along.
    pub(crate) fn ends_of(&self, piece: usize, from_m: f64, to_m: f64) -> [[f64; 3]; 2] {
        let Piece { start_m, along, chord_m, from_m: start_along_m, .. } = self.pieces[piece];
        [from_m, to_m].map(|end_m| {
            let ahead_m = (end_m - start_along_m).clamp(0.0, chord_m);
            std::array::from_fn(|axis| start_m[axis] + along[axis] * ahead_m)
        })
    }

    /// Cosine of the angle between a unit vector and a piece.
    pub(crate) fn course_cos(&self, piece: usize, course: [f64; 3]) -> f64 {
        dot(self.pieces[piece].along, course)
    }

    /// As [`Self::locate`], beside one piece alone.
    pub(crate) fn locate_beside(&self, piece: usize, position: Ecef) -> Located {
        self.pieces[piece].locate([position.x_m, position.y_m, position.z_m])
    }
}

impl Piece {
    fn between(from: Geodetic, to: Geodetic, from_m: f64, to_m: f64) -> Option<Self> {
        let (start, end) = (from.at_height(0.0).to_ecef(), to.at_height(0.0).to_ecef());
        let start_m = [start.x_m, start.y_m, start.z_m];
        let chord = [end.x_m - start.x_m, end.y_m - start.y_m, end.z_m - start.z_m];
        let chord_m = length(chord);
        if chord_m < 1.0 {
            return None;
        }
        let along = chord.map(|part| part / chord_m);
        // The vertical half-way: normal to the ellipsoid there to well within a second of arc.
        let up = |place: Geodetic| {
            let (lat_sin, lat_cos) = place.latitude_rad.sin_cos();
            let (lon_sin, lon_cos) = place.longitude_rad.sin_cos();
            [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
        };
        let (a, b) = (up(from), up(to));
        let right = cross(along, [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
        let right_length = length(right);
        (right_length > 0.0).then(|| Self {
            start_m,
            along,
            right: right.map(|part| part / right_length),
            chord_m,
            from_m,
            to_m,
        })
    }

    fn locate(&self, position: [f64; 3]) -> Located {
        let off = [
            position[0] - self.start_m[0],
            position[1] - self.start_m[1],
            position[2] - self.start_m[2],
        ];
        let ahead_m = dot(off, self.along);
        let lateral_m = dot(off, self.right);
        let share = (ahead_m / self.chord_m).clamp(0.0, 1.0);
        let along_m = self.from_m + share * (self.to_m - self.from_m);
        let beyond_m = ahead_m - share * self.chord_m;
        // On the surface it stands up to SAGITTA_M over the chord: that is no distance from the
        // route. What is more, is: so far away it is behind the curve of the Earth.
        let up_m = (dot(off, off) - ahead_m * ahead_m - lateral_m * lateral_m).max(0.0).sqrt();
        let up_m = (up_m - SAGITTA_M).max(0.0);
        let distance_m = (lateral_m * lateral_m + beyond_m * beyond_m + up_m * up_m).sqrt();
        Located { along_m, distance_m, lateral_m }
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn length(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}
