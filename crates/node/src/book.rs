//! Books on the disk, of incidents, alerts and plans: one file a state, of which the newest that a record
//! of what stands speaks of is the true one.
//!
//! A book may be larger than a record of the journal, and is small enough to be written whole. It is
//! written beside the ones before and is durable before the record that speaks of it, so that a
//! crash at any moment leaves the book that belongs to the record; older ones go once that record is
//! durable itself.

use crate::event::{Book, Shelf};
use alert::incident::{Incident, IncidentId, Incidents};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXTENSION: &str = "book";

/// Where the books of a recording on one shelf are.
#[derive(Debug, Clone)]
pub struct BookFiles {
    shelf: Shelf,
    folder: PathBuf,
}

impl BookFiles {
    /// Of the recording in `recording`; nothing is looked at.
    pub fn of(recording: &Path, shelf: Shelf) -> Self {
        Self { shelf, folder: recording.join(shelf.name()) }
    }

    /// Keeps a book; it is durable after this.
    ///
    /// # Errors
    /// The disk fails or is full; what was kept before is still there.
    pub fn write(&self, book: &Book) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        for one in &book.put_away {
            self.place(&one.bytes, &self.log(one.incident))?;
        }
        self.place(&book.bytes, &self.path(book.generation))?;
        File::open(&self.folder)?.sync_all()
    }

    fn place(&self, bytes: &[u8], path: &Path) -> io::Result<()> {
        let passing = self.folder.join("new");
        let mut file = File::create(&passing)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&passing, path)
    }

    /// Of the shelf of incidents: an incident from the newest book or, where it was put away, from its
    /// own file.
    ///
    /// # Errors
    /// The disk fails, or what is there cannot be read.
    pub fn incident(&self, id: IncidentId) -> anyhow::Result<Option<Incident>> {
        if let Some(book) = self.newest()? {
            let book = Incidents::from_bytes(&book.bytes)?;
            if let Some(incident) = book.get(id) {
                return Ok(Some(incident.clone()));
            }
        }
        match fs::read(self.log(id)) {
            Ok(bytes) => Ok(Some(Incident::from_bytes(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a book that cannot be read under another name, where nothing takes it away.
    ///
    /// # Errors
    /// The disk fails.
    pub fn set_aside(&self, generation: u64) -> io::Result<()> {
        let path = self.path(generation);
        fs::rename(&path, path.with_extension("unreadable"))
    }

    fn log(&self, id: IncidentId) -> PathBuf {
        self.folder.join(format!("{}-INC-{:04}.log", id.node, id.number))
    }

    /// The book of that generation, or, where there is none, the newest there is.
    ///
    /// # Errors
    /// The disk fails.
    pub fn read(&self, wanted: u64) -> io::Result<Option<Book>> {
        let generations = self.generations()?;
        let found = generations.iter().find(|one| **one == wanted).or(generations.last());
        let Some(generation) = found.copied() else { return Ok(None) };
        let bytes = fs::read(self.path(generation))?;
        Ok(Some(Book { shelf: self.shelf, generation, bytes, put_away: Vec::new() }))
    }

    /// The newest book.
    ///
    /// # Errors
    /// The disk fails.
    pub fn newest(&self) -> io::Result<Option<Book>> {
        self.read(u64::MAX)
    }

    /// Takes away those before a generation.
    ///
    /// # Errors
    /// The disk fails.
    pub fn prune(&self, below: u64) -> io::Result<()> {
        for generation in self.generations()?.into_iter().filter(|one| *one < below) {
            fs::remove_file(self.path(generation))?;
        }
        Ok(())
    }

    fn path(&self, generation: u64) -> PathBuf {
        self.folder.join(format!("{generation:020}.{EXTENSION}"))
    }

    /// In order; what is no book of ours is passed over.
    fn generations(&self) -> io::Result<Vec<u64>> {
        let listed = match fs::read_dir(&self.folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut generations = Vec::new();
        for entry in listed {
            let path = entry?.path();
            let is_book = path.extension().is_some_and(|extension| extension == EXTENSION);
            let number: Option<u64> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            generations.extend(number.filter(|_| is_book));
        }
        generations.sort_unstable();
        Ok(generations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(generation: u64) -> Book {
        let bytes = generation.to_be_bytes().to_vec();
        Book { shelf: Shelf::Incidents, generation, bytes, put_away: Vec::new() }
    }

    #[test]
    fn the_book_that_is_spoken_of_is_read_and_older_ones_go_when_they_are_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let files = BookFiles::of(folder.path(), Shelf::Incidents);
        assert_eq!(files.newest().unwrap(), None);
        for generation in [1, 2, 10] {
            files.write(&book(generation)).unwrap();
        }
        // A crash came between this one and the record that would have spoken of it.
        assert_eq!(files.read(2).unwrap(), Some(book(2)));
        assert_eq!(files.newest().unwrap(), Some(book(10)));
        assert_eq!(files.read(7).unwrap(), Some(book(10)), "and none at all is worse");
        fs::write(folder.path().join(Shelf::Incidents.name()).join("notes.txt"), b"x").unwrap();
        files.prune(10).unwrap();
        assert_eq!(files.generations().unwrap(), [10]);
    }
}
