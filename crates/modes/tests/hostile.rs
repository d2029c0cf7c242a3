//! Whatever arrives, a decoder answers with a report or a named defect.

use modes::{BeastClock, BeastSplitter, Decoder, DecoderConfig, to_plot};
use proptest::prelude::*;
use surveillance::{Measurement, SensorId, Time};

const SENSOR: SensorId = SensorId { sac: 0, sic: 1 };

/// Appends the parity that leaves no remainder, by long division.
fn with_parity(data: &[u8]) -> Vec<u8> {
    let mut remainder = 0_u32;
    for byte in data {
        remainder ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            remainder = (remainder << 1) ^ if remainder & 0x80_0000 != 0 { 0x1ff_f409 } else { 0 };
        }
    }
    let [_, a, b, c] = remainder.to_be_bytes();
    [data, &[a, b, c]].concat()
}

proptest! {
    #[test]
    fn any_bytes_give_a_report_or_a_named_defect(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..50),
        nanos: i64,
    ) {
        let mut decoder = Decoder::new(DecoderConfig::default());
        for frame in frames {
            if let Err(defect) = decoder.decode(&frame, Time::from_unix_nanos(nanos)) {
                prop_assert!(!defect.name().is_empty());
            }
        }
    }

    #[test]
    fn any_squitters_at_any_times_give_finite_plots_on_earth(
        // Few addresses, so that reports meet their like.
        messages in proptest::collection::vec((17_u8..=18, 0_u8..8, 0_u8..3, 0_u8..32, any::<[u8; 7]>(), any::<i32>()), 1..80),
        near in proptest::option::of((-90.0..=90.0_f64, -180.0..=180.0_f64)),
    ) {
        let receiver = near.and_then(|(lat, lon)| geodesy::Geodetic::from_degrees(lat, lon, 0.0));
        let mut decoder = Decoder::new(DecoderConfig { receiver, ..DecoderConfig::default() });
        for (df, control, address, type_code, mut me, millis) in messages {
            me[0] = type_code << 3 | me[0] & 7;
            let data = [&[df << 3 | control, 0x48, 0x40, address], &me[..]].concat();
            let time = Time::EPOCH.plus_seconds(f64::from(millis) / 1000.0);
            let Ok(report) = decoder.decode(&with_parity(&data), time) else { continue };
            let Some(plot) = to_plot(&report, SENSOR, time, time) else { continue };
            if let Some(Measurement::Geodetic(position)) = plot.measurement {
                prop_assert!(position.latitude_rad.abs() <= std::f64::consts::FRAC_PI_2);
                prop_assert!(position.longitude_rad.abs() <= std::f64::consts::PI);
                prop_assert!(position.horizontal_sd_m.is_none_or(|sd| sd.is_finite() && sd > 0.0));
            }
            if let Some(velocity) = plot.velocity.and_then(|v| v.horizontal) {
                prop_assert!(velocity.east.is_finite() && velocity.north.is_finite());
            }
        }
    }

    #[test]
    fn a_bit_turned_in_a_squitter_is_always_noticed(me: [u8; 7], bit in 5_usize..112) {
        let mut frame = with_parity(&[&[0x8d, 0x48, 0x40, 0xd6], &me[..]].concat());
        frame[bit / 8] ^= 0x80 >> (bit % 8);
        let found = Decoder::new(DecoderConfig::default()).decode(&frame, Time::EPOCH);
        prop_assert_eq!(found.map_err(|defect| defect.name()), Err("crc"));
    }

    #[test]
    fn the_same_frames_at_the_same_times_give_the_same_reports(
        stream in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let run = || {
            let mut decoder = Decoder::new(DecoderConfig::default());
            let mut found = Vec::new();
            BeastSplitter::new(BeastClock::Ticks12MHz).push(&stream, &mut |frame| {
                found.push(frame.map(|frame| decoder.decode_frame(&frame, Time::EPOCH)));
            });
            found
        };
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn more_aircraft_than_fit_are_still_decoded_and_counted() {
    let mut decoder = Decoder::new(DecoderConfig { aircraft_max: 2, ..DecoderConfig::default() });
    let call = |number: u8| with_parity(&[0x5d, 0x48, 0x40, number]);
    for number in 1..=3 {
        assert!(decoder.decode(&call(number), Time::EPOCH).is_ok());
    }
    assert_eq!((decoder.stats().aircraft, decoder.stats().refused), (2, 1));
    let later = Time::EPOCH.plus_seconds(400.0);
    assert!(decoder.decode(&call(3), later).is_ok());
    assert_eq!((decoder.stats().aircraft, decoder.stats().pruned), (1, 2));
}
