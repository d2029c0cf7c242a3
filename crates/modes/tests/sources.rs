//! Who says what about whom: ADS-B, TIS-B, ADS-R, replies; and the plots that come of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use modes::{
    BeastSplitter, Content, Decoder, DecoderConfig, Defect, Position, Report, Source, to_plot,
};
use std::io::Read;
use surveillance::{Address, Measurement, Plot, PlotOrigin, SensorId, Time};

const AT: Address = Address::icao(0x4840d6);
const NOT_ICAO: Address = Address::other(0x4840d6);
/// Identification KLM1023, category not told.
const IDENTIFICATION: [u8; 7] = [0x20, 0x2c, 0xc3, 0x71, 0xc3, 0x2c, 0xe0];
/// The even and odd airborne position of the 1090 Megahertz Riddle: 52.2572°N 3.91937°E, 38,000 ft.
const EVEN: [u8; 7] = [0x58, 0xc3, 0x82, 0xd6, 0x90, 0xc8, 0xac];
const ODD: [u8; 7] = [0x58, 0xc3, 0x86, 0x43, 0x5c, 0xc4, 0x12];

fn with_parity(data: &[u8]) -> Vec<u8> {
    let mut remainder = 0_u32;
    for byte in data {
        remainder ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            remainder = (remainder << 1) ^ if remainder & 0x80_0000 != 0 { 0x1ff_f409 } else { 0 };
        }
    }
    let [_, a, b, c] = remainder.to_be_bytes();
    [data, &[a, b, c]].concat()
}

fn squitter(first: u8, me: [u8; 7]) -> Vec<u8> {
    with_parity(&[&[first, 0x48, 0x40, 0xd6], &me[..]].concat())
}

fn decode(first: u8, me: [u8; 7]) -> Result<Report, Defect> {
    Decoder::new(DecoderConfig::default()).decode(&squitter(first, me), Time::EPOCH)
}

fn plot(report: &Report) -> Option<Plot> {
    to_plot(report, SensorId { sac: 0, sic: 1 }, Time::EPOCH, Time::EPOCH.plus_seconds(0.2))
}

fn from_bits(fields: &[(u32, u32)]) -> [u8; 7] {
    let word = fields.iter().fold(0_u64, |sum, (width, value)| sum << width | u64::from(*value));
    assert_eq!(fields.iter().map(|(width, _)| width).sum::<u32>(), 56);
    word.to_be_bytes()[1..].try_into().unwrap()
}

#[test]
fn the_control_field_says_who_sends_about_whom() {
    let check = |control: u8, me: [u8; 7], expected: Result<(Source, Address), &str>| {
        let found = decode(18 << 3 | control, me);
        let found = found.map(|report| (report.source, report.address.unwrap()));
        assert_eq!(found.map_err(|defect| defect.name()), expected, "CF {control}");
    };
    let mut flagged = EVEN;
    flagged[0] |= 1;
    check(0, EVEN, Ok((Source::AdsB, AT)));
    check(1, EVEN, Ok((Source::AdsB, NOT_ICAO)));
    check(2, EVEN, Ok((Source::TisB, AT)));
    check(2, flagged, Ok((Source::TisB, NOT_ICAO)));
    check(3, [0; 7], Ok((Source::TisB, AT)));
    check(3, [0x80, 0, 0, 0, 0, 0, 0], Ok((Source::TisB, NOT_ICAO)));
    check(4, EVEN, Err("unsupported_format"));
    check(5, EVEN, Ok((Source::TisB, NOT_ICAO)));
    check(6, EVEN, Ok((Source::AdsR, AT)));
    check(6, flagged, Ok((Source::AdsR, NOT_ICAO)));
    check(7, EVEN, Err("unsupported_format"));
}

#[test]
fn rebroadcast_and_own_reports_make_plots_of_their_own_origin() {
    let origin = |first| plot(&decode(first, IDENTIFICATION).unwrap()).unwrap().origin;
    assert_eq!(origin(0x8d), PlotOrigin::AdsB);
    assert_eq!(origin(18 << 3 | 2), PlotOrigin::Rebroadcast);
    assert_eq!(origin(18 << 3 | 6), PlotOrigin::Rebroadcast);
}

#[test]
fn a_completed_position_makes_a_plot_with_level_and_error() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.decode(&squitter(0x8d, ODD), Time::EPOCH).unwrap();
    let report = decoder.decode(&squitter(0x8d, EVEN), Time::EPOCH).unwrap();
    let plot = plot(&report).unwrap();
    let Some(Measurement::Geodetic(position)) = plot.measurement else { panic!("a position") };
    assert!((position.latitude_rad.to_degrees() - 52.2572).abs() < 5e-5);
    // Type code 11 of an unknown edition: contained within 0.1 NM, over 4.80.
    assert!((position.horizontal_sd_m.unwrap() - 185.2 / 4.8).abs() < 1e-9);
    assert_eq!(plot.codes.address, Some(AT));
    assert_eq!(plot.received, Time::EPOCH.plus_seconds(0.2));
    assert!((plot.pressure_altitude.unwrap().altitude_m - 38_000.0 * 0.3048).abs() < 1e-6);
}

#[test]
fn an_operational_status_tells_later_positions_integrity_and_accuracy() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let bits = [
        (5, 31),
        (3, 0),
        (32, 0),
        (3, 2),
        (1, 1),
        (4, 9),
        (2, 0),
        (2, 3),
        (1, 1),
        (1, 0),
        (1, 0),
        (1, 0),
    ];
    let status = decoder.decode(&squitter(0x8d, from_bits(&bits)), Time::EPOCH).unwrap();
    assert_eq!(status.content, Content::OperationalStatus);
    assert_eq!(status.quality.version, Some(2));
    let mut flagged = EVEN;
    flagged[0] |= 1;
    let report = decoder.decode(&squitter(0x8d, flagged), Time::EPOCH).unwrap();
    let quality = report.quality;
    assert_eq!((quality.nic, quality.nac_p, quality.sil), (Some(9), Some(9), Some(3)));
    assert!((report.horizontal_sd_m.unwrap() - 30.0 / 2.448).abs() < 1e-9);
}

#[test]
fn a_coarse_pair_is_placed_and_says_how_coarse() {
    // 52.2572°N 3.91937°E by the encoder of DO-260B A.1.7.3 with 12 bits.
    let fraction = |degrees: f64, zones: f64| {
        ((degrees * zones / 360.0).fract() * 4096.0 + 0.5).floor() as u32 % 4096
    };
    let coarse = |odd: u32| {
        let (lat_zones, lon_zones) = if odd == 1 { (59.0, 35.0) } else { (60.0, 36.0) };
        from_bits(&[
            (1, 0),
            (2, 0),
            (4, 0),
            (12, 0xc38),
            (1, 1),
            (5, 8),
            (6, 15),
            (1, odd),
            (12, fraction(52.2572, lat_zones)),
            (12, fraction(3.91937, lon_zones)),
        ])
    };
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.decode(&squitter(18 << 3 | 3, coarse(0)), Time::EPOCH).unwrap();
    let report = decoder.decode(&squitter(18 << 3 | 3, coarse(1)), Time::EPOCH).unwrap();
    assert_eq!(report.content, Content::CoarsePosition);
    let position = report.position.unwrap();
    assert!((position.latitude_rad.to_degrees() - 52.2572).abs() < 1e-3);
    assert!((position.longitude_rad.to_degrees() - 3.91937).abs() < 2e-3);
    assert_eq!(report.horizontal_sd_m, Some(185.2));
    assert!((report.track_rad.unwrap().to_degrees() - 90.0).abs() < 1e-9);
    assert!((report.ground_speed_mps.unwrap() * 3600.0 / 1852.0 - 448.0).abs() < 1e-9);
}

#[test]
fn unconfirmed_and_empty_reports_make_no_plot() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let reply = [0x2a, 0x00, 0x51, 0x6d, 0x49, 0x2b, 0x80];
    let report = decoder.decode(&reply, Time::EPOCH).unwrap();
    assert_eq!(plot(&report), None);
    let [_, a, b, c] = report.address.unwrap().bits().to_be_bytes();
    let announced = decoder.decode(&with_parity(&[0x5d, a, b, c]), Time::EPOCH).unwrap();
    assert_eq!(plot(&announced), None);
    let plot = plot(&decoder.decode(&reply, Time::EPOCH).unwrap()).unwrap();
    assert_eq!(plot.origin, PlotOrigin::Secondary);
    assert_eq!(plot.codes.mode_3a.unwrap().to_string(), "0356");
}

/// The position that each frame of the recording, played twice, completes.
fn positions(time_of: impl Fn(u32) -> Time) -> Vec<Option<Position>> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
    let file = std::fs::File::open(path).unwrap();
    let mut stream = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut stream).unwrap();
    let mut decoder = Decoder::new(DecoderConfig::default());
    let (mut number, mut found) = (0, Vec::new());
    for _ in 0..2 {
        BeastSplitter::default().push(&stream, &mut |frame| {
            number += 1;
            let report = decoder.decode_frame(&frame.unwrap(), time_of(number));
            found.push(report.ok().and_then(|report| report.position));
        });
    }
    found
}

fn count(found: &[Option<Position>]) -> usize {
    found.iter().flatten().count()
}

#[test]
fn a_recording_without_times_gives_nearly_as_many_positions_and_no_other() {
    let timed = positions(|number| Time::EPOCH.plus_seconds(f64::from(number) / 270.0));
    let still = positions(|_| Time::EPOCH);
    let (timed, still) = (&timed[..timed.len() / 2], &still[..still.len() / 2]);
    assert!(count(still) * 100 > count(timed) * 95, "{} of {}", count(still), count(timed));
    let wrong = |found: &(Position, Position)| {
        let (a, b) = found;
        (a.latitude_rad - b.latitude_rad).hypot(a.longitude_rad - b.longitude_rad) > 1e-8
    };
    let both = timed.iter().zip(still).filter_map(|(a, b)| a.zip(*b));
    assert_eq!(both.filter(wrong).count(), 0);
}

#[test]
fn a_recording_played_in_a_loop_is_followed_across_the_seam() {
    let check = |time_of: fn(u32) -> Time| {
        let found = positions(time_of);
        let (first, second) = found.split_at(found.len() / 2);
        assert!(count(second) * 100 > count(first) * 98, "{} {}", count(first), count(second));
    };
    check(|number| Time::EPOCH.plus_seconds(f64::from(number) / 270.0));
    check(|number| Time::EPOCH.plus_seconds(f64::from((number - 1) % 108_000) / 270.0));
}
