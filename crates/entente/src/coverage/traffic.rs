//! Where aircraft fly, for ranking gaps.

use crate::commands::Misuse;
use anyhow::Context;
use coverage::terrain::Lattice;
use geodesy::units::METRES_PER_FOOT;
use std::path::Path;

/// Counts for a level is what flies so near to it: the vertical separation.
const NEAR_M: f64 = 1000.0 * METRES_PER_FOOT;

/// Positions with their weights.
pub(super) struct Traffic {
    places: Vec<Place>,
}

struct Place {
    latitude_deg: f64,
    longitude_deg: f64,
    weight: f32,
    altitude_m: Option<f64>,
}

/// Which column is which.
struct Columns {
    lat: usize,
    lon: usize,
    weight: Option<usize>,
    altitude: Option<usize>,
}

impl Columns {
    /// Of a heading; `None` if the line is none.
    fn named(line: &str) -> Option<Self> {
        let names: Vec<String> = line.split(',').map(|n| n.trim().to_ascii_lowercase()).collect();
        let named = |wanted: &str| names.iter().position(|name| name == wanted);
        let (lat, lon) = (named("lat")?, named("lon")?);
        Some(Self { lat, lon, weight: named("weight"), altitude: named("altitude_ft") })
    }
}

impl Traffic {
    /// Reads lines of `lat,lon[,weight]`, or the columns that a heading names.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let mut columns = Columns { lat: 0, lon: 1, weight: Some(2), altitude: None };
        let mut places = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if number == 0
                && let Some(named) = Columns::named(line)
            {
                columns = named;
                continue;
            }
            if line.trim().is_empty() {
                continue;
            }
            let Some(place) = place(line, &columns) else {
                let place = format!("{}:{}", file.display(), number + 1);
                let problem = format!("{place}: it is no lat,lon[,weight]; mend the line");
                return Err(Misuse(problem).into());
            };
            places.push(place);
        }
        Ok(Self { places })
    }

    /// Traffic in each cell, of what flies near an altitude or does not tell its own.
    pub(super) fn weights(&self, lattice: &Lattice, altitude_m: f32) -> Vec<f32> {
        let mut weights = vec![0.0; lattice.len()];
        for place in &self.places {
            let near = |own: f64| (own - f64::from(altitude_m)).abs() <= NEAR_M;
            if place.altitude_m.is_none_or(near)
                && let Some(cell) = lattice.nearest(place.latitude_deg, place.longitude_deg)
            {
                weights[lattice.index(cell)] += place.weight;
            }
        }
        weights
    }
}

fn place(line: &str, columns: &Columns) -> Option<Place> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok().filter(|n| n.is_finite());
    // What is not told is one, or no altitude; what is told must be a number.
    let told = |at: Option<usize>| match at.and_then(|at| fields.get(at)) {
        None | Some(&"") => Some(None),
        Some(text) => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Some),
    };
    let (latitude_deg, longitude_deg) = (number(columns.lat)?, number(columns.lon)?);
    let weight = told(columns.weight)?.unwrap_or(1.0).max(0.0) as f32;
    let altitude_m = told(columns.altitude)?.map(|feet| feet * METRES_PER_FOOT);
    let sound = latitude_deg.abs() <= 90.0 && longitude_deg.abs() <= 360.0;
    sound.then_some(Place { latitude_deg, longitude_deg, weight, altitude_m })
}
