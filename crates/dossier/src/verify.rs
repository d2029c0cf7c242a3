//! Whether a dossier is as it was written.

use crate::manifest::FORM;
use crate::{ALERTS, CHAIN, LOG, MANIFEST, Manifest, REPLAY, REPORT, TRACKS, hex, sha256, tables};
use alert::incident::Incident;
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use zip::ZipArchive;

/// Most bytes that are read of one file of a dossier: the longest stretch of a journal and more.
pub const READ_BYTES_MAX: u64 = 2 << 30;
/// Most bytes of the list itself.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// A dossier that is whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Its list.
    pub manifest: Manifest,
    /// The incident, from its log.
    pub incident: Incident,
}

/// What is wrong with one.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("it is no zip file that can be read: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Its list is none.
    #[error("{MANIFEST} is no list of a dossier: {0}")]
    Manifest(String),
    /// Something is in that is not on the list, or twice.
    #[error("{0} is in the file and not once on its list")]
    Unlisted(String),
    /// Something on the list is not in.
    #[error("{0} is on the list and not in the file")]
    Missing(String),
    /// Something was changed.
    #[error("{0} is not as it was written")]
    Changed(String),
    /// Something is longer than anything we write.
    #[error("{0} is longer than a dossier's file can be")]
    TooLong(String),
    /// The log was changed.
    #[error("the log was changed: {0}")]
    Log(String),
}

/// Holds a dossier against the hashes on its list, and its log against its own chain. That the list
/// itself is the one that was written shows by its `head`, where that was kept elsewhere.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(file: impl Read + Seek) -> Result<Verified, Fault> {
    let mut zip = ZipArchive::new(file)?;
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.map(|name| name.into_owned()))
        .collect::<Result<_, _>>()?;
    let json = read(&mut zip, MANIFEST, MANIFEST_BYTES_MAX)?;
    let manifest: Manifest =
        serde_json::from_slice(&json).map_err(|error| Fault::Manifest(error.to_string()))?;
    if manifest.form != FORM {
        return Err(Fault::Manifest(format!("form {} is not known here", manifest.form)));
    }
    let mut listed: BTreeSet<&str> = BTreeSet::from([MANIFEST]);
    for line in &manifest.files {
        let known = [REPORT, LOG, ALERTS, TRACKS, CHAIN].contains(&line.name.as_str());
        let segment = line.name.strip_prefix(REPLAY).is_some_and(is_plain);
        if !(known || segment) || !listed.insert(&line.name) {
            return Err(Fault::Manifest(format!("{:?} cannot be on it", line.name)));
        }
    }
    // An archive that names a file twice shows here as one that has one too few.
    if let Some(name) = names.iter().find(|name| !listed.contains(name.as_str())) {
        return Err(Fault::Unlisted(name.clone()));
    }
    let mut chain = Vec::new();
    let mut log = Vec::new();
    for line in &manifest.files {
        let bytes = read(&mut zip, &line.name, READ_BYTES_MAX)?;
        if bytes.len() as u64 != line.bytes || sha256(&bytes) != line.sha256 {
            return Err(Fault::Changed(line.name.clone()));
        }
        match line.name.as_str() {
            CHAIN => chain = bytes,
            LOG => log = bytes,
            _ => {}
        }
    }
    let incident = Incident::from_bytes(&chain).map_err(|why| Fault::Log(why.to_string()))?;
    let same = format!("{:#}", incident.id()) == manifest.incident
        && hex(&incident.head()) == manifest.head
        && incident.log().len() as u32 == manifest.entries;
    if !same {
        return Err(Fault::Log("it is not the one on the list".to_owned()));
    }
    if tables::log(&incident) != log {
        return Err(Fault::Log(format!("{LOG} does not say the same")));
    }
    Ok(Verified { manifest, incident })
}

/// A file name without a way out of its folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        && !name.starts_with('.')
}

fn read<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, max: u64) -> Result<Vec<u8>, Fault> {
    let file = match zip.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => {
            return Err(Fault::Missing(name.to_owned()));
        }
        Err(other) => return Err(other.into()),
    };
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(Fault::TooLong(name.to_owned()));
    }
    Ok(bytes)
}
