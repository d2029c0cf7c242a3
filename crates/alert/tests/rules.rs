//! Each rule, on the smallest picture that shows it.

mod stage;

use alert::rules::code_change::{CodeChangeConfig, CodeChangeRule};
use alert::rules::cooperation::CooperationRule;
use alert::rules::duplicate::{DuplicateConfig, DuplicateRule};
use alert::rules::emergency::{EmergencyConfig, EmergencyRule};
use alert::rules::lost_track::{LostTrackConfig, LostTrackRule};
use alert::rules::low_slow::LowSlowRule;
use alert::rules::sensor::SensorRule;
use alert::{
    AerodromeFact, AlertKey, Bias, Cause, Detection, EndedTrack, PlanFact, Rule, SensorFact,
    Severity, Subject, Value,
};
use geodesy::Enu;
use intent::airspace::{Activation, Airspace, Airspaces, Geometry, Kind, Limits};
use stage::{Beside, RADAR, STATION, Stage, at, good, held_by, number, place, radar, seen, track};
use surveillance::{
    Address, Codes, EmitterCategory, EndReason, Mode3A, PlotOrigin, Sensor, SensorKind, Track,
};

fn nothing(_: &mut Subject<'_>) {}

fn squawking(number: u32, code: u16) -> Track {
    let mut track = track(number);
    track.codes.mode_3a = Some(Mode3A::new(code));
    track
}

#[test]
fn an_emergency_code_is_believed_at_its_second_telling() {
    for (code, rule) in [
        (0o7500, Rule::UnlawfulInterference),
        (0o7600, Rule::RadioFailure),
        (0o7700, Rule::Emergency),
    ] {
        let (mut stage, mut emergency) = (Stage::default(), EmergencyRule::default());
        emergency.clone_from(&EmergencyRule::new(EmergencyConfig::default()));
        let mut step = |plot_s, now_s| {
            let tracks = [seen(&squawking(1, code), at(plot_s))];
            stage.step(&tracks, &Beside::default(), at(now_s), nothing, |scene, board, firings| {
                emergency.evaluate(scene, board, firings);
            });
            stage.open(rule).len()
        };
        // Evaluated four times, told once.
        assert_eq!([step(0.0, 1.0), step(0.0, 2.0), step(0.0, 3.0), step(0.0, 4.0)], [0; 4]);
        assert_eq!(step(5.0, 5.0), 1, "{code:o}");
    }
}

#[test]
fn a_code_turned_through_7500_or_garbled_once_is_no_emergency() {
    let (mut stage, mut emergency) = (Stage::default(), EmergencyRule::default());
    for (second, code) in
        [0o7477, 0o7500, 0o7577, 0o7700, 0o2145, 0o7700, 0o2145].into_iter().enumerate()
    {
        let tracks = [seen(&squawking(1, code), at(second as f64))];
        let now = at(second as f64);
        stage.step(&tracks, &Beside::default(), now, nothing, |scene, board, firings| {
            emergency.evaluate(scene, board, firings);
        });
    }
    assert_eq!(stage.board.counts().opened_ever, 0);
}

#[test]
fn an_identification_pulse_is_shown_while_it_lasts() {
    let (mut stage, mut emergency) = (Stage::default(), EmergencyRule::default());
    for second in 0..30 {
        let mut track = track(1);
        track.codes.ident = second < 18;
        let now = at(f64::from(second));
        stage.step(&[track], &Beside::default(), now, nothing, |scene, board, firings| {
            emergency.evaluate(scene, board, firings);
        });
        assert_eq!(stage.open(Rule::Ident).len(), usize::from(second < 27), "second {second}");
    }
}

/// One track changes its code after ten seconds; what opens.
fn changed(
    from: u16,
    to: u16,
    beside: &Beside<'_>,
    fill: impl Fn(&mut Subject<'_>) + Copy,
) -> usize {
    let mut stage = Stage::default();
    let conspicuity = vec![Mode3A::new(0o0041)];
    let mut change =
        CodeChangeRule::new(CodeChangeConfig { conspicuity, ..CodeChangeConfig::default() });
    for second in 0..20 {
        let code = if second < 10 { from } else { to };
        let now = at(f64::from(second));
        let tracks = [seen(&squawking(1, code), now)];
        stage.step(&tracks, beside, now, fill, |scene, board, firings| {
            change.evaluate(scene, board, firings);
        });
    }
    stage.open(Rule::CodeChanged).len()
}

/// A circle about the track's place.
fn around(kind: Kind, radius_m: f64) -> Airspaces {
    let circle = Airspace {
        name: "TEST".to_owned(),
        kind,
        class: None,
        party: None,
        limits: Limits::ALL,
        activation: Activation::Always,
        geometry: Geometry::Circle { centre: place(43.0, 75.0, 0.0), radius_m },
        line: None,
    };
    Airspaces::build(vec![circle]).expect("a sound airspace")
}

#[test]
fn a_discrete_code_that_changes_in_mid_flight_is_told() {
    assert_eq!(changed(0o2145, 0o3311, &Beside::default(), nothing), 1);
    // 200 km inside a region, 20 km from the edge of what is none.
    for (kind, radius_m) in [(Kind::Fir, 200_000.0), (Kind::Tma, 20_000.0)] {
        let region = around(kind, radius_m);
        let beside = Beside { airspaces: Some(&region), ..Beside::default() };
        assert_eq!(changed(0o2145, 0o3311, &beside, nothing), 1);
    }
}

#[test]
fn a_code_that_a_unit_gives_is_not_told() {
    let beside = Beside::default();
    // Conspicuity codes, this site's too, and an emergency, which has its own alert.
    for to in [0o1000, 0o2000, 0o7000, 0o0041, 0o7700] {
        assert_eq!(changed(0o2145, to, &beside, nothing), 0, "{to:o}");
    }
    assert_eq!(changed(0o1000, 0o2145, &beside, nothing), 0);
    let planned = |subject: &mut Subject<'_>| {
        let code = Some(Mode3A::new(0o3311));
        subject.plan =
            Some(PlanFact { plan: 1, route: &[], cleared_level_m: None, code, callsign: None });
    };
    assert_eq!(changed(0o2145, 0o3311, &beside, planned), 0);
    // 20 km from the boundary of a flight information region.
    let region = around(Kind::Fir, 20_000.0);
    let beside = Beside { airspaces: Some(&region), ..Beside::default() };
    assert_eq!(changed(0o2145, 0o3311, &beside, nothing), 0);
}

fn duplicates(tracks: &[Track], rule: Rule) -> Vec<AlertKey> {
    let (mut stage, mut duplicate) = (Stage::default(), DuplicateRule::default());
    for second in 0..5 {
        let now = at(f64::from(second));
        let tracks: Vec<_> = tracks.iter().map(|track| seen(track, now)).collect();
        stage.step(&tracks, &Beside::default(), now, nothing, |scene, board, firings| {
            duplicate.evaluate(scene, board, firings);
        });
    }
    stage.open(rule).iter().map(|alert| alert.key).collect()
}

#[test]
fn one_discrete_code_at_two_aircraft_is_one_row() {
    let code = Cause::Code(Mode3A::new(0o2145));
    let both = [squawking(3, 0o2145), squawking(9, 0o2145), squawking(12, 0o3311)];
    let expected = AlertKey::of_pair(Rule::DuplicateCode, code, number(3), number(9));
    assert_eq!(duplicates(&both, Rule::DuplicateCode), [expected]);
    // Everybody's code, one aircraft with two tracks, and one a continent away.
    assert_eq!(duplicates(&[squawking(3, 0o2000), squawking(9, 0o2000)], Rule::DuplicateCode), []);
    let mut same = squawking(9, 0o2145);
    same.codes.address = squawking(3, 0o2145).codes.address;
    assert_eq!(duplicates(&[squawking(3, 0o2145), same], Rule::DuplicateCode), []);
    let far = Track { position: place(43.0, 85.0, 10_000.0), ..squawking(9, 0o2145) };
    assert_eq!(duplicates(&[squawking(3, 0o2145), far], Rule::DuplicateCode), []);
}

#[test]
fn a_thousand_aircraft_with_one_code_are_fewer_rows_than_aircraft() {
    let tracks: Vec<_> = (1..=1_000).map(|n| squawking(n, 0o2145)).collect();
    assert_eq!(duplicates(&tracks, Rule::DuplicateCode).len(), 999);
}

#[test]
fn one_address_at_two_places_is_told_and_two_tracks_of_one_aircraft_are_not() {
    let bearing = |number, latitude_deg| {
        let mut track = track(number);
        track.codes.address = Some(Address::icao(0x60_00aa));
        Track { position: place(latitude_deg, 75.0, 10_000.0), ..track }
    };
    let pair = [bearing(1, 43.0), bearing(2, 43.5)];
    assert_eq!(duplicates(&pair, Rule::DuplicateAddress).len(), 1);
    assert_eq!(duplicates(&[bearing(1, 43.0), bearing(2, 43.05)], Rule::DuplicateAddress), []);
}

#[test]
fn a_duplicate_address_does_not_flap_at_its_threshold() {
    let mut stage = Stage::default();
    let mut duplicate = DuplicateRule::new(DuplicateConfig::default());
    for second in 0..600 {
        // The limit, three standard deviations of both included, is at 10.25 km: ±300 m of noise.
        let noise_m = f64::from((second * 7919) % 601) - 300.0;
        let now = at(f64::from(second));
        let mut pair = [track(1), track(2)].map(|track| seen(&track, now));
        for track in &mut pair {
            track.codes.address = Some(Address::icao(0x60_00aa));
        }
        pair[1].position = place(43.0 + (10_250.0 + noise_m) / 111_100.0, 75.0, 10_000.0);
        stage.step(&pair, &Beside::default(), now, nothing, |scene, board, firings| {
            duplicate.evaluate(scene, board, firings);
        });
    }
    assert_eq!(stage.board.counts().opened_ever, 1);
}

/// The alerts when this track ends so, and when another with `address` appears 20 s later.
fn lost(track: &Track, reason: EndReason, sensors: &[SensorFact<'_>], again: bool) -> usize {
    let (mut stage, mut rule) = (Stage::default(), LostTrackRule::new(LostTrackConfig::default()));
    let aerodromes = [AerodromeFact { position: place(43.06, 74.5, 630.0) }];
    let ended = [EndedTrack { track, reason }];
    for second in 0..40 {
        let ended: &[EndedTrack<'_>] = if second == 5 { &ended } else { &[] };
        let beside = Beside { ended, sensors, aerodromes: &aerodromes, ..Beside::default() };
        let now = at(f64::from(second));
        let number = if second < 5 { track.number.0 } else { 900 };
        let mut track = seen(track, now);
        track.number = surveillance::TrackNumber(number);
        let tracks = if second < 5 || (again && second > 24) { vec![track] } else { vec![] };
        stage.step(&tracks, &beside, now, nothing, |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        });
    }
    stage.open(Rule::LostTrack).len()
}

#[test]
fn a_track_that_ends_in_the_air_inside_a_radars_range_is_lost() {
    let radar = radar();
    let sensors = [good(&radar)];
    assert_eq!(lost(&track(1), EndReason::Lost, &sensors, false), 1);
    // It was seen again, or another track lives on for it, or its sensor fell silent.
    assert_eq!(lost(&track(1), EndReason::Lost, &sensors, true), 0);
    assert_eq!(lost(&track(1), EndReason::MergedInto(number(2)), &sensors, false), 0);
    let silent = [SensorFact { silent_since: Some(at(-10.0)), ..good(&radar) }];
    assert_eq!(lost(&track(1), EndReason::Lost, &silent, false), 0);
}

#[test]
fn a_track_that_lands_or_leaves_the_range_is_not_lost() {
    let radar = radar();
    let sensors = [good(&radar)];
    let check = |track: Track| assert_eq!(lost(&track, EndReason::Lost, &sensors, false), 0);
    let landing = |height_m, climb_mps| Track {
        position: place(43.0, 74.5, height_m),
        vertical_rate_mps: Some(climb_mps),
        ..track(1)
    };
    check(landing(1_000.0, 0.0));
    check(landing(2_000.0, -4.0));
    check(Track { on_ground: true, ..track(1) });
    // 290 of 300 km away; and 200 km away at 1,500 m, under the radar's horizon.
    check(Track { position: place(45.8, 75.2, 10_000.0), ..track(1) });
    check(Track { position: place(45.2, 75.2, 300.0), ..track(1) });
}

#[test]
fn a_lost_track_is_found_by_pressure_altitude_where_no_height_was_measured() {
    let radar = radar();
    let sensors = [good(&radar)];
    let no_height = Track {
        position: place(43.0, 74.5, 0.0),
        height_sd_m: None,
        pressure_altitude_m: Some(10_000.0),
        ..track(1)
    };
    assert_eq!(lost(&no_height, EndReason::Lost, &sensors, false), 1);
}

/// Seconds at which a rule of cooperation is open, of a track made per second.
fn cooperation(rule: Rule, beside: &Beside<'_>, at_s: impl Fn(f64) -> Track) -> Vec<usize> {
    let (mut stage, mut cooperation) = (Stage::default(), CooperationRule::default());
    let mut open = Vec::new();
    for second in 0..200 {
        let second_s = second as f64;
        let tracks = [at_s(second_s)];
        stage.step(&tracks, beside, at(second_s), nothing, |scene, board, firings| {
            cooperation.evaluate(scene, board, firings);
        });
        if !stage.open(rule).is_empty() {
            open.push(second);
        }
    }
    open
}

/// Held by echoes always, and by replies until `told_s`.
fn going_quiet(now_s: f64, told_s: f64) -> Track {
    let mut track = held_by(&seen(&track(1), at(now_s)), RADAR, PlotOrigin::Primary);
    let mut told = track.contributors[0];
    (told.sensor, told.origin, told.last) = (STATION, PlotOrigin::Secondary, at(now_s.min(told_s)));
    track.contributors.push(told);
    track
}

#[test]
fn a_track_whose_replies_stop_while_echoes_go_on_lost_its_transponder() {
    let open = cooperation(Rule::LostTransponder, &Beside::default(), |s| going_quiet(s, 50.0));
    // 36 s after the last reply, at the third evaluation.
    assert_eq!(open.first(), Some(&88));
    assert_eq!(open.last(), Some(&199));
    // Replies stay out for three turns and come again.
    let gaps = |s: f64| going_quiet(s, s - s.rem_euclid(30.0));
    assert!(cooperation(Rule::LostTransponder, &Beside::default(), gaps).is_empty());
}

#[test]
fn a_silent_secondary_radar_is_no_lost_transponder() {
    let station = Sensor { id: STATION, ..radar() };
    let sensors = [SensorFact { silent_since: Some(at(50.0)), ..good(&station) }];
    let beside = Beside { sensors: &sensors, ..Beside::default() };
    assert!(cooperation(Rule::LostTransponder, &beside, |s| going_quiet(s, 50.0)).is_empty());
}

#[test]
fn a_moving_track_that_never_told_a_code_is_non_cooperative_after_a_minute() {
    let silent = |speed_mps: f64| {
        move |s: f64| Track {
            codes: Codes::default(),
            velocity: Enu { east: speed_mps, north: 0.0, up: 0.0 },
            first: at(0.0),
            ..held_by(&seen(&track(1), at(s)), RADAR, PlotOrigin::Primary)
        }
    };
    let open = cooperation(Rule::NonCooperative, &Beside::default(), silent(60.0));
    assert_eq!(open.first(), Some(&62));
    assert!(cooperation(Rule::NonCooperative, &Beside::default(), silent(10.0)).is_empty());
}

#[test]
fn a_target_without_plan_that_flies_low_and_slow_is_told() {
    let low = |height_m: f64, speed_mps: f64, category| Track {
        position: place(43.0, 75.0, height_m),
        velocity: Enu { east: speed_mps, north: 0.0, up: 0.0 },
        category,
        ..track(1)
    };
    let check = |track: Track, fill: fn(&mut Subject<'_>)| {
        let (mut stage, mut rule) = (Stage::default(), LowSlowRule::default());
        for second in 0..5 {
            let now = at(f64::from(second));
            stage.step(
                &[seen(&track, now)],
                &Beside::default(),
                now,
                fill,
                |scene, board, firings| rule.evaluate(scene, board, firings),
            );
        }
        stage.open(Rule::LowSlow).len()
    };
    let sea = |subject: &mut Subject<'_>| subject.ground_m = Some(0.0);
    assert_eq!(check(low(400.0, 20.0, None), sea), 1);
    assert_eq!(check(low(400.0, 60.0, None), sea), 0);
    assert_eq!(check(low(400.0, 2.0, None), sea), 0);
    assert_eq!(check(low(1_200.0, 20.0, None), sea), 0);
    // 1,200 m over the sea, and 300 m over the ground.
    assert_eq!(check(low(1_200.0, 20.0, None), |s| s.ground_m = Some(900.0)), 1);
    assert_eq!(check(low(400.0, 20.0, Some(EmitterCategory::Glider)), sea), 0);
}

#[test]
fn where_no_ground_is_known_nothing_is_low_and_what_was_low_stays_so_and_it_is_counted() {
    let slow = Track {
        position: place(43.0, 75.0, 1_800.0),
        velocity: Enu { east: 20.0, north: 0.0, up: 0.0 },
        category: None,
        ..track(1)
    };
    let (mut stage, mut rule) = (Stage::default(), LowSlowRule::default());
    let mut open_with = |from_s: u32, ground_m: Option<f64>, undecided: u32| {
        for second in from_s..from_s + 60 {
            let now = at(f64::from(second));
            let ground = |subject: &mut Subject<'_>| subject.ground_m = ground_m;
            stage.step(&[seen(&slow, now)], &Beside::default(), now, ground, |scene, board, f| {
                rule.evaluate(scene, board, f);
            });
            assert_eq!(rule.counts().ground_unknown, undecided);
        }
        stage.open(Rule::LowSlow).len()
    };
    // 300 m over ground of 1,500 m.
    assert_eq!(open_with(0, None, 1), 0);
    assert_eq!(open_with(60, Some(1_500.0), 0), 1);
    assert_eq!(open_with(120, None, 1), 1);
    assert_eq!(open_with(180, Some(0.0), 0), 0);
}

#[test]
fn a_sensor_has_one_row_with_all_that_is_wrong() {
    let (mut stage, mut rule) = (Stage::default(), SensorRule::default());
    let radar = radar();
    let mut step = |second: f64, fact: SensorFact<'_>| {
        let sensors = [fact];
        let beside = Beside { sensors: &sensors, ..Beside::default() };
        stage.step(&[], &beside, at(second), nothing, |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        });
        let open = stage.open(Rule::Sensor);
        open.first().map(|alert| {
            let facts: Vec<_> = alert.facts.iter().map(|fact| fact.name.to_string()).collect();
            (alert.severity, facts.join(", "))
        })
    };
    assert_eq!(step(0.0, good(&radar)), None);
    let bias = Some(Bias { azimuth_rad: Some(-0.2_f64.to_radians()), ..Bias::default() });
    let detection = Some(Detection { share: 0.8, expected: 500 });
    let bad = SensorFact { bias, detection, ..good(&radar) };
    let told = "sensor, detection, bias of azimuth".to_owned();
    assert_eq!(step(1.0, bad), Some((Severity::Caution, told)));
    let silent = SensorFact { silent_since: Some(at(1.0)), ..good(&radar) };
    let told = "sensor, silent since".to_owned();
    assert_eq!(step(2.0, silent), Some((Severity::Warning, told)));
    // Between the thresholds to end and to begin it stays, and is not told anew.
    let detection = Some(Detection { share: 0.92, expected: 500 });
    assert!(step(20.0, SensorFact { detection, ..good(&radar) }).is_some());
    for second in 21..40 {
        step(f64::from(second), good(&radar));
    }
    assert_eq!(step(40.0, SensorFact { detection, ..good(&radar) }), None);
}

#[test]
fn a_sensors_alert_for_one_cause_is_not_kept_open_by_the_exit_limit_of_another() {
    let (mut stage, mut rule) = (Stage::default(), SensorRule::default());
    let radar = radar();
    let of =
        |degrees: f64| Some(Bias { azimuth_rad: Some(degrees.to_radians()), ..Bias::default() });
    let mut step = |second: u32, share: f64, bias| {
        let detection = Some(Detection { share, expected: 500 });
        let sensors = [SensorFact { detection, bias, ..good(&radar) }];
        let beside = Beside { sensors: &sensors, ..Beside::default() };
        stage.step(&[], &beside, at(f64::from(second)), nothing, |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        });
        stage.open(Rule::Sensor).len()
    };
    // 0.08° is no cause to begin, and none to go on for what began by missing plots.
    assert_eq!(step(0, 0.8, of(0.08)), 1);
    assert_eq!((1..20).map(|second| step(second, 0.97, of(0.08))).last(), Some(0));
    // What began by bias does stay for it.
    assert_eq!(step(20, 0.97, of(0.12)), 1);
    assert_eq!((21..60).map(|second| step(second, 0.92, of(0.08))).last(), Some(1));
}

#[test]
fn few_expected_plots_and_adsb_tell_nothing_of_detection() {
    let (mut stage, mut rule) = (Stage::default(), SensorRule::default());
    let (radar, adsb) = (radar(), Sensor { kind: SensorKind::AdsB, id: STATION, ..radar() });
    let few = Some(Detection { share: 0.1, expected: 20 });
    let many = Some(Detection { share: 0.1, expected: 2_000 });
    let sensors = [
        SensorFact { detection: few, ..good(&radar) },
        SensorFact { detection: many, ..good(&adsb) },
    ];
    let beside = Beside { sensors: &sensors, ..Beside::default() };
    stage.step(&[], &beside, at(0.0), nothing, |scene, board, firings| {
        rule.evaluate(scene, board, firings);
    });
    assert_eq!(stage.board.counts().open, 0);
}

#[test]
fn facts_carry_what_was_found_and_what_it_was_held_against() {
    let open = cooperation(Rule::LostTransponder, &Beside::default(), |s| going_quiet(s, 50.0));
    assert!(!open.is_empty());
    let (mut stage, mut rule) = (Stage::default(), CooperationRule::default());
    for second in 0..100 {
        let now = f64::from(second);
        let tracks = [going_quiet(now, 50.0)];
        stage.step(&tracks, &Beside::default(), at(now), nothing, |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        });
    }
    let open = stage.open(Rule::LostTransponder);
    let fact = &open[0].facts[0];
    assert_eq!((&fact.value, &fact.limit), (&Value::SpanS(49.0), &Some(Value::SpanS(36.0))));
}

#[test]
fn a_radar_that_hears_nobodys_codes_any_more_lost_its_own_ear_and_no_transponder() {
    let opened = |tracks: u32| {
        let (mut stage, mut rule) = (Stage::default(), CooperationRule::default());
        for second in 0..200 {
            let now = at(f64::from(second));
            // From the fiftieth second on the same radar gives primary echoes alone.
            let of = |n| {
                let track = seen(&track(n), now);
                let quiet = second > 50;
                if quiet { held_by(&track, RADAR, PlotOrigin::Primary) } else { track }
            };
            let tracks: Vec<_> = (1..=tracks).map(of).collect();
            stage.step(&tracks, &Beside::default(), now, nothing, |scene, board, firings| {
                rule.evaluate(scene, board, firings);
            });
        }
        stage.board.counts().opened_ever
    };
    assert_eq!([opened(1), opened(2), opened(3), opened(40)], [1, 2, 0, 0]);
}

#[test]
fn a_track_that_is_back_within_two_turns_was_not_lost_with_or_without_an_address() {
    let radar = radar();
    let sensors = [good(&radar)];
    let opened = |address: bool, back_s: u32, place_deg: f64| {
        let (mut stage, mut rule) = (Stage::default(), LostTrackRule::default());
        let mut gone = track(1);
        gone.codes.address = gone.codes.address.filter(|_| address);
        let mut back = Track { first: at(f64::from(back_s)), ..gone.clone() };
        (back.number, back.position) = (number(2), place(place_deg, 75.0, 10_000.0));
        let ended = [EndedTrack { track: &gone, reason: EndReason::Lost }];
        for second in 0..60 {
            let now = at(f64::from(second));
            let ended: &[EndedTrack<'_>] = if second == 8 { &ended } else { &[] };
            let tracks = if second >= back_s { vec![seen(&back, now)] } else { vec![] };
            let beside = Beside { ended, sensors: &sensors, ..Beside::default() };
            stage.step(&tracks, &beside, now, nothing, |scene, board, firings| {
                rule.evaluate(scene, board, firings);
            });
        }
        stage.board.counts().opened_ever
    };
    for address in [true, false] {
        assert_eq!(opened(address, 20, 43.03), 0, "address {address}");
        assert_eq!(opened(address, 99, 43.03), 1, "address {address}");
    }
    // Another with its code, where it cannot be.
    assert_eq!(opened(false, 20, 43.5), 1);
}

#[test]
fn a_share_that_chance_explains_begins_no_alert() {
    for (share, expected, opens) in [(0.88, 300, 0), (0.88, 5_000, 1), (0.85, 300, 1)] {
        let (mut stage, mut rule) = (Stage::default(), SensorRule::default());
        let radar = radar();
        let detection = Some(Detection { share, expected });
        let sensors = [SensorFact { detection, ..good(&radar) }];
        let beside = Beside { sensors: &sensors, ..Beside::default() };
        stage.step(&[], &beside, at(0.0), nothing, |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        });
        assert_eq!(stage.open(Rule::Sensor).len(), opens, "{share} of {expected}");
    }
}
