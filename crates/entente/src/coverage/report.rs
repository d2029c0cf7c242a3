//! What is told of coverage, as text.

use super::traffic::Traffic;
use super::{
    Along, By, Compare, Drawn, Gaps, SiteOptions, Study, Worked, altitude_m, export, files, opened,
    worked,
};
use crate::commands::Misuse;
use anyhow::Context;
use coverage::atmosphere::Propagation;
use coverage::joint::{Gap, GapKind, Joint, Rank, Region, Ring};
use coverage::route::{Route, Stretch};
use coverage::site::Method;
use geodesy::units::METRES_PER_FOOT;
use indicatif::ProgressBar;
use std::fmt::Write;

const KM2: f64 = 1e6;
/// Distance of places along a line.
const ROUTE_STEP_M: f64 = 500.0;

pub(super) fn site(options: &SiteOptions, progress: &ProgressBar) -> anyhow::Result<String> {
    let mut worked = opened(&options.study, progress)?;
    if let Some(name) = &options.site {
        worked.study.sites.retain(|site| site.name == *name);
        if worked.study.sites.is_empty() {
            return Err(Misuse(format!("--site {name}: the study has no site of this name")).into());
        }
    }
    let method = worked.study.method;
    let sites = worked.study.sites.clone();
    worked.joint = worked.swept(&sites, &method, progress)?;
    let sure = worked.swept(&sites, &method.surely(), progress)?;
    let mut out = String::new();
    told_alone(&worked, &sure, progress, &mut out)?;
    export::drawings(&worked, Some(&sure), &options.out, &mut out)?;
    Ok(out)
}

/// What each site sees by itself, with the band of refraction, as text.
pub(super) fn told_alone(
    worked: &Worked,
    sure: &Joint,
    progress: &ProgressBar,
    out: &mut String,
) -> anyhow::Result<()> {
    let (method, sites) = (worked.study.method, &worked.study.sites);
    let band = Propagation::BAND.map(|propagation| Method { propagation, ..method });
    let low = worked.swept(sites, &band[0], progress)?;
    let high = worked.swept(sites, &band[1], progress)?;
    let _ = writeln!(
        out,
        "Area covered, km²: may be seen, surely seen, and with k from 1.2 to 1.5 ({}).",
        propagation_words(method.propagation)
    );
    for (index, site) in sites.iter().enumerate() {
        let cover = &worked.joint.members[index].cover;
        let undulation = coverage::geoid::undulation_m(site.latitude_deg, site.longitude_deg);
        let _ = writeln!(
            out,
            "\n{} ({}): antenna {:.0} m over mean sea level, {:.0} m over the ellipsoid ({} {undulation:.1} m), range {:.0} NM",
            site.name,
            site.party,
            cover.antenna_m,
            cover.antenna_m + undulation,
            coverage::geoid::MODEL,
            site.limits.range_max_m / 1852.0
        );
        let unknown = unknown_m2(worked, index);
        if unknown > 0.0 {
            let _ = writeln!(
                out,
                "  unknown: {:.0} km² within range, where the terrain ends or has voids",
                unknown / KM2
            );
        }
        for &level in &worked.study.levels {
            let area = |joint: &Joint| joint.members[index].cover.area_m2(altitude_m(level)) / KM2;
            let _ = writeln!(
                out,
                "  FL{level:03.0}  {:>8.0}  sure {:>8.0}  band {:>8.0} to {:>8.0}",
                area(&worked.joint),
                area(sure),
                area(&low),
                area(&high)
            );
        }
    }
    Ok(())
}

pub(super) fn propagation_words(propagation: Propagation) -> String {
    match propagation {
        Propagation::Exponential { n0 } => format!("exponential atmosphere, N0 {n0:.0}"),
        Propagation::EffectiveEarth { k } => format!("earth of {k:.3} times its radius"),
    }
}

/// Area within range over which nothing is known.
fn unknown_m2(worked: &Worked, index: usize) -> f64 {
    let (site, cover) = (&worked.study.sites[index], &worked.joint.members[index].cover);
    // Sectors and a nearest range hide cells too; only a site that looks all around can tell.
    if !site.limits.sectors.is_empty() || site.limits.range_min_m > 0.0 {
        return 0.0;
    }
    let swept: f64 = (0..cover.lattice.len())
        .filter(|&i| !cover.lowest_m[i].is_nan())
        .map(|i| cover.lattice.cell_area_m2(i / cover.lattice.cols))
        .sum();
    let range_m = site.limits.range_max_m;
    let disc =
        std::f64::consts::PI * range_m * range_m * (1.0 - (range_m / 6_371_000.0).powi(2) / 12.0);
    // Cells at the edge make under a hundredth.
    if swept < 0.985 * disc { disc - swept } else { 0.0 }
}

pub(super) fn joint(options: &Drawn, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = worked(&options.study, progress)?;
    let mut out = String::new();
    told_jointly(&worked, &mut out);
    export::drawings(&worked, None, &options.out, &mut out)?;
    Ok(out)
}

/// Multiplicity, shares and lowest level, as text.
pub(super) fn told_jointly(worked: &Worked, out: &mut String) {
    let Worked { study, terrain, region, joint, .. } = worked;
    let total = region.area_m2(&terrain.lattice);
    let _ = writeln!(
        out,
        "Region {:.0} km², {} sites, {}",
        total / KM2,
        joint.members.len(),
        propagation_words(study.method.propagation)
    );
    let percent = |area: f64| 100.0 * area / total.max(1.0);
    let _ = writeln!(out, "\nlevel   by one or more   by two   by three   % of the region");
    for &level in &study.levels {
        let m = joint.multiplicity(region, altitude_m(level), 4);
        let part = |k| percent(m.at_least_m2(k));
        let _ =
            writeln!(out, "FL{level:03.0} {:>14.1} {:>9.1} {:>10.1}", part(1), part(2), part(3));
    }
    for &level in &study.levels {
        let _ = writeln!(
            out,
            "\nFL{level:03.0}: covered, lost with the site off, overlap with each other (% of the region)"
        );
        for share in joint.shares(region, altitude_m(level)) {
            let overlaps: Vec<String> = joint
                .members
                .iter()
                .zip(&share.overlap_m2)
                .filter(|(member, area)| member.name != share.name && **area > 0.0)
                .map(|(member, area)| format!("{} {:.1}", member.name, percent(*area)))
                .collect();
            let _ = writeln!(
                out,
                "  {:16} {:>6.1} {:>6.1}   {}",
                share.name,
                percent(share.covered_m2),
                percent(share.alone_m2),
                overlaps.join(", ")
            );
        }
    }
    told_by_party(worked, total, out);
    let lowest = joint.lowest_m();
    let mut inside: Vec<f32> = region.cells.iter().map(|&c| lowest[c as usize]).collect();
    inside.sort_by(f32::total_cmp);
    let at = |fraction: f64| {
        let value = inside.get((inside.len().max(1) - 1) * (fraction * 100.0) as usize / 100);
        value.filter(|v| !v.is_nan()).map_or("none".to_owned(), |&v| feet(v))
    };
    let _ = writeln!(
        out,
        "\nLowest covered altitude: a quarter of the region from {}, half from {}, three quarters from {}",
        at(0.25),
        at(0.5),
        at(0.75)
    );
}

/// What each of several parties gives.
fn told_by_party(worked: &Worked, total_m2: f64, out: &mut String) {
    let Worked { study, region, joint, .. } = worked;
    if joint.members.iter().all(|member| member.party == joint.members[0].party) {
        return;
    }
    let _ = writeln!(out, "\nparty    covered by its own, lost without it, % of the region");
    for &level in &study.levels {
        for share in joint.party_shares(region, altitude_m(level)) {
            let percent = |area_m2: f64| 100.0 * area_m2 / total_m2.max(1.0);
            let _ = writeln!(
                out,
                "FL{level:03.0}  {:16} {:>6.1} {:>6.1}",
                share.party,
                percent(share.covered_m2),
                percent(share.alone_m2)
            );
        }
    }
}

fn feet(metres: f32) -> String {
    format!("{:.0} ft", f64::from(metres) / METRES_PER_FOOT)
}

pub(super) fn gaps(options: &Gaps, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = worked(&options.study, progress)?;
    let traffic = options.traffic.as_deref().map(Traffic::read).transpose()?;
    let rank = if options.by == By::Area { Rank::Area } else { Rank::Traffic };
    let lattice = worked.terrain.lattice;
    let weights = |level| traffic.as_ref().map(|t| t.weights(&lattice, altitude_m(level)));
    let mut out = String::new();
    let levels = options.out.level.map_or_else(|| worked.study.levels.clone(), |level| vec![level]);
    for &level in &levels {
        let weights = weights(level);
        let gaps = found(&worked, level, (rank, weights.as_deref()));
        if let Some(weights) = &weights {
            let all: f64 =
                worked.region.cells.iter().map(|&c| f64::from(weights[c as usize])).sum();
            let _ = writeln!(out, "FL{level:03.0}: traffic of {all:.1} in the region");
        }
        told_gaps(&worked, level, (&gaps, weights.is_some()), options.most, &mut out);
    }
    let level = options.out.level.unwrap_or(worked.study.levels[0]);
    let weights = weights(level);
    let by = (rank, weights.as_deref());
    export::gap_drawings(&worked, &options.out, by, options.most, &mut out)?;
    Ok(out)
}

pub(super) fn found(worked: &Worked, level: f64, by: (Rank, Option<&[f32]>)) -> Vec<Gap> {
    let heights = (altitude_m(level), worked.study.clearance_m as f32);
    worked.joint.gaps(&worked.terrain, &worked.region, heights, by)
}

pub(super) fn told_gaps(
    worked: &Worked,
    level: f64,
    (gaps, with_traffic): (&[Gap], bool),
    most: usize,
    out: &mut String,
) {
    let total: f64 = gaps.iter().map(|gap| gap.area_m2).sum();
    let _ = writeln!(
        out,
        "FL{level:03.0}: {} gaps, {:.0} km² in all, where there is {:.0} m of air under it",
        gaps.len(),
        total / KM2,
        worked.study.clearance_m
    );
    for (i, gap) in gaps.iter().take(most).enumerate() {
        let (lat, lon) = worked.terrain.lattice.position_deg(gap.middle);
        let half = gap.half_covered_m.map(feet);
        let why = match (gap.kind, half) {
            (GapKind::Cone, _) => "cone of silence over a site".to_owned(),
            (GapKind::Beyond, _) | (GapKind::Hidden, None) => {
                "beyond every site's range, or unknown ground on the way".to_owned()
            }
            (GapKind::Hidden, Some(half)) => {
                format!("hidden by ground: half of it seen from {half}")
            }
        };
        let flights =
            if with_traffic { format!("  traffic {:.1}", gap.traffic) } else { String::new() };
        let _ = writeln!(
            out,
            "{:>4}  {:>8.0} km²  at {lat:.3} {lon:.3}  ground {:.0} to {:.0} m  {why}{flights}",
            i + 1,
            gap.area_m2 / KM2,
            gap.ground_m.0,
            gap.ground_m.1
        );
    }
}

pub(super) fn along(options: &Along, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = worked(&options.study, progress)?;
    let mut out = String::new();
    for (index, shape) in files::shapes(&options.line)?.iter().enumerate() {
        let kind = if shape.closed { "polygon" } else { "line" };
        let name = shape.name.as_deref().map_or(String::new(), |name| format!(" ({name})"));
        let _ = writeln!(out, "{kind} {}{name}", index + 1);
        if shape.closed {
            told_inside(&worked, shape, &mut out);
        }
        for line in shape.rings() {
            told_route(&worked, line, if shape.closed { "edge" } else { "length" }, &mut out);
        }
    }
    Ok(out)
}

/// What is covered of a polygon's area.
fn told_inside(worked: &Worked, shape: &files::Shape, out: &mut String) {
    let Worked { study, terrain, joint, .. } = worked;
    let inside = Region::inside(terrain, &shape.parts.concat());
    let area_m2 = inside.area_m2(&terrain.lattice);
    if inside.cells.is_empty() {
        let _ = writeln!(out, "  no known ground of the study is in it");
        return;
    }
    let _ = writeln!(out, "  area {:.0} km²", area_m2 / KM2);
    for &level in &study.levels {
        let by = joint.multiplicity(&inside, altitude_m(level), 2);
        let part = |k| 100.0 * by.at_least_m2(k) / area_m2;
        let _ = writeln!(
            out,
            "  FL{level:03.0}: {:.1} % covered, {:.1} % by two or more",
            part(1),
            part(2)
        );
    }
}

/// What is covered along a line.
fn told_route(worked: &Worked, line: &Ring, what: &str, out: &mut String) {
    let route = Route::follow(&worked.joint, line, ROUTE_STEP_M);
    let beyond = route.places.iter().filter(|place| place.cell.is_none()).count();
    let _ = write!(out, "  {what} {:.0} km", route.length_m / 1000.0);
    if beyond > 0 {
        let km = route.length_m / 1000.0 * beyond as f64 / route.places.len().max(1) as f64;
        let _ = write!(out, ", of which {km:.0} km leave the study's ground and count as open");
    }
    out.push('\n');
    for &level in &worked.study.levels {
        let altitude = altitude_m(level);
        let mut open = route.open_stretches(altitude);
        let _ = writeln!(
            out,
            "  FL{level:03.0}: {:.1} % covered, {} open stretches",
            100.0 * route.covered(altitude),
            open.len()
        );
        let length = |s: &Stretch| s.to.along_m - s.from.along_m;
        open.sort_by(|a, b| length(b).total_cmp(&length(a)));
        for s in open.iter().take(5) {
            let _ = writeln!(
                out,
                "    {:.0} km open, from {:.3} {:.3} (km {:.0}) to {:.3} {:.3}",
                length(s) / 1000.0,
                s.from.latitude_deg,
                s.from.longitude_deg,
                s.from.along_m / 1000.0,
                s.to.latitude_deg,
                s.to.longitude_deg
            );
        }
    }
}

pub(super) fn compare(options: &Compare, progress: &ProgressBar) -> anyhow::Result<String> {
    let before = Study::load(&options.before)?;
    let after = Study::load(&options.after)?;
    // One ground under both: all sites of both reach over it.
    let (count, both) = (before.sites.len(), after.sites.clone());
    let mut study = before;
    study.sites.extend(both);
    study.candidates.clear();
    let worked =
        super::ground_of(study, progress).with_context(|| options.before.display().to_string())?;
    let (first, second) = worked.study.sites.split_at(count);
    let mut a = worked.swept(first, &worked.study.method, progress)?;
    let mut b = worked.swept(second, &after.method, progress)?;
    super::add_shared(&mut a, &worked.study.shared)?;
    super::add_shared(&mut b, &after.shared)?;
    let total = worked.region.area_m2(&worked.terrain.lattice).max(1.0);
    let mut out = format!(
        "A: {}\nB: {}\n\nlevel      A       B   gained in B   lost in B   % of the region\n",
        options.before.display(),
        options.after.display()
    );
    for &level in &worked.study.levels {
        let altitude = altitude_m(level);
        let (in_a, in_b) = (a.counts(&worked.region, altitude), b.counts(&worked.region, altitude));
        let part = |pick: &dyn Fn(bool, bool) -> bool| {
            let cells = worked.region.cells.iter().zip(in_a.iter().zip(&in_b));
            let area: f64 = cells
                .filter(|(_, (a, b))| pick(**a > 0, **b > 0))
                .map(|(&c, _)| {
                    worked.terrain.lattice.cell_area_m2(c as usize / worked.terrain.lattice.cols)
                })
                .sum();
            100.0 * area / total
        };
        let _ = writeln!(
            out,
            "FL{level:03.0} {:>6.1} {:>7.1} {:>13.1} {:>11.1}",
            part(&|a, _| a),
            part(&|_, b| b),
            part(&|a, b| !a && b),
            part(&|a, b| a && !b)
        );
    }
    export::compared(&worked, (&a, &b), &options.out, &mut out)?;
    Ok(out)
}
