//! `entente accord rehearse` over a real recording, held against the positions that `entente decode` finds in it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
const CENTRE: [f64; 2] = [33.94, -118.4];

/// The program's exit code, what it said, and what it complained of.
fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_entente"))
        .current_dir(folder)
        .args(["--log", "error"])
        .args(words)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn accord(radius_nm: f64, field: &str) -> String {
    format!(
        "form = 1\naccord = \"coast\"\ntitle = \"Coast\"\nnature = \"illustration\"\n\
         party = [{{ id = \"AAA\", name = \"A\" }}, {{ id = \"BBB\", name = \"B\" }}]\n\
         [instruments]\nrequires = []\nin_force = 2010-01-01\n\
         [[article]]\nnumber = \"1\"\nkind = \"release.tracks\"\nfrom = [\"AAA\"]\nto = [\"BBB\"]\n\
         area = [{{ circle = {{ center = [{}, {}], radius_nm = {radius_nm:.1} }} }}]\n\
         fields = [\"position\", \"{field}\"]\n",
        CENTRE[0], CENTRE[1]
    )
}

/// On a sphere, which is within 0.1 NM of the ellipsoid at these distances.
fn distance_nm(to: [f64; 2]) -> f64 {
    let [lat, lon] = CENTRE.map(f64::to_radians);
    let [other_lat, other_lon] = to.map(f64::to_radians);
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(other_lat - lat) + lat.cos() * other_lat.cos() * half(other_lon - lon);
    2.0 * chord.sqrt().asin() * 3440.065
}

/// How far from the centre each address said that it is, by the decoder alone.
fn distances(folder: &Path) -> BTreeMap<String, Vec<f64>> {
    let (code, out, err) = run(folder, &["decode", RECORDING]);
    assert_eq!(code, Some(0), "{err}");
    let mut distances: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for line in out.lines() {
        let frame: Value = serde_json::from_str(line).unwrap();
        let (Some(address), Some(lat), Some(lon)) =
            (frame["icao"].as_str(), frame["lat_deg"].as_f64(), frame["lon_deg"].as_f64())
        else {
            continue;
        };
        distances.entry(address.to_owned()).or_default().push(distance_nm([lat, lon]));
    }
    distances
}

#[test]
fn a_wider_draft_is_said_to_let_out_those_who_flew_in_the_ring_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("today.toml"), accord(15.0, "callsign")).unwrap();
    std::fs::write(folder.path().join("draft.toml"), accord(25.0, "callsign")).unwrap();
    let words = "accord rehearse draft.toml --against today.toml --party AAA --recording";
    let words: Vec<&str> = words.split(' ').chain([RECORDING]).collect();

    let (code, out, err) = run(folder.path(), &[&words[..], &["--json"]].concat());
    assert_eq!(code, Some(0), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let partner = &told["partners"][0];
    assert_eq!((&told["party"], &partner["to"]), (&Value::from("AAA"), &Value::from("BBB")));
    assert_eq!(
        (told["releases_more"].as_bool(), told["partners"].as_array().unwrap().len()),
        (Some(true), 1)
    );
    let more = partner["more"].as_array().unwrap();
    let named: BTreeSet<&str> = more.iter().filter_map(|one| one["address"].as_str()).collect();
    let positions = distances(folder.path());
    // A track goes on for a minute without a plot: four miles at 250 kt.
    for address in &named {
        let near = positions[*address].iter().any(|nm| (11.0..29.0).contains(nm));
        assert!(near, "{address} was never in the ring");
    }
    for (address, distances) in &positions {
        if distances.iter().filter(|nm| (16.0..24.0).contains(*nm)).count() >= 30 {
            assert!(named.contains(address.as_str()), "{address} flew in the ring and is not said");
        }
    }
    assert!(named.len() >= 10, "{named:?}");
    assert_eq!(partner["less"], Value::Array(Vec::new()), "a wider area takes nothing away");

    let (code, out, err) = run(folder.path(), &[&words[..], &["--list", "2"]].concat());
    assert_eq!(code, Some(0), "{err}");
    let objects = |of: &str| partner[of]["objects"].as_u64().unwrap();
    let rule = format!(
        "  + coast article 1: {} by the drafts, {} today",
        objects("draft"),
        objects("current")
    );
    assert!(out.lines().any(|line| line == rule), "{out}");
    assert!(out.contains(&format!("  more of {} objects\n", more.len())), "{out}");
    assert!(
        out.contains(&format!("    and {} more; --list shows them\n", more.len() - 2)),
        "{out}"
    );
    assert_eq!(out.lines().filter(|line| line.starts_with("    track ")).count(), 2, "{out}");
}

#[test]
fn the_text_of_today_rehearsed_against_itself_changes_nothing_and_a_bad_draft_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("today.toml"), accord(15.0, "callsign")).unwrap();
    let words = "accord rehearse today.toml --against today.toml --party AAA --recording";
    let words: Vec<&str> = words.split(' ').chain([RECORDING]).collect();
    let (code, out, err) = run(folder.path(), &words);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("the recording has no date"), "{out}");
    assert!(out.lines().any(|line| line == "  the same"), "{out}");

    std::fs::write(folder.path().join("today.toml"), accord(15.0, "colour")).unwrap();
    let (code, out, err) = run(folder.path(), &words);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("today.toml:15:23: ") && err.contains("colour"), "{err}");
}
