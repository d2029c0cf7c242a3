//! Which of many shapes hold a point, in nanoseconds: a grid of latitude and longitude whose cells
//! know the shapes they lie in, and the edges to ask where an outline passes through.
//!
//! A cell on an edge asks the very test that [`Area::holds`](crate::area::Area::holds) asks, of
//! those pieces alone that can change its answer there: the two agree on every point.

use crate::area::{Form, Piece, Polygon, Shape, Strip, arc_m, earth_centred, latitude_range};
use geodesy::wrap_pi;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::sync::Arc;

const ROWS: usize = 360;
const COLUMNS: usize = 720;
const STEP_RAD: f64 = PI / ROWS as f64;

/// The index over some shapes, each with the bits that it sets.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    words: usize,
    cells: Vec<u32>,
    infos: Vec<CellInfo>,
    /// `words` each: what the shapes that hold a whole cell set.
    masks: Vec<u64>,
    edges: Vec<Edge>,
    shapes: Vec<Indexed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct CellInfo {
    mask: u32,
    edges: (u32, u32),
}

/// A shape whose outline passes through a cell, and the range of its cover's parts to ask there.
#[derive(Debug, Clone, Copy)]
struct Edge {
    shape: u32,
    range: (u32, u32),
}

#[derive(Debug, Clone)]
struct Indexed {
    shape: Arc<Shape>,
    bits: Vec<u64>,
}

/// The cells of one shape. It is worked out once a shape, whatever policies it is in.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cover {
    /// Cells all inside.
    inside: Vec<u32>,
    /// Cells on the outline, with the range of what can change the answer there.
    edges: Vec<(u32, (u32, u32))>,
    /// Of a polygon.
    pieces: Vec<Piece>,
    /// Of a strip.
    segments: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Inside,
    OnEdge,
}

impl Cover {
    pub(crate) fn of(form: &Form) -> Self {
        let mut cover = Self::default();
        let cells = match form {
            Form::Polygon(polygon) => polygon_cells(polygon),
            Form::Strip(strip) => strip_cells(strip),
        };
        for (cell, kind) in cells {
            match kind {
                Cell::Inside => cover.inside.push(cell as u32),
                Cell::OnEdge => {
                    let range = cover.parts(form, cell);
                    cover.edges.push((cell as u32, range));
                }
            }
        }
        cover
    }

    /// What a cell on the outline has to ask.
    fn parts(&mut self, form: &Form, cell: usize) -> (u32, u32) {
        match form {
            Form::Polygon(polygon) => {
                let start = self.pieces.len() as u32;
                let bounds = Bounds::of(cell);
                let counted = polygon.pieces.iter().filter(|piece| bounds.may_cross_north(piece));
                self.pieces.extend(counted.copied());
                (start, self.pieces.len() as u32)
            }
            Form::Strip(strip) => {
                let start = self.segments.len() as u32;
                let (centre, reach_m) = centre_and_reach(cell);
                let near = (0..segments(strip)).filter(|segment| {
                    distance_m(strip, *segment, centre) <= strip.within_m * 1.01 + reach_m
                });
                self.segments.extend(near.map(|segment| segment as u32));
                (start, self.segments.len() as u32)
            }
        }
    }
}

impl Grid {
    /// The index over `shapes`, each of which sets its bits in masks of `words` words.
    pub(crate) fn new(words: usize, shapes: Vec<(Arc<Shape>, Vec<u64>)>) -> Self {
        let shapes: Vec<_> =
            shapes.into_iter().map(|(shape, bits)| Indexed { shape, bits }).collect();
        // By cell: the set of shapes it lies in, and the outlines that pass through it.
        let mut sets: Vec<Vec<u32>> = vec![Vec::new()];
        let mut set_numbers = FxHashMap::from_iter([(Vec::new(), 0_u32)]);
        let mut touched: BTreeMap<u32, (u32, Vec<Edge>)> = BTreeMap::new();
        for (number, indexed) in shapes.iter().enumerate() {
            let cover = indexed.shape.cover();
            for cell in &cover.inside {
                let set = &mut touched.entry(*cell).or_default().0;
                let mut with = sets[*set as usize].clone();
                with.push(number as u32);
                *set = *set_numbers.entry(with).or_insert_with_key(|with| {
                    sets.push(with.clone());
                    sets.len() as u32 - 1
                });
            }
            for (cell, range) in &cover.edges {
                let edge = Edge { shape: number as u32, range: *range };
                touched.entry(*cell).or_default().1.push(edge);
            }
        }
        let mut masks = vec![0; words * sets.len()];
        for (set, mask) in sets.iter().zip(masks.chunks_mut(words.max(1))) {
            for number in set {
                for (word, bits) in shapes[*number as usize].bits.iter().enumerate() {
                    mask[word] |= bits;
                }
            }
        }
        let cells = vec![0; if shapes.is_empty() { 0 } else { ROWS * COLUMNS }];
        let infos = vec![CellInfo::default()];
        let mut grid = Self { words, cells, infos, masks, edges: Vec::new(), shapes };
        grid.lay_out(touched);
        grid
    }

    fn lay_out(&mut self, touched: BTreeMap<u32, (u32, Vec<Edge>)>) {
        let mut known: FxHashMap<CellInfo, u32> = FxHashMap::default();
        for (cell, (mask, edges)) in touched {
            let start = self.edges.len() as u32;
            self.edges.extend(edges);
            let end = self.edges.len() as u32;
            let edges = if start == end { (0, 0) } else { (start, end) };
            let info = CellInfo { mask, edges };
            let infos = &mut self.infos;
            self.cells[cell as usize] = *known.entry(info).or_insert_with(|| {
                infos.push(info);
                infos.len() as u32 - 1
            });
        }
    }

    /// ORs into `mask` the bits of every shape that holds the point.
    #[inline]
    pub(crate) fn mark(&self, point_rad: [f64; 2], mask: &mut [u64]) {
        if self.shapes.is_empty() {
            return;
        }
        let info = self.infos[self.cells[cell_of(point_rad)] as usize];
        let start = info.mask as usize * self.words;
        for (to, from) in mask.iter_mut().zip(&self.masks[start..start + self.words]) {
            *to |= from;
        }
        if info.edges.0 < info.edges.1 {
            self.mark_on_edge(point_rad, info.edges, mask);
        }
    }

    fn mark_on_edge(&self, point_rad: [f64; 2], (start, end): (u32, u32), mask: &mut [u64]) {
        for edge in &self.edges[start as usize..end as usize] {
            let indexed = &self.shapes[edge.shape as usize];
            let cover = indexed.shape.cover();
            let range = edge.range.0 as usize..edge.range.1 as usize;
            let holds = match &indexed.shape.form {
                Form::Polygon(polygon) => {
                    let pieces = cover.pieces[range].iter();
                    let crossed = pieces.filter(|p| p.is_north_of(point_rad)).count();
                    (crossed % 2 == 1) != polygon.holds_north_pole
                }
                Form::Strip(strip) => {
                    let at = earth_centred(point_rad);
                    let mut segments = cover.segments[range].iter();
                    segments.any(|s| strip.segment_holds(*s as usize, at, point_rad[0]))
                }
            };
            if holds {
                for (to, from) in mask.iter_mut().zip(&indexed.bits) {
                    *to |= from;
                }
            }
        }
    }
}

/// The cell of a point; latitudes and longitudes out of range are brought into it.
#[inline]
fn cell_of([latitude_rad, longitude_rad]: [f64; 2]) -> usize {
    // Saturating casts: a NaN lands in a cell, too.
    let row = (((latitude_rad + FRAC_PI_2) / STEP_RAD) as usize).min(ROWS - 1);
    let column = ((longitude_rad + PI) / STEP_RAD) as usize;
    let column = if column >= COLUMNS { column % COLUMNS } else { column };
    row * COLUMNS + column
}

/// South, west, north, east of a cell, widened a hair beyond any rounding of [`cell_of`].
#[derive(Clone, Copy)]
struct Bounds {
    south: f64,
    north: f64,
    middle: f64,
    half: f64,
}

impl Bounds {
    fn of(cell: usize) -> Self {
        let (row, column) = ((cell / COLUMNS) as f64, (cell % COLUMNS) as f64);
        let hair = 1e-9;
        Self {
            south: row * STEP_RAD - FRAC_PI_2 - hair,
            north: (row + 1.0) * STEP_RAD - FRAC_PI_2 + hair,
            middle: (column + 0.5) * STEP_RAD - PI,
            half: STEP_RAD / 2.0 + hair,
        }
    }

    /// Whether a piece has longitudes in common with the cell.
    fn shares_meridian(&self, piece: &Piece) -> bool {
        let from = wrap_pi(piece.from_rad[1] - self.middle);
        let span = wrap_pi(piece.to_rad[1] - piece.from_rad[1]);
        let to = from + span;
        let (west, east) = (from.min(to), from.max(to));
        [-TAU, 0.0, TAU].iter().any(|turn| west + turn <= self.half && east + turn >= -self.half)
    }

    /// Whether the piece may count as north of some point of the cell.
    fn may_cross_north(&self, piece: &Piece) -> bool {
        self.shares_meridian(piece) && latitude_range(piece).1 >= self.south
    }

    fn is_touched(&self, piece: &Piece) -> bool {
        let (low, high) = latitude_range(piece);
        low <= self.north && high >= self.south && self.shares_meridian(piece)
    }
}

/// Every cell that a polygon touches, by number.
fn polygon_cells(polygon: &Polygon) -> Vec<(usize, Cell)> {
    let mut touched = vec![false; ROWS * COLUMNS];
    let mut rows = [false; ROWS];
    for piece in &polygon.pieces {
        let (low, high) = latitude_range(piece);
        let row = |latitude: f64| {
            (((latitude + FRAC_PI_2) / STEP_RAD).floor().max(0.0) as usize).min(ROWS - 1)
        };
        let (first_row, last_row) = (row(low - 1e-9), row(high + 1e-9));
        rows[first_row..=last_row].fill(true);
        for row in first_row..=last_row {
            let start = wrap_pi(piece.from_rad[1]);
            let span = wrap_pi(piece.to_rad[1] - piece.from_rad[1]);
            let west = start.min(start + span) - 1e-9;
            let columns = (span.abs() / STEP_RAD).ceil() as usize + 2;
            let first = ((west + PI) / STEP_RAD).floor() as isize;
            for column in 0..columns as isize {
                let column = (first + column).rem_euclid(COLUMNS as isize) as usize;
                let cell = row * COLUMNS + column;
                touched[cell] = touched[cell] || Bounds::of(cell).is_touched(piece);
            }
        }
    }
    let mut cells = Vec::new();
    for (row, reached) in rows.iter().enumerate() {
        // A row no piece reaches is of one kind: only a polar one can be inside.
        if !reached {
            let cell = row * COLUMNS;
            if polygon.holds(centre_of(cell)) {
                cells.extend((cell..cell + COLUMNS).map(|cell| (cell, Cell::Inside)));
            }
            continue;
        }
        let mut known = None;
        let columns = row * COLUMNS..(row + 1) * COLUMNS;
        for (cell, touched) in columns.clone().zip(&touched[columns]) {
            if *touched {
                cells.push((cell, Cell::OnEdge));
                known = None;
            } else if *known.get_or_insert_with(|| polygon.holds(centre_of(cell))) {
                cells.push((cell, Cell::Inside));
            }
        }
    }
    cells
}

/// Every cell that a strip touches, by number.
fn strip_cells(strip: &Strip) -> Vec<(usize, Cell)> {
    // Half a piece, half a cell's diagonal and one per cent on top of the distance itself.
    let margin_rad = strip.within_m * 1.01 / 6_335_000.0 + 0.004 + STEP_RAD;
    let mut near = vec![false; ROWS * COLUMNS];
    for point in &strip.line_rad {
        for row in 0..ROWS {
            let latitude = (row as f64 + 0.5) * STEP_RAD - FRAC_PI_2;
            if (point[0] - latitude).abs() > margin_rad {
                continue;
            }
            let steepest = (latitude.abs().max(point[0].abs()) + margin_rad).min(FRAC_PI_2);
            let reach = (margin_rad / steepest.cos().max(1e-6)).min(PI + STEP_RAD);
            let first = ((point[1] + PI - reach) / STEP_RAD).floor() as isize;
            let count = ((2.0 * reach / STEP_RAD).ceil() as usize + 1).min(COLUMNS);
            for column in 0..count as isize {
                near[row * COLUMNS + (first + column).rem_euclid(COLUMNS as isize) as usize] = true;
            }
        }
    }
    let mut cells = Vec::new();
    for cell in (0..ROWS * COLUMNS).filter(|cell| near[*cell]) {
        let (centre, reach_m) = centre_and_reach(cell);
        // One sphere for all latitudes is within one per cent.
        let nearest = (0..segments(strip))
            .map(|segment| distance_m(strip, segment, centre))
            .fold(f64::INFINITY, f64::min);
        if nearest + reach_m < strip.within_m * 0.98 {
            cells.push((cell, Cell::Inside));
        } else if nearest - reach_m <= strip.within_m * 1.01 {
            cells.push((cell, Cell::OnEdge));
        }
    }
    cells
}

fn segments(strip: &Strip) -> usize {
    strip.points.len().saturating_sub(1).max(1)
}

fn distance_m(strip: &Strip, segment: usize, point: [f64; 3]) -> f64 {
    let to = strip.points.get(segment + 1).copied().unwrap_or(strip.points[segment]);
    let from = strip.points[segment];
    let along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
    let off = [point[0] - from[0], point[1] - from[1], point[2] - from[2]];
    let dot = crate::area::dot;
    let length = dot(along, along);
    let share = if length > 0.0 { (dot(off, along) / length).clamp(0.0, 1.0) } else { 0.0 };
    let gap = [off[0] - share * along[0], off[1] - share * along[1], off[2] - share * along[2]];
    arc_m(dot(gap, gap).sqrt(), 0.8)
}

fn centre_of(cell: usize) -> [f64; 2] {
    let (row, column) = ((cell / COLUMNS) as f64, (cell % COLUMNS) as f64);
    [(row + 0.5) * STEP_RAD - FRAC_PI_2, (column + 0.5) * STEP_RAD - PI]
}

/// A cell's centre, earth-centred, and how far its corners lie from it at most, metres.
fn centre_and_reach(cell: usize) -> ([f64; 3], f64) {
    let centre = centre_of(cell);
    let half = STEP_RAD / 2.0;
    let nearest_equator = (centre[0].abs() - half).max(0.0);
    let reach_m = 6_400_000.0 * half.hypot(half * nearest_equator.cos()) * 1.01;
    (earth_centred(centre), reach_m)
}
