//! `entente people`: accounts from the machine that the node runs on. Whoever may write the folder is an
//! administrator here; what they do stands in the audit as the shell's.

use crate::commands::{Flawed, Misuse, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use node::clock::Clock;
use node::config::PeopleSection;
use people::{People, Person, Refusal, Role, Roles, Token, audit};
use std::path::{Path, PathBuf};

/// Hours in a year: a program's token must be made anew by then.
const TOKEN_HOURS_MAX: f64 = 8_784.0;

#[derive(Debug, Args)]
pub(crate) struct PeopleArgs {
    /// The folder that the configuration names under [people].
    #[arg(long, default_value = "people", value_name = "FOLDER", global = true)]
    directory: PathBuf,
    #[command(subcommand)]
    command: PeopleCommand,
}

#[derive(Debug, Subcommand)]
enum PeopleCommand {
    /// Print which role may do what.
    Roles,
    /// List the accounts.
    List,
    /// Invite somebody: prints what to put behind the console's address.
    Invite {
        /// Their name, which will stand under all they do.
        name: String,
        /// What they are here for; several times for several.
        #[arg(long = "role", required = true, value_name = "ROLE")]
        roles: Vec<Role>,
        /// Where they sit: "shift lead".
        #[arg(long)]
        position: Option<String>,
    },
    /// Let somebody choose a new password.
    InviteAgain {
        /// Whom.
        name: String,
    },
    /// Shut somebody out, at every console at once.
    ShutOut {
        /// Whom.
        name: String,
    },
    /// Let somebody in again.
    LetIn {
        /// Whom.
        name: String,
    },
    /// Print a token by which a program acts as somebody: in the environment as ENTENTE_TOKEN, or in
    /// the header "Authorization: Bearer TOKEN".
    Token {
        /// As whom.
        name: String,
        /// Hours for which it is good.
        #[arg(long, default_value_t = 720.0)]
        hours: f64,
    },
    /// Print what was done, the oldest first, and check that nothing was changed since.
    Audit,
}

pub(crate) fn perform(PeopleArgs { directory, command }: &PeopleArgs) -> anyhow::Result<()> {
    if let PeopleCommand::Roles = command {
        return say(&people::matrix());
    }
    if let PeopleCommand::Audit = command {
        return print_audit(directory);
    }
    if !directory.join("people.json").is_file() {
        let told = format!(
            "{} holds no accounts; name the folder of [people] with --directory, and start the node once",
            directory.display()
        );
        return Err(Misuse(told).into());
    }
    let people = People::open(directory, PeopleSection::default().rules())?;
    let (by, from, now) = (shell(), "this machine", Clock::new().now());
    let by = &by;
    match command {
        PeopleCommand::Roles | PeopleCommand::Audit => unreachable!("done above"),
        PeopleCommand::List => list(&people),
        PeopleCommand::Invite { name, roles, position } => {
            let roles = Roles::from(roles.clone());
            let whom = (name.as_str(), position.as_deref(), &roles);
            invitation(&fit(people.invite(by, whom, from, now))?)
        }
        PeopleCommand::InviteAgain { name } => {
            invitation(&fit(people.invite_again(by, name, from, now))?)
        }
        PeopleCommand::ShutOut { name } => fit(people.shut_out(by, (name, true), from, now)),
        PeopleCommand::LetIn { name } => fit(people.shut_out(by, (name, false), from, now)),
        PeopleCommand::Token { name, hours } => {
            if !(*hours > 0.0 && *hours <= TOKEN_HOURS_MAX) {
                let told =
                    format!("--hours {hours} is out of bounds; give up to {TOKEN_HOURS_MAX}");
                return Err(Misuse(told).into());
            }
            let token = fit(people.token(by, (name, hours * 3600.0), from, now))?;
            say(&format!("{}\n", token.text()))
        }
    }
}

/// Whoever sits at the machine itself.
fn shell() -> Person {
    Person::at_the_machine(&std::env::var("USER").unwrap_or_else(|_| "unknown".into()))
}

fn fit<T>(done: Result<T, Refusal>) -> anyhow::Result<T> {
    done.map_err(|why| match why {
        Refusal::Unfit(what) => Misuse(what).into(),
        other => anyhow::Error::from(other),
    })
}

fn invitation(token: &Token) -> anyhow::Result<()> {
    say(&format!("#invitation={}\n", token.text()))
}

fn list(people: &People) -> anyhow::Result<()> {
    let mut text = String::new();
    for row in people.list(Clock::new().now())? {
        let marks =
            [(row.shut_out, "shut out"), (row.invited, "invited"), (row.sessions > 0, "signed in")];
        let marks: Vec<_> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        text += &format!("{}\t{}\t{}\n", row.name, row.roles, marks.join(", "));
    }
    say(&text)
}

fn print_audit(directory: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    let mut count = 0_u64;
    let whole = audit::verify(directory, |entry| {
        let audit::Entry { at, who, from, act, about, outcome } = entry;
        count += 1;
        // What people wrote makes no line and no column of its own here.
        let fields =
            [at, who, from, act, about, outcome].map(|field| field.escape_debug().to_string());
        text += &format!("{}\n", fields.join("\t"));
    });
    say(&text).context("the audit")?;
    match whole {
        Ok(chain) => say(&format!("{count} entries, none changed; newest chain {chain}\n")),
        Err(broken) => {
            say(&format!("{broken}\n"))?;
            Err(Flawed.into())
        }
    }
}
