//! `entente simulate`, `entente track` and `entente score`: a scenario folder through the tracker, and what its tracks
//! are worth.

use crate::args::{self, Score, Simulate, TrackPlots};
use crate::commands::Misuse;
use crate::told::Told;
use anyhow::Context;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use scenario::form::{self, BadRows, FormError, Meta, PlotTable, Truth};
use scenario::score::{Card, Expected, Figures, Options, consistency, esassp};
use scenario::sensing::Simulation;
use scenario::spec::Spec;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use surveillance::{Plot, Time, Track};
use tracker::{Tracker, TrackerConfig};

/// Longest `meta.json` that is read, bytes.
const META_MAX: u64 = 16 << 20;
/// Most instants of the grid.
const INSTANTS_MAX: f64 = 1e7;

/// Makes the folder of a scenario from its file.
pub(crate) fn simulate(options: &Simulate) -> anyhow::Result<()> {
    let file = shown(&options.scenario);
    let text = std::fs::read_to_string(&options.scenario).with_context(|| file.clone())?;
    let mut spec = Spec::parse(&file, &text).map_err(|error| Misuse(error.to_string()))?;
    spec.seed = options.seed.unwrap_or(spec.seed);
    let simulation = Simulation::run(&spec);
    std::fs::create_dir_all(&options.out).with_context(|| shown(&options.out))?;
    let meta = options.out.join("meta.json");
    std::fs::write(&meta, simulation.meta_json()).with_context(|| shown(&meta))?;
    let table = |name: &str, write: &dyn Fn(&mut Sink) -> io::Result<()>| {
        let path = options.out.join(name);
        let mut out = create(&path)?;
        write(&mut out).and_then(|()| out.finish()).with_context(|| shown(&path))
    };
    table("plots.csv.gz", &|out| simulation.write_plots(out))?;
    table("plots_truth.csv.gz", &|out| simulation.write_plots_truth(out))?;
    table("aircraft.csv.gz", &|out| simulation.write_aircraft(out))?;
    table("truth.csv.gz", &|out| simulation.write_truth(out))?;
    tracing::info!(
        targets = simulation.targets.len(),
        plots = simulation.plots.len(),
        "simulated {}",
        spec.name
    );
    Ok(())
}

/// Tracks a file of plots in the order of their arrival and writes the confirmed tracks at each
/// instant of the grid.
pub(crate) fn track(options: &TrackPlots) -> anyhow::Result<()> {
    let meta = read_meta(&options.sensors)?;
    let table = form::read_plots(&shown(&options.plots), open(&options.plots)?, &meta)?;
    warn_of(&options.plots, &table.bad);
    let mut out = create(&options.out)?;
    let config = TrackerConfig { output_interval_s: None, ..TrackerConfig::default() };
    let told = options.asterix.as_deref().map(|path| Told::create(path, options.sender));
    let mut told = told.transpose()?;
    let written = write_tracks(&meta, &table, config, options.details, &mut out, told.as_mut())?;
    out.finish().with_context(|| shown(&options.out))?;
    if let Some(told) = told {
        let sent = told.finish()?;
        let (tracks, ended, numberless) = (sent.tracks, sent.ended, sent.numberless);
        tracing::info!(tracks, ended, numberless, "told as ASTERIX");
    }
    tracing::info!(
        plots = table.plots.len(),
        bad_rows = table.bad.count,
        rows = written,
        "tracked"
    );
    Ok(())
}

/// How many rows were written.
fn write_tracks(
    meta: &Meta,
    table: &PlotTable,
    config: TrackerConfig,
    details: bool,
    out: &mut impl Write,
    mut told: Option<&mut Told>,
) -> anyhow::Result<u64> {
    let mut tracker = Tracker::new(config);
    table.sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    form::write_track_header(out, details)?;
    let mut events = Vec::new();
    let mut rest = &table.plots[..];
    let mut rows = 0;
    for t_s in grid(meta, &table.plots) {
        let now = Time::from_unix_seconds(t_s);
        let arrived = rest.partition_point(|plot| plot.received <= now);
        tracker.observe(&rest[..arrived], &mut events);
        if let Some(told) = told.as_deref_mut() {
            told.hear(&rest[..arrived]);
        }
        rest = &rest[arrived..];
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
        events.clear();
        let tracks: Vec<Track> = tracker.tracks().map(|track| track.at(Some(now))).collect();
        for track in &tracks {
            form::write_track(out, t_s, track, details)?;
            rows += 1;
        }
        if let Some(told) = told.as_deref_mut() {
            told.update(now, &tracks, &tracker.registration())?;
        }
    }
    Ok(rows)
}

/// The instants: from 0, or from the first arrival where a scenario keeps another time, to the end
/// that it tells or its last plot.
fn grid(meta: &Meta, plots: &[Plot]) -> impl Iterator<Item = f64> + use<> {
    let step_s = meta.grid_s;
    let bounds = plots.first().zip(plots.last());
    let arrival_s = bounds.map_or((0.0, 0.0), |(first, last)| {
        (first.received.unix_seconds(), last.received.unix_seconds())
    });
    let usual = arrival_s.0 >= -step_s && arrival_s.0 <= meta.duration_s.unwrap_or(86_400.0);
    let first = if usual { 0.0 } else { (arrival_s.0 / step_s).floor() };
    let span_s = meta.duration_s.unwrap_or(arrival_s.1 - first * step_s);
    let count = (span_s / step_s + 1e-9).floor().clamp(0.0, INSTANTS_MAX) as u64;
    (0..=count).map(move |step| (first + step as f64) * step_s)
}

/// Compares tracks with the truth of their scenario.
pub(crate) fn score(options: &Score) -> anyhow::Result<()> {
    let meta = read_meta(&options.scenario.join("meta.json"))?;
    let truth = read_truth(&options.scenario)?;
    let (tracks, bad) = form::read_tracks(&shown(&options.tracks), open(&options.tracks)?)?;
    warn_of(&options.tracks, &bad);
    let card = Card::of(&truth, &tracks, &Options::of(&meta));
    if let Some(path) = &options.json {
        let mut text = serde_json::to_string_pretty(&card)?;
        text.push('\n');
        std::fs::write(path, text).with_context(|| shown(path))?;
    }
    let needs_details = || {
        let file = shown(&options.tracks);
        Misuse(format!("{file}: no details; track with --details"))
    };
    if let Some(path) = &options.nees {
        let kinds = consistency::nees(&truth, &tracks, &Options::of(&meta));
        anyhow::ensure!(!kinds.is_empty(), needs_details());
        let svg = consistency::svg(&meta.name, &kinds);
        std::fs::write(path, svg).with_context(|| shown(path))?;
    }
    if let Some(path) = &options.expected {
        compare(path, &meta.name, &Figures::of(&card), options.keep)?;
    }
    let mut text = card.to_string();
    if let Some(separation) = options.esassp {
        let separation = match separation {
            args::Separation::FiveNm => esassp::Separation::FiveNm,
            args::Separation::ThreeNm => esassp::Separation::ThreeNm,
        };
        let found = esassp::requirements(&truth, &tracks, &Options::of(&meta), separation);
        let found = found.ok_or_else(needs_details)?;
        text = format!("{text}\n{}", esassp::markdown(&found));
    }
    crate::commands::say(&text)
}

/// Compares with the kept scores of this scenario, or keeps these.
fn compare(path: &Path, name: &str, found: &Figures, keep: bool) -> anyhow::Result<()> {
    let file = shown(path);
    let mut expected = match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| file.clone())?,
        Err(error) if keep && error.kind() == io::ErrorKind::NotFound => Expected::default(),
        Err(error) => return Err(error).context(file),
    };
    if keep {
        expected.0.insert(name.to_owned(), *found);
        let mut text = serde_json::to_string_pretty(&expected)?;
        text.push('\n');
        return std::fs::write(path, text).context(file);
    }
    let kept = expected.0.get(name);
    let kept = kept.with_context(|| format!("{file}: nothing is kept of {name:?}; use --keep"))?;
    let worse = found.worse_than(kept);
    anyhow::ensure!(worse.is_empty(), "{name} is worse than kept: {}", worse.join("; "));
    Ok(())
}

fn read_truth(folder: &Path) -> anyhow::Result<Truth> {
    let path = table_in(folder, "truth.csv");
    let (rows, bad) = form::read_truth(&shown(&path), open(&path)?)?;
    warn_of(&path, &bad);
    let path = table_in(folder, "aircraft.csv");
    let (aircraft, bad) = form::read_aircraft(&shown(&path), open(&path)?)?;
    warn_of(&path, &bad);
    Ok(Truth { rows, aircraft })
}

/// The table, compressed or, where only that is there, plain.
fn table_in(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(name);
    if plain.is_file() { plain } else { folder.join(format!("{name}.gz")) }
}

fn read_meta(path: &Path) -> anyhow::Result<Meta> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let text = io::read_to_string(io::Read::take(file, META_MAX));
    let text = text.map_err(|source| unreadable(path, source))?;
    Ok(Meta::parse(&shown(path), &text)?)
}

/// The text of a file, unzipped if it is gzip by its content.
fn open(path: &Path) -> Result<Box<dyn BufRead>, FormError> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut file = BufReader::with_capacity(1 << 16, file);
    let start = file.fill_buf().map_err(|source| unreadable(path, source))?;
    if start.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))))
    } else {
        Ok(Box::new(file))
    }
}

fn unreadable(path: &Path, source: io::Error) -> FormError {
    FormError::Unreadable { file: shown(path), source }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn warn_of(path: &Path, bad: &BadRows) {
    for row in &bad.named {
        tracing::warn!("{}: {row}; left out", path.display());
    }
    if bad.count > bad.named.len() as u64 {
        tracing::warn!("{}: {} rows left out in all", path.display(), bad.count);
    }
}

/// A file that is compressed if its name says so.
pub(crate) enum Sink {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
}

/// Opens a file for writing; one that ends in `.gz` is compressed.
pub(crate) fn create(path: &Path) -> anyhow::Result<Sink> {
    let file = File::create(path).with_context(|| shown(path))?;
    let file = BufWriter::with_capacity(1 << 16, file);
    let gzip = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if gzip {
        Sink::Gzip(GzEncoder::new(file, Compression::default()))
    } else {
        Sink::Plain(file)
    })
}

impl Sink {
    /// Writes what is left; only then is the file whole.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut file) => file.flush(),
            Self::Gzip(file) => file.finish()?.flush(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(file) => file.flush(),
        }
    }
}
