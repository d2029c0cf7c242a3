//! Routes over the ground: positions, times and distances, against geodesics measured otherwise.

use geodesy::Geodetic;
use geodesy::units::{METRES_PER_NM, MPS_PER_KNOT};
use intent::plan::{Message, Places, Plan, RouteFault, Timing, Trajectory, read};

/// A handful of places; two points are called OSH.
struct Few;

const POINTS: &[(&str, f64, f64)] = &[
    ("OSH", 40.61, 72.79),
    ("OSH", 51.0, 4.0),
    ("BATUR", 42.5, 76.0),
    ("FAROF", -33.0, 151.0),
    ("P127", 43.0, 76.2),
];

impl Places for Few {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        match indicator {
            "UCFM" => Geodetic::from_degrees(43.0613, 74.4776, 637.0),
            "UAAA" => Geodetic::from_degrees(43.3521, 77.0405, 681.0),
            "PHNL" => Geodetic::from_degrees(21.3, -157.9, 0.0),
            "RJTT" => Geodetic::from_degrees(35.55, 139.78, 0.0),
            _ => None,
        }
    }

    fn points(&self, name: &str, found: &mut Vec<Geodetic>) {
        let named = POINTS.iter().filter(|point| point.0 == name);
        found.extend(named.filter_map(|point| Geodetic::from_degrees(point.1, point.2, 0.0)));
    }
}

fn plan(text: &str) -> Plan {
    let reading = read(text.as_bytes());
    let Some((_, Message::Filed(plan))) = reading.messages.into_iter().next() else { panic!() };
    *plan
}

fn expand(route: &str, rest: &str) -> (Trajectory, Vec<String>) {
    let text = format!("(FPL-AAA1-IS-B738/M-S/C-UCFM0530-{route}-{rest})");
    let (trajectory, faults) = Trajectory::expand(&plan(&text), &Few);
    (trajectory.expect("a route"), faults.iter().map(ToString::to_string).collect())
}

#[test]
fn points_are_found_and_what_is_guessed_is_said() {
    let (trajectory, faults) = expand(
        // The detour by FAROF: pyproj 3.7 (PROJ), Geod(ellps="WGS84"), 12186.3 NM.
        "N0450F330 CPT3F OSH A240 BATUR/N0430F350 DCT P127 DCT FAROF 4310N07630E OSH030020 NOPE",
        "UAAA0100-0",
    );
    let names: Vec<&str> = trajectory.points().iter().map(|point| point.name.as_str()).collect();
    assert_eq!(names, ["UCFM", "OSH", "BATUR", "P127", "4310N07630E", "OSH030020", "UAAA"]);
    assert_eq!(
        faults,
        [
            "procedure CPT3F is taken as direct",
            "airway A240 is not known: OSH to BATUR is taken as direct",
            "point FAROF is 12186 NM out of the way: left out",
            "OSH030020: the magnetic variation is not known, the bearing is taken as true",
            "point NOPE is not known: left out",
        ]
    );
    let levels: Vec<String> =
        trajectory.points().iter().map(|point| point.level.unwrap().to_string()).collect();
    assert_eq!(levels, ["F330", "F330", "F350", "F350", "F350", "F350", "F350"]);
}

#[test]
fn of_points_with_one_name_the_nearest_to_the_route_is_taken() {
    let (trajectory, _) = expand("N0450F330 OSH", "UAAA0100-0");
    assert!((trajectory.points()[1].position.latitude_deg() - 40.61).abs() < 1e-9);
}

#[test]
fn times_said_are_kept_and_speeds_share_out_the_rest() {
    let (by_speed, _) = expand("N0400F330 DCT BATUR DCT", "UAAA-0");
    assert_eq!(by_speed.timing(), Timing::Speed);
    let expected_s = by_speed.length_m() / (400.0 * MPS_PER_KNOT);
    assert!((by_speed.duration_s() - expected_s).abs() < 1e-6);
    let (filed, _) = expand("N0400F330 DCT OSH DCT BATUR DCT", "UAAA0130-EET/OSH0040 BATUR0110");
    let times: Vec<f64> = filed.points().iter().map(|point| point.elapsed_s / 60.0).collect();
    assert_eq!((filed.timing(), times), (Timing::Filed, vec![0.0, 40.0, 70.0, 90.0]));
    assert!((filed.elapsed_at(filed.along_at(3000.0)) - 3000.0).abs() < 1e-6);
}

#[test]
fn a_route_by_mach_number_takes_the_speed_of_sound_at_its_level() {
    // ISO 2533: 295.07 m/s at 11 km and above, 299.46 m/s at 10 km.
    let (trajectory, _) = expand("M080S1000 DCT BATUR DCT", "UAAA-0");
    let speed_mps = trajectory.length_m() / trajectory.duration_s();
    assert!((speed_mps - 0.8 * 299.46).abs() < 0.02, "{speed_mps}");
}

/// The nearest point of a geodesic by bisection of its length: slow, and sure.
fn distance_m(from: Geodetic, to: Geodetic, position: Geodetic) -> f64 {
    let whole = from.geodesic_to(to);
    let at = |along_m: f64| {
        let mut part = whole;
        part.distance_m = along_m;
        from.travel(part).geodesic_to(position).distance_m
    };
    let (mut low, mut high) = (0.0, whole.distance_m);
    for _ in 0..200 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if at(a) < at(b) { high = b } else { low = a }
    }
    at(low)
}

#[test]
fn beside_a_long_geodesic_is_measured_to_a_few_metres() {
    let text = "(FPL-AAA1-IS-B738/M-S/C-RJTT0530-N0450F330 DCT-PHNL0700-0)";
    let trajectory = Trajectory::expand(&plan(text), &Few).0.unwrap();
    let [from, to] = [trajectory.points()[0].position, trajectory.points()[1].position];
    assert!((trajectory.length_m() - from.geodesic_to(to).distance_m).abs() < 1e-6);
    for (share, off_nm) in [(0.1, 0.0), (0.33, 3.0), (0.5, -12.0), (0.7, 40.0), (0.93, -1.0)] {
        let on = trajectory.position_at(share * trajectory.duration_s());
        let mut aside = on.geodesic_to(to);
        aside.bearing_rad += std::f64::consts::FRAC_PI_2;
        aside.distance_m = off_nm * METRES_PER_NM;
        let position = on.travel(aside);
        let found = trajectory.locate(position.to_ecef(), None);
        let expected_m = distance_m(from, to, position);
        assert!(
            (found.lateral_m.abs() - expected_m).abs() < 5.0 + 1e-4 * expected_m,
            "{found:?} {expected_m}"
        );
        assert!(
            (found.distance_m - expected_m).abs() < 5.0 + 1e-4 * expected_m,
            "{found:?} {expected_m}"
        );
        assert!(expected_m < 5.0 || found.lateral_m.signum() == off_nm.signum());
        assert!((found.along_m - share * trajectory.length_m()).abs() < 60.0, "{found:?}");
    }
    let antipode = Geodetic::from_degrees(-30.0, 0.0, 0.0).unwrap().to_ecef();
    assert!(trajectory.locate(antipode, None).distance_m > 5e6);
}

#[test]
fn a_route_with_nowhere_to_go_is_none() {
    let text = "(FPL-AAA1-IS-B738/M-S/C-UCFM0530-N0450F330 DCT-UCFM0700-0)";
    let (trajectory, faults) = Trajectory::expand(&plan(text), &Few);
    assert_eq!((trajectory, faults), (None, vec![RouteFault::NoRoute]));
}

#[test]
fn a_route_over_real_navaids_is_as_long_as_pyproj_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/geo");
    let file = |name: &str| std::fs::read(folder.join(name)).ok();
    let aerodromes = file("centralasia_airports_airportsdata_mit.csv");
    let navaids = file("centralasia_navaids_ourairports_pd.csv");
    let (Some(aerodromes), Some(navaids)) = (aerodromes, navaids) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    let aerodromes = intent::airspace::read::aerodromes_csv(&aerodromes).aerodromes;
    let points = intent::airspace::read::points_csv(&navaids).points;
    let places = intent::airspace::Places::of(aerodromes, points);
    let text = "(FPL-AAA1-IS-B738/M-S/C-UCFM0530-N0450F350 DCT BL DCT BA DCT AST DCT-UATT0300-0)";
    let (trajectory, faults) = Trajectory::expand(&plan(text), &places);
    assert_eq!(faults, []);
    // pyproj 3.7 (PROJ), Geod(ellps="WGS84").line_length over the same coordinates of those files.
    let length_nm = trajectory.expect("a route").length_m() / METRES_PER_NM;
    assert!((length_nm - 1182.354).abs() < 0.01, "{length_nm}");
}
