//! Drawings and files of coverage.

use super::{Out, Worked, altitude_m, report};
use anyhow::Context;
use coverage::export::{Colour, Outline, Picture, geotiff, outline};
use coverage::joint::{Joint, Rank};
use coverage::terrain::Cell;
use std::fmt::Write;
use std::path::Path;

/// Pixels across a picture.
pub(super) const WIDTH: usize = 1600;
const BORDER: Colour = [60, 20, 60, 255];
const MAST: Colour = [255, 220, 0, 255];
const GAP: Colour = [215, 25, 28, 150];
/// Seen by one, by two, by three and more; greens that differ in lightness too.
const BY_COUNT: [Colour; 3] = [[166, 217, 106, 150], [26, 152, 80, 165], [0, 90, 50, 185]];
/// May be seen, but not surely.
const MAYBE: Colour = [254, 224, 139, 160];

/// Ground too high to fly over at the level drawn.
const TOO_HIGH: Colour = [70, 55, 50, 150];

/// Hatches what is not `seen` because nobody flies there: ground with the study's clearance is above
/// the level.
pub(super) fn hatch_ground(
    worked: &Worked,
    picture: &mut Picture,
    level: f64,
    seen: impl Fn(Cell) -> bool,
) {
    let lowest_m = altitude_m(level) - worked.study.clearance_m as f32;
    let (lattice, ground_m) = (worked.terrain.lattice, &worked.terrain.mean_m);
    picture.hatch(|cell| ground_m[lattice.index(cell)] > lowest_m && !seen(cell), TOO_HIGH);
}

/// Says what a picture shows.
pub(super) fn legend(worked: &Worked, level: f64, colours: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "  at FL{level:03.0}: {colours}; hatched: ground, with {:.0} m of air, above the level; plain grey-blue: no terrain",
        worked.study.clearance_m
    );
}

/// Writes a file and says so.
pub(super) fn write(path: &Path, bytes: impl AsRef<[u8]>, out: &mut String) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())?;
    let _ = writeln!(out, "wrote {}", path.display());
    Ok(())
}

/// Whether each cell of the lattice is covered at an altitude.
fn covered(joint: &Joint, altitude_m: f32) -> Vec<u8> {
    let cells = (0..joint.lattice.len() as u32).collect();
    joint.counts(&coverage::joint::Region { cells }, altitude_m)
}

/// The drawings asked for: by how many seen, with what is surely seen if that is known.
pub(super) fn drawings(
    worked: &Worked,
    sure: Option<&Joint>,
    options: &Out,
    out: &mut String,
) -> anyhow::Result<()> {
    let level = options.level.unwrap_or(worked.study.levels[0]);
    if let Some(path) = &options.png {
        write(path, picture(worked, sure, level).png(), out)?;
        let maybe = if sure.is_some() { ", yellow may be seen but not surely" } else { "" };
        let colours = format!("green seen, darker by two and by three or more{maybe}");
        legend(worked, level, &colours, out);
    }
    let outlines = || -> Vec<Outline> {
        let levels = options.level.map_or_else(|| worked.study.levels.clone(), |level| vec![level]);
        let one = |level: f64| {
            let counts = covered(&worked.joint, altitude_m(level));
            let seen: Vec<bool> = counts.iter().map(|&count| count > 0).collect();
            Outline {
                name: format!("FL{level:03.0}"),
                properties: vec![("by".to_owned(), names(&worked.joint))],
                polygons: outline(&worked.terrain.lattice, &seen),
            }
        };
        levels.into_iter().map(one).collect()
    };
    outlined(options, outlines, out)?;
    if let Some(path) = &options.geotiff {
        write(path, geotiff::metres(&worked.terrain.lattice, &worked.joint.lowest_m())?, out)?;
    }
    Ok(())
}

fn names(joint: &Joint) -> String {
    joint.members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ")
}

pub(super) fn outlined(
    options: &Out,
    outlines: impl Fn() -> Vec<Outline>,
    out: &mut String,
) -> anyhow::Result<()> {
    if let Some(path) = &options.geojson {
        write(path, outline::geojson(&outlines()), out)?;
    }
    if let Some(path) = &options.kml {
        write(path, outline::kml("Coverage", &outlines()), out)?;
    }
    Ok(())
}

/// Ground, what is seen and by how many, the region's edge and the sites.
pub(super) fn picture(worked: &Worked, sure: Option<&Joint>, level: f64) -> Picture {
    let counts = covered(&worked.joint, altitude_m(level));
    let surely = sure.map(|sure| covered(sure, altitude_m(level)));
    let mut picture = Picture::of_ground(&worked.terrain, WIDTH);
    let lattice = worked.terrain.lattice;
    picture.lay(|cell| {
        let index = lattice.index(cell);
        match (usize::from(counts[index]), &surely) {
            (0, _) => None,
            (_, Some(surely)) if surely[index] == 0 => Some(MAYBE),
            (count, _) => Some(BY_COUNT[count.min(BY_COUNT.len()) - 1]),
        }
    });
    hatch_ground(worked, &mut picture, level, |cell| counts[lattice.index(cell)] > 0);
    furnish(worked, &mut picture);
    picture
}

pub(super) fn furnish(worked: &Worked, picture: &mut Picture) {
    for ring in &worked.rings {
        picture.line(ring, 3, BORDER);
    }
    for site in &worked.study.sites {
        picture.mark((site.latitude_deg, site.longitude_deg), 9, MAST);
    }
}

/// The gaps asked for, drawn.
pub(super) fn gap_drawings(
    worked: &Worked,
    options: &Out,
    by: (Rank, Option<&[f32]>),
    most: usize,
    out: &mut String,
) -> anyhow::Result<()> {
    let level = options.level.unwrap_or(worked.study.levels[0]);
    let gaps = report::found(worked, level, by);
    if let Some(path) = &options.png {
        let mut open = vec![false; worked.terrain.lattice.len()];
        gaps.iter().flat_map(|gap| &gap.cells).for_each(|&cell| open[cell as usize] = true);
        let mut picture = Picture::of_ground(&worked.terrain, WIDTH);
        let lattice = worked.terrain.lattice;
        picture.lay(|cell| open[lattice.index(cell)].then_some(GAP));
        hatch_ground(worked, &mut picture, level, |_| false);
        furnish(worked, &mut picture);
        write(path, picture.png(), out)?;
        legend(worked, level, "red nobody sees", out);
    }
    let outlines = || -> Vec<Outline> {
        let one = |(i, gap): (usize, &coverage::joint::Gap)| {
            let mut open = vec![false; worked.terrain.lattice.len()];
            gap.cells.iter().for_each(|&cell| open[cell as usize] = true);
            Outline {
                name: format!("gap {} at FL{level:03.0}", i + 1),
                properties: vec![("km2".to_owned(), format!("{:.0}", gap.area_m2 / 1e6))],
                polygons: outline(&worked.terrain.lattice, &open),
            }
        };
        gaps.iter().take(most).enumerate().map(one).collect()
    };
    outlined(options, outlines, out)?;
    if let Some(path) = &options.geotiff {
        write(
            path,
            geotiff::counts(&worked.terrain.lattice, &covered(&worked.joint, altitude_m(level)))?,
            out,
        )?;
    }
    Ok(())
}

/// What one variant covers and the other does not.
pub(super) fn compared(
    worked: &Worked,
    (a, b): (&Joint, &Joint),
    options: &Out,
    out: &mut String,
) -> anyhow::Result<()> {
    let level = options.level.unwrap_or(worked.study.levels[0]);
    let lattice = worked.terrain.lattice;
    let seen = [a, b].map(|joint| covered(joint, altitude_m(level)));
    if let Some(path) = &options.png {
        let mut picture = Picture::of_ground(&worked.terrain, WIDTH);
        picture.lay(|cell: Cell| {
            let index = lattice.index(cell);
            match (seen[0][index] > 0, seen[1][index] > 0) {
                (false, false) => None,
                (true, true) => Some([150, 150, 150, 130]),
                (true, false) => Some([215, 25, 28, 170]),
                (false, true) => Some([33, 102, 172, 170]),
            }
        });
        hatch_ground(worked, &mut picture, level, |cell| {
            seen.iter().any(|seen| seen[lattice.index(cell)] > 0)
        });
        furnish(worked, &mut picture);
        write(path, picture.png(), out)?;
        legend(worked, level, "grey seen in both, blue in B alone, red in A alone", out);
    }
    let outlines = || {
        let only = |name: &str, with: usize, without: usize| {
            let cells = seen[with].iter().zip(&seen[without]);
            let cells: Vec<bool> = cells.map(|(w, o)| *w > 0 && *o == 0).collect();
            Outline {
                name: format!("{name} at FL{level:03.0}"),
                properties: Vec::new(),
                polygons: outline(&lattice, &cells),
            }
        };
        vec![only("lost in B", 0, 1), only("gained in B", 1, 0)]
    };
    outlined(options, outlines, out)?;
    if let Some(path) = &options.geotiff {
        let both = seen[0].iter().zip(&seen[1]);
        let which: Vec<u8> = both.map(|(a, b)| u8::from(*a > 0) + 2 * u8::from(*b > 0)).collect();
        write(path, geotiff::counts(&lattice, &which)?, out)?;
    }
    Ok(())
}
