//! What is meant to happen in the air, and how it compares with what does: airspace and
//! permissions, aerodromes, points and borders in [`airspace`]; flight plans in [`plan`].
//!
//! Pure: texts come in as bytes from outside and yield what was understood plus named defects,
//! each with its line and field; nothing panics or allocates beyond its bound.

pub mod airspace;
pub mod plan;
