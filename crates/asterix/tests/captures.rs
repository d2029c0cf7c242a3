//! Real captures, where they are at hand; they are not ours to ship. Counts are libasterix's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stderr, reason = "says that it was skipped")]

mod common;

use asterix::{Editions, Interpreter, JsonStyle, Output, blocks, write_json};
use common::{capture, final_payloads, pcap_payloads};
use std::collections::{BTreeMap, BTreeSet};
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
    // One datagram of frames: length, four octets of time, block.
    let payload = pcap_payloads(&file)[0];
    let (mut frames, mut at) = (Vec::new(), 0);
    while at + 6 <= payload.len() {
        let length = usize::from(u16::from_be_bytes([payload[at], payload[at + 1]]));
        frames.push(&payload[at + 6..(at + length).min(payload.len())]);
        at += length;
    }
    let tally = tally(&frames, Time::EPOCH);
    assert_eq!(tally.records, BTreeMap::from([(1, 7), (2, 1)]));
    assert_eq!(tally.plots, 7);
}

#[test]
fn cat021_with_a_reserved_expansion_field_is_read_whole() {
    let Some(file) = capture("cct_cat21_re.ast") else { return };
    let tally = tally(&[&file], Time::EPOCH);
    assert_eq!((tally.records[&21], tally.plots), (2, 2));
}
