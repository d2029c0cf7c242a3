//! One owner at a time, handed over at the border, never to and fro.

use fusion::{Claim, OwnerRules, Ownership};
use proptest::prelude::*;
use surveillance::Time;

fn at(second: i64) -> Time {
    Time::from_unix_nanos(1_700_000_000_000_000_000 + second * 1_000_000_000)
}

fn claims(depth_a_m: f64, a_sees: bool, b_sees: bool) -> [Claim<&'static str>; 2] {
    [
        Claim { party: "KAZ", depth_m: depth_a_m, sees: a_sees },
        Claim { party: "KGZ", depth_m: -depth_a_m, sees: b_sees },
    ]
}

#[test]
fn a_flight_across_the_border_changes_hands_once_deep_inside_and_after_the_hold() {
    let rules = OwnerRules::default();
    let mut owners = Ownership::new(rules);
    let mut changes = Vec::new();
    for second in 0..400 {
        // 250 m/s from 50 km inside KAZ to 50 km inside KGZ.
        let depth_m = 50_000.0 - 250.0 * second as f64;
        if let Some(owner) = owners.update(&1, &claims(depth_m, true, true), at(second)) {
            changes.push((second, owner.party));
        }
    }
    // 4,630 m are reached at second 219 (200 + 18.5); the hold is 24 s.
    assert_eq!(changes, [(0, "KAZ"), (243, "KGZ")]);
}

#[test]
fn along_the_border_nobody_changes_hands() {
    let mut owners = Ownership::new(OwnerRules::default());
    let mut changes = 0;
    for second in 0..3_600 {
        let depth_m = if (second / 30) % 2 == 0 { 4_000.0 } else { -4_000.0 };
        changes += i32::from(owners.update(&1, &claims(depth_m, true, true), at(second)).is_some());
    }
    assert_eq!(changes, 1);
}

#[test]
fn an_owner_that_loses_the_target_hands_over_at_once() {
    let mut owners = Ownership::new(OwnerRules::default());
    owners.update(&1, &claims(9_000.0, true, true), at(0));
    let owner = owners.update(&1, &claims(9_000.0, false, true), at(1)).expect("handed over");
    assert_eq!(owner.party, "KGZ");
    assert_eq!(owners.update(&1, &claims(9_000.0, false, false), at(2)), None);
    assert!(owners.owner(&1).is_none());
}

proptest! {
    #[test]
    fn hand_overs_between_two_that_see_it_are_never_closer_than_the_hold(
        depths in proptest::collection::vec(-20_000.0..20_000.0_f64, 1..300),
    ) {
        let rules = OwnerRules::default();
        let mut owners = Ownership::new(rules);
        let mut last = None;
        for (second, depth_m) in (0..).zip(depths) {
            if owners.update(&1, &claims(depth_m, true, true), at(second)).is_some() {
                if let Some(last) = last {
                    prop_assert!((second - last) as f64 >= rules.hold_s);
                }
                last = Some(second);
            }
            prop_assert!(owners.owner(&1).is_some());
        }
    }
}
