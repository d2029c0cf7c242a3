//! Every threshold of the tracker by name, with where its value comes from.

use geodesy::units::MPS_PER_KNOT;

/// One motion model of the horizontal filter bank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MotionModel {
    /// White acceleration density per axis, m²/s³.
    pub acceleration_density: f64,
    /// Density of the turn rate's random walk, rad²/s³; zero: the model flies straight.
    pub turn_density: f64,
    /// Turn rate with which a target enters this model, either way by its sign, rad/s: zero where
    /// the bank's own opinion is taken over.
    pub entry_turn: f64,
    /// Long-run share of time a target spends in this model, 0–1; the bank's shares sum to one.
    pub share: f64,
    /// Time constant with which the velocity of a target dies away that comes to stand, seconds; zero:
    /// it keeps it.
    pub rests_within_s: f64,
}

/// All thresholds. [`Default`] suits a mixed picture of radars and ADS-B.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackerConfig {
    /// The bank: straight, coordinated turn, hard manoeuvre, hard left, hard right. The first two
    /// after Bar-Shalom, Li, Kirubarajan, *Estimation with Applications to Tracking and
    /// Navigation* (2001), chapter 11, chosen by measurement on its turn test; the third covers
    /// turns of 1–3 g seen every 8–12 s: an acceleration a held for a time t between looks is
    /// about the density a²t. The last two are turns of 2 g at 250 m/s, which keep the speed and so
    /// say where in the third one's wide doubt the target is; they are computed only where a look
    /// is seconds after the last or a turn has begun.
    pub models: [MotionModel; 5],
    /// The same for targets that say they are on the ground: standing, taxiing, rolling for take-off or
    /// braking, turning left and right. A taxiway's turn of 90° takes ten seconds; 3 m/s² for half a
    /// minute lifts an airliner off.
    pub surface_models: [MotionModel; 5],
    /// Time constant with which the models' probabilities relax to their shares, seconds. The
    /// book's transition matrix [.95 .05; .10 .90] at 5 s is 32 s; 40 s serves mixed periods
    /// better and the turn test as well.
    pub model_relaxation_s: f64,
    /// Fastest turn believed, rad/s.
    pub turn_rate_max: f64,
    /// Fastest target, m/s. Also bounds how fast a shown track moves between two outputs: a
    /// correction that would break it is shown bit by bit, the rest in the covariance.
    pub speed_max_mps: f64,
    /// Shortest time between two outputs of the same track, seconds: the longer, the larger the
    /// correction that is shown at once. `None`: nobody watches the tracks move, show each
    /// estimate as it is.
    pub output_interval_s: Option<f64>,
    /// Standard deviation per axis of an unknown velocity at the first plot, m/s.
    pub speed_prior_sd_mps: f64,
    /// Normalised squared distance (two degrees of freedom) beyond which a plot without an
    /// address is not this track's: 16 keeps 99.97 %.
    pub gate: f64,
    /// The same for a plot that bears the track's address: 30 keeps all but 3e-7.
    pub gate_address: f64,
    /// Chance that a target within coverage yields a plot on one look.
    pub detection_probability: f64,
    /// Density of plots that belong to no track, per m² and scan, before a sensor's own is learnt.
    pub clutter_density: f64,
    /// Density of targets that appear without any code, per m² and scan: what a first bare echo is
    /// weighed against. One in ten scans over 500 km by 500 km.
    pub birth_density: f64,
    /// The same in the first scan of a sensor, when targets appear that were there before.
    pub standing_density: f64,
    /// Chance that a code or level is garbled.
    pub garble_probability: f64,
    /// Hypotheses that are followed where close tracks without a name could have been given each
    /// other's plots, 8 at most; one: every sector is decided at once.
    pub hypotheses_max: usize,
    /// Two hypotheses are in doubt where one is less likely by no more than this, as a logarithm: 5 is
    /// one in 150. Formations of other seeds have 33, 22 and 25 switches with 3, 5 and 8.
    pub doubt_nats: f64,
    /// What is shown changes to another hypothesis where that is likelier by this: below it, evidence
    /// is not worth the change.
    pub change_nats: f64,
    /// Looks of any sensor after which a decision stands, 16 at most: two that cross at 4 to 12 degrees
    /// are in each other's gate for half a minute, at two seconds a look.
    pub hypothesis_looks: usize,
    /// How long plots without an address wait so that one sector is decided at once, seconds.
    pub sector_hold_s: f64,
    /// A plot measured before its track's latest is taken in up to this much before it, seconds:
    /// where it belongs, so far as the track's last eight plots reach, else backward in time.
    pub late_window_s: f64,
    /// A plot older than this at receipt is refused as late, seconds.
    pub age_max_s: f64,
    /// A plot this far ahead of its receipt is refused, seconds.
    pub future_max_s: f64,
    /// Height assumed of a target that never told or showed one, metres.
    pub height_prior_m: f64,
    /// Its standard deviation, metres.
    pub height_prior_sd_m: f64,
    /// Standard deviation of geometric height minus pressure altitude before it is learnt, metres.
    pub height_offset_sd_m: f64,
    /// Plots that confirm a track by address.
    pub confirm_address: u8,
    /// Plots that confirm a track started by ADS-B (1: trust a globally decoded position at once).
    pub confirm_adsb: u8,
    /// Plots that confirm a track by Mode 3/A code.
    pub confirm_code: u8,
    /// Plots that confirm a track of primary echoes only.
    pub confirm_primary: u8,
    /// Log-likelihood ratio over clutter that confirmation without an address also needs.
    pub confirm_score: f64,
    /// Slowest primary-only target that is confirmed, m/s: below it, echoes are mostly ground.
    pub primary_speed_min_mps: f64,
    /// A track coasts when this many mean update intervals passed without a plot.
    pub coast_intervals: f64,
    /// A track that only ADS-B holds does not coast before this, seconds: positions come twice a
    /// second and are lost in bursts where a receiver is busy.
    pub coast_adsb_s: f64,
    /// A track ends after this many mean update intervals, plus [`Self::end_extra_s`]: measured
    /// to halve false track time against a fixed 40 s at equal completeness.
    pub end_intervals: f64,
    /// Seconds added to the above.
    pub end_extra_s: f64,
    /// Bounds of the above, seconds.
    pub end_bounds_s: (f64, f64),
    /// Longest time that a track may coast where, as far as sensors' reach is known, no radar sees it
    /// but one will see it again, seconds: 15 km at 250 m/s.
    pub gap_coast_s: f64,
    /// A track that only ADS-B holds coasts this long: receivers fade, no look is expected.
    pub end_adsb_s: f64,
    /// A track on the ground that only ADS-B holds is kept this long, seconds.
    pub end_ground_s: f64,
    /// Reports of one address that must contradict its track, and agree among themselves, before
    /// the track is given up for a new one there.
    pub contradictions: u8,
    /// Time those must span, seconds.
    pub contradiction_span_s: f64,
    /// Consecutive checks (one each [`Self::merge_period_s`]) on which two tracks must be one
    /// target before they are merged: the counting technique (Sagild, Hem, Brekke, FUSION 2021).
    pub merge_checks: u8,
    /// The same where one radar lately gave plots to both: two that fly close and are each missed
    /// one look in five are not seen apart on one look in three.
    pub merge_checks_rivals: u8,
    /// Seconds between those checks.
    pub merge_period_s: f64,
    /// Farthest correction a track may take and stay the same track, metres.
    pub correction_max_m: f64,
    /// Floor of an ADS-B or other reported position's standard deviation, metres.
    pub report_sd_min_m: f64,
    /// Standard deviation of a reported position that claims none, metres.
    pub report_sd_m: f64,
    /// Standard deviation of a report's time, seconds: latency on board and stamping at the
    /// receiver. Measured on a public recording of 70 airliners near Los Angeles, positions a
    /// second apart scatter 18 m along track and 2 m across at 230 m/s.
    pub report_time_sd_s: f64,
    /// The same where a report does not fit otherwise, seconds: on that recording one report in
    /// thirty is 1–2 s off along track and within metres across.
    pub report_time_slip_s: f64,
    /// Standard deviation of a reported velocity that claims none, m/s per axis.
    pub velocity_sd_mps: f64,
    /// Standard deviation of a radar's range rate, m/s: CAT048 tells whole metres a second, and
    /// parts of a target move against each other.
    pub range_rate_sd_mps: f64,
    /// Most tracks, tentative ones included.
    pub tracks_max: usize,
    /// Most plots waiting for their sector.
    pub pending_max: usize,
}

const fn model(
    acceleration_density: f64,
    turn_density: f64,
    entry_turn: f64,
    share: f64,
) -> MotionModel {
    MotionModel { acceleration_density, turn_density, entry_turn, share, rests_within_s: 0.0 }
}

impl TrackerConfig {
    /// The bank of a target in the air or on the ground.
    pub(crate) fn bank(&self, on_ground: bool) -> &[MotionModel; 5] {
        if on_ground { &self.surface_models } else { &self.models }
    }
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self {
            models: [
                model(0.05, 0.0, 0.0, 0.59),
                model(1.0, 5e-5, 0.0, 0.27),
                model(1000.0, 1e-5, 0.0, 0.08),
                model(30.0, 1e-4, 0.08, 0.03),
                model(30.0, 1e-4, -0.08, 0.03),
            ],
            surface_models: [
                MotionModel { rests_within_s: 1.5, ..model(0.003, 0.0, 0.0, 0.3) },
                model(0.3, 2e-3, 0.0, 0.45),
                model(8.0, 0.0, 0.0, 0.15),
                model(0.5, 1e-3, 0.12, 0.05),
                model(0.5, 1e-3, -0.12, 0.05),
            ],
            model_relaxation_s: 40.0,
            turn_rate_max: 0.25,
            speed_max_mps: 1000.0 * MPS_PER_KNOT,
            output_interval_s: Some(0.25),
            speed_prior_sd_mps: 170.0,
            gate: 16.0,
            gate_address: 30.0,
            detection_probability: 0.9,
            clutter_density: 1e-10,
            birth_density: 4e-13,
            standing_density: 4e-13,
            garble_probability: 0.01,
            hypotheses_max: 8,
            doubt_nats: 5.0,
            change_nats: 1.0,
            hypothesis_looks: 16,
            sector_hold_s: 0.4,
            late_window_s: 3.0,
            age_max_s: 30.0,
            future_max_s: 5.0,
            height_prior_m: 6_500.0,
            height_prior_sd_m: 3_000.0,
            height_offset_sd_m: 60.0,
            confirm_address: 2,
            confirm_adsb: 2,
            confirm_code: 2,
            confirm_primary: 3,
            confirm_score: 8.0,
            primary_speed_min_mps: 10.0,
            coast_intervals: 2.5,
            coast_adsb_s: 10.0,
            end_intervals: 5.0,
            end_extra_s: 2.0,
            end_bounds_s: (8.0, 40.0),
            gap_coast_s: 60.0,
            end_adsb_s: 60.0,
            end_ground_s: 180.0,
            contradictions: 4,
            contradiction_span_s: 1.5,
            merge_checks: 3,
            merge_checks_rivals: 10,
            merge_period_s: 4.0,
            correction_max_m: 5_000.0,
            report_sd_min_m: 5.0,
            report_sd_m: 30.0,
            report_time_sd_s: 0.07,
            report_time_slip_s: 0.7,
            velocity_sd_mps: 2.0,
            range_rate_sd_mps: 3.0,
            tracks_max: 200_000,
            pending_max: 65_536,
        }
    }
}
