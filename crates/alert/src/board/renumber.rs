//! Areas and rules of the site after a restart with other lists of them.

use super::{Board, End, MuteScope};
use crate::{AlertKey, Cause, Fact, Rule, Value};
use std::collections::BTreeSet;
use surveillance::Time;

/// The fact that names what is gone.
const BEFORE: &str = "of before";

impl Board {
    /// Places of areas, and of the site's rules, in their lists of which this board speaks.
    pub fn places(&self) -> (BTreeSet<u32>, BTreeSet<u16>) {
        let (mut areas, mut rules) = (BTreeSet::new(), BTreeSet::new());
        let muted = self.mutes.keys().filter_map(|scope| match scope {
            MuteScope::Key(key) => Some(*key),
            MuteScope::Rule(rule) => {
                if let Rule::Site(place) = rule {
                    rules.insert(*place);
                }
                None
            }
        });
        let keys: Vec<AlertKey> = muted.collect();
        let ended = self.ended.values().map(|alert| &alert.key);
        for key in self.open.keys().chain(ended).chain(&keys) {
            if let Cause::Area(area) = key.cause {
                areas.insert(area);
            }
            if let Rule::Site(place) = key.rule {
                rules.insert(place);
            }
        }
        (areas, rules)
    }

    /// The same alerts under the places that areas and rules of the site have in other lists of them;
    /// `None` where one is there no more. What is open about one of those ends at `now`, and its
    /// mutes go. Ended alerts of one keep a place that no list has. What is gone is told as a fact under
    /// the name that `name` gives for a key.
    pub fn renumber(
        &mut self,
        area: impl Fn(u32) -> Option<u32>,
        rule: impl Fn(u16) -> Option<u16>,
        name: impl Fn(&AlertKey) -> Option<String>,
        now: Time,
    ) {
        let told = |key: &AlertKey| Some(Fact::new(BEFORE, Value::Name(name(key)?)));
        let rule_of = |of: Rule| match of {
            Rule::Site(place) => rule(place).map(Rule::Site),
            _ => Some(of),
        };
        let key_of = |key: &AlertKey| {
            let cause = match key.cause {
                Cause::Area(place) => Cause::Area(area(place)?),
                cause => cause,
            };
            Some(AlertKey { rule: rule_of(key.rule)?, cause, ..*key })
        };
        let gone: Vec<AlertKey> =
            self.open.keys().filter(|key| key_of(key).is_none()).copied().collect();
        for key in gone {
            if let Some(row) = self.open.get_mut(&key) {
                row.alert.facts.extend(told(&key));
            }
            self.end(&key, End::Resolved, now);
        }
        for (_, mut row) in std::mem::take(&mut self.open) {
            let Some(key) = key_of(&row.alert.key) else { continue };
            row.alert.key = key;
            self.by_id.insert(row.alert.id, key);
            self.open.insert(key, row);
        }
        for alert in self.ended.values_mut() {
            let is_told = alert.facts.iter().any(|fact| fact.name == BEFORE);
            if key_of(&alert.key).is_none() && !is_told {
                alert.facts.extend(told(&alert.key));
            }
            if let Cause::Area(place) = &mut alert.key.cause {
                *place = area(*place).unwrap_or(u32::MAX);
            }
            if let Rule::Site(place) = &mut alert.key.rule {
                *place = rule(*place).unwrap_or(Rule::SITE_MAX);
            }
        }
        self.mutes = std::mem::take(&mut self.mutes)
            .into_iter()
            .filter_map(|(scope, mute)| {
                let scope = match scope {
                    MuteScope::Rule(of) => MuteScope::Rule(rule_of(of)?),
                    MuteScope::Key(key) => MuteScope::Key(key_of(&key)?),
                };
                Some((scope, mute))
            })
            .collect();
    }
}
