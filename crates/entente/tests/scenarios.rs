//! The built program on scenario folders.

use std::path::Path;
use std::process::{Command, Output};

fn entente(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("text").to_owned()
}

const META: &str = r#"{"grid_s": 2.0, "duration_s": 40.0, "sensors": [
    {"id": "R1", "lat_deg": 50.0, "lon_deg": 15.0, "h": 200.0, "period": 4.0, "rmax": 100000.0}]}"#;

/// One aircraft flies away from the radar northward at 200 m/s; one row is spoilt.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("meta.json"), META).expect("written");
    let mut plots =
        "id,t_arr,t,sensor,range_m,az_deg,el_deg,alt_m,mode_a,mode_s,lat,lon,hgeo_m,ve,vn,vu\n"
            .to_owned();
    for turn in 0..10 {
        let t = 4 * turn;
        let range = 30_000 + 200 * t;
        let arrival = f64::from(t) + 0.9;
        plots += &format!("{turn},{arrival},{t}.0,R1,{range}.0,0.0,,5000.0,1234,4ca123,,,,,,\n");
    }
    plots += "10,39.5,39.0,R7,30000.0,0.0,,,,,,,,,,\n";
    std::fs::write(folder.path().join("plots.csv"), plots).expect("written");
    folder
}

#[test]
fn tracks_are_written_at_each_grid_time_from_plots_that_had_arrived() {
    let folder = folder();
    let [plots, meta, out] =
        ["plots.csv", "meta.json", "tracks.csv"].map(|name| path(folder.path(), name));
    let output = entente(&["track", &plots, "--sensors", &meta, "--out", &out]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains(r#"line 12: sensor "R7" is not in meta.json; left out"#));
    let text = std::fs::read_to_string(&out).expect("tracks");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("t,track_id,lat,lon,h_m,ve,vn,vu"));
    let rows: Vec<Vec<f64>> = lines
        .map(|line| line.split(',').map(|field| field.parse().expect("a number")).collect())
        .collect();
    // Confirmed by its second plot, which arrives at 4.9 s: the instant 6 s is the first to know.
    let times: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(times, (3..=20).map(|step| 2.0 * f64::from(step)).collect::<Vec<_>>());
    let last = rows.last().expect("rows");
    assert!((last[6] - 200.0).abs() < 5.0, "{last:?}");
    assert!((last[4] - 5000.0).abs() < 30.0, "{last:?}");
    // 50° and 38,000 m of slant range, 5 km up: 37.67 km along the meridian
    assert!((last[2] - 50.3386).abs() < 0.003, "{last:?}");
}

#[test]
fn a_key_that_is_missing_is_an_error_of_one_line() {
    let folder = folder();
    let [plots, meta, out] =
        ["plots.csv", "meta.json", "tracks.csv"].map(|name| path(folder.path(), name));
    std::fs::write(&meta, META.replace(r#""grid_s": 2.0, "#, "")).expect("written");
    let output = entente(&["track", &plots, "--sensors", &meta, "--out", &out]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output).trim_end(), format!("entente: {meta}: grid_s is missing; add it"));
}

#[test]
fn tracks_told_as_asterix_are_those_of_the_table() {
    let folder = folder();
    let [plots, meta, table, told] = ["plots.csv", "meta.json", "tracks.csv", "tracks.pcap"]
        .map(|name| path(folder.path(), name));
    let words = ["track", &plots, "--sensors", &meta, "--out", &table, "--asterix", &told];
    let output = entente(&[&words[..], &["--sender", "25/100"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let decoded = entente(&["decode", &told]);
    assert!(decoded.status.success(), "{}", said(&decoded));
    let text = String::from_utf8(decoded.stdout).expect("text");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |category: u64| lines.iter().filter(move |line| line["category"] == category);
    assert!(lines.iter().all(|line| line["sac"] == 25 && line["sic"] == 100));
    let rows = std::fs::read_to_string(&table).expect("tracks");
    let rows: Vec<Vec<f64>> = rows
        .lines()
        .skip(1)
        .map(|row| row.split(',').map(|field| field.parse().expect("a number")).collect())
        .collect();
    assert_eq!(of(62).count(), rows.len());
    for (line, row) in of(62).zip(&rows) {
        let item = |path: &str| line["items"].pointer(path).and_then(serde_json::Value::as_f64);
        let near = |path: &str, expected: f64, within: f64| {
            let found = item(path).expect(path);
            assert!((found - expected).abs() <= within, "{path} {found} {expected}");
        };
        near("/105/LAT", row[2], 3e-6);
        near("/105/LON", row[3], 3e-6);
        near("/185/VX", row[5], 0.13);
        near("/185/VY", row[6], 0.13);
        near("/070", row[0], 0.004);
        assert_eq!(line["items"]["380"]["ADR"], "4ca123");
        assert_eq!(line["items"]["060"]["MODE3A"], "1234");
        near("/136", 5000.0 / 30.48, 0.13);
    }
    // An end of batch at each of the 21 instants; the radar from its first plot on.
    assert_eq!(of(65).count(), 21);
    assert_eq!(of(63).count(), 20);
}
