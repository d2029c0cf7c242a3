//! `entente incident`: one incident as one file, from a node's book of incidents and its journal,
//! and whether such a file is as it was written.

use crate::commands::{Misuse, say};
use alert::incident::{Incident, IncidentId, Incidents, TrackRef};
use anyhow::Context;
use clap::Subcommand;
use dossier::{Cut, Dossier, Point, Span, TrackPath, cut, verify, write};
use node::clock::Clock;
use node::event::{Event, Handle, Outbox};
use node::journal::{self, Entries, Entry};
use node::setup::{self, Occasion};
use node::wire::SourceKind;
use recording::journal::{FileStore, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use surveillance::{Time, TrackNumber};

/// Seconds of the journal before an incident that go with it, so that its tracks are there.
const LEAD_S: f64 = 300.0;
/// Seconds within which a configuration is written anew, and some.
const CONTEXT_S: f64 = 180.0;

#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// Write an incident with its log, tracks and replay as one zip. It is this node's own record:
    /// nothing in it has passed an accord.
    Export {
        /// The node's book of incidents.
        book: PathBuf,
        /// Which: INC-0142, or the number alone; with a partner's, KGZ:142.
        #[arg(long, value_name = "INCIDENT")]
        incident: String,
        /// The node's journal, for the replay and the positions; neither, if not said.
        #[arg(long, value_name = "FOLDER")]
        journal: Option<PathBuf>,
        /// Who makes it.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Where to write it; a file that is there is not written over.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Hold a file against the hashes in it, and its log against its chain.
    Verify {
        /// The zip.
        file: PathBuf,
    },
    /// List the incidents of a book.
    List {
        /// The node's book of incidents.
        book: PathBuf,
    },
}

pub(crate) fn perform(command: &IncidentCommand) -> anyhow::Result<()> {
    match command {
        IncidentCommand::Export { book, incident, journal, by, output } => {
            export(&open(book)?, incident, journal.as_deref(), by, output)
        }
        IncidentCommand::Verify { file } => check(file),
        IncidentCommand::List { book } => list(&open(book)?),
    }
}

fn open(book: &Path) -> anyhow::Result<Incidents> {
    let bytes = fs::read(book).with_context(|| format!("cannot read {}", book.display()))?;
    let read = Incidents::from_bytes(&bytes);
    read.with_context(|| format!("{} is no book of incidents", book.display()))
}

fn list(book: &Incidents) -> anyhow::Result<()> {
    let mut text = String::new();
    for incident in book.iter() {
        let state = match incident.closed() {
            Some(closing) => format!("closed: {}", closing.outcome),
            None => "open".to_owned(),
        };
        let owner = incident.owner().map_or_else(|| "—".to_owned(), ToString::to_string);
        text += &format!(
            "{:#}  {}  {}  {state}  {} {owner}  {}\n",
            incident.id(),
            incident.opened(),
            incident.kind(),
            incident.holder(),
            incident.title()
        );
    }
    say(&text)
}

/// `INC-0142`, `142`, `KGZ:142` or `KGZ:INC-0142`.
fn id(text: &str, book: &Incidents) -> anyhow::Result<IncidentId> {
    let (node, number) = match text.split_once(':') {
        Some((node, number)) => {
            (node.parse().map_err(|why| Misuse(format!("--incident {text}: {why}")))?, number)
        }
        None => (book.own(), text),
    };
    let number = number.strip_prefix("INC-").unwrap_or(number).parse().ok();
    let number = number
        .ok_or_else(|| Misuse(format!("--incident {text} is no incident such as INC-0142")))?;
    Ok(IncidentId { node, number })
}

fn export(
    book: &Incidents,
    which: &str,
    journal: Option<&Path>,
    by: &str,
    output: &Path,
) -> anyhow::Result<()> {
    let id = id(which, book)?;
    let incident =
        book.get(id).ok_or_else(|| Misuse(format!("there is no {id:#} in this book")))?;
    let span = span(incident);
    let (mut replay, mut tracks, mut unplaced) = (None, Vec::new(), Vec::new());
    if let Some(folder) = journal {
        if !folder.is_dir() {
            return Err(Misuse(format!("{} is no folder", folder.display())).into());
        }
        replay = Some(replay_of(folder, span)?);
        (tracks, unplaced) = paths(folder, span, incident)?;
    }
    let file =
        File::create_new(output).with_context(|| format!("cannot write {}", output.display()))?;
    let dossier = Dossier {
        incident,
        alerts: &[],
        tracks: &tracks,
        replay: replay.as_ref(),
        made: Clock::new().now(),
        by,
    };
    let manifest = write(&dossier, BufWriter::new(file))?;
    let mut text = format!("{}: {} files\n", output.display(), manifest.files.len() + 1);
    for track in unplaced {
        text += &format!(
            "TN {}: no address, so its positions are in the replay alone, maybe under another number\n",
            track.0
        );
    }
    say(&text)
}

/// From some time before the first entry of the log to its last.
fn span(incident: &Incident) -> Span {
    let times = || incident.log().iter().map(|entry| entry.at);
    let first = times().chain([incident.opened()]).min().unwrap_or(Time::EPOCH);
    let last = times().max().unwrap_or(first);
    Span { from: first.plus_seconds(-LEAD_S), to: last }
}

fn replay_of(folder: &Path, span: Span) -> anyhow::Result<Cut> {
    let store = FileStore::open(folder)?;
    let mut reader = Reader::from_time(store, span.from.plus_seconds(-CONTEXT_S))?;
    Ok(cut(&mut reader, span, journal::context)?)
}

/// Where the incident's own tracks were, as the engine finds from the journal again. A track with
/// an address has the number it had; of one without, the number may be another's this time, so it
/// is left out and named.
fn paths(
    folder: &Path,
    span: Span,
    incident: &Incident,
) -> anyhow::Result<(Vec<TrackPath>, Vec<TrackNumber>)> {
    let own = incident.tracks().filter_map(|track| match track {
        TrackRef::Own { number } => Some(number),
        TrackRef::Partner { .. } => None,
    });
    let wanted: BTreeSet<TrackNumber> = own.collect();
    let mut entries = Entries::since(folder, span.from.plus_seconds(-CONTEXT_S))?;
    let mut engine = None;
    let mut addressed: BTreeSet<TrackNumber> = BTreeSet::new();
    let mut paths: BTreeMap<TrackNumber, TrackPath> = BTreeMap::new();
    let mut outbox = Outbox::default();
    let mut before = None;
    while let Some((time, entry)) = entries.read()? {
        if time > span.to {
            break;
        }
        match entry {
            Entry::Configured(config) if engine.is_none() => {
                let occasion = Occasion { source: SourceKind::Replay, notice: None, started: time };
                engine = Some(setup::engine(&config, occasion));
            }
            Entry::Numbered(numbers) => {
                addressed.extend(numbers.by_address.iter().map(|(_, number)| *number));
                if let (Some(engine), None) = (&mut engine, before) {
                    engine.take_up(&numbers);
                    before = Some(time);
                }
            }
            Entry::Event(event) => {
                let Some(engine) = &mut engine else { continue };
                engine.handle(&event, time, &mut outbox);
                outbox = Outbox::default();
                if !matches!(event, Event::Tick) || time < span.from {
                    continue;
                }
                let Some((_, subjects)) = engine.subjects() else { continue };
                for subject in subjects {
                    let number = u32::try_from(subject.number.0).ok().map(TrackNumber);
                    let number = number.filter(|n| wanted.contains(n) && addressed.contains(n));
                    let (Some(number), Some(at)) = (number, subject.position) else { continue };
                    let path = paths.entry(number).or_insert_with(|| TrackPath {
                        name: format!("TN {}", number.0),
                        label: String::new(),
                        identity: String::new(),
                        points: Vec::new(),
                    });
                    if let Some(callsign) = subject.codes.callsign {
                        path.label = callsign.to_string();
                    }
                    path.identity = subject.identity.to_string();
                    if path.points.last().is_none_or(|last| last.at < subject.time) {
                        path.points.push(Point {
                            at: subject.time,
                            latitude_rad: at.latitude_rad,
                            longitude_rad: at.longitude_rad,
                            level_m: subject.level_m,
                        });
                    }
                }
            }
            Entry::Configured(_) | Entry::Standing(_) => {}
        }
    }
    let unplaced = wanted.into_iter().filter(|number| !paths.contains_key(number)).collect();
    Ok((paths.into_values().collect(), unplaced))
}

fn check(file: &Path) -> anyhow::Result<()> {
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let verified = verify(opened).with_context(|| file.display().to_string())?;
    let manifest = &verified.manifest;
    say(&format!(
        "{}: whole. {} of node {}, {} entries, made {} by {}\nhead of its log {}\n",
        file.display(),
        manifest.incident,
        manifest.node,
        manifest.entries,
        manifest.made,
        manifest.by,
        manifest.head
    ))
}
