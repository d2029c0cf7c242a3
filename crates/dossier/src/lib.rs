//! One incident as one file, to be read without us: a report for people, tables, positions for any
//! map, the stretch of the journal that replays it, and a list of the hash of each.
//!
//! A dossier is this node's own: nothing in it has passed an article, so it is no way to tell a
//! partner. [`write()`] makes one, [`verify()`] holds one against its hashes, [`cut()`] takes the replay
//! from a journal. The same input gives the same bytes.

mod cut;
mod html;
mod kml;
mod manifest;
mod sketch;
mod tables;
mod verify;

pub use cut::{CUT_BYTES_MAX, Cut, CutError, Span, cut};
pub use manifest::{FileLine, Manifest, ReplayLine};
pub use verify::{Fault, READ_BYTES_MAX, Verified, verify};

use alert::incident::Incident;
use ring::digest::{SHA256, digest};
use std::io::{Seek, Write};
use surveillance::Time;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Where a track was at one instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When, UTC.
    pub at: Time,
    /// WGS-84 latitude, radians.
    pub latitude_rad: f64,
    /// WGS-84 longitude, radians.
    pub longitude_rad: f64,
    /// Pressure altitude on the standard atmosphere, metres.
    pub level_m: Option<f64>,
}

/// One involved track and where it was.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackPath {
    /// Its number, as the screen shows it: `TN 2417`.
    pub name: String,
    /// Callsign, registration or what else was known of it.
    pub label: String,
    /// Standard identity, in words.
    pub identity: String,
    /// Oldest first.
    pub points: Vec<Point>,
}

/// One alert of the incident, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Its number.
    pub number: u64,
    /// The rule.
    pub rule: String,
    /// Advisory, caution or warning.
    pub severity: String,
    /// When it was raised, UTC.
    pub raised: Time,
    /// When it ended, UTC.
    pub ended: Option<Time>,
    /// Tracks it is about.
    pub tracks: Vec<String>,
    /// What was found and what it was held against, in order.
    pub facts: Vec<FactRow>,
}

/// One input of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// What it is.
    pub name: String,
    /// What was found, with its unit.
    pub value: String,
    /// What it was held against, with its unit.
    pub limit: Option<String>,
}

/// All that goes into the file.
#[derive(Debug, Clone, Copy)]
pub struct Dossier<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Its alerts.
    pub alerts: &'a [AlertRow],
    /// Its tracks.
    pub tracks: &'a [TrackPath],
    /// The stretch of the journal; `None` where it is left out.
    pub replay: Option<&'a Cut>,
    /// When it is made, UTC.
    pub made: Time,
    /// Who makes it.
    pub by: &'a str,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The storage refused.
    #[error("cannot write the file: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The storage refused.
    #[error("cannot write the file: {0}")]
    Io(#[from] std::io::Error),
}

/// The names of the files, in the order in which they stand.
pub(crate) const REPORT: &str = "report.html";
pub(crate) const LOG: &str = "log.csv";
pub(crate) const ALERTS: &str = "alerts.csv";
pub(crate) const TRACKS: &str = "tracks.kml";
pub(crate) const CHAIN: &str = "log.entl";
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const REPLAY: &str = "replay/";

/// Writes the dossier to `out`, and gives its list of files.
///
/// # Errors
/// What the storage refuses.
pub fn write(dossier: &Dossier<'_>, out: impl Write + Seek) -> Result<Manifest, WriteError> {
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (REPORT.into(), html::report(dossier).into_bytes()),
        (LOG.into(), tables::log(dossier.incident)),
        (ALERTS.into(), tables::alerts(dossier.alerts)),
        (TRACKS.into(), kml::tracks(dossier).into_bytes()),
        (CHAIN.into(), dossier.incident.to_bytes()),
    ];
    let segments = dossier.replay.iter().flat_map(|cut| &cut.segments);
    files.extend(segments.map(|(name, bytes)| (format!("{REPLAY}{name}"), bytes.clone())));
    let manifest = Manifest::of(dossier, &files);
    files.push((MANIFEST.into(), manifest.to_json()));

    let mut zip = ZipWriter::new(out);
    // One date for all and no extras, so that the same input gives the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in files {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    zip.finish()?;
    Ok(manifest)
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A text within XML or HTML: markup as entities, and nothing that XML 1.0 cannot hold.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            // Characters that reorder a line would let a text show as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
