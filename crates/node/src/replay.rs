//! A recording shown as if it came now: its bytes enter the node at their own times.
//!
//! Works on what a node recorded itself and on every foreign container. First [`Recording::open`]
//! looks what feeds it holds and when it begins; then [`Recording::play`] hands its bytes to the
//! intake, each when the replaying clock reaches its time.

use crate::book::BookFiles;
use crate::clock::Clock;
use crate::config::{Config, Feed, Format, HostPort, ReceiverTime, Transport};
use crate::event::{Book, Event, FeedIndex, Shelf};
use crate::intake::Intake;
use crate::journal::{CONFIGURED_EVERY_S, Entries, Entry, resume_span_s};
use crate::pace::Pacer;
use anyhow::{Context, Result, bail};
use asterix::{Editions, Rule};
use modes::{AvrSplitter, BeastSplitter, Frame, FrameClock, FramingDefect};
use recording::container::{self, Item, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use surveillance::{SensorId, Time};
use tokio_util::sync::CancellationToken;

/// How far a file is looked into for the streams it holds.
const LOOK_ITEMS: usize = 20_000;
/// Streams of a capture that are followed; later ones are left alone.
const STREAMS_MAX: usize = 64;
/// How often a full queue is looked at again.
const ROOM_POLL: Duration = Duration::from_millis(1);
/// Streams of a capture of which it is remembered what they are.
const FORMATS_MAX: usize = 1024;
/// Pace of frames that have no time of their own: a thousand a second.
const UNTIMED_STEP_S: f64 = 1e-3;
/// Bytes of a stream are handed over in pieces no larger than this, though a counter stands still.
const PIECE_BYTES_MAX: usize = 1 << 16;
/// Nor longer than this.
const PIECE_S: f64 = 0.05;

/// A node ticks ten times a second: where its journal is silent for this long, it did not run.
const NODE_OFF_S: f64 = 10.0;
/// A silence of a capture that nobody wants to wait for.
const CAPTURE_GAP_S: f64 = 600.0;
/// A recorder's clock that is further off than this from the clock of the data is not believed.
const RECORDER_OFF_MAX_S: f64 = 30.0;

/// Both ends of a stream in a capture; none for a file that is one stream.
type Ends = (Option<SocketAddr>, Option<SocketAddr>);

/// A recording that can be played.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    kind: Kind,
    /// The configuration to replay it by: its feeds, and what was known of its sensors.
    pub config: Config,
    /// When it begins. A recording without dates begins on 1970-01-01.
    pub begins: Time,
    /// What is added to the container's times.
    shift_s: f64,
    /// From when on it is read; all of it, if `None`.
    since: Option<Time>,
}

#[derive(Debug)]
enum Kind {
    /// A folder that a node wrote.
    Journal,
    /// A foreign container; which feed each of its streams is.
    Container(BTreeMap<Ends, FeedIndex>),
}

/// Bytes of one feed and their time, or what else the recording tells of it.
#[derive(Debug, Clone, PartialEq)]
struct Unit {
    time: Time,
    /// Whether nothing at all was recorded for long before it.
    after_gap: bool,
    event: Event,
}

impl Recording {
    /// Looks what the recording at `path` holds; `config` tells of its sensors. A file does not say of
    /// which feed it is: it is read by the ASTERIX editions that the configured feeds have for single
    /// sensors and by those of whole categories on which all feeds agree, then by `editions`, which are
    /// rules of [`Editions::apply`]. A node's folder says by itself what it was read by.
    ///
    /// # Errors
    /// If it cannot be read or nothing in it can be played, if a rule asks for what there is not, or the
    /// feeds do not agree and `editions` says nothing.
    pub fn open(path: &Path, config: Config, editions: &[String]) -> Result<Self> {
        if path.is_dir() {
            Self::open_journal(path, None)
        } else {
            Self::open_container(path, config, editions)
        }
    }

    /// What the node that writes the folder `path` recorded since then, and what came before so that its
    /// tracks stand at that instant.
    ///
    /// # Errors
    /// If it cannot be read or holds nothing of that time.
    pub fn open_since(path: &Path, since: Time) -> Result<Self> {
        let mut span_s = resume_span_s(&Config::default());
        loop {
            let begins = since.plus_seconds(-span_s - CONFIGURED_EVERY_S);
            let recording = Self::open_journal(path, Some(begins))?;
            // How long tracks coast its own configuration says.
            let wanted_s = resume_span_s(&recording.config);
            if wanted_s <= span_s {
                return Ok(recording);
            }
            span_s = wanted_s;
        }
    }

    /// A book that the recording has of exactly this state.
    pub(crate) fn book(&self, shelf: Shelf, generation: u64) -> Option<Book> {
        let files = matches!(self.kind, Kind::Journal).then(|| BookFiles::of(&self.path, shelf));
        let book = files?.read(generation).ok().flatten();
        book.filter(|book| book.generation == generation)
    }

    fn open_journal(path: &Path, since: Option<Time>) -> Result<Self> {
        let mut entries =
            entries_of(path, since).with_context(|| format!("cannot read {}", path.display()))?;
        while let Some((begins, entry)) = entries.read()? {
            if let Entry::Configured(config) = entry {
                let kind = Kind::Journal;
                return Ok(Self {
                    path: path.to_owned(),
                    kind,
                    config: *config,
                    begins,
                    shift_s: 0.0,
                    since,
                });
            }
        }
        bail!("{} holds no recording of a node of that time", path.display())
    }

    fn open_container(path: &Path, mut config: Config, rules: &[String]) -> Result<Self> {
        let (rules, disagreement) = rules_of_file(&config.feeds, rules)?;
        let mut editions = Editions::default();
        for rule in &rules {
            editions.apply(rule)?;
        }
        let mut units = Units::new(path, editions)?;
        let mut begins: Option<Time> = None;
        let mut streams = BTreeMap::new();
        let mut offs = Vec::new();
        config.feeds.clear();
        for _ in 0..LOOK_ITEMS {
            let Some(found) = units.look()? else { break };
            if let (Some(Format::Asterix), Some(said)) = (found.format, &disagreement) {
                bail!("{}: {said}", path.display());
            }
            begins = begins.or(found.time);
            offs.extend(found.recorder_off_s(&units.editions));
            if let Some(format) = found.format
                && streams.len() < STREAMS_MAX
                && !streams.contains_key(&found.ends)
            {
                let index = FeedIndex(u16::try_from(streams.len()).unwrap_or(u16::MAX));
                streams.insert(found.ends, index);
                let rules = if format == Format::Asterix { rules.clone() } else { Vec::new() };
                config.feeds.push(Feed { editions: rules, ..feed(format, found.ends, path) });
            }
        }
        if streams.is_empty() {
            bail!("{} holds nothing that can be replayed", path.display());
        }
        let kind = Kind::Container(streams);
        let shift_s = shift_s(offs);
        let begins = begins.unwrap_or(Time::EPOCH).plus_seconds(shift_s);
        Ok(Self { path: path.to_owned(), kind, config, begins, shift_s, since: None })
    }

    /// Hands everything to `intake` at its time on `clock`; returns at the end or on `stop`.
    ///
    /// # Errors
    /// If the recording cannot be read on.
    pub async fn play(
        self,
        intake: Arc<Intake>,
        clock: Arc<Clock>,
        stop: CancellationToken,
    ) -> Result<()> {
        let (sender, mut units) = tokio::sync::mpsc::channel(256);
        let reading = tokio::task::spawn_blocking(move || self.read(&sender));
        loop {
            let unit = tokio::select! {
                () = stop.cancelled() => break,
                unit = units.recv() => unit,
            };
            let Some(Unit { time, after_gap, event }) = unit else { break };
            if after_gap {
                clock.leap_to(time);
            }
            if let Some(wait) = clock.wall_time_until(time) {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(wait) => {}
                }
            }
            // A recording played faster than the engine works waits for it.
            while event.feed().is_some_and(|feed| !intake.has_room(feed)) {
                tokio::time::sleep(ROOM_POLL).await;
            }
            match event {
                Event::Received { feed, bytes, source } => intake.received(feed, &bytes, source),
                Event::FeedConnected { feed } => intake.connected(feed),
                Event::FeedLost { feed, reason } => intake.lost(feed, reason),
                _ => {}
            }
        }
        drop(units);
        reading.await.context("the reader panicked")?
    }

    /// Whether it says of what day it is; a recording of frames alone does not, and begins with 1970.
    pub fn is_dated(&self) -> bool {
        self.begins.unix_seconds() > 86_400.0
    }

    /// Whether it holds its node's own ticks.
    pub(crate) fn has_ticks(&self) -> bool {
        matches!(self.kind, Kind::Journal)
    }

    /// Everything in it, as fast as it can be read, until `give` says to stop: of a journal every
    /// entry, of a container what its feeds brought.
    pub(crate) fn visit(&self, give: &mut impl FnMut(Time, Entry) -> bool) -> Result<()> {
        let streams = match &self.kind {
            Kind::Container(streams) => streams,
            Kind::Journal => return self.visit_journal(give),
        };
        self.read_container(streams, &mut |unit| give(unit.time, Entry::Event(unit.event)))
    }

    fn visit_journal(&self, give: &mut impl FnMut(Time, Entry) -> bool) -> Result<()> {
        let mut entries = entries_of(&self.path, self.since)?;
        let mut is_known = false;
        while let Some((time, entry)) = entries.read()? {
            match entry {
                // Feeds are numbered by the configuration of their own run.
                Entry::Configured(config) if config.feeds != self.config.feeds => break,
                Entry::Configured(_) => is_known = true,
                // Without the configuration it came under it means nothing.
                _ if !is_known => {}
                entry => {
                    if !give(time, entry) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn read(&self, sink: &tokio::sync::mpsc::Sender<Unit>) -> Result<()> {
        // A closed channel means that nobody wants more.
        let mut give = |unit: Unit| sink.blocking_send(unit).is_ok();
        match &self.kind {
            Kind::Journal => self.read_journal(&mut give),
            Kind::Container(streams) => self.read_container(streams, &mut give),
        }
    }

    fn read_journal(&self, give: &mut impl FnMut(Unit) -> bool) -> Result<()> {
        let mut entries = entries_of(&self.path, self.since)?;
        let feeds = self.config.feeds.len();
        let mut newest = self.begins;
        let mut after_gap = false;
        while let Some((time, entry)) = entries.read()? {
            after_gap |= time.seconds_since(newest) > NODE_OFF_S;
            newest = time;
            match entry {
                // Feeds are numbered by the configuration of their own run.
                Entry::Configured(config) if config.feeds != self.config.feeds => {
                    tracing::warn!(%time, "the feeds were configured anew here: replay ends");
                    break;
                }
                Entry::Configured(_) | Entry::Numbered(_) | Entry::Standing(_) | Entry::Over(_) => {
                }
                Entry::Event(event) => {
                    let of_ours = event.feed().is_some_and(|f| usize::from(f.0) < feeds);
                    if of_ours {
                        let after_gap = std::mem::take(&mut after_gap);
                        if !give(Unit { time, after_gap, event }) {
                            break;
                        }
                    }
                }
            }
        }
        if !entries.damage().is_none() || entries.unreadable() > 0 {
            let damage = entries.damage();
            tracing::warn!(?damage, unreadable = entries.unreadable(), "the recording is damaged");
        }
        Ok(())
    }

    fn read_container(
        &self,
        streams: &BTreeMap<Ends, FeedIndex>,
        give: &mut impl FnMut(Unit) -> bool,
    ) -> Result<()> {
        for &feed in streams.values() {
            let event = Event::FeedConnected { feed };
            give(Unit { time: self.begins, after_gap: false, event });
        }
        let editions = self.config.feeds.iter().find(|feed| feed.format == Format::Asterix);
        let editions = editions.map(Feed::editions).unwrap_or_default();
        let mut units = Units::new(&self.path, editions)?;
        let mut time = self.begins;
        while let Some(found) = units.look()? {
            let told = found.time.map_or(time, |told| told.plus_seconds(self.shift_s).max(time));
            let after_gap = told.seconds_since(time) > CAPTURE_GAP_S;
            time = told;
            let Some(&feed) = streams.get(&found.ends) else { continue };
            // A capture of both radio and network is played as what it began with.
            let of_feed = self.config.feeds.get(usize::from(feed.0)).map(|feed| feed.format);
            if found.format.is_some_and(|format| Some(format) != of_feed) {
                continue;
            }
            let event = Event::Received { feed, bytes: found.bytes, source: found.ends.0 };
            if !give(Unit { time, after_gap, event }) {
                return Ok(());
            }
        }
        for &feed in streams.values() {
            let reason = "the recording has ended".to_owned();
            give(Unit { time, after_gap: false, event: Event::FeedLost { feed, reason } });
        }
        Ok(())
    }
}

fn entries_of(path: &Path, since: Option<Time>) -> Result<Entries> {
    Ok(match since {
        Some(since) => Entries::since(path, since)?,
        None => Entries::open(path)?,
    })
}

/// The rules of editions for a file that may be of any of these feeds: those that no two feeds differ on,
/// then the given. With them, what to say of ASTERIX if feeds differ on a category that none is given for.
fn rules_of_file(feeds: &[Feed], given: &[String]) -> Result<(Vec<String>, Option<String>)> {
    let feeds: Vec<&Feed> = feeds.iter().filter(|feed| feed.format == Format::Asterix).collect();
    let newest = Editions::default();
    let nothing = |category, source| Rule { source, category, spec: None, expansion: None };
    let mut of_feeds = Vec::new();
    for feed in &feeds {
        let mut rules: BTreeMap<(u8, Option<SensorId>), Rule> = BTreeMap::new();
        for rule in &feed.editions {
            let Rule { source, category, spec, expansion } = Rule::parse(rule)?;
            let known = rules.entry((category, source)).or_insert(nothing(category, source));
            known.spec = spec.or(known.spec);
            known.expansion = expansion.or(known.expansion);
        }
        // Who asks for the newest tables of all asks for nothing.
        for rule in rules.values_mut().filter(|rule| rule.source.is_none()) {
            let of_all = newest.spec(rule.category).map(|spec| spec.edition);
            rule.spec = rule.spec.filter(|spec| Some(spec.edition) != of_all);
        }
        rules.retain(|_, rule| rule.spec.is_some() || rule.expansion.is_some());
        of_feeds.push(rules);
    }
    let reading = |rule: &Rule| {
        (rule.spec.map(|spec| spec.edition), rule.expansion.map(|layout| layout.edition))
    };
    let given_rules: Vec<Rule> =
        given.iter().map(|rule| Rule::parse(rule)).collect::<Result<_, _>>()?;
    let is_given = |category: u8, source: Option<SensorId>| {
        let is_it = |rule: &Rule| {
            rule.category == category && (rule.source.is_none() || rule.source == source)
        };
        given_rules.iter().any(is_it)
    };
    let keys: BTreeSet<_> = of_feeds.iter().flat_map(BTreeMap::keys).copied().collect();
    let (mut rules, mut disagreement) = (Vec::new(), None);
    for (category, source) in keys {
        // A feed that says nothing of a single source may never have heard of it.
        let mut theirs = of_feeds.iter().enumerate().filter_map(|(feed, rules)| {
            let rule = rules.get(&(category, source)).copied();
            Some((feed, rule.or(source.is_none().then(|| nothing(category, source)))?))
        });
        let Some((first, rule)) = theirs.next() else { continue };
        match theirs.find(|(_, other)| reading(other) != reading(&rule)) {
            None => rules.push(rule.to_string()),
            Some((other, _)) if disagreement.is_none() && !is_given(category, source) => {
                let (one, two) = (&feeds[first].name, &feeds[other].name);
                let of = source.map_or(String::new(), |source| format!(" of {source}"));
                disagreement = Some(format!(
                    "the feeds {one} and {two} read CAT{category:03}{of} by different editions, and a \
                     file does not say of which it is: give --edition {category}=EDITION"
                ));
            }
            Some(_) => {}
        }
    }
    rules.extend_from_slice(given);
    Ok((rules, disagreement))
}

fn feed(format: Format, ends: Ends, path: &Path) -> Feed {
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = match ends {
        (Some(source), _) if format != Format::Asterix => source.to_string(),
        _ => file.unwrap_or_default(),
    };
    let nowhere = HostPort { host: "recording".into(), port: 1 };
    Feed {
        name,
        format,
        transport: Transport::Connect(nowhere),
        sensor: None,
        site: None,
        range_max_m: None,
        clock: ReceiverTime::default(),
        editions: Vec::new(),
    }
}

/// What of a container can be played, in order.
struct Units {
    reader: Reader<std::fs::File>,
    /// What a stream file's bytes are cut into, with the time each piece has.
    cutter: Cutter,
    pieces: std::collections::VecDeque<Found>,
    formats: BTreeMap<Ends, Option<Format>>,
    /// Which ASTERIX is read by.
    editions: Editions,
}

/// Bytes, whose they are and when they came.
struct Found {
    ends: Ends,
    format: Option<Format>,
    time: Option<Time>,
    bytes: Vec<u8>,
}

impl Found {
    /// How far the data's own time is ahead of the recorder's.
    fn recorder_off_s(&self, editions: &Editions) -> Option<f64> {
        let time = self.time.filter(|_| self.format == Some(Format::Asterix))?;
        Some(time_told(&self.bytes, time, editions)?.seconds_since(time))
    }
}

/// What to add to a recorder's times so that they agree with most of its data: nothing if they do
/// already. Some recorders' clocks are hours off, and plots are not believed that far from their
/// receipt.
fn shift_s(mut offs: Vec<f64>) -> f64 {
    offs.sort_by(f64::total_cmp);
    let median = offs.get(offs.len() / 2).copied().unwrap_or(0.0);
    if median.abs() > RECORDER_OFF_MAX_S { median } else { 0.0 }
}

/// The time of the first record in a datagram that tells one, on the day nearest to `reference`.
fn time_told(datagram: &[u8], reference: Time, editions: &Editions) -> Option<Time> {
    let interpreter = asterix::Interpreter::new();
    let records =
        asterix::blocks(datagram).flatten().flat_map(|block| block.records(editions)).flatten();
    records.filter_map(|record| interpreter.time(&record, reference)).next()
}

impl Units {
    fn new(path: &Path, editions: Editions) -> Result<Self> {
        let reader = Reader::open(path)?;
        let cutter = Cutter::new(reader.format());
        let (pieces, formats) = Default::default();
        Ok(Self { reader, cutter, pieces, formats, editions })
    }

    fn look(&mut self) -> Result<Option<Found>> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                return Ok(Some(piece));
            }
            match self.reader.read()? {
                None => return Ok(self.cutter.finish()),
                // Defects of the container are told by `entente decode`.
                Some(Item::Defect(_)) => {}
                Some(Item::Datagram(chunk)) => {
                    let time = chunk
                        .time
                        .or_else(|| self.cutter.datagram_time(chunk.bytes, &self.editions));
                    return Ok(Some(Found {
                        ends: (None, None),
                        format: Some(Format::Asterix),
                        time,
                        bytes: chunk.bytes.to_vec(),
                    }));
                }
                Some(Item::Frame(frame)) => {
                    let (time, bytes) = (frame.time, frame.bytes.to_vec());
                    let format = Some(Format::RemoteId);
                    return Ok(Some(Found { ends: (None, None), format, time, bytes }));
                }
                Some(Item::Stream(chunk)) if chunk.source.is_none() => {
                    self.cutter.push(chunk.bytes, &mut self.pieces);
                }
                Some(Item::Stream(chunk)) => {
                    let ends = (chunk.source, chunk.destination);
                    // A capture may have joined the connection within a frame: a segment that
                    // tells nothing does not settle it.
                    let format = stream_format_of(&mut self.formats, ends, chunk.bytes);
                    let bytes = chunk.bytes.to_vec();
                    return Ok(Some(Found { ends, format, time: chunk.time, bytes }));
                }
            }
        }
    }
}

/// What a capture's stream is, so far as its segments have told; of more streams than
/// [`FORMATS_MAX`] nothing is remembered.
fn stream_format_of(
    formats: &mut BTreeMap<Ends, Option<Format>>,
    ends: Ends,
    bytes: &[u8],
) -> Option<Format> {
    if formats.len() >= FORMATS_MAX && !formats.contains_key(&ends) {
        return None;
    }
    let format = formats.entry(ends).or_default();
    *format = format.or_else(|| container::detect(bytes).and_then(stream_format));
    *format
}

fn stream_format(format: container::Format) -> Option<Format> {
    match format {
        container::Format::Beast => Some(Format::Beast),
        container::Format::Avr => Some(Format::Avr),
        container::Format::Sbs => Some(Format::Sbs),
        _ => None,
    }
}

/// Cuts a file that is one stream into pieces, each with the time its first frame was heard.
/// Frames of either text or binary form leave it as Beast.
struct Cutter {
    splitting: Splitting,
    pacer: Pacer,
    /// Time of the newest frame; frames without a clock follow it at [`UNTIMED_STEP_S`].
    newest: Option<Time>,
    piece: Vec<u8>,
    piece_begins: Option<Time>,
}

enum Splitting {
    Beast(BeastSplitter),
    Avr(AvrSplitter),
    Sbs,
    None,
}

impl Cutter {
    fn new(format: container::Format) -> Self {
        let splitting = match format {
            container::Format::Beast => Splitting::Beast(BeastSplitter::default()),
            container::Format::Avr => Splitting::Avr(AvrSplitter::new()),
            container::Format::Sbs => Splitting::Sbs,
            _ => Splitting::None,
        };
        let pacer = Pacer::default();
        Self { splitting, pacer, newest: None, piece: Vec::new(), piece_begins: None }
    }

    fn push(&mut self, bytes: &[u8], pieces: &mut std::collections::VecDeque<Found>) {
        let mut splitting = std::mem::replace(&mut self.splitting, Splitting::None);
        let mut take = |framed: Result<Frame, FramingDefect>| {
            if let Ok(frame) = framed {
                self.frame(&frame, pieces);
            }
        };
        match &mut splitting {
            Splitting::Beast(splitter) => splitter.push(bytes, &mut take),
            Splitting::Avr(splitter) => splitter.push(bytes, &mut take),
            Splitting::Sbs => {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    self.line(line, pieces);
                }
            }
            Splitting::None => {}
        }
        self.splitting = splitting;
    }

    fn frame(&mut self, frame: &Frame, pieces: &mut std::collections::VecDeque<Found>) {
        let told = match self.pacer.pace(frame.clock) {
            (FrameClock::Ticks12MHz(ticks), due) if ticks > 0 => Some(Time::EPOCH.plus(due)),
            _ => None,
        };
        let time = self.next_time(told);
        self.begin_piece(time, Format::Beast, pieces);
        frame.write_beast(&mut self.piece);
    }

    /// A whole line or, at the end of what was read, the front of one: then the rest follows.
    fn line(&mut self, line: &[u8], pieces: &mut std::collections::VecDeque<Found>) {
        let mut told = None;
        modes::SbsSplitter::new().push(line, &mut |message| {
            told = message.ok().and_then(|message| message.generated);
        });
        let time = self.next_time(told);
        self.begin_piece(time, Format::Sbs, pieces);
        self.piece.extend_from_slice(line);
    }

    fn next_time(&mut self, told: Option<Time>) -> Time {
        let newest = self.newest.unwrap_or(Time::EPOCH);
        let time = told.unwrap_or_else(|| newest.plus_seconds(UNTIMED_STEP_S));
        *self.newest.insert(time)
    }

    fn begin_piece(
        &mut self,
        time: Time,
        format: Format,
        pieces: &mut std::collections::VecDeque<Found>,
    ) {
        let begins = *self.piece_begins.get_or_insert(time);
        let apart_s = time.seconds_since(begins);
        if !(0.0..PIECE_S).contains(&apart_s) || self.piece.len() >= PIECE_BYTES_MAX {
            pieces.push_back(Found {
                ends: (None, None),
                format: Some(format),
                time: Some(begins),
                bytes: std::mem::take(&mut self.piece),
            });
            self.piece_begins = Some(time);
        }
    }

    /// What was left, at the end of the file.
    fn finish(&mut self) -> Option<Found> {
        let format =
            if matches!(self.splitting, Splitting::Sbs) { Format::Sbs } else { Format::Beast };
        let bytes = std::mem::take(&mut self.piece);
        let time = self.piece_begins.take();
        (!bytes.is_empty()).then_some(Found {
            ends: (None, None),
            format: Some(format),
            time,
            bytes,
        })
    }

    /// The time of day that a datagram's first timed record tells, on 1970-01-01: for files of
    /// bare ASTERIX blocks, which have no other.
    fn datagram_time(&mut self, datagram: &[u8], editions: &Editions) -> Option<Time> {
        let noon = Time::EPOCH.plus(Duration::from_secs(12 * 3600));
        let time = time_told(datagram, self.newest.unwrap_or(noon), editions)?;
        self.newest = Some(time);
        Some(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorder_clock_that_is_hours_off_is_put_right_and_a_stray_record_moves_nothing() {
        assert_eq!(shift_s(vec![12_054.0, 12_054.5, 12_055.0, -3.0]), 12_054.5);
        assert_eq!(shift_s(vec![-0.2, -0.3, 40_000.0]), 0.0);
        assert_eq!(shift_s(Vec::new()), 0.0);
    }
}
