//! Coverage along a line: an airway, a border, a patrol.

use crate::joint::Ring;
use crate::terrain::Terrain;
use geodesy::{Geodesic, Geodetic};

/// A line on the ground with what is covered over it.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Places along it, from its beginning.
    pub places: Vec<Place>,
    /// Its length, metres.
    pub length_m: f64,
}

/// One place of a [`Route`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Distance from the beginning, metres.
    pub along_m: f64,
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Longitude, degrees.
    pub longitude_deg: f64,
    /// Ground, metres over the geoid, if known.
    pub ground_m: Option<f32>,
    /// Lowest covered altitude, metres over the geoid; `None` where nothing is.
    pub lowest_m: Option<f32>,
}

/// A stretch of a route on which an altitude is not covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Its first open place.
    pub from: Place,
    /// Its last open place.
    pub to: Place,
}

/// Places of one route; longer routes are looked at in parts.
const PLACES_MAX: usize = 1_000_000;

impl Route {
    /// Follows `line` along geodesics, a place at each `step_m`, over the `lowest_m` of a joint
    /// coverage on the terrain's lattice.
    pub fn follow(terrain: &Terrain, lowest_m: &[f32], line: &Ring, step_m: f64) -> Self {
        let mut places = Vec::new();
        let mut length_m = 0.0;
        let place = |at: Geodetic, along_m: f64| {
            let (latitude_deg, longitude_deg) = (at.latitude_deg(), at.longitude_deg());
            let cell = terrain.lattice.nearest(latitude_deg, longitude_deg);
            let value = |values: &[f32]| {
                cell.map(|cell| values[terrain.lattice.index(cell)]).filter(|v| !v.is_nan())
            };
            let (ground_m, lowest_m) = (value(&terrain.mean_m), value(lowest_m));
            Place { along_m, latitude_deg, longitude_deg, ground_m, lowest_m }
        };
        for leg in line.windows(2) {
            let ends = [leg[0], leg[1]].map(|(lat, lon)| Geodetic::from_degrees(lat, lon, 0.0));
            let [Some(from), Some(to)] = ends else { continue };
            let geodesic = from.geodesic_to(to);
            let steps = (geodesic.distance_m / step_m).ceil().max(1.0) as usize;
            for step in 0..steps.min(PLACES_MAX - places.len()) {
                let distance_m = geodesic.distance_m * step as f64 / steps as f64;
                let there = from.travel(Geodesic { distance_m, ..geodesic });
                places.push(place(there, length_m + distance_m));
            }
            length_m += geodesic.distance_m;
        }
        let last = line.last().and_then(|(lat, lon)| Geodetic::from_degrees(*lat, *lon, 0.0));
        places.extend(last.map(|last| place(last, length_m)));
        Self { places, length_m }
    }

    /// Part of the places at which `altitude_m` is covered, 0 to 1.
    pub fn covered(&self, altitude_m: f32) -> f64 {
        let covered = self.places.iter().filter(|place| place.covers(altitude_m)).count();
        covered as f64 / self.places.len().max(1) as f64
    }

    /// Where `altitude_m` is open, from the beginning on.
    pub fn open_stretches(&self, altitude_m: f32) -> Vec<Stretch> {
        let parts = self.places.chunk_by(|a, b| a.covers(altitude_m) == b.covers(altitude_m));
        parts
            .filter(|part| !part[0].covers(altitude_m))
            .map(|part| Stretch { from: part[0], to: part[part.len() - 1] })
            .collect()
    }
}

impl Place {
    fn covers(&self, altitude_m: f32) -> bool {
        self.lowest_m.is_some_and(|lowest_m| lowest_m <= altitude_m)
    }
}
