//! A partner that is certified and says what cannot be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use ledger::{MemoryStorage, Signer};
use link::wire::{Batch, Gone, Hello, Holds, Lane, Message};
use link::{Desk, Files, Keys, Limits, Refusal, Session, Terms, VERSION};
use recording::journal::MemoryStore;
use std::sync::Arc;
use surveillance::Time;

/// What KGZ's end makes of these messages of RUS.
fn told(messages: &[Message<'_>]) -> Result<(), Refusal> {
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
    messages.iter().for_each(|message| message.write(&mut bytes));
    session.receive(&bytes, now, &mut desk, &mut out)
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
