//! Files as other programs write them, and files with faults: what is understood of them, and what
//! is said of the rest. All files are made up; no such airspace exists.

#![expect(clippy::unwrap_used, reason = "a test may")]

use geodesy::Geodetic;
use intent::airspace::read::{Format, Understood, geojson, openair};
use intent::airspace::{
    Activation, AirspaceId, Airspaces, Answer, Class, Geometry, Heights, Kind, Limit, Limits,
    to_geojson,
};
use surveillance::Time;

fn degrees(latitude_deg: f64, longitude_deg: f64) -> Geodetic {
    Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).unwrap()
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// Everything in the file was understood; as one set.
fn built(understood: Understood) -> Airspaces {
    let defects: Vec<String> = understood.defects.iter().map(ToString::to_string).collect();
    assert!(defects.is_empty(), "{defects:#?}");
    Airspaces::build(understood.airspaces).unwrap()
}

fn area_km2(airspaces: &Airspaces, name: &str) -> f64 {
    airspaces.area_m2(airspaces.find(name).unwrap()).unwrap() / 1e6
}

fn over(airspaces: &Airspaces, position: Geodetic) -> Vec<String> {
    let mut hits = Vec::new();
    airspaces.holding(position, &Heights::default(), Time::EPOCH, &mut hits);
    hits.iter().map(|hit| airspaces.get(hit.airspace).unwrap().name.clone()).collect()
}

/// To the nanometre, which feet and metres there and back cost.
fn alike(one: Limits, other: Limits) -> bool {
    let same = |one: Limit, other: Limit| match (one, other) {
        (Limit::Amsl(a), Limit::Amsl(b))
        | (Limit::Agl(a), Limit::Agl(b))
        | (Limit::FlightLevel(a), Limit::FlightLevel(b)) => (a - b).abs() < 1e-9,
        (one, other) => one == other,
    };
    same(one.lower, other.lower) && same(one.upper, other.upper)
}

fn close(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() < relative, "{value} is not {expected}");
}

#[test]
fn an_openair_file_is_understood_to_the_last_command() {
    let airspaces = built(openair(include_bytes!("../testdata/airspace/valley.openair")));
    let names: Vec<_> = airspaces.iter().map(|(_, own)| own.name.as_str()).collect();
    assert_eq!(names, ["KARA CTR", "KARA TMA", "RANGE NORTH", "DAM", "ROAD"]);
    let kinds: Vec<_> = airspaces.iter().map(|(_, own)| own.kind.clone()).collect();
    let expected = [Kind::Ctr, Kind::Tma, Kind::Reserved, Kind::Prohibited, Kind::Restricted];
    assert_eq!(kinds, expected);
    let ctr = airspaces.get(AirspaceId(0)).unwrap();
    assert_eq!((ctr.class, ctr.limits.lower, ctr.line), (Some(Class::D), Limit::Surface, Some(3)));
    assert_eq!(ctr.limits.upper, Limit::Amsl(6_500.0 * 0.3048));
    // π r², r = 8 NM and 3 NM; the half circle of DAM goes round by the north, anticlockwise from
    // east to west.
    close(area_km2(&airspaces, "KARA CTR"), std::f64::consts::PI * 14.816 * 14.816, 1e-4);
    close(area_km2(&airspaces, "DAM"), std::f64::consts::PI * 5.556 * 5.556 / 2.0, 2e-4);
    assert_eq!(over(&airspaces, degrees(41.68, 72.66)), ["DAM"]);
    assert!(over(&airspaces, degrees(41.65, 72.66)).is_empty());
    // The arc of KARA TMA bulges to the east, clockwise from north to south.
    assert_eq!(over(&airspaces, degrees(42.84, 75.2)), ["KARA TMA"]);
    assert!(over(&airspaces, degrees(42.84, 75.3)).is_empty());
    assert_eq!(over(&airspaces, degrees(42.10, 73.30)), ["ROAD"]);
}

#[test]
fn times_of_openair_decide_when_it_is_active() {
    let airspaces = built(openair(include_bytes!("../testdata/airspace/valley.openair")));
    let range = airspaces.get(AirspaceId(2)).unwrap();
    let check =
        |time: &str, expected| assert_eq!(range.activation.at(at(time)), expected, "{time}");
    check("2026-12-01T07:59:59Z", Answer::Outside);
    check("2026-12-01T08:00:00Z", Answer::Inside);
    check("2026-12-02T23:59:59Z", Answer::Inside);
    check("2026-12-03T00:00:00Z", Answer::Outside);
    assert_eq!(airspaces.get(AirspaceId(4)).unwrap().activation, Activation::ByNotice);
}

#[test]
fn each_fault_of_an_openair_file_is_named_with_its_line_and_command() {
    let understood = openair(include_bytes!("../testdata/airspace/faults.openair"));
    let names: Vec<_> = understood.airspaces.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["ODD WORDS"]);
    let told: Vec<String> = understood.defects.iter().map(ToString::to_string).collect();
    let expected = [
        "line 5: geometry: BOW TIE: the outline crosses itself near 42.08347, 74.08333",
        "line 9: geometry: TWO CORNERS: 2 different corners make no area",
        "line 16: geometry: LINE: the outline encloses 0 m², which is no area",
        "line 23: limits: UPSIDE DOWN: the upper limit FL095 is not above the lower limit FL245",
        "line 29: AH: NO UPPER: the upper limit is missing",
        "line 37: DP: FAR NORTH: 92, 74 is no latitude and longitude",
        "line 44: AZ: ODD WORDS: \"AZ whatever\" is not known",
        "line 48: AL: WRONG LIMIT: \"about 500\" is not a limit such as",
        "line 55: AA: PAST: it ends at 2026-12-01T08:00:00Z, which is not after",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
}

#[test]
fn a_geojson_file_is_understood_with_holes_circles_corridors_and_the_date_line() {
    let airspaces = built(geojson(include_bytes!("../testdata/airspace/valley.geojson")));
    let west = airspaces.get(airspaces.find("WEST").unwrap()).unwrap();
    assert_eq!((west.party.as_deref(), west.kind.clone()), (Some("KGZ"), Kind::Territory));
    assert_eq!(over(&airspaces, degrees(39.5, 70.5)), ["WEST"]);
    assert!(over(&airspaces, degrees(41.5, 72.5)).is_empty());
    // Straight in longitude and latitude: on the parallel, where the geodesic is 2.7 km north.
    assert!(over(&airspaces, degrees(38.9999, 72.5)).is_empty());
    assert_eq!(over(&airspaces, degrees(39.0001, 72.5)), ["WEST"]);
    close(area_km2(&airspaces, "DRONES"), std::f64::consts::PI * 2.5 * 2.5, 2e-4);
    assert_eq!(over(&airspaces, degrees(10.5, 180.0)), ["DATE LINE"]);
    assert_eq!(over(&airspaces, degrees(12.5, -178.0)), ["DATE LINE"]);
    assert!(over(&airspaces, degrees(10.5, 0.0)).is_empty());
    // 18,520 m wide: 9 km off its middle line is in it, 10 km is not.
    assert_eq!(
        over(&airspaces, degrees(42.08, 74.0)),
        ["EAST WEST", "WEST"].map(String::from).into_iter().rev().collect::<Vec<_>>()
    );
    let corridor = airspaces.find("EAST WEST").unwrap();
    let off_m = airspaces.distance_m(corridor, degrees(40.0, 71.0)).unwrap();
    assert!((off_m + 9_260.0).abs() < 0.5, "{off_m}");
    let drones = airspaces.get(airspaces.find("DRONES").unwrap()).unwrap();
    assert!(matches!(drones.geometry, Geometry::Circle { radius_m: 2_500.0, .. }));
    // 2026-11-27 is a Friday.
    assert_eq!(drones.activation.at(at("2026-11-27T15:59:00Z")), Answer::Inside);
    assert_eq!(drones.activation.at(at("2026-11-28T15:59:00Z")), Answer::Outside);
}

#[test]
fn each_fault_of_a_geojson_file_is_named_with_its_line_and_property() {
    let understood = geojson(include_bytes!("../testdata/airspace/faults.geojson"));
    assert!(understood.airspaces.is_empty());
    let told: Vec<String> = understood.defects.iter().map(ToString::to_string).collect();
    let expected = [
        "line 4: name: the name is missing",
        "line 11: upper: HIGH: \"sky\" is not a limit such as",
        "line 15: coordinates: SWAPPED: 170, 39 is no latitude and longitude",
        "line 16: geometry: HOLE: hole 1 is not inside its polygon",
        "line 16: colour: HOLE: \"colour\" is not known",
        "line 20: coordinates: ONE: invalid type",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
}

#[test]
fn what_is_written_as_geojson_reads_back_as_the_same_air() {
    let files: [&[u8]; 3] = [
        include_bytes!("../testdata/airspace/valley.openair"),
        include_bytes!("../testdata/airspace/valley.geojson"),
        br#"{"type":"Feature","properties":{"name":"POLE","kind":"fir"},"geometry":
            {"type":"Polygon","coordinates":[[[-180,80],[-60,75],[60,85],[180,80],[180,90],[-180,90]]]}}"#,
    ];
    for file in files {
        let airspaces = built(Format::guess(file).read(file));
        let again = built(geojson(to_geojson(&airspaces).as_bytes()));
        assert_eq!(airspaces.len(), again.len());
        for ((id, own), (_, other)) in airspaces.iter().zip(again.iter()) {
            assert!(alike(own.limits, other.limits), "{:?} {:?}", own.limits, other.limits);
            assert_eq!(
                (&own.name, &own.kind, own.class, &own.party, &own.activation),
                (&other.name, &other.kind, other.class, &other.party, &other.activation)
            );
            // The round ends of a corridor's legs lie over each other.
            if !matches!(own.geometry, Geometry::Corridor { .. }) {
                close(again.area_m2(id).unwrap(), airspaces.area_m2(id).unwrap(), 1e-4);
            }
        }
        let mut random = 1_u64;
        let mut next = |low: f64, high: f64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            low + (high - low) * (random >> 11) as f64 / (1_u64 << 53) as f64
        };
        for _ in 0..4_000 {
            let position = degrees(next(38.0, 45.0), next(69.0, 79.0));
            let near = |set: &Airspaces| {
                set.iter().any(|(id, _)| set.distance_m(id, position).unwrap().abs() < 5.0)
            };
            if !near(&airspaces) && !near(&again) {
                assert_eq!(over(&airspaces, position), over(&again, position));
            }
        }
    }
}
