//! The tree of RFC 6962 §2.1: roots, inclusion and consistency proofs, and their verification by
//! the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2.
//!
//! Proofs are made from *nodes*: the hash of the perfect subtree of 2^`level` leaves at place
//! `index` among those of its level. Where the nodes come from is the caller's: tiles, memory.

use crate::hash::{Hash, node_hash};

/// Leaves a tree may have: room for shifts everywhere below.
pub const SIZE_MAX: u64 = 1 << 62;

/// The perfect subtrees that make up the leaves `start..end`, left to right, as (level, index).
/// `start` must be such that RFC 6962 has a subtree there: zero, or aligned to the split above it.
fn subtrees(mut start: u64, end: u64) -> impl DoubleEndedIterator<Item = (u32, u64)> {
    let mut parts = Vec::with_capacity(64);
    while start < end {
        let level = start.trailing_zeros().min((end - start).ilog2());
        parts.push((level, start >> level));
        start += 1 << level;
    }
    parts.into_iter()
}

/// Hash of the leaves `start..end`, which are not none.
fn range<E>(
    start: u64,
    end: u64,
    node: &mut impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let mut parts = subtrees(start, end).rev();
    let (level, index) = parts.next().expect("a range of no leaves has no hash");
    let mut hash = node(level, index)?;
    for (level, index) in parts {
        hash = node_hash(&node(level, index)?, &hash);
    }
    Ok(hash)
}

/// Root of the tree of the first `size` leaves.
pub fn root<E>(size: u64, mut node: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 { Ok(Hash::of_nothing()) } else { range(0, size, &mut node) }
}

/// Root over `leaves` held in memory.
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// Inclusion proof over `leaves` held in memory; empty where there is no leaf `index`.
pub fn inclusion_in(leaves: &[Hash], index: usize) -> Vec<Hash> {
    let node = |level: u32, at: u64| {
        let (start, width) = ((at << level) as usize, 1_usize << level);
        Ok::<_, std::convert::Infallible>(root_of(&leaves[start..start + width]))
    };
    inclusion(index as u64, leaves.len() as u64, node).unwrap_or_else(|never| match never {})
}

/// The largest power of two below `size`, which is two or more.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up
/// (RFC 6962 §2.1.1); empty where there is no such leaf.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    mut node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(middle, end, &mut node)?);
            end = middle;
        } else {
            path.push(range(start, middle, &mut node)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree of `size` leaves begins with the tree of the first `old` (RFC 6962 §2.1.2);
/// empty where there is nothing to prove: none, or as many, or fewer leaves.
pub fn consistency<E>(
    old: u64,
    size: u64,
    mut node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    if old == 0 || old >= size {
        return Ok(path);
    }
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(middle, end, &mut node)?);
            end = middle;
        } else {
            path.push(range(start, middle, &mut node)?);
            start = middle;
        }
    }
    if start > 0 {
        path.push(range(start, end, &mut node)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `path` proves that `leaf` is number `index` of the `size` leaves under `root`.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size || size > SIZE_MAX {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `path` proves that the tree of `size` leaves under `root` begins with the tree of `old`
/// leaves under `old_root`.
pub fn verify_consistency(
    (old, old_root): (u64, Hash),
    (size, root): (u64, Hash),
    path: &[Hash],
) -> bool {
    if old > size || size > SIZE_MAX {
        return false;
    }
    if old == size {
        return path.is_empty() && old_root == root;
    }
    if old == 0 {
        return path.is_empty() && old_root == Hash::of_nothing();
    }
    let own = old.is_power_of_two().then_some(&old_root);
    let mut path = own.into_iter().chain(path);
    let (mut place, mut last) = (old - 1, size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let Some(first) = path.next() else { return false };
    let (mut old_hash, mut hash) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(sibling, &old_hash);
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old_root && hash == root
}
