//! Scenarios: seeded traffic, sensors and faults with the truth, and the scores of a tracker's
//! tracks against that truth.
//!
//! Pure: the same seed gives the same scenario to the byte. [`form`] is the scenario folder as
//! text, [`score`] compares tracks with truth, [`load`] makes plots of very many targets cheaply,
//! [`random`] is where all chance comes from.

pub mod form;
pub mod load;
pub mod random;
pub mod score;
