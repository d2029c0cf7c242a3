//! The board: what opens, stays and ends, and what of it people did.

mod stage;

use alert::{
    ActError, AlertId, AlertKey, Board, BoardConfig, Cause, Delay, End, EndedTrack, Fact, Firings,
    MuteScope, Order, Rule, Severity, State, Value, View,
};
use stage::{at, number, track};
use surveillance::{EndReason, Time};

fn key(track: u32) -> AlertKey {
    AlertKey::of_track(Rule::Emergency, number(track))
}

/// A board whose alerts open at once and end three seconds after they last fired.
fn prompt() -> Board {
    let rules = [Rule::Emergency, Rule::LostTrack, Rule::Conflict];
    let delays = rules.map(|rule| (rule, Delay::times(1, 3.0))).into();
    Board::new(BoardConfig { delays, ..BoardConfig::default() })
}

fn update(board: &mut Board, keys: &[AlertKey], now: Time) {
    let mut firings = Firings::new();
    for key in keys {
        firings.fire(*key, Severity::Warning, None);
    }
    board.update(&mut firings, &[], now);
}

#[test]
fn an_alert_opens_once_stays_in_its_row_and_ends_after_its_off_delay() {
    let mut board = prompt();
    update(&mut board, &[key(7)], at(0.0));
    assert_eq!(board.changes().opened, [AlertId(1)]);
    for second in 1..10 {
        update(&mut board, &[key(7)], at(f64::from(second)));
        assert_eq!((board.counts().open, board.changes().opened.len()), (1, 0));
    }
    for second in 10..12 {
        update(&mut board, &[], at(f64::from(second)));
        assert!(board.is_open(&key(7)));
    }
    update(&mut board, &[], at(12.0));
    assert_eq!(board.changes().closed, [AlertId(1)]);
    assert_eq!(board.get(AlertId(1)).unwrap().ended.as_ref().unwrap().why, End::Condition);
}

#[test]
fn an_on_delay_counts_evaluations_in_a_row() {
    let delays = [(Rule::Emergency, Delay::times(3, 3.0))].into();
    let mut board = Board::new(BoardConfig { delays, ..BoardConfig::default() });
    for (second, fires) in [true, true, false, true, true].into_iter().enumerate() {
        let keys = if fires { vec![key(1)] } else { vec![] };
        update(&mut board, &keys, at(second as f64));
        assert_eq!(board.counts().open, 0, "second {second}");
    }
    update(&mut board, &[key(1)], at(5.0));
    assert_eq!(board.counts().open, 1);
}

#[test]
fn an_ended_alert_stays_ten_minutes_and_is_then_handed_out_whole() {
    let mut board = prompt();
    update(&mut board, &[key(1)], at(0.0));
    board.acknowledge(AlertId(1), "A. Bekova", at(0.5)).unwrap();
    let mut handed_out = Vec::new();
    for second in 1..700 {
        update(&mut board, &[], at(f64::from(second)));
        handed_out.extend(board.changes().handed_out.iter().map(|alert| (second, alert.clone())));
    }
    let [(second, alert)] = handed_out.as_slice() else { panic!("{handed_out:?}") };
    assert_eq!((*second, alert.state()), (603, State::Ended));
    assert_eq!(alert.acknowledged.as_ref().unwrap().by, "A. Bekova");
    assert_eq!(board.get(AlertId(1)), None);
}

#[test]
fn what_fires_again_after_its_end_is_another_alert_with_another_number() {
    let mut board = prompt();
    update(&mut board, &[key(1)], at(0.0));
    (1..5).for_each(|second| update(&mut board, &[], at(f64::from(second))));
    update(&mut board, &[key(1)], at(5.0));
    assert_eq!(board.changes().opened, [AlertId(2)]);
    assert_eq!(board.counts().ended, 1);
}

#[test]
fn an_alert_ends_with_its_track_and_a_lost_tracks_own_does_not() {
    let mut board = prompt();
    let lost = AlertKey::of_track(Rule::LostTrack, number(1));
    let pair = AlertKey::of_pair(Rule::Conflict, Cause::Tracks, number(1), number(2));
    update(&mut board, &[key(1), key(2), lost, pair], at(0.0));
    let gone = track(1);
    let ended = [EndedTrack { track: &gone, reason: EndReason::Lost }];
    let mut firings = Firings::new();
    firings.fire(lost, Severity::Caution, None);
    board.update(&mut firings, &ended, at(1.0));
    assert!(board.is_open(&lost) && board.is_open(&key(2)));
    assert!(!board.is_open(&key(1)) && !board.is_open(&pair));
    let why = |id| board.get(AlertId(id)).unwrap().ended.clone().unwrap().why;
    let closed = board.changes().closed.clone();
    assert_eq!(closed.len(), 2);
    closed.iter().for_each(|id| assert_eq!(why(id.0), End::Track(EndReason::Lost)));
}

#[test]
fn the_alert_of_a_merged_track_goes_on_under_the_survivors_number() {
    let mut board = prompt();
    let pair = |a, b| AlertKey::of_pair(Rule::Conflict, Cause::Tracks, number(a), number(b));
    update(&mut board, &[key(5), pair(5, 9), pair(3, 5)], at(0.0));
    let id = board.open_at(&key(5)).unwrap().id;
    board.acknowledge(id, "A. Bekova", at(0.5)).unwrap();
    let gone = track(5);
    let ended = [EndedTrack { track: &gone, reason: EndReason::MergedInto(number(3)) }];
    let mut firings = Firings::new();
    firings.fire(key(3), Severity::Warning, None);
    firings.fire(pair(3, 9), Severity::Warning, None);
    board.update(&mut firings, &ended, at(1.0));
    let heir = board.open_at(&key(3)).unwrap();
    assert_eq!((heir.id, heir.state()), (id, State::Acknowledged));
    assert_eq!(board.get(id).unwrap().key, key(3));
    assert!(board.is_open(&pair(3, 9)) && board.changes().opened.is_empty());
    // Two tracks of one target never were two.
    assert_eq!(board.changes().closed.len(), 1);
}

#[test]
fn the_alert_of_a_superseded_track_goes_on_and_a_chain_of_merges_is_followed_to_its_end() {
    let mut board = prompt();
    update(&mut board, &[key(4), key(5)], at(0.0));
    let [four, five, six] = [4, 5, 6].map(track);
    let ended = [
        EndedTrack { track: &four, reason: EndReason::Superseded(number(8)) },
        EndedTrack { track: &five, reason: EndReason::MergedInto(number(6)) },
        EndedTrack { track: &six, reason: EndReason::MergedInto(number(9)) },
    ];
    board.update(&mut Firings::new(), &ended, at(1.0));
    assert_eq!(board.open_at(&key(8)).map(|alert| alert.id), Some(AlertId(1)));
    assert_eq!(board.open_at(&key(9)).map(|alert| alert.id), Some(AlertId(2)));
    assert_eq!(board.changes().closed, []);
}

#[test]
fn tracks_that_were_merged_into_each_other_end_their_alerts() {
    let mut board = prompt();
    update(&mut board, &[key(4), key(5)], at(0.0));
    let [four, five] = [4, 5].map(track);
    let ended = [
        EndedTrack { track: &four, reason: EndReason::MergedInto(number(5)) },
        EndedTrack { track: &five, reason: EndReason::MergedInto(number(4)) },
    ];
    board.update(&mut Firings::new(), &ended, at(1.0));
    assert_eq!(board.counts().open, 0);
}

#[test]
fn a_pair_that_ends_by_a_merge_names_the_track_that_lives_on() {
    let mut board = prompt();
    let pair = |a, b| AlertKey::of_pair(Rule::Conflict, Cause::Tracks, number(a), number(b));
    update(&mut board, &[pair(2, 3), pair(2, 5)], at(0.0));
    let gone = track(5);
    let ended = [EndedTrack { track: &gone, reason: EndReason::MergedInto(number(3)) }];
    board.update(&mut Firings::new(), &ended, at(1.0));
    let closed = board.changes().closed.clone();
    let why = |id: AlertId| board.get(id).unwrap().ended.clone().unwrap().why;
    let expected = End::Track(EndReason::MergedInto(number(3)));
    assert_eq!(closed.into_iter().map(why).collect::<Vec<_>>(), [expected]);
    assert!(board.is_open(&pair(2, 3)));
}

#[test]
fn what_waits_to_open_waits_on_under_the_survivors_number() {
    let delays = [(Rule::Emergency, Delay::times(3, 3.0))].into();
    let mut board = Board::new(BoardConfig { delays, ..BoardConfig::default() });
    (0..2).for_each(|second| update(&mut board, &[key(5)], at(f64::from(second))));
    let gone = track(5);
    let ended = [EndedTrack { track: &gone, reason: EndReason::MergedInto(number(9)) }];
    let mut firings = Firings::new();
    firings.fire(key(9), Severity::Warning, None);
    board.update(&mut firings, &ended, at(2.0));
    assert!(board.is_open(&key(9)));
}

#[test]
fn an_acknowledgement_outlives_updates_and_says_when_the_severity_rose_since() {
    let mut board = prompt();
    let mut fire = |severity, second| {
        let mut firings = Firings::new();
        firings.fire(key(1), severity, None).push(Fact::new("n", Value::Count(second)));
        board.update(&mut firings, &[], at(second as f64));
        if second == 1 {
            board.acknowledge(AlertId(1), "first", at(1.5)).unwrap();
        }
        let alert = board.get(AlertId(1)).unwrap();
        (alert.state(), alert.rose_since_acknowledged())
    };
    fire(Severity::Caution, 0);
    fire(Severity::Caution, 1);
    assert_eq!(fire(Severity::Caution, 2), (State::Acknowledged, false));
    assert_eq!(fire(Severity::Warning, 3), (State::Acknowledged, true));
    board.acknowledge(AlertId(1), "second", at(3.5)).unwrap();
    let alert = board.get(AlertId(1)).unwrap();
    assert_eq!(alert.acknowledged.as_ref().unwrap().by, "second");
    assert!(!alert.rose_since_acknowledged() && !alert.waits());
}

#[test]
fn an_alert_whose_severity_rises_waits_for_a_person_again_in_an_incident_too() {
    let mut board = prompt();
    let mut fire = |severity, second| {
        let mut firings = Firings::new();
        firings.fire(key(1), severity, None);
        board.update(&mut firings, &[], at(second));
        if second == 1.0 {
            board.join(AlertId(1), "LVA INC-0001", "first", at(1.5)).unwrap();
        }
        let alert = board.get(AlertId(1)).unwrap();
        (alert.waits(), alert.risen(), board.page(View::default(), 0, 9).unseen)
    };
    assert_eq!(fire(Severity::Caution, 0.0), (true, at(0.0), 1));
    assert_eq!(fire(Severity::Caution, 1.0), (false, at(0.0), 1));
    assert_eq!(fire(Severity::Warning, 3.0), (true, at(3.0), 1));
    board.acknowledge(AlertId(1), "second", at(3.5)).unwrap();
    assert!(!board.get(AlertId(1)).unwrap().waits());
}

#[test]
fn every_act_carries_a_name_and_a_reason_and_a_mute_hides_nothing() {
    let mut board = prompt();
    update(&mut board, &[key(1)], at(0.0));
    let nameless = Err(ActError::Words { what: "a person's name" });
    assert_eq!(board.acknowledge(AlertId(1), "  ", at(0.0)), nameless);
    assert_eq!(board.join(AlertId(1), "LVA INC-0001", "\u{7}", at(0.0)), nameless);
    assert_eq!(board.acknowledge(AlertId(9), "x", at(0.0)), Err(ActError::Unknown(AlertId(9))));
    let scope = MuteScope::Rule(Rule::Emergency);
    assert_eq!(
        board.mute(scope, "x", "", at(9.0), at(0.0)),
        Err(ActError::Words { what: "the reason" })
    );
    assert!(matches!(board.mute(scope, "x", "y", at(0.0), at(0.0)), Err(ActError::Over { .. })));
    board.mute(scope, "A. Bekova", "transponder test", at(60.0), at(0.0)).unwrap();
    update(&mut board, &[key(1), key(2)], at(1.0));
    assert_eq!(board.page(View::default(), 0, 10).total, 2);
    assert_eq!(board.mute_of(&key(2)).unwrap().1.reason, "transponder test");
    update(&mut board, &[key(1), key(2)], at(60.0));
    assert_eq!(board.mute_of(&key(2)), None);
    assert_eq!(board.changes().mutes_over.len(), 1);
}

#[test]
fn a_person_closes_an_alert_and_what_still_fires_opens_another() {
    let mut board = prompt();
    update(&mut board, &[key(1)], at(0.0));
    board.close(AlertId(1), "A. Bekova", "exercise", at(0.5)).unwrap();
    assert_eq!(board.get(AlertId(1)).unwrap().state(), State::Ended);
    assert_eq!(board.close(AlertId(1), "x", "y", at(0.5)), Err(ActError::Ended(AlertId(1))));
    update(&mut board, &[key(1)], at(1.0));
    assert_eq!(board.changes().opened, [AlertId(2)]);
}

#[test]
fn ten_thousand_alerts_in_a_second_are_a_first_page_and_a_count() {
    let mut board = prompt();
    let mut firings = Firings::new();
    for n in 0..10_000 {
        let severity = if n % 1_000 == 7 { Severity::Warning } else { Severity::Advisory };
        let soon = (n % 3 > 0).then(|| at(f64::from(n % 600)));
        firings.fire(key(n), severity, soon);
    }
    board.update(&mut firings, &[], at(0.0));
    assert_eq!(board.changes().opened.len(), 10_000);
    // A slow obvious order beside it: every page, laid end to end.
    let mut all: Vec<_> = board.open().collect();
    all.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.predicted, alert.id));
    let mut shown = Vec::new();
    for from in (0..10_000).step_by(40) {
        let page = board.page(View::default(), from, 40);
        assert_eq!((page.total, page.unseen, page.from), (10_000, 10_000, from));
        shown.extend(page.shown);
    }
    assert!(shown == all);
    let severe = View { severity_min: Some(Severity::Warning), ..View::default() };
    assert_eq!(board.page(severe, 0, 40).total, 10);
    assert_eq!(board.page(View::default(), 20_000, 40).shown.len(), 0);
    let newest = View { order: Order::Newest, ..View::default() };
    assert_eq!(board.page(newest, 0, 1).shown[0].id, AlertId(10_000));
}

#[test]
fn a_step_of_the_clock_opens_ends_and_loses_nothing() {
    for step_s in [-86_400.0, -5.0, 3_600.0, 1e9] {
        let mut board = prompt();
        update(&mut board, &[key(1)], at(0.0));
        update(&mut board, &[], at(1.0));
        // The step falls into the off-delay of 3 s: it counts as one second.
        update(&mut board, &[], at(1.0 + step_s));
        assert!(board.is_open(&key(1)), "step {step_s}");
        assert_eq!(board.counts().clock_steps, 1);
        update(&mut board, &[], at(2.0 + step_s));
        assert_eq!(board.changes().closed, [AlertId(1)], "step {step_s}");
        update(&mut board, &[], at(2.0 + 2.0 * step_s));
        assert_eq!(board.counts().ended, 1, "step {step_s}");
    }
}

#[test]
fn a_lasting_rule_is_resolved_at_once_when_it_says_so() {
    let mut board = Board::new(BoardConfig::default());
    let lost = AlertKey::of_track(Rule::LostTrack, number(1));
    update(&mut board, &[lost], at(0.0));
    (1..299).for_each(|second| update(&mut board, &[], at(f64::from(second))));
    assert!(board.is_open(&lost));
    let mut firings = Firings::new();
    firings.resolve(lost);
    board.update(&mut firings, &[], at(299.0));
    assert_eq!(board.get(AlertId(1)).unwrap().ended.as_ref().unwrap().why, End::Resolved);
}

#[test]
fn more_ended_alerts_than_stay_are_handed_out_early_and_counted() {
    let delays = [(Rule::Emergency, Delay::times(1, 0.0))].into();
    let config = BoardConfig { ended_max: 10, delays, ..BoardConfig::default() };
    let mut board = Board::new(config);
    let keys: Vec<_> = (0..25).map(key).collect();
    update(&mut board, &keys, at(0.0));
    update(&mut board, &[], at(1.0));
    assert_eq!(board.changes().handed_out.len(), 15);
    let counts = board.counts();
    assert_eq!((counts.ended, counts.handed_out_early), (10, 15));
}

#[test]
fn codes_of_asterix_are_those_of_its_table() {
    let table = include_str!("../../asterix/spec/cat004_1_13.txt");
    let short = |code: u8| {
        let line = table.lines().find(|line| line.trim().starts_with(&format!("{code} = ")));
        let (_, short) = line.expect("the table has it").rsplit_once('(').expect("a short form");
        short.trim_end_matches(')')
    };
    let expected = [
        (Rule::BorderCrossed, "AIW"),
        (Rule::BorderPredicted, "APW"),
        (Rule::AreaInfringed, "AIW"),
        (Rule::AreaPredicted, "APW"),
        (Rule::Conflict, "STCA"),
        (Rule::MinimumSafeAltitude, "MSAW"),
        (Rule::LostTrack, "LTW"),
        (Rule::RouteDeparture, "RAMHD"),
        (Rule::LevelDeparture, "CLAM"),
    ];
    let found: Vec<_> =
        Rule::BUILT_IN.iter().filter_map(|rule| Some((*rule, short(rule.cat004()?)))).collect();
    assert_eq!(found, expected);
}

#[test]
fn after_a_restart_with_other_lists_alerts_and_mutes_are_about_what_they_were() {
    let area = |place| AlertKey { cause: Cause::Area(place), ..key_of(Rule::AreaInfringed, 1) };
    let mut board = prompt();
    let fired = [area(0), area(1), key_of(Rule::Site(0), 2), key_of(Rule::Site(1), 3), key(4)];
    for second in 0..60 {
        update(&mut board, &fired, at(f64::from(second)));
    }
    assert_eq!(board.counts().open, 5);
    let id = |board: &Board, key: &AlertKey| board.open_at(key).map(|alert| alert.id);
    let before = fired.map(|key| id(&board, &key));
    let until = at(1_000.0);
    for scope in [MuteScope::Key(area(1)), MuteScope::Rule(Rule::Site(0))] {
        board.mute(scope, "A. Bekova", "known", until, at(60.0)).unwrap();
    }
    let (areas, rules) = board.places();
    assert_eq!((areas, rules), ([0, 1].into(), [0, 1].into()));

    // The first area is gone, the second has come before it; a rule was put first, the second is gone.
    let new_area = |place| (place == 1).then_some(0);
    let new_rule = |place| (place == 0).then_some(1);
    let name = |key: &AlertKey| Some(format!("{:?}", key.cause));
    board.renumber(new_area, new_rule, name, at(61.0));
    let now = [area(0), key_of(Rule::Site(1), 2), key(4)];
    assert_eq!(now.map(|key| id(&board, &key)), [before[1], before[2], before[4]]);
    assert_eq!(board.counts().open, 3);
    assert!(
        board.mute_of(&area(0)).is_some() && board.mute_of(&key_of(Rule::Site(1), 9)).is_some()
    );
    for gone in [before[0], before[3]] {
        let alert = board.get(gone.unwrap()).expect("it is kept as ended");
        assert_eq!(alert.ended.as_ref().unwrap().why, End::Resolved);
        assert_eq!(alert.facts.iter().filter(|fact| fact.name == "of before").count(), 1);
    }
    // It goes on, also saved and read again.
    let mut again = Board::restore(BoardConfig::default(), &board.save()).unwrap();
    update(&mut again, &now, at(62.0));
    assert_eq!(now.map(|key| id(&again, &key)), [before[1], before[2], before[4]]);
}

fn key_of(rule: Rule, track: u32) -> AlertKey {
    AlertKey::of_track(rule, number(track))
}
