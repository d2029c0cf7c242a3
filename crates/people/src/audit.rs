//! Who did what when: one line of JSON an act, appended and synced, each chained to the one before.
//!
//! A line's `chain` is the SHA-256 of the chain before it followed by the line without `chain`.
//! So nobody takes a line out, changes one or puts one between without all after it telling, and
//! [`verify`] finds the first that does. Whoever may write the whole file can chain it anew: keep the
//! newest chain somewhere else.

use crate::book::{belongs, private};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use surveillance::Time;

/// In the folder of people.
pub const FILE: &str = "audit.jsonl";
/// Longest line.
const LINE_MAX: u64 = 128 << 10;
/// Longest text of one field, characters: what is longer ends with a sign that it did.
const TEXT_MAX: usize = 500;
/// Longest `about`, characters: all of what a console may say.
const ABOUT_MAX: usize = 16_000;

/// One thing that was done, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, UTC, RFC 3339.
    pub at: String,
    /// By whom; empty where nobody was signed in.
    pub who: String,
    /// From which address.
    pub from: String,
    /// What: "sign in", "suspend an accord".
    pub act: String,
    /// About what or whom.
    pub about: String,
    /// "done", "asked", or "refused: …" and why.
    pub outcome: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    entry: Entry,
    chain: String,
}

/// The file, open to be added to.
#[derive(Debug)]
pub(crate) struct Audit {
    path: PathBuf,
    file: File,
    length: u64,
    chain: String,
}

impl Audit {
    /// Opens it behind its last whole line.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        let file = opened(&path)?;
        let mut audit = Self { path, file, length: 0, chain: String::new() };
        audit.locked(|_| Ok(()))?;
        Ok(audit)
    }

    /// Adds one; durable when this returns.
    pub(crate) fn add(&mut self, mut entry: Entry) -> io::Result<()> {
        let Entry { who, from, act, about, outcome, .. } = &mut entry;
        let fields = [(who, TEXT_MAX), (from, TEXT_MAX), (act, TEXT_MAX), (outcome, TEXT_MAX)];
        for (text, most) in fields.into_iter().chain([(about, ABOUT_MAX)]) {
            if let Some((end, _)) = text.char_indices().nth(most) {
                text.truncate(end);
                text.push('…');
            }
        }
        self.locked(|audit| {
            let chain = chained(&audit.chain, &entry)?;
            let mut line = serde_json::to_vec(&Line { entry, chain: chain.clone() })?;
            line.push(b'\n');
            let written = audit.file.write_all(&line).and_then(|()| audit.file.sync_data());
            if let Err(error) = written {
                // Half a line would break the chain for good.
                audit.file.set_len(audit.length)?;
                audit.file.seek(SeekFrom::Start(audit.length))?;
                return Err(error);
            }
            audit.length += line.len() as u64;
            audit.chain = chain;
            Ok(())
        })
    }

    /// While nobody else writes, and behind what others wrote meanwhile. A line that a crash cut
    /// short is taken off.
    fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        self.file.lock()?;
        if fs::metadata(&self.path).map(|data| data.ino()).ok() != Some(self.file.metadata()?.ino())
        {
            // Somebody has put the file aside: what is written goes where it is looked for.
            self.file = opened(&self.path)?;
            self.file.lock()?;
            self.length = 0;
        }
        let done = self.catch_up().and_then(|()| work(self));
        self.file.unlock()?;
        done
    }

    fn catch_up(&mut self) -> io::Result<()> {
        if self.length > 0 && self.file.metadata()?.len() == self.length {
            return Ok(());
        }
        // Until all of it is known again.
        self.length = 0;
        let (whole, last) = tail(&mut self.file)?;
        self.file.set_len(whole)?;
        self.file.seek(SeekFrom::Start(whole))?;
        self.chain = match last {
            None => String::new(),
            Some(line) => {
                let line: Line = serde_json::from_slice(&line).map_err(|error| {
                    let path = self.path.display();
                    let told = format!(
                        "{path}: its last line cannot be read ({error}); put the file aside"
                    );
                    io::Error::new(io::ErrorKind::InvalidData, told)
                })?;
                line.chain
            }
        };
        self.length = whole;
        Ok(())
    }
}

fn opened(path: &Path) -> io::Result<File> {
    let file =
        private(&mut OpenOptions::new()).read(true).create(true).truncate(false).open(path)?;
    belongs(&file, path.parent().unwrap_or(Path::new(".")))?;
    Ok(file)
}

/// The length of all whole lines, and the last of them.
fn tail(file: &mut File) -> io::Result<(u64, Option<Vec<u8>>)> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(2 * LINE_MAX);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
        // One that a crash cut short.
        if length < LINE_MAX {
            return Ok((0, None));
        }
        let told = "the audit ends in no line; put it aside";
        return Err(io::Error::new(io::ErrorKind::InvalidData, told));
    };
    let start = bytes[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Ok((from + end as u64 + 1, Some(bytes[start..end].to_vec())))
}

fn chained(before: &str, entry: &Entry) -> io::Result<String> {
    let mut hash = Context::new(&SHA256);
    hash.update(before.as_bytes());
    hash.update(&serde_json::to_vec(entry)?);
    Ok(STANDARD_NO_PAD.encode(hash.finish()))
}

/// When something was done, as the audit writes it.
pub(crate) fn time_text(at: Time) -> String {
    let whole = jiff::Timestamp::from_second(at.unix_seconds().floor() as i64);
    whole.unwrap_or_default().to_string()
}

/// What is wrong with an audit.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// Of it.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The chain breaks.
    #[error("{}:{line}: {why}; all before it is as it was written", path.display())]
    Line {
        /// Of it.
        path: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        why: &'static str,
    },
}

/// Reads all of it, oldest first, and hands each entry to `each`. The newest chain, which is empty
/// where there is nothing.
///
/// # Errors
/// The first line that is not what was written.
pub fn verify(folder: &Path, mut each: impl FnMut(Entry)) -> Result<String, Broken> {
    let path = folder.join(FILE);
    let unreadable = |error| Broken::Unreadable { path: path.clone(), error };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let (mut lines, mut chain) = (BufReader::new(file), String::new());
    for number in 1.. {
        let broken = |why| Broken::Line { path: path.clone(), line: number, why };
        let mut bytes = Vec::new();
        let read = (&mut lines).take(LINE_MAX).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        if bytes.pop() != Some(b'\n') {
            return Err(broken("it has no end"));
        }
        let line: Line = serde_json::from_slice(&bytes).map_err(|_| broken("it is no entry"))?;
        if chained(&chain, &line.entry).map_err(unreadable)? != line.chain {
            return Err(broken("it does not follow from the line before"));
        }
        // Spaces or a key of its own would not be in the hash.
        let again = serde_json::to_vec(&line).map_err(|error| unreadable(error.into()))?;
        if again != bytes {
            return Err(broken("it is not as an entry is written"));
        }
        chain = line.chain;
        each(line.entry);
    }
    Ok(chain)
}

/// The newest entries, the newest first, at most `count`: from the end of the file alone.
///
/// # Errors
/// The disk fails.
pub fn newest(folder: &Path, count: usize) -> io::Result<Vec<Entry>> {
    let path = folder.join(FILE);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let length = fs::metadata(&path)?.len();
    let from = length.saturating_sub(2 * LINE_MAX + count as u64 * 1024);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(length - from).read_to_end(&mut bytes)?;
    let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    if from > 0 {
        lines.remove(0);
    }
    let read = |line: &&[u8]| serde_json::from_slice::<Line>(line).ok().map(|line| line.entry);
    Ok(lines.iter().rev().filter_map(read).take(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(act: &str) -> Entry {
        Entry {
            at: time_text(Time::from_unix_seconds(1.8e9)),
            who: "A. Duty".into(),
            from: "127.0.0.1".into(),
            act: act.into(),
            about: String::new(),
            outcome: "done".into(),
        }
    }

    fn written(acts: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut audit = Audit::open(folder.path()).unwrap();
        for act in acts {
            audit.add(entry(act)).unwrap();
        }
        folder
    }

    fn read(folder: &Path) -> Result<Vec<String>, Broken> {
        let mut acts = Vec::new();
        verify(folder, |entry| acts.push(entry.act)).map(|_| acts)
    }

    #[test]
    fn what_was_written_is_read_over_restarts_and_a_line_that_a_crash_cut_is_gone() {
        let folder = written(&["one", "two"]);
        let path = folder.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        for cut in 1..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut audit = Audit::open(folder.path()).unwrap();
            audit.add(entry("three")).unwrap();
            let acts = read(folder.path()).unwrap();
            assert_eq!(acts.last().unwrap(), "three");
            let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
            assert_eq!(acts.len(), if cut > first { 2 } else { 1 }, "{cut}");
        }
        assert_eq!(newest(folder.path(), 1).unwrap()[0].act, "three");
    }

    #[test]
    fn a_file_that_is_put_aside_is_begun_anew_and_damage_is_not_cut_away() {
        let folder = written(&["one"]);
        let path = folder.path().join(FILE);
        let mut audit = Audit::open(folder.path()).unwrap();
        fs::rename(&path, folder.path().join("aside")).unwrap();
        audit.add(entry("two")).unwrap();
        assert_eq!(read(folder.path()).unwrap(), ["two"]);
        let damaged = vec![0; 3 * LINE_MAX as usize];
        fs::write(&path, &damaged).unwrap();
        assert!(audit.add(entry("three")).is_err() && Audit::open(folder.path()).is_err());
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }

    #[test]
    fn what_is_cut_says_so() {
        let folder = written(&[]);
        let mut audit = Audit::open(folder.path()).unwrap();
        let about = "x".repeat(ABOUT_MAX + 1);
        audit.add(Entry { about, who: "\u{1}".repeat(600), ..entry("one") }).unwrap();
        audit.add(entry("two")).unwrap();
        let told = newest(folder.path(), 2).unwrap();
        assert!(told[1].about.ends_with("x…") && told[1].who.ends_with('…'));
        assert_eq!(read(folder.path()).unwrap(), ["one", "two"]);
    }

    #[test]
    fn two_that_write_at_once_keep_one_chain() {
        let folder = written(&["one"]);
        let (mut node, mut shell) =
            (Audit::open(folder.path()).unwrap(), Audit::open(folder.path()).unwrap());
        for _ in 0..3 {
            node.add(entry("node")).unwrap();
            shell.add(entry("shell")).unwrap();
        }
        assert_eq!(read(folder.path()).unwrap().len(), 7);
    }

    #[test]
    fn a_line_that_is_taken_out_or_put_in_or_changed_is_found() {
        let folder = written(&["one", "two", "three"]);
        let path = folder.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let check = |lines: &[&str], found: &str| {
            fs::write(&path, lines.join("\n") + "\n").unwrap();
            let error = read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(found), "{error}");
        };
        check(&[lines[0], lines[2]], ":2: it does not follow");
        check(&[lines[1], lines[2]], ":1: it does not follow");
        check(&[lines[0], lines[0], lines[1]], ":2: it does not follow");
        check(&[lines[0], &lines[1].replace("two", "tow")], ":2: it does not follow");
        check(&[lines[0], &lines[1].replace("{", "{ ")], ":2: it is not as");
        check(&[lines[0], "x"], ":2: it is no entry");
        fs::write(&path, &text).unwrap();
        assert_eq!(read(folder.path()).unwrap(), ["one", "two", "three"]);
    }

    proptest! {
        #[test]
        fn whatever_people_write_stays_one_line_and_verifies(about in any::<String>(), who in any::<String>()) {
            let folder = written(&["one"]);
            let mut audit = Audit::open(folder.path()).unwrap();
            audit.add(Entry { about: about.clone(), who, ..entry("two") }).unwrap();
            drop(audit);
            let mut abouts = Vec::new();
            verify(folder.path(), |entry| abouts.push(entry.about)).unwrap();
            prop_assert_eq!(&abouts[1], &about);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(FILE), &bytes).unwrap();
            let _ = verify(folder.path(), |_| ());
            let _ = newest(folder.path(), 10);
            let _ = Audit::open(folder.path());
        }
    }
}
