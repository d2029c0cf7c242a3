//! `[intent.correlation]` and `[intent.book]`: how a track finds its plan, and how long plans count.

use super::IntentSection;
use super::alerts::manual::listed;
use super::alerts::table::{Key, Order, order, table};
use super::alerts::value::Slot;
use super::alerts::{Tables, thresholds};
use super::check::{Misfit, Step};
use ::intent::plan::{CorrelatorConfig, PlansConfig};
use geodesy::units::METRES_PER_NM;

/// Keys of `[intent]` beside these tables: lists of files.
pub(super) const FILES: [&str; 5] = ["airspace", "permissions", "aerodromes", "points", "plans"];

/// What the tables set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tuning {
    pub(super) correlation: CorrelatorConfig,
    pub(super) book: PlansConfig,
}

const ONE: f64 = 1.0;
const NM: f64 = METRES_PER_NM;
const SOME: (f64, f64) = (f64::MIN_POSITIVE, 1e9);
const ANY: (f64, f64) = (0.0, 1e9);
/// A weight that speaks for a plan, and one that speaks against it.
const FOR: (f64, f64) = (0.0, 1.0);
const AGAINST: (f64, f64) = (-1.0, 0.0);
/// Plans that a node can hold against its tracks in time.
const PLANS: (f64, f64) = (1.0, 100_000.0);

const TABLE: &[Key<Tuning>] = table! {
    correlation {
        callsign ONE FOR Real correlation.callsign: "weight: the track's callsign is the plan's, or its registration";
        callsign_other ONE AGAINST Real correlation.callsign_other: "it is another";
        address ONE FOR Real correlation.address: "the address is that of field 18 CODE/";
        address_other ONE AGAINST Real correlation.address_other: "it is another";
        code ONE FOR Real correlation.code: "the Mode 3/A code is the one assigned, and not one that many use";
        code_other ONE AGAINST Real correlation.code_other: "it is another that only one uses";
        route ONE FOR Real correlation.route: "on the route at the right time; less the further off";
        route_other ONE AGAINST Real correlation.route_other: "far from the route";
        accept ONE FOR Real correlation.accept: "least sum of weights of a match";
        keep ONE FOR Real correlation.keep: "a match is kept down to this sum";
        lead ONE FOR Real correlation.lead: "lead over the next best plan; less is ambiguous";
        route_alone ONE FOR Real correlation.route_alone: "on the route and nothing else: least share of the route's weight";
        route_alone_s ONE ANY Real correlation.route_alone_s: "for so long";
        scan_s ONE ANY Real correlation.scan_s: "what tells nothing is looked for among the routes about it so often";
        release_s ONE ANY Real correlation.release_s: "a match below what keeps it ends after so long";
        switch_s ONE ANY Real correlation.switch_s: "another plan leads for so long before it takes over";
        lateral_nm NM SOME Real correlation.lateral_m: "so far beside the route nearness counts half; at four times as much it is far";
        off_time_s ONE SOME Real correlation.off_time_s: "so long before or after the planned time it counts half";
        before_s ONE ANY Real correlation.before_s: "a plan is looked at from so long before its off-block time";
        after_s ONE ANY Real correlation.after_s: "until so long after its estimated arrival";
        forget_s ONE SOME Real correlation.forget_s: "a track not seen for so long is forgotten";
    }
    book {
        plans_max ONE PLANS Count book.plans_max: "plans kept; of closed ones the oldest make place, and beyond that a filing is refused";
        taxi_s ONE ANY Real book.taxi_s: "from off block to take-off where nothing says";
        unknown_elapsed_s ONE SOME Real book.unknown_elapsed_s: "how long a flight takes where field 16b says nothing";
        same_s ONE ANY Real book.same_s: "a filing so near to an open plan's off-block time is the same flight";
        tolerance_s ONE ANY Real book.tolerance_s: "a message's time may be so far from the plan's and still be about it";
        delay_max_s ONE ANY Real book.delay_max_s: "longest delay that one message may bring";
        early_s ONE ANY Real book.early_s: "a take-off may be so long before off block";
        unflown_s ONE SOME Real book.unflown_s: "not departed so long after off block: expired";
        overdue_s ONE SOME Real book.overdue_s: "not landed so long after the estimated arrival: expired";
        closed_s ONE ANY Real book.closed_s: "a closed plan is kept so long";
    }
};

const ORDERS: &[Order] = &[order("correlation", "keep", "accept")];

const TABLES: &Tables<Tuning> =
    &Tables { section: "intent", others: &FILES, keys: TABLE, orders: ORDERS };

impl IntentSection {
    /// What the tables say, or what does not hold together and where.
    pub(super) fn tuning(&self) -> Result<Tuning, Misfit> {
        let mut tuning = Tuning::default();
        for (name, given) in &self.tables {
            thresholds(TABLES, &mut tuning, name, given).map_err(|(below, problem)| {
                let path = ["intent", name].map(|key| Step::Key(key.to_owned()));
                ([path.to_vec(), below].concat(), problem)
            })?;
        }
        Ok(tuning)
    }
}

/// Every key of these tables with its default and what it is, as tables in Markdown: a part of
/// docs/how-to/plans.md.
pub fn plan_thresholds() -> String {
    listed("intent", TABLE, &mut Tuning::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn fault(text: &str) -> String {
        parse("node.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn how_a_track_finds_its_plan_is_read_in_the_units_of_the_screen() {
        let text = "[intent.correlation]\nlateral_nm = 5\nlead = 0.2\n\
                    [intent.book]\nplans_max = 500\nunflown_s = 3600\n";
        let config = parse("node.toml", text).unwrap();
        let tuning = config.intent.tuning().unwrap();
        assert_eq!((tuning.correlation.lateral_m, tuning.correlation.lead), (9_260.0, 0.2));
        assert_eq!((tuning.book.plans_max, tuning.book.unflown_s), (500, 3_600.0));
        assert_eq!(parse("node.toml", &config.to_toml()).unwrap().intent, config.intent);
    }

    #[test]
    fn what_is_wrong_in_it_is_one_line_with_its_place_and_the_remedy() {
        assert_eq!(
            fault("[intent.book]\nplans = 3\n"),
            "node.toml:2:9: intent.book.plans: no such key; the keys here are plans_max, taxi_s, \
             unknown_elapsed_s, same_s, tolerance_s, delay_max_s, early_s, unflown_s, overdue_s, closed_s"
        );
        assert_eq!(
            fault("[intent.correlation]\ncallsign_other = 0.2\n"),
            "node.toml:2:18: intent.correlation.callsign_other: 0.2 is too large; give at most 0"
        );
        assert_eq!(
            fault("[intent.correlation]\nkeep = 0.5\n"),
            "node.toml:2:8: intent.correlation.keep: 0.5 is above accept = 0.45, so that the two would \
             exclude each other; change one"
        );
        assert_eq!(
            fault("[intent.routes]\nlateral_nm = 5\n"),
            "node.toml:1:1: intent.routes: no such key; the keys here are airspace, permissions, \
             aerodromes, points, plans, correlation, book"
        );
    }

    #[test]
    fn every_number_has_a_key_that_sets_it_and_nothing_else() {
        // Each field of both, as `Debug` lists them.
        let numbers = |tuning: &Tuning| -> Vec<String> {
            let text = format!("{tuning:?}");
            text.split([',', '{', '}'])
                .filter(|part| part.contains(": "))
                .map(str::to_owned)
                .collect()
        };
        let before = numbers(&Tuning::default());
        let mut set = std::collections::BTreeSet::new();
        for key in TABLE {
            let mut tuning = Tuning::default();
            let own = key.number(&mut tuning) / key.scale;
            let step = if key.name == "plans_max" { 1.0 } else { 0.001 };
            let value = if own + step <= key.range.1 { own + step } else { own - step };
            let given = toml::Table::from_iter([(key.name.to_owned(), toml::Value::Float(value))]);
            thresholds(TABLES, &mut tuning, key.rule, &toml::Value::Table(given)).unwrap();
            let after = numbers(&tuning);
            let changed: Vec<_> =
                (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
            assert_eq!(changed.len(), 1, "{}.{}: {after:?}", key.rule, key.name);
            set.extend(changed);
        }
        // The names of the two structs stand among them, before their first fields.
        let fields =
            before.iter().filter(|part| part.trim_start().chars().any(|c| c.is_ascii_digit()));
        assert_eq!(set.len(), fields.count(), "{before:?}");
    }

    #[test]
    fn the_manual_lists_every_key_with_its_default() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/how-to/plans.md");
        let text = std::fs::read_to_string(path).unwrap();
        let marks = ["<!-- listed from here -->\n", "<!-- to here -->\n"];
        let (before, rest) = text.split_once(marks[0]).unwrap();
        let (listed, after) = rest.split_once(marks[1]).unwrap();
        let is = format!("\n{}", plan_thresholds());
        if std::env::var_os("ENTENTE_UPDATE").is_some() {
            std::fs::write(path, format!("{before}{}{is}{}{after}", marks[0], marks[1])).unwrap();
        } else {
            assert_eq!(listed, is, "see ENTENTE_UPDATE=1");
        }
    }
}
