//! Requests, answers and back-up: what people at the console decide, and what the console shows.

use super::{Link, Partners};
use crate::wire::{self, ClientMessage};
use accord::{
    Answer, Area, ArticleRef, AskedState, AskedView, BackUpView, CaseView, Clause, Note, PartyId,
    Proposal, Purpose, Released, Reply, RequestId, Wish, Words,
};
use std::str::FromStr;
use std::time::Duration;
use surveillance::Time;

impl Partners {
    /// What a person decided about requests or back-up; why it is refused, if it is. Other messages
    /// are nothing to decide here.
    pub(crate) fn decide(&mut self, asked: &ClientMessage, now: Time) -> Result<(), String> {
        let own = self.policy.own();
        let (said, policy) = (&mut self.correspondence, &self.policy);
        match asked {
            ClientMessage::Ask {
                accord,
                article,
                purpose,
                of,
                text,
                incident,
                answer_within_s,
                by,
            } => {
                let wish = Wish {
                    article: article_ref(accord, article)?,
                    purpose: purpose_of(*purpose),
                    text: text.clone(),
                    incident: incident.clone(),
                    of: of.iter().map(|party| parse(party)).collect::<Result<_, _>>()?,
                    answer_within: answer_within_s.map(|s| Duration::from_secs(u64::from(s))),
                    by: by.clone(),
                };
                said.raise(&wish, policy, now).map(|_| ())
            }
            ClientMessage::Answer { asker, number, answer, words, by } => {
                let id = RequestId { by: parse(asker)?, number: *number };
                said.answer(id, answer_of(*answer), &reply(words, by), now)
            }
            ClientMessage::Report { asker, number, words, by } => {
                let id = RequestId { by: parse(asker)?, number: *number };
                said.report(id, &reply(words, by), now)
            }
            ClientMessage::Withdraw { number, words, by } => {
                said.withdraw(RequestId { by: own, number: *number }, &reply(words, by), now)
            }
            ClientMessage::Confirm { accord, article, proposal, by } => {
                let proposal = match proposal {
                    wire::Proposal::TakeOver => Proposal::TakeOver,
                    wire::Proposal::HandBack => Proposal::HandBack,
                };
                let article = article_ref(accord, article)?;
                said.confirm(article, proposal, by, policy, now).map(|_| ())
            }
            ClientMessage::Pass { accord, article, by } => {
                said.pass(article_ref(accord, article)?, by, policy, now)
            }
            _ => Ok(()),
        }
    }

    /// What is to be said to partners at `now`; `words_for` what a request says to each of the incident
    /// it concerns.
    pub(crate) fn say(
        &mut self,
        words_for: impl FnMut(PartyId, &str) -> Option<String>,
        now: Time,
    ) -> Vec<Released<Note>> {
        for partner in &self.all {
            // Who is connected and is sent nothing by any article is not silent for it.
            if matches!(partner.link, Link::Up) && !partner.spoke {
                self.correspondence.heard(partner.party, now);
            }
        }
        if std::mem::take(&mut self.texts_due) {
            self.tell_of_texts(now);
        }
        self.correspondence.advance(&self.policy, now);
        self.correspondence.tell_named(&self.policy, now, words_for)
    }

    /// A tenth of a second has passed: each partner may be told another portion.
    pub(crate) fn begin_portion(&mut self) {
        self.correspondence.begin_portion();
    }

    /// A run before this one ended; what it said last is said again.
    pub(crate) fn resumed(&mut self) {
        self.going_on = None;
        self.correspondence.resumed();
        self.say_more_again();
        // What was handled again went to nobody.
        self.all.iter_mut().for_each(|partner| partner.feed.tell_again());
    }

    /// All requests as of `now`.
    pub(crate) fn requests(&self, now: Time) -> wire::Requests {
        let own = self.policy.own();
        let rows = self.correspondence.cases(now);
        wire::Requests {
            articles: self.ask_articles(now),
            rows: rows.iter().map(|case| self.request_row(case, own)).collect(),
            dropped: self.correspondence.dropped(),
        }
    }

    /// A request, and beside what everybody sees of it which answers came late to here.
    fn request_row(&self, case: &CaseView, own: PartyId) -> wire::RequestRow {
        let mut row = row(case, own);
        for (shown, asked) in row.asked.iter_mut().zip(&case.asked) {
            let said = asked.answers.iter().map(|(_, words)| words.at).min();
            let heard = self.correspondence.heard_answer(case.request.id, asked.party);
            let due = case.request.due;
            let heard = heard.filter(|heard| *heard > due && said.is_some_and(|said| said <= due));
            shown.heard_ms = heard.map(millis);
        }
        row
    }

    /// Under which articles this party may ask whom.
    fn ask_articles(&self, now: Time) -> Vec<wire::AskArticle> {
        let own = self.policy.own();
        let mut articles = Vec::new();
        for accord in self.policy.accords() {
            for article in &accord.articles {
                let Clause::Assistance(clause) = &article.clause else { continue };
                let of = ArticleRef { accord: accord.id, article: article.id };
                let may = |to: &&PartyId| self.correspondence.may_ask(of, **to, &self.policy, now);
                let parties: Vec<String> =
                    clause.to.iter().filter(may).map(ToString::to_string).collect();
                if clause.from.contains(&own) && !parties.is_empty() {
                    articles.push(wire::AskArticle {
                        accord: accord.id.to_string(),
                        article: article.id.to_string(),
                        title: article.title.clone(),
                        purposes: clause.purposes.iter().map(|p| purpose(*p)).collect(),
                        parties,
                        answer_within_s: clause.answer_within.as_secs_f64(),
                    });
                }
            }
        }
        articles
    }

    /// Every article on back-up as of `now`.
    pub(crate) fn back_ups(&self, now: Time) -> wire::BackUps {
        let views = self.correspondence.back_ups(&self.policy, now);
        wire::BackUps { rows: views.into_iter().map(back_up).collect() }
    }
}

fn parse<T: FromStr<Err = accord::NameError>>(name: &str) -> Result<T, String> {
    name.parse().map_err(|why: accord::NameError| why.to_string())
}

fn article_ref(accord: &str, article: &str) -> Result<ArticleRef, String> {
    Ok(ArticleRef { accord: parse(accord)?, article: parse(article)? })
}

fn reply(words: &str, by: &str) -> Reply {
    Reply { words: words.to_owned(), by: by.to_owned() }
}

fn millis(time: Time) -> f64 {
    time.unix_millis() as f64
}

fn names(parties: &[PartyId]) -> Vec<String> {
    parties.iter().map(ToString::to_string).collect()
}

fn row(case: &CaseView, own: PartyId) -> wire::RequestRow {
    let request = &case.request;
    let open = |asked: &AskedView| asked.party == own && asked.answers.is_empty();
    wire::RequestRow {
        asker: request.id.by.to_string(),
        number: request.id.number,
        accord: request.article.accord.to_string(),
        article: request.article.article.to_string(),
        purpose: purpose(request.purpose),
        text: request.text.clone(),
        incident: request.incident.clone(),
        by: request.by.clone(),
        raised_ms: millis(case.raised),
        due_ms: millis(request.due),
        to_answer: case.withdrawn.is_none() && case.asked.iter().any(open),
        withdrawn: case.withdrawn.as_ref().map(words),
        asked: case.asked.iter().map(asked).collect(),
        reports: case
            .reports
            .iter()
            .map(|(party, said)| wire::ReportRow { party: party.to_string(), said: words(said) })
            .collect(),
        audience: names(&request.audience),
        contradicted: names(&case.contradicted),
    }
}

fn asked(asked: &AskedView) -> wire::AskedRow {
    let (state, late) = match asked.state {
        AskedState::Sent => (wire::AskedState::Sent, false),
        AskedState::Received => (wire::AskedState::Received, false),
        AskedState::NoAnswer => (wire::AskedState::NoAnswer, false),
        AskedState::Withdrawn => (wire::AskedState::Withdrawn, false),
        AskedState::Answered { answer, late } => match answer {
            Answer::Accepted => (wire::AskedState::Accepted, late),
            Answer::InPart => (wire::AskedState::InPart, late),
            Answer::Declined => (wire::AskedState::Declined, late),
        },
    };
    let answer = |(answer, said): &(Answer, Words)| wire::AnswerRow {
        answer: match answer {
            Answer::Accepted => wire::Answer::Accepted,
            Answer::InPart => wire::Answer::InPart,
            Answer::Declined => wire::Answer::Declined,
        },
        said: words(said),
    };
    wire::AskedRow {
        party: asked.party.to_string(),
        state,
        late,
        received_ms: asked.received.map(millis),
        heard_ms: None,
        answers: asked.answers.iter().map(answer).collect(),
        silence_recorded_by: names(&asked.silence_recorded_by),
    }
}

fn words(said: &Words) -> wire::SaidWords {
    wire::SaidWords { at_ms: millis(said.at), words: said.words.clone(), by: said.by.clone() }
}

fn back_up(view: BackUpView) -> wire::BackUpRow {
    let area = match &view.area {
        Area::Anywhere => "everywhere".to_owned(),
        Area::Shapes(shapes) => {
            shapes.iter().map(|shape| shape.name.as_str()).collect::<Vec<_>>().join(", ")
        }
    };
    wire::BackUpRow {
        accord: view.article.accord.to_string(),
        article: view.article.article.to_string(),
        of: view.of.to_string(),
        by: names(&view.by),
        area,
        silent_since_ms: view.silent_since.map(millis),
        stand_in: view.stand_in.map(|(party, since, by)| wire::StandInRow {
            party: party.to_string(),
            since_ms: millis(since),
            by,
        }),
        proposed: view.proposed.map(|proposal| match proposal {
            Proposal::TakeOver => wire::Proposal::TakeOver,
            Proposal::HandBack => wire::Proposal::HandBack,
        }),
        needed: view.needed,
        confirmed: view.confirmed,
        waits: view.waits,
    }
}

fn purpose(purpose: Purpose) -> wire::Purpose {
    match purpose {
        Purpose::Information => wire::Purpose::Information,
        Purpose::Consultation => wire::Purpose::Consultation,
        Purpose::BackUp => wire::Purpose::BackUp,
        Purpose::Assistance => wire::Purpose::Assistance,
    }
}

fn purpose_of(purpose: wire::Purpose) -> Purpose {
    match purpose {
        wire::Purpose::Information => Purpose::Information,
        wire::Purpose::Consultation => Purpose::Consultation,
        wire::Purpose::BackUp => Purpose::BackUp,
        wire::Purpose::Assistance => Purpose::Assistance,
    }
}

fn answer_of(answer: wire::Answer) -> Answer {
    match answer {
        wire::Answer::Accepted => Answer::Accepted,
        wire::Answer::InPart => Answer::InPart,
        wire::Answer::Declined => Answer::Declined,
    }
}
