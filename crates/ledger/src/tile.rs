//! Where hashes and entries lie: the paths of C2SP tlog-tiles, and our own beside them for the
//! hash lists of release batches.

use std::fmt::Write;

/// Hashes in a full tile, and entries in a full bundle.
pub(crate) const WIDTH: u64 = 256;
/// Levels of the tree that one tile spans.
pub(crate) const HEIGHT: u32 = 8;

/// One tile: `width` hashes at height `level` × 8, the `index`-th of its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// 0 holds leaf hashes; each hash of level 1 is the root of a full tile of level 0; and so on.
    pub level: u8,
    /// Place among the tiles of its level.
    pub index: u64,
    /// Hashes in it: 256, or fewer in the last of a level.
    pub width: u16,
}

impl Tile {
    /// Path below the log's folder: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        numbered(&format!("tile/{}", self.level), self.index, self.width)
    }

    /// The tiles that make up a tree of `size` leaves, level by level, left to right; none empty.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        levels(size).flat_map(|(level, hashes)| {
            (0..hashes.div_ceil(WIDTH)).map(move |index| Self {
                level,
                index,
                width: (hashes - index * WIDTH).min(WIDTH) as u16,
            })
        })
    }

    /// The partial tiles of a tree of `size` leaves: at most one a level.
    pub fn partial(size: u64) -> impl Iterator<Item = Self> {
        levels(size).filter(|(_, hashes)| hashes % WIDTH != 0).map(|(level, hashes)| Self {
            level,
            index: hashes / WIDTH,
            width: (hashes % WIDTH) as u16,
        })
    }
}

/// Levels of tiles that a tree of `size` leaves has, each with the number of its hashes.
fn levels(size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..=7_u8)
        .map(move |level| (level, size >> (u32::from(level) * HEIGHT)))
        .take_while(|l| l.1 > 0)
}

/// Path of the bundle with entries `index` × 256 and on, `width` of them.
pub fn entries_path(index: u64, width: u16) -> String {
    numbered("tile/entries", index, width)
}

/// Path of the hash lists of the same entries. Ours: the format has no such file.
pub fn lists_path(index: u64, width: u16) -> String {
    numbered("lists", index, width)
}

/// `<folder>/<N>[.p/<W>]`: N in groups of three digits, all but the last with an `x` before it.
fn numbered(folder: &str, index: u64, width: u16) -> String {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    let mut path = folder.to_owned();
    for (place, group) in groups.iter().enumerate().rev() {
        let cross = if place > 0 { "x" } else { "" };
        write!(path, "/{cross}{group:03}").expect("a string takes it");
    }
    if u64::from(width) < WIDTH {
        write!(path, ".p/{width}").expect("a string takes it");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_published_examples() {
        // C2SP tlog-tiles: index 1234067, and tessera's example of a partial bundle of 8.
        let tile = Tile { level: 0, index: 1_234_067, width: 256 };
        assert_eq!(tile.path(), "tile/0/x001/x234/067");
        assert_eq!(entries_path(1_234_067, 8), "tile/entries/x001/x234/067.p/8");
        assert_eq!(Tile { level: 1, index: 0, width: 1 }.path(), "tile/1/000.p/1");
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_the_specification_counts() {
        let tiles: Vec<_> = Tile::all(70_000).collect();
        let full = |level| tiles.iter().filter(|t| t.level == level && t.width == 256).count();
        assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
        let partial: Vec<_> = Tile::partial(70_000).map(|t| (t.level, t.width)).collect();
        assert_eq!(partial, [(0, 112), (1, 17), (2, 1)]);
        assert_eq!(tiles.iter().filter(|t| t.width < 256).count(), 3);
        let of_256: Vec<_> = Tile::all(256).map(|t| (t.level, t.width)).collect();
        assert_eq!(of_256, [(0, 256), (1, 1)]);
    }
}
