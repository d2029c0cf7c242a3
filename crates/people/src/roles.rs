//! Roles and acts: one table says who may do what.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a person is here for. One may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Works alerts and incidents, reports what is seen and heard.
    Operator,
    /// Decides who tracks are.
    IdentificationOfficer,
    /// Answers for the shift: hand-overs, requests, standing in, stopping what is shared.
    DutyOfficer,
    /// Answers for what goes to partners.
    ReleaseOfficer,
    /// Looks after sensors and the node.
    Engineer,
    /// Looks after people's accounts.
    Administrator,
}

impl Role {
    /// All, in the order in which they are listed.
    pub const ALL: [Role; 7] = [
        Role::Viewer,
        Role::Operator,
        Role::IdentificationOfficer,
        Role::DutyOfficer,
        Role::ReleaseOfficer,
        Role::Engineer,
        Role::Administrator,
    ];

    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::IdentificationOfficer => "identification officer",
            Role::DutyOfficer => "duty officer",
            Role::ReleaseOfficer => "release officer",
            Role::Engineer => "engineer",
            Role::Administrator => "administrator",
        }
    }

    /// As configurations and files write it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::IdentificationOfficer => "identification-officer",
            Role::DutyOfficer => "duty-officer",
            Role::ReleaseOfficer => "release-officer",
            Role::Engineer => "engineer",
            Role::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl FromStr for Role {
    type Err = String;

    /// From [`Role::name`].
    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| {
            let names = Role::ALL.map(Role::name).join(", ");
            format!("{text:?} is no role; there are {names}")
        })
    }
}

/// What can be done at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// See the picture and all that the console shows beside it.
    Look,
    /// Acknowledge, mute and close alerts.
    WorkAlerts,
    /// Open incidents, note, tick and close.
    WorkIncidents,
    /// Report who a track is, as seen or heard.
    Report,
    /// Take an incident away as a file.
    TakeIncident,
    /// Say who a track is, and answer what partners propose.
    Identify,
    /// Say which partner's track is which of ours.
    Pair,
    /// Share an incident with a partner, offer it, take one over or refuse to.
    HandOver,
    /// Ask partners and answer them.
    Correspond,
    /// Stand in for a silent party.
    StandIn,
    /// Stop letting out under an accord.
    Suspend,
    /// Let out again under it; it takes two.
    Resume,
    /// Approve another text of an accord; it takes two.
    ApproveAccord,
    /// Put a draft of an accord to what was recorded.
    Rehearse,
    /// Take a ledger away.
    TakeLedger,
    /// Read what everybody did.
    ReadAudit,
    /// Invite people, give them roles, shut them out.
    ManagePeople,
}

impl Act {
    /// All, in the order in which they are listed.
    pub const ALL: [Act; 17] = [
        Act::Look,
        Act::WorkAlerts,
        Act::WorkIncidents,
        Act::Report,
        Act::TakeIncident,
        Act::Identify,
        Act::Pair,
        Act::HandOver,
        Act::Correspond,
        Act::StandIn,
        Act::Suspend,
        Act::Resume,
        Act::ApproveAccord,
        Act::Rehearse,
        Act::TakeLedger,
        Act::ReadAudit,
        Act::ManagePeople,
    ];

    /// As consoles and files name it.
    pub fn name(self) -> &'static str {
        match self {
            Act::Look => "look",
            Act::WorkAlerts => "work-alerts",
            Act::WorkIncidents => "work-incidents",
            Act::Report => "report",
            Act::TakeIncident => "take-incident",
            Act::Identify => "identify",
            Act::Pair => "pair",
            Act::HandOver => "hand-over",
            Act::Correspond => "correspond",
            Act::StandIn => "stand-in",
            Act::Suspend => "suspend",
            Act::Resume => "resume",
            Act::ApproveAccord => "approve-accord",
            Act::Rehearse => "rehearse",
            Act::TakeLedger => "take-ledger",
            Act::ReadAudit => "read-audit",
            Act::ManagePeople => "manage-people",
        }
    }

    /// As a sentence goes on after "may".
    pub fn words(self) -> &'static str {
        match self {
            Act::Look => "see the picture",
            Act::WorkAlerts => "acknowledge, mute and close alerts",
            Act::WorkIncidents => "work on incidents",
            Act::Report => "report who a track is",
            Act::TakeIncident => "take an incident away",
            Act::Identify => "set identities",
            Act::Pair => "say which partner's track is which of ours",
            Act::HandOver => "hand incidents to partners and take theirs",
            Act::Correspond => "ask partners and answer them",
            Act::StandIn => "stand in for a silent party",
            Act::Suspend => "suspend an accord",
            Act::Resume => "resume an accord",
            Act::ApproveAccord => "approve another text of an accord",
            Act::Rehearse => "rehearse a draft of an accord",
            Act::TakeLedger => "take a ledger away",
            Act::ReadAudit => "read the audit",
            Act::ManagePeople => "manage people",
        }
    }

    /// The roles that may, the least first.
    pub fn roles(self) -> &'static [Role] {
        use Role::{
            Administrator, DutyOfficer, Engineer, IdentificationOfficer, Operator, ReleaseOfficer,
        };
        match self {
            Act::Look => &Role::ALL,
            Act::WorkAlerts | Act::WorkIncidents | Act::Report | Act::TakeIncident => {
                &[Operator, IdentificationOfficer, DutyOfficer]
            }
            // Which tracks are one target is who a track is: what a partner says of the one it then says of
            // the other.
            Act::Identify | Act::Pair => &[IdentificationOfficer],
            Act::HandOver | Act::Correspond | Act::StandIn => &[DutyOfficer],
            // To stop is everybody's who answers for it, at once and alone.
            Act::Suspend | Act::Rehearse => &[DutyOfficer, ReleaseOfficer],
            Act::Resume | Act::ApproveAccord => &[ReleaseOfficer],
            Act::TakeLedger => &[ReleaseOfficer, Engineer],
            Act::ReadAudit => &[ReleaseOfficer, Administrator],
            Act::ManagePeople => &[Administrator],
        }
    }
}

/// The roles of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Whether one of them may.
    pub fn may(&self, act: Act) -> bool {
        self.0.iter().any(|role| act.roles().contains(role))
    }

    /// Whether this is one of them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// In order, each once.
    pub fn list(&self) -> &[Role] {
        &self.0
    }

    /// Why they may not, for the person: who may. `None` if they may.
    pub fn refusal(&self, act: Act) -> Option<String> {
        if self.may(act) {
            return None;
        }
        let who: Vec<_> = act.roles().iter().map(|role| role.words()).collect();
        let is = self.0.iter().map(|role| role.words()).collect::<Vec<_>>().join(" and ");
        let is = if is.is_empty() { "without a role".to_owned() } else { is };
        Some(format!("to {} is for the {}; you are {is}", act.words(), who.join(" or the ")))
    }
}

impl From<Vec<Role>> for Roles {
    fn from(mut roles: Vec<Role>) -> Self {
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.0
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|role| role.words()).collect();
        f.write_str(&words.join(", "))
    }
}

/// The table of acts by roles as text, for people to read and review.
pub fn matrix() -> String {
    let mut out = String::from("| may |");
    for role in Role::ALL {
        out += &format!(" {role} |");
    }
    out += "\n|---|";
    out += &":-:|".repeat(Role::ALL.len());
    for act in Act::ALL {
        out += &format!("\n| {} |", act.words());
        for role in Role::ALL {
            out += if act.roles().contains(&role) { " yes |" } else { " |" };
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_several_roles_may_what_any_of_them_may() {
        let roles = Roles::from(vec![Role::Engineer, Role::Operator, Role::Operator]);
        assert_eq!(roles.list(), [Role::Operator, Role::Engineer]);
        for act in Act::ALL {
            let expected = [Role::Operator, Role::Engineer].iter().any(|r| act.roles().contains(r));
            assert_eq!(roles.may(act), expected, "{act:?}");
            assert_eq!(roles.refusal(act).is_none(), expected, "{act:?}");
        }
    }

    #[test]
    fn a_person_without_a_role_may_nothing_not_even_look() {
        assert!(Act::ALL.iter().all(|act| !Roles::default().may(*act)));
    }

    #[test]
    fn a_refusal_says_who_may_and_who_one_is() {
        let roles = Roles::from(vec![Role::Viewer]);
        assert_eq!(
            roles.refusal(Act::Suspend).unwrap(),
            "to suspend an accord is for the duty officer or the release officer; you are viewer"
        );
    }

    #[test]
    fn names_are_read_as_they_are_written_and_others_refused_with_the_list() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        let error = "captain".parse::<Role>().unwrap_err();
        assert!(error.starts_with("\"captain\" is no role; there are viewer, operator"), "{error}");
    }
}
