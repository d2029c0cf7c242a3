//! Coverage along a line: an airway, a border, a patrol.

use crate::joint::{Joint, Ring};
use crate::terrain::Cell;
use geodesy::{Geodesic, Geodetic};

/// A line on the ground under a joint coverage.
#[derive(Debug, Clone, PartialEq)]
pub struct Route<'a> {
    joint: &'a Joint,
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
    /// The terrain's cell; `None` beyond it.
    pub cell: Option<Cell>,
}

/// A stretch of a route on which an altitude is not covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Its first open place.
    pub from: Place,
    /// Its last open place.
    pub to: Place,
}

/// Places of one route at most.
const PLACES_MAX: usize = 1_000_000;

impl<'a> Route<'a> {
    /// Follows `line` along geodesics, a place at each `step_m`, under `joint`.
    pub fn follow(joint: &'a Joint, line: &Ring, step_m: f64) -> Self {
        let mut places = Vec::new();
        let mut length_m = 0.0;
        let place = |at: Geodetic, along_m: f64| {
            let (latitude_deg, longitude_deg) = (at.latitude_deg(), at.longitude_deg());
            let cell = joint.lattice.nearest(latitude_deg, longitude_deg);
            Place { along_m, latitude_deg, longitude_deg, cell }
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
        Self { joint, places, length_m }
    }

    /// Part of the places at which `altitude_m` is covered, 0 to 1: above the ground's shadow, below
    /// the cone of silence and within the slant range.
    pub fn covered(&self, altitude_m: f32) -> f64 {
        let covered = self.places.iter().filter(|place| self.covers(place, altitude_m)).count();
        covered as f64 / self.places.len().max(1) as f64
    }

    /// Where `altitude_m` is open, from the beginning on.
    pub fn open_stretches(&self, altitude_m: f32) -> Vec<Stretch> {
        let covers = |place: &Place| self.covers(place, altitude_m);
        let parts = self.places.chunk_by(|a, b| covers(a) == covers(b));
        parts
            .filter(|part| !covers(&part[0]))
            .map(|part| Stretch { from: part[0], to: part[part.len() - 1] })
            .collect()
    }

    fn covers(&self, place: &Place, altitude_m: f32) -> bool {
        place.cell.is_some_and(|cell| self.joint.count(cell, altitude_m, None) > 0)
    }
}
