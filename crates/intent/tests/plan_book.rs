//! The book: messages find their plan, and every change tells what changed.

use intent::plan::{Applied, Life, PlanClock, Plans, PlansConfig, Refusal, read};
use proptest::prelude::*;
use surveillance::Time;

const FPL: &str = "(FPL-KZR127-IS-B738/M-SDE2FGHIRWY/S-UCFM0530-N0450F330 DCT BATUR DCT-UAAA0045-PBN/B1 DOF/261128)";

fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

/// Applies each message of `text`, all received at `received`.
fn apply(plans: &mut Plans, text: &str, received: &str) -> Vec<Applied> {
    let reading = read(text.as_bytes());
    assert_eq!(reading.defects, []);
    reading.messages.iter().map(|(_, message)| plans.apply(message, at(received))).collect()
}

fn told(applied: &Applied) -> String {
    match applied {
        Applied::Filed(id) => format!("filed {}", id.0),
        Applied::Changed { plan, life, differences } => {
            let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
            format!("{} {}: {}", plan.0, life.as_str(), shown.join("; "))
        }
        Applied::Repeated(id) => format!("repeated {}", id.0),
        Applied::Refused(why) => format!("refused: {why}"),
    }
}

#[test]
fn a_plan_goes_through_its_life_and_each_message_tells_what_changed() {
    let mut plans = Plans::default();
    let check = |plans: &mut Plans, text: &str, expected: &str| {
        for applied in apply(plans, text, "2026-11-28T04:00:00Z") {
            assert_eq!(told(&applied), expected, "{text}");
        }
    };
    check(&mut plans, FPL, "filed 0");
    check(&mut plans, FPL, "repeated 0");
    check(
        &mut plans,
        "(CHG-KZR127-UCFM0530-UAAA-DOF/261128-15/N0450F350 DCT BATUR DCT-8/IN)",
        "0 filed: 8b: S -> N; 15: N0450F330 DCT BATUR DCT -> N0450F350 DCT BATUR DCT",
    );
    let delay = "(DLA-KZR127-UCFM0610-UAAA-DOF/261128)";
    check(
        &mut plans,
        delay,
        "0 delayed: state: filed -> delayed; 13b: 2026-11-28T05:30:00Z -> 2026-11-28T06:10:00Z",
    );
    check(&mut plans, delay, "repeated 0");
    check(&mut plans, FPL, "repeated 0");
    check(
        &mut plans,
        "(DLA-KZR127-UCFM0540-UAAA-0)",
        "refused: a delay from 2026-11-28T06:10:00Z to 2026-11-28T05:40:00Z",
    );
    check(
        &mut plans,
        "(DEP-KZR127/A0241-UCFM0617-UAAA-0)",
        "0 departed: state: delayed -> departed; take-off: none -> 2026-11-28T06:17:00Z; 7: KZR127 -> KZR127/A0241",
    );
    check(&mut plans, "(CNL-KZR127-UCFM0610-UAAA-0)", "refused: the plan is already departed");
    check(
        &mut plans,
        "(ARR-KZR127-UCFM0610-UAAA0605)",
        "refused: landing at 2026-11-28T06:05:00Z, take-off at 2026-11-28T06:17:00Z",
    );
    check(
        &mut plans,
        "(ARR-KZR127-UCFM-UACC0655)",
        "0 arrived: state: departed -> arrived; landing: none -> UACC 2026-11-28T06:55:00Z",
    );
    check(&mut plans, "(ARR-KZR127-UCFM-UACC0655)", "repeated 0");
    check(
        &mut plans,
        "(CNL-KZR128-UCFM0610-UAAA-0)",
        "refused: no plan of that callsign, departure, destination and time",
    );
}

#[test]
fn a_message_is_about_the_flight_of_its_day() {
    let mut plans = Plans::default();
    let tomorrow = FPL.replace("261128", "261129");
    apply(&mut plans, &format!("{FPL}{tomorrow}"), "2026-11-28T04:00:00Z");
    let cancel = "(CNL-KZR127-UCFM0530-UAAA-DOF/261129)";
    apply(&mut plans, cancel, "2026-11-28T05:00:00Z");
    let lives: Vec<Life> = plans.iter().map(|entry| entry.life).collect();
    assert_eq!(lives, [Life::Filed, Life::Cancelled]);
}

#[test]
fn a_delay_over_midnight_is_to_the_next_day() {
    let mut plans = Plans::default();
    apply(&mut plans, &FPL.replace("UCFM0530", "UCFM2330"), "2026-11-28T04:00:00Z");
    apply(&mut plans, "(DLA-KZR127-UCFM0045-UAAA-DOF/261128)", "2026-11-28T23:00:00Z");
    assert_eq!(plans.iter().next().unwrap().off_block, at("2026-11-29T00:45:00Z"));
}

#[test]
fn a_plan_without_a_day_is_for_the_next_such_time() {
    let mut plans = Plans::default();
    apply(&mut plans, &FPL.replace("DOF/261128", ""), "2026-11-27T20:00:00Z");
    assert_eq!(plans.iter().next().unwrap().off_block, at("2026-11-28T05:30:00Z"));
}

#[test]
fn a_full_book_forgets_closed_plans_and_refuses_what_there_is_no_room_for() {
    let mut plans = Plans::new(PlansConfig { plans_max: 3, ..PlansConfig::default() });
    let mut done = Vec::new();
    for number in 0..5 {
        let filing = FPL.replace("KZR127", &format!("KZR{number}"));
        done.extend(apply(&mut plans, &filing, "2026-11-28T04:00:00Z"));
        if number == 1 {
            apply(&mut plans, "(CNL-KZR1-UCFM0530-UAAA-0)", "2026-11-28T04:00:00Z");
        }
    }
    let left: Vec<String> = plans.iter().map(|entry| entry.plan.callsign.to_string()).collect();
    assert_eq!((left.join(" "), plans.shed()), ("KZR0 KZR2 KZR3".to_owned(), 1));
    assert_eq!(done.last(), Some(&Applied::Refused(Refusal::Full { plans_max: 3 })));
}

#[test]
fn what_is_overdue_expires_and_is_forgotten_later() {
    let mut plans = Plans::default();
    apply(&mut plans, FPL, "2026-11-28T04:00:00Z");
    assert!(plans.advance(at("2026-11-28T11:29:00Z")).is_empty());
    assert_eq!(plans.advance(at("2026-11-28T11:30:00Z")).len(), 1);
    assert_eq!(plans.iter().next().unwrap().life, Life::Expired);
    plans.advance(at("2026-11-28T13:30:00Z"));
    assert!(plans.is_empty());
}

#[test]
fn two_flights_as_near_are_not_guessed_between() {
    let mut plans = Plans::default();
    let early = FPL.replace("UCFM0530", "UCFM0400");
    let late = FPL.replace("UCFM0530", "UCFM0600");
    apply(&mut plans, &format!("{early}{late}"), "2026-11-28T02:00:00Z");
    let applied =
        apply(&mut plans, "(CNL-KZR127-UCFM0500-UAAA-DOF/261128)", "2026-11-28T02:00:00Z");
    assert_eq!(applied, [Applied::Refused(Refusal::Ambiguous { count: 2 })]);
}

const ADEXP: &str = "-TITLE IFPL\n-ADEP UCFM -ADES UAAA -ARCID KZR127 -ARCTYP B738 -WKTRC M\n\
    -EOBD 261128 -EOBT 0530 -FLTRUL I -FLTTYP S -TTLEET 0045\n-ROUTE N0450F330 DCT BATUR DCT\n\
    -BEGIN RTEPTS\n-PT -PTID UCFM -FL F021 -ETO 261128054000\n\
    -PT -PTID BATUR -FL F330 -ETO 261128055500\n-PT -PTID UAAA -FL F022 -ETO 261128062500\n\
    -END RTEPTS\nNNNN\n";

#[test]
fn a_filing_whose_calculated_points_are_other_changes_the_plan_and_says_which() {
    let mut plans = Plans::default();
    let mut file = |text: &str| {
        let applied = apply(&mut plans, text, "2026-11-28T04:00:00Z");
        (told(&applied[0]), plans.iter().next().unwrap().plan.profile[1].over)
    };
    assert_eq!(file(ADEXP).0, "filed 0");
    assert_eq!(file(ADEXP).0, "repeated 0");
    let (said, over) = file(&ADEXP.replace("261128055500", "261128055730"));
    assert_eq!(over, Some(at("2026-11-28T05:57:30Z")));
    assert!(said.starts_with("0 filed: RTEPTS: UCFM F021 2026-11-28T05:40:00Z, "), "{said}");
    assert!(said.contains("BATUR F330 2026-11-28T05:57:30Z"), "{said}");
}

#[test]
fn a_message_written_whole_and_read_again_keeps_its_calculated_points() {
    for text in [ADEXP, FPL] {
        let message = read(text.as_bytes()).messages.remove(0).1;
        let kept = intent::plan::write(&message);
        let again = read(kept.as_bytes());
        assert_eq!((again.defects.len(), &again.messages[0].1), (0, &message), "{kept}");
        assert_eq!(intent::plan::write(&again.messages[0].1), kept);
    }
}

/// What becomes of a plan for 05:30 while the clock goes on second by second for so many hours from
/// 04:00, and leaps as it is told: at which minute, by how many minutes, and back how many later.
fn lives(minutes: u32, leaps: &[(u32, i32, u32)]) -> Vec<Option<Life>> {
    let (mut plans, mut clock) = (Plans::default(), PlanClock::default());
    let start = at("2026-11-28T04:00:00Z");
    let mut ahead_s = 0.0;
    (0..minutes)
        .map(|minute| {
            for (when, by, back_after) in leaps {
                let by_s = f64::from(*by) * 60.0;
                ahead_s += if *when == minute { by_s } else { 0.0 };
                ahead_s -= if when + back_after == minute { by_s } else { 0.0 };
            }
            let now = clock.follow(start.plus_seconds(f64::from(minute) * 60.0 + ahead_s));
            if minute == 0 {
                assert!(matches!(
                    plans.apply(&read(FPL.as_bytes()).messages[0].1, now),
                    Applied::Filed(_)
                ));
            }
            plans.advance(now);
            plans.iter().next().map(|entry| entry.life)
        })
        .collect()
}

#[test]
fn a_clock_that_leaps_and_stays_is_believed_after_a_quarter_of_an_hour() {
    let lives = lives(60, &[(10, 600, 1_000)]);
    assert_eq!(lives[24], Some(Life::Filed));
    assert_eq!(lives[26], Some(Life::Expired));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_clock_that_leaps_and_comes_back_within_a_quarter_of_an_hour_expires_no_plan(
        leaps in prop::collection::vec((1..700_u32, prop_oneof![-5_000..-10_i32, 10..5_000_i32], 1..14_u32), 0..5)
    ) {
        // A leap counts for nothing, so that the minute in which it was does not pass either.
        let even = lives(700, &[]);
        let leapt = lives(700, &leaps);
        let expired = |lives: &[Option<Life>]| lives.iter().position(|life| *life == Some(Life::Expired));
        let (even, leapt) = (expired(&even).expect("at 11:30"), expired(&leapt));
        prop_assert!(leapt.is_none_or(|minute| (even..even + 30).contains(&minute)), "{leapt:?}");
    }
}
