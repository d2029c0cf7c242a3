//! Whatever the bytes, a reader ends, keeps its bounds and gives only what can be built.

#![expect(clippy::unwrap_used, reason = "a test may")]

use intent::airspace::read::{
    self, DEFECTS_MAX, Understood, aerodromes_csv, aixm, geojson, openair, permissions, points_csv,
};
use intent::airspace::{Airspaces, Fault};
use proptest::prelude::*;

const FILES: [&[u8]; 8] = [
    include_bytes!("../testdata/airspace/valley.openair"),
    include_bytes!("../testdata/airspace/faults.openair"),
    include_bytes!("../testdata/airspace/valley.geojson"),
    include_bytes!("../testdata/airspace/faults.geojson"),
    include_bytes!("../testdata/airspace/valley.xml"),
    include_bytes!("../testdata/airspace/faults.xml"),
    include_bytes!("../testdata/airspace/permissions.toml"),
    include_bytes!("../testdata/airspace/permissions-faults.toml"),
];

fn check(understood: Understood) {
    assert!(understood.defects.len() <= DEFECTS_MAX + 1);
    for defect in &understood.defects {
        assert!(defect.to_string().chars().count() < 600, "{defect}");
        assert!(defect.to_string().chars().all(|c| !c.is_control()), "{defect:?}");
    }
    Airspaces::build(understood.airspaces).unwrap();
}

fn check_all(bytes: &[u8]) {
    check(openair(bytes));
    check(geojson(bytes));
    check(aixm(bytes));
    check(aerodromes_csv(bytes));
    check(points_csv(bytes));
    assert!(permissions(bytes).1.len() <= DEFECTS_MAX + 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check_all(&bytes);
    }

    #[test]
    fn files_with_changed_octets_are_read_to_an_end(
        file in 0..FILES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = FILES[file].to_vec();
        for (place, octet) in changes {
            let place = place.index(bytes.len());
            bytes[place] = octet;
        }
        check_all(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        check_all(&bytes);
    }

    #[test]
    fn commands_of_openair_in_any_order_with_any_numbers_are_read_to_an_end(
        lines in prop::collection::vec((0..16_usize, -400.0..400.0_f64, -400.0..400.0_f64), 0..60),
    ) {
        let mut text = String::new();
        for (command, a, b) in lines {
            text += &match command {
                0 | 1 => "AC R\nAL GND\nAH UNL\n".to_owned(),
                2 => format!("AN {a}\n"),
                3 => format!("AL {a}ft\n"),
                4 => format!("AH FL{a}\n"),
                5 | 6 => format!("V X={:.4}N {:.4}E\n", a.abs() / 4.4, b.abs() / 2.2),
                7 => "V D=-\n".to_owned(),
                8 => format!("V W={a}\n"),
                9 => format!("DC {a}\n"),
                10 => format!("DA {},{a},{b}\n", a.abs() / 10.0),
                11 => format!("DB {:.3}N 10E, {:.3}N 10E\n", a.abs() / 4.5, b.abs() / 4.5),
                12 => format!("DY {:.4}S {:.4}W\n", a.abs() / 4.4, b.abs() / 2.2),
                _ => format!("DP {:.4}N {:.4}E\n", a.abs() / 4.4, b.abs() / 2.2),
            };
        }
        check(openair(text.as_bytes()));
    }

    #[test]
    fn polygons_of_any_corners_are_taken_or_refused(
        corners in prop::collection::vec((-180.0..=180.0_f64, -90.0..=90.0_f64), 0..12),
        round in any::<bool>(),
    ) {
        let scale = if round { 10.0 } else { 1e6 };
        let whole = |x: f64| (x * scale).round() / scale;
        let corners: Vec<[f64; 2]> = corners.iter().map(|(x, y)| [whole(*x), whole(*y)]).collect();
        let text = format!(
            r#"{{"type":"Feature","properties":{{"name":"X","kind":"territory"}},
            "geometry":{{"type":"Polygon","coordinates":[{corners:?}]}}}}"#
        );
        check(geojson(text.as_bytes()));
    }
}

#[test]
fn a_small_file_that_draws_endless_arcs_is_bounded() {
    let mut text = "AC R\nAN ARCS\nAL GND\nAH UNL\nV X=42N 74E\n".to_owned();
    text.push_str(&"DA 500,0,359\n".repeat(20_000));
    let understood = openair(text.as_bytes());
    assert!(understood.airspaces.is_empty());
    let told = &understood.defects[0].fault;
    assert!(matches!(told, Fault::TooMuch { limit: read::CORNERS_MAX, .. }), "{told:?}");
    check(understood);
}

#[test]
fn nesting_without_end_is_refused() {
    check_all("[".repeat(100_000).as_bytes());
    check_all(format!("{{\"features\":{}", "[".repeat(100_000)).as_bytes());
    check_all(format!("<m><Airspace>{}", "<a>".repeat(300_000)).as_bytes());
    check_all(format!("<m>{}", "<Airspace>".repeat(100_000)).as_bytes());
    check_all(format!("x = {}", "[".repeat(100_000)).as_bytes());
    check_all("AZ\n".repeat(5_000).as_bytes());
}
