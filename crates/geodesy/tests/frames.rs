//! The frame maps against another implementation (`map_3d`) and against themselves.

use geodesy::{Ecef, Geodesic, Geodetic, LocalFrame};
use proptest::prelude::*;

fn anywhere() -> impl Strategy<Value = Geodetic> {
    (-90.0..=90.0, -180.0..=180.0, -1_000.0..100_000.0)
        .prop_map(|(lat, lon, h)| Geodetic::from_degrees(lat, lon, h).expect("in range"))
}

proptest! {
    #[test]
    fn geodetic_to_ecef_agrees_with_map_3d(p in anywhere()) {
        let (x, y, z) = map_3d::geodetic2ecef(
            p.latitude_rad, p.longitude_rad, p.height_m, map_3d::Ellipsoid::WGS84);
        let theirs = Ecef { x_m: x, y_m: y, z_m: z };
        prop_assert!(p.to_ecef().distance_m(theirs) < 1e-6);
    }

    #[test]
    fn a_point_survives_the_way_through_ecef_to_a_micrometre(p in anywhere()) {
        let back = p.to_ecef().to_geodetic();
        prop_assert!(back.to_ecef().distance_m(p.to_ecef()) < 1e-6);
        prop_assert!((back.height_m - p.height_m).abs() < 1e-6);
    }

    #[test]
    fn a_point_survives_the_way_through_a_local_frame(origin in anywhere(), p in anywhere()) {
        let frame = LocalFrame::at(origin);
        let back = frame.ecef_from_enu(frame.enu_from_geodetic(p));
        prop_assert!(back.distance_m(p.to_ecef()) < 1e-6);
    }

    #[test]
    fn local_frame_agrees_with_map_3d(origin in anywhere(), p in anywhere()) {
        let (e, n, u) = map_3d::geodetic2enu(
            p.latitude_rad, p.longitude_rad, p.height_m,
            origin.latitude_rad, origin.longitude_rad, origin.height_m,
            map_3d::Ellipsoid::WGS84);
        let ours = LocalFrame::at(origin).enu_from_geodetic(p);
        prop_assert!((ours.east - e).abs() < 1e-6);
        prop_assert!((ours.north - n).abs() < 1e-6);
        prop_assert!((ours.up - u).abs() < 1e-6);
    }

    #[test]
    fn polar_and_back_is_the_same_point(origin in anywhere(), p in anywhere()) {
        let frame = LocalFrame::at(origin);
        let there = frame.enu_from_geodetic(p);
        let back = there.to_polar().to_enu();
        prop_assert!((there.east - back.east).abs() < 1e-5);
        prop_assert!((there.north - back.north).abs() < 1e-5);
        prop_assert!((there.up - back.up).abs() < 1e-5);
    }

    #[test]
    fn slant_range_correction_finds_the_height_a_target_has(
        site in (-85.0..85.0, -180.0..180.0, 0.0..3_000.0f64),
        bearing_deg in 0.0..360.0f64, distance_m in 5_000.0..400_000.0f64, height_m in 0.0..15_000.0f64,
    ) {
        let antenna = Geodetic::from_degrees(site.0, site.1, site.2).expect("in range");
        let target = antenna
            .travel(Geodesic { distance_m, bearing_rad: bearing_deg.to_radians() })
            .at_height(height_m);
        let frame = LocalFrame::at(antenna);
        let measured = frame.polar_from_ecef(target.to_ecef());
        let elevation = measured.elevation_for_height(antenna, height_m).expect("a target is there");
        let corrected = frame.geodetic_from_enu(geodesy::Polar { elevation_rad: elevation, ..measured }.to_enu());
        // The sphere stands in for the ellipsoid: the ground error stays far under a radar's own.
        prop_assert!(corrected.geodesic_to(target).distance_m < 15.0, "{}", corrected.geodesic_to(target).distance_m);
    }
}

#[test]
fn flinders_peak_to_buninyong_is_the_published_geodesic() {
    // Geoscience Australia's worked example (GDA94 technical manual, table 4.3, GRS80: the
    // ellipsoids differ by 0.1 mm in the minor axis): 54,972.271 m at 306°52'05.37".
    let flinders = Geodetic::from_degrees(
        -(37.0 + 57.0 / 60.0 + 3.72030 / 3600.0),
        144.0 + 25.0 / 60.0 + 29.52440 / 3600.0,
        0.0,
    )
    .unwrap();
    let buninyong = Geodetic::from_degrees(
        -(37.0 + 39.0 / 60.0 + 10.15610 / 3600.0),
        143.0 + 55.0 / 60.0 + 35.38390 / 3600.0,
        0.0,
    )
    .unwrap();
    let line = flinders.geodesic_to(buninyong);
    assert!((line.distance_m - 54_972.271).abs() < 0.001);
    let published_deg = 306.0 + 52.0 / 60.0 + 5.37 / 3600.0;
    assert!((line.bearing_rad.to_degrees() - published_deg).abs() < 1e-5);
}

#[test]
fn the_poles_and_the_earths_centre_are_points_like_any_other() {
    let pole = Ecef { x_m: 0.0, y_m: 0.0, z_m: 6_356_752.314_245_179 + 100.0 }.to_geodetic();
    assert!((pole.latitude_deg() - 90.0).abs() < 1e-12);
    assert!((pole.height_m - 100.0).abs() < 1e-6);
    let centre = Ecef { x_m: 0.0, y_m: 0.0, z_m: 0.0 }.to_geodetic();
    assert!(centre.latitude_rad.is_finite() && centre.height_m.is_finite());
}

#[test]
fn latitudes_past_a_pole_are_refused() {
    assert_eq!(Geodetic::from_degrees(90.1, 0.0, 0.0), None);
    assert_eq!(Geodetic::from_degrees(0.0, f64::NAN, 0.0), None);
}
