//! Which act of a person each message of a console is, and whose name stands under it.

use super::{ClientMessage, IncidentDeed, Person};
use people::Act;

impl ClientMessage {
    /// What one must be allowed to do to say it.
    pub fn act(&self) -> Act {
        match self {
            ClientMessage::Select { .. }
            | ClientMessage::Resync {}
            | ClientMessage::SeeAs { .. }
            | ClientMessage::Explain { .. }
            | ClientMessage::ListAlerts { .. }
            | ClientMessage::LookAtIncident { .. }
            | ClientMessage::LookAtSensor { .. } => Act::Look,
            ClientMessage::Acknowledge { .. }
            | ClientMessage::MuteAlert { .. }
            | ClientMessage::UnmuteAlert { .. }
            | ClientMessage::CloseAlert { .. } => Act::WorkAlerts,
            ClientMessage::OpenIncident { .. } => Act::WorkIncidents,
            ClientMessage::OnIncident { deed, .. } => deed.act(),
            ClientMessage::Suspend { .. } => Act::Suspend,
            ClientMessage::Resume { .. } => Act::Resume,
            ClientMessage::Ask { .. }
            | ClientMessage::Answer { .. }
            | ClientMessage::Report { .. }
            | ClientMessage::Withdraw { .. } => Act::Correspond,
            ClientMessage::Confirm { .. } | ClientMessage::Pass { .. } => Act::StandIn,
            ClientMessage::SetIdentity { .. }
            | ClientMessage::ConfirmIdentity { .. }
            | ClientMessage::WithdrawIdentity { .. }
            | ClientMessage::ProposeIdentity { .. }
            | ClientMessage::AnswerProposal { .. } => Act::Identify,
            ClientMessage::DecidePair { .. } => Act::Pair,
            ClientMessage::ReportIdentity { .. } => Act::Report,
        }
    }

    /// Puts the name of whoever signed in under it, whatever the console wrote there.
    pub fn sign(&mut self, person: &people::Person) {
        match self {
            ClientMessage::Suspend { by, .. }
            | ClientMessage::Resume { by, .. }
            | ClientMessage::Acknowledge { by, .. }
            | ClientMessage::MuteAlert { by, .. }
            | ClientMessage::UnmuteAlert { by, .. }
            | ClientMessage::CloseAlert { by, .. }
            | ClientMessage::Ask { by, .. }
            | ClientMessage::Answer { by, .. }
            | ClientMessage::Report { by, .. }
            | ClientMessage::Withdraw { by, .. }
            | ClientMessage::Confirm { by, .. }
            | ClientMessage::Pass { by, .. }
            | ClientMessage::SetIdentity { by, .. }
            | ClientMessage::ConfirmIdentity { by, .. }
            | ClientMessage::WithdrawIdentity { by, .. }
            | ClientMessage::AnswerProposal { by, .. }
            | ClientMessage::ProposeIdentity { by, .. }
            | ClientMessage::DecidePair { by, .. }
            | ClientMessage::ReportIdentity { by, .. } => by.clone_from(&person.name),
            ClientMessage::OpenIncident { by, .. } | ClientMessage::OnIncident { by, .. } => {
                *by = Person { name: person.name.clone(), position: person.position.clone() };
            }
            ClientMessage::Select { .. }
            | ClientMessage::Resync {}
            | ClientMessage::SeeAs { .. }
            | ClientMessage::Explain { .. }
            | ClientMessage::ListAlerts { .. }
            | ClientMessage::LookAtIncident { .. }
            | ClientMessage::LookAtSensor { .. } => {}
        }
    }
}

impl IncidentDeed {
    /// What one must be allowed to do to do it.
    fn act(&self) -> Act {
        match self {
            IncidentDeed::AttachAlerts { .. }
            | IncidentDeed::DetachAlerts { .. }
            | IncidentDeed::AttachTracks { .. }
            | IncidentDeed::DetachTracks { .. }
            | IncidentDeed::Note { shareable: false, .. }
            | IncidentDeed::Tick { .. }
            | IncidentDeed::Reclassify { .. }
            | IncidentDeed::Transfer { .. }
            | IncidentDeed::See {}
            | IncidentDeed::Heed {}
            | IncidentDeed::Close { .. }
            | IncidentDeed::Reopen {}
            | IncidentDeed::PutAway {} => Act::WorkIncidents,
            // Partners may read it.
            IncidentDeed::Note { shareable: true, .. }
            | IncidentDeed::Share { .. }
            | IncidentDeed::Offer { .. }
            | IncidentDeed::Withdraw {}
            | IncidentDeed::Accept {}
            | IncidentDeed::Refuse {} => Act::HandOver,
        }
    }
}
