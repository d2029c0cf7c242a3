//! Each message as the reference library of Open Drone ID reads it (testdata/README.md).

use remote_id::{
    Broadcast, HeightReference, IdKind, Link, Location, Message, OperatorPlace, Stamp, Status,
    System, Transport, decode, decode_message,
};
use serde_json::Value;

fn vectors(kind: &str) -> impl Iterator<Item = Value> {
    let lines = include_str!("../testdata/vectors.jsonl").lines();
    let all = lines.map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    all.filter(move |vector| vector["kind"] == kind)
}

fn octets(vector: &Value) -> Vec<u8> {
    let hex = vector["hex"].as_str().expect("hex digits");
    let pairs = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
    pairs.collect::<Result<_, _>>().expect("hex digits")
}

fn read(vector: &Value) -> Message {
    decode_message(&octets(vector), &mut |_| {}).expect("a message")
}

fn number(vector: &Value, name: &str) -> f64 {
    vector[name].as_f64().expect("a number")
}

/// `ours` is theirs to within single precision, `None` being their number for "unknown".
#[track_caller]
fn same(ours: Option<f64>, vector: &Value, name: &str, unknown: f64) {
    let theirs = number(vector, name);
    let close = (ours.unwrap_or(unknown) - theirs).abs() <= 1e-6 * theirs.abs().max(1.0);
    assert!(close, "{name}: {ours:?} and {theirs} in {vector}");
}

/// How often a field was told: a test on none but unknown ones would show nothing.
#[track_caller]
fn told<'a>(all: &'a [(Value, Location)], field: impl Fn(&'a Location) -> Option<f64>) {
    let told = all.iter().filter(|(_, location)| field(location).is_some()).count();
    assert!(told > all.len() / 3 && told < all.len(), "{told} of {}", all.len());
}

#[test]
fn a_location_is_what_the_reference_library_reads() {
    let all: Vec<(Value, Location)> = vectors("location")
        .map(|vector| match read(&vector) {
            Message::Location(location) => (vector, location),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(all.len(), 300);
    for (vector, location) in &all {
        let code = match location.status {
            Status::Undeclared => 0,
            Status::Ground => 1,
            Status::Airborne => 2,
            Status::Emergency => 3,
            Status::RemoteIdFailure => 4,
            Status::Reserved(code) => code,
        };
        assert_eq!(f64::from(code), number(vector, "status"));
        same(location.course_rad.map(f64::to_degrees), vector, "direction", 361.0);
        same(location.speed_mps, vector, "speed", 255.0);
        same(location.vertical_rate_mps, vector, "climb", 63.0);
        same(location.point.map(|p| p.latitude_rad.to_degrees()), vector, "lat", 0.0);
        same(location.point.map(|p| p.longitude_rad.to_degrees()), vector, "lon", 0.0);
        same(location.pressure_altitude_m, vector, "baro", -1000.0);
        same(location.height_geometric_m, vector, "geo", -1000.0);
        same(location.height_m, vector, "height", -1000.0);
        let reference = f64::from(location.height_reference == HeightReference::Ground);
        assert_eq!(reference, number(vector, "height_type"));
        let seconds = location.stamp.map(|stamp| match stamp {
            Stamp::TenthsOfHour(tenths) => f64::from(tenths) / 10.0,
            Stamp::At(_) => panic!("a message has no date"),
        });
        same(seconds, vector, "timestamp", 65535.0);
        // The library's 4 NM are 7,808 m by a slip; its own header and the standard say 7,408 m.
        let theirs_m =
            location.horizontal_accuracy_m.map(|m| if m == 7_408.0 { 7_808.0 } else { m });
        same(theirs_m, vector, "h_acc", 18_520.0);
        same(location.vertical_accuracy_m, vector, "v_acc", 150.0);
        same(location.pressure_accuracy_m, vector, "b_acc", 150.0);
        same(location.speed_accuracy_mps, vector, "s_acc", 10.0);
        same(location.stamp_accuracy_s, vector, "t_acc", 0.0);
    }
    told(&all, |location| location.course_rad);
    told(&all, |location| location.speed_mps);
    told(&all, |location| location.vertical_rate_mps);
    told(&all, |location| location.point.map(|p| p.latitude_rad));
    told(&all, |location| location.pressure_altitude_m);
    told(&all, |location| location.height_geometric_m);
    told(&all, |location| location.height_m);
    told(&all, |location| location.horizontal_accuracy_m);
}

#[test]
fn a_system_message_is_what_the_reference_library_reads() {
    let mut count = 0;
    for vector in vectors("system") {
        let Message::System(system) = read(&vector) else { panic!("{vector}") };
        let place = [OperatorPlace::TakeOff, OperatorPlace::Live, OperatorPlace::Fixed]
            [number(&vector, "place") as usize];
        assert_eq!(system.operator_place, place);
        same(system.operator.map(|p| p.latitude_rad.to_degrees()), &vector, "lat", 0.0);
        same(system.operator.map(|p| p.longitude_rad.to_degrees()), &vector, "lon", 0.0);
        same(system.operator_height_m, &vector, "altitude", -1000.0);
        same(system.area_ceiling_m, &vector, "ceiling", -1000.0);
        same(system.area_floor_m, &vector, "floor", -1000.0);
        assert_eq!(f64::from(system.area_count), number(&vector, "count"));
        assert_eq!(system.area_radius_m, number(&vector, "radius"));
        let class = system.classification.map(|c| (f64::from(c.category), f64::from(c.class)));
        let theirs = (number(&vector, "category"), number(&vector, "class"));
        assert_eq!(class, (vector["classification"] == 1).then_some(theirs));
        let since_2019 = system.time.map(|time| time.unix_seconds() - 1_546_300_800.0);
        same(since_2019, &vector, "timestamp", 0.0);
        count += 1;
    }
    assert_eq!(count, 80);
}

#[test]
fn identifications_and_texts_are_what_the_reference_library_reads() {
    let mut count = 0;
    for vector in vectors("basic_id") {
        let Message::BasicId(basic) = read(&vector) else { panic!("{vector}") };
        let id = basic.id.expect("an identification");
        assert_eq!(vector["id"], id.to_string());
        assert_eq!(number(&vector, "id_type"), if id.kind() == IdKind::Serial { 1.0 } else { 2.0 });
        assert_eq!(number(&vector, "ua_type"), f64::from(basic.ua_type as u8));
        count += 1;
    }
    for vector in vectors("self_id").chain(vectors("operator_id")) {
        let (kind, text) = match read(&vector) {
            Message::SelfId(message) => (message.kind, message.text),
            Message::OperatorId(message) => (message.kind, message.text),
            other => panic!("{other:?}"),
        };
        assert_eq!(vector["text"], text.as_str());
        assert_eq!(f64::from(kind), number(&vector, "type"));
        count += 1;
    }
    for vector in vectors("authentication") {
        let Message::Authentication(page) = read(&vector) else { panic!("{vector}") };
        assert_eq!(f64::from(page.kind), number(&vector, "type"));
        assert_eq!(f64::from(page.page), number(&vector, "page"));
        let data: String = page.data.iter().map(|octet| format!("{octet:02x}")).collect();
        assert!(data.starts_with(vector["data"].as_str().expect("hex digits")));
        if page.page == 0 {
            assert_eq!(page.last_page.map(f64::from), vector["last_page"].as_f64());
            assert_eq!(page.length.map(f64::from), vector["length"].as_f64());
            let since_2019 = page.time.map(|time| time.unix_seconds() - 1_546_300_800.0);
            assert_eq!(since_2019, vector["timestamp"].as_f64());
        }
        count += 1;
    }
    assert_eq!(count, 40 + 40 + 30);
}

fn broadcasts(link: Link, octets: &[u8]) -> Vec<Broadcast> {
    let mut found = Vec::new();
    decode(link, octets, &mut |each| found.push(each.expect("no defect")));
    found
}

#[test]
fn wifi_frames_of_the_reference_library_are_taken_apart() {
    let frame = |kind| octets(&vectors(kind).next().expect("one of each"));
    for (kind, transport, counter) in [("beacon", Transport::Beacon, 8), ("nan", Transport::Nan, 7)]
    {
        let found = broadcasts(Link::Wifi, &frame(kind));
        let [broadcast] = &found[..] else { panic!("{found:?}") };
        assert_eq!(broadcast.transport, transport);
        assert_eq!(broadcast.counter, Some(counter));
        assert_eq!(broadcast.transmitter.to_string(), "02:11:22:33:44:55");
        // What make_vectors.c put in, within the steps of the format.
        let [
            Message::BasicId(basic),
            Message::Location(location),
            Message::System(System { operator: Some(operator), .. }),
            Message::OperatorId(operator_id),
        ] = &broadcast.messages[..]
        else {
            panic!("{broadcast:?}")
        };
        let id = basic.id.expect("an identification");
        assert_eq!(id.to_string(), "MFR1C123456789ABC");
        assert_eq!(id.is_well_formed_serial(), Some(true));
        assert_eq!(operator_id.text.as_str(), "KGZ87astrdge12k8");
        let near = |found: Option<f64>, sent: f64, step: f64| {
            assert!(found.is_some_and(|found| (found - sent).abs() <= step), "{found:?} {sent}");
        };
        near(location.course_rad.map(f64::to_degrees), 215.7, 0.5);
        near(location.speed_mps, 5.4, 0.25);
        near(location.vertical_rate_mps, -2.5, 0.0);
        near(location.point.map(|p| p.latitude_rad.to_degrees()), 42.8746, 2e-7);
        near(location.point.map(|p| p.longitude_rad.to_degrees()), 74.5698, 2e-7);
        near(location.height_geometric_m, 812.5, 0.0);
        near(location.height_m, 80.0, 0.0);
        near(Some(operator.latitude_rad.to_degrees()), 42.87, 2e-7);
        assert_eq!(location.pressure_altitude_m, None);
        assert_eq!(location.stamp, Some(Stamp::TenthsOfHour(3605)));
    }
}
