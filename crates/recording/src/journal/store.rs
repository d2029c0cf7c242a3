//! Where segments are kept: one trait, real files here, memory with faults in `memory`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A flat set of named, append-only files. Names are plain: no separators.
///
/// Contract: `append` either appends all of `bytes` or returns an error, after which any prefix of
/// them may be there. What `sync` has returned for survives a power cut, the file's name included.
pub trait Store {
    /// Reads one file forward. At the end it returns 0, and more once more was appended.
    type Source: Read;

    /// Names and lengths in bytes, in no particular order.
    fn list(&self) -> io::Result<Vec<(String, u64)>>;
    /// A new empty file; an error if the name is taken.
    fn create(&mut self, name: &str) -> io::Result<()>;
    /// Adds to the end of a file.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file to `length` bytes.
    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()>;
    /// Makes a file and its name survive a power cut.
    fn sync(&mut self, name: &str) -> io::Result<()>;
    /// Opens a file for reading from `offset`.
    fn read_from(&self, name: &str, offset: u64) -> io::Result<Self::Source>;
    /// Deletes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// Takes the single writer's place until this store is dropped; `false` if it is taken.
    fn lock(&mut self) -> io::Result<bool>;
    /// What to call a file in a message.
    fn path(&self, name: &str) -> String;
}

/// Real files in one directory. A clone shares the directory but neither the lock nor open files.
#[derive(Debug)]
pub struct FileStore {
    directory: PathBuf,
    /// The file last appended to, kept open: the writer stays on one for a long time.
    current: Option<(String, File)>,
    lock: Option<File>,
}

impl FileStore {
    /// Where the lock is taken; left in place, empty, when the writer is gone.
    const LOCK_NAME: &'static str = "writer.lock";

    /// Opens a directory, creating it if needed.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, current: None, lock: None })
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn file(&mut self, name: &str) -> io::Result<&mut File> {
        if self.current.as_ref().is_none_or(|(open, _)| open != name) {
            let file = OpenOptions::new().append(true).open(self.directory.join(name))?;
            self.current = Some((name.to_owned(), file));
        }
        Ok(&mut self.current.as_mut().expect("just set").1)
    }

    /// A directory has to be synced for a new name in it to survive a power cut.
    fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

impl Clone for FileStore {
    fn clone(&self) -> Self {
        Self { directory: self.directory.clone(), current: None, lock: None }
    }
}

impl Store for FileStore {
    type Source = File;

    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            match entry.metadata() {
                Ok(data) if data.is_file() => files.push((name, data.len())),
                Ok(_) => {}
                // Retention may delete a file between the listing and the look at it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        let path = self.directory.join(name);
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        self.current = Some((name.to_owned(), file));
        self.sync_directory()
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.file(name)?.write_all(bytes)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.file(name)?.set_len(length)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.file(name)?.sync_data()
    }

    fn read_from(&self, name: &str, offset: u64) -> io::Result<File> {
        let mut file = File::open(self.directory.join(name))?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        if self.current.as_ref().is_some_and(|(open, _)| open == name) {
            self.current = None;
        }
        fs::remove_file(self.directory.join(name))?;
        self.sync_directory()
    }

    fn lock(&mut self) -> io::Result<bool> {
        let path = self.directory.join(Self::LOCK_NAME);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                self.lock = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn path(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }
}
