//! Accounts: inviting people, signing in and out, and what each may.

use crate::audit::{Audit, Entry, time_text};
use crate::book::{Account, Book, Invitation, Session, Store};
use crate::roles::{Act, Role, Roles};
use crate::throttle::Throttle;
use crate::token::Token;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use ring::rand::{SecureRandom, SystemRandom};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use surveillance::Time;

/// Accounts at most.
const ACCOUNTS_MAX: usize = 1_000;
/// Sessions of one person; a further one ends the oldest.
const SESSIONS_EACH_MAX: usize = 16;
/// Longest name and position, characters.
const NAME_MAX: usize = 64;
/// Under which guesses of invitations are counted: no name is so long.
const INVITATIONS: &str =
    "an invitation, whoever it may be for, as nobody is named as long as that";
/// Shortest password, characters.
const PASSWORD_MIN: usize = 12;
/// Longest password, bytes: more would only cost time.
const PASSWORD_MAX: usize = 256;

/// What the node is told of people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Seconds until somebody has to sign in again.
    pub session_s: f64,
    /// Seconds for which an invitation is good.
    pub invitation_s: f64,
}

/// Somebody who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Where they sit.
    pub position: Option<String>,
    /// What they are here for.
    pub roles: Roles,
    /// Whoever sits at the node's machine, and needs no account.
    shell: bool,
}

impl Person {
    /// Whoever may write the folder from the machine itself: an administrator, come what may.
    pub fn at_the_machine(user: &str) -> Self {
        let roles = Roles::from(vec![Role::Administrator]);
        Self { name: format!("shell of {user}"), position: None, roles, shell: true }
    }
}

/// What an identity provider says of somebody who has signed in there.
#[derive(Debug, Clone, Copy)]
pub struct Vouched<'a> {
    /// The provider and the person's identifier there, which no other person ever has.
    pub subject: &'a str,
    /// What they are called there.
    pub name: &'a str,
    /// What they are here for, by the groups they are in there.
    pub roles: &'a Roles,
}

/// An account as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// The name.
    pub name: String,
    /// Where they sit.
    pub position: Option<String>,
    /// What they are here for.
    pub roles: Roles,
    /// Whether they have been shut out.
    pub shut_out: bool,
    /// Whether they are invited and have not chosen a password.
    pub invited: bool,
    /// Whether an identity provider vouches for them and says their roles.
    pub vouched: bool,
    /// Consoles at which they are signed in.
    pub sessions: usize,
}

/// Why something about people is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It does not say which, so that nobody learns who has an account.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many wrong guesses.
    #[error("wrong too often; try again in {0:.0} s")]
    Wait(f64),
    /// The person's roles.
    #[error("{0}")]
    MayNot(String),
    /// Not signed in, or not any more.
    #[error("you are not signed in")]
    SignedOut,
    /// An invitation.
    #[error("this invitation is not good, or not any more; ask an administrator for another")]
    Invitation,
    /// What is asked cannot be.
    #[error("{0}")]
    Unfit(String),
    /// The disk.
    #[error("the accounts cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

/// The people of a node, in a folder.
#[derive(Debug)]
pub struct People {
    store: Store,
    rules: Rules,
    throttle: Mutex<Throttle>,
    audit: Mutex<Audit>,
    /// What a name that nobody has is checked against, so that it takes as long.
    nobody: String,
}

impl People {
    /// Those in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// The disk fails, or a file there is not readable.
    pub fn open(folder: &Path, rules: Rules) -> io::Result<Self> {
        let store = Store::open(folder)?;
        let audit = Mutex::new(Audit::open(folder)?);
        let nobody = hashed(Token::new().text());
        Ok(Self { store, rules, throttle: Mutex::default(), audit, nobody })
    }

    /// Their folder.
    pub fn folder(&self) -> &Path {
        self.store.folder()
    }

    /// What the first administrator signs in with, where nobody can: it replaces one given before.
    ///
    /// # Errors
    /// The disk fails.
    pub fn first(&self, now: Time) -> Result<Option<Token>, Refusal> {
        self.store.change(|book| {
            if has_administrator(book) {
                return Ok(None);
            }
            let (token, invitation) = self.invitation(now);
            book.first = Some(invitation);
            Ok(Some(token))
        })
    }

    /// Whether nobody has taken up the first administrator's place yet.
    ///
    /// # Errors
    /// The disk fails.
    pub fn wants_first(&self) -> io::Result<bool> {
        Ok(!has_administrator(&*self.store.book()?))
    }

    /// Opens a session. Takes a tenth of a second of a processor, on purpose.
    ///
    /// # Errors
    /// It is not who it says, or was wrong too often.
    pub fn sign_in(
        &self,
        name: &str,
        password: &str,
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        let typed = name;
        // By name alone: addresses of one machine are had for nothing.
        let guesser: String = name.trim().to_lowercase().chars().take(NAME_MAX).collect();
        self.guess(&guesser, now)?;
        let book = self.store.book()?;
        let account = book.accounts.iter().find(|account| is_named(account, name));
        let kept = account.filter(|account| account.can_come());
        let kept = kept.and_then(|account| Some((account.name.clone(), account.password.clone()?)));
        let against = kept.as_ref().map_or(self.nobody.as_str(), |(_, hash)| hash);
        let right = password.len() <= PASSWORD_MAX && verifies(password, against);
        let Some((name, hash)) = kept.filter(|_| right) else {
            self.note(entry(now, typed, from, "sign in", "", "refused: wrong"))?;
            return Err(Refusal::Wrong);
        };
        let token = self.store.change(|book| {
            // It may have changed while the password was checked.
            let account = book.accounts.iter().find(|account| account.name == name);
            if !account.is_some_and(|a| a.can_come() && a.password.as_deref() == Some(&hash)) {
                return Err(Refusal::Wrong);
            }
            self.note(entry(now, &name, from, "sign in", "", "done"))?;
            Ok(self.session(book, &name, now))
        })?;
        self.lock_throttle().right(&guesser);
        Ok(token)
    }

    /// Opens a session for one whom an identity provider vouches for. The first time makes the account;
    /// each time gives it the roles of that time.
    ///
    /// # Errors
    /// No role ([`Refusal::MayNot`]), a name that is somebody else's here ([`Refusal::Unfit`]), shut
    /// out ([`Refusal::SignedOut`]), or the disk.
    pub fn sign_in_vouched(
        &self,
        Vouched { subject, name, roles }: Vouched<'_>,
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        let done = self.store.change(|book| {
            let known =
                book.accounts.iter().position(|one| one.subject.as_deref() == Some(subject));
            if roles.list().is_empty() {
                if let Some(at) = known {
                    // Kept: whoever has left the groups is out at every console.
                    let name = book.accounts[at].name.clone();
                    book.accounts[at].roles = Roles::default();
                    book.sessions.retain(|session| session.name != name);
                }
                return Ok(None);
            }
            let at = match known {
                Some(at) => at,
                None => {
                    let subject = Some(subject.to_owned());
                    let account = Account { subject, ..self.fresh(book, &fit_name(name)?, None)? };
                    book.accounts.push(account);
                    book.accounts.len() - 1
                }
            };
            let account = &mut book.accounts[at];
            if account.shut_out {
                return Err(Refusal::SignedOut);
            }
            account.roles = roles.clone();
            let name = account.name.clone();
            let act = format!("sign in as {roles}");
            self.note(entry(now, &name, from, &act, subject, "done"))?;
            Ok(Some(self.session(book, &name, now)))
        });
        let done = done.and_then(|token| {
            let why = "the groups you are in there give no role at this node";
            token.ok_or_else(|| Refusal::MayNot(why.into()))
        });
        if let Err(why) = &done {
            let why = match why {
                Refusal::SignedOut => "shut out".to_owned(),
                other => other.to_string(),
            };
            // Nobody of ours has done it, whatever they are called there.
            let about = format!("{subject} {name}");
            self.note(entry(now, "", from, "sign in", &about, &format!("refused: {why}")))?;
        }
        done
    }

    /// Whose session it is.
    ///
    /// # Errors
    /// Nobody's, or nobody's any more.
    pub fn person(&self, token: &Token, now: Time) -> Result<Person, Refusal> {
        let book = self.store.book()?;
        let (hash, now_s) = (token.hash(), now.unix_seconds());
        let session = book.sessions.iter().find(|session| session.hash == hash);
        let session = session.filter(|session| now_s < session.until_s);
        let account = session.and_then(|session| find(&book, &session.name));
        let account = account.filter(|account| account.can_come()).ok_or(Refusal::SignedOut)?;
        let Account { name, position, roles, .. } = account.clone();
        Ok(Person { name, position, roles, shell: false })
    }

    /// Whether whoever has that name can come and may do it, as the accounts are now.
    ///
    /// # Errors
    /// The disk fails.
    pub fn may(&self, name: &str, act: Act) -> io::Result<bool> {
        let book = self.store.book()?;
        Ok(find(&book, name).is_some_and(|one| one.can_come() && one.roles.may(act)))
    }

    /// Everybody who can come and may do it, as the accounts are now.
    ///
    /// # Errors
    /// The disk fails.
    pub fn who_may(&self, act: Act) -> io::Result<Vec<String>> {
        let book = self.store.book()?;
        let may = |one: &&Account| one.can_come() && one.roles.may(act);
        Ok(book.accounts.iter().filter(may).map(|one| one.name.clone()).collect())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The disk fails.
    pub fn sign_out(&self, token: &Token, from: &str, now: Time) -> Result<(), Refusal> {
        let Ok(person) = self.person(token, now) else { return Ok(()) };
        let hash = token.hash();
        self.store.change(|book| {
            book.sessions.retain(|session| session.hash != hash);
            Ok::<_, Refusal>(())
        })?;
        self.note(entry(now, &person.name, from, "sign out", "", "done"))
    }

    /// Invites `name`, or lets one who is here already choose a new password.
    ///
    /// # Errors
    /// `by` may not, or the name does not do.
    pub fn invite(
        &self,
        by: &Person,
        (name, position, roles): (&str, Option<&str>, &Roles),
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        let act = format!("invite as {roles}");
        self.manage(by, (name, &act), from, now, |book| {
            let name = fit_name(name)?;
            let position = position.map(fit_name).transpose()?;
            if roles.list().is_empty() {
                return Err(Refusal::Unfit("give a role at least".into()));
            }
            let (token, invitation) = self.invitation(now);
            let account = self.fresh(book, &name, position)?;
            let invitation = Some(invitation);
            book.accounts.push(Account { roles: roles.clone(), invitation, ..account });
            Ok(token)
        })
    }

    /// Lets one who has an account choose a new password; the old one holds until then.
    ///
    /// # Errors
    /// `by` may not, or there is no such person.
    pub fn invite_again(
        &self,
        by: &Person,
        name: &str,
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        self.manage(by, (name, "invite again"), from, now, |book| {
            let (token, invitation) = self.invitation(now);
            let account = find_mut(book, name)?;
            if account.subject.is_some() {
                let why = "signs in at the identity provider, and has no password here";
                return Err(Refusal::Unfit(format!("{} {why}", account.name)));
            }
            account.invitation = Some(invitation);
            Ok(token)
        })
    }

    /// A secret by which a program acts as `name`, for so many seconds.
    ///
    /// # Errors
    /// `by` may not, or there is nobody of that name who can come in.
    pub fn token(
        &self,
        by: &Person,
        (name, for_s): (&str, f64),
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        let act = format!("make a token for {:.0} h", for_s / 3600.0);
        self.manage(by, (name, &act), from, now, |book| {
            let account = find_mut(book, name)?;
            if !account.can_come() {
                return Err(Refusal::Unfit(format!("{} cannot sign in", account.name)));
            }
            if account.subject.is_some() {
                let why = "is vouched for by the identity provider, each time anew; invite an account \
                           for the program";
                return Err(Refusal::Unfit(format!("{} {why}", account.name)));
            }
            let name = account.name.clone();
            Ok(open_session(book, &name, now, for_s))
        })
    }

    /// Gives a person other roles; nobody does it for themselves.
    ///
    /// # Errors
    /// `by` may not, or no administrator would be left.
    pub fn set_roles(
        &self,
        by: &Person,
        (name, roles): (&str, &Roles),
        from: &str,
        now: Time,
    ) -> Result<(), Refusal> {
        let act = format!("give the roles {roles}");
        self.manage(by, (name, &act), from, now, |book| {
            let account = find_mut(book, name)?;
            if account.name == by.name {
                return Err(Refusal::MayNot("another administrator changes your roles".into()));
            }
            if account.subject.is_some() {
                let why =
                    "has the roles that the identity provider's groups give; change them there";
                return Err(Refusal::Unfit(format!("{} {why}", account.name)));
            }
            if roles.list().is_empty() {
                return Err(Refusal::Unfit("give a role at least, or shut them out".into()));
            }
            account.roles = roles.clone();
            Ok(())
        })
    }

    /// Shuts a person out, at once and at every console, or lets them in again.
    ///
    /// # Errors
    /// `by` may not, or is the one.
    pub fn shut_out(
        &self,
        by: &Person,
        (name, out): (&str, bool),
        from: &str,
        now: Time,
    ) -> Result<(), Refusal> {
        let act = if out { "shut out" } else { "let in again" };
        self.manage(by, (name, act), from, now, |book| {
            let account = find_mut(book, name)?;
            if account.name == by.name {
                return Err(Refusal::MayNot("another administrator shuts you out".into()));
            }
            account.shut_out = out;
            if out {
                account.invitation = None;
            }
            let name = account.name.clone();
            book.sessions.retain(|session| session.name != name);
            Ok(())
        })
    }

    /// Takes up an invitation: chooses the password, and the name where it is the first
    /// administrator's, and opens a session.
    ///
    /// # Errors
    /// The invitation is not good, or the password does not do.
    pub fn take_up(
        &self,
        token: &Token,
        name: Option<&str>,
        password: &str,
        from: &str,
        now: Time,
    ) -> Result<Token, Refusal> {
        let (hash, now_s) = (token.hash(), now.unix_seconds());
        let good = |invitation: &Option<Invitation>| {
            invitation.as_ref().is_some_and(|one| one.hash == hash && now_s < one.until_s)
        };
        let book = self.store.book()?;
        let is_first = good(&book.first) && !has_administrator(&book);
        let invited =
            book.accounts.iter().find(|account| !account.shut_out && good(&account.invitation));
        let name = match (is_first, invited) {
            (true, _) => fit_name(name.unwrap_or_default())?,
            (false, Some(account)) => account.name.clone(),
            (false, None) => {
                self.guess(INVITATIONS, now)?;
                self.note(entry(now, "", from, "take up an invitation", "", "refused: not good"))?;
                return Err(Refusal::Invitation);
            }
        };
        fit_password(password, &name)?;
        let chosen = hashed(password);
        let act = if is_first { "become the first administrator" } else { "choose a password" };
        let session = self.store.change(|book| {
            if is_first {
                if !good(&book.first) || has_administrator(book) {
                    return Err(Refusal::Invitation);
                }
                book.first = None;
                let roles = Roles::from(vec![Role::Viewer, Role::Administrator]);
                let account = Account { roles, ..self.fresh(book, &name, None)? };
                book.accounts.push(account);
            }
            let account = find_mut(book, &name)?;
            if account.shut_out || (!is_first && !good(&account.invitation)) {
                return Err(Refusal::Invitation);
            }
            account.invitation = None;
            account.password = Some(chosen);
            // Whoever knew the old password is out.
            book.sessions.retain(|session| session.name != name);
            self.note(entry(now, &name, from, act, "", "done"))?;
            Ok(self.session(book, &name, now))
        })?;
        Ok(session)
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// The disk fails.
    pub fn list(&self, now: Time) -> io::Result<Vec<Row>> {
        let (book, now_s) = (self.store.book()?, now.unix_seconds());
        let sessions = |name: &str| {
            book.sessions.iter().filter(|one| one.name == name && now_s < one.until_s).count()
        };
        let row = |account: &Account| Row {
            name: account.name.clone(),
            position: account.position.clone(),
            roles: account.roles.clone(),
            shut_out: account.shut_out,
            invited: account.invitation.as_ref().is_some_and(|one| now_s < one.until_s),
            vouched: account.subject.is_some(),
            sessions: sessions(&account.name),
        };
        let mut rows: Vec<_> = book.accounts.iter().map(row).collect();
        rows.sort_by_key(|row| row.name.to_lowercase());
        Ok(rows)
    }

    /// Lets `person` do what their roles allow. What is refused is written down, and what is `noted`
    /// before it is done; both are durable when this returns.
    ///
    /// # Errors
    /// They may not; or the disk fails, and what cannot be written down is not to be done.
    pub fn allow(
        &self,
        person: &Person,
        from: &str,
        (act, about, noted): (Act, &str, bool),
        now: Time,
    ) -> Result<(), Refusal> {
        let told = |outcome: &str| entry(now, &person.name, from, act.words(), about, outcome);
        match person.roles.refusal(act) {
            Some(why) => {
                self.note(told(&format!("refused: {why}")))?;
                Err(Refusal::MayNot(why))
            }
            None if noted => self.note(told("asked")),
            None => Ok(()),
        }
    }

    /// Does what an administrator asks, and writes down what came of it.
    fn manage<T>(
        &self,
        by: &Person,
        (name, act): (&str, &str),
        from: &str,
        now: Time,
        change: impl FnOnce(&mut Book) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let name = name.trim();
        let told = |outcome: &str| entry(now, &by.name, from, act, name, outcome);
        let done = self.store.change(|book| {
            fit_name(name)?;
            // As they are now, and not as they were when their request began.
            let may = by.shell
                || find(book, &by.name)
                    .is_some_and(|one| one.can_come() && one.roles.may(Act::ManagePeople));
            if !may {
                let why = by.roles.refusal(Act::ManagePeople);
                return Err(why.map_or(Refusal::SignedOut, Refusal::MayNot));
            }
            let had = has_administrator(book);
            let done = change(book)?;
            if had && !has_administrator(book) {
                return Err(Refusal::Unfit("no administrator would be left".into()));
            }
            // Before it is kept: nothing is done that is not written down.
            self.note(told("done"))?;
            Ok(done)
        });
        if let Err(why) = &done {
            self.note(told(&format!("refused: {why}")))?;
        }
        done
    }

    /// Counts a guess before it is known whether it is right, so that guesses made at once count
    /// each; an error where the guesser must wait.
    fn guess(&self, guesser: &str, now: Time) -> Result<(), Refusal> {
        let mut throttle = self.lock_throttle();
        if let Some(wait_s) = throttle.wait_s(guesser, now) {
            return Err(Refusal::Wait(wait_s));
        }
        throttle.wrong(guesser, now);
        Ok(())
    }

    fn session(&self, book: &mut Book, name: &str, now: Time) -> Token {
        open_session(book, name, now, self.rules.session_s)
    }

    fn fresh(&self, book: &Book, name: &str, position: Option<String>) -> Result<Account, Refusal> {
        if book.accounts.len() >= ACCOUNTS_MAX {
            return Err(Refusal::Unfit(format!("there are {ACCOUNTS_MAX} accounts already")));
        }
        if find(book, name).is_some() {
            return Err(Refusal::Unfit(format!("there is an account named {name} already")));
        }
        Ok(Account {
            name: name.to_owned(),
            position,
            roles: Roles::default(),
            password: None,
            invitation: None,
            shut_out: false,
            subject: None,
        })
    }

    fn invitation(&self, now: Time) -> (Token, Invitation) {
        let token = Token::new();
        let until_s = now.unix_seconds() + self.rules.invitation_s;
        let hash = token.hash();
        (token, Invitation { hash, until_s })
    }

    fn note(&self, entry: Entry) -> Result<(), Refusal> {
        self.audit.lock().unwrap_or_else(PoisonError::into_inner).add(entry)?;
        Ok(())
    }

    fn lock_throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A person has so many consoles at most; a further one ends the oldest.
fn open_session(book: &mut Book, name: &str, now: Time, for_s: f64) -> Token {
    let now_s = now.unix_seconds();
    book.sessions.retain(|session| now_s < session.until_s);
    while book.sessions.iter().filter(|one| one.name == name).count() >= SESSIONS_EACH_MAX {
        let oldest = book.sessions.iter().position(|one| one.name == name);
        oldest.map(|at| book.sessions.remove(at));
    }
    let (token, name) = (Token::new(), name.to_owned());
    let hash = token.hash();
    book.sessions.push(Session { hash, name, since_s: now_s, until_s: now_s + for_s });
    token
}

/// Whether an administrator can come in whatever an identity provider says.
fn has_administrator(book: &Book) -> bool {
    let own = |account: &&Account| account.can_come() && account.subject.is_none();
    book.accounts.iter().filter(own).any(|account| account.roles.may(Act::ManagePeople))
}

/// Two people whose names differ in case alone would be taken for each other.
fn is_named(account: &Account, name: &str) -> bool {
    account.name.to_lowercase() == name.trim().to_lowercase()
}

fn find<'a>(book: &'a Book, name: &str) -> Option<&'a Account> {
    book.accounts.iter().find(|account| is_named(account, name))
}

fn find_mut<'a>(book: &'a mut Book, name: &str) -> Result<&'a mut Account, Refusal> {
    let found = book.accounts.iter_mut().find(|account| is_named(account, name));
    found.ok_or_else(|| Refusal::Unfit(format!("there is no account named {name}")))
}

fn fit_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_MAX || name.chars().any(char::is_control) {
        let told = format!("a name has 1 to {NAME_MAX} letters, and no line breaks");
        return Err(Refusal::Unfit(told));
    }
    Ok(name.to_owned())
}

fn fit_password(password: &str, name: &str) -> Result<(), Refusal> {
    let unfit = |told: String| Err(Refusal::Unfit(told));
    let mut distinct: Vec<_> = password.chars().collect();
    if distinct.len() < PASSWORD_MIN {
        return unfit(format!("a password has at least {PASSWORD_MIN} characters; a few words do"));
    }
    if password.len() > PASSWORD_MAX {
        return unfit(format!("a password has at most {PASSWORD_MAX} bytes"));
    }
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || password.to_lowercase().contains(&name.to_lowercase()) {
        return unfit("this password is easily guessed; a few words of your own do".into());
    }
    Ok(())
}

/// Argon2id with the costs that OWASP's password storage cheat sheet names first: 19 MiB, two passes.
fn hashed(password: &str) -> String {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    let salt = SaltString::encode_b64(&bytes).expect("16 bytes are a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the costs are within bounds").to_string()
}

fn verifies(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn entry(now: Time, who: &str, from: &str, act: &str, about: &str, outcome: &str) -> Entry {
    Entry {
        at: time_text(now),
        who: who.to_owned(),
        from: from.to_owned(),
        act: act.to_owned(),
        about: about.to_owned(),
        outcome: outcome.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit;

    const HERE: &str = "127.0.0.1";
    const GOOD: &str = "seven hills and a lake";

    fn at(s: f64) -> Time {
        Time::from_unix_seconds(1.8e9 + s)
    }

    fn rules() -> Rules {
        Rules { session_s: 43_200.0, invitation_s: 86_400.0 }
    }

    /// A folder, its people, and its first administrator.
    fn begun() -> (tempfile::TempDir, People, Person) {
        let folder = tempfile::tempdir().unwrap();
        let people = People::open(&folder.path().join("people"), rules()).unwrap();
        let token = people.first(at(0.0)).unwrap().unwrap();
        let session = people.take_up(&token, Some("Root"), GOOD, HERE, at(0.0)).unwrap();
        let root = people.person(&session, at(0.0)).unwrap();
        (folder, people, root)
    }

    fn invited(people: &People, root: &Person, name: &str, roles: &[Role]) -> Token {
        let roles = Roles::from(roles.to_vec());
        let token = people.invite(root, (name, None, &roles), HERE, at(0.0)).unwrap();
        people.take_up(&token, None, GOOD, HERE, at(0.0)).unwrap()
    }

    fn acts(people: &People) -> Vec<String> {
        let mut acts = Vec::new();
        audit::verify(people.folder(), |entry| {
            acts.push(format!("{}: {} {} {}", entry.who, entry.act, entry.about, entry.outcome));
        })
        .unwrap();
        acts
    }

    #[test]
    fn the_first_administrator_is_whoever_has_the_newest_invitation_and_only_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let people = People::open(folder.path(), rules()).unwrap();
        assert!(people.wants_first().unwrap());
        let old = people.first(at(0.0)).unwrap().unwrap();
        let new = people.first(at(1.0)).unwrap().unwrap();
        let take = |token: &Token, at| people.take_up(token, Some("Root"), GOOD, HERE, at);
        assert!(matches!(take(&old, at(2.0)), Err(Refusal::Invitation)));
        assert!(matches!(take(&new, at(86_402.0)), Err(Refusal::Invitation)), "it is too late");
        let session = take(&new, at(2.0)).unwrap();
        let root = people.person(&session, at(3.0)).unwrap();
        assert_eq!(root.roles.list(), [Role::Viewer, Role::Administrator]);
        assert!(matches!(take(&new, at(3.0)), Err(Refusal::Invitation)), "it was used");
        assert_eq!(people.first(at(4.0)).unwrap(), None);
        assert!(!people.wants_first().unwrap());
    }

    #[test]
    fn who_signed_in_is_known_until_the_shift_ends_and_over_a_restart() {
        let (_folder, people, _) = begun();
        let session = people.sign_in("root", GOOD, HERE, at(10.0)).unwrap();
        let again = People::open(people.folder(), rules()).unwrap();
        assert_eq!(again.person(&session, at(43_209.0)).unwrap().name, "Root");
        assert!(matches!(again.person(&session, at(43_210.0)), Err(Refusal::SignedOut)));
        // The other one looks at the file as it is now.
        again.sign_out(&session, HERE, at(20.0)).unwrap();
        assert!(matches!(people.person(&session, at(20.0)), Err(Refusal::SignedOut)));
        assert!(matches!(people.person(&Token::new(), at(20.0)), Err(Refusal::SignedOut)));
    }

    #[test]
    fn a_wrong_name_and_a_wrong_password_are_the_same_and_guessing_waits() {
        let (_folder, people, root) = begun();
        invited(&people, &root, "Asel", &[Role::Operator]);
        let mut told = Vec::new();
        for (name, password) in [("Asel", "x"), ("Nobody", GOOD), ("Asel", &"x".repeat(300))] {
            told.push(
                people.sign_in(name, password, "192.0.2.1", at(1.0)).unwrap_err().to_string(),
            );
        }
        assert_eq!(told, [told[0].as_str(); 3]);
        for name in ["asel", " ASEL ", "Asel"] {
            people.sign_in(name, "x", "192.0.2.3", at(1.0)).unwrap_err();
        }
        let waits = people.sign_in("Asel", GOOD, "192.0.2.1", at(1.0)).unwrap_err();
        assert_eq!(waits.to_string(), "wrong too often; try again in 1 s");
        people.sign_in("Asel", GOOD, "192.0.2.2", at(1.0)).expect_err("from wherever it comes");
        people.sign_in("Root", GOOD, "192.0.2.1", at(1.0)).expect("another does not wait");
        people.sign_in("Asel", GOOD, "192.0.2.1", at(2.5)).unwrap();
        assert_eq!(acts(&people).iter().filter(|act| act.contains("refused: wrong")).count(), 6);
    }

    #[test]
    fn a_file_that_leaks_holds_no_secret_by_which_one_could_come_in() {
        let (_folder, people, root) = begun();
        let session = invited(&people, &root, "Asel", &[Role::Operator]);
        let pending = people.invite_again(&root, "Asel", HERE, at(1.0)).unwrap();
        let mut all = String::new();
        for file in std::fs::read_dir(people.folder()).unwrap() {
            all += &std::fs::read_to_string(file.unwrap().path()).unwrap();
        }
        for secret in [session.text(), pending.text(), GOOD] {
            assert!(!all.contains(secret));
        }
        assert!(all.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[test]
    fn only_administrators_manage_people_and_none_their_own_account() {
        let (_folder, people, root) = begun();
        let session = invited(&people, &root, "Asel", &[Role::ReleaseOfficer, Role::Engineer]);
        let asel = people.person(&session, at(1.0)).unwrap();
        let all = Roles::from(Role::ALL.to_vec());
        let refused = |done: Result<(), Refusal>| {
            assert!(matches!(done.unwrap_err(), Refusal::MayNot(_)));
        };
        refused(people.set_roles(&asel, ("Asel", &all), HERE, at(1.0)));
        refused(people.shut_out(&asel, ("Root", true), HERE, at(1.0)));
        refused(people.invite(&asel, ("Eve", None, &all), HERE, at(1.0)).map(drop));
        refused(people.invite_again(&asel, "Root", HERE, at(1.0)).map(drop));
        refused(people.set_roles(&root, ("root", &all), HERE, at(1.0)));
        refused(people.shut_out(&root, ("ROOT", true), HERE, at(1.0)));
        people.set_roles(&root, ("asel", &all), HERE, at(1.0)).unwrap();
        assert_eq!(people.person(&session, at(1.0)).unwrap().roles, all, "at once");
        people.shut_out(&root, ("Asel", true), HERE, at(2.0)).unwrap();
        assert!(matches!(people.person(&session, at(2.0)), Err(Refusal::SignedOut)));
        assert!(matches!(people.sign_in("Asel", GOOD, HERE, at(2.0)), Err(Refusal::Wrong)));
        let told = acts(&people);
        assert!(told.iter().any(|act| act.starts_with("Asel: shut out Root refused: to manage")));
        assert!(told.iter().any(|act| act == "Root: shut out Asel done"), "{told:#?}");
    }

    #[test]
    fn one_who_was_an_administrator_when_the_request_began_is_not_when_it_is_done() {
        let (_folder, people, root) = begun();
        let session = invited(&people, &root, "Mallory", &[Role::Administrator]);
        let mallory = people.person(&session, at(1.0)).unwrap();
        people.shut_out(&root, ("Mallory", true), HERE, at(2.0)).unwrap();
        let all = Roles::from(Role::ALL.to_vec());
        assert!(people.invite(&mallory, ("Eve", None, &all), HERE, at(3.0)).is_err());
        assert!(people.shut_out(&mallory, ("Root", true), HERE, at(3.0)).is_err());
        let shell = Person::at_the_machine("root");
        let last = people.shut_out(&shell, ("Root", true), HERE, at(4.0)).unwrap_err();
        assert_eq!(last.to_string(), "no administrator would be left");
        people.shut_out(&shell, ("Mallory", false), HERE, at(5.0)).unwrap();
        people.shut_out(&shell, ("Root", true), HERE, at(6.0)).unwrap();
    }

    #[test]
    fn what_cannot_be_written_down_is_not_done() {
        let (_folder, people, root) = begun();
        let audit = people.folder().join(audit::FILE);
        let kept = std::fs::read(&audit).unwrap();
        std::fs::write(&audit, "no entry at all\n").unwrap();
        let roles = Roles::from(vec![Role::Viewer]);
        assert!(people.invite(&root, ("Eve", None, &roles), HERE, at(1.0)).is_err());
        assert!(people.sign_in("Root", GOOD, HERE, at(1.0)).is_err());
        std::fs::write(&audit, kept).unwrap();
        assert_eq!(people.list(at(2.0)).unwrap().len(), 1, "Eve is not there");
        assert_eq!(people.list(at(2.0)).unwrap()[0].sessions, 1);
    }

    #[test]
    fn who_is_shut_out_cannot_come_back_by_an_invitation() {
        let (_folder, people, root) = begun();
        invited(&people, &root, "Asel", &[Role::Operator]);
        let token = people.invite_again(&root, "Asel", HERE, at(1.0)).unwrap();
        people.shut_out(&root, ("Asel", true), HERE, at(2.0)).unwrap();
        let done = people.take_up(&token, None, GOOD, HERE, at(3.0));
        assert!(matches!(done, Err(Refusal::Invitation)));
    }

    #[test]
    fn a_new_password_ends_all_sessions_and_the_old_one_holds_until_then() {
        let (_folder, people, root) = begun();
        let session = invited(&people, &root, "Asel", &[Role::Operator]);
        let token = people.invite_again(&root, "asel", HERE, at(1.0)).unwrap();
        people.sign_in("Asel", GOOD, HERE, at(2.0)).unwrap();
        let new = "two rivers and one bridge";
        people.take_up(&token, Some("Mallory"), new, HERE, at(3.0)).unwrap();
        assert!(matches!(people.person(&session, at(3.0)), Err(Refusal::SignedOut)));
        assert!(matches!(people.sign_in("Asel", GOOD, HERE, at(4.0)), Err(Refusal::Wrong)));
        people.sign_in("Asel", new, HERE, at(5.0)).unwrap();
        assert_eq!(people.list(at(5.0)).unwrap()[0].sessions, 2);
    }

    #[test]
    fn passwords_that_are_easily_guessed_and_names_that_are_taken_do_not_do() {
        let (_folder, people, root) = begun();
        let roles = Roles::from(vec![Role::Viewer]);
        let invite = |name: &str| people.invite(&root, (name, None, &roles), HERE, at(1.0));
        for name in ["ROOT", " root ", "", "a\nb", &"x".repeat(65)] {
            assert!(matches!(invite(name), Err(Refusal::Unfit(_))), "{name:?}");
        }
        let token = invite("Asel Duty").unwrap();
        for password in ["short", "aaaaaaaaaaaaaaaa", "asel duty 12345", &"x1y2z".repeat(60)] {
            let done = people.take_up(&token, None, password, HERE, at(2.0));
            assert!(matches!(done, Err(Refusal::Unfit(_))), "{password:?}");
        }
        people.take_up(&token, None, GOOD, HERE, at(2.0)).unwrap();
    }

    #[test]
    fn a_program_acts_as_a_person_until_its_token_ends_or_they_are_shut_out() {
        let (_folder, people, root) = begun();
        let session = invited(&people, &root, "Feed", &[Role::Viewer]);
        let feed = people.person(&session, at(1.0)).unwrap();
        let make = |by: &Person, name: &str| people.token(by, (name, 1e6), HERE, at(1.0));
        assert!(matches!(make(&feed, "Feed"), Err(Refusal::MayNot(_))));
        assert!(matches!(make(&root, "Nobody"), Err(Refusal::Unfit(_))));
        let token = make(&root, "feed").unwrap();
        assert_eq!(people.person(&token, at(1e6)).unwrap().name, "Feed");
        assert!(people.person(&token, at(1e6 + 1.0)).is_err());
        people.shut_out(&root, ("Feed", true), HERE, at(2.0)).unwrap();
        assert!(people.person(&token, at(3.0)).is_err());
    }

    #[test]
    fn a_provider_vouches_for_a_person_and_says_their_roles_each_time() {
        let (_folder, people, root) = begun();
        let (operator, duty) =
            (Roles::from(vec![Role::Operator]), Roles::from(vec![Role::DutyOfficer]));
        let come = |subject: &str, name: &str, roles: &Roles, s: f64| {
            people.sign_in_vouched(Vouched { subject, name, roles }, HERE, at(s))
        };
        let session = come("https://id.example 17", "Asel", &operator, 1.0).unwrap();
        assert_eq!(people.person(&session, at(1.0)).unwrap().roles, operator);
        come("https://id.example 17", "Asel K.", &duty, 2.0).unwrap();
        let person = people.person(&session, at(2.0)).unwrap();
        assert_eq!((person.name.as_str(), &person.roles), ("Asel", &duty), "the name stays");
        assert_eq!(people.list(at(2.0)).unwrap().len(), 2, "Root and Asel");

        // Nobody becomes another by a name, and nobody gets in without a role.
        for (subject, name) in
            [("https://id.example 18", "asel"), ("https://id.example 18", "Root")]
        {
            assert!(
                matches!(come(subject, name, &operator, 3.0), Err(Refusal::Unfit(_))),
                "{name}"
            );
        }
        let none = Roles::default();
        let token = people.token(&root, ("Asel", 1e6), HERE, at(2.5));
        assert!(token.is_err(), "no way around the provider");
        let left = come("https://id.example 17", "Asel", &none, 3.0);
        assert!(matches!(left, Err(Refusal::MayNot(_))));
        assert!(matches!(people.person(&session, at(3.0)), Err(Refusal::SignedOut)), "at once");
        let session = come("https://id.example 17", "Asel", &duty, 3.0).unwrap();
        assert!(matches!(
            come("https://id.example 19", "Eve", &none, 3.0),
            Err(Refusal::MayNot(_))
        ));
        // They have no password here, now or later, and no roles of ours.
        assert!(matches!(people.sign_in("Asel", "", HERE, at(3.0)), Err(Refusal::Wrong)));
        assert!(people.invite_again(&root, "Asel", HERE, at(3.0)).is_err());
        assert!(people.set_roles(&root, ("Asel", &operator), HERE, at(3.0)).is_err());

        people.shut_out(&root, ("Asel", true), HERE, at(4.0)).unwrap();
        assert!(matches!(people.person(&session, at(4.0)), Err(Refusal::SignedOut)));
        let out = come("https://id.example 17", "Asel", &duty, 5.0);
        assert!(matches!(out, Err(Refusal::SignedOut)));
        let told = acts(&people);
        let refused = ": sign in https://id.example 17 Asel refused: shut out";
        assert!(told.iter().any(|act| act == refused), "{told:#?}");
    }

    #[test]
    fn one_person_has_so_many_consoles_and_the_oldest_gives_way() {
        let (_folder, people, root) = begun();
        let first = invited(&people, &root, "Asel", &[Role::Operator]);
        for _ in 0..SESSIONS_EACH_MAX {
            people
                .store
                .change(|book| Ok::<_, Refusal>(people.session(book, "Asel", at(1.0))))
                .unwrap();
        }
        assert!(matches!(people.person(&first, at(1.0)), Err(Refusal::SignedOut)));
    }

    #[test]
    fn a_file_that_is_broken_is_named_and_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.json");
        for (text, found) in [
            ("{", "people.json: EOF"),
            (r#"{"version":9,"accounts":[],"sessions":[]}"#, "version 9"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = People::open(folder.path(), rules()).unwrap_err().to_string();
            assert!(error.contains(found), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }
}
