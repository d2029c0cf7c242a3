//! How fast a log takes entries on this disk, and proves and verifies them.
//! `cargo xtask bench ledger`

use ledger::merkle::verify_inclusion;
use ledger::{FileStorage, Log, SignedCheckpoint, Signer, batch_root, leaf_hash};
use std::time::Instant;

const ENTRIES: u64 = 400_000;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() {
    let signer = Signer::from_seed("kgz.example", [1; 32]).expect("a name");
    let keys = [signer.key().clone()];
    // The working directory rather than a memory-backed temporary one.
    let folder = tempfile::tempdir_in(".").expect("the working directory is writable");
    let per_second = |name: &str, count: u64, start: Instant| {
        let rate = count as f64 / start.elapsed().as_secs_f64();
        println!("{name}: {rate:.0}/s, {:.2} µs each", 1e6 / rate);
    };
    let entry = |n: u64| format!("{{\"sequence\":{n:0>180}}}").into_bytes();
    for (name, group, count) in
        [("append, commit per 2000", 2000, ENTRIES), ("append, commit per 20", 20, 10_000)]
    {
        let storage = FileStorage::create(folder.path().join(name)).expect("a folder");
        let (mut log, _) = Log::open(storage, "kgz.example/rus", &keys).expect("it opens");
        let start = Instant::now();
        for n in 0..count {
            log.append_bytes(&entry(n), &[]).expect("there is room");
            if n % group == group - 1 {
                log.commit().expect("the disk works");
            }
        }
        log.commit().expect("the disk works");
        per_second(name, count, start);
        let start = Instant::now();
        log.checkpoint(&signer).expect("the disk works");
        println!("checkpoint written: {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
        if count < ENTRIES {
            continue;
        }
        let root = log.root_at(count).expect("it is there");
        let index = |n: u64| n * 7919 % count;
        let start = Instant::now();
        let proofs: Vec<_> = (0..40_000)
            .map(|n| log.prove_inclusion(index(n), count).expect("it is there"))
            .collect();
        per_second("inclusion proof of 19 hashes", 40_000, start);
        let leaves: Vec<_> = (0..40_000).map(|n| leaf_hash(&entry(index(n)))).collect();
        let start = Instant::now();
        for (n, (path, leaf)) in (0..).zip(proofs.iter().zip(&leaves)) {
            assert!(verify_inclusion(*leaf, index(n), count, path, root));
        }
        per_second("verify", 40_000, start);
        let start = Instant::now();
        for n in 1..4000 {
            log.prove_consistency(n * 97, count).expect("it is there");
        }
        per_second("consistency proof", 4000, start);
    }
    let record = [7_u8; 200];
    let start = Instant::now();
    for _ in 0..400 {
        batch_root(std::iter::repeat_n(record.as_slice(), 500));
    }
    per_second("hash of a 200-byte record, its list and root", 400 * 500, start);
    let head =
        ledger::Checkpoint { origin: "kgz.example/rus".into(), size: 9, root: leaf_hash(b"root") };
    let start = Instant::now();
    for second in 0..2000 {
        let mut signed = SignedCheckpoint::sign(head.clone(), &signer);
        signed.note.cosign(&signer, second);
    }
    per_second("checkpoint signed and cosigned", 2000, start);
    println!(
        "beside it, trials with ready libraries: appends 330,000-370,000/s (tlog-tiles), 87,000-\n\
         95,000/s (ct-merkle); proofs of 19 hashes 40,000/s, verified 50,000/s; checkpoints signed\n\
         by two 2,300-2,900/s; SHA-256 of 200 bytes 750,000-817,000/s"
    );
    println!(
        "load average {}",
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
}
