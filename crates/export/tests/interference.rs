//! What a consumer is sent is a function of what was released to it: two pictures that differ in
//! withheld fields and tracks alone come out the same to the byte, in every format.

mod common;

use accord::Subject;
use common::{airliner, at, helicopter, mirrors, policy, stranger};
use export::{Mirror, Stream, StreamFormat, readsb, tables};
use proptest::prelude::*;
use surveillance::{Address, Callsign, EmitterCategory, Mode3A, SensorId};

/// Everything that any format says, slot after slot.
fn everything(mirrors: &[Mirror]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let forms = [
        StreamFormat::Sbs,
        StreamFormat::Cot,
        StreamFormat::TakMesh,
        StreamFormat::TakStream,
        StreamFormat::Asterix(SensorId { sac: 0, sic: 7 }),
    ];
    for form in forms {
        let mut stream = Stream::new(form);
        for mirror in mirrors {
            out.push(stream.update(mirror).concat());
            out.push(stream.snapshot(mirror).concat());
        }
    }
    for mirror in mirrors {
        out.extend(readsb::aircraft(mirror));
        out.extend(tables::geojson(mirror));
        out.extend(tables::csv(mirror));
        out.extend(tables::kml(mirror));
        out.extend(tables::geoparquet(mirror));
    }
    out
}

/// What may differ: fields that are not granted, and tracks that are not.
#[derive(Debug, Clone)]
struct Secret {
    address: u32,
    code: u16,
    callsign: u8,
    category: Option<EmitterCategory>,
    level_m: Option<f64>,
    east_m: f64,
    strangers: u64,
}

fn secret() -> impl Strategy<Value = Secret> {
    let category = prop_oneof![
        Just(None),
        Just(Some(EmitterCategory::Heavy)),
        Just(Some(EmitterCategory::Rotorcraft)),
    ];
    (1..0xff_ffff_u32, 0..0o7777_u16, 0..26_u8, category).prop_flat_map(
        |(address, code, callsign, category)| {
            (proptest::option::of(0.0..12_000.0), -50.0..50.0, 0..4_u64).prop_map(
                move |(level_m, east_m, strangers)| Secret {
                    address,
                    code,
                    callsign,
                    category,
                    level_m,
                    east_m,
                    strangers,
                },
            )
        },
    )
}

/// Three slots of a picture in which position, to 5 NM, and identity are all that is released.
fn pictures(secret: &Secret) -> Vec<Vec<Subject>> {
    let picture = |second: i64| {
        let (mut first, mut second_one) = (airliner(100, at(second)), helicopter(200, at(second)));
        for subject in [&mut first, &mut second_one] {
            subject.codes.address = Some(Address::icao(secret.address));
            subject.codes.mode_3a = Some(Mode3A::new(secret.code));
            subject.codes.callsign = Callsign::new(&char::from(b'A' + secret.callsign).to_string());
            subject.category = secret.category;
            subject.level_m = secret.level_m;
            if let Some(velocity) = &mut subject.velocity {
                velocity.east += secret.east_m;
            }
        }
        let mut all = vec![first, second_one];
        // Older and newer than those that are released.
        all.extend((0..secret.strangers).map(|n| stranger(50 + 100 * n, at(second))));
        all
    };
    let mut all: Vec<Vec<Subject>> = (0..3).map(picture).collect();
    all[2].remove(0);
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn what_is_withheld_changes_no_byte(one in secret(), other in secret()) {
        let policy = policy(r#""position", "identity""#, "precision = { position_nm = 5.0 }");
        let said = |secret: &Secret| everything(&mirrors(&policy, &pictures(secret)));
        let (one, other) = (said(&one), said(&other));
        prop_assert!(one.iter().any(|bytes| !bytes.is_empty()));
        prop_assert_eq!(one, other);
    }
}
