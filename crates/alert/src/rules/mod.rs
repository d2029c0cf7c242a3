//! The rules, one file each: from the picture and what is intended to [`crate::Firing`]s.
//!
//! A rule is a value with its thresholds and what it remembers. At each evaluation it sees the
//! [`crate::Scene`] and the [`crate::Board`], whose open alerts it holds against the threshold to
//! end and not to begin, and writes what it finds into [`crate::Firings`].

mod memory;
mod path;
mod surroundings;

pub mod adherence;
pub mod area;
pub mod code_change;
pub mod conflict;
pub mod cooperation;
pub mod disagreement;
pub mod duplicate;
pub mod emergency;
pub mod lost_track;
pub mod low_slow;
pub mod navigation;
pub mod sensor;
pub mod terrain;
pub mod unmanned;

pub use surroundings::{Ground, HeightLimits, Highest, NoGround, Qnh, QnhTable, Surroundings};

use memory::{PerTrack, last_of, speed_mps};
