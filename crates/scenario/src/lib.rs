//! Scenarios: seeded traffic, sensors and faults with the truth, and the scores of a tracker's
//! tracks against that truth.
//!
//! Pure: the same file and seed give the same scenario to the byte (on one platform: the last digit of
//! a sine may differ between mathematics libraries). [`spec`] is a scenario as a file says it,
//! [`traffic`] what flies, [`sensing`] what sensors make of it ([`sensing::Simulation::run`]), [`form`] is the scenario folder as
//! text, [`score`] compares tracks with truth, [`load`] makes plots of very many targets cheaply,
//! [`random`] is where all chance comes from.

pub mod form;
pub mod load;
pub mod random;
pub mod score;
pub mod sensing;
pub mod spec;
pub mod traffic;
