//! The conditions of all clauses as bit masks: one bit a clause and partner, one row a value of an
//! attribute. What a subject fits is the AND of one row an attribute.

use crate::model::{AnyOf, Conditions, Named};
use crate::{Condition, ObjectKind, Subject, area::Area, grid::Grid};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use surveillance::{Address, Callsign};

/// A clause's place in the masks and what it wants.
pub(crate) struct Wanted<'a> {
    pub(crate) bit: usize,
    pub(crate) objects: AnyOf,
    pub(crate) of: &'a Conditions,
    pub(crate) delay_s: f64,
    /// A caveat holds in doubt: where position or level are not known.
    pub(crate) in_doubt: bool,
}

/// As what, where and how old a subject is put against conditions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) object: ObjectKind,
    /// Latitude and longitude, radians.
    pub(crate) point_rad: Option<[f64; 2]>,
    /// Seconds, not below zero: a little ahead of the clock is not early.
    pub(crate) age_s: f64,
}

#[derive(Debug, Clone)]
pub(crate) struct Tables {
    pub(crate) words: usize,
    object: Rows,
    identity: Rows,
    service: Rows,
    flight: Rows,
    plan: Rows,
    alert_state: Rows,
    /// One row a kind of alert, and last the clauses that ask for none.
    alert: Rows,
    level: Steps,
    delay: Steps,
    anywhere: Vec<u64>,
    nowhere: Vec<u64>,
    no_level: Vec<u64>,
    grid: Grid,
    unnamed: Vec<u64>,
    addresses: FxHashMap<Address, Vec<u64>>,
    callsigns: FxHashMap<Callsign, Vec<u64>>,
}

#[derive(Debug, Clone)]
struct Rows {
    words: usize,
    bits: Vec<u64>,
}

/// Rows between break points.
#[derive(Debug, Clone)]
struct Steps {
    breaks: Vec<f64>,
    rows: Rows,
}

/// A level is compared with this much to spare, metres: a flight level in metres has no exact
/// binary form.
pub const LEVEL_SLACK_M: f64 = 0.01;
const ALERTS: usize = crate::AlertKind::ALL.len();

impl Rows {
    fn new(words: usize, rows: usize) -> Self {
        Self { words, bits: vec![0; words * rows] }
    }

    fn set(&mut self, row: usize, bit: usize) {
        self.bits[row * self.words + bit / 64] |= 1 << (bit % 64);
    }

    #[inline]
    fn row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }
}

impl Steps {
    fn new(words: usize, mut breaks: Vec<f64>) -> Self {
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        let rows = Rows::new(words, breaks.len() + 1);
        Self { breaks, rows }
    }

    /// Sets a bit for all values in `from..to`, both of them break points or infinite.
    fn set(&mut self, from: f64, to: f64, bit: usize) {
        for row in 0..=self.breaks.len() {
            let start = row.checked_sub(1).map_or(f64::NEG_INFINITY, |i| self.breaks[i]);
            if from <= start && start < to {
                self.rows.set(row, bit);
            }
        }
    }

    #[inline]
    fn row(&self, value: f64) -> &[u64] {
        self.rows.row(self.breaks.partition_point(|at| *at <= value))
    }
}

fn set(mask: &mut [u64], bit: usize) {
    mask[bit / 64] |= 1 << (bit % 64);
}

#[inline]
pub(crate) fn and(mask: &mut [u64], row: &[u64]) {
    for (to, from) in mask.iter_mut().zip(row) {
        *to &= from;
    }
}

#[inline]
fn or(mask: &mut [u64], row: &[u64]) {
    for (to, from) in mask.iter_mut().zip(row) {
        *to |= from;
    }
}

impl Tables {
    pub(crate) fn new(words: usize, clauses: &[Wanted<'_>]) -> Self {
        let level = |clause: &Wanted<'_>| {
            let [from, to] = clause.of.levels_m?;
            Some([from - LEVEL_SLACK_M, to + LEVEL_SLACK_M])
        };
        let mut tables = Self {
            words,
            object: Rows::new(words, 5),
            identity: Rows::new(words, 8),
            service: Rows::new(words, 4),
            flight: Rows::new(words, 6),
            plan: Rows::new(words, 3),
            alert_state: Rows::new(words, 4),
            alert: Rows::new(words, ALERTS + 1),
            level: Steps::new(words, clauses.iter().filter_map(level).flatten().collect()),
            delay: Steps::new(words, clauses.iter().map(|clause| clause.delay_s).collect()),
            anywhere: vec![0; words],
            nowhere: vec![0; words],
            no_level: vec![0; words],
            grid: Grid::new(words, shapes(words, clauses)),
            unnamed: vec![0; words],
            addresses: FxHashMap::default(),
            callsigns: FxHashMap::default(),
        };
        for clause in clauses {
            tables.add(clause, level(clause));
        }
        tables
    }

    fn add(&mut self, clause: &Wanted<'_>, levels: Option<[f64; 2]>) {
        let bit = clause.bit;
        let of = clause.of;
        let fill = |rows: &mut Rows, named: AnyOf| {
            let count = rows.bits.len() / rows.words.max(1);
            for row in (0..count).filter(|row| named.has(*row as u32)) {
                rows.set(row, bit);
            }
        };
        fill(&mut self.object, clause.objects);
        fill(&mut self.identity, of.identity);
        fill(&mut self.service, of.service);
        fill(&mut self.flight, of.flight);
        fill(&mut self.plan, of.plan);
        fill(&mut self.alert_state, of.alert_state);
        match of.alerts {
            Some(kinds) => kinds.iter().for_each(|kind| self.alert.set(kind as usize, bit)),
            None => self.alert.set(ALERTS, bit),
        }
        match levels {
            Some([from, to]) => self.level.set(from, to, bit),
            None => self.level.set(f64::NEG_INFINITY, f64::INFINITY, bit),
        }
        if levels.is_none() || clause.in_doubt {
            set(&mut self.no_level, bit);
        }
        self.delay.set(clause.delay_s, f64::INFINITY, bit);
        let anywhere = matches!(of.area, Area::Anywhere);
        if anywhere {
            set(&mut self.anywhere, bit);
        }
        if anywhere || clause.in_doubt {
            set(&mut self.nowhere, bit);
        }
        let words = self.words;
        match &of.named {
            None => set(&mut self.unnamed, bit),
            Some(names) => {
                for name in names {
                    let empty = || vec![0; words];
                    let mask = match name {
                        Named::Address(address) => {
                            self.addresses.entry(*address).or_insert_with(empty)
                        }
                        Named::Callsign(sign) => self.callsigns.entry(*sign).or_insert_with(empty),
                    };
                    set(mask, bit);
                }
            }
        }
    }

    /// Leaves in `fits` the clauses whose conditions on the subject, seen so, all hold, and in `passed`
    /// those that stood before each test: why nothing goes out is read from there, for every partner.
    pub(crate) fn fit(
        &self,
        subject: &Subject,
        seen: Seen,
        fits: &mut Vec<u64>,
        passed: &mut Vec<u64>,
    ) {
        fits.clear();
        passed.clear();
        fits.extend_from_slice(self.object.row(seen.object as usize));
        let mut other = [0_u64; 32];
        let mut spill = Vec::new();
        let scratch = if self.words <= other.len() {
            &mut other[..self.words]
        } else {
            spill.resize(self.words, 0);
            &mut spill[..]
        };
        for (_, test) in TESTS {
            passed.extend_from_slice(fits);
            test(self, subject, seen, fits, scratch);
        }
    }

    /// The last clause standing among the bits of some words when the tests are made one after the
    /// other, and the test that none of them passed. `None` if a clause passes them all.
    pub(crate) fn nearest(
        &self,
        fits: &[u64],
        passed: &[u64],
        words: std::ops::Range<usize>,
    ) -> Option<(Option<usize>, Condition)> {
        let none_left = |mask: &[u64]| mask[words.clone()].iter().all(|word| *word == 0);
        if !none_left(fits) {
            return None;
        }
        let mut failed = Condition::NoArticle;
        let mut last = None;
        for (before, (condition, _)) in passed.chunks_exact(self.words.max(1)).zip(TESTS) {
            if none_left(before) {
                break;
            }
            (last, failed) = (Some(before), condition);
        }
        Some((last.and_then(|mask| first(mask, words)), failed))
    }
}

/// The lowest bit set in some words of a mask.
pub(crate) fn first(mask: &[u64], words: std::ops::Range<usize>) -> Option<usize> {
    let start = words.start;
    mask[words]
        .iter()
        .enumerate()
        .find(|(_, word)| **word != 0)
        .map(|(index, word)| (start + index) * 64 + word.trailing_zeros() as usize)
}

type Test = fn(&Tables, &Subject, Seen, &mut [u64], &mut [u64]);

/// The conditions in the order in which "nearest" is told: where, then what, then when.
const TESTS: [(Condition, Test); 9] = [
    (Condition::Area, |tables, _, seen, mask, scratch| match seen.point_rad {
        Some(point) => {
            scratch.copy_from_slice(&tables.anywhere);
            tables.grid.mark(point, scratch);
            and(mask, scratch);
        }
        None => and(mask, &tables.nowhere),
    }),
    (Condition::Level, |tables, subject, _, mask, _| match subject.level_m {
        Some(level_m) => and(mask, tables.level.row(level_m)),
        None => and(mask, &tables.no_level),
    }),
    (Condition::Identity, |tables, subject, _, mask, _| {
        and(mask, tables.identity.row(subject.identity as usize));
    }),
    (Condition::Service, |tables, subject, _, mask, _| {
        and(mask, tables.service.row(subject.service as usize));
    }),
    (Condition::FlightKind, |tables, subject, _, mask, _| {
        and(mask, tables.flight.row(subject.flight as usize));
    }),
    (Condition::Plan, |tables, subject, _, mask, _| {
        and(mask, tables.plan.row(subject.plan as usize));
    }),
    (Condition::Alert, |tables, subject, _, mask, scratch| {
        scratch.copy_from_slice(tables.alert.row(ALERTS));
        let mut kinds = subject.alerts.bits();
        while kinds != 0 {
            or(scratch, tables.alert.row(kinds.trailing_zeros() as usize));
            kinds &= kinds - 1;
        }
        and(mask, scratch);
        and(mask, tables.alert_state.row(subject.alert_state as usize));
    }),
    (Condition::Named, |tables, subject, _, mask, scratch| {
        if tables.addresses.is_empty() && tables.callsigns.is_empty() {
            return;
        }
        scratch.copy_from_slice(&tables.unnamed);
        let address = subject.codes.address.and_then(|code| tables.addresses.get(&code));
        let callsign = subject.codes.callsign.and_then(|sign| tables.callsigns.get(&sign));
        address.into_iter().chain(callsign).for_each(|row| or(scratch, row));
        and(mask, scratch);
    }),
    (Condition::Delay, |tables, _, seen, mask, _| and(mask, tables.delay.row(seen.age_s))),
];

/// Every shape once, with the bits of the clauses that name it.
fn shapes(words: usize, clauses: &[Wanted<'_>]) -> Vec<(Arc<crate::area::Shape>, Vec<u64>)> {
    let mut shapes: Vec<(Arc<crate::area::Shape>, Vec<u64>)> = Vec::new();
    for clause in clauses {
        let Area::Shapes(of_clause) = &clause.of.area else { continue };
        for shape in of_clause {
            let known = shapes.iter().position(|(known, _)| Arc::ptr_eq(known, shape));
            let index = known.unwrap_or_else(|| {
                shapes.push((shape.clone(), vec![0; words]));
                shapes.len() - 1
            });
            set(&mut shapes[index].1, clause.bit);
        }
    }
    shapes
}
