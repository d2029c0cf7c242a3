//! One connection to a partner, as a state machine: bytes in, bytes out, time as an argument.
//!
//! Both sides greet, say what their outbox holds, and pull. A receiver pulls the newest picture
//! first and what it missed behind it, the newest hole first; a sender sends nothing unasked.
//! Whatever breaks the rules ends the connection with a named [`Refusal`]; the desk is unharmed.

use crate::desk::{Desk, DeskError, parts};
use crate::wire::{
    self, Ack, Batch, Bye, Cosigned, Gone, Head, Hello, Holds, Lane, Message, Pull, WireError,
};
use ledger::Storage;
use recording::journal::{Reader, Store};
use std::collections::VecDeque;
use surveillance::Time;

/// The version of the protocol that this software speaks.
pub const VERSION: u16 = 1;
/// Bytes sent in one lane and not yet acknowledged, at most.
const WINDOW: usize = 4 << 20;
/// Bytes that one [`Session::advance`] adds, at most, beyond the batch that crosses it.
const OUTPUT_MAX: usize = 1 << 20;
/// Messages other than batches that a partner may send in a second.
const CONTROL_PER_S: u32 = 400;
/// Seconds between signs of life, whatever the traffic.
const BEAT_S: f64 = 5.0;
/// Seconds of silence after which a connection counts as dead.
const SILENT_S: f64 = 20.0;
/// Seconds between two heads of the log.
const HEAD_S: f64 = 10.0;
/// Holes beyond which no new one is opened: history first then.
const HOLES_MAX: usize = 48;
/// Highest number of a batch that is believed: a million a second for three hundred thousand years.
const NUMBER_MAX: u64 = i64::MAX as u64;
/// Seconds that two clocks may differ before it is said.
const SKEW_S: f64 = 2.0;

/// What a connection needs to know from the start.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Oldest version this side speaks.
    pub version_min: u16,
    /// Newest.
    pub version_max: u16,
    /// What the other must understand.
    pub requires: Vec<String>,
    /// What this side understands beyond the protocol's own messages.
    pub understands: Vec<String>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            version_min: VERSION,
            version_max: VERSION,
            requires: Vec::new(),
            understands: vec!["accord-batch-1".into()],
        }
    }
}

/// Why a connection is ended from this side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Bytes that are no message.
    #[error(transparent)]
    Garbage(#[from] WireError),
    /// Something before the greeting, or a second greeting.
    #[error("out of order: {0}")]
    Order(&'static str),
    /// The greeting names another party than the certificate.
    #[error("claims to be {claimed}, but its certificate is {certified}'s")]
    Identity {
        /// In the greeting.
        claimed: String,
        /// In the certificate.
        certified: String,
    },
    /// The greeting is meant for somebody else.
    #[error("wants to speak to {0}")]
    Addressee(String),
    /// No version that both speak.
    #[error("speaks versions {min} to {max}, this side {own_min} to {own_max}")]
    Versions {
        /// Its oldest.
        min: u16,
        /// Its newest.
        max: u16,
        /// Ours.
        own_min: u16,
        /// Ours.
        own_max: u16,
    },
    /// It demands something that this side does not know.
    #[error("demands {0:?}, which this side does not understand")]
    Clause(String),
    /// A batch that was received before.
    #[error("replayed: batch {sequence} again, where {expected} is next")]
    Replayed {
        /// Its number.
        sequence: u64,
        /// The next in its lane.
        expected: u64,
    },
    /// A batch out of turn.
    #[error("batch {sequence} where {expected} is next")]
    Gap {
        /// Its number.
        sequence: u64,
        /// The next in its lane.
        expected: u64,
    },
    /// A batch or a gap that nobody asked for.
    #[error("sends what was not asked for")]
    Unasked,
    /// More messages than a healthy partner sends.
    #[error("floods: more than {CONTROL_PER_S} messages in a second")]
    Flood,
    /// Its outbox is behind what it had sent: it was put back from an old copy.
    #[error("its outbox went back: it ends before {next}, and {top} had come before")]
    WentBack {
        /// The next number it would give.
        next: u64,
        /// The next one expected.
        top: u64,
    },
    /// Nothing was heard for long.
    #[error("silent for {SILENT_S} s")]
    Silent,
    /// Its log does not hold.
    #[error("its ledger: {0}")]
    Ledger(ledger::Refusal),
    /// It sent a cosignature that is none.
    #[error("its cosignature is wrong")]
    Cosignature,
    /// The other side ended it.
    #[error("ended by the partner: {0}")]
    Ended(String),
    /// Own storage failed.
    #[error("own storage: {0}")]
    Storage(String),
}

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl Refusal {
    /// Its stable name, for counters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Garbage(_) => "garbage",
            Self::Order(_) => "out_of_order",
            Self::Identity { .. } => "claims_another_identity",
            Self::Addressee(_) => "wrong_addressee",
            Self::Versions { .. } => "versions_apart",
            Self::Clause(_) => "clause_unknown",
            Self::Replayed { .. } => "replayed",
            Self::Gap { .. } => "gap",
            Self::Unasked => "unasked",
            Self::Flood => "flood",
            Self::WentBack { .. } => "outbox_went_back",
            Self::Silent => "silent",
            Self::Ledger(_) => "ledger",
            Self::Cosignature => "cosignature",
            Self::Ended(_) => "ended_by_partner",
            Self::Storage(_) => "own_storage",
        }
    }
}

/// What a session has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Batches sent.
    pub batches_sent: u64,
    /// Batches received and kept.
    pub batches_received: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// Messages skipped because they may be.
    pub skipped: u64,
    /// Numbers that will not come.
    pub gone: u64,
}

/// One lane towards the partner.
struct Sending<S: Store> {
    next: u64,
    end: Option<u64>,
    reader: Reader<S>,
    /// A batch read and not yet sent.
    in_flight: VecDeque<(u64, usize)>,
    bytes_in_flight: usize,
}

impl<S: Store> Sending<S> {
    /// All before it is acknowledged.
    fn acked(&self) -> u64 {
        self.in_flight.front().map_or(self.next, |(sequence, _)| *sequence)
    }

    /// Whether all that was asked for has been sent and acknowledged.
    fn is_done(&self) -> bool {
        self.end.is_some_and(|end| self.acked() >= end)
    }
}

/// One lane from the partner.
#[derive(Debug, Clone, Copy)]
struct Pulling {
    next: u64,
    end: Option<u64>,
    acked: u64,
}

/// One connection.
pub struct Session<S: Store> {
    terms: Terms,
    greeted: bool,
    version: Option<u16>,
    skew_s: Option<f64>,
    input: Vec<u8>,
    holds: Option<Holds>,
    sending: [Option<Sending<S>>; 2],
    pulling: [Option<Pulling>; 2],
    /// Size up to which the partner has cosigned our log; unknown until it says.
    partner_seen: Option<u64>,
    head_at: Option<(Time, u64)>,
    heard: Time,
    beat: Time,
    control: (i64, u32),
    counts: Counts,
}

impl<S: Store> std::fmt::Debug for Session<S> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Session")
            .field("version", &self.version)
            .field("pulling", &self.pulling)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

fn slot(lane: Lane) -> usize {
    usize::from(lane == Lane::History)
}

impl<S: Store + Clone> Session<S> {
    /// Begins a connection: adds the greeting to `out`.
    pub fn start<L: Storage + Clone>(
        terms: Terms,
        desk: &Desk<S, L>,
        now: Time,
        out: &mut Vec<u8>,
    ) -> Self {
        let hello = Hello {
            version_min: terms.version_min,
            version_max: terms.version_max,
            party: desk.own().to_owned(),
            to: desk.partner().to_owned(),
            requires: terms.requires.clone(),
            at_ms: now.unix_nanos().div_euclid(1_000_000),
        };
        Message::Hello(hello).write(out);
        Self {
            terms,
            greeted: false,
            version: None,
            skew_s: None,
            input: Vec::new(),
            holds: None,
            sending: [None, None],
            pulling: [None, None],
            partner_seen: None,
            head_at: None,
            heard: now,
            beat: now,
            control: (0, 0),
            counts: Counts::default(),
        }
    }

    /// What it has done.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The version agreed on; `None` before the greeting.
    pub fn version(&self) -> Option<u16> {
        self.version
    }

    /// Seconds the partner's clock is ahead, where that is worth saying. Transit time is in it.
    pub fn skew_s(&self) -> Option<f64> {
        self.skew_s.filter(|skew| skew.abs() > SKEW_S)
    }

    /// The number below which the partner has all; `None` until it asked for something.
    pub fn taken(&self) -> Option<u64> {
        self.sending.iter().flatten().filter(|lane| !lane.is_done()).map(Sending::acked).min()
    }

    /// Batches of the outbox that the partner has not acknowledged; `None` until it asked for
    /// something.
    pub fn queued<L: Storage + Clone>(&self, desk: &Desk<S, L>) -> Option<u64> {
        let end = desk.outbox_end();
        let left = |lane: &Sending<S>| lane.end.unwrap_or(end).saturating_sub(lane.acked());
        match &self.sending {
            [None, None] => None,
            [None, Some(history)] => Some(end.saturating_sub(history.acked())),
            [Some(fresh), history] => Some(left(fresh) + history.as_ref().map_or(0, left)),
        }
    }

    /// Whether the partner has all that the outbox holds.
    pub fn is_caught_up<L: Storage + Clone>(&self, desk: &Desk<S, L>) -> bool {
        let done = |lane: &Option<Sending<S>>| {
            lane.as_ref().is_none_or(|l| {
                l.in_flight.is_empty() && l.next >= l.end.unwrap_or(desk.outbox_end())
            })
        };
        self.sending[0].is_some() && self.sending.iter().all(done)
    }

    /// Takes in bytes from the partner. Nothing of them is durable, acknowledged or handed on
    /// before [`Desk::commit`] and [`Session::advance`].
    pub fn receive<L: Storage + Clone>(
        &mut self,
        bytes: &[u8],
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        self.heard = now;
        self.counts.bytes_received += bytes.len() as u64;
        let mut input = std::mem::take(&mut self.input);
        input.extend_from_slice(bytes);
        let mut at = 0;
        while let Some((message, length)) = wire::read(&input[at..])? {
            self.handle(message, now, desk, out)?;
            at += length;
        }
        input.drain(..at);
        self.input = input;
        Ok(())
    }

    fn handle<L: Storage + Clone>(
        &mut self,
        message: Message<'_>,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        if !matches!(message, Message::Batch(_)) {
            self.count_control(now)?;
        }
        match message {
            Message::Hello(hello) => self.greet(&hello, now, desk, out),
            Message::Bye(bye) => Err(Refusal::Ended(bye.reason.chars().take(200).collect())),
            Message::Skipped => {
                self.counts.skipped += 1;
                Ok(())
            }
            _ if !self.greeted => Err(Refusal::Order("a message before the greeting")),
            Message::Holds(holds) => {
                self.holds = Some(holds);
                self.pulling = [None, None];
                self.plan(now, desk, out)
            }
            Message::Pull(pull) => self.pulled(pull, desk),
            Message::Batch(batch) => self.batch(&batch, now, desk, out),
            Message::Ack(ack) => self.acked(ack),
            Message::Gone(gone) => self.gone(&gone, now, desk, out),
            Message::Head(head) => self.head(&head, now, desk, out),
            Message::Cosigned(cosigned) => self.cosigned(cosigned, desk),
            Message::Beat => Ok(()),
        }
    }

    fn count_control(&mut self, now: Time) -> Result<(), Refusal> {
        let second = now.unix_nanos().div_euclid(1_000_000_000);
        if self.control.0 != second {
            self.control = (second, 0);
        }
        self.control.1 += 1;
        if self.control.1 > CONTROL_PER_S { Err(Refusal::Flood) } else { Ok(()) }
    }

    fn greet<L: Storage + Clone>(
        &mut self,
        hello: &Hello,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        if self.greeted {
            return Err(Refusal::Order("a second greeting"));
        }
        if hello.party != desk.partner() {
            let claimed = hello.party.chars().take(40).collect();
            return Err(Refusal::Identity { claimed, certified: desk.partner().to_owned() });
        }
        if hello.to != desk.own() {
            return Err(Refusal::Addressee(hello.to.chars().take(40).collect()));
        }
        let version = hello.version_max.min(self.terms.version_max);
        if version < hello.version_min.max(self.terms.version_min) {
            return Err(Refusal::Versions {
                min: hello.version_min,
                max: hello.version_max,
                own_min: self.terms.version_min,
                own_max: self.terms.version_max,
            });
        }
        if let Some(unknown) = hello.requires.iter().find(|c| !self.terms.understands.contains(c)) {
            return Err(Refusal::Clause(unknown.chars().take(80).collect()));
        }
        self.greeted = true;
        self.version = Some(version);
        let own_ms = now.unix_nanos().div_euclid(1_000_000);
        self.skew_s = Some(hello.at_ms.saturating_sub(own_ms) as f64 / 1e3);
        let seen = desk.witness().seen();
        Message::Cosigned(Cosigned { note: None, seen }).write(out);
        let (first, next, fresh) = (desk.outbox_first(), desk.outbox_end(), desk.fresh_from());
        Message::Holds(Holds { first, next, fresh }).write(out);
        Ok(())
    }

    /// Asks for what is missing: the newest picture, and one hole of history.
    fn plan<L: Storage + Clone>(
        &mut self,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let Some(holds) = self.holds else { return Ok(()) };
        if holds.first > holds.next {
            return Err(Refusal::Order("an outbox that ends before it begins"));
        }
        if holds.next > NUMBER_MAX {
            return Err(Refusal::Order("an outbox of more batches than there can be"));
        }
        // Numbers begin at 1; below what is kept nothing will come.
        self.give_up(1, holds.first, "no longer kept", now, desk)?;
        let top = desk.received.pairs().last().map_or(1, |(_, end)| *end);
        if holds.next < top && self.pulling[0].is_none() {
            return Err(Refusal::WentBack { next: holds.next, top });
        }
        let few_holes = desk.received.pairs().len() < HOLES_MAX;
        let mut fresh = self.pulling[0].map(|pull| pull.next);
        if fresh.is_none() {
            let from = top.max(holds.fresh.clamp(holds.first, holds.next));
            let missing = desk.received.last_hole(holds.first.max(1), top);
            if few_holes || missing.is_none() {
                self.pull(Lane::Fresh, from, None, out);
                fresh = Some(from);
            }
        }
        if self.pulling[1].is_none() {
            let end = fresh.unwrap_or(top).min(holds.next.max(top));
            if let Some((from, end)) = desk.received.last_hole(holds.first.max(1), end) {
                self.pull(Lane::History, from, Some(end), out);
            }
        }
        Ok(())
    }

    fn pull(&mut self, lane: Lane, from: u64, end: Option<u64>, out: &mut Vec<u8>) {
        self.pulling[slot(lane)] = Some(Pulling { next: from, end, acked: from });
        Message::Pull(Pull { lane, from, end }).write(out);
    }

    /// Numbers that will not come: every hole in `first..end` is closed.
    fn give_up<L: Storage + Clone>(
        &mut self,
        first: u64,
        end: u64,
        why: &str,
        now: Time,
        desk: &mut Desk<S, L>,
    ) -> Result<(), Refusal> {
        while let Some((hole, until)) = desk.received.first_hole(first, end) {
            if !desk.gone(hole, until, why, now)? {
                return Err(Refusal::Order("more holes than can be remembered"));
            }
            self.counts.gone += until - hole;
        }
        Ok(())
    }

    fn batch<L: Storage + Clone>(
        &mut self,
        batch: &Batch<'_>,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let Some(pull) = self.pulling[slot(batch.lane)] else { return Err(Refusal::Unasked) };
        let (sequence, expected) = (batch.sequence, pull.next);
        if sequence < expected || desk.received.contains(sequence) {
            return Err(Refusal::Replayed { sequence, expected });
        }
        if sequence > expected || pull.end.is_some_and(|end| sequence >= end) {
            return Err(Refusal::Gap { sequence, expected });
        }
        if !desk.take(batch, now)? {
            return Err(Refusal::Order("more holes than can be remembered"));
        }
        self.counts.batches_received += 1;
        self.step(batch.lane, sequence + 1, now, desk, out)
    }

    /// A lane has come as far as `next`.
    fn step<L: Storage + Clone>(
        &mut self,
        lane: Lane,
        next: u64,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let Some(pull) = &mut self.pulling[slot(lane)] else { return Ok(()) };
        pull.next = next;
        if pull.end.is_some_and(|end| next >= end) {
            self.pulling[slot(lane)] = None;
            return self.plan(now, desk, out);
        }
        Ok(())
    }

    fn gone<L: Storage + Clone>(
        &mut self,
        gone: &Gone,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let lanes = [Lane::Fresh, Lane::History];
        let at = |lane: &Lane| self.pulling[slot(*lane)].map(|pull| (pull.next, pull.end));
        let found = lanes.into_iter().find_map(|lane| {
            at(&lane).filter(|(next, _)| *next == gone.first).map(|(_, end)| (lane, end))
        });
        let Some((lane, end)) = found else { return Err(Refusal::Unasked) };
        let until = end.map_or(gone.end, |end| gone.end.min(end));
        if gone.end <= gone.first {
            return Err(Refusal::Order("a gap of nothing"));
        }
        if until > NUMBER_MAX {
            return Err(Refusal::Order("a gap of more batches than there can be"));
        }
        self.give_up(gone.first, until, &gone.reason, now, desk)?;
        self.step(lane, until, now, desk, out)
    }

    fn head<L: Storage + Clone>(
        &mut self,
        head: &Head,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let note = match desk.observe(head, now)? {
            Ok(note) => Some(note),
            // It proved from a size we have passed: it has to hear what we have seen.
            Err(ledger::Refusal::Older { .. }) => None,
            Err(ledger::Refusal::Unproven { seen }) if head.from != seen => None,
            Err(refusal) => return Err(Refusal::Ledger(refusal)),
        };
        let seen = desk.witness().seen();
        Message::Cosigned(Cosigned { note, seen }).write(out);
        Ok(())
    }

    fn cosigned<L: Storage + Clone>(
        &mut self,
        cosigned: Cosigned,
        desk: &mut Desk<S, L>,
    ) -> Result<(), Refusal> {
        self.partner_seen = Some(cosigned.seen);
        if let Some(note) = cosigned.note {
            let keys = desk.keys.clone();
            let taken = desk.log.cosigned(note.as_bytes(), &keys.own, &keys.partner);
            taken.map_err(|_| Refusal::Cosignature)?;
        }
        Ok(())
    }

    fn pulled<L: Storage + Clone>(
        &mut self,
        pull: Pull,
        desk: &mut Desk<S, L>,
    ) -> Result<(), Refusal> {
        if pull.end.is_some_and(|end| end < pull.from) {
            return Err(Refusal::Order("a pull that ends before it begins"));
        }
        self.sending[slot(pull.lane)] = Some(Sending {
            next: pull.from.max(1),
            end: pull.end,
            reader: desk.outbox_reader(pull.from.max(1)),
            in_flight: VecDeque::new(),
            bytes_in_flight: 0,
        });
        Ok(())
    }

    fn acked(&mut self, ack: Ack) -> Result<(), Refusal> {
        let Some(lane) = &mut self.sending[slot(ack.lane)] else { return Ok(()) };
        if ack.next > lane.next {
            return Err(Refusal::Order("an acknowledgement of what was not sent"));
        }
        while let Some((sequence, length)) = lane.in_flight.front().copied()
            && sequence < ack.next
        {
            lane.in_flight.pop_front();
            lane.bytes_in_flight -= length;
        }
        Ok(())
    }

    /// After a commit: acknowledges what is durable now, and sends what may be sent. Call it when
    /// bytes came, when something was offered, when earlier output has gone out, and every second.
    /// True if more is waiting only for room.
    pub fn advance<L: Storage + Clone>(
        &mut self,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Refusal> {
        if now.seconds_since(self.heard) > SILENT_S {
            return Err(Refusal::Silent);
        }
        for lane in [Lane::Fresh, Lane::History] {
            if let Some(pull) = &mut self.pulling[slot(lane)]
                && pull.next > pull.acked
            {
                pull.acked = pull.next;
                Message::Ack(Ack { lane, next: pull.next }).write(out);
            }
        }
        if now.seconds_since(self.beat) >= BEAT_S {
            self.beat = now;
            Message::Beat.write(out);
        }
        self.send_head(now, desk, out)?;
        let limit = out.len() + OUTPUT_MAX;
        let more = self.send(Lane::Fresh, limit, desk, out)?;
        Ok(self.send(Lane::History, limit, desk, out)? || more)
    }

    fn send_head<L: Storage + Clone>(
        &mut self,
        now: Time,
        desk: &mut Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let Some(seen) = self.partner_seen else { return Ok(()) };
        let size = desk.log().committed();
        let due = self.head_at.is_none_or(|(at, _)| now.seconds_since(at) >= HEAD_S);
        if due && size > 0 && self.head_at.is_none_or(|(_, sent)| sent < size) {
            Message::Head(desk.head(seen)?).write(out);
            self.head_at = Some((now, size));
        }
        Ok(())
    }

    fn send<L: Storage + Clone>(
        &mut self,
        lane: Lane,
        limit: usize,
        desk: &Desk<S, L>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Refusal> {
        let Some(sending) = &mut self.sending[slot(lane)] else { return Ok(false) };
        let end = sending.end.map_or(desk.outbox_end(), |end| end.min(desk.outbox_end()));
        while sending.next < end {
            if out.len() >= limit || sending.bytes_in_flight >= WINDOW {
                return Ok(out.len() >= limit);
            }
            let record = sending.reader.read().map_err(DeskError::from)?;
            let found = record.as_ref().map_or(end, |record| record.sequence.min(end));
            if found > sending.next {
                let reason = "withdrawn, or older than what is kept".to_owned();
                Message::Gone(Gone { first: sending.next, end: found, reason }).write(out);
                sending.next = found;
                if found == end {
                    // The record beyond, if any, was read away.
                    sending.reader = desk.outbox_reader(end);
                    break;
                }
            }
            let Some(record) = record else { break };
            let Some((_, complete, bytes)) = parts(record.payload) else { continue };
            let (sequence, at_ns) = (record.sequence, record.time.unix_nanos());
            let before = out.len();
            Message::Batch(Batch { sequence, lane, complete, at_ns, bytes }).write(out);
            sending.next = sequence + 1;
            sending.in_flight.push_back((sequence, out.len() - before));
            sending.bytes_in_flight += out.len() - before;
            self.counts.batches_sent += 1;
        }
        Ok(false)
    }

    /// The last words of a connection that is ended.
    pub fn bye(reason: &str, out: &mut Vec<u8>) {
        Message::Bye(Bye { reason: reason.chars().take(200).collect() }).write(out);
    }
}
