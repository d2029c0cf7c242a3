//! Real captures, where they are at hand; they are not ours to ship. Counts are libasterix's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stderr, reason = "says that it was skipped")]

mod common;

use asterix::{Editions, Interpreter, JsonStyle, Output, blocks, write_json};
use common::{capture, final_payloads, leaves, pcap_payloads};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use surveillance::{Measurement, Time};

#[derive(Default)]
struct Tally {
    records: BTreeMap<u8, usize>,
    plots: usize,
    services: usize,
    skipped: BTreeMap<&'static str, usize>,
    sensors: BTreeSet<String>,
}

/// Reads everything; any defect is a failure.
fn tally(payloads: &[&[u8]], received: Time) -> Tally {
    let editions = Editions::default();
    let mut interpreter = Interpreter::new();
    let mut tally = Tally::default();
    let mut json = Vec::new();
    for payload in payloads {
        for record in blocks(payload).flat_map(|block| block.unwrap().records(&editions)) {
            let record = record.unwrap();
            *tally.records.entry(record.category()).or_default() += 1;
            json.clear();
            write_json(&record, None, &mut json, JsonStyle::Values);
            interpreter.interpret(&record, received, &mut |output| match output {
                Output::Plot(plot) => {
                    tally.plots += 1;
                    tally.sensors.insert(plot.sensor.to_string());
                    if let Some(Measurement::Polar { slant_range_m, .. }) = plot.measurement {
                        assert!(slant_range_m < 500_000.0);
                    }
                    if let Some(level) = plot.pressure_altitude {
                        assert!((-500.0..30_000.0).contains(&level.altitude_m));
                    }
                }
                Output::Service(_) => tally.services += 1,
                Output::Skipped(skip) => *tally.skipped.entry(skip.why.name()).or_default() += 1,
            });
        }
    }
    tally
}

/// One datagram of frames: length, four octets of time, block.
fn oradis_payloads(file: &[u8]) -> Vec<&[u8]> {
    let payload = pcap_payloads(file)[0];
    let (mut frames, mut at) = (Vec::new(), 0);
    while at + 6 <= payload.len() {
        let length = usize::from(u16::from_be_bytes([payload[at], payload[at + 1]]));
        frames.push(&payload[at + 6..(at + length).min(payload.len())]);
        at += length;
    }
    frames
}

#[test]
fn a_capture_of_eight_radars_is_read_whole() {
    let Some(file) = capture("cct_cat_034_048.pcap") else { return };
    let tally = tally(&pcap_payloads(&file), Time::EPOCH);
    assert_eq!(tally.records, BTreeMap::from([(34, 34), (48, 128)]));
    assert_eq!(tally.services, 34);
    assert_eq!((tally.plots, tally.skipped), (126, BTreeMap::from([("track_ended", 2)])));
    assert_eq!(tally.sensors.len(), 7, "{:?}", tally.sensors);
}

#[test]
fn half_an_hour_of_system_tracks_is_read_whole() {
    let Some(file) = capture("jade_final_frame_062_065_large_packet_30min.ff") else { return };
    let tally = tally(&final_payloads(&file), Time::EPOCH);
    assert_eq!(tally.records, BTreeMap::from([(62, 22_396), (63, 5_772), (65, 6_057)]));
    assert_eq!(tally.services, 5_772 + 6_057);
    // Coasted tracks are no plots.
    assert_eq!((tally.plots, tally.skipped), (21_862, BTreeMap::from([("no_detection", 534)])));
}

#[test]
fn old_monoradar_blocks_are_read_whole() {
    let Some(file) = capture("cct_cat_001_002.pcap") else { return };
    let tally = tally(&oradis_payloads(&file), Time::EPOCH);
    assert_eq!(tally.records, BTreeMap::from([(1, 7), (2, 1)]));
    assert_eq!(tally.plots, 7);
}

#[test]
fn cat021_with_a_reserved_expansion_field_is_read_whole() {
    let Some(file) = capture("cct_cat21_re.ast") else { return };
    let tally = tally(&[&file], Time::EPOCH);
    assert_eq!((tally.records[&21], tally.plots), (2, 2));
}

/// Every so many records of system tracks are compared: libasterix reads some hundred a second.
const OF_SYSTEM_TRACKS: usize = 80;

#[test]
fn every_leaf_of_real_records_is_as_libasterix_reads_it() {
    let names = ["cct_cat_034_048.pcap", "cct_cat_001_002.pcap", "cct_cat21_re.ast"];
    let system = "jade_final_frame_062_065_large_packet_30min.ff";
    let [Some(radars), Some(old), Some(adsb)] = names.map(capture) else { return };
    let Some(tracks) = capture(system) else { return };
    let mut ours = String::new();
    for (payloads, step) in [
        (pcap_payloads(&radars), 1),
        (oradis_payloads(&old), 1),
        (vec![&adsb[..]], 1),
        (final_payloads(&tracks), OF_SYSTEM_TRACKS),
    ] {
        let editions = Editions::default();
        let blocks = payloads.iter().flat_map(|payload| blocks(payload)).map(Result::unwrap);
        let records = blocks.flat_map(|block| block.records(&editions)).map(Result::unwrap);
        for record in records.step_by(step) {
            let hex: String = record.bytes().iter().map(|octet| format!("{octet:02x}")).collect();
            let (category, edition) = (record.category(), record.edition());
            ours += &format!("{category:03} {edition} {hex} {}\n", leaves(&record).join(" "));
        }
    }
    let Some(theirs) = libasterix(&ours) else { return };
    let (mut compared, mut lines) = (0, 0);
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        assert_eq!(ours, theirs);
        compared += ours.split(' ').count() - 3;
        lines += 1;
    }
    assert_eq!(lines, ours.lines().count());
    eprintln!("{lines} records, {compared} leaves compared");
}

/// These records as libasterix reads them, of the Python that `ENTENTE_PYTHON` names or `python3`; `None`
/// where that does not have it.
fn libasterix(records: &str) -> Option<String> {
    let python = std::env::var("ENTENTE_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/make_golden.py");
    let spawned = Command::new(&python)
        .args([script, "--read"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut program) = spawned else {
        eprintln!("skipped: no {python}");
        return None;
    };
    let mut input = program.stdin.take().unwrap();
    let records = records.to_owned();
    // It answers while it is still told; without the library it ends before it has read.
    let telling = std::thread::spawn(move || drop(input.write_all(records.as_bytes())));
    let output = program.wait_with_output().unwrap();
    telling.join().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    if output.status.code() == Some(77) {
        eprintln!("skipped: {said}");
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8(output.stdout).unwrap())
}
