//! What cannot be true of what an aircraft tells: kinds of doubt, and the limits behind them.

/// How much a doubt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Real aircraft do this too: a poor clock, a maker's slip. To be shown, not to be alerted on.
    Odd,
    /// No aircraft does this: what it tells is not what is there.
    Impossible,
    /// One identification at two places at once.
    Duplicate,
}

/// In what a doubt's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Metres.
    Metres,
    /// Metres per second.
    MetresPerSecond,
    /// Metres per second squared.
    MetresPerSecondSquared,
    /// Seconds.
    Seconds,
    /// A number of things.
    Count,
}

/// Kinds of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoubtKind {
    /// It moved faster than an aircraft can.
    Leap,
    /// It moved much faster than it tells, again and again.
    FasterThanTold,
    /// It tells that it moves, and its place does not change.
    StandsStill,
    /// Its velocity changed faster than an aircraft's can.
    Accelerates,
    /// Its place changed again and again at one and the same time of measurement.
    TimeStandsStill,
    /// Its time of measurement went back, more than once.
    TimeBackwards,
    /// Its sequence number stays as it is (DJI counts every message).
    SequenceStandsStill,
    /// It is farther from the receiver than its radio reaches.
    OutOfReach,
    /// Its operator or place of take-off is farther away than can be.
    OperatorImpossible,
    /// Its operator or place of take-off is farther away than one can see.
    OperatorFar,
    /// Its clock and ours disagree.
    ClockOff,
    /// Its message counter stays as it is though the content changes.
    CounterStandsStill,
    /// Its serial number is not as long as it says itself.
    SerialMalformed,
    /// Two transmitters tell its identification at places that one aircraft cannot be at.
    TwoPlaces,
}

impl DoubtKind {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        Self::Leap,
        Self::FasterThanTold,
        Self::StandsStill,
        Self::Accelerates,
        Self::TimeStandsStill,
        Self::TimeBackwards,
        Self::SequenceStandsStill,
        Self::OutOfReach,
        Self::OperatorImpossible,
        Self::OperatorFar,
        Self::ClockOff,
        Self::CounterStandsStill,
        Self::SerialMalformed,
        Self::TwoPlaces,
    ];

    /// What was found, as people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leap => "speed between positions",
            Self::FasterThanTold => "speed between positions beyond the speed told",
            Self::StandsStill => "position unchanged while telling motion",
            Self::Accelerates => "change of the velocity told",
            Self::TimeStandsStill => "positions told for one time",
            Self::TimeBackwards => "time told goes back",
            Self::SequenceStandsStill => "sequence number unchanged",
            Self::OutOfReach => "distance from the receiver",
            Self::OperatorImpossible | Self::OperatorFar => "distance from its operator",
            Self::ClockOff => "time told against receipt",
            Self::CounterStandsStill => "contents under one counter",
            Self::SerialMalformed => "length of the serial number",
            Self::TwoPlaces => "distance between two transmitters of one identification",
        }
    }

    /// How much it says.
    pub const fn grade(self) -> Grade {
        match self {
            Self::OperatorFar
            | Self::ClockOff
            | Self::CounterStandsStill
            | Self::SerialMalformed => Grade::Odd,
            Self::TwoPlaces => Grade::Duplicate,
            _ => Grade::Impossible,
        }
    }

    /// In what its numbers are.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Leap | Self::FasterThanTold => Unit::MetresPerSecond,
            Self::Accelerates => Unit::MetresPerSecondSquared,
            Self::StandsStill
            | Self::TimeBackwards
            | Self::SequenceStandsStill
            | Self::ClockOff => Unit::Seconds,
            Self::OutOfReach | Self::OperatorImpossible | Self::OperatorFar | Self::TwoPlaces => {
                Unit::Metres
            }
            Self::TimeStandsStill | Self::CounterStandsStill | Self::SerialMalformed => Unit::Count,
        }
    }
}

/// Something told that cannot be, or hardly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// Which kind.
    pub kind: DoubtKind,
    /// What was found, in the kind's unit.
    pub found: f64,
    /// What it was held against.
    pub limit: f64,
}

/// What is held against what. The defaults are generous: an alert costs people's time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Fastest that an aircraft with Remote ID flies, m/s. The classes C0–C6 end at 50 m/s
    /// (Regulation (EU) 2019/945), racing quadcopters reach 60.
    pub speed_max_mps: f64,
    /// By how much a measured speed may be above the one told, m/s.
    pub speed_slack_mps: f64,
    /// Fastest change of velocity, m/s².
    pub acceleration_max_mps2: f64,
    /// How long an aircraft that moves may tell one position, seconds. The standard asks for a new
    /// one each second.
    pub still_max_s: f64,
    /// By how much its clock may be off, seconds.
    pub clock_max_s: f64,
    /// How far an operator sees and steers, metres. Receivers in use take 15 km.
    pub operator_far_m: f64,
    /// How far away an operator cannot be even beyond line of sight, metres.
    pub operator_max_m: f64,
    /// How far Wi-Fi and Bluetooth of an aircraft reach, metres.
    pub radio_reach_m: f64,
    /// How far apart two transmitters of one aircraft may tell that it is, metres, beside its motion.
    pub apart_max_m: f64,
    /// How long after its last sight a doubt is told, seconds.
    pub hold_s: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            speed_max_mps: 70.0,
            speed_slack_mps: 15.0,
            acceleration_max_mps2: 60.0,
            still_max_s: 3.0,
            clock_max_s: 10.0,
            operator_far_m: 15_000.0,
            operator_max_m: 100_000.0,
            radio_reach_m: 30_000.0,
            apart_max_m: 300.0,
            hold_s: 30.0,
        }
    }
}
