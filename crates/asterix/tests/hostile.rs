//! Whatever the bytes, nothing panics, every octet is accounted for, and good blocks survive bad ones.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::{
    Bits, Defect, DefectKind, Editions, Fields, Interpreter, JsonStyle, Output, blocks, write_json,
};
use common::{block, hex};
use proptest::prelude::*;
use std::collections::BTreeSet;
use surveillance::Time;

/// Does all that can be done with a datagram; returns how many records it had.
fn exercise(datagram: &[u8], editions: &Editions) -> usize {
    let mut interpreter = Interpreter::new();
    let (mut json, mut count) = (Vec::new(), 0);
    for block in blocks(datagram).flatten() {
        for record in block.records(editions).flatten() {
            count += 1;
            json.clear();
            write_json(&record, None, &mut json, JsonStyle::Full);
            assert!(std::str::from_utf8(&json).is_ok());
            let received = Time::from_unix_seconds(1.8e9);
            interpreter.interpret(&record, received, &mut |output| {
                if let Output::Plot(plot) = output {
                    assert!(plot.time.seconds_since(received).abs() <= 43_200.0);
                }
            });
        }
    }
    count
}

/// Records of every table, as valid blocks.
fn samples() -> Vec<(u8, Editions, Vec<u8>)> {
    let sample = |golden: common::Golden| {
        (golden.category, golden.editions(), block(golden.category, &golden.octets))
    };
    common::golden().into_iter().map(sample).collect()
}

#[test]
fn a_block_of_nothing_but_empty_field_specifications_is_one_defect() {
    // The longest datagram that UDP carries: zeros, and behind them what makes them no padding.
    let mut records = vec![0; 65_503];
    records.push(1);
    let datagram = block(48, &records);
    let block = blocks(&datagram).next().unwrap().unwrap();
    let found: Vec<_> = block.records(&Editions::default()).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].as_ref().unwrap_err().kind, DefectKind::FspecEmpty);
}

#[test]
fn what_fuzzing_found_noteworthy_is_read_written_and_read_again() {
    let mut names = BTreeSet::new();
    for line in include_str!("../testdata/corpus.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let category = words[0].parse().unwrap();
        let (edition, layout) = words[1].split_once('+').unwrap_or((words[1], ""));
        let mut editions = Editions::default();
        editions.set(category, edition).unwrap();
        if !layout.is_empty() {
            editions.set_expansion(category, layout).unwrap();
        }
        let datagram = hex(words[2]);
        exercise(&datagram, &editions);
        for block in blocks(&datagram) {
            let Ok(block) = block else { continue };
            for record in block.records(&editions) {
                match record {
                    Ok(record) => {
                        let fields = Fields::of(&record);
                        let mut octets = Vec::new();
                        fields.encode(&mut octets).unwrap();
                        let again = common::block(record.category(), &octets);
                        let mut again = blocks(&again).next().unwrap().unwrap().records(&editions);
                        assert_eq!(Fields::of(&again.next().unwrap().unwrap()), fields, "{line}");
                    }
                    Err(defect) => _ = names.insert(defect.name()),
                }
            }
        }
    }
    assert!(names.len() >= 9, "{names:?}");
}

#[test]
fn thirty_thousand_mutated_records_do_not_panic() {
    let samples = samples();
    // xorshift64: the same mutations on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut records = 0;
    for round in 0..30_000 {
        let (category, editions, block) = &samples[round % samples.len()];
        let mut bytes = block.clone();
        for _ in 0..1 + random(4) {
            let at = random(bytes.len());
            match random(5) {
                0 => bytes[at] ^= 1 << random(8),
                1 => bytes[at] = 0xff,
                2 => bytes[at] = random(256) as u8,
                3 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, random(256) as u8),
            }
        }
        if random(2) == 0 && bytes.len() >= 3 {
            // Let the damage reach the items instead of ending at a wrong LEN.
            let length = (bytes.len() as u16).to_be_bytes();
            bytes[0] = *category;
            bytes[1..3].copy_from_slice(&length);
        }
        records += exercise(&bytes, editions);
    }
    assert!(records > 5_000, "only {records} records were read: the mutations are too coarse");
}

proptest! {
    #[test]
    fn any_octets_at_all_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        exercise(&octets, &Editions::default());
    }

    #[test]
    fn any_octets_as_a_block_do_not_panic(
        octets in prop::collection::vec(any::<u8>(), 0..300),
        category in prop::sample::select(vec![1u8, 2, 21, 34, 48, 62, 63, 65]),
    ) {
        exercise(&block(category, &octets), &Editions::default());
        let mut old = Editions::default();
        old.set(21, "0.26").unwrap();
        exercise(&block(category, &octets), &old);
    }

    #[test]
    fn records_and_their_defect_cover_the_block(
        octets in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let bytes = block(48, &octets);
        let block = blocks(&bytes).next().unwrap().unwrap();
        let mut at = 3;
        for record in block.records(&Editions::default()) {
            match record {
                Ok(record) => {
                    prop_assert_eq!(record.bytes(), &bytes[at..at + record.bytes().len()]);
                    at += record.bytes().len();
                }
                Err(defect) if defect.kind == DefectKind::ExtensionUnknown => {
                    prop_assert!(defect.offset < at);
                }
                Err(defect) => {
                    prop_assert!(defect.offset >= at && defect.offset <= bytes.len());
                    at = bytes.len();
                }
            }
        }
        prop_assert!(bytes[at..].iter().all(|octet| *octet == 0));
    }
}

fn defects(datagram: &[u8]) -> (usize, Vec<Defect>) {
    let (mut good, mut bad) = (0, Vec::new());
    for block in blocks(datagram) {
        match block {
            Ok(block) => {
                for record in block.records(&Editions::default()) {
                    match record {
                        Ok(_) => good += 1,
                        Err(defect) => bad.push(defect),
                    }
                }
            }
            Err(defect) => bad.push(defect),
        }
    }
    (good, bad)
}

#[test]
fn each_defect_is_named_with_its_category_item_offset_and_bits() {
    let bit = |bit| Bits { from: bit, to: bit };
    let check = |datagram: &str, good, kind, category: Option<u8>, item: Option<&str>, offset| {
        let (found_good, bad) = defects(&hex(datagram));
        assert_eq!(found_good, good, "{datagram}");
        let bits = match kind {
            DefectKind::FspecTruncated | DefectKind::FspecTooLong => bit(1),
            // The first of the cases below that has such a bit is bit 8, FRN 22 or the eighth subfield.
            DefectKind::SpareItemPresent | DefectKind::SubitemUnknown => bit(8),
            _ => Bits::ALL,
        };
        let expected = Defect { kind, category, item: bad[0].item, offset, bits };
        assert_eq!(bad[0], expected, "{datagram}");
        assert!(bad.iter().all(|other| other.kind == kind), "{datagram}");
        assert_eq!(bad[0].item, item, "{datagram}");
    };
    check("30 00", 0, DefectKind::BlockHeaderTruncated, None, None, 0);
    check("30 0002", 0, DefectKind::BlockLengthWrong, Some(48), None, 0);
    check("30 0009 80 0102", 0, DefectKind::BlockLengthWrong, Some(48), None, 0);
    check("30 0006 80 0102 a5a5a5a5", 1, DefectKind::TrailingOctets, Some(0xa5), None, 6);
    check("fa 0005 80 01", 0, DefectKind::CategoryUnknown, Some(250), None, 0);
    check("30 0006 80 0102 fa 0005 80 01", 1, DefectKind::CategoryUnknown, Some(250), None, 6);
    check("30 0005 81 01", 0, DefectKind::FspecTruncated, Some(48), None, 5);
    check("30 000e 0101010101010101010101", 0, DefectKind::FspecTooLong, Some(48), None, 12);
    // CAT048 has 28 slots: the fifth octet of an FSPEC has none.
    check("30 0009 01010101 80 00", 0, DefectKind::SpareItemPresent, Some(48), None, 7);
    check("30 0005 80 01", 0, DefectKind::ItemTruncated, Some(48), Some("010"), 4);
    // I063/060 has three octets in edition 1.7; the third says that there is a fourth, whose own FX
    // bit says where the item ends: the defect is told and the records are read on.
    check(
        "3f 000d 08 01010102 08 01010100",
        2,
        DefectKind::ExtensionUnknown,
        Some(63),
        Some("060"),
        7,
    );
    // SP of CAT048 is FRN 27.
    check("30 0008 01010104 00", 0, DefectKind::ExplicitLengthZero, Some(48), Some("SP"), 7);
    // The seventh subfield bit of I048/130 is its last; an eighth is announced.
    check("30 0007 02 01 80 00", 0, DefectKind::SubitemUnknown, Some(48), Some("130"), 5);
    // CAT001 plot: RFS is FRN 21, and FRN 99 does not exist.
    check("01 0009 010102 0163 00", 0, DefectKind::RfsItemUnknown, Some(1), Some("RFS"), 7);
}

#[test]
fn a_bad_record_costs_its_block_and_no_more() {
    let good = "30 0006 80 0102";
    let (count, bad) = defects(&hex(&[good, "30 0007 80 0103 f0", good].concat()));
    assert_eq!((count, bad.len()), (3, 1));
    assert_eq!(bad[0].offset, 6 + 7);
}

#[test]
fn zeros_after_the_last_block_are_padding_and_counted() {
    let datagram = hex("30 0006 80 0102 0000000000");
    let mut walk = blocks(&datagram);
    assert_eq!(walk.by_ref().filter(Result::is_ok).count(), 1);
    assert_eq!(walk.padding_octets(), 5);
    assert_eq!(defects(&hex("30 0009 80 0102 000000")), (1, vec![]));
}
