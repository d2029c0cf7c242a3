//! Every threshold that a file may give: its name, unit, range and what it means.

use super::value::Slot;
use crate::engine::AlertSetup;
use alert::rules::conflict::{
    FormationLimits, LATERAL_MAX_M, LOOK_AHEAD_MAX_S, Thresholds, Volume,
};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};

/// One threshold of what an `S` is told.
pub(in crate::config) struct Key<S = AlertSetup> {
    pub(in crate::config) rule: &'static str,
    /// Its unit stands last.
    pub(in crate::config) name: &'static str,
    /// What one of its unit is in SI.
    pub(in crate::config) scale: f64,
    /// Least and most, in its unit.
    pub(in crate::config) range: (f64, f64),
    pub(in crate::config) at: fn(&mut S) -> Vec<Slot<'_>>,
    /// What it is, for the manual.
    pub(in crate::config) about: &'static str,
}

/// Metres, seconds, counts and shares are given as they are.
const ONE: f64 = 1.0;
const NM: f64 = METRES_PER_NM;
const FT: f64 = METRES_PER_FOOT;
const KT: f64 = MPS_PER_KNOT;
const FPM: f64 = MPS_PER_FPM;
const DEG: f64 = std::f64::consts::PI / 180.0;

/// Anything above nothing.
const SOME: (f64, f64) = (f64::MIN_POSITIVE, 1e9);
/// Anything, and nothing.
const ANY: (f64, f64) = (0.0, 1e9);
const SHARE: (f64, f64) = (0.001, 1.0);
/// A factor by which what stands is wider.
const WIDER: (f64, f64) = (1.0, 10.0);
const TIMES: (f64, f64) = (1.0, 200.0);
/// With the factor of the exit it stays below the rule's own bound.
const LATERAL: (f64, f64) = (f64::MIN_POSITIVE, LATERAL_MAX_M / METRES_PER_NM);
const AHEAD: (f64, f64) = (f64::MIN_POSITIVE, LOOK_AHEAD_MAX_S);
/// Of NIC and NACp.
const CATEGORY: (f64, f64) = (1.0, 11.0);
/// Cells of 86,800 km² to those of 5 km²: with larger ones a share says nothing of a place, in
/// smaller ones there are never enough aircraft.
const RESOLUTION: (f64, f64) = (2.0, 7.0);

macro_rules! table {
    ($($rule:ident { $($name:ident $unit:ident $range:ident $kind:ident $($field:ident).+ : $about:literal;)*
        $(| $special:ident $s_unit:ident $s_range:ident $at:expr, $s_about:literal;)* })*) => {
        &[$(
            $(Key {
                rule: stringify!($rule),
                name: stringify!($name),
                scale: $unit,
                range: $range,
                at: |setup| vec![Slot::$kind(&mut setup.$($field).+)],
                about: $about,
            },)*
            $(Key {
                rule: stringify!($rule),
                name: stringify!($special),
                scale: $s_unit,
                range: $s_range,
                at: $at,
                about: $s_about,
            },)*
        )*]
    };
}

pub(in crate::config) use table;

/// By rule. What comes later in a rule is set later: the wider key first.
pub(super) const TABLE: &[Key] = table! {
    adherence {
        lateral_nm NM SOME Real keeping.lateral_m: "farther beside its route it is off it";
        lateral_exit_nm NM SOME Real adherence.lateral_exit_m: "nearer than this it is back on it";
        lateral_caution_nm NM SOME Real adherence.lateral_caution_m: "farther is a caution";
        level_ft FT SOME Real keeping.level_m: "farther from its level it is off it";
        level_exit_ft FT SOME Real adherence.level_exit_m: "nearer than this it is back at it";
        level_age_s ONE SOME Real adherence.level_age_max_s: "a level told longer ago is not known";
        terminal_nm NM ANY Real keeping.terminal_m: "nearer to either end of its route the planned level does not count";
        revision_nm NM ANY Real keeping.revision_m: "so far around a change of the planned level either counts";
        settling_fpm FPM SOME Real keeping.settling_mps: "climbing or descending faster towards its level it is not off it";
        speed_min_kt KT SOME Real keeping.speed_min_mps: "slower, no time over the next point is told";
        coasting_s ONE SOME Real adherence.coasting_s: "a track not updated for longer is not looked at";
    }
    area {
        horizon_s ONE AHEAD Real area.horizon_s: "how far ahead an entry is looked for";
        exit_factor ONE WIDER Real area.exit_factor: "a predicted entry stays told up to this many horizons";
        exit_distance_nm NM SOME Real area.exit_distance_m: "an infringement lasts until so far outside";
        exit_height_ft FT SOME Real area.exit_height_m: "or so far above or below";
        unseen_within_nm NM ANY Real area.unseen_within_m: "first seen inside and nearer to a border than this, it may have crossed it; 0: never";
        young_s ONE ANY Real area.young_s: "younger tracks are not looked at ahead";
        drift_nm NM SOME Real area.drift_max_m: "looked at ahead only as long as a track drifts by no more";
        coasting_s ONE SOME Real area.coasting_s: "not updated for longer, a track is not looked at ahead";
        lost_s ONE SOME Real area.lost_s: "not updated for longer, it is not looked at";
        height_age_s ONE SOME Real area.heights.age_max_s: "a level told longer ago is not known";
        height_sd_ft FT SOME Real area.heights.sd_max_m: "a measured height less certain is none";
        level_rate_fpm FPM SOME Real area.level_rate_mps: "slower climbs and descents count as level";
        kinds ONE ANY Watched area.watched: "kinds of airspace whose entry is an alert, each with its severity";
        borders ONE ANY Kinds area.borders: "kinds of airspace whose edge is a border";
        border_parties ONE ANY Parties area.border_parties: "whose borders alone count; empty: all";
    }
    code_change {
        tellings ONE TIMES Whole code_change.tellings: "plots in a row that must tell the new code";
        boundary_nm NM ANY Real code_change.boundary_m: "codes are changed so near a FIR boundary";
        aerodrome_nm NM ANY Real code_change.aerodrome_m: "and so near an aerodrome";
        aerodrome_height_ft FT ANY Real code_change.aerodrome_height_m: "up to this height over it";
        conspicuity ONE ANY Codes code_change.conspicuity: "codes that many have here";
    }
    conflict {
        speed_min_kt KT SOME Real conflict.speed_min_mps: "slower tracks are not looked at";
        speed_max_kt KT SOME Real conflict.speed_max_mps: "faster ones are not believed";
        young_s ONE ANY Real conflict.young_s: "younger tracks are not looked at ahead";
        drift_nm NM SOME Real conflict.drift_max_m: "looked at ahead only as long as a track drifts by no more";
        coasting_s ONE SOME Real conflict.coasting_s: "not updated for longer, a track is not looked at ahead";
        lost_s ONE SOME Real conflict.lost_s: "not updated for longer, it is not looked at";
        height_age_s ONE SOME Real conflict.heights.age_max_s: "a level told longer ago is not known";
        height_sd_ft FT SOME Real conflict.heights.sd_max_m: "a measured height less certain is none";
        level_rate_fpm FPM SOME Real conflict.level_rate_mps: "slower climbs and descents count as level";
        level_step_ft FT SOME Real conflict.level_step_m: "levels are multiples of this";
        level_tolerance_ft FT ANY Real conflict.level_tolerance_m: "so far past a level it is still the one aimed at";
        looks_on ONE TIMES Byte conflict.looks_on: "updates in a row that begin what is not imminent";
        looks_off ONE TIMES Byte conflict.looks_off: "updates in a row that end it";
        exit_factor ONE WIDER Real conflict.exit_factor: "what stands is held against separations wider by this";
        civil_civil ONE ANY Flag conflict.kinds.civil_civil: "whether two civil flights are looked at";
        civil_military ONE ANY Flag conflict.kinds.civil_military: "a civil and a military one";
        military_military ONE ANY Flag conflict.kinds.military_military: "two military ones";
        military_codes ONE ANY Ranges conflict.kinds.military: "codes of military flights, as 4400-4477";
        visual_codes ONE ANY Codes conflict.visual_codes: "two of these codes see to their own separation";
        same_target_lateral_nm NM SOME Real conflict.same_target.lateral_m: "two tracks of one address or discrete code, nearer than this";
        same_target_vertical_ft FT SOME Real conflict.same_target.vertical_m: "and this, are one target";
        | lateral_nm NM LATERAL |setup| of_all(setup, lateral), "nearer across, now or ahead";
        | current_lateral_nm NM LATERAL |setup| of_all(setup, |t| vec![&mut t.current.lateral_m]), "the same, now alone";
        | predicted_lateral_nm NM LATERAL |setup| of_all(setup, |t| vec![&mut t.predicted.lateral_m]), "the same, ahead alone";
        | vertical_ft FT SOME |setup| of_low(setup, vertical), "nearer up and down, now or ahead, up to FL410";
        | current_vertical_ft FT SOME |setup| of_low(setup, |t| vec![&mut t.current.vertical_m]), "the same, now alone";
        | predicted_vertical_ft FT SOME |setup| of_low(setup, |t| vec![&mut t.predicted.vertical_m]), "the same, ahead alone";
        | above_fl410_vertical_ft FT SOME |setup| of_high(setup, vertical), "nearer up and down above FL410";
        | look_ahead_s ONE AHEAD |setup| of_all(setup, |t| vec![&mut t.look_ahead_s]), "how far ahead";
        | past_level_s ONE ANY |setup| of_all(setup, |t| vec![&mut t.past_level_s]), "what comes about only past the next level is told so long before";
        | past_cleared_s ONE ANY |setup| of_all(setup, |t| vec![&mut t.past_cleared_s]), "and past a level known to be cleared";
        | imminent_s ONE ANY |setup| of_all(setup, |t| vec![&mut t.imminent_s]), "nearer in time is a warning and waits for no count";
        | formations ONE ANY |setup| vec![Slot::Formations(&mut setup.conflict.formation)], "whether formations are left alone";
        | formation_lateral_nm NM LATERAL |setup| formation(setup, |f| &mut f.within.lateral_m), "two that were nearer than this";
        | formation_vertical_ft FT SOME |setup| formation(setup, |f| &mut f.within.vertical_m), "and this";
        | formation_speed_kt KT SOME |setup| formation(setup, |f| &mut f.relative_speed_mps), "and no faster against each other are a formation";
        | formation_exit_factor ONE WIDER |setup| formation(setup, |f| &mut f.exit_factor), "until they are farther apart by this factor";
        | formation_joined_s ONE SOME |setup| formation(setup, |f| &mut f.joined_within_s), "if they were so young when first seen so";
        | volume ONE ANY |setup| vec![Slot::Volumes(&mut setup.conflict.volumes)], "where other separations hold, or none; see below";
    }
    cooperation {
        lost_s ONE SOME Real cooperation.lost_s: "told codes, and echoes alone for so long: lost transponder";
        primary_s ONE SOME Real cooperation.primary_s: "echoes alone from the first for so long: tells nothing of itself";
        speed_min_kt KT SOME Real cooperation.speed_min_mps: "and at least so fast for certain";
        speed_exit_kt KT SOME Real cooperation.speed_exit_mps: "until slower than this";
        held_s ONE SOME Real cooperation.held_s: "an echo this old still holds a track";
    }
    disagreement {
        floor_nm NM SOME Real trust.floor_m: "nearer, claim and measurement never disagree";
        gate ONE SOME Real trust.gate: "square of the distance in standard deviations beyond which they do";
        bias_range_m ONE ANY Real trust.bias_range_m: "what a radar's range may be off beside what is estimated";
        bias_azimuth_deg DEG ANY Real trust.bias_azimuth_rad: "and its azimuth";
        latency_s ONE ANY Real trust.latency_s: "what stamps may be off";
        claim_sd_m ONE SOME Real trust.claim_sd_m: "standard deviation of a claim that tells none";
        claim_sd_max_m ONE SOME Real trust.claim_sd_max_m: "and at most, whatever it tells";
        mlat_sd_m ONE SOME Real trust.mlat_sd_m: "standard deviation of an MLAT position that tells none";
        height_sd_ft FT SOME Real trust.height_sd_m: "of a height known from the level alone";
        apart_s ONE SOME Real trust.apart_max_s: "farther apart in time they are not compared";
        velocity_age_s ONE SOME Real trust.velocity_max_s: "an older velocity carries no claim on";
        acceleration_mps2 ONE SOME Real trust.acceleration_mps2: "what a claim's target may do since";
        speed_max_kt KT SOME Real trust.speed_max_mps: "speed it may have where it tells none";
        of ONE TIMES Byte trust.of: "of so many comparisons";
        begin ONE TIMES Byte trust.begin: "so many must disagree to begin";
        end ONE ANY Byte trust.end: "and so many may at the end";
        hold_s ONE SOME Real trust.hold_s: "a finding not compared again for so long is over";
        forget_s ONE SOME Real trust.forget_s: "an address not heard for so long is forgotten";
    }
    duplicate {
        code_range_nm NM SOME Real duplicate.code_range_m: "two targets of one discrete code, nearer than this";
        address_distance_nm NM SOME Real duplicate.address_distance_m: "two tracks of one address, farther apart than this beyond what they may have flown";
        exit_share ONE SHARE Real duplicate.exit_share: "until nearer than this share of it";
        fresh_s ONE SOME Real duplicate.fresh_s: "tracks not updated for longer do not count";
        twin_distance_nm NM SOME Real trust.twin_distance_m: "one address heard by turns at two places so far apart";
        twin_speed_kt KT SOME Real trust.twin_speed_mps: "beyond what is flown at this speed";
        twin_turns ONE TIMES Short trust.twin_turns: "so many turns from one to the other";
        twin_s ONE ANY Real trust.twin_s: "over so long at least";
        conspicuity ONE ANY Codes duplicate.conspicuity: "codes that many have here";
    }
    emergency {
        tellings ONE TIMES Whole emergency.tellings: "plots in a row that must tell the code";
    }
    lost_track {
        plots_min ONE TIMES Whole lost_track.plots_min: "plots that a track must have had";
        range_share ONE SHARE Real lost_track.range_share: "share of a sensor's range within which it should see";
        range_nm NM SOME Real lost_track.range_m: "range of a radar that has none in the file";
        station_range_nm NM SOME Real lost_track.station_range_m: "of an ADS-B station or MLAT system alike";
        margin_ft FT ANY Real lost_track.margin_m: "so far over the radio horizon of a smooth earth";
        aerodrome_nm NM ANY Real lost_track.aerodrome_m: "so near an aerodrome it lands";
        aerodrome_height_ft FT ANY Real lost_track.aerodrome_height_m: "up to this height over it; descending, up to twice";
        descent_fpm FPM SOME Real lost_track.descent_mps: "what counts as descending";
        unheard_s ONE SOME Real lost_track.unheard_s: "told so long after its last plot";
    }
    low_slow {
        height_ft FT SOME Real low_slow.height_m: "lower over the ground";
        height_exit_ft FT SOME Real low_slow.height_exit_m: "until higher than this";
        speed_kt KT SOME Real low_slow.speed_mps: "and slower";
        speed_exit_kt KT SOME Real low_slow.speed_exit_mps: "until faster than this";
        speed_min_kt KT SOME Real low_slow.speed_min_mps: "and at least so fast";
        aerodrome_nm NM ANY Real low_slow.aerodrome_m: "but not so near an aerodrome";
        height_sd_ft FT SOME Real low_slow.height_sd_m: "a measured height less certain is none";
    }
    navigation {
        resolution ONE RESOLUTION Byte navigation.resolution: "of the H3 grid: 4 is cells of 1,770 km²";
        nic_min ONE CATEGORY Byte navigation.nic_min: "precise from this NIC on";
        nac_p_min ONE CATEGORY Byte navigation.nac_p_min: "and this NACp";
        proven_s ONE SOME Real navigation.proven_s: "an aircraft precise for so long can be";
        share ONE SHARE Real navigation.share: "a cell in which this share of those no longer is";
        share_exit ONE SHARE Real navigation.share_exit: "until it is less";
        degraded_min ONE TIMES Whole navigation.degraded_min: "and at least so many are not";
        lasting_s ONE ANY Real navigation.lasting_s: "for so long";
        window_s ONE SOME Real navigation.window_s: "an aircraft's last word counts so long";
    }
    remote_id {
        speed_max_kt KT SOME Real remote_id.speed_max_mps: "faster is impossible";
        speed_slack_kt KT ANY Real remote_id.speed_slack_mps: "by which a measured speed may be above the one told";
        acceleration_max_mps2 ONE SOME Real remote_id.acceleration_max_mps2: "a faster change of velocity is impossible";
        still_max_s ONE SOME Real remote_id.still_max_s: "how long what moves may tell one position";
        clock_max_s ONE SOME Real remote_id.clock_max_s: "how far its clock may be off";
        operator_far_nm NM SOME Real remote_id.operator_far_m: "a farther operator does not see it";
        operator_max_nm NM SOME Real remote_id.operator_max_m: "a farther one is impossible";
        radio_reach_nm NM SOME Real remote_id.radio_reach_m: "heard from farther away is impossible";
        apart_max_m ONE SOME Real remote_id.apart_max_m: "two transmitters of one aircraft are no farther apart";
        hold_s ONE SOME Real remote_id.hold_s: "a doubt is told so long after its last sight";
    }
    sensor {
        detection_min ONE SHARE Real sensor.detection_min: "share of expected plots that must come";
        detection_exit ONE SHARE Real sensor.detection_exit: "until this share does";
        defects_max ONE SHARE Real health.defects_max: "degraded where more than this share of its messages has defects";
        silent_s ONE SOME Real health.silent_s: "silent after so long without a word, at least";
        silent_turns ONE SOME Real health.silent_turns: "and after so many of its turns";
        silent_intervals ONE SOME Real health.silent_intervals: "and after so many of the intervals at which it usually speaks";
        chance_sds ONE ANY Real sensor.chance_sds: "standard deviations of chance that it must be below to begin";
        expected_min ONE TIMES Whole sensor.expected_min: "of so many expected plots at least";
        range_bias_m ONE SOME Real sensor.range_m: "systematic error of range";
        azimuth_bias_deg DEG SOME Real sensor.azimuth_rad: "of azimuth";
        time_bias_s ONE SOME Real sensor.time_s: "of time stamps";
        bias_exit_share ONE SHARE Real sensor.bias_exit_share: "until below this share of it";
        cover_share ONE SHARE Real detection.range_share: "share of a sensor's range within which plots are expected";
        cover_range_nm NM SOME Real detection.range_m: "range of a radar that has none in the file";
        cover_station_range_nm NM SOME Real detection.station_range_m: "of an MLAT system alike";
        cover_margin_ft FT ANY Real detection.margin_m: "so far over the radio horizon of a smooth earth";
        turns_max ONE TIMES Whole detection.turns_max: "a target missed for more turns has left";
        lag_s ONE ANY Real detection.lag_s: "plots of one instant arrive within this";
        expected_plots ONE SOME Whole detection.expected: "a share is of the last so many expected plots";
        window_s ONE SOME Real detection.window_s: "or of those within this time";
    }
    terrain {
        margin_now_ft FT SOME Real terrain.margin_now_m: "nearer to the highest ground around";
        margin_ahead_ft FT SOME Real terrain.margin_ahead_m: "nearer to it ahead";
        exit_margin_ft FT ANY Real terrain.exit_margin_m: "until farther by this";
        width_nm NM SOME Real terrain.width_m: "ground within this of its way counts";
        look_ahead_s ONE AHEAD Real terrain.look_ahead_s: "how far ahead";
        descent_s ONE ANY Real terrain.descent_s: "a descent to no known level is followed so long";
        imminent_s ONE ANY Real terrain.imminent_s: "nearer in time is a warning";
        qnh_tolerance_hpa ONE ANY Real terrain.qnh_tolerance_hpa: "what the pressure may be off where no QNH is known";
        height_age_s ONE SOME Real terrain.heights.age_max_s: "a level told longer ago is not known";
        height_sd_ft FT SOME Real terrain.heights.sd_max_m: "a measured height less certain is none";
        level_rate_fpm FPM SOME Real terrain.level_rate_mps: "slower climbs and descents count as level";
        young_s ONE ANY Real terrain.young_s: "younger tracks are not looked at ahead";
        drift_nm NM SOME Real terrain.drift_max_m: "looked at ahead only as long as a track drifts by no more";
        coasting_s ONE SOME Real terrain.coasting_s: "not updated for longer, a track is not looked at ahead";
        lost_s ONE SOME Real terrain.lost_s: "not updated for longer, it is not looked at";
        aerodrome_nm NM ANY Real terrain.aerodrome_radius_m: "silent so near an aerodrome";
        aerodrome_top_ft FT ANY Real terrain.aerodrome_top_m: "up to this over it";
        visual_codes ONE ANY Codes terrain.visual_codes: "codes of flights that look out for themselves";
        inhibited ONE ANY Inhibited terrain.inhibited: "where the rule is silent beside; see below";
    }
    unmanned {
        speed_max_kt KT SOME Real unmanned.speed_max_mps: "faster is impossible";
        acceleration_max_mps2 ONE SOME Real unmanned.acceleration_max_mps2: "a faster change of velocity is impossible";
        apart_min_s ONE SOME Real unmanned.apart_min_s: "messages nearer in time are not differenced";
        jump_min_m ONE SOME Real unmanned.jump_min_m: "a shorter jump is none";
        accuracy_m ONE SOME Real unmanned.accuracy_m: "accuracy of a position that tells none";
        accuracy_max_m ONE SOME Real unmanned.accuracy_max_m: "and at worst, whatever it tells";
        delay_s ONE ANY Real unmanned.delay_s: "stamps are farther apart than their hearing by no more";
        place_s ONE SOME Real unmanned.place_s: "a place not heard for so long is forgotten";
        settle_s ONE SOME Real unmanned.settle_s: "a jump is told once the place before was not heard for so long";
        trackless_s ONE ANY Real unmanned.trackless_s: "an ID without a track is told after so long";
        forget_s ONE SOME Real unmanned.forget_s: "an ID not heard for so long is forgotten";
    }
};

/// What of a volume's thresholds a key is.
type OfVolume = fn(&mut Thresholds) -> Vec<&mut f64>;

/// Keys of one `[[alerts.conflict.volume]]`, named as in `[alerts.conflict]`.
pub(super) const OF_VOLUME: &[(&str, OfVolume)] = &[
    ("lateral_nm", lateral),
    ("current_lateral_nm", |t| vec![&mut t.current.lateral_m]),
    ("predicted_lateral_nm", |t| vec![&mut t.predicted.lateral_m]),
    ("vertical_ft", vertical),
    ("current_vertical_ft", |t| vec![&mut t.current.vertical_m]),
    ("predicted_vertical_ft", |t| vec![&mut t.predicted.vertical_m]),
    ("look_ahead_s", |t| vec![&mut t.look_ahead_s]),
    ("past_level_s", |t| vec![&mut t.past_level_s]),
    ("past_cleared_s", |t| vec![&mut t.past_cleared_s]),
    ("imminent_s", |t| vec![&mut t.imminent_s]),
];

type Of = fn(&mut Thresholds) -> Vec<&mut f64>;

fn lateral(of: &mut Thresholds) -> Vec<&mut f64> {
    vec![&mut of.current.lateral_m, &mut of.predicted.lateral_m]
}

fn vertical(of: &mut Thresholds) -> Vec<&mut f64> {
    vec![&mut of.current.vertical_m, &mut of.predicted.vertical_m]
}

fn of_all(setup: &mut AlertSetup, of: Of) -> Vec<Slot<'_>> {
    // The volume below first: the defaults that are shown are its.
    slots(setup.conflict.volumes.iter_mut().rev(), of)
}

/// Above FL410, twice the separation is kept: what is said of the levels below does not hold there.
fn of_low(setup: &mut AlertSetup, of: Of) -> Vec<Slot<'_>> {
    slots(setup.conflict.volumes.iter_mut().rev().take(1), of)
}

fn of_high(setup: &mut AlertSetup, of: Of) -> Vec<Slot<'_>> {
    slots(setup.conflict.volumes.iter_mut().take(1), of)
}

fn slots<'a>(volumes: impl Iterator<Item = &'a mut Volume>, of: Of) -> Vec<Slot<'a>> {
    let thresholds = volumes.filter_map(|volume| volume.thresholds.as_mut());
    thresholds.flat_map(of).map(Slot::Real).collect()
}

fn formation(setup: &mut AlertSetup, of: fn(&mut FormationLimits) -> &mut f64) -> Vec<Slot<'_>> {
    setup.conflict.formation.as_mut().map(|limits| Slot::Real(of(limits))).into_iter().collect()
}

/// Two thresholds of which the first may not be above the second.
pub(in crate::config) struct Order {
    pub(in crate::config) rule: &'static str,
    pub(in crate::config) lower: &'static str,
    pub(in crate::config) upper: &'static str,
    /// Which of them begins an alert; the other, that ends it, goes with it where the file leaves
    /// it out.
    pub(in crate::config) begins: Option<Begins>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::config) enum Begins {
    Lower,
    Upper,
    /// The lower one, and what is left of both to one goes in proportion.
    LowerOfOne,
}

const fn begins(
    rule: &'static str,
    lower: &'static str,
    upper: &'static str,
    which: Begins,
) -> Order {
    Order { rule, lower, upper, begins: Some(which) }
}

pub(in crate::config) const fn order(
    rule: &'static str,
    lower: &'static str,
    upper: &'static str,
) -> Order {
    Order { rule, lower, upper, begins: None }
}

/// All that belong together so.
pub(super) const ORDERS: &[Order] = &[
    begins("adherence", "lateral_exit_nm", "lateral_nm", Begins::Upper),
    begins("adherence", "lateral_nm", "lateral_caution_nm", Begins::Lower),
    begins("adherence", "level_exit_ft", "level_ft", Begins::Upper),
    order("area", "coasting_s", "lost_s"),
    order("conflict", "coasting_s", "lost_s"),
    order("conflict", "speed_min_kt", "speed_max_kt"),
    begins("cooperation", "speed_exit_kt", "speed_min_kt", Begins::Upper),
    order("disagreement", "begin", "of"),
    begins("disagreement", "end", "begin", Begins::Upper),
    order("disagreement", "claim_sd_m", "claim_sd_max_m"),
    order("low_slow", "speed_min_kt", "speed_kt"),
    begins("low_slow", "height_ft", "height_exit_ft", Begins::Lower),
    begins("low_slow", "speed_kt", "speed_exit_kt", Begins::Lower),
    begins("navigation", "share_exit", "share", Begins::Upper),
    order("remote_id", "operator_far_nm", "operator_max_nm"),
    begins("sensor", "detection_min", "detection_exit", Begins::LowerOfOne),
    order("terrain", "coasting_s", "lost_s"),
    order("unmanned", "accuracy_m", "accuracy_max_m"),
];
