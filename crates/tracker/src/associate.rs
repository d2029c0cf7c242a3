//! How well a plot suits a track: position, level and codes as one log-likelihood ratio.
//!
//! The ratio is "this track's" over "nobody's I know": the density of the plot under the track's
//! bank over the sensor's density of stray plots, times how much likelier its codes and level are
//! if it is the same aircraft.

use crate::TrackerConfig;
use crate::motion::Fix;
use crate::range_rate::BEST_RATIO;
use crate::site::Site;
use crate::target::{Look, Target};
use surveillance::{Measurement, Mode3A, Phase, Plot, PlotOrigin};

/// A plot weighed against a track.
pub(crate) struct Weighed {
    pub(crate) look: Look,
    pub(crate) fix: Fix,
    /// Log-likelihood ratio; positive: rather this track's than a stray.
    pub(crate) gain: f64,
    /// Normalised squared distance.
    pub(crate) distance2: f64,
}

/// Four thousand codes, of which a discrete one is one.
const CODES: f64 = 4096.0;
/// Levels spread over this much sky if they are of another aircraft, m.
const LEVELS_M: f64 = 12_000.0;
/// Chance that a reply of a cooperative aircraft is not decoded, leaving a bare echo.
const BARE_ECHO: f64 = 0.08;

/// `None` if the plot cannot be the track's.
pub(crate) fn weigh(
    target: &Target,
    plot: &Plot,
    site: &Site,
    gate: f64,
    config: &TrackerConfig,
) -> Option<Weighed> {
    if looked_at_already(target, plot, site) {
        return None;
    }
    let codes = code_ratio(target, plot, config)?;
    let level = level_ratio(target, plot, config);
    let look = target.look(plot.time, config)?;
    let fix = target.fix(plot, site, &look, config)?;
    let fit = Target::fit(&look, &fix)?;
    if fit.distance2 > gate {
        return None;
    }
    let established = if target.phase == Phase::Tentative { -1.0 } else { 0.0 };
    let gain = fit.log_density + config.detection_probability.ln() - site.density(plot).ln()
        + codes
        + level
        + target.range_rate_ratio(plot, site, &look, &fix, config)
        + established;
    Some(Weighed { look, fix, gain, distance2: fit.distance2 })
}

/// Whether a plot may be rather a track's than a stray, at what of both's reach it is away
/// (squared), `best` being what position and range rate can say at best: a bound on [`weigh`]'s gain that spares predicting the track. Reach is at least
/// four standard deviations.
pub(crate) fn may_suit(
    target: &Target,
    plot: &Plot,
    best: f64,
    share2: f64,
    config: &TrackerConfig,
) -> bool {
    let Some(codes) = code_ratio(target, plot, config) else { return false };
    let away = 0.5 * 16.0 * share2;
    codes + level_ratio(target, plot, config) + best > away
}

/// Log-likelihood ratio of a plot's position and range rate if both were just as its track is expected
/// and the track were certain: they cannot say more.
pub(crate) fn best_density(plot: &Plot, site: &Site) -> f64 {
    match plot.measurement {
        Some(Measurement::Polar { slant_range_m, .. }) => {
            let area = site.accuracy.range_m * slant_range_m * site.accuracy.azimuth_rad;
            let told = plot.range_rate_mps.and(site.range_rates.sign());
            let range_rate = if told.is_some() { BEST_RATIO } else { 0.0 };
            range_rate - (std::f64::consts::TAU * area * site.density(plot)).ln()
        }
        _ => f64::INFINITY,
    }
}

/// A rotating radar sees a target once a turn: a second plot is another target's.
fn looked_at_already(target: &Target, plot: &Plot, site: &Site) -> bool {
    site.radar.is_some()
        && matches!(plot.origin, PlotOrigin::Primary | PlotOrigin::Secondary)
        && target
            .last_of(plot.sensor)
            .is_some_and(|last| plot.time.seconds_since(last).abs() < 0.5 * site.period_s)
}

/// Log-likelihood ratio of the codes; `None` where they exclude the track.
fn code_ratio(target: &Target, plot: &Plot, config: &TrackerConfig) -> Option<f64> {
    if let (Some(a), Some(b)) = (target.codes.address, plot.codes.address)
        && a != b
    {
        return None;
    }
    let garble = config.garble_probability;
    Some(match (target.codes.mode_3a, plot.codes.mode_3a) {
        (Some(a), Some(b)) if a == b => same_code(a, garble),
        (Some(_), Some(_)) => garble.ln(),
        // an echo without its reply is possible; a reply from one who never replies less so
        (Some(_), None) if plot.codes.address.is_none() => BARE_ECHO.ln(),
        (None, Some(_)) if target.hits >= 3 && target.codes.address.is_none() => -4.0,
        _ => 0.0,
    })
}

fn same_code(code: Mode3A, garble: f64) -> f64 {
    let share = if code.is_shared() { 0.1 } else { 1.0 / CODES };
    ((1.0 - garble) / share).ln()
}

fn level_ratio(target: &Target, plot: &Plot, config: &TrackerConfig) -> f64 {
    let Some(level) = &plot.pressure_altitude else { return 0.0 };
    let Some(distance) = target.vertical.distance_to(level, plot.time) else { return 0.0 };
    let sd_m = 100.0;
    let fits = (-0.5 * distance * distance).exp() / (sd_m * std::f64::consts::TAU.sqrt());
    ((1.0 - config.garble_probability) * fits * LEVELS_M + config.garble_probability).ln()
}
