//! Where a target is, said by every edition that has an item for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::spec::Spec;
use asterix::{Editions, Fields, Interpreter, Output};
use common::{block, only_record};
use surveillance::{Measurement, Time};

/// Items for a position in WGS-84, by category.
const PLACES: [(u8, &str); 6] =
    [(10, "041"), (11, "041"), (17, "045"), (20, "041"), (21, "130"), (62, "105")];

fn now() -> Time {
    "2026-11-23T14:32:07.75Z".parse().unwrap()
}

/// What comes of a record with these values.
fn outputs(spec: &'static Spec, values: &[(&str, f64)]) -> Vec<Output> {
    let mut fields = Fields::new(spec);
    fields.set_raw("010/SAC", 25).unwrap().set_raw("010/SIC", 201).unwrap();
    for (path, value) in values {
        fields.set_value(path, *value).unwrap();
    }
    // What it says beside the position: a target report, of an aircraft.
    let message = if spec.category == 17 { 10 } else { 1 };
    for (path, raw) in
        [("000", message), ("020/TYP", u64::from(spec.category != 1)), ("020/SSRPSR", 1)]
    {
        let _ = fields.set_raw(path, raw);
    }
    let mut octets = Vec::new();
    fields.encode(&mut octets).unwrap();
    let mut editions = Editions::default();
    editions.set(spec.category, spec.edition).unwrap();
    let mut outputs = Vec::new();
    let mut interpreter = Interpreter::new();
    only_record(&block(spec.category, &octets), &editions, |record| {
        interpreter.interpret(record, now(), &mut |output| outputs.push(output));
    });
    outputs
}

#[test]
fn a_position_on_the_ellipsoid_is_the_same_by_every_edition() {
    let mut tried = 0;
    for (category, item) in PLACES {
        for spec in Editions::known().filter(|spec| spec.category == category) {
            for (lat, lon) in [(42.5, 74.25), (-33.25, -151.5), (0.75, 179.0), (89.5, -0.5)] {
                let paths = [format!("{item}/LAT"), format!("{item}/LON")];
                let found = outputs(spec, &[(&paths[0], lat), (&paths[1], lon)]);
                let of = format!("CAT{category:03} {} at {lat} {lon}", spec.edition);
                let [Output::Plot(plot)] = &found[..] else { panic!("{of}: {found:?}") };
                let Some(Measurement::Geodetic(report)) = &plot.measurement else {
                    panic!("{of}: {plot:?}")
                };
                let step = 180.0 / f64::from(1 << 23);
                assert!((report.latitude_rad.to_degrees() - lat).abs() <= step, "{of}");
                assert!((report.longitude_rad.to_degrees() - lon).abs() <= step, "{of}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 4 * 24, "{tried}");
}

#[test]
fn a_range_and_azimuth_are_the_same_by_every_edition() {
    const NM_M: f64 = 1852.0;
    for category in [1, 48] {
        for spec in Editions::known().filter(|spec| spec.category == category) {
            let found = outputs(spec, &[("040/RHO", 100.5), ("040/THETA", 45.0)]);
            let of = format!("CAT{category:03} {}", spec.edition);
            let [Output::Plot(plot)] = &found[..] else { panic!("{of}: {found:?}") };
            let Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }) = plot.measurement
            else {
                panic!("{of}: {plot:?}")
            };
            assert!((slant_range_m - 100.5 * NM_M).abs() < 1.0, "{of}: {slant_range_m}");
            assert!((azimuth_rad.to_degrees() - 45.0).abs() < 1e-6, "{of}: {azimuth_rad}");
        }
    }
}
