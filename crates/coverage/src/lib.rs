//! What sensors see over terrain.
//!
//! Ground in ([`terrain`]), one polar sweep a site ([`sweep`]) gives the lowest visible altitude
//! everywhere.
pub mod atmosphere;
pub mod board;
pub mod export;
pub mod geoid;
pub mod joint;
pub mod mlat;
pub mod observed;
pub mod radio;
pub mod route;
pub mod share;
pub mod site;
pub mod siting;
pub mod sweep;
pub mod terrain;
