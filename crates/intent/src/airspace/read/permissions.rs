//! Permissions in TOML, one table each:
//!
//! ```toml
//! [[permission]]
//! name = "KGZ-2026-0417"
//! party = "KGZ"                     # who gave it
//! callsign = "UZB123"               # or "UZB*"; one at least of callsign, address, plan
//! address = "507abc"                # six hexadecimal digits, ~ before them if not ICAO's
//! plan = "UZB123"                   # callsign of the flight plan the track is correlated with
//! airspaces = ["KGZ", "KARA TMA"]   # names; a territory's opens its border
//! from = 2026-12-01T08:00:00Z
//! until = 2026-12-01T16:00:00Z
//! lower = "FL280"                   # left out: from the ground
//! upper = "FL410"                   # left out: without end
//! ```

use super::values::{limit, time};
use super::{BYTES_MAX, DEFECTS_MAX, quoted};
use crate::airspace::{Defect, Fault, Limit, Limits, Period, Permission, Subject};
use surveillance::{Address, Callsign, Time};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 10] = [
    "name",
    "party",
    "callsign",
    "address",
    "plan",
    "airspaces",
    "from",
    "until",
    "lower",
    "upper",
];
const TEXT: &str = "a text in quotation marks";
const INSTANT: &str = "an instant of UTC such as 2026-12-01T08:00:00Z";
const CALLSIGN: &str = "one to eight of A-Z and 0-9, or fewer with * behind them";

/// Reads permissions. One with a fault is left out whole: what is not surely allowed is not.
pub fn permissions(bytes: &[u8]) -> (Vec<Permission>, Vec<Defect>) {
    let refuse = |line, why: String| {
        let fault = Fault::Unreadable { why };
        (Vec::new(), vec![Defect { line, field: "file".to_owned(), name: None, fault }])
    };
    if bytes.len() > BYTES_MAX {
        return refuse(None, format!("the file has more than {BYTES_MAX} octets"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse(None, "not UTF-8".to_owned());
    };
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(why) => {
            let line = why.span().map(|span| line(text, span.start));
            return refuse(line, quoted(why.message()));
        }
    };
    let mut file = File { text, permissions: Vec::new(), defects: Vec::new() };
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref().as_array()) {
            ("permission", Some(array)) => {
                array.iter().for_each(|entry| file.entry(entry));
            }
            (other, _) => file.note(value.span().start, other, None, Fault::unknown(other)),
        }
    }
    file.defects.sort_by_key(|defect| defect.line);
    (file.permissions, file.defects)
}

fn line(text: &str, at: usize) -> u32 {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|c| **c == b'\n').count() as u32
}

struct File<'a> {
    text: &'a str,
    permissions: Vec<Permission>,
    defects: Vec<Defect>,
}

impl File<'_> {
    fn note(&mut self, at: usize, field: &str, name: Option<&str>, fault: Fault) {
        if self.defects.len() < DEFECTS_MAX {
            let line = Some(line(self.text, at));
            let (field, name) = (quoted(field), name.map(quoted));
            self.defects.push(Defect { line, field, name, fault });
        }
    }

    fn entry(&mut self, entry: &Spanned<DeValue<'_>>) {
        let at = entry.span().start;
        let Some(table) = entry.get_ref().as_table() else {
            return self.note(at, "permission", None, Fault::value("entry", "a table"));
        };
        let entry = Entry { table, at };
        let name = entry.text("name").ok().flatten().map(str::to_owned);
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            if !KEYS.contains(&key) {
                self.note(value.span().start, key, name.as_deref(), Fault::unknown(key));
            }
        }
        if table.keys().any(|key| !KEYS.contains(&key.get_ref().as_ref())) {
            // A condition that is not understood may not be dropped.
            return;
        }
        let number = line(self.text, at);
        match entry.permission(number) {
            Ok(permission) => self.permissions.push(permission),
            Err((at, key, fault)) => self.note(at, key, name.as_deref(), fault),
        }
    }
}

/// Place, key and fault.
type Found = (usize, &'static str, Fault);

struct Entry<'a> {
    table: &'a DeTable<'a>,
    at: usize,
}

impl<'a> Entry<'a> {
    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn text(&self, key: &'static str) -> Result<Option<&'a str>, Found> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let wrong = || (value.span().start, key, Fault::value(value.get_ref().type_str(), TEXT));
        value.get_ref().as_str().map(Some).ok_or_else(wrong)
    }

    fn parsed<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Result<Option<T>, Found> {
        let at = self.value(key).map_or(self.at, |value| value.span().start);
        let text = self.text(key)?;
        text.map(|text| read(text).map_err(|fault| (at, key, fault))).transpose()
    }

    fn required<T>(
        &self,
        key: &'static str,
        what: &'static str,
        value: Option<T>,
    ) -> Result<T, Found> {
        value.ok_or((self.at, key, Fault::Missing { what }))
    }

    fn instant(&self, key: &'static str, what: &'static str) -> Result<Time, Found> {
        let value = self.required(key, what, self.value(key))?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(instant) => instant.to_string(),
            other => other.type_str().to_owned(),
        };
        time(&text).ok_or_else(|| (value.span().start, key, Fault::value(&text, INSTANT)))
    }

    fn airspaces(&self) -> Result<Vec<String>, Found> {
        const KEY: &str = "airspaces";
        let value = self.required(KEY, "the names of airspaces", self.value(KEY))?;
        let wrong = || {
            let found = value.get_ref().type_str();
            (value.span().start, KEY, Fault::value(found, "a list of one name or more"))
        };
        let names = value.get_ref().as_array().ok_or_else(wrong)?;
        let names: Option<Vec<String>> =
            names.iter().map(|name| name.get_ref().as_str().map(str::to_owned)).collect();
        names.filter(|names| !names.is_empty()).ok_or_else(wrong)
    }

    fn subject(&self) -> Result<Subject, Found> {
        let callsign = |text: &str| Callsign::new(text).ok_or_else(|| Fault::value(text, CALLSIGN));
        let mut subject = Subject {
            address: self.parsed("address", address)?,
            plan: self.parsed("plan", callsign)?,
            ..Subject::default()
        };
        if self.text("callsign")?.is_some_and(|text| text.ends_with('*')) {
            subject.callsign_prefix =
                self.parsed("callsign", |text| callsign(text.trim_end_matches('*')))?;
        } else {
            subject.callsign = self.parsed("callsign", callsign)?;
        }
        if subject == Subject::default() {
            let what = "callsign, address or plan: whom it is for";
            return Err((self.at, "permission", Fault::Missing { what }));
        }
        Ok(subject)
    }

    fn permission(&self, line: u32) -> Result<Permission, Found> {
        let name = self.required("name", "its number or name", self.text("name")?)?;
        let party = self.required("party", "who gave it", self.text("party")?)?;
        let from = self.instant("from", "when it begins")?;
        let until = self.instant("until", "when it ends")?;
        let at = |key| self.value(key).map_or(self.at, |value| value.span().start);
        if until <= from {
            let (from, until) = (from.to_string(), until.to_string());
            return Err((at("until"), "until", Fault::TimesUpsideDown { from, until }));
        }
        let limits = Limits {
            lower: self.parsed("lower", limit)?.unwrap_or(Limit::Surface),
            upper: self.parsed("upper", limit)?.unwrap_or(Limit::Unlimited),
        };
        if limits.upside_down() {
            let (lower, upper) = (limits.lower.to_string(), limits.upper.to_string());
            return Err((at("upper"), "upper", Fault::LimitsUpsideDown { lower, upper }));
        }
        Ok(Permission {
            name: name.to_owned(),
            party: party.to_owned(),
            subject: self.subject()?,
            airspaces: self.airspaces()?,
            period: Period { from: Some(from), until: Some(until) },
            limits,
            line: Some(line),
        })
    }
}

fn address(text: &str) -> Result<Address, Fault> {
    let (of, digits): (fn(u32) -> Address, _) = match text.strip_prefix('~') {
        Some(digits) => (Address::other, digits),
        None => (Address::icao, text),
    };
    let hexadecimal = digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_hexdigit());
    let bits = hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    bits.map(of).ok_or_else(|| Fault::value(text, "six hexadecimal digits such as 507abc"))
}
