//! An evaluation like the one before it allocates nothing.

#[path = "stage/all.rs"]
mod all;
mod stage;
#[path = "stage/traffic.rs"]
mod traffic;

use alert::site::{Origin, SiteRule, SiteRules};
use alert::trust::ClaimWatch;
use alert::{Board, BoardConfig, Firings, Scene, Severity, Subject};
use all::TargetRules;
use picture::{IdentityRules, Picture};
use stage::{RADAR, at, good, place, radar};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use surveillance::{
    Address, Codes, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude,
};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn rules_board_and_watch_of_claims_allocate_nothing_in_the_steady_state() {
    let mut tracks = traffic::tracks(2_000);
    let rule = |when: &str| SiteRule {
        name: "low".into(),
        severity: Severity::Advisory,
        when: when.into(),
        stays: None,
        when_origin: Origin::default(),
        stays_origin: Origin::default(),
    };
    let rules = [rule("level_ft < 9000 && callsign.startsWith('KGZ')"), rule("'ADS-B' in sources")];
    let mut site = SiteRules::compile(&rules, &[]).expect("they are sound");
    let (mut target, mut firings) = (TargetRules::default(), Firings::new());
    let mut board = Board::new(BoardConfig::default());
    let (radar, aerodromes) = (radar(), traffic::aerodromes(50));
    let sensors = [good(&radar)];
    for second in 0..100 {
        let now = at(f64::from(second));
        traffic::carry_on(&mut tracks, now, 0.0);
        let mut picture = Picture::new(IdentityRules::default());
        tracks.iter().for_each(|track| picture.update(track.clone(), None, &[], now));
        let subjects: Vec<_> = picture.entries().map(Subject::bare).collect();
        let remote_ids = traffic::remote_ids(20, now);
        let scene = Scene {
            sensors: &sensors,
            aerodromes: &aerodromes,
            remote_ids: &remote_ids,
            ..Scene::of_tracks(now, board.running_s(now), &subjects)
        };
        let region = Region::new(GLOBAL);
        firings.clear();
        target.evaluate(&scene, &board, &mut firings);
        site.evaluate(&scene, &board, &mut firings);
        board.update(&mut firings, &[], now);
        let allocated = region.change().allocations;
        if second > 70 {
            assert_eq!(allocated, 0, "second {second}");
        }
    }
    assert!(board.counts().open > 1_900, "{:?}", board.counts());
    watch_of_claims(&radar);
}

fn watch_of_claims(radar: &surveillance::Sensor) {
    let mut watch = ClaimWatch::default();
    watch.set_sensor(radar);
    for second in 0..60 {
        let plots: Vec<_> = (0..500_u32).flat_map(|n| plots_of(n, f64::from(second))).collect();
        let region = Region::new(GLOBAL);
        watch.observe(&plots);
        let allocated = region.change().allocations;
        assert!(second < 2 || allocated == 0, "second {second}: {allocated}");
    }
    assert_eq!(watch.counts().compared, 59 * 500);
}

/// A radar plot of an address, and its claim.
fn plots_of(n: u32, second: f64) -> [Plot; 2] {
    let codes = Codes { address: Some(Address::icao(n)), ..Codes::default() };
    let pressure_altitude = Some(PressureAltitude { altitude_m: 9_000.0, step_m: 7.62 });
    let bare = |origin| Plot { codes, pressure_altitude, ..Plot::bare(RADAR, at(second), origin) };
    let (slant_range_m, azimuth_rad) = (60_000.0 + f64::from(n) * 100.0, f64::from(n) / 100.0);
    let polar = Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: None };
    let at = place(43.0, 75.0, 0.0);
    let report = PositionReport {
        latitude_rad: at.latitude_rad,
        longitude_rad: at.longitude_rad,
        height_m: None,
        horizontal_sd_m: None,
    };
    [
        Plot { measurement: Some(polar), ..bare(PlotOrigin::Secondary) },
        Plot { measurement: Some(Measurement::Geodetic(report)), ..bare(PlotOrigin::AdsB) },
    ]
}
