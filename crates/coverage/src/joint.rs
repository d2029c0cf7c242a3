//! Coverage of many sites together, over a region: lowest covered level, how many see, what is lost
//! with one off, where nobody sees.

use crate::site::{Cover, Role, Site};
use crate::terrain::{Cell, Lattice, Terrain};
use rayon::prelude::*;
use std::sync::Arc;

/// Cells that a study asks about: a polygon's, or all.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// In ascending order, as indices into the terrain's values.
    pub cells: Vec<u32>,
}

/// Positions in degrees, (latitude, longitude).
pub type Ring = Vec<(f64, f64)>;

impl Region {
    /// All cells with known ground.
    pub fn everywhere(terrain: &Terrain) -> Self {
        let known = |index: &u32| !terrain.mean_m[*index as usize].is_nan();
        Self { cells: (0..terrain.lattice.len() as u32).filter(known).collect() }
    }

    /// Cells inside an odd number of `rings`: outer rings and holes in any order.
    pub fn inside(terrain: &Terrain, rings: &[Ring]) -> Self {
        let lattice = &terrain.lattice;
        let mut cells = Vec::new();
        for row in 0..lattice.rows {
            let latitude = lattice.latitude_deg(row as f64);
            let mut crossings: Vec<f64> = rings
                .iter()
                .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
                .filter(|(a, b)| (a.0 > latitude) != (b.0 > latitude))
                .map(|(a, b)| {
                    let part = (latitude - a.0) / (b.0 - a.0);
                    let (from, to) = (lattice.col_of(a.1), lattice.col_of(b.1));
                    from + part * (to - from)
                })
                .collect();
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let first = pair[0].ceil().max(0.0) as usize;
                let end = (pair[1].floor() + 1.0).clamp(0.0, lattice.cols as f64) as usize;
                let cell = |col| lattice.index(Cell { row, col }) as u32;
                cells.extend((first..end).map(cell));
            }
        }
        cells.retain(|&index| !terrain.mean_m[index as usize].is_nan());
        Self { cells }
    }

    /// Area, square metres.
    pub fn area_m2(&self, lattice: &Lattice) -> f64 {
        self.cells.iter().map(|&c| lattice.cell_area_m2(c as usize / lattice.cols)).sum()
    }
}

/// One that covers: a site, or what a partner shares of all of its sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name, unique among the members.
    pub name: String,
    /// Whose it is.
    pub party: String,
    /// What it does in joint coverage.
    pub role: Role,
    /// What it covers; shared, so that variants of a plan hold it once.
    pub cover: Arc<Cover>,
}

impl Member {
    /// A site with its cover.
    pub fn of(site: &Site, cover: impl Into<Arc<Cover>>) -> Self {
        let cover = cover.into();
        Self { name: site.name.clone(), party: site.party.clone(), role: site.role, cover }
    }
}

/// Members over one terrain. They can be replaced one by one: only a changed site is swept again.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// The terrain's lattice.
    pub lattice: Lattice,
    /// Those that cover, in the order given.
    pub members: Vec<Member>,
}

/// Area at one altitude and by how many sites it is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Multiplicity {
    /// `area_m2[n]` is covered by exactly n sites; the last by that many or more.
    pub area_m2: Vec<f64>,
}

impl Multiplicity {
    /// Area that at least `k` sites cover, square metres.
    pub fn at_least_m2(&self, k: usize) -> f64 {
        self.area_m2.iter().skip(k).sum()
    }
}

/// What one site gives to a joint coverage, at one altitude.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The site's name.
    pub name: String,
    /// Area it covers in the region, square metres.
    pub covered_m2: f64,
    /// Of it, area that nobody else covers: what is lost with the site off.
    pub alone_m2: f64,
    /// Area that it covers together with each other site, in the order of the sites.
    pub overlap_m2: Vec<f64>,
}

/// What one party's sites give to a joint coverage, at one altitude.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyShare {
    /// Whose.
    pub party: String,
    /// Area in the region that its sites cover by themselves, square metres.
    pub covered_m2: f64,
    /// Of all that is covered, area that nobody covers without its sites, square metres.
    pub alone_m2: f64,
}

/// Why nobody sees a gap at its altitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// Ground hides it: higher up it is seen.
    Hidden,
    /// It is over a site, above the site's highest elevation: lower down it is seen.
    Cone,
    /// It is out of every site's range, at any altitude or so high up, or the ground on the way is
    /// unknown.
    Beyond,
}

/// A connected part of the region that nobody covers at an altitude. Cones of silence are gaps of
/// their own, also where they touch a gap of another kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Why; of several reasons, the one of the greater part.
    pub kind: GapKind,
    /// Area, square metres.
    pub area_m2: f64,
    /// Traffic in it, in the units of the traffic given; its area where none was.
    pub traffic: f64,
    /// Cell nearest to the middle.
    pub middle: Cell,
    /// Lowest and highest height of the ground in it, metres.
    pub ground_m: (f32, f32),
    /// Altitude from which half its area is covered, metres; `None` where nothing reaches half.
    pub half_covered_m: Option<f32>,
    /// Its cells, indices into the terrain's values.
    pub cells: Vec<u32>,
}

/// What ranks gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// Size.
    Area,
    /// Flights in it.
    Traffic,
}

impl Joint {
    /// Members, all over `lattice`.
    pub fn new(lattice: Lattice, members: Vec<Member>) -> Self {
        Self { lattice, members }
    }

    /// Puts a member in the place of the one of its name, or adds it.
    pub fn replace(&mut self, member: Member) {
        match self.members.iter_mut().find(|old| old.name == member.name) {
            Some(place) => *place = member,
            None => self.members.push(member),
        }
    }

    /// How many cover an altitude over a cell, with one perhaps left out. Receivers
    /// of a multilateration system count as one once there are enough of them in view.
    pub fn count(&self, cell: Cell, altitude_m: f32, left_out: Option<usize>) -> u8 {
        self.count_of(cell, altitude_m, |index| Some(index) != left_out)
    }

    /// As [`Self::count`], of the members whose index is `wanted`.
    fn count_of(&self, cell: Cell, altitude_m: f32, wanted: impl Fn(usize) -> bool) -> u8 {
        let (mut alone, mut receivers) = (0_u8, 0_usize);
        for (index, member) in self.members.iter().enumerate() {
            if wanted(index) && member.cover.covers(cell, altitude_m) {
                match member.role {
                    Role::Alone => alone = alone.saturating_add(1),
                    Role::Multilateration => receivers += 1,
                }
            }
        }
        alone.saturating_add(u8::from(receivers >= crate::mlat::RECEIVERS_MIN))
    }

    /// For each cell of `region`, how many cover `altitude_m`.
    pub fn counts(&self, region: &Region, altitude_m: f32) -> Vec<u8> {
        let count = |index: &u32| self.count(self.lattice.cell(*index as usize), altitude_m, None);
        region.cells.par_iter().map(count).collect()
    }

    /// Lowest altitude over each cell of the lattice that some site covers, metres; NaN where none.
    pub fn lowest_m(&self) -> Vec<f32> {
        let at = |index| self.lowest_at_m(self.lattice.cell(index));
        (0..self.lattice.len()).into_par_iter().map(at).collect()
    }

    /// Lowest altitude over a cell that some site covers, metres; NaN where none.
    ///
    /// Receivers of multilateration count where the fourth lowest of them begins to see. The cone of
    /// silence is not a floor: over a site, the lowest altitude is covered unless it is in the cone.
    pub fn lowest_at_m(&self, cell: Cell) -> f32 {
        // The four lowest of the receivers, ascending.
        let mut receivers = [f32::INFINITY; crate::mlat::RECEIVERS_MIN];
        let mut lowest = f32::INFINITY;
        for member in &self.members {
            let Some(local) = member.cover.local(cell) else { continue };
            let value = member.cover.lowest_m[member.cover.lattice.index(local)];
            if value.is_nan() || value > member.cover.highest_m(local) {
                continue;
            }
            match member.role {
                Role::Alone => lowest = lowest.min(value),
                Role::Multilateration => {
                    let mut rest = value;
                    for kept in &mut receivers {
                        (*kept, rest) = (kept.min(rest), kept.max(rest));
                    }
                }
            }
        }
        lowest = lowest.min(receivers[crate::mlat::RECEIVERS_MIN - 1]);
        if lowest.is_finite() { lowest } else { f32::NAN }
    }

    /// Area of `region` by how many cover it at `altitude_m`, counted up to `most`.
    pub fn multiplicity(&self, region: &Region, altitude_m: f32, most: usize) -> Multiplicity {
        let mut area_m2 = vec![0.0; most + 1];
        for (index, count) in region.cells.iter().zip(self.counts(region, altitude_m)) {
            let row = *index as usize / self.lattice.cols;
            area_m2[usize::from(count).min(most)] += self.lattice.cell_area_m2(row);
        }
        Multiplicity { area_m2 }
    }

    /// What each site gives at `altitude_m`: its area, what is lost without it, and overlaps.
    pub fn shares(&self, region: &Region, altitude_m: f32) -> Vec<Share> {
        let part = |cells: &[u32]| self.shares_of(cells, altitude_m);
        // Parts of one size, added in their order: the sum does not depend on the threads.
        let parts: Vec<Vec<Share>> = region.cells.par_chunks(1 << 16).map(part).collect();
        parts.into_iter().fold(self.no_shares(), |mut sum, part| {
            for (sum, part) in sum.iter_mut().zip(part) {
                sum.covered_m2 += part.covered_m2;
                sum.alone_m2 += part.alone_m2;
                sum.overlap_m2.iter_mut().zip(part.overlap_m2).for_each(|(sum, part)| *sum += part);
            }
            sum
        })
    }

    fn no_shares(&self) -> Vec<Share> {
        let share = |member: &Member| Share {
            name: member.name.clone(),
            covered_m2: 0.0,
            alone_m2: 0.0,
            overlap_m2: vec![0.0; self.members.len()],
        };
        self.members.iter().map(share).collect()
    }

    fn shares_of(&self, cells: &[u32], altitude_m: f32) -> Vec<Share> {
        let mut shares = self.no_shares();
        let mut seen = Vec::with_capacity(self.members.len());
        for &index in cells {
            let cell = self.lattice.cell(index as usize);
            let area_m2 = self.lattice.cell_area_m2(cell.row);
            seen.clear();
            let covers = |i: &usize| self.members[*i].cover.covers(cell, altitude_m);
            seen.extend((0..self.members.len()).filter(covers));
            let receiver = |i: &&usize| self.members[**i].role == Role::Multilateration;
            let receivers = seen.iter().filter(receiver).count();
            let alone = seen.len() - receivers;
            let fixed = usize::from(receivers >= crate::mlat::RECEIVERS_MIN);
            for &site in &seen {
                shares[site].covered_m2 += area_m2;
                let without = match self.members[site].role {
                    Role::Alone => alone - 1 + fixed,
                    Role::Multilateration => {
                        alone + usize::from(receivers > crate::mlat::RECEIVERS_MIN)
                    }
                };
                if alone + fixed > 0 && without == 0 {
                    shares[site].alone_m2 += area_m2;
                }
                for &other in seen.iter().filter(|&&other| other != site) {
                    shares[site].overlap_m2[other] += area_m2;
                }
            }
        }
        shares
    }

    /// What each party gives at `altitude_m`, in the order of their first sites: what its own sites
    /// cover, and what is lost if it gives nothing any more.
    pub fn party_shares(&self, region: &Region, altitude_m: f32) -> Vec<PartyShare> {
        let mut parties: Vec<&str> = Vec::new();
        for member in &self.members {
            if !parties.contains(&member.party.as_str()) {
                parties.push(&member.party);
            }
        }
        let all = self.counts(region, altitude_m);
        let share = |party: &str| {
            let own = |index: usize| self.members[index].party == party;
            let flags = |(&index, &all): (&u32, &u8)| {
                let cell = self.lattice.cell(index as usize);
                let covers = self.count_of(cell, altitude_m, own) > 0;
                let others = all > 0 && self.count_of(cell, altitude_m, |i| !own(i)) > 0;
                (covers, all > 0 && !others)
            };
            let flags: Vec<(bool, bool)> = region.cells.par_iter().zip(&all).map(flags).collect();
            let area_m2 = |wanted: fn(&(bool, bool)) -> bool| {
                let cells = region.cells.iter().zip(&flags).filter(|(_, flags)| wanted(flags));
                let area =
                    |(&c, _): (&u32, _)| self.lattice.cell_area_m2(c as usize / self.lattice.cols);
                // The sum of nothing is −0.
                0.0 + cells.map(area).sum::<f64>()
            };
            PartyShare {
                party: party.to_owned(),
                covered_m2: area_m2(|flags| flags.0),
                alone_m2: area_m2(|flags| flags.1),
            }
        };
        parties.into_iter().map(share).collect()
    }

    /// Parts of `region` where an aircraft at `altitude_m`, at least `clearance_m` above the ground,
    /// is seen by nobody, the greatest first. `traffic` gives flights per cell of the lattice.
    pub fn gaps(
        &self,
        terrain: &Terrain,
        region: &Region,
        (altitude_m, clearance_m): (f32, f32),
        (rank, traffic): (Rank, Option<&[f32]>),
    ) -> Vec<Gap> {
        let why = |index: &u32| {
            let cell = self.lattice.cell(*index as usize);
            let flown = terrain.mean_m[*index as usize] + clearance_m <= altitude_m;
            let open = flown && self.count(cell, altitude_m, None) == 0;
            open.then(|| self.why(cell, altitude_m))
        };
        let kinds: Vec<Option<GapKind>> = region.cells.par_iter().map(why).collect();
        let mut gaps = Vec::new();
        for cones in [false, true] {
            let mut open = vec![false; self.lattice.len()];
            for (&index, kind) in region.cells.iter().zip(&kinds) {
                open[index as usize] = kind.is_some_and(|kind| (kind == GapKind::Cone) == cones);
            }
            for &index in &region.cells {
                if open[index as usize] {
                    let cells = self.flood(index, &mut open);
                    gaps.push(self.describe(terrain, cells, traffic, altitude_m));
                }
            }
        }
        gaps.sort_by(|a, b| {
            let by = |gap: &Gap| match rank {
                Rank::Area => gap.area_m2,
                Rank::Traffic => gap.traffic,
            };
            by(b).total_cmp(&by(a)).then(a.middle.cmp(&b.middle))
        });
        gaps
    }

    /// Why an altitude that nobody covers over a cell is not covered.
    fn why(&self, cell: Cell, altitude_m: f32) -> GapKind {
        // Of those that would see it, were it not for the cone of silence or the range.
        let over = |in_cone: bool| {
            move |member: &Member| {
                member.cover.local(cell).is_some_and(|local| {
                    let cover = &member.cover;
                    let lowest = cover.lowest_m[cover.lattice.index(local)];
                    let above = lowest <= altitude_m && altitude_m > cover.highest_m(local);
                    above && cover.in_cone(local, altitude_m) == in_cone
                })
            }
        };
        if self.members.iter().any(over(true)) {
            GapKind::Cone
        } else if self.members.iter().any(over(false)) || self.lowest_at_m(cell).is_nan() {
            GapKind::Beyond
        } else {
            GapKind::Hidden
        }
    }

    /// The open cells connected with `from` by their sides, in ascending order; they are closed.
    fn flood(&self, from: u32, open: &mut [bool]) -> Vec<u32> {
        let cols = self.lattice.cols;
        let mut cells = vec![from];
        open[from as usize] = false;
        let mut next = 0;
        while let Some(&index) = cells.get(next) {
            next += 1;
            let (index, col) = (index as usize, index as usize % cols);
            let sides = [
                (index >= cols).then(|| index - cols),
                (col > 0).then(|| index - 1),
                (col + 1 < cols).then_some(index + 1),
                (index + cols < open.len()).then_some(index + cols),
            ];
            for side in sides.into_iter().flatten() {
                if std::mem::take(&mut open[side]) {
                    cells.push(side as u32);
                }
            }
        }
        cells.sort_unstable();
        cells
    }

    fn describe(
        &self,
        terrain: &Terrain,
        cells: Vec<u32>,
        traffic: Option<&[f32]>,
        altitude_m: f32,
    ) -> Gap {
        let lattice = &self.lattice;
        let area = |&c: &u32| lattice.cell_area_m2(c as usize / lattice.cols);
        let area_m2: f64 = cells.iter().map(area).sum();
        let count = cells.len() as f64;
        let mean = cells.iter().fold((0.0, 0.0), |sum, &c| {
            let cell = lattice.cell(c as usize);
            (sum.0 + cell.row as f64 / count, sum.1 + cell.col as f64 / count)
        });
        let from_mean = |&c: &u32| {
            let cell = lattice.cell(c as usize);
            let (down, right) = (cell.row as f64 - mean.0, cell.col as f64 - mean.1);
            down * down + right * right
        };
        let nearest = cells.iter().min_by(|a, b| from_mean(a).total_cmp(&from_mean(b)));
        let ground = cells.iter().map(|&c| terrain.mean_m[c as usize]);
        let ground_m = ground
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), h| (low.min(h), high.max(h)));
        let floor = |&c: &u32| self.lowest_at_m(lattice.cell(c as usize));
        let mut floors: Vec<f32> = cells.iter().map(floor).collect();
        let why = |&c: &u32| self.why(lattice.cell(c as usize), altitude_m);
        let mut kinds: Vec<GapKind> = cells.iter().map(why).collect();
        // The middle of the ordered ones is that of the greater part, of the three kinds or nearly.
        kinds.sort_unstable();
        // NaN last: nobody ever covers these.
        floors.sort_by(f32::total_cmp);
        let half = floors[floors.len() / 2];
        Gap {
            kind: kinds[kinds.len() / 2],
            area_m2,
            traffic: traffic
                .map_or(area_m2, |t| cells.iter().map(|&c| f64::from(t[c as usize])).sum()),
            middle: lattice.cell(*nearest.unwrap_or(&0) as usize),
            ground_m,
            half_covered_m: (!half.is_nan()).then_some(half),
            cells,
        }
    }
}
