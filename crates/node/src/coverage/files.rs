//! Terrain and polygons from files.

use super::study::{Study, StudyError};
use anyhow::Context;
use coverage::joint::{Region, Ring};
use coverage::site::Site;
use coverage::terrain::{self, Assembler, Bounds, Datum, Lattice, Terrain};
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
    let (terrain, warnings) = load(study, bounds, progress)?;
    Ok(StudyGround { terrain, rings, warnings })
}

/// Whether sweeps over a study's ground can tell anything: its sites stand on ground, and its region has some.
pub fn sound(
    study: &Study,
    StudyGround { terrain, rings, .. }: &StudyGround,
) -> Result<(), StudyError> {
    let sites: Vec<&Site> = study.sites.iter().chain(&study.candidates).collect();
    stand_on_ground(&sites, terrain)?;
    if !rings.is_empty() && Region::inside(terrain, rings).cells.is_empty() {
        let file = study.region.as_deref().unwrap_or(Path::new("")).display();
        let problem = format!(
            "{file}: no known ground is in its polygons; check that longitude stands before latitude, or add terrain"
        );
        return Err(StudyError(problem));
    }
    Ok(())
}

/// Each site without a surveyed ground must stand in a tile.
fn stand_on_ground(sites: &[&Site], terrain: &Terrain) -> Result<(), StudyError> {
    for site in sites {
        let (lat, lon) = (site.latitude_deg, site.longitude_deg);
        let near = terrain.lattice.nearest(lat, lon);
        // A void has ground around it somewhere in its square; what no tile reaches has none.
        let square = |at: usize| {
            let (there_lat, there_lon) = terrain.lattice.position_deg(terrain.lattice.cell(at));
            there_lat.floor() == lat.floor() && there_lon.floor() == lon.floor()
        };
        let known =
            || (0..terrain.mean_m.len()).any(|at| !terrain.mean_m[at].is_nan() && square(at));
        let unknown = near.is_none_or(|cell| terrain.mean_m[terrain.lattice.index(cell)].is_nan());
        if unknown && site.ground_m.is_none() && !known() {
            let problem = format!(
                "{}: no terrain is given for the site at {lat:.4} {lon:.4}; add the tile {} to study.terrain",
                site.name,
                terrain::square_name(lat, lon)
            );
            return Err(StudyError(problem));
        }
    }
    Ok(())
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

/// The ground over `bounds` from a study's files and folders, and what is to be said of it.
/// `progress` is told how many files are read and how many there are.
fn load(
    study: &Study,
    bounds: Bounds,
    progress: &mut dyn FnMut(usize, usize),
) -> anyhow::Result<(Terrain, Vec<String>)> {
    let files = listed(&study.terrain)?;
    let lattice = Lattice::covering(bounds, study.step_arcsec / 3600.0);
    if lattice.len() > POINTS_MAX {
        return Err(StudyError(format!(
            "{} points of terrain are more than {POINTS_MAX}; give a larger step_arcsec or shorter ranges",
            lattice.len()
        ))
        .into());
    }
    let mut assembler = Assembler::new(lattice);
    let mut turned = 0;
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
            let mut tile = terrain::read(&file.display().to_string(), &bytes)?;
            // What a file says of itself goes before what the study says of all.
            if terrain::datum(&bytes).unwrap_or(study.heights) == Datum::Ellipsoid {
                coverage::geoid::over_geoid(&mut tile);
                turned += 1;
            }
            assembler.add(&tile);
        }
    }
    let assembly = assembler.finish(FILL_POINTS);
    let mut said = summarised(assembly.messages());
    if assembly.filled > 0 {
        said.push(format!("{} void points were filled from around them", assembly.filled));
    }
    if turned > 0 {
        let model = coverage::geoid::MODEL;
        said.push(format!(
            "heights over the ellipsoid in {turned} files were turned to heights over the geoid by {model}"
        ));
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
            if inside.is_empty() {
                let problem = format!(
                    "{}: no terrain file is in this folder; put files ending in {} there",
                    path.display(),
                    ENDINGS.join(", ")
                );
                return Err(StudyError(problem).into());
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

/// A feature of a GeoJSON file.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What its properties call it: `name`, else `ident`, else `id`.
    pub name: Option<String>,
    /// A polygon, not a line.
    pub closed: bool,
    /// Its lines, or the rings of each of its polygons, outer ones and holes.
    pub parts: Vec<Vec<Ring>>,
}

impl Shape {
    /// All of its lines or rings.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.parts.iter().flatten()
    }
}

/// The lines and polygons of a GeoJSON file (RFC 7946); points are left out.
pub fn shapes(path: &Path) -> anyhow::Result<Vec<Shape>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let wrong = |problem: String| StudyError(format!("{}: {problem}", path.display()));
    let json: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| wrong(format!("it is no JSON ({error}); give GeoJSON")))?;
    let mut shapes = Vec::new();
    collect(&json, None, &mut shapes).map_err(wrong)?;
    if shapes.is_empty() {
        return Err(wrong("it has no polygon or line; give GeoJSON with one".to_owned()).into());
    }
    Ok(shapes)
}

/// All rings of the polygons in a GeoJSON file, as (latitude, longitude).
pub fn rings(path: &Path) -> anyhow::Result<Vec<Ring>> {
    let polygons = shapes(path)?.into_iter().filter(|shape| shape.closed);
    let rings: Vec<Ring> = polygons.flat_map(|shape| shape.parts).flatten().collect();
    if rings.is_empty() {
        let problem = "it has lines and no polygon; close them into a polygon";
        return Err(StudyError(format!("{}: {problem}", path.display())).into());
    }
    Ok(rings)
}

/// The shapes in a GeoJSON object; what is wrong names the feature.
fn collect(
    value: &serde_json::Value,
    name: Option<&str>,
    shapes: &mut Vec<Shape>,
) -> Result<(), String> {
    let inside = |key: &str| value.get(key).and_then(|v| v.as_array()).into_iter().flatten();
    let kind = value.get("type").and_then(|kind| kind.as_str()).unwrap_or_default();
    // What belongs together: a line, or the rings of a polygon.
    let (closed, parts) = match kind {
        "FeatureCollection" => {
            return inside("features").try_for_each(|inner| collect(inner, None, shapes));
        }
        "GeometryCollection" => {
            return inside("geometries").try_for_each(|inner| collect(inner, name, shapes));
        }
        "Feature" => {
            let told = |key: &str| value.get("properties")?.get(key)?.as_str();
            let name = ["name", "ident", "id"].into_iter().find_map(told);
            let geometry = value.get("geometry").filter(|geometry| !geometry.is_null());
            return geometry.map_or(Ok(()), |geometry| collect(geometry, name, shapes));
        }
        "Point" | "MultiPoint" => return Ok(()),
        "LineString" => (false, vec![value.get("coordinates").into_iter().collect()]),
        "MultiLineString" => (false, vec![inside("coordinates").collect::<Vec<_>>()]),
        "Polygon" => (true, vec![inside("coordinates").collect()]),
        "MultiPolygon" => {
            let polygons = inside("coordinates").filter_map(|polygon| polygon.as_array());
            (true, polygons.map(|rings| rings.iter().collect()).collect())
        }
        other => return Err(format!("{other:?} is no type of GeoJSON; give lines or polygons")),
    };
    let here = format!("{kind} {}", name.map_or((shapes.len() + 1).to_string(), str::to_owned));
    let read = |value| ring(value, closed).map_err(|problem| format!("{here}: {problem}"));
    let part = |rings: Vec<_>| rings.into_iter().map(read).collect::<Result<Vec<Ring>, _>>();
    let parts = parts.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
    if parts.iter().all(Vec::is_empty) {
        return Err(format!("{here}: it has no positions; give some"));
    }
    shapes.push(Shape { name: name.map(str::to_owned), closed, parts });
    Ok(())
}

/// Positions as (latitude, longitude), degrees.
fn ring(value: &serde_json::Value, closed: bool) -> Result<Ring, String> {
    let positions = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if positions.len() < if closed { 3 } else { 2 } {
        return Err(format!("{} positions are too few", positions.len()));
    }
    let position = |(at, value): (usize, &serde_json::Value)| {
        let number = |n: usize| value.get(n)?.as_f64();
        let sound = |(lon, lat): &(f64, f64)| lat.abs() <= 90.0 && lon.abs() <= 360.0;
        let place = number(0).zip(number(1)).filter(sound);
        let problem = || format!("position {} is {value}; give longitude, latitude", at + 1);
        place.map(|(lon, lat)| (lat, lon)).ok_or_else(problem)
    };
    positions.iter().enumerate().map(position).collect()
}

/// The region of a study: its polygon, or all known ground.
pub fn region(terrain: &Terrain, rings: &[Ring]) -> Region {
    if rings.is_empty() { Region::everywhere(terrain) } else { Region::inside(terrain, rings) }
}
