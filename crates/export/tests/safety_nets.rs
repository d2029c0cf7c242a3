//! Alerts that were released, as ASTERIX CAT004.

mod common;

use accord::{AlertKind, AlertSet, AlertState, ObjectKind, OwnNumber, Policy, Subject};
use asterix::emit::SafetyNetKind;
use asterix::{Editions, Fields, blocks};
use common::{airliner, at, mirrors, party};
use export::{Stream, StreamFormat};
use geodesy::{Enu, LocalFrame};
use std::sync::Arc;
use surveillance::{SensorId, Time};

/// XXA gives XXB its tracks, and its alerts with `fields` where there are any.
fn policy(fields: &str) -> Policy {
    giving(r#""position", "code""#, "", fields)
}

/// As [`policy`], with these `tracks` fields told so exactly.
fn giving(tracks: &str, precision: &str, fields: &str) -> Policy {
    let alerts = match fields {
        "" => String::new(),
        _ => format!(
            "[[article]]\nnumber = \"2\"\nkind = \"release.alerts\"\nfrom = [\"XXA\"]\n\
             to = [\"XXB\"]\narea = [{{ anywhere = true }}]\nfields = [{fields}]\n"
        ),
    };
    let text = format!(
        r#"
form = 1
accord = "xxa-xxb"
title = "One consumer"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"
[instruments]
requires = ["signature"]
signed = {{ date = 2020-01-01 }}
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{{ polygon = [[40.0, 70.0], [45.0, 70.0], [45.0, 75.0], [40.0, 75.0]] }}]
fields = [{tracks}]
{precision}
{alerts}"#
    );
    let reading = accord::read("test", &text).expect("an accord");
    assert!(reading.not_understood.is_empty(), "{:?}", reading.not_understood);
    Policy::new(party("XXA"), vec![Arc::new(reading.accord)]).expect("a policy")
}

fn alert(kind: AlertKind, content: &str, tracks: &[u64], time: Time) -> Subject {
    Subject {
        position: airliner(1, time).position,
        alerts: AlertSet::EMPTY.with(kind),
        alert_state: AlertState::Raised,
        content: content.as_bytes().to_vec(),
        tracks: tracks.iter().map(|track| OwnNumber(*track)).collect(),
        ..Subject::bare(OwnNumber(1 << 48), ObjectKind::Alert, time)
    }
}

/// What a consumer reads in one update.
#[derive(Default)]
struct Heard {
    /// Message type, alert number and the two tracks' numbers of each CAT004 record.
    warned: Vec<[Option<u64>; 4]>,
    /// Numbers of the tracks in CAT062.
    tracks: Vec<u64>,
}

fn heard(policy: &Policy, pictures: &[Vec<Subject>]) -> Vec<Heard> {
    let mut stream = Stream::new(StreamFormat::Asterix(SensorId { sac: 0, sic: 7 }));
    let editions = Editions::default();
    let of = |datagrams: Vec<Vec<u8>>| {
        let mut heard = Heard::default();
        for block in datagrams.iter().flat_map(|datagram| blocks(datagram)) {
            for record in block.expect("a block").records(&editions) {
                let fields = Fields::of(&record.expect("sound"));
                let raw = |path: &str| fields.get(path).map(|leaf| leaf.raw);
                match fields.spec().category {
                    4 => heard.warned.push(["000", "040", "030", "035"].map(raw)),
                    62 => heard.tracks.extend(raw("040")),
                    _ => {}
                }
            }
        }
        heard
    };
    mirrors(policy, pictures).iter().map(|mirror| of(stream.update(mirror))).collect()
}

/// What the first CAT004 record says at these paths, each as its value in the document's unit.
fn said(policy: &Policy, pictures: &[Vec<Subject>], paths: &[&str]) -> Vec<Option<f64>> {
    let mut stream = Stream::new(StreamFormat::Asterix(SensorId { sac: 0, sic: 7 }));
    let updates = mirrors(policy, pictures).into_iter().map(|mirror| stream.update(&mirror));
    let datagrams: Vec<Vec<u8>> = updates.flatten().collect();
    let editions = Editions::default();
    let mut records = (datagrams.iter().flat_map(|datagram| blocks(datagram)))
        .filter_map(Result::ok)
        .filter(|block| block.category() == 4)
        .flat_map(|block| block.records(&editions));
    let fields = Fields::of(&records.next().expect("an alert").expect("sound"));
    paths.iter().map(|path| fields.get(path).map(|leaf| leaf.value())).collect()
}

/// Two aircraft 10 km apart that meet 600 m beside each other, and the alert about them.
fn a_meeting() -> Vec<Vec<Subject>> {
    let mut pictures: Vec<Vec<Subject>> = (0..3).map(two_aircraft).collect();
    for (second, picture) in pictures.iter_mut().enumerate() {
        let origin = picture[0].position.expect("it has one").at_height(0.0);
        let from = Enu { east: 10_000.0, north: 600.0, up: 0.0 };
        let [one, other] = [0, 1];
        picture[one].velocity = Some(Enu { east: 100.0, north: 0.0, up: 0.0 });
        picture[one].vertical_rate_mps = Some(0.0);
        picture[other].position = Some(LocalFrame::at(origin).geodetic_from_enu(from));
        picture[other].velocity = Some(Enu { east: -100.0, north: 0.0, up: 0.0 });
        picture[other].level_m = Some(10_668.0 + 609.6);
        picture[other].vertical_rate_mps = Some(-6.096);
        if second == 2 {
            let content =
                r#"{"rule":"conflict","severity":"warning","opened":1795521590,"cat004":7}"#;
            picture.push(alert(AlertKind::Conflict, content, &[1, 2], at(2)));
        }
    }
    pictures
}

const BOTH: &str = r#""alerts", "content""#;
const TIMING: [&str; 6] = ["070/TC", "070/TCA", "070/CHS", "070/MHS", "070/CVS", "070/MVS"];

#[test]
fn a_conflict_says_how_two_aircraft_stand_to_each_other_as_they_were_told() {
    let tracks = r#""position", "level", "velocity", "vertical-rate""#;
    let found = said(&giving(tracks, "", BOTH), &a_meeting(), &TIMING);
    let near = |place: usize, wanted: f64, step: f64| {
        let value: f64 = found[place].expect("it is known");
        assert!((value - wanted).abs() <= step, "{}: {value}", TIMING[place]);
    };
    // Nobody told when it begins.
    assert_eq!(found[0], None);
    near(1, 50.0, 0.1);
    near(2, 10_000.0_f64.hypot(600.0), 1.0);
    // Less what meridians come together over 10 km at 42.5° N (1.44 mrad), half of the way.
    near(3, 600.0 - 7.2, 1.0);
    near(4, 2_000.0, 25.0);
    // It comes down 304.8 m in the 50 s.
    near(5, 1_000.0, 25.0);
}

#[test]
fn what_was_told_on_a_grid_gives_no_distance() {
    let tracks = r#""position", "level", "velocity""#;
    let coarse = "precision = { position_nm = 5.0, level_ft = 1000, velocity_kt = 50.0 }";
    assert_eq!(said(&giving(tracks, coarse, BOTH), &a_meeting(), &TIMING), [None; 6]);
    // Without velocities nobody knows when they are closest.
    let found = said(&giving(r#""position""#, "", BOTH), &a_meeting(), &TIMING);
    let known: Vec<bool> = found.iter().map(Option::is_some).collect();
    assert_eq!(known, [false, false, true, false, false, false]);
}

#[test]
fn how_severe_it_is_and_since_when_is_told_where_the_text_is_granted() {
    let paths = ["120/CC/TID", "120/CC/CS", "120/CD"];
    let found = said(&giving(r#""position""#, "", BOTH), &a_meeting(), &paths);
    assert_eq!(found, [Some(0.0), Some(1.0), Some(12.0)]);
    let found = said(&giving(r#""position""#, "", r#""alerts""#), &a_meeting(), &paths);
    assert_eq!(found, [None; 3]);
    // An area's class is its severity.
    let content = r#"{"severity":"caution","cat004":5}"#;
    let story = a_story(AlertKind::AreaInfringement, content, &[1]);
    let paths = ["120/CC/TID", "120/CC/CPC", "120/CC/CS", "120/CD"];
    let found = said(&giving(r#""position""#, "", BOTH), &story, &paths);
    assert_eq!(found, [Some(1.0), Some(1.0), Some(0.0), None]);
}

fn two_aircraft(second: i64) -> Vec<Subject> {
    vec![airliner(1, at(second)), airliner(2, at(second))]
}

/// Aircraft alone, then with an alert twice, then alone again.
fn a_story(kind: AlertKind, content: &str, tracks: &[u64]) -> Vec<Vec<Subject>> {
    let mut pictures: Vec<Vec<Subject>> = (0..4).map(two_aircraft).collect();
    for second in [1, 2] {
        pictures[second].push(alert(kind, content, tracks, at(second as i64)));
    }
    pictures
}

#[test]
fn a_conflict_names_its_tracks_in_every_update_and_ends_once() {
    let policy = policy(r#""alerts", "content""#);
    let content = r#"{"rule":"conflict","severity":"warning","opened":1,"cat004":7}"#;
    let mut pictures = a_story(AlertKind::Conflict, content, &[1, 2]);
    pictures.push(two_aircraft(4));
    let found = heard(&policy, &pictures);
    let tracks = &found[0].tracks;
    assert_eq!(tracks.len(), 2);
    let conflict = [Some(7), Some(1), Some(tracks[0]), Some(tracks[1])];
    let over = [Some(17), Some(1), None, None];
    let expected: [&[_]; 5] = [&[], &[conflict], &[conflict], &[over], &[]];
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.warned, expected);
    }
}

#[test]
fn what_a_text_says_goes_before_what_the_kind_says_and_is_not_needed() {
    let once = |kind, content: &str, fields: &str| {
        let found = heard(&policy(fields), &a_story(kind, content, &[1]));
        let told = found.iter().flat_map(|heard| &heard.warned).next().copied();
        told.and_then(|[kind, ..]| kind)
    };
    let both = r#""alerts", "content""#;
    assert_eq!(once(AlertKind::Other, r#"{"cat004":6}"#, both), Some(6), "off its level");
    assert_eq!(once(AlertKind::AreaInfringement, r#"{"cat004":99}"#, both), Some(99));
    assert_eq!(once(AlertKind::AreaInfringement, r#"{"cat004":99}"#, r#""alerts""#), Some(5));
    assert_eq!(once(AlertKind::LostTrack, "", both), Some(97));
    assert_eq!(once(AlertKind::MinimumSafeAltitude, "no JSON", both), Some(4));
    // Neither the category nor anybody's text has a message for these.
    assert_eq!(once(AlertKind::Emergency, r#"{"rule":"emergency"}"#, both), None);
    assert_eq!(once(AlertKind::Other, r#"{"cat004":250}"#, both), None);
    // No text makes it "all is well" or "it is over".
    assert_eq!(once(AlertKind::Conflict, r#"{"cat004":1}"#, both), Some(7));
    assert_eq!(once(AlertKind::Conflict, r#"{"cat004":17}"#, both), Some(7));
}

#[test]
fn without_an_article_about_alerts_nothing_of_the_category_goes_out() {
    let found = heard(&policy(""), &a_story(AlertKind::Conflict, "{}", &[1, 2]));
    assert!(found.iter().all(|heard| heard.warned.is_empty() && heard.tracks.len() == 2));
}

#[test]
fn an_alert_about_a_track_that_is_withheld_is_not_told() {
    let mut pictures = a_story(AlertKind::Conflict, "{}", &[1, 2]);
    for picture in &mut pictures {
        // The other one flies where the article does not reach.
        picture[1].position = geodesy::Geodetic::from_degrees(42.5, 76.0, 10_000.0);
    }
    let found = heard(&policy(r#""alerts", "content""#), &pictures);
    assert!(found.iter().all(|heard| heard.warned.is_empty() && heard.tracks.len() == 1));
}

#[test]
fn every_kind_is_found_again_by_its_message_type() {
    for kind in SafetyNetKind::ALL {
        assert_eq!(SafetyNetKind::of_message_type(kind.message_type()), Some(kind));
    }
    assert_eq!(SafetyNetKind::of_message_type(2), None);
}

#[test]
fn an_alert_whose_track_is_told_no_more_stops_and_is_not_said_to_be_over() {
    let mut pictures = a_story(AlertKind::Conflict, "{}", &[1, 2]);
    for picture in &mut pictures[2..] {
        // It flies on where the article does not reach; the conflict goes on.
        picture[1].position = geodesy::Geodetic::from_degrees(42.5, 76.0, 10_000.0);
    }
    pictures[3].push(alert(AlertKind::Conflict, "{}", &[1, 2], at(3)));
    let found = heard(&policy(r#""alerts", "content""#), &pictures);
    let told: Vec<usize> = found.iter().map(|heard| heard.warned.len()).collect();
    assert_eq!(told, [0, 1, 0, 0], "{:?}", found[2].warned);
}
