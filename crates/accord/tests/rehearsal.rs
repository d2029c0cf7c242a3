//! Rehearsals: what a draft tells beyond the accords of today, and the reverse.

mod common;

use accord::{
    Accord, Cadence, Field, FieldSet, Grant, PartyId, Policy, Reduction, Rehearsal, Rehearsed,
    Subject, with_drafts,
};
use common::{accord, at, caveat, grant, own, party, policy, slot};
use proptest::prelude::*;
use std::sync::Arc;

fn rehearsed(draft: Policy, current: Policy, pictures: &[Vec<Subject>]) -> Rehearsed {
    let mut rehearsal = Rehearsal::new(draft, current, Cadence::default());
    for (n, picture) in pictures.iter().enumerate() {
        rehearsal.update(slot(n), picture);
    }
    rehearsal.finish()
}

fn tracks(to: &str, fields: &[Field], reduction: Reduction) -> Grant {
    Grant {
        object: accord::ObjectKind::Track,
        from: vec![own()],
        to: vec![party(to)],
        of: accord::Conditions::all(),
        fields: fields.iter().copied().collect(),
        reduction,
        onward: Vec::new(),
    }
}

fn one_track(slots: usize) -> Vec<Vec<Subject>> {
    let at = |n| Subject {
        position: geodesy::Geodetic::from_degrees(42.0 + 0.01 * n as f64, 74.0, 0.0),
        level_m: Some(9_000.0),
        ..Subject::bare(accord::OwnNumber(7), accord::ObjectKind::Track, slot(n))
    };
    (0..slots).map(|n| vec![at(n)]).collect()
}

#[test]
fn a_field_more_a_coarser_one_and_a_later_one_are_told_apart() {
    let now = tracks("BBB", &[Field::Position, Field::Level], Reduction::NONE);
    let coarse = Reduction { position_m: 1_852.0, ..Reduction::NONE };
    let late = Reduction { delay_s: 2.0, ..Reduction::NONE };
    let check = |draft: &[Grant], more: &[Field], less: &[Field]| {
        let policies = [draft, std::slice::from_ref(&now)]
            .map(|grants| policy(vec![accord("a", grants, &[])]));
        let [draft, current] = policies;
        let rehearsed = rehearsed(draft, current, &one_track(5));
        let partner = rehearsed.partners.iter().find(|p| p.to == party("BBB")).unwrap();
        let set = |list: &[Field]| list.iter().copied().collect::<FieldSet>();
        let told = |list: &[accord::Difference]| {
            list.iter().fold(FieldSet::EMPTY, |set, difference| set.or(difference.fields))
        };
        assert_eq!((told(&partner.more), told(&partner.less)), (set(more), set(less)));
        for difference in partner.more.iter().chain(&partner.less) {
            assert_eq!((difference.first, difference.last), (slot(0), slot(4)));
            assert_eq!(difference.slots, 5);
        }
        partner.clone()
    };
    let same = check(std::slice::from_ref(&now), &[], &[]);
    assert_eq!(same.draft, same.current);
    assert_eq!((same.draft.objects, same.draft.updates, same.draft.fields), (1, 5, 10));
    let all = [Field::Position, Field::Level];
    check(&[tracks("BBB", &all, coarse)], &[], &[Field::Position]);
    check(
        &[tracks("BBB", &[Field::Position, Field::Identity], Reduction::NONE)],
        &[Field::Identity],
        &[Field::Level],
    );
    let later = check(&[tracks("BBB", &all, late)], &[], &all);
    assert_eq!(later.draft.updates, 3, "the last two seconds still wait");
    let nothing = check(&[], &[], &all);
    assert_eq!(nothing.draft.updates, 0);
}

#[test]
fn a_draft_counts_as_in_force_and_takes_the_place_of_the_text_it_amends() {
    let signed = |id: &str, grants: &[Grant]| Arc::new(accord(id, grants, &[]));
    let level = tracks("BBB", &[Field::Level], Reduction::NONE);
    let position = tracks("BBB", &[Field::Position], Reduction::NONE);
    let mut unsigned: Accord = accord("a", &[position], &[]);
    let parties: Vec<PartyId> = unsigned.parties.iter().map(|party| party.id).collect();
    unsigned.lifecycle = accord::Lifecycle::new(parties, accord::Instruments::default());
    let current = [signed("a", std::slice::from_ref(&level)), signed("b", &[level])];
    let drafted = with_drafts(&current, &[Arc::new(unsigned)]);
    assert_eq!(drafted.len(), 2);
    let [draft, current] =
        [drafted, current.to_vec()].map(|list| Policy::new(own(), list).unwrap());
    let rehearsed = rehearsed(draft, current, &one_track(2));
    let partner = &rehearsed.partners[0];
    assert_eq!(partner.more[0].fields, FieldSet::EMPTY.with(Field::Position));
    assert_eq!(partner.less, [], "accord b still tells the level");
}

proptest! {
    #![proptest_config(common::cases(100))]

    /// A rehearsal against itself finds nothing; of two texts, what one tells more the other tells
    /// less.
    #[test]
    fn a_rehearsal_the_other_way_around_says_the_reverse(
        grants in proptest::collection::vec(grant(), 0..5),
        others in proptest::collection::vec(grant(), 0..5),
        caveats in proptest::collection::vec(caveat(), 0..2),
        picture in proptest::collection::vec(common::subject(1, at(common::CLOCK)), 0..4),
    ) {
        let picture: Vec<Subject> = (0..).zip(picture)
            .map(|(n, subject)| Subject { number: accord::OwnNumber(n), ..subject })
            .collect();
        let one = policy(vec![accord("a", &grants, &caveats)]);
        let other = policy(vec![accord("a", &others, &[])]);
        let pictures = [picture];
        let itself = rehearsed(one.clone(), one.clone(), &pictures);
        prop_assert!(itself.partners.iter().all(|p| p.more.is_empty() && p.less.is_empty()));
        let there = rehearsed(one.clone(), other.clone(), &pictures);
        let back = rehearsed(other, one, &pictures);
        for (there, back) in there.partners.iter().zip(&back.partners) {
            prop_assert_eq!(&there.more, &back.less);
            prop_assert_eq!(&there.less, &back.more);
            prop_assert_eq!(there.draft, back.current);
        }
    }
}
