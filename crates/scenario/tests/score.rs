//! The score card against the figures of another program (testdata/score/README.md).

use flate2::read::GzDecoder;
use scenario::form::{Meta, Truth, read_aircraft, read_tracks, read_truth};
use scenario::score::{Card, Options};
use serde_json::Value;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/score").join(name)
}

fn table(name: &str) -> BufReader<GzDecoder<File>> {
    BufReader::new(GzDecoder::new(File::open(path(name)).unwrap()))
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
    let meta = std::fs::read_to_string(path("meta.json")).unwrap();
    let meta = Meta::parse("meta.json", &meta).unwrap();
    let (rows, bad) = read_truth("truth", table("truth.csv.gz")).unwrap();
    assert_eq!(bad.count, 0);
    let (aircraft, _) = read_aircraft("aircraft", table("aircraft.csv.gz")).unwrap();
    let (tracks, _) = read_tracks("tracks", table("tracks.csv.gz")).unwrap();
    let card = Card::of(&Truth { rows, aircraft }, &tracks, &Options::of(&meta));
    let expected = serde_json::from_reader(File::open(path("expected.json")).unwrap()).unwrap();
    check("card", &serde_json::to_value(&card).unwrap(), &expected);
}
