//! `entente keys`: a party's authority, its node's certificate and its ledger's keys.
//!
//! Each party is its own authority. What it gives to partners is one file, `identity.pem`; whoever
//! is handed one compares the fingerprints that `show` prints with the giver, by another way.
//! A ledger key or an authority is replaced in two steps, so that no link stops: first both are in
//! the identity, and once every partner has that, `--switch` takes the new one in use.

use crate::commands::{Misuse, say};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use ledger::Signer;
use node::clock::Clock;
use node::link::keys as names;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use surveillance::Time;

/// The authority's certificate and its secret key, in the folder of keys. The node reads neither.
const AUTHORITY: &str = "authority.pem";
const AUTHORITY_KEY: &str = "authority.key";
/// What is in the identity already and not yet in use.
const AUTHORITY_NEXT: &str = "authority.next.pem";
const AUTHORITY_KEY_NEXT: &str = "authority.next.key";
const LEDGER_KEY_NEXT: &str = "ledger.next.key";
/// Days that an authority is valid.
const AUTHORITY_DAYS: u64 = 3650;
/// Before a certificate begins to be valid and now: clocks differ.
const SLACK: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make an authority, a node's certificate and a ledger key in a new folder.
    Make(Make),
    /// Make a new certificate for the node, by the authority in the folder. A running node takes
    /// it up by itself.
    Renew {
        /// The folder.
        folder: PathBuf,
        #[command(flatten)]
        valid: Valid,
    },
    /// Replace the ledger's key or the authority: first without --switch, then, once every partner
    /// has the new identity.pem, with it.
    Rotate {
        /// The folder.
        folder: PathBuf,
        /// What to replace.
        #[arg(value_enum)]
        what: What,
        /// Take the new one in use.
        #[arg(long)]
        switch: bool,
    },
    /// Print whose an identity is and its fingerprints, to be compared with what its party reads
    /// out.
    Show {
        /// A folder of keys, or a partner's identity.
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// The folder; made if absent.
    folder: PathBuf,
    /// Whose: ISO 3166 alpha-3, or an organisation's id.
    #[arg(long)]
    party: accord::PartyId,
    #[command(flatten)]
    valid: Valid,
}

#[derive(Debug, Args)]
pub(crate) struct Valid {
    /// Days that the node's certificate is valid.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
    /// The last day of that, instead.
    #[arg(long, value_name = "DATE", conflicts_with = "days", value_parser = day)]
    until: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The key that signs ledgers.
    Ledger,
    /// The authority.
    Authority,
}

fn day(text: &str) -> Result<Time, String> {
    format!("{text}T23:59:59Z").parse().map_err(|_| "write it as 2027-11-24".to_owned())
}

/// Does what is asked.
pub(crate) fn perform(command: KeysCommand) -> anyhow::Result<()> {
    let now = Clock::new().now();
    match command {
        KeysCommand::Make(make) => self::make(&make, now),
        KeysCommand::Renew { folder, valid } => {
            let party = party_of(&folder.join(names::IDENTITY))?;
            certify(&folder, party, &valid, now)?;
            say(&format!("{}: renewed\n", folder.join(names::CERTIFICATE).display()))
        }
        KeysCommand::Rotate { folder, what, switch } => rotate(&folder, what, switch, now),
        KeysCommand::Show { path } => show(&path),
    }
}

fn make(make: &Make, now: Time) -> anyhow::Result<()> {
    let Make { folder, party, valid } = make;
    names::server_name(*party).map_err(Misuse)?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    if folder.join(names::IDENTITY).exists() || folder.join(AUTHORITY_KEY).exists() {
        let said = format!("{} holds keys already; name another folder", folder.display());
        return Err(Misuse(said).into());
    }
    let (certificate, key) = authority(*party, now)?;
    write_new(&folder.join(AUTHORITY_KEY), &key)?;
    write(&folder.join(AUTHORITY), &certificate)?;
    let signer = ledger_key(*party)?;
    write_new(&folder.join(names::LEDGER_KEY), &format!("{}\n", signer.to_secret_text()))?;
    certify(folder, *party, valid, now)?;
    write_identity(folder, *party, &[certificate], &[signer.key().to_string()])?;
    say(&format!(
        "made keys of {party} in {folder}\n\
         give partners {folder}/{identity}, and read them what `entente keys show {folder}` prints\n\
         move {folder}/{AUTHORITY_KEY} to where the node is not: only renewing needs it\n",
        folder = folder.display(),
        identity = names::IDENTITY,
    ))
}

/// An authority's certificate and its secret key, both as PEM.
fn authority(party: accord::PartyId, now: Time) -> anyhow::Result<(String, String)> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = authority_params(party);
    let until = now.plus(Duration::from_secs(AUTHORITY_DAYS * 24 * 3600));
    (params.not_before, params.not_after) =
        (date(now.plus_seconds(-SLACK.as_secs_f64())), date(until));
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

fn authority_params(party: accord::PartyId) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(&format!("{party} authority"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Entente");
    name.push(DnType::CommonName, common_name);
    name
}

/// Writes a new certificate of the node, by the authority in the folder, and its key.
fn certify(folder: &Path, party: accord::PartyId, valid: &Valid, now: Time) -> anyhow::Result<()> {
    let issuer_key = KeyPair::from_pem(&read(&folder.join(AUTHORITY_KEY))?)
        .with_context(|| folder.join(AUTHORITY_KEY).display().to_string())?;
    let issuer = Issuer::new(authority_params(party), issuer_key);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(vec![names::name(party)])?;
    params.distinguished_name = named(&format!("{party} node"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let until =
        valid.until.unwrap_or_else(|| now.plus(Duration::from_secs(valid.days * 24 * 3600)));
    params.not_before = date(now.min(until).plus_seconds(-SLACK.as_secs_f64()));
    params.not_after = date(until);
    let certificate = params.signed_by(&key, &issuer)?;
    write_secret(&folder.join(names::KEY), &key.serialize_pem())?;
    write(&folder.join(names::CERTIFICATE), &certificate.pem())
}

fn date(at: Time) -> time::OffsetDateTime {
    time::OffsetDateTime::UNIX_EPOCH + Duration::from_secs(at.unix_seconds().max(0.0) as u64)
}

fn ledger_key(party: accord::PartyId) -> anyhow::Result<Signer> {
    let mut seed = [0; 32];
    let filled = SystemRandom::new().fill(&mut seed);
    filled.map_err(|_| anyhow::anyhow!("the system has no randomness to give"))?;
    Signer::from_seed(&names::name(party), seed).context("a party's name can name a key")
}

/// Two steps: the new one is made and shown to partners, and then taken in use.
fn rotate(folder: &Path, what: What, switch: bool, now: Time) -> anyhow::Result<()> {
    let party = party_of(&folder.join(names::IDENTITY))?;
    let known = names::identity(&folder.join(names::IDENTITY), party).map_err(Misuse)?;
    let mut keys: Vec<String> = known.ledger.iter().map(ToString::to_string).collect();
    let mut authorities = pem_blocks(&read(&folder.join(names::IDENTITY))?);
    let next = match what {
        What::Ledger => folder.join(LEDGER_KEY_NEXT),
        What::Authority => folder.join(AUTHORITY_KEY_NEXT),
    };
    if switch != next.exists() {
        return Err(Misuse(match switch {
            true => "there is nothing to switch to; run it without --switch first".to_owned(),
            false => format!("{} waits to be switched to; use --switch", next.display()),
        })
        .into());
    }
    match (what, switch) {
        (What::Ledger, false) => {
            let signer = ledger_key(party)?;
            write_new(&next, &format!("{}\n", signer.to_secret_text()))?;
            keys.insert(0, signer.key().to_string());
            write_identity(folder, party, &authorities, &keys)?;
        }
        (What::Ledger, true) => fs::rename(&next, folder.join(names::LEDGER_KEY))?,
        (What::Authority, false) => {
            let (certificate, key) = authority(party, now)?;
            write_new(&next, &key)?;
            write(&folder.join(AUTHORITY_NEXT), &certificate)?;
            authorities.insert(0, certificate);
            write_identity(folder, party, &authorities, &keys)?;
        }
        (What::Authority, true) => {
            fs::rename(&next, folder.join(AUTHORITY_KEY))?;
            fs::rename(folder.join(AUTHORITY_NEXT), folder.join(AUTHORITY))?;
            certify(folder, party, &Valid { days: 365, until: None }, now)?;
            // The one before is believed no longer.
            let current = read(&folder.join(AUTHORITY))?;
            write_identity(folder, party, &[current], &keys)?;
        }
    }
    let identity = folder.join(names::IDENTITY);
    say(&match switch {
        false => format!("give partners {} anew, then --switch\n", identity.display()),
        true => format!("the new one is in use; {} says so\n", identity.display()),
    })
}

fn show(path: &Path) -> anyhow::Result<()> {
    let file = if path.is_dir() { path.join(names::IDENTITY) } else { path.to_owned() };
    let party = party_of(&file)?;
    let identity = names::identity(&file, party).map_err(Misuse)?;
    let mut out = format!("party      {party}\n");
    for authority in &identity.authorities {
        let digest = ring::digest::digest(&ring::digest::SHA256, authority);
        let pairs: Vec<_> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        writeln!(out, "authority  SHA-256 {}", pairs.join(":"))?;
    }
    for key in &identity.ledger {
        writeln!(out, "ledger     {key}")?;
    }
    say(&out)
}

/// Whose an identity is, by its line `party`.
pub(crate) fn party_of(identity: &Path) -> anyhow::Result<accord::PartyId> {
    let text = read(identity)?;
    let line = text.lines().find_map(|line| line.strip_prefix("party "));
    let party = line.context("it has no line \"party …\"; it is no identity");
    let party = party.and_then(|name| Ok(name.trim().parse::<accord::PartyId>()?));
    party.with_context(|| identity.display().to_string())
}

fn write_identity(
    folder: &Path,
    party: accord::PartyId,
    authorities: &[String],
    keys: &[String],
) -> anyhow::Result<()> {
    let mut text = format!("party {party}\n");
    keys.iter().for_each(|key| text += &format!("ledger {key}\n"));
    authorities.iter().for_each(|pem| text += &format!("{}\n", pem.trim()));
    write(&folder.join(names::IDENTITY), &text)
}

/// The PEM blocks of an identity, each as its text.
fn pem_blocks(text: &str) -> Vec<String> {
    const END: &str = "-----END CERTIFICATE-----";
    let block = |part: &str| part.find("-----BEGIN").map(|at| format!("{}{END}\n", &part[at..]));
    text.split(END).filter_map(block).collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// A secret, where there is none yet.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}

/// A secret in place of another: whole or not at all.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    // Left by a crash.
    let _ = fs::remove_file(&new);
    write_new(&new, text)?;
    fs::rename(new, path).with_context(|| path.display().to_string())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, text).with_context(|| path.display().to_string())?;
    fs::rename(new, path).with_context(|| path.display().to_string())
}
