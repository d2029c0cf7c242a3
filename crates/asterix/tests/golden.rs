//! Every leaf of random records against libasterix (see testdata/README.md).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::Editions;
use common::{block, hex, leaves, only_record};
use std::collections::BTreeSet;

#[test]
fn every_leaf_of_every_edition_agrees_with_libasterix() {
    let golden = include_str!("../testdata/golden.txt");
    let mut seen = BTreeSet::new();
    for line in golden.lines() {
        let mut words = line.split(' ');
        let category: u8 = words.next().unwrap().parse().unwrap();
        let edition = words.next().unwrap();
        let octets = hex(words.next().unwrap());
        let mut editions = Editions::default();
        editions.set(category, edition).unwrap();
        let expected: Vec<&str> = words.collect();
        only_record(&block(category, &octets), &editions, |record| {
            assert_eq!(leaves(record), expected, "{line}");
            assert_eq!(record.bytes(), octets);
        });
        seen.insert((category, edition));
    }
    let tables: BTreeSet<_> = Editions::known().map(|spec| (spec.category, spec.edition)).collect();
    assert_eq!(seen, tables, "a table without golden records");
}
