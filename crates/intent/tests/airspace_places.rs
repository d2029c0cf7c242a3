//! Permissions, aerodromes and points, read from files.

#![expect(clippy::unwrap_used, reason = "a test may")]

use geodesy::Geodetic;
use intent::airspace::read::{Format, aerodromes_csv, geojson_of, permissions, points_csv};
use intent::airspace::{Airspaces, Answer, Heights, Kind, Places, PointKind};
use std::path::Path;
use surveillance::{Address, Callsign, Codes, Time};

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn a_permission_lets_its_subject_in_where_when_and_as_high_as_it_says() {
    let text = include_bytes!("../testdata/airspace/permissions.toml");
    let (given, defects) = permissions(text);
    assert!(defects.is_empty(), "{defects:#?}");
    let level =
        |feet: f64| Heights { pressure_altitude_m: Some(feet * 0.3048), ..Heights::default() };
    let noon = at("2026-12-01T12:00:00Z");
    let lets = |name, heights, time| given[0].lets(name, &heights, time);
    assert_eq!(lets("KGZ", level(30_000.0), noon), Answer::Inside);
    assert_eq!(lets("TJK", level(30_000.0), noon), Answer::Outside);
    assert_eq!(lets("KGZ", level(20_000.0), noon), Answer::Outside);
    assert_eq!(lets("KGZ", Heights::default(), noon), Answer::Unknown);
    assert_eq!(lets("KGZ", level(30_000.0), at("2026-12-01T16:00:00Z")), Answer::Outside);

    let codes = |callsign: &str, address: u32| Codes {
        callsign: Callsign::new(callsign),
        address: Some(Address::icao(address)),
        ..Codes::default()
    };
    assert!(given[0].subject.matches(&codes("UZB123", 1), None));
    assert!(!given[0].subject.matches(&codes("UZB1234", 1), None));
    assert!(given[1].subject.matches(&codes("SNG42", 0x50_7abc), None));
    assert!(!given[1].subject.matches(&codes("SNG42", 0x50_7abd), None));
    assert!(!given[1].subject.matches(&codes("UZB123", 0x50_7abc), None));
}

#[test]
fn a_permission_with_a_fault_lets_nobody_in_and_says_why() {
    let (given, defects) =
        permissions(include_bytes!("../testdata/airspace/permissions-faults.toml"));
    assert!(given.is_empty(), "{given:#?}");
    let told: Vec<String> = defects.iter().map(ToString::to_string).collect();
    let expected = [
        "line 1: permission: NOBODY: callsign, address or plan: whom it is for is missing",
        "line 14: until: BACKWARDS: it ends at 2026-11-01T16:00:00Z, which is not after",
        "line 23: only_on_mondays: CONDITION: \"only_on_mondays\" is not known",
        "line 28: address: FOR EVER: \"50ABCDE\" is not six hexadecimal digits",
        "line 38: from: LOCAL TIME: \"2026-12-01T08:00:00\" is not an instant of UTC",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
    let (none, broken) = permissions(b"[[permission]]\nname = ");
    assert!(none.is_empty() && broken[0].line == Some(2), "{broken:?}");
}

#[test]
fn aerodromes_and_points_are_found_by_code_the_old_one_too() {
    let aerodromes = aerodromes_csv(
        b"icao,iata,name,city,subd,country,elevation,lat,lon,tz,lid\n\
          UCFM,BSZ,Manas,Bishkek,Chuey,KG,2090,43.0613,74.4776,Asia/Bishkek,\n\
          UXXX,,Nowhere,,,KG,high,43,74,,\n\
          UYYY,,North,,,KG,,143,74,,\n",
    );
    let told: Vec<String> = aerodromes.defects.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].starts_with("line 3: elevation: UXXX: \"high\" is not a number"),
        "{}",
        told[0]
    );
    assert!(told[1].starts_with("line 4: latitude: UYYY: 143, 74 is no"), "{}", told[1]);
    let points = points_csv(
        b"ident,name,type,latitude_deg,longitude_deg\n\
          MNS,Manas,VOR-DME,43.05,74.47\nMNS,Elsewhere,NDB,-10,20\nBISKA,,,42.5,74.1\n",
    );
    let places = Places::of(aerodromes.aerodromes, points.points);
    let manas = places.aerodrome("UAFM").unwrap();
    assert_eq!((manas.indicator.as_str(), manas.iata.as_deref()), ("UCFM", Some("BSZ")));
    assert!((manas.position.height_m - 637.032).abs() < 1e-9 && manas.elevation_known);
    assert_eq!(places.aerodrome("UCFO"), None);
    assert_eq!(places.points("MNS").len(), 2);
    let near = places.point_near("MNS", manas.position).unwrap();
    assert_eq!((near.kind, near.name.as_deref()), (PointKind::Vor, Some("Manas")));
    assert_eq!(places.points("BISKA")[0].kind, PointKind::Waypoint);
    let nothing = aerodromes_csv(b"a,b\n1,2\n");
    assert!(nothing.defects[0].to_string().starts_with("line 1: icao: the column is missing"));
}

#[test]
fn the_tables_of_the_region_are_read_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/geo");
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let (Some(aerodromes), Some(points)) = (
        read("centralasia_airports_airportsdata_mit.csv"),
        read("centralasia_navaids_ourairports_pd.csv"),
    ) else {
        println!("skipped: no tables of the region beside the project");
        return;
    };
    assert_eq!(Format::guess(&aerodromes), Format::Aerodromes);
    assert_eq!(Format::guess(&points), Format::Points);
    let (aerodromes, points) = (aerodromes_csv(&aerodromes), points_csv(&points));
    assert!(aerodromes.defects.is_empty() && points.defects.is_empty());
    assert_eq!(points.points.len(), 168);
    let places = Places::of(aerodromes.aerodromes, points.points);
    let tashkent = Geodetic::from_degrees(41.2579, 69.2812, 0.0).unwrap();
    for code in ["UTTT", "UZTT"] {
        let found = places.aerodrome(code).unwrap().position;
        assert!(found.geodesic_to(tashkent).distance_m < 1.0);
    }
}

#[test]
fn flight_information_regions_of_others_are_read_and_what_crosses_itself_is_named() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/geo");
    let Ok(bytes) = std::fs::read(folder.join("centralasia_fir_vatspy_ccbysa4.geojson")) else {
        println!("skipped: no regions beside the project");
        return;
    };
    let understood = geojson_of(&bytes, &Kind::Fir);
    let names: Vec<_> = understood.airspaces.iter().map(|own| own.name.as_str()).collect();
    println!("{names:?}\n{:#?}", understood.defects);
    let airspaces = Airspaces::build(understood.airspaces).unwrap();
    let mut hits = Vec::new();
    let bishkek = Geodetic::from_degrees(42.87, 74.59, 0.0).unwrap();
    airspaces.holding(bishkek, &Heights::default(), at("2026-12-01T00:00:00Z"), &mut hits);
    let over: Vec<_> = hits.iter().map(|hit| &airspaces.get(hit.airspace).unwrap().name).collect();
    assert!(
        over.iter().any(|name| name.starts_with("UCFM") || name.starts_with("UAFM")),
        "{over:?}"
    );
}
