//! The book: honest aircraft are not doubted, each impossible thing is, and it stays bounded.

use proptest::prelude::*;
use remote_id::{
    BasicId, Book, Broadcast, DoubtKind, Grade, IdKind, Limits, Location, Mac, Message, Point,
    Sighting, Stamp, Status, System, Transport, UaType, UasId, to_plot,
};
use surveillance::{EmitterCategory, PlotOrigin, SensorId, Time};

const A: SensorId = SensorId { sac: 0, sic: 1 };
const B: SensorId = SensorId { sac: 0, sic: 2 };
const DEG_PER_M: f64 = 1.0 / 111_195.0;

fn id(text: &str) -> UasId {
    UasId::new(IdKind::Serial, text.as_bytes()).expect("a serial number")
}

fn at(seconds: f64) -> Time {
    Time::from_unix_seconds(1_800_000_000.0 + seconds)
}

fn place(north_m: f64, east_m: f64) -> Point {
    let latitude_rad = (42.87 + north_m * DEG_PER_M).to_radians();
    let longitude_rad = (74.59 + east_m * DEG_PER_M / latitude_rad.cos()).to_radians();
    Point { latitude_rad, longitude_rad }
}

/// An aircraft that flies north at `speed_mps`, `seconds` after its start.
fn flying(seconds: f64, speed_mps: f64) -> Location {
    Location {
        status: Status::Airborne,
        point: Some(place(speed_mps * seconds, 0.0)),
        course_rad: Some(0.0),
        speed_mps: Some(speed_mps),
        moves: Some(speed_mps > 0.0),
        horizontal_accuracy_m: Some(10.0),
        stamp: Some(Stamp::TenthsOfHour((seconds * 10.0) as u16)),
        ..Location::default()
    }
}

fn broadcast(mac: u8, id: UasId, counter: u16, location: Location) -> Broadcast {
    let basic = BasicId { id: Some(id), ua_type: UaType::HelicopterOrMultirotor };
    Broadcast {
        transmitter: Mac([2, 0, 0, 0, 0, mac]),
        transport: Transport::Beacon,
        counter: Some(counter & 0xff),
        signal_dbm: None,
        messages: [Message::BasicId(basic), Message::Location(location)].into_iter().collect(),
    }
}

fn doubts(book: &Book, id: &UasId, now: Time) -> Vec<DoubtKind> {
    let aircraft = book.get(id).expect("the aircraft");
    aircraft.doubts(now, book.limits()).map(|doubt| doubt.kind).collect()
}

/// A name that says its own length.
const GOOD: &str = "MFR1C123456789ABC";

#[test]
fn an_honest_flight_heard_by_two_receivers_out_of_step_is_not_doubted() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    for second in 0..120_u16 {
        let location = flying(f64::from(second), 18.0);
        let at_s = f64::from(second);
        book.hear(&broadcast(1, id, second, location), A, at(at_s + 0.3));
        // The other lags by four seconds, and is heard in between.
        if second >= 4 {
            let late = flying(f64::from(second - 4), 18.0);
            book.hear(&broadcast(1, id, second - 4, late), B, at(at_s + 0.6));
        }
    }
    assert_eq!(doubts(&book, &id, at(120.0)), []);
    assert_eq!(book.get(&id).and_then(|a| a.grade(at(120.0), book.limits())), None);
    assert_eq!(book.get(&id).map(|a| a.transmitters().count()), Some(1));
}

#[test]
fn an_aircraft_that_hovers_or_starts_hard_is_not_doubted() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    let mut north_m = 0.0;
    for second in 0..60_u16 {
        // Hovers, then to 30 m/s within a second, then hovers.
        let speed_mps = if (20..40).contains(&second) { 30.0 } else { 0.0 };
        north_m += speed_mps;
        let point = Some(place(north_m, 0.0));
        let location = Location { point, ..flying(f64::from(second), speed_mps) };
        book.hear(&broadcast(1, id, second, location), A, at(f64::from(second)));
        assert_eq!(doubts(&book, &id, at(f64::from(second))), [], "{second}");
    }
}

/// Hears `flight`, a location and a counter a second, and says what is doubted after it.
fn doubted(flight: impl Fn(u16) -> (Location, u16)) -> Vec<DoubtKind> {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    for second in 0..12 {
        let (location, counter) = flight(second);
        book.hear(&broadcast(1, id, counter, location), A, at(f64::from(second)));
    }
    doubts(&book, &id, at(12.0))
}

#[test]
fn each_impossible_thing_is_doubted_for_what_it_is_and_for_nothing_else() {
    let honest = |second: u16| (flying(f64::from(second), 10.0), second);
    assert_eq!(doubted(honest), []);
    let leaps = |second: u16| {
        let (location, counter) = honest(second);
        let east_m = if second == 11 { 900.0 } else { 0.0 };
        let point = Some(place(10.0 * f64::from(second), east_m));
        (Location { point, ..location }, counter)
    };
    assert_eq!(doubted(leaps), [DoubtKind::Leap]);
    let faster = |second: u16| {
        let point = Some(place(160.0 * f64::from(second), 0.0));
        (Location { point, ..flying(f64::from(second), 5.0) }, second)
    };
    assert_eq!(doubted(faster), [DoubtKind::FasterThanTold]);
    let stands = |second: u16| {
        let point = Some(place(0.0, 0.0));
        (Location { point, ..flying(f64::from(second), 20.0) }, second)
    };
    assert_eq!(doubted(stands), [DoubtKind::StandsStill]);
    let jerks = |second: u16| {
        let course = if second.is_multiple_of(2) { 0.0 } else { std::f64::consts::PI };
        let north_m = if second.is_multiple_of(2) { 0.0 } else { 62.0 };
        let (point, course_rad) = (Some(place(north_m, 0.0)), Some(course));
        (Location { point, course_rad, ..flying(f64::from(second), 62.0) }, second)
    };
    assert_eq!(doubted(jerks), [DoubtKind::Accelerates]);
    let one_time = |second: u16| {
        let stamp = Some(Stamp::TenthsOfHour(0));
        (Location { stamp, ..flying(f64::from(second), 10.0) }, second)
    };
    assert_eq!(doubted(one_time), [DoubtKind::TimeStandsStill, DoubtKind::ClockOff]);
    let back = |second: u16| {
        let stamp = Some(Stamp::TenthsOfHour(if second % 4 == 3 { 0 } else { second * 10 }));
        (Location { stamp, ..flying(f64::from(second), 10.0) }, second)
    };
    assert_eq!(doubted(back), [DoubtKind::TimeBackwards, DoubtKind::ClockOff]);
    let one_counter = |second: u16| (flying(f64::from(second), 10.0), 7);
    assert_eq!(doubted(one_counter), [DoubtKind::CounterStandsStill]);
}

#[test]
fn an_hour_that_ends_is_no_time_that_goes_back() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    for second in 0..40_u16 {
        let mut location = flying(f64::from(second), 10.0);
        let tenths = (u32::from(second) * 10 + 35_800) % 36_000;
        location.stamp = Some(Stamp::TenthsOfHour(tenths as u16));
        let received = at(3580.0 + f64::from(second));
        let sighting = book.hear(&broadcast(1, id, second, location), A, received);
        assert_eq!(sighting.map(|s| s.time), Some(received), "{second}");
    }
    assert_eq!(doubts(&book, &id, at(3620.0)), []);
}

#[test]
fn an_operator_too_far_is_odd_and_one_on_another_continent_impossible() {
    let mut book = Book::new(Limits::default());
    for (text, north_m, expected) in [
        ("MFR1C123456789ABC", 5_000.0, None),
        ("MFR1C123456789ABD", 40_000.0, Some(Grade::Odd)),
        ("MFR1C123456789ABE", 400_000.0, Some(Grade::Impossible)),
    ] {
        let mut told = broadcast(1, id(text), 1, flying(0.0, 0.0));
        let operator = Some(place(north_m, 0.0));
        told.messages.push(Message::System(System { operator, ..System::default() }));
        book.hear(&told, A, at(0.0));
        let aircraft = book.get(&id(text)).expect("the aircraft");
        assert_eq!(aircraft.grade(at(0.0), book.limits()), expected);
    }
    let site = geodesy::Geodetic::from_degrees(44.0, 74.59, 0.0).expect("a site");
    book.place(A, site);
    book.hear(&broadcast(1, id(GOOD), 2, flying(0.0, 0.0)), A, at(1.0));
    assert_eq!(doubts(&book, &id(GOOD), at(1.0)), [DoubtKind::OutOfReach]);
    assert_eq!(doubts(&book, &id(GOOD), at(40.0)), [], "held for half a minute");
}

#[test]
fn one_identification_at_two_places_is_a_duplicate_with_two_addresses_and_no_leap() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    let mut sightings: Vec<Sighting> = Vec::new();
    for second in 0..20_u16 {
        let location = flying(f64::from(second), 10.0);
        let real = broadcast(1, id, second, location);
        sightings.extend(book.hear(&real, A, at(f64::from(second))));
        let point = Some(place(10.0 * f64::from(second), 4_000.0));
        let copy = broadcast(2, id, second, Location { point, ..location });
        sightings.extend(book.hear(&copy, A, at(f64::from(second) + 0.4)));
    }
    assert_eq!(doubts(&book, &id, at(20.0)), [DoubtKind::TwoPlaces]);
    let (real, copy): (Vec<&Sighting>, Vec<&Sighting>) =
        sightings[8..].iter().partition(|s| s.transmitter == sightings[0].transmitter);
    assert!(real.iter().all(|s| s.address == sightings[0].address));
    assert!(copy.iter().all(|s| s.address == copy[0].address));
    assert_ne!(real[0].address, copy[0].address);
    assert_eq!(book.by_address(copy[0].address).map(|a| a.id), Some(id));
}

#[test]
fn a_later_transmitter_is_where_it_is_and_not_split_for_what_another_did() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    let mut hear = |mac: u8, second: f64, east_m: f64| {
        let point = Some(place(10.0 * second, east_m));
        let location = Location { point, ..flying(second, 10.0) };
        let told = broadcast(mac, id, second as u16, location);
        book.hear(&told, A, at(second)).map(|sighting| sighting.address)
    };
    let mut both = [None; 2];
    for second in 0..20 {
        let second = f64::from(second);
        both = [hear(1, second, 0.0), hear(2, second + 0.4, 4_000.0)];
    }
    assert_ne!(both[0], both[1]);
    for second in 20..40 {
        let second = f64::from(second);
        // Each goes on, and each is heard by another radio of its own beside it.
        assert_eq!(hear(1, second, 0.0), both[0]);
        assert_eq!(hear(2, second + 0.2, 4_000.0), both[1]);
        assert_eq!(hear(3, second + 0.4, 20.0), both[0], "the first one's other radio");
        let other = hear(4, second + 0.6, 4_020.0);
        assert!(second < 22.0 || other == both[1], "the copy's other radio, {second}");
    }
    // Long after the copy has ended the aircraft comes with a new radio address.
    for second in 100..120 {
        assert_eq!(hear(5, f64::from(second), 0.0), both[0]);
    }
}

#[test]
fn two_places_long_ago_make_no_duplicate_of_one_slip_now() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    let mut hear = |mac: u8, second: f64, east_m: f64| {
        let point = Some(place(10.0 * second, east_m));
        let location = Location { point, ..flying(second, 10.0) };
        book.hear(&broadcast(mac, id, second as u16, location), A, at(second));
    };
    for second in 0..5 {
        hear(1, f64::from(second), 0.0);
        hear(2, f64::from(second) + 0.4, 4_000.0);
    }
    for second in 60..80 {
        hear(1, f64::from(second), 0.0);
    }
    hear(2, 80.2, 4_000.0);
    assert_eq!(doubts(&book, &id, at(81.0)), []);
}

#[test]
fn one_aircraft_by_wifi_and_bluetooth_is_one() {
    let mut book = Book::new(Limits::default());
    let id = id(GOOD);
    let mut addresses = std::collections::BTreeSet::new();
    for second in 0..30_u16 {
        let wifi = broadcast(1, id, second, flying(f64::from(second), 25.0));
        addresses.extend(book.hear(&wifi, A, at(f64::from(second))).map(|s| s.address));
        // Bluetooth: messages alone, the name only each third second.
        let now_s = f64::from(second) + 0.5;
        let mut bluetooth = broadcast(2, id, second, flying(now_s, 25.0));
        bluetooth.transport = Transport::Bluetooth;
        let location = bluetooth.messages.pop();
        if second.is_multiple_of(3) {
            book.hear(&bluetooth, A, at(now_s));
        }
        bluetooth.messages = location.into_iter().collect();
        addresses.extend(book.hear(&bluetooth, A, at(now_s)).map(|s| s.address));
    }
    assert_eq!(doubts(&book, &id, at(30.0)), []);
    assert_eq!(addresses.len(), 1);
    assert_eq!(book.get(&id).map(|a| a.transmitters().count()), Some(2));
    assert_eq!(book.counters().nameless, 0);
}

#[test]
fn a_relay_that_sends_two_aircraft_is_two_whatever_kinds_of_names_they_have() {
    let mut book = Book::new(Limits::default());
    let session = UasId::new(IdKind::Session, &[1, 2, 3]).expect("a session");
    for second in 0..10_u16 {
        for (name, east_m) in [(id(GOOD), 0.0), (session, 3_000.0)] {
            let point = Some(place(10.0 * f64::from(second), east_m));
            let location = Location { point, ..flying(f64::from(second), 10.0) };
            let told = broadcast(1, name, second, location);
            let heard = book.hear(&told, A, at(f64::from(second))).expect("a sighting");
            assert_eq!(heard.id, name);
        }
    }
    assert_eq!(doubts(&book, &id(GOOD), at(10.0)), []);
    assert_eq!(doubts(&book, &session, at(10.0)), []);
}

#[test]
fn a_plot_says_what_the_sighting_told() {
    let mut book = Book::new(Limits::default());
    let location = Location {
        height_geometric_m: Some(900.0),
        height_m: Some(80.0),
        pressure_altitude_m: Some(880.0),
        course_rad: Some(std::f64::consts::FRAC_PI_2),
        vertical_rate_mps: Some(-1.5),
        ..flying(3.0, 12.0)
    };
    let sighting = book.hear(&broadcast(1, id(GOOD), 1, location), A, at(3.4)).expect("one");
    let plot = to_plot(&sighting).expect("a plot");
    assert_eq!(
        (plot.origin, plot.category),
        (PlotOrigin::RemoteId, Some(EmitterCategory::Unmanned))
    );
    assert_eq!((plot.time, plot.received), (at(3.0), at(3.4)));
    let velocity = plot.velocity.expect("a velocity");
    let horizontal = velocity.horizontal.expect("its ground part");
    assert!((horizontal.east - 12.0).abs() < 1e-9 && horizontal.north.abs() < 1e-9);
    assert_eq!(velocity.vertical_rate_mps, Some(-1.5));
    let Some(surveillance::Measurement::Geodetic(report)) = plot.measurement else { panic!() };
    assert_eq!(report.height_m, Some(900.0));
    assert_eq!(plot.codes.address, Some(sighting.address));
}

#[test]
fn a_flood_of_names_is_bounded_and_keeps_who_has_been_heard_longer() {
    let mut book = Book::new(Limits::default());
    let real = id(GOOD);
    for second in 0..5_u16 {
        let told = broadcast(1, real, second, flying(f64::from(second), 10.0));
        book.hear(&told, A, at(f64::from(second)));
    }
    for n in 0..20_000_u32 {
        let made_up = id(&format!("MADEUP{n}"));
        let mut told = broadcast(0, made_up, 1, flying(0.0, 0.0));
        told.transmitter = Mac([4, 0, 0, (n >> 16) as u8, (n >> 8) as u8, n as u8]);
        book.hear(&told, A, at(6.0 + f64::from(n) * 1e-3));
    }
    let kept = book.aircraft().count();
    assert!((3584..=4096).contains(&kept), "{kept}");
    assert_eq!(book.counters().shed, 20_001 - kept as u64);
    assert!(book.get(&real).is_some());
    book.hear(&broadcast(1, real, 1, flying(0.0, 0.0)), A, at(2000.0));
    assert_eq!(book.aircraft().count(), 1, "the silent are forgotten");
}

proptest! {
    #[test]
    fn no_two_identifications_share_an_address_whatever_is_told(
        told in proptest::collection::vec(
            (0..6_u8, 0..12_u16, 0..3_u16, any::<[i16; 2]>(), 0..36_000_u16, 0..40_000_u32), 1..200),
    ) {
        let mut book = Book::new(Limits::default());
        let mut of = std::collections::BTreeMap::new();
        for (mac, name, counter, [north, east], tenths, tenth_s) in told {
            let id = id(&format!("NAME{name}"));
            let location = Location {
                point: Some(place(f64::from(north), f64::from(east))),
                stamp: Some(Stamp::TenthsOfHour(tenths)),
                ..flying(0.0, 10.0)
            };
            let told = broadcast(mac, id, counter, location);
            let now = at(f64::from(tenth_s) / 10.0);
            let Some(sighting) = book.hear(&told, A, now) else { continue };
            prop_assert_eq!(book.by_address(sighting.address).map(|a| a.id), Some(id));
            // Of those that are remembered now; a forgotten one's number may be given again.
            of.insert(sighting.address, id);
            of.retain(|address, _| book.by_address(*address).is_some());
            for (address, id) in &of {
                prop_assert_eq!(book.by_address(*address).map(|a| a.id), Some(*id));
            }
            let aircraft = book.get(&id).expect("the aircraft");
            for doubt in aircraft.doubts(now, book.limits()) {
                prop_assert!(doubt.found.is_finite() && doubt.limit.is_finite());
            }
            prop_assert!(to_plot(&sighting).is_some_and(|plot| plot.received == now));
        }
    }
}
