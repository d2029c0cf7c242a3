use super::value::Slot;
use super::*;
use crate::config::parse;
use alert::rules::conflict::{Region, Thresholds};
use std::collections::BTreeSet;

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

fn setup(text: &str) -> AlertSetup {
    parse("node.toml", text).unwrap().alerts.setup().unwrap()
}

fn fault(text: &str) -> String {
    parse("node.toml", text).unwrap_err().to_string()
}

#[test]
fn thresholds_come_in_the_units_of_the_screen_for_codes_kinds_and_places_too() {
    let setup = setup(
        r#"
        [alerts.conflict]
        vertical_ft = 500
        military_codes = ["4400-4477", "6101"]
        civil_military = false
        formations = false
        [alerts.area]
        kinds = { danger = "advisory", uas = "warning" }
        border_parties = ["XXA"]
        [alerts.navigation]
        nic_min = 6
        [[alerts.terrain.inhibited]]
        threshold = [43.35, 77.01]
        threshold_ft = 2234
        course_deg = 50
        "#,
    );
    let [above, below] = [0, 1].map(|at| setup.conflict.volumes[at].thresholds.unwrap());
    // Above FL410 the separation is another.
    assert_eq!(above, Thresholds::above_rvsm());
    assert!((below.current.vertical_m - 152.4).abs() < 1e-9);
    let military: Vec<_> =
        setup.conflict.kinds.military.iter().map(|(a, b)| [a, b].map(|c| c.to_string())).collect();
    assert_eq!(military, [["4400", "4477"], ["6101", "6101"]].map(|run| run.map(str::to_owned)));
    assert!(!setup.conflict.kinds.civil_military && setup.conflict.formation.is_none());
    let kinds: Vec<_> =
        setup.area.watched.iter().map(|one| (one.kind.word(), one.severity)).collect();
    assert_eq!(kinds, [("danger", Severity::Advisory), ("uas", Severity::Warning)]);
    assert_eq!(setup.area.border_parties, ["XXA"]);
    assert_eq!((setup.navigation.nic_min, setup.terrain.inhibited.len()), (6, 1));
}

/// What the published rows "terminal" and "silent below FL100" are scored with.
#[test]
fn volumes_of_conflict_stand_before_those_that_are_built_in_and_may_be_silent() {
    let setup = setup(
        r#"
        [alerts.conflict]
        look_ahead_s = 90
        [[alerts.conflict.volume]]
        name = "finals"
        silent = true
        centre = [33.9425, -118.408]
        radius_nm = 15
        ceiling_ft = 5000
        [[alerts.conflict.volume]]
        name = "terminal"
        like = "terminal"
        centre = [33.9425, -118.408]
        radius_nm = 60
        ceiling_ft = 18000
        [[alerts.conflict.volume]]
        name = "sector"
        floor_ft = 20000
        lateral_nm = 3
        current_vertical_ft = 700
        "#,
    );
    let [finals, terminal, sector, above, en_route] = &setup.conflict.volumes[..] else {
        panic!("{:?}", setup.conflict.volumes)
    };
    assert_eq!((finals.thresholds, finals.ceiling_m), (None, 5_000.0 * 0.3048));
    assert_eq!(terminal.thresholds, Some(Thresholds::terminal()));
    let Region::Circle { centre, radius_m } = terminal.region else { panic!("{terminal:?}") };
    assert!((centre.latitude_deg() - 33.9425).abs() < 1e-9);
    assert_eq!(radius_m, 60.0 * 1_852.0);
    // Where nothing is said, as en route and as the file changed that.
    let own = sector.thresholds.unwrap();
    assert_eq!((own.look_ahead_s, own.predicted.lateral_m), (90.0, 3.0 * 1_852.0));
    assert!((own.current.vertical_m - 213.36).abs() < 1e-9);
    assert_eq!(own.predicted.vertical_m, en_route.thresholds.unwrap().predicted.vertical_m);
    assert_eq!((sector.region, above.name.as_str()), (Region::Everywhere, "above FL410"));
}

#[test]
fn what_is_wrong_within_lists_and_tables_is_told_with_its_place_and_the_remedy() {
    let check = |text: &str, expected: &str| {
        assert_eq!(fault(text), format!("node.toml:{expected}"));
    };
    check(
        "[alerts.conflict]\nlook_ahead_s = \"x\"\n",
        "2:16: alerts.conflict.look_ahead_s: \"x\" is no number; give one",
    );
    check(
        "[alerts.conflict]\nlook_ahead_s = 900\n",
        "2:16: alerts.conflict.look_ahead_s: 900 is too large; give at most 600",
    );
    check(
        "[alerts.conflict]\nvisual_codes = [\"7000\", \"7800\"]\n",
        "2:25: alerts.conflict.visual_codes[1]: \"7800\" is no code; write four digits 0 to 7, as \
         \"7000\"",
    );
    check(
        "[[alerts.conflict.volume]]\nname = \"a\"\nradius_nm = 3\n",
        "3:13: alerts.conflict.volume[0].radius_nm: centre is missing; give it",
    );
    check(
        "[[alerts.conflict.volume]]\nname = \"a\"\nfloor_ft = 9000\nceiling_ft = 100\n",
        "4:14: alerts.conflict.volume[0].ceiling_ft: 100 is not above floor_ft = 9000; give more",
    );
    check(
        "[alerts.area]\nkinds = { danger = \"loud\" }\n",
        "2:20: alerts.area.kinds.danger: \"loud\" is no severity; give \"advisory\", \"caution\" or \
         \"warning\"",
    );
    check(
        "[alerts]\nconflict = 3\n",
        "2:12: alerts.conflict: 3 is no table; write [alerts.conflict] and its keys below",
    );
    check(
        "[alerts.navigation]\nresolution = 15\n",
        "2:14: alerts.navigation.resolution: 15 is too large; give at most 7",
    );
}

/// A key of a file with one value, as text.
fn line(rule: &str, key: &str, value: f64) -> String {
    format!("[alerts.{rule}]\n{key} = {value}\n")
}

fn key(rule: &str, name: &str) -> &'static Key {
    TABLE.iter().find(|key| key.rule == rule && key.name == name).unwrap()
}

fn is_whole(key: &Key) -> bool {
    (key.at)(&mut AlertSetup::default()).iter().any(Slot::is_whole)
}

#[test]
fn what_ends_an_alert_goes_with_what_begins_it_and_two_that_exclude_each_other_are_refused() {
    for order in ORDERS {
        let (lower, upper) = (key(order.rule, order.lower), key(order.rule, order.upper));
        let own = |key: &Key| key.number(&mut AlertSetup::default()) / key.scale;
        let begin = match order.begins {
            Some(Begins::Upper) => upper,
            _ => lower,
        };
        let name = format!("{}.{}", order.rule, begin.name);
        if order.begins.is_some() {
            // Half as much and much more: what ends it is still on its side.
            let more = (own(begin) * 1.5).min((own(begin) + begin.range.1) / 2.0);
            for given in [own(begin) / 2.0, more] {
                let given = if is_whole(begin) { given.floor().clamp(1.0, 5.0) } else { given };
                let Some(mut made) =
                    parse("n", &line(order.rule, begin.name, given)).unwrap().alerts.setup()
                else {
                    panic!("{name} = {given}")
                };
                let [low, high] = [lower, upper].map(|key| key.number(&mut made) / key.scale);
                assert!(low < high, "{name} = {given}: {low} to {high}");
                assert!((begin.number(&mut made) / begin.scale - given).abs() < 1e-9);
                let (kept, ratio) = match order.begins {
                    Some(Begins::LowerOfOne) => {
                        ((1.0 - high) / (1.0 - low), (1.0 - own(upper)) / (1.0 - own(lower)))
                    }
                    _ => (low / high, own(lower) / own(upper)),
                };
                assert!(is_whole(begin) || (kept - ratio).abs() < 1e-6, "{name}: {kept} {ratio}");
            }
        }
        // The lower one above the upper one, each as it is by itself.
        let middle = (own(lower) + own(upper)) / 2.0;
        let step = if is_whole(upper) { 1.0 } else { middle / 1_000.0 };
        let [lower_to, upper_to] = [own(upper).floor().max(middle) + step, middle];
        let (lower_to, upper_to) = (lower_to.min(lower.range.1), upper_to.min(lower_to - step));
        let upper_to = if is_whole(upper) { upper_to.floor() } else { upper_to };
        let text = format!(
            "[alerts.{}]\n{} = {lower_to}\n{} = {upper_to}\n",
            order.rule, lower.name, upper.name
        );
        let told = fault(&text);
        assert!(
            told.contains("change one") && told.contains(&format!("alerts.{}.", order.rule)),
            "{told}"
        );
    }
    assert_eq!(
        fault("[alerts.low_slow]\nheight_ft = 3000\nheight_exit_ft = 2297\n"),
        "node.toml:3:18: alerts.low_slow.height_exit_ft: 2297 is below height_ft = 3000, so that an \
         alert would end where it begins; change one"
    );
    assert_eq!(
        fault("[alerts.conflict]\nlost_s = 10\n"),
        "node.toml:2:10: alerts.conflict.lost_s: 10 is below coasting_s = 15, so that the two would \
         exclude each other; change one"
    );
}

/// Numbers that no key sets: bounds of memory, and what tables of volumes give.
const WITHOUT_KEY: [&str; 5] = [
    "conflict.volumes.ceiling_m",
    "conflict.volumes.floor_m",
    "navigation.addresses_max",
    "trust.addresses_max",
    "unmanned.ids_max",
];

/// Every number in what rules are held against, by its path, as `Debug` writes it.
fn numbers(setup: &AlertSetup) -> BTreeMap<String, Vec<String>> {
    let parts: [(&str, &dyn std::fmt::Debug); 18] = [
        ("adherence", &setup.adherence),
        ("area", &setup.area),
        ("code_change", &setup.code_change),
        ("conflict", &setup.conflict),
        ("cooperation", &setup.cooperation),
        ("detection", &setup.detection),
        ("duplicate", &setup.duplicate),
        ("emergency", &setup.emergency),
        ("health", &setup.health),
        ("keeping", &setup.keeping),
        ("lost_track", &setup.lost_track),
        ("low_slow", &setup.low_slow),
        ("navigation", &setup.navigation),
        ("remote_id", &setup.remote_id),
        ("sensor", &setup.sensor),
        ("terrain", &setup.terrain),
        ("trust", &setup.trust),
        ("unmanned", &setup.unmanned),
    ];
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (part, config) in parts {
        let text = format!("{config:#?}");
        let mut stack: Vec<String> = Vec::new();
        for line in text.lines() {
            let line = line.trim().trim_end_matches(',');
            let (name, rest) = line.split_once(": ").unwrap_or(("", line));
            if rest.ends_with(['{', '(', '[']) {
                stack.push(if stack.is_empty() { part.to_owned() } else { name.to_owned() });
            } else if matches!(rest, "}" | ")" | "]") {
                stack.pop();
            } else if !name.is_empty() && rest.parse::<f64>().is_ok() {
                let above = stack.iter().filter(|step| !step.is_empty());
                let path: Vec<_> = above.map(String::as_str).chain([name]).collect();
                found.entry(path.join(".")).or_default().push(rest.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_number_that_a_rule_is_held_against_has_a_key_that_sets_it_and_nothing_else() {
    let before = numbers(&AlertSetup::default());
    assert!(before.len() > 150, "{}", before.len());
    let mut set = BTreeSet::new();
    for key in TABLE {
        let mut setup = AlertSetup::default();
        let own = key.number(&mut setup) / key.scale;
        if own.is_nan() {
            continue;
        }
        let more = if is_whole(key) { own + 1.0 } else { own * 1.01 + 0.001 };
        let value = if more <= key.range.1 { more } else { own * 0.99 };
        for slot in (key.at)(&mut setup) {
            slot.take(key, &Value::Float(value)).unwrap();
        }
        let after = numbers(&setup);
        let changed: Vec<_> = after.iter().filter(|(path, now)| before[*path] != **now).collect();
        let most = if key.rule == "conflict" { 2 } else { 1 };
        assert!((1..=most).contains(&changed.len()), "{}.{}: {changed:?}", key.rule, key.name);
        set.extend(changed.into_iter().map(|(path, _)| path.clone()));
    }
    let without: Vec<_> = before.keys().filter(|path| !set.contains(*path)).collect();
    assert_eq!(without, WITHOUT_KEY);
}

#[test]
fn no_key_stands_twice_and_each_says_its_unit() {
    let mut seen = BTreeSet::new();
    for key in TABLE {
        assert!(seen.insert((key.rule, key.name)), "{}.{}", key.rule, key.name);
        let unit = ["_nm", "_ft", "_kt", "_fpm", "_deg", "_m", "_s", "_hpa", "_mps2"];
        let has_unit = unit.iter().any(|unit| key.name.ends_with(unit));
        assert!(key.scale == 1.0 || has_unit, "{}.{}", key.rule, key.name);
    }
}

#[test]
fn the_manual_lists_every_threshold_with_its_default() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/how-to/alert-thresholds.md");
    let text = std::fs::read_to_string(path).unwrap();
    let marks = ["<!-- listed from here -->\n", "<!-- to here -->\n"];
    let (before, rest) = text.split_once(marks[0]).unwrap();
    let (listed, after) = rest.split_once(marks[1]).unwrap();
    let is = format!("\n{}", alert_thresholds());
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(path, format!("{before}{}{is}{}{after}", marks[0], marks[1])).unwrap();
    } else {
        assert_eq!(listed, is, "see ENTENTE_UPDATE=1");
    }
}

#[test]
fn of_a_recorded_configuration_of_another_version_thresholds_that_are_refused_are_by_default() {
    let feed = "[[feed]]\nname = \"hill\"\nformat = \"sbs\"\nconnect = \"a:1\"\nsac = 1\nsic = 2\n";
    let alerts = "[alerts]\noff = [\"low_slow\"]\n[alerts.lost_track]\nmargin_nm = 2\n";
    let text = format!("{feed}{alerts}");
    assert!(parse("node.toml", &text).is_err());
    let config = crate::config::parse_recorded(&text).expect("it is read");
    assert_eq!(config.feeds.len(), 1);
    assert_eq!(config.alerts.off, ["low_slow"]);
    assert!(config.alerts.thresholds.is_empty());
    // As it is where it is of this version.
    let text = format!("{feed}[alerts.lost_track]\nmargin_ft = 2000\n");
    let config = crate::config::parse_recorded(&text).expect("it is read");
    assert_eq!(config.alerts.thresholds.len(), 1);
    assert_eq!(crate::config::parse_recorded("[feed"), None);
}
