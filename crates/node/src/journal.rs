//! The node's journal: every event, in order, before it is acted on; and what it says when read.
//!
//! A record's payload is an event (`event_codec`) or the effective configuration as TOML behind
//! [`CONFIGURED`]: what the feeds' numbers in the events mean. It comes first in every run and
//! again every minute, so that reading can begin anywhere.

use crate::config::{Config, RecordingSection};
use crate::event::{Event, Handle, Outbox};
use crate::event_codec;
use crate::runtime::Recorder;
use recording::journal::{
    Damage, FileStore, JournalError, Options, Reader, Recovery, Retention, Writer,
};
use std::io;
use std::path::Path;
use std::time::Duration;
use surveillance::Time;

/// First payload byte of a configuration; an event's is its codec's version, never 0.
const CONFIGURED: u8 = 0;
/// Seconds between two records of the configuration.
const CONFIGURED_EVERY_S: f64 = 60.0;
/// Seconds of the journal from which a node that starts again takes up its picture: longer than
/// any track in the air coasts, and than the configuration's period.
const RESUME_S: f64 = 120.0;

/// Writes the journal. After a failure it is opened anew with the next batch.
pub struct Journal {
    section: RecordingSection,
    /// The configuration's record, and when it was last written.
    configured: Vec<u8>,
    configured_at: Time,
    writer: Option<Writer<FileStore>>,
    payload: Vec<u8>,
    /// Time of the newest event: what retention counts back from.
    newest: Time,
}

impl Journal {
    /// Opens the journal of `config`, repairing what a crash left, and notes that a run begins.
    ///
    /// # Errors
    /// If the folder cannot be written or another node holds it.
    pub fn open(config: &Config, now: Time) -> Result<(Self, Recovery), JournalError> {
        let mut configured = vec![CONFIGURED];
        configured.extend_from_slice(config.to_toml().as_bytes());
        let section = config.recording.clone();
        let (mut writer, recovery) = open_writer(&section)?;
        writer.append(now, &configured)?;
        writer.sync()?;
        let journal = Self {
            section,
            configured,
            configured_at: now,
            writer: Some(writer),
            payload: Vec::new(),
            newest: now,
        };
        Ok((journal, recovery))
    }

    fn append(&mut self, batch: &[(Time, Event)]) -> Result<(), JournalError> {
        let anew = self.writer.is_none();
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => open_writer(&self.section)?.0,
        };
        if let Some((now, _)) = batch.first()
            && (anew || now.seconds_since(self.configured_at) >= CONFIGURED_EVERY_S)
        {
            writer.append(*now, &self.configured)?;
            self.configured_at = *now;
        }
        for (time, event) in batch {
            self.newest = *time;
            self.payload.clear();
            event_codec::encode(event, &mut self.payload);
            writer.append(*time, &self.payload)?;
        }
        writer.write()?;
        self.writer = Some(writer);
        Ok(())
    }
}

fn open_writer(section: &RecordingSection) -> Result<(Writer<FileStore>, Recovery), JournalError> {
    let path = || section.directory.display().to_string();
    let store = FileStore::open(&section.directory).map_err(|source| JournalError::Io {
        action: "open",
        path: path(),
        source,
    })?;
    let retention = Retention {
        bytes_max: Some((section.retention_gb * 1e9) as u64),
        age_max: Some(Duration::from_secs_f64(section.retention_hours * 3600.0)),
    };
    Writer::open(store, Options { retention, ..Options::default() })
}

impl Recorder for Journal {
    fn record(&mut self, batch: &[(Time, Event)]) -> io::Result<()> {
        self.append(batch).map_err(io::Error::other)
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.sync().map_err(io::Error::other)?;
        writer.enforce_retention(self.newest).map_err(io::Error::other)?;
        self.writer = Some(writer);
        Ok(())
    }
}

/// One thing that a journal tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// The node ran with this configuration from here on.
    Configured(Box<Config>),
    /// Something happened to it.
    Event(Event),
}

/// Reads a journal's entries in order.
pub struct Entries {
    reader: Reader<FileStore>,
    unreadable: u64,
}

impl Entries {
    /// From the first entry of the journal in `directory`.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let store = FileStore::open(directory)?;
        Ok(Self { reader: Reader::from_start(store), unreadable: 0 })
    }

    /// From the first entry of the journal in `directory` that is not before `time`.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn since(directory: &Path, time: Time) -> Result<Self, JournalError> {
        let store = FileStore::open(directory).map_err(|source| JournalError::Io {
            action: "open",
            path: directory.display().to_string(),
            source,
        })?;
        Ok(Self { reader: Reader::from_time(store, time)?, unreadable: 0 })
    }

    /// The next entry and its time; `None` at the end of what is there.
    ///
    /// # Errors
    /// If the storage fails. A record that is not understood is passed over and counted.
    pub fn read(&mut self) -> Result<Option<(Time, Entry)>, JournalError> {
        while let Some(record) = self.reader.read()? {
            match parse(record.payload) {
                Some(entry) => return Ok(Some((record.time, entry))),
                None => self.unreadable += 1,
            }
        }
        Ok(None)
    }

    /// Records passed over because no entry could be made of them.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// What the storage has lost, so far as reading has gone.
    pub fn damage(&self) -> Damage {
        self.reader.damage()
    }
}

/// Has `engine` handle again what its feeds brought in the last two minutes before `now`, so that
/// a node that crashed shows the same tracks under the same numbers when it is back. Returns how
/// many events that were; what was recorded with other feeds is left alone. The engine's counters
/// then include what it took up.
///
/// # Errors
/// If the journal cannot be read; a folder that does not exist yet holds nothing.
pub fn resume(engine: &mut impl Handle, config: &Config, now: Time) -> Result<u64, JournalError> {
    let directory = &config.recording.directory;
    if !directory.is_dir() {
        return Ok(0);
    }
    let mut entries = Entries::since(directory, now.plus_seconds(-RESUME_S))?;
    let mut outbox = Outbox::default();
    let mut same_feeds = false;
    let mut handled = 0;
    while let Some((time, entry)) = entries.read()? {
        match entry {
            // The machine's clock was set back since: the future is no past to take up.
            _ if time > now => break,
            Entry::Configured(recorded) => same_feeds = recorded.feeds == config.feeds,
            Entry::Event(event) if same_feeds && is_of_feeds(&event) => {
                engine.handle(&event, time, &mut outbox);
                outbox.deliveries.clear();
                handled += 1;
            }
            Entry::Event(_) => {}
        }
    }
    Ok(handled)
}

/// Consoles of the run before are gone; feeds and time are what made the picture.
fn is_of_feeds(event: &Event) -> bool {
    event.feed().is_some() || *event == Event::Tick
}

fn parse(payload: &[u8]) -> Option<Entry> {
    match payload.split_first()? {
        (&CONFIGURED, toml) => {
            let text = std::str::from_utf8(toml).ok()?;
            let config = crate::config::parse("journal", text).ok()?;
            Some(Entry::Configured(Box::new(config)))
        }
        _ => event_codec::decode(payload).ok().map(Entry::Event),
    }
}
