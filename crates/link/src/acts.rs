//! What people did, as the ledger of the two has it: an entry for each note that tells of it, on the
//! sender's side when it is offered and on the receiver's when it has come. Both sides make it of the
//! same bytes, so both hold the same leaf.

use crate::sealed::{Damage, Kind, seal, unseal};
use accord::{Answer, Note, Request, RequestId, Says, StandInWord};
use ledger::audit::Files;
use ledger::{Act, Entry, Hash, Storage, leaf_hash};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Acts of one kind by one party that are known without asking the log, at most. Each is something that
/// a person did or did not do.
const KNOWN_MAX: usize = 1 << 12;
/// Entries after which it is written down again how far the log was looked through.
const LOOKED_EVERY: u64 = 4096;
/// Acts that wait for an entry that tells when they were entered, at most.
const UNTIMED_MAX: usize = 256;
/// Between two readings of the log for acts of one kind by one party, milliseconds: whoever dates its acts
/// back, however many, has the log read no more often, and may find its own words entered twice.
const READ_EVERY_MS: i64 = 600_000;
/// Entries in a bundle of the log.
const BUNDLE: u64 = 256;

/// The note that these bytes are, if `sender` says it to `receiver` itself.
fn note_of(bytes: &[u8], (sender, receiver): (&str, &str)) -> Option<Note> {
    let note = Note::is_meant(bytes).then(|| Note::decode(bytes).ok()).flatten()?;
    (note.from.as_str() == sender && note.to.as_str() == receiver).then_some(note)
}

/// What a partner did towards us that these bytes tell of, if they do.
pub(crate) fn received(bytes: &[u8], between: (&str, &str)) -> Option<Entry> {
    entry(&note_of(bytes, between)?)
}

/// What we do towards a partner, if these bytes tell of it. Not of a suspension, a resumption or an
/// approved text, which name nobody: who decided is entered beside it, see [`decision`].
pub(crate) fn sent(bytes: &[u8], between: (&str, &str)) -> Option<Entry> {
    let note = note_of(bytes, between)?;
    if is_decision(&note) { None } else { entry(&note) }
}

/// The entry of the party that suspends, resumes or goes by an approved text with this note: by whom, and in
/// which words. `None` for any other note.
pub fn decision(note: &Note, by: Vec<String>, words: &str) -> Option<Entry> {
    if !is_decision(note) {
        return None;
    }
    let Entry::Decision(act) = entry(note)? else { return None };
    let text = with_words(&act.text, words);
    Some(Entry::Decision(Act { by, text, ..act }))
}

fn is_decision(note: &Note) -> bool {
    matches!(note.says, Says::Standing { .. } | Says::Text { .. })
}

fn entry(note: &Note) -> Option<Entry> {
    let act = |id: String, by: &[String], text: String| Act {
        id,
        party: note.from.to_string(),
        at_ms: note.at.unix_millis(),
        by: by.to_vec(),
        text,
    };
    let about = |id: &RequestId, by: &[String], text: String| act(id.to_string(), by, text);
    let one = std::slice::from_ref::<String>;
    Some(match &note.says {
        Says::Request(request) => {
            Entry::Request(about(&request.id, one(&request.by), asked(request)))
        }
        Says::Receipt { request } => {
            Entry::Delivery(about(request, &[], "the request is at this party's node".to_owned()))
        }
        Says::Answer { request, answer, words, by, .. } => {
            Entry::Answer(about(request, one(by), with_words(answer_in_words(*answer), words)))
        }
        Says::Report { request, words, by, .. } => {
            Entry::Report(about(request, one(by), words.clone()))
        }
        Says::Withdrawal { request, words, by } => {
            Entry::Retraction(about(request, one(by), with_words("asks no longer", words)))
        }
        Says::Silence { request, of } => {
            Entry::Silence(about(request, &[], format!("no answer in time of {}", list(of))))
        }
        Says::Standing { accord, serial, suspended, .. } => {
            let what = if *suspended { "suspends" } else { "resumes" };
            let text = format!("{what} {accord} towards {}", note.to);
            Entry::Decision(act(format!("{accord}/{serial}"), &[], text))
        }
        Says::Text { accord, sha256, .. } => {
            let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
            let text =
                format!("goes by an approved text of {accord} that shares what has SHA-256 {hash}");
            Entry::Decision(act(format!("{accord}/{}", note.at.unix_nanos()), &[], text))
        }
        Says::StandIn { article, serial, word, by } => {
            let what = match word {
                StandInWord::TakenOver => "takes over",
                StandInWord::HandedBack => "hands back",
                StandInWord::Passed => "leaves it to the next",
            };
            let text = format!("{what} under {article}");
            Entry::Decision(act(format!("{}/{serial}", article.accord), by, text))
        }
        Says::Incident(_) | Says::Identity(_) => return None,
    })
}

fn asked(request: &Request) -> String {
    let Request { purpose, article, due, text, .. } = request;
    let of = list(&request.asked);
    let incident = request.incident.as_ref().map(|name| format!(" about {name}"));
    let incident = incident.unwrap_or_default();
    format!("{purpose} of {of} under {article}{incident}, an answer due by {due}: {text}")
}

fn answer_in_words(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "accepted",
        Answer::InPart => "accepted in part",
        Answer::Declined => "declined",
    }
}

fn with_words(what: &str, words: &str) -> String {
    if words.is_empty() { what.to_owned() } else { format!("{what}: {words}") }
}

fn list(parties: &[accord::PartyId]) -> String {
    parties.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The file of what is known, see [`crate::sealed`].
const KIND: Kind = *b"ENTACTS2";

/// Acts of one kind by one of the two parties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lane {
    /// When each was done, by who did it but no later than it was entered here, and its leaf hash; what
    /// was entered first comes first.
    order: VecDeque<(i64, Hash)>,
    known: BTreeSet<Hash>,
    /// The latest such time of one that was left out to keep the bound: whether one of then or before is
    /// in the log only the log tells. By our own clock it is never ahead, so that who dates its acts ahead
    /// makes no later one cost a reading.
    left_out: Option<i64>,
    /// When the log was last read for one of then.
    read: Option<i64>,
}

/// Which acts a log has already: a note is told again after a restart and after a suspension, and is
/// entered once all the same. What one of the two does, however much of it, pushes out nothing of
/// the other's, nor of another kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Acts {
    /// Whose log it is.
    own: String,
    lane_max: usize,
    lanes: BTreeMap<u8, Lane>,
    /// Entries of the log that were looked through.
    looked: u64,
    /// How many of those are written down.
    kept: u64,
}

impl Acts {
    /// None known, in the log of `own`.
    pub(crate) fn new(own: &str) -> Self {
        let (own, lanes) = (own.to_owned(), BTreeMap::new());
        Self { own, lane_max: KNOWN_MAX, lanes, looked: 0, kept: 0 }
    }

    /// From what [`Acts::to_bytes`] gave.
    ///
    /// # Errors
    /// It cannot be read; then all is to be looked for in the log.
    pub(crate) fn from_bytes(own: &str, bytes: &[u8]) -> Result<Self, Damage> {
        let mut acts = Self::new(own);
        if is_of_before(bytes) {
            // It had no checksum: the log tells the same.
            return Ok(acts);
        }
        let mut rest = unseal(&KIND, bytes)?;
        acts.read(&mut rest).filter(|()| rest.is_empty()).ok_or(Damage::Content)?;
        Ok(acts)
    }

    fn read(&mut self, rest: &mut &[u8]) -> Option<()> {
        self.looked = u64::from_be_bytes(take(rest)?);
        self.kept = self.looked;
        while let Some([number]) = take(rest) {
            let ([has_left_out], left_out) = (take(rest)?, i64::from_be_bytes(take(rest)?));
            let mut lane =
                Lane { left_out: (has_left_out == 1).then_some(left_out), ..Lane::default() };
            for _ in 0..u32::from_be_bytes(take(rest)?) {
                let at_ms = i64::from_be_bytes(take(rest)?);
                lane.remember(at_ms, Hash(take(rest)?), self.lane_max);
            }
            if self.lanes.insert(number, lane).is_some() {
                return None;
            }
        }
        Some(())
    }

    /// How far the log was looked through, and what is known, whole.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.looked.to_be_bytes().to_vec();
        for (number, lane) in &self.lanes {
            out.extend([*number, u8::from(lane.left_out.is_some())]);
            out.extend(lane.left_out.unwrap_or(0).to_be_bytes());
            out.extend((lane.order.len() as u32).to_be_bytes());
            for (at_ms, hash) in &lane.order {
                out.extend(at_ms.to_be_bytes());
                out.extend(hash.0);
            }
        }
        seal(&KIND, &out)
    }

    /// Entries of the log that were looked through.
    pub(crate) fn looked(&self) -> u64 {
        self.looked
    }

    /// Looks through what the log has beyond what was looked at, up to `size`.
    pub(crate) fn look(&mut self, files: &Files<'_, impl Storage>, size: u64) {
        if self.looked > size {
            // It was written beside another log.
            *self = Self { lane_max: self.lane_max, ..Self::new(&self.own) };
        }
        // What cannot be read costs no more than that an act of it could be entered again.
        let from = self.looked;
        // When one was entered the next entry tells that has our own time.
        let mut untimed: Vec<(Entry, Hash)> = Vec::new();
        each(files, from, size, |entry, bytes| {
            let time = entered_ms(&entry);
            if entry.act().is_some() {
                untimed.push((entry, leaf_hash(bytes)));
            }
            if time.is_some() || untimed.len() >= UNTIMED_MAX {
                let time = time.unwrap_or(i64::MAX);
                untimed.drain(..).for_each(|(act, hash)| self.remember(&act, hash, time));
            }
        });
        untimed.iter().for_each(|(act, hash)| self.remember(act, *hash, i64::MAX));
        self.looked = size;
    }

    /// Whether the log has it, at `now_ms` by our own clock; `None` where only the log tells: then it is to
    /// be read. What is no act is never known.
    pub(crate) fn has(&mut self, entry: &Entry, now_ms: i64) -> Option<bool> {
        let Some(act) = entry.act() else { return Some(false) };
        let lane = self.lane(entry, act);
        let Some(lane) = self.lanes.get_mut(&lane) else { return Some(false) };
        if lane.known.contains(&leaf_hash(&entry.to_bytes())) {
            return Some(true);
        }
        let told_by_log = lane.left_out.is_some_and(|left_out| act.at_ms <= left_out);
        let since_ms = lane.read.map(|read| now_ms.saturating_sub(read));
        if !told_by_log || since_ms.is_some_and(|since| (0..READ_EVERY_MS).contains(&since)) {
            return Some(false);
        }
        None
    }

    /// The log was read for it at `now_ms` by our own clock.
    pub(crate) fn was_read_for(&mut self, entry: &Entry, now_ms: i64) {
        let Some(act) = entry.act() else { return };
        let lane = self.lane(entry, act);
        self.lanes.entry(lane).or_default().read = Some(now_ms);
    }

    /// It is in the log now, `at_ms` by our own clock, milliseconds since 1970.
    pub(crate) fn entered(&mut self, entry: &Entry, at_ms: i64) {
        self.remember(entry, leaf_hash(&entry.to_bytes()), at_ms);
    }

    fn remember(&mut self, entry: &Entry, hash: Hash, entered_ms: i64) {
        let Some(act) = entry.act() else { return };
        let lane = self.lane(entry, act);
        self.lanes.entry(lane).or_default().remember(
            act.at_ms.min(entered_ms),
            hash,
            self.lane_max,
        );
    }

    /// Which kind of act it is, and of which of the two.
    fn lane(&self, entry: &Entry, act: &Act) -> u8 {
        let kind = match entry {
            Entry::Request(_) => 0,
            Entry::Delivery(_) => 1,
            Entry::Answer(_) => 2,
            Entry::Report(_) => 3,
            Entry::Retraction(_) => 4,
            Entry::Silence(_) => 5,
            _ => 6,
        };
        2 * kind + u8::from(act.party == self.own)
    }

    /// The log is durable up to `size`: whether that has to be written down.
    pub(crate) fn is_due(&mut self, size: u64) -> bool {
        self.looked = self.looked.max(size);
        self.looked - self.kept >= LOOKED_EVERY
    }

    /// It is written down.
    pub(crate) fn kept(&mut self) {
        self.kept = self.looked;
    }
}

impl Lane {
    fn remember(&mut self, at_ms: i64, hash: Hash, max: usize) {
        if self.known.insert(hash) {
            self.order.push_back((at_ms, hash));
        }
        if self.order.len() > max
            && let Some((at_ms, oldest)) = self.order.pop_front()
        {
            self.known.remove(&oldest);
            self.left_out = self.left_out.max(Some(at_ms));
        }
    }
}

/// Whether a log of `size` entries has it, by looking through all of it.
pub(crate) fn is_in(files: &Files<'_, impl Storage>, size: u64, entry: &Entry) -> bool {
    let wanted = entry.to_bytes();
    let bundles = 0..size.div_ceil(BUNDLE);
    let mut entries = bundles.map(|bundle| files.entries(bundle).unwrap_or_default());
    entries.any(|entries| entries.contains(&wanted))
}

/// Our own time of an entry that has it.
fn entered_ms(entry: &Entry) -> Option<i64> {
    match entry {
        Entry::Release { at_ms, .. } | Entry::Receipt { at_ms, .. } => Some(*at_ms),
        _ => None,
    }
}

/// Every one of the entries from `first` up to `size`, as far as they can be read.
fn each(
    files: &Files<'_, impl Storage>,
    first: u64,
    size: u64,
    mut with: impl FnMut(Entry, &[u8]),
) {
    for bundle in first / BUNDLE..size.div_ceil(BUNDLE) {
        let entries = files.entries(bundle).unwrap_or_default();
        let seen = usize::try_from(first.saturating_sub(bundle * BUNDLE)).unwrap_or(0);
        for bytes in entries.iter().skip(seen) {
            if let Some(entry) = Entry::parse(bytes) {
                with(entry, bytes);
            }
        }
    }
}

/// Whether it is what earlier versions wrote: a number, and hashes.
fn is_of_before(bytes: &[u8]) -> bool {
    let looked = bytes.first_chunk::<8>().map_or(0, |looked| u64::from_be_bytes(*looked));
    bytes.len() % 32 == 8 && (1..1 << 48).contains(&looked)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(party: &str, at_ms: i64) -> Entry {
        let (id, party) = (format!("KGZ-{at_ms}"), party.to_owned());
        Entry::Answer(Act { id, party, at_ms, by: Vec::new(), text: "yes".to_owned() })
    }

    fn few() -> Acts {
        Acts { lane_max: 3, ..Acts::new("KGZ") }
    }

    #[test]
    fn a_flood_by_one_party_pushes_out_nothing_of_the_others_and_of_what_it_pushes_out_the_log_is_asked()
     {
        let mut acts = few();
        acts.entered(&answer("KGZ", 1), 1);
        (1..=100).for_each(|at_ms| acts.entered(&answer("RUS", at_ms), at_ms));
        assert_eq!(acts.has(&answer("KGZ", 1), i64::MAX), Some(true));
        assert_eq!(acts.has(&answer("KGZ", 2), i64::MAX), Some(false));
        assert_eq!(acts.has(&answer("RUS", 100), i64::MAX), Some(true));
        assert_eq!(acts.has(&answer("RUS", 1), i64::MAX), None, "it was known once");
        assert_eq!(acts.has(&answer("RUS", 101), i64::MAX), Some(false));
        assert_eq!(acts.lanes.values().map(|lane| lane.order.len()).max(), Some(3));
        // So it is after it was written down; the log may be read again then.
        acts.lanes.values_mut().for_each(|lane| lane.read = None);
        let read = Acts::from_bytes("KGZ", &acts.to_bytes()).unwrap();
        assert_eq!(read, Acts { lane_max: KNOWN_MAX, ..acts });
    }

    #[test]
    fn a_flood_of_acts_dated_back_has_the_log_read_once_in_ten_minutes() {
        let mut acts = few();
        (1..=100).for_each(|at_ms| acts.entered(&answer("RUS", 1_000 * at_ms), 1_000 * at_ms));
        let mut readings = 0;
        for n in 0..36_000 {
            // Ten a second for an hour, each another one.
            let (old, now_ms) = (answer("RUS", n), 1_000_000 + 100 * n);
            if acts.has(&old, now_ms).is_none() {
                // Until it is read, it is to be.
                assert_eq!(acts.has(&old, now_ms), None);
                acts.was_read_for(&old, now_ms);
                readings += 1;
            }
        }
        assert_eq!(readings, 6);
        assert_eq!(acts.has(&answer("RUS", 36_001), 5_200_000), None, "of then only the log tells");
        acts.was_read_for(&answer("RUS", 36_001), 5_200_000);
        assert_eq!(acts.has(&answer("RUS", 99_500), 5_200_001), Some(false), "nobody else waits");
        assert_eq!(acts.has(&answer("RUS", 36_002), 0), None, "a clock that was set back");
    }

    #[test]
    fn who_dates_acts_ahead_makes_no_later_one_a_matter_of_reading_the_log() {
        let mut acts = few();
        for ahead in 0..10 {
            acts.entered(&answer("RUS", i64::MAX - ahead), 1_000 + ahead);
        }
        assert_eq!(acts.has(&answer("RUS", 1_500), i64::MAX), Some(false));
        assert_eq!(
            acts.has(&answer("RUS", 1_000), i64::MAX),
            None,
            "it may be one that was left out"
        );
        assert_eq!(acts.has(&answer("RUS", i64::MAX - 9), i64::MAX), Some(true));
    }

    #[test]
    fn a_file_that_was_torn_or_changed_is_never_half_read() {
        let mut acts = few();
        (1..=100).for_each(|at_ms| acts.entered(&answer("RUS", at_ms), at_ms));
        let bytes = acts.to_bytes();
        for length in 0..bytes.len() {
            let damage = if length < 8 { Damage::NotOne } else { Damage::Checksum };
            assert_eq!(Acts::from_bytes("KGZ", &bytes[..length]), Err(damage), "{length} bytes");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            assert!(Acts::from_bytes("KGZ", &changed).is_err(), "byte {place}");
        }
        let whole = |content: &[u8]| Acts::from_bytes("KGZ", &seal(&KIND, content));
        assert_eq!(whole(&[0; 7]), Err(Damage::Content));
        assert_eq!(whole(&[0; 8 + 5]), Err(Damage::Content));
        // What an earlier version wrote is looked for in the log.
        let before = [&7u64.to_be_bytes()[..], &[1; 64]].concat();
        assert_eq!(Acts::from_bytes("KGZ", &before), Ok(Acts::new("KGZ")));
    }
}
