//! Published worked examples: Junzi Sun, "The 1090 Megahertz Riddle" (2nd edition, TU Delft), whose
//! values are reproduced by several independent decoders.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use modes::{AirspeedKind, Decoder, DecoderConfig, Defect, PositionMethod, Report};
use surveillance::{Address, EmitterCategory, Time};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn at_s(seconds: f64) -> Time {
    Time::EPOCH.plus_seconds(seconds)
}

fn decode(hex: &str) -> Report {
    Decoder::new(DecoderConfig::default()).decode(&bytes(hex), Time::EPOCH).unwrap()
}

#[track_caller]
fn near(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.expect("a value");
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
}

#[test]
fn an_identification_gives_callsign_and_category() {
    let report = decode("8D4840D6202CC371C32CE0576098");
    assert_eq!(report.address, Some(Address::icao(0x4840d6)));
    assert!(report.address_confirmed);
    assert_eq!(report.callsign.unwrap().as_str(), "KLM1023");
    assert_eq!(report.category, None);
}

#[test]
fn a_pair_of_airborne_positions_is_placed_without_any_reference() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    // Odd first, then even: the later one's place is the answer.
    let odd = decoder.decode(&bytes("8D40621D58C386435CC412692AD6"), at_s(1.0)).unwrap();
    assert_eq!(odd.position, None);
    assert_eq!(odd.position_defect, None);
    let even = decoder.decode(&bytes("8D40621D58C382D690C8AC2863A7"), at_s(2.0)).unwrap();
    let position = even.position.unwrap();
    assert_eq!(position.method, PositionMethod::Global);
    near(Some(position.latitude_rad.to_degrees()), 52.2572, 5e-5);
    near(Some(position.longitude_rad.to_degrees()), 3.91937, 5e-6);
    near(even.pressure_altitude.map(|a| a.altitude_m), 38_000.0 * METRES_PER_FOOT, 1e-6);
    assert_eq!(even.on_ground, Some(false));
}

#[test]
fn a_single_airborne_position_is_placed_relative_to_a_near_receiver() {
    let config = DecoderConfig {
        receiver: Geodetic::from_degrees(52.258, 3.918, 0.0),
        range_max_m: 300_000.0,
        ..DecoderConfig::default()
    };
    let report =
        Decoder::new(config).decode(&bytes("8D40621D58C382D690C8AC2863A7"), Time::EPOCH).unwrap();
    let position = report.position.unwrap();
    assert_eq!(position.method, PositionMethod::Receiver);
    near(Some(position.latitude_rad.to_degrees()), 52.2572, 5e-5);
    near(Some(position.longitude_rad.to_degrees()), 3.91937, 5e-6);
}

#[test]
fn a_surface_position_is_placed_by_a_pair_and_a_receiver() {
    let config = DecoderConfig {
        receiver: Geodetic::from_degrees(51.990, 4.375, 0.0),
        ..DecoderConfig::default()
    };
    let mut decoder = Decoder::new(config);
    decoder.decode(&bytes("8C4841753AAB238733C8CD4020B1"), at_s(0.0)).unwrap();
    let report = decoder.decode(&bytes("8C4841753A8A35323FAEBDAC702D"), at_s(1.0)).unwrap();
    let position = report.position.unwrap();
    near(Some(position.latitude_rad.to_degrees()), 52.320607, 2e-6);
    near(Some(position.longitude_rad.to_degrees()), 4.734735, 2e-6);
    assert_eq!(report.on_ground, Some(true));

    let report = decode("8C4841753A9A153237AEF0F275BE");
    near(report.ground_speed_mps, 17.0 * MPS_PER_KNOT, 1e-9);
    near(report.track_rad.map(f64::to_degrees), 92.8125, 1e-9);
}

#[test]
fn a_ground_velocity_gives_speed_track_and_climb() {
    let report = decode("8D485020994409940838175B284F");
    near(report.ground_speed_mps, 159.20 * MPS_PER_KNOT, 0.005);
    near(report.track_rad.map(f64::to_degrees), 182.88, 0.005);
    near(report.vertical_rate_mps, -832.0 * MPS_PER_FPM, 1e-9);
    near(report.geometric_minus_pressure_m, 550.0 * METRES_PER_FOOT, 1e-9);
}

#[test]
fn an_airspeed_message_gives_airspeed_and_heading() {
    let report = decode("8DA05F219B06B6AF189400CBC33F");
    let airspeed = report.airspeed.unwrap();
    assert_eq!(airspeed.kind, AirspeedKind::True);
    near(Some(airspeed.speed_mps), 375.0 * MPS_PER_KNOT, 1e-9);
    near(report.heading_rad.map(f64::to_degrees), 243.984375, 1e-9);
    near(report.vertical_rate_mps, -2304.0 * MPS_PER_FPM, 1e-9);
}

#[test]
fn an_aircraft_status_gives_the_squawk() {
    assert_eq!(decode("8DA2C1B6E112B600000000760759").squawk.unwrap().to_string(), "6513");
}

#[test]
fn replies_give_altitude_squawk_and_the_overlaid_address() {
    let reply = decode("2000171806A983");
    near(reply.pressure_altitude.map(|a| a.altitude_m), 36_000.0 * METRES_PER_FOOT, 1e-6);
    assert!(!reply.address_confirmed);
    let reply = decode("2A00516D492B80");
    assert_eq!(reply.squawk.unwrap().to_string(), "0356");
    let comm_b = decode("A000083E202CC371C31DE0AA1CCF");
    assert_eq!(comm_b.callsign.unwrap().as_str(), "KLM1017");
}

#[test]
fn an_overlaid_address_is_confirmed_for_a_minute_after_it_was_announced() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let reply = bytes("2A00516D492B80");
    let address = decoder.decode(&reply, at_s(0.0)).unwrap().address.unwrap();
    let announcement = announce(address.bits());
    assert!(decoder.decode(&announcement, at_s(0.0)).unwrap().address_confirmed);
    assert!(decoder.decode(&reply, at_s(59.0)).unwrap().address_confirmed);
    assert!(!decoder.decode(&reply, at_s(61.0)).unwrap().address_confirmed);
}

#[test]
fn an_all_call_reply_with_an_interrogators_code_confirms_only_what_it_repeats() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut reply = announce(0x4840d6);
    reply[6] ^= 0x07;
    let first = decoder.decode(&reply, at_s(0.0)).unwrap();
    assert_eq!(first.interrogator, Some(modes::Interrogator::Ii(7)));
    assert!(!first.address_confirmed);
    assert!(decoder.decode(&reply, at_s(1.0)).unwrap().address_confirmed);
}

#[test]
fn damage_is_named_and_silence_is_no_aircraft() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut check = |hex: &str, expected: Defect| {
        assert_eq!(decoder.decode(&bytes(hex), Time::EPOCH), Err(expected), "{hex}");
    };
    check("8D4840D6202CC371C32CE0576099", Defect::Crc { df: 17 });
    check("00000000000000", Defect::ImpossibleAddress { address: 0 });
    check("", Defect::TooShort { length: 0 });
    check("8D4840D6", Defect::TooShort { length: 4 });
    check("8D4840D6202CC3", Defect::BadLength { df: 17, length: 7 });
    check("8D4840D6202CC371", Defect::BadLength { df: 17, length: 8 });
    check("08000000000000", Defect::UnknownFormat { df: 1 });
    check("C000000000000000000000000000", Defect::Unsupported { df: 24 });
    check("7700", Defect::ModeAC);
    assert_eq!(decoder.stats().aircraft, 0);
}

#[test]
fn emitter_categories_are_read_from_set_and_number() {
    // A real frame of the recording's kind: set A, number 3.
    assert_eq!(category_of(0x23), Some(EmitterCategory::Large));
    assert_eq!(category_of(0x25), Some(EmitterCategory::Heavy));
    assert_eq!(category_of(0x19), Some(EmitterCategory::Glider));
    assert_eq!(category_of(0x20), None);
}

/// An all-call reply under plain parity.
fn announce(address: u32) -> Vec<u8> {
    let [_, a, b, c] = address.to_be_bytes();
    with_parity(&[0x5d, a, b, c])
}

fn category_of(first_of_message: u8) -> Option<EmitterCategory> {
    let head = [0x8d, 0x48, 0x40, 0xd6, first_of_message, 0x2c, 0xc3, 0x71, 0xc3, 0x2c, 0xe0];
    let frame = with_parity(&head);
    Decoder::new(DecoderConfig::default()).decode(&frame, Time::EPOCH).unwrap().category
}

/// Appends the parity that leaves no remainder, by long division.
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
