//! Real files.

use super::Storage;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const LOCK_NAME: &str = "writer.lock";

/// Files below one directory of this machine.
#[derive(Debug)]
pub struct FileStorage {
    directory: PathBuf,
    /// The file last appended to, kept open.
    current: Option<(String, File)>,
    lock: Option<File>,
}

impl FileStorage {
    /// Opens a directory for writing, creating it if need be.
    pub fn create(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, current: None, lock: None })
    }

    /// A directory to read from; nothing is created.
    pub fn existing(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), current: None, lock: None }
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        path.parent().map_or(Ok(()), fs::create_dir_all)
    }
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl Storage for FileStorage {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.directory.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.directory.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if self.current.as_ref().is_none_or(|(open, _)| open != path) {
            let full = self.directory.join(path);
            self.make_folder(&full)?;
            let file = OpenOptions::new().append(true).create(true).open(full)?;
            self.current = Some((path.to_owned(), file));
        }
        self.current.as_mut().expect("just set").1.write_all(bytes)
    }

    fn truncate(&mut self, path: &str, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.directory.join(path))?.set_len(length)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let full = self.directory.join(path);
        self.make_folder(&full)?;
        fs::write(full, bytes)
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let full = self.directory.join(path);
        self.make_folder(&full)?;
        let mut name = full.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = full.with_file_name(name);
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&new, &full)?;
        full.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    fn sync(&mut self, paths: &[&str]) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for path in paths {
            match &self.current {
                Some((open, file)) if open == path => file.sync_data()?,
                _ => File::open(self.directory.join(path))?.sync_data()?,
            }
            // A name lives in its folder, and the folder's name in the one above.
            folders.extend(Path::new(path).ancestors().skip(1).map(Path::to_path_buf));
        }
        for folder in folders {
            File::open(self.directory.join(folder))?.sync_all()?;
        }
        Ok(())
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        if self.current.as_ref().is_some_and(|(open, _)| open == path) {
            self.current = None;
        }
        let full = self.directory.join(path);
        let is_folder = fs::symlink_metadata(&full).is_ok_and(|data| data.is_dir());
        absent_is_fine(if is_folder { fs::remove_dir_all(full) } else { fs::remove_file(full) })
    }

    fn lock(&mut self) -> io::Result<bool> {
        let path = self.directory.join(LOCK_NAME);
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

    fn shown(&self, path: &str) -> String {
        self.directory.join(path).display().to_string()
    }
}
