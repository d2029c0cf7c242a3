//! Nothing is allocated per message once every aircraft has been heard.

use modes::{BeastSplitter, Decoder, DecoderConfig, to_plot};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::io::Read;
use surveillance::{SensorId, Time};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn a_second_pass_over_the_recording_allocates_nothing() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
    let mut stream = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut stream)
        .unwrap();
    let sensor = SensorId { sac: 0, sic: 1 };
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut splitter = BeastSplitter::default();
    let (mut number, mut plots) = (0_u32, 0_u32);
    let mut pass = |plots: &mut u32| {
        for piece in stream.chunks(1000) {
            splitter.push(piece, &mut |frame| {
                number += 1;
                let time = Time::EPOCH.plus_seconds(f64::from(number) / 270.0);
                if let Ok(report) = decoder.decode_frame(&frame.unwrap(), time) {
                    *plots += u32::from(to_plot(&report, sensor, time, time).is_some());
                }
            });
        }
    };
    pass(&mut plots);
    let region = Region::new(ALLOCATOR);
    pass(&mut plots);
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations), (0, 0));
    assert!(plots > 150_000, "{plots}");
}
