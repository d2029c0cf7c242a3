//! What the picture tells, and what it does not repeat.

use geodesy::{Enu, Geodetic};
use picture::{Ended, Picture};
use proptest::prelude::*;
use std::collections::BTreeMap;
use surveillance::{
    Address, AdsbQuality, Codes, EndReason, Mode3A, Phase, Time, Track, TrackNumber,
};

fn at(seconds: f64) -> Time {
    Time::from_unix_seconds(seconds)
}

fn track(number: u32, codes: Codes) -> Track {
    Track {
        number: TrackNumber(number),
        phase: Phase::Confirmed,
        time: at(0.0),
        position: Geodetic { latitude_rad: 0.7, longitude_rad: 1.3, height_m: 9_000.0 },
        height_sd_m: None,
        velocity: Enu { east: 200.0, north: 0.0, up: 0.0 },
        position_covariance: [100.0, 0.0, 100.0],
        velocity_covariance: [1.0, 0.0, 1.0],
        pressure_altitude_m: None,
        pressure_altitude_time: None,
        vertical_rate_mps: None,
        on_ground: false,
        codes,
        quality: AdsbQuality::default(),
        category: None,
        first: at(0.0),
        last: at(0.0),
        contributors: Default::default(),
    }
}

fn addressed(number: u32) -> Track {
    track(number, Codes { address: Some(Address::icao(0x60_1000 + number)), ..Codes::default() })
}

#[test]
fn a_new_track_is_described_once_and_then_only_moves() {
    let mut picture = Picture::default();
    picture.update(addressed(7), None, &[], at(0.0));
    let first = picture.take_delta();
    assert_eq!((first.moved, first.described), (vec![TrackNumber(7)], vec![TrackNumber(7)]));

    picture.update(addressed(7), None, &[], at(1.0));
    let second = picture.take_delta();
    assert_eq!((second.moved, second.described), (vec![TrackNumber(7)], vec![]));
    assert_eq!(picture.take_delta(), picture::Delta::default());
}

#[test]
fn a_changed_code_is_told_again() {
    let mut picture = Picture::default();
    picture.update(addressed(7), None, &[], at(0.0));
    picture.take_delta();
    let mut changed = addressed(7);
    changed.codes.mode_3a = Some(Mode3A::new(0o7700));
    picture.update(changed, None, &[], at(1.0));
    assert_eq!(picture.take_delta().described, [TrackNumber(7)]);
}

#[test]
fn a_track_that_came_and_went_unseen_is_never_mentioned() {
    let mut picture = Picture::default();
    picture.update(addressed(7), None, &[], at(0.0));
    picture.end(TrackNumber(7), EndReason::Lost);
    assert_eq!(picture.take_delta(), picture::Delta::default());
}

#[test]
fn a_shown_track_that_ends_is_told_with_its_reason() {
    let mut picture = Picture::default();
    picture.update(addressed(7), None, &[], at(0.0));
    picture.take_delta();
    let reason = EndReason::MergedInto(TrackNumber(3));
    picture.end(TrackNumber(7), reason);
    assert_eq!(picture.take_delta().ended, [Ended { number: TrackNumber(7), reason }]);
}

#[derive(Debug, Clone)]
enum Act {
    Update(u32, Option<u16>),
    End(u32),
    Take,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..6_u32, prop::option::of(0..0o7777_u16)).prop_map(|(n, c)| Act::Update(n, c)),
        2 => (0..6_u32).prop_map(Act::End),
        1 => Just(Act::Take),
    ];
    prop::collection::vec(act, 0..60)
}

proptest! {
    /// A console that only ever saw deltas knows the same tracks and codes as the picture.
    #[test]
    fn deltas_add_up_to_the_picture(acts in acts()) {
        let mut picture = Picture::default();
        let mut seen: BTreeMap<TrackNumber, Codes> = BTreeMap::new();
        for (step, act) in acts.into_iter().chain([Act::Take]).enumerate() {
            match act {
                Act::Update(number, code) => {
                    let codes = Codes { mode_3a: code.map(Mode3A::new), ..Codes::default() };
                    picture.update(track(number, codes), None, &[], at(step as f64));
                }
                Act::End(number) => picture.end(TrackNumber(number), EndReason::Lost),
                Act::Take => {
                    let delta = picture.take_delta();
                    for ended in &delta.ended {
                        prop_assert!(seen.remove(&ended.number).is_some());
                    }
                    for number in &delta.described {
                        seen.insert(*number, picture.get(*number).expect("described").track.codes);
                    }
                    for number in &delta.moved {
                        prop_assert!(seen.contains_key(number), "moved before described");
                    }
                }
            }
        }
        let held: BTreeMap<_, _> =
            picture.entries().map(|e| (e.track.number, e.track.codes)).collect();
        prop_assert_eq!(seen, held);
    }
}
