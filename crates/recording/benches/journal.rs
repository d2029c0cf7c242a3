//! How fast the journal takes 64 KiB batches of 512-byte events on this disk, with and without
//! waiting for it. `cargo bench -p recording`

use std::time::Instant;

use recording::journal::{FileStore, Options, Reader, Writer};
use surveillance::Time;

const BATCH_LEN: usize = 64 << 10;
const EVENT_LEN: usize = 512;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() {
    let event = [0x5A; EVENT_LEN];
    for (name, batches, sync) in [("write only", 8000, false), ("write and sync", 400, true)] {
        // The working directory rather than a memory-backed temporary one.
        let directory = tempfile::tempdir_in(".").expect("the working directory is writable");
        let store = FileStore::open(directory.path()).expect("it was just made");
        let (mut writer, _) =
            Writer::open(store.clone(), Options::default()).expect("an empty directory opens");
        let start = Instant::now();
        for batch in 0..batches {
            for _ in 0..BATCH_LEN / EVENT_LEN {
                writer.append(Time::from_unix_nanos(batch), &event).expect("there is room");
            }
            if sync {
                writer.sync().expect("the disk works");
            } else {
                writer.write().expect("the disk works");
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let megabytes = batches as f64 * BATCH_LEN as f64 / 1e6;
        println!(
            "{name}: {:.0} MB/s, {:.0} batches/s",
            megabytes / seconds,
            batches as f64 / seconds
        );

        let start = Instant::now();
        let mut reader = Reader::from_start(store);
        let mut records = 0_u64;
        while reader.read().expect("the disk works").is_some() {
            records += 1;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!("read back: {:.0} MB/s, {records} records", megabytes / seconds);
    }
}
