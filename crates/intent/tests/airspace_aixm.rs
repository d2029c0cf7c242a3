//! AIXM messages, made up after the examples of AIXM 5.1 and OGC 12-028r1: what is understood of
//! them, and what is said of the rest.

#![expect(clippy::unwrap_used, reason = "a test may")]

use geodesy::Geodetic;
use intent::airspace::read::aixm;
use intent::airspace::{
    Airspaces, Answer, Class, Geometry, Heights, Kind, Limit, Limits, PointKind,
};
use surveillance::Time;

fn degrees(latitude_deg: f64, longitude_deg: f64) -> Geodetic {
    Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).unwrap()
}

fn over(airspaces: &Airspaces, latitude_deg: f64, longitude_deg: f64) -> Vec<String> {
    let mut hits = Vec::new();
    let position = degrees(latitude_deg, longitude_deg);
    airspaces.holding(position, &Heights::default(), Time::EPOCH, &mut hits);
    hits.iter().map(|hit| airspaces.get(hit.airspace).unwrap().name.clone()).collect()
}

#[test]
fn a_message_is_understood_with_circles_arcs_axes_timetables_and_places() {
    let understood = aixm(include_bytes!("../testdata/airspace/valley.xml"));
    assert!(understood.defects.is_empty(), "{:#?}", understood.defects);
    let airspaces = Airspaces::build(understood.airspaces).unwrap();
    let names: Vec<_> = airspaces.iter().map(|(_, own)| own.name.as_str()).collect();
    assert_eq!(names, ["KARA & SU CTR", "XX-R2", "LAKE FIR"]);

    let ctr = airspaces.get(airspaces.find("KARA & SU CTR").unwrap()).unwrap();
    assert_eq!((ctr.kind.clone(), ctr.class), (Kind::Ctr, Some(Class::D)));
    assert!(matches!(ctr.geometry, Geometry::Circle { radius_m: 14_816.0, .. }));
    let expected = Limits { lower: Limit::Surface, upper: Limit::Amsl(6_500.0 * 0.3048) };
    assert_eq!(ctr.limits, expected);
    let at = |text: &str| text.parse::<Time>().unwrap();
    assert_eq!(ctr.activation.at(at("2025-12-31T23:59:59Z")), Answer::Outside);
    assert_eq!(ctr.activation.at(at("2026-01-01T00:00:00Z")), Answer::Inside);

    let restricted = airspaces.get(airspaces.find("XX-R2").unwrap()).unwrap();
    // 300 m of the ground, and FL245 is 24,500 ft.
    let upper = Limit::FlightLevel(24_500.0 * 0.3048);
    assert_eq!(restricted.limits, Limits { lower: Limit::Agl(300.0), upper });
    // 2026-11-27 is a Friday.
    assert_eq!(restricted.activation.at(at("2026-11-27T06:00:00Z")), Answer::Inside);
    assert_eq!(restricted.activation.at(at("2026-11-28T06:00:00Z")), Answer::Outside);
    // The arc from west over north to east: 41 km north of its centre is inside, south is the box.
    assert_eq!(
        over(&airspaces, 42.86, 74.5),
        ["XX-R2", "KARA & SU CTR"].map(String::from).into_iter().rev().collect::<Vec<_>>()
    );
    assert!(over(&airspaces, 43.0, 74.5).is_empty());
    assert_eq!(over(&airspaces, 42.1, 74.5), ["XX-R2"]);
    assert!(over(&airspaces, 41.9, 74.5).is_empty());

    assert_eq!(over(&airspaces, 41.5, 78.5), ["LAKE FIR"]);
    assert!(over(&airspaces, 42.2, 77.5).is_empty());

    let aerodrome = &understood.aerodromes[0];
    assert_eq!((aerodrome.indicator.as_str(), aerodrome.name.as_str()), ("XXKA", "KARA"));
    let height_m = aerodrome.position.height_m;
    assert!((height_m - 609.6).abs() < 1e-9 && aerodrome.elevation_known);
    let points: Vec<_> =
        understood.points.iter().map(|point| (point.ident.as_str(), point.kind)).collect();
    assert_eq!(points, [("ABCDE", PointKind::Waypoint), ("KRA", PointKind::Vor)]);
    assert_eq!(understood.points[0].position, degrees(42.5, 75.25));
}

#[test]
fn each_fault_of_a_message_is_named_with_its_line_and_element() {
    let understood = aixm(include_bytes!("../testdata/airspace/faults.xml"));
    let names: Vec<_> = understood.airspaces.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["GOOD"]);
    let told: Vec<String> = understood.defects.iter().map(ToString::to_string).collect();
    let expected = [
        "line 5: posList: ODD: \"42 74 42\" is not pairs of numbers",
        "line 10: posList: SWAPPED: 142, 75 is no latitude and longitude",
        "line 15: srsName: GRID: \"EPSG:3857\" is not EPSG:4326 or CRS84",
        "line 19: operation: LESS: \"SUBTR\" is not BASE or UNION",
        "line 22: interpretation: LATER: \"TEMPDELTA\" is not known",
        "line 22: Airspace: a BASELINE time slice is missing",
        "line 30: curveMember: BORDER: \"#border\" is not a curve in this place",
        "line 35: upperLimit: HIGH: \"YD\" is not uom FT, M, FL or SM",
        "line 37: geometry: CROSSED: the outline crosses itself near 42.05",
        "line 47: file: ill-formed document",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
}
