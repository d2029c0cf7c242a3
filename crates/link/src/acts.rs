//! What people did, as the ledger of the two has it: an entry for each note that tells of it, on the
//! sender's side when it is offered and on the receiver's when it has come. Both sides make it of the
//! same bytes, so both hold the same leaf.

use accord::{Answer, Note, Request, RequestId, Says, StandInWord};
use ledger::audit::Files;
use ledger::{Act, Entry, Hash, Storage, leaf_hash};
use std::collections::{BTreeSet, VecDeque};

/// Acts that are known to be entered, at most; of one that is older than all of them a copy could be
/// entered. Each is something that a person did or did not do.
const KNOWN_MAX: usize = 1 << 16;
/// Entries after which it is written down again how far the log was looked through.
const LOOKED_EVERY: u64 = 4096;
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

/// What we do towards a partner, if these bytes tell of it. Not of a suspension or a resumption, which
/// name nobody: who decided is entered beside it, see [`decision`].
pub(crate) fn sent(bytes: &[u8], between: (&str, &str)) -> Option<Entry> {
    let note = note_of(bytes, between)?;
    if matches!(note.says, Says::Standing { .. }) { None } else { entry(&note) }
}

/// The entry of the party that suspends or resumes with this note: by whom, and in which words. `None`
/// for any other note.
pub fn decision(note: &Note, by: Vec<String>, words: &str) -> Option<Entry> {
    if !matches!(note.says, Says::Standing { .. }) {
        return None;
    }
    let Entry::Decision(act) = entry(note)? else { return None };
    let text = with_words(&act.text, words);
    Some(Entry::Decision(Act { by, text, ..act }))
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

/// Which acts a log has already: a note is told again after a restart and after a suspension, and is
/// entered once all the same.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    /// Leaf hashes, the oldest first.
    order: VecDeque<Hash>,
    known: BTreeSet<Hash>,
    /// Entries of the log that were looked through.
    looked: u64,
    /// How many of those are written down.
    kept: u64,
}

impl Acts {
    /// From what [`Acts::to_bytes`] gave; what cannot be read is looked for in the log again.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut acts = Self::default();
        let Some((looked, hashes)) = bytes.split_first_chunk::<8>() else { return acts };
        if hashes.len() % 32 != 0 {
            return acts;
        }
        (acts.looked, acts.kept) = (u64::from_be_bytes(*looked), u64::from_be_bytes(*looked));
        hashes.chunks_exact(32).filter_map(Hash::from_slice).for_each(|hash| acts.remember(hash));
        acts
    }

    /// How far the log was looked through, and the hashes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.order.iter().flat_map(|hash| hash.0);
        self.looked.to_be_bytes().into_iter().chain(hashes).collect()
    }

    /// Entries of the log that were looked through.
    pub(crate) fn looked(&self) -> u64 {
        self.looked
    }

    /// Looks through what the log has beyond what was looked at, up to `size`.
    pub(crate) fn look(&mut self, files: &Files<'_, impl Storage>, size: u64) {
        if self.looked > size {
            // It was written beside another log.
            *self = Self::default();
        }
        while self.looked < size {
            let bundle = self.looked / BUNDLE;
            // What cannot be read costs no more than that an act of it could be entered again.
            let entries = files.entries(bundle).unwrap_or_default();
            let seen = usize::try_from(self.looked % BUNDLE).unwrap_or(0);
            for entry in entries.iter().skip(seen) {
                if Entry::parse(entry).is_some_and(|entry| entry.act().is_some()) {
                    self.remember(leaf_hash(entry));
                }
            }
            self.looked = size.min((bundle + 1) * BUNDLE);
        }
    }

    /// Whether the log lacks it; it is remembered as one that the log has.
    pub(crate) fn is_new(&mut self, entry: &Entry) -> bool {
        let hash = leaf_hash(&entry.to_bytes());
        let new = !self.known.contains(&hash);
        if new {
            self.remember(hash);
        }
        new
    }

    fn remember(&mut self, hash: Hash) {
        if self.known.insert(hash) {
            self.order.push_back(hash);
        }
        if self.order.len() > KNOWN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
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
