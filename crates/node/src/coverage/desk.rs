//! The ground of a study, and the answers to what planners ask of it.

use super::files::{self, StudyGround};
use super::layer::{self, Frame, PIXELS_MAX, Seen};
use super::planner::{Answer, Question};
use super::predicted;
use super::shared;
use super::study::Study;
use super::wire::{
    Advice, AdviceAsked, AdviceStep, Figures, FiguresAsked, GapRow, Horizon, LayerAsked, LayerKind,
    LevelRow, Opening, PredictedAsked, SiteEntry, SiteRow, Window,
};
use coverage::atmosphere::Propagation;
use coverage::board::{Board, BoardError};
use coverage::joint::{Joint, Member, Rank, Region, Ring};
use coverage::site::{Limits, Method, Role, Site};
use coverage::siting::{Bits, Budget, Demand, RANKING_CELLS, choose, spread_summits};
use coverage::terrain::Surface;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Covers kept, bytes: both surfaces of 20 sites of 250 NM at 15″.
const KEPT_BYTES_MAX: usize = 1 << 30;
/// Levels of a table at most.
const LEVELS_MAX: usize = 16;
/// Gaps told.
const GAPS_TOLD: usize = 20;
/// Candidates looked at for one advice: each is a sweep.
const CANDIDATES_MAX: usize = 250;
const KM2: f64 = 1e6;

/// One study, open.
pub(super) struct Desk {
    path: PathBuf,
    study: Study,
    rings: Vec<Ring>,
    region: Region,
    /// Whether each cell is in the region.
    in_region: Vec<bool>,
    board: Board,
    /// What partners share.
    shared: Vec<Member>,
    warnings: Vec<String>,
}

fn json<T: serde::Serialize>(answer: &T) -> Answer {
    serde_json::to_vec(answer).map_err(|error| error.to_string())
}

/// Altitude of a flight level on the standard atmosphere, metres.
fn altitude_m(level: f64) -> f32 {
    (level * 100.0 * METRES_PER_FOOT) as f32
}

fn is_level(level: f64) -> Result<f64, String> {
    let sound = (1.0..=490.0).contains(&level);
    sound.then_some(level).ok_or_else(|| format!("{level} is no flight level; give 1 to 490"))
}

impl Desk {
    /// Reads the ground of `study`, which was read from `path`.
    pub(super) fn open(path: &Path, study: Study) -> Result<Self, String> {
        let said = |error: anyhow::Error| format!("{}: {error:#}", path.display());
        let read = files::ground(&study, &mut |_, _| {}).map_err(said)?;
        files::sound(&study, &read).map_err(|error| said(error.into()))?;
        let StudyGround { terrain, rings, warnings } = read;
        let shared = study.shared.iter().map(|file| shared::read(file));
        let shared = shared.collect::<anyhow::Result<Vec<_>>>().map_err(said)?;
        let shared = shared.iter().map(|cover| cover.member(&terrain.lattice)).collect();
        let region = files::region(&terrain, &rings);
        let mut in_region = vec![false; terrain.lattice.len()];
        region.cells.iter().for_each(|&cell| in_region[cell as usize] = true);
        let board = Board::new(Arc::new(terrain), study.method, KEPT_BYTES_MAX);
        Ok(Self { path: path.to_owned(), study, rings, region, in_region, board, shared, warnings })
    }

    /// What the view opens with where there is nothing to see.
    pub(super) fn closed(why: &str) -> Answer {
        json(&Opening {
            closed: Some(why.to_owned()),
            study: String::new(),
            propagation: String::new(),
            step_arcsec: 0.0,
            levels: Vec::new(),
            clearance_m: 0.0,
            sites: Vec::new(),
            candidates: Vec::new(),
            shared: Vec::new(),
            region: Vec::new(),
            bounds: None,
            warnings: Vec::new(),
        })
    }

    /// Answers, unless `go_on` says that nobody waits.
    pub(super) fn answer(&mut self, question: Question, go_on: &dyn Fn() -> bool) -> Answer {
        match question {
            Question::Opening => self.opening(),
            Question::Layer(asked) => self.layer(&asked, go_on),
            Question::Figures(asked) => self.figures(&asked, go_on),
            Question::Horizon(asked) => self.horizon(&asked),
            Question::Advice(asked) => self.advice(&asked, go_on),
            Question::Predicted(asked) => self.predicted(&asked, go_on),
        }
    }

    fn opening(&self) -> Answer {
        let study = &self.study;
        let entries = |sites: &[Site]| sites.iter().map(SiteEntry::from).collect();
        let b = self.board.terrain().lattice.bounds();
        let ring = |ring: &Ring| ring.iter().map(|&(lat, lon)| [lat, lon]).collect();
        json(&Opening {
            closed: None,
            study: self.path.display().to_string(),
            propagation: match study.method.propagation {
                Propagation::Exponential { n0 } => format!("exponential atmosphere, N0 {n0:.0}"),
                Propagation::EffectiveEarth { k } => format!("earth of {k:.3} times its radius"),
            },
            step_arcsec: study.step_arcsec,
            levels: study.levels.clone(),
            clearance_m: study.clearance_m,
            sites: entries(&study.sites),
            candidates: entries(&study.candidates),
            shared: self.shared.iter().map(|member| member.name.clone()).collect(),
            region: self.rings.iter().map(ring).collect(),
            bounds: Some(Window {
                south_deg: b.south_deg,
                west_deg: b.west_deg,
                north_deg: b.north_deg,
                east_deg: b.east_deg,
            }),
            warnings: self.warnings.clone(),
        })
    }

    /// Sites, and what partners share, over one surface.
    fn joint(
        &mut self,
        entries: &[SiteEntry],
        surface: Surface,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Joint, String> {
        let sites: Vec<Site> = entries.iter().map(SiteEntry::site).collect::<Result<_, _>>()?;
        for (i, site) in sites.iter().enumerate() {
            if sites[..i].iter().any(|other| other.name == site.name) {
                return Err(format!("{}: another site has this name; give it another", site.name));
            }
        }
        let joint = self.board.joint(&sites, surface, go_on);
        let mut joint = joint.map_err(|error: BoardError| error.to_string())?;
        joint.members.extend(self.shared.iter().cloned());
        Ok(joint)
    }

    fn layer(&mut self, asked: &LayerAsked, go_on: &dyn Fn() -> bool) -> Answer {
        let LayerAsked { window, width, height, .. } = *asked;
        let edges = [window.south_deg, window.west_deg, window.north_deg, window.east_deg];
        let upright = window.south_deg < window.north_deg && window.west_deg < window.east_deg;
        if !upright || !edges.iter().all(|edge| edge.abs() <= 720.0) {
            return Err("the window's edges are no part of the Earth".to_owned());
        }
        if u64::from(width) * u64::from(height) > PIXELS_MAX || width == 0 || height == 0 {
            return Err(format!("{width} by {height} pixels; give at most {PIXELS_MAX}"));
        }
        let level = is_level(asked.level)?;
        let frame = Frame::new(&self.board.terrain().lattice, &window, width, height);
        if asked.kind == LayerKind::Relief {
            return Ok(layer::relief(self.board.terrain(), &frame));
        }
        let may = self.joint(&asked.sites, Surface::Mean, go_on)?;
        if asked.kind == LayerKind::Lowest {
            return Ok(layer::lowest(&may, &frame));
        }
        let surely = asked.surely.then(|| self.joint(&asked.sites, Surface::Upper, go_on));
        let surely = surely.transpose()?;
        let against = asked.against.as_deref().map(|a| self.joint(a, Surface::Mean, go_on));
        let against = against.transpose()?;
        let seen = Seen {
            terrain: self.board.terrain(),
            region: &self.in_region,
            may: &may,
            surely: surely.as_ref(),
            against: against.as_ref(),
            altitude_m: altitude_m(level),
            clearance_m: self.study.clearance_m as f32,
        };
        Ok(seen.bytes(&frame))
    }

    fn figures(&mut self, asked: &FiguresAsked, go_on: &dyn Fn() -> bool) -> Answer {
        if asked.levels.len() > LEVELS_MAX {
            return Err(format!("{} levels; give at most {LEVELS_MAX}", asked.levels.len()));
        }
        let may = self.joint(&asked.sites, Surface::Mean, go_on)?;
        let surely = self.joint(&asked.sites, Surface::Upper, go_on)?;
        let against = asked.against.as_deref().map(|a| self.joint(a, Surface::Mean, go_on));
        let against = against.transpose()?;
        let total_m2 = self.region.area_m2(&self.board.terrain().lattice).max(1.0);
        let mut levels = Vec::new();
        for &level in &asked.levels {
            if !go_on() {
                return Err(BoardError::Withdrawn.to_string());
            }
            levels.push(self.row(is_level(level)?, (&may, &surely, against.as_ref()), total_m2));
        }
        let altitude = altitude_m(is_level(asked.level)?);
        let percent = |area_m2: f64| 100.0 * area_m2 / total_m2;
        let shares = may.shares(&self.region, altitude);
        let row = |(member, share): (&Member, &coverage::joint::Share)| SiteRow {
            name: member.name.clone(),
            antenna_m: Some(member.cover.antenna_m).filter(|a| !a.is_nan()),
            covered: percent(share.covered_m2),
            alone: percent(share.alone_m2),
        };
        let sites = may.members.iter().zip(&shares).map(row).collect();
        let heights = (altitude, self.study.clearance_m as f32);
        let gaps = may.gaps(self.board.terrain(), &self.region, heights, (Rank::Area, None));
        let gap = |gap: &coverage::joint::Gap| {
            let (lat_deg, lon_deg) = self.board.terrain().lattice.position_deg(gap.middle);
            GapRow {
                kind: gap.kind.into(),
                km2: gap.area_m2 / KM2,
                lat_deg,
                lon_deg,
                ground_low_m: f64::from(gap.ground_m.0),
                ground_high_m: f64::from(gap.ground_m.1),
                half_from_ft: gap.half_covered_m.map(|m| f64::from(m) / METRES_PER_FOOT),
            }
        };
        json(&Figures {
            region_km2: total_m2 / KM2,
            levels,
            sites,
            gaps_total: gaps.len() as u32,
            gaps_km2: gaps.iter().map(|gap| gap.area_m2).sum::<f64>() / KM2,
            gaps: gaps.iter().take(GAPS_TOLD).map(gap).collect(),
        })
    }

    fn row(
        &self,
        level: f64,
        (may, surely, against): (&Joint, &Joint, Option<&Joint>),
        total_m2: f64,
    ) -> LevelRow {
        let altitude = altitude_m(level);
        let lattice = &self.board.terrain().lattice;
        let counts = may.counts(&self.region, altitude);
        let sure = surely.counts(&self.region, altitude);
        let other = against.map(|joint| joint.counts(&self.region, altitude));
        // Of cells by their index in the region, per cent.
        let part = |wanted: &dyn Fn(usize) -> bool| {
            let cells = self.region.cells.iter().enumerate().filter(|(i, _)| wanted(*i));
            let area_m2 = cells.map(|(_, &c)| lattice.cell_area_m2(c as usize / lattice.cols));
            100.0 * area_m2.sum::<f64>() / total_m2
        };
        LevelRow {
            level,
            one: part(&|i| counts[i] >= 1),
            two: part(&|i| counts[i] >= 2),
            three: part(&|i| counts[i] >= 3),
            sure: part(&|i| sure[i] >= 1 && counts[i] >= 1),
            against: other.as_ref().map(|other| part(&|i| other[i] >= 1)),
            gained: other.as_ref().map(|other| part(&|i| counts[i] >= 1 && other[i] == 0)),
            lost: other.as_ref().map(|other| part(&|i| counts[i] == 0 && other[i] >= 1)),
        }
    }

    fn predicted(&mut self, asked: &PredictedAsked, go_on: &dyn Fn() -> bool) -> Answer {
        let here = predicted::check(asked)?;
        let standing = predicted::standing(&self.study.sites, asked, here).cloned();
        let name = standing.as_ref().map(|site| site.name.clone());
        let tried = match standing {
            Some(site) => vec![site],
            None => predicted::sites(asked),
        };
        let mut why = String::new();
        for site in tried {
            match self.board.joint(&[site], Surface::Mean, go_on) {
                Ok(joint) => {
                    let cover = joint.members.first().map(|member| &*member.cover);
                    let cover = cover.ok_or("there is no cover")?;
                    let terrain = self.board.terrain();
                    return predicted::over_terrain(asked, terrain, cover, name, go_on);
                }
                Err(BoardError::Withdrawn) => return Err(BoardError::Withdrawn.to_string()),
                Err(error) => why = error.to_string(),
            }
        }
        predicted::over_round_earth(asked, &why, go_on)
    }

    fn horizon(&self, asked: &SiteEntry) -> Answer {
        let site = asked.site()?;
        let terrain = self.board.terrain();
        let antenna_m = site.antenna_m(terrain).map_err(|error| error.to_string())?;
        let skyline = site.skyline(terrain, &self.board.method());
        let skyline = skyline.map_err(|error| error.to_string())?;
        let floor = |degree: usize| {
            let own = site.horizon_rad.as_ref().and_then(|own| own.get(degree)).copied();
            own.unwrap_or(f64::NEG_INFINITY)
        };
        let elevation =
            |(degree, s): (usize, &coverage::site::Skyline)| s.elevation_rad.max(floor(degree));
        json(&Horizon {
            antenna_m,
            elevation_deg: skyline.iter().enumerate().map(elevation).map(f64::to_degrees).collect(),
            distance_nm: skyline.iter().map(|s| s.ground_m / METRES_PER_NM).collect(),
        })
    }

    fn advice(&mut self, asked: &AdviceAsked, go_on: &dyn Fn() -> bool) -> Answer {
        let levels: Vec<f64> =
            asked.levels.iter().take(LEVELS_MAX).map(|&l| is_level(l)).collect::<Result<_, _>>()?;
        let altitudes: Vec<f32> = levels.into_iter().map(altitude_m).collect();
        let joint = self.joint(&asked.sites, Surface::Mean, go_on)?;
        let terrain = self.board.terrain().clone();
        let clearance_m = self.study.clearance_m as f32;
        // Every fourth cell each way: two kilometres tell one place from the other well enough.
        let demand = Demand::over(&terrain, &self.region, &altitudes, (clearance_m, 4));
        let existing: Vec<Bits> = joint.members.iter().map(|m| demand.bits(&m.cover)).collect();
        let candidates = self.candidates(&asked.sites, asked.summits as usize);
        let mut bits = Vec::with_capacity(candidates.len());
        let ranking = Method { spacing_cells: RANKING_CELLS, ..self.board.method() };
        for site in &candidates {
            if !go_on() {
                return Err(BoardError::Withdrawn.to_string());
            }
            let cover = site.cover(&terrain, &ranking);
            bits.push(demand.bits(&cover.map_err(|error| error.to_string())?));
        }
        let costs = vec![1.0; candidates.len()];
        let number = asked.number.clamp(1, 8) as usize;
        let plan = choose(&existing, &bits, &costs, (Budget::Sites(number), 1));
        let percent = |voxels: u64| 100.0 * voxels as f64 / demand.voxels.len().max(1) as f64;
        let step = |step: &coverage::siting::Step| {
            let site = &candidates[step.candidate];
            AdviceStep {
                site: site.into(),
                covered: percent(step.covered),
                gain: percent(step.gain),
                ground_m: terrain.height_m(site.latitude_deg, site.longitude_deg),
            }
        };
        json(&Advice {
            before: percent(plan.before),
            steps: plan.steps.iter().map(step).collect(),
            candidates: candidates.len() as u32,
            better_at_most: 100.0 * plan.better_at_most(),
        })
    }

    /// The study's candidates that do not stand yet, and the region's summits with the first
    /// standing site's mast and limits.
    fn candidates(&self, standing: &[SiteEntry], number: usize) -> Vec<Site> {
        let stands = |site: &&Site| standing.iter().any(|other| other.name == site.name);
        let mut all: Vec<Site> =
            self.study.candidates.iter().filter(|site| !stands(site)).cloned().collect();
        let terrain = self.board.terrain();
        let like = self.study.sites.first().or(self.study.candidates.first());
        let limits = like.map_or(Limits::to(200.0 * METRES_PER_NM), |site| site.limits.clone());
        let number = number.min(CANDIDATES_MAX.saturating_sub(all.len()));
        let summit = |cell| {
            let (latitude_deg, longitude_deg) = terrain.lattice.position_deg(cell);
            let height_m = terrain.mean_m[terrain.lattice.index(cell)];
            Site {
                name: format!("Summit {height_m:.0} m {latitude_deg:.2} {longitude_deg:.2}"),
                party: like.map_or("XXA".to_owned(), |site| site.party.clone()),
                latitude_deg,
                longitude_deg,
                ground_m: None,
                mast_m: like.map_or(20.0, |site| site.mast_m),
                role: Role::Alone,
                limits: Limits { sectors: Vec::new(), ..limits.clone() },
                horizon_rad: None,
                cost: 1.0,
            }
        };
        all.extend(spread_summits(terrain, &self.region, number).into_iter().map(summit));
        all.truncate(CANDIDATES_MAX);
        all
    }
}
