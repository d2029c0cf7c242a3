//! Other people's readers on what was written: `asterix-decoder`, `takproto`, `geopandas` and `duckdb` of PyPI, where
//! `python3` (or the one that `ENTENTE_PYTHON` names) has them; where none is named the test says so and skips.

#![expect(clippy::print_stderr, reason = "a test that is passed over says so")]

mod common;

use common::{ALL, airliner, at, helicopter, mirrors, policy};
use export::{Mirror, Stream, StreamFormat, tables};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use surveillance::SensorId;

fn mirror() -> Mirror {
    let picture = vec![airliner(1, at(0)), helicopter(2, at(0))];
    mirrors(&policy(ALL, ""), &[picture]).remove(0)
}

/// What the reader says; `None` where it is not installed.
fn read(kind: &str, name: &str, bytes: &[u8]) -> Option<Value> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, bytes).expect("it is written");
    let python = std::env::var("ENTENTE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/others/read.py");
    let Ok(run) = Command::new(&python).arg(script).arg(kind).arg(&file).output() else {
        eprintln!("skipped: no {python}");
        return None;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    if run.status.code() == Some(77) {
        assert!(std::env::var_os("ENTENTE_PYTHON").is_none(), "{said}");
        eprintln!("skipped: {said}");
        return None;
    }
    assert!(run.status.success(), "{said}");
    Some(serde_json::from_slice(&run.stdout).expect("JSON"))
}

#[test]
fn the_reader_of_asterix_finds_the_tracks_as_they_were_told() {
    let form = StreamFormat::Asterix(SensorId { sac: 0, sic: 7 });
    let bytes = Stream::new(form).update(&mirror()).concat();
    let Some(found) = read("asterix", "picture.asterix", &bytes) else { return };
    let records = found.as_array().expect("a list");
    let categories: Vec<u64> = records.iter().filter_map(|r| r["category"].as_u64()).collect();
    assert_eq!(categories, [65, 62, 62, 63, 65]);
    let airliner = records.iter().find(|record| record["level"].is_number());
    let airliner = airliner.expect("a level");
    let near = |key: &str, wanted: f64, step: f64| {
        let value = airliner[key].as_f64().expect("a number");
        assert!((value - wanted).abs() <= step, "{key}: {value}");
    };
    near("lat", 42.5, 180.0 / f64::from(1 << 25));
    near("lon", 74.25, 180.0 / f64::from(1 << 25));
    // The reader has feet.
    near("level", 35_000.0, 25.0);
}

#[test]
fn the_reader_of_the_tak_protocol_finds_each_event_as_it_was_told() {
    let events = Stream::new(StreamFormat::TakMesh).update(&mirror());
    assert_eq!(events.len(), 2);
    let read =
        |(place, bytes): (usize, &Vec<u8>)| read("tak", &format!("event-{place}.tak"), bytes);
    let found: Option<Vec<Value>> = events.iter().enumerate().map(read).collect();
    let Some(found) = found else { return };
    let airliner = found.iter().find(|event| event["callsign"] == "KGZ101").expect("it is there");
    assert_eq!(airliner["type"], "a-n-A-C-F");
    assert_eq!((airliner["lat"].as_f64(), airliner["lon"].as_f64()), (Some(42.5), Some(74.25)));
    assert_eq!((airliner["hae"].as_f64(), airliner["how"].as_str()), (Some(10_668.0), Some("m-f")));
    assert_eq!(
        (airliner["speed"].as_f64(), airliner["course"].as_f64()),
        (Some(206.16), Some(104.0))
    );
    assert_eq!(airliner["seconds"].as_f64(), Some(30.0));
    let silent = found.iter().find(|event| event["callsign"] != "KGZ101").expect("it is there");
    assert_eq!(
        (silent["type"].as_str(), silent["hae"].as_f64()),
        (Some("a-u-A"), Some(9_999_999.0))
    );
}

#[test]
fn readers_of_geoparquet_find_places_times_and_what_was_not_told() {
    let file = tables::geoparquet(&mirror()).expect("something stands");
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
    if let Some(found) = read("duckdb", "picture.parquet", &file) {
        let expected = serde_json::json!([
            [1, null, null, null, "unknown"],
            [2, "KGZ101", 35_000, false, "civil"]
        ]);
        assert_eq!(found, expected);
    }
    let Some(found) = read("geopandas", "picture.parquet", &file) else { return };
    assert_eq!(found["crs"], "('OGC', 'CRS84')");
    assert_eq!(found["columns"].as_array().map(Vec::len), Some(14));
    let [silent, airliner] = &found["rows"].as_array().expect("rows")[..] else {
        panic!("{found}")
    };
    assert_eq!((airliner["lat"].as_f64(), airliner["lon"].as_f64()), (Some(42.5), Some(74.25)));
    assert_eq!(airliner["time"], "2026-11-24T12:00:00+00:00");
    assert_eq!(airliner["level"].as_f64(), Some(35_000.0));
    assert_eq!((silent["lat"].as_f64(), silent["level"].as_f64()), (Some(42.9), None));
}
