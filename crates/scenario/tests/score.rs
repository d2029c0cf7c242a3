//! The score card against the figures of other programs (testdata/score, testdata/stonesoup).

use flate2::read::GzDecoder;
use geodesy::{Enu, Geodetic, LocalFrame};
use scenario::form::{Meta, TrackRow, Truth, TruthRow, read_aircraft, read_tracks, read_truth};
use scenario::score::{Card, Options, SetDistance};
use serde_json::Value;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/score").join(name)
}

fn table(name: &str) -> BufReader<GzDecoder<File>> {
    BufReader::new(GzDecoder::new(File::open(path(name)).expect("it holds")))
}

/// Every figure of `expected` is in `ours`, equal to nine digits.
fn check(place: &str, ours: &Value, expected: &Value) {
    match expected {
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "scenario") {
                check(&format!("{place}.{key}"), &ours[key], value);
            }
        }
        _ => {
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            let (ours, expected) = (number(ours), number(expected));
            let near = (ours - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            assert!(near, "{place}: {ours}, expected {expected}");
        }
    }
}

#[test]
fn every_figure_is_that_of_the_other_scorer() {
    let meta = std::fs::read_to_string(path("meta.json")).expect("it holds");
    let meta = Meta::parse("meta.json", &meta).expect("it holds");
    let (rows, bad) = read_truth("truth", table("truth.csv.gz")).expect("it holds");
    assert_eq!(bad.count, 0);
    let (aircraft, _) = read_aircraft("aircraft", table("aircraft.csv.gz")).expect("it holds");
    let (tracks, _) = read_tracks("tracks", table("tracks.csv.gz")).expect("it holds");
    let card = Card::of(&Truth { rows, aircraft }, &tracks, &Options::of(&meta));
    let expected = serde_json::from_reader(File::open(path("expected.json")).expect("it holds"))
        .expect("it holds");
    check("card", &serde_json::to_value(&card).expect("it holds"), &expected);
}

fn stonesoup() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/stonesoup/reference.json");
    serde_json::from_reader(File::open(path).expect("kept")).expect("JSON")
}

fn numbers(row: &Value) -> Vec<f64> {
    row.as_array().expect("a row").iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

fn points(value: &Value) -> Vec<[f64; 2]> {
    let rows = value.as_array().expect("points").iter();
    rows.map(|row| numbers(row)[..2].try_into().expect("a pair")).collect()
}

#[test]
fn gospa_and_ospa_are_stone_soups() {
    let reference = stonesoup();
    let sets = reference["sets"].as_array().expect("sets");
    assert_eq!(sets.len(), 9);
    for set in sets.iter().filter(|set| set["gospa"].is_number()) {
        let distance = SetDistance::between(&points(&set["truths"]), &points(&set["tracks"]), 1e3);
        let near = |ours: f64, key: &str| {
            let expected = set[key].as_f64().expect("a figure");
            assert!((ours - expected).abs() < 1e-6, "{key}: {ours}, expected {expected}");
        };
        near(distance.gospa_m(), "gospa");
        // Stone Soup pairs by distance where the definition pairs by its square.
        let least = if set["ospa_least"].is_number() { "ospa_least" } else { "ospa" };
        near(distance.ospa_m(), least);
        assert!(set["ospa"].as_f64().expect("a figure") > distance.ospa_m() - 1e-6);
        // Theirs are the parts of the sum of squares: half of c² each.
        near(5e5 * distance.missed as f64, "missed");
        near(5e5 * distance.excess as f64, "false");
    }
}

#[test]
fn completeness_ambiguity_and_spuriousness_are_stone_soups() {
    let reference = &stonesoup()["siap"];
    let centre = Geodetic::from_degrees(62.0, -3.0, 0.0).expect("a place");
    let frame = LocalFrame::at(centre);
    let still = Enu { east: 0.0, north: 0.0, up: 0.0 };
    let place = |east, north| frame.geodetic_from_enu(Enu { east, north, up: 0.0 });
    let rows = |key: &str| reference[key].as_array().expect("rows").clone();
    let mut truth = Truth::default();
    for row in rows("truths") {
        let row = numbers(&row);
        truth.rows.push(TruthRow {
            t_s: 4.0 * row[0],
            target: row[1] as u32,
            position: place(row[2], row[3]),
            velocity: still,
            coverage: 1,
            manoeuvre: false,
        });
    }
    let mut tracks: Vec<TrackRow> = rows("tracks")
        .iter()
        .map(|row| TrackRow {
            t_s: 4.0 * row[0].as_f64().expect("a step"),
            track: row[1].as_str().expect("a name").to_owned(),
            position: place(row[2].as_f64().expect("x"), row[3].as_f64().expect("y")),
            velocity: still,
            details: None,
        })
        .collect();
    truth.rows.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
    tracks.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
    let options = Options {
        centre,
        half_width_m: 250e3,
        grid_s: 4.0,
        warm_up_s: 0.0,
        coverage_mask: 15,
        gate_m: 1_000.0,
        cutoff_m: 1_000.0,
    };
    let siap = Card::of(&truth, &tracks, &options).siap;
    for (ours, key) in [
        (siap.completeness, "completeness"),
        (siap.ambiguity, "ambiguity"),
        (siap.spuriousness, "spuriousness"),
    ] {
        let expected = reference[key].as_f64().expect("a figure");
        assert!((ours - expected).abs() < 1e-9, "{key}: {ours}, expected {expected}");
    }
    assert_eq!(siap.id_switches, 1);
}
