//! What machines may make of evidence, and what people's words do.

use geodesy::{Enu, Geodetic};
use picture::identity::{
    Act, Answer, Behaviour, Change, Claim, Evidence, Means, Person, Place, PlanFound, Refusal,
    Report, Standing, Who, Wish, Words,
};
use picture::{Entry, Holder, Identity, IdentityRules, Owner, PartnerIndex, Picture, Word};
use proptest::prelude::*;
use surveillance::{
    Address, AdsbQuality, Callsign, Codes, Contributor, EndReason, Mode3A, Phase, PlotOrigin,
    SensorId, Time, Track, TrackNumber,
};

const TN: TrackNumber = TrackNumber(7);
const KAZ: PartnerIndex = PartnerIndex(0);

fn at(seconds: f64) -> Time {
    Time::from_unix_seconds(1_000_000.0 + seconds)
}

fn track(number: TrackNumber, codes: Codes) -> Track {
    Track {
        number,
        phase: Phase::Confirmed,
        time: at(0.0),
        position: Geodetic { latitude_rad: 0.7, longitude_rad: 1.3, height_m: 9_000.0 },
        height_sd_m: None,
        velocity: Enu { east: 200.0, north: 0.0, up: 0.0 },
        position_covariance: [100.0, 0.0, 100.0],
        velocity_covariance: [1.0, 0.0, 1.0],
        pressure_altitude_m: None,
        pressure_altitude_time: None,
        vertical_rate_mps: None,
        on_ground: false,
        codes,
        quality: AdsbQuality::default(),
        category: None,
        first: at(0.0),
        last: at(0.0),
        contributors: Default::default(),
    }
}

/// An address of Kyrgyzstan.
fn addressed() -> Codes {
    Codes { address: Some(Address::icao(0x60_1010)), ..Codes::default() }
}

fn squawking(code: u16) -> Codes {
    Codes { mode_3a: Some(Mode3A::new(code)), ..Codes::default() }
}

/// A picture and its clock, one update a second.
struct World {
    picture: Picture,
    second: f64,
    codes: Codes,
    evidence: Evidence,
    words: Vec<Word>,
}

impl World {
    fn new(codes: Codes) -> Self {
        let picture = Picture::new(IdentityRules::default());
        let mut world =
            Self { picture, second: 0.0, codes, evidence: Evidence::default(), words: vec![] };
        world.update();
        world
    }

    fn now(&self) -> Time {
        at(self.second)
    }

    fn update(&mut self) {
        let now = self.now();
        let track = Track { last: now, ..track(TN, self.codes) };
        self.picture.set_evidence(TN, &self.evidence, now);
        self.picture.update(track, None, &self.words, now);
    }

    fn run(&mut self, seconds: u32) -> Identity {
        for _ in 0..seconds {
            self.second += 1.0;
            self.update();
        }
        self.identity()
    }

    fn entry(&self) -> &Entry {
        self.picture.get(TN).expect("the track")
    }

    fn identity(&self) -> Identity {
        self.entry().identity
    }

    fn set(&mut self, identity: Identity, by: &str) -> Result<(), Refusal> {
        let now = self.now();
        self.picture.set_identity(TN, &wish(identity, by), now)
    }

    fn confirm(&mut self, identity: Identity, by: &str) -> Result<(), Refusal> {
        let now = self.now();
        self.picture.confirm_identity(TN, identity, &person(by), now)
    }

    fn says(&mut self, identity: Identity) {
        self.words = vec![Word { partner: KAZ, number: 31, identity: Some(identity) }];
    }

    fn history(&self) -> Vec<Change> {
        self.entry().who.history().0.cloned().collect()
    }
}

fn person(name: &str) -> Person {
    Person::new(name).expect("a name")
}

fn wish(identity: Identity, by: &str) -> Wish {
    Wish { identity, by: person(by), why: Words::new("because").expect("a reason") }
}

#[test]
fn a_silent_target_is_pending_for_two_minutes_and_then_unknown() {
    let mut world = World::new(Codes::default());
    assert_eq!(world.run(119), Identity::Pending);
    assert_eq!(world.run(1), Identity::Unknown);
}

#[test]
fn a_target_is_civil_by_address_callsign_or_discrete_code_but_not_by_a_shared_one() {
    let callsign = Codes { callsign: Callsign::new("KGZ123"), ..Codes::default() };
    let check = |codes, expected| assert_eq!(World::new(codes).identity(), expected, "{codes:?}");
    check(addressed(), Identity::Civil);
    check(callsign, Identity::Civil);
    check(squawking(0o4512), Identity::Civil);
    check(squawking(0o7000), Identity::Pending);
    check(squawking(0o7700), Identity::Pending);
    check(Codes { address: Some(Address::other(0x60_1010)), ..Codes::default() }, Identity::Civil);
    // Transponders sent out with all zeros, and other numbers that nobody has.
    check(Codes { address: Some(Address::icao(7)), ..Codes::default() }, Identity::Pending);
}

#[test]
fn one_transmitter_s_word_does_not_outweigh_a_position_that_sensors_contradict() {
    let mut world = World::new(Codes { callsign: Callsign::new("KGZ123"), ..addressed() });
    assert_eq!(world.run(10), Identity::Civil);
    world.evidence.claim = Some(Claim::Disagrees { distance_m: 11_000.0 });
    assert_eq!(world.run(10), Identity::Civil, "not at once");
    assert_eq!(world.run(2), Identity::Unknown);
    let last = world.history().pop().expect("a change");
    assert!(last.why.contains("5.9 NM from where it is measured"), "{}", last.why);
    // An answer to a radar's own interrogation and a plan do.
    world.codes.mode_3a = Some(Mode3A::new(0o4512));
    world.evidence.plan = Some(PlanFound::Civil);
    assert_eq!(world.run(12), Identity::Civil);
}

#[test]
fn evidence_that_comes_and_goes_does_not_make_the_identity_flap() {
    let mut world = World::new(addressed());
    for second in 0..300 {
        let erratic = second / 5 % 2 == 0;
        world.evidence.behaviour =
            Some(if erratic { Behaviour::Erratic } else { Behaviour::Regular });
        world.evidence.permission = Some(if erratic { Standing::Missing } else { Standing::Held });
        world.run(1);
    }
    assert_eq!(world.identity(), Identity::Civil);
    assert_eq!(world.history().len(), 1, "{:?}", world.history());
}

#[test]
fn evidence_that_is_not_seen_any_more_ages_away() {
    let mut world = World::new(addressed());
    let weight = |world: &World| {
        world.entry().who.evidence().map(|piece| piece.weight(world.now()).civil).sum::<f64>()
    };
    assert_eq!(weight(&world), 3.0);
    // The radar goes on seeing it; the transponder has fallen silent.
    let silent_from = world.now();
    for second in 1..=910 {
        world.second = f64::from(second);
        let mut track = Track { last: world.now(), ..track(TN, addressed()) };
        let sensor = SensorId { sac: 1, sic: 1 };
        let by = |origin, last| Contributor { sensor, origin, last, plots: 9 };
        track.contributors.push(by(PlotOrigin::Secondary, silent_from));
        track.contributors.push(by(PlotOrigin::Primary, world.now()));
        let now = world.now();
        world.picture.update(track, None, &[], now);
        match second {
            120 => assert_eq!(weight(&world), 3.0),
            510 => assert_eq!(weight(&world), 1.5),
            900 => assert_eq!(weight(&world), 0.0),
            _ => {}
        }
    }
    assert_eq!(world.identity(), Identity::Unknown);
}

#[test]
fn a_state_aircraft_of_ours_is_an_assumed_friend_by_its_address_and_a_friend_when_seen_to_be() {
    let rules = IdentityRules { own_addresses: vec![(0x60_1000, 0x60_101f)], ..Default::default() };
    let mut world = World::new(Codes::default());
    world.picture = Picture::new(rules);
    world.codes = addressed();
    world.update();
    assert_eq!(world.identity(), Identity::AssumedFriend);
    let report = Report {
        by: person("Pilot of 505"),
        means: Means::Visual,
        identity: Identity::Friend,
        words: "two Mi-8".into(),
        at: world.now(),
    };
    world.picture.report_identity(TN, report).expect("taken");
    assert_eq!(world.run(11), Identity::Friend);
}

#[test]
fn one_person_proposes_hostile_and_another_confirms_it() {
    let mut world = World::new(Codes::default());
    world.run(130);
    assert_eq!(world.set(Identity::Hostile, "A. Duty"), Ok(()));
    assert_eq!(world.identity(), Identity::Unknown);
    assert_eq!(world.set(Identity::Hostile, "A. Duty"), Ok(()), "said again, it changes nothing");
    let same = Refusal::SamePerson(person("A. Duty"));
    assert_eq!(world.confirm(Identity::Hostile, " a.  duty "), Err(same));
    let other = Refusal::NothingWaits(Identity::Suspect);
    assert_eq!(world.confirm(Identity::Suspect, "B. Second"), Err(other));
    assert_eq!(world.confirm(Identity::Hostile, "B. Second"), Ok(()));
    assert_eq!(world.run(1), Identity::Hostile);
    let decision = world.entry().who.decision().expect("one");
    assert_eq!(decision.by, [person("A. Duty"), person("B. Second")]);
    let acts: Vec<Act> = world.history().iter().map(|change| change.act).collect();
    assert_eq!(acts, [Act::Judged, Act::Proposed, Act::Confirmed]);
}

#[test]
fn what_nobody_confirms_in_time_is_over() {
    let mut world = World::new(Codes::default());
    world.set(Identity::Suspect, "A").expect("taken");
    world.run(300);
    assert!(world.entry().who.unconfirmed().is_some());
    world.run(1);
    assert!(world.entry().who.unconfirmed().is_none());
    let over = Refusal::NothingWaits(Identity::Suspect);
    assert_eq!(world.confirm(Identity::Suspect, "B"), Err(over));
    assert_eq!(world.history().last().expect("a change").act, Act::Expired);
}

#[test]
fn who_says_something_else_ends_what_waited_and_the_history_says_so() {
    let mut world = World::new(Codes::default());
    world.set(Identity::Hostile, "A").expect("taken");
    world.set(Identity::Suspect, "B").expect("taken");
    assert_eq!(
        world.confirm(Identity::Hostile, "C"),
        Err(Refusal::NothingWaits(Identity::Hostile))
    );
    world.set(Identity::Neutral, "C").expect("taken");
    assert_eq!(world.identity(), Identity::Neutral);
    let acts: Vec<Act> = world.history().iter().map(|change| change.act).collect();
    let (proposed, over) = (Act::Proposed, Act::TakenBack);
    assert_eq!(acts, [proposed, over, proposed, over, Act::Set]);
}

#[test]
fn a_leap_of_the_clock_ends_nothing_that_waits_for_a_second_person_and_a_pause_does() {
    for leap_s in [28_800.0, -28_800.0] {
        let mut world = World::new(addressed());
        world.run(20);
        world.set(Identity::Hostile, "A").expect("taken");
        world.run(100);
        world.second += leap_s;
        world.run(199);
        assert!(world.entry().who.unconfirmed().is_some(), "{leap_s}");
        assert_eq!(world.identity(), Identity::Civil, "what is known of it has not aged");
        assert_eq!(world.confirm(Identity::Hostile, "B"), Ok(()));
    }
    let mut world = World::new(addressed());
    world.set(Identity::Hostile, "A").expect("taken");
    world.run(10);
    world.picture.resumed();
    world.second += 400.0;
    world.run(1);
    assert_eq!(world.entry().who.unconfirmed(), None, "a restart took as long");
}

#[test]
fn a_decision_stands_over_the_machine_until_it_is_withdrawn() {
    let mut world = World::new(addressed());
    world.set(Identity::Neutral, "A").expect("taken");
    assert_eq!(world.run(1000), Identity::Neutral);
    let rules = IdentityRules::default();
    assert!(!world.entry().who.is_review_due(&rules, world.now()));
    world.run(800);
    assert!(world.entry().who.is_review_due(&rules, world.now()));
    world.set(Identity::Neutral, "B").expect("it still holds");
    assert!(!world.entry().who.is_review_due(&rules, world.now()));
    let (by, why) = (person("B"), Words::new("the flight is over").expect("a reason"));
    let now = world.now();
    world.picture.withdraw_identity(TN, &by, &why, now).expect("taken back");
    assert_eq!(world.identity(), Identity::Civil);
    let again = world.picture.withdraw_identity(TN, &by, &why, now);
    assert_eq!(again, Err(Refusal::NothingStands));
}

#[test]
fn a_partner_s_suspicion_weighs_nothing_and_its_word_never_goes_on_to_others() {
    let mut world = World::new(Codes::default());
    world.run(130);
    world.says(Identity::Hostile);
    assert_eq!(world.run(60), Identity::Unknown);
    assert!(world.entry().who.is_proposed(KAZ, Identity::Hostile));
    // Two partners' friend is enough for an assumed friend here, and stays here.
    world.says(Identity::Friend);
    let second = Word { partner: PartnerIndex(1), number: 9, identity: Some(Identity::Friend) };
    world.words.push(second);
    assert_eq!(world.run(12), Identity::AssumedFriend);
    assert_eq!(world.entry().who.without_partners(), Identity::Unknown);
}

#[test]
fn the_owner_answers_what_a_partner_proposes() {
    let mut world = World::new(Codes::default());
    world.says(Identity::Neutral);
    world.run(1);
    let now = world.now();
    let mut answer = |answer, identity| {
        world.picture.answer_proposal(TN, (KAZ, false), answer, &wish(identity, "A"), now)
    };
    let other = Refusal::NotProposed(Identity::Friend);
    assert_eq!(answer(Answer::Accept, Identity::Friend), Err(other));
    assert_eq!(answer(Answer::Refuse, Identity::Neutral), Ok(()));
    assert!(!world.entry().who.is_proposed(KAZ, Identity::Neutral));
    assert_eq!(world.run(5), Identity::Pending);
    // Another word is another proposal; of hostile, accepting is a first person's word.
    world.says(Identity::Hostile);
    world.run(1);
    let hostile = wish(Identity::Hostile, "A");
    let now = world.now();
    let accepted = world.picture.answer_proposal(TN, (KAZ, false), Answer::Accept, &hostile, now);
    assert_eq!(accepted, Ok(()));
    assert_eq!(world.identity(), Identity::Pending);
    assert_eq!(world.confirm(Identity::Hostile, "B"), Ok(()));
    assert_eq!(world.identity(), Identity::Hostile);
    // Of a track that a partner owns the partner decides.
    let owner = Owner { holder: Some(Holder::Partner(KAZ)), next: None };
    world.picture.set_owner(TN, owner);
    let refused = world.picture.answer_proposal(TN, (KAZ, false), Answer::Accept, &hostile, now);
    assert_eq!(refused, Err(Refusal::NotOurs));
}

#[test]
fn what_people_said_of_a_track_that_went_over_into_another_waits_to_be_confirmed() {
    let next = TrackNumber(9);
    for (reason, codes) in [
        (EndReason::MergedInto(next), Codes::default()),
        (EndReason::Superseded(next), Codes::default()),
        (EndReason::Lost, addressed()),
    ] {
        let mut world = World::new(codes);
        world.set(Identity::Hostile, "A").expect("taken");
        world.confirm(Identity::Hostile, "B").expect("confirmed");
        world.picture.end(TN, reason);
        let now = at(30.0);
        let track = Track { first: now, last: now, ..track(next, codes) };
        world.picture.update(track, None, &[], now);
        let entry = world.picture.get(next).expect("the next");
        assert_ne!(entry.identity, Identity::Hostile);
        let waits = entry.who.unconfirmed().expect("what was said");
        assert_eq!((waits.identity, waits.carried), (Identity::Hostile, Some(TN)));
        let same = world.picture.confirm_identity(next, Identity::Hostile, &person("A"), now);
        assert_eq!(same, Err(Refusal::SamePerson(person("A"))));
        world.picture.confirm_identity(next, Identity::Hostile, &person("C"), now).expect("so");
        assert_eq!(world.picture.get(next).expect("it").identity, Identity::Hostile);
    }
}

#[test]
fn what_people_said_outlasts_a_restart_with_the_number_and_waits_with_the_address_alone() {
    let mut world = World::new(addressed());
    world.set(Identity::Suspect, "A").expect("taken");
    world.confirm(Identity::Suspect, "B").expect("confirmed");
    let kept: Vec<_> = world.picture.kept().collect();
    assert_eq!(kept.len(), 1);

    let mut again = World::new(addressed());
    again.picture = Picture::default();
    again.picture.restore(kept.clone());
    assert_eq!(again.picture.kept().collect::<Vec<_>>(), kept, "kept until it is back");
    again.update();
    assert_eq!(again.identity(), Identity::Suspect);
    assert_eq!(again.picture.kept().count(), 1);
    assert!(again.history().iter().any(|change| change.act == Act::Confirmed));

    let mut late = Picture::default();
    late.restore(kept);
    assert!(late.end_restore(at(100.0)).is_empty());
    late.update(track(TrackNumber(1008), addressed()), None, &[], at(160.0));
    let entry = late.get(TrackNumber(1008)).expect("it");
    assert_eq!(entry.identity, Identity::Civil);
    assert_eq!(entry.who.unconfirmed().map(|waits| waits.identity), Some(Identity::Suspect));
}

/// Everything that can happen to one track.
#[derive(Debug, Clone)]
enum Step {
    Codes(Option<u16>, bool),
    Know(Evidence),
    Says(u8, Identity),
    Silent,
    Pass(u32),
    /// The clock leaps, forwards or back, and a second passes.
    Leap(i32),
    Superseded,
    Set(Identity, u8),
    Confirm(Identity, u8),
    Withdraw(u8),
    TakeBack(u8),
    Answer(u8, Answer, Identity, u8),
    Report(Means, Identity, u8),
}

fn any_identity() -> impl Strategy<Value = Identity> {
    prop::sample::select(Identity::ALL.to_vec())
}

fn machine_step() -> impl Strategy<Value = Step> {
    let evidence =
        (
            prop::option::of(prop::sample::select(vec![
                PlanFound::Civil,
                PlanFound::OwnState,
                PlanFound::None,
            ])),
            prop::option::of(prop::sample::select(vec![Standing::Held, Standing::Missing])),
            prop::option::of((0..0o7777_u16).prop_map(Mode3A::new)),
            prop::option::of(prop::sample::select(vec![Place::InCorridor, Place::OffCorridor])),
            prop::option::of(prop::sample::select(vec![Behaviour::Regular, Behaviour::Erratic])),
            prop::option::of(prop_oneof![
                Just(Claim::Agrees),
                Just(Claim::Disagrees { distance_m: 9e3 })
            ]),
        )
            .prop_map(|(plan, permission, code_assigned, place, behaviour, claim)| {
                Evidence { plan, permission, code_assigned, place, behaviour, claim }
            });
    prop_oneof![
        (prop::option::of(0..0o7777_u16), any::<bool>()).prop_map(|(c, a)| Step::Codes(c, a)),
        evidence.prop_map(Step::Know),
        (0..3_u8, any_identity()).prop_map(|(partner, identity)| Step::Says(partner, identity)),
        Just(Step::Silent),
        (1..200_u32).prop_map(Step::Pass),
        prop_oneof![-40_000..-10_i32, 10..40_000_i32].prop_map(Step::Leap),
        Just(Step::Superseded),
    ]
}

fn person_step(people: u8) -> impl Strategy<Value = Step> {
    let answer = prop::sample::select(vec![Answer::Accept, Answer::Refuse]);
    let means = prop::sample::select(vec![Means::Visual, Means::Voice]);
    prop_oneof![
        3 => (any_identity(), 0..people).prop_map(|(identity, by)| Step::Set(identity, by)),
        3 => (any_identity(), 0..people).prop_map(|(identity, by)| Step::Confirm(identity, by)),
        1 => (0..people).prop_map(Step::Withdraw),
        1 => (0..people).prop_map(Step::TakeBack),
        2 => (0..3_u8, answer, any_identity(), 0..people)
            .prop_map(|(p, a, i, by)| Step::Answer(p, a, i, by)),
        1 => (means, any_identity(), 0..people).prop_map(|(m, i, by)| Step::Report(m, i, by)),
    ]
}

/// The same on a clock that goes on evenly.
fn without_leaps(steps: &[Step]) -> Vec<Step> {
    let even = |step: &Step| match step {
        Step::Leap(_) => Step::Pass(1),
        step => step.clone(),
    };
    steps.iter().map(even).collect()
}

/// Does the steps; after each, what the track that goes on is, and every change on the way.
fn walk(steps: &[Step]) -> (Vec<Entry>, Vec<(TrackNumber, Change)>) {
    let rules = IdentityRules { own_addresses: vec![(0x60_1000, 0x60_101f)], ..Default::default() };
    let mut picture = Picture::new(rules);
    let (mut number, mut second) = (TN, 0.0);
    let (mut codes, mut words) = (Codes::default(), Vec::<Word>::new());
    let (mut seen, mut changes) = (Vec::new(), Vec::new());
    let mut first = at(0.0);
    picture.update(track(number, codes), None, &words, at(0.0));
    for step in steps {
        let now = at(second);
        let by = |by: u8| person(&format!("person {by}"));
        let wish = |identity, who| Wish { by: by(who), ..wish(identity, "x") };
        let why = Words::new("why").expect("a reason");
        let mut pass_s = 1;
        match step.clone() {
            Step::Codes(code, address) => {
                codes.mode_3a = code.map(Mode3A::new);
                codes.address = address.then(|| Address::icao(0x60_1010));
            }
            Step::Know(evidence) => picture.set_evidence(number, &evidence, now),
            Step::Says(partner, identity) => {
                words.retain(|word| word.partner.0 != partner);
                let (partner, identity) = (PartnerIndex(partner), Some(identity));
                words.push(Word { partner, number: 5, identity });
            }
            Step::Silent => words.clear(),
            Step::Pass(seconds) => pass_s = seconds,
            Step::Leap(seconds) => second += f64::from(seconds),
            Step::Superseded => {
                first = now;
                let next = TrackNumber(number.0 + 1);
                picture.end(number, EndReason::Superseded(next));
                number = next;
            }
            // What is refused changes nothing, which the properties see to.
            Step::Set(identity, who) => {
                let _ = picture.set_identity(number, &wish(identity, who), now);
            }
            Step::Confirm(identity, who) => {
                let _ = picture.confirm_identity(number, identity, &by(who), now);
            }
            Step::Withdraw(who) => {
                let _ = picture.withdraw_identity(number, &by(who), &why, now);
            }
            Step::TakeBack(who) => {
                let _ = picture.take_back_identity(number, &by(who), &why, now);
            }
            Step::Answer(partner, answer, identity, who) => {
                let wish = wish(identity, who);
                let partner = PartnerIndex(partner);
                let _ = picture.answer_proposal(number, (partner, false), answer, &wish, now);
            }
            Step::Report(means, identity, who) => {
                let words = "seen".into();
                let report = Report { by: by(who), means, identity, words, at: now };
                let _ = picture.report_identity(number, report);
            }
        }
        for _ in 0..pass_s {
            second += 1.0;
            let now = at(second);
            let track = Track { first, last: now, ..track(number, codes) };
            picture.update(track, None, &words, now);
            seen.push(picture.get(number).expect("it").clone());
        }
        changes.extend(picture.take_changes().0);
    }
    (seen, changes)
}

proptest! {
    #[test]
    fn no_sequence_of_machine_events_makes_a_track_suspect_or_hostile(
        steps in prop::collection::vec(machine_step(), 1..40)
    ) {
        for entry in walk(&steps).0 {
            prop_assert!(entry.identity.is_for_machine());
            prop_assert!(entry.who.without_partners().is_for_machine());
        }
    }

    #[test]
    fn no_person_alone_makes_a_track_suspect_or_hostile_whatever_partners_say(
        steps in prop::collection::vec(prop_oneof![machine_step(), person_step(1)], 1..60)
    ) {
        for entry in walk(&steps).0 {
            prop_assert!(entry.identity.is_for_machine());
        }
    }

    #[test]
    fn suspect_and_hostile_stand_by_two_people_s_word(
        steps in prop::collection::vec(prop_oneof![machine_step(), person_step(3)], 1..60)
    ) {
        for entry in walk(&steps).0 {
            prop_assert!(entry.who.machine().is_for_machine());
            if entry.identity.needs_second() {
                let decision = entry.who.decision().expect("a decision");
                prop_assert!(decision.by.len() == 2 && !decision.by[0].is(&decision.by[1]));
                prop_assert_eq!(decision.identity, entry.identity);
            }
        }
    }

    #[test]
    fn partners_words_of_suspicion_change_nothing_that_is_shown_or_told(
        steps in prop::collection::vec(machine_step(), 1..40)
    ) {
        let quiet: Vec<Step> = steps.iter().map(|step| match step {
            Step::Says(partner, Identity::Suspect | Identity::Hostile) => {
                Step::Says(*partner, Identity::Unknown)
            }
            step => step.clone(),
        }).collect();
        let said = walk(&steps).0.into_iter().map(|entry| entry.identity);
        prop_assert!(said.eq(walk(&quiet).0.into_iter().map(|entry| entry.identity)));
        // What may be told to others does not depend on any partner's word.
        let mute: Vec<Step> = steps.iter().map(|step| match step {
            Step::Says(..) => Step::Silent,
            step => step.clone(),
        }).collect();
        let told = walk(&steps).0.into_iter().map(|entry| entry.who.without_partners());
        prop_assert!(told.eq(walk(&mute).0.into_iter().map(|entry| entry.who.without_partners())));
    }

    #[test]
    fn every_change_says_who_when_and_why_and_the_changes_add_up(
        steps in prop::collection::vec(prop_oneof![machine_step(), person_step(3)], 1..60)
    ) {
        let (seen, changes) = walk(&without_leaps(&steps));
        let mut now = at(0.0);
        for (_, change) in &changes {
            prop_assert!(!change.why.is_empty() && change.at >= now);
            now = change.at;
            let by_machine = matches!(change.act, Act::Judged | Act::Expired | Act::Carried(_));
            prop_assert_eq!(by_machine, change.who == Who::Machine);
        }
        // No change of what is shown without an entry that ends in it.
        let mut was = (TN, Identity::Pending);
        for entry in seen {
            let number = entry.track.number;
            if number == was.0 && entry.identity != was.1 {
                let mut to = changes.iter().filter(|(of, _)| *of == number).map(|(_, c)| c.to);
                prop_assert!(to.any(|to| to == entry.identity));
            }
            was = (number, entry.identity);
        }
    }

    #[test]
    fn a_step_of_the_clock_changes_nothing_of_who_a_track_is_or_of_what_waits(
        steps in prop::collection::vec(prop_oneof![machine_step(), person_step(3)], 1..60)
    ) {
        let said = |steps: &[Step]| {
            let (seen, changes) = walk(steps);
            let seen = seen.into_iter().map(|entry| {
                let waits = entry.who.unconfirmed().map(|waits| waits.identity);
                (entry.identity, entry.who.without_partners(), waits)
            });
            let changes = changes.into_iter().map(|(number, c)| (number, c.act, c.from, c.to));
            (seen.collect::<Vec<_>>(), changes.collect::<Vec<_>>())
        };
        prop_assert_eq!(said(&steps), said(&without_leaps(&steps)));
    }

    #[test]
    fn the_same_input_gives_the_same_output(
        steps in prop::collection::vec(prop_oneof![machine_step(), person_step(3)], 1..40)
    ) {
        let (one, two) = (walk(&steps), walk(&steps));
        prop_assert_eq!(one, two);
    }
}
