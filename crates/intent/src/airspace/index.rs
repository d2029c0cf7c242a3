//! Which airspaces may hold a position or meet a path: a tree of boxes in directions from the
//! Earth's centre, where neither poles nor the antimeridian are special.

use super::geometry::Box3;

/// Airspaces in a leaf.
const LEAF: usize = 4;
/// Deepest tree: each level halves the number.
const STACK: usize = 40;

#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    nodes: Vec<Node>,
    /// Airspaces and their boxes, leaf after leaf.
    entries: Vec<(Box3, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    around: Box3,
    /// Of a leaf: its first entry. Of another: its right child; the left one is next to it.
    at: u32,
    /// Entries; 0 if not a leaf.
    count: u32,
}

impl Index {
    pub(super) fn of(boxes: impl Iterator<Item = Box3>) -> Self {
        let mut entries: Vec<(Box3, u32)> = boxes.zip(0..).collect();
        let mut nodes = Vec::new();
        if !entries.is_empty() {
            grow(&mut entries, 0, &mut nodes);
        }
        Self { nodes, entries }
    }

    /// Calls `visit` with each airspace whose box meets `around`.
    #[inline]
    pub(super) fn meeting(&self, around: &Box3, mut visit: impl FnMut(u32)) {
        let mut stack = [0_u32; STACK];
        let mut length = usize::from(!self.nodes.is_empty());
        while length > 0 {
            length -= 1;
            let at = stack[length];
            let node = &self.nodes[at as usize];
            if !node.around.meets(around) {
                continue;
            }
            if node.count == 0 {
                stack[length] = node.at;
                stack[length + 1] = at + 1;
                length += 2;
                continue;
            }
            let entries = &self.entries[node.at as usize..(node.at + node.count) as usize];
            for (own, airspace) in entries {
                if own.meets(around) {
                    visit(*airspace);
                }
            }
        }
    }
}

/// Appends the tree over `entries`, which begin at `first` of all.
fn grow(entries: &mut [(Box3, u32)], first: u32, nodes: &mut Vec<Node>) {
    let around = entries.iter().fold(Box3::EMPTY, |all, (own, _)| all.join(*own));
    let at = nodes.len();
    nodes.push(Node { around, at: first, count: entries.len() as u32 });
    if entries.len() <= LEAF {
        return;
    }
    let width = |axis: usize| around.high[axis] - around.low[axis];
    let axis = (0..3).max_by(|a, b| width(*a).total_cmp(&width(*b))).unwrap_or(0);
    let middle = |entry: &(Box3, u32)| entry.0.low[axis] + entry.0.high[axis];
    let half = entries.len() / 2;
    entries
        .select_nth_unstable_by(half, |a, b| middle(a).total_cmp(&middle(b)).then(a.1.cmp(&b.1)));
    let (left, right) = entries.split_at_mut(half);
    grow(left, first, nodes);
    let right_at = nodes.len() as u32;
    grow(right, first + half as u32, nodes);
    nodes[at].at = right_at;
    nodes[at].count = 0;
}
