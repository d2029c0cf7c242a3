//! Coverage planning for consoles: what sites see over terrain, asked while a planner drags masts.
//!
//! It is planning, not picture: nothing here reaches the engine, and one thread of its own does the
//! work ([`planner`]). A question whose asker has gone is dropped, between two sweeps at the latest,
//! so that the newest of a page is answered first. [`study`] and [`files`] read what the command line
//! reads too; [`desk`] answers; [`layer`] draws; [`predicted`] tells where one sensor should see; [`http`] is the door.

mod desk;
pub mod files;
mod ground;
pub(crate) mod http;
mod layer;
mod planner;
mod predicted;
pub mod shared;
pub mod study;
pub mod wire;

pub use ground::ground;
pub use planner::{Planner, Question};
