//! From the text of an accord to what it means, or to what is wrong with it: file, line, key, remedy.
//!
//! A text that is no TOML, lacks what every accord has, or says something that cannot be is refused
//! whole. A clause that this version does not know is another matter: the accord can be loaded, the
//! clause grants nothing, and `entente accord check` refuses it.

use crate::area::{Area, Form, Polygon, Shape, ShapeError, Strip};
use crate::lifecycle::{Instruments, Lifecycle, NoticeRule, Renewal, Suspension};
use crate::model::{
    Accord, AnyOf, Article, AssistanceClause, BackupClause, Caveat, Clause, Conditions, Effect,
    Grant, Named, Nature, Onward, Party, Procedure, Site,
};
use crate::place::{self, Path};
use crate::text::{self, Document};
use crate::{ArticleId, Field, FieldSet, ObjectKind, PartyId, Reduction, Service};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use jiff::{Span, civil};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use surveillance::{Address, Callsign, Time};
use toml::de::DeTable;

/// Longest text of one accord, bytes.
pub const TEXT_MAX: usize = 4 << 20;

/// What is wrong with an accord's text, and what to do: always one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// Line and column, from 1, if known.
    pub at: Option<(usize, usize)>,
    /// The key, as `article[3].precision.position_nm`; empty at the top.
    pub key: String,
    /// What is wrong; what to do.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}:")?;
        }
        let colon = if self.key.is_empty() { "" } else { ": " };
        write!(f, " {}{colon}{}", self.key, self.problem)
    }
}

impl std::error::Error for Problem {}

/// An accord as read, with the clauses that were not understood.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it means; what was not understood grants nothing.
    pub accord: Accord,
    /// What was not understood: a check refuses it.
    pub not_understood: Vec<Problem>,
}

/// Reads the text of a file called `file`.
pub fn read(file: &str, text: &str) -> Result<Reading, Problem> {
    let problem = |at: Option<usize>, key: String, problem: String| Problem {
        file: file.to_owned(),
        at: at.map(|at| place::line_and_column(text, at)),
        key,
        problem,
    };
    if text.len() > TEXT_MAX {
        let said = format!("it is longer than {TEXT_MAX} bytes; split the accord");
        return Err(problem(None, String::new(), said));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let start = error.span().map(|span| span.start);
        let said = one_line(error.message());
        problem(start, String::new(), format!("{said}; see the TOML syntax at toml.io"))
    })?;
    let document: Document = toml::from_str(text).map_err(|error| {
        let path = error.span().map(|span| place::path_at(table.get_ref(), &span));
        let start = error.span().map(|span| span.start);
        let remedy = "see docs/guides/write-an-accord.md";
        let said = format!("{}; {remedy}", one_line(error.message()));
        problem(start, path.unwrap_or_default().shown(), said)
    })?;
    let at = |path: &Path| place::span_of(table.get_ref(), path).map(|span| span.start);
    let unknown = unknown_keys(table.get_ref());
    let mut reader = Reader { strange: unknown, ..Reader::default() };
    let accord = reader.accord(document);
    let accord = accord.map_err(|(path, said)| problem(at(&path), path.shown(), said))?;
    let not_understood = reader
        .strange
        .iter()
        .map(|(path, said)| problem(at(path), path.shown(), said.clone()))
        .collect();
    Ok(Reading { accord, not_understood })
}

fn one_line(message: &str) -> String {
    message.trim().replace('\n', "; ").replace('`', "")
}

type Misfit = (Path, String);
type Fallible<T> = Result<T, Misfit>;

/// Every key in the document that the schema does not have.
fn unknown_keys(root: &DeTable<'_>) -> Vec<Misfit> {
    let schema = text::schema();
    let mut found = Vec::new();
    walk(root, &schema, &schema, &Path::root(), &mut found);
    found
}

fn walk(
    table: &DeTable<'_>,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &Path,
    found: &mut Vec<Misfit>,
) {
    let resolved = resolve(schema, root);
    let Some(properties) = resolved.get("properties").and_then(|p| p.as_object()) else {
        // A table of named things: each value has the same schema.
        if let Some(each) = resolved.get("additionalProperties").filter(|each| each.is_object()) {
            for (key, value) in table {
                let path = path.key(key.get_ref());
                walk_value(value.get_ref(), each, root, &path, found);
            }
        }
        return;
    };
    for (key, value) in table {
        let path = path.key(key.get_ref());
        match properties.get(key.get_ref().as_ref()) {
            Some(inner) => walk_value(value.get_ref(), inner, root, &path, found),
            None => {
                let known: Vec<&str> = properties.keys().map(String::as_str).collect();
                let said = format!("no such key; the keys here are {}", known.join(", "));
                found.push((path, said));
            }
        }
    }
}

fn walk_value(
    value: &toml::de::DeValue<'_>,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &Path,
    found: &mut Vec<Misfit>,
) {
    let resolved = resolve(schema, root);
    if let Some(table) = value.as_table() {
        walk(table, resolved, root, path, found);
    } else if let (Some(items), Some(each)) = (value.as_array(), resolved.get("items")) {
        for (index, item) in items.iter().enumerate() {
            walk_value(item.get_ref(), each, root, &path.index(index), found);
        }
    }
}

/// Follows `$ref`, and of an optional thing the one alternative that is not null.
fn resolve<'s>(
    schema: &'s serde_json::Value,
    root: &'s serde_json::Value,
) -> &'s serde_json::Value {
    let mut schema = schema;
    // The schema is ours and not deep; the bound is against a circle.
    for _ in 0..8 {
        if let Some(reference) = schema.get("$ref").and_then(|r| r.as_str()) {
            let pointer = reference.trim_start_matches('#');
            schema = root.pointer(pointer).unwrap_or(&serde_json::Value::Null);
        } else if let Some(choices) = schema.get("anyOf").and_then(|c| c.as_array()) {
            let real = |choice: &&serde_json::Value| {
                choice.get("type").and_then(|t| t.as_str()) != Some("null")
            };
            let Some(choice) = choices.iter().find(real) else { return schema };
            schema = choice;
        } else {
            return schema;
        }
    }
    schema
}

#[derive(Default)]
struct Reader {
    parties: Vec<PartyId>,
    zones: BTreeMap<String, Arc<Shape>>,
    borders: BTreeMap<String, (String, Vec<[f64; 2]>)>,
    strips: BTreeMap<(String, u64), Arc<Shape>>,
    strange: Vec<Misfit>,
}

fn misfit<T>(path: &Path, problem: impl Into<String>) -> Fallible<T> {
    Err((path.clone(), problem.into()))
}

fn parse<T: FromStr<Err = crate::NameError>>(path: &Path, text: &str) -> Fallible<T> {
    text.parse().map_err(|error: crate::NameError| (path.clone(), error.to_string()))
}

impl Reader {
    fn is_strange(&self, path: &Path) -> bool {
        self.strange.iter().any(|(strange, _)| strange.starts_with(path))
    }

    fn accord(&mut self, document: Document) -> Fallible<Accord> {
        let root = Path::root();
        if document.form != text::FORM {
            let said = format!("form {} is not known; this version reads form 1", document.form);
            return misfit(&root.key("form"), said);
        }
        let id = parse(&root.key("accord"), &document.accord)?;
        let parties = self.parties(&document.party)?;
        self.shapes(&document)?;
        let lifecycle = self.lifecycle(&root.key("instruments"), document.instruments)?;
        let mut articles = Vec::new();
        let mut numbers = BTreeSet::new();
        for (index, article) in document.article.into_iter().enumerate() {
            let path = root.key("article").index(index);
            let article = self.article(&path, article)?;
            if !numbers.insert(article.id) {
                let said = format!("{} is an article already; give another number", article.id);
                return misfit(&path.key("number"), said);
            }
            articles.push(article);
        }
        let mut caveats = Vec::new();
        for (index, caveat) in document.caveat.into_iter().enumerate() {
            let path = root.key("caveat").index(index);
            let caveat = self.caveat(&path, caveat)?;
            if !numbers.insert(caveat.id) {
                let said = format!("{} is there already; give another number", caveat.id);
                return misfit(&path.key("number"), said);
            }
            caveats.push(caveat);
        }
        self.suspended_articles_exist(&lifecycle, &articles)?;
        let sites = self.sites(document.site)?;
        let part_of = document.part_of.map(|id| parse(&root.key("part_of"), &id)).transpose()?;
        let text = document.text.map(|text| self.text_reference(text)).transpose()?;
        let inside = |path: &Path| {
            path.starts_with(&root.key("article")) || path.starts_with(&root.key("caveat"))
        };
        Ok(Accord {
            id,
            title: document.title,
            nature: nature(document.nature),
            note: document.note,
            part_of,
            text,
            sources: document.sources,
            parties,
            lifecycle,
            sites,
            articles,
            caveats,
            understood: self.strange.iter().all(|(path, _)| inside(path)),
        })
    }

    fn text_reference(&self, text: text::TextReference) -> Fallible<(String, Option<String>)> {
        let path = Path::root().key("text").key("sha256");
        if let Some(hash) = &text.sha256
            && (hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return misfit(&path, "it is no SHA-256; give 64 hex digits");
        }
        Ok((text.reference, text.sha256))
    }

    fn parties(&mut self, list: &[text::Party]) -> Fallible<Vec<Party>> {
        let path = Path::root().key("party");
        if list.len() < 2 {
            return misfit(&path, "an accord has at least two parties; add [[party]] tables");
        }
        for (index, party) in list.iter().enumerate() {
            let path = path.index(index).key("id");
            let id = parse(&path, &party.id)?;
            if self.parties.contains(&id) {
                return misfit(&path, format!("{id} is a party already; leave one out"));
            }
            self.parties.push(id);
        }
        let party = |(party, id): (&text::Party, &PartyId)| Party {
            id: *id,
            name: party.name.clone(),
            roles: party.roles.clone(),
        };
        Ok(list.iter().zip(&self.parties).map(party).collect())
    }

    /// A party to this accord.
    fn party(&self, path: &Path, text: &str) -> Fallible<PartyId> {
        let id: PartyId = parse(path, text)?;
        if self.parties.contains(&id) {
            return Ok(id);
        }
        let known = crate::explain::list(&self.parties);
        misfit(path, format!("{id} is no party to this accord; give one of {known}"))
    }

    fn party_list(&self, path: &Path, list: &[String]) -> Fallible<Vec<PartyId>> {
        if list.is_empty() {
            return misfit(path, "nobody is named; name at least one party");
        }
        let one = |(index, text): (usize, &String)| self.party(&path.index(index), text);
        list.iter().enumerate().map(one).collect()
    }

    fn shapes(&mut self, document: &Document) -> Fallible<()> {
        for (name, zone) in &document.zone {
            let path = Path::root().key("zone").key(name);
            let form = match (&zone.polygon, &zone.circle) {
                (Some(corners), None) => polygon(&path.key("polygon"), corners)?,
                (None, Some(circle)) => round(&path.key("circle"), circle)?,
                _ => return misfit(&path, "give either a polygon or a circle"),
            };
            let title = zone.title.clone().unwrap_or_else(|| name.clone());
            self.zones.insert(name.clone(), Arc::new(Shape::new(&title, form)));
        }
        for (name, border) in &document.border {
            let path = Path::root().key("border").key(name).key("line");
            Strip::new(&border.line, 1.0).map_err(|error| (path, error.to_string()))?;
            let title = border.title.clone().unwrap_or_else(|| name.clone());
            self.borders.insert(name.clone(), (title, border.line.clone()));
        }
        Ok(())
    }

    fn area(&mut self, path: &Path, parts: &[text::AreaPart]) -> Fallible<Area> {
        let mut shapes: Vec<Arc<Shape>> = Vec::new();
        let mut anywhere = false;
        for (index, part) in parts.iter().enumerate() {
            let path = path.index(index);
            let said = [
                part.anywhere.is_some(),
                part.zone.is_some(),
                part.border.is_some(),
                part.polygon.is_some(),
                part.circle.is_some(),
            ];
            if said.iter().filter(|said| **said).count() != 1 {
                let said = "give one of anywhere, zone, border, polygon and circle in each part";
                return misfit(&path, said);
            }
            match part.anywhere {
                Some(true) => anywhere = true,
                Some(false) => {
                    return misfit(&path.key("anywhere"), "false says nothing; leave it out");
                }
                None => shapes.push(self.shape(&path, part)?),
            }
        }
        match (anywhere, shapes.is_empty()) {
            (true, true) => Ok(Area::Anywhere),
            (true, false) => misfit(path, "anywhere holds the other parts; leave them out"),
            (false, true) => misfit(path, "no area; give a part, or { anywhere = true }"),
            (false, false) => Ok(Area::Shapes(shapes)),
        }
    }

    fn shape(&mut self, path: &Path, part: &text::AreaPart) -> Fallible<Arc<Shape>> {
        if let Some(name) = &part.zone {
            let known: Vec<&str> = self.zones.keys().map(String::as_str).collect();
            let said = || format!("there is no zone {name:?}; the zones are {}", known.join(", "));
            return self.zones.get(name).cloned().ok_or_else(|| (path.key("zone"), said()));
        }
        if let Some(name) = &part.border {
            let Some((title, line)) = self.borders.get(name) else {
                let known: Vec<&str> = self.borders.keys().map(String::as_str).collect();
                let said = format!("there is no border {name:?}; they are {}", known.join(", "));
                return misfit(&path.key("border"), said);
            };
            let Some(within_nm) = part.within_nm else {
                return misfit(path, "a border needs within_nm: how far on either side");
            };
            let key = (name.clone(), within_nm.to_bits());
            if let Some(known) = self.strips.get(&key) {
                return Ok(known.clone());
            }
            let strip = Strip::new(line, within_nm * METRES_PER_NM)
                .map_err(|error| (path.key("within_nm"), error.to_string()))?;
            let name = format!("within {within_nm} NM of {title}");
            let shape = Arc::new(Shape::new(&name, Form::Strip(strip)));
            self.strips.insert(key, shape.clone());
            return Ok(shape);
        }
        let form = match (&part.polygon, &part.circle) {
            (Some(corners), _) => polygon(&path.key("polygon"), corners)?,
            (None, Some(circle)) => round(&path.key("circle"), circle)?,
            (None, None) => return misfit(path, "give a zone, border, polygon or circle"),
        };
        Ok(Arc::new(Shape::new("an area of its own", form)))
    }

    fn lifecycle(&self, path: &Path, i: text::Instruments) -> Fallible<Lifecycle> {
        let required = |what| i.requires.contains(&what);
        let party_dates = |key: &str, list: Vec<(String, text::When, Option<String>)>| {
            let mut read: Vec<(PartyId, Time, Option<String>)> = Vec::new();
            for (index, (party, date, words)) in list.into_iter().enumerate() {
                let path = path.key(key).index(index);
                let party = self.party(&path.key("party"), &party)?;
                if read.iter().any(|known| known.0 == party) {
                    return misfit(&path, format!("{party} is there already; leave one out"));
                }
                read.push((party, when(&path.key("date"), date)?, words));
            }
            Ok(read)
        };
        let ratified = i.ratified.into_iter().map(|r| (r.party, r.date, r.body)).collect();
        let deposited = i.deposited.into_iter().map(|d| (d.party, d.date, d.depositary)).collect();
        let signed = i
            .signed
            .map(|signed| Ok((when(&path.key("signed").key("date"), signed.date)?, signed.place)));
        let optional_span = |key: &str, text: &Option<String>| {
            text.as_ref().map(|text| span(&path.key(key), text)).transpose()
        };
        let renewed = i.renewed.iter().enumerate().map(|(index, act)| {
            let at = when(&path.key("renewed").index(index).key("date"), act.date)?;
            Ok((at, act.body.clone()))
        });
        let renewed: Vec<(Time, Option<String>)> = renewed.collect::<Fallible<_>>()?;
        let renewal = match i.renewal {
            text::Renewal::None => Renewal::None,
            text::Renewal::Automatic => Renewal::Automatic,
            text::Renewal::ByAct => Renewal::ByAct(renewed.clone()),
        };
        if !renewed.is_empty() && i.renewal != text::Renewal::ByAct {
            let said = "acts of renewal count only where renewal = \"by-act\"";
            return misfit(&path.key("renewed"), said);
        }
        if i.term.is_none() && (i.renewal != text::Renewal::None || i.renewal_term.is_some()) {
            return misfit(&path.key("renewal"), "there is no term to renew; give term");
        }
        let instruments = Instruments {
            requires: [
                required(text::Requirement::Signature),
                required(text::Requirement::Ratification),
                required(text::Requirement::Deposit),
            ],
            signed: signed.transpose()?,
            ratified: party_dates("ratified", ratified)?,
            deposited: party_dates("deposited", deposited)?,
            in_force: i.in_force.map(|at| when(&path.key("in_force"), at)).transpose()?,
            term: optional_span("term", &i.term)?,
            renewal,
            renewal_term: optional_span("renewal_term", &i.renewal_term)?,
            notice: i.notice.map(|n| self.notice(&path.key("notice"), &n)).transpose()?,
            notices: self.notices(&path.key("notice_given"), &i.notice_given)?,
            suspensions: self.suspensions(&path.key("suspension"), i.suspension)?,
            termination: i.termination.map(|t| self.termination(path, &t)).transpose()?,
        };
        Ok(Lifecycle::new(self.parties.clone(), instruments))
    }

    fn termination(
        &self,
        path: &Path,
        termination: &text::Termination,
    ) -> Fallible<(Time, Vec<PartyId>)> {
        let path = path.key("termination");
        let by = self.party_list(&path.key("by"), &termination.by)?;
        Ok((when(&path.key("date"), termination.date)?, by))
    }

    fn notice(&self, path: &Path, notice: &text::Notice) -> Fallible<NoticeRule> {
        let period = |key: &str, text: &Option<String>| {
            text.as_ref().map(|text| span(&path.key(key), text)).transpose()
        };
        let by = notice.by.as_ref();
        Ok(NoticeRule {
            by: by.map(|by| self.party_list(&path.key("by"), by)).transpose()?,
            before_end: period("before_end", &notice.before_end)?,
            ends_after: period("ends_after", &notice.ends_after)?,
        })
    }

    fn notices(
        &self,
        path: &Path,
        list: &[text::NoticeGiven],
    ) -> Fallible<Vec<(PartyId, Time, Option<Time>)>> {
        let one = |(index, notice): (usize, &text::NoticeGiven)| {
            let path = path.index(index);
            let withdrawn = notice.withdrawn.map(|at| when(&path.key("withdrawn"), at));
            Ok((
                self.party(&path.key("by"), &notice.by)?,
                when(&path.key("date"), notice.date)?,
                withdrawn.transpose()?,
            ))
        };
        list.iter().enumerate().map(one).collect()
    }

    fn suspensions(&self, path: &Path, list: Vec<text::Suspension>) -> Fallible<Vec<Suspension>> {
        let mut read = Vec::new();
        for (index, s) in list.into_iter().enumerate() {
            let path = path.index(index);
            let from = when(&path.key("from"), s.from)?;
            let until = s.until.map(|at| when(&path.key("until"), at)).transpose()?;
            if until.is_some_and(|until| until <= from) {
                return misfit(&path.key("until"), "it ends before it begins; give a later time");
            }
            let towards = s.towards.map(|list| self.party_list(&path.key("towards"), &list));
            let articles = s.articles.map(|list| {
                let path = path.key("articles");
                let one = |(index, number): (usize, &String)| parse(&path.index(index), number);
                list.iter().enumerate().map(one).collect::<Fallible<Vec<ArticleId>>>()
            });
            read.push(Suspension {
                by: self.party(&path.key("by"), &s.by)?,
                towards: towards.transpose()?,
                articles: articles.transpose()?,
                from,
                until,
                reason: s.reason,
            });
        }
        Ok(read)
    }

    /// A suspension of an article that is not there would suspend nothing, in silence.
    fn suspended_articles_exist(&self, life: &Lifecycle, articles: &[Article]) -> Fallible<()> {
        for (index, suspension) in life.suspensions().iter().enumerate() {
            for (which, id) in suspension.articles.iter().flatten().enumerate() {
                if !articles.iter().any(|article| article.id == *id) {
                    let path = Path::root().key("instruments").key("suspension").index(index);
                    let said = format!("there is no article {id}; give a number that is there");
                    return misfit(&path.key("articles").index(which), said);
                }
            }
        }
        Ok(())
    }

    fn sites(&self, list: Vec<text::Site>) -> Fallible<Vec<Site>> {
        let mut sites = Vec::new();
        for (index, site) in list.into_iter().enumerate() {
            let path = Path::root().key("site").index(index);
            if !(site.hectares.is_finite() && site.hectares > 0.0) {
                return misfit(&path.key("hectares"), "give a number of hectares above 0");
            }
            let corners = site.polygon.unwrap_or_default();
            if !corners.is_empty() {
                polygon(&path.key("polygon"), &corners)?;
            }
            let sensors = site.sensor.into_iter().enumerate().map(|(which, sensor)| {
                let path = path.key("sensor").index(which).key("data_of");
                Ok((sensor.name, self.party_list(&path, &sensor.data_of)?))
            });
            sites.push(Site {
                host: self.party(&path.key("host"), &site.host)?,
                guest: self.party(&path.key("guest"), &site.guest)?,
                name: site.name,
                nature: nature(site.nature),
                hectares: site.hectares,
                outline_rad: corners.iter().map(|c| c.map(f64::to_radians)).collect(),
                sensors: sensors.collect::<Fallible<_>>()?,
            });
        }
        Ok(sites)
    }

    fn article(&mut self, path: &Path, article: text::Article) -> Fallible<Article> {
        let id = parse(&path.key("number"), &article.number)?;
        let (title, article_nature) = (article.title.clone(), article.nature.map(nature));
        let object = match article.kind.as_str() {
            "release.tracks" => Some(ObjectKind::Track),
            "release.plots" => Some(ObjectKind::Plot),
            "release.alerts" => Some(ObjectKind::Alert),
            "release.incidents" => Some(ObjectKind::Incident),
            "release.coverage" => Some(ObjectKind::Coverage),
            _ => None,
        };
        let known = object.is_some()
            || matches!(article.kind.as_str(), "backup" | "assistance" | "procedure");
        if !known {
            let said = format!(
                "{:?} is no kind this version knows; the kinds are release.tracks, release.plots, \
                 release.alerts, release.incidents, release.coverage, backup, assistance, procedure",
                article.kind
            );
            self.strange.push((path.key("kind"), said));
        }
        let clause = if self.is_strange(path) {
            let between = |list: &Option<Vec<String>>, key: &str| {
                let list = list.as_ref()?;
                self.party_list(&path.key(key), list).ok()
            };
            let between = between(&article.from, "from").zip(between(&article.to, "to"));
            Clause::NotUnderstood { kind: article.kind, between }
        } else {
            foreign_keys(path, &article)?;
            match (object, article.kind.as_str()) {
                (Some(object), _) => Clause::Release(self.grant(path, object, article)?),
                (None, "backup") => Clause::Backup(self.backup(path, &article)?),
                (None, "assistance") => Clause::Assistance(self.assistance(path, &article)?),
                (None, _) => Clause::Procedure(procedure(path, article)?),
            }
        };
        Ok(Article { id, title, nature: article_nature, clause })
    }

    fn grant(
        &mut self,
        path: &Path,
        object: ObjectKind,
        article: text::Article,
    ) -> Fallible<Grant> {
        let from =
            self.party_list(&path.key("from"), needed(path, "from", article.from.as_ref())?)?;
        let to = self.party_list(&path.key("to"), needed(path, "to", article.to.as_ref())?)?;
        let area = needed(path, "area", article.area.as_ref())?;
        let area = self.area(&path.key("area"), area)?;
        let fields = needed(path, "fields", article.fields.as_ref())?;
        let fields: FieldSet = fields.iter().map(|field| field.meaning()).collect();
        if fields.is_empty() {
            return misfit(&path.key("fields"), "it grants no field; name at least one");
        }
        let precision = article.precision.unwrap_or_default();
        let reduction = Reduction {
            delay_s: seconds(&path.key("delay_s"), article.delay_s)?,
            interval_s: seconds(&path.key("interval_s"), article.interval_s)?,
            ..reduction(&path.key("precision"), precision)?
        };
        fields_agree(path, fields, reduction)?;
        let onward = self.onward(&path.key("onward"), &article.onward.unwrap_or_default())?;
        let of = self.conditions(path, area, article.levels, article.which.as_ref())?;
        Ok(Grant { object, from, to, of, fields, reduction, onward })
    }

    /// Onward may name who is no party: the receiver's other partners.
    fn onward(&self, path: &Path, list: &[text::Onward]) -> Fallible<Vec<Onward>> {
        let mut read: Vec<Onward> = Vec::new();
        for (index, onward) in list.iter().enumerate() {
            let path = path.index(index);
            let precision = onward.precision.unwrap_or_default();
            let at_best = Reduction {
                delay_s: seconds(&path.key("delay_s"), onward.delay_s)?,
                ..reduction(&path.key("precision"), precision)?
            };
            for (which, party) in onward.to.iter().enumerate() {
                let path = path.key("to").index(which);
                let to = parse(&path, party)?;
                if read.iter().any(|known| known.to == to) {
                    return misfit(&path, format!("{to} is named already; leave one out"));
                }
                read.push(Onward { to, at_best });
            }
        }
        Ok(read)
    }

    fn conditions(
        &self,
        path: &Path,
        area: Area,
        levels: Option<text::Levels>,
        which: Option<&text::Which>,
    ) -> Fallible<Conditions> {
        let everything = text::Which::default();
        let which = which.unwrap_or(&everything);
        let path_which = path.key("which");
        let alerts: Option<crate::AlertSet> =
            which.alerts.as_ref().map(|list| list.iter().map(|kind| kind.meaning()).collect());
        Ok(Conditions {
            area,
            levels_m: levels.map(|levels| level_band(&path.key("levels"), levels)).transpose()?,
            identity: any_of(&path_which.key("identity"), which.identity.as_ref(), |w| {
                w.meaning() as u32
            })?,
            service: any_of(&path_which.key("service"), which.service.as_ref(), |w| {
                w.meaning() as u32
            })?,
            flight: any_of(&path_which.key("flight"), which.flight.as_ref(), |w| {
                w.meaning() as u32
            })?,
            plan: any_of(&path_which.key("plan"), which.plan.as_ref(), |w| w.meaning() as u32)?,
            alerts,
            alert_state: any_of(&path_which.key("alert_state"), which.alert_state.as_ref(), |w| {
                w.meaning() as u32
            })?,
            named: which
                .named
                .as_ref()
                .map(|list| named(&path_which.key("named"), list))
                .transpose()?,
        })
    }

    fn caveat(&mut self, path: &Path, caveat: text::Caveat) -> Fallible<Caveat> {
        let id = parse(&path.key("number"), &caveat.number)?;
        let by = self.party(&path.key("by"), &caveat.by)?;
        let towards = caveat.towards.map(|list| {
            let one =
                |(index, text): (usize, &String)| parse(&path.key("towards").index(index), text);
            list.iter().enumerate().map(one).collect::<Fallible<Vec<PartyId>>>()
        });
        let towards = towards.transpose()?;
        if self.is_strange(path) {
            // What it would have kept is not known: it keeps everything.
            let (of, objects) = (Conditions::all(), AnyOf::ALL);
            let effect = Effect::Withhold;
            return Ok(Caveat { id, by, title: caveat.title, towards, objects, of, effect });
        }
        let area = match &caveat.area {
            Some(parts) => self.area(&path.key("area"), parts)?,
            None => Area::Anywhere,
        };
        let of = self.conditions(path, area, caveat.levels, caveat.which.as_ref())?;
        let objects =
            any_of(&path.key("objects"), caveat.objects.as_ref(), |word| word.meaning() as u32)?;
        let delay_s = seconds(&path.key("delay_s"), caveat.delay_s)?;
        let limits = caveat.fields.is_some() || caveat.at_best.is_some() || delay_s > 0.0;
        let effect = if limits {
            let keeps = caveat.fields.iter().flatten().map(|field| field.meaning()).collect();
            let at_best = reduction(&path.key("at_best"), caveat.at_best.unwrap_or_default())?;
            Effect::Limit { keeps, at_best: Reduction { delay_s, ..at_best } }
        } else {
            Effect::Withhold
        };
        Ok(Caveat { id, by, title: caveat.title, towards, objects, of, effect })
    }

    fn backup(&mut self, path: &Path, article: &text::Article) -> Fallible<BackupClause> {
        let of = self.party(&path.key("of"), needed(path, "of", article.of.as_ref())?)?;
        let by = self.party_list(&path.key("by"), needed(path, "by", article.by.as_ref())?)?;
        if by.contains(&of) {
            return misfit(
                &path.key("by"),
                format!("{of} cannot stand in for itself; leave it out"),
            );
        }
        let area = needed(path, "area", article.area.as_ref())?;
        let silent_s = seconds(
            &path.key("silent_s"),
            Some(*needed(path, "silent_s", article.silent_s.as_ref())?),
        )?;
        let confirmations = *needed(path, "confirmations", article.confirmations.as_ref())?;
        if confirmations == 0 {
            let said = "nothing is taken over by a machine; give at least 1";
            return misfit(&path.key("confirmations"), said);
        }
        Ok(BackupClause {
            of,
            by,
            area: self.area(&path.key("area"), area)?,
            silent_s,
            confirmations,
        })
    }

    fn assistance(&self, path: &Path, article: &text::Article) -> Fallible<AssistanceClause> {
        let purposes = needed(path, "purposes", article.purposes.as_ref())?;
        if purposes.is_empty() {
            return misfit(&path.key("purposes"), "nothing can be asked for; name at least one");
        }
        let within = needed(path, "answer_within", article.answer_within.as_ref())?;
        let key = path.key("answer_within");
        let bad = || (key.clone(), format!("{within:?} is no length of time; write \"2 hours\""));
        let length: jiff::SignedDuration = within.parse().map_err(|_| bad())?;
        let answer_within = std::time::Duration::try_from(length).map_err(|_| bad())?;
        if answer_within.is_zero() {
            return Err(bad());
        }
        Ok(AssistanceClause {
            from: self
                .party_list(&path.key("from"), needed(path, "from", article.from.as_ref())?)?,
            to: self.party_list(&path.key("to"), needed(path, "to", article.to.as_ref())?)?,
            purposes: purposes.iter().map(|purpose| purpose.meaning()).collect(),
            answer_within,
        })
    }
}

fn nature(nature: text::Nature) -> Nature {
    match nature {
        text::Nature::Fact => Nature::Fact,
        text::Nature::Illustration => Nature::Illustration,
        text::Nature::FactWithIllustration => Nature::FactWithIllustration,
    }
}

fn needed<'a, T: ?Sized>(path: &Path, key: &str, value: Option<&'a T>) -> Fallible<&'a T> {
    value.ok_or_else(|| (path.clone(), format!("{key} is missing; this kind of article needs it")))
}

/// Keys that are known and mean nothing in this kind of article.
fn foreign_keys(path: &Path, article: &text::Article) -> Fallible<()> {
    let release = article.kind.starts_with("release.");
    let kind = article.kind.as_str();
    let keys = [
        ("from", article.from.is_some(), release || kind == "assistance"),
        ("to", article.to.is_some(), release || kind == "assistance"),
        ("area", article.area.is_some(), release || kind == "backup"),
        ("levels", article.levels.is_some(), release),
        ("which", article.which.is_some(), release),
        ("fields", article.fields.is_some(), release),
        ("precision", article.precision.is_some(), release),
        ("delay_s", article.delay_s.is_some(), release),
        ("interval_s", article.interval_s.is_some(), release),
        ("onward", article.onward.is_some(), release),
        ("of", article.of.is_some(), kind == "backup"),
        ("by", article.by.is_some(), kind == "backup"),
        ("silent_s", article.silent_s.is_some(), kind == "backup"),
        ("confirmations", article.confirmations.is_some(), kind == "backup"),
        ("purposes", article.purposes.is_some(), kind == "assistance"),
        ("answer_within", article.answer_within.is_some(), kind == "assistance"),
        ("on", article.on.is_some(), kind == "procedure"),
        ("steps", article.steps.is_some(), kind == "procedure"),
    ];
    match keys.iter().find(|(_, written, meant)| *written && !meant) {
        Some((key, ..)) => {
            misfit(&path.key(key), format!("it means nothing in a {kind} article; leave it out"))
        }
        None => Ok(()),
    }
}

fn procedure(path: &Path, article: text::Article) -> Fallible<Procedure> {
    let on = needed(path, "on", article.on.as_ref())?;
    let on = on.iter().map(|kind| kind.meaning()).collect();
    let steps = article.steps.unwrap_or_default();
    if steps.is_empty() {
        return misfit(&path.key("steps"), "it has no steps; write at least one");
    }
    Ok(Procedure { on, steps })
}

/// Fields that would undo a reduction when watched for long enough are refused beside it.
fn fields_agree(path: &Path, fields: FieldSet, reduction: Reduction) -> Fallible<()> {
    let path = path.key("fields");
    let coarse = reduction.position_m > 0.0;
    if coarse && fields.has(Field::Velocity) && reduction.velocity_mps == 0.0 {
        let said = "an exact velocity brings back a position on a grid; give precision.velocity_kt \
                    or leave velocity out";
        return misfit(&path, said);
    }
    if coarse && fields.has(Field::Accuracy) {
        return misfit(&path, "accuracy means nothing beside a position on a grid; leave it out");
    }
    if reduction.level_m > 0.0 && fields.has(Field::VerticalRate) {
        let said = "a climb rate brings back a level in steps; leave vertical-rate out";
        return misfit(&path, said);
    }
    Ok(())
}

fn reduction(path: &Path, precision: text::Precision) -> Fallible<Reduction> {
    let step = |key: &str, value: Option<f64>, unit: f64, max: f64| match value {
        None => Ok(0.0),
        Some(value) if value > 0.0 && value <= max => Ok(value * unit),
        Some(value) => misfit(
            &path.key(key),
            format!("{value} is no step; give a number above 0, at most {max}"),
        ),
    };
    Ok(Reduction {
        position_m: step("position_nm", precision.position_nm, METRES_PER_NM, 600.0)?,
        level_m: step("level_ft", precision.level_ft, METRES_PER_FOOT, 100_000.0)?,
        velocity_mps: step("velocity_kt", precision.velocity_kt, MPS_PER_KNOT, 10_000.0)?,
        time_s: step("time_s", precision.time_s, 1.0, 86_400.0)?,
        ..Reduction::NONE
    })
}

fn seconds(path: &Path, value: Option<f64>) -> Fallible<f64> {
    /// A day: what is older is history, and travels by other ways.
    const LONGEST_S: f64 = 86_400.0;
    match value {
        None => Ok(0.0),
        Some(value) if (0.0..=LONGEST_S).contains(&value) => Ok(value),
        Some(value) => misfit(path, format!("{value} s cannot be; give 0 to {LONGEST_S}")),
    }
}

fn level_band(path: &Path, levels: text::Levels) -> Fallible<[f64; 2]> {
    let metres =
        |level: Option<f64>, open: f64| level.map_or(open, |fl| fl * 100.0 * METRES_PER_FOOT);
    let band = [metres(levels.from_fl, f64::NEG_INFINITY), metres(levels.to_fl, f64::INFINITY)];
    if band[0].is_nan() || band[1].is_nan() || band[0] > band[1] {
        return misfit(path, "no level is between them; put the lower one in from_fl");
    }
    Ok(band)
}

fn any_of<W: Copy>(path: &Path, list: Option<&Vec<W>>, bit: impl Fn(W) -> u32) -> Fallible<AnyOf> {
    match list {
        None => Ok(AnyOf::ALL),
        Some(words) if words.is_empty() => {
            misfit(path, "nothing is named; name at least one, or leave the key out")
        }
        Some(words) => Ok(AnyOf(words.iter().fold(0, |bits, word| bits | 1 << bit(*word)))),
    }
}

fn named(path: &Path, list: &[String]) -> Fallible<Vec<Named>> {
    let one = |(index, text): (usize, &String)| {
        let hex = text.len() == 6
            && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
        if hex && let Ok(bits) = u32::from_str_radix(text, 16) {
            return Ok(Named::Address(Address::icao(bits)));
        }
        Callsign::new(text).map(Named::Callsign).ok_or_else(|| {
            let said = format!(
                "{text:?} names no target; give a 24-bit address as six small hex digits, or a callsign"
            );
            (path.index(index), said)
        })
    };
    list.iter().enumerate().map(one).collect()
}

fn polygon(path: &Path, corners: &[[f64; 2]]) -> Fallible<Form> {
    Polygon::new(corners).map(Form::Polygon).map_err(|error| {
        let path = match error {
            ShapeError::NotOnEarth(index) | ShapeError::Degenerate(index) => path.index(index),
            _ => path.clone(),
        };
        (path, error.to_string())
    })
}

fn round(path: &Path, circle: &text::Circle) -> Fallible<Form> {
    let strip = Strip::new(&[circle.center], circle.radius_nm * METRES_PER_NM);
    strip.map(Form::Strip).map_err(|error| (path.clone(), error.to_string()))
}

fn span(path: &Path, text: &str) -> Fallible<Span> {
    let parsed: Option<Span> = text.parse().ok();
    let whole = parsed.filter(|span| !span.is_negative() && !span.is_zero());
    whole.ok_or_else(|| {
        (path.clone(), format!("{text:?} is no period; write \"5 years\", \"6 months\" or P5Y"))
    })
}

/// A date begins at 00:00:00 UTC; an instant says its own offset.
fn when(path: &Path, when: text::When) -> Fallible<Time> {
    let said = || {
        let said = "it is neither a date nor an instant with offset; write 2023-11-02 or \
                    2023-11-02T12:00:00Z";
        (path.clone(), said.to_owned())
    };
    let written = when.0;
    let date = written.date.ok_or_else(said)?;
    let text = match (written.time, written.offset) {
        (None, None) => {
            let date = civil::Date::new(
                i16::try_from(date.year).map_err(|_| said())?,
                date.month as i8,
                date.day as i8,
            );
            format!("{}T00:00:00Z", date.map_err(|_| said())?)
        }
        (Some(_), Some(_)) => written.to_string(),
        _ => return Err(said()),
    };
    text.parse().map_err(|_| said())
}

/// The JSON Schema of an accord document, as committed in `schemas/`.
pub fn schema() -> String {
    format!("{:#}\n", text::schema())
}

impl Service {
    /// Every word for it, in order.
    pub const ALL: [Service; 4] =
        [Service::Undetermined, Service::Civil, Service::State, Service::Military];
}
