//! `entente coverage sites`: where the next sensors go.

use super::{Worked, altitude_m, covers, export, files, opened};
use crate::commands::Misuse;
use anyhow::Context;
use clap::Args;
use coverage::export::Picture;
use coverage::joint::{Joint, Member};
use coverage::site::{Limits, Method, Role, Site};
use coverage::siting::{
    Bits, Budget, Demand, Plan, RANKING_CELLS, choose, spots_in_plot, spread_summits, summits,
};
use coverage::terrain::Cell;
use geodesy::units::METRES_PER_NM;
use indicatif::ProgressBar;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Study (TOML): its `[[site]]`s exist, its `[[candidate]]`s may be added.
    study: PathBuf,
    /// How many to add.
    #[arg(long, default_value_t = 1, conflicts_with = "cost")]
    number: usize,
    /// What may be spent instead, in the unit of the candidates' `cost`.
    #[arg(long)]
    cost: Option<f64>,
    /// How many should see each place.
    #[arg(long, default_value_t = 1)]
    k: usize,
    /// Also the points of plots (GeoJSON polygons), so many metres apart.
    #[arg(long, value_name = "FILE")]
    plots: Option<PathBuf>,
    /// Also the places of a list, as of airfields: CSV whose heading names the columns `name`, `lat` and
    /// `lon` (or `ident`, `latitude_deg`, `longitude_deg`) and, if told, `ground_m`, `mast_m` and `cost`;
    /// those outside the region are left out.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Distance of points in a plot, metres.
    #[arg(long, default_value_t = 50.0)]
    plot_spacing: f64,
    /// Masts tried on plots, metres.
    #[arg(long, value_delimiter = ',', default_value = "10,20,30")]
    masts: Vec<f64>,
    /// Also so many summits, spread over the region: the highest of each of its parts.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    summits: usize,
    /// The highest of the region instead; these stand together, and lower ridges between them, which
    /// often see more, are not among them.
    #[arg(long)]
    highest: bool,
    /// What a summit costs.
    #[arg(long, default_value_t = 5.0)]
    summit_cost: f64,
    /// Range of plots' and summits' sensors, NM.
    #[arg(long, default_value_t = 200.0)]
    range_nm: f64,
    /// Every so many cells in each direction are asked for.
    #[arg(long, default_value_t = 2)]
    every: usize,
    /// Picture of what the best one adds, at the study's first level.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Solve exactly as well (needs a build with the feature `exact`).
    #[cfg(feature = "exact")]
    #[arg(long)]
    exact: bool,
    /// For so many seconds at most.
    #[cfg(feature = "exact")]
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0)]
    exact_time: f64,
}

/// A mast where a list does not say, and on summits, metres.
const MAST_M: f64 = 25.0;

/// The highest cell of each block of so many cells a side is a summit.
const SUMMIT_BLOCK: usize = 30;

pub(super) fn run(options: &Options, progress: &ProgressBar) -> anyhow::Result<String> {
    checked(options)?;
    let mut worked = opened(&options.study, progress)?;
    let candidates = candidates(options, &worked)?;
    if candidates.is_empty() {
        let problem = "there is no candidate in the region; add [[candidate]] to the study, --plots, \
                       --list or --summits";
        return Err(Misuse(problem.to_owned()).into());
    }
    let altitudes: Vec<f32> = worked.study.levels.iter().map(|&level| altitude_m(level)).collect();
    let demand = Demand::over(
        &worked.terrain,
        &worked.region,
        &altitudes,
        (worked.study.clearance_m as f32, options.every.max(1)),
    );
    let method = worked.study.method;
    worked.joint = worked.swept(&worked.study.sites, &method, progress)?;
    let existing: Vec<Bits> =
        worked.joint.members.iter().map(|member| demand.bits(&member.cover)).collect();
    progress.set_length(candidates.len() as u64);
    progress.set_position(0);
    progress.set_message("candidates");
    let mut bits = Vec::new();
    let ranking = Method { spacing_cells: RANKING_CELLS.max(method.spacing_cells), ..method };
    for site in &candidates {
        // A cover is as large as the terrain within range: kept only as long as it is asked.
        bits.push(demand.bits(&site.cover(&worked.terrain, &ranking)?));
        progress.inc(1);
    }
    let costs: Vec<f64> = candidates.iter().map(|site| site.cost).collect();
    let budget = options.cost.map_or(Budget::Sites(options.number), Budget::Cost);
    let plan = choose(&existing, &bits, &costs, (budget, options.k.max(1)));
    let chosen: Vec<Site> = plan.steps.iter().map(|s| candidates[s.candidate].clone()).collect();
    let finely = covers(&worked.terrain, &chosen, &method, progress)?;
    let finely: Vec<Bits> = finely.iter().map(|cover| demand.bits(cover)).collect();
    // The same choice with the figures of its full sweeps; the bound is that of the ranking.
    let all = (Budget::Sites(chosen.len()), options.k.max(1));
    let shown = choose(&existing, &finely, &vec![1.0; chosen.len()], all);
    let mut out = String::new();
    told(&worked, options, (&demand, &existing), (&chosen, &shown), &mut out);
    let _ = writeln!(
        out,
        "At most {:.1} % better exists among these {} candidates ({} exchanges made).",
        100.0 * plan.better_at_most(),
        candidates.len(),
        plan.swaps
    );
    #[cfg(feature = "exact")]
    if options.exact {
        progress.set_message("exactly");
        let most = (budget, options.k.max(1));
        let best =
            coverage::siting::exact(&existing, &bits, &costs, most, options.exact_time.max(1.0));
        told_exactly(best, &candidates, (&demand, options, &plan), &mut out);
    }
    if let Some(path) = &options.png {
        draw(&worked, &chosen, path, progress, &mut out)?;
    }
    Ok(out)
}

fn checked(options: &Options) -> anyhow::Result<()> {
    let within = |name: &str, value: f64, least: f64, most: f64| {
        let problem = format!("--{name} {value}: give {least} to {most}");
        if (least..=most).contains(&value) { Ok(()) } else { Err(Misuse(problem)) }
    };
    within("number", options.number as f64, 1.0, 1000.0)?;
    within("k", options.k as f64, 1.0, 20.0)?;
    within("every", options.every as f64, 1.0, 1000.0)?;
    within("plot-spacing", options.plot_spacing, 1.0, 100_000.0)?;
    within("range-nm", options.range_nm, 1.0, 300.0)?;
    within("summits", options.summits as f64, 0.0, 10_000.0)?;
    within("summit-cost", options.summit_cost, 1e-6, 1e12)?;
    options.cost.map_or(Ok(()), |cost| within("cost", cost, 1e-6, 1e15))?;
    options.masts.iter().try_for_each(|&mast| within("masts", mast, 0.0, 500.0))?;
    Ok(())
}

/// What the exact solution says of the choice made; both by the sweeps that rank.
#[cfg(feature = "exact")]
fn told_exactly(
    best: Result<coverage::siting::Exact, impl std::fmt::Display>,
    candidates: &[Site],
    (demand, options, plan): (&Demand, &Options, &Plan),
    out: &mut String,
) {
    let percent = |voxels: u64| part(voxels, demand, options.k);
    let best = match best {
        Ok(best) => best,
        Err(error) => {
            let _ = writeln!(
                out,
                "No exact solution in {:.0} s ({error}); ask for fewer places, as with --every 30, or for fewer candidates",
                options.exact_time
            );
            return;
        }
    };
    let (found, ours) = (percent(best.covered), percent(plan.after));
    let seconds = options.exact_time;
    let _ = match (best.proven, best.covered > plan.after) {
        (true, false) => writeln!(out, "Exactly: nothing better exists ({found:.2} %)."),
        (true, true) => {
            writeln!(
                out,
                "Exactly: {found:.2} % is the best there is, where {ours:.2} % was chosen:"
            )
        }
        (false, true) => {
            writeln!(
                out,
                "In {seconds:.0} s, without proof: {found:.2} %, where {ours:.2} % was chosen:"
            )
        }
        (false, false) => writeln!(
            out,
            "In {seconds:.0} s nothing better was found, without proof that nothing is ({ours:.2} % chosen)."
        ),
    };
    if best.covered > plan.after {
        for &chosen in &best.chosen {
            let site = &candidates[chosen];
            let _ = writeln!(
                out,
                "  {:28} {:.4} {:.4}",
                site.name, site.latitude_deg, site.longitude_deg
            );
        }
    }
}

fn part(voxels: u64, demand: &Demand, k: usize) -> f64 {
    100.0 * voxels as f64 / (demand.voxels.len() * k.max(1)).max(1) as f64
}

fn told(
    worked: &Worked,
    options: &Options,
    (demand, existing): (&Demand, &[Bits]),
    (chosen, plan): (&[Site], &Plan),
    out: &mut String,
) {
    let percent = |voxels: u64| part(voxels, demand, options.k);
    let levels: Vec<String> = worked.study.levels.iter().map(|l| format!("FL{l:03.0}")).collect();
    let _ = writeln!(out, "{} places at {}", demand.voxels.len(), levels.join(", "));
    for (member, bits) in worked.joint.members.iter().zip(existing) {
        let _ = writeln!(
            out,
            "  {:28} alone {:>5.1} %",
            member.name,
            100.0 * bits.count() as f64 / demand.voxels.len().max(1) as f64
        );
    }
    let _ = writeln!(out, "existing sites together        {:>5.1} %", percent(plan.before));
    for step in &plan.steps {
        let site = &chosen[step.candidate];
        let _ = writeln!(
            out,
            "+ {:28} {:>5.1} %  (+{:.1})  {:.4} {:.4}  ground {:.0} m, mast {:.0} m, cost {}",
            site.name,
            percent(step.covered),
            percent(step.gain),
            site.latitude_deg,
            site.longitude_deg,
            worked.terrain.height_m(site.latitude_deg, site.longitude_deg).unwrap_or(f64::NAN),
            site.mast_m,
            site.cost
        );
    }
}

/// All candidates: the study's, points of plots, summits.
fn candidates(options: &Options, worked: &Worked) -> anyhow::Result<Vec<Site>> {
    let site = |name: String, (latitude_deg, longitude_deg): (f64, f64), mast_m, cost| Site {
        name,
        party: "XXA".to_owned(),
        latitude_deg,
        longitude_deg,
        ground_m: None,
        mast_m,
        role: Role::Alone,
        limits: Limits {
            elevation_max_rad: 45_f64.to_radians(),
            ..Limits::to(options.range_nm * METRES_PER_NM)
        },
        horizon_rad: None,
        cost,
    };
    let mut all = worked.study.candidates.clone();
    if let Some(path) = &options.plots {
        let plots = files::shapes(path)?.into_iter().filter(|shape| shape.closed);
        for (number, plot) in plots.enumerate() {
            let spots: Vec<_> = plot
                .parts
                .iter()
                .flat_map(|rings| spots_in_plot(rings, options.plot_spacing, &options.masts))
                .collect();
            let plot = plot.name.unwrap_or_else(|| format!("plot {}", number + 1));
            all.extend(spots.into_iter().enumerate().map(|(i, spot)| {
                let name = format!("{plot} point {}", i / options.masts.len() + 1);
                site(name, (spot.latitude_deg, spot.longitude_deg), spot.mast_m, 1.0)
            }));
        }
    }
    if let Some(path) = &options.list {
        let places = listed(path)?;
        let lattice = &worked.terrain.lattice;
        let inside = |place: &Listed| {
            let cell = lattice.nearest(place.position.0, place.position.1);
            cell.is_some_and(|cell| {
                worked.region.cells.binary_search(&(lattice.index(cell) as u32)).is_ok()
            })
        };
        all.extend(places.into_iter().filter(inside).map(|place| Site {
            ground_m: place.ground_m,
            ..site(place.name, place.position, place.mast_m, place.cost)
        }));
    }
    let found = if options.highest {
        summits(&worked.terrain, &worked.region, SUMMIT_BLOCK, options.summits)
    } else {
        spread_summits(&worked.terrain, &worked.region, options.summits)
    };
    all.extend(found.into_iter().map(|cell| {
        let (lat, lon) = worked.terrain.lattice.position_deg(cell);
        let height = worked.terrain.mean_m[worked.terrain.lattice.index(cell)];
        site(
            format!("summit {height:.0} m {lat:.3} {lon:.3}"),
            (lat, lon),
            MAST_M,
            options.summit_cost,
        )
    }));
    Ok(all)
}

/// A place of a list.
#[derive(Debug, PartialEq)]
struct Listed {
    name: String,
    position: (f64, f64),
    ground_m: Option<f64>,
    mast_m: f64,
    cost: f64,
}

/// The places of a CSV file with a heading.
fn listed(path: &Path) -> anyhow::Result<Vec<Listed>> {
    let shown = path.display();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(path)
        .with_context(|| shown.to_string())?;
    let heading = reader.headers().with_context(|| shown.to_string())?.clone();
    let column = |names: &[&str]| {
        heading.iter().position(|title| names.iter().any(|name| title.eq_ignore_ascii_case(name)))
    };
    let called = column(&["name"]).or_else(|| column(&["ident"]));
    let needed = [&["lat", "latitude_deg"], &["lon", "longitude_deg"]].map(|names| column(names));
    let (Some(called), [Some(lat), Some(lon)]) = (called, needed) else {
        let problem = format!("{shown}:1: the heading must name name, lat and lon; mend it");
        return Err(Misuse(problem).into());
    };
    let told = ["ground_m", "mast_m", "cost"].map(|name| column(&[name]));
    let mut places = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| shown.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |at: Option<usize>, least: f64, most: f64| {
            let Some(text) = at.and_then(|at| record.get(at)).filter(|text| !text.is_empty())
            else {
                return Ok(None);
            };
            let number = text.parse().ok().filter(|number| (least..=most).contains(number));
            let key = at.and_then(|at| heading.get(at)).unwrap_or_default();
            let problem =
                || Misuse(format!("{shown}:{line}: {key} {text:?}: give {least} to {most}"));
            number.map(Some).ok_or_else(problem)
        };
        let position = number(Some(lat), -90.0, 90.0)?.zip(number(Some(lon), -180.0, 180.0)?);
        let Some(position) = position else {
            return Err(
                Misuse(format!("{shown}:{line}: it has no position; give lat and lon")).into()
            );
        };
        places.push(Listed {
            name: record.get(called).unwrap_or_default().to_owned(),
            position,
            ground_m: number(told[0], -500.0, 9000.0)?,
            mast_m: number(told[1], 0.0, 500.0)?.unwrap_or(MAST_M),
            cost: number(told[2], 1e-6, 1e12)?.unwrap_or(1.0),
        });
    }
    Ok(places)
}

fn draw(
    worked: &Worked,
    chosen: &[Site],
    path: &std::path::Path,
    progress: &ProgressBar,
    out: &mut String,
) -> anyhow::Result<()> {
    let covers = covers(&worked.terrain, chosen, &worked.study.method, progress)?;
    let added = Joint::new(
        worked.terrain.lattice,
        chosen.iter().zip(covers).map(|(site, cover)| Member::of(site, cover)).collect(),
    );
    let level = worked.study.levels[0];
    let altitude = altitude_m(level);
    let seen = |joint: &Joint, cell: Cell| {
        joint.members.iter().any(|member| member.cover.covers(cell, altitude))
    };
    let mut picture = Picture::of_ground(&worked.terrain, export::WIDTH);
    picture.lay(|cell| match (seen(&worked.joint, cell), seen(&added, cell)) {
        (true, _) => Some([26, 152, 80, 150]),
        (false, true) => Some([33, 102, 172, 160]),
        _ => None,
    });
    export::hatch_ground(worked, &mut picture, level, |cell| {
        seen(&worked.joint, cell) || seen(&added, cell)
    });
    export::furnish(worked, &mut picture);
    for site in chosen {
        picture.mark((site.latitude_deg, site.longitude_deg), 11, [255, 80, 200, 255]);
    }
    export::write(path, picture.png(), out)?;
    let colours = "green seen by the sites there are, blue by those added; yellow squares stand, pink are added";
    export::legend(worked, level, colours, out);
    Ok(())
}
