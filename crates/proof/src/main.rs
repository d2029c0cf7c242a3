//! `entente-prove`: what accords promise, proved; whether a text releases more than another.
//!
//! Leaves with 0 where all is kept or nothing more is released, 1 where not, 2 where it cannot say.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]

use accord::{Accord, PartyId};
use anyhow::{Context, Result, bail};
use clap::{Args, Parser};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Prove what accords promise, over all possible objects and instants.
#[derive(Parser)]
#[command(name = "entente-prove", version, disable_help_subcommand = true)]
enum Command {
    /// Prove that nothing leaves outside an accord in force, that caveats hold, and what else is
    /// said shall never leave.
    Prove {
        /// The accords, taken together: files or folders.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A file of `[[caveat]]` tables, added to the first accord: prove that the texts already
        /// behave as if they stood.
        #[arg(long, value_name = "FILE")]
        never: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Say whether a new text releases more than an old one, to whom, and give an example.
    Compare {
        /// The text before: a file or folder.
        old: PathBuf,
        /// The text after.
        new: PathBuf,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Common {
    /// Only what this party gives.
    #[arg(long, value_name = "PARTY")]
    from: Option<PartyId>,
    /// Only what this party receives.
    #[arg(long, value_name = "PARTY")]
    to: Option<PartyId>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Common {
    fn is_asked(&self, from: PartyId, to: PartyId) -> bool {
        self.from.is_none_or(|only| only == from) && self.to.is_none_or(|only| only == to)
    }
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<bool> {
    match command {
        Command::Prove { files, never, common } => {
            let accords = load(&files)?;
            let never = never.map(|claims| with_claims(&files, &claims)).transpose()?;
            let asked = |from, to| common.is_asked(from, to);
            let decided = |claims: &[proof::Claim], remarks: &[String]| {
                if !common.json {
                    print!("{}", proof::pair_in_words(claims, remarks, &accords));
                    // Whoever reads it through a pipe is told as soon; a pipe that is gone is found below.
                    let _ = std::io::stdout().flush();
                }
            };
            let proof = proof::prove(&accords, never.as_deref(), asked, decided)?;
            if common.json {
                println!("{:#}", proof::proof_json(&proof, &accords));
            } else {
                print!("{}", proof::proof_in_words(&proof));
            }
            Ok(proof.is_kept())
        }
        Command::Compare { old, new, common } => {
            let (old, new) = (load(&[old])?, load(&[new])?);
            let asked = |from, to| common.is_asked(from, to);
            let comparison = proof::compare(&old, &new, asked)?;
            if common.json {
                println!("{:#}", proof::comparison_json(&comparison, &old, &new));
            } else {
                print!("{}", proof::comparison_in_words(&comparison, &old, &new));
            }
            Ok(!comparison.releases_more())
        }
    }
}

/// Files as named, folders as the `.toml` files in them by name.
fn texts(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let said = || format!("{}: cannot be listed; name another", path.display());
            let entries = std::fs::read_dir(path).with_context(said)?;
            let mut inside: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>().with_context(said)?;
            inside.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    files.iter().map(|file| Ok((file.display().to_string(), text(file)?))).collect()
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .with_context(|| format!("{}: cannot be read; name another", file.display()))
}

fn load(paths: &[PathBuf]) -> Result<Vec<Arc<Accord>>> {
    let texts = texts(paths)?;
    read(&texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// The accords with the claims as caveats of the first.
fn with_claims(paths: &[PathBuf], claims: &Path) -> Result<Vec<Arc<Accord>>> {
    let texts = texts(paths)?;
    let said = text(claims)?;
    let first = texts.first().map(|(_, text)| format!("{text}\n{said}")).unwrap_or_default();
    let name = claims.display().to_string();
    let mut all = vec![(name.as_str(), first.as_str())];
    all.extend(texts.iter().skip(1).map(|(name, text)| (name.as_str(), text.as_str())));
    read(&all)
}

/// As a check reads them: what is not understood cannot be proved.
fn read(texts: &[(&str, &str)]) -> Result<Vec<Arc<Accord>>> {
    let mut accords = Vec::new();
    let mut problems = Vec::new();
    for (name, text) in texts {
        match accord::read(name, text) {
            Ok(reading) => {
                problems.extend(reading.not_understood.iter().map(ToString::to_string));
                accords.push(Arc::new(reading.accord));
            }
            Err(problem) => problems.push(problem.to_string()),
        }
    }
    if problems.is_empty() && !accords.is_empty() {
        return Ok(accords);
    }
    if problems.is_empty() {
        problems.push("no accord is there; name a file, or a folder with .toml files".into());
    }
    bail!(problems.join("\n"))
}
