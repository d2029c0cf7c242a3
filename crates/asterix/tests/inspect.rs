//! Editions found by trial.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::inspect::{Finding, Inspector};
use asterix::{Editions, blocks};
use common::{block, capture, final_payloads, golden, hex, pcap_payloads};
use proptest::prelude::*;
use surveillance::SensorId;

fn findings(datagrams: impl IntoIterator<Item = Vec<u8>>) -> Vec<Finding> {
    let mut inspector = Inspector::new();
    for datagram in datagrams {
        blocks(&datagram).for_each(|block| inspector.block(&block.unwrap()));
    }
    inspector.findings()
}

#[test]
fn an_edition_is_never_spoken_against_by_its_own_records() {
    for golden in golden() {
        let [finding] = &findings([block(golden.category, &golden.octets)])[..] else { panic!() };
        let mut fits = finding.editions.iter();
        let own = fits.find(|fit| fit.edition == golden.edition).unwrap();
        assert_eq!((own.records, own.defects, own.spare_bits), (1, 0, 0), "{own:?}");
        if let Some(expansion) = golden.expansion {
            let mut fits = finding.expansions.iter();
            let own = fits.find(|fit| fit.edition == expansion).unwrap();
            assert_eq!((own.records, own.defects, own.spare_bits), (1, 0, 0), "{own:?}");
        }
    }
}

#[test]
fn records_of_one_generation_of_cat021_are_not_taken_for_the_other() {
    let of = |wanted: &str| {
        let records = golden().into_iter().filter(|golden| {
            golden.category == 21 && golden.expansion.is_none() && golden.edition == wanted
        });
        // One source, which the random records are not from.
        let sent = records.map(|mut golden| {
            let fspec = golden.octets.iter().position(|octet| octet & 1 == 0).unwrap() + 1;
            golden.octets[fspec..fspec + 2].copy_from_slice(&[25, 7]);
            block(21, &golden.octets)
        });
        let [finding] = &findings(sent)[..] else { panic!() };
        assert_eq!(finding.source, Some(SensorId { sac: 25, sic: 7 }));
        let without = finding.editions.iter().filter(|fit| fit.defects == 0);
        without.map(|fit| fit.edition.split('.').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for edition in ["0.23", "0.24", "0.25", "0.26"] {
        let fitting = of(edition);
        assert!(!fitting.is_empty() && fitting.iter().all(|major| major == "0"), "{fitting:?}");
    }
    for edition in ["2.1", "2.4", "2.7"] {
        let fitting = of(edition);
        assert!(!fitting.is_empty() && fitting.iter().all(|major| major == "2"), "{fitting:?}");
    }
}

#[test]
fn each_source_is_judged_by_itself_and_what_has_no_tables_is_still_counted() {
    let datagrams = ["30 0006 80 0102", "30 0006 80 0103", "30 0006 80 0103", "fa 0006 80 0102"];
    let found = findings(datagrams.map(hex));
    let seen: Vec<_> = found
        .iter()
        .map(|finding| (finding.category, finding.source.unwrap().sic, finding.blocks))
        .collect();
    assert_eq!(seen, [(48, 2, 1), (48, 3, 2), (250, 2, 1)]);
    assert_eq!(found[0].fitting().next().unwrap().edition, "1.32");
    assert!(found[2].editions.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_octet_is_a_record_or_a_defect_of_each_edition_whatever_the_octets(
        octets in prop::collection::vec(any::<u8>(), 1..120),
        table in 0..Editions::known().count(),
    ) {
        let category = Editions::known().nth(table).unwrap().category;
        let found = findings([block(category, &octets)]);
        let editions = Editions::known().filter(|spec| spec.category == category).count();
        prop_assert_eq!(found[0].editions.len(), editions);
        let is_padding = octets.iter().all(|octet| *octet == 0);
        for fit in &found[0].editions {
            prop_assert!(is_padding || fit.records + fit.defects > 0, "{:?}", fit);
            prop_assert_eq!(fit.defects > 0, fit.first_defect.is_some());
        }
    }
}

#[test]
fn the_source_of_cat018_is_item_036() {
    let datagram = hex("12 0006 80 1907");
    let record = |record: &asterix::Record<'_>| record.sensor();
    let sensor = common::only_record(&datagram, &Editions::default(), record);
    assert_eq!(sensor, Some(SensorId { sac: 25, sic: 7 }));
    assert_eq!(findings([datagram])[0].source, sensor);
}

#[test]
fn only_so_many_blocks_are_judged_as_was_asked() {
    let mut inspector = Inspector::judging_at_most(2);
    let datagram = hex("30 0006 80 0102 30 0006 80 0102 30 0006 80 0102");
    blocks(&datagram).for_each(|block| inspector.block(&block.unwrap()));
    let found = inspector.findings();
    assert_eq!((found[0].blocks, found[0].editions[0].records), (3, 2));
}

/// Which editions fit the blocks of a real capture of this category, the newest first.
fn fitting(payloads: &[&[u8]], category: u8) -> Vec<&'static str> {
    let mut inspector = Inspector::new();
    for payload in payloads {
        let of_category = blocks(payload).flatten().filter(|block| block.category() == category);
        of_category.for_each(|block| inspector.block(&block));
    }
    let findings = inspector.findings();
    assert!(!findings.is_empty());
    let all = |spec: &&asterix::spec::Spec| {
        let of = |finding: &Finding| finding.fitting().any(|fit| fit.edition == spec.edition);
        spec.category == category && findings.iter().all(of)
    };
    let mut editions: Vec<_> = Editions::known().filter(all).map(|spec| spec.edition).collect();
    editions.reverse();
    editions
}

#[test]
fn real_captures_fit_the_editions_they_may_have_been_written_by() {
    let Some(file) = capture("cct_cat_034_048.pcap") else { return };
    let payloads = pcap_payloads(&file);
    assert_eq!(fitting(&payloads, 48), ["1.32", "1.31", "1.30", "1.29", "1.28", "1.27"]);
    assert_eq!(fitting(&payloads, 34), ["1.29", "1.28", "1.27"]);
    let Some(file) = capture("jade_final_frame_062_065_large_packet_30min.ff") else { return };
    let payloads = final_payloads(&file);
    assert_eq!(fitting(&payloads, 62), ["1.21", "1.20", "1.19", "1.18", "1.17", "1.16"]);
    assert_eq!(fitting(&payloads, 65), ["1.6", "1.5", "1.4"]);
    let Some(file) = capture("cct_cat_001_002.pcap") else { return };
    let payloads = pcap_payloads(&file);
    assert_eq!(fitting(&payloads, 1), ["1.4", "1.3", "1.2"]);
    assert_eq!(fitting(&payloads, 2), ["1.2", "1.1", "1.0"]);
}

#[test]
fn a_real_expansion_field_is_read_by_its_layout_to_its_last_octet() {
    let Some(file) = capture("cct_cat21_re.ast") else { return };
    assert_eq!(fitting(&[&file], 21), ["2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.1"]);
    let found = findings([file]);
    let layouts: Vec<_> = found[0].expansions.iter().map(|fit| (fit.edition, fit.fits())).collect();
    assert_eq!(layouts, [("1.5", true), ("1.4", true)]);
}
