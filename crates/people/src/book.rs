//! The file of accounts and sessions, `people.json`, and the lock that everybody who changes it holds.

use crate::roles::Roles;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const FILE: &str = "people.json";
const LOCK: &str = "people.lock";
/// Of the file's form.
const VERSION: u32 = 1;
/// A file beyond this is none of ours.
const BYTES_MAX: u64 = 16 << 20;

/// All that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    version: u32,
    /// For whoever becomes the first administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<Invitation>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) sessions: Vec<Session>,
}

impl Default for Book {
    fn default() -> Self {
        Self { version: VERSION, first: None, accounts: Vec::new(), sessions: Vec::new() }
    }
}

/// One person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// By which they sign in, and which stands beside all they do.
    pub(crate) name: String,
    /// Where they sit: "shift lead".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<String>,
    pub(crate) roles: Roles,
    /// Argon2id, in PHC form. None: not chosen yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invitation: Option<Invitation>,
    #[serde(default)]
    pub(crate) shut_out: bool,
    /// Who they are at the identity provider that vouches for them, where one does: they have no
    /// password here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
}

impl Account {
    /// Whether they can sign in.
    pub(crate) fn can_come(&self) -> bool {
        !self.shut_out && (self.password.is_some() || self.subject.is_some())
    }
}

/// A secret by which somebody may choose a password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// Of its token.
    pub(crate) hash: String,
    pub(crate) until_s: f64,
}

/// A console that somebody signed in at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// Of its token.
    pub(crate) hash: String,
    /// Whose.
    pub(crate) name: String,
    pub(crate) since_s: f64,
    pub(crate) until_s: f64,
}

/// The file as it was when it was read last.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    cached: Mutex<(Stamp, Arc<Book>)>,
}

/// Tells one version of the file from another: each is a file of its own.
type Stamp = Option<(u64, i64, i64, u64)>;

impl Store {
    /// Makes the folder if there is none, for its owner alone.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let cached = Mutex::new((None, Arc::default()));
        let store = Self { folder: folder.to_owned(), cached };
        store.book()?;
        Ok(store)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// As it is now, whoever changed it.
    pub(crate) fn book(&self) -> io::Result<Arc<Book>> {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.stamp()?;
        if cached.0 != stamp || stamp.is_none() {
            *cached = self.read()?;
        }
        Ok(cached.1.clone())
    }

    /// Changes it: what `change` refuses leaves it as it was. Durable when this returns.
    pub(crate) fn change<T, E: From<io::Error>>(
        &self,
        change: impl FnOnce(&mut Book) -> Result<T, E>,
    ) -> Result<T, E> {
        let lock =
            private(&mut OpenOptions::new()).create(true).truncate(false).open(self.path(LOCK))?;
        belongs(&lock, &self.folder)?;
        lock.lock()?;
        let (_, book) = self.read()?;
        let mut book = Book::clone(&book);
        let done = change(&mut book)?;
        self.write(&book)?;
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) =
            (self.stamp()?, Arc::new(book));
        Ok(done)
    }

    fn stamp(&self) -> io::Result<Stamp> {
        match fs::metadata(self.path(FILE)) {
            Ok(data) => Ok(Some((data.ino(), data.mtime(), data.mtime_nsec(), data.len()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self) -> io::Result<(Stamp, Arc<Book>)> {
        let stamp = self.stamp()?;
        if stamp.is_none() {
            return Ok((None, Arc::default()));
        }
        let path = self.path(FILE);
        let mut text = String::new();
        File::open(&path)?.take(BYTES_MAX).read_to_string(&mut text)?;
        let book: Book = serde_json::from_str(&text).map_err(|error| {
            let told = format!("{}: {error}; put a copy of it back", path.display());
            io::Error::new(io::ErrorKind::InvalidData, told)
        })?;
        if book.version != VERSION {
            let told = format!(
                "{}: version {} is of another release; this one reads {VERSION}",
                path.display(),
                book.version
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, told));
        }
        Ok((stamp, Arc::new(book)))
    }

    fn write(&self, book: &Book) -> io::Result<()> {
        let passing = self.path("people.json.new");
        let mut file =
            private(&mut OpenOptions::new()).create(true).truncate(true).open(&passing)?;
        belongs(&file, &self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(book)?)?;
        file.sync_all()?;
        fs::rename(&passing, self.path(FILE))?;
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Gives a file to whoever the folder is of: a shell that changes something leaves it to the node.
pub(crate) fn belongs(file: &File, folder: &Path) -> io::Result<()> {
    let (folder, own) = (fs::metadata(folder)?, file.metadata()?);
    if (own.uid(), own.gid()) == (folder.uid(), folder.gid()) {
        return Ok(());
    }
    fchown(file, Some(folder.uid()), Some(folder.gid()))
}

/// To write, for its owner alone.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.write(true).mode(0o600)
}
