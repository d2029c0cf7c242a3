//! Under which numbers partners know a node's incidents.

use super::{at, bytes::sample, node, on, open, person};
use alert::incident::{Act, Deed, IncidentId, IncidentNote, Incidents, Outcome, Says};

/// Told, and gone out.
fn share(book: &mut Incidents, id: IncidentId, to: &str) {
    withheld(book, id, to);
    super::said(book, at(1.0));
}

/// Told, and held back.
fn withheld(book: &mut Incidents, id: IncidentId, to: &str) {
    let deed = Deed::Share { to: node(to), article: "abc article 9".into() };
    book.handle(&on(id, deed), &person("Kask"), "", at(1.0)).expect("a telling");
}

#[test]
fn a_partners_numbers_count_what_it_was_told_of_in_that_order() {
    let mut book = Incidents::new(node("AAA"));
    let all: Vec<_> = (0..7).map(|_| open(&mut book)).collect();
    for (number, to) in [(7, "BBB"), (3, "BBB"), (3, "CCC"), (7, "BBB"), (5, "CCC")] {
        share(&mut book, all[number - 1], to);
    }
    let told = |to: &str| -> Vec<_> {
        (1..=7).filter_map(|own| Some((own, book.told_as(own, node(to))?))).collect()
    };
    assert_eq!(told("BBB"), [(3, 2), (7, 1)]);
    assert_eq!(told("CCC"), [(3, 1), (5, 2)]);
    assert_eq!(book.told_under(node("BBB"), 2), Some(all[2]));
    assert_eq!(book.told_under(node("BBB"), 3), None);
    assert_eq!(book.told_under(node("DDD"), 1), None);
    assert_eq!(Incidents::from_bytes(&book.to_bytes()), Ok(book));
}

#[test]
fn what_was_held_back_takes_no_number_and_is_answered_as_what_never_was() {
    let mut book = Incidents::new(node("AAA"));
    let (held_back, told) = (open(&mut book), open(&mut book));
    withheld(&mut book, held_back, "BBB");
    let hidden = book.waiting(node("BBB")).next().expect("it waits").clone();
    withheld(&mut book, told, "BBB");
    let shown = book.waiting(node("BBB")).nth(1).expect("it waits").number;
    let gone = book.let_out(node("BBB"), shown).expect("it goes out");
    assert_eq!(gone.number, 1);
    assert_eq!(book.told_as(told.number, node("BBB")), Some(1));
    assert_eq!(book.told_as(held_back.number, node("BBB")), None);
    // Neither an acknowledgement nor a receipt of what was not said is one.
    let says = [
        Says::Ack { number: hidden.number, said: hidden.at },
        Says::Seen { incident: held_back, serial: 1, by: person("Ozol") },
    ];
    for says in says {
        let note =
            IncidentNote { from: node("BBB"), to: node("AAA"), number: 9, at: at(2.0), says };
        book.hear(&note, at(2.0)).expect("it is heard");
    }
    assert!(book.waiting(node("BBB")).any(|note| note.number == hidden.number));
    let known = book.get(held_back).expect("it is there");
    assert!(known.deliveries()[0].seen.is_none() && known.deliveries()[0].received.is_none());
    assert_eq!(Incidents::from_bytes(&book.to_bytes()), Ok(book));
}

#[test]
fn a_telling_that_was_held_back_takes_no_serial_and_an_answer_means_the_one_that_went() {
    let mut book = Incidents::new(node("AAA"));
    let id = open(&mut book);
    for _ in 0..2 {
        withheld(&mut book, id, "BBB");
    }
    let waiting: Vec<u64> = book.waiting(node("BBB")).map(|note| note.number).collect();
    let serial = |note: &IncidentNote| match note.says {
        Says::Share { serial, .. } | Says::Ended { serial, .. } => serial,
        _ => panic!("{note:?}"),
    };
    // The second goes first, and what XXB has seen is that one.
    let gone = book.let_out(node("BBB"), waiting[1]).expect("it goes out");
    assert_eq!(serial(&gone), 1);
    let seen = Says::Seen { incident: id, serial: 1, by: person("Ozol") };
    let seen =
        IncidentNote { from: node("BBB"), to: node("AAA"), number: 9, at: at(2.0), says: seen };
    book.hear(&seen, at(2.0)).expect("it is heard");
    let told = |book: &Incidents| -> Vec<bool> {
        let known = book.get(id).expect("it is there");
        known.deliveries().iter().map(|delivery| delivery.seen.is_some()).collect()
    };
    assert_eq!(told(&book), [false, true]);
    let late = book.let_out(node("BBB"), waiting[0]).expect("it goes out");
    assert_eq!(serial(&late), 2);
    // So an offer that is withdrawn ends by the serial that the partner knows, in this run or the next.
    let deed = |book: &mut Incidents, deed: Deed, why: &str| {
        book.handle(&on(id, deed), &person("Kask"), why, at(3.0)).expect("it can be");
    };
    deed(&mut book, Deed::Share { to: node("CCC"), article: "abc article 9".into() }, "");
    let (to, article, due) = (node("BBB"), "abc article 9".to_owned(), at(60.0));
    deed(&mut book, Deed::Offer { to, article, due }, "");
    let offer = book.waiting(node("BBB")).last().expect("it waits").number;
    book.let_out(node("BBB"), offer).expect("it goes out");
    let mut book = Incidents::from_bytes(&book.to_bytes()).expect("a book");
    deed(&mut book, Deed::Withdraw, "a slip");
    assert_eq!(serial(book.waiting(node("BBB")).last().expect("it waits")), 3);
}

#[test]
fn a_number_stays_when_the_incident_was_put_away_and_is_given_to_no_other() {
    let mut book = Incidents::new(node("AAA"));
    let (first, second) = (open(&mut book), open(&mut book));
    share(&mut book, second, "BBB");
    let close = Deed::Close { outcome: Outcome::EndedSafely };
    book.handle(&on(second, close), &person("Kask"), "", at(2.0)).expect("it is closed");
    book.retire(second).expect("it is put away");
    share(&mut book, first, "BBB");
    assert_eq!(book.told_as(first.number, node("BBB")), Some(2));
    assert_eq!(book.told_under(node("BBB"), 1), Some(second));
    assert_eq!(book.name_towards(99, node("BBB")), None, "there is no such incident");
    // Where what was written last may be lost, so may numbers be that were given.
    book.skip_numbers(1000);
    let third = open(&mut book);
    share(&mut book, third, "BBB");
    share(&mut book, third, "CCC");
    assert_eq!(book.told_as(third.number, node("BBB")), Some(1003));
    assert_eq!(book.told_as(third.number, node("CCC")), Some(1001));
}

#[test]
fn a_book_from_before_goes_on_with_the_numbers_that_were_told() {
    let mut book = sample();
    super::said(&mut book, at(3.0));
    let mut bytes = book.to_bytes();
    // Form 3 had no serials of tellings: one incident, one telling.
    let serials = 4 + (1 + 3 + 4) + 4 + 8;
    let mut form_3 = bytes.clone();
    form_3.truncate(bytes.len() - serials);
    form_3[8] = 3;
    assert_eq!(Incidents::from_bytes(&form_3), Ok(book), "it was told by the log's own");
    // Form 2 had no numbers of partners: the last that was given, one partner, one number.
    bytes.truncate(bytes.len() - serials - (4 + 4 + (1 + 3 + 4 + 4 + 8)));
    bytes[8] = 2;
    let mut book = Incidents::from_bytes(&bytes).expect("a book of form 2");
    assert_eq!(book.told_as(1, node("BBB")), Some(1));
    assert_eq!(book.told_as(2, node("BBB")), None);
    share(&mut book, IncidentId { node: node("AAA"), number: 2 }, "BBB");
    assert_eq!(book.told_as(2, node("BBB")), Some(3), "after all that may have been told");
}

#[test]
fn who_accepted_what_the_other_side_knows_nothing_of_waits_no_longer() {
    let mut a = sample();
    let mut b = Incidents::new(node("BBB"));
    for note in super::said(&mut a, at(3.0)) {
        b.hear(&note, at(4.0)).expect("an offer");
    }
    let id = IncidentId { node: node("AAA"), number: 1 };
    let accept = Deed::Accept { steps: Vec::new() };
    b.handle(&on(id, accept), &person("Ozol"), "", at(5.0)).expect("it is accepted");
    let said = super::said(&mut b, at(6.0));
    let [IncidentNote { number, at: said, says: Says::Accept { .. }, .. }] = &said[..] else {
        panic!("{said:?}");
    };
    b.hear_refusal(node("AAA"), (*number, *said), "no such incident", at(7.0));
    let incident = b.get(id).expect("it is there");
    assert!(incident.incoming().is_none() && !incident.is_held_here());
    assert!(incident.escalated().is_some(), "and somebody looks at it");
    assert!(matches!(super::acts(&b, id)[..], [.., Act::IncomingEnded { .. }, Act::Escalated {}]));
}
