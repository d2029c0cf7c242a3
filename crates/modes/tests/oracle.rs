//! Every frame of a real recording, decoded here and by `rs1090`, field by field.
//!
//! The kinds of difference that remain are named with the clause that decides, and counted; any
//! other difference fails.

#![expect(clippy::print_stdout, reason = "the table of agreement is worth reading")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use modes::{
    AltitudeDefect, BeastSplitter, Content, Decoder, DecoderConfig, Defect, Emergency, Frame,
    PositionMethod, Report,
};
use rs1090::decode::adsb::ME;
use rs1090::decode::bds::bds05::AirbornePosition;
use rs1090::decode::cpr::{
    CPRFormat, airborne_position, airborne_position_with_reference, decode_position,
};
use rs1090::decode::{DF, ICAO, Message};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use surveillance::Time;

/// The recording's times are derived from this constant rate.
const FRAMES_PER_S: f64 = 270.0;

/// Agreement of one field over a recording.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
struct Tally {
    agree: usize,
    differ: usize,
    ours_only: usize,
    theirs_only: usize,
}

#[derive(Default)]
struct Table(BTreeMap<&'static str, Tally>);

impl Table {
    /// Counts a field present on neither, one or both sides; `same` decides on both.
    fn count<T: Copy + std::fmt::Debug>(
        &mut self,
        field: &'static str,
        ours: Option<T>,
        theirs: Option<T>,
        same: impl FnOnce(T, T) -> bool,
    ) {
        let tally = self.0.entry(field).or_default();
        match (ours, theirs) {
            (None, None) => {}
            (Some(a), Some(b)) if same(a, b) => tally.agree += 1,
            (Some(a), Some(b)) => {
                tally.differ += 1;
                if tally.differ <= 3 {
                    println!("{field}: {a:?} here, {b:?} there");
                }
            }
            (Some(_), None) => tally.ours_only += 1,
            (None, Some(_)) => tally.theirs_only += 1,
        }
    }

    fn number(&mut self, field: &'static str, ours: Option<f64>, theirs: Option<f64>, within: f64) {
        self.count(field, ours, theirs, |a, b| (a - b).abs() <= within);
    }

    /// All else than agreement must be exactly what is explained.
    #[track_caller]
    fn check(&self, explained: &[(&str, Tally)]) {
        let found: Vec<_> = self
            .0
            .iter()
            .map(|(field, tally)| (*field, Tally { agree: 0, ..*tally }))
            .filter(|(_, tally)| *tally != Tally::default())
            .collect();
        let mut expected = explained.to_vec();
        expected.sort_by_key(|(field, _)| *field);
        assert_eq!(found, expected);
    }

    fn print(&self, title: &str) {
        println!(
            "{title}\n{:<28}{:>9}{:>8}{:>8}{:>8}",
            "field", "agree", "differ", "ours", "theirs"
        );
        for (field, t) in &self.0 {
            println!(
                "{field:<28}{:>9}{:>8}{:>8}{:>8}",
                t.agree, t.differ, t.ours_only, t.theirs_only
            );
        }
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/modes").join(name)
}

fn frames_of(stream: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut splitter = BeastSplitter::default();
    let mut sink = |found: Result<Frame, _>| frames.push(found.expect("a clean recording"));
    splitter.push(stream, &mut sink);
    splitter.finish(&mut sink);
    frames
}

fn recording() -> Vec<Frame> {
    let file = std::fs::File::open(data("lax_public_first400s.beast.gz")).unwrap();
    let mut stream = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut stream).unwrap();
    frames_of(&stream)
}

fn time_of(number: usize) -> Time {
    Time::EPOCH.plus_seconds(number as f64 / FRAMES_PER_S)
}

/// Decodes all frames on both sides and compares what both accept.
fn compare(frames: &[Frame]) -> Table {
    let mut table = Table::default();
    let mut decoder = Decoder::new(DecoderConfig::default());
    for (number, frame) in frames.iter().enumerate() {
        let ours = decoder.decode(frame.bytes(), time_of(number));
        let theirs = Message::try_from(frame.bytes()).ok();
        match (ours, theirs) {
            (Ok(report), Some(message)) => {
                compare_message(&mut table, &report, &serde_json::to_value(&message).unwrap());
            }
            (Err(defect), Some(_)) => {
                table.count(refused(defect), Some(defect), None, |_, _| false);
            }
            (Ok(report), None) => {
                table.count("accepted only here", Some(report.df), None, |_, _| false);
            }
            (Err(_), None) => {}
        }
    }
    table
}

fn refused(defect: Defect) -> &'static str {
    match defect {
        Defect::Crc { df: 11 } => "refused: DF 11 parity",
        Defect::ImpossibleAddress { .. } => "refused: impossible address",
        _ => "refused: other",
    }
}

fn compare_message(table: &mut Table, ours: &Report, theirs: &Value) {
    let number = |name: &str| theirs.get(name).and_then(Value::as_f64);
    let text = |name: &str| theirs.get(name).and_then(Value::as_str);
    let feet = |metres: f64| (metres / METRES_PER_FOOT).round();
    let df = text("df").and_then(|df| df.parse().ok());
    table.count("df", Some(ours.df), df, |a: u8, b| a == b);
    let address = text("icao24").and_then(|hex| u32::from_str_radix(hex, 16).ok());
    table.count("address", ours.address.map(|a| a.bits()), address, |a, b| a == b);
    let altitude = ours.pressure_altitude.map(|found| feet(found.altitude_m));
    let geometric = ours.geometric_height_m.map(feet);
    let field = match (ours.altitude_defect, ours.content) {
        (Some(AltitudeDefect::Metric), _) => "altitude, M bit set",
        (None, Content::AirbornePosition) if geometric.is_some() => "geometric height",
        (_, Content::AirbornePosition) => "altitude, squitter",
        _ => "altitude",
    };
    let altitude = geometric.or(altitude);
    let refused_there = altitude.is_some_and(|feet| feet < 0.0) && number("altitude").is_none();
    let field = if refused_there { "altitude, negative" } else { field };
    table.number(field, altitude, number("altitude"), 0.0);
    let squawk = ours.squawk.map(|code| code.bits());
    let theirs_squawk = text("squawk").and_then(|code| u16::from_str_radix(code, 8).ok());
    table.count("squawk", squawk, theirs_squawk, |a, b| a == b);
    let callsign = ours.callsign.as_ref().map(|found| found.as_str());
    if ours.content == Content::CommB {
        let bds20 = theirs.get("bds20").and_then(|bds| bds.get("callsign"));
        table.count("callsign, Comm-B", callsign, bds20.and_then(Value::as_str), |a, b| a == b);
        return;
    }
    // There, inner spaces are dropped and what is outside the table is shown as `#`.
    let theirs_callsign = text("callsign").filter(|found| !found.is_empty());
    let outside = theirs_callsign.is_some_and(|found| found.contains('#'));
    let field = if outside { "callsign, outside the table" } else { "callsign" };
    table.count(field, callsign, theirs_callsign, |a, b| a.replace(' ', "") == b);
    match ours.content {
        Content::Velocity => compare_velocity(table, ours, &number),
        Content::SurfacePosition => compare_surface(table, ours, &number),
        Content::OperationalStatus => {
            let version = ours.quality.version.map(f64::from);
            table.number("version", version, number("version"), 0.0);
            compare_status(table, ours, &number);
            table.number("SIL", ours.quality.sil.map(f64::from), number("SIL"), 0.0);
        }
        Content::TargetState => {
            // Sent in steps of 32 ft; there it is rounded to the hundred, as pilots select it.
            let selected = ours.selected_altitude_m.map(|m| ((feet(m) + 16.0) / 100.0).floor());
            let theirs = number("selected_altitude").map(|feet| feet / 100.0);
            let zero = ours.selected_altitude_m == Some(0.0);
            let field = if zero { "selected altitude, zero" } else { "selected altitude" };
            table.number(field, selected, theirs, 0.0);
            compare_status(table, ours, &number);
        }
        Content::AircraftStatus => {
            let emergency = ours.emergency.map(emergency_name);
            table.count("emergency", emergency, text("emergency_state"), |a, b| a == b);
        }
        _ => {}
    }
}

fn compare_status(table: &mut Table, ours: &Report, number: &dyn Fn(&str) -> Option<f64>) {
    table.number("NACp", ours.quality.nac_p.map(f64::from), number("NACp"), 0.0);
}

fn compare_velocity(table: &mut Table, ours: &Report, number: &dyn Fn(&str) -> Option<f64>) {
    let knots = |mps: f64| mps / MPS_PER_KNOT;
    let told = ours.ground_speed_mps.is_some();
    let speed = ours.ground_speed_mps.map(knots);
    let field = if told { "ground speed" } else { "ground speed, not available" };
    match (speed, number("groundspeed")) {
        (Some(a), Some(b)) if (a - 4.0 * b).abs() < 1e-6 && a > 0.0 => {
            table.number("ground speed, supersonic", speed, None, 0.0);
        }
        (_, theirs) => table.number(field, speed, theirs, 1e-6),
    }
    if told {
        let track = ours.track_rad.map(f64::to_degrees);
        table.number("track", track, number("track"), 1e-6);
    }
    let rate = ours.vertical_rate_mps.map(|mps| (mps / MPS_PER_FPM).round());
    table.number("vertical rate", rate, number("vertical_rate"), 0.0);
    let difference = ours.geometric_minus_pressure_m.map(|m| (m / METRES_PER_FOOT).round());
    let field = match difference {
        Some(0.0) => "geometric minus pressure, zero",
        _ => "geometric minus pressure",
    };
    table.number(field, difference, number("geo_minus_baro"), 0.0);
    table.number("NACv", ours.quality.nac_v.map(f64::from), number("NACv"), 0.0);
    let heading = ours.heading_rad.map(f64::to_degrees);
    table.number("heading", heading, number("heading"), 1e-6);
    let airspeed = ours.airspeed.map(|found| knots(found.speed_mps).round());
    table.number("airspeed", airspeed, number("IAS").or(number("TAS")), 0.0);
}

fn compare_surface(table: &mut Table, ours: &Report, number: &dyn Fn(&str) -> Option<f64>) {
    let speed = ours.ground_speed_mps.map(|mps| mps / MPS_PER_KNOT);
    table.number("surface speed", speed, number("groundspeed"), 1e-6);
    let track = ours.track_rad.map(f64::to_degrees);
    table.number("surface track", track, number("track"), 1e-6);
}

fn emergency_name(emergency: Emergency) -> &'static str {
    match emergency {
        Emergency::None => "none",
        Emergency::General => "general",
        Emergency::Medical => "medical",
        Emergency::MinimumFuel => "minimum_fuel",
        Emergency::NoCommunications => "no_communication",
        Emergency::UnlawfulInterference => "unlawful_interference",
        Emergency::Downed => "downed_aircraft",
    }
}

#[test]
fn every_frame_of_the_recording_reads_the_same_here_and_in_rs1090() {
    let table = compare(&recording());
    table.print("Los Angeles, 108,000 frames");
    table.check(&[
        // Parity of DF 11 may hold an interrogator's code, at most 79 (Annex 10 volume IV
        // 3.1.2.3.3.2); a greater rest is damage. There it is not checked.
        ("refused: DF 11 parity", Tally { ours_only: 19, ..Tally::default() }),
        // A damaged frame whose overlaid address comes out as 000000, which is nobody's.
        ("refused: impossible address", Tally { ours_only: 1, ..Tally::default() }),
        // M bit set: reserved for a metric code that no edition lays down (3.1.2.6.5.4). There it
        // is read as if it were.
        ("altitude, M bit set", Tally { theirs_only: 6, ..Tally::default() }),
        // Code 1 is a difference of 0 ft (Doc 9871 table A-2-9a). There it counts as absent.
        ("geometric minus pressure, zero", Tally { ours_only: 8, ..Tally::default() }),
        // Code 1 is a selected altitude of 0 ft (DO-260B 2.2.3.2.7.1.3.3). There: absent.
        ("selected altitude, zero", Tally { ours_only: 25, ..Tally::default() }),
        // Code 0 is no information (Doc 9871 table A-2-9a). There it is read as −1 kt.
        ("ground speed, not available", Tally { theirs_only: 1, ..Tally::default() }),
    ]);
    assert_eq!(table.0["df"].agree, 107_978);
}

#[test]
fn every_frame_of_a_true_beast_stream_reads_the_same_here_and_in_rs1090() {
    let stream = std::fs::read(data("traffic_sample_dump1090.beast")).unwrap();
    let table = compare(&frames_of(&stream));
    table.print("Toulouse, a stream with escapes");
    table.check(&[]);
    assert_eq!(table.0["df"].agree, 239);
}

/// Two tables: against `rs1090`'s own pairing, where only places that both give are compared (its
/// window is 30 s where DO-260B A.1.7.7 has 10 s, and its limit of 1,200 km/h drops good positions
/// whose derived times lie too close); and against its bare arithmetic, fed the very pair or
/// reference that was used here, where every position must agree.
#[test]
fn positions_agree_with_rs1090_to_a_centimetre() {
    let mut table = Table::default();
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut aircraft = BTreeMap::new();
    let mut pairs: BTreeMap<ICAO, Pair> = BTreeMap::new();
    for (number, frame) in recording().iter().enumerate() {
        let Ok(ours) = decoder.decode(frame.bytes(), time_of(number)) else { continue };
        let Ok(mut message) = Message::try_from(frame.bytes()) else { continue };
        let DF::ExtendedSquitterADSB(squitter) = &mut message.df else { continue };
        let address = squitter.icao24;
        let ME::BDS05 { inner: bare, .. } = squitter.message else { continue };
        let time_s = number as f64 / FRAMES_PER_S;
        decode_position(&mut squitter.message, time_s, &address, &mut aircraft, &mut None, &None);
        let ME::BDS05 { inner, .. } = squitter.message else { continue };
        let here = ours
            .position
            .map(|found| (found.latitude_rad.to_degrees(), found.longitude_rad.to_degrees()));
        table.count("own pairing", here, inner.latitude.zip(inner.longitude), same_place);
        let pair = pairs.entry(address).or_default();
        if let Some(position) = ours.position {
            let there = match position.method {
                PositionMethod::Global => {
                    pair.other(bare.parity).and_then(|other| airborne_position(&other, &bare))
                }
                _ => pair.last.and_then(|(latitude, longitude)| {
                    airborne_position_with_reference(&bare, latitude, longitude)
                }),
            };
            let there = there.map(|found| (found.latitude, found.longitude));
            table.count("arithmetic", here, there, same_place);
            pair.last = here;
        }
        pair.put(bare);
    }
    table.print("Airborne positions, DF 17");
    let own = table.0["own pairing"];
    assert_eq!(own.differ, 0);
    assert!(own.agree > 12_000, "{own:?}");
    let arithmetic = table.0["arithmetic"];
    assert_eq!(arithmetic, Tally { agree: own.agree + own.ours_only, ..Tally::default() });
}

fn same_place(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() < 1e-7 && (a.1 - b.1).abs() < 1e-7
}

/// The last report of each parity, and the last position given.
#[derive(Default)]
struct Pair {
    even: Option<AirbornePosition>,
    odd: Option<AirbornePosition>,
    last: Option<(f64, f64)>,
}

impl Pair {
    fn other(&self, parity: CPRFormat) -> Option<AirbornePosition> {
        if parity == CPRFormat::Even { self.odd } else { self.even }
    }

    fn put(&mut self, report: AirbornePosition) {
        let slot = if report.parity == CPRFormat::Even { &mut self.even } else { &mut self.odd };
        *slot = Some(report);
    }
}

/// Messages that the recordings lack: every type code and subtype, all codes of every field.
#[test]
fn made_up_messages_read_the_same_here_and_in_rs1090() {
    let mut table = Table::default();
    let mut state = 1_u64;
    for number in 0..200_000 {
        let mut frame = [0; 14];
        for byte in &mut frame {
            // Knuth's linear congruential generator (MMIX): any bits will do.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
        let long = number % 4 != 0;
        if long && is_reserved(frame[4], frame[9]) {
            continue;
        }
        frame[0] = if long { 0x8d } else { [0x00, 0x20, 0x28][number / 4 % 3] | frame[0] & 0x07 };
        let message = if long { with_parity(&frame[..11]) } else { frame[..7].to_vec() };
        let Ok(theirs) = Message::try_from(&message[..]) else { continue };
        let mut decoder = Decoder::new(DecoderConfig::default());
        let ours = decoder.decode(&message, Time::EPOCH).unwrap();
        compare_message(&mut table, &ours, &serde_json::to_value(&theirs).unwrap());
    }
    table.print("Made-up messages");
    let (ours, theirs) = (
        |count| Tally { ours_only: count, ..Tally::default() },
        |count| Tally { theirs_only: count, ..Tally::default() },
    );
    table.check(&[
        // The table of 100 ft codes begins at −1,200 ft (Annex 10 volume IV, appendix to chapter
        // 3). There, codes below zero are refused.
        ("altitude, negative", ours(245)),
        ("altitude, M bit set", theirs(8427)),
        // Characters outside the table: no callsign here, `#` in its place there.
        ("callsign, outside the table", theirs(18_550)),
        // Code 7 is reserved.
        ("emergency", theirs(100)),
        ("geometric minus pressure, zero", ours(18)),
        ("ground speed, not available", theirs(3)),
        // Subtype 2 counts in steps of 4 kt (Doc 9871 table A-2-9a). There, in steps of 1 kt.
        ("ground speed, supersonic", ours(587)),
    ]);
}

/// Subtypes and editions that the standard leaves undefined: there they are read as if they were
/// the nearest defined one, here not at all. `edition` is the byte with bits 41 to 48.
fn is_reserved(first: u8, edition: u8) -> bool {
    let (type_code, subtype) = (first >> 3, first & 7);
    match type_code {
        0 => true,
        19 => !(1..=4).contains(&subtype),
        28 => subtype != 1,
        29 => subtype >> 1 != 1,
        31 => subtype > 1 || edition >> 5 > 2,
        _ => false,
    }
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
