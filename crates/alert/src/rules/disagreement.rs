//! Targets whose claimed and measured positions disagree.

use crate::{AlertKey, Board, Cause, Fact, Firings, Rule, Scene, Severity, Value};

/// Fires for each track whose claim was found false; see [`crate::trust`] for how.
#[derive(Debug, Clone, Copy, Default)]
pub struct DisagreementRule;

/// The name of the fact that is where the target says that it is.
pub const CLAIMED: &str = "claimed position";

impl DisagreementRule {
    /// Fires for each such track, with the position to be trusted and the one claimed.
    pub fn evaluate(&mut self, scene: &Scene<'_>, _: &Board, firings: &mut Firings) {
        for subject in scene.tracks {
            let Some(claim) = &subject.claim else { continue };
            let key = AlertKey {
                cause: Cause::Address(claim.address),
                ..AlertKey::of_track(Rule::PositionDisagreement, subject.number())
            };
            let facts = firings.fire(key, Severity::Warning, None);
            facts.push(Fact::new("trusted position", Value::Place(claim.trusted)));
            facts.push(Fact::new(CLAIMED, Value::Place(claim.claimed)));
            facts.push(Fact::against(
                "distance",
                Value::DistanceM(claim.distance_m),
                Value::DistanceM(claim.limit_m),
            ));
            facts.push(Fact::new("measured by", Value::Sensor(claim.sensor)));
            facts.push(Fact::new("since", Value::At(claim.since)));
        }
    }
}
