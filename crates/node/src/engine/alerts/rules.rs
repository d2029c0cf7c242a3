//! The rules of this node, and what they are told once.

use super::super::intent::Intent;
use super::super::levels::flight_level;
use super::super::sensors::HealthLimits;
use alert::rules::adherence::{AdherenceRule, AdherenceRuleConfig};
use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::code_change::{CodeChangeConfig, CodeChangeRule};
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::rules::cooperation::{CooperationConfig, CooperationRule};
use alert::rules::disagreement::DisagreementRule;
use alert::rules::duplicate::{DuplicateConfig, DuplicateRule};
use alert::rules::emergency::{EmergencyConfig, EmergencyRule};
use alert::rules::lost_track::{LostTrackConfig, LostTrackRule};
use alert::rules::low_slow::{LowSlowConfig, LowSlowRule};
use alert::rules::navigation::{NavigationConfig, NavigationRule};
use alert::rules::sensor::{SensorConfig, SensorRule};
use alert::rules::terrain::{TerrainConfig, TerrainRule};
use alert::rules::unmanned::{UnmannedConfig, UnmannedRule};
use alert::rules::{Ground, HeightLimits, NoGround, QnhTable, Surroundings};
use alert::site::SiteRules;
use alert::trust::TrustConfig;
use alert::{AlertKey, Board, BoardConfig, DetectionConfig, Firings, Scene};
use geodesy::Geodetic;
use intent::airspace::{AirspaceId, Airspaces, Heights};
use intent::plan::{AdherenceConfig, adherence};
use std::collections::BTreeSet;
use std::sync::Arc;
use surveillance::{Time, Track};

/// What the alerts of a node are told once: thresholds, in SI.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "each is the configuration of the rule of its name")]
pub struct AlertSetup {
    /// How the board keeps alerts.
    pub board: BoardConfig,
    /// Rules that are not looked at.
    pub off: BTreeSet<RuleGroup>,
    /// Rules of the site.
    pub site: Option<SiteRules>,
    /// Ground and obstacles, where they are known.
    pub ground: Option<Arc<dyn Ground + Send + Sync>>,
    /// Air pressures.
    pub qnh: QnhTable,
    pub adherence: AdherenceRuleConfig,
    pub area: AreaConfig,
    pub code_change: CodeChangeConfig,
    pub conflict: ConflictConfig,
    pub cooperation: CooperationConfig,
    pub duplicate: DuplicateConfig,
    pub emergency: EmergencyConfig,
    pub lost_track: LostTrackConfig,
    pub low_slow: LowSlowConfig,
    pub navigation: NavigationConfig,
    pub sensor: SensorConfig,
    pub terrain: TerrainConfig,
    pub trust: TrustConfig,
    pub unmanned: UnmannedConfig,
    /// What is off a plan's route and level.
    pub keeping: AdherenceConfig,
    /// Which plots are expected of a sensor.
    pub detection: DetectionConfig,
    /// When a sensor is silent or degraded.
    pub health: HealthLimits,
    /// What an unmanned aircraft can do.
    pub remote_id: remote_id::Limits,
}

/// Rules that are looked at together, under one name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as the files of crates/alert/src/rules")]
pub enum RuleGroup {
    Adherence,
    Area,
    CodeChange,
    Conflict,
    Cooperation,
    Disagreement,
    Duplicate,
    Emergency,
    LostTrack,
    LowSlow,
    Navigation,
    Sensor,
    Site,
    Terrain,
    Unmanned,
}

impl RuleGroup {
    /// Each, in order of name.
    pub const ALL: [(&'static str, RuleGroup); 15] = [
        ("adherence", RuleGroup::Adherence),
        ("area", RuleGroup::Area),
        ("code_change", RuleGroup::CodeChange),
        ("conflict", RuleGroup::Conflict),
        ("cooperation", RuleGroup::Cooperation),
        ("disagreement", RuleGroup::Disagreement),
        ("duplicate", RuleGroup::Duplicate),
        ("emergency", RuleGroup::Emergency),
        ("lost_track", RuleGroup::LostTrack),
        ("low_slow", RuleGroup::LowSlow),
        ("navigation", RuleGroup::Navigation),
        ("sensor", RuleGroup::Sensor),
        ("site", RuleGroup::Site),
        ("terrain", RuleGroup::Terrain),
        ("unmanned", RuleGroup::Unmanned),
    ];
}

/// Every rule with what it remembers.
pub(super) struct Rules {
    off: BTreeSet<RuleGroup>,
    airspaces: Arc<Airspaces>,
    ground: Option<Arc<dyn Ground + Send + Sync>>,
    qnh: QnhTable,
    /// Which heights the rules on areas believe.
    height_limits: HeightLimits,
    site: Option<SiteRules>,
    adherence: AdherenceRule,
    area: AreaRule,
    code_change: CodeChangeRule,
    conflict: ConflictRule,
    cooperation: CooperationRule,
    disagreement: DisagreementRule,
    duplicate: DuplicateRule,
    emergency: EmergencyRule,
    lost_track: LostTrackRule,
    low_slow: LowSlowRule,
    navigation: NavigationRule,
    sensor: SensorRule,
    terrain: TerrainRule,
    unmanned: UnmannedRule,
}

impl Rules {
    pub(super) fn new(setup: AlertSetup, intent: &Intent) -> Self {
        Self {
            off: setup.off,
            airspaces: intent.airspaces.clone(),
            ground: setup.ground,
            qnh: setup.qnh,
            height_limits: setup.area.heights,
            site: setup.site,
            adherence: AdherenceRule::new(setup.adherence, intent.adherence.clone()),
            area: AreaRule::new(setup.area, intent.airspaces.clone()),
            code_change: CodeChangeRule::new(setup.code_change),
            conflict: ConflictRule::new(setup.conflict),
            cooperation: CooperationRule::new(setup.cooperation),
            disagreement: DisagreementRule,
            duplicate: DuplicateRule::new(setup.duplicate),
            emergency: EmergencyRule::new(setup.emergency),
            lost_track: LostTrackRule::new(setup.lost_track),
            low_slow: LowSlowRule::new(setup.low_slow),
            navigation: NavigationRule::new(setup.navigation),
            sensor: SensorRule::new(setup.sensor),
            terrain: TerrainRule::new(setup.terrain),
            unmanned: UnmannedRule::new(setup.unmanned),
        }
    }

    /// Alerts that were open before a restart.
    pub(super) fn resume(&mut self, open: impl Iterator<Item = AlertKey>) {
        self.area.resume(open);
    }

    /// Whether a rule asks in which airspaces each track is.
    pub(super) fn asks_for_areas(&self) -> bool {
        self.site.is_some() && !self.airspaces.is_empty()
    }

    /// What each rule finds in the scene.
    pub(super) fn evaluate(
        &mut self,
        scene: &Scene<'_>,
        intent: &Intent,
        board: &Board,
        firings: &mut Firings,
    ) {
        let around = Surroundings { ground: ground_of(&self.ground), qnh: &self.qnh };
        for (_, group) in RuleGroup::ALL {
            if self.off.contains(&group) {
                continue;
            }
            match group {
                RuleGroup::Adherence => {
                    let keeps = |subject: &alert::Subject<'_>| {
                        let found = intent.plan_of(subject.number())?;
                        let route = intent.correlator.trajectory(found.plan)?;
                        let take_off = intent.take_off(found.plan)?;
                        let track = subject.track();
                        let cleared = subject.plan.and_then(|plan| plan.cleared_level_m);
                        let cleared = cleared.and_then(flight_level);
                        Some(adherence(route, take_off, track, cleared, &intent.adherence))
                    };
                    self.adherence.evaluate(scene, keeps, firings);
                }
                RuleGroup::Area if self.airspaces.is_empty() => {}
                RuleGroup::Area => {
                    self.area.evaluate(scene, &around, &intent.permissions, firings);
                }
                RuleGroup::CodeChange => self.code_change.evaluate(scene, board, firings),
                RuleGroup::Conflict => self.conflict.evaluate(scene, firings),
                RuleGroup::Cooperation => self.cooperation.evaluate(scene, board, firings),
                RuleGroup::Disagreement => self.disagreement.evaluate(scene, board, firings),
                RuleGroup::Duplicate => self.duplicate.evaluate(scene, board, firings),
                RuleGroup::Emergency => self.emergency.evaluate(scene, board, firings),
                RuleGroup::LostTrack => self.lost_track.evaluate(scene, board, firings),
                RuleGroup::LowSlow => self.low_slow.evaluate(scene, board, firings),
                RuleGroup::Navigation => self.navigation.evaluate(scene, board, firings),
                RuleGroup::Sensor => self.sensor.evaluate(scene, board, firings),
                RuleGroup::Site => {
                    if let Some(site) = &mut self.site {
                        site.evaluate(scene, board, firings);
                    }
                }
                RuleGroup::Terrain if self.ground.is_none() => {}
                RuleGroup::Terrain => self.terrain.evaluate(scene, &around, firings),
                RuleGroup::Unmanned => self.unmanned.evaluate(scene, board, firings),
            }
        }
    }

    /// What each rule that is on looked at and could not decide: tracks, or pairs of them, at the last
    /// evaluation, and events since the start; by rule and name.
    pub(super) fn count(
        &self,
        looked_at: &mut Vec<(&'static str, &'static str, u64)>,
        events: &mut Vec<(&'static str, &'static str, u64)>,
    ) {
        let mut now = |group, rule, counts: &[(&'static str, u32)]| {
            if self.looks_at(group) {
                let counts = counts.iter().map(|(name, count)| (rule, *name, u64::from(*count)));
                looked_at.extend(counts);
            }
        };
        let of = self.adherence.counts();
        let counts = [
            ("tracks", of.tracks),
            ("on_ground", of.on_ground),
            ("coasting", of.coasting),
            ("without_plan", of.without_plan),
            ("without_level", of.without_level),
        ];
        now(RuleGroup::Adherence, "adherence", &counts);
        let of = self.area.counts();
        let counts = [
            ("tracks", of.tracks),
            ("without_prediction", of.without_prediction),
            ("on_ground", of.on_ground),
            ("lost", of.lost),
            ("permitted", of.permitted),
            ("planned", of.planned),
            ("undecided", of.undecided),
        ];
        now(RuleGroup::Area, "area", &counts);
        let of = self.conflict.counts();
        let counts = [
            ("tracks", of.tracks),
            ("without_prediction", of.without_prediction),
            ("on_ground", of.on_ground),
            ("slow", of.slow),
            ("unbelievable", of.unbelievable),
            ("lost", of.lost),
            ("height_unknown", of.height_unknown),
            ("inhibited", of.inhibited),
            ("pairs", of.pairs),
            ("heights_differ", of.heights_differ),
            ("suppressed", of.suppressed),
        ];
        now(RuleGroup::Conflict, "conflict", &counts);
        let of = self.low_slow.counts();
        let counts = [("ground_unknown", of.ground_unknown), ("height_unknown", of.height_unknown)];
        now(RuleGroup::LowSlow, "low_slow", &counts);
        let of = self.terrain.counts();
        let counts = [
            ("tracks", of.tracks),
            ("on_ground", of.on_ground),
            ("lost", of.lost),
            ("visual", of.visual),
            ("height_unknown", of.height_unknown),
            ("ground_unknown", of.ground_unknown),
            ("inhibited", of.inhibited),
        ];
        now(RuleGroup::Terrain, "terrain", &counts);
        events.push(("navigation", "forgotten", self.navigation.forgotten()));
        events.push(("unmanned", "unfollowed", self.unmanned.unfollowed()));
    }

    /// How often each of the site's rules could not be decided, since the start, by name.
    pub(super) fn undecided_by_site(&self) -> Vec<(String, u64)> {
        let Some(site) = &self.site else { return Vec::new() };
        let tallies = site.tallies().iter().enumerate();
        let named = |place| site.name(place as u16).unwrap_or_default().to_owned();
        tallies.map(|(place, tally)| (named(place), tally.undecided)).collect()
    }

    /// What rules that are on cannot look at, and why, in words.
    pub(super) fn unable(&self) -> Vec<String> {
        [self.unable_over_ground(), self.unable_of_areas().into_iter().collect()].concat()
    }

    /// A node whose files draw no border looks at none: nobody is to think that it does.
    fn unable_of_areas(&self) -> Option<String> {
        let found = match self.area.roles() {
            _ if !self.looks_at(RuleGroup::Area) => return None,
            (_, 1..) => return None,
            (1.., 0) => {
                "No border is known: border_crossed and border_predicted find nothing. Give \
                 [intent] airspace a territory"
            }
            (0, 0) => {
                "No airspace and no border is known: area finds nothing. Give [intent] airspace, or \
                 switch it off with [alerts] off"
            }
        };
        Some(found.to_owned())
    }

    fn unable_over_ground(&self) -> Vec<String> {
        let over_ground = [
            (RuleGroup::Terrain, "terrain", self.terrain.counts().ground_unknown),
            (RuleGroup::LowSlow, "low_slow", self.low_slow.counts().ground_unknown),
        ];
        let on = over_ground.into_iter().filter(|(group, ..)| self.looks_at(*group));
        if self.ground.is_none() {
            let names: Vec<_> = on.map(|(_, name, _)| name).collect();
            let find = if names.len() == 1 { "finds" } else { "find" };
            let line = format!(
                "No terrain is known: {} {find} nothing. Give [coverage] study, or switch them off with \
                 [alerts] off",
                names.join(" and ")
            );
            return if names.is_empty() { Vec::new() } else { vec![line] };
        }
        let blind = on.filter(|(.., unknown)| *unknown > 0);
        let line = |(_, name, unknown)| {
            let tracks = if unknown == 1 { "track" } else { "tracks" };
            format!("The terrain is not known under {unknown} {tracks}: {name} is blind there")
        };
        blind.map(line).collect()
    }

    /// What is known of a track's height, for limits of any reference.
    pub(super) fn heights(&self, track: &Track, now: Time) -> Heights {
        let around = Surroundings { ground: ground_of(&self.ground), qnh: &self.qnh };
        around.heights(track, &self.height_limits, now)
    }

    /// How much sensors may measure too much; `None` where that rule is off.
    pub(super) fn sensor_limits(&self) -> Option<SensorConfig> {
        (!self.off.contains(&RuleGroup::Sensor)).then(|| self.sensor.config())
    }

    /// Height of the ground at a place, metres above the ellipsoid, where it is known.
    pub(super) fn ground_m(&self, at: Geodetic) -> Option<f64> {
        let ground = self.ground.as_ref()?;
        Some(ground.height_m(at)? + ground.undulation_m(at)?)
    }

    /// Whether this group is on.
    pub(super) fn looks_at(&self, group: RuleGroup) -> bool {
        !self.off.contains(&group)
    }

    pub(super) fn airspaces(&self) -> &Airspaces {
        &self.airspaces
    }

    /// The name of an airspace or border.
    pub(super) fn area_name(&self, area: u32) -> Option<String> {
        self.airspaces.get(AirspaceId(area)).map(|airspace| airspace.name.clone())
    }

    /// Names of all airspaces and borders, by place.
    pub(super) fn area_names(&self) -> impl Iterator<Item = String> + '_ {
        self.airspaces.iter().map(|(_, airspace)| airspace.name.clone())
    }

    /// Names of all of the site's rules, by place.
    pub(super) fn site_names(&self) -> impl Iterator<Item = String> + '_ {
        (0..alert::Rule::SITE_MAX).map_while(|place| self.site_name(place))
    }

    /// The name of one of the site's rules.
    pub(super) fn site_name(&self, place: u16) -> Option<String> {
        self.site.as_ref()?.name(place).map(str::to_owned)
    }
}

fn ground_of(known: &Option<Arc<dyn Ground + Send + Sync>>) -> &dyn Ground {
    match known {
        Some(ground) => &**ground,
        None => &NoGround,
    }
}
