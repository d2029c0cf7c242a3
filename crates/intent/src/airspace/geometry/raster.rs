//! A coarse raster of a shape: cells that no outline touches are wholly inside or wholly outside, and
//! most questions end there.

use super::Part;
use super::chain::{Box2, Path};
use super::vector::Vec2;

/// Cells along one edge of the raster.
const CELLS_MIN: usize = 8;
const CELLS_MAX: usize = 64;
/// Part of a cell by which lines are made thicker, so that rounding leaves no cell out.
const THICK: f64 = 1e-6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Outside,
    Inside,
    /// An outline passes: it must be asked.
    Edge,
}

#[derive(Debug, Clone)]
pub(super) struct Raster {
    low: Vec2,
    /// Cells a unit of the plane.
    scale: Vec2,
    across: usize,
    /// Row after row.
    cells: Vec<Cell>,
}

impl Raster {
    pub(super) fn of(around: &Box2, parts: &[Part]) -> Self {
        let outlines = || parts.iter().flat_map(|part| &part.outlines);
        let sides: usize = outlines().map(super::Chain::sides).sum();
        let across = ((sides as f64).sqrt() * 2.0) as usize;
        let across = across.clamp(CELLS_MIN, CELLS_MAX);
        let scale = [0, 1].map(|axis| {
            across as f64 / (around.high[axis] - around.low[axis]).max(f64::MIN_POSITIVE)
        });
        let cells = vec![Cell::Outside; across * across];
        let mut raster = Self { low: around.low, scale, across, cells };
        for outline in outlines() {
            for side in 0..outline.sides() {
                let (from, to) = outline.side(side);
                let (from, to) = (raster.scaled(from), raster.scaled(to));
                let cells = &mut raster.cells;
                along(from, to, across, |cell| {
                    cells[cell] = Cell::Edge;
                    true
                });
            }
        }
        raster.fill(parts);
        raster
    }

    /// Decides the cells without an edge; neighbours without one between them are alike.
    fn fill(&mut self, parts: &[Part]) {
        for row in 0..self.across {
            let mut before = Cell::Edge;
            for column in 0..self.across {
                let cell = row * self.across + column;
                if self.cells[cell] != Cell::Edge {
                    if before == Cell::Edge {
                        let middle = [
                            self.low[0] + (column as f64 + 0.5) / self.scale[0],
                            self.low[1] + (row as f64 + 0.5) / self.scale[1],
                        ];
                        let inside = parts.iter().any(|part| part.holds(middle));
                        before = if inside { Cell::Inside } else { Cell::Outside };
                    }
                    self.cells[cell] = before;
                } else {
                    before = Cell::Edge;
                }
            }
        }
    }

    fn scaled(&self, p: Vec2) -> Vec2 {
        [(p[0] - self.low[0]) * self.scale[0], (p[1] - self.low[1]) * self.scale[1]]
    }

    /// The cell of a point of the shape's box.
    #[inline]
    pub(super) fn at(&self, p: Vec2) -> Cell {
        let [x, y] = self.scaled(p);
        // A number below zero becomes zero; the last cell has its far edge too.
        let (column, row) = ((x as usize).min(self.across - 1), (y as usize).min(self.across - 1));
        self.cells[row * self.across + column]
    }

    /// Whether no outline is near the path.
    pub(super) fn is_clear(&self, path: &Path) -> bool {
        let mut clear = true;
        along(self.scaled(path.at(0.0)), self.scaled(path.at(1.0)), self.across, |cell| {
            clear = self.cells[cell] != Cell::Edge;
            clear
        });
        clear
    }
}

/// Visits each cell that a line from `from` to `to` touches, row by row, until told to stop; what of
/// it is outside the raster is passed over.
#[inline]
fn along(from: Vec2, to: Vec2, across: usize, mut visit: impl FnMut(usize) -> bool) {
    let last = (across - 1) as f64;
    let (low, high) = if from[1] <= to[1] { (from, to) } else { (to, from) };
    let (first_row, last_row) = ((low[1] - THICK).floor(), (high[1] + THICK).floor());
    if last_row < 0.0 || first_row > last {
        return;
    }
    let rise = high[1] - low[1];
    let x_at = |y: f64| {
        let share = if rise > 0.0 { ((y - low[1]) / rise).clamp(0.0, 1.0) } else { 0.0 };
        low[0] + (high[0] - low[0]) * share
    };
    for row in first_row.max(0.0) as usize..=last_row.min(last) as usize {
        let (begin, end) = if rise > THICK {
            (x_at(row as f64 - THICK), x_at(row as f64 + 1.0 + THICK))
        } else {
            (low[0], high[0])
        };
        let (left, right) = (begin.min(end) - THICK, begin.max(end) + THICK);
        if right < 0.0 || left >= last + 1.0 {
            continue;
        }
        for column in left.max(0.0) as usize..=right.min(last) as usize {
            if !visit(row * across + column) {
                return;
            }
        }
    }
}
