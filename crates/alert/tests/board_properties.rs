//! What holds of the board whatever rules, tracks, people and clocks do.

mod stage;

use alert::{
    Alert, AlertId, AlertKey, Board, BoardConfig, Cause, Delay, EndedTrack, Fact, Firings,
    MuteScope, RestoreError, Rule, Severity, State, Value, View,
};
use proptest::collection::vec;
use proptest::prelude::*;
use stage::{at, number, track};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{EndReason, SensorId, Time};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// An evaluation so many seconds later, at which these keys fire and these tracks end.
    Update {
        step_s: f64,
        fires: BTreeSet<u8>,
        ends: BTreeSet<u8>,
        merges: bool,
    },
    Acknowledge(u64),
    Join(u64),
    Close(u64),
    Mute(u8),
    Restart,
}

const RULES: [Rule; 5] =
    [Rule::Emergency, Rule::Conflict, Rule::LostTrack, Rule::Sensor, Rule::Site(3)];

/// Forty keys: eight of each rule.
fn key(n: u8) -> AlertKey {
    let (rule, n) = (RULES[usize::from(n / 8) % RULES.len()], u32::from(n % 8));
    match rule {
        Rule::Conflict => AlertKey::of_pair(rule, Cause::Tracks, number(n), number(n + 1)),
        Rule::Sensor => AlertKey::of_cause(rule, Cause::Sensor(SensorId { sac: 1, sic: n as u8 })),
        _ => AlertKey::of_track(rule, number(n)),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let some = || prop::collection::btree_set(0_u8..40, 0..12);
    let step_s = prop_oneof![
        8 => Just(1.0),
        1 => prop::sample::select(vec![-3_600.0, -0.5, 0.0, 0.2, 4.0, 7_200.0]),
    ];
    let ends =
        prop_oneof![3 => Just(BTreeSet::new()), 1 => prop::collection::btree_set(0_u8..9, 1..3)];
    let update = (step_s, some(), ends, any::<bool>())
        .prop_map(|(step_s, fires, ends, merges)| Step::Update { step_s, fires, ends, merges });
    let id = || 1_u64..40;
    let step = prop_oneof![
        12 => update,
        1 => id().prop_map(Step::Acknowledge),
        1 => id().prop_map(Step::Join),
        1 => id().prop_map(Step::Close),
        1 => (0_u8..40).prop_map(Step::Mute),
        1 => Just(Step::Restart),
    ];
    vec(step, 1..80)
}

fn config() -> BoardConfig {
    let delays = RULES.map(|rule| (rule, Delay::times(1, 2.0))).into();
    BoardConfig { delays, ended_kept_s: 20.0, ended_max: 12, ..BoardConfig::default() }
}

/// What a run did: every alert that was ever seen, as it was last.
#[derive(Default)]
struct Seen {
    last: BTreeMap<AlertId, Alert>,
    handed_out: BTreeSet<AlertId>,
    fired: BTreeSet<AlertKey>,
}

fn run(steps: &[Step], mut each: impl FnMut(&Board, &Seen)) -> (Board, Seen) {
    let mut board = Board::new(config());
    let (mut firings, mut seen, mut now) = (Firings::new(), Seen::default(), at(0.0));
    for step in steps {
        match step {
            Step::Update { step_s, fires, ends, merges } => {
                now = now.plus_seconds(*step_s);
                let fires: BTreeSet<_> = fires.iter().map(|n| key(*n)).collect();
                update(&mut board, &mut firings, &mut seen, &fires, (ends, *merges), now);
            }
            Step::Acknowledge(id) => _ = board.acknowledge(AlertId(*id), "A. Bekova", now),
            Step::Join(id) => _ = board.join(AlertId(*id), "KGZ INC-0001", "A. Bekova", now),
            Step::Close(id) => _ = board.close(AlertId(*id), "A. Bekova", "seen", now),
            Step::Mute(n) => {
                let until = now.plus_seconds(30.0);
                board
                    .mute(MuteScope::Key(key(*n)), "A. Bekova", "test", until, now)
                    .expect("it is sound");
            }
            Step::Restart => board = Board::restore(config(), &board.save()).expect("as saved"),
        }
        seen.last.extend(board.open().chain(board.ended()).map(|a| (a.id, a.clone())));
        each(&board, &seen);
    }
    (board, seen)
}

fn update(
    board: &mut Board,
    firings: &mut Firings,
    seen: &mut Seen,
    fires: &BTreeSet<AlertKey>,
    (ends, merges): (&BTreeSet<u8>, bool),
    now: Time,
) {
    firings.clear();
    for key in fires.iter().rev() {
        let facts = firings.fire(*key, Severity::Caution, None);
        facts.push(Fact::new("time", Value::At(now)));
    }
    let gone: Vec<_> = ends.iter().map(|n| track(u32::from(*n))).collect();
    let reason = if merges { EndReason::MergedInto(number(20)) } else { EndReason::Lost };
    let ended: Vec<_> = gone.iter().map(|track| EndedTrack { track, reason }).collect();
    let changes = board.update(firings, &ended, now).clone();
    seen.fired.extend(fires);
    for alert in changes.handed_out {
        assert!(seen.handed_out.insert(alert.id), "handed out twice");
        assert!(alert.ended.is_some());
        seen.last.insert(alert.id, alert);
    }
    for key in fires {
        assert!(board.is_open(key), "{key:?} fires and is not on the board");
    }
    for id in changes.opened {
        assert!(!seen.last.contains_key(&id), "number {id:?} was given twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn what_was_saved_and_what_came_since_is_the_board_that_was(steps in steps()) {
        let mut saved = Board::new(config()).save();
        let (mut since, mut done) = (BTreeSet::new(), 0);
        run(&steps, |board, seen| {
            let step = &steps[done];
            done += 1;
            if !matches!(step, Step::Update { .. }) {
                // What a person did is saved whole at once.
                saved = board.save();
                since.clear();
                return;
            }
            let changes = board.changes();
            since.extend([&changes.opened, &changes.moved, &changes.closed].into_iter().flatten());
            let ids: Vec<AlertId> = since.iter().copied().collect();
            let some = Board::restore(config(), &board.save_some(&ids)).expect("as saved");
            let mut again = Board::restore(config(), &saved).expect("as saved");
            again.adopt(some);
            let open = |board: &Board| -> Vec<(AlertId, AlertKey, Time)> {
                // What is over and was handed out since may be there once more.
                let here = board.open().filter(|alert| !seen.handed_out.contains(&alert.id));
                here.map(|alert| (alert.id, alert.key, alert.opened)).collect()
            };
            assert_eq!(open(&again), open(board));
            let ended: BTreeSet<AlertId> = again.ended().map(|alert| alert.id).collect();
            assert!(board.ended().all(|alert| ended.contains(&alert.id)));
            assert_eq!(again.counts().opened_ever, board.counts().opened_ever);
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_alert_is_ever_shed(steps in steps()) {
        run(&steps, |board, seen| {
            // Each number that was ever given is open, ended, or was handed out: one of these.
            let counts = board.counts();
            assert_eq!(seen.last.len() as u64, counts.opened_ever);
            let there = (counts.open + counts.ended) as u64;
            assert_eq!(there + counts.handed_out_ever, counts.opened_ever);
            for id in seen.last.keys() {
                assert_ne!(board.get(*id).is_some(), seen.handed_out.contains(id));
            }
            let pages: usize = [None, Some(State::Ended)]
                .map(|state| board.page(View { state, ..View::default() }, 0, 9).total)
                .iter()
                .sum();
            assert_eq!(pages as u64, there);
        });
    }

    #[test]
    fn each_alert_closes_or_is_closed(steps in steps()) {
        let (mut board, mut seen) = run(&steps, |_, _| {});
        let (mut firings, nothing) = (Firings::new(), BTreeSet::new());
        for second in 0..60 {
            let now = at(f64::from(second));
            update(&mut board, &mut firings, &mut seen, &nothing, (&BTreeSet::new(), false), now);
        }
        prop_assert_eq!((board.counts().open, board.counts().ended), (0, 0));
        prop_assert_eq!(seen.handed_out.len() as u64, board.counts().opened_ever);
    }

    #[test]
    fn what_people_did_outlives_updates_and_restarts(steps in steps()) {
        let mut acts: BTreeMap<AlertId, (bool, bool)> = BTreeMap::new();
        run(&steps, |board, _| {
            for alert in board.open().chain(board.ended()) {
                let (acknowledged, joined) = acts.entry(alert.id).or_default();
                assert!(!*acknowledged || alert.acknowledged.is_some());
                assert!(!*joined || alert.incident.is_some());
                *acknowledged |= alert.acknowledged.is_some();
                *joined |= alert.incident.is_some();
            }
        });
    }

    #[test]
    fn the_same_happenings_give_the_same_board(steps in steps()) {
        let [a, b] = [(); 2].map(|()| run(&steps, |_, _| {}).0.save());
        prop_assert_eq!(a, b);
    }

    #[test]
    fn a_restart_changes_nothing(steps in steps()) {
        let without: Vec<_> =
            steps.iter().filter(|step| !matches!(step, Step::Restart)).cloned().collect();
        let history = |steps: &[Step]| {
            let (board, seen) = run(steps, |_, _| {});
            (board.save(), seen.last.into_values().collect::<Vec<_>>())
        };
        // On-delays begin anew; there are none here.
        let ((a, seen_a), (b, seen_b)) = (history(&steps), history(&without));
        prop_assert!(a == b && seen_a == seen_b);
    }

    #[test]
    fn a_saved_board_reads_back_the_same(steps in steps()) {
        let (board, _) = run(&steps, |_, _| {});
        let bytes = board.save();
        let again = Board::restore(config(), &bytes).unwrap();
        prop_assert_eq!(again.save(), bytes);
        prop_assert!(again.open().eq(board.open()) && again.ended().eq(board.ended()));
        prop_assert!(again.mutes().eq(board.mutes()));
    }

    #[test]
    fn damaged_bytes_are_refused_or_are_a_board_and_never_a_panic(
        steps in steps(),
        at_byte in any::<prop::sample::Index>(),
        octet in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (board, _) = run(&steps, |_, _| {});
        let mut bytes = board.save();
        prop_assert!(Board::restore(config(), &bytes[..cut.index(bytes.len())]).is_err());
        let place = at_byte.index(bytes.len());
        bytes[place] = octet;
        if let Ok(mut board) = Board::restore(config(), &bytes) {
            update(&mut board, &mut Firings::new(), &mut Seen::default(), &BTreeSet::new(), (&BTreeSet::new(), false), at(0.0));
            let counts = board.counts();
            prop_assert!((counts.open + counts.ended) as u64 <= counts.opened_ever);
        }
    }

    #[test]
    fn bytes_of_anything_are_refused(bytes in vec(any::<u8>(), 0..400)) {
        prop_assert!(Board::restore(config(), &bytes).is_err());
        let headed = [b"ALERTS\x01".as_slice(), &bytes].concat();
        _ = Board::restore(config(), &headed);
    }

    #[test]
    fn noise_about_a_threshold_with_another_to_end_opens_one_alert(
        noise in vec(-1.0_f64..1.0, 200),
    ) {
        // Begins at 10, ends at 12; the value stays within 1 of 10.
        let mut board = Board::new(config());
        let mut firings = Firings::new();
        for (second, noise) in noise.iter().enumerate() {
            firings.clear();
            let limit = if board.is_open(&key(0)) { 12.0 } else { 10.0 };
            if 10.0 + noise < limit {
                firings.fire(key(0), Severity::Caution, None);
            }
            board.update(&mut firings, &[], at(second as f64));
        }
        prop_assert!(board.counts().opened_ever <= 1);
        prop_assert_eq!(board.counts().ended, 0);
    }
}

#[test]
fn a_later_version_is_named_and_numbers_go_on_after_what_was_not_saved() {
    let mut board = Board::new(config());
    let mut bytes = board.save();
    bytes[6] = 9;
    assert_eq!(Board::restore(config(), &bytes).unwrap_err(), RestoreError::Version { found: 9 });
    assert_eq!(Board::restore(config(), b"x").unwrap_err(), RestoreError::NotABoard);
    board.skip_past(AlertId(41));
    let mut firings = Firings::new();
    firings.fire(key(0), Severity::Caution, None);
    board.update(&mut firings, &[], at(0.0));
    assert_eq!(board.changes().opened, [AlertId(42)]);
}
