//! Alerts to partners: default deny, and nothing of a track that is not told.

mod common;

use accord::{
    AlertKind, AlertSet, AlertState, Batch, Cadence, Conditions, Field, FieldSet, Grant, Item,
    Lineage, ObjectKind, Onward, OwnNumber, PartnerFeed, PartyId, Policy, Reduction, Source,
    Subject, Suspension,
};
use common::{accord, caveat, grant, own, party, policy, slot};
use geodesy::Geodetic;
use proptest::prelude::*;
use std::collections::BTreeSet;
use surveillance::Time;

fn article(object: ObjectKind, fields: FieldSet, reduction: Reduction) -> Grant {
    let (from, to, onward) = (vec![own()], vec![party("BBB")], Vec::new());
    Grant { object, from, to, of: Conditions::all(), fields, reduction, onward }
}

fn all() -> FieldSet {
    FieldSet::from_bits(u32::MAX)
}

fn track(number: u64, now: Time) -> Subject {
    Subject {
        position: Geodetic::from_degrees(42.0, 74.0 + number as f64 * 0.1, 0.0),
        ..Subject::bare(OwnNumber(number), ObjectKind::Track, now)
    }
}

fn alert(number: u64, of: &[u64], now: Time) -> Subject {
    Subject {
        position: Geodetic::from_degrees(42.0, 74.123, 0.0),
        level_m: Some(10_000.0),
        alerts: AlertSet::EMPTY.with(AlertKind::Conflict),
        alert_state: AlertState::Raised,
        content: b"what the engine wrote".to_vec(),
        tracks: of.iter().map(|track| OwnNumber(*track)).collect(),
        ..Subject::bare(OwnNumber(number), ObjectKind::Alert, now)
    }
}

/// The batches of so many slots of a picture.
fn run(policy: &Policy, slots: usize, picture: impl Fn(usize) -> Vec<Subject>) -> Vec<Batch> {
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let batch = |n| Some(feed.update(slot(n), policy, &picture(n))?.into_value());
    (0..slots).filter_map(batch).collect()
}

fn alerts(batch: &Batch) -> impl Iterator<Item = &Item> {
    batch.items.iter().filter(|item| item.object == ObjectKind::Alert)
}

#[test]
fn without_an_article_about_alerts_none_is_told() {
    let tracks = article(ObjectKind::Track, all(), Reduction::NONE);
    let incidents = article(ObjectKind::Incident, all(), Reduction::NONE);
    let policy = policy(vec![accord("a", &[tracks, incidents], &[])]);
    let told = run(&policy, 4, |n| vec![track(1, slot(n)), alert(9, &[1], slot(n))]);
    assert!(told.iter().all(|batch| alerts(batch).next().is_none()) && told.len() == 4);
}

#[test]
fn an_alert_tells_what_it_is_and_its_tracks_by_the_numbers_they_are_told_under() {
    let grants = [
        article(ObjectKind::Track, all(), Reduction { position_m: 9_260.0, ..Reduction::NONE }),
        article(ObjectKind::Alert, all(), Reduction::NONE),
    ];
    let policy = policy(vec![accord("a", &grants, &[])]);
    let told = run(&policy, 3, |n| vec![track(1, slot(n)), alert(9, &[1], slot(n))]);
    assert_eq!(alerts(&told[0]).count(), 0, "the track itself is only now told");
    let number = told[0].items[0].number;
    let item = alerts(&told[1]).next().expect("the alert");
    assert_eq!(item.told.tracks, [number]);
    assert_eq!(item.granted.iter().collect::<Vec<_>>(), [Field::Alerts, Field::Content]);
    // The track is told on a grid: the alert does not say where it is.
    assert_eq!((item.told.position_rad, item.told.level_m), (None, None));
    let bytes = told[1].encode();
    assert_eq!(Batch::decode(&bytes).as_ref(), Ok(&told[1]));
}

#[test]
fn an_alert_of_two_tracks_is_told_only_where_both_are() {
    let west = Conditions { named: None, ..Conditions::all() };
    let mut tracks = article(ObjectKind::Track, all(), Reduction::NONE);
    tracks.of = Conditions { levels_m: Some([0.0, 1_000.0]), ..west };
    let policy = policy(vec![accord(
        "a",
        &[tracks, article(ObjectKind::Alert, all(), Reduction::NONE)],
        &[],
    )]);
    let level = |number, level_m, n| Subject { level_m: Some(level_m), ..track(number, slot(n)) };
    let pair = |high_m: f64| {
        run(&policy, 4, |n| {
            vec![level(1, 500.0, n), level(2, high_m, n), alert(9, &[1, 2], slot(n))]
        })
    };
    assert!(pair(900.0).iter().any(|batch| alerts(batch).next().is_some()));
    // To the byte what it is without the other track and without the alert.
    let alone = run(&policy, 4, |n| vec![level(1, 500.0, n)]);
    assert_eq!(pair(2_000.0), alone);
}

#[test]
fn an_alert_is_not_told_sooner_than_its_track() {
    let late = Reduction { delay_s: 3.0, ..Reduction::NONE };
    let grants = [
        article(ObjectKind::Track, all(), late),
        article(ObjectKind::Alert, all(), Reduction::NONE),
    ];
    let policy = policy(vec![accord("a", &grants, &[])]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let mut first = None;
    for n in 0..20 {
        let mut picture = vec![track(1, slot(n))];
        // Opened at the tenth second.
        picture.extend((n >= 10).then(|| alert(9, &[1], slot(n))));
        let batch =
            feed.update(slot(n), &policy, &picture).expect("an article stands").into_value();
        if alerts(&batch).next().is_some() {
            first = first.or(Some(n));
        }
    }
    assert_eq!(first, Some(13));
}

#[test]
fn an_alert_about_no_track_is_told_by_its_own_article() {
    let reduced = Reduction { position_m: 9_260.0, ..Reduction::NONE };
    let policy = policy(vec![accord("a", &[article(ObjectKind::Alert, all(), reduced)], &[])]);
    let told = run(&policy, 1, |n| vec![alert(9, &[], slot(n)), alert(10, &[1], slot(n))]);
    let items: Vec<&Item> = alerts(&told[0]).collect();
    let [cell] = items[..] else { panic!("{items:?}") };
    let position = cell.told.position_rad.expect("it is of a place").map(f64::to_degrees);
    assert!(position[0] != 42.0 && (position[0] - 42.0).abs() < 0.1, "on the grid: {position:?}");
}

#[test]
fn it_ends_to_the_second_with_the_accord_and_at_once_with_a_suspension() {
    let grants = [
        article(ObjectKind::Track, all(), Reduction::NONE),
        article(ObjectKind::Alert, all(), Reduction::NONE),
    ];
    let policy_of = || policy(vec![accord("a", &grants, &[])]);
    let picture = |n| vec![track(1, slot(n)), alert(9, &[1], slot(n))];
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let (mut policy, mut told) = (policy_of(), Vec::new());
    for n in 0..6 {
        if n == 4 {
            let (towards, articles, until, reason) = (None, None, None, None);
            let held = Suspension { by: own(), towards, articles, from: slot(4), until, reason };
            policy.suspend("a".parse().expect("an id"), held).expect("a party may");
        }
        let batch = feed.update(slot(n), &policy, &picture(n));
        told.push(batch.is_some_and(|batch| alerts(batch.value()).next().is_some()));
    }
    assert_eq!(told, [false, true, true, true, false, false]);
    // The article itself is put to the clock where tracks go on under another accord.
    let ends = common::at("2030-12-31T23:59:58Z");
    let until = |n: f64| ends.plus_seconds(n);
    let text = r#"
form = 1
accord = "short"
title = "Alerts for five years"
nature = "illustration"
[[party]]
id = "AAA"
name = "A"
[[party]]
id = "BBB"
name = "B"
[instruments]
requires = ["signature"]
signed = { date = 2026-01-01 }
in_force = 2026-01-01
term = "5 years"
[[article]]
number = "1"
kind = "release.alerts"
from = ["AAA"]
to = ["BBB"]
area = [{ anywhere = true }]
fields = ["alerts"]
"#;
    let short = accord::read("test", text).expect("an accord").accord;
    let tracks = accord("a", &[article(ObjectKind::Track, all(), Reduction::NONE)], &[]);
    let policy = Policy::new(own(), vec![tracks.into(), short.into()]).expect("a policy");
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let mut told = |n: f64| {
        let picture = [track(1, until(n)), alert(9, &[1], until(n))];
        let batch = feed.update(until(n), &policy, &picture).expect("one stands").into_value();
        (alerts(&batch).count(), batch.ended.len())
    };
    assert_eq!([0.0, 1.0, 2.0].map(&mut told), [(0, 0), (1, 0), (0, 1)]);
}

#[test]
fn an_alert_that_rests_on_a_partners_word_goes_where_that_partner_lets_it() {
    let grants = [
        article(ObjectKind::Track, all(), Reduction::NONE),
        article(ObjectKind::Alert, all(), Reduction::NONE),
    ];
    let policy = policy(vec![accord("a", &grants, &[])]);
    let with = |onward: Vec<Onward>| {
        let source = Source { originator: party("CCC"), onward };
        let told = run(&policy, 3, |n| {
            let lineage = Lineage::Fused(vec![source.clone()]);
            vec![track(1, slot(n)), Subject { lineage, ..alert(9, &[1], slot(n)) }]
        });
        told.iter().any(|batch| alerts(batch).next().is_some())
    };
    assert!(!with(Vec::new()));
    assert!(with(vec![Onward { to: party("BBB"), at_best: Reduction::NONE }]));
}

#[test]
fn a_late_alert_about_a_track_that_went_and_came_back_names_no_number_that_has_ended() {
    let late = Reduction { delay_s: 3.0, ..Reduction::NONE };
    let grants = [
        article(ObjectKind::Track, all(), Reduction::NONE),
        article(ObjectKind::Alert, all(), late),
    ];
    let policy = policy(vec![accord("a", &grants, &[])]);
    let told = run(&policy, 9, |n| match n {
        3 => Vec::new(),
        _ => vec![track(1, slot(n)), alert(9, &[1], slot(n))],
    });
    let mut standing = BTreeSet::new();
    let mut named = BTreeSet::new();
    for batch in &told {
        for item in alerts(batch) {
            assert!(item.told.tracks.iter().all(|number| standing.contains(number)));
            named.extend(item.told.tracks.iter().copied());
        }
        let tracks = batch.items.iter().filter(|item| item.object == ObjectKind::Track);
        standing.extend(tracks.map(|item| item.number));
        batch.ended.iter().for_each(|number| _ = standing.remove(number));
    }
    assert_eq!(named.len(), 1, "it is told of the track that stands now");
}

/// Tracks 0 to 5 and alerts 10 to 15 about one or two of them, each slot others.
fn pictures() -> impl Strategy<Value = Vec<Vec<Subject>>> {
    let slots = (0..6_usize).map(|n| {
        let tracks = (0..6_u64).map(move |number| {
            let subject = common::subject(number, slot(n)).prop_map(|subject| Subject {
                object: ObjectKind::Track,
                tracks: Vec::new(),
                without: Vec::new(),
                ..subject
            });
            proptest::option::weighted(0.85, subject)
        });
        let alerts = (10..16_u64).map(move |number| {
            let of = proptest::collection::vec(0..6_u64, 1..3);
            let subject =
                (common::subject(number, slot(n)), of).prop_map(|(subject, of)| Subject {
                    object: ObjectKind::Alert,
                    tracks: of.into_iter().map(OwnNumber).collect(),
                    without: Vec::new(),
                    ..subject
                });
            proptest::option::weighted(0.7, subject)
        });
        let all: Vec<_> = tracks.map(Strategy::boxed).chain(alerts.map(Strategy::boxed)).collect();
        all.prop_map(|list| list.into_iter().flatten().collect::<Vec<Subject>>())
    });
    slots.collect::<Vec<_>>()
}

fn bytes(policy: &Policy, to: PartyId, pictures: &[Vec<Subject>]) -> Vec<Option<Vec<u8>>> {
    let mut feed = PartnerFeed::new(to, Cadence::default());
    let batch = |(n, picture): (usize, &Vec<Subject>)| {
        feed.update(slot(n), policy, picture).map(|batch| batch.encode().into_value())
    };
    pictures.iter().enumerate().map(batch).collect()
}

proptest! {
    #![proptest_config(common::cases(500))]

    /// Every alert that is told names tracks that were told before it, of those that stand, and says
    /// nothing but what it is; and whatever is told of tracks is what would be told without alerts.
    #[test]
    fn an_alert_tells_of_nothing_that_its_tracks_do_not(
        grants in proptest::collection::vec(grant(), 1..8),
        caveats in proptest::collection::vec(caveat(), 0..2),
        pictures in pictures(),
    ) {
        let policy = policy(vec![accord("a", &grants, &caveats)]);
        for to in common::PARTNERS.map(party) {
            let mut feed = PartnerFeed::new(to, Cadence::default());
            let mut standing: BTreeSet<u32> = BTreeSet::new();
            for (n, picture) in pictures.iter().enumerate() {
                let Some(batch) = feed.update(slot(n), &policy, picture) else { continue };
                let batch = batch.into_value();
                for item in alerts(&batch) {
                    prop_assert!(!item.told.tracks.is_empty());
                    for number in &item.told.tracks {
                        prop_assert!(standing.contains(&number.0), "{number:?} of {standing:?}");
                    }
                    let own = [Field::Alerts, Field::Content];
                    prop_assert!(item.granted.iter().all(|field| own.contains(&field)));
                    prop_assert!(item.told.position_rad.is_none() && item.told.level_m.is_none());
                }
                let tracks = batch.items.iter().filter(|item| item.object == ObjectKind::Track);
                standing.extend(tracks.map(|item| item.number.0));
                batch.ended.iter().for_each(|number| {
                    standing.remove(&number.0);
                });
            }
        }
    }

    /// Alerts about tracks of which the partner is told nothing, ever, leave no trace in the bytes.
    #[test]
    fn alerts_of_withheld_tracks_leave_no_trace(
        grants in proptest::collection::vec(grant(), 1..8),
        pictures in pictures(),
    ) {
        let policy = policy(vec![accord("a", &grants, &[])]);
        for to in common::PARTNERS.map(party) {
            let may = |subject: &Subject, n: usize| {
                let aged = Subject { time: slot(n).plus_seconds(-1e6), ..subject.clone() };
                policy.decide(&aged, to, slot(n)).is_released()
            };
            let told: BTreeSet<OwnNumber> = pictures
                .iter()
                .enumerate()
                .flat_map(|(n, picture)| picture.iter().filter(move |s| may(s, n)))
                .filter(|subject| subject.object == ObjectKind::Track)
                .map(|subject| subject.number)
                .collect();
            let without: Vec<Vec<Subject>> = pictures
                .iter()
                .map(|picture| {
                    let stays = |subject: &&Subject| match subject.object {
                        ObjectKind::Alert => subject.tracks.iter().all(|t| told.contains(t)),
                        _ => told.contains(&subject.number),
                    };
                    picture.iter().filter(stays).cloned().collect()
                })
                .collect();
            prop_assert_eq!(bytes(&policy, to, &pictures), bytes(&policy, to, &without));
        }
    }
}
