//! What opening a log finds: the newest tail, the full tiles before it, and perhaps a torn end.

use crate::log::{Log, LogError, Pyramid, failed};
use crate::storage::Storage;
use crate::tail;
use crate::tile::{HEIGHT, WIDTH};

/// What opening a log found and repaired. Bytes cut were never acknowledged by a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// Entries in the log.
    pub size: u64,
    /// Bytes of a torn entry that were cut off.
    pub bytes_cut: u64,
}

pub(crate) fn recover<S: Storage>(log: &mut Log<S>) -> Result<Recovery, LogError> {
    let names = log.storage.list(tail::FOLDER);
    let names = names.map_err(failed("list", log.storage.shown(tail::FOLDER)))?;
    let mut tails: Vec<_> = names.iter().filter_map(|name| tail::first(name)).collect();
    let Some(newest) = tails.pop() else {
        return begin(log);
    };
    if newest % WIDTH != 0 {
        return Err(LogError::Damaged { path: log.storage.shown(&tail::path(newest)) });
    }
    log.tail_first = newest;
    log.size = newest;
    restore_edge(log)?;
    let bytes_cut = replay(log)?;
    // Left by a crash between the beginning of the new tail and the end of the old.
    for old in tails {
        let path = tail::path(old);
        log.storage.remove(&path).map_err(failed("remove", log.storage.shown(&path)))?;
    }
    Ok(Recovery { size: log.size, bytes_cut })
}

/// A new log, unless there are files of one whose tail is gone.
fn begin<S: Storage>(log: &mut Log<S>) -> Result<Recovery, LogError> {
    let first = tail::path(0);
    for path in [crate::log::CHECKPOINT, "tile/0/000"] {
        let found = log.storage.read(path).map_err(failed("read", log.storage.shown(path)))?;
        if found.is_some() {
            return Err(LogError::Damaged { path: log.storage.shown(&first) });
        }
    }
    log.storage.replace(&first, &[]).map_err(failed("begin", log.storage.shown(&first)))?;
    Ok(Recovery { size: 0, bytes_cut: 0 })
}

/// The unfilled tiles of the upper levels, from the full tiles below them.
fn restore_edge<S: Storage>(log: &mut Log<S>) -> Result<(), LogError> {
    let mut level = 0_u8;
    log.edge.clear();
    log.edge.push(Pyramid::default());
    loop {
        // Full tiles of this level, whose roots the level above holds.
        let full = log.size >> (u32::from(level + 1) * HEIGHT);
        if full == 0 {
            return Ok(());
        }
        let mut above = Pyramid::default();
        for index in full / WIDTH * WIDTH..full {
            let tile = log.read_full(level, index)?;
            above.push(tile.root().expect("a full tile has a root"));
        }
        log.edge.push(above);
        level += 1;
    }
}

/// Takes in the tail's entries, cuts what is torn, and writes again the full tiles they make:
/// those may not have reached the disk.
fn replay<S: Storage>(log: &mut Log<S>) -> Result<u64, LogError> {
    let path = tail::path(log.tail_first);
    let bytes = log.storage.read(&path).map_err(failed("read", log.storage.shown(&path)))?;
    let bytes = bytes.unwrap_or_default();
    let mut at = 0;
    while let Some(frame) = tail::parse(log.size, &bytes[at..]) {
        log.restore_frame(&bytes[at..at + frame.len], frame.entry, &frame.list);
        at += frame.len;
    }
    let torn = (bytes.len() - at) as u64;
    if torn > 0 {
        let cut = log.storage.truncate(&path, at as u64);
        cut.map_err(failed("truncate", log.storage.shown(&path)))?;
    }
    // What a killed process had written may not be durable yet: it is now, before it is signed.
    log.write_out()?;
    log.publish_partial()?;
    Ok(torn)
}
