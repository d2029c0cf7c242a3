//! Claimed positions held against measured ones.

mod stage;

use alert::Bias;
use alert::rules::disagreement::DisagreementRule;
use alert::trust::{Claim, ClaimWatch, TrustConfig, Twin};
use alert::{Cause, Rule, Severity};
use geodesy::{Ecef, Enu, Geodesic, Geodetic, LocalFrame};
use stage::{Beside, RADAR, STATION, Stage, at, place, radar, track};
use surveillance::{
    Address, Codes, Measurement, Mode3A, Plot, PlotOrigin, PositionReport, PressureAltitude,
    SensorId, Velocity,
};

const ADDRESS: Address = Address::icao(0x60_0001);
const SPEED_MPS: f64 = 230.0;

/// Where an aircraft is that flies east from `start`.
fn flown(start: Geodetic, second: f64) -> Geodetic {
    start.travel(Geodesic { distance_m: SPEED_MPS * second, bearing_rad: 90_f64.to_radians() })
}

fn bare(sensor: SensorId, second: f64, origin: PlotOrigin, height_m: f64) -> Plot {
    let codes = Codes { address: Some(ADDRESS), ..Codes::default() };
    let pressure_altitude = Some(PressureAltitude { altitude_m: height_m, step_m: 7.62 });
    Plot { codes, pressure_altitude, ..Plot::bare(sensor, at(second), origin) }
}

fn claim(position: Geodetic, second: f64) -> Plot {
    let horizontal = Some(Enu { east: SPEED_MPS, north: 0.0, up: 0.0 });
    Plot {
        measurement: Some(Measurement::Geodetic(report(position))),
        velocity: Some(Velocity { horizontal, vertical_rate_mps: None }),
        ..bare(STATION, second, PlotOrigin::AdsB, position.height_m)
    }
}

fn report(position: Geodetic) -> PositionReport {
    PositionReport {
        latitude_rad: position.latitude_rad,
        longitude_rad: position.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(30.0),
    }
}

/// A radar plot with errors of so many standard deviations in range and azimuth.
fn echo(position: Geodetic, second: f64, errors: [f64; 2]) -> Plot {
    let radar = radar();
    let point: Ecef = position.to_ecef();
    let polar = LocalFrame::at(radar.site.expect("it has one")).polar_from_ecef(point);
    let measurement = Measurement::Polar {
        slant_range_m: polar.slant_range_m + errors[0] * radar.accuracy.range_m,
        azimuth_rad: geodesy::wrap_tau(polar.azimuth_rad + errors[1] * radar.accuracy.azimuth_rad),
        elevation_rad: None,
    };
    let measurement = Some(measurement);
    Plot { measurement, ..bare(RADAR, second, PlotOrigin::Secondary, position.height_m) }
}

/// A sequence of normal numbers, the same each time: sums of twelve of a congruential generator.
fn normal(seed: &mut u64) -> f64 {
    let mut uniform = || {
        *seed =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..12).map(|_| uniform()).sum::<f64>() - 6.0
}

fn watch() -> ClaimWatch {
    let mut watch = ClaimWatch::new(TrustConfig::default());
    watch.set_sensor(&radar());
    watch.set_sensor(&surveillance::Sensor { id: STATION, ..radar() });
    watch
}

/// A claim a second and a radar plot every five, for `seconds`, the claim `north_m` north of the
/// truth. What is found at the end, and when it was first found.
fn watched(
    start: Geodetic,
    seconds: u32,
    north_m: f64,
    radar_plot: impl Fn(Geodetic, f64, &mut u64) -> Plot,
) -> (Option<Claim>, Option<u32>) {
    let (mut watch, mut first, mut seed) = (watch(), None, 7);
    for second in 0..seconds {
        let now = f64::from(second);
        let truth = flown(start, now);
        let claimed = truth.travel(Geodesic { distance_m: north_m, bearing_rad: 0.0 });
        let mut plots = vec![claim(claimed, now)];
        if second % 5 == 3 {
            // Claims are up to half a second old.
            plots.push(radar_plot(flown(start, now + 0.5), now + 0.5, &mut seed));
        }
        watch.observe(&plots);
        if first.is_none() && watch.claim(ADDRESS, at(now)).is_some() {
            first = Some(second);
        }
    }
    (watch.claim(ADDRESS, at(f64::from(seconds))), first)
}

fn noisy(position: Geodetic, second: f64, seed: &mut u64) -> Plot {
    echo(position, second, [normal(seed), normal(seed)])
}

#[test]
fn an_honest_aircraft_is_never_doubted_near_far_and_overhead() {
    for (latitude_deg, longitude_deg) in [(43.2, 75.3), (43.2, 74.0), (44.5, 74.0), (41.0, 76.5)] {
        let start = place(latitude_deg, longitude_deg, 11_000.0);
        let (_, first) = watched(start, 1_500, 0.0, noisy);
        assert_eq!(first, None, "from {latitude_deg} {longitude_deg}");
    }
}

#[test]
fn a_radar_within_its_permitted_bias_makes_nobody_a_liar() {
    let biased = |position: Geodetic, second: f64, seed: &mut u64| {
        // 100 m and 0.1°, beside its noise.
        echo(position, second, [normal(seed) + 100.0 / 70.0, normal(seed) + 0.1 / 0.08])
    };
    let (_, first) = watched(place(44.5, 74.0, 11_000.0), 1_500, 0.0, biased);
    assert_eq!(first, None);
}

#[test]
fn a_worse_bias_that_was_estimated_is_taken_off() {
    let run = |estimated: bool| {
        let mut watch = watch();
        if estimated {
            let azimuth_rad = Some(1_f64.to_radians());
            watch.set_bias(RADAR, Bias { azimuth_rad, ..Bias::default() });
        }
        for second in 0..60 {
            let now = f64::from(second);
            let truth = flown(place(44.5, 74.0, 11_000.0), now);
            watch.observe(&[claim(truth, now), echo(truth, now, [0.0, 1.0 / 0.08])]);
        }
        watch.claim(ADDRESS, at(60.0)).is_some()
    };
    assert_eq!([run(false), run(true)], [true, false]);
}

#[test]
fn a_false_claim_is_found_at_the_fourth_disagreement_with_both_positions() {
    let start = place(43.8, 75.5, 11_000.0);
    let (found, first) = watched(start, 61, 8_000.0, noisy);
    // Compared from the second turn of the radar on: what is not measured is not watched.
    assert_eq!(first, Some(23));
    let claim = found.expect("it is false");
    let truth = flown(start, claim.time.seconds_since(at(0.0)));
    assert!(truth.geodesic_to(claim.trusted).distance_m < 400.0);
    assert!((claim.distance_m - 8_000.0).abs() < 500.0, "{}", claim.distance_m);
    assert!(claim.limit_m < 1_500.0, "{}", claim.limit_m);
    let apart_m = claim.claimed.geodesic_to(claim.trusted).distance_m;
    assert!((apart_m - claim.distance_m).abs() < 20.0);
    assert_eq!((claim.sensor, claim.origin), (RADAR, PlotOrigin::Secondary));
}

#[test]
fn multilateration_is_a_measurement_too() {
    let mlat = |position: Geodetic, second: f64, _: &mut u64| Plot {
        measurement: Some(Measurement::Geodetic(report(position))),
        ..bare(STATION, second, PlotOrigin::Mlat, position.height_m)
    };
    let start = place(43.8, 75.5, 11_000.0);
    assert_eq!(watched(start, 300, 0.0, mlat).1, None);
    assert!(watched(start, 300, 3_000.0, mlat).1.is_some());
}

#[test]
fn a_reflection_now_and_then_does_not_make_a_liar() {
    let reflected = |position: Geodetic, second: f64, seed: &mut u64| {
        let aside = if (second as u32).is_multiple_of(3) { 25.0 } else { 0.0 };
        echo(position, second, [normal(seed), normal(seed) + aside])
    };
    assert_eq!(watched(place(43.8, 75.5, 11_000.0), 900, 0.0, reflected).1, None);
}

#[test]
fn a_finding_ends_when_claims_are_true_again_or_no_longer_compared() {
    let mut watch = watch();
    let start = place(43.8, 75.5, 11_000.0);
    let mut observe = |second: u32, north_m: f64| {
        let now = f64::from(second);
        let truth = flown(start, now);
        let claimed = truth.travel(Geodesic { distance_m: north_m, bearing_rad: 0.0 });
        watch.observe(&[claim(claimed, now), echo(truth, now, [0.0; 2])]);
        watch.claim(ADDRESS, at(now)).is_some()
    };
    assert!((0..10).any(|second| observe(second, 8_000.0)));
    let found: Vec<_> = (10..20).map(|second| observe(second, 0.0)).collect();
    assert_eq!(found.iter().filter(|found| **found).count(), 3, "{found:?}");
    (20..30).for_each(|second| _ = observe(second, 8_000.0));
    assert!(watch.claim(ADDRESS, at(50.0)).is_some());
    assert_eq!(watch.claim(ADDRESS, at(70.0)), None);
}

#[test]
fn across_the_antimeridian_a_true_claim_is_true() {
    let mut watch = ClaimWatch::default();
    let sensor = surveillance::Sensor { site: Some(place(43.2, 179.8, 500.0)), ..radar() };
    watch.set_sensor(&sensor);
    let frame = LocalFrame::at(place(43.2, 179.8, 500.0));
    for second in 0..120 {
        let now = f64::from(second);
        let truth = flown(place(43.4, 179.9, 11_000.0), now);
        let polar = frame.polar_from_ecef(truth.to_ecef());
        let (slant_range_m, azimuth_rad) = (polar.slant_range_m, polar.azimuth_rad);
        let measurement =
            Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: None });
        let echo = Plot { measurement, ..bare(RADAR, now, PlotOrigin::Secondary, 11_000.0) };
        watch.observe(&[claim(truth, now), echo]);
    }
    let counts = watch.counts();
    assert_eq!((counts.compared > 100, counts.disagreed), (true, 0));
}

#[test]
fn claims_of_addresses_that_nothing_measures_take_no_room() {
    let mut watch = watch();
    for bits in 0..100_000 {
        let mut plot = claim(place(43.0, 75.0, 11_000.0), 0.0);
        plot.codes.address = Some(Address::icao(bits));
        watch.observe(&[plot]);
    }
    assert!(watch.is_empty());
}

#[test]
fn measured_addresses_are_bounded_and_forgotten() {
    let config = TrustConfig { addresses_max: 10, ..TrustConfig::default() };
    let mut watch = ClaimWatch::new(config);
    watch.set_sensor(&radar());
    let of = |bits, second| {
        let mut plot = echo(place(43.8, 75.5, 11_000.0), second, [0.0; 2]);
        plot.codes.address = Some(Address::icao(bits));
        plot
    };
    (0..25).for_each(|bits| watch.observe(&[of(bits, 0.0)]));
    assert_eq!((watch.len(), watch.counts().unwatched), (10, 15));
    (0..40).for_each(|turn| watch.observe(&[of(3, f64::from(turn) * 25.0)]));
    assert_eq!(watch.len(), 1);
}

#[test]
fn a_clock_that_leaps_makes_the_watch_neither_forget_nor_keep_addresses() {
    for leap_s in [86_400.0, -86_400.0] {
        let mut watch = watch();
        let of = |bits, second| {
            let mut plot = echo(place(43.8, 75.5, 11_000.0), second, [0.0; 2]);
            plot.codes.address = Some(Address::icao(bits));
            plot
        };
        (0..20).for_each(|bits| watch.observe(&[of(bits, 0.0)]));
        watch.observe(&[of(1, leap_s)]);
        assert_eq!(watch.len(), 20, "a leap of {leap_s} s is no silence");
        // One plot with a time of its own does not stop the clock for the others.
        let stray = Plot { received: at(leap_s + 1.0), ..of(1, leap_s + 1e6) };
        watch.observe(&[stray]);
        (0..600).for_each(|second| watch.observe(&[of(1, leap_s + f64::from(second))]));
        assert_eq!(watch.len(), 1, "those silent for ten minutes are forgotten after {leap_s} s");
    }
}

#[test]
fn a_false_claim_is_a_warning_with_the_trusted_position_beside_the_claimed_one() {
    let (found, _) = watched(place(43.8, 75.5, 11_000.0), 61, 8_000.0, noisy);
    let mut stage = Stage::default();
    let tracks = [track(1)];
    stage.step(
        &tracks,
        &Beside::default(),
        at(0.0),
        |subject| subject.claim = found,
        |scene, board, firings| DisagreementRule.evaluate(scene, board, firings),
    );
    let open = stage.open(Rule::PositionDisagreement);
    assert_eq!((open[0].severity, open[0].key.cause), (Severity::Warning, Cause::Address(ADDRESS)));
    let names: Vec<_> = open[0].facts.iter().map(|fact| fact.name.as_ref()).collect();
    let expected = ["trusted position", "claimed position", "distance", "measured by", "since"];
    assert_eq!(names, expected);
}

/// An aircraft's claim, or reply, with the code and level that it tells.
fn heard(plot: Plot, code: u16, level_m: f64) -> Plot {
    let codes = Codes { mode_3a: Some(Mode3A::new(code)), ..plot.codes };
    let pressure_altitude = Some(PressureAltitude { altitude_m: level_m, step_m: 7.62 });
    Plot { codes, pressure_altitude, ..plot }
}

/// What is found of the address after two minutes of these plots of each second.
fn twin_after(plots: impl Fn(f64) -> Vec<Plot>) -> (Option<Twin>, bool) {
    let mut watch = watch();
    for second in 0..120 {
        watch.observe(&plots(f64::from(second)));
    }
    (watch.twin(ADDRESS), watch.claim(ADDRESS, at(120.0)).is_some())
}

#[test]
fn one_address_at_two_aircraft_is_told_as_that_and_not_as_a_false_claim() {
    let (here, there) = (place(43.0, 74.0, 10_000.0), place(43.9, 74.6, 11_000.0));
    let claims = |second: f64| {
        vec![claim(flown(here, second), second), claim(flown(there, second), second + 0.4)]
    };
    let replies = |second: f64| match second % 5.0 {
        0.0 => vec![heard(echo(flown(here, second), second, [0.5, -0.5]), 0o2101, 10_000.0)],
        2.0 => vec![heard(echo(flown(there, second), second, [-0.5, 0.5]), 0o2101, 11_000.0)],
        _ => Vec::new(),
    };
    let (both, false_claim) = twin_after(|second| [claims(second), replies(second)].concat());
    let both = both.expect("two aircraft");
    assert!(both.measured && !false_claim);
    assert!(both.distance_m > 100_000.0 && both.distance_m > both.limit_m);
    // By either kind alone too.
    assert!(twin_after(claims).0.is_some_and(|twin| !twin.measured));
    assert!(twin_after(replies).0.is_some_and(|twin| twin.measured));
}

#[test]
fn what_claims_one_false_place_is_no_second_aircraft() {
    let (here, there) = (place(43.0, 74.0, 10_000.0), place(43.9, 74.6, 10_000.0));
    let (twin, false_claim) = twin_after(|second| {
        let mut plots = vec![claim(flown(there, second), second)];
        if second % 5.0 == 0.0 {
            plots.push(echo(flown(here, second), second, [0.0, 0.0]));
        }
        plots
    });
    assert_eq!((twin, false_claim), (None, true));
}

#[test]
fn a_leap_a_stray_reply_and_a_reflection_are_no_second_aircraft() {
    let (here, there) = (place(43.0, 74.0, 10_000.0), place(43.9, 74.6, 10_000.0));
    let leap =
        |second: f64| vec![claim(flown(if second < 60.0 { here } else { there }, second), second)];
    assert_eq!(twin_after(leap).0, None);
    let stray = |second: f64| {
        let aside = place(42.0 + (second * 0.37) % 2.0, 75.5, 10_000.0);
        let mut plots = vec![claim(flown(here, second), second)];
        if second % 20.0 == 0.0 {
            plots.push(claim(aside, second + 0.5));
        }
        plots
    };
    assert_eq!(twin_after(stray).0, None);
    // A reflection tells the code and the level of what it reflects, turn by turn.
    let reflected = |second: f64| match second % 5.0 {
        0.0 => vec![
            heard(echo(flown(here, second), second, [0.0, 0.0]), 0o2101, 10_000.0),
            heard(echo(flown(there, second), second + 0.3, [0.0, 0.0]), 0o2101, 10_000.0),
        ],
        _ => Vec::new(),
    };
    assert_eq!(twin_after(reflected).0, None);
}

#[test]
fn a_second_aircraft_that_is_gone_is_forgotten() {
    let (here, there) = (place(43.0, 74.0, 10_000.0), place(43.9, 74.6, 11_000.0));
    let (twin, _) = twin_after(|second| {
        let mut plots = vec![claim(flown(here, second), second)];
        if second < 60.0 {
            plots.push(claim(flown(there, second), second + 0.4));
        }
        plots
    });
    assert_eq!(twin, None);
}
