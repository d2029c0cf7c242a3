//! What a partner's feed tells, and that it tells nothing else: to the byte.

mod common;

use accord::{
    Accord, AnyOf, Area, Batch, Cadence, Caveat, Conditions, Effect, Field, FieldSet, Grant,
    Holdings, Item, Lineage, ObjectKind, Onward, OwnNumber, PartnerFeed, PartyId, Policy,
    Reduction, Released, Service, Source, Subject, Suspension,
};
use common::{accord, caveat, everything_to, grant, own, party, policy, slot};
use geodesy::{Enu, Geodetic};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use surveillance::{PlacedPlot, PlotOrigin, SensorId, Time};

fn track(number: u64, time: Time, [latitude, longitude]: [f64; 2]) -> Subject {
    Subject {
        position: Geodetic::from_degrees(latitude, longitude, 0.0),
        service: Service::Civil,
        ..Subject::bare(OwnNumber(number), ObjectKind::Track, time)
    }
}

fn run(policy: &Policy, to: PartyId, pictures: &[Vec<Subject>]) -> Vec<Option<Vec<u8>>> {
    run_at(policy, to, pictures, slot)
}

/// The bytes of each slot, each sent when `now` says.
fn run_at(
    policy: &Policy,
    to: PartyId,
    pictures: &[Vec<Subject>],
    now: impl Fn(usize) -> Time,
) -> Vec<Option<Vec<u8>>> {
    let mut feed = PartnerFeed::new(to, Cadence::default());
    let batch = |(n, picture): (usize, &Vec<Subject>)| {
        feed.update(now(n), policy, picture).map(|batch| batch.encode().into_value())
    };
    pictures.iter().enumerate().map(batch).collect()
}

fn value(batch: Option<Released<Batch>>) -> Batch {
    batch.expect("an article stands").into_value()
}

/// Whether any of it might ever go out, now or later.
fn may_go_out(policy: &Policy, subject: &Subject, to: PartyId, now: Time) -> bool {
    let aged = |subject: &Subject| Subject { time: now.plus_seconds(-1e6), ..subject.clone() };
    let without = subject.without.iter().map(aged).collect();
    policy.decide(&Subject { without, ..aged(subject) }, to, now).is_released()
}

/// The objects of which something goes to the partner in some slot, as `may` says; an alert about tracks
/// does where each of them does.
fn told_of(
    pictures: &[Vec<Subject>],
    may: &impl Fn(&Subject, usize) -> bool,
) -> BTreeSet<OwnNumber> {
    let slots = || pictures.iter().enumerate();
    let all = || slots().flat_map(|(n, picture)| picture.iter().map(move |s| (n, s)));
    let alert = |s: &Subject| s.object == ObjectKind::Alert && !s.tracks.is_empty();
    let goes = all().filter(|(n, s)| may(s, *n));
    let (alerts, others): (Vec<_>, Vec<_>) = goes.partition(|(_, s)| alert(s));
    let mut told: BTreeSet<OwnNumber> = others.into_iter().map(|(_, s)| s.number).collect();
    let of_told = |s: &Subject| {
        let versions = std::iter::once(s).chain(&s.without);
        versions.flat_map(|version| &version.tracks).all(|track| told.contains(track))
    };
    let alerts: Vec<OwnNumber> =
        alerts.into_iter().filter(|(_, s)| of_told(s)).map(|(_, s)| s.number).collect();
    told.extend(alerts);
    told
}

/// Who it is stays as it is, where and how it is is the donor's, if nothing goes out before nor after.
fn elsewhere(subject: &Subject, donor: &Subject, may: impl Fn(&Subject) -> bool) -> Subject {
    let moved = Subject {
        time: donor.time,
        position: donor.position,
        level_m: donor.level_m,
        velocity: donor.velocity,
        position_covariance: donor.position_covariance,
        sensors: donor.sensors.clone(),
        plots: donor.plots.clone(),
        plots_before: donor.plots_before,
        lineage: donor.lineage.clone(),
        without: Vec::new(),
        ..subject.clone()
    };
    if may(subject) || may(&moved) { subject.clone() } else { moved }
}

/// The same objects so many slots later, each as the one after it: other pictures at no cost.
fn turned(pictures: &[Vec<Subject>], by: usize) -> Vec<Vec<Subject>> {
    let turned = (0..SLOTS).map(|n| {
        let from = (n + by) % SLOTS;
        let later_s = slot(n).seconds_since(slot(from));
        let next = |number: OwnNumber| match number.0 < OBJECTS {
            true => OwnNumber((number.0 + 1) % OBJECTS),
            false => number,
        };
        let mut picture: Vec<Subject> = pictures[from]
            .iter()
            .map(|s| moved(Subject { time: s.time.plus_seconds(later_s), ..s.clone() }, &next))
            .collect();
        picture.sort_by_key(|s| s.number);
        picture
    });
    turned.collect()
}

/// An incident without those of its tracks that are not `told`, in every version.
fn without_tracks(subject: &mut Subject, told: &impl Fn(OwnNumber) -> bool) {
    if subject.object == ObjectKind::Incident {
        subject.tracks.retain(|track| told(*track));
        subject.without.iter_mut().for_each(|version| without_tracks(version, told));
    }
}

/// The same under another number, and about the same tracks under theirs.
fn moved(subject: Subject, to: &impl Fn(OwnNumber) -> OwnNumber) -> Subject {
    let tracks = subject.tracks.iter().map(|track| to(*track)).collect();
    let without = subject.without.into_iter().map(|version| moved(version, to)).collect();
    Subject { number: to(subject.number), tracks, without, ..subject }
}

/// The subject as an alert about these tracks, in every version.
fn alert_about(subject: Subject, of: &[OwnNumber]) -> Subject {
    let without = subject.without.into_iter().map(|version| alert_about(version, of)).collect();
    Subject { object: ObjectKind::Alert, tracks: of.to_vec(), without, ..subject }
}

const SLOTS: usize = 5;
const OBJECTS: u64 = 6;

/// Objects after these are alerts about one or two of them.
const ALERTS: u64 = 2;

/// Pictures of five slots: each object may be there or not, and is another thing in each.
fn pictures() -> impl Strategy<Value = Vec<Vec<Subject>>> {
    let slot_pictures = (0..SLOTS).map(|n| {
        let objects = (0..OBJECTS + ALERTS).map(move |number| {
            let subject = (0.0..1.5_f64)
                .prop_flat_map(move |age_s| common::subject(number, slot(n).plus_seconds(-age_s)));
            let of = proptest::collection::vec((0..OBJECTS).prop_map(OwnNumber), 1..3);
            let subject = (subject, of).prop_map(move |(subject, of)| match number < OBJECTS {
                true => subject,
                false => alert_about(subject, &of),
            });
            proptest::option::weighted(0.8, subject)
        });
        let objects: Vec<_> = objects.collect();
        objects.prop_map(|list| list.into_iter().flatten().collect::<Vec<Subject>>())
    });
    slot_pictures.collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(common::cases(200))]

    /// Two histories that differ only in plots that are kept, each where it lies: by an area, a level of its
    /// track, a caveat.
    #[test]
    fn plots_that_are_kept_where_they_lie_leave_no_trace_in_the_bytes(
        grants in proptest::collection::vec(grant(), 1..6),
        caveats in proptest::collection::vec(caveat(), 0..3),
        one in pictures(),
    ) {
        let policy = policy(vec![accord("a", &grants, &caveats)]);
        for to in common::PARTNERS.map(party) {
            let mut other = one.clone();
            for (n, picture) in other.iter_mut().enumerate() {
                for subject in picture {
                    let mut at = Subject { plots: Arc::default(), ..subject.clone() };
                    let all = policy.plots_of(&at, to, slot(n)).is_err();
                    let mut is_kept = |plot: &PlacedPlot| {
                        let [latitude_rad, longitude_rad] = plot.position_rad;
                        at.position = Some(Geodetic { latitude_rad, longitude_rad, height_m: 0.0 });
                        all || policy.plots_of(&at, to, slot(n)).is_err()
                    };
                    let covariance = [1.0, 0.0, 1.0];
                    let changed = subject.plots.iter().map(|plot| match is_kept(plot) {
                        true => PlacedPlot { covariance, ..*plot },
                        false => *plot,
                    });
                    subject.plots = changed.collect();
                }
            }
            prop_assert_eq!(run(&policy, to, &one), run(&policy, to, &other));
        }
    }
}

proptest! {
    #![proptest_config(common::cases(2_000))]

    /// Two worlds that differ only in what the partner may not see: in objects of which nothing goes to it
    /// in any slot (other facts, other numbers, another order, there or not), in where and how an object is
    /// in a slot in which nothing of it goes, in tracks of an incident that it is not told, in accords of
    /// others. Accords begin, end, are suspended and resumed meanwhile. The bytes are the same.
    #[test]
    fn what_is_withheld_leaves_no_trace_in_the_bytes(
        accords in common::living_accords(),
        one in pictures(),
        to in proptest::sample::select(common::PARTNERS.map(party).to_vec()),
        turn in 1..SLOTS,
        shift in 1..1_000_u64,
        late in proptest::collection::vec(0..4_u8, SLOTS),
    ) {
        let now = |n: usize| slot(n).plus_seconds(f64::from(late[n]) / 4.0);
        let all = policy(accords.clone());
        let other = turned(&one, turn);
        let binds = |caveat: &Caveat| {
            let towards = caveat.towards.as_ref();
            caveat.by == own() && towards.is_none_or(|towards| towards.contains(&to))
        };
        let concerns =
            |accord: &&Accord| accord.has_party(to) || accord.caveats.iter().any(binds);
        let of_others: Vec<Accord> = accords.iter().filter(concerns).cloned().collect();
        // Shapes are indexed anew for a policy, which takes longer than all the rest.
        let of_others = match of_others.len() == accords.len() {
            true => all.clone(),
            false => policy(of_others),
        };
        let may = |s: &Subject, n: usize| may_go_out(&all, s, to, now(n));
        let (told, foreign_told) = (told_of(&one, &may), told_of(&other, &may));
        // Own numbers move on, in their order: a withheld object had taken one.
        let renumbered = |number: OwnNumber| match told.contains(&number) {
            true => OwnNumber(number.0 * 7 + shift),
            false => OwnNumber(1_000_000 + number.0),
        };
        let foreign_number = |number: OwnNumber| OwnNumber(number.0 * 7);
        let mut changed = Vec::new();
        for n in 0..SLOTS {
            let is_told = |s: &&Subject| told.contains(&s.number);
            let kept = one[n].iter().filter(is_told).zip(other[n].iter().cycle());
            let mut kept: Vec<Subject> = match other[n].is_empty() {
                true => one[n].iter().filter(is_told).cloned().collect(),
                false => kept.map(|(s, donor)| elsewhere(s, donor, |s| may(s, n))).collect(),
            };
            if n % 2 == 0 {
                kept.iter_mut().for_each(|s| without_tracks(s, &|track| told.contains(&track)));
            }
            let mut kept: Vec<Subject> =
                kept.into_iter().map(|s| moved(s, &renumbered)).collect();
            let foreign = other[n].iter().filter(|s| !foreign_told.contains(&s.number));
            let foreign = foreign.cloned().map(|s| moved(s, &foreign_number));
            kept.splice(0..0, foreign.filter(|s| s.number.0 % 7 != shift % 7));
            kept.reverse();
            changed.push(kept);
        }
        let first = run_at(&all, to, &one, now);
        let second = run_at(&of_others, to, &changed, now);
        prop_assert_eq!(first, second);
    }
}

proptest! {
    #![proptest_config(common::cases(500))]

    /// Two histories that differ only in the plots behind their tracks, and a partner whose articles
    /// let none out: as they tell no lineage, or reduce something of what they tell.
    #[test]
    fn plots_that_no_article_lets_out_leave_no_trace_in_the_bytes(
        grants in proptest::collection::vec(grant(), 1..6),
        caveats in proptest::collection::vec(caveat(), 0..3),
        one in pictures(),
    ) {
        let lineage = FieldSet::EMPTY.with(Field::Lineage);
        let reduced = |grant: Grant| match grant.reduction {
            Reduction::NONE => Grant { fields: grant.fields.without(lineage), ..grant },
            _ => grant,
        };
        let grants: Vec<Grant> = grants.into_iter().map(reduced).collect();
        let policy = policy(vec![accord("a", &grants, &caveats)]);
        let mut other = one.clone();
        for subject in other.iter_mut().flatten() {
            (subject.plots, subject.plots_before) = (Arc::default(), 0);
        }
        for to in common::PARTNERS.map(party) {
            prop_assert_eq!(run(&policy, to, &one), run(&policy, to, &other));
        }
    }

    /// Looked at once for all partners, and again only where something changed: some objects stay
    /// as they are for a few slots, and in one slot the accord is suspended.
    #[test]
    fn what_is_held_is_told_to_the_byte_as_if_all_of_it_were_looked_at(
        accords in common::living_accords(),
        mut pictures in pictures(),
        stays in proptest::collection::vec(0.0..1.0_f64, SLOTS * OBJECTS as usize),
        suspended in 0..2 * SLOTS,
    ) {
        for n in 1..SLOTS {
            let before = pictures[n - 1].clone();
            for subject in &mut pictures[n] {
                let place = n * OBJECTS as usize + subject.number.0 as usize % OBJECTS as usize;
                let same = before.iter().find(|known| known.number == subject.number);
                if let (Some(same), true) = (same, stays[place] < 0.7) {
                    *subject = same.clone();
                }
            }
        }
        let mut policy = policy(accords);
        let (from, until) = (slot(suspended), Some(slot(suspended + 1)));
        let suspension =
            Suspension { by: own(), towards: None, articles: None, from, until, reason: None };
        policy.suspend("a".parse().expect("a name"), suspension).expect("its own accord");
        for to in common::PARTNERS.map(party) {
            let mut feed = PartnerFeed::new(to, Cadence::default());
            let mut held = Holdings::default();
            let all_looked_at = run(&policy, to, &pictures);
            for (n, picture) in pictures.iter().enumerate() {
                held.update(picture.clone());
                let told = feed.update_held(slot(n), &policy, &held, &[]);
                prop_assert_eq!(told.map(|batch| batch.encode().into_value()), all_looked_at[n].clone());
            }
        }
    }

    #[test]
    fn a_batch_is_read_back_as_it_was_sent(
        grants in proptest::collection::vec(grant(), 1..4),
        pictures in pictures(),
    ) {
        let policy = policy(vec![accord("a", &grants, &[])]);
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        for (n, picture) in pictures.iter().enumerate() {
            if let Some(batch) = feed.update(slot(n), &policy, picture) {
                let bytes = batch.encode();
                prop_assert_eq!(&Batch::decode(bytes.value()).unwrap(), batch.value());
                let named: Vec<_> =
                    batch.value().items.iter().flat_map(|item| item.articles.clone()).collect();
                prop_assert!(named.iter().all(|article| batch.under().contains(article)));
            }
        }
    }

    #[test]
    fn bytes_from_outside_are_a_batch_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = Batch::decode(&bytes);
    }

    #[test]
    fn a_damaged_batch_is_a_batch_or_an_error(
        pictures in pictures(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let policy = policy(vec![accord("a", &[everything_to("BBB")], &[])]);
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        let batch = feed.update(slot(0), &policy, &pictures[0]).expect("an article stands");
        let mut bytes = batch.encode().into_value();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Batch::decode(&bytes);
    }
}

#[test]
fn a_track_that_comes_back_has_a_new_number_and_why_it_went_is_not_told() {
    let hidden: (_, _, _, Effect) = (
        Conditions {
            service: accord::AnyOf::from_bits(1 << Service::State as u32),
            ..Conditions::all()
        },
        accord::AnyOf::ALL,
        None,
        Effect::Withhold,
    );
    let policy = policy(vec![accord("a", &[everything_to("BBB")], &[hidden])]);
    let state = |n| Subject { service: Service::State, ..track(4, slot(n), [42.0, 74.0]) };
    let civil = |n| track(4, slot(n), [42.0, 74.0]);
    let withheld = run(&policy, party("BBB"), &[vec![civil(0)], vec![state(1)], vec![civil(2)]]);
    let gone = run(&policy, party("BBB"), &[vec![civil(0)], vec![], vec![civil(2)]]);
    assert_eq!(withheld, gone);
    let batches: Vec<Batch> =
        withheld.iter().map(|bytes| Batch::decode(bytes.as_ref().unwrap()).unwrap()).collect();
    assert_eq!(batches[0].items[0].number.0, 1);
    assert_eq!(batches[1].ended, [batches[0].items[0].number]);
    assert_eq!(batches[2].items[0].number.0, 2);
}

#[test]
fn a_heartbeat_comes_each_slot_whatever_is_withheld_and_stops_with_the_accord() {
    let mut accord = accord("a", &[everything_to("BBB")], &[]);
    let mut instruments = accord.lifecycle.instruments().clone();
    instruments.termination = Some((slot(2), vec![own()]));
    let parties = accord.parties.iter().map(|p| p.id).collect();
    accord.lifecycle = accord::Lifecycle::new(parties, instruments);
    let policy = policy(vec![accord]);
    let sent = run(&policy, party("BBB"), &[vec![], vec![], vec![], vec![]]);
    assert_eq!(sent.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, false]);
}

#[test]
fn what_waits_for_its_delay_is_dropped_by_a_suspension() {
    let late =
        Grant { reduction: Reduction { delay_s: 2.0, ..Reduction::NONE }, ..everything_to("BBB") };
    let suspended = |at: Option<usize>, until: Option<usize>| {
        let mut policy = policy(vec![accord("a", std::slice::from_ref(&late), &[])]);
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        let mut sent = Vec::new();
        for n in 0..6 {
            let id = "a".parse().unwrap();
            if at == Some(n) {
                let suspension = Suspension {
                    by: party("BBB"),
                    towards: None,
                    articles: None,
                    from: slot(n),
                    until: None,
                    reason: None,
                };
                policy.suspend(id, suspension).unwrap();
            }
            if until == Some(n) {
                policy.resume(id, party("BBB"), slot(n)).unwrap();
            }
            let picture: Vec<Subject> =
                if n == 0 { vec![track(1, slot(0), [42.0, 74.0])] } else { Vec::new() };
            let batch = feed.update(slot(n), &policy, &picture);
            sent.push(batch.map(|batch| batch.value().items.len()));
        }
        sent
    };
    let n = Some;
    assert_eq!(suspended(None, None), [n(0), n(0), n(1), n(0), n(0), n(0)]);
    assert_eq!(suspended(Some(1), Some(3)), [n(0), None, None, n(0), n(0), n(0)]);
}

#[test]
fn of_two_objects_told_alike_the_order_in_the_picture_tells_nothing() {
    let grant = Grant {
        fields: FieldSet::EMPTY.with(Field::Identity).with(Field::Service),
        ..everything_to("BBB")
    };
    let policy = policy(vec![accord("a", &[grant], &[])]);
    // Alike in the first slot, then one of them is something else.
    let pictures = |reversed: bool| {
        let slots = (0..3).map(|n| {
            let second = Subject {
                service: if n == 0 { Service::Civil } else { Service::State },
                ..track(2, slot(n), [43.0, 75.0])
            };
            let mut picture = vec![track(1, slot(n), [42.0, 74.0]), second];
            if reversed {
                picture.reverse();
            }
            picture
        });
        slots.collect::<Vec<_>>()
    };
    let to = party("BBB");
    assert_eq!(run(&policy, to, &pictures(false)), run(&policy, to, &pictures(true)));
}

#[test]
fn a_position_on_a_grid_does_not_move_within_its_cell() {
    let coarse = Grant {
        fields: FieldSet::EMPTY.with(Field::Position),
        reduction: Reduction { position_m: 18_520.0, ..Reduction::NONE },
        ..everything_to("BBB")
    };
    let policy = policy(vec![accord("a", &[coarse], &[])]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let mut told = Vec::new();
    for n in 0..200 {
        // Fifty metres a second to the north.
        let picture = [track(1, slot(n), [42.0 + 0.000_45 * n as f64, 74.0])];
        let batch = value(feed.update(slot(n), &policy, &picture));
        told.extend(batch.items.iter().map(|item| item.told.position_rad.unwrap()));
    }
    assert_eq!(told.len(), 200, "the time of each is exact, so each is told");
    told.dedup();
    assert!(told.len() <= 3, "ten kilometres are two cells at most: {told:?}");
}

fn plot(slot_of: usize, longitude: f64) -> PlacedPlot {
    PlacedPlot {
        sensor: SensorId { sac: 1, sic: 2 },
        origin: PlotOrigin::Secondary,
        time: slot(slot_of),
        position_rad: [42.0_f64.to_radians(), longitude.to_radians()],
        covariance: [400.0, 0.0, 900.0],
    }
}

/// A track that had two plots when it was first told and three more before the next slot, one of
/// them east of 74.5° E: the numbers of the plots that are told, in the second slot.
fn plots_told(grants: &[Grant], caveats: &[Effect], origin: PlotOrigin) -> Vec<f64> {
    let caveat = |effect: &Effect| (Conditions::all(), AnyOf::ALL, None, *effect);
    let caveats: Vec<_> = caveats.iter().map(caveat).collect();
    let policy = policy(vec![accord("a", grants, &caveats)]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let seen = |n: usize, plots: &[f64]| Subject {
        position_covariance: Some([100.0, 0.0, 100.0]),
        level_m: Some(9_000.0),
        velocity: Some(Enu { east: 200.0, north: 0.0, up: 0.0 }),
        sensors: vec![SensorId { sac: 1, sic: 2 }],
        plots: plots.iter().map(|at| PlacedPlot { origin, ..plot(n, *at) }).collect(),
        plots_before: 7,
        ..track(1, slot(n), [42.0, 74.0])
    };
    let first = value(feed.update(slot(0), &policy, &[seen(0, &[74.1, 74.2])]));
    assert!(first.items.iter().all(|item| item.told.plots.is_empty()), "of before it was told");
    let picture = [seen(1, &[74.1, 74.2, 74.3, 74.9, 74.4])];
    let second = value(feed.update(slot(1), &policy, &picture));
    let again = value(feed.update(slot(2), &policy, &picture));
    assert!(again.items.iter().all(|item| item.told.plots.is_empty()), "each once");
    let told = second.items.iter().flat_map(|item| &item.told.plots);
    told.map(|plot| (plot.position_rad[1].to_degrees() * 10.0).round() / 10.0).collect()
}

/// Civil aircraft at once, state aircraft three seconds late, to BBB.
fn state_flights_three_seconds_late() -> Policy {
    let of = |service: Service| Conditions {
        service: AnyOf::from_bits(1 << service as u32),
        ..Conditions::all()
    };
    let reduction = Reduction { delay_s: 3.0, ..Reduction::NONE };
    let grants = [
        Grant { of: of(Service::Civil), ..everything_to("BBB") },
        Grant { of: of(Service::State), reduction, ..everything_to("BBB") },
    ];
    policy(vec![accord("a", &grants, &[])])
}

#[test]
fn a_feed_that_told_nobody_tells_all_of_it_again_and_what_waited_comes_when_it_is_due() {
    let policy = state_flights_three_seconds_late();
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    // One that stands still and is told at once, and one that is told late.
    let [still, far] = [[42.0, 74.0], [10.0, 10.0]];
    let far = |n: usize| Subject { service: Service::State, ..track(2, slot(n), far) };
    let picture = |n: usize| [track(1, slot(0), still), far(n)];
    let mut batches: Vec<Batch> = Vec::new();
    for n in 0..7 {
        if n == 5 {
            feed.tell_again();
        }
        batches.push(value(feed.update(slot(n), &policy, &picture(n))));
    }
    let at_once = |batch: &Batch| batch.items.iter().any(|item| item.time == slot(0));
    let told: Vec<_> = batches.iter().map(|batch| (batch.items.len(), at_once(batch))).collect();
    assert_eq!(told[5].0, 2, "{told:?}");
    assert!(at_once(&batches[5]) && !at_once(&batches[6]), "{told:?}");
    let late = |n: usize| batches[n].items.iter().any(|item| item.time == slot(n - 3));
    assert!((4..7).all(late), "{told:?}");
    assert!(batches[5].epoch > batches[4].epoch && batches[6].epoch == batches[5].epoch);
}

#[test]
fn a_feed_that_told_nobody_says_nothing_twice_and_ends_nothing_that_it_has_not_told_again() {
    let policy = state_flights_three_seconds_late();
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let place = [42.0, 74.0];
    let late = Subject { service: Service::State, ..track(2, slot(0), place) };
    let (gone, stays) = (track(1, slot(0), place), track(3, slot(0), place));
    let mut told = Vec::new();
    for n in 0..6 {
        let mut picture = vec![late.clone(), stays.clone()];
        if n == 0 {
            picture.push(gone.clone());
        }
        if n == 5 {
            picture.pop();
        }
        if n == 1 {
            feed.tell_again();
        }
        let batch = value(feed.update(slot(n), &policy, &picture));
        told.push((batch.items.len(), batch.ended.len()));
    }
    // Two at once; again the one that stays; the late one when it is due; and the end of what was told.
    assert_eq!(told, [(2, 0), (1, 0), (0, 0), (1, 0), (0, 0), (0, 1)]);
}

/// What of plots is told in three slots of one track, whose level and plots in each are given.
fn plots_of_slots(
    grants: &[Grant],
    caveats: &[(Conditions, AnyOf, Option<Vec<PartyId>>, Effect)],
    slots: [(f64, Vec<PlacedPlot>); 3],
) -> [usize; 3] {
    let policy = policy(vec![accord("a", grants, caveats)]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let mut plots = Vec::new();
    let mut n = 0;
    slots.map(|(level_m, new)| {
        plots.extend(new);
        let subject = Subject {
            position_covariance: Some([100.0, 0.0, 100.0]),
            level_m: Some(level_m),
            velocity: Some(Enu { east: 200.0, north: 0.0, up: 0.0 }),
            sensors: vec![SensorId { sac: 1, sic: 2 }],
            plots: plots.as_slice().into(),
            ..track(1, slot(n), [42.0, 74.0])
        };
        let told = value(feed.update(slot(n), &policy, &[subject]));
        n += 1;
        assert_eq!(told.items.len(), 1, "the track itself");
        told.items.iter().map(|item| item.told.plots.len()).sum()
    })
}

#[test]
fn plots_of_before_an_article_let_all_of_a_track_out_are_not_told_after_it() {
    let exact = Grant {
        of: Conditions { levels_m: Some([6_000.0, f64::INFINITY]), ..Conditions::all() },
        ..everything_to("BBB")
    };
    let coarse = Grant {
        of: Conditions { levels_m: Some([f64::NEG_INFINITY, 6_000.0]), ..Conditions::all() },
        reduction: Reduction { position_m: 1_852.0, ..Reduction::NONE },
        ..everything_to("BBB")
    };
    let new = |n: usize| vec![plot(n, 74.0), plot(n, 74.01)];
    let told = plots_of_slots(
        &[exact, coarse],
        &[],
        [(5_900.0, new(0)), (6_100.0, new(1)), (6_300.0, new(2))],
    );
    assert_eq!(told, [0, 0, 2]);
}

#[test]
fn a_caveat_on_plots_keeps_them_and_not_their_track() {
    let on = |objects| (Conditions::all(), objects, None, Effect::Withhold);
    let new = |n: usize| vec![plot(n, 74.0)];
    let slots = || [(9_000.0, new(0)), (9_000.0, new(1)), (9_000.0, new(2))];
    let alerts = on(AnyOf::from_bits(1 << ObjectKind::Alert as u32));
    assert_eq!(plots_of_slots(&[everything_to("BBB")], &[alerts], slots()), [0, 1, 1]);
    let plots = on(AnyOf::from_bits(1 << ObjectKind::Plot as u32));
    assert_eq!(plots_of_slots(&[everything_to("BBB")], &[plots], slots()), [0, 0, 0]);
    // A caveat on the track holds for its plots, even if it only keeps what no plot tells.
    let tracks = AnyOf::from_bits(1 << ObjectKind::Track as u32);
    let keeps = FieldSet::EMPTY.with(Field::Callsign);
    let effect = Effect::Limit { keeps, at_best: Reduction::NONE };
    let callsigns = (Conditions::all(), tracks, None, effect);
    assert_eq!(plots_of_slots(&[everything_to("BBB")], &[callsigns], slots()), [0, 0, 0]);
}

#[test]
fn plots_that_are_not_told_take_no_place_of_those_that_are() {
    let others = |n: usize| {
        let one = move |i: usize| PlacedPlot {
            origin: PlotOrigin::SystemTrack,
            ..plot(n, 74.0 + i as f64 * 1e-4)
        };
        (0..40).map(one)
    };
    let own = |n: usize| (0..10).map(move |i| plot(n, 74.5 + f64::from(i) * 1e-4));
    let grants = [everything_to("BBB")];
    let slots = |more: bool| {
        [0, 1, 2].map(|n| {
            let more = others(n).filter(|_| more);
            (9_000.0, own(n).chain(more).collect::<Vec<_>>())
        })
    };
    assert_eq!(
        plots_of_slots(&grants, &[], slots(true)),
        plots_of_slots(&grants, &[], slots(false))
    );
}

#[test]
fn plots_behind_a_track_are_told_once_by_one_article_that_reduces_nothing_and_by_no_other() {
    let all = || everything_to("BBB");
    let secondary = PlotOrigin::Secondary;
    const NONE: [f64; 0] = [];
    assert_eq!(plots_told(&[all()], &[], secondary), [74.3, 74.9, 74.4]);
    // One of them lies where the article does not reach.
    let west = Area::Shapes(vec![common::SHAPES[0].clone()]);
    let of = Conditions { area: west, ..Conditions::all() };
    assert_eq!(plots_told(&[Grant { of, ..all() }], &[], secondary), [74.3, 74.4]);
    // No sensor's word alone.
    assert_eq!(plots_told(&[all()], &[], PlotOrigin::SystemTrack), NONE);
    let none = Reduction::NONE;
    for reduction in [
        Reduction { position_m: 100.0, ..none },
        Reduction { level_m: 30.0, ..none },
        Reduction { velocity_mps: 5.0, ..none },
        Reduction { time_s: 4.0, ..none },
        Reduction { delay_s: 1.0, ..none },
        Reduction { interval_s: 4.0, ..none },
    ] {
        assert_eq!(plots_told(&[Grant { reduction, ..all() }], &[], secondary), NONE);
        let limit = Effect::Limit {
            keeps: FieldSet::EMPTY,
            at_best: Reduction { interval_s: 0.0, ..reduction },
        };
        if reduction.interval_s == 0.0 {
            assert_eq!(plots_told(&[all()], &[limit], secondary), NONE);
        }
    }
    // Two articles that tell half of it each do not tell the whole.
    let fields = |fields: &[Field]| Grant { fields: fields.iter().copied().collect(), ..all() };
    let halves = [fields(&[Field::Position, Field::Accuracy]), fields(&[Field::Lineage])];
    assert_eq!(plots_told(&halves, &[], secondary), NONE);
    let keeps = FieldSet::EMPTY.with(Field::Lineage);
    let kept = Effect::Limit { keeps, at_best: Reduction::NONE };
    assert_eq!(plots_told(&[all()], &[kept], secondary), NONE);
}

#[test]
fn a_chain_of_three_ends_where_the_first_said() {
    // AAA gives to BBB, who may give on to CCC at 5 km; CCC may give it to nobody.
    let allows = vec![Onward {
        to: party("CCC"),
        at_best: Reduction { position_m: 5_000.0, ..Reduction::NONE },
    }];
    let first = Grant { onward: allows, ..everything_to("BBB") };
    let policy_a = policy(vec![accord("a", &[first], &[])]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let item =
        value(feed.update(slot(0), &policy_a, &[track(1, slot(0), [42.0, 74.0])])).items.remove(0);
    assert_eq!(item.onward.len(), 1);

    let accord_of_b = |to: &str, onward: Vec<Onward>| Grant {
        from: vec![party("BBB")],
        onward,
        ..everything_to(to)
    };
    let anyone = vec![
        Onward { to: party("CCC"), at_best: Reduction::NONE },
        Onward { to: party("DDD"), at_best: Reduction::NONE },
    ];
    let policy_b = Policy::new(
        party("BBB"),
        vec![std::sync::Arc::new(accord(
            "b",
            &[accord_of_b("CCC", anyone), accord_of_b("DDD", Vec::new())],
            &[],
        ))],
    )
    .unwrap();
    let received = Subject {
        lineage: Lineage::Foreign(vec![Source { originator: own(), onward: item.onward.clone() }]),
        ..track(7, slot(0), [42.0, 74.0])
    };
    let mut to_c = PartnerFeed::new(party("CCC"), Cadence::default());
    let passed = value(to_c.update(slot(0), &policy_b, std::slice::from_ref(&received)));
    assert_eq!(passed.items[0].precision.position_m, 5_000.0);
    assert_eq!(passed.items[0].originators, [own()]);
    // BBB lets CCC give on to DDD; AAA, whose data it is, does not.
    assert_eq!(passed.items[0].onward, []);
    let mut to_d = PartnerFeed::new(party("DDD"), Cadence::default());
    let refused = value(to_d.update(slot(0), &policy_b, &[received]));
    assert!(refused.items.is_empty());
}

#[test]
fn what_nothing_flies_and_lists_without_end_are_refused() {
    let policy = policy(vec![accord("a", &[everything_to("BBB")], &[])]);
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let picture = [track(1, slot(0), [42.0, 74.0])];
    let sound = value(feed.update(slot(0), &policy, &picture));
    let reads = |change: fn(&mut Item)| {
        let mut batch = sound.clone();
        change(&mut batch.items[0]);
        Batch::decode(&batch.encode()).is_ok()
    };
    assert!(reads(|item| item.told.velocity_mps = Some([-340.0, 600.0])));
    assert!(!reads(|item| item.told.velocity_mps = Some([1e308, 0.0])));
    assert!(reads(|item| item.told.level_m = Some(18_000.0)));
    assert!(!reads(|item| item.told.level_m = Some(-1e9)));
    assert!(!reads(|item| item.told.vertical_rate_mps = Some(1e12)));
    assert!(reads(|item| item.told.plots = vec![plot(0, 74.0); 16]));
    assert!(!reads(|item| item.told.plots = vec![plot(0, 74.0); 1_000]));
    assert!(!reads(|item| item.told.plots = vec![plot(0, 360.0)]));
    assert!(!reads(|item| item.originators = vec![own(); 1_000]));
    assert!(!reads(|item| item.onward = vec![onward_to("CCC"); 1_000]));
    assert!(!reads(|item| item.articles = vec![item.articles[0]; 1_000]));
}

fn onward_to(to: &str) -> Onward {
    Onward { to: party(to), at_best: Reduction::NONE }
}
