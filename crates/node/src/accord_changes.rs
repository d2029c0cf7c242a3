//! Changes of accords' texts: where people sign in, none counts before two of them have approved it.
//!
//! The texts that count are kept beside the accounts, in `accords.json`. What the configured files say
//! otherwise is a change: a new accord, an amended text, one that is gone. Until two people have approved
//! that very text the node goes on with what counted before; it takes the new one up when it starts
//! next, and tells the other parties of the accord the hash of what they share of it. What stands in the files at the first
//! start counts, because nothing did before.

use crate::config::{AccordText, AccordsSection, Approval, ConfigError, sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use surveillance::Time;

const FILE: &str = "accords.json";
/// A file beyond this is none of ours.
const BYTES_MAX: u64 = 64 << 20;
/// Seconds for which a first person's word waits for a second.
const WAITS_S: f64 = 24.0 * 3600.0;
/// In place of the hash of a text: the accord is gone.
pub const GONE: &str = "gone";

/// What counts, and who wants what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    /// By id.
    approved: BTreeMap<String, Approved>,
    /// By id.
    #[serde(default)]
    waiting: BTreeMap<String, Waiting>,
    /// Who approved that it is gone, by id.
    #[serde(default)]
    gone: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approved {
    text: String,
    /// Nobody: it was there at the first start.
    by: Vec<String>,
    /// Who approved what it shares with the other parties: who changed their own caveats alone since are not
    /// told of. `None`: it was there at the first start; earlier versions did not keep it.
    #[serde(default)]
    shared: Option<Approval>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    /// SHA-256 of the text, in hexadecimal digits, or [`GONE`].
    sha256: String,
    by: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    at: i64,
}

/// What a file says otherwise than what counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which accord.
    pub accord: String,
    /// SHA-256 of the new text, in hexadecimal digits, or [`GONE`].
    pub sha256: String,
    /// The new text; empty where there is none any more.
    pub text: String,
    /// The text that counts; `None` where there is none.
    pub before: Option<String>,
    /// Who approved it: nobody yet, the first, who waits for a second person, or both: then only the node's
    /// next start is missing.
    pub approved_by: Vec<String>,
}

/// What came of somebody's approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A second person has to approve it.
    Waits,
    /// It counts from the next start on.
    Counts,
}

/// Why an approval is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such change, or its text is another by now.
    #[error("there is no such change of {0} in the files, or its text is another by now")]
    NoSuchChange(String),
    /// The same person twice.
    #[error("{0} approved it already; a second person has to")]
    SamePerson(String),
    /// Their roles are others by now.
    #[error("{0} may not approve it any more")]
    MayNot(String),
    /// A file of an accord.
    #[error(transparent)]
    Files(#[from] ConfigError),
    /// Our own.
    #[error("what counts cannot be kept: {0}")]
    Kept(#[from] io::Error),
}

/// Whether a person of that name may approve, as the accounts are now: who was shut out since, or has lost
/// the role, is not one of the two.
pub type May<'a> = &'a dyn Fn(&str) -> io::Result<bool>;

/// The texts that count and the files that may say otherwise.
#[derive(Debug)]
pub struct AccordChanges {
    folder: PathBuf,
    files: Vec<PathBuf>,
    /// What counts in this run, by id.
    in_force: BTreeMap<String, String>,
    lock: Mutex<()>,
}

impl AccordChanges {
    /// Beside the accounts in `folder`; begins with what `accords` were read, if nothing counts yet.
    pub fn open(folder: &Path, accords: &AccordsSection) -> io::Result<Self> {
        let in_force: BTreeMap<String, String> =
            accords.by_id().map_err(io::Error::other)?.into_iter().collect();
        if read(folder)?.is_none() {
            let texts = in_force.clone().into_iter();
            let approved =
                texts.map(|(id, text)| (id, Approved { text, by: Vec::new(), shared: None }));
            let book = Book { approved: approved.collect(), ..Book::default() };
            if !book.approved.is_empty() {
                let accords: Vec<_> = book.approved.keys().collect();
                tracing::warn!(
                    ?accords,
                    "these accords count as they stand; a change takes two people"
                );
            }
            write(folder, &book)?;
        }
        let files = accords.sources.clone();
        Ok(Self { folder: folder.to_owned(), files, in_force, lock: Mutex::new(()) })
    }

    /// What the files say otherwise now, in order of id.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn changes(&self, may: May<'_>, now: Time) -> Result<Vec<Change>, Refused> {
        self.changes_to(&self.book()?, may, now)
    }

    /// What two people have approved and the next start takes up, in order of id.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn approved(&self) -> Result<Vec<Change>, Refused> {
        let Book { mut approved, mut gone, .. } = self.book()?;
        let mut changes = Vec::new();
        for (accord, before) in &self.in_force {
            let now = approved.remove(accord);
            if now.as_ref().is_none_or(|now| now.text != *before) {
                let removed_by = now.is_none().then(|| gone.remove(accord)).flatten();
                let mut change = is_approved(accord.clone(), now, Some(before.clone()));
                change.approved_by.extend(removed_by.into_iter().flatten());
                changes.push(change);
            }
        }
        changes.extend(approved.into_iter().map(|(id, now)| is_approved(id, Some(now), None)));
        changes.sort_by(|a, b| a.accord.cmp(&b.accord));
        Ok(changes)
    }

    /// Somebody approves one of them.
    ///
    /// # Errors
    /// It is another by now, the same person did, they may not any more, or it cannot be kept.
    pub fn approve(
        &self,
        (accord, sha256): (&str, &str),
        person: &str,
        may: May<'_>,
        now: Time,
    ) -> Result<Outcome, Refused> {
        let _alone = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut book = self.book()?;
        if !may(person)? {
            return Err(Refused::MayNot(person.to_owned()));
        }
        let changes = self.changes_to(&book, may, now)?;
        let change = changes.into_iter().find(|one| one.accord == accord && one.sha256 == sha256);
        let change = change.ok_or_else(|| Refused::NoSuchChange(accord.to_owned()))?;
        let (id, sha256) = (accord.to_owned(), change.sha256);
        let outcome = match change.approved_by.into_iter().next() {
            Some(first) if is_same_person(&first, person) => {
                return Err(Refused::SamePerson(first));
            }
            Some(first) => {
                book.waiting.remove(&id);
                book.gone.remove(&id);
                if sha256 == GONE {
                    book.approved.remove(&id);
                    book.gone.insert(id, vec![first, person.to_owned()]);
                } else {
                    let (by, at) = (vec![first, person.to_owned()], now.unix_nanos());
                    let shared = match book.approved.remove(&id) {
                        Some(before) if shares_the_same(&before.text, &change.text) => {
                            before.shared
                        }
                        _ => Some(Approval { by: by.clone(), at }),
                    };
                    book.approved.insert(id, Approved { text: change.text, by, shared });
                }
                Outcome::Counts
            }
            None => {
                let waiting = Waiting { sha256, by: person.to_owned(), at: now.unix_nanos() };
                book.waiting.insert(id, waiting);
                Outcome::Waits
            }
        };
        write(&self.folder, &book)?;
        Ok(outcome)
    }

    fn book(&self) -> io::Result<Book> {
        Ok(read(&self.folder)?.unwrap_or_default())
    }

    fn changes_to(&self, book: &Book, may: May<'_>, now: Time) -> Result<Vec<Change>, Refused> {
        let texts = AccordsSection { files: self.files.clone(), ..AccordsSection::default() };
        let texts: BTreeMap<String, String> = texts.reread()?.by_id()?.into_iter().collect();
        let ids = texts.keys().chain(book.approved.keys());
        let ids: std::collections::BTreeSet<&String> = ids.collect();
        let mut changes = Vec::new();
        for id in ids {
            let before = book.approved.get(id).map(|approved| &approved.text);
            let text = texts.get(id);
            if text == before {
                continue;
            }
            let sha256 = text.map_or_else(|| GONE.to_owned(), |text| hash(text));
            let waiting = book.waiting.get(id).filter(|waiting| {
                let age_s = now.seconds_since(Time::from_unix_nanos(waiting.at));
                waiting.sha256 == sha256 && (0.0..WAITS_S).contains(&age_s)
            });
            let approved_by = match waiting {
                Some(waiting) if may(&waiting.by)? => vec![waiting.by.clone()],
                _ => Vec::new(),
            };
            let (accord, text) = (id.clone(), text.cloned().unwrap_or_default());
            changes.push(Change { accord, sha256, text, before: before.cloned(), approved_by });
        }
        Ok(changes)
    }
}

fn is_approved(accord: String, now: Option<Approved>, before: Option<String>) -> Change {
    let sha256 = now.as_ref().map_or_else(|| GONE.to_owned(), |now| hash(&now.text));
    let (text, approved_by) = now.map(|now| (now.text, now.by)).unwrap_or_default();
    Change { accord, sha256, text, before, approved_by }
}

/// Puts the texts that count in the place of those that were read, where any do. An accord whose file has
/// come to stop something, by a suspension, a notice, an end or a caveat, is stopped: to stop takes nobody's
/// approval, and nothing goes out under it until two people have approved what still may. Its caveats hold
/// all the same, those of both texts: they bind what goes out under other accords too.
pub(crate) fn take_up(accords: &mut AccordsSection, folder: &Path) -> Result<(), ConfigError> {
    let path = folder.join(FILE).display().to_string();
    let book = read(folder).map_err(|error| ConfigError {
        file: path.clone(),
        place: " ".into(),
        problem: format!("cannot be read ({error}); put it back from a copy"),
    })?;
    if let Some(book) = book {
        let files: BTreeMap<String, String> = accords.by_id()?.into_iter().collect();
        let text = |(id, Approved { text, shared, .. }): (String, Approved)| {
            let stopped_by = files.get(&id).filter(|file| stops_more(file, &text)).cloned();
            if stopped_by.is_some() {
                tracing::warn!(
                    accord = id,
                    "its file stops something: nothing of it goes out until two people approve the file"
                );
            }
            let file = format!("{path}, accord {id}");
            AccordText { file, text, stopped_by, approved: shared }
        };
        accords.texts = book.approved.into_iter().map(text).collect();
    }
    Ok(())
}

/// Whether two texts say the same to the other parties.
fn shares_the_same(one: &str, other: &str) -> bool {
    accord::shared_form(one) == accord::shared_form(other)
}

/// Whether a text has a suspension, a notice, an end or a caveat that another has not.
fn stops_more(text: &str, than: &str) -> bool {
    let stops = |text: &str| {
        let accord = accord::read("", text).ok()?.accord;
        let instruments = accord.lifecycle.instruments();
        let said = |one: &dyn std::fmt::Debug| format!("{one:?}");
        let suspensions = instruments.suspensions.iter().map(|one| said(one));
        let notices = instruments.notices.iter().map(|one| said(one));
        let ends = instruments.termination.iter().map(|one| said(one));
        let caveats = accord.caveats.iter().map(|one| said(one));
        Some(suspensions.chain(notices).chain(ends).chain(caveats).collect::<Vec<_>>())
    };
    let (new, old) = (stops(text), stops(than).unwrap_or_default());
    new.is_none_or(|new| new.iter().any(|one| !old.contains(one)))
}

/// Case and spaces do not make two people of one.
fn is_same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

fn hash(text: &str) -> String {
    sha256(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(folder: &Path) -> io::Result<Option<Book>> {
    let file = match File::open(folder.join(FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(Some(serde_json::from_str(&text)?))
}

/// At one stroke, and durable when this returns.
fn write(folder: &Path, book: &Book) -> io::Result<()> {
    let (path, new) = (folder.join(FILE), folder.join("accords.json.new"));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&serde_json::to_vec_pretty(book)?)?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    File::open(folder)?.sync_all()
}
