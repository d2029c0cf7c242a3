//! The sweep's inner loop: thirty-two neighbouring rays go outwards together, line by line, each
//! carrying the greatest launch tangent any ground before it asks for.
//!
//! Thirty-two rays cross a line within a few cells of each other, so what one needs is in the cache for
//! all, and what changes smoothly from ray to ray (place, distance, the cubic's coefficients) is
//! computed for the outermost two and interpolated.

use super::geometry::Geometry;
use crate::atmosphere::{Cubic, RayTable};
use std::sync::atomic::{AtomicU32, Ordering};

/// Rays in a block; the last of one block is the first of the next.
pub(super) const LANES: usize = 32;
const LAST: f64 = (LANES - 1) as f64;
/// Why a ray's height is not a number: behind unknown ground, or it may be out of range, where a cell
/// keeps what it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    Unknown,
    Left,
}

/// Greatest step of slope from ray to ray: over a block's width, an eighth of a radian, distances are
/// a parabola within metres.
const STEP_MAX: f64 = 0.125 / LAST;
/// Cells filled together.
const RUN: usize = 8;
/// Launch tangent behind unknown ground: nothing is known to be visible there.
const UNKNOWN: f32 = 1e6;
/// Below every ground there is.
pub(super) const FREE: f32 = -30.0;

/// The lines a sector's rays cross, and on which side of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sector {
    East,
    West,
    North,
    South,
}

/// Everything a block needs; shared by all.
pub(super) struct Sweep<'a, G> {
    pub(super) geometry: &'a G,
    pub(super) heights_m: &'a [f32],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) table: &'a RayTable,
    /// [`crate::atmosphere::Propagation::curvature_share`].
    pub(super) curvature_share: f64,
    pub(super) range_m: f64,
    /// Ground nearer than this hides nothing.
    pub(super) near_m: f64,
    /// Lowest launch tangent by azimuth, if the site's horizon is known.
    pub(super) horizon: Option<&'a (dyn Fn(f64, f64) -> f32 + Sync)>,
    /// Bits of the lowest visible altitude of each cell, metres.
    pub(super) out: &'a [AtomicU32],
}

/// One block of rays, swept with the widest vector instructions of the machine. Wider ones do the same
/// operations on more lanes at once: the result is the same on each machine.
pub(super) struct Block<'a, G> {
    pub(super) sweep: &'a Sweep<'a, G>,
    pub(super) sector: Sector,
    pub(super) spacing_cells: f64,
    /// The first of its rays.
    pub(super) first: usize,
}

impl<G: Geometry> pulp::NullaryFnOnce for Block<'_, G> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.sweep.block(self.sector, self.spacing_cells, self.first);
    }
}

/// One end of a block on one line.
#[derive(Clone, Copy)]
struct End {
    at: f64,
    ground_m: f64,
    /// The cubic with 1/b in the place of b.
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Sector {
    pub(super) const ALL: [Self; 4] = [Self::East, Self::West, Self::North, Self::South];

    fn crosses_columns(self) -> bool {
        matches!(self, Self::East | Self::West)
    }
}

impl<G: Geometry> Sweep<'_, G> {
    /// Step of slope from ray to ray, and the slope of the outermost ray, for a sector.
    pub(super) fn slopes(&self, sector: Sector, spacing_cells: f64) -> (f64, f64) {
        let (south_m, east_m) = self.geometry.cell_m();
        let (along_m, across_m) =
            if sector.crosses_columns() { (east_m, south_m) } else { (south_m, east_m) };
        let step = spacing_cells * across_m / self.range_m;
        (step.min(STEP_MAX), across_m / along_m)
    }

    /// How many rays a sector has; sectors overlap by a ray, that no cell falls between them.
    pub(super) fn rays(&self, sector: Sector, spacing_cells: f64) -> usize {
        let (step, outermost) = self.slopes(sector, spacing_cells);
        (2.0 * outermost / step).ceil() as usize + 4
    }

    /// Sweeps the rays `first..first + LANES` of a sector outwards.
    ///
    /// Inlined with all that it calls in its loop, so that the compiler makes of it the instructions
    /// of the machine that [`Block`] runs on.
    #[inline(always)]
    pub(super) fn block(&self, sector: Sector, spacing_cells: f64, first: usize) {
        let (step, outermost) = self.slopes(sector, spacing_cells);
        // So ordered that rows and columns ascend from lane to lane: rows go southwards.
        let slope = |ray: usize| {
            let from = -outermost + (ray as f64 - 1.5) * step;
            if sector.crosses_columns() { -from } else { from }
        };
        let (slope_a, slope_b) = (slope(first), slope(first + LANES - 1));
        // In turns what the line before left and what this one makes: nothing is copied from line to
        // line.
        let (mut now, mut next) = (&mut Lanes::new(), &mut Lanes::new());
        if let Some(horizon) = self.horizon {
            for (lane, tangent) in now.tangent.iter_mut().enumerate() {
                let (east, north) = direction(sector, slope(first + lane));
                *tangent = horizon(east, north);
            }
        }
        let excess = |slope| {
            let (east, north) = direction(sector, slope);
            self.geometry.curvature_excess(east, north) / 2.0 * self.curvature_share
        };
        let (excess_a, excess_b) = (excess(slope_a), excess(slope_b));
        let (site_row, site_col) = self.geometry.site();
        let (site_at, lines) =
            if sector.crosses_columns() { (site_col, self.cols) } else { (site_row, self.rows) };
        let outwards = matches!(sector, Sector::East | Sector::South);
        let bow = Bow::new(step, (slope_a + slope_b) / 2.0);
        let mut line = if outwards { site_at.floor() + 1.0 } else { site_at.ceil() - 1.0 };
        while line >= 0.0 && line < lines as f64 {
            let end = |slope, excess: f64| {
                let crossing = if sector.crosses_columns() {
                    self.geometry.on_column(slope, line as usize)
                } else {
                    self.geometry.on_row(slope, line as usize)
                };
                let [a, b, c, d] = self.table.at(crossing.ground_m);
                let a = a + excess * crossing.ground_m * crossing.ground_m;
                End { at: crossing.at, ground_m: crossing.ground_m, a, b: 1.0 / b, c, d }
            };
            let ends = [end(slope_a, excess_a), end(slope_b, excess_b)];
            // Beyond a pole there is no crossing: its distance is no number.
            let ground_m = ends[0].ground_m.min(ends[1].ground_m);
            if ground_m.is_nan() || ground_m > self.range_m {
                break;
            }
            if (line - site_at).abs() <= 1.0 {
                self.raise_about_the_site(sector, line, &ends, &mut now.tangent);
            }
            if sector.crosses_columns() {
                self.line::<true>(line as usize, &ends, (&bow, outwards), (now, next));
            } else {
                self.line::<false>(line as usize, &ends, (&bow, outwards), (now, next));
            }
            std::mem::swap(&mut now, &mut next);
            line += if outwards { 1.0 } else { -1.0 };
        }
    }

    /// One line: every lane's tangent is brought up to date from `now` to `next`, and the cells
    /// between the outermost lanes get their altitude.
    #[inline(always)]
    fn line<const COLUMN: bool>(
        &self,
        line: usize,
        ends: &[End; 2],
        (bow, outwards): (&Bow, bool),
        (now, next): (&Lanes, &mut Lanes),
    ) {
        let [from, to] = ends;
        let (stride, start, length) =
            if COLUMN { (self.cols, line, self.rows) } else { (1, line * self.cols, self.cols) };
        let bow_m = bow.ground_m(from.ground_m);
        let slope = self.table.slope(from.ground_m);
        let bent = [(slope[0] * bow_m) as f32, (-slope[1] * bow_m * from.b * from.b) as f32];
        let hides = from.ground_m.max(to.ground_m) >= self.near_m;
        let window = if hides {
            let inside = from.at >= 0.0 && to.at < (length - 1) as f64;
            (inside && to.at >= from.at)
                .then(|| self.window(start, stride, from.at as usize, to.at as usize))
                .flatten()
        } else {
            None
        };
        if let Some(window) = window {
            let lines = Lines::new(ends, bent, bow);
            if next.raise(now, &window, [from.at, to.at], &lines) {
                self.raise_askew::<COLUMN>(line, outwards, (now, next), &lines);
            }
        } else {
            next.near = [NOWHERE; LANES];
            next.tangent = now.tangent;
            if hides {
                self.raise_carefully::<COLUMN>(line, ends, &mut next.tangent);
            }
        }
        self.fill((start, stride, length), ends, &now.tangent, (slope, bow_m));
    }

    /// The cells of a line between the outermost lanes get the altitude that the ray between their
    /// two neighbours reaches, [`RUN`] at a time and with single precision: within a centimetre.
    #[inline(always)]
    fn fill(
        &self,
        (start, stride, length): (usize, usize, usize),
        [from, to]: &[End; 2],
        tangents: &[f32; LANES],
        (slope, bow_m): (Cubic, f64),
    ) {
        let (first, end) = (ceiling(from.at), ceiling(to.at).min(length));
        if first >= end {
            return;
        }
        let count = end - first;
        let per_cell = LAST / (to.at - from.at);
        let lane_first = (first as f64 - from.at) * per_cell;
        // Each as its value at the first lane, its step from lane to lane, and how it bows.
        let line = |a: f64, b: f64, bow: f64| [a as f32, ((b - a) / LAST) as f32, bow as f32];
        let a = line(from.a, to.a, slope[0] * bow_m);
        let b = line(1.0 / from.b, 1.0 / to.b, slope[1] * bow_m);
        let (c, d) = (line(from.c, to.c, 0.0), line(from.d, to.d, 0.0));
        // Near the site a cell is wider than all lanes: then there is one cell at most.
        let step = (per_cell * UNIT).min(f64::from(LANES_END)) as i32;
        let steps: [i32; RUN] = std::array::from_fn(|i| i as i32 * step);
        let mut place = (lane_first * UNIT) as i32;
        let mut index = start + first * stride;
        let mut left = count;
        while left > 0 {
            let mut places = [0_i32; RUN];
            let mut under = [[0.0_f32; RUN]; 2];
            for (at, step) in places.iter_mut().zip(steps) {
                let there = place + step;
                // A last cell that lies on the last lane belongs to the pair before it.
                *at = if there < LANES_END { there } else { LANES_END };
            }
            for (i, at) in places.iter().enumerate() {
                let near = (*at >> FRACTION_BITS) as usize & (LANES - 1);
                (under[0][i], under[1][i]) = (tangents[near], tangents[(near + 1) & (LANES - 1)]);
            }
            place += RUN as i32 * step;
            let mut rays = [0.0_f32; RUN];
            for i in 0..RUN {
                let part = (places[i] & ((1 << FRACTION_BITS) - 1)) as f32 * (1.0 / 65536.0);
                let lane = places[i] as f32 * (1.0 / 65536.0);
                let bow = lane * (LAST as f32 - lane) * 0.5;
                let at = |[first, step, bent]: [f32; 3]| first + lane * step - bow * bent;
                let t = under[0][i] + part * (under[1][i] - under[0][i]);
                let height = at(a) + t * (at(b) + t * (at(c) + t * at(d)));
                let most = choose(mask(under[0][i] > under[1][i]), under[0][i], under[1][i]);
                rays[i] = choose(mask(most >= UNKNOWN), f32::NAN, height);
            }
            let cells = left.min(RUN);
            if from.ground_m.max(to.ground_m) > self.range_m {
                let distance = line(from.ground_m, to.ground_m, bow_m);
                for (at, ray) in places.iter().zip(&mut rays) {
                    let lane = *at as f32 * (1.0 / 65536.0);
                    let bow = lane * (LAST as f32 - lane) * 0.5;
                    let ground_m = distance[0] + lane * distance[1] - bow * distance[2];
                    if ground_m > self.range_m as f32 {
                        *ray = f32::NAN;
                    }
                }
                self.store(index, stride, &rays[..cells], Beyond::Left);
            } else {
                self.store(index, stride, &rays[..cells], Beyond::Unknown);
            }
            index += cells * stride;
            left -= cells;
        }
    }

    /// Keeps what rays reach, held above the ground.
    #[inline(always)]
    fn store(&self, index: usize, stride: usize, rays: &[f32], not_a_number: Beyond) {
        let heights = self.heights_m[index..].iter().step_by(stride);
        let cells = self.out[index..].iter().step_by(stride);
        for ((&ray, &height), cell) in rays.iter().zip(heights).zip(cells) {
            // What is not a number, ray or ground, stays so.
            let altitude = if ray > height { ray } else { height + 0.0 * ray };
            if not_a_number == Beyond::Unknown || !ray.is_nan() {
                cell.store(altitude.to_bits(), Ordering::Relaxed);
            }
        }
    }

    /// The heights that all lanes need on a line, from point `first` to the one after `last`; `None`
    /// where one of them is unknown or they are too many.
    #[inline(always)]
    fn window(&self, start: usize, stride: usize, first: usize, last: usize) -> Option<Window> {
        let mut window = [0.0; WINDOW];
        let count = last + 2 - first;
        let from = start + first * stride;
        let heights = self.heights_m.get(from..=from + (count - 1) * stride)?;
        if count > WINDOW {
            return None;
        }
        let mut sum = 0.0;
        for (to, height) in window.iter_mut().zip(heights.iter().step_by(stride)) {
            *to = *height;
            sum += height;
        }
        // One NaN makes the sum NaN.
        (!sum.is_nan()).then_some(window)
    }

    /// Raises tangents to what the ground asks for where lanes cross lines of the other kind before
    /// they come to their first line.
    #[inline(never)]
    fn raise_about_the_site(
        &self,
        sector: Sector,
        line: f64,
        [from, to]: &[End; 2],
        tangents: &mut [f32; LANES],
    ) {
        let (site_row, site_col) = self.geometry.site();
        let columns = sector.crosses_columns();
        let (site_at, site_across, length) =
            if columns { (site_col, site_row, self.rows) } else { (site_row, site_col, self.cols) };
        let height = |cell: usize, line: f64| {
            let (near, part) = (line as usize, line.fract());
            let at = |line: usize| {
                let (row, col) = if columns { (cell, line) } else { (line, cell) };
                f64::from(self.heights_m[row * self.cols + col])
            };
            if part > 0.0 { at(near) * (1.0 - part) + at(near + 1) * part } else { at(near) }
        };
        for (lane, tangent) in tangents.iter_mut().enumerate() {
            let along = lane as f64 / LAST;
            let at = from.at + along * (to.at - from.at);
            let ground_m = from.ground_m + along * (to.ground_m - from.ground_m);
            let mut across = site_across.min(at).floor() + 1.0;
            while across < site_across.max(at) {
                let way = (across - site_across) / (at - site_across);
                let there_m = way * ground_m;
                if (0.0..length as f64).contains(&across) && there_m > 0.0 && there_m >= self.near_m
                {
                    let ground = height(across as usize, site_at + way * (line - site_at));
                    // So near, rays are straight.
                    let [antenna_m, ..] = self.table.at(there_m);
                    let asked = ((ground - antenna_m) / there_m) as f32;
                    let asked = if asked.is_nan() { UNKNOWN } else { asked };
                    *tangent = tangent.max(asked);
                }
                across += 1.0;
            }
        }
    }

    /// Raises tangents of lanes that crossed more than one line of the other kind since the line
    /// before, as where meridians converge: cells that were square at the site are not there.
    #[inline(never)]
    fn raise_askew<const COLUMN: bool>(
        &self,
        line: usize,
        outwards: bool,
        (now, next): (&Lanes, &mut Lanes),
        lines: &Lines<'_>,
    ) {
        let before = if outwards { line.wrapping_sub(1) } else { line + 1 };
        let height = |cell: usize, line: usize| {
            let (row, col) = if COLUMN { (cell, line) } else { (line, cell) };
            self.heights_m[row * self.cols + col]
        };
        for lane in 0..LANES {
            let moved = next.near[lane].wrapping_sub(now.near[lane]);
            // Where there is no line before, it seems to be infinitely far away.
            if !(2..=WINDOW as i32).contains(&moved.abs()) {
                continue;
            }
            let shift = moved as f32 + next.part[lane] - now.part[lane];
            let first = now.near[lane].min(next.near[lane]) + 1;
            let k = lane as f32;
            let (c, d) = (lines.c[0] + k * lines.c[1], lines.d[0] + k * lines.d[1]);
            for cell in first..first + moved.abs() {
                let way = ((cell - now.near[lane]) as f32 - now.part[lane]) / shift;
                let (near, far) = (height(cell as usize, before), height(cell as usize, line));
                let ground = near + way * (far - near);
                let a = now.a[lane] + way * (next.a[lane] - now.a[lane]);
                let b = between_inverses(now.b[lane], next.b[lane], way);
                let asked = reversion((ground - a) * b, c, d);
                let asked = if ground.is_nan() { UNKNOWN } else { asked };
                next.tangent[lane] = next.tangent[lane].max(asked);
            }
        }
    }

    /// As [`Lanes::raise`], where some lanes are outside the raster: there the ground is unknown.
    #[inline(never)]
    fn raise_carefully<const COLUMN: bool>(
        &self,
        line: usize,
        ends: &[End; 2],
        tangents: &mut [f32; LANES],
    ) {
        let length = if COLUMN { self.rows } else { self.cols };
        let [from, to] = ends;
        for (lane, tangent) in tangents.iter_mut().enumerate() {
            let along = lane as f64 / LAST;
            let at = from.at + along * (to.at - from.at);
            let mix = |a: f64, b: f64| a + along * (b - a);
            let height = |cell: usize| {
                let (row, col) = if COLUMN { (cell, line) } else { (line, cell) };
                f64::from(self.heights_m[row * self.cols + col])
            };
            let near = at.max(0.0) as usize;
            let ground = if (0.0..=(length - 1) as f64).contains(&at) {
                let part = at - near as f64;
                let beyond = if part > 0.0 { height(near + 1) } else { 0.0 };
                if part > 0.0 { height(near) * (1.0 - part) + beyond * part } else { height(near) }
            } else {
                f64::NAN
            };
            let first = (ground - mix(from.a, to.a)) * mix(from.b, to.b);
            let asked = reversion(first as f32, (mix(from.c, to.c) * from.b) as f32, 0.0);
            let asked = if ground.is_nan() { UNKNOWN } else { asked };
            *tangent = tangent.max(asked);
        }
    }
}

/// East and north of a ray's direction, as a unit vector.
pub(super) fn direction(sector: Sector, slope: f64) -> (f64, f64) {
    let length = (1.0 + slope * slope).sqrt();
    match sector {
        Sector::East => (1.0 / length, slope / length),
        Sector::West => (-1.0 / length, slope / length),
        Sector::North => (slope / length, 1.0 / length),
        Sector::South => (slope / length, -1.0 / length),
    }
}

/// How far the line of equal distances bows between the outermost lanes: along a straight line,
/// distance is x √(1 + g²), whose second derivative is x / (1 + g²)^1.5.
struct Bow {
    step2: f64,
    per_m: f64,
    lanes: [f32; LANES],
}

impl Bow {
    fn new(step: f64, slope: f64) -> Self {
        let lane = |lane: usize| (lane as f64 * (LAST - lane as f64) / 2.0) as f32;
        Self {
            step2: step * step,
            per_m: (1.0 + slope * slope).powi(-2),
            lanes: std::array::from_fn(lane),
        }
    }

    /// Metres of bow for each unit of `lane (31 − lane) / 2`, at a distance along the first lane.
    fn ground_m(&self, ground_m: f64) -> f64 {
        ground_m * self.per_m * self.step2
    }
}

/// The cubic's inverse over the lanes: first value and step of each part, and how a bows.
struct Lines<'a> {
    a: [f32; 2],
    b: [f32; 2],
    c: [f32; 2],
    d: [f32; 2],
    bent: [f32; 2],
    bow: &'a [f32; LANES],
}

impl<'a> Lines<'a> {
    #[inline(always)]
    fn new([from, to]: &[End; 2], bent: [f32; 2], bow: &'a Bow) -> Self {
        let line = |a: f64, b: f64| [a as f32, ((b - a) / LAST) as f32];
        Self {
            a: line(from.a, to.a),
            b: line(from.b, to.b),
            c: line(from.c * from.b, to.c * to.b),
            d: line(from.d * from.b, to.d * to.b),
            bent,
            bow: &bow.lanes,
        }
    }
}

/// No line's place: nothing was crossed since.
const NOWHERE: i32 = i32::MIN / 2;

/// What each lane carries from line to line.
struct Lanes {
    /// Greatest launch tangent that ground so far asks for.
    tangent: [f32; LANES],
    /// On the line before: the point under the crossing, how far beyond it, the heights of that
    /// point and the next, and the cubic's first two coefficients.
    near: [i32; LANES],
    part: [f32; LANES],
    low: [f32; LANES],
    high: [f32; LANES],
    a: [f32; LANES],
    b: [f32; LANES],
}

/// Heights along a line from the first lane's point on.
type Window = [f32; WINDOW];
/// A power of two, so that masking an index keeps it inside.
const WINDOW: usize = 4 * LANES;
/// Places on a line are in 1/65536 of a cell here.
const FRACTION_BITS: i32 = 16;
const UNIT: f64 = (1 << FRACTION_BITS) as f64;
/// The last place between the last two lanes.
const LANES_END: i32 = ((LANES as i32 - 1) << FRACTION_BITS) - 1;

impl Lanes {
    fn new() -> Self {
        let zero = [0.0; LANES];
        let near = [NOWHERE; LANES];
        Self { tangent: [FREE; LANES], near, part: zero, low: zero, high: zero, a: zero, b: zero }
    }

    /// Raises each lane's tangent to what the ground on this line asks for, and to what it asks
    /// for where the lane crossed a line of the other kind since the line before. Whether some lane
    /// crossed more than one of them, which is not looked at here.
    #[inline(always)]
    fn raise(
        &mut self,
        old: &Self,
        window: &Window,
        [from, to]: [f64; 2],
        lines: &Lines<'_>,
    ) -> bool {
        let base = from as i32;
        let unit = f64::from(1 << FRACTION_BITS);
        let first = ((from - f64::from(base)) * unit) as i32;
        let step = ((to - from) * unit / LAST) as i32;
        let (mut near, mut part) = ([0_i32; LANES], [0.0_f32; LANES]);
        for lane in 0..LANES {
            let place = first + lane as i32 * step;
            near[lane] = place >> FRACTION_BITS;
            part[lane] = (place & ((1 << FRACTION_BITS) - 1)) as f32 * (1.0 / 65536.0);
        }
        let (mut low, mut high) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            low[lane] = window[near[lane] as usize & (WINDOW - 1)];
            high[lane] = window[(near[lane] as usize + 1) & (WINDOW - 1)];
        }
        // Each loop below is one the compiler makes vector instructions of: no branch, no store that
        // depends on a comparison.
        let new = self;
        (new.part, new.low, new.high) = (part, low, high);
        let mut here = [0.0_f32; LANES];
        for lane in 0..LANES {
            let k = lane as f32;
            new.a[lane] = lines.a[0] + k * lines.a[1] - lines.bow[lane] * lines.bent[0];
            new.b[lane] = lines.b[0] + k * lines.b[1] - lines.bow[lane] * lines.bent[1];
            new.near[lane] = base + near[lane];
            let ground = low[lane] + part[lane] * (high[lane] - low[lane]);
            let (c, d) = (lines.c[0] + k * lines.c[1], lines.d[0] + k * lines.d[1]);
            here[lane] = reversion((ground - new.a[lane]) * new.b[lane], c, d);
        }
        // The other line lies between point i of the line before and point i of this one.
        let mut between = [0.0_f32; LANES];
        let mut askew = 0;
        for lane in 0..LANES {
            let k = lane as f32;
            let moved = new.near[lane] - old.near[lane];
            let up = mask(moved > 0);
            let shift = moved as f32 + part[lane] - old.part[lane];
            let beyond = old.part[lane] - choose(up, 1.0, 0.0);
            let way = -beyond / shift;
            let first = choose(up, old.high[lane], old.low[lane]);
            let last = choose(up, low[lane], high[lane]);
            let ground = first + way * (last - first);
            let a = old.a[lane] + way * (new.a[lane] - old.a[lane]);
            let b = between_inverses(old.b[lane], new.b[lane], way);
            let (c, d) = (lines.c[0] + k * lines.c[1], lines.d[0] + k * lines.d[1]);
            let asked = reversion((ground - a) * b, c, d);
            let one = mask(moved == 1) | mask(moved == -1);
            between[lane] = choose(one, asked, FREE);
            askew |= !one & mask(moved != 0);
        }
        for lane in 0..LANES {
            let asked = choose(mask(between[lane] > here[lane]), between[lane], here[lane]);
            let before = old.tangent[lane];
            new.tangent[lane] = choose(mask(asked > before), asked, before);
        }
        askew != 0
    }
}

/// The first cell at or beyond a place; without SSE 4.1 [`f64::ceil`] is a call.
#[inline(always)]
fn ceiling(at: f64) -> usize {
    let whole = at.max(0.0) as usize;
    whole + usize::from(at > whole as f64)
}

/// What is inverse to a quantity that changes linearly, a part of the way from `a` to `b`: near the
/// site one over a distance is anything but a line.
#[inline(always)]
fn between_inverses(a: f32, b: f32, way: f32) -> f32 {
    a * b / (b + way * (a - b))
}

/// All bits where it is so, none where not.
#[inline(always)]
fn mask(so: bool) -> u32 {
    u32::from(so).wrapping_neg()
}

#[inline(always)]
fn choose(mask: u32, yes: f32, no: f32) -> f32 {
    f32::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}

/// t of first = t + c t² + d t³, by reversion of the series; c t is under a hundredth, so what is
/// left out is under a millimetre at 463 km.
#[inline(always)]
fn reversion(first: f32, c: f32, d: f32) -> f32 {
    let q = c * first;
    first - first * (q - 2.0 * q * q + d * first * first)
}
