//! `[accords]`: the agreements that say what may go to whom.

use super::ConfigError;
use accord::{AccordId, PartyId, Policy};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use surveillance::Time;

/// Accords that one node can hold.
const ACCORDS_MAX: usize = 1_000;
/// Parties that they can name beside the node's own: each has numbers of its own in the picture.
const PARTNERS_MAX: usize = 128;

/// `[accords]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccordsSection {
    /// Accords, or folders whose `.toml` files all are accords; relative to this file's folder.
    pub files: Vec<PathBuf>,
    /// Accords as they were read: so that a recording tells by itself what was in force. Filled
    /// from `files` at the start.
    #[serde(rename = "read", skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<AccordText>,
    /// `files` as they were found from the configuration's folder, to be read again.
    #[serde(skip)]
    pub sources: Vec<PathBuf>,
}

/// One accord as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccordText {
    /// The file.
    pub file: String,
    /// Its text.
    pub text: String,
    /// What its file says by now, where that stops something and two people have not approved it:
    /// nothing goes out under the accord, and the caveats of both texts hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
    /// Who approved what it shares with the other parties; `None` where nobody has to, or that was there
    /// at the first start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approval>,
}

/// That people approved a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who.
    pub by: Vec<String>,
    /// When the last of them did, nanoseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// By which text of an accord this party goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextInForce {
    /// Which accord.
    pub accord: AccordId,
    /// SHA-256 of what the text shares with the other parties, [`accord::shared_form`].
    pub sha256: [u8; 32],
    /// Who approved that, and when; `None` where nobody did.
    pub approved: Option<(Vec<String>, Time)>,
}

impl AccordsSection {
    /// Reads `files`, as seen from the folder `beside`.
    pub(super) fn read(&mut self, beside: &Path) -> Result<(), ConfigError> {
        self.texts.clear();
        self.sources = self.files.iter().map(|file| beside.join(file)).collect();
        for file in &self.files {
            for path in accord_files(&beside.join(file))? {
                let named = path.display().to_string();
                let text = std::fs::read_to_string(&path).map_err(|error| ConfigError {
                    file: named.clone(),
                    place: " ".into(),
                    problem: format!("cannot be read ({error}); name another in accords.files"),
                })?;
                let (stopped_by, approved) = (None, None);
                self.texts.push(AccordText { file: named, text, stopped_by, approved });
            }
        }
        Ok(())
    }

    /// What the files say now.
    pub(crate) fn reread(&self) -> Result<Self, ConfigError> {
        let mut again = self.clone();
        again.read(Path::new(""))?;
        Ok(again)
    }

    /// The texts, each under its id.
    ///
    /// # Errors
    /// One cannot be read: it is not gone, but nobody can tell what it says.
    pub(crate) fn by_id(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let text = |AccordText { file, text, .. }: &AccordText| {
            let read = accord::read(file, text).map_err(|problem| unsound(&problem))?;
            Ok((read.accord.id.to_string(), text.clone()))
        };
        self.texts.iter().map(text).collect()
    }

    /// By which text of each this party goes; what cannot be read is left out.
    pub(crate) fn in_force(&self) -> Vec<TextInForce> {
        let text = |AccordText { file, text, approved, .. }: &AccordText| {
            let accord = accord::read(file, text).ok()?.accord.id;
            // What a party keeps from others is not told by a hash either.
            let sha256 = sha256(&accord::shared_form(text)?);
            let approved = approved.clone();
            let approved = approved.map(|one| (one.by, Time::from_unix_nanos(one.at)));
            Some(TextInForce { accord, sha256, approved })
        };
        self.texts.iter().filter_map(text).collect()
    }

    /// What the accords let `own` give to whom.
    ///
    /// # Errors
    /// One accord is not well formed, has a clause that is not understood, or is there twice.
    pub fn policy(&self, own: PartyId) -> Result<Policy, ConfigError> {
        let whole =
            |problem: String| ConfigError { file: "accords".into(), place: " ".into(), problem };
        if self.texts.len() > ACCORDS_MAX {
            return Err(whole(format!("more than {ACCORDS_MAX} accords; leave some out")));
        }
        let mut accords = Vec::with_capacity(self.texts.len());
        for AccordText { file, text, stopped_by, .. } in &self.texts {
            let read = |text: &str| {
                let reading = accord::read(file, text).map_err(|problem| unsound(&problem))?;
                match reading.not_understood.first() {
                    Some(problem) => Err(unsound(problem)),
                    None => Ok(reading.accord),
                }
            };
            let accord = read(text)?;
            accords.push(Arc::new(match stopped_by {
                // Nothing goes out by it: what it holds that is not understood waits for its approval.
                Some(text) => {
                    let newer = accord::read(file, text).map_err(|problem| unsound(&problem))?;
                    accord.stopped_by(&newer.accord)
                }
                None => accord,
            }));
        }
        let policy = Policy::new(own, accords).map_err(|error| whole(error.to_string()))?;
        if policy.partners().count() > PARTNERS_MAX {
            return Err(whole(format!("name more than {PARTNERS_MAX} parties; leave some out")));
        }
        Ok(policy)
    }
}

/// Of a text: the name by which people approve it, or by which partners are told of what it shares.
pub(crate) fn sha256(text: &str) -> [u8; 32] {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn unsound(problem: &accord::Problem) -> ConfigError {
    let at = problem.at.map(|(line, column)| format!("{line}:{column}:")).unwrap_or_default();
    let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
    ConfigError {
        file: problem.file.clone(),
        place: format!("{at} {key}"),
        problem: problem.problem.clone(),
    }
}

/// The file itself, or the accords of a folder, by name.
fn accord_files(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let error = |error: std::io::Error| ConfigError {
        file: path.display().to_string(),
        place: " ".into(),
        problem: format!("cannot be read ({error}); name another in accords.files"),
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(error)? {
        let file = entry.map_err(error)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
