//! Pairs of a partner's tracks with ours, as an operator would want them.

use arrayvec::ArrayVec;
use fusion::{
    Apart, ByHand, Correlator, CorrelatorRules, How, LOOKS_MAX, Report, Steps, TheirNumber,
};
use geodesy::{Enu, Geodetic, LocalFrame};
use proptest::prelude::*;
use std::collections::BTreeMap;
use surveillance::{Address, AdsbQuality, Codes, Mode3A, Phase, Time, Track, TrackNumber};

fn at(second: f64) -> Time {
    Time::from_unix_nanos((1_700_000_000.0 * 1e9) as i64 + (second * 1e9) as i64)
}

fn place(origin: (f64, f64), east_m: f64, north_m: f64) -> Geodetic {
    let origin = Geodetic::from_degrees(origin.0, origin.1, 0.0).expect("on Earth");
    LocalFrame::at(origin).geodetic_from_enu(Enu { east: east_m, north: north_m, up: 0.0 })
}

fn ours(number: u32, position: Geodetic, velocity: [f64; 2], codes: Codes, time: Time) -> Track {
    Track {
        number: TrackNumber(number),
        phase: Phase::Confirmed,
        time,
        position,
        height_sd_m: None,
        velocity: Enu { east: velocity[0], north: velocity[1], up: 0.0 },
        position_covariance: [50.0 * 50.0, 0.0, 50.0 * 50.0],
        velocity_covariance: [25.0, 0.0, 25.0],
        pressure_altitude_m: Some(9_000.0),
        pressure_altitude_time: Some(time),
        vertical_rate_mps: None,
        on_ground: false,
        codes,
        quality: AdsbQuality::default(),
        category: None,
        first: time,
        last: time,
        contributors: ArrayVec::new(),
    }
}

fn theirs(track: &Track, number: u32, shift: [f64; 2], codes: Codes) -> Report {
    let frame = LocalFrame::at(track.position);
    Report {
        number: TheirNumber(number),
        time: track.time,
        position: frame.geodetic_from_enu(Enu { east: shift[0], north: shift[1], up: 0.0 }),
        position_covariance: [80.0 * 80.0, 0.0, 80.0 * 80.0],
        velocity: Some(track.velocity),
        pressure_altitude_m: Some(9_000.0),
        codes,
        steps: Steps::default(),
    }
}

fn address(bits: u32) -> Codes {
    Codes { address: Some(Address::icao(bits)), ..Codes::default() }
}

fn squawk(bits: u16) -> Codes {
    Codes { mode_3a: Some(Mode3A::new(bits)), ..Codes::default() }
}

const KANT: (f64, f64) = (42.853, 74.847);

#[test]
fn one_address_pairs_at_the_first_look() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    let own = ours(7, place(KANT, 0.0, 0.0), [200.0, 0.0], address(0x60_1234), at(0.0));
    let told = theirs(&own, 31, [900.0, 0.0], address(0x60_1234));
    pairs.update(&[own], &[told], at(0.0));
    assert_eq!(pairs.ours(TheirNumber(31)), Some(TrackNumber(7)));
}

#[test]
fn two_addresses_never_pair_however_close() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    for second in 0..20 {
        let time = at(f64::from(second));
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], address(0x60_1234), time);
        let told = theirs(&own, 31, [0.0, 0.0], address(0x60_1235));
        pairs.update(&[own], &[told], time);
        assert_eq!(pairs.ours(TheirNumber(31)), None);
    }
}

#[test]
fn a_pair_without_codes_is_believed_at_the_third_look_and_given_up_after_four_misses() {
    let rules = CorrelatorRules::default();
    let mut pairs = Correlator::new(rules);
    let mut look = |second: f64, apart_m: f64| {
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], Codes::default(), at(second));
        let told = theirs(&own, 31, [apart_m, 0.0], Codes::default());
        pairs.update(&[own], &[told], at(second));
        pairs.ours(TheirNumber(31))
    };
    assert_eq!(look(0.0, 200.0), None);
    assert_eq!(look(4.0, 250.0), None);
    assert_eq!(look(8.0, 150.0), Some(TrackNumber(7)));
    for miss in 1..4 {
        assert_eq!(look(8.0 + 4.0 * f64::from(miss), 3_000.0), Some(TrackNumber(7)));
    }
    assert_eq!(look(24.0, 3_000.0), None);
}

#[test]
fn an_address_learnt_later_breaks_a_wrong_pair_at_once() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    let time = |n: i32| at(f64::from(n));
    for n in 0..5 {
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], address(0x60_1234), time(n));
        let told = theirs(&own, 31, [100.0, 0.0], Codes::default());
        pairs.update(&[own], &[told], time(n));
    }
    assert_eq!(pairs.ours(TheirNumber(31)), Some(TrackNumber(7)));
    let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], address(0x60_1234), time(5));
    let told = theirs(&own, 31, [100.0, 0.0], address(0x40_0001));
    pairs.update(&[own], &[told], time(5));
    assert_eq!(pairs.ours(TheirNumber(31)), None);
}

/// Two aircraft without codes meet head-on 300 m apart and part again.
#[test]
fn two_that_pass_closely_keep_their_pairs() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    for n in 0..60 {
        let second = f64::from(n);
        let along = (second - 30.0) * 200.0;
        let a = ours(1, place(KANT, along, 0.0), [200.0, 0.0], Codes::default(), at(second));
        let b = ours(2, place(KANT, -along, 300.0), [-200.0, 0.0], Codes::default(), at(second));
        // The partner's registration is off by 120 m toward the other one.
        let told = [
            theirs(&a, 81, [0.0, 120.0], Codes::default()),
            theirs(&b, 82, [0.0, 120.0], Codes::default()),
        ];
        pairs.update(&[a, b], &told, at(second));
        if n >= 3 {
            let found: Vec<_> = pairs.pairs().collect();
            let expected =
                vec![(TheirNumber(81), TrackNumber(1)), (TheirNumber(82), TrackNumber(2))];
            assert_eq!(found, expected, "second {n}");
        }
    }
}

#[test]
fn a_discrete_code_chooses_between_two_that_are_near() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    for n in 0..3 {
        let time = at(f64::from(n) * 4.0);
        let a = ours(1, place(KANT, 0.0, 0.0), [0.0, 0.0], squawk(0o4321), time);
        let b = ours(2, place(KANT, 250.0, 0.0), [0.0, 0.0], squawk(0o4322), time);
        // Nearer to b, but it bears the code of a.
        let told = theirs(&b, 81, [-60.0, 0.0], squawk(0o4321));
        pairs.update(&[a, b], &[told], time);
    }
    assert_eq!(pairs.ours(TheirNumber(81)), Some(TrackNumber(1)));
}

#[test]
fn pairs_are_found_across_the_antimeridian_and_beside_the_pole() {
    for origin in [(64.0, 179.999), (-17.0, -179.999), (89.999, 20.0), (-89.999, -120.0)] {
        let mut pairs = Correlator::new(CorrelatorRules::default());
        for n in 0..3 {
            let time = at(f64::from(n) * 4.0);
            let own = ours(5, place(origin, -100.0, -50.0), [0.0, 0.0], Codes::default(), time);
            let told = theirs(&own, 9, [300.0, 100.0], Codes::default());
            pairs.update(&[own], &[told], time);
        }
        assert_eq!(pairs.ours(TheirNumber(9)), Some(TrackNumber(5)), "{origin:?}");
    }
}

#[test]
fn among_a_thousand_each_finds_its_own_and_no_two_the_same() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    let mut state = 1_u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let places: Vec<_> = (0..1_000).map(|_| [random() * 400_000.0, random() * 400_000.0]).collect();
    for n in 0..4 {
        let time = at(f64::from(n) * 4.0);
        let own: Vec<_> = (1..)
            .zip(&places)
            .map(|(i, p)| ours(i, place(KANT, p[0], p[1]), [0.0, 0.0], Codes::default(), time))
            .collect();
        let told: Vec<_> = own
            .iter()
            .map(|t| theirs(t, t.number.0 + 5_000, [90.0, -60.0], Codes::default()))
            .collect();
        pairs.update(&own, &told, time);
    }
    let found: Vec<_> = pairs.pairs().collect();
    let right = found.iter().filter(|(t, o)| t.0 == o.0 + 5_000).count();
    let mut used: Vec<_> = found.iter().map(|(_, o)| *o).collect();
    used.sort_unstable();
    used.dedup();
    assert_eq!(used.len(), found.len());
    assert!(right >= 990 && found.len() - right <= 4, "{right} right of {}", found.len());
}

#[test]
fn what_the_partner_stops_telling_is_forgotten() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], address(1), at(0.0));
    let told = theirs(&own, 31, [0.0, 0.0], address(1));
    pairs.update(std::slice::from_ref(&own), &[told], at(0.0));
    pairs.update(std::slice::from_ref(&own), &[], at(120.0));
    assert_eq!(pairs.ours(TheirNumber(31)), Some(TrackNumber(7)));
    pairs.update(&[own], &[], at(121.0));
    assert_eq!(pairs.ours(TheirNumber(31)), None);
}

/// A report as it is told on a grid of so many metres: its cell's middle.
fn on_a_grid(track: &Track, number: u32, grid_m: f64, east_m: f64) -> Report {
    let middle = ((east_m / grid_m).floor() + 0.5) * grid_m;
    let variance = grid_m * grid_m / 12.0 + 500.0 * 500.0;
    Report {
        position_covariance: [variance, 0.0, variance],
        steps: Steps { position_m: grid_m, ..Steps::default() },
        ..theirs(track, number, [middle - east_m, 0.55 * grid_m], Codes::default())
    }
}

#[test]
fn a_track_told_on_a_grid_of_tens_of_miles_pairs_with_the_only_one_it_can_be() {
    for grid_nm in [5.0, 10.0, 20.0, 40.0] {
        let grid_m = grid_nm * 1_852.0;
        let mut pairs = Correlator::new(CorrelatorRules::default());
        for second in 0..40 {
            let time = at(f64::from(second));
            let east_m = 200.0 * f64::from(second);
            let own = ours(7, place(KANT, east_m, 0.0), [200.0, 0.0], Codes::default(), time);
            let told = on_a_grid(&own, 31, grid_m, east_m);
            pairs.update(&[own], &[told], time);
        }
        assert_eq!(pairs.ours(TheirNumber(31)), Some(TrackNumber(7)), "{grid_nm} NM");
    }
}

#[test]
fn of_two_in_one_wide_cell_neither_is_taken_for_the_other() {
    let grid_m = 20.0 * 1_852.0;
    let mut pairs = Correlator::new(CorrelatorRules::default());
    for second in 0..40 {
        let time = at(f64::from(second));
        let east_m = 200.0 * f64::from(second);
        let one = ours(7, place(KANT, east_m, 0.0), [200.0, 0.0], Codes::default(), time);
        let other = ours(8, place(KANT, east_m, 6_000.0), [200.0, 0.0], Codes::default(), time);
        let told = on_a_grid(&one, 31, grid_m, east_m);
        pairs.update(&[one, other], &[told], time);
        assert_eq!(pairs.ours(TheirNumber(31)), None);
    }
}

#[test]
fn steps_of_speed_and_level_are_allowed_for() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    for second in 0..5 {
        let time = at(f64::from(second));
        let own = ours(7, place(KANT, 0.0, 0.0), [240.0, 0.0], Codes::default(), time);
        let mut told = theirs(&own, 31, [0.0, 0.0], Codes::default());
        // Steps of 200 m/s and 1,000 m.
        told.velocity = Some(Enu { east: 200.0, north: -200.0 * 0.55, up: 0.0 });
        told.pressure_altitude_m = Some(9_550.0);
        pairs.update(std::slice::from_ref(&own), std::slice::from_ref(&told), time);
        assert_eq!(pairs.ours(TheirNumber(31)), None, "told exactly they are two");
        told.number = TheirNumber(32);
        told.steps = Steps { velocity_m_s: 200.0, level_m: 1_000.0, ..Steps::default() };
        pairs.update(&[own], &[told], time);
    }
    assert_eq!(pairs.ours(TheirNumber(32)), Some(TrackNumber(7)));
}

fn together(theirs: u32, ours: u32) -> ByHand {
    let pair = (TheirNumber(theirs), TrackNumber(ours));
    ByHand { together: BTreeMap::from([pair]), ..ByHand::default() }
}

fn apart(theirs: u32, ours: u32) -> ByHand {
    ByHand { apart: [(TheirNumber(theirs), TrackNumber(ours))].into(), ..ByHand::default() }
}

#[test]
fn a_score_is_the_share_of_its_last_reports_that_agreed() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    let mut look = |n: u32, apart_m: f64| {
        let time = at(4.0 * f64::from(n));
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], squawk(0o4512), time);
        let told = theirs(&own, 31, [apart_m, 0.0], squawk(0o4512));
        pairs.update(&[own], &[told], time);
        pairs.pair(TheirNumber(31))
    };
    assert_eq!(look(1, 100.0), None);
    assert_eq!(look(2, 100.0), None);
    let third = look(3, 100.0).expect("believed");
    assert_eq!((third.score, third.looks, third.how), (Some(1.0), 3, How::Code));
    assert_eq!(third.since, Some(at(12.0)));
    // One of fifty is told too far off: 49/50.
    for n in 4..50 {
        look(n, 100.0);
    }
    let missed = look(50, 3_000.0).expect("one miss is none");
    assert_eq!((missed.score, missed.looks, missed.agrees), (Some(0.98), 50, false));
    // Of no more than the last 64: by then the miss has gone out of it.
    let mut last = missed;
    for n in 51..=50 + u32::from(LOOKS_MAX) {
        last = look(n, 100.0).expect("a pair");
    }
    assert_eq!((last.score, last.looks, last.since), (Some(1.0), LOOKS_MAX, Some(at(12.0))));
}

#[test]
fn what_a_person_says_is_apart_stays_apart_until_that_is_taken_back() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    // One address on two aircraft: the machine is sure, and wrong.
    let look = |pairs: &mut Correlator, n: i32| {
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], address(0x60_1234), at(f64::from(n)));
        let told = theirs(&own, 31, [100.0, 0.0], address(0x60_1234));
        pairs.update(&[own], &[told], at(f64::from(n)));
        pairs.ours(TheirNumber(31))
    };
    assert_eq!(look(&mut pairs, 0), Some(TrackNumber(7)));
    pairs.set_by_hand(apart(31, 7));
    assert_eq!(pairs.ours(TheirNumber(31)), None, "at once");
    for n in 1..20 {
        assert_eq!(look(&mut pairs, n), None);
        assert!(!pairs.is_undecided(TheirNumber(31)), "it is shown, and not waited for");
    }
    pairs.set_by_hand(ByHand::default());
    assert_eq!(look(&mut pairs, 20), Some(TrackNumber(7)));
}

#[test]
fn what_a_person_says_is_one_stays_one_however_it_is_told_and_its_score_says_so() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    pairs.set_by_hand(together(31, 7));
    assert_eq!(pairs.ours(TheirNumber(31)), Some(TrackNumber(7)), "at once");
    let mut look = |n: i32, apart_m: f64| {
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], Codes::default(), at(f64::from(n)));
        let told = theirs(&own, 31, [apart_m, 0.0], Codes::default());
        pairs.update(&[own], &[told], at(f64::from(n)));
        pairs.pair(TheirNumber(31)).expect("a pair")
    };
    let first = look(0, 4_000.0);
    assert_eq!((first.score, first.how, first.agrees), (Some(0.0), How::ByHand, false));
    for n in 1..10 {
        look(n, 4_000.0);
    }
    let agreed = look(10, 50.0);
    assert_eq!((agreed.score, agreed.looks, agreed.agrees), (Some(1.0 / 11.0), 11, true));
    pairs.set_by_hand(ByHand::default());
    assert_eq!(pairs.ours(TheirNumber(31)), None, "taken back at once");
}

#[test]
fn what_a_person_says_is_one_is_refuted_by_reports_running_or_by_another_address() {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    pairs.set_by_hand(together(31, 7));
    let mut look = |n: i32, apart_m: f64, codes: [Codes; 2]| {
        let own = ours(7, place(KANT, 0.0, 0.0), [0.0, 0.0], codes[0], at(f64::from(n)));
        let told = theirs(&own, 31, [apart_m, 0.0], codes[1]);
        pairs.update(&[own], &[told], at(f64::from(n)));
        pairs.take_refuted()
    };
    let none = [Codes::default(); 2];
    for n in [0, 10] {
        for far in 1..4 {
            assert_eq!(look(n + far, 12_000.0, none), [], "not yet");
        }
        assert_eq!(look(n + 4, 4_000.0, none), [], "they may be one again");
    }
    assert_eq!((20..23).flat_map(|n| look(n, 12_000.0, none)).count(), 0);
    let [(TheirNumber(31), Apart::Far { .. })] = look(23, 12_000.0, none)[..] else {
        panic!("refuted at the fourth running")
    };
    let two = [address(0x60_1234), address(0x40_0001)];
    assert_eq!(look(40, 10.0, two), [(TheirNumber(31), Apart::Addresses)], "at once");
}

#[test]
fn two_that_cannot_be_one_are_named_with_what_keeps_them_apart() {
    let pairs = Correlator::new(CorrelatorRules::default());
    let own = ours(7, place(KANT, 0.0, 0.0), [200.0, 0.0], address(0x60_1234), at(0.0));
    let near = theirs(&own, 31, [300.0, 0.0], Codes::default());
    assert_eq!(pairs.obstacle(&own, &near), None);
    let other = Report { codes: address(0x40_0001), ..near.clone() };
    assert_eq!(pairs.obstacle(&own, &other), Some(Apart::Addresses));
    let higher = Report { pressure_altitude_m: Some(9_500.0), ..near.clone() };
    let levels = Apart::Levels { difference_m: 500.0, most_m: 300.0 };
    assert_eq!(pairs.obstacle(&own, &higher), Some(levels));
    let back = Report { velocity: Some(Enu { east: -200.0, north: 0.0, up: 0.0 }), ..near };
    let velocities = Apart::Velocities { difference_m_s: 400.0, most_m_s: 60.0 };
    assert_eq!(pairs.obstacle(&own, &back), Some(velocities));
    let far = theirs(&own, 31, [0.0, 12_000.0], Codes::default());
    let Some(Apart::Far { distance_m, reach_m }) = pairs.obstacle(&own, &far) else {
        panic!("far")
    };
    assert!((distance_m - 12_000.0).abs() < 20.0 && reach_m == 9_260.0, "{distance_m}");
}

type Spots = Vec<(u32, [f64; 2])>;

/// Some of ours and some of theirs standing round one place, none with a code, and which of them are told
/// in each of a few seconds.
fn crowd() -> impl Strategy<Value = Vec<(Spots, Spots)>> {
    let spot = || (-600.0..600.0_f64, -600.0..600.0_f64).prop_map(|(e, n)| [e, n]);
    let side = || proptest::collection::vec(spot(), 1..6);
    let told = proptest::collection::vec((0..32_u8, 0..32_u8), 4..16);
    (side(), side(), told).prop_map(|(own, their, told)| {
        let of = |spots: &[[f64; 2]], mask: u8| -> Spots {
            let told = (0..5_u32).zip(spots).filter(|(place, _)| mask & 1 << place != 0);
            told.map(|(place, spot)| (place + 1, *spot)).collect()
        };
        // Most are told most of the time.
        told.iter().map(|(a, b)| (of(&own, a | 0b10111), of(&their, b | 0b01111))).collect()
    })
}

/// Something of a track by whether it is ours and its number.
type Of<'a, T> = &'a dyn Fn(bool, u32) -> T;

/// The pairs after all of it; `codes` gives a track of ours or of theirs its codes.
fn pairs_after(
    crowd: &[(Spots, Spots)],
    by_hand: ByHand,
    (keep, codes): (Of<'_, bool>, Of<'_, Codes>),
) -> Vec<(u32, u32)> {
    let mut pairs = Correlator::new(CorrelatorRules::default());
    pairs.set_by_hand(by_hand);
    for (second, (own, told)) in crowd.iter().enumerate() {
        let time = at(second as f64);
        let track = |&(number, [e, n]): &(u32, [f64; 2])| {
            ours(number, place(KANT, e, n), [0.0, 0.0], codes(true, number), time)
        };
        let of = |side: &Spots, is_ours: bool| -> Spots {
            side.iter().filter(|(number, _)| keep(is_ours, *number)).copied().collect()
        };
        let own: Vec<Track> = of(own, true).iter().map(track).collect();
        let told: Vec<Report> = of(told, false)
            .iter()
            .map(|(number, [e, n])| {
                let there = ours(0, place(KANT, *e, *n), [0.0, 0.0], Codes::default(), time);
                theirs(&there, *number, [0.0, 0.0], codes(false, *number))
            })
            .collect();
        pairs.update(&own, &told, time);
    }
    pairs.pairs().map(|(theirs, ours)| (theirs.0, ours.0)).collect()
}

proptest! {
    /// A pair kept apart by hand is what two addresses that differ are.
    #[test]
    fn apart_by_hand_is_as_two_addresses_are(crowd in crowd()) {
        let none = |_: bool, _: u32| Codes::default();
        let two = |is_ours: bool, number: u32| match (is_ours, number) {
            (true, 2) => address(0x60_1234),
            (false, 3) => address(0x40_0001),
            _ => Codes::default(),
        };
        let said = pairs_after(&crowd, apart(3, 2), (&|_, _| true, &none));
        prop_assert_eq!(said, pairs_after(&crowd, ByHand::default(), (&|_, _| true, &two)));
    }

    /// Two that are one by hand are a pair, and the rest pairs as if they were not there.
    #[test]
    fn together_by_hand_leaves_the_rest_as_without_the_two(crowd in crowd()) {
        let none = |_: bool, _: u32| Codes::default();
        let without = |is_ours: bool, number: u32| number != if is_ours { 2 } else { 3 };
        let mut said = pairs_after(&crowd, together(3, 2), (&|_, _| true, &none));
        prop_assert_eq!(said.pop(), Some((3, 2)));
        prop_assert_eq!(said, pairs_after(&crowd, ByHand::default(), (&without, &none)));
    }
}
