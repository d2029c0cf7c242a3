//! Files in memory that can be made to die at any write: the tests' and the simulation's.

use super::Storage;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How many writes (of any kind) a storage still takes. The one that finds none left is torn: of
/// its bytes the given share arrives, and everything after it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writes {
    /// Writes that still succeed.
    pub left: u64,
    /// Of the fatal one, this many 256ths of its bytes are there.
    pub torn_256ths: u8,
}

/// Files in memory. Clones share them, as processes share a directory.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    disk: Arc<Mutex<Disk>>,
    lock: Option<Arc<()>>,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<String, Content>,
    fault: Option<Writes>,
    dead: bool,
    writes: u64,
    writer: Weak<()>,
}

#[derive(Debug, Default, Clone)]
struct Content {
    now: Vec<u8>,
    /// What a power cut leaves; `None` if not even the name.
    durable: Option<Vec<u8>>,
}

fn dead() -> io::Error {
    io::Error::other("the storage died")
}

impl Disk {
    /// Bytes of a write of `length` that arrive; an error goes along if it is the fatal one.
    fn admit(&mut self, length: usize) -> (usize, io::Result<()>) {
        if self.dead {
            return (0, Err(dead()));
        }
        self.writes += 1;
        match &mut self.fault {
            Some(Writes { left: 0, torn_256ths }) => {
                let arrived = length * usize::from(*torn_256ths) / 256;
                self.dead = true;
                (arrived, Err(dead()))
            }
            Some(writes) => {
                writes.left -= 1;
                (length, Ok(()))
            }
            None => (length, Ok(())),
        }
    }
}

impl MemoryStorage {
    /// Empty, without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Dies when `writes` are used up; `None`: never.
    pub fn fail_after(&self, writes: Option<Writes>) {
        self.disk().fault = writes;
    }

    /// Writes so far.
    pub fn writes(&self) -> u64 {
        self.disk().writes
    }

    /// What the next start finds after the process was killed: all that was written.
    pub fn after_kill(&self) -> Self {
        self.reborn(|content| Some(content.now.clone()))
    }

    /// What the next start finds after the power went: what was synced.
    pub fn after_power_cut(&self) -> Self {
        self.reborn(|content| content.durable.clone())
    }

    fn reborn(&self, kept: impl Fn(&Content) -> Option<Vec<u8>>) -> Self {
        let disk = self.disk();
        let survived = disk.files.iter().filter_map(|(path, content)| {
            let bytes = kept(content)?;
            Some((path.clone(), Content { durable: Some(bytes.clone()), now: bytes }))
        });
        let disk = Disk { files: survived.collect(), ..Disk::default() };
        Self { disk: Arc::new(Mutex::new(disk)), lock: None }
    }

    /// Every file's path.
    pub fn paths(&self) -> Vec<String> {
        self.disk().files.keys().cloned().collect()
    }

    /// Puts a file there as a forger would.
    pub fn forge(&self, path: &str, bytes: Vec<u8>) {
        let content = Content { durable: Some(bytes.clone()), now: bytes };
        self.disk().files.insert(path.to_owned(), content);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for MemoryStorage {
    fn clone(&self) -> Self {
        Self { disk: Arc::clone(&self.disk), lock: None }
    }
}

impl Storage for MemoryStorage {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let disk = self.disk();
        if disk.dead { Err(dead()) } else { Ok(disk.files.get(path).map(|f| f.now.clone())) }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = format!("{folder}/");
        let disk = self.disk();
        let names = disk.files.keys().filter_map(|path| path.strip_prefix(&prefix));
        Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let (arrived, result) = disk.admit(bytes.len());
        if arrived > 0 || result.is_ok() {
            let content = disk.files.entry(path.to_owned()).or_default();
            content.now.extend_from_slice(&bytes[..arrived]);
        }
        result
    }

    fn truncate(&mut self, path: &str, length: u64) -> io::Result<()> {
        let mut disk = self.disk();
        let (_, result) = disk.admit(0);
        result?;
        let content = disk.files.get_mut(path).ok_or(io::ErrorKind::NotFound)?;
        content.now.truncate(length as usize);
        Ok(())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let (arrived, result) = disk.admit(bytes.len());
        if arrived > 0 || result.is_ok() {
            disk.files.entry(path.to_owned()).or_default().now = bytes[..arrived].to_vec();
        }
        result
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let (_, result) = disk.admit(0);
        result?;
        let content = Content { durable: Some(bytes.to_vec()), now: bytes.to_vec() };
        disk.files.insert(path.to_owned(), content);
        Ok(())
    }

    fn sync(&mut self, paths: &[&str]) -> io::Result<()> {
        for path in paths {
            let mut disk = self.disk();
            let (_, result) = disk.admit(0);
            result?;
            let content = disk.files.get_mut(*path).ok_or(io::ErrorKind::NotFound)?;
            content.durable = Some(content.now.clone());
        }
        Ok(())
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let mut disk = self.disk();
        let (_, result) = disk.admit(0);
        result?;
        let inside = format!("{path}/");
        disk.files.retain(|name, _| name != path && !name.starts_with(&inside));
        Ok(())
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

    fn shown(&self, path: &str) -> String {
        format!("memory/{path}")
    }
}
