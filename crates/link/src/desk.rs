//! What one party keeps for one partner: outbox, inbox and the log of both, each durable, joined
//! so that a crash between them is mended on opening.
//!
//! Outbox and inbox are made durable first, the log after them and less often: it is on the way of
//! nothing that is sent. It can then only be behind, and what is missing in it is added again from the
//! other two; what only the log holds is durable at once.

use crate::acts::{self, Acts};
use crate::ranges::Ranges;
use crate::records::records;
use crate::sealed::{Damage, Kind, seal, unseal};
use crate::wire::BATCH_LEN_MAX;
use accord::Released;
use ledger::{
    Direction, Entry, Log, LogError, RootText, Signer, Storage, VerifierKey, Witness, batch_root,
};
use recording::journal::{JournalError, Options, Reader, Retention, Store, Writer};
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;

/// Batches after which the inbox writes down again which numbers it has.
const STATE_EVERY: u64 = 64;
const STATE: u8 = 1;
const BATCH: u8 = 0;
const HANDLED: u8 = 2;
/// Path of the newest head of the partner's log that was cosigned.
const WITNESS: &str = "witness";
/// Path of what acts the log has.
const ACTS: &str = "acts";
/// Path of which withdrawal was carried out last, by when it was decided.
const WITHDRAWN: &str = "withdrawn";
const WITHDRAWN_KIND: Kind = *b"ENTWITH1";
/// Entries of releases and receipts that the log may be behind, beyond which it is not put off.
const LOG_BEHIND_MAX: u64 = 256;
/// Folder with pairs of heads that contradict each other, and how many pairs are kept.
const EVIDENCE: &str = "evidence";
const EVIDENCE_MAX: usize = 16;

/// Bounds of one desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes the outbox keeps; the oldest go first and the partner is told.
    pub outbox_bytes_max: u64,
    /// How long it keeps a batch.
    pub outbox_age_max: Duration,
    /// Bytes the inbox keeps for an engine that does not take them.
    pub inbox_bytes_max: u64,
    /// How far back the newest picture reaches where no batch says it begins one.
    pub fresh_span: Duration,
    /// Size of one file.
    pub segment_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            outbox_bytes_max: 4 << 30,
            outbox_age_max: Duration::from_secs(24 * 3600),
            inbox_bytes_max: 1 << 30,
            fresh_span: Duration::from_secs(15),
            segment_bytes_max: 16 << 20,
        }
    }
}

/// Who signs, and who is believed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Signs own heads and cosigns the partner's.
    pub signer: Arc<Signer>,
    /// Keys that own heads were ever signed with.
    pub own: Vec<VerifierKey>,
    /// The partner's.
    pub partner: Vec<VerifierKey>,
}

/// Where a desk keeps its files.
#[derive(Debug)]
pub struct Files<S, L> {
    /// What is to be sent.
    pub outbox: S,
    /// What came.
    pub inbox: S,
    /// The log of the two.
    pub ledger: L,
}

/// Why a desk could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Outbox or inbox.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The partner's head that was kept is not one.
    #[error("the kept head of the partner's log: {0}")]
    Witness(#[from] ledger::CheckpointError),
    /// A file beside the log.
    #[error("cannot keep {what}: {source}")]
    Storage {
        /// Which.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Released to somebody else.
    #[error("this batch was released to {to}, not to {partner}")]
    NotTheirs {
        /// To whom it was released.
        to: String,
        /// Whose desk this is.
        partner: String,
    },
    /// Over the bound of one batch.
    #[error("a batch of {0} bytes is over the limit of {BATCH_LEN_MAX}")]
    TooLong(usize),
}

/// A batch that came and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Number in order of arrival; say [`Desk::handled`] with it once it is recorded.
    pub number: u64,
    /// The sender's number. A consumer that has it already ignores the second.
    pub sequence: u64,
    /// Whether it is of the newest picture, or history behind it.
    pub fresh: bool,
    /// When the sender released it.
    pub released: Time,
    /// As the sender's `accord` encoded it.
    pub bytes: Vec<u8>,
}

/// What opening a desk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Arrivals that were kept and not said to be handled: to be handed on again.
    pub unhandled: Vec<Arrival>,
    /// Bytes of torn records that were cut; none of them had been acknowledged.
    pub bytes_cut: u64,
    /// Entries the log lacked and was given again.
    pub entries_mended: u64,
    /// Files beside the log that are damaged and are made anew.
    pub damaged: Vec<(&'static str, Damage)>,
}

/// One party's side towards one partner.
#[derive(Debug)]
pub struct Desk<S: Store, L> {
    own: String,
    partner: String,
    pub(crate) keys: Keys,
    limits: Limits,
    outbox: Writer<S>,
    inbox: Writer<S>,
    pub(crate) log: Log<L>,
    witness: Witness,
    acts: Acts,
    /// When the withdrawal was decided that was carried out last.
    withdrawn: Option<Time>,
    /// A second handle on the log's folder, for the files beside it.
    side: L,
    outbox_synced: u64,
    /// Recent batches: number, time, whether one begins a whole picture.
    recent: std::collections::VecDeque<(u64, Time, bool)>,
    pub(crate) received: Ranges,
    since_state: u64,
    handled: u64,
    /// Came since the last commit.
    arrived: Vec<Arrival>,
    /// Outbox or inbox has something that is not durable.
    dirty: bool,
    /// The log has something that nothing else holds and that is not durable.
    entered: bool,
}

/// Origin of the log that `own` keeps about `partner`.
pub fn origin(own: &str, partner: &str) -> String {
    format!("{}.entente.internal/{}", own.to_lowercase(), partner.to_lowercase())
}

fn options(bytes_max: u64, age_max: Option<Duration>, limits: &Limits) -> Options {
    Options {
        segment_bytes_max: limits.segment_bytes_max,
        segment_span_max: Duration::from_secs(3600),
        retention: Retention { bytes_max: Some(bytes_max), age_max },
    }
}

fn millis(time: Time) -> i64 {
    time.unix_nanos().div_euclid(1_000_000)
}

impl<S: Store + Clone, L: Storage + Clone> Desk<S, L> {
    /// Opens the desk of `own` for `partner`, mending what a crash left.
    pub fn open(
        (own, partner): (&str, &str),
        files: Files<S, L>,
        keys: Keys,
        limits: Limits,
    ) -> Result<(Self, Opened), DeskError> {
        let side = files.ledger.clone();
        let outbox_options = options(limits.outbox_bytes_max, Some(limits.outbox_age_max), &limits);
        let (outbox, out_found) = Writer::open(files.outbox, outbox_options)?;
        let (inbox, in_found) =
            Writer::open(files.inbox, options(limits.inbox_bytes_max, None, &limits))?;
        let (log, log_found) = Log::open(files.ledger, &origin(own, partner), &keys.own)?;
        let kept = side.read(WITNESS);
        let kept = kept.map_err(|source| DeskError::Storage { what: WITNESS, source })?;
        let witness = Witness::new(&origin(partner, own), keys.partner.clone(), kept.as_deref())?;
        let mut desk = Self {
            own: own.to_owned(),
            partner: partner.to_owned(),
            keys,
            limits,
            outbox_synced: outbox.next_sequence(),
            outbox,
            inbox,
            log,
            witness,
            acts: Acts::new(own),
            withdrawn: None,
            side,
            recent: std::collections::VecDeque::new(),
            received: Ranges::default(),
            since_state: 0,
            handled: 0,
            arrived: Vec::new(),
            dirty: false,
            entered: false,
        };
        desk.remember_recent()?;
        let unhandled = desk.read_inbox()?;
        let mut damaged = Vec::new();
        damaged.extend(desk.find_acts()?.map(|damage| (ACTS, damage)));
        damaged.extend(desk.find_withdrawn()?.map(|damage| (WITHDRAWN, damage)));
        let entries_mended = desk.mend_log()?;
        let bytes_cut = out_found.bytes_cut + in_found.bytes_cut + log_found.bytes_cut;
        Ok((desk, Opened { unhandled, bytes_cut, entries_mended, damaged }))
    }

    /// Whose desk this is.
    pub fn partner(&self) -> &str {
        &self.partner
    }

    /// Which party keeps it.
    pub fn own(&self) -> &str {
        &self.own
    }

    /// Which of the partner's numbers have come, or will not come any more.
    pub fn received(&self) -> &Ranges {
        &self.received
    }

    /// The log of the two.
    pub fn log(&self) -> &Log<L> {
        &self.log
    }

    /// The partner's log as far as it was cosigned.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }

    /// Puts a released batch into the outbox and its entry into the log; durable with the next
    /// [`Desk::commit`], and sent only then. `complete`: it begins a whole picture.
    pub fn offer(
        &mut self,
        released: &Released<Vec<u8>>,
        complete: bool,
    ) -> Result<u64, DeskError> {
        let to = released.to().to_string();
        if to != self.partner {
            return Err(DeskError::NotTheirs { to, partner: self.partner.clone() });
        }
        let bytes = released.value();
        if bytes.len() > BATCH_LEN_MAX {
            return Err(DeskError::TooLong(bytes.len()));
        }
        let under: Vec<_> = released
            .under()
            .iter()
            .map(|article| format!("{} {}", article.accord, article.article))
            .collect();
        let basis: String = under.join("; ").chars().take(4000).collect();
        let mut payload = Vec::with_capacity(bytes.len() + basis.len() + 4);
        payload.extend([BATCH, u8::from(complete)]);
        payload.extend((basis.len() as u16).to_be_bytes());
        payload.extend_from_slice(basis.as_bytes());
        payload.extend_from_slice(bytes);
        let at = released.at();
        let sequence = self.outbox.append(at, &payload)?;
        self.log_release(sequence, at, &basis, bytes)?;
        self.note_recent(sequence, at, complete);
        self.dirty = true;
        Ok(sequence)
    }

    fn note_recent(&mut self, sequence: u64, at: Time, complete: bool) {
        self.recent.push_back((sequence, at, complete));
        let span_s = self.limits.fresh_span.as_secs_f64();
        while self.recent.len() > 1
            && (at.seconds_since(self.recent[0].1) > span_s || self.recent.len() > 65_536)
        {
            self.recent.pop_front();
        }
    }

    /// Where the newest picture begins: at the last batch that says so, or what was released in
    /// the last seconds.
    pub(crate) fn fresh_from(&self) -> u64 {
        let whole = self.recent.iter().rev().find(|(_, _, complete)| *complete);
        let from = whole.or(self.recent.front()).map_or(u64::MAX, |(sequence, ..)| *sequence);
        from.clamp(self.outbox_first(), self.outbox_synced)
    }

    /// The first batch that is still there to be sent.
    pub fn outbox_first(&self) -> u64 {
        self.outbox.first_sequence().min(self.outbox_synced)
    }

    /// One past the last batch that is durable and may be sent.
    pub fn outbox_end(&self) -> u64 {
        self.outbox_synced
    }

    /// Whether the withdrawal that was decided at `decided` was carried out, if it is the last that was
    /// decided. Where nothing was written down of any, as by earlier versions, whether the newest in the
    /// outbox was released after it, and not later than `now`: a time that is yet to come is of a clock
    /// that was wrong, and tells nothing.
    pub fn has_withdrawn(&self, decided: Time, now: Time) -> bool {
        match self.withdrawn {
            Some(last) => last == decided,
            None => self.recent.back().is_some_and(|(_, at, _)| *at > decided && *at <= now),
        }
    }

    pub(crate) fn outbox_reader(&self, from: u64) -> Reader<S> {
        Reader::from_sequence(self.outbox.store().clone(), from)
    }

    /// Takes other keys in use: what was signed with a former one must still be among them.
    pub fn set_keys(&mut self, keys: Keys) {
        self.witness.set_keys(keys.partner.clone());
        self.keys = keys;
    }

    /// Signs the log as it stands, so that its files are complete for whoever reads them.
    pub fn seal(&mut self) -> Result<(), DeskError> {
        self.commit_log()?;
        let signer = self.keys.signer.clone();
        self.log.checkpoint(&signer)?;
        Ok(())
    }

    /// Drops all that was not yet taken by the partner, at once and from the disk, and logs it, and
    /// writes down that this was done of what was decided at `decided`.
    /// Returns how many numbers that were at most; the session has to be ended by the caller.
    pub fn withdraw(
        &mut self,
        taken: u64,
        reason: &str,
        decided: Time,
        now: Time,
    ) -> Result<u64, DeskError> {
        // Some of it may have been sent: the log must have it before the outbox has not.
        self.commit_log()?;
        let end = self.outbox.next_sequence();
        let first = taken.clamp(self.outbox.first_sequence(), end);
        // And that it is withdrawn: twice where power is lost in between, never not at all.
        if first < end {
            let reason = reason.to_owned();
            let direction = Some(Direction::Sent);
            self.enter(&Entry::Withdrawn { first, end, at_ms: millis(now), reason, direction })?;
            self.commit_log()?;
        }
        self.outbox.discard(now)?;
        self.outbox_synced = end;
        self.recent.clear();
        // A crash before this finds nothing more to drop.
        let mark = seal(&WITHDRAWN_KIND, &decided.unix_nanos().to_be_bytes());
        let kept = self.side.replace(WITHDRAWN, &mark);
        kept.map_err(|source| DeskError::Storage { what: WITHDRAWN, source })?;
        self.withdrawn = Some(decided);
        Ok(end - first)
    }

    /// Adds what people decided to the log, if it lacks it; durable with the next [`Desk::commit`].
    /// What a note tells of is entered with the note.
    pub fn enter_act(&mut self, entry: &Entry) -> Result<(), DeskError> {
        let at_ms = entry.act().map_or(i64::MAX, |act| act.at_ms);
        if self.is_new(entry, at_ms)? {
            self.enter(entry)?;
        }
        Ok(())
    }

    /// Adds an entry that nothing but the log holds.
    fn enter(&mut self, entry: &Entry) -> Result<(), DeskError> {
        self.entered = true;
        self.log.append(entry, &[])?;
        Ok(())
    }

    /// Takes in a batch from the partner; the caller has seen that it was asked for and is new.
    /// False if too many holes are open to remember one more.
    pub(crate) fn take(
        &mut self,
        batch: &crate::wire::Batch<'_>,
        now: Time,
    ) -> Result<bool, DeskError> {
        if !self.received.insert(batch.sequence, batch.sequence + 1) {
            return Ok(false);
        }
        let fresh = batch.lane == crate::wire::Lane::Fresh;
        let mut payload = Vec::with_capacity(batch.bytes.len() + 18);
        payload.extend([BATCH, u8::from(fresh)]);
        payload.extend(batch.sequence.to_be_bytes());
        payload.extend(batch.at_ns.to_be_bytes());
        payload.extend_from_slice(batch.bytes);
        let number = self.inbox.append(now, &payload)?;
        self.log_receipt(batch.sequence, now, batch.bytes)?;
        self.arrived.push(Arrival {
            number,
            sequence: batch.sequence,
            fresh,
            released: Time::from_unix_nanos(batch.at_ns),
            bytes: batch.bytes.to_vec(),
        });
        self.since_state += 1;
        if self.since_state >= STATE_EVERY {
            self.write_state(now)?;
        }
        self.dirty = true;
        Ok(true)
    }

    /// Numbers that the partner says will not come.
    pub(crate) fn gone(
        &mut self,
        first: u64,
        end: u64,
        why: &str,
        now: Time,
    ) -> Result<bool, DeskError> {
        if !self.received.insert(first, end) {
            return Ok(false);
        }
        let reason = format!("the sender: {}", why.chars().take(200).collect::<String>());
        let direction = Some(Direction::Received);
        self.enter(&Entry::Withdrawn { first, end, at_ms: millis(now), reason, direction })?;
        self.write_state(now)?;
        Ok(true)
    }

    fn write_state(&mut self, now: Time) -> Result<(), DeskError> {
        let mut payload = vec![STATE];
        payload.extend(self.handled.to_be_bytes());
        for (first, end) in self.received.pairs() {
            payload.extend(first.to_be_bytes());
            payload.extend(end.to_be_bytes());
        }
        self.inbox.append(now, &payload)?;
        self.since_state = 0;
        self.dirty = true;
        Ok(())
    }

    /// The engine has recorded all arrivals up to `number`: they are not handed on again. Written
    /// with the next commit; one that is lost means a second handing on, which is harmless.
    pub fn handled(&mut self, number: u64, now: Time) -> Result<(), DeskError> {
        if number > self.handled {
            self.handled = number;
            let mut payload = vec![HANDLED];
            payload.extend(number.to_be_bytes());
            self.inbox.append(now, &payload)?;
            self.dirty = true;
        }
        Ok(())
    }

    /// Makes durable what is to be sent and what has come since the last commit, and returns the
    /// latter, to be handed on. Call [`Desk::commit_log`] soon.
    pub fn commit(&mut self) -> Result<Vec<Arrival>, DeskError> {
        self.sync()?;
        if self.entered || self.log.size() - self.log.committed() > LOG_BEHIND_MAX {
            self.commit_log()?;
        }
        Ok(std::mem::take(&mut self.arrived))
    }

    /// Makes the log durable as far as outbox and inbox are, which are first.
    pub fn commit_log(&mut self) -> Result<(), DeskError> {
        self.sync()?;
        self.log.commit()?;
        self.entered = false;
        if self.acts.is_due(self.log.committed()) {
            self.keep_acts()?;
        }
        Ok(())
    }

    fn keep_acts(&mut self) -> Result<(), DeskError> {
        let kept = self.side.replace(ACTS, &self.acts.to_bytes());
        kept.map_err(|source| DeskError::Storage { what: ACTS, source })?;
        self.acts.kept();
        Ok(())
    }

    /// Which acts the log has: as was written down, and what came after that.
    fn find_acts(&mut self) -> Result<Option<Damage>, DeskError> {
        let kept = self.side.read(ACTS);
        let kept = kept.map_err(|source| DeskError::Storage { what: ACTS, source })?;
        let read = kept.map(|bytes| Acts::from_bytes(&self.own, &bytes)).transpose();
        let damage = read.as_ref().err().copied();
        if let Ok(Some(acts)) = read {
            self.acts = acts;
        }
        let size = self.log.size();
        if self.acts.looked() != size {
            // Lays out the partial tiles, so that the files hold all entries.
            self.log.checkpoint(&self.keys.signer.clone())?;
            let files = ledger::audit::Files::new(&self.side, size);
            self.acts.look(&files, size);
        }
        if damage.is_some() {
            self.keep_acts()?;
        }
        Ok(damage)
    }

    fn find_withdrawn(&mut self) -> Result<Option<Damage>, DeskError> {
        let kept = self.side.read(WITHDRAWN);
        let kept = kept.map_err(|source| DeskError::Storage { what: WITHDRAWN, source })?;
        let read = kept.map(|bytes| {
            let nanos = unseal(&WITHDRAWN_KIND, &bytes)?.try_into();
            let nanos = nanos.map_err(|_| Damage::Content)?;
            Ok(Time::from_unix_nanos(i64::from_be_bytes(nanos)))
        });
        match read.transpose() {
            Ok(withdrawn) => {
                self.withdrawn = withdrawn;
                Ok(None)
            }
            Err(damage) => Ok(Some(damage)),
        }
    }

    /// Whether the log lacks an act, which it has from `at_ms` on, by our own clock: the caller adds it.
    fn is_new(&mut self, act: &Entry, at_ms: i64) -> Result<bool, DeskError> {
        let has = match self.acts.has(act, at_ms) {
            Some(has) => has,
            None => {
                // Lays out the partial tiles, so that the files hold all entries.
                self.commit_log()?;
                self.log.checkpoint(&self.keys.signer.clone())?;
                let size = self.log.size();
                let has = acts::is_in(&ledger::audit::Files::new(&self.side, size), size, act);
                self.acts.was_read_for(act, at_ms);
                has
            }
        };
        // What was found, too: told once more it costs no reading.
        self.acts.entered(act, at_ms);
        Ok(!has)
    }

    fn sync(&mut self) -> Result<(), DeskError> {
        if self.dirty {
            self.outbox.sync()?;
            self.outbox_synced = self.outbox.next_sequence();
            self.inbox.sync()?;
            self.dirty = false;
        }
        Ok(())
    }

    /// Signs the log's head, and proves that it continues the head of `from` entries.
    pub(crate) fn head(&mut self, from: u64) -> Result<crate::wire::Head, DeskError> {
        let signer = self.keys.signer.clone();
        let signed = self.log.checkpoint(&signer)?;
        let size = signed.checkpoint.size;
        let note = String::from_utf8_lossy(&signed.note.to_bytes()).into_owned();
        let from = from.min(size);
        let proof = self.log.prove_consistency(from, size)?;
        Ok(crate::wire::Head { note, proof: proof.iter().map(|hash| hash.0).collect(), from })
    }

    /// Judges a head of the partner's log; the note with our cosignature, kept, if it holds.
    pub(crate) fn observe(
        &mut self,
        head: &crate::wire::Head,
        now: Time,
    ) -> Result<Result<String, ledger::Refusal>, DeskError> {
        let proof: Vec<_> = head.proof.iter().map(|hash| ledger::Hash(*hash)).collect();
        let unix_s = u64::try_from(now.unix_nanos() / 1_000_000_000).unwrap_or(0);
        let signer = self.keys.signer.clone();
        match self.witness.observe(head.note.as_bytes(), &proof, &signer, unix_s) {
            Ok(note) => {
                let kept = self.side.replace(WITNESS, &note);
                kept.map_err(|source| DeskError::Storage { what: WITNESS, source })?;
                Ok(Ok(String::from_utf8_lossy(&note).into_owned()))
            }
            Err(ledger::Refusal::Forked(evidence)) => {
                let both = [evidence.first.as_slice(), b"\n", &evidence.second].concat();
                let kept = self.keep_evidence(evidence.size, &both);
                kept.map_err(|source| DeskError::Storage { what: "evidence", source })?;
                Ok(Err(ledger::Refusal::Forked(evidence)))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Keeps two heads that contradict each other. One proves the fork as well as a thousand: what
    /// a partner signs anew each time must not fill the disk.
    fn keep_evidence(&mut self, size: u64, both: &[u8]) -> std::io::Result<()> {
        if self.side.list(EVIDENCE)?.len() >= EVIDENCE_MAX {
            return Ok(());
        }
        self.side.replace(&format!("{EVIDENCE}/{size}"), both)
    }

    fn log_release(
        &mut self,
        sequence: u64,
        at: Time,
        basis: &str,
        bytes: &[u8],
    ) -> Result<(), DeskError> {
        // Before the release, so that a log which has the one after a crash has the other.
        if let Some(act) = acts::sent(bytes, (&self.own, &self.partner))
            && self.is_new(&act, millis(at))?
        {
            self.log.append(&act, &[])?;
        }
        let (list, root) = batch_root(records(bytes));
        let entry = Entry::Release {
            sequence,
            at_ms: millis(at),
            basis: basis.to_owned(),
            count: list.len() as u32,
            root: RootText(root),
        };
        self.log.append(&entry, &list)?;
        Ok(())
    }

    fn log_receipt(&mut self, sequence: u64, at: Time, bytes: &[u8]) -> Result<(), DeskError> {
        // Before the receipt, as before a release.
        if let Some(act) = acts::received(bytes, (&self.partner, &self.own))
            && self.is_new(&act, millis(at))?
        {
            self.log.append(&act, &[])?;
        }
        let (list, root) = batch_root(records(bytes));
        let count = list.len() as u32;
        let entry = Entry::Receipt { sequence, at_ms: millis(at), count, root: RootText(root) };
        self.log.append(&entry, &list)?;
        Ok(())
    }

    /// Where the newest picture begins, after a start.
    fn remember_recent(&mut self) -> Result<(), DeskError> {
        let mut reader = Reader::from_last_segments(self.outbox.store().clone(), 2)?;
        let mut found = Vec::new();
        while let Some(record) = reader.read()? {
            if let Some((_, complete, _)) = parts(record.payload) {
                found.push((record.sequence, record.time, complete));
            }
        }
        for (sequence, at, complete) in found {
            self.note_recent(sequence, at, complete);
        }
        Ok(())
    }

    /// Which numbers have come, and what of it was not handled.
    fn read_inbox(&mut self) -> Result<Vec<Arrival>, DeskError> {
        let mut reader = Reader::from_start(self.inbox.store().clone());
        let mut arrivals = Vec::new();
        while let Some(record) = reader.read()? {
            match record.payload {
                [STATE, rest @ ..] => {
                    let numbers: Vec<_> = rest
                        .chunks_exact(8)
                        .map(|b| u64::from_be_bytes(b.try_into().expect("eight bytes")))
                        .collect();
                    let Some((handled, pairs)) = numbers.split_first() else { continue };
                    self.handled = self.handled.max(*handled);
                    let pairs = pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
                    if let Some(received) = Ranges::from_pairs(pairs) {
                        self.received = received;
                    }
                }
                [HANDLED, rest @ ..] => {
                    let number = rest.try_into().map(u64::from_be_bytes).unwrap_or(0);
                    self.handled = self.handled.max(number);
                }
                payload => {
                    if let Some(arrival) = arrival(record.sequence, payload) {
                        self.received.insert(arrival.sequence, arrival.sequence + 1);
                        arrivals.push(arrival);
                    }
                }
            }
        }
        arrivals.retain(|arrival| arrival.number > self.handled);
        Ok(arrivals)
    }

    /// Adds what outbox and inbox have and the log lacks: a crash came between the two commits.
    fn mend_log(&mut self) -> Result<u64, DeskError> {
        let (released, received) = self.last_logged()?;
        let mut mended = 0;
        let mut reader = self.outbox_reader(released.map_or(0, |sequence| sequence + 1));
        let mut lacking = Vec::new();
        while let Some(record) = reader.read()? {
            let at = record.time;
            if let Some((basis, _, bytes)) = parts(record.payload) {
                lacking.push((record.sequence, at, basis.to_owned(), bytes.to_vec()));
            }
        }
        for (sequence, at, basis, bytes) in lacking {
            self.log_release(sequence, at, &basis, &bytes)?;
            mended += 1;
        }
        // Arrivals are logged in their order: what is missing is all that came after the last.
        let mut reader = Reader::from_start(self.inbox.store().clone());
        let mut missing = Vec::new();
        while let Some(record) = reader.read()? {
            let Some(arrival) = arrival(record.sequence, record.payload) else { continue };
            if received == Some(arrival.sequence) {
                missing.clear();
            } else {
                missing.push((arrival.sequence, record.time, arrival.bytes));
            }
        }
        for (sequence, at, bytes) in missing {
            self.log_receipt(sequence, at, &bytes)?;
            mended += 1;
        }
        self.log.commit()?;
        Ok(mended)
    }

    /// Numbers of the last release and the last receipt in the log.
    fn last_logged(&mut self) -> Result<(Option<u64>, Option<u64>), DeskError> {
        let signer = self.keys.signer.clone();
        let size = self.log.size();
        // Nothing is looked for that there cannot be: a log of one direction may be long.
        let sends = self.outbox.next_sequence() > self.outbox.first_sequence();
        let mut receives = false;
        let mut reader = Reader::from_start(self.inbox.store().clone());
        while let (false, Some(record)) = (receives, reader.read()?) {
            receives = arrival(record.sequence, record.payload).is_some();
        }
        if size == 0 || !(sends || receives) {
            return Ok((None, None));
        }
        // Lays out the partial tiles, so that the files hold all entries.
        self.log.checkpoint(&signer)?;
        let files = ledger::audit::Files::new(&self.side, size);
        let (mut released, mut received) = (None, None);
        for bundle in (0..size.div_ceil(256)).rev() {
            let entries = files.entries(bundle).map_err(|error| damaged(&error))?;
            for entry in entries.iter().rev().filter_map(|entry| Entry::parse(entry)) {
                match entry {
                    Entry::Release { sequence, .. } if released.is_none() => {
                        released = Some(sequence);
                    }
                    Entry::Receipt { sequence, .. } if received.is_none() => {
                        received = Some(sequence);
                    }
                    _ => {}
                }
            }
            if (released.is_some() || !sends) && (received.is_some() || !receives) {
                break;
            }
        }
        Ok((released, received))
    }
}

fn damaged(error: &ledger::audit::AuditError) -> DeskError {
    DeskError::Log(LogError::Damaged { path: error.to_string() })
}

/// Basis, whether it begins a picture, and bytes of an outbox record.
pub(crate) fn parts(payload: &[u8]) -> Option<(&str, bool, &[u8])> {
    let [BATCH, flags, high, low, rest @ ..] = payload else { return None };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let (basis, bytes) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(basis).ok()?, flags & 1 == 1, bytes))
}

fn arrival(number: u64, payload: &[u8]) -> Option<Arrival> {
    let [BATCH, fresh, rest @ ..] = payload else { return None };
    let (sequence, rest) = rest.split_first_chunk::<8>()?;
    let (at, bytes) = rest.split_first_chunk::<8>()?;
    Some(Arrival {
        number,
        sequence: u64::from_be_bytes(*sequence),
        fresh: *fresh == 1,
        released: Time::from_unix_nanos(i64::from_be_bytes(*at)),
        bytes: bytes.to_vec(),
    })
}
