//! Outlines of forms as points, and how far from them a point is: what a proof needs to tell which
//! overlaps of areas there are. Decisions never ask.

use crate::area::{Form, PIECE_M, Strip, arc_m, earth_centred, squared_to_segment};
use geodesy::{Geodesic, Geodetic};
use std::f64::consts::{PI, TAU};

/// Most points of one outline.
const POINTS_MAX: usize = 20_000;

impl Form {
    /// Points of its outline (latitude and longitude, radians), and a distance in metres within
    /// which every point of the outline has one of them. Of a strip some lie inside, too.
    pub fn outline(&self, spacing_m: f64) -> (Vec<[f64; 2]>, f64) {
        match self {
            Form::Polygon(polygon) => {
                let longest = polygon.pieces.len() as f64 * PIECE_M / POINTS_MAX as f64;
                let spacing_m = spacing_m.max(longest);
                let along =
                    |piece: &crate::area::Piece| between(piece.from_rad, piece.to_rad, spacing_m);
                (polygon.pieces.iter().flat_map(along).collect(), spacing_m)
            }
            Form::Strip(strip) => around(strip, spacing_m),
        }
    }

    /// The line that it is made of (latitude and longitude, radians): the corners of a polygon's outline,
    /// which is closed, or the points of a strip's line and how near to that all lies, metres.
    pub fn line_rad(&self) -> (Vec<[f64; 2]>, Option<f64>) {
        match self {
            Form::Polygon(polygon) => {
                (polygon.pieces.iter().map(|piece| piece.from_rad).collect(), None)
            }
            Form::Strip(strip) => (strip.line_rad.clone(), Some(strip.within_m)),
        }
    }

    /// How far a point (latitude and longitude, radians) is from the outline at least, metres, to
    /// 20 m and 0.1 %.
    pub fn from_outline_m(&self, point_rad: [f64; 2]) -> f64 {
        let point = earth_centred(point_rad);
        let nearest_m = |pieces: &mut dyn Iterator<Item = [[f64; 3]; 2]>| {
            let squared = pieces.map(|[from, to]| squared_to_segment(point, from, to));
            arc_m(squared.fold(f64::INFINITY, f64::min).sqrt(), point_rad[0])
        };
        match self {
            Form::Polygon(polygon) => nearest_m(
                &mut polygon
                    .pieces
                    .iter()
                    .map(|piece| [earth_centred(piece.from_rad), earth_centred(piece.to_rad)]),
            ),
            Form::Strip(strip) => {
                let last = strip.points.len() - 1;
                let segment = |n: usize| [strip.points[n], strip.points[(n + 1).min(last)]];
                (nearest_m(&mut (0..last.max(1)).map(segment)) - strip.within_m).abs()
            }
        }
    }
}

/// Points from one end to the other, the last left out.
fn between(from: [f64; 2], to: [f64; 2], spacing_m: f64) -> Vec<[f64; 2]> {
    let line = geodetic(from).geodesic_to(geodetic(to));
    let count = (line.distance_m / spacing_m).ceil().max(1.0);
    let at = |n: usize| moved(from, line.distance_m * n as f64 / count, line.bearing_rad);
    (0..count as usize).map(at).collect()
}

/// Points at a strip's distance from its line, all around.
fn around(strip: &Strip, spacing_m: f64) -> (Vec<[f64; 2]>, f64) {
    let turns = |spacing_m: f64| (TAU * strip.within_m / spacing_m).ceil().max(8.0);
    let count = |spacing_m: f64| {
        strip.line_rad.len() as f64 * (PIECE_M / spacing_m).ceil() * turns(spacing_m)
    };
    let mut spacing_m = spacing_m;
    while count(spacing_m) > POINTS_MAX as f64 && spacing_m < 1e6 {
        spacing_m *= 1.5;
    }
    let ends = strip.line_rad.windows(2);
    let mut line: Vec<[f64; 2]> =
        ends.flat_map(|ends| between(ends[0], ends[1], spacing_m)).collect();
    line.extend(strip.line_rad.last());
    let turns = turns(spacing_m);
    let off = |from: &[f64; 2]| {
        let from = *from;
        let bearing = move |n: usize| moved(from, strip.within_m, n as f64 / turns * TAU);
        (0..turns as usize).map(bearing).collect::<Vec<_>>()
    };
    // Half a step along the line and half a turn off it.
    let within_m = spacing_m / 2.0 + PI * strip.within_m / turns;
    (line.iter().flat_map(off).collect(), within_m)
}

fn geodetic([latitude_rad, longitude_rad]: [f64; 2]) -> Geodetic {
    Geodetic { latitude_rad, longitude_rad, height_m: 0.0 }
}

/// A point some metres from another, on a bearing.
pub(crate) fn moved(from: [f64; 2], distance_m: f64, bearing_rad: f64) -> [f64; 2] {
    let at = geodetic(from).travel(Geodesic { distance_m, bearing_rad });
    [at.latitude_rad, at.longitude_rad]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Polygon;

    #[test]
    fn a_point_of_an_outline_has_both_sides_beside_it() {
        let zone = Polygon::new(&[[41.0, 72.0], [44.0, 72.0], [44.0, 74.5], [41.0, 74.5]]);
        let circle = Strip::new(&[[42.0, 74.0]], 60_000.0);
        let line = Strip::new(&[[40.5, 71.0], [42.2, 74.0]], 40_000.0);
        let forms = [
            Form::Polygon(zone.unwrap()),
            Form::Strip(circle.unwrap()),
            Form::Strip(line.unwrap()),
        ];
        for form in &forms {
            let (points, within_m) = form.outline(5_000.0);
            assert!(within_m <= 6_000.0);
            for point in points {
                let off_m = form.from_outline_m(point);
                assert!(off_m < 100.0 || form.holds(point), "{off_m} m off");
                if off_m < 100.0 {
                    let around =
                        (0..8).map(|n| form.holds(moved(point, 500.0, f64::from(n) * TAU / 8.0)));
                    let inside = around.filter(|inside| *inside).count();
                    assert!((1..8).contains(&inside), "{inside} of 8 around {point:?}");
                }
            }
        }
    }
}
