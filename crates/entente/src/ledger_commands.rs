//! `entente ledger`: what a log between two parties holds, and proofs from it. The verifier needs
//! the files and the public keys, nothing else: no node, no network.

use crate::commands::{Misuse, say};
use accord::PartyId;
use anyhow::Context;
use clap::{Args, Subcommand};
use ledger::audit::{self, Report};
use ledger::{
    Direction, Entry, FileStorage, Hash, Proof, SignedCheckpoint, VerifierKey, leaf_hash, merkle,
};
use node::link::keys;
use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use surveillance::Time;

/// In a log's folder: its newest head, and the newest that the partner cosigned.
const HEADS: [&str; 2] = ["cosigned", "checkpoint"];

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Print what a log holds, the newest entries last.
    Show {
        #[command(flatten)]
        which: Which,
        /// Only so many entries.
        #[arg(long, value_name = "ENTRIES", default_value_t = 20)]
        last: usize,
    },
    /// Hold every file of a log against its signed head, or one proof against the keys.
    Verify {
        #[command(flatten)]
        which: Which,
    },
    /// Prove from a log that a batch was sent or received, or that it was withdrawn; or what was asked,
    /// answered, not answered or decided. Where the log has nothing of it, say so of the whole log.
    Prove {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        what: What,
        /// Write the proof here instead of to the standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Default, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct What {
    /// The batch's number.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["request", "decision"])]
    batch: Option<u64>,
    /// It was received, not sent, by the party whose log it is.
    #[arg(long, requires = "batch")]
    received: bool,
    /// A request as the console names it, such as KGZ-1764412345: that it was raised and has arrived,
    /// each answer and report, and who recorded that there was none in time.
    #[arg(long, value_name = "REQUEST", conflicts_with = "decision")]
    request: Option<String>,
    /// An accord: each suspension, resumption and take-over under it; or one decision by its id in the
    /// log.
    #[arg(long, value_name = "ACCORD")]
    decision: Option<String>,
}

impl What {
    /// Whether an entry speaks of it.
    fn is_told_by(&self, entry: &Entry) -> bool {
        if let Some(batch) = self.batch {
            let way = if self.received { Direction::Received } else { Direction::Sent };
            return entry.direction() == Some(way) && entry.is_about(batch);
        }
        let Some(act) = entry.act() else { return false };
        match (&self.request, &self.decision, entry) {
            (_, Some(wanted), Entry::Decision(_)) => {
                let accord = act.id.rsplit_once('/').map(|(accord, _)| accord);
                act.id == *wanted || accord == Some(wanted)
            }
            (Some(wanted), _, entry) => !matches!(entry, Entry::Decision(_)) && act.id == *wanted,
            _ => false,
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = if self.received { "a receipt" } else { "a release" };
        match self {
            Self { batch: Some(batch), .. } => write!(f, "is {said} of batch {batch}"),
            Self { request: Some(id), .. } => write!(f, "is about the request {id}"),
            Self { decision, .. } => {
                write!(f, "is a decision on {}", decision.as_deref().unwrap_or_default())
            }
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The log's folder; for verify, or one proof.
    path: PathBuf,
    /// Identity of the party that keeps the log.
    #[arg(long, value_name = "IDENTITY")]
    of: PathBuf,
    /// Identity of the partner that the log is about.
    #[arg(long, value_name = "IDENTITY")]
    with: PathBuf,
}

/// A log by its name and the keys that vouch for it.
struct Log {
    origin: String,
    own: Vec<VerifierKey>,
    partner: Vec<VerifierKey>,
}

impl Which {
    fn log(&self) -> anyhow::Result<Log> {
        let (of, own) = identity(&self.of)?;
        let (with, partner) = identity(&self.with)?;
        let origin = link::origin(of.as_str(), with.as_str());
        Ok(Log { origin, own: own.ledger, partner: partner.ledger })
    }
}

fn identity(path: &Path) -> anyhow::Result<(PartyId, keys::Identity)> {
    let party = crate::keys::party_of(path)?;
    Ok((party, keys::identity(path, party).map_err(Misuse)?))
}

/// Does what is asked.
pub(crate) fn perform(command: &LedgerCommand) -> anyhow::Result<()> {
    match command {
        LedgerCommand::Show { which, last } => show(which, *last),
        LedgerCommand::Verify { which } if which.path.is_file() => verify_proof(which),
        LedgerCommand::Verify { which } => {
            let (report, _) = read(&which.path, &which.log()?)?;
            say(&format!("{}\nall {} entries and every file hold\n", head(&report), report.size))
        }
        LedgerCommand::Prove { which, what, output } => {
            let text = prove(which, what)?;
            match output {
                None => say(&text),
                Some(path) => fs::write(path, text).with_context(|| path.display().to_string()),
            }
        }
    }
}

/// The whole log, held against its head, and its entries.
fn read(folder: &Path, log: &Log) -> anyhow::Result<(Report, Vec<Vec<u8>>)> {
    let storage = FileStorage::existing(folder);
    let mut entries = Vec::new();
    let keep = |_, entry: &[u8], _: &[Hash]| entries.push(entry.to_vec());
    let report = audit::audit(&storage, &log.origin, &log.own, &log.partner, keep)?;
    Ok((report, entries))
}

fn head(report: &Report) -> String {
    let mut text = format!("{}\nsize {}, root {}", report.origin, report.size, report.root);
    match report.cosigned {
        None => text += "\nthe partner has cosigned nothing of it",
        Some((size, unix_s)) => {
            let at = Time::from_unix_seconds(unix_s as f64);
            write!(text, "\ncosigned by the partner up to {size}, at {at}").expect("it takes it");
        }
    }
    for (kind, count) in &report.kinds {
        write!(text, "\n{count} {kind}").expect("a string takes it");
    }
    text
}

fn show(which: &Which, last: usize) -> anyhow::Result<()> {
    let (report, entries) = read(&which.path, &which.log()?)?;
    let mut text = head(&report) + "\n";
    let first = entries.len().saturating_sub(last);
    for (index, entry) in entries.iter().enumerate().skip(first) {
        writeln!(text, "{index} {}", String::from_utf8_lossy(entry))?;
    }
    say(&text)
}

/// The entries that speak of it, in order.
fn entries_of(entries: &[Vec<u8>], what: &What) -> Vec<usize> {
    let speaks = |entry: &Vec<u8>| Entry::parse(entry).is_some_and(|entry| what.is_told_by(&entry));
    (0..entries.len()).filter(|index| speaks(&entries[*index])).collect()
}

fn prove(which: &Which, what: &What) -> anyhow::Result<String> {
    let log = which.log()?;
    let (report, entries) = read(&which.path, &log)?;
    let found = entries_of(&entries, what);
    if found.is_empty() {
        anyhow::bail!(
            "no entry of the {} in {} {what}; the log up to its signed head is the proof: `entente \
             ledger verify` holds every entry against it",
            report.size,
            which.path.display()
        );
    }
    let proofs = found.into_iter().map(|index| proof_of(&which.path, &log, &entries, index));
    Ok(proofs.collect::<anyhow::Result<Vec<_>>>()?.join("\n"))
}

fn proof_of(folder: &Path, log: &Log, entries: &[Vec<u8>], index: usize) -> anyhow::Result<String> {
    let signed = signed_over(folder, log, index as u64)?;
    let size = usize::try_from(signed.checkpoint.size).unwrap_or(entries.len());
    let leaves: Vec<Hash> = entries[..size].iter().map(|entry| leaf_hash(entry)).collect();
    let proof = Proof {
        extra: Some(entries[index].clone()),
        index: index as u64,
        path: merkle::inclusion_in(&leaves, index),
        checkpoint: signed.note.to_bytes(),
    };
    Ok(proof.to_text())
}

/// The head to prove under: what both have signed, where it goes as far.
fn signed_over(folder: &Path, log: &Log, index: u64) -> anyhow::Result<SignedCheckpoint> {
    for name in HEADS {
        let Ok(bytes) = fs::read(folder.join(name)) else { continue };
        let signed = SignedCheckpoint::open(&bytes, &log.origin, &log.own)
            .with_context(|| folder.join(name).display().to_string())?;
        if signed.checkpoint.size > index {
            return Ok(signed);
        }
    }
    anyhow::bail!("no signed head in {} goes as far as entry {index}", folder.display())
}

fn verify_proof(which: &Which) -> anyhow::Result<()> {
    let log = which.log()?;
    let name = || which.path.display().to_string();
    let bytes = fs::read(&which.path).with_context(name)?;
    let text = String::from_utf8(bytes).with_context(name)?;
    // Of a batch that was sent and withdrawn there are two, with an empty line between.
    let next = format!("\n\n{}", ledger::PROOF_FIRST_LINE);
    let ends = text.match_indices(&next).map(|(at, _)| at + 1).chain([text.len()]);
    let mut begin = 0;
    for end in ends {
        verify_one(which, &log, &text.as_bytes()[begin..end])?;
        begin = end + 1;
    }
    Ok(())
}

fn verify_one(which: &Which, log: &Log, bytes: &[u8]) -> anyhow::Result<()> {
    let name = || which.path.display().to_string();
    let proof = Proof::parse(bytes).with_context(name)?;
    let entry = proof.extra.as_deref().with_context(|| format!("{} has no entry", name()))?;
    let signed = proof.verify(entry, &log.origin, &log.own).with_context(name)?;
    let cosigned = signed.cosigned_by(&log.partner).with_context(name)?;
    let both = match cosigned {
        Some(unix_s) => format!(
            "signed by the party and, at {}, by the partner",
            Time::from_unix_seconds(unix_s as f64)
        ),
        None => "signed by the party alone".to_owned(),
    };
    say(&format!(
        "entry {} of {}\n{}\nis under the head of size {}, {both}\n",
        proof.index,
        log.origin,
        String::from_utf8_lossy(entry),
        signed.checkpoint.size,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Act;

    #[test]
    fn a_batch_that_came_is_not_proven_by_a_withdrawal_of_one_that_went_under_the_same_number() {
        let withdrawn = |reason: &str, direction| Entry::Withdrawn {
            first: 4,
            end: 6,
            at_ms: 0,
            reason: reason.to_owned(),
            direction,
        };
        let root = ledger::RootText(leaf_hash(b""));
        let basis = String::new();
        let entries = [
            Entry::Release { sequence: 5, at_ms: 0, basis, count: 0, root },
            Entry::Receipt { sequence: 5, at_ms: 0, count: 0, root },
            withdrawn("a suspension", Some(Direction::Sent)),
            withdrawn("a suspension", Some(Direction::Received)),
            // As earlier versions wrote them.
            withdrawn("a suspension", None),
            withdrawn("the sender: a suspension", None),
        ];
        let entries: Vec<Vec<u8>> = entries.iter().map(Entry::to_bytes).collect();
        let of = |batch, received| {
            entries_of(&entries, &What { batch: Some(batch), received, ..What::default() })
        };
        assert_eq!(of(5, false), [0, 2, 4]);
        assert_eq!(of(5, true), [1, 3, 5]);
        assert!(of(6, false).is_empty());
    }

    #[test]
    fn a_request_is_proven_with_all_that_was_said_to_it_and_an_accord_with_its_decisions() {
        let act = |id: &str| Act {
            id: id.to_owned(),
            party: "KGZ".into(),
            at_ms: 0,
            by: Vec::new(),
            text: "so".into(),
        };
        let entries = [
            Entry::Request(act("KGZ-7")),
            Entry::Request(act("KGZ-71")),
            Entry::Silence(act("KGZ-7")),
            Entry::Decision(act("kgz-rus/12")),
            Entry::Decision(act("kgz-rus/13")),
            Entry::Decision(act("kgz-rus-2/12")),
        ];
        let entries: Vec<Vec<u8>> = entries.iter().map(Entry::to_bytes).collect();
        let request = |id: &str| What { request: Some(id.into()), ..What::default() };
        let decision = |id: &str| What { decision: Some(id.into()), ..What::default() };
        assert_eq!(entries_of(&entries, &request("KGZ-7")), [0, 2]);
        assert_eq!(entries_of(&entries, &decision("kgz-rus")), [3, 4]);
        assert_eq!(entries_of(&entries, &decision("kgz-rus/13")), [4]);
        assert!(entries_of(&entries, &request("kgz-rus/13")).is_empty());
        assert!(entries_of(&entries, &decision("KGZ-7")).is_empty());
    }
}
