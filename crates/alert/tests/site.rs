//! Rules of the site: what they fire about, what is refused, and that they mean what CEL means.

mod stage;

use alert::site::{Origin, SiteRule, SiteRules, Tally, Variable};
use alert::{Fact, Rule, Severity, Subject, Value};
use cel::{Context, Program};
use geodesy::Enu;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_KNOT};
use proptest::prelude::*;
use stage::{Beside, Stage, at, place, seen, track};
use surveillance::{Mode3A, Track};

const AREAS: &[&str] = &["UCP5", "Osh zone"];

fn rule(when: &str) -> SiteRule {
    let origin = |key: &str| Origin { file: "rules.toml".into(), line: 7, key: key.into() };
    SiteRule {
        name: "test".into(),
        severity: Severity::Caution,
        when: when.into(),
        stays: None,
        when_origin: origin("rules[0].when"),
        stays_origin: origin("rules[0].stays"),
    }
}

fn compiled(when: &str) -> SiteRules {
    SiteRules::compile(&[rule(when)], AREAS).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

/// Evaluates once of one track.
fn once(rules: &mut SiteRules, track: &Track, fill: impl Fn(&mut Subject<'_>)) -> Stage {
    let mut stage = Stage::default();
    let tracks = [track.clone()];
    stage.step(&tracks, &Beside::default(), at(0.0), fill, |scene, board, firings| {
        rules.evaluate(scene, board, firings);
    });
    stage
}

fn check(when: &str, expected: bool) {
    let mut rules = compiled(when);
    let stage = once(&mut rules, &track(1), |subject| {
        subject.areas = &[1];
        subject.country = Some("KGZ");
    });
    assert_eq!(stage.firings.len(), usize::from(expected), "{when}");
}

#[test]
fn a_rule_asks_a_track_in_the_units_of_the_screen() {
    // FL330, 389 kt, north-bound, at 43°N 75°E.
    for when in [
        "level_ft > 32900 && level_ft < 33100.0",
        "speed_kt > 388 && speed_kt < 390 && (course_deg < 1 || course_deg > 359)",
        "squawk == '2101' && address == '600001'",
        "callsign.startsWith('KGZ') && size(callsign) == 6",
        "inside('Osh zone') && !inside('UCP5')",
        "distance_nm(43.0, 76.0) < 45 && distance_nm(43.0, 76.0) > 43",
        "country in ['KGZ', 'KAZ']",
        "'secondary' in sources && !('ADS-B' in sources) && size(sources) == 1",
        "identity == 'civil' && !has_plan && !on_ground",
        "craft == null && nic == null && level_ft != null",
        "level_ft - 1000.0 > 31900 ? true : false",
        "held_s == 600 && age_s == 0",
    ] {
        check(when, true);
    }
    for when in ["level_ft < 32900", "inside('UCP5')", "callsign.endsWith('KGZ')"] {
        check(when, false);
    }
}

#[test]
fn what_is_asked_of_the_unknown_is_neither_true_nor_false_and_is_counted() {
    for (when, undecided) in [
        ("nic < 7", true),
        ("!(nic < 7)", true),
        ("nic + 1.0 == 3.0", true),
        ("nic < 7 || speed_kt > 100", false),
        ("speed_kt > 100 || nic < 7", false),
        ("nic < 7 && speed_kt < 100", false),
        ("speed_kt < 100 && nic < 7", false),
        ("nic == 7", false),
        ("nic != null && nic < 7", false),
        ("craft in ['glider']", false),
        ("craft.contains('g')", true),
    ] {
        let mut rules = compiled(when);
        once(&mut rules, &track(1), |_| {});
        assert_eq!(rules.tallies()[0].undecided, u64::from(undecided), "{when}");
    }
    let mut rules = compiled("nic < 7");
    once(&mut rules, &track(8), |_| {});
    let last_undecided = Some(surveillance::TrackNumber(8));
    assert_eq!(rules.tallies(), [Tally { fired: 0, undecided: 1, last_undecided }]);
}

#[test]
fn airspaces_that_share_a_name_are_one_to_a_rule() {
    let areas = ["Osh zone", "UCP5", "Osh zone"];
    let look = |inside: &'static [u32], unknown: &'static [u32]| {
        let mut rules = SiteRules::compile(&[rule("inside('Osh zone')")], &areas).expect("sound");
        let stage = once(&mut rules, &track(1), |subject| {
            (subject.areas, subject.areas_unknown) = (inside, unknown);
        });
        (stage.firings.len(), rules.tallies()[0].undecided)
    };
    assert_eq!(look(&[0], &[]), (1, 0));
    assert_eq!(look(&[2], &[0]), (1, 0), "in its other part for certain");
    assert_eq!(look(&[1], &[]), (0, 0));
    assert_eq!(look(&[1], &[2]), (0, 1));
}

#[test]
fn a_fault_is_told_with_file_line_key_and_remedy() {
    let check = |when: &str, expected: &str| {
        let faults = SiteRules::compile(&[rule(when)], AREAS).expect_err(when);
        let text = faults[0].to_string();
        assert!(text.starts_with("rules.toml, line "), "{text}");
        assert!(text.contains(expected), "{when}: {text}");
    };
    check(
        "levle_ft > 3",
        "line 7, rules[0].when, character 1: nothing is called levle_ft; there are level_ft",
    );
    check("on_ground &&\n  speed_kt", "line 7, rules[0].when, character 11: &&, || and !");
    check("on_ground &&\n  foo", "line 8, rules[0].when, character 3: nothing is called foo");
    check("level_ft", "the whole is a number");
    check("level_ft + 1000 > 3", "write numbers as 1000.0");
    check("squawk > 7000", "a string and a whole number cannot be compared");
    check("inside('Manas')", "no airspace is named \"Manas\"");
    check("[1, 2].exists(x, x > 1)", "all, exists");
    check("has(track.level_ft)", "write level_ft, not track.level_ft");
    check("level_ft >", "not an expression in CEL");
    check("'radar' in sources", "there are primary, secondary");
    check("squawk.matches('7.*')", "no function matches");
    check("on_ground == null", "on_ground is never null");
    check("{'a': 1}.a == 1", "have no parts");
    check("distance_nm(lat_deg, 3) < 2", "written out");
    check("1u < 2u", "without u");
    check("", "not an expression in CEL");
}

#[test]
fn the_cost_of_an_expression_is_bounded() {
    let refused = |when: &str| SiteRules::compile(&[rule(when)], AREAS).is_err();
    assert!(refused(&format!("on_ground{}", " || on_ground".repeat(200))));
    assert!(refused(&format!("{}on_ground", "!".repeat(1_900))));
    assert!(refused(&format!("{}on_ground{}", "(".repeat(900), ")".repeat(900))));
    assert!(refused(&format!("squawk in [{}'1']", "'1',".repeat(400))));
    // What stands side by side is not nested.
    assert!(!refused(&format!("!on_ground{}", " && !on_ground".repeat(30))));
    let many = vec![rule("on_ground"); alert::site::RULES_MAX + 1];
    assert!(SiteRules::compile(&many, AREAS).is_err());
}

#[test]
fn every_fault_of_every_rule_is_told_at_once() {
    let rules = [rule("x"), rule("on_ground"), rule("y")];
    assert_eq!(SiteRules::compile(&rules, AREAS).expect_err("two faults").len(), 2);
}

#[test]
fn an_alert_tells_what_its_rule_looked_at_and_against_what() {
    let mut rules = compiled("level_ft > 30000 && squawk == '2101'");
    let stage = once(&mut rules, &track(1), |_| {});
    let facts = &stage.firings.iter().next().expect("it fires").facts;
    let limit = Value::HeightM(30_000.0 * METRES_PER_FOOT);
    assert_eq!(facts[1], Fact::new("squawk", Value::Code(Mode3A::new(0o2101))));
    assert_eq!((facts[0].name.as_ref(), &facts[0].limit), ("level_ft", &Some(limit)));
    assert!(matches!(facts[0].value, Value::HeightM(m) if (m - 10_058.0).abs() < 1e-6));
}

#[test]
fn a_wider_condition_to_stay_keeps_an_alert_from_flapping() {
    let check = |stays: Option<&str>| {
        let stays = stays.map(str::to_owned);
        let mut rules =
            SiteRules::compile(&[SiteRule { stays, ..rule("speed_kt > 400") }], AREAS).unwrap();
        let mut stage = Stage::default();
        for second in 0..600 {
            // 400 ± 5 kt, slowly.
            let speed_kt = 400.0 + 5.0 * (f64::from(second) / 12.0).sin();
            let velocity = Enu { east: speed_kt * MPS_PER_KNOT, north: 0.0, up: 0.0 };
            let now = at(f64::from(second));
            let tracks = [Track { velocity, ..seen(&track(1), now) }];
            stage.step(
                &tracks,
                &Beside::default(),
                now,
                |_| {},
                |scene, board, firings| {
                    rules.evaluate(scene, board, firings);
                },
            );
        }
        stage.board.counts().opened_ever
    };
    assert!(check(None) > 4);
    assert_eq!(check(Some("speed_kt > 390")), 1);
}

#[test]
fn each_variable_has_a_name_of_its_own_and_a_line_in_the_manual() {
    let mut names: Vec<_> = Variable::ALL.iter().map(|variable| variable.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Variable::ALL.len());
    assert!(Variable::ALL.iter().all(|variable| !variable.doc().trim().is_empty()));
}

#[test]
fn the_site_knows_its_rules_by_name() {
    let rules = compiled("on_ground");
    assert_eq!((rules.name(0), rules.name(1)), (Some("test"), None));
    assert_eq!(Rule::Site(0).cat004(), None);
}

// What cel's own interpreter makes of the same expression over the same values.

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["level_ft", "speed_kt", "nic", "nac_p", "climb_fpm"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["0.0", "7.0", "300.0", "33000.0", "-1.5"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let binary = (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), inner.clone());
        prop_oneof![
            binary.prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.prop_map(|a| format!("(-({a}))")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "squawk", "callsign", "craft", "identity", "'7700'", "'KGZ101'", "''",
    ])
    .prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = String> {
    let order = || prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let leaf = prop_oneof![
        4 => (number(), order(), number()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        2 => (text(), order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        1 => (text(), prop::sample::select(vec!["startsWith", "endsWith", "contains"]), text())
            .prop_map(|(a, f, b)| format!("{a}.{f}({b})")),
        1 => text().prop_map(|a| format!("{a} in ['7700', 'glider', 'civil']")),
        1 => number().prop_map(|a| format!("{a} in [7, 300.0]")),
        1 => prop::sample::select(vec!["nic == null", "craft != null", "null == squawk"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["on_ground", "coasting", "true", "'secondary' in sources"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) == ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

fn some_track() -> impl Strategy<Value = Track> {
    let number = prop::option::of(prop_oneof![Just(0.0), Just(7.0), -50.0..300.0]);
    let squawk = prop::option::of(prop::sample::select(vec![0o7700, 0o2101]));
    (number.clone(), number, prop::option::of(0_u8..12), squawk, any::<bool>()).prop_map(
        |(level_m, climb_mps, nic, code, on_ground)| {
            let mut track = track(1);
            track.pressure_altitude_m = level_m;
            track.vertical_rate_mps = climb_mps;
            track.quality.nic = nic;
            track.codes.mode_3a = code.map(Mode3A::new);
            track.codes.callsign = code.and(track.codes.callsign);
            track.on_ground = on_ground;
            track.position = place(43.0, 75.0, 0.0);
            track
        },
    )
}

fn context(track: &Track) -> Context<'static, 'static> {
    fn nullable<T: Into<cel::Value>>(value: Option<T>) -> cel::Value {
        value.map_or(cel::Value::Null, Into::into)
    }
    let mut context = Context::default();
    let mut set = |name: &str, value: cel::Value| context.add_variable_from_value(name, value);
    let metres_to_feet = |m: f64| m / METRES_PER_FOOT;
    set("level_ft", nullable(track.pressure_altitude_m.map(metres_to_feet)));
    let velocity = track.velocity;
    set("speed_kt", (velocity.east.hypot(velocity.north) / MPS_PER_KNOT).into());
    let fpm = |mps: f64| mps / geodesy::units::MPS_PER_FPM;
    set("climb_fpm", nullable(track.vertical_rate_mps.map(fpm)));
    set("nic", nullable(track.quality.nic.map(f64::from)));
    set("nac_p", cel::Value::Null);
    set("squawk", nullable(track.codes.mode_3a.map(|code| code.to_string())));
    set("callsign", nullable(track.codes.callsign.map(|callsign| callsign.to_string())));
    set("craft", cel::Value::Null);
    let cooperates = track.codes.address.is_some();
    set("identity", if cooperates { "civil" } else { "pending" }.into());
    set("on_ground", track.on_ground.into());
    set("coasting", false.into());
    set("sources", vec!["secondary"].into());
    context
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn an_expression_means_what_the_interpreter_of_cel_makes_of_it(
        when in condition(),
        track in some_track(),
    ) {
        let Ok(mut rules) = SiteRules::compile(&[rule(&when)], AREAS) else {
            // Too long, or a constant compared with null.
            return Ok(());
        };
        let stage = once(&mut rules, &track, |_| {});
        let ours = match (stage.firings.len(), rules.tallies()[0].undecided) {
            (1, 0) => Some(true),
            (0, 0) => Some(false),
            (0, 1) => None,
            other => panic!("{other:?}"),
        };
        let program = Program::compile(&when).expect("ours took it");
        let theirs = match program.execute(&context(&track)) {
            Ok(cel::Value::Bool(value)) => Some(value),
            Ok(other) => panic!("{when}: {other:?}"),
            Err(_) => None,
        };
        prop_assert_eq!(ours, theirs, "{}", when);
    }
}

#[test]
fn where_it_is_not_known_whether_a_track_is_inside_nothing_opens_and_nothing_ends() {
    let places = |stage: &mut Stage, rules: &mut SiteRules, second: f64, areas, unknown| {
        let tracks = [seen(&track(1), at(second))];
        let fill = |subject: &mut Subject<'_>| {
            (subject.areas, subject.areas_unknown) = (areas, unknown);
        };
        stage.step(&tracks, &Beside::default(), at(second), fill, |scene, board, firings| {
            rules.evaluate(scene, board, firings);
        });
        stage.open(Rule::Site(0)).len()
    };
    for when in ["inside('UCP5')", "!inside('UCP5') && speed_kt > 100"] {
        let mut rules = compiled(when);
        let mut stage = Stage::default();
        for second in 0..20 {
            let open = places(&mut stage, &mut rules, f64::from(second), &[], &[0]);
            assert_eq!(open, 0, "{when}, second {second}");
        }
        assert_eq!(rules.tallies()[0].undecided, 20, "{when}");
        let is_in: &[u32] = if when.starts_with('!') { &[] } else { &[0] };
        let is_out: &[u32] = if when.starts_with('!') { &[0] } else { &[] };
        for second in 20..25 {
            places(&mut stage, &mut rules, f64::from(second), is_in, &[]);
        }
        for second in 25..90 {
            let open = places(&mut stage, &mut rules, f64::from(second), &[], &[0]);
            assert_eq!(open, 1, "{when}, second {second}");
        }
        let open = (90..110)
            .map(|second| places(&mut stage, &mut rules, f64::from(second), is_out, &[]))
            .last();
        assert_eq!(open, Some(0), "{when}");
    }
}
