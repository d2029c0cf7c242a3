//! Areas against other ways to tell the same.

mod common;

use accord::{Polygon, Strip};
use geodesy::{Geodesic, Geodetic};
use proptest::prelude::*;

fn rad([latitude, longitude]: [f64; 2]) -> [f64; 2] {
    [latitude.to_radians(), longitude.to_radians()]
}

fn at([latitude_rad, longitude_rad]: [f64; 2]) -> Geodetic {
    Geodetic { latitude_rad, longitude_rad, height_m: 0.0 }
}

#[test]
fn a_polygon_over_a_pole_holds_the_pole_and_one_across_the_antimeridian_does_not_go_around() {
    let pole = Polygon::new(&[[75.0, -170.0], [72.0, -60.0], [78.0, 10.0], [74.0, 110.0]]).unwrap();
    assert!(pole.holds(rad([90.0, 0.0])));
    assert!(pole.holds(rad([85.0, 179.9])));
    assert!(!pole.holds(rad([60.0, 0.0])));
    assert!(!pole.holds(rad([-90.0, 0.0])));
    let south = Polygon::new(&[[-75.0, 0.0], [-70.0, 120.0], [-72.0, -120.0]]).unwrap();
    assert!(south.holds(rad([-90.0, 30.0])));
    assert!(!south.holds(rad([90.0, 30.0])));
    let across =
        Polygon::new(&[[-10.0, 175.0], [10.0, 178.0], [8.0, -174.0], [-12.0, -176.0]]).unwrap();
    assert!(across.holds(rad([0.0, 180.0])));
    assert!(across.holds(rad([0.0, -180.0])));
    assert!(across.holds(rad([0.0, -178.0])));
    assert!(!across.holds(rad([0.0, 0.0])));
    // A corner on the pole itself, and an edge that passes over it.
    let corner = Polygon::new(&[[90.0, 0.0], [70.0, 10.0], [70.0, 80.0]]).unwrap();
    assert!(corner.holds(rad([80.0, 45.0])));
    assert!(!corner.holds(rad([80.0, 100.0])));
    assert!(!corner.holds(rad([80.0, -135.0])));
    let over = Polygon::new(&[[80.0, 0.0], [80.0, 180.0], [75.0, 90.0]]).unwrap();
    assert!(over.holds(rad([82.0, 90.0])));
    assert!(!over.holds(rad([82.0, -90.0])));
}

#[test]
fn what_crosses_itself_or_is_not_on_earth_is_no_polygon() {
    assert!(Polygon::new(&[[0.0, 0.0], [1.0, 1.0]]).is_err());
    assert!(Polygon::new(&[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]).is_err());
    assert!(Polygon::new(&[[0.0, 0.0], [91.0, 1.0], [0.0, 1.0]]).is_err());
    assert!(Polygon::new(&[[0.0, 0.0], [f64::NAN, 1.0], [0.0, 1.0]]).is_err());
    assert!(Strip::new(&[[0.0, 0.0]], f64::NAN).is_err());
}

proptest! {
    #![proptest_config(common::cases(3_000))]

    /// An edge is the geodesic: a point a little off it, found by Karney's algorithm, is on the side
    /// it was put on.
    #[test]
    fn an_edge_is_the_geodesic_to_a_metre(
        share in 0.02..0.98_f64,
        off_m in prop_oneof![-30_000.0..-1.0_f64, 1.0..30_000.0_f64],
        which in 0..4_usize,
    ) {
        let corners = [[30.0, 60.0], [58.0, 52.0], [61.0, 96.0], [33.0, 90.0]];
        let polygon = Polygon::new(&corners).unwrap();
        let (from, to) = (at(rad(corners[which])), at(rad(corners[(which + 1) % 4])));
        let line = from.geodesic_to(to);
        let on = from.travel(Geodesic { distance_m: line.distance_m * share, ..line });
        let ahead = on.geodesic_to(to).bearing_rad;
        // The corners go around clockwise: the right-hand side is in.
        let side = Geodesic { distance_m: off_m, bearing_rad: ahead + std::f64::consts::FRAC_PI_2 };
        let point = on.travel(side);
        let inside = polygon.holds([point.latitude_rad, point.longitude_rad]);
        prop_assert_eq!(inside, off_m > 0.0, "{} m off edge {}", off_m, which);
    }

    /// Distance to a point, by Karney's algorithm.
    #[test]
    fn a_circle_is_as_wide_as_it_says(
        centre in (-89.0..89.0_f64, -180.0..180.0_f64),
        bearing_rad in 0.0..std::f64::consts::TAU,
        radius_m in 1_000.0..500_000.0_f64,
    ) {
        let circle = Strip::new(&[[centre.0, centre.1]], radius_m).unwrap();
        let centre = at(rad([centre.0, centre.1]));
        for (distance_m, inside) in [(radius_m * 0.995, true), (radius_m * 1.005, false)] {
            let point = centre.travel(Geodesic { distance_m, bearing_rad });
            prop_assert_eq!(circle.holds([point.latitude_rad, point.longitude_rad]), inside);
        }
    }
}
