//! `entente coverage mlat`: how well a system of multilateration receivers fixes, by level.

use super::{Drawn, Out, Worked, altitude_m, export, worked};
use crate::commands::Misuse;
use coverage::export::{Colour, Outline, Picture, outline};
use coverage::joint::Member;
use coverage::mlat::{Dilution, RECEIVERS_MIN, dilution};
use coverage::site::Role;
use geodesy::Geodetic;
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::fmt::Write;

/// HDOP up to here, and the colour of it; a fix that is worse has none.
const BANDS: [(f32, Colour); 4] = [
    (1.0, [0, 90, 50, 185]),
    (2.0, [26, 152, 80, 165]),
    (5.0, [166, 217, 106, 150]),
    (20.0, [254, 224, 139, 160]),
];

pub(super) fn run(options: &Drawn, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = worked(&options.study, progress)?;
    let receivers = receivers(&worked);
    if receivers.len() < RECEIVERS_MIN {
        let problem = format!(
            "{}: it has {} sites with role = \"multilateration\"; a fix needs {RECEIVERS_MIN}: add some",
            options.study.display(),
            receivers.len()
        );
        return Err(Misuse(problem).into());
    }
    let total_m2 = worked.region.area_m2(&worked.terrain.lattice).max(1.0);
    let mut out = format!(
        "{} receivers. A fix errs by HDOP, VDOP times the error of a time of arrival times c.\n\n\
         level  % of the region: four see, fix   HDOP: half to, nine of ten to   VDOP: half to, nine of ten to\n",
        receivers.len()
    );
    let levels = options.out.level.map_or_else(|| worked.study.levels.clone(), |level| vec![level]);
    for level in levels {
        let found = fixes(&worked, &receivers, altitude_m(level));
        told(&worked, level, &found, total_m2, &mut out);
    }
    drawn(&worked, &receivers, options, &mut out)?;
    Ok(out)
}

/// HDOP at one level as a picture, outlines of its bands, a raster.
fn drawn(
    worked: &Worked,
    receivers: &[(&Member, Geodetic)],
    options: &Drawn,
    out: &mut String,
) -> anyhow::Result<()> {
    let Out { level, png, geojson, kml, geotiff } = &options.out;
    if [png, geojson, kml, geotiff].iter().all(|file| file.is_none()) {
        return Ok(());
    }
    let level = level.unwrap_or(worked.study.levels[0]);
    let lattice = worked.terrain.lattice;
    let mut hdop = vec![f32::NAN; lattice.len()];
    for (&cell, fix) in worked.region.cells.iter().zip(fixes(worked, receivers, altitude_m(level)))
    {
        hdop[cell as usize] = fix.dilution.map_or(f32::NAN, |d| d.horizontal as f32);
    }
    if let Some(path) = png {
        let mut picture = Picture::of_ground(&worked.terrain, export::WIDTH);
        picture.lay(|cell| {
            let hdop = hdop[lattice.index(cell)];
            BANDS.iter().find(|(most, _)| hdop <= *most).map(|(_, colour)| *colour)
        });
        export::furnish(worked, &mut picture);
        export::write(path, picture.png(), out)?;
        let _ = writeln!(out, "HDOP to 1, 2, 5 and 20, from dark green to yellow");
    }
    let outlines = || {
        let band = |(most, _): &(f32, Colour)| {
            let within: Vec<bool> = hdop.iter().map(|hdop| hdop <= most).collect();
            Outline {
                name: format!("HDOP to {most} at FL{level:03.0}"),
                properties: vec![("hdop".to_owned(), most.to_string())],
                polygons: outline(&lattice, &within),
            }
        };
        BANDS.iter().map(band).collect()
    };
    export::outlined(&options.out, outlines, out)?;
    if let Some(path) = geotiff {
        export::write(path, coverage::export::geotiff::metres(&lattice, &hdop)?, out)?;
    }
    Ok(())
}

fn receivers(worked: &Worked) -> Vec<(&Member, Geodetic)> {
    let members = worked.joint.members.iter().filter(|m| m.role == Role::Multilateration);
    let placed = members.filter_map(|member| {
        let site = worked.study.sites.iter().find(|site| site.name == member.name)?;
        let (lat, lon) = (site.latitude_deg, site.longitude_deg);
        let height_m = member.cover.antenna_m + coverage::geoid::undulation_m(lat, lon);
        Some((member, Geodetic::from_degrees(lat, lon, height_m)?))
    });
    placed.collect()
}

/// One cell of the region at one level.
struct Fix {
    seen: bool,
    dilution: Option<Dilution>,
}

/// For each cell of the region, in its order.
fn fixes(worked: &Worked, receivers: &[(&Member, Geodetic)], altitude_m: f32) -> Vec<Fix> {
    let lattice = &worked.terrain.lattice;
    let one = |&index: &u32| {
        let cell = lattice.cell(index as usize);
        let sees = receivers.iter().filter(|(member, _)| member.cover.covers(cell, altitude_m));
        let seeing: Vec<Geodetic> = sees.map(|(_, place)| *place).collect();
        let (lat, lon) = lattice.position_deg(cell);
        // The undulation is of some tens of metres: nothing to a dilution.
        let target = Geodetic::from_degrees(lat, lon, f64::from(altitude_m));
        Fix {
            seen: seeing.len() >= RECEIVERS_MIN,
            dilution: target.and_then(|target| dilution(&seeing, target)),
        }
    };
    worked.region.cells.par_iter().map(one).collect()
}

fn told(worked: &Worked, level: f64, fixes: &[Fix], total_m2: f64, out: &mut String) {
    let lattice = &worked.terrain.lattice;
    let part = |wanted: &dyn Fn(&Fix) -> bool| {
        let cells = worked.region.cells.iter().zip(fixes).filter(|(_, fix)| wanted(fix));
        let area_m2 = cells.map(|(&cell, _)| lattice.cell_area_m2(cell as usize / lattice.cols));
        // The sum of nothing is −0.
        100.0 * (0.0 + area_m2.sum::<f64>()) / total_m2
    };
    let quantile = |of: fn(&Dilution) -> f64, fraction: f64| {
        let mut values: Vec<f64> =
            fixes.iter().filter_map(|fix| fix.dilution.as_ref().map(of)).collect();
        values.sort_by(f64::total_cmp);
        let at = ((values.len().max(1) - 1) as f64 * fraction) as usize;
        values.get(at).map_or("none".to_owned(), |value| format!("{value:.1}"))
    };
    let hdop = |fraction| quantile(|d| d.horizontal, fraction);
    let vdop = |fraction| quantile(|d| d.vertical, fraction);
    let _ = writeln!(
        out,
        "FL{level:03.0} {:>27.1} {:>5.1} {:>16} {:>15} {:>16} {:>15}",
        part(&|fix| fix.seen),
        part(&|fix| fix.dilution.is_some()),
        hdop(0.5),
        hdop(0.9),
        vdop(0.5),
        vdop(0.9)
    );
}
