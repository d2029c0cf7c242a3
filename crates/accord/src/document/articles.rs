//! Articles and caveats.

use super::reader::{Reader, nature};
use super::values::{any_of, level_band, named, reduction, seconds};
use super::{Fallible, misfit, parse};
use crate::area::Area;
use crate::model::{
    AnyOf, Article, AssistanceClause, BackupClause, Caveat, Clause, Conditions, Effect, Grant,
    Onward, Procedure,
};
use crate::place::Path;
use crate::text;
use crate::{Field, FieldSet, ObjectKind, PartyId, Reduction};

impl Reader {
    pub(super) fn article(&mut self, path: &Path, article: text::Article) -> Fallible<Article> {
        let id = parse(&path.key("number"), &article.number)?;
        let (title, article_nature) = (article.title.clone(), article.nature.map(nature));
        let object = match article.kind.as_str() {
            "release.tracks" => Some(ObjectKind::Track),
            "release.alerts" => Some(ObjectKind::Alert),
            "release.incidents" => Some(ObjectKind::Incident),
            "release.coverage" => Some(ObjectKind::Coverage),
            _ => None,
        };
        let known = object.is_some()
            || matches!(article.kind.as_str(), "backup" | "assistance" | "procedure");
        if !known {
            let said = match article.kind.as_str() {
                "release.plots" => "this version tells plots only with the tracks that they are \
                    behind; write lineage, position and accuracy into an article release.tracks \
                    without precision, delay_s and interval_s, and leave this one out"
                    .to_owned(),
                kind => format!(
                    "{kind:?} is no kind this version knows; the kinds are release.tracks, \
                     release.alerts, release.incidents, release.coverage, backup, assistance, \
                     procedure"
                ),
            };
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

    pub(super) fn grant(
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
    pub(super) fn onward(&self, path: &Path, list: &[text::Onward]) -> Fallible<Vec<Onward>> {
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

    pub(super) fn conditions(
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

    pub(super) fn caveat(&mut self, path: &Path, caveat: text::Caveat) -> Fallible<Caveat> {
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

    pub(super) fn backup(
        &mut self,
        path: &Path,
        article: &text::Article,
    ) -> Fallible<BackupClause> {
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

    pub(super) fn assistance(
        &self,
        path: &Path,
        article: &text::Article,
    ) -> Fallible<AssistanceClause> {
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
