//! What one node's people do.

use super::{acts, at, node, on, open, person};
use alert::AlertId;
use alert::incident::{
    ALERTS_MAX, Act, Command, Deed, Incidents, Kind, OPEN_MAX, Outcome, Person, Procedure, Refusal,
    SharedFields, StepText, TrackRef, checklist, shared_view, verify,
};
use surveillance::TrackNumber;

fn book() -> Incidents {
    Incidents::new(node("AAA"))
}

#[test]
fn an_incident_has_a_number_of_its_own_that_is_never_given_again() {
    let mut book = book();
    let first = open(&mut book);
    let close = on(first, Deed::Close { outcome: Outcome::FalseAlert });
    book.handle(&close, &person("Kask"), "", at(1.0)).expect("the owner closes");
    book.retire(first).expect("a closed one can be put away");
    let second = open(&mut book);
    assert_eq!((first.to_string(), second.to_string()), ("INC-0001".into(), "INC-0002".into()));
    assert_eq!(format!("{second:#}"), "AAA INC-0002");
    let mut again = Incidents::from_bytes(&book.to_bytes()).expect("it reads its own bytes");
    again.skip_numbers(10);
    assert_eq!(open(&mut again).to_string(), "INC-0013");
}

#[test]
fn every_command_is_one_entry_and_a_refused_one_is_none() {
    let mut book = book();
    let (kask, tamm) = (person("Kask"), person("Tamm"));
    let id = open(&mut book);
    let track = TrackRef::Own { number: TrackNumber(2417) };
    let deeds: Vec<(Deed, &Person, &str, bool)> = vec![
        (Deed::AttachAlerts(vec![AlertId(9), AlertId(8), AlertId(9)]), &tamm, "", true),
        (Deed::AttachAlerts(vec![AlertId(8)]), &tamm, "", false),
        (Deed::DetachAlerts(vec![AlertId(8)]), &tamm, "", true),
        (Deed::AttachTracks(vec![track]), &kask, "", true),
        (Deed::DetachTracks(vec![TrackRef::Own { number: TrackNumber(1) }]), &kask, "", false),
        (Deed::Note { text: " \n".into(), shareable: true }, &kask, "", false),
        (Deed::Note { text: "sector asked".into(), shareable: true }, &kask, "", true),
        (Deed::Tick { step: 0, done: true }, &tamm, "", true),
        (Deed::Tick { step: 0, done: true }, &tamm, "", false),
        (Deed::Tick { step: 0, done: false }, &tamm, "", false),
        (Deed::Tick { step: 0, done: false }, &tamm, "wrong incident", true),
        (Deed::Tick { step: 99, done: true }, &tamm, "", false),
        (Deed::Close { outcome: Outcome::Identified }, &tamm, "", false),
        (Deed::Transfer { to: tamm.clone() }, &tamm, "", false),
        (Deed::Transfer { to: tamm.clone() }, &tamm, "shift change", true),
        (Deed::Reopen, &tamm, "why not", false),
        (Deed::Close { outcome: Outcome::Other }, &tamm, "", false),
        (Deed::Close { outcome: Outcome::Identified }, &tamm, "", true),
        (Deed::Tick { step: 1, done: true }, &tamm, "", false),
        (Deed::Reopen, &kask, "", false),
        (Deed::Reopen, &kask, "it came back", true),
    ];
    for (place, (deed, by, why, accepted)) in deeds.into_iter().enumerate() {
        let before = book.clone();
        let handled = book.handle(&on(id, deed.clone()), by, why, at(place as f64));
        assert_eq!(handled.is_ok(), accepted, "{deed:?}: {handled:?}");
        let entries = book.get(id).expect("it is there").log().len();
        let entries_before = before.get(id).expect("it is there").log().len();
        assert_eq!(entries, entries_before + usize::from(accepted), "{deed:?}");
        assert!(accepted || book == before, "a refusal changes nothing: {deed:?}");
    }
    let incident = book.get(id).expect("it is there");
    assert_eq!(incident.owner(), Some(&kask), "who reopens owns it");
    assert_eq!(incident.alerts().collect::<Vec<_>>(), [AlertId(7), AlertId(9)]);
    assert_eq!(verify(id, incident.log()), Ok(()));
}

#[test]
fn a_refusal_says_why_in_words() {
    let mut book = book();
    let id = open(&mut book);
    let close = on(id, Deed::Close { outcome: Outcome::Identified });
    let refused = book.handle(&close, &person("Tamm"), "", at(1.0)).expect_err("not the owner");
    assert_eq!(refused.to_string(), "only Kask (RAP-1) can do that; have it transferred first");
    let accept = on(id, Deed::Accept { steps: Vec::new() });
    let refused = book.handle(&accept, &person("Tamm"), "", at(1.0)).expect_err("no offer");
    assert_eq!(refused, Refusal::NothingOffered);
}

#[test]
fn a_log_that_was_changed_anywhere_shows_it() {
    let mut book = book();
    let id = open(&mut book);
    for text in ["one", "two", "three"] {
        let note = Deed::Note { text: text.into(), shareable: false };
        book.handle(&on(id, note), &person("Kask"), "", at(1.0)).expect("a note");
    }
    let log = book.get(id).expect("it is there").log().to_vec();
    assert_eq!(verify(id, &log), Ok(()));
    for place in 0..log.len() {
        let number = place as u32 + 1;
        let mut changed = log.clone();
        changed[place].by.person = Some(person("Someone"));
        assert_eq!(verify(id, &changed), Err(number));
        let mut changed = log.clone();
        changed[place].at = at(99.0);
        assert_eq!(verify(id, &changed), Err(number));
        let mut left_out = log.clone();
        left_out.remove(place);
        assert_eq!(verify(id, &left_out), if number == 4 { Ok(()) } else { Err(number) });
    }
    // The end cut off shows against the head that was kept elsewhere.
    assert_ne!(log[2].hash, book.get(id).expect("it is there").head());
}

#[test]
fn a_full_book_refuses_and_says_what_to_do() {
    let mut book = book();
    for _ in 0..OPEN_MAX {
        open(&mut book);
    }
    let command = Command::Open {
        kind: Kind::Other,
        title: "one more".into(),
        alerts: Vec::new(),
        tracks: Vec::new(),
        steps: Vec::new(),
    };
    let refused = book.handle(&command, &person("Kask"), "", at(1.0)).expect_err("it is full");
    assert_eq!(refused.to_string(), "open incidents: 1000 is the most; close one");
    assert_eq!(book.iter().len(), OPEN_MAX);
}

#[test]
fn an_incident_takes_no_more_alerts_than_it_can_hold_and_loses_none() {
    let mut book = book();
    let id = open(&mut book);
    let many =
        |from: u64, count: u64| Deed::AttachAlerts((from..from + count).map(AlertId).collect());
    let kask = person("Kask");
    book.handle(&on(id, many(100, 999)), &kask, "", at(1.0)).expect("they fit");
    assert!(book.handle(&on(id, many(5_000, 1)), &kask, "", at(2.0)).is_err());
    assert!(book.handle(&on(id, many(5_000, 10_000)), &kask, "", at(2.0)).is_err());
    assert_eq!(book.get(id).expect("it is there").alerts().len(), ALERTS_MAX);
}

#[test]
fn a_log_full_of_notes_can_still_be_transferred_and_closed() {
    let mut book = book();
    let id = open(&mut book);
    let (kask, tamm) = (person("Kask"), person("Tamm"));
    let note = on(id, Deed::Note { text: "x".repeat(2_000), shareable: true });
    let full = (0..10_000).find_map(|_| book.handle(&note, &kask, "", at(1.0)).err());
    assert!(matches!(full, Some(Refusal::Full { .. })), "{full:?}");
    let transfer = on(id, Deed::Transfer { to: tamm.clone() });
    book.handle(&transfer, &kask, "", at(2.0)).expect("that is always possible");
    let due = at(60.0);
    let offer = on(id, Deed::Offer { to: node("BBB"), article: "a 9".into(), due });
    book.handle(&offer, &tamm, "", at(3.0)).expect("that is always possible");
    book.tick(at(61.0));
    book.handle(&on(id, Deed::Close { outcome: Outcome::LeftArea }), &tamm, "", at(62.0))
        .expect("that is always possible");
}

#[test]
fn texts_are_bounded_and_carry_no_control_characters() {
    assert!(Person::new("  ", None).is_err());
    assert!(Person::new(&"n".repeat(81), None).is_err());
    let person = Person::new(" A\u{7}nn\n Lee ", Some("")).expect("a name");
    assert_eq!((person.name(), person.position()), ("Ann  Lee", None));
    assert!("aaa".parse::<alert::incident::NodeName>().is_err());
}

#[test]
fn a_checklist_has_what_articles_ask_for_first_and_each_step_once() {
    let procedure = |article: &str, on: &[Kind], steps: &[&str]| Procedure {
        article: article.into(),
        on: on.to_vec(),
        steps: steps.iter().map(|step| (*step).to_owned()).collect(),
    };
    let procedures = [
        procedure("abc article 7", &[Kind::Border], &["Call the other centre", " "]),
        procedure("abc article 8", &[Kind::Gnss], &["Not this one"]),
        procedure("abc article 9", &[Kind::Border, Kind::Gnss], &["Call the other centre"]),
    ];
    let steps = checklist(Kind::Border, &procedures);
    let first =
        StepText { text: "Call the other centre".into(), article: Some("abc article 7".into()) };
    assert_eq!(steps[0], first);
    assert_eq!(steps.len(), 1 + Kind::Border.default_steps().len());
    for kind in Kind::ALL {
        assert!(!checklist(*kind, &[]).is_empty(), "{kind} has a checklist");
    }
}

#[test]
fn a_view_holds_what_is_allowed_and_nothing_else() {
    let mut book = book();
    let id = open(&mut book);
    let kask = person("Kask");
    for (text, shareable) in [("for us", false), ("for all", true)] {
        let note = Deed::Note { text: text.into(), shareable };
        book.handle(&on(id, note), &kask, "a reason", at(1.0)).expect("a note");
    }
    let track = TrackRef::Own { number: TrackNumber(2417) };
    book.handle(&on(id, Deed::AttachTracks(vec![track])), &kask, "", at(2.0)).expect("a track");
    let incident = book.get(id).expect("it is there");
    let nothing = shared_view(incident, SharedFields::NONE);
    assert_eq!(
        (nothing.kind, nothing.opened, nothing.state, &nothing.owner),
        (None, None, None, &None)
    );
    assert!(nothing.tracks.is_empty() && nothing.entries.is_empty() && nothing.title.is_none());
    let all = shared_view(incident, SharedFields::ALL);
    let texts: Vec<&str> = all.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["for all"]);
    let bytes = all.to_bytes();
    let told = String::from_utf8_lossy(&bytes);
    for secret in ["for us", "Kask", "a reason", "Look for a flight plan"] {
        assert!(!told.contains(secret), "{secret} is in no view");
    }
    assert_eq!(alert::incident::SharedIncident::from_bytes(&bytes), Ok(all));
}

#[test]
fn an_escalation_stands_until_someone_heeds_it() {
    let mut book = book();
    let id = open(&mut book);
    let kask = person("Kask");
    let offer = Deed::Offer { to: node("BBB"), article: "abc article 9".into(), due: at(60.0) };
    book.handle(&on(id, offer), &kask, "it flies there", at(0.0)).expect("an offer");
    book.tick(at(60.0));
    assert!(book.get(id).expect("it is there").escalated().is_none(), "the deadline is not over");
    book.tick(at(60.1));
    assert!(matches!(acts(&book, id)[..], [.., Act::OfferEnded { .. }, Act::Escalated {}]));
    assert_eq!(book.get(id).expect("it is there").owner(), Some(&kask));
    // The clock goes back before the deadline, and to and fro.
    for seconds in [-3_600.0, 10.0, 61.0, 5.0] {
        book.tick(at(seconds));
        assert!(book.get(id).expect("it is there").escalated().is_some());
        assert!(book.get(id).expect("it is there").offer().is_none());
    }
    book.handle(&on(id, Deed::Heed), &kask, "calling them", at(70.0)).expect("it is heeded");
    assert!(book.get(id).expect("it is there").escalated().is_none());
}

#[test]
fn a_clock_set_back_gives_an_offer_no_more_time_than_it_had_left() {
    let mut book = book();
    let id = open(&mut book);
    let offer = Deed::Offer { to: node("BBB"), article: "abc article 9".into(), due: at(60.0) };
    book.tick(at(0.0));
    book.handle(&on(id, offer), &person("Kask"), "", at(0.0)).expect("an offer");
    book.tick(at(50.0));
    book.tick(at(-3_550.0));
    book.tick(at(-3_541.0));
    assert!(book.get(id).expect("it is there").offer().is_some(), "one second is left");
    book.tick(at(-3_539.0));
    assert!(book.get(id).expect("it is there").offer().is_none());
}
