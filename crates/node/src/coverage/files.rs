//! Terrain and polygons from files.

use super::study::{Study, StudyError};
use anyhow::Context;
use coverage::joint::{Region, Ring};
use coverage::site::Site;
use coverage::terrain::{self, Assembler, Bounds, Lattice, Terrain};
use std::path::{Path, PathBuf};

/// Points of a working lattice at most: 1.6 GB of two surfaces while it is put together.
const POINTS_MAX: usize = 100_000_000;
/// Bytes of one terrain file at most.
const FILE_MAX: u64 = 2 << 30;
/// Voids as far from known ground as this many points are filled.
const FILL_POINTS: usize = 4;

/// The ground of a study.
pub struct StudyGround {
    /// Over all that its sites can see and its region.
    pub terrain: Terrain,
    /// Its region's polygons.
    pub rings: Vec<Ring>,
    /// What is to be said of what is missing.
    pub warnings: Vec<String>,
}

/// Reads the ground of a study; `progress` as for [`load`].
pub fn ground(
    study: &Study,
    progress: &mut dyn FnMut(usize, usize),
) -> anyhow::Result<StudyGround> {
    let rings = study.region.as_deref().map_or_else(|| Ok(Vec::new()), rings)?;
    let sites: Vec<&Site> = study.sites.iter().chain(&study.candidates).collect();
    for site in &sites {
        coverage::sweep::clear_of_poles(&site.name, site.latitude_deg, site.limits.range_max_m)?;
    }
    let Some(bounds) = reach(&sites, &rings) else {
        let problem = "there is no site and no region; add a [[site]] or study.region";
        return Err(StudyError(problem.to_owned()).into());
    };
    let (terrain, warnings) = load(&study.terrain, bounds, study.step_arcsec, progress)?;
    Ok(StudyGround { terrain, rings, warnings })
}

/// Where sites can look: the box around all of them with their ranges.
fn reach(sites: &[&Site], rings: &[Ring]) -> Option<Bounds> {
    let mut bounds: Option<Bounds> = None;
    let mut take = |lat: f64, lon: f64, up_deg: f64, wide_deg: f64| {
        let b = bounds.get_or_insert(Bounds {
            south_deg: 90.0,
            west_deg: lon,
            north_deg: -90.0,
            east_deg: lon,
        });
        // On the side of the antimeridian on which the first one is.
        let lon = b.west_deg + (lon - b.west_deg + 180.0).rem_euclid(360.0) - 180.0;
        b.south_deg = b.south_deg.min(lat - up_deg).max(-90.0);
        b.north_deg = b.north_deg.max(lat + up_deg).min(90.0);
        b.west_deg = b.west_deg.min(lon - wide_deg);
        b.east_deg = b.east_deg.max(lon + wide_deg);
    };
    for site in sites {
        let up_deg = site.limits.range_max_m / 110_570.0 + 0.02;
        let cos = site.latitude_deg.to_radians().cos().max(0.02);
        let wide_deg = (up_deg.to_radians().sin() / cos).min(1.0).asin().to_degrees() * 1.01;
        take(site.latitude_deg, site.longitude_deg, up_deg, wide_deg);
    }
    for (lat, lon) in rings.iter().flatten() {
        take(*lat, *lon, 0.02, 0.02);
    }
    bounds
}

/// The ground over `bounds` from files and folders, and what is to be said of what is missing.
/// `progress` is told how many files are read and how many there are.
fn load(
    paths: &[PathBuf],
    bounds: Bounds,
    step_arcsec: f64,
    progress: &mut dyn FnMut(usize, usize),
) -> anyhow::Result<(Terrain, Vec<String>)> {
    let files = listed(paths)?;
    let lattice = Lattice::covering(bounds, step_arcsec / 3600.0);
    if lattice.len() > POINTS_MAX {
        return Err(StudyError(format!(
            "{} points of terrain are more than {POINTS_MAX}; give a larger step_arcsec or shorter ranges",
            lattice.len()
        ))
        .into());
    }
    let mut assembler = Assembler::new(lattice);
    for (done, file) in files.iter().enumerate() {
        progress(done, files.len());
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !is_far(&name, bounds) {
            let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
            if size > FILE_MAX {
                anyhow::bail!(
                    "{}: {size} bytes are more than {FILE_MAX}; cut it into tiles",
                    file.display()
                );
            }
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            assembler.add(&terrain::read(&name, &bytes)?);
        }
    }
    let assembly = assembler.finish(FILL_POINTS);
    let mut said = summarised(assembly.messages());
    if assembly.filled > 0 {
        said.push(format!("{} void points were filled from around them", assembly.filled));
    }
    Ok((assembly.terrain, said))
}

/// A long list of missing squares says its first ones and how many more.
fn summarised(mut messages: Vec<String>) -> Vec<String> {
    const SHOWN: usize = 4;
    if messages.len() > SHOWN {
        let more = messages.len() - SHOWN;
        let names: Vec<String> = messages
            .drain(SHOWN..)
            .map(|m| m.split(':').next().unwrap_or_default().to_owned())
            .collect();
        messages.push(format!("{more} more squares without terrain: {}", names.join(" ")));
    }
    messages
}

/// Whether an `.hgt`'s name says that it is nowhere near: it need not be read.
fn is_far(name: &str, bounds: Bounds) -> bool {
    if !name.to_ascii_lowercase().ends_with(".hgt") {
        return false;
    }
    terrain::hgt::corner(name).is_some_and(|(south, west)| {
        let middle = (bounds.west_deg + bounds.east_deg) / 2.0;
        let west = middle + (west - middle + 180.0).rem_euclid(360.0) - 180.0;
        south > bounds.north_deg + 0.1
            || south + 1.0 < bounds.south_deg - 0.1
            || west > bounds.east_deg + 0.1
            || west + 1.0 < bounds.west_deg - 0.1
    })
}

/// The files meant: themselves, or those of a folder that are terrain by their ending.
fn listed(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    const ENDINGS: [&str; 6] = ["tif", "tiff", "hgt", "dt0", "dt1", "dt2"];
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
                let file = entry?.path();
                let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
                if ENDINGS.contains(&ending.as_str()) {
                    inside.push(file);
                }
            }
            inside.sort();
            files.extend(inside);
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            return Err(StudyError(format!(
                "{}: there is no such terrain file or folder; check study.terrain",
                path.display()
            ))
            .into());
        }
    }
    Ok(files)
}

/// All rings of the polygons, or all lines, in a GeoJSON file, as (latitude, longitude).
pub fn rings(path: &Path) -> anyhow::Result<Vec<Ring>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let json: serde_json::Value = serde_json::from_str(&text)
        .with_context(|| format!("{}: it is no JSON", path.display()))?;
    let mut rings = Vec::new();
    collect(&json, &mut rings);
    anyhow::ensure!(
        !rings.is_empty(),
        "{}: it has no polygon or line; give GeoJSON with one",
        path.display()
    );
    Ok(rings)
}

/// Arrays of positions wherever they stand in `coordinates`.
fn collect(value: &serde_json::Value, rings: &mut Vec<Ring>) {
    if let Some(object) = value.as_object() {
        for key in ["features", "geometries", "geometry", "coordinates"] {
            if let Some(inner) = object.get(key) {
                collect(inner, rings);
            }
        }
    } else if let Some(array) = value.as_array() {
        let position = |v: &serde_json::Value| {
            let pair = v.as_array()?;
            Some((pair.get(1)?.as_f64()?, pair.first()?.as_f64()?))
        };
        let ring: Option<Ring> = array.iter().map(position).collect();
        match ring {
            Some(ring) if ring.len() >= 2 => rings.push(ring),
            _ => array.iter().for_each(|inner| collect(inner, rings)),
        }
    }
}

/// The region of a study: its polygon, or all known ground.
pub fn region(terrain: &Terrain, rings: &[Ring]) -> Region {
    if rings.is_empty() { Region::everywhere(terrain) } else { Region::inside(terrain, rings) }
}
