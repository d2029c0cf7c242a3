//! Every word of an accord, and what it means.

use schemars::JsonSchema;
use serde::Deserialize;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident => $meaning:ty { $($(#[$vdoc:meta])* $word:ident => $value:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub(crate) enum $name { $($(#[$vdoc])* $word,)* }

        impl $name {
            pub(crate) const fn meaning(self) -> $meaning {
                match self { $(Self::$word => $value,)* }
            }
        }
    };
}

words!(/// Standard identity.
IdentityName => picture::Identity {
    Pending => picture::Identity::Pending,
    Unknown => picture::Identity::Unknown,
    AssumedFriend => picture::Identity::AssumedFriend,
    Friend => picture::Identity::Friend,
    Neutral => picture::Identity::Neutral,
    Suspect => picture::Identity::Suspect,
    Hostile => picture::Identity::Hostile,
    Civil => picture::Identity::Civil,
});

words!(/// Whose flight.
ServiceName => crate::Service {
    Undetermined => crate::Service::Undetermined,
    Civil => crate::Service::Civil,
    State => crate::Service::State,
    Military => crate::Service::Military,
});

words!(/// Type of flight.
FlightName => crate::FlightKind {
    Untold => crate::FlightKind::Untold,
    Scheduled => crate::FlightKind::Scheduled,
    NonScheduled => crate::FlightKind::NonScheduled,
    General => crate::FlightKind::General,
    Military => crate::FlightKind::Military,
    Other => crate::FlightKind::Other,
});

words!(/// About flight plans.
PlanName => crate::PlanState {
    Untold => crate::PlanState::Untold,
    Correlated => crate::PlanState::Correlated,
    Uncorrelated => crate::PlanState::Uncorrelated,
});

words!(/// Kind of alert or incident.
AlertName => crate::AlertKind {
    BorderCrossing => crate::AlertKind::BorderCrossing,
    AreaInfringement => crate::AlertKind::AreaInfringement,
    Conflict => crate::AlertKind::Conflict,
    MinimumSafeAltitude => crate::AlertKind::MinimumSafeAltitude,
    UnlawfulInterference => crate::AlertKind::UnlawfulInterference,
    RadioFailure => crate::AlertKind::RadioFailure,
    Emergency => crate::AlertKind::Emergency,
    Ident => crate::AlertKind::Ident,
    Codes => crate::AlertKind::Codes,
    LostTrack => crate::AlertKind::LostTrack,
    LostTransponder => crate::AlertKind::LostTransponder,
    NonCooperative => crate::AlertKind::NonCooperative,
    LowSlow => crate::AlertKind::LowSlow,
    PositionDisagreement => crate::AlertKind::PositionDisagreement,
    NavigationInterference => crate::AlertKind::NavigationInterference,
    Unmanned => crate::AlertKind::Unmanned,
    Sensor => crate::AlertKind::Sensor,
    Other => crate::AlertKind::Other,
});

words!(/// How far people are with an alert.
AlertStateName => crate::AlertState {
    None => crate::AlertState::None,
    Raised => crate::AlertState::Raised,
    Acknowledged => crate::AlertState::Acknowledged,
    Closed => crate::AlertState::Closed,
});

words!(/// A field.
FieldName => crate::Field {
    Position => crate::Field::Position,
    Level => crate::Field::Level,
    Velocity => crate::Field::Velocity,
    VerticalRate => crate::Field::VerticalRate,
    Address => crate::Field::Address,
    Code => crate::Field::Code,
    Callsign => crate::Field::Callsign,
    Category => crate::Field::Category,
    Identity => crate::Field::Identity,
    Service => crate::Field::Service,
    FlightKind => crate::Field::FlightKind,
    Plan => crate::Field::Plan,
    Alerts => crate::Field::Alerts,
    Accuracy => crate::Field::Accuracy,
    Lineage => crate::Field::Lineage,
    Content => crate::Field::Content,
});

words!(/// A kind of object.
ObjectName => crate::ObjectKind {
    Tracks => crate::ObjectKind::Track,
    Plots => crate::ObjectKind::Plot,
    Alerts => crate::ObjectKind::Alert,
    Incidents => crate::ObjectKind::Incident,
    Coverage => crate::ObjectKind::Coverage,
});

words!(/// What may be asked for.
Purpose => crate::Purpose {
    Information => crate::Purpose::Information,
    Consultation => crate::Purpose::Consultation,
    BackUp => crate::Purpose::BackUp,
    Assistance => crate::Purpose::Assistance,
});
