//! The three stream formats: what they carry, and what they survive.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use modes::{
    AvrSplitter, BeastClock, BeastSplitter, Frame, FrameClock, FramingDefect, SbsMessage,
    SbsSplitter, sbs_to_plot,
};
use proptest::prelude::*;
use surveillance::{Address, Measurement, PlotOrigin, SensorId, Time};

const LONG: [u8; 14] =
    [0x8d, 0x48, 0x40, 0xd6, 0x20, 0x2c, 0xc3, 0x71, 0xc3, 0x2c, 0xe0, 0x57, 0x60, 0x98];
const SHORT: [u8; 7] = [0x5d, 0x48, 0x40, 0xd6, 0x1a, 0x1a, 0x31];

type Framed = Vec<Result<Frame, FramingDefect>>;
type Lines = Vec<Result<SbsMessage, FramingDefect>>;

/// Pieces of a stream, in order.
fn beast(clock: BeastClock, pieces: &[&[u8]]) -> Framed {
    let (mut found, mut splitter) = (Vec::new(), BeastSplitter::new(clock));
    pieces.iter().for_each(|piece| splitter.push(piece, &mut |next| found.push(next)));
    splitter.finish(&mut |next| found.push(next));
    found
}

fn avr(pieces: &[&[u8]]) -> Framed {
    let (mut found, mut splitter) = (Vec::new(), AvrSplitter::new());
    pieces.iter().for_each(|piece| splitter.push(piece, &mut |next| found.push(next)));
    splitter.finish(&mut |next| found.push(next));
    found
}

fn sbs(pieces: &[&[u8]]) -> Lines {
    let (mut found, mut splitter) = (Vec::new(), SbsSplitter::new());
    pieces.iter().for_each(|piece| splitter.push(piece, &mut |next| found.push(next)));
    splitter.finish(&mut |next| found.push(next));
    found
}

/// As a receiver sends it.
fn beast_frame(kind: u8, ticks: u64, signal: u8, message: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x1a, kind];
    for byte in ticks.to_be_bytes()[2..].iter().chain([&signal]).chain(message) {
        frame.push(*byte);
        if *byte == 0x1a {
            frame.push(*byte);
        }
    }
    frame
}

fn frame(clock: FrameClock, signal: Option<u8>, message: &[u8]) -> Frame {
    Frame::new(clock, signal, message).unwrap()
}

#[test]
fn beast_frames_are_cut_and_their_escapes_undone() {
    let mut stream = beast_frame(b'3', 0x1a_1a00, 0x1a, &LONG);
    stream.extend(beast_frame(b'2', 7, 9, &SHORT));
    stream.extend(beast_frame(b'1', 8, 9, &[0x12, 0x34]));
    let expected = vec![
        Ok(frame(FrameClock::Ticks12MHz(0x1a_1a00), Some(0x1a), &LONG)),
        Ok(frame(FrameClock::Ticks12MHz(7), Some(9), &SHORT)),
        Ok(frame(FrameClock::Ticks12MHz(8), Some(9), &[0x12, 0x34])),
    ];
    assert_eq!(beast(BeastClock::Ticks12MHz, &[&stream]), expected);
}

#[test]
fn a_radarcapes_clock_is_the_gps_time_of_day() {
    let word = 52_327 << 30 | 250_000_000;
    let found = beast(BeastClock::GpsTime, &[&beast_frame(b'3', word, 1, &LONG)]);
    let clock = FrameClock::GpsNanosOfDay(52_327_250_000_000);
    assert_eq!(found, vec![Ok(frame(clock, Some(1), &LONG))]);
}

#[test]
fn a_composed_position_is_told_by_its_mark() {
    let stream = beast_frame(b'3', 0xff00_4d4c_4154, 0, &LONG);
    let found = beast(BeastClock::Ticks12MHz, &[&stream])[0].unwrap();
    assert_eq!(found.clock, FrameClock::MlatResult);
}

#[test]
fn a_keep_alive_is_neither_frame_nor_defect() {
    assert_eq!(beast(BeastClock::Ticks12MHz, &[&beast_frame(b'1', 0, 0, &[0, 0])]), vec![]);
    assert_eq!(avr(&[b"*0000;\n"]), vec![]);
}

#[test]
fn what_is_wrong_in_a_beast_stream_is_named_and_costs_no_good_frame() {
    let good = beast_frame(b'3', 5, 6, &LONG);
    let expected_frame = Ok(frame(FrameClock::Ticks12MHz(5), Some(6), &LONG));
    let check = |before: &[u8], defect| {
        let found = beast(BeastClock::Ticks12MHz, &[before, &good]);
        assert_eq!(found, vec![Err(defect), expected_frame], "{before:02x?}");
    };
    check(b"HTTP/1.1 200 OK\r\n", FramingDefect::Garbage);
    check(&[0x1a], FramingDefect::Garbage);
    check(&good[..15], FramingDefect::Truncated);
    check(&[0x1a, b'4', 1, 2, 3, 0x32], FramingDefect::UnsupportedType);
    check(&[0x1a, b'3', 1, 2, 0x1a, 0x77, 3], FramingDefect::BadEscape);
    let cut = beast(BeastClock::Ticks12MHz, &[&good[..15]]);
    assert_eq!(cut, vec![Err(FramingDefect::Truncated)]);
}

#[test]
fn avr_frames_are_read_with_and_without_a_clock() {
    let stream = b"*8D4840D6202CC371C32CE0576098;\r\n\
        @00000000001A8d4840d6202cc371c32ce0576098;\n\
        <0000000000ff808D4840D6202CC371C32CE0576098;";
    let expected = vec![
        Ok(frame(FrameClock::None, None, &LONG)),
        Ok(frame(FrameClock::Ticks12MHz(26), None, &LONG)),
        Ok(frame(FrameClock::Ticks12MHz(255), Some(0x80), &LONG)),
    ];
    assert_eq!(avr(&[stream]), expected);
}

#[test]
fn what_is_wrong_in_an_avr_stream_is_named_and_costs_no_good_frame() {
    let check = |before: &str, defect| {
        let stream = format!("{before}*8D4840D6202CC371C32CE0576098;\n");
        let expected = vec![Err(defect), Ok(frame(FrameClock::None, None, &LONG))];
        assert_eq!(avr(&[stream.as_bytes()]), expected, "{before}");
    };
    check("hello\n", FramingDefect::Garbage);
    check("*8D4840D6202CC3\n", FramingDefect::Truncated);
    check("*8D4840", FramingDefect::Truncated);
    check("*8D4840;", FramingDefect::BadLength);
    check("*8D484;", FramingDefect::BadLength);
    check("@1234;", FramingDefect::BadLength);
    check("*8D48G0D6;", FramingDefect::BadHex);
    check(&format!("*{};", "8D".repeat(100)), FramingDefect::TooLong);
}

#[test]
fn a_basestation_line_becomes_a_plot() {
    let line = b"MSG,3,1,1,4CA123,1,2026/11/23,14:32:07.250,2026/11/23,14:32:07.300,RYR12AB,\
        37000,450,90.0,40.5000,-73.2500,-640,1234,0,0,-1,0\r\n";
    let message = sbs(&[line])[0].unwrap();
    assert_eq!(message.address, Address::icao(0x4ca123));
    assert_eq!(message.generated.unwrap().to_string(), "2026-11-23T14:32:07.25Z");
    let sensor = SensorId { sac: 1, sic: 2 };
    let plot = sbs_to_plot(&message, sensor, Time::EPOCH, Time::EPOCH).unwrap();
    assert_eq!(plot.origin, PlotOrigin::AdsB);
    assert_eq!(plot.codes.callsign.unwrap().as_str(), "RYR12AB");
    assert_eq!(plot.codes.mode_3a.unwrap().to_string(), "1234");
    assert!(plot.codes.ident);
    assert_eq!(plot.on_ground, Some(false));
    let altitude_ft = plot.pressure_altitude.unwrap().altitude_m / METRES_PER_FOOT;
    assert!((altitude_ft - 37_000.0).abs() < 1e-9);
    let velocity = plot.velocity.unwrap();
    assert!((velocity.horizontal.unwrap().east - 450.0 * MPS_PER_KNOT).abs() < 1e-9);
    assert!((velocity.vertical_rate_mps.unwrap() + 640.0 * MPS_PER_FPM).abs() < 1e-9);
    let Some(Measurement::Geodetic(position)) = plot.measurement else { panic!("a position") };
    assert!((position.latitude_rad.to_degrees() - 40.5).abs() < 1e-12);
    assert!((position.longitude_rad.to_degrees() + 73.25).abs() < 1e-12);
}

#[test]
fn what_is_wrong_in_an_sbs_stream_is_named_and_costs_no_good_line() {
    let check = |before: &str, defect| {
        let stream = format!("{before}\nMSG,8,,,4CA123,,,,,,,,,,,,,,,,,1\n");
        let found = sbs(&[stream.as_bytes()]);
        assert_eq!(found[0], Err(defect), "{before}");
        assert_eq!(found.last().unwrap().unwrap().on_ground, Some(true));
    };
    check("hello", FramingDefect::BadLine);
    check("MSG,9,,,4CA123", FramingDefect::BadLine);
    check("MSG,3,,,000000", FramingDefect::BadLine);
    check("MSG,3,,,4CA12Z", FramingDefect::BadLine);
    check("MSG,3,,,4CA123,,,,,,,high", FramingDefect::BadField);
    check("MSG,3,,,4CA123,,,,,,,,,,NaN,12", FramingDefect::BadField);
    check("MSG,3,,,4CA123,,,,,,,,,,91,12", FramingDefect::BadField);
    check("MSG,6,,,4CA123,,,,,,,,,,,,,8888", FramingDefect::BadField);
    check("MSG,3,,,4CA123,,2026/02/99,25:00:00", FramingDefect::BadField);
    check(&"x".repeat(600), FramingDefect::TooLong);
    assert_eq!(sbs(&[b"STA,,5,179,400AE7,10103,,,,,RM\n\n"]), vec![]);
}

/// Bytes that look like the formats more often than chance would have it.
fn streamlike() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => Just(0x1a_u8),
        3 => proptest::sample::select(b"123*@<;,\n-.MSG".to_vec()),
        3 => proptest::sample::select(b"0123456789abcdefABCDEF".to_vec()),
        2 => any::<u8>(),
    ];
    let whole = prop_oneof![
        Just(beast_frame(b'3', 0x1a, 1, &LONG)),
        Just(beast_frame(b'2', 2, 0x1a, &SHORT)),
        Just(b"*8D4840D6202CC371C32CE0576098;\n".to_vec()),
        Just(b"MSG,3,1,1,4CA123,1,,,,,X,37000,,,40.5,-73.2,,,0,0,0,0\n".to_vec()),
    ];
    let part = prop_oneof![2 => proptest::collection::vec(byte, 0..40), 1 => whole];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn split_at<'a>(stream: &'a [u8], cuts: &[proptest::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    at.extend([0, stream.len()]);
    at.sort_unstable();
    at.windows(2).map(|ends| &stream[ends[0]..ends[1]]).collect()
}

proptest! {
    #[test]
    fn any_split_of_any_stream_gives_the_same(
        stream in streamlike(), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let pieces = split_at(&stream, &cuts);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let whole = beast(BeastClock::Ticks12MHz, &[&stream]);
        prop_assert_eq!(&whole, &beast(BeastClock::Ticks12MHz, &pieces));
        prop_assert_eq!(&whole, &beast(BeastClock::Ticks12MHz, &bytes));
        let whole = avr(&[&stream]);
        prop_assert_eq!(&whole, &avr(&pieces));
        prop_assert_eq!(&whole, &avr(&bytes));
        let whole = sbs(&[&stream]);
        prop_assert_eq!(&whole, &sbs(&pieces));
        prop_assert_eq!(&whole, &sbs(&bytes));
    }

    #[test]
    fn a_beast_frame_is_given_back_as_it_was_sent(
        ticks in 1_u64..0xff00_0000_0000, signal: u8, long: [u8; 14], short: [u8; 7],
    ) {
        let mut stream = beast_frame(b'3', ticks, signal, &long);
        stream.extend(beast_frame(b'2', ticks, signal, &short));
        let clock = FrameClock::Ticks12MHz(ticks);
        let expected =
            vec![Ok(frame(clock, Some(signal), &long)), Ok(frame(clock, Some(signal), &short))];
        prop_assert_eq!(beast(BeastClock::Ticks12MHz, &[&stream]), expected);
    }

    #[test]
    fn a_good_frame_after_garbage_and_a_broken_one_is_found(
        garbage in proptest::collection::vec(any::<u8>().prop_filter("no escape", |b| *b != 0x1a), 0..60),
        cut in 0_usize..22,
    ) {
        let good = beast_frame(b'3', 5, 6, &LONG);
        let broken = &beast_frame(b'3', 7, 8, &LONG)[..cut];
        let found = beast(BeastClock::Ticks12MHz, &[&garbage, broken, &good]);
        prop_assert_eq!(found.last().unwrap().unwrap(), frame(FrameClock::Ticks12MHz(5), Some(6), &LONG));
    }
}
