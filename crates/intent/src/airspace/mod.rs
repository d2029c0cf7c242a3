//! Airspace: volumes with limits, times and permissions, and which of them hold a position.
//!
//! A reader ([`read`]) turns bytes into [`Airspace`]s and named [`Defect`]s; [`Airspaces::build`]
//! makes them searchable; [`Airspaces::holding`], [`Airspaces::entries`], [`Airspaces::exits`] and
//! [`Airspaces::distance_m`] answer for one position at a time, into buffers of the caller's. What
//! a limit or a time of activity leaves open is [`Answer::Unknown`], never a guess.
//!
//! Start at [`Airspace`], then [`Airspaces`]. Leave for a flight is a [`Permission`]; named places
//! are [`Aerodrome`]s and [`Point`]s.

mod activation;
mod airspaces;
mod answer;
mod defect;
mod geometry;
mod index;
mod permission;
mod places;
pub mod read;
mod vertical;
mod volume;
mod write;

pub use activation::{Activation, Daily, Period};
pub use airspaces::{
    AIRSPACES_MAX, AirspaceId, Airspaces, Crossing, Hit, Motion, PATH_MAX_M, Scratch,
};
pub use answer::Answer;
pub use defect::{Defect, Fault};
pub use geometry::{ARC_ERROR_M, SIDE_ERROR_M};
pub use permission::{Permission, Subject};
pub use places::{Aerodrome, Places, Point, PointKind, other_indicator};
pub use vertical::{Heights, Limit, Limits};
pub use volume::{Airspace, Class, Geometry, Kind, Polygon};
pub use write::to_geojson;
