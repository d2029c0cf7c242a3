//! Which track flies which plan, and how it keeps to it.

mod common;

use common::{Grid, at, plan_text, track};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use intent::plan::{
    AdherenceConfig, Correlator, How, Level, Match, PlanId, Plans, Unmatched, Word, adherence, read,
};
use surveillance::{Address, Callsign, Mode3A, Time, Track, TrackNumber};

/// A correlator with these plans, filed at 04:00 for 05:00; all take off at 05:10.
struct Desk {
    plans: Plans,
    correlator: Correlator,
}

impl Desk {
    fn with(texts: &[String]) -> Self {
        let mut plans = Plans::default();
        for text in texts {
            let reading = read(text.as_bytes());
            assert_eq!(reading.defects, []);
            for (_, message) in &reading.messages {
                plans.apply(message, at("2026-11-28T04:00:00Z"));
            }
        }
        Self { plans, correlator: Correlator::default() }
    }

    fn correlate(&mut self, track: &Track) -> Result<Match, Unmatched> {
        self.correlator.refresh(&self.plans, &Grid, track.time);
        self.correlator.correlate(track, track.time)
    }

    /// A track that flies a plan as planned, `off_nm` to the right of its route.
    fn flying(&mut self, number: u32, plan: u64, time: Time, off_nm: f64) -> Track {
        self.correlator.refresh(&self.plans, &Grid, time);
        let route = self.correlator.trajectory(PlanId(plan)).expect("a route");
        let take_off =
            self.plans.get(PlanId(plan)).expect("a plan").departure_time(self.plans.config());
        track(number, route, time.seconds_since(take_off), time, off_nm)
    }
}

fn callsign(text: &str) -> Option<Callsign> {
    Callsign::new(text)
}

const NOW: &str = "2026-11-28T05:40:00Z";

#[test]
fn a_callsign_on_its_route_is_the_plan() {
    let mut desk =
        Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ"), plan_text("AAA2", "BAAA", "BAJJ")]);
    let mut track = desk.flying(1, 1, at(NOW), 1.0);
    track.codes.callsign = callsign("AAA2");
    let found = desk.correlate(&track).unwrap();
    assert_eq!((found.plan, found.how), (PlanId(1), How::Callsign));
    assert!((found.why.route_m.unwrap() - METRES_PER_NM).abs() < 5.0, "{found:?}");
    assert!(found.why.late_s.unwrap().abs() < 5.0, "{found:?}");
}

#[test]
fn a_callsign_far_from_its_route_is_not_the_plan() {
    let mut desk =
        Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ"), plan_text("AAA2", "IAAA", "IAJJ")]);
    let mut track = desk.flying(1, 1, at(NOW), 0.0);
    track.codes.callsign = callsign("AAA1");
    assert_eq!(desk.correlate(&track), Err(Unmatched::None));
}

#[test]
fn an_address_on_the_route_is_the_plan_though_the_callsign_is_mistyped() {
    let filed = plan_text("AAA1", "AAAA", "AAJJ").replace("-0)", "-CODE/683ABC)");
    let mut desk = Desk::with(&[filed]);
    let mut track = desk.flying(1, 0, at(NOW), 0.0);
    track.codes.callsign = callsign("AAA01");
    track.codes.address = Some(Address::icao(0x68_3abc));
    let found = desk.correlate(&track).unwrap();
    assert_eq!((found.how, found.why.callsign), (How::Address, Word::Other));
}

#[test]
fn an_assigned_code_on_the_route_is_the_plan_and_a_shared_code_is_nothing() {
    let filed = plan_text("AAA1", "AAAA", "AAJJ");
    let departure = "(DEP-AAA1/A4321-AAAA0510-AAJJ-0)".to_owned();
    let mut desk = Desk::with(&[filed, departure]);
    let mut track = desk.flying(1, 0, at(NOW), 0.0);
    track.codes.mode_3a = Some(Mode3A::new(0o4321));
    assert_eq!(desk.correlate(&track).unwrap().how, How::Code);
    let mut track = desk.flying(2, 0, at(NOW), 0.0);
    track.codes.mode_3a = Some(Mode3A::new(0o2000));
    assert_eq!(desk.correlate(&track), Err(Unmatched::Waiting(PlanId(0))));
}

#[test]
fn a_track_that_tells_nothing_is_the_plan_after_a_minute_on_its_route_in_time() {
    let mut desk = Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ")]);
    let mut answers = Vec::new();
    for second in (0..600).step_by(10) {
        // Up to 10 NM aside, it is still the plan that it was.
        let off_nm = if second < 90 { 2.0 } else { 10.0 };
        let track = desk.flying(1, 0, at(NOW).plus_seconds(f64::from(second)), off_nm);
        answers.push(desk.correlate(&track).map(|found| found.how));
    }
    let waiting = Err(Unmatched::Waiting(PlanId(0)));
    assert_eq!(answers[..6], [waiting; 6]);
    assert_eq!(answers[6..], [Ok(How::Route); 54]);
    // The other way along the same route is no flight of this plan.
    let mut back = desk.flying(2, 0, at(NOW), 0.0);
    (back.velocity.east, back.velocity.north) = (-back.velocity.east, -back.velocity.north);
    assert_eq!(desk.correlate(&back), Err(Unmatched::None));
}

#[test]
fn two_plans_that_fit_as_well_give_none_and_are_both_named() {
    let twice = [plan_text("AAA1", "AAAA", "AAJJ"), plan_text("AAA2", "AAAA", "AAJJ")];
    let mut desk = Desk::with(&twice);
    let track = desk.flying(1, 0, at(NOW), 0.0);
    assert_eq!(desk.correlate(&track), Err(Unmatched::Ambiguous(PlanId(0), PlanId(1))));
}

#[test]
fn a_plan_is_flown_by_one_track() {
    let mut desk = Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ")]);
    for (number, expected) in [(1, true), (2, false)] {
        let mut track = desk.flying(number, 0, at(NOW), 0.0);
        track.codes.callsign = callsign("AAA1");
        assert_eq!(desk.correlate(&track).is_ok(), expected);
    }
    let mut second = desk.flying(2, 0, at(NOW), 0.0);
    second.codes.callsign = callsign("AAA1");
    desk.correlator.forget(TrackNumber(1));
    assert!(desk.correlate(&second).is_ok());
}

#[test]
fn a_match_outlives_a_lost_callsign_and_ends_half_a_minute_after_it_is_wrong() {
    let mut desk = Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ")]);
    let mut track = desk.flying(1, 0, at(NOW), 0.0);
    track.codes.callsign = callsign("AAA1");
    assert!(desk.correlate(&track).is_ok());
    let mut flaps = Vec::new();
    for second in 1..60 {
        let mut track = desk.flying(1, 0, at(NOW).plus_seconds(f64::from(second)), 0.0);
        // For ten seconds another callsign is decoded, later it stays.
        let other = !(10..=20).contains(&second);
        track.codes.callsign = callsign(if other { "ZZZ9" } else { "AAA1" });
        flaps.push(desk.correlate(&track).is_ok());
    }
    let end = flaps.iter().position(|matched| !matched).unwrap();
    assert_eq!(end, 49, "last good at second 20, ended at second 50");
    assert!(flaps[end..].iter().all(|matched| !matched));
}

#[test]
fn a_cancelled_plan_is_flown_by_nobody() {
    let mut desk =
        Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ"), "(CNL-AAA1-AAAA0500-AAJJ-0)".to_owned()]);
    let mut other = Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ")]);
    let mut track = other.flying(1, 0, at(NOW), 0.0);
    track.codes.callsign = callsign("AAA1");
    assert_eq!(desk.correlate(&track), Err(Unmatched::None));
}

#[test]
fn a_track_beside_its_route_and_off_its_level_is_told_by_how_much() {
    let mut desk = Desk::with(&[plan_text("AAA1", "AAAA", "AAJJ")]);
    let time = at("2026-11-28T05:50:00Z");
    let mut track = desk.flying(1, 0, time, -6.0);
    track.pressure_altitude_m = Some(33_400.0 * METRES_PER_FOOT);
    let route = desk.correlator.trajectory(PlanId(0)).unwrap();
    let config = AdherenceConfig::default();
    let take_off = at("2026-11-28T05:10:00Z");
    let found = adherence(route, take_off, &track, None, &config);
    assert!((found.lateral_m + 6.0 * METRES_PER_NM).abs() < 10.0, "{found:?}");
    assert!((found.level_m.unwrap() - 400.0 * METRES_PER_FOOT).abs() < 1.0);
    assert!(found.off_route && found.off_level);
    assert!(found.late_s.abs() < 5.0);
    // Descending back to it, it is off no more; cleared to another level, by another amount.
    track.vertical_rate_mps = Some(-5.0);
    assert!(!adherence(route, take_off, &track, None, &config).off_level);
    let cleared = adherence(route, take_off, &track, Some(Level::Flight(350)), &config);
    assert!((cleared.level_m.unwrap() + 1600.0 * METRES_PER_FOOT).abs() < 1.0);
    // The next point by hand: what is left of the way there at the present ground speed.
    let next = found.next.unwrap();
    let left_m = route.points()[next.point].along_m - found.along_m;
    let speed_mps = track.velocity.east.hypot(track.velocity.north);
    assert!((next.time.seconds_since(time) - left_m / speed_mps).abs() < 1e-3);
    assert!((speed_mps - 450.0 * MPS_PER_KNOT).abs() < 15.0, "{speed_mps}");
}
