//! Every leaf of random records against libasterix (see testdata/README.md).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::Editions;
use common::{block, golden, leaves, only_record};
use std::collections::BTreeSet;

#[test]
fn every_leaf_of_every_edition_agrees_with_libasterix() {
    let mut seen = BTreeSet::new();
    for golden in golden() {
        only_record(&block(golden.category, &golden.octets), &golden.editions(), |record| {
            assert_eq!(leaves(record), golden.leaves, "{} {}", golden.category, golden.edition);
            assert_eq!(record.bytes(), golden.octets);
        });
        let is_expansion = golden.expansion.is_some();
        let edition = golden.expansion.unwrap_or(golden.edition);
        seen.insert((golden.category, is_expansion, edition));
    }
    let editions = Editions::known().map(|spec| (spec.category, false, spec.edition.to_owned()));
    // libasterix has no layout for CAT020; tests/by_hand.rs reads one record of it.
    let layouts = Editions::expansions_known()
        .filter(|layout| layout.category != 20)
        .map(|layout| (layout.category, true, layout.edition.to_owned()));
    assert_eq!(seen, editions.chain(layouts).collect(), "a table without golden records");
}
