//! A picture told as ASTERIX: libasterix reads in it what was told, and so do we.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::emit::{
    Area, Conflict, ConflictSeverity, Emitter, SafetyNet, SafetyNetKind, SensorState, Separation,
    Turn,
};
use asterix::{
    Condition, Editions, Fields, Interpreter, Output, PartnerTrack, ServiceKind, Skip, blocks,
    partner_track,
};
use common::{block, leaves, only_record};
use geodesy::{Enu, Geodetic};
use proptest::prelude::*;
use std::fmt::Write as _;
use surveillance::{
    Address, AdsbQuality, Callsign, Codes, Contributor, EmitterCategory, Mode3A, Phase, PlotOrigin,
    SensorId, Time, Track, TrackNumber,
};

const FOOT_M: f64 = 0.3048;
const CENTRE: SensorId = SensorId { sac: 25, sic: 100 };
const RADAR: SensorId = SensorId { sac: 25, sic: 201 };

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn now() -> Time {
    at("2026-11-23T14:32:07.25Z")
}

/// A Mode S aircraft that a radar and an ADS-B station see, all of whose values are whole steps.
fn airliner() -> Track {
    let part = |sic, origin, age_s: f64| Contributor {
        sensor: SensorId { sac: 25, sic },
        origin,
        last: now().plus_seconds(-age_s),
        plots: 30,
    };
    Track {
        number: TrackNumber(70_000),
        phase: Phase::Confirmed,
        time: now(),
        position: Geodetic {
            latitude_rad: 42.75_f64.to_radians(),
            longitude_rad: (-74.5_f64).to_radians(),
            height_m: 33_000.0 * FOOT_M,
        },
        height_sd_m: Some(25.0 * FOOT_M),
        velocity: Enu { east: 200.25, north: -80.5, up: 0.0 },
        position_covariance: [64.0 * 64.0, -32.0 * 32.0, 48.0 * 48.0],
        velocity_covariance: [4.0, 0.5, 2.25],
        pressure_altitude_m: Some(32_500.0 * FOOT_M),
        pressure_altitude_time: Some(now().plus_seconds(-3.0)),
        vertical_rate_mps: Some(-625.0 * FOOT_M / 60.0),
        on_ground: false,
        codes: Codes {
            address: Some(Address::icao(0x4c_a1_23)),
            mode_3a: Some(Mode3A::new(0o2301)),
            callsign: Callsign::new("BTI4RA"),
            source_track: None,
            ident: true,
        },
        quality: AdsbQuality::default(),
        category: Some(EmitterCategory::Large),
        first: now().plus_seconds(-300.0),
        last: now().plus_seconds(-0.5),
        contributors: [part(201, PlotOrigin::Secondary, 2.25), part(7, PlotOrigin::AdsB, 0.5)]
            .into_iter()
            .collect(),
    }
}

/// A primary target of which nothing is known but where it is, coasting on the ground.
fn unknown() -> Track {
    Track {
        number: TrackNumber(70_001),
        phase: Phase::Coasting,
        height_sd_m: None,
        pressure_altitude_m: None,
        pressure_altitude_time: None,
        vertical_rate_mps: None,
        on_ground: true,
        codes: Codes::default(),
        category: None,
        last: now().plus_seconds(-100.0),
        contributors: [Contributor {
            sensor: RADAR,
            origin: PlotOrigin::Primary,
            last: now().plus_seconds(-100.0),
            plots: 9,
        }]
        .into_iter()
        .collect(),
        ..airliner()
    }
}

fn radar() -> SensorState {
    SensorState {
        sensor: RADAR,
        condition: Condition::Degraded,
        time_bias_s: Some(-0.25),
        range_bias_m: Some(1852.0 / 16.0),
        range_gain: Some(0.000_12),
        azimuth_bias_rad: Some((-0.087_890_625_f64).to_radians()),
    }
}

fn conflict<'t>(first: &'t Track, second: &'t Track) -> SafetyNet<'t> {
    SafetyNet {
        kind: SafetyNetKind::ShortTermConflict,
        number: 17,
        time: now(),
        first: Some(first),
        second: Some(second),
        area: None,
        conflict: Some(Conflict {
            severity: ConflictSeverity::High,
            ahead: Some(true),
            lasts_s: Some(12.5),
        }),
        separation: Some(Separation {
            conflict_in_s: Some(45.5),
            closest_in_s: Some(90.0),
            horizontal_m: Some(9_260.0),
            horizontal_min_m: Some(1_000.5),
            vertical_m: Some(1_000.0 * FOOT_M),
            vertical_min_m: Some(0.0),
        }),
    }
}

/// Near an area that is active.
fn area_ahead(first: &Track) -> SafetyNet<'_> {
    SafetyNet {
        kind: SafetyNetKind::AreaProximity,
        number: 18,
        area: Some(Area { name: "Lake 4", active: Some(true) }),
        conflict: Some(Conflict {
            severity: ConflictSeverity::Medium,
            ahead: Some(true),
            lasts_s: None,
        }),
        separation: Some(Separation { conflict_in_s: Some(45.5), ..Separation::default() }),
        ..conflict(first, first)
    }
}

/// Low over terrain, of which the category has no table of classes.
fn low(first: &Track) -> SafetyNet<'_> {
    let kind = SafetyNetKind::MinimumSafeAltitude;
    SafetyNet { kind, number: 19, ..area_ahead(first) }
}

/// Every kind of record that a centre sends.
fn told() -> Vec<Vec<u8>> {
    let mut emitter = Emitter::new(CENTRE, Some(4), 1_472);
    let (first, second) = (airliner(), unknown());
    let mut datagrams = vec![emitter.state(now(), Condition::Operational).unwrap()];
    emitter
        .update(now(), [&first, &second], &[radar()], &mut |datagram| datagrams.push(datagram))
        .unwrap();
    for alert in [conflict(&first, &second), area_ahead(&first), low(&first)] {
        datagrams.push(emitter.alert(&alert).unwrap());
    }
    emitter.update(now(), [&first], &[], &mut |datagram| datagrams.push(datagram)).unwrap();
    datagrams
}

#[test]
fn libasterix_reads_in_every_record_what_was_told() {
    let editions = Editions::default();
    let mut found = String::new();
    for datagram in told() {
        for block in blocks(&datagram) {
            for record in block.unwrap().records(&editions) {
                let record = record.unwrap();
                let hex: String =
                    record.bytes().iter().map(|octet| format!("{octet:02x}")).collect();
                let leaves = leaves(&record).join(" ");
                let (category, edition) = (record.category(), record.edition());
                writeln!(found, "{category:03} {edition} {hex} {leaves}").unwrap();
            }
        }
    }
    // Octets that we encoded and leaves that libasterix read (testdata/README.md).
    assert_eq!(found, include_str!("../testdata/emitted.txt"), "found:\n{found}");
}

/// What a consumer has of `track`.
fn heard(track: &Track) -> PartnerTrack {
    let record = Emitter::new(CENTRE, None, 1_472).track(track, 9, Turn::Later).unwrap();
    read(&record, |record| partner_track(record, now())).unwrap()
}

fn read<T>(record: &Fields, look: impl FnOnce(&asterix::Record<'_>) -> T) -> T {
    let mut octets = Vec::new();
    record.encode(&mut octets).unwrap();
    only_record(&block(record.spec().category, &octets), &Editions::default(), look)
}

#[test]
fn what_a_track_tells_is_heard() {
    let track = airliner();
    let heard = heard(&track);
    assert_eq!((heard.sender, heard.ended, heard.simulated), (CENTRE, false, false));
    assert!(heard.accuracy_told);
    let found = &heard.track;
    assert_eq!(found.number, TrackNumber(9));
    assert_eq!((found.phase, found.time, found.last), (track.phase, track.time, track.last));
    assert_eq!((found.velocity, found.on_ground), (track.velocity, track.on_ground));
    assert_eq!((found.codes, found.category), (track.codes, track.category));
    assert_eq!(found.position_covariance, track.position_covariance);
    // ATV has no room for how the axes go together.
    assert_eq!(found.velocity_covariance, [4.0, 0.0, 2.25]);
    assert_eq!(found.pressure_altitude_time, track.pressure_altitude_time);
    let near = |found: Option<f64>, expected: Option<f64>| {
        assert!((found.unwrap() - expected.unwrap()).abs() < 1e-9, "{found:?} {expected:?}");
    };
    near(found.pressure_altitude_m, track.pressure_altitude_m);
    near(found.vertical_rate_mps, track.vertical_rate_mps);
    near(found.height_sd_m, track.height_sd_m);
    near(Some(found.position.height_m), Some(track.position.height_m));
    let origins = |track: &Track| -> Vec<_> {
        track.contributors.iter().map(|part| (part.origin, part.last)).collect()
    };
    assert_eq!(origins(found), origins(&track));
}

#[test]
fn what_is_not_known_is_not_told() {
    let heard = heard(&unknown());
    let found = &heard.track;
    assert_eq!((found.phase, found.on_ground), (Phase::Coasting, true));
    assert_eq!((found.codes, found.category), (Codes::default(), None));
    assert_eq!((found.pressure_altitude_m, found.vertical_rate_mps), (None, None));
    assert_eq!(found.height_sd_m, None);
    // 63.75 s stands for that and more.
    assert_eq!(found.last, now().plus_seconds(-63.75));
    let mut other = airliner();
    other.codes.address = Some(Address::other(0x12));
    assert_eq!(self::heard(&other).track.codes.address, None);
}

#[test]
fn a_value_beyond_what_its_item_holds_is_left_out() {
    let mut track = airliner();
    track.pressure_altitude_m = Some(200_000.0 * FOOT_M);
    track.vertical_rate_mps = Some(2_000.0);
    track.position.height_m = 1e9;
    track.velocity.north = f64::NAN;
    track.position_covariance = [f64::INFINITY, 0.0, 1e20];
    let heard = heard(&track);
    let found = &heard.track;
    assert_eq!((found.pressure_altitude_m, found.vertical_rate_mps), (None, None));
    assert_eq!(found.height_sd_m, None);
    assert_eq!(found.velocity, Enu { east: 0.0, north: 0.0, up: 0.0 });
    assert!(!heard.accuracy_told);
}

#[test]
fn a_track_is_told_from_its_first_message_to_its_last() {
    let editions = Editions::default();
    let mut emitter = Emitter::new(CENTRE, None, 1_472);
    let (first, second) = (airliner(), unknown());
    let mut interpreter = Interpreter::new();
    let mut update = |tracks: &[&Track]| {
        let mut datagrams = Vec::new();
        let tracks = tracks.iter().copied();
        let sent = emitter.update(now(), tracks, &[], &mut |sent| datagrams.push(sent)).unwrap();
        let mut outputs = Vec::new();
        let mut begins = Vec::new();
        for datagram in &datagrams {
            for record in blocks(datagram).flat_map(|block| block.unwrap().records(&editions)) {
                let record = record.unwrap();
                let begun =
                    record.item(80).is_some_and(|item| item.get(1).unwrap_or(&0) & 0x20 != 0);
                begins.push(begun);
                interpreter.interpret(&record, now(), &mut |output| outputs.push(output));
            }
        }
        (sent, outputs, begins)
    };
    let (sent, outputs, begins) = update(&[&first, &second]);
    assert_eq!((sent.tracks, sent.ended), (2, 0));
    assert_eq!(begins, [true, true, false]);
    let batch = |outputs: &[Output]| match outputs.last() {
        Some(Output::Service(message)) => message.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(batch(&outputs), ServiceKind::EndOfBatch { batch: Some(0) });
    // Of a coasting track nothing was detected: no plot may come of it.
    assert!(matches!(outputs[0], Output::Plot(plot) if plot.origin == PlotOrigin::SystemTrack));
    assert!(matches!(outputs[1], Output::Skipped(skipped) if skipped.why == Skip::NoDetection));
    let (sent, outputs, begins) = update(&[&first]);
    assert_eq!((sent.tracks, sent.ended), (1, 1));
    assert_eq!(begins, [false, false, false]);
    let Output::Skipped(skipped) = &outputs[1] else { panic!("{outputs:?}") };
    assert_eq!((skipped.why, skipped.source_track.unwrap().0), (Skip::TrackEnded, 2));
    assert_eq!(batch(&outputs), ServiceKind::EndOfBatch { batch: Some(1) });
}

#[test]
fn a_sensors_state_is_heard() {
    let emitter = Emitter::new(CENTRE, None, 1_472);
    let states = [
        Condition::Operational,
        Condition::Degraded,
        Condition::Initialising,
        Condition::Disconnected,
    ];
    for condition in states {
        let record = emitter.sensor(&SensorState { condition, ..radar() }, now()).unwrap();
        let mut outputs = Vec::new();
        read(&record, |record| {
            Interpreter::new().interpret(record, now(), &mut |output| outputs.push(output));
        });
        let [Output::Service(message)] = &outputs[..] else { panic!("{outputs:?}") };
        assert_eq!(message.kind, ServiceKind::SensorStatus);
        assert_eq!((message.sensor, message.sender), (RADAR, CENTRE));
        assert_eq!((message.condition, message.time), (Some(condition), now()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_track_is_heard_to_within_half_a_step(
        place in (-89.9f64..89.9, -180.0f64..180.0, -450.0f64..40_000.0),
        speed in (-700.0f64..700.0, -700.0f64..700.0, -100.0f64..100.0),
        level_m in -400.0f64..20_000.0,
        deviation in (1.0f64..2_000.0, 1.0f64..2_000.0, -0.9f64..0.9),
        nanos in 0i64..172_800_000_000_000,
    ) {
        let (latitude, longitude, height_m) = place;
        let (east, north, correlation) = deviation;
        let time = Time::from_unix_nanos(1_790_000_000_000_000_000 + nanos);
        let track = Track {
            time,
            last: time,
            pressure_altitude_time: Some(time),
            position: Geodetic {
                latitude_rad: latitude.to_radians(),
                longitude_rad: longitude.to_radians(),
                height_m,
            },
            velocity: Enu { east: speed.0, north: speed.1, up: 0.0 },
            vertical_rate_mps: Some(speed.2),
            pressure_altitude_m: Some(level_m),
            position_covariance: [east * east, correlation * east * north, north * north],
            ..airliner()
        };
        let record = Emitter::new(CENTRE, None, 1_472).track(&track, 9, Turn::First).unwrap();
        let heard = read(&record, |record| partner_track(record, time.plus_seconds(3.0))).unwrap();
        let found = heard.track;
        let step_rad = (180.0 / f64::from(1 << 25)).to_radians();
        let near = |found: f64, expected: f64, step: f64| {
            prop_assert!((found - expected).abs() <= step * 0.500_001, "{found} {expected}");
            Ok(())
        };
        near(found.position.latitude_rad, track.position.latitude_rad, step_rad)?;
        let turned = geodesy::wrap_pi(found.position.longitude_rad - track.position.longitude_rad);
        near(turned, 0.0, step_rad)?;
        near(found.position.height_m, height_m, 6.25 * FOOT_M)?;
        near(found.velocity.east, speed.0, 0.25)?;
        near(found.velocity.north, speed.1, 0.25)?;
        near(found.vertical_rate_mps.unwrap(), speed.2, 6.25 * FOOT_M / 60.0)?;
        near(found.pressure_altitude_m.unwrap(), level_m, 25.0 * FOOT_M)?;
        near(found.position_covariance[0].sqrt(), east, 0.5)?;
        near(found.position_covariance[2].sqrt(), north, 0.5)?;
        let root = |covariance: f64| covariance.abs().sqrt().copysign(covariance);
        near(root(found.position_covariance[1]), root(track.position_covariance[1]), 0.5)?;
        near(found.time.seconds_since(time), 0.0, 1.0 / 128.0)?;
    }
}
