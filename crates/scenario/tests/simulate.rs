//! Simulated scenarios: what their file says is what their plots show.

use geodesy::{Geodetic, LocalFrame, wrap_pi};
use scenario::form::{Meta, read_plots, read_truth};
use scenario::sensing::Simulation;
use scenario::spec::{Spec, json_schema};
use std::path::{Path, PathBuf};
use surveillance::{Measurement, Plot, PlotOrigin};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn spec(text: &str) -> Spec {
    Spec::parse("test.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

const BASE: &str = r#"
name = "test"
seed = 5
duration_s = 200

[area]
lat = -17.0
lon = 179.9
half_width_km = 120

[[traffic]]
kind = "airways"
count = 40
adsb = 0.5
silent = 0.2

[[radar]]
name = "R1"
lat = -17.2
lon = -179.8
height_m = 300
period_s = 4.0
range_max_km = 250
elevation = true
range_rate_sd_mps = 2.0
clutter = 12
bias = { range_m = 150.0, azimuth_deg = 0.3, time_s = 0.4 }

[[adsb]]
"#;

fn csv(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out).expect("memory takes all");
    out
}

#[test]
fn the_same_file_gives_the_same_bytes_and_one_more_aircraft_changes_no_other() {
    let bytes = |spec: &Spec| csv(|out| Simulation::run(spec).write_plots(out));
    let first = spec(BASE);
    assert_eq!(bytes(&first), bytes(&first));
    assert_ne!(bytes(&first), bytes(&Spec { seed: 6, ..first.clone() }));
    let more = spec(&BASE.replace("count = 40", "count = 41"));
    let of_first_40 = |simulation: &Simulation| -> Vec<Plot> {
        let mine = simulation.plots.iter().filter(|p| p.target.is_some_and(|t| t < 40));
        mine.map(|p| p.plot).collect()
    };
    assert!(of_first_40(&Simulation::run(&first)) == of_first_40(&Simulation::run(&more)));
}

#[test]
fn a_radars_plots_have_the_errors_that_its_file_says() {
    let spec = spec(BASE);
    let simulation = Simulation::run(&spec);
    let site = Geodetic::from_degrees(-17.2, -179.8, 300.0).expect("a site");
    let frame = LocalFrame::at(site);
    let (mut range, mut azimuth, mut rate, mut looks) = (vec![], vec![], vec![], 0.0);
    for made in simulation.plots.iter().filter(|p| p.plot.sensor == simulation.sensors[0].id) {
        let Some(number) = made.target else { continue };
        let t_s = made.plot.time.unix_seconds() - 0.4;
        let path = &simulation.targets[number as usize].path;
        let seen = frame.polar_from_ecef(path.at(t_s).expect("it is there").0);
        let Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }) = made.plot.measurement
        else {
            panic!("a radar measures so")
        };
        range.push(slant_range_m - seen.slant_range_m);
        azimuth.push(wrap_pi(azimuth_rad - seen.azimuth_rad).to_degrees());
        let range_m = |t_s| Some(frame.polar_from_ecef(path.at(t_s)?.0).slant_range_m);
        let ends = range_m(t_s + 0.1).zip(range_m(t_s - 0.1));
        if let Some((told, (after_m, before_m))) = made.plot.range_rate_mps.zip(ends) {
            rate.push(told - (after_m - before_m) / 0.2);
        }
        looks += 1.0;
    }
    let check = |errors: &[f64], mean: f64, sd: f64| {
        let n = errors.len() as f64;
        let found = errors.iter().sum::<f64>() / n;
        let spread = (errors.iter().map(|e| (e - found).powi(2)).sum::<f64>() / n).sqrt();
        assert!((found - mean).abs() < 4.0 * sd / n.sqrt(), "mean {found}, expected {mean}");
        assert!((spread / sd - 1.0).abs() < 0.1, "spread {spread}, expected {sd}");
    };
    check(&range, 150.0, 70.0);
    check(&azimuth, 0.3, 0.07);
    check(&rate, 0.0, 2.0);
    // Silent ones are seen four times in five, the rest by either reply or echo: 98 in 100.
    assert!(looks > 0.85 * 40.0 * 50.0 && looks < 40.0 * 50.0, "{looks} looks");
    let clutter = simulation.plots.iter().filter(|p| p.target.is_none()).count();
    assert!((clutter as f64 - 600.0).abs() < 4.0 * 600_f64.sqrt(), "{clutter}");
}

#[test]
fn a_written_folder_reads_back_as_the_plots_that_were_made() {
    let simulation = Simulation::run(&spec(BASE));
    let meta = Meta::parse("meta.json", &simulation.meta_json()).expect("our own");
    assert!(meta.centre.longitude_deg() - 179.9 < 1e-9);
    let text = csv(|out| simulation.write_plots(out));
    let table = read_plots("plots.csv", &text[..], &meta).expect("our own");
    assert_eq!((table.bad.count, table.plots.len()), (0, simulation.plots.len()));
    assert_eq!(
        table.sensors.iter().map(|sensor| (&sensor.name, sensor.kind)).collect::<Vec<_>>(),
        simulation.sensors.iter().map(|sensor| (&sensor.name, sensor.kind)).collect::<Vec<_>>()
    );
    // A rounding to the digits of the file may change the order of two arrivals in one millisecond.
    let key = |plot: &Plot| {
        let received = (plot.received.unix_seconds() * 1e3).round() as i64;
        (received, (plot.time.unix_seconds() * 1e4).round() as i64, plot.sensor)
    };
    let mut made: Vec<Plot> = simulation.plots.iter().map(|made| made.plot).collect();
    let mut read = table.plots;
    made.sort_by_key(key);
    read.sort_by_key(key);
    for (made, read) in made.iter().zip(&read) {
        assert_eq!(key(made), key(read));
        assert_eq!(made.origin, read.origin);
        assert_eq!(
            (made.codes.address, made.codes.mode_3a),
            (read.codes.address, read.codes.mode_3a)
        );
        let level = |plot: &Plot| plot.pressure_altitude.map(|level| level.altitude_m);
        assert!((level(made).unwrap_or(0.0) - level(read).unwrap_or(0.0)).abs() < 0.051);
        let rate = |plot: &Plot| plot.range_rate_mps.unwrap_or(-999.0);
        assert!((rate(made) - rate(read)).abs() < 0.051);
        match (made.measurement, read.measurement) {
            (
                Some(Measurement::Polar { slant_range_m: a, azimuth_rad: b, .. }),
                Some(Measurement::Polar { slant_range_m: c, azimuth_rad: d, .. }),
            ) => {
                assert!((a - c).abs() < 0.051 && wrap_pi(b - d).abs() < 1e-6);
            }
            (Some(Measurement::Geodetic(a)), Some(Measurement::Geodetic(b))) => {
                assert!((a.latitude_rad - b.latitude_rad).abs() < 1e-8);
                assert!(wrap_pi(a.longitude_rad - b.longitude_rad).abs() < 1e-8);
            }
            other => panic!("{other:?}"),
        }
    }
    let (rows, bad) =
        read_truth("truth.csv", &csv(|out| simulation.write_truth(out))[..]).expect("our own");
    assert_eq!(bad.count, 0);
    assert!(rows.iter().any(|row| row.coverage == 9) && rows.iter().any(|row| row.coverage == 1));
}

#[test]
fn jamming_silences_and_spoofing_invents() {
    let faults = "\n[[jamming]]\nlat = -17.0\nlon = 179.9\nradius_km = 2000\nfrom_s = 100\n\
                  effect = \"lost\"\n\n[[spoofing]]\nghosts = 3\n";
    let simulation = Simulation::run(&spec(&format!("{BASE}{faults}")));
    let reports: Vec<_> =
        simulation.plots.iter().filter(|p| p.plot.origin == PlotOrigin::AdsB).collect();
    assert!(reports.iter().all(|p| p.plot.time.unix_seconds() < 100.0));
    assert!(reports.iter().any(|p| p.target.is_none()));
    let truth = String::from_utf8(csv(|out| simulation.write_truth(out))).expect("text");
    assert!(!truth.lines().any(|line| line.split(',').nth(1) == Some("41")));
}

#[test]
fn an_error_names_file_line_key_and_remedy() {
    let check = |from: &str, to: &str, expected: &str| {
        let error = Spec::parse("a.toml", &BASE.replacen(from, to, 1)).expect_err(to).to_string();
        assert_eq!(error, expected);
    };
    check(
        "count = 40",
        "cuont = 40",
        "a.toml:13:1: cuont: no such key; the keys here are kind, \
        count, speed_mps, height_m, turn_g, group, spacing_m, splits, silent, mode_s, adsb, \
        shared_codes, remote_id, centre, half_width_km",
    );
    check(
        "silent = 0.2",
        "silent = 1.2",
        "a.toml:15:1: traffic[0].silent: 1.2 is out of bounds; \
        give 0 to 1",
    );
    check(
        "lat = -17.2",
        "lat = -97.2",
        "a.toml:19:1: radar[0].lat: -97.2 is out of bounds; \
        give -90 to 90",
    );
    check(
        "[[adsb]]",
        "[[adsb]]\nname = \"R1\"",
        "a.toml:30:1: adsb[0].name: \"R1\" is another \
        sensor's name; give another",
    );
    check(
        "count = 40",
        "count = 900000",
        "a.toml:13:1: traffic[0].count: 900000 targets in all; \
        give at most 20000",
    );
    check(
        "duration_s = 200",
        "duration_s = ",
        "a.toml:4:14: duration_s: string values must be \
        quoted, expected literal string; see schemas/scenario.schema.json",
    );
    check(
        "range_max_km = 250\n",
        "",
        "a.toml:17:1: [[radar]]: missing field range_max_km; see \
        schemas/scenario.schema.json",
    );
}

#[test]
fn every_scenario_of_the_gallery_can_be_read() {
    let folder = root().join("data/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the gallery") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).expect("text");
            let parsed = Spec::parse(&path.display().to_string(), &text);
            let name = parsed.unwrap_or_else(|error| panic!("{error}")).name;
            assert_eq!(Some(name.as_str()), path.file_stem().and_then(|stem| stem.to_str()));
            count += 1;
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = root().join("schemas/scenario.schema.json");
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(&path, json_schema()).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == json_schema(), "out of date: run `cargo xtask codegen`");
}

#[test]
fn four_parties_see_central_asia_and_one_aircraft_answers_to_none() {
    let path = root().join("data/scenarios/feeds/central-asia.toml");
    let text = std::fs::read_to_string(path).expect("the gallery");
    let spec = Spec { duration_s: 120.0, ..spec(&text) };
    let simulation = Simulation::run(&spec);
    let parties = simulation.parties();
    for party in ["KGZ", "KAZ", "TJK", "UZB"] {
        let mine = simulation.sensors.iter().zip(&parties).filter(|(_, p)| **p == Some(party));
        let plots: usize = mine.map(|(sensor, _)| simulation.feed(sensor.id).count()).sum();
        assert!(plots > 100, "{party}: {plots} plots");
    }
    // The first flight of the file bears no transponder: echoes alone, at Kant and Almaty.
    let silent: Vec<_> = simulation.plots.iter().filter(|p| p.target == Some(0)).collect();
    assert!(silent.len() > 20, "{}", silent.len());
    assert!(silent.iter().all(|p| p.plot.origin == PlotOrigin::Primary));
    let sensors: std::collections::BTreeSet<_> = silent.iter().map(|p| p.plot.sensor.sac).collect();
    assert!(sensors.contains(&101) && sensors.contains(&102));
}
