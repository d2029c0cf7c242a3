//! The rules that look at one target, at codes, quality and sensors, all at once: as a node has
//! them, for what is measured of them together.

use alert::rules::code_change::CodeChangeRule;
use alert::rules::cooperation::CooperationRule;
use alert::rules::disagreement::DisagreementRule;
use alert::rules::duplicate::DuplicateRule;
use alert::rules::emergency::EmergencyRule;
use alert::rules::lost_track::LostTrackRule;
use alert::rules::low_slow::LowSlowRule;
use alert::rules::navigation::NavigationRule;
use alert::rules::sensor::SensorRule;
use alert::rules::unmanned::UnmannedRule;
use alert::{Board, Firings, Scene};

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct TargetRules {
    emergency: EmergencyRule,
    code_change: CodeChangeRule,
    duplicate: DuplicateRule,
    cooperation: CooperationRule,
    low_slow: LowSlowRule,
    lost_track: LostTrackRule,
    disagreement: DisagreementRule,
    navigation: NavigationRule,
    unmanned: UnmannedRule,
    sensor: SensorRule,
}

impl TargetRules {
    /// Evaluates each of them once.
    pub(crate) fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.emergency.evaluate(scene, board, firings);
        self.code_change.evaluate(scene, board, firings);
        self.duplicate.evaluate(scene, board, firings);
        self.cooperation.evaluate(scene, board, firings);
        self.low_slow.evaluate(scene, board, firings);
        self.lost_track.evaluate(scene, board, firings);
        self.disagreement.evaluate(scene, board, firings);
        self.navigation.evaluate(scene, board, firings);
        self.unmanned.evaluate(scene, board, firings);
        self.sensor.evaluate(scene, board, firings);
    }
}
