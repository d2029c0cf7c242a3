//! The tree against RFC 6962: published roots, and a recursive model for all small trees.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use ledger::merkle::{
    consistency, inclusion, inclusion_in, root, root_of, verify_consistency, verify_inclusion,
};
use ledger::{Hash, leaf_hash, node_hash};
use std::convert::Infallible;

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// Nodes straight from the definition: hash the leaves below, pair by pair.
fn nodes(leaves: &[Hash]) -> impl Fn(u32, u64) -> Result<Hash, Infallible> + '_ {
    fn perfect(leaves: &[Hash]) -> Hash {
        match leaves {
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len() / 2);
                node_hash(&perfect(left), &perfect(right))
            }
        }
    }
    |level, index| {
        let start = (index as usize) << level;
        Ok(perfect(&leaves[start..start + (1 << level)]))
    }
}

fn hashes(words: &[&str]) -> Vec<Hash> {
    let byte = |word: &str, i: usize| u8::from_str_radix(&word[i..i + 2], 16).unwrap();
    let hash = |word: &&str| (0..64).step_by(2).map(|i| byte(word, i)).collect::<Vec<_>>();
    words.iter().map(|word| Hash::from_slice(&hash(word)).unwrap()).collect()
}

#[test]
fn roots_and_proofs_are_those_of_rfc_6962() {
    let leaves: Vec<_> = LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect();
    let root_at = |size| root(size, nodes(&leaves)).unwrap();
    // Held against what other implementations publish, so that the kept file is not its own judge.
    assert_eq!(
        root_at(8),
        hashes(&["5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"])[0]
    );
    let mut lines = 0;
    for line in include_str!("../testdata/rfc6962.txt").lines() {
        let words: Vec<_> = line.split(' ').collect();
        let number = |i: usize| words[i].parse::<u64>().unwrap();
        match words[0] {
            "root" => assert_eq!(root_at(number(1)), hashes(&words[2..])[0], "{line}"),
            "path" => {
                let (index, size) = (number(1), number(2));
                let path = inclusion(index, size, nodes(&leaves)).unwrap();
                assert_eq!(path, hashes(&words[3..]), "{line}");
                let leaf = leaves[index as usize];
                assert!(verify_inclusion(leaf, index, size, &path, root_at(size)), "{line}");
            }
            _ => {
                let (old, size) = (number(1), number(2));
                let path = consistency(old, size, nodes(&leaves)).unwrap();
                assert_eq!(path, hashes(&words[3..]), "{line}");
                let heads = ((old, root_at(old)), (size, root_at(size)));
                assert!(verify_consistency(heads.0, heads.1, &path), "{line}");
            }
        }
        lines += 1;
    }
    assert_eq!(lines, 9 + 2 * 36);
}

#[test]
fn every_proof_of_every_small_tree_verifies_and_no_other_does() {
    let leaves: Vec<_> = (0..70_u8).map(|n| leaf_hash(&[n])).collect();
    let roots: Vec<_> = (0..=70).map(|size| root_of(&leaves[..size])).collect();
    for size in 1..=70_usize {
        assert_eq!(root(size as u64, nodes(&leaves)).unwrap(), roots[size]);
        for index in 0..size {
            let path = inclusion(index as u64, size as u64, nodes(&leaves)).unwrap();
            assert_eq!(path, inclusion_in(&leaves[..size], index));
            let verify = |leaf, index, size: usize, path: &[Hash]| {
                verify_inclusion(leaf, index as u64, size as u64, path, roots[size])
            };
            assert!(verify(leaves[index], index, size, &path));
            assert!(!verify(leaves[(index + 1) % 70], index, size, &path));
            assert!(size == 1 || !verify(leaves[index], (index + 1) % size, size, &path));
            assert!(!verify(leaves[index], index, size - 1, &path));
            if let Some((_, shorter)) = path.split_last() {
                assert!(!verify(leaves[index], index, size, shorter));
            }
        }
        for old in 0..=size {
            let path = consistency(old as u64, size as u64, nodes(&leaves)).unwrap();
            let (before, now) = ((old as u64, roots[old]), (size as u64, roots[size]));
            assert!(verify_consistency(before, now, &path), "{old} {size}");
            let forged = (before.0, leaf_hash(b"another"));
            assert!(!verify_consistency(forged, now, &path), "{old} {size}");
            if old != size {
                let forged = (now.0, leaf_hash(b"another"));
                assert!(old == 0 || !verify_consistency(before, forged, &path), "{old} {size}");
            }
        }
    }
}

#[test]
fn a_tree_that_nothing_is_known_of_continues_the_empty_one() {
    // RFC 9162 leaves this case to the reader; nothing signed is contradicted.
    let empty = (0, Hash::of_nothing());
    assert!(verify_consistency(empty, (9, leaf_hash(b"x")), &[]));
    assert!(!verify_consistency((0, leaf_hash(b"x")), (9, leaf_hash(b"x")), &[]));
}
