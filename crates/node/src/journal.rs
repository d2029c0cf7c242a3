//! The node's journal: every event, in order, before it is acted on; and what it says when read.
//!
//! A record's payload is an event (`event_codec`) or, first in every run of a node, the effective
//! configuration as TOML behind [`RUN_BEGINS`]: what the feeds' numbers in the events mean.

use crate::config::{Config, RecordingSection};
use crate::event::Event;
use crate::event_codec;
use crate::runtime::Recorder;
use recording::journal::{
    Damage, FileStore, JournalError, Options, Reader, Recovery, Retention, Writer,
};
use std::io;
use std::path::Path;
use std::time::Duration;
use surveillance::Time;

/// First payload byte of a run's configuration; an event's is its codec's version, never 0.
const RUN_BEGINS: u8 = 0;

/// Writes the journal. After a failure it is opened anew with the next batch.
pub struct Journal {
    section: RecordingSection,
    run: Vec<u8>,
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
        let mut run = vec![RUN_BEGINS];
        run.extend_from_slice(config.to_toml().as_bytes());
        let section = config.recording.clone();
        let (mut writer, recovery) = open_writer(&section)?;
        writer.append(now, &run)?;
        writer.sync()?;
        Ok((
            Self { section, run, writer: Some(writer), payload: Vec::new(), newest: now },
            recovery,
        ))
    }

    fn append(&mut self, batch: &[(Time, Event)]) -> Result<(), JournalError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let (mut writer, _) = open_writer(&self.section)?;
                if let Some((time, _)) = batch.first() {
                    writer.append(*time, &self.run)?;
                }
                writer
            }
        };
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
    /// A node began to run with this configuration.
    RunBegins(Box<Config>),
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

fn parse(payload: &[u8]) -> Option<Entry> {
    match payload.split_first()? {
        (&RUN_BEGINS, toml) => {
            let text = std::str::from_utf8(toml).ok()?;
            let config = crate::config::parse("journal", text).ok()?;
            Some(Entry::RunBegins(Box::new(config)))
        }
        _ => event_codec::decode(payload).ok().map(Entry::Event),
    }
}
