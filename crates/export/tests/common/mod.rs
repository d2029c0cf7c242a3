//! Pictures, accords and what a consumer has of them.

#![allow(dead_code, reason = "each test file takes what it needs")]

use accord::{
    AlertSet, AlertState, FlightKind, Lineage, ObjectKind, OwnNumber, PartnerFeed, PartyId,
    PlanState, Policy, Service, Subject,
};
use export::Mirror;
use geodesy::{Enu, Geodetic};
use picture::Identity;
use std::sync::Arc;
use surveillance::{Address, Callsign, Codes, EmitterCategory, Mode3A, SensorId, Time};

/// XXA gives XXB all tracks west of 75° E with `fields`, at `precision`.
pub(crate) fn policy(fields: &str, precision: &str) -> Policy {
    let text = format!(
        r#"
form = 1
accord = "xxa-xxb"
title = "One consumer"
nature = "illustration"

[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"

[instruments]
requires = ["signature"]
signed = {{ date = 2020-01-01 }}
in_force = 2020-01-01

[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{{ polygon = [[40.0, 70.0], [45.0, 70.0], [45.0, 75.0], [40.0, 75.0]] }}]
fields = [{fields}]
{precision}
"#
    );
    let reading = accord::read("test", &text).expect("an accord");
    assert!(reading.not_understood.is_empty(), "{:?}", reading.not_understood);
    Policy::new(party("XXA"), vec![Arc::new(reading.accord)]).expect("a policy")
}

pub(crate) const ALL: &str = r#""position", "level", "velocity", "vertical-rate", "address", "code",
    "callsign", "category", "identity", "accuracy", "lineage""#;

pub(crate) fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

pub(crate) fn at(second: i64) -> Time {
    let noon: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    noon.plus_seconds(second as f64)
}

/// An airliner near Bishkek, all of it known.
pub(crate) fn airliner(number: u64, time: Time) -> Subject {
    Subject {
        number: OwnNumber(number),
        object: ObjectKind::Track,
        time,
        position: Geodetic::from_degrees(42.5, 74.25, 10_000.0),
        level_m: Some(10_668.0),
        velocity: Some(Enu { east: 200.0, north: -50.0, up: 0.0 }),
        vertical_rate_mps: Some(5.08),
        position_covariance: Some([400.0, 0.0, 400.0]),
        on_ground: false,
        codes: Codes {
            address: Some(Address::icao(0x60_1234)),
            mode_3a: Some(Mode3A::new(0o4321)),
            callsign: Callsign::new("KGZ101"),
            ..Codes::default()
        },
        category: Some(EmitterCategory::Large),
        identity: Identity::Civil,
        service: Service::default(),
        flight: FlightKind::default(),
        plan: PlanState::default(),
        alerts: AlertSet::EMPTY,
        alert_state: AlertState::default(),
        sensors: vec![SensorId { sac: 25, sic: 13 }],
        plots: Vec::new().into(),
        plots_before: 0,
        content: Vec::new(),
        tracks: Vec::new(),
        lineage: Lineage::Own,
        without: Vec::new(),
    }
}

/// A silent helicopter of which little is known.
pub(crate) fn helicopter(number: u64, time: Time) -> Subject {
    Subject {
        position: Geodetic::from_degrees(42.9, 74.6, 1_500.0),
        level_m: None,
        velocity: None,
        vertical_rate_mps: None,
        position_covariance: None,
        codes: Codes::default(),
        category: Some(EmitterCategory::Rotorcraft),
        identity: Identity::Unknown,
        sensors: Vec::new(),
        ..airliner(number, time)
    }
}

/// One beyond the article's area: not released.
pub(crate) fn stranger(number: u64, time: Time) -> Subject {
    let position = Geodetic::from_degrees(42.5, 76.0, 10_000.0);
    let codes = Codes { address: Some(Address::icao(0x60_9999)), ..Codes::default() };
    Subject { position, codes, ..airliner(number, time) }
}

/// What the consumer has after each picture.
pub(crate) fn mirrors(policy: &Policy, pictures: &[Vec<Subject>]) -> Vec<Mirror> {
    let mut feed = PartnerFeed::new(party("XXB"), accord::Cadence::default());
    let mut mirror = Mirror::new(party("XXB"));
    let step = |(second, picture): (i64, &Vec<Subject>)| {
        let batch = feed.update(at(second), policy, picture).expect("an accord in force");
        for part in batch.into_parts() {
            assert!(mirror.apply(&part), "it follows");
        }
        mirror.clone()
    };
    (0..).zip(pictures).map(step).collect()
}
