//! The rules of release, on random accords and subjects: the compiled filter against a slow obvious
//! reading of the same clauses, and the order that grants and caveats keep.

mod common;

use accord::{
    Area, Condition, Conditions, Decision, Effect, Explanation, Field, FieldGrant, FieldSet, Grant,
    Lineage, Named, ObjectKind, Onward, OwnNumber, PartyId, Policy, Reduction, Source, Subject,
    Suspension,
};
use common::{accord, at, caveat, grant, own, party, policy};
use geodesy::Geodetic;
use proptest::prelude::*;

type CaveatParts = (Conditions, accord::AnyOf, Option<Vec<PartyId>>, Effect);

fn released(policy: &Policy, subject: &Subject, partner: PartyId) -> Vec<FieldGrant> {
    match policy.explain(&policy.decide(subject, partner, at(common::CLOCK))) {
        Explanation::Released(grants) => grants,
        Explanation::Withheld { .. } => Vec::new(),
    }
}

/// Conditions read one after the other.
fn holds(of: &Conditions, subject: &Subject, in_doubt: bool) -> bool {
    let point = subject.position.map(|at| [at.latitude_rad, at.longitude_rad]);
    let area = match (&of.area, point) {
        (Area::Anywhere, _) => true,
        (_, None) => in_doubt,
        (area, point) => area.holds(point),
    };
    let level = match (of.levels_m, subject.level_m) {
        (None, _) => true,
        (Some(_), None) => in_doubt,
        (Some([from, to]), Some(level)) => from - 0.01 <= level && level < to + 0.01,
    };
    let named = of.named.as_ref().is_none_or(|names| {
        names.iter().any(|name| match name {
            Named::Address(address) => subject.codes.address == Some(*address),
            Named::Callsign(sign) => subject.codes.callsign == Some(*sign),
        })
    });
    area && level
        && named
        && of.identity.has(subject.identity as u32)
        && of.service.has(subject.service as u32)
        && of.flight.has(subject.flight as u32)
        && of.plan.has(subject.plan as u32)
        && of.alert_state.has(subject.alert_state as u32)
        && of.alerts.is_none_or(|alerts| alerts.meets(subject.alerts))
}

fn onward(lineage: &Lineage, partner: PartyId) -> Option<Reduction> {
    let sources = match lineage {
        Lineage::Own => return Some(Reduction::NONE),
        Lineage::Unknown => return None,
        Lineage::Fused(sources) => sources,
        Lineage::Foreign(sources) => {
            if sources.iter().all(|source| source.originator == partner) {
                return None;
            }
            sources
        }
    };
    let mut at_best = Reduction::NONE;
    for source in sources.iter().filter(|source| source.originator != partner) {
        let to = source.onward.iter().find(|onward| onward.to == partner)?;
        at_best = at_best.coarser(to.at_best);
    }
    Some(at_best)
}

fn step(reduction: &Reduction, field: Field) -> f64 {
    match field {
        Field::Position => reduction.position_m,
        Field::Level => reduction.level_m,
        Field::Velocity => reduction.velocity_mps,
        _ => 0.0,
    }
}

/// What goes out and with which step, by the rules read aloud.
fn slow(
    grants: &[Grant],
    caveats: &[CaveatParts],
    subject: &Subject,
    partner: PartyId,
    age_s: f64,
) -> Vec<(Field, f64)> {
    let versions: Vec<&Subject> = std::iter::once(subject).chain(&subject.without).collect();
    let mut keeps = FieldSet::EMPTY;
    let mut floor = Reduction::NONE;
    for (of, objects, towards, effect) in caveats {
        let about = towards.as_ref().is_none_or(|parties| parties.contains(&partner))
            && objects.has(subject.object as u32)
            && versions.iter().any(|version| holds(of, version, true));
        match effect {
            Effect::Withhold if about => return Vec::new(),
            Effect::Limit { keeps: kept, at_best } if about => {
                keeps = keeps.or(*kept);
                floor = floor.coarser(*at_best);
            }
            _ => {}
        }
    }
    let mut best: Vec<(Field, f64)> = Vec::new();
    for version in versions {
        let Some(at_best) = onward(&version.lineage, partner) else { continue };
        let floor = floor.coarser(at_best);
        for grant in grants {
            let fits = grant.object == subject.object
                && grant.to.contains(&partner)
                && holds(&grant.of, version, false)
                && age_s >= grant.reduction.delay_s
                && age_s >= floor.delay_s;
            for field in grant.fields.iter().filter(|_| fits) {
                if !version.told().has(field) || keeps.has(field) {
                    continue;
                }
                let step = step(&grant.reduction.coarser(floor), field);
                match best.iter_mut().find(|(known, _)| *known == field) {
                    Some((_, held)) => *held = held.min(step),
                    None => best.push((field, step)),
                }
            }
        }
    }
    best.sort_by_key(|(field, _)| *field);
    best
}

fn steps(grants: &[FieldGrant]) -> Vec<(Field, f64)> {
    grants.iter().map(|grant| (grant.field, step(&grant.reduction, grant.field))).collect()
}

fn a_subject() -> impl Strategy<Value = (Subject, f64)> {
    proptest::sample::select(vec![0.0, 1.0, 2.0, 2.5, 3.0, 60.0]).prop_flat_map(|age_s| {
        common::subject(1, at(common::CLOCK).plus_seconds(-age_s)).prop_map(move |s| (s, age_s))
    })
}

fn some_grants() -> impl Strategy<Value = Vec<Grant>> {
    proptest::collection::vec(grant(), 0..8)
}

fn some_caveats() -> impl Strategy<Value = Vec<CaveatParts>> {
    proptest::collection::vec(caveat(), 0..3)
}

fn partner() -> impl Strategy<Value = PartyId> {
    proptest::sample::select(common::PARTNERS.map(party).to_vec())
}

/// Whether everything in `less` goes out in `more`, at least as exactly.
fn is_no_more(less: &[FieldGrant], more: &[FieldGrant]) -> bool {
    less.iter().all(|a| {
        more.iter().any(|b| {
            a.field == b.field && step(&b.reduction, b.field) <= step(&a.reduction, a.field)
        })
    })
}

proptest! {
    #![proptest_config(common::cases(2_000))]

    #[test]
    fn the_filter_decides_as_the_clauses_read_aloud(
        grants in some_grants(),
        caveats in some_caveats(),
        (subject, age_s) in a_subject(),
        partner in partner(),
    ) {
        let policy = policy(vec![accord("a", &grants, &caveats)]);
        let compiled = steps(&released(&policy, &subject, partner));
        prop_assert_eq!(compiled, slow(&grants, &caveats, &subject, partner, age_s));
    }

    #[test]
    fn a_grant_never_releases_less(
        grants in some_grants(),
        more in grant(),
        caveats in some_caveats(),
        (subject, _) in a_subject(),
        partner in partner(),
    ) {
        let before = policy(vec![accord("a", &grants, &caveats)]);
        let after =
            policy(vec![accord("a", &grants, &caveats), accord("b", &[more], &[])]);
        let (before, after) =
            (released(&before, &subject, partner), released(&after, &subject, partner));
        prop_assert!(is_no_more(&before, &after));
    }

    #[test]
    fn a_caveat_never_releases_more(
        grants in some_grants(),
        caveats in some_caveats(),
        one_more in caveat(),
        (subject, _) in a_subject(),
        partner in partner(),
    ) {
        let before = policy(vec![accord("a", &grants, &caveats)]);
        let after =
            policy(vec![accord("a", &grants, &caveats), accord("b", &[], &[one_more])]);
        let (before, after) =
            (released(&before, &subject, partner), released(&after, &subject, partner));
        prop_assert!(is_no_more(&after, &before));
    }

    #[test]
    fn an_accord_that_a_newer_text_stops_releases_nothing_and_others_no_more_than_by_its_caveats(
        (grants, others) in (some_grants(), some_grants()),
        (old, new) in (some_caveats(), some_caveats()),
        (subject, _) in a_subject(),
        partner in partner(),
    ) {
        let texts = [accord("a", &grants, &old), accord("b", &others, &[])];
        let stopped = texts[0].clone().stopped_by(&accord("a", &grants, &new));
        let before = released(&policy(texts.to_vec()), &subject, partner);
        let after = released(&policy(vec![stopped, texts[1].clone()]), &subject, partner);
        prop_assert!(is_no_more(&after, &before));
        prop_assert!(after.iter().all(|grant| grant.article.accord == texts[1].id));
        let both = policy(vec![accord("a", &[], &[old, new].concat()), texts[1].clone()]);
        prop_assert_eq!(steps(&after), steps(&released(&both, &subject, partner)));
    }

    #[test]
    fn a_condition_never_releases_more(
        grants in proptest::collection::vec(grant(), 1..8),
        which in any::<proptest::sample::Index>(),
        condition in common::conditions(),
        (subject, _) in a_subject(),
        partner in partner(),
    ) {
        let mut narrower = grants.clone();
        let narrowed = &mut narrower[which.index(grants.len())].of;
        narrowed.identity = narrowed.identity.and(condition.identity);
        narrowed.service = narrowed.service.and(condition.service);
        narrowed.plan = narrowed.plan.and(condition.plan);
        if narrowed.levels_m.is_none() {
            narrowed.levels_m = condition.levels_m;
        }
        let before = policy(vec![accord("a", &grants, &[])]);
        let after = policy(vec![accord("a", &narrower, &[])]);
        let (before, after) =
            (released(&before, &subject, partner), released(&after, &subject, partner));
        prop_assert!(is_no_more(&after, &before));
    }

    #[test]
    fn a_suspension_releases_nothing_of_its_articles_from_its_second_on(
        grants in some_grants(),
        (subject, _) in a_subject(),
        partner in partner(),
        by_partner in any::<bool>(),
    ) {
        let mut policy = policy(vec![accord("a", &grants, &[])]);
        let before = released(&policy, &subject, partner);
        let by = if by_partner { partner } else { own() };
        let suspension = |from| Suspension {
            by, towards: None, articles: None, from, until: None, reason: None,
        };
        let now = at(common::CLOCK);
        let mut later = policy.clone();
        later.suspend("a".parse().unwrap(), suspension(now.plus_seconds(1.0))).unwrap();
        prop_assert_eq!(&released(&later, &subject, partner), &before);
        policy.suspend("a".parse().unwrap(), suspension(now)).unwrap();
        prop_assert_eq!(released(&policy, &subject, partner), Vec::new());
        let failed = match policy.decide(&subject, partner, now) {
            Decision::Withheld { failed, .. } => failed,
            Decision::Released(_) => unreachable!(),
        };
        // The reason told is that of the object itself, not of its other versions.
        let alone = Subject { lineage: Lineage::Own, without: Vec::new(), ..subject.clone() };
        if !before.is_empty() && alone == subject {
            prop_assert_eq!(failed, Condition::Suspended);
        }
        // Only who suspended resumes.
        let other = if by_partner { own() } else { partner };
        prop_assert!(policy.resume("a".parse().unwrap(), other, now).is_err());
        policy.resume("a".parse().unwrap(), by, now).unwrap();
        prop_assert_eq!(released(&policy, &subject, partner), before);
    }
}

/// A policy with one accord, in which a party tells tracks and incidents and keeps state flights.
const TEXT: &str = r#"
form = 1
accord = "pair"
title = "A pair"
nature = "illustration"
[[party]]
id = "AAA"
name = "A"
[[party]]
id = "BBB"
name = "B"
[[party]]
id = "CCC"
name = "C"
[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
term = "10 years"
[zone.north]
title = "The north"
polygon = [[50.0, 20.0], [60.0, 20.0], [60.0, 30.0], [50.0, 30.0]]
[[article]]
number = "1"
kind = "release.tracks"
title = "Tracks"
from = ["AAA"]
to = ["BBB"]
area = [{ zone = "north" }]
fields = ["position"]
[[article]]
number = "2"
kind = "release.incidents"
from = ["AAA"]
to = ["BBB"]
area = [{ anywhere = true }]
fields = ["alerts"]
[[article]]
number = "3"
kind = "release.tracks"
from = ["AAA"]
to = ["CCC"]
area = [{ anywhere = true }]
fields = ["position"]
[[caveat]]
number = "c1"
by = "AAA"
title = "State flights"
objects = ["tracks"]
which = { service = ["state"] }
"#;

fn policy_of(text: &str) -> Policy {
    let accord = accord::read("test", text).expect("an accord").accord;
    Policy::new(own(), vec![accord.into()]).expect("a policy")
}

#[test]
fn what_decides_a_release_is_what_it_says_and_not_what_it_is_called() {
    let decides = |text: &str| policy_of(text).what_decides(party("BBB"));
    let articles = |changed: &str| {
        let (before, after) = (decides(TEXT), decides(changed));
        assert_eq!(before.len(), 2, "the third is for another");
        let changed = before.iter().filter(|(article, what)| after.get(article) != Some(what));
        changed.map(|((_, article), _)| article.article.to_string()).collect::<Vec<_>>()
    };
    const NONE: [&str; 0] = [];
    let put = |from: &str, to: &str| {
        assert!(TEXT.contains(from), "{from}");
        articles(&TEXT.replacen(from, to, 1))
    };
    assert_eq!(put("title = \"State flights\"", "title = \"Flights of the state\""), NONE);
    assert_eq!(put("number = \"c1\"", "number = \"c9\""), NONE);
    assert_eq!(put("title = \"The north\"", "title = \"North\""), NONE);
    assert_eq!(put("title = \"Tracks\"", "title = \"Tracks in the north\""), NONE);
    assert_eq!(put("to = [\"CCC\"]\narea", "to = [\"CCC\"]\ndelay_s = 9.0\narea"), NONE);
    // What a caveat on tracks says changes what goes of tracks, and nothing of incidents.
    assert_eq!(put("service = [\"state\"]", "service = [\"state\", \"military\"]"), ["1"]);
    assert_eq!(put("[60.0, 30.0]", "[61.0, 30.0]"), ["1"]);
    assert_eq!(put("fields = [\"alerts\"]", "fields = [\"alerts\", \"content\"]"), ["2"]);
}

#[test]
fn an_explanation_says_how_an_article_stands_and_since_when() {
    let said = |policy: &Policy, to: &str, now: &str| {
        let subject = Subject {
            position: Geodetic::from_degrees(55.0, 25.0, 0.0),
            ..Subject::bare(OwnNumber(1), ObjectKind::Track, at(now))
        };
        let decision = policy.decide(&subject, party(to), at(now));
        policy.explain_at(&decision, party(to), at(now))
    };
    let mut policy = policy_of(TEXT);
    let now = "2026-11-24T12:00:00Z";
    assert_eq!(
        said(&policy, "BBB", now),
        "released\n  position: pair article 1\n  pair article 1: in force since 2020-01-01T00:00:00Z"
    );
    assert_eq!(said(&policy, "DDD", now), "withheld: there is no accord with this party");
    assert!(said(&policy, "BBB", "2030-01-01T00:00:00Z").ends_with(
        "(pair article 1 came nearest)\n  pair article 1: ended 2030-01-01T00:00:00Z: its term ended"
    ));
    let from = at("2026-11-24T11:00:00Z");
    let (towards, articles, until, reason) = (None, None, None, None);
    let held = Suspension { by: party("BBB"), towards, articles, from, until, reason };
    let id = "pair".parse().expect("an id");
    policy.suspend(id, held).expect("a party may");
    assert_eq!(
        said(&policy, "BBB", now),
        "withheld: the article is suspended (pair article 1 came nearest)\n  pair article 1: \
         suspended by BBB since 2026-11-24T11:00:00Z"
    );
    policy.resume(id, party("BBB"), at("2026-11-24T11:30:00Z")).expect("it had");
    assert!(said(&policy, "BBB", now).ends_with("resumed 2026-11-24T11:30:00Z"));
    // An accord of others is none with either of them.
    let third = Policy::new(party("EEE"), policy.accords().to_vec()).expect("a policy");
    assert_eq!(said(&third, "BBB", now), "withheld: there is no accord with this party");
}

#[test]
fn what_comes_back_of_our_own_is_not_told_as_anothers() {
    let source = |originator: PartyId| Source {
        originator,
        onward: vec![Onward { to: party("CCC"), at_best: Reduction::NONE }],
    };
    let told = |sources: Vec<Source>| {
        let subject = Subject {
            position: Geodetic::from_degrees(55.0, 25.0, 0.0),
            lineage: Lineage::Foreign(sources),
            ..Subject::bare(OwnNumber(1), ObjectKind::Track, at(common::CLOCK))
        };
        policy_of(TEXT).decide(&subject, party("CCC"), at(common::CLOCK)).is_released()
    };
    assert!(told(vec![source(party("BBB"))]));
    assert!(!told(vec![source(party("BBB")), source(own())]));
}
