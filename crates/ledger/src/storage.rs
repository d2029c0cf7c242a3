//! Where a log's files are kept: one trait, real files here, memory with faults for the tests.

mod file;
mod memory;

pub use file::FileStorage;
pub use memory::{MemoryStorage, Writes};

use std::io;

/// Files below one folder, named by relative paths with `/`.
///
/// Contract: a crash may leave any prefix of what was appended or written and not yet synced, and
/// the old or the new content of what was replaced. What `sync` or `replace` has returned for
/// survives a power cut, the names included.
pub trait Storage {
    /// A whole file; `None` if there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Names of the files right in `folder`, sorted; none if there is no such folder.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// Adds to the end of a file, making it if need be.
    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file to `length` bytes.
    fn truncate(&mut self, path: &str, length: u64) -> io::Result<()>;
    /// Makes a file anew with `bytes`.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file new content at one stroke, durably.
    fn replace(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes files and their names durable.
    fn sync(&mut self, paths: &[&str]) -> io::Result<()>;
    /// Deletes a file, or a folder and all in it; what is not there is no error.
    fn remove(&mut self, path: &str) -> io::Result<()>;
    /// Takes the single writer's place until this value is dropped; `false` if it is taken.
    fn lock(&mut self) -> io::Result<bool>;
    /// What to call a file in a message.
    fn shown(&self, path: &str) -> String;
}
