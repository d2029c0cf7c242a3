//! What a console asks while a planner drags masts: sites over one ground, of which only the one
//! that changed is swept again.

use crate::export::outline::{Polygon, outline};
use crate::export::{Colour, Picture};
use crate::joint::{Joint, Member, Region};
use crate::site::{Method, Site, Skyline};
use crate::sweep::SiteError;
use crate::terrain::Terrain;
use std::sync::Arc;

/// Sites and what they cover together. Bounded: [`Board::SITES_MAX`].
#[derive(Debug, Clone)]
pub struct Board {
    terrain: Arc<Terrain>,
    method: Method,
    sites: Vec<Site>,
    joint: Joint,
    sweeps: u64,
}

/// Why a site cannot be put on a board.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BoardError {
    /// The site itself.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// There are too many.
    #[error("{name}: there are {} sites already; take one away first", Board::SITES_MAX)]
    Full {
        /// The site that is too many.
        name: String,
    },
}

impl Board {
    /// A cover of 250 NM at 15″ takes 22 MB.
    pub const SITES_MAX: usize = 64;

    /// No site yet.
    pub fn new(terrain: Arc<Terrain>, method: Method) -> Self {
        let joint = Joint::new(terrain.lattice, Vec::new());
        Self { terrain, method, sites: Vec::new(), joint, sweeps: 0 }
    }

    /// Puts a site on the board, or moves or changes the one of its name. Nothing is swept where
    /// nothing but its cost or party changed.
    pub fn put(&mut self, site: Site) -> Result<(), BoardError> {
        let place = self.sites.iter().position(|old| old.name == site.name);
        if place.is_none() && self.sites.len() >= Self::SITES_MAX {
            return Err(BoardError::Full { name: site.name });
        }
        if let Some(place) = place {
            let old = &self.sites[place];
            let same = Site { cost: site.cost, party: site.party.clone(), ..old.clone() };
            if same == site {
                self.joint.members[place].party.clone_from(&site.party);
                self.sites[place] = site;
                return Ok(());
            }
        }
        let cover = site.cover(&self.terrain, &self.method)?;
        self.sweeps += 1;
        self.joint.replace(Member::of(&site, cover));
        match place {
            Some(place) => self.sites[place] = site,
            None => self.sites.push(site),
        }
        Ok(())
    }

    /// Takes a site away; false where there is none of this name.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.sites.len();
        self.sites.retain(|site| site.name != name);
        self.joint.members.retain(|member| member.name != name);
        self.sites.len() < before
    }

    /// The sites, in the order they came.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The ground.
    pub fn terrain(&self) -> &Terrain {
        &self.terrain
    }

    /// What the sites cover, for figures: multiplicity, shares, gaps.
    pub fn joint(&self) -> &Joint {
        &self.joint
    }

    /// How many sweeps were made.
    pub fn sweeps(&self) -> u64 {
        self.sweeps
    }

    /// How many see `altitude_m` over each cell of the terrain.
    pub fn counts(&self, altitude_m: f32) -> Vec<u8> {
        let cells = (0..self.joint.lattice.len() as u32).collect();
        self.joint.counts(&Region { cells }, altitude_m)
    }

    /// Polygons around what at least `k` see at `altitude_m`.
    pub fn polygons(&self, altitude_m: f32, k: u8) -> Vec<Polygon> {
        let seen: Vec<bool> = self.counts(altitude_m).iter().map(|count| *count >= k).collect();
        outline(&self.joint.lattice, &seen)
    }

    /// A layer to lay over a map in latitude and longitude, its edges half a cell outside the
    /// outermost points of the terrain's lattice: one colour by how many see `altitude_m`, the last
    /// for that many and more.
    pub fn layer(&self, altitude_m: f32, width: usize, by_count: &[Colour]) -> Picture {
        let counts = self.counts(altitude_m);
        let mut picture = Picture::clear(&self.joint.lattice, width);
        picture.lay(|cell| {
            let count = usize::from(counts[self.joint.lattice.index(cell)]);
            let place = count.min(by_count.len()).checked_sub(1)?;
            by_count.get(place).copied()
        });
        picture
    }

    /// The horizon of a site, by degree of azimuth; `None` where there is no site of this name.
    pub fn skyline(&self, name: &str) -> Option<Result<Vec<Skyline>, SiteError>> {
        let site = self.sites.iter().find(|site| site.name == name)?;
        Some(site.skyline(&self.terrain, &self.method))
    }
}
