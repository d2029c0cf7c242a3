//! The journal's promise: what was synced is there, whatever happened; damage costs what it hits.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use std::time::Duration;

use proptest::prelude::*;
use recording::journal::{
    Crash, Damage, Fault, FileStore, JournalError, MemoryStore, Options, PAYLOAD_LEN_MAX, Reader,
    Retention, Store, Writer,
};
use surveillance::Time;

const SMALL_SEGMENTS: Options = Options {
    segment_bytes_max: 300,
    segment_span_max: Duration::from_secs(3600),
    retention: Retention { bytes_max: None, age_max: None },
};

fn at(second: u64) -> Time {
    "2026-11-23T14:32:00Z".parse::<Time>().unwrap().plus(Duration::from_secs(second))
}

/// Differs in length and content for each number, from nothing up to 60 bytes.
fn payload(sequence: u64) -> Vec<u8> {
    (0..sequence * 7 % 61).map(|i| (i * sequence) as u8).collect()
}

/// Writes until `count` records are in or a fault ends it; syncs every third. Returns the highest
/// number acknowledged.
fn work(store: &MemoryStore, count: u64) -> u64 {
    let mut acknowledged = 0;
    let Ok((mut writer, recovery)) = Writer::open(store.clone(), SMALL_SEGMENTS) else { return 0 };
    for sequence in recovery.next_sequence..=count {
        if writer.append(at(sequence), &payload(sequence)).is_err() {
            break;
        }
        if sequence % 3 == 0 {
            match writer.sync() {
                Ok(sequence) => acknowledged = sequence,
                Err(_) => break,
            }
        } else if writer.write().is_err() {
            break;
        }
    }
    acknowledged
}

fn read_all<S: Store>(mut reader: Reader<S>) -> (Vec<u64>, Damage) {
    let mut sequences = Vec::new();
    while let Some(record) = reader.read().unwrap() {
        assert_eq!(record.payload, payload(record.sequence), "record {}", record.sequence);
        assert_eq!(record.time, at(record.sequence));
        sequences.push(record.sequence);
    }
    (sequences, reader.damage())
}

#[test]
fn a_crash_at_any_byte_keeps_what_was_acknowledged_and_a_prefix_of_the_rest() {
    let whole = MemoryStore::new();
    work(&whole, 24);
    let total: u64 = whole.list().unwrap().iter().map(|(_, length)| length).sum();
    for fault_at in 0..=total {
        for crash in [Crash::Process, Crash::Power] {
            let store = MemoryStore::new();
            store.fail_after(Some((fault_at, Fault::Dead)));
            let acknowledged = work(&store, 24);
            let after = store.crash(crash);
            check_recovers(&after, acknowledged);
        }
    }
}

fn check_recovers(store: &MemoryStore, acknowledged: u64) {
    let (writer, recovery) = Writer::open(store.clone(), SMALL_SEGMENTS).unwrap();
    drop(writer);
    let (found, damage) = read_all(Reader::from_start(store.clone()));
    let last = found.len() as u64;
    assert!(found.iter().copied().eq(1..=last), "a prefix without gaps, not {found:?}");
    assert!(last >= acknowledged, "{acknowledged} were acknowledged, {last} are there");
    assert_eq!(recovery.next_sequence, last + 1);
    assert!(damage.is_none(), "{damage:?}");

    work(store, 30);
    let (found, damage) = read_all(Reader::from_start(store.clone()));
    assert!(found.into_iter().eq(1..=30), "appending goes on where the prefix ends");
    assert!(damage.is_none(), "{damage:?}");
}

#[test]
fn a_flipped_bit_costs_at_most_the_record_it_hits() {
    let whole = MemoryStore::new();
    work(&whole, 24);
    for (name, length) in whole.list().unwrap() {
        for bit in (0..length as usize * 8).step_by(3) {
            let store = whole.crash(Crash::Process);
            let mut bytes = store.content(&name);
            bytes[bit / 8] ^= 1 << (bit % 8);
            store.set_content(&name, bytes);
            let (found, damage) = read_all(Reader::from_start(store));
            assert!(found.len() >= 23, "{name} bit {bit}: only {found:?}");
            assert!(!damage.is_none(), "{name} bit {bit} went unnoticed");
        }
    }
}

#[test]
fn damage_in_the_middle_is_counted_and_survives_reopening() {
    let store = MemoryStore::new();
    let (mut writer, _) = Writer::open(store.clone(), Options::default()).unwrap();
    for sequence in 1..=9 {
        writer.append(at(sequence), &payload(sequence)).unwrap();
    }
    writer.sync().unwrap();
    drop(writer);
    let (name, _) = store.list().unwrap().remove(0);
    let mut bytes = store.content(&name);
    bytes[32 + 4] ^= 0x40; // the first record's length
    store.set_content(&name, bytes);
    let (_, recovery) = Writer::open(store.clone(), Options::default()).unwrap();
    assert_eq!((recovery.bytes_cut, recovery.damaged_places, recovery.next_sequence), (0, 1, 10));
    let (found, damage) = read_all(Reader::from_start(store));
    assert!(found.into_iter().eq(2..=9));
    assert_eq!(damage.resynchronisations, 1);
    assert_eq!(damage.sequences_missing, 1);
    assert_eq!(damage.bytes_skipped, 32 + 7);
}

#[test]
fn a_torn_tail_is_cut_and_reported() {
    let store = MemoryStore::new();
    work(&store, 3);
    let (name, _) = store.list().unwrap().remove(0);
    let mut bytes = store.content(&name);
    bytes.extend_from_slice(&[0; 500]); // what some file systems leave after a power cut
    store.set_content(&name, bytes);
    let (_, recovery) = Writer::open(store.clone(), SMALL_SEGMENTS).unwrap();
    assert_eq!((recovery.bytes_cut, recovery.next_sequence), (500, 4));
    assert_eq!(recovery.segment_cut, Some(format!("memory/{name}")));
}

#[test]
fn a_full_disk_is_an_error_with_a_path_and_the_batch_goes_out_once_there_is_room() {
    let store = MemoryStore::new();
    let (mut writer, _) = Writer::open(store.clone(), Options::default()).unwrap();
    writer.append(at(1), &payload(1)).unwrap();
    writer.sync().unwrap();
    store.fail_after(Some((10, Fault::Full)));
    writer.append(at(2), &payload(2)).unwrap();
    let error = writer.sync().unwrap_err();
    assert!(
        error.to_string().starts_with("cannot append to memory/20261123T143201Z-000000000001.entj"),
        "{error}"
    );
    assert_eq!(read_all(Reader::from_start(store.clone())).0, [1]);
    store.fail_after(None);
    assert_eq!(writer.sync().unwrap(), 2);
    assert_eq!(read_all(Reader::from_start(store)), (vec![1, 2], Damage::default()));
}

#[test]
fn after_a_failed_repair_the_writer_refuses_until_opened_anew() {
    let store = MemoryStore::new();
    let (mut writer, _) = Writer::open(store.clone(), Options::default()).unwrap();
    store.fail_after(Some((40, Fault::Dead)));
    writer.append(at(1), &payload(1)).unwrap();
    assert!(matches!(writer.sync(), Err(JournalError::Io { .. })));
    store.fail_after(None);
    assert!(matches!(writer.append(at(2), &[]), Err(JournalError::Failed { .. })));
}

#[test]
fn a_second_writer_is_refused_while_the_first_lives() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Writer::open(FileStore::open(directory.path()).unwrap(), Options::default());
    let (first, _) = open().unwrap();
    assert!(matches!(open(), Err(JournalError::InUse { .. })));
    drop(first);
    assert!(open().is_ok());
}

#[test]
fn a_reader_follows_the_writer_across_segments() {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::open(directory.path()).unwrap();
    let (mut writer, _) = Writer::open(store.clone(), SMALL_SEGMENTS).unwrap();
    let mut reader = Reader::from_start(store);
    for sequence in 1..=40 {
        assert_eq!(reader.read().unwrap(), None);
        writer.append(at(sequence), &payload(sequence)).unwrap();
        writer.write().unwrap();
        let record = reader.read().unwrap().expect("it was written");
        assert_eq!((record.sequence, record.payload), (sequence, &payload(sequence)[..]));
    }
    assert!(reader.damage().is_none());
    assert!(writer.segments() > 5);
}

#[test]
fn reading_starts_at_a_sequence_or_a_time() {
    let store = MemoryStore::new();
    work(&store, 30);
    for start in 1..=30 {
        let (found, damage) = read_all(Reader::from_sequence(store.clone(), start));
        assert!(found.into_iter().eq(start..=30));
        assert!(damage.is_none());
        let just_before = at(start).plus_seconds(-0.25);
        let (found, _) = read_all(Reader::from_time(store.clone(), just_before).unwrap());
        assert!(found.into_iter().eq(start..=30));
    }
    assert_eq!(read_all(Reader::from_time(store.clone(), at(31)).unwrap()).0, []);
    assert_eq!(read_all(Reader::from_time(MemoryStore::new(), at(0)).unwrap()).0, []);
}

#[test]
fn retention_deletes_whole_oldest_segments_and_readers_go_on() {
    let store = MemoryStore::new();
    let options =
        Options { retention: Retention { bytes_max: Some(900), age_max: None }, ..SMALL_SEGMENTS };
    let (mut writer, _) = Writer::open(store.clone(), options).unwrap();
    for sequence in 1..=40 {
        writer.append(at(sequence), &payload(sequence)).unwrap();
    }
    writer.sync().unwrap();
    assert!(writer.bytes() <= 900 + 300);
    assert!(writer.segments_removed() > 0);
    let (found, damage) = read_all(Reader::from_start(store));
    assert!(found[0] > 1 && found.iter().copied().eq(found[0]..=40));
    assert!(damage.is_none(), "what retention deleted is not lost: {damage:?}");
}

#[test]
fn retention_by_age_spares_a_segment_with_a_young_record() {
    let store = MemoryStore::new();
    let retention = Retention { bytes_max: None, age_max: Some(Duration::from_secs(10)) };
    let span =
        Options { segment_span_max: Duration::from_secs(5), retention, ..Options::default() };
    let (mut writer, _) = Writer::open(store, span).unwrap();
    for sequence in [0, 5, 10, 15] {
        writer.append(at(sequence), &[]).unwrap();
        assert_eq!(writer.segments_removed(), 0, "at {sequence} s");
    }
    writer.append(at(20), &[]).unwrap();
    assert_eq!((writer.segments_removed(), writer.segments()), (1, 4));
    assert_eq!(writer.enforce_retention(at(1000)).unwrap(), 3);
    assert_eq!(writer.segments(), 1, "the one being written stays");
}

#[test]
fn an_overlong_record_is_refused_and_the_longest_is_not() {
    let store = MemoryStore::new();
    let (mut writer, _) = Writer::open(store.clone(), Options::default()).unwrap();
    let long = vec![7; PAYLOAD_LEN_MAX + 1];
    assert!(matches!(writer.append(at(0), &long), Err(JournalError::RecordTooLong { .. })));
    writer.append(at(0), &long[1..]).unwrap();
    writer.sync().unwrap();
    let mut reader = Reader::from_start(store);
    assert_eq!(reader.read().unwrap().unwrap().payload, &long[1..]);
}

#[test]
fn a_segment_of_a_later_version_is_an_error_that_names_it() {
    let store = MemoryStore::new();
    work(&store, 1);
    let (name, _) = store.list().unwrap().remove(0);
    let mut bytes = store.content(&name);
    bytes[8] = 2;
    bytes[12..16].fill(0);
    let mut salt = crc32fast::Hasher::new();
    salt.update(&1_u64.to_le_bytes());
    salt.update(&at(1).unix_nanos().to_le_bytes());
    let mut sum = crc32fast::Hasher::new_with_initial(salt.finalize());
    sum.update(&bytes[..32]);
    bytes[12..16].copy_from_slice(&sum.finalize().to_le_bytes());
    store.set_content(&name, bytes);
    let error = Writer::open(store, SMALL_SEGMENTS).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("memory/{name} is of journal version 2, this software reads version 1")
    );
}

proptest! {
    #[test]
    fn any_bytes_in_a_segment_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), keep in 0_usize..400) {
        let store = MemoryStore::new();
        work(&store, 5);
        let (name, _) = store.list().unwrap().remove(0);
        let mut content = store.content(&name);
        content.truncate(keep);
        content.extend_from_slice(&bytes);
        store.set_content(&name, content);
        read_all(Reader::from_start(store.clone()));
        work(&store, 9);
        read_all(Reader::from_start(store));
    }

    #[test]
    fn what_is_appended_is_read_back(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40), per_sync in 1_usize..9) {
        let store = MemoryStore::new();
        let (mut writer, _) = Writer::open(store.clone(), SMALL_SEGMENTS).unwrap();
        for (index, payload) in payloads.iter().enumerate() {
            writer.append(at(index as u64), payload).unwrap();
            if index % per_sync == 0 {
                writer.sync().unwrap();
            }
        }
        writer.sync().unwrap();
        let mut reader = Reader::from_start(store);
        let mut found = Vec::new();
        while let Some(record) = reader.read().unwrap() {
            found.push(record.payload.to_vec());
        }
        prop_assert_eq!(found, payloads);
    }
}
