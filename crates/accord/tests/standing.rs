//! What flows ends with the accord to the nanosecond, with a suspension at the next event, and nothing that
//! was made before comes after.

mod common;

use accord::{
    Accord, AnyOf, ArticleId, Cadence, Conditions, Effect, FieldSet, Grant, ObjectKind, OwnNumber,
    PartnerFeed, PartyId, Policy, Reduction, Service, Subject, Suspension,
};
use common::{accord, at, everything_to, own, party, policy, slot};
use geodesy::Geodetic;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use surveillance::Time;

fn track(number: u64, time: Time) -> Subject {
    let position = Geodetic::from_degrees(42.0, 74.0, 0.0);
    Subject { position, ..Subject::bare(OwnNumber(number), ObjectKind::Track, time) }
}

/// An accord of a term, as people write it.
fn text(start: &str, term: &str) -> String {
    format!(
        "form = 1\naccord = \"term\"\ntitle = \"Term\"\nnature = \"illustration\"\n\
         [[party]]\nid = \"AAA\"\nname = \"A\"\n[[party]]\nid = \"BBB\"\nname = \"B\"\n\
         [instruments]\nrequires = [\"signature\"]\nsigned = {{ date = 2000-01-01 }}\n\
         in_force = {start}\nterm = \"{term}\"\n\
         [[article]]\nnumber = \"1\"\nkind = \"release.tracks\"\nfrom = [\"AAA\"]\nto = [\"BBB\"]\n\
         area = [{{ anywhere = true }}]\nfields = [\"position\"]\n"
    )
}

fn days_in(year: u32, month: u32) -> u32 {
    let every = |years: u32| year.is_multiple_of(years);
    let leap = every(4) && (!every(100) || every(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day so many months after a day, or the last of its month.
fn months_after((year, month, day): (u32, u32, u32), months: u32) -> String {
    let months = year * 12 + month - 1 + months;
    let (year, month) = (months / 12, months % 12 + 1);
    format!("{year:04}-{month:02}-{:02}", day.min(days_in(year, month)))
}

proptest! {
    #![proptest_config(common::cases(500))]

    /// Whatever day it began, whatever its term: by calendar arithmetic done by hand.
    #[test]
    fn an_accord_lets_out_to_the_last_nanosecond_of_its_term_and_nothing_from_its_end_on(
        (year, month, day) in (2001..2040_u32, 1..=12_u32, 1..=31_u32),
        (count, years) in (1..30_u32, any::<bool>()),
        (after_end, off_ns) in (any::<bool>(), prop_oneof![
            Just(-1_i64), Just(0), Just(1), -2_000_000_000..2_000_000_000_i64,
            -4_000_000_000_000_000..4_000_000_000_000_000_i64,
        ]),
    ) {
        let day = day.min(days_in(year, month));
        let first = format!("{year:04}-{month:02}-{day:02}");
        let unit = if years { "years" } else { "months" };
        let last = months_after((year, month, day), if years { count * 12 } else { count });
        let midnight = |day: &str| at(&format!("{day}T00:00:00Z"));
        let (start, end) = (midnight(&first), midnight(&last));
        let accord = accord::read("term", &text(&first, &format!("{count} {unit}")));
        let accord = accord.expect("an accord").accord;
        let policy = Policy::new(own(), vec![accord.into()]).expect("a policy");
        let near = if after_end { end } else { start };
        let now = Time::from_unix_nanos(near.unix_nanos() + off_ns);
        let stands = start <= now && now < end;
        let subject = track(1, now);
        prop_assert_eq!(policy.decide(&subject, party("BBB"), now).is_released(), stands);
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        let batch = feed.update(now, &policy, [&subject]);
        prop_assert_eq!(batch.map(|batch| batch.value().items.len()), stands.then_some(1));
    }
}

/// Whether an article lets something through to `to`, by its instruments read aloud.
fn stands(accord: &Accord, article: ArticleId, to: PartyId, now: Time) -> bool {
    let instruments = accord.lifecycle.instruments();
    let begun = instruments.in_force.is_some_and(|start| start <= now);
    let over = instruments.termination.as_ref().is_some_and(|(end, _)| *end <= now);
    let stops = |s: &Suspension| {
        let holds = s.from <= now && s.until.is_none_or(|until| now < until);
        let about = s.articles.as_ref().is_none_or(|articles| articles.contains(&article));
        let towards = |other| s.towards.as_ref().is_none_or(|parties| parties.contains(&other));
        let between = (s.by == own() && towards(to)) || (s.by == to && towards(own()));
        holds && about && between
    };
    begun && !over && !instruments.suspensions.iter().any(stops)
}

/// Tracks whose time says in which slot they were held: so many sixteenths of a second before it.
fn picture(n: usize) -> Vec<Subject> {
    (1..4).map(|number| track(number, slot(n).plus_seconds(number as f64 / -16.0))).collect()
}

/// Accords that begin, end, are suspended and resumed at any time, in whole, in part, towards all or some: an
/// item goes out under articles that stand when it goes, and that stood at every event since it was made.
#[test]
fn nothing_goes_under_an_article_that_does_not_stand_nor_what_was_made_before_it_was_stopped() {
    const SLOTS: usize = 8;
    let (late, stopped) = (Cell::new(0_u32), Cell::new(0_u32));
    let accords = common::living_accords();
    let offsets = proptest::collection::vec(0..4_u8, SLOTS);
    let mut runner = TestRunner::new(common::cases(1_000));
    let outcome = runner.run(&(accords, offsets), |(mut accords, offsets)| {
        for accord in &mut accords {
            accord.caveats.clear();
            for article in &mut accord.articles {
                let accord::Clause::Release(grant) = &mut article.clause else { continue };
                grant.object = ObjectKind::Track;
                grant.reduction.time_s = 0.0;
                grant.of = Conditions::all();
            }
        }
        let now = |n: usize| slot(n).plus_seconds(f64::from(offsets[n]) / 4.0);
        let policy = policy(accords);
        for to in common::PARTNERS.map(party) {
            let mut feed = PartnerFeed::new(to, Cadence::default());
            let stood = |article: accord::ArticleRef, n: usize| {
                let accord = policy.accords().iter().find(|accord| accord.id == article.accord);
                stands(accord.expect("it is known"), article.article, to, now(n))
            };
            let mut stood_before = false;
            for n in 0..SLOTS {
                let batch = feed.update(now(n), &policy, &picture(n));
                stopped.set(stopped.get() + u32::from(stood_before && batch.is_none()));
                stood_before = batch.is_some();
                for item in batch.into_iter().flat_map(|batch| batch.into_value().items) {
                    let made =
                        (0..=n).find(|made| picture(*made).iter().any(|s| s.time == item.time));
                    let made = made.expect("it was held in some slot");
                    late.set(late.get() + u32::from(made < n));
                    for article in &item.articles {
                        let all = (made..=n).all(|slot| stood(*article, slot));
                        prop_assert!(all, "{article} in slot {n}, of slot {made}");
                    }
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
    let cases = runner.config().cases;
    assert!(late.get() > cases, "hardly anything came late: {}", late.get());
    assert!(stopped.get() > cases / 10, "hardly anything was stopped: {}", stopped.get());
}

#[test]
fn what_waits_under_one_article_is_dropped_by_its_suspension_though_another_goes_on() {
    let late =
        Grant { reduction: Reduction { delay_s: 3.0, ..Reduction::NONE }, ..everything_to("BBB") };
    let other = Grant { object: ObjectKind::Alert, ..everything_to("BBB") };
    let told = |suspended: bool| {
        let mut policy = policy(vec![accord("a", &[late.clone(), other.clone()], &[])]);
        if suspended {
            let articles = Some(vec!["1".parse().expect("a number")]);
            let (from, until) = (slot(1), Some(slot(2)));
            let (by, towards, reason) = (own(), None, None);
            let held = Suspension { by, towards, articles, from, until, reason };
            policy.suspend("a".parse().expect("an id"), held).expect("a party may");
        }
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        let items = |n: usize| {
            let picture: Vec<Subject> = (n == 0).then(|| track(1, slot(0))).into_iter().collect();
            feed.update(slot(n), &policy, &picture).map(|batch| batch.value().items.len())
        };
        (0..5).map(items).collect::<Vec<_>>()
    };
    let n = Some;
    assert_eq!(told(false), [n(0), n(0), n(0), n(1), n(0)]);
    assert_eq!(told(true), [n(0), n(0), n(0), n(0), n(0)], "a heartbeat each");
}

#[test]
fn what_waits_is_not_told_to_the_nanosecond_where_steps_of_time_are_asked_for_by_then() {
    let late =
        Grant { reduction: Reduction { delay_s: 2.0, ..Reduction::NONE }, ..everything_to("BBB") };
    let of_state =
        Conditions { service: AnyOf::from_bits(1 << Service::State as u32), ..Conditions::all() };
    let at_best = Reduction { time_s: 60.0, ..Reduction::NONE };
    let limit = Effect::Limit { keeps: FieldSet::EMPTY, at_best };
    let caveat = (of_state, AnyOf::ALL, None, limit);
    let told = |service: Service| {
        let policy =
            policy(vec![accord("a", std::slice::from_ref(&late), std::slice::from_ref(&caveat))]);
        let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
        let mut times = Vec::new();
        for n in 1..6 {
            // What it is comes to be known in the second slot.
            let service = if n == 1 { Service::Civil } else { service };
            let subject = Subject { service, ..track(1, slot(n).plus_seconds(-0.25)) };
            let batch = feed.update(slot(n), &policy, [&subject]).expect("an article stands");
            times.extend(batch.value().items.iter().map(|item| item.time));
        }
        times
    };
    let before = |n: usize| slot(n).plus_seconds(-0.25);
    assert_eq!(told(Service::Civil), [before(1), before(2), before(3)]);
    assert_eq!(told(Service::State), []);
}
