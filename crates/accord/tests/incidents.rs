//! Incidents across a border: nothing without an article in force, and with one what it says.

use accord::{
    Accord, AlertKind, AlertSet, AlertState, ArticleRef, Batch, Cadence, Field, IncidentName,
    IncidentSays, IncidentWord, Note, ObjectKind, OfferEnd, OwnNumber, PartnerFeed, PartyId,
    Person, Policy, Says, Subject, Suspension,
};
use geodesy::Geodetic;
use proptest::prelude::*;
use std::sync::Arc;
use surveillance::Time;

/// A tells B of its incidents with an emergency or a radio failure, and of its tracks in the north.
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
fields = ["position"]

[[article]]
number = "2"
kind = "release.incidents"
from = ["AAA"]
to = ["BBB"]
area = [{ anywhere = true }]
which = { alerts = ["emergency", "radio-failure"] }
fields = ["alerts", "content"]

[[article]]
number = "3"
kind = "release.incidents"
from = ["AAA"]
to = ["CCC"]
area = [{ anywhere = true }]
fields = ["alerts"]
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

/// An incident of two tracks, of which one is in the north.
fn incident(kind: AlertKind) -> Subject {
    Subject {
        alerts: AlertSet::EMPTY.with(kind),
        alert_state: AlertState::Raised,
        content: b"what the engine wrote".to_vec(),
        tracks: vec![OwnNumber(7), OwnNumber(8)],
        ..Subject::bare(OwnNumber(1 << 40), ObjectKind::Incident, at(0.0))
    }
}

fn track(number: u64, latitude: f64, now: Time) -> Subject {
    Subject {
        position: Geodetic::from_degrees(latitude, 25.0, 0.0),
        ..Subject::bare(OwnNumber(number), ObjectKind::Track, now)
    }
}

fn offer() -> IncidentSays {
    IncidentSays::Offer { by: kask(), words: "it flies your way".into(), due: at(60.0) }
}

fn word(number: &str, says: IncidentSays) -> IncidentWord {
    let incident = IncidentName { by: party("AAA"), number: 142 };
    IncidentWord { incident, article: article(number), term: 0, serial: 1, number: 9, says }
}

fn told(policy: &Policy, to: &str, seconds: f64, picture: &[Subject]) -> Option<Batch> {
    let mut feed = PartnerFeed::new(party(to), Cadence::default());
    feed.update(at(seconds), policy, picture).map(accord::Released::into_value)
}

#[test]
fn without_an_article_in_force_no_incident_and_no_word_of_one_leaves() {
    let emergency = incident(AlertKind::Emergency);
    let years_later = 365.25 * 86_400.0 * 5.0;
    let nobody = Policy::without_accords(party("AAA"));
    let mut suspended = policy("AAA");
    let suspension = Suspension {
        by: party("BBB"),
        towards: None,
        articles: None,
        from: at(0.0),
        until: None,
        reason: None,
    };
    suspended.suspend("pair".parse().expect("an id"), suspension).expect("a party may");
    let understood_less =
        TEXT.replace("fields = [\"alerts\"", "hue = \"blue\"\nfields = [\"alerts\"");
    let not_understood = Policy::new(party("AAA"), vec![read(&understood_less)]).expect("a policy");
    let cases: [(&str, &Policy, f64); 4] = [
        ("no accord", &nobody, 0.0),
        ("over", &policy("AAA"), years_later),
        ("suspended", &suspended, 0.0),
        ("not understood", &not_understood, 0.0),
    ];
    for (case, policy, seconds) in cases {
        let now = at(seconds);
        let subject = Subject { time: now, ..emergency.clone() };
        let batch = told(policy, "BBB", seconds, std::slice::from_ref(&subject));
        assert!(batch.is_none_or(|batch| batch.items.is_empty()), "{case}");
        let all = [
            IncidentSays::Told { by: kask() },
            offer(),
            IncidentSays::Confirm,
            IncidentSays::Ended { how: OfferEnd::Expired, words: String::new() },
            IncidentSays::Ack { number: 1, said: now },
        ];
        for says in all {
            let word = word("2", says);
            let released =
                policy.incident_note(word.clone(), Some(&subject), party("BBB"), now, now);
            assert!(released.is_err(), "{case}: {word:?}");
        }
    }
}

#[test]
fn an_incident_that_the_article_does_not_name_can_be_neither_told_nor_offered() {
    let (policy, other) = (policy("AAA"), incident(AlertKind::Sensor));
    let batch = told(&policy, "BBB", 0.0, std::slice::from_ref(&other)).expect("a heartbeat");
    assert!(batch.items.is_empty());
    let refused =
        policy.incident_note(word("2", offer()), Some(&other), party("BBB"), at(0.0), at(0.0));
    let why = refused.expect_err("the article names other kinds");
    assert_eq!(
        why,
        "pair article 2 does not let the incident out to BBB: its alerts are not those the \
         article names"
    );
    // Nor under an article on something else, to somebody else, or without an incident.
    let emergency = incident(AlertKind::Emergency);
    for (number, to, of) in [
        ("1", "BBB", Some(&emergency)),
        ("2", "CCC", Some(&emergency)),
        ("2", "AAA", Some(&emergency)),
        ("9", "BBB", Some(&emergency)),
        ("2", "BBB", None),
        ("2", "BBB", Some(&track(7, 55.0, at(0.0)))),
    ] {
        assert!(
            policy.incident_note(word(number, offer()), of, party(to), at(0.0), at(0.0)).is_err()
        );
    }
    assert!(
        policy
            .incident_note(word("2", offer()), Some(&emergency), party("BBB"), at(0.0), at(0.0))
            .is_ok()
    );
}

#[test]
fn an_article_tells_the_fields_it_names_and_the_tracks_that_are_told_too() {
    let policy = policy("AAA");
    let picture = |n: f64| {
        let incident = Subject { time: at(n), ..incident(AlertKind::Emergency) };
        vec![track(7, 55.0, at(n)), track(8, 45.0, at(n)), incident]
    };
    let mut feed = PartnerFeed::new(party("BBB"), Cadence::default());
    let mut slot = |n: f64, picture: &[Subject]| {
        let batch = feed.update(at(n), &policy, picture).expect("an article stands").into_value();
        (batch.items, batch.ended)
    };
    let (items, _) = slot(0.0, &picture(0.0));
    let [north, incident] = &items[..] else { panic!("{items:?}") };
    let (track, item) = match north.object {
        ObjectKind::Track => (north, incident),
        _ => (incident, north),
    };
    assert_eq!(item.object, ObjectKind::Incident);
    assert_eq!(item.granted.iter().collect::<Vec<_>>(), [Field::Alerts, Field::Content]);
    assert_eq!(item.told.content.as_deref(), Some(&b"what the engine wrote"[..]));
    // What it is about follows what was told: with the next slot.
    let (items, _) = slot(1.0, &picture(1.0));
    let item = items.iter().find(|item| item.object == ObjectKind::Incident).expect("anew");
    assert_eq!(item.told.tracks, [track.number], "the one in the south is not told");
    let bytes = Batch::decode(&told(&policy, "BBB", 0.0, &picture(0.0)).expect("it").encode());
    assert!(bytes.is_ok());
    // C is told that there is one, and no more.
    let items = told(&policy, "CCC", 0.0, &picture(0.0)).expect("an article stands").items;
    assert_eq!(items.len(), 1);
    assert_eq!((&items[0].told.content, items[0].told.tracks.len()), (&None, 0));
}

#[test]
fn who_was_told_may_answer_and_nobody_else() {
    let (a, b, c) = (policy("AAA"), policy("BBB"), policy("CCC"));
    let answers = [
        IncidentSays::Seen { by: kask() },
        IncidentSays::Accept { by: kask(), words: String::new() },
        IncidentSays::Refuse { by: kask(), words: "no position free".into() },
        IncidentSays::Ack { number: 9, said: at(0.0) },
    ];
    for says in answers {
        let word = word("2", says);
        let released =
            b.incident_note(word.clone(), None, party("AAA"), at(1.0), at(1.0)).expect("it may");
        assert_eq!(released.under(), [article("2")]);
        let note = Note::decode(released.encode().value()).expect("a note");
        assert_eq!(a.incident_word(party("BBB"), &note, at(1.0)), Ok(&word));
        assert!(a.incident_word(party("CCC"), &note, at(1.0)).is_err(), "another says so");
        assert!(c.incident_note(word.clone(), None, party("AAA"), at(1.0), at(1.0)).is_err());
        let forged = Note { from: party("CCC"), ..note };
        assert!(a.incident_word(party("CCC"), &forged, at(1.0)).is_err(), "no article of C's");
    }
    // And who was told cannot offer what the article lets only the other release.
    let emergency = incident(AlertKind::Emergency);
    assert!(
        b.incident_note(word("2", offer()), Some(&emergency), party("AAA"), at(1.0), at(1.0))
            .is_err()
    );
    let forged = Note {
        from: party("BBB"),
        to: party("AAA"),
        at: at(1.0),
        says: Says::Incident(word("2", offer())),
    };
    assert!(a.incident_word(party("BBB"), &forged, at(1.0)).is_err());
}

#[test]
fn what_became_of_an_offer_goes_though_the_incident_is_of_another_kind_by_now() {
    let policy = policy("AAA");
    let ended = IncidentSays::Ended { how: OfferEnd::Withdrawn, words: "landed".into() };
    for says in [IncidentSays::Confirm, ended] {
        assert!(
            policy.incident_note(word("2", says), None, party("BBB"), at(1.0), at(1.0)).is_ok()
        );
    }
}

#[test]
fn a_word_without_a_name_or_with_too_many_words_is_refused() {
    let (policy, emergency) = (policy("AAA"), incident(AlertKind::Emergency));
    let nobody = Person { name: " ".into(), position: None };
    let says = IncidentSays::Offer { by: nobody, words: String::new(), due: at(60.0) };
    let refused =
        policy.incident_note(word("2", says), Some(&emergency), party("BBB"), at(0.0), at(0.0));
    assert_eq!(refused.expect_err("nobody says it"), "say who you are");
    let says = IncidentSays::Offer { by: kask(), words: "x".repeat(501), due: at(60.0) };
    assert!(
        policy
            .incident_note(word("2", says), Some(&emergency), party("BBB"), at(0.0), at(0.0))
            .is_err()
    );
}

fn person() -> impl Strategy<Value = Person> {
    ("[A-Za-zõä ]{0,20}[A-Z]", prop::option::of("[A-Z][A-Z0-9-]{0,8}"))
        .prop_map(|(name, position)| Person { name, position })
}

fn says() -> impl Strategy<Value = IncidentSays> {
    let words = || "[a-zõ \n]{0,60}";
    let time = || any::<i64>().prop_map(Time::from_unix_nanos);
    let how = prop::sample::select(vec![
        OfferEnd::Withdrawn,
        OfferEnd::Expired,
        OfferEnd::Refused,
        OfferEnd::Superseded,
    ]);
    prop_oneof![
        person().prop_map(|by| IncidentSays::Told { by }),
        (person(), words(), time()).prop_map(|(by, words, due)| IncidentSays::Offer {
            by,
            words,
            due
        }),
        person().prop_map(|by| IncidentSays::Seen { by }),
        (person(), words()).prop_map(|(by, words)| IncidentSays::Accept { by, words }),
        (person(), words()).prop_map(|(by, words)| IncidentSays::Refuse { by, words }),
        Just(IncidentSays::Confirm),
        (how, words()).prop_map(|(how, words)| IncidentSays::Ended { how, words }),
        (any::<u64>(), time()).prop_map(|(number, said)| IncidentSays::Ack { number, said }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn a_word_is_read_back_as_it_was_said(
        says in says(),
        (term, serial, number, of) in any::<(u32, u32, u64, u32)>(),
    ) {
        let incident = IncidentName { by: party("AAA"), number: of };
        let word = IncidentWord { incident, article: article("2"), term, serial, number, says };
        let (from, to, at) = (party("AAA"), party("BBB"), at(0.0));
        let note = Note { from, to, at, says: Says::Incident(word) };
        prop_assert_eq!(Note::decode(&note.encode()), Ok(note));
    }

    #[test]
    fn a_word_with_any_byte_changed_is_a_note_or_refused(
        says in says(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let (from, to, at) = (party("AAA"), party("BBB"), at(0.0));
        let mut bytes = Note { from, to, at, says: Says::Incident(word("2", says)) }.encode();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(note) = Note::decode(&bytes) {
            prop_assert!(note.encode().len() < 16 << 10);
        }
    }
}
