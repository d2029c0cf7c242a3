//! The rules, one file each: from the picture and what is intended to [`crate::Firing`]s.

pub mod area;
pub mod conflict;
mod path;
mod surroundings;
pub mod terrain;

pub use surroundings::{Ground, HeightLimits, Highest, NoGround, Qnh, QnhTable, Surroundings};
