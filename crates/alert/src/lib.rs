//! Alerts, rules that fire on the picture, and incidents, what people do about them.
//!
//! Pure: no clock, file, thread or randomness. Each evaluation the node fills a [`Scene`], the
//! [`rules`] look at it and write what they find into [`Firings`], and the [`Board`] makes alerts of
//! these: one row per rule, cause and track, updated in place. Start at [`Board`].

mod alert;
pub mod board;
mod bytes;
mod cover;
mod detection;
mod firings;
pub mod incident;
pub mod rules;
mod scene;
pub mod site;
pub mod trust;

pub use alert::{AlertId, AlertKey, Cause, Fact, Firing, RemoteId, Rule, Severity, Value};
pub use board::{
    Act, ActError, Alert, Board, BoardConfig, Changes, Counts, Delay, End, Ended, Joined, Mute,
    MuteScope, Order, Page, RestoreError, State, View,
};
pub use detection::{DetectionConfig, DetectionWatch};
pub use firings::Firings;
pub use scene::{
    AerodromeFact, Bias, Degraded, Detection, EndedTrack, PlanFact, RemoteIdFact, RemoteIdStatus,
    RoutePoint, Scene, SensorFact, Subject,
};
