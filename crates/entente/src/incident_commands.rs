//! `entente incident`: one incident as one file, from a node's book of incidents and its journal,
//! and whether such a file is as it was written.

use crate::commands::{Misuse, say};
use alert::incident::{IncidentId, Incidents, NodeName};
use anyhow::Context;
use clap::Subcommand;
use dossier::verify;
use node::book::BookFiles;
use node::clock::Clock;
use node::event::Shelf;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// Write an incident with its log, tracks and replay as one zip. It is this node's own record:
    /// nothing in it has passed an accord.
    Export {
        /// The node's recording folder, or a book of incidents alone.
        book: PathBuf,
        /// Which: INC-0142, or the number alone; with a partner's, KGZ:142.
        #[arg(long, value_name = "INCIDENT")]
        incident: String,
        /// The node's journal, for the replay, positions and alerts: the recording folder, where that
        /// is what was given; none of them, if there is no journal.
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
        /// The node's recording folder, or a book of incidents alone.
        book: PathBuf,
    },
}

pub(crate) fn perform(command: &IncidentCommand) -> anyhow::Result<()> {
    match command {
        IncidentCommand::Export { book, incident, journal, by, output } => {
            let journal = journal.as_deref().or(Some(book.as_path()).filter(|book| book.is_dir()));
            export(&open(book)?, incident, journal, by, output)
        }
        IncidentCommand::Verify { file } => check(file),
        IncidentCommand::List { book } => list(&open(book)?),
    }
}

/// The book in a node's recording folder, or in one file.
fn open(book: &Path) -> anyhow::Result<Incidents> {
    let bytes = if book.is_dir() {
        let newest = BookFiles::of(book, Shelf::Incidents).newest();
        let newest = newest.with_context(|| format!("cannot read {}", book.display()))?;
        let none = || Misuse(format!("{} holds no book of incidents", book.display()));
        newest.ok_or_else(none)?.bytes
    } else {
        fs::read(book).with_context(|| format!("cannot read {}", book.display()))?
    };
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

/// `INC-0142`, `142`, `KGZ:142` or `KGZ:INC-0142`; `own` is the node where none is named.
pub(crate) fn id(text: &str, own: Option<NodeName>) -> anyhow::Result<IncidentId> {
    let (node, number) = match text.split_once(':') {
        Some((node, number)) => {
            (Some(node.parse().map_err(|why| Misuse(format!("{text}: {why}")))?), number)
        }
        None => (own, text),
    };
    let number = number.strip_prefix("INC-").unwrap_or(number).parse().ok();
    let id = node.zip(number).map(|(node, number)| IncidentId { node, number });
    let example = if own.is_some() { "INC-0142" } else { "KGZ:INC-0142" };
    Ok(id.ok_or_else(|| Misuse(format!("{text} is no incident such as {example}")))?)
}

fn export(
    book: &Incidents,
    which: &str,
    journal: Option<&Path>,
    by: &str,
    output: &Path,
) -> anyhow::Result<()> {
    let id = id(which, Some(book.own()))?;
    let apart = match book.get(id) {
        Some(_) => None,
        // It may have been put away.
        None => journal
            .map(|folder| BookFiles::of(folder, Shelf::Incidents).incident(id))
            .transpose()?
            .flatten(),
    };
    let incident = book.get(id).or(apart.as_ref());
    let incident = incident.ok_or_else(|| Misuse(format!("there is no {id:#} in this book")))?;
    if journal.is_some_and(|folder| !folder.is_dir()) {
        let folder = journal.map(|folder| folder.display().to_string()).unwrap_or_default();
        return Err(Misuse(format!("{folder} is no folder")).into());
    }
    let file =
        File::create_new(output).with_context(|| format!("cannot write {}", output.display()))?;
    let made = (Clock::new().now(), by);
    let made = node::dossier::export(incident, journal, made, BufWriter::new(file))?;
    let mut text = format!("{}: {} files\n", output.display(), made.manifest.files.len() + 1);
    for track in made.unplaced {
        text += &format!(
            "TN {}: no address, so its positions are in the replay alone, maybe under another number\n",
            track.0
        );
    }
    for alert in made.alerts_lost {
        text += &format!("alert {}: the journal no longer tells of it\n", alert.0);
    }
    say(&text)
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
