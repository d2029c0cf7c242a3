//! What sensors see over terrain, where nobody sees, and what one more sensor would add.
//!
//! Ground in ([`terrain`]), one polar [`sweep`] a site gives the lowest visible altitude everywhere, a
//! [`site`]'s limits make it a cover, [`joint`] counts covers. [`siting`] chooses, [`observed`] compares
//! with recordings, [`share`] is for partners, [`board`] is for a console. Start at
//! [`site::Site::cover`]; docs/design/coverage.md says why it is so.
//!
//! Heights are metres over the geoid, angles of positions degrees as terrain has them. Pure: bytes
//! and numbers in and out; threads share the work and do not change the result.

pub mod atmosphere;
pub mod board;
mod ceiling;
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
