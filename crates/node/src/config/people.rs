//! `[people]`: whether people sign in, and how.

use super::check::{Misfit, Step, misfit};
use axum::http::Uri;
use people::{Role, Roles};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest session, hours: a week.
const SESSION_HOURS_MAX: f64 = 168.0;
/// Longest label of a button, characters.
const LABEL_MAX: usize = 40;
/// Groups of a provider at most.
const GROUPS_MAX: usize = 256;

/// `[people]`. Absent: whoever sits at this machine may do everything, under any name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleSection {
    /// Where accounts, sessions and the audit are kept.
    pub directory: PathBuf,
    /// Hours after which somebody has to sign in again.
    pub session_hours: f64,
    /// Hours for which an invitation is good.
    pub invitation_hours: f64,
    /// Who else vouches for people, beside the passwords that are kept here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcSection>,
}

impl Default for PeopleSection {
    fn default() -> Self {
        Self { directory: "people".into(), session_hours: 12.0, invitation_hours: 48.0, oidc: None }
    }
}

/// `[people.oidc]`: an identity provider by OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSection {
    /// The provider, as it calls itself.
    pub issuer: String,
    /// What the provider calls this node.
    pub client_id: String,
    /// The file that holds the secret of this node at the provider, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// Who vouches for the provider's certificate, PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<PathBuf>,
    /// What the button says; absent: the provider's host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The claim that is a person's name here.
    #[serde(default = "name_claim")]
    pub name_claim: String,
    /// The claim that lists a person's groups.
    #[serde(default = "groups_claim")]
    pub groups_claim: String,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Where the provider sends people back to, behind a proxy; absent: the console's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Which roles each group gives.
    pub roles: BTreeMap<String, Vec<Role>>,
}

fn name_claim() -> String {
    "preferred_username".into()
}

fn groups_claim() -> String {
    "groups".into()
}

fn scopes() -> Vec<String> {
    vec!["profile".into()]
}

impl PeopleSection {
    pub(super) fn check(&self) -> Result<(), Misfit> {
        for (key, hours) in
            [("session_hours", self.session_hours), ("invitation_hours", self.invitation_hours)]
        {
            if !(hours > 0.0 && hours <= SESSION_HOURS_MAX) {
                let problem = format!("{hours} is out of bounds; write 0.1 to {SESSION_HOURS_MAX}");
                return Err(misfit("people", None, key, problem));
            }
        }
        let Some(oidc) = &self.oidc else { return Ok(()) };
        oidc.check().map_err(|(key, problem)| within_oidc(key, problem))
    }

    /// Makes the paths those seen from the folder `beside`, and reads the files once.
    pub(super) fn read(&mut self, beside: &Path) -> Result<(), Misfit> {
        self.directory = beside.join(&self.directory);
        let Some(oidc) = &mut self.oidc else { return Ok(()) };
        for path in [&mut oidc.client_secret_file, &mut oidc.authority] {
            *path = path.take().map(|path| beside.join(path));
        }
        let read = crate::http::Provider::read(oidc, "");
        read.map(drop).map_err(|(key, problem)| within_oidc(key, problem))
    }

    /// What of it the accounts are kept by.
    pub fn rules(&self) -> people::Rules {
        people::Rules {
            session_s: self.session_hours * 3600.0,
            invitation_s: self.invitation_hours * 3600.0,
        }
    }
}

fn within_oidc(key: &str, problem: String) -> Misfit {
    (["people", "oidc", key].map(|key| Step::Key(key.into())).to_vec(), problem)
}

impl OidcSection {
    fn check(&self) -> Result<(), (&'static str, String)> {
        let plain = address("issuer", &self.issuer)?;
        if !plain && self.authority.is_none() {
            let problem = "is reached over TLS; name the file of the authority that vouches for it, as \
                           authority = \"tls/authority.pem\"";
            return Err(("issuer", problem.into()));
        }
        if let Some(redirect) = &self.redirect {
            address("redirect", redirect)?;
            if !redirect.ends_with(crate::http::OIDC_BACK) {
                let path = crate::http::OIDC_BACK;
                return Err((
                    "redirect",
                    format!("{redirect:?} is not ours; let it end in {path}"),
                ));
            }
        }
        for (key, text) in [
            ("client_id", &self.client_id),
            ("name_claim", &self.name_claim),
            ("groups_claim", &self.groups_claim),
        ] {
            if text.trim().is_empty() {
                return Err((key, "is empty; give what the provider calls it".into()));
            }
        }
        let label = self.label();
        if label.trim().is_empty() || label.chars().count() > LABEL_MAX {
            return Err((
                "label",
                format!("{label:?} is no label; give 1 to {LABEL_MAX} characters"),
            ));
        }
        if self.roles.is_empty() || self.roles.len() > GROUPS_MAX {
            let problem = format!(
                "has {} groups; give 1 to {GROUPS_MAX}, as \"air-operators\" = [\"operator\"]",
                self.roles.len()
            );
            return Err(("roles", problem));
        }
        match self.roles.iter().find(|(_, roles)| roles.is_empty()) {
            Some((group, _)) => Err(("roles", format!("{group:?} gives no role; leave it out"))),
            None => Ok(()),
        }
    }

    /// What the button says.
    pub fn label(&self) -> String {
        let host = || Some(self.issuer.parse::<Uri>().ok()?.host()?.to_owned());
        self.label.clone().or_else(host).unwrap_or_default()
    }

    /// What people of these groups are here for.
    pub fn roles_of<'a>(&self, groups: impl Iterator<Item = &'a str>) -> Roles {
        let roles = groups.filter_map(|group| self.roles.get(group)).flatten();
        Roles::from(roles.copied().collect::<Vec<_>>())
    }
}

/// Whether an address is without TLS, which this machine alone may be.
fn address(key: &'static str, text: &str) -> Result<bool, (&'static str, String)> {
    let uri = text.parse::<Uri>().ok();
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    match (scheme, uri.as_ref().and_then(Uri::authority)) {
        (Some("https"), Some(_)) => Ok(false),
        (Some("http"), Some(host)) if crate::http::is_loopback(host) => Ok(true),
        _ => {
            let problem = format!(
                "{text:?} is no address over TLS; write it as \"https://id.example/realms/air\""
            );
            Err((key, problem))
        }
    }
}
