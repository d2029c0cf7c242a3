//! Identities proposed across a border: nothing without an article that lets them out, and an answer
//! only to who proposed.

use accord::{
    Accord, ArticleRef, IdentitySays, IdentityWord, Note, ObjectKind, OwnNumber, PartnerNumber,
    PartyId, Person, Policy, Says, Subject, Suspension,
};
use geodesy::Geodetic;
use picture::Identity;
use proptest::prelude::*;
use std::sync::Arc;
use surveillance::Time;

/// A tells B who its tracks in the north are, unless hostile; B tells A where its are.
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

[[article]]
number = "1"
kind = "release.tracks"
from = ["AAA"]
to = ["BBB"]
area = [{ polygon = [[50.0, 20.0], [60.0, 20.0], [60.0, 30.0], [50.0, 30.0]] }]
which = { identity = ["friend", "civil", "neutral"] }
fields = ["position", "identity"]

[[article]]
number = "2"
kind = "release.tracks"
from = ["BBB"]
to = ["AAA"]
area = [{ anywhere = true }]
fields = ["position"]
"#;

fn at(seconds: f64) -> Time {
    "2026-11-28T12:00:00Z".parse::<Time>().expect("an instant").plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn article(number: &str) -> ArticleRef {
    let (accord, article) = ("pair".parse().expect("an id"), number.parse().expect("a number"));
    ArticleRef { accord, article }
}

fn read(text: &str) -> Arc<Accord> {
    Arc::new(accord::read("test", text).expect("an accord").accord)
}

fn policy(own: &str) -> Policy {
    Policy::new(party(own), vec![read(TEXT)]).expect("a policy")
}

fn kask() -> Person {
    Person { name: "Kask".into(), position: Some("RAP-2".into()) }
}

fn track(latitude: f64, identity: Identity) -> Subject {
    Subject {
        position: Geodetic::from_degrees(latitude, 25.0, 0.0),
        identity,
        ..Subject::bare(OwnNumber(7), ObjectKind::Track, at(0.0))
    }
}

fn proposed(identity: Identity) -> IdentitySays {
    IdentitySays::Proposed { identity, words: "spoke to the crew".into(), by: kask() }
}

fn word(number: &str, says: IdentitySays) -> IdentityWord {
    IdentityWord { track: PartnerNumber(31), epoch: 5, article: article(number), number: 9, says }
}

fn goes(policy: &Policy, word: IdentityWord, of: Option<&Subject>, to: &str) -> bool {
    policy.identity_note(word, of, party(to), at(0.0), at(0.0)).is_ok()
}

#[test]
fn what_an_article_lets_out_of_a_track_may_be_proposed_of_it() {
    let (a, friend) = (policy("AAA"), Identity::Friend);
    let north = track(55.0, friend);
    let released = a
        .identity_note(word("1", proposed(friend)), Some(&north), party("BBB"), at(0.0), at(0.0))
        .expect("it may");
    assert_eq!((released.to(), released.under()), (party("BBB"), &[article("1")][..]));
    let cases: [(&str, &str, &str, Identity, Option<Subject>); 6] = [
        ("in the south", "1", "BBB", friend, Some(track(45.0, friend))),
        ("of another class", "1", "BBB", Identity::Hostile, Some(track(55.0, Identity::Hostile))),
        ("of a track of another class", "1", "BBB", friend, Some(track(55.0, Identity::Civil))),
        ("of no track", "1", "BBB", friend, None),
        ("to a third party", "1", "CCC", friend, Some(north.clone())),
        ("by an article of the other's", "2", "BBB", friend, Some(north)),
    ];
    for (case, number, to, identity, of) in cases {
        assert!(!goes(&a, word(number, proposed(identity)), of.as_ref(), to), "{case}");
    }
    // B tells A positions, and may not say who they are.
    assert!(!goes(&policy("BBB"), word("2", proposed(friend)), Some(&track(55.0, friend)), "AAA"));
    assert_eq!(a.identity_articles(party("BBB")).collect::<Vec<_>>(), [article("1")]);
    assert_eq!(policy("BBB").identity_articles(party("AAA")).count(), 0);
}

#[test]
fn nothing_goes_either_way_while_it_is_suspended_or_over() {
    let answers = [
        IdentitySays::Received,
        IdentitySays::Gone,
        IdentitySays::Answered { accepted: true, words: String::new(), by: kask() },
    ];
    let north = track(55.0, Identity::Friend);
    for (case, years, suspends) in
        [("open", 0.0, false), ("suspended", 0.0, true), ("over", 5.0, false)]
    {
        let (mut a, mut b) = (policy("AAA"), policy("BBB"));
        if suspends {
            let (towards, articles, until, reason) = (None, None, None, None);
            let held =
                Suspension { by: party("BBB"), towards, articles, from: at(0.0), until, reason };
            for policy in [&mut a, &mut b] {
                policy.suspend("pair".parse().expect("an id"), held.clone()).expect("it may");
            }
        }
        let now = at(years * 365.25 * 86_400.0);
        let north = Subject { time: now, ..north.clone() };
        let open = case == "open";
        let says = word("1", proposed(Identity::Friend));
        assert_eq!(
            a.identity_note(says, Some(&north), party("BBB"), now, now).is_ok(),
            open,
            "{case}"
        );
        for says in answers.clone() {
            let note = b.identity_note(word("1", says), None, party("AAA"), now, now);
            assert_eq!(note.is_ok(), open, "{case}");
        }
    }
}

#[test]
fn only_the_owner_answers_and_only_the_proposer_proposes() {
    let (a, b) = (policy("AAA"), policy("BBB"));
    let answer = IdentitySays::Answered { accepted: false, words: "it is not".into(), by: kask() };
    let note = |from: &str, to: &str, says| Note {
        from: party(from),
        to: party(to),
        at: at(0.0),
        says: Says::Identity(word("1", says)),
    };
    let hear = |policy: &Policy, from: &str, note: &Note| {
        policy.identity_word(party(from), note, at(0.0)).is_ok()
    };
    assert!(hear(&b, "AAA", &note("AAA", "BBB", proposed(Identity::Friend))));
    assert!(hear(&a, "BBB", &note("BBB", "AAA", answer.clone())));
    assert!(!hear(&a, "BBB", &note("BBB", "AAA", proposed(Identity::Friend))));
    assert!(!hear(&b, "AAA", &note("AAA", "BBB", answer.clone())));
    // Another in its name, and who is no party to the article.
    assert!(!hear(&a, "CCC", &note("BBB", "AAA", answer.clone())));
    assert!(!hear(&a, "CCC", &note("CCC", "AAA", answer)));
}

fn says() -> impl Strategy<Value = IdentitySays> {
    let person = ("[a-z]{1,20}", proptest::option::of("[A-Z]{1,9}"))
        .prop_map(|(name, position)| Person { name, position });
    let identity = proptest::sample::select(&Identity::ALL[..]);
    prop_oneof![
        (identity, "[ -~]{0,60}", person.clone())
            .prop_map(|(identity, words, by)| IdentitySays::Proposed { identity, words, by }),
        (any::<bool>(), "[ -~]{0,60}", person)
            .prop_map(|(accepted, words, by)| IdentitySays::Answered { accepted, words, by }),
        Just(IdentitySays::Received),
        Just(IdentitySays::Gone),
        Just(IdentitySays::Heard),
    ]
}

proptest! {
    #[test]
    fn a_note_is_read_back_as_it_was_written(
        says in says(),
        (track, epoch, number) in any::<(u32, u32, u64)>(),
        cut in 0..100_usize,
    ) {
        let article = article("1");
        let word = IdentityWord { track: PartnerNumber(track), epoch, article, number, says };
        let (from, to, at) = (party("AAA"), party("BBB"), at(1.5));
        let note = Note { from, to, at, says: Says::Identity(word) };
        let mut bytes = note.encode();
        prop_assert!(Note::is_meant(&bytes));
        prop_assert_eq!(Note::decode(&bytes), Ok(note));
        // Whatever is left of it is read or refused.
        bytes.truncate(bytes.len().saturating_sub(cut));
        let _ = Note::decode(&bytes);
    }
}
