//! What is in the file, and the hash of each part.

use crate::{Dossier, hex, sha256};
use serde::{Deserialize, Serialize};

/// Version of the form.
pub(crate) const FORM: u32 = 1;

/// The list of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this form.
    pub form: u32,
    /// The incident, with the node that opened it.
    pub incident: String,
    /// The node whose record this is.
    pub node: String,
    /// When it was made, UTC, RFC 3339.
    pub made: String,
    /// Who made it.
    pub by: String,
    /// Entries of the log.
    pub entries: u32,
    /// Hash of the newest entry, which is chained to all before it, in hexadecimal.
    pub head: String,
    /// The stretch of the journal, where it is in.
    pub replay: Option<ReplayLine>,
    /// Every other file, in order.
    pub files: Vec<FileLine>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What the replay holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayLine {
    /// From when, UTC, RFC 3339.
    pub from: String,
    /// Until when.
    pub to: String,
    /// How many records of the journal.
    pub records: u64,
    /// Number of the first of them in the journal it was taken from; 0 if there is none.
    pub first_sequence: u64,
    /// Number of the last.
    pub last_sequence: u64,
    /// Records of this stretch that the journal had lost.
    pub missing: u64,
}

impl Manifest {
    pub(crate) fn of(dossier: &Dossier<'_>, files: &[(String, Vec<u8>)]) -> Self {
        let incident = dossier.incident;
        Self {
            form: FORM,
            incident: format!("{:#}", incident.id()),
            node: incident.own().to_string(),
            made: dossier.made.to_string(),
            by: dossier.by.to_owned(),
            entries: incident.log().len() as u32,
            head: hex(&incident.head()),
            replay: dossier.replay.map(|cut| ReplayLine {
                from: cut.span.from.to_string(),
                to: cut.span.to.to_string(),
                records: cut.records,
                first_sequence: cut.first_sequence,
                last_sequence: cut.last_sequence,
                missing: cut.missing,
            }),
            files: files
                .iter()
                .map(|(name, bytes)| FileLine {
                    name: name.clone(),
                    bytes: bytes.len() as u64,
                    sha256: sha256(bytes),
                })
                .collect(),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("strings and numbers are JSON");
        json.push(b'\n');
        json
    }
}
