//! A store in memory that fails on command: the writer's and reader's tests, and the node's.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::store::Store;

/// How the machine went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process was killed: what it had written is there, synced or not.
    Process,
    /// The power went: of what was not synced, nothing is there.
    Power,
}

/// What happens at the byte where a [`MemoryStore`] is told to fail: the write that crosses it is
/// torn there in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No more room: appending and creating fail from then on, all else works.
    Full,
    /// The machine is gone: everything fails from then on.
    Dead,
}

/// Files in memory. Clones share them, as processes share a directory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    disk: Arc<Mutex<Disk>>,
    lock: Option<Arc<()>>,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<String, MemoryFile>,
    /// Bytes that may still be appended, and what is then; `None` is without end.
    fault: Option<(u64, Fault)>,
    writer: Weak<()>,
}

impl Disk {
    fn refuse(&self, also: Option<Fault>) -> io::Result<()> {
        match self.fault {
            Some((0, fault)) if fault == Fault::Dead || Some(fault) == also => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Default)]
struct MemoryFile {
    bytes: Vec<u8>,
    synced: usize,
}

impl MemoryStore {
    /// Empty, without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fails once `bytes` more were appended; `None` heals it.
    pub fn fail_after(&self, fault: Option<(u64, Fault)>) {
        self.disk().fault = fault;
    }

    /// What the next start finds: a store of its own with the files as the crash left them.
    pub fn crash(&self, crash: Crash) -> Self {
        let kept = |file: &MemoryFile| match crash {
            Crash::Process => file.bytes.clone(),
            Crash::Power => file.bytes[..file.synced].to_vec(),
        };
        let survived = |(name, file): (&String, &MemoryFile)| {
            let bytes = kept(file);
            (name.clone(), MemoryFile { synced: bytes.len(), bytes })
        };
        let files = self.disk().files.iter().map(survived).collect();
        let disk = Disk { files, ..Disk::default() };
        Self { disk: Arc::new(Mutex::new(disk)), lock: None }
    }

    /// A file's content, or nothing if there is no such file.
    pub fn content(&self, name: &str) -> Vec<u8> {
        self.disk().files.get(name).map(|file| file.bytes.clone()).unwrap_or_default()
    }

    /// Replaces a file's content, as a bad disk would.
    pub fn set_content(&self, name: &str, bytes: Vec<u8>) {
        let file = MemoryFile { synced: bytes.len(), bytes };
        self.disk().files.insert(name.to_owned(), file);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_file<T>(&self, name: &str, act: impl FnOnce(&mut MemoryFile) -> T) -> io::Result<T> {
        self.disk().files.get_mut(name).map(act).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self { disk: Arc::clone(&self.disk), lock: None }
    }
}

impl Store for MemoryStore {
    type Source = MemorySource;

    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let disk = self.disk();
        Ok(disk.files.iter().map(|(name, file)| (name.clone(), file.bytes.len() as u64)).collect())
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        disk.refuse(Some(Fault::Full))?;
        if disk.files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        disk.files.insert(name.to_owned(), MemoryFile::default());
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        disk.refuse(Some(Fault::Full))?;
        let fits = disk.fault.map_or(bytes.len(), |(room, _)| bytes.len().min(room as usize));
        if let Some((room, _)) = &mut disk.fault {
            *room -= fits as u64;
        }
        let file = disk.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        file.bytes.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.disk().refuse(None)?;
        self.with_file(name, |file| {
            file.bytes.truncate(length as usize);
            file.synced = file.synced.min(file.bytes.len());
        })
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.disk().refuse(None)?;
        self.with_file(name, |file| file.synced = file.bytes.len())
    }

    fn read_from(&self, name: &str, offset: u64) -> io::Result<MemorySource> {
        self.with_file(name, |_| ())?;
        Ok(MemorySource { store: self.clone(), name: name.to_owned(), offset: offset as usize })
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.disk().files.remove(name).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn lock(&mut self) -> io::Result<bool> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        if disk.writer.strong_count() > 0 {
            return Ok(false);
        }
        let lock = self.lock.insert(Arc::new(()));
        disk.writer = Arc::downgrade(lock);
        Ok(true)
    }

    fn path(&self, name: &str) -> String {
        format!("memory/{name}")
    }
}

/// Reads a file of a [`MemoryStore`].
#[derive(Debug)]
pub struct MemorySource {
    store: MemoryStore,
    name: String,
    offset: usize,
}

impl Read for MemorySource {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.store.with_file(&self.name, |file| {
            let rest = file.bytes.get(self.offset..).unwrap_or_default();
            let count = rest.len().min(out.len());
            out[..count].copy_from_slice(&rest[..count]);
            count
        })?;
        self.offset += count;
        Ok(count)
    }
}
