//! The reader who trusts nobody: all it needs are a log's files and the public keys.
//!
//! It computes the whole tree from the entries, by another way than the writer does (a stack of
//! perfect subtrees), and holds every file against it.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::entry::Entry;
use crate::hash::{Hash, leaf_hash, node_hash};
use crate::key::VerifierKey;
use crate::log::{CHECKPOINT, COSIGNED};
use crate::merkle::root_of;
use crate::storage::Storage;
use crate::tile::{HEIGHT, Tile, WIDTH, entries_path, lists_path};
use std::collections::BTreeMap;
use std::io;

/// What is wrong with a log's files.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file that the checkpoint's size demands is not there.
    #[error("{path} is missing")]
    Missing {
        /// Which.
        path: String,
    },
    /// A file is not what the format says.
    #[error("{path} is malformed")]
    Malformed {
        /// Which.
        path: String,
    },
    /// The checkpoint is not to be trusted.
    #[error("{path}: {error}")]
    Checkpoint {
        /// Which.
        path: String,
        /// Why.
        error: CheckpointError,
    },
    /// The entries give another hash than the file has.
    #[error("{path} does not match the entries: hash {place} differs")]
    TileDiffers {
        /// Which.
        path: String,
        /// The first that differs.
        place: usize,
    },
    /// The entries give another root than was signed.
    #[error("the entries do not give the root that was signed at size {size} ({path})")]
    RootDiffers {
        /// Which checkpoint.
        path: String,
        /// Its size.
        size: u64,
    },
    /// A batch's hash list does not give the root in its entry.
    #[error("the hash list beside entry {index} does not give the root in it ({path})")]
    ListDiffers {
        /// The file with the list.
        path: String,
        /// Which entry.
        index: u64,
    },
}

/// What a sound log holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// Size up to which the partner cosigned, and when (seconds since 1970).
    pub cosigned: Option<(u64, u64)>,
    /// Entries by kind, those of unknown kinds under `other`.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// Perfect subtrees from left to right, each half of the one before or less.
#[derive(Debug, Default)]
struct Frontier {
    parts: Vec<(u32, Hash)>,
}

impl Frontier {
    fn push(&mut self, leaf: Hash) {
        let mut part = (0, leaf);
        while let Some(&(level, left)) = self.parts.last()
            && level == part.0
        {
            self.parts.pop();
            part = (level + 1, node_hash(&left, &part.1));
        }
        self.parts.push(part);
    }

    fn root(&self) -> Hash {
        let mut parts = self.parts.iter().rev().map(|part| part.1);
        let last = parts.next().unwrap_or_else(Hash::of_nothing);
        parts.fold(last, |right, left| node_hash(&left, &right))
    }
}

/// One log's files, read only.
#[derive(Debug)]
pub struct Files<'a, S> {
    storage: &'a S,
    size: u64,
}

impl<'a, S: Storage> Files<'a, S> {
    /// The files up to `size` entries.
    pub fn new(storage: &'a S, size: u64) -> Self {
        Self { storage, size }
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, AuditError> {
        let shown = || self.storage.shown(path);
        self.storage.read(path).map_err(|source| AuditError::Unreadable { path: shown(), source })
    }

    /// A file by its partial name or, where the log has grown since, its full one.
    fn either(
        &self,
        name: impl Fn(u16) -> String,
        width: u16,
    ) -> Result<(String, Vec<u8>), AuditError> {
        let (narrow, full) = (name(width), name(WIDTH as u16));
        for path in [&narrow, &full] {
            if let Some(bytes) = self.read(path)? {
                return Ok((path.clone(), bytes));
            }
        }
        Err(AuditError::Missing { path: self.storage.shown(&narrow) })
    }

    fn malformed(&self, path: &str) -> AuditError {
        AuditError::Malformed { path: self.storage.shown(path) }
    }

    fn width(&self, bundle: u64) -> u16 {
        (self.size - bundle * WIDTH).min(WIDTH) as u16
    }

    /// The entries of one bundle, in order.
    pub fn entries(&self, bundle: u64) -> Result<Vec<Vec<u8>>, AuditError> {
        let width = self.width(bundle);
        let (path, bytes) = self.either(|width| entries_path(bundle, width), width)?;
        let mut rest = bytes.as_slice();
        let mut entries = Vec::with_capacity(usize::from(width));
        while entries.len() < usize::from(width) {
            let entry = rest.split_first_chunk::<2>().and_then(|(length, after)| {
                after.split_at_checked(usize::from(u16::from_be_bytes(*length)))
            });
            let Some((entry, after)) = entry else { return Err(self.malformed(&path)) };
            entries.push(entry.to_vec());
            rest = after;
        }
        Ok(entries)
    }

    /// The hash lists beside the entries of one bundle, and the file they are in.
    pub fn lists(&self, bundle: u64) -> Result<(String, Vec<Vec<Hash>>), AuditError> {
        let width = self.width(bundle);
        let (path, bytes) = self.either(|width| lists_path(bundle, width), width)?;
        let mut rest = bytes.as_slice();
        let mut lists = Vec::with_capacity(usize::from(width));
        while lists.len() < usize::from(width) {
            let list = rest.split_first_chunk::<4>().and_then(|(count, after)| {
                let length = usize::try_from(u32::from_be_bytes(*count)).ok()?.checked_mul(32)?;
                after.split_at_checked(length)
            });
            let Some((list, after)) = list else { return Err(self.malformed(&path)) };
            lists.push(list.chunks_exact(32).filter_map(Hash::from_slice).collect());
            rest = after;
        }
        Ok((path, lists))
    }

    /// Holds one tile against the hashes it must have.
    fn check_tile(&self, tile: Tile, hashes: &[Hash]) -> Result<(), AuditError> {
        let name = |width| Tile { width, ..tile }.path();
        let (path, bytes) = self.either(name, tile.width)?;
        let found: Vec<_> = bytes.chunks_exact(32).filter_map(Hash::from_slice).collect();
        if bytes.len() % 32 != 0 || found.len() < hashes.len() {
            return Err(self.malformed(&path));
        }
        match hashes.iter().zip(&found).position(|(computed, found)| computed != found) {
            Some(place) => Err(AuditError::TileDiffers { path: self.storage.shown(&path), place }),
            None => Ok(()),
        }
    }
}

/// The checkpoint in a log's folder, its signature verified.
pub fn checkpoint(
    storage: &impl Storage,
    origin: &str,
    keys: &[VerifierKey],
) -> Result<SignedCheckpoint, AuditError> {
    let path = storage.shown(CHECKPOINT);
    let bytes = Files::new(storage, 0).read(CHECKPOINT)?;
    let bytes = bytes.ok_or_else(|| AuditError::Missing { path: path.clone() })?;
    SignedCheckpoint::open(&bytes, origin, keys)
        .map_err(|error| AuditError::Checkpoint { path, error })
}

/// Holds every file of the log `origin` against its signed checkpoint. `keys` are the log's,
/// `partner` those of the party that cosigns it. `visit` is shown each entry with its number and
/// hash list.
pub fn audit(
    storage: &impl Storage,
    origin: &str,
    keys: &[VerifierKey],
    partner: &[VerifierKey],
    mut visit: impl FnMut(u64, &[u8], &[Hash]),
) -> Result<Report, AuditError> {
    let signed = checkpoint(storage, origin, keys)?;
    let size = signed.checkpoint.size;
    let cosigned = cosigned(storage, origin, keys, partner)?;
    let files = Files::new(storage, size);
    let mut frontier = Frontier::default();
    let mut levels: Vec<(u64, Vec<Hash>)> = Vec::new();
    let mut kinds = BTreeMap::new();
    for bundle in 0..size.div_ceil(WIDTH) {
        let (list_path, lists) = files.lists(bundle)?;
        for ((entry, list), index) in
            files.entries(bundle)?.iter().zip(&lists).zip(bundle * WIDTH..)
        {
            let parsed = Entry::parse(entry);
            let stated = parsed.as_ref().and_then(Entry::batch);
            if stated
                .is_some_and(|(count, root)| list.len() != count as usize || root_of(list) != root)
            {
                let path = storage.shown(&list_path);
                return Err(AuditError::ListDiffers { path, index });
            }
            *kinds.entry(kind(parsed.as_ref())).or_default() += 1;
            let leaf = leaf_hash(entry);
            frontier.push(leaf);
            add(&files, &mut levels, leaf)?;
            if let Some((at, root, _)) = cosigned
                && at == index + 1
                && root != frontier.root()
            {
                let path = storage.shown(COSIGNED);
                return Err(AuditError::RootDiffers { path, size: at });
            }
            visit(index, entry, list);
        }
    }
    for (level, (index, hashes)) in levels.iter().enumerate().filter(|(_, l)| !l.1.is_empty()) {
        let tile = Tile { level: level as u8, index: *index, width: hashes.len() as u16 };
        files.check_tile(tile, hashes)?;
    }
    if frontier.root() != signed.checkpoint.root {
        return Err(AuditError::RootDiffers { path: storage.shown(CHECKPOINT), size });
    }
    let cosigned = cosigned.map(|(at, _, unix_s)| (at, unix_s));
    Ok(Report { origin: origin.to_owned(), size, root: frontier.root(), cosigned, kinds })
}

/// Adds a hash to the unfinished tiles, holding each that is full now against its file.
fn add<S: Storage>(
    files: &Files<'_, S>,
    levels: &mut Vec<(u64, Vec<Hash>)>,
    leaf: Hash,
) -> Result<(), AuditError> {
    let (mut hash, mut level) = (leaf, 0);
    loop {
        if levels.len() == level {
            levels.push((0, Vec::new()));
        }
        let (index, hashes) = &mut levels[level];
        hashes.push(hash);
        if hashes.len() < 1 << HEIGHT {
            return Ok(());
        }
        let tile = Tile { level: level as u8, index: *index, width: WIDTH as u16 };
        files.check_tile(tile, hashes)?;
        hash = root_of(hashes);
        *index += 1;
        hashes.clear();
        level += 1;
    }
}

/// Size, root and time of the newest checkpoint that the partner cosigned.
fn cosigned(
    storage: &impl Storage,
    origin: &str,
    keys: &[VerifierKey],
    partner: &[VerifierKey],
) -> Result<Option<(u64, Hash, u64)>, AuditError> {
    let Some(bytes) = Files::new(storage, 0).read(COSIGNED)? else { return Ok(None) };
    let named = |error| AuditError::Checkpoint { path: storage.shown(COSIGNED), error };
    let signed = SignedCheckpoint::open(&bytes, origin, keys).map_err(named)?;
    let time = signed.cosigned_by(partner).map_err(named)?;
    Ok(time.map(|unix_s| (signed.checkpoint.size, signed.checkpoint.root, unix_s)))
}

fn kind(entry: Option<&Entry>) -> &'static str {
    match entry {
        Some(Entry::Release { .. }) => "release",
        Some(Entry::Receipt { .. }) => "receipt",
        Some(Entry::Withdrawn { .. }) => "withdrawn",
        Some(Entry::Request(_)) => "request",
        Some(Entry::Delivery(_)) => "delivery",
        Some(Entry::Answer(_)) => "answer",
        Some(Entry::Report(_)) => "report",
        Some(Entry::Retraction(_)) => "retraction",
        Some(Entry::Silence(_)) => "silence",
        Some(Entry::Decision(_)) => "decision",
        None => "other",
    }
}
