//! `[alerts]`: which rules look at the picture, and their thresholds in the units of the screen.
//!
//! `[alerts.conflict] look_ahead_s = 90` and so on: [`table`] has every key. How long a rule must
//! fire, and be quiet, is `[alerts.delay.emergency] on_times = 2, off_s = 60`.

pub(super) mod manual;
pub(super) mod table;
pub(super) mod value;

pub use manual::alert_thresholds;

use super::check::{self, Misfit, Step};
use super::{ConfigError, IntentSection, QnhSection};
use crate::engine::{AlertSetup, RuleGroup};
use alert::site::{Origin, SiteRule, SiteRules};
use alert::{Delay, Rule, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;
use table::{Begins, Key, ORDERS, Order, TABLE};
use toml::{Table, Value};

/// Keys of `[alerts]` beside the rules, whose thresholds the others are.
pub(super) const NOT_THRESHOLDS: [&str; 5] = ["enabled", "off", "delay", "qnh", "site"];

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
    /// Thresholds: a table by rule.
    #[serde(flatten)]
    pub thresholds: BTreeMap<String, Value>,
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

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Advisory => Severity::Advisory,
            SeverityName::Caution => Severity::Caution,
            SeverityName::Warning => Severity::Warning,
        }
    }
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
            severity: section.severity.into(),
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

    /// Checks that the parties whose borders alone count have borders in the files: of one that has
    /// none, no crossing would ever be told.
    pub(super) fn border_owners(
        &self,
        file: &str,
        text: &str,
        intent: &IntentSection,
    ) -> Result<(), ConfigError> {
        let Some(setup) = self.setup().filter(|setup| !setup.area.border_parties.is_empty()) else {
            return Ok(());
        };
        let airspaces = intent.setup(Time::EPOCH).airspaces;
        let borders = airspaces.iter().filter(|(_, a)| setup.area.borders.contains(&a.kind));
        let owners: BTreeSet<&str> = borders.filter_map(|(_, a)| a.party.as_deref()).collect();
        let without = |party: &&String| !owners.contains(party.as_str());
        let Some(place) = setup.area.border_parties.iter().position(|party| without(&party)) else {
            return Ok(());
        };
        let party = &setup.area.border_parties[place];
        let there = match owners.is_empty() {
            true => "no border there says whose it is".to_owned(),
            false => {
                let owners: Vec<&str> = owners.into_iter().collect();
                format!("there are borders of {}", owners.join(", "))
            }
        };
        let problem = format!(
            "no border of {party} is among the airspace of [intent], so that no crossing of it would be \
             told; {there}: give its border as a territory with that party, or leave it out"
        );
        let path = path(&["area", "border_parties"], Some(place));
        Err(check::placed(file, text, (path, problem)))
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
        for (rule, given) in &self.thresholds {
            thresholds(ALERTS, &mut setup, rule, given)
                .map_err(|(below, problem)| ([path(&[rule], None), below].concat(), problem))?;
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
}

/// Thresholds below a section of the file.
pub(super) struct Tables<S: 'static> {
    pub(super) section: &'static str,
    /// Keys of the section that are none.
    pub(super) others: &'static [&'static str],
    pub(super) keys: &'static [Key<S>],
    pub(super) orders: &'static [Order],
}

const ALERTS: &Tables<AlertSetup> =
    &Tables { section: "alerts", others: &NOT_THRESHOLDS, keys: TABLE, orders: ORDERS };

/// What the file gives for a rule.
pub(super) fn thresholds<S: Default + Clone>(
    tables: &Tables<S>,
    setup: &mut S,
    rule: &str,
    given: &Value,
) -> Result<(), value::Fault> {
    let mut rules: Vec<_> = tables.keys.iter().map(|key| key.rule).collect();
    rules.dedup();
    if !rules.contains(&rule) {
        let keys = tables.others.iter().copied().chain(rules);
        return Err((Vec::new(), no_such_key(keys)));
    }
    let of_rule = || tables.keys.iter().filter(|key| key.rule == rule);
    let Some(given) = given.as_table() else {
        let section = tables.section;
        let problem = format!("{given} is no table; write [{section}.{rule}] and its keys below");
        return Err((Vec::new(), problem));
    };
    let wrong = |key: &str, problem| (vec![Step::Key(key.to_owned())], problem);
    if let Some(name) = given.keys().find(|name| of_rule().all(|key| key.name != **name)) {
        return Err(wrong(name, no_such_key(of_rule().map(|key| key.name))));
    }
    for key in of_rule() {
        let Some(value) = given.get(key.name) else { continue };
        for slot in (key.at)(setup) {
            slot.take(key, value).map_err(|(below, problem)| {
                ([vec![Step::Key(key.name.to_owned())], below].concat(), problem)
            })?;
        }
    }
    for order in tables.orders.iter().filter(|order| order.rule == rule) {
        order.keep(tables.keys, setup, given).map_err(|(key, problem)| wrong(key, problem))?;
    }
    Ok(())
}

impl Order {
    /// Lets what ends an alert go with what begins it where the file gives that alone, and refuses
    /// two of which the lower is above the upper.
    fn keep<S: Default + Clone>(
        &self,
        keys: &[Key<S>],
        setup: &mut S,
        given: &Table,
    ) -> Result<(), (&'static str, String)> {
        let key = |name| keys.iter().find(|key| key.rule == self.rule && key.name == name);
        let (Some(lower), Some(upper)) = (key(self.lower), key(self.upper)) else { return Ok(()) };
        let has = |key: &Key<S>| given.contains_key(key.name);
        let (begin, end) = match self.begins {
            Some(Begins::Upper) => (upper, lower),
            _ => (lower, upper),
        };
        if self.begins.is_some() && has(begin) && !has(end) {
            let mut own = S::default();
            let (own_begin, own_end) = (begin.number(&mut own), end.number(&mut own));
            let now = begin.number(setup);
            let si = match self.begins {
                Some(Begins::LowerOfOne) => 1.0 - (1.0 - own_end) * (1.0 - now) / (1.0 - own_begin),
                _ => own_end * now / own_begin,
            };
            (end.at)(setup).into_iter().for_each(|slot| slot.set(si));
        }
        let whole = (end.at)(setup).iter().any(value::Slot::is_whole);
        let [low, high] = [lower, upper].map(|key| key.number(setup));
        if low < high || low == high && !(whole && self.begins.is_some()) {
            return Ok(());
        }
        // What was given is at fault.
        let (at, other) = if has(end) { (end, begin) } else { (begin, end) };
        let side = if at.name == lower.name { "above" } else { "below" };
        let [here, there] = [at, other].map(|key| key.shown(&mut setup.clone()));
        let name = other.name;
        let why = match self.begins {
            Some(_) => "an alert would end where it begins",
            None => "the two would exclude each other",
        };
        let problem = format!("{here} is {side} {name} = {there}, so that {why}; change one");
        Err((at.name, problem))
    }
}

impl<S> Key<S> {
    /// As it stands, in SI; not a number where it is none.
    pub(super) fn number(&self, setup: &mut S) -> f64 {
        (self.at)(setup).first().and_then(value::Slot::number).unwrap_or(f64::NAN)
    }

    /// As it stands, in its unit, to four figures.
    fn shown(&self, setup: &mut S) -> String {
        let number = self.number(setup) / self.scale;
        let digits = (3.0 - number.abs().max(1e-9).log10().floor()).clamp(0.0, 9.0);
        let text = format!("{number:.*}", digits as usize);
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }
}

fn no_such_key<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let keys: Vec<_> = keys.collect();
    format!("no such key; the keys here are {}", keys.join(", "))
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
mod tests;
