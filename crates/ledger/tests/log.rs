//! The writer: what it keeps through crashes, what the auditor makes of its files.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use ledger::audit::{AuditError, audit};
use ledger::{
    Entry, FileStorage, Hash, Log, LogError, MemoryStorage, RootText, SignedCheckpoint, Signer,
    Storage, VerifierKey, Witness, Writes, batch_root, leaf_hash,
};
use proptest::prelude::*;
use std::sync::LazyLock;

const ORIGIN: &str = "kgz.example/rus";

fn signer() -> Signer {
    Signer::from_seed("kgz.example", [1; 32]).unwrap()
}

fn partner() -> Signer {
    Signer::from_seed("rus.example", [2; 32]).unwrap()
}

fn keys(signer: &Signer) -> Vec<VerifierKey> {
    vec![signer.key().clone()]
}

fn open<S: Storage>(storage: S) -> Log<S> {
    Log::open(storage, ORIGIN, &keys(&signer())).unwrap().0
}

/// Entry number `n`: a release of `n` % 4 records.
fn release(n: u64) -> (Entry, Vec<Hash>) {
    let records: Vec<_> = (0..n % 4).map(|r| format!("record {n}/{r}").into_bytes()).collect();
    let (list, root) = batch_root(records.iter().map(Vec::as_slice));
    let entry = Entry::Release {
        sequence: n,
        at_ms: 1_700_000_000_000 + n as i64,
        basis: "KGZ-RUS 2022 art. 4".into(),
        count: list.len() as u32,
        root: RootText(root),
    };
    (entry, list)
}

/// The first entries as bytes, made once.
static ENTRIES: LazyLock<Vec<(Vec<u8>, Vec<Hash>)>> = LazyLock::new(|| {
    let bytes = |n| {
        let (entry, list) = release(n);
        (entry.to_bytes(), list)
    };
    (0..10_000).map(bytes).collect()
});

fn append<S: Storage>(log: &mut Log<S>, count: u64) {
    for _ in 0..count {
        let (entry, list) = &ENTRIES[log.size() as usize];
        log.append_bytes(entry, list).unwrap();
    }
}

fn model(size: u64) -> Vec<Hash> {
    ENTRIES[..size as usize].iter().map(|(entry, _)| leaf_hash(entry)).collect()
}

fn sound(storage: &MemoryStorage) -> ledger::audit::Report {
    audit(storage, ORIGIN, &keys(&signer()), &keys(&partner()), |_, _, _| {}).unwrap()
}

#[test]
fn a_log_proves_every_entry_and_every_past() {
    let mut log = open(MemoryStorage::new());
    append(&mut log, 700);
    log.commit().unwrap();
    let leaves = model(700);
    for (old, size) in [(0, 0), (1, 1), (255, 256), (256, 257), (300, 700), (511, 512), (512, 513)]
    {
        let model = |size: u64| ledger::merkle::root_of(&leaves[..size as usize]);
        assert_eq!(log.root_at(size).unwrap(), model(size));
        let path = log.prove_consistency(old, size).unwrap();
        let (before, now) = ((old, model(old)), (size, model(size)));
        assert!(ledger::merkle::verify_consistency(before, now, &path), "{old} {size}");
        for index in (0..size).step_by(37) {
            let path = log.prove_inclusion(index, size).unwrap();
            assert_eq!(
                path,
                ledger::merkle::inclusion_in(&leaves[..size as usize], index as usize)
            );
        }
    }
    assert!(matches!(log.prove_inclusion(700, 700), Err(LogError::NoSuchEntry { .. })));
}

#[test]
fn what_was_committed_is_there_after_opening_again_at_any_size() {
    for count in [0, 1, 255, 256, 257, 4095, 4096, 4097, 9000] {
        let storage = MemoryStorage::new();
        let mut log = open(storage.clone());
        append(&mut log, count);
        log.commit().unwrap();
        let root = log.root_at(count).unwrap();
        drop(log);
        for storage in [storage.after_kill(), storage.after_power_cut()] {
            let mut log = open(storage.clone());
            assert_eq!((log.size(), log.root_at(count).unwrap()), (count, root));
            append(&mut log, 3);
            log.checkpoint(&signer()).unwrap();
            let leaves = model(count + 3);
            assert_eq!(log.root_at(count + 3).unwrap(), ledger::merkle::root_of(&leaves));
            drop(log);
            assert_eq!(sound(&storage).size, count + 3);
        }
    }
}

#[test]
fn a_lock_keeps_a_second_writer_out() {
    let storage = MemoryStorage::new();
    let log = open(storage.clone());
    let second = Log::open(storage.clone(), ORIGIN, &keys(&signer()));
    assert!(matches!(second, Err(LogError::InUse { .. })));
    drop(log);
    open(storage);
}

#[test]
fn a_log_that_lost_what_it_signed_signs_nothing_more() {
    let storage = MemoryStorage::new();
    let mut log = open(storage.clone());
    append(&mut log, 10);
    log.checkpoint(&signer()).unwrap();
    drop(log);
    let tail = "tail/00000000000000000000";
    let mut bytes = storage.read(tail).unwrap().unwrap();
    bytes.truncate(bytes.len() - 1);
    storage.forge(tail, bytes);
    let refused = Log::open(storage.clone(), ORIGIN, &keys(&signer())).unwrap_err();
    assert!(matches!(refused, LogError::Rewritten { signed_size: 10, .. }), "{refused}");
    let mut gone = storage.clone();
    gone.remove(tail).unwrap();
    let refused = Log::open(gone, ORIGIN, &keys(&signer())).unwrap_err();
    assert!(matches!(refused, LogError::Damaged { .. }), "{refused}");
}

/// A log of 600 with partner's cosignature at 520, in memory.
fn published() -> MemoryStorage {
    let storage = MemoryStorage::new();
    let mut log = open(storage.clone());
    append(&mut log, 520);
    let note = log.checkpoint(&signer()).unwrap().note.to_bytes();
    let mut witness = Witness::new(ORIGIN, keys(&signer()), None).unwrap();
    let cosigned = witness.observe(&note, &[], &partner(), 1_700_000_000).unwrap();
    log.cosigned(&cosigned, &keys(&signer()), &keys(&partner())).unwrap();
    append(&mut log, 80);
    log.checkpoint(&signer()).unwrap();
    storage
}

#[test]
fn the_auditor_finds_a_flipped_bit_in_any_file() {
    let storage = published();
    let report = sound(&storage);
    assert_eq!((report.size, report.cosigned), (600, Some((520, 1_700_000_000))));
    assert_eq!(report.kinds, [("release", 600)].into());
    let needed = |path: &String| {
        // The partial files of size 520 stand beside those of 600 until the tile is full.
        !path.starts_with("tail/") && (!path.contains(".p/") || path.ends_with(".p/88"))
    };
    let paths: Vec<_> = storage.paths().into_iter().filter(needed).collect();
    // checkpoint, cosigned, and three each of entries, lists and leaf hashes; no upper tile is full
    // or of width 88.
    assert_eq!(paths.len(), 2 + 3 * 3, "{paths:?}");
    for path in paths {
        let sound_bytes = storage.read(&path).unwrap().unwrap();
        for place in [0, sound_bytes.len() / 2, sound_bytes.len() - 1] {
            let mut bytes = sound_bytes.clone();
            bytes[place] ^= 4;
            storage.forge(&path, bytes);
            let result = audit(&storage, ORIGIN, &keys(&signer()), &keys(&partner()), |_, _, _| {});
            // A cosignature line that names nobody known is one that is not there.
            let unnoticed = path == "cosigned" && matches!(&result, Ok(r) if r.cosigned.is_none());
            assert!(result.is_err() || unnoticed, "{path} byte {place}");
        }
        storage.forge(&path, sound_bytes);
    }
    sound(&storage);
}

#[test]
fn the_auditor_names_a_missing_file_and_a_rewritten_entry() {
    let storage = published();
    let path = "tile/entries/001";
    let mut bytes = storage.read(path).unwrap().unwrap();
    let at = bytes.windows(9).position(|w| w == b"art. 4\",\"").unwrap();
    bytes[at + 5] = b'9';
    storage.forge(path, bytes);
    let keys = (keys(&signer()), keys(&partner()));
    let error = audit(&storage, ORIGIN, &keys.0, &keys.1, |_, _, _| {}).unwrap_err();
    assert!(
        matches!(&error, AuditError::TileDiffers { path, .. } if path.contains("tile/0/001")),
        "{error}"
    );
    storage.clone().remove(path).unwrap();
    let error = audit(&storage, ORIGIN, &keys.0, &keys.1, |_, _, _| {}).unwrap_err();
    assert!(matches!(error, AuditError::Missing { .. }), "{error}");
}

#[test]
fn a_proof_of_an_entry_and_of_a_record_in_it_verifies_without_the_log() {
    let storage = published();
    let log = open(storage);
    let (entry, list) = release(303);
    let proof = log.proof(303).unwrap();
    let read = ledger::Proof::parse(proof.to_text().as_bytes()).unwrap();
    let signed = read.verify(&entry.to_bytes(), ORIGIN, &keys(&signer())).unwrap();
    // Under the checkpoint that the partner cosigned, where there is one.
    assert_eq!(signed.checkpoint.size, 520);
    assert!(signed.cosigned_by(&keys(&partner())).unwrap().is_some());
    assert!(read.verify(b"another entry", ORIGIN, &keys(&signer())).is_err());
    let (count, root) = entry.batch().unwrap();
    let path = ledger::merkle::inclusion_in(&list, 1);
    let leaf = leaf_hash(b"record 303/1");
    assert!(ledger::merkle::verify_inclusion(leaf, 1, u64::from(count), &path, root));
}

/// Runs a writer that commits every few entries and signs every few commits until its storage
/// dies, and returns what it was told is committed and signed.
fn run_until_death(storage: &MemoryStorage, group: u64) -> (u64, Option<SignedCheckpoint>) {
    let (mut committed, mut signed) = (0, None);
    let Ok((mut log, _)) = Log::open(storage.clone(), ORIGIN, &keys(&signer())) else {
        return (0, None);
    };
    for round in 0..20_u64 {
        for _ in 0..group {
            let (entry, list) = &ENTRIES[log.size() as usize];
            if log.append_bytes(entry, list).is_err() {
                return (committed, signed);
            }
        }
        match log.commit() {
            Ok(size) => committed = size,
            Err(_) => return (committed, signed),
        }
        if round % 3 == 2 {
            match log.checkpoint(&signer()) {
                Ok(checkpoint) => signed = Some(checkpoint.clone()),
                Err(_) => return (committed, signed),
            }
        }
    }
    (committed, signed)
}

#[test]
fn killed_at_any_write_it_comes_back_with_all_it_committed_and_never_forks() {
    let all = MemoryStorage::new();
    run_until_death(&all, 230);
    let writes = all.writes();
    assert!(writes > 100);
    for left in 0..writes {
        let torn_256ths = [0, 128, 255][left as usize % 3];
        let storage = MemoryStorage::new();
        storage.fail_after(Some(Writes { left, torn_256ths }));
        let (committed, signed) = run_until_death(&storage, 230);
        let survivors: [fn(&MemoryStorage) -> MemoryStorage; 2] =
            [MemoryStorage::after_kill, MemoryStorage::after_power_cut];
        for survive in survivors {
            let survivor = survive(&storage);
            let (mut log, _) = Log::open(survivor.clone(), ORIGIN, &keys(&signer()))
                .unwrap_or_else(|error| panic!("after {left} writes: {error}"));
            assert!(log.size() >= committed, "after {left} writes");
            if let Some(signed) = &signed {
                let head = &signed.checkpoint;
                assert_eq!(log.root_at(head.size).unwrap(), head.root, "after {left} writes");
            }
            append(&mut log, 300);
            let size = log.checkpoint(&signer()).unwrap().checkpoint.size;
            assert_eq!(log.root_at(size).unwrap(), ledger::merkle::root_of(&model(size)));
            drop(log);
            assert_eq!(sound(&survivor).size, size);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn damaged_tiles_bundles_and_tails_never_panic(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let storage = published();
        let paths = storage.paths();
        let path = &paths[which.index(paths.len())];
        let mut bytes = storage.read(path).unwrap().unwrap();
        for (place, byte) in edits {
            if !bytes.is_empty() {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        storage.forge(path, bytes);
        let _ = audit(&storage, ORIGIN, &keys(&signer()), &keys(&partner()), |_, _, _| {});
        let _ = Log::open(storage.after_kill(), ORIGIN, &keys(&signer()));
    }
}

/// Another program's verdict on our files: `testdata/oracle.py`, written from the specifications.
#[test]
fn a_verifier_written_from_the_specifications_finds_our_files_sound() {
    let has_python = std::process::Command::new("python3")
        .args(["-c", "import cryptography"])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_python {
        println!("skipped: needs python3 with the package cryptography");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(FileStorage::create(folder.path()).unwrap());
    append(&mut log, 300);
    let note = log.checkpoint(&signer()).unwrap().note.to_bytes();
    let mut witness = Witness::new(ORIGIN, keys(&signer()), None).unwrap();
    let cosigned = witness.observe(&note, &[], &partner(), 1_700_000_000).unwrap();
    log.cosigned(&cosigned, &keys(&signer()), &keys(&partner())).unwrap();
    append(&mut log, 4500);
    log.checkpoint(&signer()).unwrap();
    drop(log);
    let run = || {
        std::process::Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/oracle.py"))
            .arg("audit")
            .arg(folder.path())
            .args([ORIGIN.to_owned(), signer().key().to_string(), partner().key().to_string()])
            .output()
            .unwrap()
    };
    let verdict = run();
    let said = String::from_utf8_lossy(&verdict.stdout);
    assert_eq!(said.trim(), "sound 4800", "{}", String::from_utf8_lossy(&verdict.stderr));
    let storage = FileStorage::existing(folder.path());
    let report = audit(&storage, ORIGIN, &keys(&signer()), &keys(&partner()), |_, _, _| {});
    assert_eq!(report.unwrap().size, 4800);
    // It is a judge, not a rubber stamp.
    let tile = folder.path().join("tile/0/004");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[9] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert!(!run().status.success());
}
