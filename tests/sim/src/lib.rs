//! A world of several parties, each with a desk and a link to every other, in one thread and
//! virtual time. Links lose, double and reorder what they carry; nodes crash at any write; their people
//! suspend and resume accords, of which some begin and some end meanwhile.
//! Everything follows from the seed.

mod agreed;
mod random;
mod talk;
mod world;

pub use random::Random;
pub use world::{Faults, World};
