//! Where one sensor should see, by cells of range and azimuth: over terrain as the study has it, or
//! over a round earth where there is none. What the cells of measured coverage are held against.

use super::planner::Answer;
use super::wire::{PREDICTED_SEEN, PREDICTED_UNKNOWN, Predicted, PredictedAsked};
use coverage::board::BoardError;
use coverage::geoid::orthometric_m;
use coverage::site::{Cover, Limits, Role, Site};
use coverage::terrain::Terrain;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Geodesic, Geodetic, radio_horizon_m};

/// Cells and bands at most.
const CELLS_MAX: usize = 360 * 64;
const BANDS_MAX: usize = 16;
/// A band without an upper end is looked at so far above its lower one, hundreds of feet.
const TOP_FL: f64 = 50.0;
/// Points of a cell each way, and those of nine that make it seen: most.
const POINTS: [f64; 3] = [1.0 / 6.0, 0.5, 5.0 / 6.0];
const MOST: usize = 5;
/// A site of the study that is no further from a sensor is its own, metres.
const SAME_SITE_M: f64 = 1_000.0;
/// An antenna of unknown height is so far above the ground, metres.
const MAST_M: f64 = 10.0;

/// The sensor as a site: at the height told, and if that is under the ground, on a mast over it.
pub(super) fn sites(asked: &PredictedAsked) -> Vec<Site> {
    let site = |ground_m, mast_m| Site {
        name: asked.name.clone(),
        party: String::new(),
        latitude_deg: asked.lat_deg,
        longitude_deg: asked.lon_deg,
        ground_m,
        mast_m,
        role: Role::Alone,
        limits: Limits::to(asked.range_nm * METRES_PER_NM),
        horizon_rad: None,
        cost: 0.0,
    };
    let told = asked.height_m.map(|m| orthometric_m(asked.lat_deg, asked.lon_deg, m));
    told.map(|ground_m| site(Some(ground_m), 0.0)).into_iter().chain([site(None, MAST_M)]).collect()
}

/// The site of a study that the sensor is: of those near it, the one of its name, else the nearest.
pub(super) fn standing<'s>(
    sites: &'s [Site],
    asked: &PredictedAsked,
    here: Geodetic,
) -> Option<&'s Site> {
    let near = |site: &'s Site| {
        let there = Geodetic::from_degrees(site.latitude_deg, site.longitude_deg, 0.0)?;
        let apart_m = here.geodesic_to(there).distance_m;
        (apart_m <= SAME_SITE_M).then_some((site.name != asked.name, apart_m, site))
    };
    let nearest = sites.iter().filter_map(near);
    let nearest = nearest.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    nearest.map(|(_, _, site)| site)
}

/// Over terrain, by the cover of the site that the sensor is.
pub(super) fn over_terrain(
    asked: &PredictedAsked,
    terrain: &Terrain,
    cover: &Cover,
    site: Option<String>,
    go_on: &dyn Fn() -> bool,
) -> Answer {
    let sees = |(at, _): (Geodetic, f64), altitude_m: f64| {
        let cell = terrain.lattice.nearest(at.latitude_deg(), at.longitude_deg())?;
        let known = !terrain.mean_m[terrain.lattice.index(cell)].is_nan();
        known.then(|| cover.covers(cell, altitude_m as f32))
    };
    answer(asked, None, site, sees, go_on)
}

/// Over a round earth with rays bent as over 4/3 of its radius, and `why` not over terrain.
pub(super) fn over_round_earth(
    asked: &PredictedAsked,
    why: &str,
    go_on: &dyn Fn() -> bool,
) -> Answer {
    let own_m = radio_horizon_m(asked.height_m.unwrap_or(MAST_M).max(MAST_M));
    let range_m = asked.range_nm * METRES_PER_NM;
    let sees = |(_, distance_m): (Geodetic, f64), altitude_m: f64| {
        let reach_m = own_m + radio_horizon_m(altitude_m);
        Some(distance_m <= reach_m.min(range_m))
    };
    answer(asked, Some(why.to_owned()), None, sees, go_on)
}

/// Where the sensor is, if what is asked can be swept and told: to be called before either.
pub(super) fn check(asked: &PredictedAsked) -> Result<Geodetic, String> {
    let here = Geodetic::from_degrees(asked.lat_deg, asked.lon_deg, 0.0);
    let here = here.ok_or("the sensor is nowhere on the Earth")?;
    let cells = usize::from(asked.sectors) * usize::from(asked.rings);
    let sound = |value: f64, most: f64| value > 0.0 && value <= most;
    let levels = asked.bands.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten();
    if cells > CELLS_MAX
        || asked.bands.len() > BANDS_MAX
        || !sound(asked.ring_nm, 100.0)
        || !sound(asked.range_nm, 300.0)
        || !asked.height_m.is_none_or(|m| m.abs() <= 20_000.0)
        || !levels.into_iter().all(|level| (0.0..=2_000.0).contains(&level))
    {
        return Err("the cells asked for are out of range".to_owned());
    }
    Ok(here)
}

/// `sees`: whether an aircraft at a place, so far from the sensor, and altitude is seen; `None` where
/// nothing is known. `go_on` is asked before each band.
fn answer(
    asked: &PredictedAsked,
    round: Option<String>,
    site: Option<String>,
    sees: impl Fn((Geodetic, f64), f64) -> Option<bool>,
    go_on: &dyn Fn() -> bool,
) -> Answer {
    let here = check(asked)?;
    let cells = usize::from(asked.sectors) * usize::from(asked.rings);
    let points: Vec<(Geodetic, f64)> = (0..cells)
        .flat_map(|cell| {
            let sectors = usize::from(asked.sectors);
            let (ring, sector) = ((cell / sectors) as f64, (cell % sectors) as f64);
            POINTS.iter().flat_map(move |out| POINTS.map(|around| (ring + out, sector + around)))
        })
        .map(|(ring, sector)| {
            let bearing_rad = std::f64::consts::TAU * sector / f64::from(asked.sectors);
            let distance_m = ring * asked.ring_nm * METRES_PER_NM;
            (here.travel(Geodesic { distance_m, bearing_rad }), distance_m)
        })
        .collect();
    let band = |(from, to): &(f64, Option<f64>)| {
        let level = to.map_or(from + TOP_FL, |to| (from + to) / 2.0);
        let altitude_m = level * 100.0 * METRES_PER_FOOT;
        let cell = |points: &[(Geodetic, f64)]| {
            let (mut seen, mut unknown) = (0, 0);
            for at in points {
                match sees(*at, altitude_m) {
                    Some(true) => seen += 1,
                    Some(false) => {}
                    None => unknown += 1,
                }
            }
            match (seen >= MOST, unknown >= MOST) {
                (true, _) => PREDICTED_SEEN,
                (_, true) => PREDICTED_UNKNOWN,
                _ => 0,
            }
        };
        let cells = || points.chunks_exact(POINTS.len() * POINTS.len()).map(cell).collect();
        go_on().then(cells).ok_or_else(|| BoardError::Withdrawn.to_string())
    };
    let bands = asked.bands.iter().map(band).collect::<Result<_, _>>()?;
    serde_json::to_vec(&Predicted { round, site, bands }).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn asked(bands: &[(f64, Option<f64>)]) -> PredictedAsked {
        PredictedAsked {
            name: "Hill".into(),
            lat_deg: 43.0,
            lon_deg: 74.5,
            height_m: Some(400.0),
            range_nm: 200.0,
            sectors: 8,
            rings: 25,
            ring_nm: 10.0,
            bands: bands.to_vec(),
        }
    }

    /// The textbook's 4.12 (√h₁ + √h₂) km: from 400 m to FL75, 2,286 m, 279 km or 151 NM, so the
    /// ring from 150 NM on is mostly beyond; to FL350 it is over 500 km and the range of 200 NM ends it.
    #[test]
    fn over_a_round_earth_the_horizon_ends_low_bands_and_the_range_high_ones() {
        let asked = asked(&[(50.0, Some(100.0)), (300.0, None)]);
        let told = over_round_earth(&asked, "no study is configured", &|| true).unwrap();
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
        assert_eq!(told["round"], "no study is configured");
        let rings = |band: usize| {
            let cells = told["bands"][band].as_array().unwrap();
            assert_eq!(cells.len(), 8 * 25);
            cells.chunks(8).filter(|ring| ring.iter().all(|cell| *cell == 1)).count()
        };
        assert_eq!((rings(0), rings(1)), (15, 20));
    }

    #[test]
    fn of_the_sites_nearby_the_sensor_is_the_one_of_its_name_else_the_nearest() {
        let asked = asked(&[]);
        let site = |name: &str, north_deg: f64| {
            let other =
                PredictedAsked { name: name.into(), lat_deg: 43.0 + north_deg, ..asked.clone() };
            sites(&other).remove(0)
        };
        let found = |sites: &[Site]| {
            standing(sites, &asked, check(&asked).unwrap()).map(|site| site.name.clone())
        };
        // A hundredth of a degree is 1.1 km.
        let [far, mast, tower] = [site("Hill", 0.02), site("Mast", 0.008), site("Tower", 0.001)];
        assert_eq!(found(&[far.clone(), mast.clone(), tower.clone()]).unwrap(), "Tower");
        assert_eq!(found(&[tower, site("Hill", 0.005)]).unwrap(), "Hill");
        assert_eq!(found(&[far]), None);
    }

    #[test]
    fn a_question_that_nobody_waits_for_any_more_ends_with_its_band() {
        let asked = asked(&[(0.0, Some(50.0)), (50.0, Some(100.0)), (100.0, None)]);
        let begun = Cell::new(0);
        let go_on = || begun.replace(begun.get() + 1) < 1;
        assert_eq!(over_round_earth(&asked, "", &go_on).unwrap_err(), "the question was withdrawn");
        assert_eq!(begun.get(), 2, "the third band is not begun");
    }

    #[test]
    fn what_is_asked_beyond_reason_is_refused() {
        let refused = |asked: &PredictedAsked| over_round_earth(asked, "", &|| true).is_err();
        let sound = asked(&[(0.0, Some(50.0))]);
        assert!(!refused(&sound));
        assert!(refused(&PredictedAsked { rings: 65_535, sectors: 65_535, ..sound.clone() }));
        assert!(refused(&PredictedAsked { ring_nm: f64::NAN, ..sound.clone() }));
        assert!(refused(&PredictedAsked { lat_deg: 91.0, ..sound.clone() }));
        assert!(refused(&PredictedAsked { bands: vec![(f64::NAN, None)], ..sound }));
    }
}
