//! How well tracks follow the truth.
//!
//! [`Card::of`] gives all figures of a run: GOSPA and its parts, OSPA, identity switches in the
//! manner of CLEAR-MOT (Bernardin and Stiefelhagen 2008), the SIAP attributes as they are commonly
//! computed from such an assignment, errors by kind of aircraft and by flight, and lag. Distances
//! are horizontal, in the plane tangent at the middle of the scenario.

mod assign;
mod card;
pub mod consistency;
pub mod esassp;
mod expected;
mod sets;
mod steps;
mod trajectory;

pub use card::{Card, ErrorStatistics, FlightStatistics, Siap};
pub use expected::{Expected, Figures};
pub use sets::SetDistance;
pub use trajectory::{Instant, TrajectoryDistance};

use crate::form::Meta;
use geodesy::Geodetic;

/// How to score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Middle of the area.
    pub centre: Geodetic,
    /// Half the side of the square in which tracks count, metres.
    pub half_width_m: f64,
    /// Seconds between instants.
    pub grid_s: f64,
    /// Instants before this many seconds are left out.
    pub warm_up_s: f64,
    /// Truth counts where one of these sensors could see it.
    pub coverage_mask: u32,
    /// Farthest that a track may be from the target it is taken to follow, metres.
    pub gate_m: f64,
    /// Cut-off of GOSPA and OSPA, metres.
    pub cutoff_m: f64,
}

impl Options {
    /// As its file says: by default 60 s left out, a gate of 2 km, a cut-off of 1 km.
    pub fn of(meta: &Meta) -> Self {
        Self {
            centre: meta.centre,
            half_width_m: meta.half_width_m,
            grid_s: meta.grid_s,
            warm_up_s: 60.0,
            coverage_mask: 15,
            gate_m: meta.gate_m,
            cutoff_m: meta.cutoff_m,
        }
    }
}
