//! What the rules on conflicts and terrain tell on real recordings, one by one.

use crate::rig::{Evaluate, bare, step};
use alert::rules::conflict::{ConflictConfig, ConflictRule, Region, Thresholds, Volume};
use alert::rules::terrain::{TerrainConfig, TerrainRule};
use alert::rules::{Ground, QnhTable, Surroundings};
use alert::{Board, BoardConfig, Firings, Rule, Value};
use asterix::{Editions, Interpreter, Output};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use modes::{BeastSplitter, Decoder, DecoderConfig};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use surveillance::{Plot, PlotAccuracy, PlotOrigin, Sensor, SensorId, SensorKind, Time};
use tracker::{Tracker, TrackerConfig};

/// The recording's times are derived from this constant rate.
const FRAMES_PER_S: f64 = 270.0;

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let there = path.is_file();
    if !there {
        println!("\n{name}: skipped, ../shared is absent");
    }
    there.then_some(path)
}

pub(crate) fn count() {
    println!("\n### Conflict on real recordings");
    if let Some(path) = shared("modes/lax_public_first400s.beast.gz") {
        let plots = beast(&path);
        show(
            "Los Angeles, ADS-B and Mode S, en-route thresholds",
            &plots,
            ConflictConfig::default(),
        );
        show("Los Angeles, terminal thresholds within 60 NM", &plots, los_angeles());
    }
    if let Some(path) = shared("asterix/jade_final_frame_062_065_large_packet_30min.ff") {
        let plots = system_tracks(&path);
        show("Italy, system tracks, en-route thresholds", &plots, ConflictConfig::default());
        show("Italy, inhibited below FL100", &plots, above_fl100());
        let Some(ground) = crate::italy::ground() else { return };
        println!("\n### Minimum safe altitude on a real recording");
        for (name, config) in crate::italy::configs() {
            show_over(name, &plots, &ground, config);
        }
    }
}

fn volume(name: &str, region: Region, ceiling_ft: f64, thresholds: Option<Thresholds>) -> Volume {
    Volume {
        name: name.to_owned(),
        region,
        floor_m: f64::NEG_INFINITY,
        ceiling_m: ceiling_ft * METRES_PER_FOOT,
        thresholds,
    }
}

/// Silent where runways are approached side by side, terminal thresholds around.
fn los_angeles() -> ConflictConfig {
    let centre = Geodetic::from_degrees(33.9425, -118.408, 0.0).expect("the airport");
    let circle = |radius_nm| Region::Circle { centre, radius_m: radius_nm * METRES_PER_NM };
    let mut config = ConflictConfig::default();
    config.volumes.insert(0, volume("finals", circle(15.0), 5_000.0, None));
    let terminal = Some(Thresholds::terminal());
    config.volumes.insert(1, volume("terminal", circle(60.0), 18_000.0, terminal));
    config
}

fn above_fl100() -> ConflictConfig {
    let mut config = ConflictConfig::default();
    config.volumes.insert(0, volume("low", Region::Everywhere, 10_000.0, None));
    config
}

fn beast(path: &Path) -> Vec<Plot> {
    let mut stream = Vec::new();
    let file = std::fs::File::open(path).expect("the recording");
    flate2::read::GzDecoder::new(file).read_to_end(&mut stream).expect("a whole gzip file");
    let mut decoder = Decoder::new(DecoderConfig::default());
    let (mut number, mut plots) = (0_u32, Vec::new());
    let sensor = SensorId { sac: 0, sic: 1 };
    BeastSplitter::default().push(&stream, &mut |found| {
        number += 1;
        let time = Time::from_unix_seconds(1.7e9).plus_seconds(f64::from(number) / FRAMES_PER_S);
        if let Ok(frame) = found
            && let Ok(report) = decoder.decode_frame(&frame, time)
        {
            plots.extend(modes::to_plot(&report, sensor, time, time));
        }
    });
    plots
}

fn system_tracks(path: &Path) -> Vec<Plot> {
    let day = "2026-11-23T00:00:00Z".parse().expect("a time");
    let mut reader =
        recording::container::Reader::open(path).expect("the recording").on_day_of(day);
    let (mut interpreter, mut plots) = (Interpreter::new(), Vec::new());
    let editions = Editions::default();
    while let Ok(Some(item)) = reader.read() {
        let recording::container::Item::Datagram(chunk) = item else { continue };
        let received = chunk.time.expect("FINAL frames tell their time");
        for block in asterix::blocks(chunk.bytes).flatten() {
            for record in block.records(&editions).flatten() {
                interpreter.interpret(&record, received, &mut |output| {
                    // Hours lie between the records' clock and that of the frames: theirs counts.
                    if let Output::Plot(plot) = output {
                        plots.push(Plot { received: plot.time, ..plot });
                    }
                });
            }
        }
    }
    plots.sort_by_key(|plot| plot.received);
    plots
}

/// An alert as the board had it first, for a person to judge.
struct Seen {
    at_s: f64,
    lasted: u32,
    text: String,
}

fn show(name: &str, plots: &[Plot], config: ConflictConfig) {
    let mut rule = ConflictRule::new(config);
    let mut suppressed = BTreeMap::new();
    let mut looked_s = 0;
    let seen = watch(plots, Rule::Conflict, &mut |scene, firings| {
        rule.evaluate(scene, firings);
        looked_s += u64::from(rule.counts().tracks);
        for pair in rule.suppressed() {
            suppressed.insert(pair.tracks, pair.why);
        }
    });
    told(name, &seen, looked_s, &format!("pairs left alone: {suppressed:?}"));
}

/// The rule on terrain, no QNH known.
fn show_over(name: &str, plots: &[Plot], ground: &dyn Ground, config: TerrainConfig) {
    let mut rule = TerrainRule::new(config);
    let qnh = QnhTable::default();
    let around = Surroundings { ground, qnh: &qnh };
    let (mut looked_s, mut sums) = (0, [0_u64; 4]);
    let seen = watch(plots, Rule::MinimumSafeAltitude, &mut |scene, firings| {
        rule.evaluate(scene, &around, firings);
        let of = rule.counts();
        looked_s += u64::from(of.tracks);
        for (sum, count) in
            sums.iter_mut().zip([of.visual, of.height_unknown, of.ground_unknown, of.inhibited])
        {
            *sum += u64::from(count);
        }
    });
    let [visual, height, ground, inhibited] = sums.map(|count| count as f64 / 3_600.0);
    let left = format!(
        "hours not looked at: {visual:.1} visual, {height:.1} of no height, {ground:.1} over ground not \
         known, {inhibited:.1} inhibited"
    );
    told(name, &seen, looked_s, &left);
}

fn told(name: &str, seen: &BTreeMap<alert::AlertId, Seen>, looked_s: u64, beside: &str) {
    let hours = looked_s as f64 / 3_600.0;
    println!(
        "\n{name}: {} alerts in {hours:.1} flight hours looked at, {:.1} an hour; {beside}\n",
        seen.len(),
        seen.len() as f64 / hours,
    );
    for alert in seen.values() {
        println!("- at {:.0} s, for {} s: {}", alert.at_s, alert.lasted, alert.text);
    }
}

/// What a rule opens on the board, over a recording.
fn watch(plots: &[Plot], rule: Rule, evaluate: Evaluate<'_>) -> BTreeMap<alert::AlertId, Seen> {
    let mut tracker = Tracker::new(TrackerConfig::default());
    let mut known = Vec::new();
    for plot in plots {
        if !known.contains(&plot.sensor) {
            known.push(plot.sensor);
            tracker.set_sensor(sensor(plot));
        }
    }
    let mut board = Board::new(BoardConfig::default());
    let (mut events, mut firings) = (Vec::new(), Firings::new());
    let mut seen: BTreeMap<alert::AlertId, Seen> = BTreeMap::new();
    let start = plots[0].received;
    let end_s = plots[plots.len() - 1].received.seconds_since(start);
    let mut rest = plots;
    for second in 1..=end_s as u32 {
        let now = start.plus_seconds(f64::from(second));
        let arrived = rest.partition_point(|plot| plot.received <= now);
        tracker.observe(&rest[..arrived], &mut events);
        rest = &rest[arrived..];
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
        events.clear();
        step(&tracker, now, &mut board, &mut firings, &bare, &mut *evaluate);
        for alert in board.open_of(rule) {
            let entry = seen.entry(alert.id).or_insert_with(|| {
                let at_s = f64::from(second);
                Seen { at_s, lasted: 0, text: describe(&tracker, alert) }
            });
            entry.lasted += 1;
        }
    }
    seen
}

fn sensor(plot: &Plot) -> Sensor {
    Sensor {
        id: plot.sensor,
        name: plot.sensor.to_string(),
        kind: match plot.origin {
            PlotOrigin::SystemTrack => SensorKind::SystemTracks,
            _ => SensorKind::AdsB,
        },
        site: None,
        period_s: None,
        accuracy: PlotAccuracy::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

/// Who, how high, how fast, and what the alert says.
fn describe(tracker: &Tracker, alert: &alert::Alert) -> String {
    let mut text = format!("{:?}", alert.severity);
    for number in alert.key.tracks.iter().flatten() {
        let Some(track) = tracker.track(*number, None) else { continue };
        let name = track.codes.callsign.map(|callsign| callsign.to_string());
        let name = name.unwrap_or_else(|| number.to_string());
        let level = track.pressure_altitude_m.map_or(f64::NAN, |m| m / METRES_PER_FOOT);
        let knots = track.velocity.east.hypot(track.velocity.north) * 3_600.0 / METRES_PER_NM;
        let course = track.velocity.east.atan2(track.velocity.north).to_degrees().rem_euclid(360.0);
        let climb = track.vertical_rate_mps.unwrap_or(0.0) * 60.0 / METRES_PER_FOOT;
        text += &format!(
            ", {name} at {:.3} {:.3} {level:.0} ft {knots:.0} kt {course:.0}° {climb:+.0} ft/min",
            track.position.latitude_deg(),
            track.position.longitude_deg()
        );
    }
    for fact in &alert.facts {
        match &fact.value {
            Value::DistanceM(metres) => {
                text += &format!("; {} {:.1} NM", fact.name, metres / METRES_PER_NM);
            }
            Value::HeightM(metres) => {
                text += &format!("; {} {:.0} ft", fact.name, metres / METRES_PER_FOOT);
            }
            Value::SpanS(seconds) => text += &format!("; {} {seconds:.0} s", fact.name),
            _ => {}
        }
    }
    text
}
