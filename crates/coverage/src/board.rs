//! What a console asks while a planner drags masts: sites over one ground, of which only those that
//! changed are swept again.

use crate::joint::{Joint, Member};
use crate::site::{Cover, Method, Site};
use crate::sweep::SiteError;
use crate::terrain::{Surface, Terrain};
use std::collections::VecDeque;
use std::sync::Arc;

/// A ground, and the covers of sites looked at lately. Its memory is bounded: see [`Board::new`].
#[derive(Debug)]
pub struct Board {
    terrain: Arc<Terrain>,
    method: Method,
    /// The one asked for last at the end.
    kept: VecDeque<Kept>,
    bytes_max: usize,
    sweeps: u64,
}

#[derive(Debug)]
struct Kept {
    /// Without what does not change a cover.
    site: Site,
    surface: Surface,
    cover: Arc<Cover>,
}

/// Why sites cannot be put on a board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// One of them.
    #[error("{0}")]
    Site(String),
    /// There are too many.
    #[error("{} sites are more than {}; take some away", .0, Board::SITES_MAX)]
    Full(usize),
    /// Nobody waits for the answer any more.
    #[error("the question was withdrawn")]
    Withdrawn,
}

impl From<SiteError> for BoardError {
    fn from(error: SiteError) -> Self {
        Self::Site(error.to_string())
    }
}

impl Board {
    /// A cover of 250 NM at 15″ takes 22 MB.
    pub const SITES_MAX: usize = 32;

    /// Nothing swept yet. Covers are kept up to `bytes_max`; the one not asked for the longest goes
    /// first.
    pub fn new(terrain: Arc<Terrain>, method: Method, bytes_max: usize) -> Self {
        Self { terrain, method, kept: VecDeque::new(), bytes_max, sweeps: 0 }
    }

    /// What `sites` cover over one surface: what may be seen over [`Surface::Mean`], what is surely
    /// seen over [`Surface::Upper`]. Between sweeps `go_on` is asked whether somebody still waits.
    ///
    /// # Errors
    /// A site cannot be swept, there are more than [`Board::SITES_MAX`], or nobody waits.
    pub fn joint(
        &mut self,
        sites: &[Site],
        surface: Surface,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Joint, BoardError> {
        if sites.len() > Self::SITES_MAX {
            return Err(BoardError::Full(sites.len()));
        }
        let mut members = Vec::with_capacity(sites.len());
        for site in sites {
            if !go_on() {
                return Err(BoardError::Withdrawn);
            }
            members.push(Member::of(site, self.cover(site, surface)?));
        }
        Ok(Joint::new(self.terrain.lattice, members))
    }

    fn cover(&mut self, site: &Site, surface: Surface) -> Result<Arc<Cover>, SiteError> {
        let key = Site { name: String::new(), party: String::new(), cost: 0.0, ..site.clone() };
        let same = |kept: &Kept| kept.surface == surface && kept.site == key;
        if let Some(kept) = self.kept.iter().position(same).and_then(|at| self.kept.remove(at)) {
            let cover = kept.cover.clone();
            self.kept.push_back(kept);
            return Ok(cover);
        }
        let method = if surface == Surface::Upper { self.method.surely() } else { self.method };
        let cover = Arc::new(site.cover(&self.terrain, &method)?);
        self.sweeps += 1;
        self.kept.push_back(Kept { site: key, surface, cover: cover.clone() });
        while self.kept.len() > 1 && self.bytes() > self.bytes_max {
            self.kept.pop_front();
        }
        Ok(cover)
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|kept| kept.cover.lowest_m.len() * size_of::<f32>()).sum()
    }

    /// The ground.
    pub fn terrain(&self) -> &Arc<Terrain> {
        &self.terrain
    }

    /// How sites are swept.
    pub fn method(&self) -> Method {
        self.method
    }

    /// How many sweeps were made.
    pub fn sweeps(&self) -> u64 {
        self.sweeps
    }

    /// How many covers are kept.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }
}
