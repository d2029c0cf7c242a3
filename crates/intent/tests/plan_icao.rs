//! ICAO messages: what is understood, and what is said of the rest.

use intent::plan::{
    Amendment, Date, Element, Fix, FlightRules, Indicator, Level, Location, Message, Name, Plan,
    Reading, Speed, TimeOfDay, read, write_icao,
};

/// As a terminal prints it: AFTN envelope, lines of 69, two messages.
const TELEGRAM: &str = "ZCZC TKA0123 281145\r\r\n\
FF UCFMZPZX UAAAZQZX\r\r\n\
281144 UCFMZPZX\r\r\n\
(FPL-KZR127/A2561-IS\r\r\n\
-B738/M-SDE3FGHIJ1RWXY/LB1\r\r\n\
-UCFM0530\r\r\n\
-K0830S1130 DCT BATUR A240 KOTAM/N0450F370 G500 LAGOD VFR 4230N07540E\r\r\n\
MAN180040 C/46N078E/M082F370F390 DCT\r\r\n\
-UAAA0045 UACC UATT\r\r\n\
-PBN/A1B1C1D1 NAV/RNVD1E2A1 DOF/261128 REG/UPB3702 EET/UAAA0012\r\r\n\
MALOT0030 CODE/683ABC OPR/KZR RMK/TCAS EQUIPPED (SEE NOTAM))\r\r\n\
(DLA-KZR127-UCFM0615-UAAA-DOF/261128)\r\r\n\
NNNN\r\r\n";

fn only_plan(text: &str) -> (Plan, Vec<String>) {
    let Reading { messages, defects, .. } = read(text.as_bytes());
    let defects = defects.iter().map(ToString::to_string).collect();
    match messages.into_iter().next() {
        Some((_, Message::Filed(plan))) => (*plan, defects),
        other => panic!("{other:?} {defects:?}"),
    }
}

#[test]
fn a_plan_as_it_comes_over_the_aftn_is_understood_whole() {
    let reading = read(TELEGRAM.as_bytes());
    assert_eq!(reading.defects, []);
    let lines: Vec<u32> = reading.messages.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [4, 12]);
    let (plan, _) = only_plan(TELEGRAM);
    assert_eq!(plan.callsign.as_str(), "KZR127");
    assert_eq!(plan.code.unwrap().0.bits(), 0o2561);
    assert_eq!(plan.rules, Some(FlightRules::Ifr));
    assert_eq!(plan.aircraft.as_ref().unwrap().designator, "B738");
    let radio: Vec<String> = plan.equipment.radio.iter().map(ToString::to_string).collect();
    assert_eq!(radio, ["S", "D", "E3", "F", "G", "H", "I", "J1", "R", "W", "X", "Y"]);
    assert_eq!(plan.equipment.surveillance.len(), 2);
    assert_eq!((plan.departure, plan.destination), (place("UCFM"), place("UAAA")));
    assert_eq!(plan.off_block, TimeOfDay::new("0530"));
    assert_eq!(plan.elapsed.unwrap().minutes(), 45);
    assert_eq!(plan.alternates, [place("UACC"), place("UATT")]);
    assert_eq!(plan.route.speed, Some(Speed::KilometresPerHour(830)));
    assert_eq!(plan.route.level, Some(Level::Metric(1130)));
    assert_eq!(plan.route.elements.len(), 11);
    assert_eq!(plan.route.elements[2], Element::Airway(Name::new("A240").unwrap()));
    let offset = Fix::Offset { from: Name::new("MAN").unwrap(), bearing_deg: 180, distance_nm: 40 };
    assert_eq!(plan.route.elements[8], Element::Fix(offset, None));
    assert_eq!(plan.other.date, Date::new("261128"));
    assert_eq!(plan.other.address.unwrap().to_string(), "683abc");
    assert_eq!(plan.other.estimates[1].name, "MALOT");
    assert_eq!(plan.other.get(Indicator::Rmk), Some("TCAS EQUIPPED (SEE NOTAM)"));
    let Message::Delayed(delay) = &reading.messages[1].1 else { panic!() };
    assert_eq!(delay.time, TimeOfDay::new("0615"));
}

fn place(text: &str) -> Location {
    Location::new(text).expect("four letters")
}

#[test]
fn impossible_values_are_named_with_line_and_field_and_the_rest_is_kept() {
    let (plan, defects) = only_plan(
        "(FPL-AAA1-IS\n-B738/M-S/C\n-UCFM2561\n-N0450F330 DCT 9130N07400E DCT\n-UAAA0000\n-DOF/260230)",
    );
    assert_eq!(
        defects,
        [
            "line 3, field 13b: 2561 is not a time",
            "line 4, field 15c: 9130N07400E is not part of a route",
            "line 5, field 16b: 0000 is not an elapsed time of 0001 to 4800",
            "line 6, field 18 DOF: 260230 is not a day, YYMMDD",
        ]
    );
    assert_eq!((plan.off_block, plan.elapsed, plan.other.date), (None, None, None));
    assert_eq!(plan.route.elements, [Element::Direct, Element::Direct]);
}

#[test]
fn messages_about_a_plan_are_understood() {
    let reading = read(
        b"(CHGA/B017A/B016-KZR127-UCFM0530-UAAA-DOF/261128-8/IN-15/N0440F350 DCT BATUR DCT\n-16/UACC0100 UAAA-18/RMK/A-B C)\n\
          (CNL-KZR127-UCFM0530-UAAA-0)\n(DEP-KZR127/A0241-UCFM0541-UAAA-DOF/261128)\n\
          (ARR-KZR127-UCFM-UAAA0622)\n(ARR-KZR127-UCFM0530-UAAA-ZZZZ0622 OLD STRIP)",
    );
    assert_eq!(reading.defects, []);
    let [
        (1, Message::Changed(change)),
        (3, Message::Cancelled(_)),
        (4, Message::Departed(dep)),
        (5, Message::Arrived(arr)),
        (6, Message::Arrived(strip)),
    ] = &reading.messages[..]
    else {
        panic!("{reading:?}")
    };
    assert_eq!(change.amendments.len(), 4);
    assert!(
        matches!(&change.amendments[2], Amendment::Destination(to, Some(_), alternates) if *to == place("UACC") && alternates.len() == 1)
    );
    assert!(
        matches!(&change.amendments[3], Amendment::Other(other) if other.get(Indicator::Rmk) == Some("A-B C"))
    );
    assert_eq!(dep.code.unwrap().0.bits(), 0o241);
    assert_eq!((arr.aerodrome, arr.flight.destination), (place("UAAA"), None));
    assert_eq!(strip.name.as_deref(), Some("OLD STRIP"));
}

#[test]
fn what_is_not_read_is_named() {
    let check = |text: &str, expected: &[&str]| {
        let reading = read(text.as_bytes());
        let defects: Vec<String> = reading.defects.iter().map(ToString::to_string).collect();
        assert_eq!(defects, expected, "{text}");
    };
    check("", &["line 1, field 3: no message here"]);
    check(
        "(EST-AAA1-UCFM-BATUR1020F350-UAAA)",
        &["line 1, field 3: messages of kind EST are not read"],
    );
    check(
        "\n(CNL-AAA1-UCFM0530-UAAA\n\n(CNL-AAA2-UCFM0530-UAAA-0)",
        &["line 2, field 3: the message has no end"],
    );
    check(
        "(CNL-TOOLONG12-UCFM0530-UAAA-0)",
        &[
            "line 1, field 7a: TOOLONG12 is not a callsign of one to seven letters and digits",
            "line 1, field 7: the message is left out: its callsign is not known",
        ],
    );
}

#[test]
fn a_message_written_and_read_again_says_the_same() {
    let reading = read(TELEGRAM.as_bytes());
    for (_, message) in reading.messages {
        let again = read(write_icao(&message).as_bytes());
        assert_eq!(again.defects, []);
        assert_eq!(again.messages[0].1, message);
    }
}
