//! The rules of this node, and what they are told once.

use alert::rules::code_change::{CodeChangeConfig, CodeChangeRule};
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::rules::cooperation::{CooperationConfig, CooperationRule};
use alert::rules::disagreement::DisagreementRule;
use alert::rules::duplicate::{DuplicateConfig, DuplicateRule};
use alert::rules::emergency::{EmergencyConfig, EmergencyRule};
use alert::rules::lost_track::{LostTrackConfig, LostTrackRule};
use alert::rules::low_slow::{LowSlowConfig, LowSlowRule};
use alert::rules::sensor::{SensorConfig, SensorRule};
use alert::{Board, BoardConfig, Firing, Firings, Scene};
use std::collections::BTreeSet;

/// What the alerts of a node are told once: thresholds, in SI.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is the configuration of the rule of its name")]
pub struct AlertSetup {
    /// How the board keeps alerts.
    pub board: BoardConfig,
    /// Rules that are not looked at.
    pub off: BTreeSet<RuleGroup>,
    pub code_change: CodeChangeConfig,
    pub conflict: ConflictConfig,
    pub cooperation: CooperationConfig,
    pub duplicate: DuplicateConfig,
    pub emergency: EmergencyConfig,
    pub lost_track: LostTrackConfig,
    pub low_slow: LowSlowConfig,
    pub sensor: SensorConfig,
}

/// Rules that are looked at together, under one name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as the files of crates/alert/src/rules")]
pub enum RuleGroup {
    CodeChange,
    Conflict,
    Cooperation,
    Disagreement,
    Duplicate,
    Emergency,
    LostTrack,
    LowSlow,
    Sensor,
    Unmanned,
}

impl RuleGroup {
    /// Each, in order of name.
    pub const ALL: [(&'static str, RuleGroup); 10] = [
        ("code_change", RuleGroup::CodeChange),
        ("conflict", RuleGroup::Conflict),
        ("cooperation", RuleGroup::Cooperation),
        ("disagreement", RuleGroup::Disagreement),
        ("duplicate", RuleGroup::Duplicate),
        ("emergency", RuleGroup::Emergency),
        ("lost_track", RuleGroup::LostTrack),
        ("low_slow", RuleGroup::LowSlow),
        ("sensor", RuleGroup::Sensor),
        ("unmanned", RuleGroup::Unmanned),
    ];
}

/// Every rule with what it remembers.
#[derive(Debug)]
pub(super) struct Rules {
    off: BTreeSet<RuleGroup>,
    code_change: CodeChangeRule,
    conflict: ConflictRule,
    cooperation: CooperationRule,
    disagreement: DisagreementRule,
    duplicate: DuplicateRule,
    emergency: EmergencyRule,
    lost_track: LostTrackRule,
    low_slow: LowSlowRule,
    sensor: SensorRule,
    /// Used again at each evaluation.
    found: Vec<Firing>,
}

impl Rules {
    pub(super) fn new(setup: AlertSetup) -> Self {
        Self {
            off: setup.off,
            code_change: CodeChangeRule::new(setup.code_change),
            conflict: ConflictRule::new(setup.conflict),
            cooperation: CooperationRule::new(setup.cooperation),
            disagreement: DisagreementRule,
            duplicate: DuplicateRule::new(setup.duplicate),
            emergency: EmergencyRule::new(setup.emergency),
            lost_track: LostTrackRule::new(setup.lost_track),
            low_slow: LowSlowRule::new(setup.low_slow),
            sensor: SensorRule::new(setup.sensor),
            found: Vec::new(),
        }
    }

    /// What each rule finds in the scene.
    pub(super) fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        for (_, group) in RuleGroup::ALL {
            if self.off.contains(&group) {
                continue;
            }
            match group {
                RuleGroup::CodeChange => self.code_change.evaluate(scene, board, firings),
                RuleGroup::Conflict => self.conflicts(scene, firings),
                RuleGroup::Cooperation => self.cooperation.evaluate(scene, board, firings),
                RuleGroup::Disagreement => self.disagreement.evaluate(scene, board, firings),
                RuleGroup::Duplicate => self.duplicate.evaluate(scene, board, firings),
                RuleGroup::Emergency => self.emergency.evaluate(scene, board, firings),
                RuleGroup::LostTrack => self.lost_track.evaluate(scene, board, firings),
                RuleGroup::LowSlow => self.low_slow.evaluate(scene, board, firings),
                RuleGroup::Sensor => self.sensor.evaluate(scene, board, firings),
                // What Remote ID tells is judged as it is heard.
                RuleGroup::Unmanned => {}
            }
        }
    }

    /// Whether this group is on.
    pub(super) fn looks_at(&self, group: RuleGroup) -> bool {
        !self.off.contains(&group)
    }

    fn conflicts(&mut self, scene: &Scene<'_>, firings: &mut Firings) {
        let tracks = scene.tracks.iter().map(|subject| subject.track());
        let cleared_m = |number| scene.track(number)?.plan?.cleared_level_m;
        self.conflict.evaluate(tracks, cleared_m, scene.now, &mut self.found);
        self.found.drain(..).for_each(|firing| firings.push(firing));
    }

    /// The name of an airspace or border.
    pub(super) fn area_name(&self, _area: u32) -> Option<String> {
        None
    }

    /// The name of one of the site's rules.
    pub(super) fn site_name(&self, _place: u16) -> Option<String> {
        None
    }

    /// What cannot be looked for, and why.
    pub(super) fn unable(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }
}
