//! One incident as one file, from the node's book of incidents and its journal.
//!
//! It is this node's own record: nothing in it has passed an accord.

use crate::book::BookFiles;
use crate::config::Config;
use crate::engine::Engine;
use crate::event::{Event, Handle, Outbox, Shelf};
use crate::journal::{self, Entries, Entry};
use crate::setup::{self, Occasion};
use crate::wire::{self, AlertSeverity, SourceKind};
use alert::AlertId;
use alert::incident::{Incident, TrackRef};
use anyhow::Context;
use dossier::{AlertRow, Cut, Dossier, FactRow, Manifest, Point, Span, TrackPath, cut, write};
use recording::journal::{FileStore, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek, Write};
use std::path::Path;
use surveillance::{Time, TrackNumber};

/// Seconds of the journal before an incident that go with it, so that its tracks are there.
const LEAD_S: f64 = 300.0;
/// Seconds after an incident for which alerts that it names and that were not over then are looked for.
const LATER_S: f64 = 86_400.0;
/// Seconds within which a configuration is written anew, and some.
const CONTEXT_S: f64 = 180.0;

/// What a dossier was made of.
#[derive(Debug)]
pub struct Made {
    /// Its list of files.
    pub manifest: Manifest,
    /// Tracks whose positions are in the replay alone: without an address, the number may be
    /// another's when the journal is handled again.
    pub unplaced: Vec<TrackNumber>,
    /// Alerts of the incident of which the journal holds nothing any more.
    pub alerts_lost: Vec<AlertId>,
}

/// Writes the dossier of an incident to `out`, with replay, positions and alerts from the journal in
/// that folder, where one is given. `made` and `by` say when and by whom.
///
/// # Errors
/// The journal cannot be read, holds too much of that time, or `out` refuses.
pub fn export(
    incident: &Incident,
    journal: Option<&Path>,
    (made, by): (Time, &str),
    out: impl Write + Seek,
) -> anyhow::Result<Made> {
    let span = span(incident);
    let (mut replay, mut found) = (None, Found::default());
    if let Some(folder) = journal {
        replay = Some(replay_of(folder, span)?);
        found = look(folder, span, incident)?;
    }
    let Found { tracks, unplaced, alerts } = found;
    let alerts_lost = incident.alerts().filter(|id| alerts.iter().all(|row| row.number != id.0));
    let alerts_lost = alerts_lost.collect();
    let dossier =
        Dossier { incident, alerts: &alerts, tracks: &tracks, replay: replay.as_ref(), made, by };
    let manifest = write(&dossier, out).context("the dossier cannot be written")?;
    Ok(Made { manifest, unplaced, alerts_lost })
}

#[derive(Default)]
struct Found {
    tracks: Vec<TrackPath>,
    unplaced: Vec<TrackNumber>,
    alerts: Vec<AlertRow>,
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

/// Where the incident's own tracks were, as the engine finds from the journal again, and its alerts as
/// they were at their end or stood last. A track with an address has the number it had; of one without, the number may be
/// another's this time, so it is left out and named.
fn look(folder: &Path, span: Span, incident: &Incident) -> anyhow::Result<Found> {
    let own = incident.tracks().filter_map(|track| match track {
        TrackRef::Own { number } => Some(number),
        TrackRef::Partner { .. } => None,
    });
    let wanted: BTreeSet<TrackNumber> = own.collect();
    let mut entries = Entries::since(folder, span.from.plus_seconds(-CONTEXT_S))?;
    let engine_at = |config: &Config, started| {
        setup::engine(config, Occasion { source: SourceKind::Replay, notice: None, started })
    };
    let (mut engine, mut config, mut stood) = (None, None, None);
    let mut addressed: BTreeSet<TrackNumber> = BTreeSet::new();
    let mut paths: BTreeMap<TrackNumber, TrackPath> = BTreeMap::new();
    let mut numbered = false;
    let mut alerts: BTreeMap<u64, AlertRow> = BTreeMap::new();
    let ids: Vec<AlertId> = incident.alerts().collect();
    while let Some((time, entry)) = entries.read()? {
        if time > span.to {
            break;
        }
        match entry {
            Entry::Over(row) => {
                if ids.contains(&AlertId(row.id)) {
                    alerts.insert(row.id, alert_row(&row));
                }
            }
            Entry::Configured(read) => {
                if engine.is_none() {
                    engine = Some(engine_at(&read, time));
                }
                config = Some(read);
            }
            Entry::Numbered(numbers) => {
                addressed.extend(numbers.by_address.iter().map(|(_, number)| *number));
                if let (Some(engine), false) = (&mut engine, numbered) {
                    engine.take_up(&numbers);
                    numbered = true;
                }
            }
            Entry::Event(event) => {
                let Some(engine) = &mut engine else { continue };
                engine.handle(&event, time, &mut Outbox::default());
                if matches!(event, Event::Tick) && time >= span.from {
                    let is_wanted = |n: &TrackNumber| wanted.contains(n) && addressed.contains(n);
                    trace(engine, is_wanted, &mut paths);
                }
            }
            Entry::Standing(text) => stood = Some((text, time)),
        }
    }
    if let (Some(config), Some((text, time))) = (config, stood) {
        let mut engine = engine_at(&config, time);
        engine.take_up_standing(&text, time);
        let book = BookFiles::of(folder, Shelf::Alerts).read(engine.book_wanted(Shelf::Alerts));
        engine.take_up_book(Shelf::Alerts, book.map_err(|why| why.to_string()));
        for row in engine.alert_rows(&ids) {
            alerts.entry(row.id).or_insert_with(|| alert_row(&row));
        }
    }
    // Of a large board only the newest is kept: what it had then was told later, at its end.
    while alerts.len() < ids.len()
        && let Some((time, entry)) = entries.read()?
        && time.seconds_since(span.to) < LATER_S
    {
        if let Entry::Over(row) = entry
            && ids.contains(&AlertId(row.id))
        {
            alerts.insert(row.id, alert_row(&row));
        }
    }
    let alerts = alerts.into_values().collect();
    let unplaced = wanted.into_iter().filter(|number| !paths.contains_key(number)).collect();
    Ok(Found { tracks: paths.into_values().collect(), unplaced, alerts })
}

/// Where the wanted tracks are now.
fn trace(
    engine: &Engine,
    is_wanted: impl Fn(&TrackNumber) -> bool,
    paths: &mut BTreeMap<TrackNumber, TrackPath>,
) {
    for entry in engine.entries().filter(|entry| is_wanted(&entry.track.number)) {
        let track = &entry.track;
        let path = paths.entry(track.number).or_insert_with(|| TrackPath {
            name: format!("TN {}", track.number.0),
            label: String::new(),
            identity: String::new(),
            points: Vec::new(),
        });
        if let Some(callsign) = track.codes.callsign {
            path.label = callsign.to_string();
        }
        path.identity = entry.who.without_partners().to_string();
        if path.points.last().is_none_or(|last| last.at < track.time) {
            path.points.push(Point {
                at: track.time,
                latitude_rad: track.position.latitude_rad,
                longitude_rad: track.position.longitude_rad,
                level_m: track.pressure_altitude_m,
            });
        }
    }
}

fn alert_row(row: &wire::AlertRow) -> AlertRow {
    let time = |ms: f64| Time::from_unix_nanos((ms * 1e6) as i64);
    let severity = match row.severity {
        AlertSeverity::Advisory => "advisory",
        AlertSeverity::Caution => "caution",
        AlertSeverity::Warning => "warning",
    };
    let fact = |fact: &wire::FactRow| FactRow {
        name: fact.name.clone(),
        value: fact.value.clone(),
        limit: fact.limit.clone(),
    };
    AlertRow {
        number: row.id,
        rule: row.rule.clone(),
        severity: severity.to_owned(),
        raised: time(row.opened_ms),
        ended: row.ended_ms.map(time),
        tracks: row.tracks.iter().map(|number| format!("TN {number}")).collect(),
        facts: row.facts.iter().map(fact).collect(),
    }
}
