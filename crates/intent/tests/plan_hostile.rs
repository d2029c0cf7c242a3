//! Whatever comes in: nothing panics, nothing grows beyond its bound, and what is written is read
//! again as it was.

use intent::plan::{
    Amendment, Applied, DEFECTS_MAX, Indicator, Life, Message, Plans, PlansConfig, Reading, read,
    write_adexp, write_icao,
};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::{Index, select};
use proptest::{prop_assert, prop_assert_eq};
use surveillance::Time;

const VALID: &str = concat!(
    include_str!("../testdata/plan/filed.txt"),
    include_str!("../testdata/plan/later.txt"),
);

/// A valid text with pieces taken out, put in, doubled and moved.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        select(vec![
            "(",
            ")",
            "-",
            "/",
            "\n",
            "(FPL-",
            "-TITLE IFPL",
            "NNNN",
            "2561",
            "ZZZZ",
            "É",
            "\0",
            "-BEGIN RTEPTS",
            "18/",
            "T "
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        vec(any::<u8>(), 1..4),
    ];
    vec((any::<Index>(), any::<Index>(), 0..4_u8, piece), 0..12).prop_map(|edits| {
        let mut bytes = VALID.as_bytes().to_vec();
        for (a, b, kind, piece) in edits {
            let (a, b) = (a.index(bytes.len() + 1), b.index(bytes.len() + 1));
            let (low, high) = (a.min(b), a.max(b).min(a.min(b) + 200));
            match kind {
                0 => drop(bytes.splice(low..high, [])),
                1 => drop(bytes.splice(low..low, piece)),
                2 => {
                    let copy = bytes[low..high].to_vec();
                    drop(bytes.splice(high..high, copy));
                }
                _ => drop(bytes.splice(low..high, piece)),
            }
        }
        bytes
    })
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![4 => mutated(), 1 => vec(any::<u8>(), 0..400)]
}

fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

fn is_bounded(bytes: &[u8], reading: &Reading) -> bool {
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    reading.defects.len() <= DEFECTS_MAX
        && reading.messages.len() * 10 <= bytes.len().max(10) * 2
        && reading.defects.iter().all(|defect| (1..=lines).contains(&(defect.line as usize)))
        && reading.defects.iter().all(|defect| defect.to_string().len() < 300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_bytes_give_messages_and_defects_with_true_lines_and_never_a_panic(bytes in texts()) {
        let reading = read(&bytes);
        prop_assert!(is_bounded(&bytes, &reading), "{:?}", reading.defects);
    }

    #[test]
    fn what_was_understood_is_written_and_read_again_as_it_was(bytes in texts()) {
        for (_, message) in read(&bytes).messages {
            // A type of flight without rules cannot be written, nor a route without a level.
            let without_level = |amendment: &Amendment| {
                matches!(amendment, Amendment::Route(route) if route.level.is_none())
            };
            let unwritable = match &message {
                Message::Filed(plan) => plan.rules.is_none() || plan.route.level.is_none(),
                Message::Changed(change) => change.amendments.iter().any(without_level),
                _ => false,
            };
            if unwritable {
                continue;
            }
            let again = read(write_icao(&message).as_bytes());
            let expected = without_profile(&message);
            prop_assert_eq!(again.messages.len(), 1, "{} {:?}", write_icao(&message), again.defects);
            prop_assert_eq!(&again.messages[0].1, &expected, "{}", write_icao(&message));
        }
    }

    #[test]
    fn a_plan_goes_through_adexp_and_back(bytes in texts()) {
        for (_, message) in read(&bytes).messages {
            let Message::Filed(mut plan) = message else { continue };
            if plan.route.level.is_none() {
                continue;
            }
            plan.supplement = None;
            let written = write_adexp(&Message::Filed(plan.clone()));
            let again = read(written.as_bytes());
            prop_assert_eq!(again.messages.len(), 1, "{} {:?}", &written, again.defects);
            let Message::Filed(again) = &again.messages[0].1 else { panic!() };
            // ADEXP tells neither of white space nor of the order of some items.
            prop_assert_eq!(&again.route, &plan.route, "{}", &written);
            prop_assert_eq!(again.callsign, plan.callsign);
            prop_assert_eq!((again.departure, again.destination), (plan.departure, plan.destination));
            prop_assert_eq!((again.off_block, again.elapsed), (plan.off_block, plan.elapsed));
            prop_assert_eq!(&again.equipment, &plan.equipment);
            prop_assert_eq!(&again.aircraft, &plan.aircraft);
            prop_assert_eq!(&again.other.estimates, &plan.other.estimates);
            let dated = plan.other.get(Indicator::Dof).is_none_or(|text| text.len() == 6);
            prop_assert!(!dated || again.other.date == plan.other.date, "{}", &written);
            prop_assert_eq!(&again.profile, &plan.profile);
        }
    }

    #[test]
    fn a_book_stays_bounded_and_a_message_said_twice_changes_nothing(
        texts in vec(prop_oneof![3 => select(messages()), 1 => Just(VALID.to_owned())], 1..40),
        minutes in vec(0..600_u32, 40),
    ) {
        let mut plans = Plans::new(PlansConfig { plans_max: 4, ..PlansConfig::default() });
        let mut twin = plans.clone();
        let mut now = at("2026-11-28T00:00:00Z");
        for (text, minutes) in texts.iter().zip(minutes) {
            now = now.plus_seconds(f64::from(minutes) * 6.0);
            for (_, message) in read(text.as_bytes()).messages {
                let applied = plans.apply(&message, now);
                prop_assert_eq!(&applied, &twin.apply(&message, now));
                prop_assert!(plans.len() <= 4);
                let before = plans.iter().cloned().collect::<Vec<_>>();
                let again = plans.apply(&message, now);
                twin.apply(&message, now);
                let closed = matches!(applied, Applied::Changed { life: Life::Cancelled, .. });
                if !closed {
                    prop_assert!(!matches!(again, Applied::Filed(_) | Applied::Changed { .. }), "{message:?} {applied:?} {again:?}");
                    prop_assert_eq!(before, plans.iter().cloned().collect::<Vec<_>>());
                }
            }
            plans.advance(now);
            twin.advance(now);
        }
        prop_assert_eq!(plans.shed(), twin.shed());
    }
}

/// Messages about two flights, in any order.
fn messages() -> Vec<String> {
    let mut all = Vec::new();
    for callsign in ["AAA1", "AAA2"] {
        for time in ["0030", "0530", "2330"] {
            all.push(format!("(FPL-{callsign}-IS-B738/M-S/C-UCFM{time}-N0450F330 DCT-UAAA0045-0)"));
            all.push(format!("(DLA-{callsign}-UCFM{time}-UAAA-0)"));
            all.push(format!("(CNL-{callsign}-UCFM{time}-UAAA-0)"));
            all.push(format!("(DEP-{callsign}/A4321-UCFM{time}-UAAA-DOF/261128)"));
            all.push(format!("(ARR-{callsign}-UCFM-UAAA{time})"));
            all.push(format!("(CHG-{callsign}-UCFM{time}-UAAA-0-15/N0450F350 DCT-13/UCFM0545)"));
        }
    }
    all
}

fn without_profile(message: &Message) -> Message {
    let mut message = message.clone();
    if let Message::Filed(plan) = &mut message {
        plan.profile.clear();
    }
    message
}
