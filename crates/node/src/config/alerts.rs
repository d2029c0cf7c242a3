//! `[alerts]`: which rules look at the picture, and their thresholds in the units of the screen.
//!
//! `[alerts.conflict] look_ahead_s = 90` and so on: `THRESHOLDS` has every key. How long a rule
//! must fire, and be quiet, is `[alerts.delay.emergency] on_times = 2, off_s = 60`.

use super::check::{self, Misfit, Step};
use super::{ConfigError, IntentSection, QnhSection};
use crate::engine::{AlertSetup, RuleGroup};
use alert::rules::conflict::Thresholds;
use alert::site::{Origin, SiteRule, SiteRules};
use alert::{Delay, Rule, Severity};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use surveillance::Time;

/// `[alerts]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertsSection {
    /// Whether any rule looks at the picture.
    pub enabled: bool,
    /// Rules that do not.
    pub off: Vec<String>,
    /// Delays by rule.
    #[serde(rename = "delay", skip_serializing_if = "BTreeMap::is_empty")]
    pub delays: BTreeMap<String, DelaySection>,
    /// Rules of the site.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub site: Vec<SiteRuleSection>,
    /// Air pressures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub qnh: Vec<QnhSection>,
    /// Thresholds by rule and key; see `THRESHOLDS`.
    #[serde(flatten)]
    pub thresholds: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Default for AlertsSection {
    fn default() -> Self {
        Self {
            enabled: true,
            off: Vec::new(),
            delays: BTreeMap::new(),
            site: Vec::new(),
            qnh: Vec::new(),
            thresholds: BTreeMap::new(),
        }
    }
}

/// `[[alerts.site]]`: a rule in CEL over what is known of one track; docs/how-to/alerts.md has the
/// names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteRuleSection {
    /// What people call it.
    pub name: String,
    /// "advisory", "caution" or "warning".
    #[serde(default)]
    pub severity: SeverityName,
    /// The expression that must be true for an alert to open.
    pub when: String,
    /// The one that must be true for it to stay; the same where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<String>,
}

/// How much an alert needs a person, as the file says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeverityName {
    /// To be known.
    Advisory,
    /// To be looked at.
    #[default]
    Caution,
    /// To be acted on now.
    Warning,
}

/// `[alerts.delay.RULE]`: what is left out is the rule's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DelaySection {
    /// Evaluations in a row, one a second, at which it must fire before an alert opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_times: Option<u32>,
    /// Seconds for which it must have fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_s: Option<f64>,
    /// Seconds for which it must not have fired before the alert ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub off_s: Option<f64>,
}

/// One threshold that can be configured.
struct Threshold {
    rule: &'static str,
    /// Its unit stands last.
    key: &'static str,
    /// What one of its unit is in SI.
    scale: f64,
    at: At,
}

type Real = fn(&mut AlertSetup) -> &mut f64;
type Whole = fn(&mut AlertSetup) -> &mut u32;

enum At {
    Real(Real),
    Whole(Whole),
    /// Of every volume in which conflicts are looked for.
    Volumes(fn(&mut Thresholds, f64)),
}

const fn real(rule: &'static str, key: &'static str, scale: f64, at: Real) -> Threshold {
    Threshold { rule, key, scale, at: At::Real(at) }
}

const fn whole(rule: &'static str, key: &'static str, at: Whole) -> Threshold {
    Threshold { rule, key, scale: 1.0, at: At::Whole(at) }
}

const RADIANS_PER_DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Every threshold that a file may give, by rule.
const THRESHOLDS: &[Threshold] = &[
    real("adherence", "lateral_exit_nm", METRES_PER_NM, |s| &mut s.adherence.lateral_exit_m),
    real("adherence", "lateral_caution_nm", METRES_PER_NM, |s| &mut s.adherence.lateral_caution_m),
    real("adherence", "level_exit_ft", METRES_PER_FOOT, |s| &mut s.adherence.level_exit_m),
    real("area", "horizon_s", 1.0, |s| &mut s.area.horizon_s),
    real("area", "exit_factor", 1.0, |s| &mut s.area.exit_factor),
    real("area", "exit_distance_nm", METRES_PER_NM, |s| &mut s.area.exit_distance_m),
    real("area", "exit_height_ft", METRES_PER_FOOT, |s| &mut s.area.exit_height_m),
    real("area", "unseen_within_nm", METRES_PER_NM, |s| &mut s.area.unseen_within_m),
    whole("code_change", "tellings", |s| &mut s.code_change.tellings),
    real("code_change", "boundary_nm", METRES_PER_NM, |s| &mut s.code_change.boundary_m),
    real("code_change", "aerodrome_nm", METRES_PER_NM, |s| &mut s.code_change.aerodrome_m),
    real("code_change", "aerodrome_height_ft", METRES_PER_FOOT, |s| {
        &mut s.code_change.aerodrome_height_m
    }),
    Threshold {
        rule: "conflict",
        key: "look_ahead_s",
        scale: 1.0,
        at: At::Volumes(|t, s| t.look_ahead_s = s),
    },
    Threshold {
        rule: "conflict",
        key: "lateral_nm",
        scale: METRES_PER_NM,
        at: At::Volumes(|t, m| (t.current.lateral_m, t.predicted.lateral_m) = (m, m)),
    },
    real("conflict", "speed_min_kt", MPS_PER_KNOT, |s| &mut s.conflict.speed_min_mps),
    real("conflict", "young_s", 1.0, |s| &mut s.conflict.young_s),
    real("conflict", "coasting_s", 1.0, |s| &mut s.conflict.coasting_s),
    real("conflict", "exit_factor", 1.0, |s| &mut s.conflict.exit_factor),
    real("cooperation", "lost_s", 1.0, |s| &mut s.cooperation.lost_s),
    real("cooperation", "primary_s", 1.0, |s| &mut s.cooperation.primary_s),
    real("cooperation", "speed_min_kt", MPS_PER_KNOT, |s| &mut s.cooperation.speed_min_mps),
    real("cooperation", "speed_exit_kt", MPS_PER_KNOT, |s| &mut s.cooperation.speed_exit_mps),
    real("cooperation", "held_s", 1.0, |s| &mut s.cooperation.held_s),
    real("duplicate", "code_range_nm", METRES_PER_NM, |s| &mut s.duplicate.code_range_m),
    real("duplicate", "address_distance_nm", METRES_PER_NM, |s| {
        &mut s.duplicate.address_distance_m
    }),
    real("duplicate", "fresh_s", 1.0, |s| &mut s.duplicate.fresh_s),
    whole("emergency", "tellings", |s| &mut s.emergency.tellings),
    whole("lost_track", "plots_min", |s| &mut s.lost_track.plots_min),
    real("lost_track", "range_share", 1.0, |s| &mut s.lost_track.range_share),
    real("lost_track", "range_nm", METRES_PER_NM, |s| &mut s.lost_track.range_m),
    real("lost_track", "margin_nm", METRES_PER_NM, |s| &mut s.lost_track.margin_m),
    real("lost_track", "aerodrome_nm", METRES_PER_NM, |s| &mut s.lost_track.aerodrome_m),
    real("lost_track", "aerodrome_height_ft", METRES_PER_FOOT, |s| {
        &mut s.lost_track.aerodrome_height_m
    }),
    real("lost_track", "descent_fpm", MPS_PER_FPM, |s| &mut s.lost_track.descent_mps),
    real("low_slow", "height_ft", METRES_PER_FOOT, |s| &mut s.low_slow.height_m),
    real("low_slow", "height_exit_ft", METRES_PER_FOOT, |s| &mut s.low_slow.height_exit_m),
    real("low_slow", "speed_kt", MPS_PER_KNOT, |s| &mut s.low_slow.speed_mps),
    real("low_slow", "speed_exit_kt", MPS_PER_KNOT, |s| &mut s.low_slow.speed_exit_mps),
    real("low_slow", "speed_min_kt", MPS_PER_KNOT, |s| &mut s.low_slow.speed_min_mps),
    real("low_slow", "aerodrome_nm", METRES_PER_NM, |s| &mut s.low_slow.aerodrome_m),
    real("sensor", "detection_min", 1.0, |s| &mut s.sensor.detection_min),
    real("sensor", "detection_exit", 1.0, |s| &mut s.sensor.detection_exit),
    real("sensor", "range_bias_m", 1.0, |s| &mut s.sensor.range_m),
    real("sensor", "azimuth_bias_deg", RADIANS_PER_DEGREE, |s| &mut s.sensor.azimuth_rad),
    real("sensor", "time_bias_s", 1.0, |s| &mut s.sensor.time_s),
    real("terrain", "margin_now_ft", METRES_PER_FOOT, |s| &mut s.terrain.margin_now_m),
    real("terrain", "margin_ahead_ft", METRES_PER_FOOT, |s| &mut s.terrain.margin_ahead_m),
    real("terrain", "exit_margin_ft", METRES_PER_FOOT, |s| &mut s.terrain.exit_margin_m),
    real("terrain", "width_nm", METRES_PER_NM, |s| &mut s.terrain.width_m),
    real("terrain", "look_ahead_s", 1.0, |s| &mut s.terrain.look_ahead_s),
    real("terrain", "qnh_tolerance_hpa", 1.0, |s| &mut s.terrain.qnh_tolerance_hpa),
    real("terrain", "aerodrome_nm", METRES_PER_NM, |s| &mut s.terrain.aerodrome_radius_m),
    real("terrain", "aerodrome_top_ft", METRES_PER_FOOT, |s| &mut s.terrain.aerodrome_top_m),
];

impl AlertsSection {
    /// As the engine takes it, without rules of the site; `None` where no rule is to look at the
    /// picture.
    pub fn setup(&self) -> Option<AlertSetup> {
        self.check().ok().filter(|_| self.enabled)
    }

    /// The rules of the site, over airspaces of these names in the node's own order; the first fault.
    pub(crate) fn site_compiled(
        &self,
        areas: &[&str],
    ) -> Result<Option<SiteRules>, (usize, String)> {
        if self.site.is_empty() {
            return Ok(None);
        }
        let origin = |place: usize, key: &str| Origin {
            file: String::new(),
            line: 0,
            key: format!("{place} {key}"),
        };
        let rule = |(place, section): (usize, &SiteRuleSection)| SiteRule {
            name: section.name.clone(),
            severity: match section.severity {
                SeverityName::Advisory => Severity::Advisory,
                SeverityName::Caution => Severity::Caution,
                SeverityName::Warning => Severity::Warning,
            },
            when: section.when.clone(),
            stays: section.stays.clone(),
            when_origin: origin(place, "when"),
            stays_origin: origin(place, "stays"),
        };
        let rules: Vec<SiteRule> = self.site.iter().enumerate().map(rule).collect();
        SiteRules::compile(&rules, areas).map(Some).map_err(|faults| {
            let fault = &faults[0];
            let (place, key) = fault.origin.key.split_once(' ').unwrap_or(("0", "when"));
            let line = fault.origin.line;
            let more = if line == 0 { String::new() } else { format!("line {} of it, ", line + 1) };
            let what = format!("{key}: {more}character {}: {}", fault.column, fault.what);
            (place.parse().unwrap_or(0), what)
        })
    }

    /// Checks the rules of the site against the airspaces that the files have.
    pub(super) fn site_rules(
        &self,
        file: &str,
        text: &str,
        intent: &IntentSection,
    ) -> Result<(), ConfigError> {
        if self.site.is_empty() {
            return Ok(());
        }
        let setup = intent.setup(Time::EPOCH);
        let areas: Vec<&str> = setup.airspaces.iter().map(|(_, a)| a.name.as_str()).collect();
        self.site_compiled(&areas).map(|_| ()).map_err(|(place, what)| {
            let (key, problem) = what.split_once(": ").unwrap_or(("when", &what));
            let path = [path(&["site"], Some(place)), vec![Step::Key(key.to_owned())]].concat();
            check::placed(file, text, (path, problem.to_owned()))
        })
    }

    /// The same, or what does not hold together and where.
    pub(super) fn check(&self) -> Result<AlertSetup, Misfit> {
        let mut setup = AlertSetup::default();
        self.check_qnh()?;
        for (place, name) in self.off.iter().enumerate() {
            let Some((_, group)) = RuleGroup::ALL.iter().find(|(known, _)| known == name) else {
                let problem = no_rule(name, &RuleGroup::ALL.map(|(name, _)| name));
                return Err((path(&["off"], Some(place)), problem));
            };
            setup.off.insert(*group);
        }
        for (rule, keys) in &self.thresholds {
            for (key, value) in keys {
                self.set(&mut setup, rule, key, *value)
                    .map_err(|problem| (path(&[rule, key], None), problem))?;
            }
            if keys.is_empty() {
                self.known(rule).map_err(|problem| (path(&[rule], None), problem))?;
            }
        }
        for (name, delay) in &self.delays {
            let rule =
                Rule::BUILT_IN.into_iter().find(|rule| crate::engine::rule_name(*rule) == name);
            let Some(rule) = rule else {
                let problem = no_rule(name, &Rule::BUILT_IN.map(crate::engine::rule_name));
                return Err((path(&["delay", name], None), problem));
            };
            let own = Delay::of(rule);
            let given = Delay {
                on_times: delay.on_times.unwrap_or(own.on_times),
                on_s: delay.on_s.unwrap_or(own.on_s),
                off_s: delay.off_s.unwrap_or(own.off_s),
            };
            for (key, value) in [("on_s", given.on_s), ("off_s", given.off_s)] {
                if !(0.0..=86_400.0).contains(&value) {
                    let problem = format!("{value} is no delay; give 0 to 86400 seconds");
                    return Err((path(&["delay", name, key], None), problem));
                }
            }
            setup.board.delays.insert(rule, given);
        }
        Ok(setup)
    }

    fn known(&self, rule: &str) -> Result<(), String> {
        if THRESHOLDS.iter().any(|threshold| threshold.rule == rule) {
            return Ok(());
        }
        let mut rules: Vec<_> = THRESHOLDS.iter().map(|threshold| threshold.rule).collect();
        rules.dedup();
        Err(format!(
            "no such key; the keys here are enabled, off, delay, qnh, site, {}",
            rules.join(", ")
        ))
    }

    fn set(&self, setup: &mut AlertSetup, rule: &str, key: &str, value: f64) -> Result<(), String> {
        self.known(rule)?;
        let of_rule = || THRESHOLDS.iter().filter(|threshold| threshold.rule == rule);
        let Some(threshold) = of_rule().find(|threshold| threshold.key == key) else {
            let keys: Vec<_> = of_rule().map(|threshold| threshold.key).collect();
            return Err(format!("no such key; the keys here are {}", keys.join(", ")));
        };
        if !(value.is_finite() && value > 0.0) {
            return Err(format!("{value} is too small; give a number above 0"));
        }
        let si = value * threshold.scale;
        match threshold.at {
            At::Real(at) => *at(setup) = si,
            At::Whole(at) if value.fract() == 0.0 && value <= f64::from(u32::MAX) => {
                *at(setup) = value as u32;
            }
            At::Whole(_) => return Err(format!("{value} is no whole number; give one")),
            At::Volumes(at) => {
                let volumes = setup.conflict.volumes.iter_mut();
                for thresholds in volumes.filter_map(|volume| volume.thresholds.as_mut()) {
                    at(thresholds, si);
                }
            }
        }
        Ok(())
    }
}

fn no_rule(name: &str, known: &[&str]) -> String {
    format!("{name:?} is no rule; the rules are {}", known.join(", "))
}

pub(super) fn path(keys: &[&str], index: Option<usize>) -> Vec<Step> {
    let keys = std::iter::once("alerts").chain(keys.iter().copied());
    let keys = keys.map(|key| Step::Key(key.to_owned()));
    keys.chain(index.map(Step::Index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn thresholds_come_in_the_units_of_the_screen() {
        let text = "[alerts]\noff = [\"low_slow\"]\n[alerts.lost_track]\nrange_nm = 100\n\
                    [alerts.emergency]\ntellings = 3\n[alerts.delay.emergency]\noff_s = 60.0\n";
        let text = format!("{text}[alerts.conflict]\nlateral_nm = 3\nlook_ahead_s = 90\n");
        let setup = parse("node.toml", &text).unwrap().alerts.setup().unwrap();
        for volume in &setup.conflict.volumes {
            let thresholds = volume.thresholds.unwrap();
            let lateral_m = [thresholds.current.lateral_m, thresholds.predicted.lateral_m];
            assert_eq!((lateral_m, thresholds.look_ahead_s), ([5_556.0; 2], 90.0), "{volume:?}");
        }
        assert_eq!(setup.lost_track.range_m, 185_200.0);
        assert_eq!(setup.emergency.tellings, 3);
        assert!(setup.off.contains(&RuleGroup::LowSlow));
        let delay = setup.board.delay(Rule::Emergency);
        assert_eq!((delay.on_times, delay.off_s), (1, 60.0));
    }

    #[test]
    fn what_is_wrong_is_one_line_with_its_place_and_the_remedy() {
        let check = |text: &str, expected: &str| {
            let error = parse("node.toml", text).unwrap_err().to_string();
            assert_eq!(error, format!("node.toml:{expected}"));
        };
        check(
            "[alerts]\noff = [\"stca\"]\n",
            "2:8: alerts.off[0]: \"stca\" is no rule; the rules are adherence, area, code_change, \
             conflict, cooperation, disagreement, duplicate, emergency, lost_track, low_slow, \
             navigation, sensor, site, terrain, unmanned",
        );
        check(
            "[alerts.emergency]\ncodes = 3\n",
            "2:9: alerts.emergency.codes: no such key; the keys here are tellings",
        );
        check(
            "[alerts.emergency]\ntellings = 1.5\n",
            "2:12: alerts.emergency.tellings: 1.5 is no whole number; give one",
        );
        check(
            "[alerts.low_slow]\nheight_ft = -1\n",
            "2:13: alerts.low_slow.height_ft: -1 is too small; give a number above 0",
        );
        check(
            "[alerts.delay.emergency]\noff_s = -1.0\n",
            "2:9: alerts.delay.emergency.off_s: -1 is no delay; give 0 to 86400 seconds",
        );
    }
}
