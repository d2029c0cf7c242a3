//! The rules that look at one target, at codes, quality and sensors, all at once.

use super::code_change::{CodeChangeConfig, CodeChangeRule};
use super::cooperation::{CooperationConfig, CooperationRule};
use super::disagreement::DisagreementRule;
use super::duplicate::{DuplicateConfig, DuplicateRule};
use super::emergency::{EmergencyConfig, EmergencyRule};
use super::lost_track::{LostTrackConfig, LostTrackRule};
use super::low_slow::{LowSlowConfig, LowSlowRule};
use super::navigation::{NavigationConfig, NavigationRule};
use super::sensor::{SensorConfig, SensorRule};
use super::unmanned::{UnmannedConfig, UnmannedRule};
use crate::{Board, Firings, Scene};

/// Thresholds of all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetConfig {
    /// Emergency codes.
    pub emergency: EmergencyConfig,
    /// Changes of code.
    pub code_change: CodeChangeConfig,
    /// Codes and addresses at two targets.
    pub duplicate: DuplicateConfig,
    /// Lost transponders and non-cooperative tracks.
    pub cooperation: CooperationConfig,
    /// Low and slow targets.
    pub low_slow: LowSlowConfig,
    /// Lost tracks.
    pub lost_track: LostTrackConfig,
    /// Disturbed satellite navigation.
    pub navigation: NavigationConfig,
    /// Remote IDs.
    pub unmanned: UnmannedConfig,
    /// Sensors.
    pub sensor: SensorConfig,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct TargetRules {
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
    /// With these thresholds.
    pub fn new(config: TargetConfig) -> Self {
        Self {
            emergency: EmergencyRule::new(config.emergency),
            code_change: CodeChangeRule::new(config.code_change),
            duplicate: DuplicateRule::new(config.duplicate),
            cooperation: CooperationRule::new(config.cooperation),
            low_slow: LowSlowRule::new(config.low_slow),
            lost_track: LostTrackRule::new(config.lost_track),
            disagreement: DisagreementRule,
            navigation: NavigationRule::new(config.navigation),
            unmanned: UnmannedRule::new(config.unmanned),
            sensor: SensorRule::new(config.sensor),
        }
    }

    /// Evaluates each of them once.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
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

    /// Addresses whose equipment was forgotten for want of room, ever.
    pub fn equipment_forgotten(&self) -> u64 {
        self.navigation.forgotten()
    }

    /// Messages of Remote IDs that were not followed for want of room, ever.
    pub fn remote_ids_unfollowed(&self) -> u64 {
        self.unmanned.unfollowed()
    }
}
