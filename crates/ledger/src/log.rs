//! The writer of one log. [`Log::append`] is memory only; [`Log::commit`] makes all that was
//! appended durable with one wait for the disk; [`Log::checkpoint`] signs what is durable. So a
//! log never signs what a crash could take back, and never forks.

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::entry::{ENTRY_LEN_MAX, Entry, LIST_COUNT_MAX};
use crate::hash::{Hash, leaf_hash};
use crate::key::{Signer, VerifierKey};
use crate::merkle;
use crate::proof::Proof;
use crate::recover::{self, Recovery};
use crate::storage::Storage;
use crate::tail;
use crate::tile::{HEIGHT, Tile, WIDTH, entries_path, lists_path};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

/// Path of the newest signed checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Path of the newest checkpoint that the partner cosigned.
pub(crate) const COSIGNED: &str = "cosigned";
/// Full bundles after which a new tail is begun: how many tiles one roll has to sync.
const ROLL_BUNDLES: u64 = 16;
/// Bytes appended and not committed, at most.
const UNCOMMITTED_MAX: usize = 64 << 20;
/// Tiles kept in memory for proofs, 16 KiB each.
const CACHE_MAX: usize = 512;

/// Why a log could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The storage refused.
    #[error("cannot {action} {path}: {source}")]
    Storage {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// Another process, or another writer of this one, has it.
    #[error("the log in {path} is in use by another writer")]
    InUse {
        /// Its folder.
        path: String,
    },
    /// Over the format's bounds.
    #[error(
        "an entry of {entry} bytes with {list} hashes is over the limit of {ENTRY_LEN_MAX} \
             bytes and {LIST_COUNT_MAX} hashes"
    )]
    TooLong {
        /// Bytes of the entry.
        entry: usize,
        /// Hashes of its list.
        list: usize,
    },
    /// Too much is appended and not committed.
    #[error("{UNCOMMITTED_MAX} bytes wait for a commit; commit first")]
    Full,
    /// After a failed write nobody knows what the disk holds: open it anew.
    #[error("the log in {path} failed earlier and must be opened anew")]
    Failed {
        /// Its folder.
        path: String,
    },
    /// A file that must be there and sound is not.
    #[error("{path} is missing or damaged; put it back from a copy of the log")]
    Damaged {
        /// Which.
        path: String,
    },
    /// The files contradict the signed checkpoint. Nothing may be signed on top of them.
    #[error(
        "{path} does not hold the log that was signed at size {signed_size}; put it back from \
             a copy"
    )]
    Rewritten {
        /// Its folder.
        path: String,
        /// Size that was signed.
        signed_size: u64,
    },
    /// The checkpoint on disk, or the one handed in.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Asked about entries that there are not.
    #[error("there is no entry {index} in a log of {size}")]
    NoSuchEntry {
        /// The one asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
}

/// The hashes of one tile with all inner nodes over them: `levels[k][i]` spans 2^k of them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Pyramid {
    levels: Vec<Vec<Hash>>,
}

impl Pyramid {
    /// Adds a hash on the right; the tile's root if it is full now.
    pub(crate) fn push(&mut self, hash: Hash) -> Option<Hash> {
        let (mut level, mut hash) = (0, hash);
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if level as u32 == HEIGHT {
                return Some(hash);
            }
            let [.., left, right] = row.as_slice() else { return None };
            if row.len() % 2 == 1 {
                return None;
            }
            hash = crate::hash::node_hash(left, right);
            level += 1;
        }
    }

    pub(crate) fn hashes(&self) -> &[Hash] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// Root of the tile; `None` until it is full.
    pub(crate) fn root(&self) -> Option<Hash> {
        self.node(HEIGHT, 0)
    }

    fn node(&self, level: u32, index: usize) -> Option<Hash> {
        self.levels.get(level as usize)?.get(index).copied()
    }

    /// From a tile file's bytes; `None` unless there are `width` hashes.
    pub(crate) fn parse(bytes: &[u8], width: usize) -> Option<Self> {
        if bytes.len() != width * 32 {
            return None;
        }
        let mut pyramid = Self::default();
        for hash in bytes.chunks_exact(32) {
            pyramid.push(Hash::from_slice(hash)?);
        }
        Some(pyramid)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.hashes().iter().flat_map(|hash| hash.0).collect()
    }
}

/// One log, open for writing.
#[derive(Debug)]
pub struct Log<S> {
    pub(crate) storage: S,
    origin: String,
    pub(crate) size: u64,
    committed: u64,
    /// The unfilled tile at the right edge of each level.
    pub(crate) edge: Vec<Pyramid>,
    /// The unfilled bundle and its lists as their files have them, and its frames in the tail.
    bundle: Vec<u8>,
    lists: Vec<u8>,
    frames: Vec<u8>,
    /// Frames not yet in the tail file.
    unwritten: Vec<u8>,
    /// Files of full tiles and bundles not yet written, and written but not yet synced.
    full: Vec<(String, Vec<u8>)>,
    unsynced: Vec<String>,
    pub(crate) tail_first: u64,
    checkpoint: Option<SignedCheckpoint>,
    cosigned: Option<SignedCheckpoint>,
    failed: bool,
    cache: RefCell<BTreeMap<(u32, u64), Pyramid>>,
}

impl<S: Storage> Log<S> {
    /// Opens the log `origin`, or begins it, and repairs what a crash left. `keys` are those its
    /// checkpoints were ever signed with: what is on disk must hold what they signed.
    pub fn open(
        mut storage: S,
        origin: &str,
        keys: &[VerifierKey],
    ) -> Result<(Self, Recovery), LogError> {
        if !storage.lock().map_err(failed("lock", storage.shown("")))? {
            return Err(LogError::InUse { path: storage.shown("") });
        }
        let mut log = Self {
            storage,
            origin: origin.to_owned(),
            size: 0,
            committed: 0,
            edge: Vec::new(),
            bundle: Vec::new(),
            lists: Vec::new(),
            frames: Vec::new(),
            unwritten: Vec::new(),
            full: Vec::new(),
            unsynced: Vec::new(),
            tail_first: 0,
            checkpoint: None,
            cosigned: None,
            failed: false,
            cache: RefCell::default(),
        };
        let recovery = recover::recover(&mut log)?;
        log.committed = log.size;
        log.checkpoint = log.stored(CHECKPOINT, keys)?;
        log.cosigned = log.stored(COSIGNED, keys)?;
        Ok((log, recovery))
    }

    /// A checkpoint kept on disk, held against the entries.
    fn stored(
        &self,
        path: &str,
        keys: &[VerifierKey],
    ) -> Result<Option<SignedCheckpoint>, LogError> {
        let bytes = self.storage.read(path);
        let Some(bytes) = bytes.map_err(failed("read", self.storage.shown(path)))? else {
            return Ok(None);
        };
        let signed = SignedCheckpoint::open(&bytes, &self.origin, keys)?;
        let Checkpoint { size, root, .. } = signed.checkpoint;
        if size > self.size || self.root_at(size)? != root {
            let path = self.storage.shown("");
            return Err(LogError::Rewritten { path, signed_size: size });
        }
        Ok(Some(signed))
    }

    /// Which log it is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Entries, committed or not.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Entries that survive a crash.
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// The newest signed checkpoint.
    pub fn newest_checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.checkpoint.as_ref()
    }

    /// The newest checkpoint that the partner cosigned.
    pub fn newest_cosigned(&self) -> Option<&SignedCheckpoint> {
        self.cosigned.as_ref()
    }

    /// Adds an entry with the hash list of its batch and returns its number, from zero. Not yet
    /// durable.
    pub fn append(&mut self, entry: &Entry, list: &[Hash]) -> Result<u64, LogError> {
        self.append_bytes(&entry.to_bytes(), list)
    }

    /// The same for an entry already in bytes.
    pub fn append_bytes(&mut self, entry: &[u8], list: &[Hash]) -> Result<u64, LogError> {
        self.check_sound()?;
        if entry.len() > ENTRY_LEN_MAX || list.len() > LIST_COUNT_MAX {
            return Err(LogError::TooLong { entry: entry.len(), list: list.len() });
        }
        if self.unwritten.len() > UNCOMMITTED_MAX {
            return Err(LogError::Full);
        }
        let start = self.frames.len();
        tail::push(&mut self.frames, self.size, entry, list);
        self.unwritten.extend_from_slice(&self.frames[start..]);
        Ok(self.take(entry, list))
    }

    /// Takes an entry into tree and bundle; the tail is the caller's.
    pub(crate) fn take(&mut self, entry: &[u8], list: &[Hash]) -> u64 {
        let index = self.size;
        self.size += 1;
        self.bundle.extend((entry.len() as u16).to_be_bytes());
        self.bundle.extend_from_slice(entry);
        self.lists.extend((list.len() as u32).to_be_bytes());
        self.lists.extend(list.iter().flat_map(|hash| hash.0));
        if self.size.is_multiple_of(WIDTH) {
            let number = index / WIDTH;
            let files = [entries_path(number, WIDTH as u16), lists_path(number, WIDTH as u16)];
            let contents = [std::mem::take(&mut self.bundle), std::mem::take(&mut self.lists)];
            self.full.extend(files.into_iter().zip(contents));
            self.frames.clear();
        }
        self.push_hash(leaf_hash(entry), index);
        index
    }

    /// Adds leaf number `index` to the edge, and the roots of tiles that it fills one level up.
    fn push_hash(&mut self, leaf: Hash, index: u64) {
        let (mut hash, mut index, mut level) = (leaf, index, 0);
        loop {
            if self.edge.len() == level {
                self.edge.push(Pyramid::default());
            }
            let Some(root) = self.edge[level].push(hash) else { return };
            let tile = Tile { level: level as u8, index: index / WIDTH, width: WIDTH as u16 };
            let filled = std::mem::take(&mut self.edge[level]);
            self.full.push((tile.path(), filled.to_bytes()));
            self.remember((level as u32, tile.index), filled);
            (hash, index, level) = (root, tile.index, level + 1);
        }
    }

    /// Puts back frames of the unfilled bundle that recovery read from the tail.
    pub(crate) fn restore_frame(&mut self, frame: &[u8], entry: &[u8], list: &[Hash]) {
        self.frames.extend_from_slice(frame);
        self.take(entry, list);
    }

    /// Makes everything appended durable and returns how many entries that are: one append and one
    /// wait for the disk, however many entries.
    pub fn commit(&mut self) -> Result<u64, LogError> {
        self.check_sound()?;
        if self.committed == self.size {
            return Ok(self.committed);
        }
        let result = self.write_out();
        self.failed = result.is_err();
        result?;
        self.committed = self.size;
        Ok(self.committed)
    }

    pub(crate) fn write_out(&mut self) -> Result<(), LogError> {
        let tail = tail::path(self.tail_first);
        let shown = self.storage.shown(&tail);
        let appended = self.storage.append(&tail, &self.unwritten);
        appended.map_err(failed("append to", shown.clone()))?;
        self.unwritten.clear();
        self.storage.sync(&[&tail]).map_err(failed("sync", shown))?;
        for (path, bytes) in std::mem::take(&mut self.full) {
            let written = self.storage.write(&path, &bytes);
            written.map_err(failed("write", self.storage.shown(&path)))?;
            self.forget_partial(&path)?;
            self.unsynced.push(path);
        }
        if self.size / WIDTH >= self.tail_first / WIDTH + ROLL_BUNDLES {
            self.roll()
        } else {
            Ok(())
        }
    }

    /// The partial forms of a file that is full now.
    fn forget_partial(&mut self, path: &str) -> Result<(), LogError> {
        let partial = format!("{path}.p");
        self.storage.remove(&partial).map_err(failed("remove", self.storage.shown(&partial)))
    }

    /// Begins a new tail: from here on the full tiles alone hold what came before.
    fn roll(&mut self) -> Result<(), LogError> {
        let tiles: Vec<_> = self.unsynced.iter().map(String::as_str).collect();
        self.storage.sync(&tiles).map_err(failed("sync", self.storage.shown("tile")))?;
        self.unsynced.clear();
        let old = tail::path(self.tail_first);
        self.tail_first = self.size / WIDTH * WIDTH;
        let new = tail::path(self.tail_first);
        // At one stroke: a tail that exists is whole.
        let begun = self.storage.replace(&new, &self.frames);
        begun.map_err(failed("begin", self.storage.shown(&new)))?;
        self.storage.remove(&old).map_err(failed("remove", self.storage.shown(&old)))
    }

    /// Signs what is committed, after committing what is not, and puts the partial tiles of that
    /// size beside the full ones, so that the files alone prove the checkpoint.
    pub fn checkpoint(&mut self, signer: &Signer) -> Result<&SignedCheckpoint, LogError> {
        self.commit()?;
        let current = self.checkpoint.as_ref().is_some_and(|signed| {
            signed.checkpoint.size == self.size && signed.note.is_signed_by(signer.key())
        });
        if !current {
            let root = self.root_at(self.size)?;
            let head = Checkpoint { origin: self.origin.clone(), size: self.size, root };
            let signed = SignedCheckpoint::sign(head, signer);
            let result = self.publish(&signed);
            self.failed = result.is_err();
            result?;
            self.checkpoint = Some(signed);
        }
        Ok(self.checkpoint.as_ref().expect("it was there or was just made"))
    }

    fn publish(&mut self, signed: &SignedCheckpoint) -> Result<(), LogError> {
        self.publish_partial()?;
        let replaced = self.storage.replace(CHECKPOINT, &signed.note.to_bytes());
        replaced.map_err(failed("replace", self.storage.shown(CHECKPOINT)))
    }

    /// Writes the partial tiles and bundle of the present size.
    pub(crate) fn publish_partial(&mut self) -> Result<(), LogError> {
        let mut files = Vec::new();
        for tile in Tile::partial(self.size) {
            files.push((tile.path(), self.edge[usize::from(tile.level)].to_bytes()));
        }
        let width = (self.size % WIDTH) as u16;
        if width > 0 {
            files.push((entries_path(self.size / WIDTH, width), self.bundle.clone()));
            files.push((lists_path(self.size / WIDTH, width), self.lists.clone()));
        }
        for (path, bytes) in files {
            let written = self.storage.write(&path, &bytes);
            written.map_err(failed("write", self.storage.shown(&path)))?;
        }
        Ok(())
    }

    /// Takes the partner's cosignature of a checkpoint of this log. It is refused unless one of
    /// `own` signed it, one of `partner` cosigned it, and the entries are these.
    pub fn cosigned(
        &mut self,
        note: &[u8],
        own: &[VerifierKey],
        partner: &[VerifierKey],
    ) -> Result<(), LogError> {
        self.check_sound()?;
        let signed = SignedCheckpoint::open(note, &self.origin, own)?;
        if signed.cosigned_by(partner)?.is_none() {
            let name = partner.first().map(|key| key.name().to_owned()).unwrap_or_default();
            return Err(CheckpointError::Unsigned(name).into());
        }
        let Checkpoint { size, root, .. } = signed.checkpoint;
        if size > self.committed || self.root_at(size)? != root {
            let path = self.storage.shown("");
            return Err(LogError::Rewritten { path, signed_size: size });
        }
        if self.cosigned.as_ref().is_none_or(|known| known.checkpoint.size <= size) {
            let replaced = self.storage.replace(COSIGNED, note);
            replaced.map_err(failed("replace", self.storage.shown(COSIGNED)))?;
            self.cosigned = Some(signed);
        }
        Ok(())
    }

    /// Root of the tree of the first `size` entries.
    pub fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.check_size(size)?;
        merkle::root(size, |level, index| self.node(level, index))
    }

    /// Inclusion proof of entry `index` in the tree of the first `size`.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, LogError> {
        self.check_size(size)?;
        if index >= size {
            return Err(LogError::NoSuchEntry { index, size });
        }
        merkle::inclusion(index, size, |level, index| self.node(level, index))
    }

    /// Proof that the tree of the first `size` begins with that of the first `old`.
    pub fn prove_consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, LogError> {
        self.check_size(size)?;
        self.check_size(old)?;
        merkle::consistency(old, size, |level, index| self.node(level, index))
    }

    /// Proof of entry `index` under the newest checkpoint.
    pub fn proof(&self, index: u64) -> Result<Proof, LogError> {
        let signed = self.cosigned.as_ref().filter(|signed| index < signed.checkpoint.size);
        let Some(signed) = signed.or(self.checkpoint.as_ref()) else {
            return Err(LogError::NoSuchEntry { index, size: 0 });
        };
        let path = self.prove_inclusion(index, signed.checkpoint.size)?;
        Ok(Proof { extra: None, index, path, checkpoint: signed.note.to_bytes() })
    }

    fn check_size(&self, size: u64) -> Result<(), LogError> {
        if size <= self.size {
            return Ok(());
        }
        Err(LogError::NoSuchEntry { index: size - 1, size: self.size })
    }

    fn check_sound(&self) -> Result<(), LogError> {
        let path = || self.storage.shown("");
        if self.failed { Err(LogError::Failed { path: path() }) } else { Ok(()) }
    }

    /// Hash of a perfect subtree, from the edge or from its tile.
    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        let (row, inner) = (level / HEIGHT, level % HEIGHT);
        let first = index << inner;
        let (number, place) = (first / WIDTH, ((first % WIDTH) >> inner) as usize);
        let path = || Tile { level: row as u8, index: number, width: WIDTH as u16 }.path();
        let damaged = || LogError::Damaged { path: self.storage.shown(&path()) };
        if number == (self.size >> (row * HEIGHT)) / WIDTH {
            let edge = self.edge.get(row as usize);
            return edge.and_then(|tile| tile.node(inner, place)).ok_or_else(damaged);
        }
        if let Some(tile) = self.cache.borrow().get(&(row, number)) {
            return tile.node(inner, place).ok_or_else(damaged);
        }
        let tile = self.read_full(row as u8, number)?;
        let hash = tile.node(inner, place).ok_or_else(damaged);
        self.remember((row, number), tile);
        hash
    }

    fn remember(&self, place: (u32, u64), tile: Pyramid) {
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHE_MAX {
            cache.pop_first();
        }
        cache.insert(place, tile);
    }

    /// A full tile from its file.
    pub(crate) fn read_full(&self, level: u8, index: u64) -> Result<Pyramid, LogError> {
        let path = Tile { level, index, width: WIDTH as u16 }.path();
        let bytes = self.storage.read(&path);
        let bytes = bytes.map_err(failed("read", self.storage.shown(&path)))?;
        let tile = bytes.and_then(|bytes| Pyramid::parse(&bytes, WIDTH as usize));
        tile.ok_or_else(|| LogError::Damaged { path: self.storage.shown(&path) })
    }
}

/// Names what was tried on what.
pub(crate) fn failed(action: &'static str, path: String) -> impl FnOnce(io::Error) -> LogError {
    move |source| LogError::Storage { action, path, source }
}
