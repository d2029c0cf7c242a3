//! A partner that is certified and says what cannot be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use ledger::{MemoryStorage, Signer};
use link::wire::{self, Ack, Batch, Bye, Cosigned, Gone, Head, Hello, Holds, Lane, Message, Pull};
use link::{Desk, Files, Keys, Limits, Refusal, Session, Terms, VERSION};
use proptest::prelude::*;
use recording::journal::MemoryStore;
use std::sync::Arc;
use surveillance::Time;

/// What KGZ's end makes of these messages of RUS, after it has greeted.
fn told(messages: &[Message<'_>]) -> Result<(), Refusal> {
    let mut bytes = hello();
    messages.iter().for_each(|message| message.write(&mut bytes));
    heard([&bytes])
}

/// What it makes of these bytes, as they come.
fn heard<'a>(parts: impl IntoIterator<Item = &'a Vec<u8>>) -> Result<(), Refusal> {
    let now: Time = "2026-11-24T00:00:00Z".parse().unwrap();
    let signer = |name: &str, seed| Arc::new(Signer::from_seed(name, [seed; 32]).unwrap());
    let (own, partner) = (signer("kgz.entente.internal", 1), signer("rus.entente.internal", 2));
    let keys =
        Keys { own: vec![own.key().clone()], partner: vec![partner.key().clone()], signer: own };
    let files = Files {
        outbox: MemoryStore::new(),
        inbox: MemoryStore::new(),
        ledger: MemoryStorage::new(),
    };
    let (mut desk, _) = Desk::open(("KGZ", "RUS"), files, keys, Limits::default()).unwrap();
    let mut out = Vec::new();
    let mut session = Session::start(Terms::default(), &desk, now, &mut out);
    parts.into_iter().try_for_each(|bytes| session.receive(bytes, now, &mut desk, &mut out))
}

fn hello() -> Vec<u8> {
    let mut bytes = Vec::new();
    let hello = Hello {
        version_min: VERSION,
        version_max: VERSION,
        party: "RUS".to_owned(),
        to: "KGZ".to_owned(),
        requires: Vec::new(),
        at_ms: 0,
    };
    Message::Hello(hello).write(&mut bytes);
    bytes
}

fn batch(sequence: u64) -> Message<'static> {
    Message::Batch(Batch { sequence, lane: Lane::Fresh, complete: true, at_ns: 0, bytes: b"" })
}

fn holds(first: u64, next: u64) -> Message<'static> {
    Message::Holds(Holds { first, next, fresh: first })
}

fn gone(first: u64, end: u64) -> Message<'static> {
    Message::Gone(Gone { first, end, reason: "so it says".to_owned() })
}

#[test]
fn numbers_at_the_end_of_their_range_are_refused_and_none_is_counted_past_it() {
    assert_eq!(told(&[holds(7, 8), batch(7)]), Ok(()));
    let high = told(&[holds(u64::MAX, u64::MAX), batch(u64::MAX)]);
    assert!(matches!(high, Err(Refusal::Order(_))), "{high:?}");
    let last = told(&[holds(1, 2), gone(1, u64::MAX), batch(u64::MAX)]);
    assert!(matches!(last, Err(Refusal::Order(_))), "{last:?}");
    let believed = i64::MAX as u64;
    assert_eq!(told(&[holds(believed, believed), batch(believed)]), Ok(()));
}

/// One of each message that a partner says.
fn all() -> Vec<Message<'static>> {
    let note = || "rus.entente.internal/kgz\n1\n\n".to_owned();
    vec![
        holds(7, 9),
        Message::Pull(Pull { lane: Lane::History, from: 0, end: Some(3) }),
        batch(7),
        Message::Ack(Ack { lane: Lane::Fresh, next: 1 }),
        gone(8, 9),
        Message::Head(Head { note: note(), proof: vec![[3; 32]; 2], from: 0 }),
        Message::Cosigned(Cosigned { note: Some(note()), seen: 1 }),
        Message::Bye(Bye { reason: "so it says".to_owned() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn messages_with_any_bytes_changed_left_out_or_put_in_are_taken_or_refused(
        order in prop::collection::vec(0..8_usize, 1..6),
        changes in prop::collection::vec((any::<usize>(), any::<u8>(), 0..3_u8), 0..8),
        parts in any::<usize>(),
    ) {
        let (mut bytes, all) = (hello(), all());
        let greeted = bytes.len();
        order.iter().for_each(|which| all[*which].write(&mut bytes));
        for (place, byte, how) in changes {
            // Now and then what it is greeted with, too.
            let from = if byte % 8 == 0 { 0 } else { greeted };
            let place = from + place % (bytes.len() - from).max(1);
            match how {
                0 if place < bytes.len() => bytes[place] = byte,
                1 if place < bytes.len() => drop(bytes.remove(place)),
                _ => bytes.insert(place.min(bytes.len()), byte),
            }
        }
        let rest = bytes.split_off(parts % (bytes.len() + 1));
        if let Err(refusal) = heard([&bytes, &rest]) {
            prop_assert!(!refusal.name().is_empty());
        }
    }

    #[test]
    fn any_bytes_are_a_message_a_part_of_one_or_none(bytes in any::<Vec<u8>>()) {
        if let Ok(Some((_, length))) = wire::read(&bytes) {
            prop_assert!(0 < length && length <= bytes.len());
        }
        let _ = heard([&bytes]);
    }
}
