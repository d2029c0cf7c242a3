//! What sensors see over terrain.
//!
//! Ground in ([`terrain`]), one polar sweep a site ([`sweep`]) gives the lowest visible altitude
//! everywhere.
pub mod atmosphere;
pub mod geoid;
pub mod sweep;
pub mod terrain;
