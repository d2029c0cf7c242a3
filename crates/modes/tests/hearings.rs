//! One transmission, heard by several receivers.

use modes::{Decoder, DecoderConfig, Frame, FrameClock, Hearings, Located, arrivals_to_plot};
use surveillance::{Address, Measurement, PlotOrigin, SensorId, Time};

/// A squitter of 40621D's (the example of Sun, *The 1090 Megahertz Riddle*, chapter 5): airborne,
/// 38,000 ft.
const SQUITTER: [u8; 14] =
    [0x8d, 0x40, 0x62, 0x1d, 0x58, 0xc3, 0x82, 0xd6, 0x90, 0xc8, 0xac, 0x28, 0x63, 0xa7];
const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;

fn frame(nanos: u64, bytes: &[u8]) -> Frame {
    Frame::new(FrameClock::GpsNanosOfDay(nanos), None, bytes).expect("seven or fourteen")
}

fn at(s: f64) -> Time {
    Time::EPOCH.plus_seconds(1e6 + s)
}

fn taken(hearings: &mut Hearings, now: Time) -> Vec<Located> {
    let mut found = Vec::new();
    hearings.take(now, &mut |located| found.push(located));
    found
}

fn heard_m(located: &Located) -> Vec<(usize, f64)> {
    located.arrivals.iter().collect()
}

#[test]
fn what_three_receivers_hear_within_milliseconds_is_one_transmission() {
    let mut hearings = Hearings::default();
    hearings.push(2, &frame(SECOND + 200_000, &SQUITTER), at(0.0));
    hearings.push(0, &frame(SECOND, &SQUITTER), at(0.2));
    hearings.push(1, &frame(SECOND + 100_000, &SQUITTER), at(0.4));
    assert_eq!(taken(&mut hearings, at(0.5)), [], "another may still bring it");
    let found = taken(&mut hearings, at(0.8));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].nanos_of_day, SECOND);
    // A tenth of a millisecond of light is 29,979 m (SI: 299,792,458 m/s).
    let heard = heard_m(&found[0]);
    for ((receiver, later_m), expected) in
        heard.iter().zip([(2, 59_958.49), (0, 0.0), (1, 29_979.25)])
    {
        assert!(*receiver == expected.0 && (later_m - expected.1).abs() < 0.01, "{heard:?}");
    }
    assert_eq!(taken(&mut hearings, at(9.0)), [], "told once");
}

#[test]
fn the_same_message_sent_again_is_another_transmission() {
    let mut hearings = Hearings::default();
    for (receiver, nanos) in [(0, 0), (1, 1_000), (0, SECOND), (1, SECOND + 2_000)] {
        hearings.push(receiver, &frame(nanos, &SQUITTER), at(0.0));
    }
    let found = taken(&mut hearings, at(1.0));
    let later: Vec<f64> = found.iter().map(|located| heard_m(located)[1].1.round()).collect();
    assert_eq!(later, [300.0, 600.0]);
}

#[test]
fn midnight_and_the_edge_of_a_step_divide_nothing() {
    for first in [DAY - 1_000, 4_000_000 - 1_000, 0] {
        for (a, b) in [(first, (first + 2_000) % DAY), ((first + 2_000) % DAY, first)] {
            let mut hearings = Hearings::default();
            hearings.push(0, &frame(a, &SQUITTER), at(0.0));
            hearings.push(1, &frame(b, &SQUITTER), at(0.0));
            let found = taken(&mut hearings, at(1.0));
            assert_eq!(found.len(), 1, "{a} {b}");
            assert_eq!(found[0].nanos_of_day, first);
        }
    }
}

#[test]
fn one_receiver_alone_a_reflection_and_frames_without_the_time_locate_nothing() {
    let mut hearings = Hearings::default();
    hearings.push(0, &frame(SECOND, &SQUITTER), at(0.0));
    hearings.push(0, &frame(SECOND + 9_000, &SQUITTER), at(0.0));
    let ticks = Frame::new(FrameClock::Ticks12MHz(12), None, &SQUITTER).expect("fourteen");
    hearings.push(1, &ticks, at(0.0));
    hearings.push(2, &frame(DAY + 1, &SQUITTER), at(0.0));
    hearings.push(3, &frame(SECOND, &[0x20, 0x10]), at(0.0));
    assert_eq!(taken(&mut hearings, at(1.0)), []);
}

#[test]
fn a_flood_is_bounded_and_the_oldest_goes_first() {
    let mut hearings = Hearings::default();
    let mut found = 0;
    for n in 0..100_000_u32 {
        let mut bytes = SQUITTER;
        bytes[4..8].copy_from_slice(&n.to_be_bytes());
        hearings.push(0, &frame(SECOND, &bytes), at(0.0));
        hearings.push(1, &frame(SECOND + 5, &bytes), at(0.0));
        hearings.take(at(0.0), &mut |_| found += 1);
    }
    assert_eq!(found, 100_000 - (1 << 15));
    assert_eq!(hearings.take_shed(), found);
}

#[test]
fn one_receivers_flood_leaves_room_for_what_the_others_hear() {
    let mut hearings = Hearings::default();
    let numbered = |n: u32| {
        let mut bytes = SQUITTER;
        bytes[4..8].copy_from_slice(&n.to_be_bytes());
        bytes
    };
    hearings.push(1, &frame(SECOND, &SQUITTER), at(0.0));
    for n in 0..100_000 {
        hearings.push(0, &frame(SECOND, &numbered(n)), at(0.0));
    }
    hearings.push(2, &frame(SECOND + 3_000, &SQUITTER), at(0.3));
    assert_eq!(taken(&mut hearings, at(0.3)), []);
    assert_eq!(taken(&mut hearings, at(1.1)).len(), 1);
    assert_eq!(hearings.take_shed(), 100_000 - (1 << 13));
    // What it flooded with is forgotten by then.
    hearings.push(0, &frame(2 * SECOND, &SQUITTER), at(2.0));
    hearings.push(1, &frame(2 * SECOND, &SQUITTER), at(2.0));
    assert_eq!(taken(&mut hearings, at(3.0)).len(), 1);
}

#[test]
fn a_squitter_that_was_located_is_a_plot_with_its_address_and_level() {
    let sensor = SensorId { sac: 1, sic: 9 };
    let mut decoder = Decoder::new(DecoderConfig::default());
    let report = decoder.decode(&SQUITTER, at(0.0)).expect("a squitter");
    let mut hearings = Hearings::default();
    hearings.push(0, &frame(SECOND, &SQUITTER), at(0.0));
    hearings.push(1, &frame(SECOND + 1_000, &SQUITTER), at(0.0));
    let located = taken(&mut hearings, at(1.0))[0];
    let plot =
        arrivals_to_plot(&report, located.arrivals, sensor, at(0.0), at(1.0)).expect("a plot");
    assert_eq!(plot.codes.address, Some(Address::icao(0x40_62_1d)));
    assert_eq!(plot.origin, PlotOrigin::Mlat);
    assert_eq!(plot.measurement, Some(Measurement::Arrivals(located.arrivals)));
    let level_ft = plot.pressure_altitude.expect("a level").altitude_m / 0.3048;
    assert!((level_ft - 38_000.0).abs() < 1.0, "{level_ft}");
}
