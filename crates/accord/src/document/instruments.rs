//! Signature to termination: dates, periods and who did what.

use super::reader::Reader;
use super::{Fallible, misfit, parse};
use crate::lifecycle::{Instruments, Lifecycle, NoticeRule, Renewal, Suspension};
use crate::model::Article;
use crate::place::Path;
use crate::text;
use crate::{ArticleId, PartyId};
use jiff::{Span, civil};
use surveillance::Time;

impl Reader {
    pub(super) fn lifecycle(&self, path: &Path, i: text::Instruments) -> Fallible<Lifecycle> {
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

    pub(super) fn termination(
        &self,
        path: &Path,
        termination: &text::Termination,
    ) -> Fallible<(Time, Vec<PartyId>)> {
        let path = path.key("termination");
        let by = self.party_list(&path.key("by"), &termination.by)?;
        Ok((when(&path.key("date"), termination.date)?, by))
    }

    pub(super) fn notice(&self, path: &Path, notice: &text::Notice) -> Fallible<NoticeRule> {
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

    pub(super) fn notices(
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

    pub(super) fn suspensions(
        &self,
        path: &Path,
        list: Vec<text::Suspension>,
    ) -> Fallible<Vec<Suspension>> {
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
    pub(super) fn suspended_articles_exist(
        &self,
        life: &Lifecycle,
        articles: &[Article],
    ) -> Fallible<()> {
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
