//! Cedar as the oracle of the compiled filter: the same accords written out as Cedar policies
//! decide the same on random accords, objects and instants.
//!
//! 2,000 tracks where nothing is said; `ENTENTE_CASES` says how many random accords, each with
//! twenty objects.

#[path = "../../accord/tests/common/mod.rs"]
mod common;

use accord::{
    Accord, Conditions, Field, Grant, Lineage, ObjectKind, PartyId, Reduction, Subject, Suspension,
};
use cedar_policy::{Authorizer, Decision, PolicySet};
use common::{at, caveat, grant, own, party, policy};
use proof::{Part, Question, World, forbids, policy_set, rules};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use std::cell::Cell;
use std::sync::Arc;
use surveillance::Time;

/// Objects a random accord is asked about.
const OBJECTS: usize = 20;

/// Accords written out for one receiver.
struct Cedar {
    world: World,
    all: PolicySet,
    forbids: PolicySet,
}

impl Cedar {
    fn of(accords: &[Arc<Accord>], to: PartyId) -> Self {
        let world = World::of(accords);
        let allow_all =
            proof::Rule { id: "all".into(), text: "permit(principal, action, resource);".into() };
        let mut forbidding = forbids(&world, own(), to, accords);
        forbidding.push(allow_all);
        // Originators bind the version a field is taken from, caveats all versions.
        forbidding.retain(|rule| !rule.id.starts_with("originators"));
        let all = policy_set(&rules(&world, own(), to, accords));
        Self { forbids: policy_set(&forbidding), all, world }
    }

    fn allows(&self, set: &PolicySet, question: &Question) -> bool {
        let (request, entities) = question.request(&self.world);
        let response = Authorizer::new().is_authorized(&request, set, &entities);
        assert_eq!(response.diagnostics().errors().count(), 0, "{response:?}");
        response.decision() == Decision::Allow
    }

    /// Whether some version may tell the field and no version is under a caveat.
    fn answers(&self, question: &Question) -> bool {
        let versions = std::iter::once(&question.subject).chain(&question.subject.without);
        let asked: Vec<Question> = versions
            .map(|version| Question { subject: version.clone(), ..question.clone() })
            .collect();
        asked.iter().all(|q| self.allows(&self.forbids, q))
            && asked.iter().any(|q| has(&q.subject, q.part) && self.allows(&self.all, q))
            && (question.part != Part::Plots || question.subject.without.is_empty())
    }
}

/// Whether it has anything of the kind to tell.
fn has(subject: &Subject, part: Part) -> bool {
    match part {
        Part::Field(field) => subject.told().has(field),
        Part::Plots => {
            let needed = [Field::Position, Field::Accuracy, Field::Lineage];
            needed.iter().all(|field| subject.told().has(*field))
        }
    }
}

fn asked() -> impl Strategy<Value = Reduction> {
    let steps = proptest::sample::select(vec![0.0, 1_852.0, 5_000.0, 9_260.0, 1e6]);
    let levels = proptest::sample::select(vec![0.0, 152.4, 1e6]);
    let seconds = || proptest::sample::select(vec![0.0, 3.0, 4.0, 60.0]);
    (steps, levels, seconds(), seconds()).prop_map(|(position_m, level_m, time_s, interval_s)| {
        Reduction {
            position_m,
            level_m,
            velocity_mps: position_m,
            time_s,
            interval_s,
            delay_s: 0.0,
        }
    })
}

fn object(now: Time) -> impl Strategy<Value = (Subject, Part, Reduction)> {
    let ages = || proptest::sample::select(vec![-6.0, -1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 60.0]);
    let any =
        move || ages().prop_flat_map(move |age_s| common::subject(1, now.plus_seconds(-age_s)));
    // Own sensors' alone: plots are told of no other, and at once.
    let own_track = (-1.0..1.0_f64)
        .prop_flat_map(move |age_s| common::plain_subject(1, now.plus_seconds(-age_s)))
        .prop_map(|subject| Subject {
            object: ObjectKind::Track,
            tracks: Vec::new(),
            lineage: Lineage::Own,
            ..subject
        });
    let of_kind = move |kind| any().prop_map(move |subject| as_kind(subject, kind));
    let (alert, incident) = (of_kind(ObjectKind::Alert), of_kind(ObjectKind::Incident));
    let field = || proptest::sample::select(Field::ALL.to_vec()).prop_map(Part::Field);
    let plots = || Just(Part::Plots);
    prop_oneof![
        5 => (any(), field(), asked()),
        2 => (alert, field(), asked()),
        2 => (incident, field(), asked()),
        3 => (own_track, plots(), asked()),
        1 => (any(), plots(), asked()),
    ]
}

/// The same as another kind of object, in every version.
fn as_kind(subject: Subject, object: ObjectKind) -> Subject {
    let without = subject.without.into_iter().map(|version| as_kind(version, object)).collect();
    Subject { object, tracks: Vec::new(), without, ..subject }
}

/// A grant of which one in three has no condition.
fn easier_grant() -> impl Strategy<Value = Grant> {
    (grant(), proptest::bool::weighted(0.3)).prop_map(|(grant, without)| match without {
        true => Grant { of: Conditions::all(), ..grant },
        false => grant,
    })
}

fn accords() -> impl Strategy<Value = Vec<Accord>> {
    let suspended = proptest::option::weighted(0.3, (any::<bool>(), -1..2_i32, -1..2_i32));
    let one = |id: &'static str| {
        let parts = (
            proptest::collection::vec(easier_grant(), 4..12),
            prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(caveat(), 1..3)],
            suspended.clone(),
        );
        parts.prop_map(move |(grants, caveats, suspended)| {
            (common::accord(id, &grants, &caveats), suspended)
        })
    };
    (one("a"), one("b")).prop_map(|(a, b)| {
        let suspend = |(mut accord, suspended): (Accord, Option<(bool, i32, i32)>)| {
            if let Some((by_partner, from, length)) = suspended {
                let from = at(common::CLOCK).plus_seconds(f64::from(from));
                let until = (length > 0).then(|| from.plus_seconds(f64::from(length)));
                let mut instruments = accord.lifecycle.instruments().clone();
                instruments.suspensions.push(Suspension {
                    by: if by_partner { party("BBB") } else { own() },
                    towards: None,
                    articles: None,
                    from,
                    until,
                    reason: None,
                });
                let parties = accord.parties.iter().map(|party| party.id).collect();
                accord.lifecycle = accord::Lifecycle::new(parties, instruments);
            }
            accord
        };
        vec![suspend(a), suspend(b)]
    })
}

#[test]
fn the_filter_decides_as_the_accords_written_out_in_cedar() {
    let objects = proptest::collection::vec(object(at(common::CLOCK)), OBJECTS);
    let to = proptest::sample::select(common::PARTNERS.map(party).to_vec());
    let (questions, said_yes) = (Cell::new(0_u32), Cell::new([0_u32; 4]));
    let mut runner = TestRunner::new(common::cases(100));
    let outcome = runner.run(&(accords(), objects, to), |(accords, objects, to)| {
        let filter = policy(accords.clone());
        let accords: Vec<Arc<Accord>> = accords.into_iter().map(Arc::new).collect();
        let cedar = Cedar::of(&accords, to);
        for (subject, part, asked) in objects {
            let question = Question { to, part, asked, now: at(common::CLOCK), subject };
            let (mine, its) = (question.answer(&filter).is_some(), cedar.answers(&question));
            // An item has one time for all its fields: with several versions the filter may tell
            // less exactly when, and never more.
            let one_version = question.subject.without.is_empty();
            let any_time = asked.time_s >= 60.0 && asked.interval_s >= 60.0;
            if one_version || any_time {
                prop_assert_eq!(mine, its, "{:?}", question);
            } else {
                prop_assert!(!mine || its, "{:?}", question);
            }
            questions.set(questions.get() + 1);
            if mine {
                let mut yes = said_yes.get();
                yes[kind(&question)] += 1;
                said_yes.set(yes);
            }
        }
        Ok(())
    });
    // Of the accords that fail, the question that fails says enough.
    if let Err(TestError::Fail(why, _)) = &outcome {
        panic!("{why}");
    }
    outcome.unwrap();
    let (questions, said_yes) = (questions.get(), said_yes.get());
    println!("the same on {questions} questions; released: {KINDS:?} {said_yes:?}");
    // Fewer by far, and the test would compare refusals alone.
    for (kind, yes) in KINDS.iter().zip(said_yes) {
        assert!(
            yes > questions / 400,
            "hardly anything of {kind} was released: {yes} of {questions}"
        );
    }
}

/// What is told apart when answers are counted.
const KINDS: [&str; 4] = ["tracks", "plots", "alerts", "incidents"];

fn kind(question: &Question) -> usize {
    match (question.part, question.subject.object) {
        (Part::Plots, _) => 1,
        (_, ObjectKind::Alert) => 2,
        (_, ObjectKind::Incident) => 3,
        _ => 0,
    }
}
