//! What the benchmarks of an evaluation share: rules of a site, traffic, airspaces, ground, and the
//! clock they are measured by.

#![allow(dead_code, reason = "each benchmark takes a part")]

use crate::support::{Chance, Flight, away, degrees};
use alert::Severity;
use alert::rules::terrain::SafetyMap;
use alert::site::{Origin, SiteRule};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use intent::airspace::{Activation, Airspace, Geometry, Kind, Limit, Limits, Polygon};
use std::time::Instant;

/// Rules of the site.
pub(crate) const RULES: usize = 200;
/// Airspaces; the first [`TERRITORIES`] are territories.
pub(crate) const AIRSPACES: usize = 500;
const TERRITORIES: usize = 8;
const SEED: u64 = 20_260_101;

/// Two hundred rules as sites write them, of a few shapes and with numbers of their own.
pub(crate) fn site_rules() -> Vec<SiteRule> {
    let rule = |n: usize| {
        let when = match n % 8 {
            0 => format!("level_ft < {} && speed_kt > 250", 3_000 + n),
            1 => format!("inside('area {n}') && !has_plan && !on_ground"),
            2 => format!("callsign.startsWith('XX{n}') || squawk in ['7{n:03}', '0{n:03}']"),
            3 => format!("distance_nm(43.0, 75.0) < {} && climb_fpm < -2000", n % 40),
            4 => format!("country in ['AA{n}', 'BB{n}'] && !has_permission"),
            5 => "'primary' in sources && size(sources) == 1 && held_s > 60".to_owned(),
            6 => format!("nic != null && nic < 5 && above_ground_ft < {}", 500 + n),
            _ => format!("craft == 'unmanned' && level_ft > {} || coasting && age_s > 20", 400 + n),
        };
        SiteRule {
            name: format!("rule {n}"),
            severity: Severity::Advisory,
            when,
            stays: None,
            when_origin: Origin::default(),
            stays_origin: Origin::default(),
        }
    };
    (0..RULES).map(rule).collect()
}

/// Traffic at flight levels over 2,000 by 1,000 NM times `scale`: a third climbs or descends, one in seven is low.
pub(crate) fn flights(tracks: u32, scale: f64) -> Vec<Flight> {
    let mut chance = Chance(SEED);
    (1..=tracks)
        .map(|number| {
            let east_nm = chance.within(-1_000.0, 1_000.0) * scale;
            let north_nm = chance.within(-500.0, 500.0) * scale;
            let low = chance.within(0.0, 7.0) < 1.0;
            let level = if low { chance.within(15.0, 100.0) } else { chance.within(100.0, 410.0) };
            let steps = if low { 5.0 } else { 10.0 };
            let climbs = chance.within(0.0, 3.0) < 1.0;
            let climb_fpm = if climbs { chance.within(-2_500.0, 2_500.0) } else { 0.0 };
            let level_ft =
                if climbs { level * 100.0 } else { (level / steps).round() * steps * 100.0 };
            Flight {
                number,
                at: away(away(degrees(42.5, 65.0), east_nm, 90.0), north_nm, 0.0),
                course_deg: chance.within(0.0, 360.0),
                speed_kt: if low {
                    chance.within(90.0, 220.0)
                } else {
                    chance.within(250.0, 500.0)
                },
                level_ft: Some(level_ft),
                climb_fpm,
            }
        })
        .collect()
}

/// Half of them circles, half polygons of twelve corners; the first are territories.
pub(crate) fn airspaces() -> Vec<Airspace> {
    let mut chance = Chance(SEED + 1);
    (0..AIRSPACES)
        .map(|index| {
            let centre = away(
                away(degrees(42.5, 65.0), chance.within(-1_000.0, 1_000.0), 90.0),
                chance.within(-500.0, 500.0),
                0.0,
            );
            let territory = index < TERRITORIES;
            let radius_nm =
                if territory { chance.within(150.0, 400.0) } else { chance.within(5.0, 30.0) };
            let corners = || {
                (0..12).map(|corner| away(centre, radius_nm, f64::from(corner) * 30.0)).collect()
            };
            let geometry = if index % 2 == 0 {
                Geometry::Circle { centre, radius_m: radius_nm * METRES_PER_NM }
            } else {
                let polygon = Polygon { outer: corners(), holes: Vec::new() };
                Geometry::Polygons(vec![polygon])
            };
            let from = chance.within(0.0, 300.0);
            let level = |hundreds: f64| Limit::FlightLevel(hundreds * 100.0 * METRES_PER_FOOT);
            let limits = Limits { lower: level(from), upper: level(from + 100.0) };
            let kinds = [Kind::Restricted, Kind::Danger, Kind::Prohibited, Kind::Reserved];
            Airspace {
                name: format!("area {index}"),
                kind: if territory { Kind::Territory } else { kinds[index % 4].clone() },
                class: None,
                party: None,
                limits: if territory { Limits::ALL } else { limits },
                activation: Activation::Always,
                geometry,
                line: None,
            }
        })
        .collect()
}

/// 15 by 40 degrees of hills in cells of 30 seconds.
pub(crate) fn hills() -> SafetyMap {
    let (rows, columns, step_deg) = (1_800_u32, 4_800_u32, 1.0 / 120.0);
    let mut map = SafetyMap::new(degrees(35.0, 45.0), step_deg, rows as usize, columns as usize)
        .expect("a map on Earth");
    for row in 0..rows {
        for column in 0..columns {
            let (y, x) = (f64::from(row) * step_deg, f64::from(column) * step_deg);
            let height_m = 700.0
                + 500.0 * (3.0 * x).sin() * (2.0 * y).cos()
                + 200.0 * (17.0 * x + 9.0 * y).sin();
            map.raise(degrees(35.0 + y + step_deg / 2.0, 45.0 + x + step_deg / 2.0), height_m);
        }
    }
    map.settle();
    map
}

/// The middle one; `values` are sorted.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds that this process has computed, so that other work on the machine does not count.
/// Linux; elsewhere the elapsed time.
pub(crate) fn cpu_s() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = ticks.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos * 1e-9)
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
