//! Records made, changed and encoded: what is encoded is decoded as it was, and real traffic comes
//! out as it came in.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::spec::{Shape, Slot, Spec};
use asterix::{Datagrams, Editions, FieldError, Fields, blocks};
use common::{block, capture, final_payloads, golden, hex, leaves, only_record, pcap_payloads};
use proptest::prelude::*;

/// xorshift64.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

fn encoded(fields: &Fields) -> Vec<u8> {
    let mut octets = Vec::new();
    fields.encode(&mut octets).unwrap();
    octets
}

/// Encodes and decodes: the values are the same, and encoded again the octets are.
fn round_trip(fields: &Fields, editions: &Editions) {
    let octets = encoded(fields);
    let category = fields.spec().category;
    only_record(&block(category, &octets), editions, |record| {
        assert_eq!(record.bytes(), octets);
        let again = Fields::of(record);
        assert_eq!(again, *fields, "CAT{category:03} {octets:02x?}");
        assert_eq!(encoded(&again), octets);
    });
}

fn of_edition(spec: &Spec) -> Editions {
    let mut editions = Editions::default();
    editions.set(spec.category, spec.edition).unwrap();
    editions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn random_records_of_every_edition_are_decoded_as_they_were_encoded(seed: u64) {
        let mut random = numbers(seed);
        for spec in Editions::known() {
            let editions = of_edition(spec);
            round_trip(&Fields::random(spec, &mut random), &editions);
        }
    }

    #[test]
    fn random_expansion_fields_of_every_layout_are_decoded_as_they_were_encoded(seed: u64) {
        let mut random = numbers(seed);
        for layout in Editions::expansions_known() {
            let mut editions = Editions::default();
            editions.set_expansion(layout.category, layout.edition).unwrap();
            let spec = editions.spec(layout.category).unwrap();
            let fields = Fields::new(spec).with_expansion(layout).random_expansion(&mut random);
            round_trip(&fields, &editions);
        }
    }
}

#[test]
fn what_libasterix_encoded_comes_out_to_the_octet_but_for_spare_bits() {
    let mut same = 0;
    for golden in golden() {
        only_record(&block(golden.category, &golden.octets), &golden.editions(), |record| {
            let fields = Fields::of(record);
            let octets = encoded(&fields);
            assert_eq!(octets.len(), golden.octets.len(), "{} {}", golden.category, golden.edition);
            // The library's random groups have random spare bits; ours are zero.
            only_record(&block(golden.category, &octets), &golden.editions(), |again| {
                assert_eq!(Fields::of(again), fields);
                assert_eq!(leaves(again), golden.leaves);
            });
            same += usize::from(octets == golden.octets);
        });
    }
    assert!(same > 400, "{same}");
}

/// How many records of a capture come out as they came in, and how many do not.
fn reproduced(payloads: &[&[u8]]) -> (usize, usize) {
    let editions = Editions::default();
    let (mut same, mut other) = (0, 0);
    let mut octets = Vec::new();
    for payload in payloads {
        for record in blocks(payload).flat_map(|block| block.unwrap().records(&editions)) {
            let record = record.unwrap();
            octets.clear();
            Fields::of(&record).encode(&mut octets).unwrap();
            *(if octets == record.bytes() { &mut same } else { &mut other }) += 1;
        }
    }
    (same, other)
}

#[test]
fn real_traffic_comes_out_as_it_came_in() {
    if let Some(file) = capture("jade_final_frame_062_065_large_packet_30min.ff") {
        assert_eq!(reproduced(&final_payloads(&file)), (34_225, 0));
    }
    if let Some(file) = capture("cct_cat_034_048.pcap") {
        assert_eq!(reproduced(&pcap_payloads(&file)), (162, 0));
    }
    if let Some(file) = capture("cct_cat21_re.ast") {
        assert_eq!(reproduced(&[&file]), (2, 0));
    }
}

#[test]
fn a_record_is_made_by_the_names_of_its_items() {
    let editions = Editions::default();
    let mut plot = Fields::new(editions.spec(48).unwrap());
    let mut made = || -> Result<Vec<u8>, FieldError> {
        plot.set_raw("010/SAC", 25)?.set_raw("010/SIC", 201)?;
        plot.set_value("140", 52_327.25)?;
        plot.set_raw("020/TYP", 5)?;
        plot.set_value("040/RHO", 197.68)?.set_value("040/THETA", 340.13)?;
        plot.set_text("070/MODE3A", "7000")?;
        plot.set_value("090/FL", -1.25)?;
        plot.set_text("240", "KLM1023")?;
        plot.set_raw("250/0/MBDATA", 0xc695_3833_8000)?.set_raw("250/0/BDS1", 4)?;
        plot.set_octets("SP", &[1, 2, 3])?;
        Ok(encoded(&plot))
    };
    // Put together by hand from the document: the items in the order of their FRN.
    let expected =
        "fd610104 19c9 6633a0 a0 c5aef1df 0e00 3ffb 2cc371c32ce0 01 00c695383380 0040 04010203";
    let octets = made().unwrap();
    assert_eq!(octets, hex(expected), "{octets:02x?}");
    only_record(&block(48, &octets), &editions, |record| {
        let again = Fields::of(record);
        assert_eq!(again, plot);
        assert_eq!(again.get("090/FL").unwrap().value(), -1.25);
        assert_eq!(again.octets("SP").unwrap(), [1, 2, 3]);
    });
}

/// FSPEC of the one item with this field reference number less one.
fn fspec_of(index: usize) -> Vec<u8> {
    let mut octets = vec![1_u8; index / 7];
    octets.push(0x80 >> (index % 7));
    octets
}

#[test]
fn what_no_document_says_is_kept_octet_for_octet_in_every_edition() {
    let mut random = numbers(11);
    let mut seen = [0; 3];
    for spec in Editions::known() {
        let editions = of_edition(spec);
        // Without the item that chooses a profile, the one without a condition is meant.
        let profile = spec.uaps.iter().find(|uap| uap.when.is_empty());
        let Some(profile) = profile.filter(|_| spec.uaps.len() == 1) else { continue };
        for (index, slot) in profile.slots.iter().enumerate() {
            let (name, kind, octets) = match slot {
                Slot::Item(item) if matches!(item.shape, Shape::Explicit(_)) => {
                    let count = 1 + random() as usize % 254;
                    let mut octets = vec![count as u8 + 1];
                    octets.extend((0..count).map(|_| random() as u8));
                    (item.name, usize::from(item.name == "SP"), octets)
                }
                // One more data source, whose item is the first of each profile that has this.
                Slot::Rfs => ("RFS", 2, vec![2, 1, random() as u8, 7, 1, 9, random() as u8]),
                _ => continue,
            };
            seen[kind] += 1;
            let sent = [fspec_of(index), octets.clone()].concat();
            only_record(&block(spec.category, &sent), &editions, |record| {
                let read = Fields::of(record);
                let told = format!("CAT{:03} {} {name}", spec.category, spec.edition);
                assert_eq!(encoded(&read), sent, "{told}");
                if kind < 2 {
                    assert_eq!(read.octets(name).unwrap(), octets[1..], "{told}");
                }
            });
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn extended_items_go_just_as_far_as_needed() {
    let editions = Editions::default();
    let mut fields = Fields::new(editions.spec(62).unwrap());
    fields.set_raw("080/SRC", 3).unwrap();
    // SRC is in the first part of I062/080, after MON, SPI and MRH.
    assert_eq!(encoded(&fields), hex("0104 0c"));
    fields.set_raw("080/CST", 1).unwrap();
    let octets = encoded(&fields);
    assert_eq!(octets.len(), 2 + 4, "{octets:02x?}");
}

#[test]
fn what_decides_a_layout_is_set_before_or_after_what_it_decides() {
    let mut random = numbers(4);
    for spec in Editions::known().filter(|spec| spec.category == 4) {
        let editions = of_edition(spec);
        // Of these message types and tables all have the three bits of I004/120 CPC, in one part or three,
        // but for the last two, where they are one bit and spare ones.
        for (message, table) in [(5, 1), (7, 0), (7, 1), (1, 9), (9, 2), (13, 2)] {
            let mut fields = Fields::random(spec, &mut random);
            fields.set_raw("000", [5, 7, 1][random() as usize % 3]).unwrap();
            fields.set_raw("120/CC/TID", random() % 2).unwrap();
            fields.set_raw("010/SIC", 3).unwrap();
            round_trip(&fields, &editions);
            let before = encoded(&fields);
            fields.set_raw("000", message).unwrap();
            round_trip(&fields, &editions);
            let between = encoded(&fields);
            fields.set_raw("120/CC/TID", table).unwrap();
            round_trip(&fields, &editions);
            let after = encoded(&fields);
            // One octet each: I004/000 behind the FSPEC and I004/010, the high half of I004/120 CC.
            let other = |one: &[u8], other: &[u8]| -> Vec<(usize, u8)> {
                assert_eq!(one.len(), other.len());
                let places = one.iter().zip(other).map(|(one, other)| one ^ other).enumerate();
                places.filter(|(_, bits)| *bits != 0).collect()
            };
            let type_at = before.iter().take_while(|octet| **octet & 1 == 1).count() + 3;
            assert_eq!(between[type_at], message as u8);
            assert!(other(&before, &between).iter().all(|(at, _)| *at == type_at));
            let spare = if matches!(message, 9 | 13) { 0x06 } else { 0 };
            let changed = other(&between, &after);
            assert!(
                changed.len() <= 1 && changed.iter().all(|(_, bits)| bits & 0x0f & !spare == 0)
            );
            fields.remove(0);
            round_trip(&fields, &editions);
        }
    }
}

#[test]
fn a_record_that_would_be_read_by_another_profile_is_not_encoded() {
    let editions = Editions::default();
    let spec = editions.spec(1).unwrap();
    let mut track = Fields::of_profile(spec, "track").unwrap();
    track.set_raw("161", 7).unwrap();
    let refused = |fields: &Fields| fields.encode(&mut Vec::new()).unwrap_err().item;
    assert_eq!(refused(&track), Some("020"));
    track.set_raw("020/TYP", 0).unwrap();
    assert_eq!(refused(&track), Some("020"));
    track.set_raw("020/TYP", 1).unwrap();
    round_trip(&track, &editions);
    let mut plot = Fields::of_profile(spec, "plot").unwrap();
    plot.set_raw("130/0", 7).unwrap();
    round_trip(&plot, &editions);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let editions = Editions::default();
    let mut fields = Fields::new(editions.spec(48).unwrap());
    let check = |result: Result<&mut Fields, FieldError>, expected: &str| {
        assert_eq!(result.unwrap_err().to_string(), expected);
    };
    check(fields.set_raw("010/SAC", 256), "010/SAC of CAT048 cannot hold 256");
    check(fields.set_raw("999", 0), "CAT048 edition 1.32 has no 999");
    check(fields.set_value("040/RHO", 256.0), "040/RHO of CAT048 cannot hold 65536");
    check(fields.set_text("010/SAC", "x"), "010/SAC of CAT048 does not take that kind of value");
    check(fields.set_text("240", "TOOLONGNAME"), "240 of CAT048 cannot hold TOOLONGNAME");
    // What was refused has left nothing behind.
    assert_eq!(fields, Fields::new(editions.spec(48).unwrap()));
    let mut octets = vec![7];
    let mut pushed = Fields::new(editions.spec(48).unwrap());
    assert!(pushed.push(10, &[25, 999]) && !pushed.push(10, &[1, 2]));
    let error = pushed.encode(&mut octets).unwrap_err();
    assert_eq!(error.to_string(), "the values of item 010 of CAT048 do not fit its layout");
    assert_eq!(octets, [7]);
}

#[test]
fn datagrams_hold_every_record_in_order_and_no_more_octets_than_allowed() {
    let editions = Editions::default();
    let mut random = numbers(7);
    let sent: Vec<Fields> = (0..300)
        .map(|index| {
            let category = [62, 62, 65, 4][index % 4];
            Fields::random(editions.spec(category).unwrap(), &mut random)
        })
        .collect();
    for octets_max in [40, 600, 1_472, 70_000] {
        let mut assembled = Datagrams::new(octets_max);
        let mut datagrams = Vec::new();
        for fields in &sent {
            datagrams.extend(assembled.push(fields).unwrap());
        }
        datagrams.extend(assembled.finish());
        assert_eq!(assembled.finish(), None);
        let mut received = Vec::new();
        for datagram in &datagrams {
            let mut records = 0;
            for block in blocks(datagram) {
                for record in block.unwrap().records(&editions) {
                    received.push(Fields::of(&record.unwrap()));
                    records += 1;
                }
            }
            assert!(datagram.len() <= octets_max || records == 1, "{}", datagram.len());
        }
        assert_eq!(received, sent, "{octets_max}");
    }
}

#[test]
fn a_record_longer_than_a_block_is_refused_and_what_was_collected_stays() {
    let editions = Editions::default();
    let chain = |count: usize| {
        let mut fields = Fields::new(editions.spec(48).unwrap());
        let words: Vec<u64> = std::iter::once(count as u64).chain(vec![1; count]).collect();
        assert!(fields.push(30, &words));
        fields
    };
    let fspec = encoded(&chain(1)).len() - 1;
    let longest = usize::from(u16::MAX) - 3 - fspec;
    let mut assembled = Datagrams::new(1_472);
    assert_eq!(assembled.push(&chain(2)), Ok(None));
    assert!(assembled.push(&chain(longest + 1)).is_err());
    let before = assembled.push(&chain(longest)).unwrap().unwrap();
    assert_eq!(before.len(), 3 + fspec + 2);
    let alone = assembled.finish().unwrap();
    assert_eq!((alone.len(), &alone[..3]), (65_535, &[48, 0xff, 0xff][..]));
}
