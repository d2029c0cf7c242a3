//! Plots go out in the reports of their sensors and come back as the same plots.

use asterix::{Datagrams, Editions, Interpreter, Output, Reporter, Unsendable, blocks};
use geodesy::Enu;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use proptest::prelude::*;
use std::f64::consts::TAU;
use surveillance::{
    Address, AdsbQuality, Callsign, Codes, Measurement, Mode3A, Plot, PlotOrigin, PositionReport,
    PressureAltitude, SensorId, Time, Velocity,
};

/// What a receiver makes of the plot's report.
fn sent(plot: &Plot) -> Result<Plot, Unsendable> {
    let mut datagrams = Datagrams::new(1_472);
    datagrams.push(&Reporter::default().report(plot)?).expect("a record that fits a datagram");
    let datagram = datagrams.finish().expect("one record");
    let mut outputs = Vec::new();
    let mut interpreter = Interpreter::new();
    for block in blocks(&datagram) {
        for record in block.expect("our own block").records(&Editions::default()) {
            let record = record.expect("our own record");
            interpreter.interpret(&record, plot.received, &mut |output| outputs.push(output));
        }
    }
    match outputs.as_slice() {
        [Output::Plot(again)] => Ok(*again),
        other => panic!("{other:?}"),
    }
}

fn is_near(a: f64, b: f64, step: f64) -> bool {
    (a - b).abs() <= 0.500_001 * step
}

/// Equal to half a step of each item.
fn assert_same(plot: &Plot, again: &Plot) -> Result<(), TestCaseError> {
    prop_assert_eq!(again.sensor, plot.sensor);
    prop_assert_eq!(again.origin, plot.origin);
    prop_assert_eq!(again.codes, plot.codes);
    prop_assert_eq!(again.on_ground, plot.on_ground);
    prop_assert_eq!(again.quality, plot.quality);
    prop_assert!(is_near(again.time.seconds_since(plot.time), 0.0, 1.0 / 128.0));
    let levels = (again.pressure_altitude, plot.pressure_altitude);
    match levels {
        (Some(a), Some(b)) => {
            prop_assert!(is_near(a.altitude_m, b.altitude_m, 25.0 * METRES_PER_FOOT));
        }
        (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
    }
    match (again.measurement, plot.measurement) {
        (
            Some(Measurement::Polar { slant_range_m: r, azimuth_rad: a, .. }),
            Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }),
        ) => {
            prop_assert!(is_near(r, slant_range_m, METRES_PER_NM / 256.0));
            prop_assert!(is_near(geodesy::wrap_pi(a - azimuth_rad), 0.0, TAU / 65_536.0));
        }
        (Some(Measurement::Geodetic(a)), Some(Measurement::Geodetic(b))) => {
            // CAT020 has the coarser step.
            let step = 180.0_f64.to_radians() / f64::from(1 << 25);
            prop_assert!(is_near(a.latitude_rad, b.latitude_rad, step));
            prop_assert!(is_near(a.longitude_rad, b.longitude_rad, step));
            prop_assert_eq!(a.height_m.is_some(), b.height_m.is_some());
        }
        (a, b) => prop_assert_eq!(a, b),
    }
    match (again.velocity, plot.velocity) {
        (Some(a), Some(b)) => {
            let (a, b) = (a.horizontal.expect("given"), b.horizontal.expect("given"));
            // A step of the speed, and one of the angle at up to 2 NM/s.
            prop_assert!((a.east - b.east).abs() < 0.4 && (a.north - b.north).abs() < 0.4);
        }
        (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
    }
    Ok(())
}

fn codes(mode_s: bool) -> impl Strategy<Value = Codes> {
    let callsign = "[A-Z]{3}[0-9]{1,4}".prop_map(|text| Callsign::new(&text));
    (1_u32..0xff_ffff, prop::option::of(0_u16..0o7777), callsign, any::<bool>()).prop_map(
        move |(address, code, callsign, has_callsign)| Codes {
            address: mode_s.then_some(Address::icao(address)),
            mode_3a: code.map(Mode3A::new),
            callsign: callsign.filter(|_| mode_s && has_callsign),
            ..Codes::default()
        },
    )
}

fn level() -> impl Strategy<Value = Option<PressureAltitude>> {
    prop::option::of(-300.0..18_000.0).prop_map(|altitude_m: Option<f64>| {
        altitude_m.map(|altitude_m| PressureAltitude { altitude_m, step_m: 7.62 })
    })
}

fn position() -> impl Strategy<Value = PositionReport> {
    (-1.5..1.5, -3.1..3.1, prop::option::of(-400.0..20_000.0)).prop_map(
        |(latitude_rad, longitude_rad, height_m)| PositionReport {
            latitude_rad,
            longitude_rad,
            height_m,
            horizontal_sd_m: None,
        },
    )
}

/// Whole nanoseconds of two days, so that midnight is among them.
fn instant() -> impl Strategy<Value = Time> {
    (1_700_000_000_000_000_000_i64..1_700_172_800_000_000_000).prop_map(Time::from_unix_nanos)
}

fn with(time: Time, origin: PlotOrigin) -> Plot {
    Plot::bare(SensorId { sac: 101, sic: 7 }, time, origin)
}

proptest! {
    #[test]
    fn a_radars_plot_comes_back_to_half_a_step(
        (time, range_m, azimuth_rad) in (instant(), 0.0..470_000.0, 0.0..TAU),
        (codes, level) in prop_oneof![codes(true), codes(false)].prop_flat_map(|c| (Just(c), level())),
        ground in any::<Option<bool>>(),
        range_rate_mps in prop::option::of(-700.0..700.0),
    ) {
        let measurement = Measurement::Polar {
            slant_range_m: range_m,
            azimuth_rad,
            elevation_rad: None,
        };
        let plot = Plot {
            measurement: Some(measurement),
            codes,
            pressure_altitude: level,
            on_ground: ground,
            range_rate_mps,
            ..with(time, PlotOrigin::Secondary)
        };
        let again = sent(&plot).unwrap();
        assert_same(&plot, &again)?;
        let held = range_rate_mps.map(f64::round).filter(|rate| (-512.0..=511.0).contains(rate));
        prop_assert_eq!(again.range_rate_mps, held);
    }

    #[test]
    fn an_adsb_report_comes_back_to_half_a_step(
        (time, position) in (instant(), position()),
        (codes, level) in (codes(true), level()),
        (east, north) in (-600.0..600.0, -600.0..600.0),
        (nic, nac_p, nac_v, sil) in (0_u8..12, 0_u8..12, 0_u8..5, 0_u8..4),
        ground in any::<bool>(),
    ) {
        let quality = AdsbQuality {
            version: Some(2),
            nic: Some(nic),
            nac_p: Some(nac_p),
            nac_v: Some(nac_v),
            sil: Some(sil),
        };
        let horizontal_sd_m = quality.horizontal_sd_m();
        let plot = Plot {
            measurement: Some(Measurement::Geodetic(PositionReport { horizontal_sd_m, ..position })),
            codes,
            pressure_altitude: level,
            velocity: Some(Velocity {
                horizontal: Some(Enu { east, north, up: 0.0 }),
                vertical_rate_mps: None,
            }),
            on_ground: Some(ground),
            quality,
            ..with(time, PlotOrigin::AdsB)
        };
        let again = sent(&plot).unwrap();
        assert_same(&plot, &again)?;
        let Some(Measurement::Geodetic(back)) = again.measurement else { panic!("{again:?}") };
        prop_assert_eq!(back.horizontal_sd_m, horizontal_sd_m);
    }

    #[test]
    fn a_multilateration_report_comes_back_to_half_a_step(
        (time, position, sd_m) in (instant(), position(), 1.0..2_000.0),
        (codes, level) in prop_oneof![codes(true), codes(false)].prop_flat_map(|c| (Just(c), level())),
        ground in any::<bool>(),
    ) {
        let position = PositionReport { horizontal_sd_m: Some(sd_m), ..position };
        let plot = Plot {
            measurement: Some(Measurement::Geodetic(position)),
            codes,
            pressure_altitude: level,
            on_ground: Some(ground),
            ..with(time, PlotOrigin::Mlat)
        };
        let again = sent(&plot).unwrap();
        assert_same(&plot, &again)?;
        let Some(Measurement::Geodetic(back)) = again.measurement else { panic!("{again:?}") };
        prop_assert!(is_near(back.horizontal_sd_m.unwrap(), sd_m, 0.25));
    }
}

#[test]
fn a_primary_plot_says_that_it_is_one() {
    let plot = Plot {
        measurement: Some(Measurement::Polar {
            slant_range_m: 100.0 * METRES_PER_NM,
            azimuth_rad: 1.0,
            elevation_rad: None,
        }),
        ..with(Time::from_unix_nanos(1_700_000_000_000_000_000), PlotOrigin::Primary)
    };
    let again = sent(&plot).unwrap();
    assert_eq!((again.origin, again.codes), (PlotOrigin::Primary, Codes::default()));
}

#[test]
fn the_last_moment_of_a_day_is_the_first_of_the_next() {
    let midnight = Time::from_unix_nanos(1_700_006_400_000_000_000);
    let plot = with(midnight.plus_seconds(-0.001), PlotOrigin::Secondary);
    assert_eq!(sent(&Plot { received: midnight, ..plot }).unwrap().time, midnight);
}

#[test]
fn what_no_item_holds_is_refused_by_name() {
    let time = Time::from_unix_nanos(1_700_000_000_000_000_000);
    let far = Measurement::Polar {
        slant_range_m: 256.0 * METRES_PER_NM,
        azimuth_rad: 0.0,
        elevation_rad: None,
    };
    let far = Plot { measurement: Some(far), ..with(time, PlotOrigin::Primary) };
    let refusal = |plot: &Plot| sent(plot).unwrap_err().to_string();
    assert_eq!(refusal(&far), "040/RHO of CAT048 cannot hold 65536");
    let system = with(time, PlotOrigin::SystemTrack);
    assert_eq!(refusal(&system), "a plot of origin SystemTrack is no sensor's report");
    let mixed = Plot { origin: PlotOrigin::AdsB, ..far };
    assert_eq!(refusal(&mixed), "the measurement is not of the kind that CAT021 carries");
}

#[test]
fn a_north_mark_tells_the_time_and_the_period() {
    let time = Time::from_unix_nanos(1_700_000_000_000_000_000);
    let sensor = SensorId { sac: 1, sic: 2 };
    let mut datagrams = Datagrams::new(1_472);
    let mark = Reporter::default().north_mark(sensor, time, Some(4.0)).unwrap();
    datagrams.push(&mark).unwrap();
    let datagram = datagrams.finish().unwrap();
    // FSPEC 010 000 030 041; the time of day is 22:13:20.
    assert_eq!(datagram[..5], [34, 0, datagram.len() as u8, 0b1110_1000, 1]);
    let mut messages = Vec::new();
    for block in blocks(&datagram) {
        for record in block.unwrap().records(&Editions::default()) {
            Interpreter::new()
                .interpret(&record.unwrap(), time, &mut |output| messages.push(output));
        }
    }
    let [Output::Service(message)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((message.sensor, message.time, message.period_s), (sensor, time, Some(4.0)));
    assert_eq!(message.kind, asterix::ServiceKind::NorthMark);
}
