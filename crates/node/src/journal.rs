//! The node's journal: every event, in order, before it is acted on; and what it says when read.
//!
//! A record's payload is an event (`event_codec`), the numbers of the tracks, what stands, an alert that
//! is over, or the effective configuration as TOML behind [`CONFIGURED`]: what the feeds' numbers in the
//! events mean. It comes first in every run and again every minute, so that reading can begin anywhere.

use crate::book::BookFiles;
use crate::config::{Config, Format, RecordingSection};
use crate::event::{Book, Event, FeedIndex, Handle, Outbox, Shelf, Withdrawal};
use crate::event_codec;
use crate::runtime::Recorder;
use crate::timeline::{Minute, MinutesFile};
use crate::wire::AlertRow;
use recording::journal::{
    Damage, FileStore, JournalError, Options, Reader, Recovery, Retention, Writer,
};
use std::io;
use std::path::Path;
use std::time::Duration;
use surveillance::{Address, AddressKind, Time, TrackNumber};
use tracker::Numbers;

/// First payload byte of a configuration; an event's is its codec's version, never 0.
const CONFIGURED: u8 = 0;
/// First payload byte of the numbers that tracks bear.
const NUMBERED: u8 = u8::MAX;
/// First payload byte of what people decided and still stands.
const STANDING: u8 = u8::MAX - 1;
/// First octet of a record of an alert that ended a while ago, as JSON.
const OVER: u8 = u8::MAX - 2;
/// Numbers that a node which starts again leaves out: more than are given between two records.
const NUMBERS_SPARE: u32 = 1000;
/// Numbers in one record, whose length is bounded.
const NUMBERS_MAX: usize = 100_000;
/// Seconds between two records of the configuration.
pub(crate) const CONFIGURED_EVERY_S: f64 = 60.0;
/// Seconds of the journal from which a node that starts again takes up its picture at least; where
/// tracks are configured to coast longer, as long as they do.
const RESUME_S: f64 = 120.0;

/// Writes the journal. After a failure it is opened anew with the next batch.
pub struct Journal {
    section: RecordingSection,
    /// The configuration's record, and when it was last written.
    configured: Vec<u8>,
    configured_at: Time,
    writer: Option<Writer<FileStore>>,
    payload: Vec<u8>,
    numbers: Numbers,
    standing: String,
    books: [Books; Shelf::ALL.len()],
    /// Time of the newest event: what retention counts back from.
    newest: Time,
}

/// The books on one shelf.
struct Books {
    files: BookFiles,
    /// Generation of the one last written, and of the one that the newest record of what stands
    /// speaks of.
    written: u64,
    stands: u64,
    /// Those before it are gone.
    pruned: u64,
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
            numbers: Numbers::default(),
            standing: String::new(),
            books: Shelf::ALL.map(|shelf| Books {
                files: BookFiles::of(&config.recording.directory, shelf),
                written: 0,
                stands: 0,
                pruned: 0,
            }),
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
            // The numbers and what stands are due again, too.
            self.numbers = Numbers::default();
            self.standing.clear();
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

/// Which kind of record a payload is that reading needs the newest of from before: a configuration,
/// the numbers of tracks, what stands. `None` for an event.
pub fn context(payload: &[u8]) -> Option<u8> {
    payload.first().copied().filter(|first| [CONFIGURED, NUMBERED, STANDING].contains(first))
}

fn store(directory: &Path) -> Result<FileStore, JournalError> {
    FileStore::open(directory).map_err(|source| JournalError::Io {
        action: "open",
        path: directory.display().to_string(),
        source,
    })
}

fn open_writer(section: &RecordingSection) -> Result<(Writer<FileStore>, Recovery), JournalError> {
    let store = store(&section.directory)?;
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

    fn record_numbers(&mut self, numbers: &Numbers) -> io::Result<()> {
        if *numbers == self.numbers {
            return Ok(());
        }
        // Without one the last batch failed: the next one opens the journal anew.
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        self.payload.clear();
        encode_numbers(numbers, &mut self.payload);
        writer.append(self.newest, &self.payload).map_err(io::Error::other)?;
        writer.write().map_err(io::Error::other)?;
        self.writer = Some(writer);
        self.numbers.clone_from(numbers);
        Ok(())
    }

    fn record_book(&mut self, book: &Book) -> io::Result<()> {
        let books = &mut self.books[book.shelf as usize];
        books.files.write(book)?;
        books.written = book.generation;
        Ok(())
    }

    fn minutes(&self) -> Vec<Minute> {
        MinutesFile::of(&self.section.directory).read()
    }

    fn record_minute(&mut self, minute: &Minute) -> io::Result<()> {
        MinutesFile::of(&self.section.directory).append(minute)
    }

    fn record_over(&mut self, alert: &AlertRow) -> io::Result<()> {
        self.payload.clear();
        self.payload.push(OVER);
        serde_json::to_writer(&mut self.payload, alert).map_err(io::Error::other)?;
        let Some(mut writer) = self.writer.take() else {
            return Err(io::Error::other("the journal is not open"));
        };
        writer.append(self.newest, &self.payload).map_err(io::Error::other)?;
        writer.write().map_err(io::Error::other)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn record_standing(&mut self, standing: &str) -> io::Result<()> {
        if *standing == self.standing {
            return Ok(());
        }
        self.payload.clear();
        self.payload.push(STANDING);
        self.payload.extend_from_slice(standing.as_bytes());
        if self.payload.len() > recording::journal::PAYLOAD_LEN_MAX {
            // The writer is kept: everything else goes on being recorded.
            return Err(io::Error::other("what people decided is too long for one record"));
        }
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.append(self.newest, &self.payload).map_err(io::Error::other)?;
        writer.write().map_err(io::Error::other)?;
        self.writer = Some(writer);
        self.standing = standing.to_owned();
        for books in &mut self.books {
            books.stands = books.written;
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.sync().map_err(io::Error::other)?;
        writer.enforce_retention(self.newest).map_err(io::Error::other)?;
        self.writer = Some(writer);
        for books in self.books.iter_mut().filter(|books| books.pruned != books.stands) {
            books.files.prune(books.stands)?;
            books.pruned = books.stands;
        }
        Ok(())
    }
}

/// One thing that a journal tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// The node ran with this configuration from here on.
    Configured(Box<Config>),
    /// Its tracks bore these numbers.
    Numbered(Numbers),
    /// This is what people had decided and still stood.
    Standing(String),
    /// An alert that had ended a while before, whole.
    Over(Box<AlertRow>),
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
        Ok(Self { reader: Reader::from_time(store(directory)?, time)?, unreadable: 0 })
    }

    /// From the beginning of the last two segments.
    fn newest(directory: &Path) -> Result<Self, JournalError> {
        Ok(Self { reader: Reader::from_last_segments(store(directory)?, 2)?, unreadable: 0 })
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

/// Has `engine` handle again what its feeds brought in the last minutes before `now`, so that a
/// node that crashed shows the same tracks when it is back, those with an address under the same
/// numbers; what was recorded with other feeds is left alone. The engine's counters then include
/// what it took up.
///
/// # Errors
/// If the journal cannot be read; a folder that does not exist yet holds nothing.
pub fn resume(
    engine: &mut impl Handle,
    config: &Config,
    now: Time,
) -> Result<Resumed, JournalError> {
    let directory = &config.recording.directory;
    if !directory.is_dir() {
        return Ok(Resumed::default());
    }
    // What is recorded counts from its first configuration on, a minute later at most.
    let span_s = resume_span_s(config) + CONFIGURED_EVERY_S;
    let begins = now.plus_seconds(-span_s);
    let mut outbox = Outbox::default();
    let mut resumed = Resumed::default();
    let book = |shelf: Shelf, wanted: u64| {
        BookFiles::of(directory, shelf).read(wanted).map_err(|error| error.to_string())
    };
    let mut stood = newest(config)?;
    // Set back or not, the clock takes no decision away.
    stood.acts.iter_mut().for_each(|(time, _)| *time = (*time).min(now));
    // Nobody files a plan again because a node was down for longer than its picture is worth.
    stood.plans.retain(|(time, _)| *time < begins);
    for (shelf, generation) in stood.take_up(engine, now, &book, &mut outbox) {
        if let Err(error) = BookFiles::of(directory, shelf).set_aside(generation) {
            let of = shelf.name();
            tracing::error!(%error, of, generation, "a book that cannot be read stays where it is");
        }
    }
    let mut entries = Entries::since(directory, begins)?;
    let mut same_feeds = false;
    while let Some((time, entry)) = entries.read()? {
        match entry {
            // The machine's clock was set back since: the future is no past to take up.
            _ if time > now => {}
            Entry::Configured(recorded) => same_feeds = recorded.feeds == config.feeds,
            Entry::Event(event) if is_handled_again(&event, same_feeds) => {
                engine.handle(&event, time, &mut outbox);
                outbox.deliveries.clear();
                resumed.events += 1;
            }
            Entry::Event(_) | Entry::Numbered(_) | Entry::Standing(_) | Entry::Over(_) => {}
        }
        outbox.released.clear();
        outbox.notes.clear();
        outbox.said = Default::default();
        outbox.consumers.clear();
    }
    end_return(engine);
    resumed.withdrawn = outbox.withdrawn;
    Ok(resumed)
}

/// Seconds that are handled again so that the tracks of an instant stand at it.
pub(crate) fn resume_span_s(config: &Config) -> f64 {
    RESUME_S.max(config.tracker.coast_s)
}

/// Whether an event of a run before is handled again when its picture is made once more: consoles of then
/// are gone, and what people decided at them is part of what stood.
pub(crate) fn is_handled_again(event: &Event, same_feeds: bool) -> bool {
    (same_feeds && is_of_feeds(event)) || event.is_of_partner()
}

/// All that made the picture has been handled again: who did not come back by now is new when he comes.
pub(crate) fn end_return(engine: &mut impl Handle) {
    engine.resumed();
    engine.take_up(&Numbers::default());
}

/// What a node that starts again took up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Events handled again.
    pub events: u64,
    /// What goes no further: a suspension may be kept that a crash came too soon after to be
    /// carried out.
    pub withdrawn: Vec<Withdrawal>,
}

/// What stood at an instant of a run before: as last written by then, and what came after that.
#[derive(Debug, Default)]
pub(crate) struct Stood {
    numbers: Option<Numbers>,
    standing: Option<String>,
    /// What was decided after that: it is written up to a second late.
    acts: Vec<(Time, Event)>,
    /// What feeds of flight plans brought then, and in the seconds before, where a message may begin.
    plans: Vec<(Time, Event)>,
}

impl Stood {
    /// An entry of the run, in order. `of_plans`: whether a feed brings plans.
    pub(crate) fn note(&mut self, time: Time, entry: Entry, of_plans: &dyn Fn(FeedIndex) -> bool) {
        match entry {
            Entry::Numbered(numbers) => self.numbers = Some(numbers),
            Entry::Standing(standing) => {
                self.standing = Some(standing);
                self.acts.clear();
                self.plans.retain(|(at, _)| time.seconds_since(*at) <= MESSAGE_S);
            }
            Entry::Event(event) if event.is_act() => self.acts.push((time, event)),
            Entry::Event(event) if event.feed().is_some_and(of_plans) => {
                self.plans.push((time, event));
            }
            Entry::Configured(_) | Entry::Event(_) | Entry::Over(_) => {}
        }
    }

    /// No track bears this number yet, or a higher one, as last written; 0 if nothing was.
    pub(crate) fn next_number(&self) -> u32 {
        self.numbers.as_ref().map_or(0, |numbers| numbers.next)
    }

    /// The numbers of it alone.
    pub(crate) fn of_numbers(self) -> Self {
        Self { numbers: self.numbers, ..Self::default() }
    }

    /// Has `engine` go on from it, before what made its picture is handled again. `book` reads the book of a
    /// generation, or the newest. Says which books could not be understood.
    pub(crate) fn take_up(
        self,
        engine: &mut impl Handle,
        now: Time,
        book: &dyn Fn(Shelf, u64) -> Result<Option<Book>, String>,
        outbox: &mut Outbox,
    ) -> Vec<(Shelf, u64)> {
        if let Some(numbers) = self.numbers {
            let next = numbers.next.saturating_add(NUMBERS_SPARE);
            engine.take_up(&Numbers { next, ..numbers });
        }
        if let Some(standing) = self.standing {
            outbox.withdrawn = engine.take_up_standing(&standing, now);
        }
        let mut unreadable = Vec::new();
        for shelf in Shelf::ALL {
            let found = book(shelf, engine.book_wanted(shelf));
            let generation = found.as_ref().ok().and_then(|found| Some(found.as_ref()?.generation));
            if !engine.take_up_book(shelf, found) {
                unreadable.extend(generation.map(|generation| (shelf, generation)));
            }
        }
        for (time, event) in self.acts.into_iter().chain(self.plans) {
            engine.handle(&event, time, outbox);
        }
        unreadable
    }
}

/// Seconds within which a feed brings the whole of a message about a plan.
const MESSAGE_S: f64 = 60.0;

/// The numbers and what stands as last written, however long ago: they come every minute, so that
/// they are in the newest segment, or, where that was only just begun, in the one before.
fn newest(config: &Config) -> Result<Stood, JournalError> {
    let mut entries = Entries::newest(&config.recording.directory)?;
    let mut stood = Stood::default();
    let mut same_feeds = false;
    while let Some((time, entry)) = entries.read()? {
        if let Entry::Configured(recorded) = &entry {
            same_feeds = recorded.feeds == config.feeds;
        }
        stood.note(time, entry, &|feed| same_feeds && brings_plans(config, feed));
    }
    Ok(stood)
}

/// Whether a feed brings flight plans.
pub(crate) fn brings_plans(config: &Config, feed: FeedIndex) -> bool {
    let feed = config.feeds.get(usize::from(feed.0));
    feed.is_some_and(|feed| feed.format == Format::Plans)
}

/// The next number, then for each address one byte for its kind and three for itself, and its
/// number; big-endian.
fn encode_numbers(numbers: &Numbers, out: &mut Vec<u8>) {
    out.push(NUMBERED);
    out.extend(numbers.next.to_be_bytes());
    for (address, number) in numbers.by_address.iter().take(NUMBERS_MAX) {
        let kind = match address.kind() {
            AddressKind::Other => 0,
            AddressKind::Icao => 1,
            AddressKind::RemoteId => 2,
        };
        out.extend((kind << 24 | address.bits()).to_be_bytes());
        out.extend(number.0.to_be_bytes());
    }
}

fn decode_numbers(bytes: &[u8]) -> Option<Numbers> {
    let (next, rest) = bytes.split_first_chunk()?;
    let (entries, []) = rest.as_chunks::<8>() else { return None };
    let entry = |&[kind, a, b, c, n @ ..]: &[u8; 8]| {
        let bits = u32::from_be_bytes([0, a, b, c]);
        let address = match kind {
            1 => Address::icao(bits),
            2 => Address::remote_id(bits),
            _ => Address::other(bits),
        };
        (address, TrackNumber(u32::from_be_bytes(n)))
    };
    let by_address = entries.iter().map(entry).collect();
    Some(Numbers { next: u32::from_be_bytes(*next), by_address })
}

/// Consoles of the run before are gone; feeds and time are what made the picture.
fn is_of_feeds(event: &Event) -> bool {
    event.feed().is_some() || *event == Event::Tick
}

fn parse(payload: &[u8]) -> Option<Entry> {
    match payload.split_first()? {
        (&CONFIGURED, toml) => {
            let text = std::str::from_utf8(toml).ok()?;
            crate::config::parse_recorded(text).map(|config| Entry::Configured(Box::new(config)))
        }
        (&STANDING, text) => Some(Entry::Standing(std::str::from_utf8(text).ok()?.to_owned())),
        (&NUMBERED, numbers) => decode_numbers(numbers).map(Entry::Numbered),
        (&OVER, row) => serde_json::from_slice(row).ok().map(|row| Entry::Over(Box::new(row))),
        _ => event_codec::decode(payload).ok().map(Entry::Event),
    }
}
