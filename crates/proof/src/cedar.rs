//! Accords written out as Cedar policies: one article, one `permit`; one caveat, one or more
//! `forbid`.
//!
//! | an accord says | Cedar says |
//! |---|---|
//! | `from`, `to` | the policies of one sender; `principal == Party::"RUS"` |
//! | in force, suspended | `context.now` between instants, the end not included |
//! | `kind`, `which` | attributes of the object |
//! | `area` | `resource.inside`, one attribute a shape, asked of the true geometry outside Cedar |
//! | `levels` | `resource.level`, with the hundredth of a metre to spare that the filter has |
//! | `fields` | `context.field` |
//! | `precision`, `delay_s`, `interval_s` | `context.step`, `time_step`, `age`, `since_last` at least as much |
//! | the plots behind a track | `Field::"plots"` of it, by an article that tells it whole and own sensors' |
//! | a caveat | `forbid` of the object, of a field, or of less than its step or age |
//! | a caveat on tracks or plots | `forbid` of the plots behind such a track, whatever it limits |
//! | `onward` of what others gave | `forbid` unless `context.passed_on`, and at best so |
//!
//! What a request asks is monotone: who may have it so exactly may have it less exactly. What is
//! said of a request is said of one version of an object (see [`accord::Subject`]); an object of
//! several versions tells each field from one of them, and a caveat holds for all if it holds for
//! one, so that what is proved of one version holds of all.

use crate::question::{Part, step};
use crate::world::{ALERT_STATES, FLIGHTS, IDENTITIES, KINDS, PLANS, World, micro, nano, word};
use accord::{
    Accord, AlertKind, AnyOf, Area, Article, CLOCK_DOUBT_S, Caveat, Clause, Conditions, Effect,
    Field, FieldSet, Grant, LEVEL_SLACK_M, Named, ObjectKind, PartyId, Reduction, Service,
};
use cedar_policy::{Policy, PolicyId, PolicySet};
use std::fmt::Debug;
use std::sync::Arc;
use surveillance::Time;

/// One policy, and what in the accords it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As `kgz-rus-2022 article 3 to RUS`.
    pub id: String,
    /// Cedar.
    pub text: String,
}

/// The graded fields and the step each has in a reduction, micrometres.
fn graded(reduction: &Reduction) -> [(Field, i64); 3] {
    [Field::Position, Field::Level, Field::Velocity]
        .map(|field| (field, micro(step(Part::Field(field), reduction))))
}

/// What `own` may tell `to` under these accords, one policy a rule.
pub fn rules(world: &World, own: PartyId, to: PartyId, accords: &[Arc<Accord>]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for accord in accords {
        for article in &accord.articles {
            if let Clause::Release(grant) = &article.clause
                && accord.understood
                && grant.from.contains(&own)
                && grant.to.contains(&to)
                && let Some(standing) = standing(accord, article, own, to)
            {
                rules.push(permit(world, accord, article, (grant, &standing), to));
                rules.extend(permit_plots(world, accord, article, (grant, &standing), to));
            }
        }
    }
    rules.extend(forbids(world, own, to, accords));
    rules
}

/// What forbids, whatever articles grant: caveats of `own` towards `to`, originators, the clock.
pub fn forbids(world: &World, own: PartyId, to: PartyId, accords: &[Arc<Accord>]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for accord in accords {
        let binds = |caveat: &&Caveat| {
            caveat.by == own && caveat.towards.as_ref().is_none_or(|list| list.contains(&to))
        };
        for caveat in accord.caveats.iter().filter(binds) {
            rules.extend(forbid(world, accord, caveat, to));
        }
    }
    let party = party(to);
    rules.push(Rule {
        id: format!("originators, to {to}"),
        text: format!(
            "forbid(principal == {party}, action, resource)\n\
             when {{ context.foreign }}\n\
             unless {{\n  context has passed_on &&\n  context.step >= context.passed_on.step &&\n  \
             context.time_step >= context.passed_on.time_step &&\n  \
             context.since_last >= context.passed_on.since_last &&\n  \
             (context.passed_on.age == 0 || context.age >= context.passed_on.age)\n}};\n"
        ),
    });
    rules.push(Rule {
        id: format!("clock, to {to}"),
        text: format!(
            "forbid(principal == {party}, action, resource)\nwhen {{ context.age < -{} }};\n",
            nano(CLOCK_DOUBT_S)
        ),
    });
    rules
}

/// When an article stands between two parties, as Cedar; `None` if never.
pub(crate) fn standing(
    accord: &Accord,
    article: &Article,
    own: PartyId,
    to: PartyId,
) -> Option<String> {
    let (start, end) = accord.lifecycle.in_force()?;
    let mut text = during(start, end);
    for s in accord.lifecycle.suspensions().iter().filter(|s| s.stops(own, to, article.id)) {
        text.push_str(&format!(" &&\n  !({})", during(s.from, s.until)));
    }
    Some(text)
}

/// From an instant until another, which is not part of it.
pub(crate) fn during(from: Time, until: Option<Time>) -> String {
    let start = format!("context.now >= {} // {from}\n ", from.unix_nanos());
    match until {
        None => start,
        Some(until) => format!("{start} && context.now < {} // {until}\n ", until.unix_nanos()),
    }
}

fn permit(
    world: &World,
    accord: &Accord,
    article: &Article,
    (grant, standing): (&Grant, &str),
    to: PartyId,
) -> Rule {
    let mut when = vec![standing.to_owned()];
    when.push(format!("resource.kind == Kind::\"{}\"", word(grant.object)));
    when.push(format!("[{}].contains(context.field)", fields(grant.fields)));
    when.extend(holds(world, &grant.of, Doubt::Fails));
    let reduction = &grant.reduction;
    for (field, step) in graded(reduction) {
        if step > 0 && grant.fields.has(field) {
            let field = word(field);
            when.push(format!("(context.field != Field::\"{field}\" || context.step >= {step})"));
        }
    }
    for (attribute, seconds) in [
        ("age", reduction.delay_s),
        ("time_step", reduction.time_s),
        ("since_last", reduction.interval_s),
    ] {
        if seconds > 0.0 {
            when.push(format!("context.{attribute} >= {}", nano(seconds)));
        }
    }
    Rule {
        id: format!("{} article {} to {to}", accord.id, article.id),
        text: format!(
            "permit(principal == {}, action == Action::\"tell\", resource)\nwhen {{\n  {}\n}};\n",
            party(to),
            when.join(" &&\n  ")
        ),
    }
}

/// The plots behind a track go with it where one article tells it whole.
fn permit_plots(
    world: &World,
    accord: &Accord,
    article: &Article,
    (grant, standing): (&Grant, &str),
    to: PartyId,
) -> Option<Rule> {
    let tells_whole = grant.object == ObjectKind::Track
        && grant.reduction.is_none()
        && [Field::Position, Field::Accuracy, Field::Lineage].iter().all(|f| grant.fields.has(*f));
    let mut when = vec![standing.to_owned()];
    when.push("resource.kind == Kind::\"track\" && resource.placed && !context.foreign".into());
    when.push(PLOTS.into());
    when.extend(holds(world, &grant.of, Doubt::Fails));
    tells_whole.then(|| Rule {
        id: format!("{} article {}, plots, to {to}", accord.id, article.id),
        text: format!(
            "permit(principal == {}, action == Action::\"tell\", resource)\nwhen {{\n  {}\n}};\n",
            party(to),
            when.join(" &&\n  ")
        ),
    })
}

/// A request for the plots behind a track.
const PLOTS: &str = "context.field == Field::\"plots\"";

fn forbid(world: &World, accord: &Accord, caveat: &Caveat, to: PartyId) -> Vec<Rule> {
    let about = about(world, caveat);
    let kept: Vec<String> = match caveat.effect {
        Effect::Withhold => vec!["true".to_owned()],
        Effect::Limit { keeps, at_best } => limits(keeps, &at_best),
    };
    let rule = |(part, limit): (usize, String)| Rule {
        id: format!("{} caveat {}, part {part}, to {to}", accord.id, caveat.id),
        text: format!(
            "forbid(principal == {}, action == Action::\"tell\", resource)\nwhen {{\n  {about} &&\n  {limit}\n}};\n",
            party(to)
        ),
    };
    let plots = about_plots(world, caveat).map(|about| Rule {
        id: format!("{} caveat {}, plots, to {to}", accord.id, caveat.id),
        text: format!(
            "forbid(principal == {}, action == Action::\"tell\", resource)\nwhen {{\n  {about}\n}};\n",
            party(to)
        ),
    });
    (1..).zip(kept).map(rule).chain(plots).collect()
}

/// What a limiting caveat forbids, part by part.
pub(crate) fn limits(keeps: FieldSet, at_best: &Reduction) -> Vec<String> {
    let mut parts = Vec::new();
    if !keeps.is_empty() {
        parts.push(format!("[{}].contains(context.field)", fields(keeps)));
    }
    for (field, step) in graded(at_best) {
        if step > 0 {
            let field = word(field);
            let less = format!("context.field == Field::\"{field}\" && context.step < {step}");
            parts.push(less);
        }
    }
    for (attribute, seconds) in [
        ("age", at_best.delay_s),
        ("time_step", at_best.time_s),
        ("since_last", at_best.interval_s),
    ] {
        if seconds > 0.0 {
            parts.push(format!("context.{attribute} < {}", nano(seconds)));
        }
    }
    parts
}

/// Which objects a caveat is about; in doubt it is about them.
pub(crate) fn about(world: &World, caveat: &Caveat) -> String {
    let mut when = vec![any_of("resource.kind", "Kind", caveat.objects, &KINDS)];
    when.extend(holds(world, &caveat.of, Doubt::Holds));
    let said: Vec<String> = when.into_iter().filter(|part| part != "true").collect();
    if said.is_empty() { "true".into() } else { said.join(" &&\n  ") }
}

/// Of which tracks a caveat keeps the plots, whatever else it says; `None` if of none.
pub(crate) fn about_plots(world: &World, caveat: &Caveat) -> Option<String> {
    let either = [ObjectKind::Track, ObjectKind::Plot];
    let is_about = either.iter().any(|kind| caveat.objects.has(*kind as u32));
    let mut when = vec![PLOTS.to_owned()];
    when.extend(holds(world, &caveat.of, Doubt::Holds));
    is_about.then(|| when.join(" &&\n  "))
}

/// What is said of a position or level that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// A grant does not hold.
    Fails,
    /// A caveat does.
    Holds,
}

fn holds(world: &World, of: &Conditions, doubt: Doubt) -> Vec<String> {
    let mut parts = Vec::new();
    if let Area::Shapes(shapes) = &of.area {
        let inside: Vec<String> = shapes.iter().map(|shape| world.inside(shape)).collect();
        let inside = inside.join(" || ");
        parts.push(match doubt {
            Doubt::Fails => format!("resource.placed && ({inside})"),
            Doubt::Holds => format!("(!resource.placed || {inside})"),
        });
    }
    if let Some([from, to]) = of.levels_m {
        parts.push(between_levels(from, to, doubt));
    }
    parts.push(any_of("resource.identity", "Identity", of.identity, &IDENTITIES));
    parts.push(any_of("resource.service", "Service", of.service, &Service::ALL));
    parts.push(any_of("resource.flight", "Flight", of.flight, &FLIGHTS));
    parts.push(any_of("resource.plan", "Plan", of.plan, &PLANS));
    parts.push(any_of("resource.alert_state", "AlertState", of.alert_state, &ALERT_STATES));
    if let Some(alerts) = of.alerts {
        let listed: Vec<String> = AlertKind::ALL
            .into_iter()
            .filter(|kind| alerts.has(*kind))
            .map(|kind| format!("resource.alerts.contains(Alert::\"{}\")", word(kind)))
            .collect();
        let any = if listed.is_empty() { "false".to_owned() } else { listed.join(" || ") };
        parts.push(format!("({any})"));
    }
    if let Some(names) = &of.named {
        let one = |name: &Named| match name {
            Named::Address(address) => {
                format!("resource has address && resource.address == \"{address}\"")
            }
            Named::Callsign(sign) => {
                format!("resource has callsign && resource.callsign == \"{}\"", sign.as_str())
            }
        };
        let listed: Vec<String> = names.iter().map(|name| format!("({})", one(name))).collect();
        parts.push(format!("({})", listed.join(" || ")));
    }
    parts.retain(|part| part != "true");
    parts
}

fn between_levels(from_m: f64, to_m: f64, doubt: Doubt) -> String {
    let mut parts = Vec::new();
    if from_m.is_finite() {
        parts.push(format!("resource.level >= {}", micro(from_m - LEVEL_SLACK_M)));
    }
    if to_m.is_finite() {
        parts.push(format!("resource.level < {}", micro(to_m + LEVEL_SLACK_M)));
    }
    if from_m == f64::INFINITY || to_m == f64::NEG_INFINITY {
        parts.push("false".into());
    }
    let known = "resource has level";
    match (doubt, parts.is_empty()) {
        (Doubt::Fails, true) => known.to_owned(),
        (Doubt::Fails, false) => format!("{known} && {}", parts.join(" && ")),
        (Doubt::Holds, true) => "true".into(),
        (Doubt::Holds, false) => format!("(if {known} then {} else true)", parts.join(" && ")),
    }
}

/// `true` where every value is named.
fn any_of<T: Debug + Copy>(attribute: &str, entity: &str, named: AnyOf, values: &[T]) -> String {
    let listed: Vec<String> = (0_u32..)
        .zip(values)
        .filter(|(bit, _)| named.has(*bit))
        .map(|(_, value)| format!("{attribute} == {entity}::\"{}\"", word(*value)))
        .collect();
    match listed.len() {
        0 => "false".into(),
        n if n == values.len() => "true".into(),
        _ => format!("({})", listed.join(" || ")),
    }
}

fn fields(set: FieldSet) -> String {
    let listed: Vec<String> =
        set.iter().map(|field| format!("Field::\"{}\"", word(field))).collect();
    listed.join(", ")
}

fn party(party: PartyId) -> String {
    format!("Party::{:?}", party.as_str())
}

/// Rules as a policy set.
pub fn policy_set(rules: &[Rule]) -> PolicySet {
    let mut set = PolicySet::new();
    for rule in rules {
        let policy = Policy::parse(Some(PolicyId::new(&rule.id)), &rule.text)
            .unwrap_or_else(|error| unreachable!("the text is ours: {error:?}\n{}", rule.text));
        set.add(policy).unwrap_or_else(|error| unreachable!("ids differ: {error}"));
    }
    set
}
