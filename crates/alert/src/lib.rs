//! Alerts, rules that fire on the picture, and incidents, what people do about them.
//!
//! Pure: no clock, file, thread or randomness. An [`Alert`] is one row per rule, cause and track,
//! updated in place; start at [`AlertKey`].

mod alert;
pub mod incident;
pub mod rules;

pub use alert::{AlertId, AlertKey, Cause, Fact, Firing, Rule, Severity, Value};
