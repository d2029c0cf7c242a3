//! `entente coverage observed`: how often a sensor saw what others knew to be there.

use super::{export, opened};
use crate::commands::Misuse;
use anyhow::Context;
use clap::Args;
use coverage::export::Picture;
use coverage::observed::{
    Agreement, Alone, BinSize, Compared, Fix, Observed, Tally, mask, messages, opportunities,
    ray_table,
};
use coverage::site::Site;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Geodesic, Geodetic};
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Study (TOML) with the site.
    study: PathBuf,
    /// What sensors saw: CSV `track,time_s,lat,lon,altitude_ft,sensor`, one line a plot; or a folder
    /// of `entente simulate`, whose reported positions are then what others know.
    plots: PathBuf,
    /// The sensor looked at, by the name of its site; its plots count only as hits.
    #[arg(long, value_name = "NAME")]
    site: String,
    /// The sensor's update interval, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    interval: f64,
    /// Each message that others heard is a chance, instead of each update interval: for receivers of
    /// ADS-B and multilateration, whose plots of one message have one time.
    #[arg(long, conflicts_with = "interval")]
    messages: bool,
    /// Width of a bin in azimuth, degrees; wider bins have more opportunities, and mix more.
    #[arg(long, value_name = "DEGREES", default_value_t = 2.0)]
    bin_azimuth: f64,
    /// Depth of a bin in range, nautical miles.
    #[arg(long, value_name = "NM", default_value_t = 5.0)]
    bin_range: f64,
    /// Height of a bin, feet.
    #[arg(long, value_name = "FEET", default_value_t = 2000.0)]
    bin_height: f64,
    /// Each told bin, its three ends in degrees, nautical miles and feet, what was expected, predicted
    /// and seen, and the detection probability with its interval, as CSV.
    #[arg(long, value_name = "FILE")]
    bins: Option<PathBuf>,
    /// Picture: green predicted and observed, red predicted and not observed, blue observed and not
    /// predicted.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// The learned horizon as `horizon_deg` for the site in the study, the terrain's where nothing
    /// was learned.
    #[arg(long, value_name = "FILE")]
    horizon: Option<PathBuf>,
    /// Only what was learned of the horizon: CSV `azimuth_deg,elevation_deg`.
    #[arg(long, value_name = "FILE")]
    learned: Option<PathBuf>,
}

/// Fewest opportunities at and under the horizon from which a degree of it is learned.
const HORIZON_TRIALS: u32 = 10;

/// Plots of one file at most.
const PLOTS_MAX: usize = 50_000_000;

#[derive(Default)]
struct Track {
    /// By others.
    fixes: Vec<Fix>,
    /// By the sensor itself.
    hits: Vec<f64>,
    /// Where the sensor itself saw it, as far as it told.
    own: Vec<Fix>,
}

pub(super) fn run(options: &Options, progress: &ProgressBar) -> anyhow::Result<String> {
    if !(0.1..=600.0).contains(&options.interval) {
        return Err(Misuse("--interval: give 0.1 to 600 seconds".to_owned()).into());
    }
    let size = bin_size(options)?;
    let worked = opened(&options.study, progress)?;
    let method = worked.study.method;
    let site = worked.study.sites.iter().find(|site| site.name == options.site);
    let Some(site) = site else {
        return Err(
            Misuse(format!("--site {}: the study has no site of this name", options.site)).into()
        );
    };
    let tracks = if options.plots.is_dir() {
        simulated(&options.plots, &options.site)?
    } else {
        read(&options.plots, &options.site)?
    };
    let enough = if options.messages { 1 } else { 2 };
    let known = tracks.values().filter(|track| track.fixes.len() >= enough).count();
    let cover = site.cover(&worked.terrain, &method)?;
    if known == 0 {
        return alone(options, &worked.terrain, &cover, &tracks);
    }
    let table = ray_table(&worked.terrain, site, &cover, &method);
    let compared = Compared {
        latitude_deg: site.latitude_deg,
        longitude_deg: site.longitude_deg,
        cover: &cover,
        table: &table,
    };
    let mut observed = Observed::new(size);
    for track in tracks.values() {
        let chances = if options.messages {
            messages(&track.fixes, &track.hits)
        } else {
            opportunities(&track.fixes, &track.hits, options.interval)
        };
        observed.count(&worked.terrain.lattice, &compared, &chances);
    }
    let mut out = format!("{}: {known} tracks known to others\n", options.site);
    let _ = writeln!(
        out,
        "where it should see: {}; elsewhere: {}",
        seen_of(&observed.predicted),
        seen_of(&observed.not_predicted)
    );
    for (agreement, bins) in observed.agreements() {
        let _ = writeln!(out, "{bins:>7} bins {}", words(agreement));
    }
    let mut worst: Vec<_> = observed
        .bins
        .iter()
        .filter(|(_, tally)| tally.agreement() == Agreement::PredictedNotObserved)
        .collect();
    worst.sort_by_key(|(bin, tally)| (std::cmp::Reverse(tally.expected), **bin));
    for (bin, tally) in worst.into_iter().take(10) {
        let (low, estimate, high) = tally.probability();
        let _ = writeln!(
            out,
            "  should see and does not: azimuth {:.0}°, {:.0} NM, FL{:03.0}: {estimate:.2} ({low:.2} to {high:.2}) of {}",
            f64::from(bin.azimuth) * size.azimuth_deg,
            f64::from(bin.range) * size.range_m / METRES_PER_NM,
            f64::from(bin.altitude) * size.altitude_m / METRES_PER_FOOT / 100.0,
            tally.expected
        );
    }
    if let Some(path) = &options.bins {
        export::write(path, told_bins(&observed), &mut out)?;
    }
    if let Some(path) = &options.png {
        export::write(path, picture(&worked.terrain, site, &observed).png(), &mut out)?;
    }
    if let Some(path) = &options.learned {
        let learned = observed.horizon_rad(HORIZON_TRIALS);
        let mut text = "azimuth_deg,elevation_deg\n".to_owned();
        for (azimuth, elevation) in learned.iter().enumerate() {
            if let Some(elevation) = elevation {
                let _ = writeln!(text, "{azimuth},{:.2}", elevation.to_degrees());
            }
        }
        export::write(path, text, &mut out)?;
    }
    if let Some(path) = &options.horizon {
        let skyline = site.skyline(&worked.terrain, &method)?;
        let modelled: Vec<f64> = skyline.iter().map(|s| s.elevation_rad).collect();
        let learned = observed.horizon_rad(HORIZON_TRIALS);
        let known = learned.iter().flatten().count();
        let degrees: Vec<String> =
            mask(&learned, &modelled).iter().map(|e| format!("{:.2}", e.to_degrees())).collect();
        let _ = writeln!(out, "horizon learned in {known} of 360 degrees");
        export::write(path, format!("horizon_deg = [{}]\n", degrees.join(", ")), &mut out)?;
    }
    Ok(out)
}

fn bin_size(options: &Options) -> anyhow::Result<BinSize> {
    let Options { bin_azimuth, bin_range, bin_height, .. } = *options;
    let within = |value: f64, name: &str, least: f64, most: f64| {
        let problem = || Misuse(format!("--{name}: give {least} to {most}"));
        if (least..=most).contains(&value) { Ok(value) } else { Err(problem()) }
    };
    Ok(BinSize {
        azimuth_deg: within(bin_azimuth, "bin-azimuth", 0.1, 360.0)?,
        range_m: within(bin_range, "bin-range", 0.1, 300.0)? * METRES_PER_NM,
        altitude_m: within(bin_height, "bin-height", 100.0, 100_000.0)? * METRES_PER_FOOT,
    })
}

/// The bins with enough opportunities.
fn told_bins(observed: &Observed) -> String {
    let mut text = "azimuth_from_deg,azimuth_to_deg,range_from_nm,range_to_nm,altitude_from_ft,altitude_to_ft,\
                    expected,predicted,seen,probability,low,high,state\n"
        .to_owned();
    let size = observed.size;
    for (bin, tally) in &observed.bins {
        let state = match tally.agreement() {
            Agreement::TooFew => continue,
            Agreement::PredictedObserved => "predicted_observed",
            Agreement::PredictedNotObserved => "predicted_not_observed",
            Agreement::ObservedNotPredicted => "observed_not_predicted",
            Agreement::Neither => "neither",
        };
        let (low, estimate, high) = tally.probability();
        let ends = |step: u16, size: f64| [f64::from(step) * size, (f64::from(step) + 1.0) * size];
        let [from_deg, to_deg] = ends(bin.azimuth, size.azimuth_deg);
        let [from_nm, to_nm] = ends(bin.range, size.range_m / METRES_PER_NM);
        let [from_ft, to_ft] = ends(bin.altitude, size.altitude_m / METRES_PER_FOOT);
        let _ = writeln!(
            text,
            "{from_deg:.1},{to_deg:.1},{from_nm:.1},{to_nm:.1},{from_ft:.0},{to_ft:.0},{},{},{},{estimate:.3},{low:.3},{high:.3},{state}",
            tally.expected, tally.predicted, tally.seen
        );
    }
    text
}

fn seen_of(tally: &Tally) -> String {
    let (low, estimate, high) = tally.probability();
    match tally.expected {
        0 => "no opportunity".to_owned(),
        all => format!("{estimate:.2} ({low:.2} to {high:.2}) of {all} opportunities seen"),
    }
}

/// A recording of one sensor alone: what it saw where the model says that it cannot.
fn alone(
    options: &Options,
    terrain: &coverage::terrain::Terrain,
    cover: &coverage::site::Cover,
    tracks: &BTreeMap<String, Track>,
) -> anyhow::Result<String> {
    let seen: Vec<Fix> = tracks.values().flat_map(|track| track.own.iter().copied()).collect();
    let told = Alone::compare(&terrain.lattice, cover, &seen);
    if told.positions == 0 || options.horizon.is_some() || options.learned.is_some() {
        let problem = format!(
            "{}: no sensor but {} knows a track, so nobody can tell what it misses; add another's plots",
            options.plots.display(),
            options.site
        );
        return Err(Misuse(problem).into());
    }
    let (all, not) = (told.positions, told.below_m.len());
    let percent = |part: usize| 100.0 * part as f64 / all as f64;
    let mut out = format!(
        "{}: no other sensor knows a track, so nobody can tell what it misses\n{all} positions of its own: {:.1} % where it should see, {:.1} % where it should not\n",
        options.site,
        percent(all - not),
        percent(not)
    );
    let hidden = &told.below_m[..told.below_m.partition_point(|m| m.is_finite())];
    if let (Some(half), Some(most)) = (hidden.get(hidden.len() / 2), hidden.last()) {
        let _ = writeln!(
            out,
            "{} of these are under the lowest level that it should see, half of them by {half:.0} m or less, at most {most:.0} m: terrain, refraction or the site's position is wrong",
            hidden.len()
        );
    }
    if not > hidden.len() {
        let _ = writeln!(out, "{} are out of its range or in its cone", not - hidden.len());
    }
    Ok(out)
}

fn words(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::TooFew => "with too few opportunities to tell",
        Agreement::PredictedObserved => "predicted and observed",
        Agreement::PredictedNotObserved => {
            "predicted and not observed: a fault, or something in the way"
        }
        Agreement::ObservedNotPredicted => {
            "observed and not predicted: terrain, refraction or position is wrong"
        }
        Agreement::Neither => "neither predicted nor observed",
    }
}

/// As [`read`], from a folder of `entente simulate`: whose each plot is tells `plots_truth.csv`.
fn simulated(folder: &Path, sensor: &str) -> anyhow::Result<BTreeMap<String, Track>> {
    let mut targets = BTreeMap::new();
    for line in table(folder, "plots_truth.csv")?.lines() {
        let line = line?;
        if let Some((id, target)) = line.split_once(',') {
            targets.insert(id.to_owned(), target.to_owned());
        }
    }
    let mut lines = table(folder, "plots.csv")?.lines();
    let heading = lines.next().transpose()?.unwrap_or_default();
    let column = |name: &str| heading.split(',').position(|column| column == name);
    let wanted = ["id", "t", "sensor", "alt_m", "lat", "lon"].map(column);
    let [Some(id), Some(time), Some(by), Some(alt), Some(lat), Some(lon)] = wanted else {
        anyhow::bail!("{}: plots.csv lacks columns; simulate it again", folder.display());
    };
    let mut tracks: BTreeMap<String, Track> = BTreeMap::new();
    for line in lines {
        let line = line?;
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok());
        let target = fields.get(id).and_then(|id| targets.get(*id)).filter(|target| *target != "0");
        let (Some(target), Some(time_s)) = (target, number(time)) else { continue };
        let track = tracks.entry(target.clone()).or_default();
        if fields.get(by) == Some(&sensor) {
            track.hits.push(time_s);
        } else if let (Some(latitude_deg), Some(longitude_deg), Some(altitude_m)) =
            (number(lat), number(lon), number(alt))
        {
            track.fixes.push(Fix { time_s, latitude_deg, longitude_deg, altitude_m });
        }
    }
    sort(&mut tracks);
    Ok(tracks)
}

/// A table of a folder, packed or not.
fn table(folder: &Path, name: &str) -> anyhow::Result<Box<dyn BufRead>> {
    let packed = folder.join(format!("{name}.gz"));
    let open = |path: &Path| std::fs::File::open(path).with_context(|| path.display().to_string());
    if packed.exists() {
        return Ok(Box::new(BufReader::new(flate2::read::GzDecoder::new(open(&packed)?))));
    }
    Ok(Box::new(BufReader::new(open(&folder.join(name))?)))
}

fn sort(tracks: &mut BTreeMap<String, Track>) {
    for track in tracks.values_mut() {
        track.hits.sort_by(f64::total_cmp);
        track.fixes.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    }
}

/// Tracks with the fixes of others and the hits of `sensor`, each in the order of time.
fn read(path: &Path, sensor: &str) -> anyhow::Result<BTreeMap<String, Track>> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut tracks: BTreeMap<String, Track> = BTreeMap::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| path.display().to_string())?;
        let place = || format!("{}:{}", path.display(), number + 1);
        if (number == 0 && line.starts_with("track")) || line.trim().is_empty() {
            continue;
        }
        if number > PLOTS_MAX {
            anyhow::bail!(
                "{}: it has more than {PLOTS_MAX} plots; cut it into parts",
                path.display()
            );
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let numbers: Vec<f64> =
            fields.iter().skip(1).take(4).filter_map(|f| f.parse().ok()).collect();
        let (&[time_s, latitude_deg, longitude_deg, altitude_ft], Some(by)) =
            (&numbers[..], fields.get(5))
        else {
            let problem = format!(
                "{}: it is no track,time_s,lat,lon,altitude_ft,sensor; mend the line",
                place()
            );
            return Err(Misuse(problem).into());
        };
        let track = tracks.entry(fields[0].to_owned()).or_default();
        let altitude_m = altitude_ft * METRES_PER_FOOT;
        let fix = Fix { time_s, latitude_deg, longitude_deg, altitude_m };
        if *by == sensor {
            track.hits.push(time_s);
            track.own.push(fix);
        } else {
            track.fixes.push(fix);
        }
    }
    sort(&mut tracks);
    Ok(tracks)
}

/// Each told bin of azimuth and range, at its lowest told level, in the colour of its state.
fn picture(terrain: &coverage::terrain::Terrain, site: &Site, observed: &Observed) -> Picture {
    let mut picture = Picture::of_ground(terrain, 1600);
    let here = Geodetic::from_degrees(site.latitude_deg, site.longitude_deg, 0.0);
    let mut told = BTreeMap::new();
    for (bin, tally) in &observed.bins {
        let colour = match tally.agreement() {
            Agreement::PredictedObserved => [26, 152, 80, 255],
            Agreement::PredictedNotObserved => [215, 25, 28, 255],
            Agreement::ObservedNotPredicted => [33, 102, 172, 255],
            Agreement::Neither | Agreement::TooFew => continue,
        };
        told.entry((bin.azimuth, bin.range)).or_insert(colour);
    }
    for ((azimuth, range), colour) in told {
        let bearing_rad = ((f64::from(azimuth) + 0.5) * observed.size.azimuth_deg).to_radians();
        let distance_m = (f64::from(range) + 0.5) * observed.size.range_m;
        if let Some(there) = here.map(|here| here.travel(Geodesic { distance_m, bearing_rad })) {
            picture.mark((there.latitude_deg(), there.longitude_deg()), 7, colour);
        }
    }
    picture.mark((site.latitude_deg, site.longitude_deg), 11, [255, 220, 0, 255]);
    picture
}
