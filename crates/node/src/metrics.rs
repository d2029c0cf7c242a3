//! What `/metrics` tells, in the OpenMetrics text that Prometheus reads.
//!
//! The engine fills a [`Metrics`] about once a second; the rim adds a [`RimMetrics`] of its own and
//! [`encode`]s both. Values are totals since the start; rates are the reader's to make.

use crate::link::LinkFigures;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

/// The engine's counters and gauges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// In configured order.
    pub feeds: Vec<FeedMetrics>,
    /// Tracks in the picture.
    pub tracks: u64,
    /// Tracks in the picture whose position is predicted.
    pub tracks_coasting: u64,
    /// Tracks dropped at the bound.
    pub tracks_shed: u64,
    /// Seconds that the newest data are behind the engine's time.
    pub data_age_s: Option<f64>,
    /// What happened inside the tracker: name, how often. Names are snake_case and stable.
    pub tracker: Vec<(&'static str, u64)>,
    /// Alerts.
    pub alerts: AlertFigures,
    /// Flight plans in the book.
    pub plans: u64,
    /// Messages about plans that changed nothing.
    pub plan_messages_refused: u64,
    /// Plans that made place for others.
    pub plans_shed: u64,
    /// What became of the plots that partners told behind their tracks: party, outcome, how many.
    pub partner_plots: Vec<(String, &'static str, u64)>,
}

/// Alerts as the board counts them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFigures {
    /// Open now.
    pub open: u64,
    /// Ever opened.
    pub opened: u64,
    /// Opened since the node started: advisories, cautions, warnings.
    pub opened_by: [u64; 3],
    /// Leaps of the clock between two evaluations.
    pub clock_steps: u64,
    /// Claimed positions held against measured ones.
    pub claims_compared: u64,
    /// What rules looked at, and could not, at the last evaluation: rule, what, tracks or pairs.
    pub looked_at: Vec<(&'static str, &'static str, u64)>,
    /// What rules and board met since the start: rule, what, how often.
    pub events: Vec<(&'static str, &'static str, u64)>,
    /// How often each of the site's rules could not be decided, since the start.
    pub undecided_by_site: Vec<(String, u64)>,
}

/// One feed as the engine sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedMetrics {
    /// The configured name.
    pub name: String,
    /// Its format's name.
    pub format: &'static str,
    /// Whether its stream stands.
    pub connected: bool,
    /// Bytes taken.
    pub bytes: u64,
    /// Good messages.
    pub messages: u64,
    /// Plots made.
    pub plots: u64,
    /// Bytes shed at its bound.
    pub shed_bytes: u64,
    /// Defects by stable name.
    pub defects: Vec<(&'static str, u64)>,
}

/// The rim's own counters and gauges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RimMetrics {
    /// Events handled.
    pub events: u64,
    /// Batches handled.
    pub batches: u64,
    /// Events handled although they could not be recorded.
    pub events_unrecorded: u64,
    /// Seconds from the oldest event of the last batch to the end of its handling.
    pub engine_lag_s: f64,
    /// Seconds by which the clock is ahead of the machine's, since that was set back.
    pub clock_ahead_s: f64,
    /// Consoles connected now.
    pub consoles: u64,
    /// Messages not sent to slow consoles.
    pub console_messages_shed: u64,
    /// Whether the recording can be written now.
    pub recording: bool,
    /// Partners' links, in configured order.
    pub links: Vec<LinkFigures>,
    /// Connections refused of those who named no partner, by the reason's stable name.
    pub strangers: BTreeMap<&'static str, u64>,
}

type Labels = Vec<(&'static str, String)>;
type Totals = Family<Labels, Counter>;
type Levels = Family<Labels, Gauge<f64, AtomicU64>>;

/// The media type of [`encode`]'s text.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Both as one OpenMetrics text.
pub fn encode(engine: &Metrics, rim: &RimMetrics) -> String {
    let mut registry = Registry::with_prefix("entente");
    add_feeds(&mut registry, &engine.feeds);
    add_picture(&mut registry, engine);
    add_alerts(&mut registry, engine);
    add_rim(&mut registry, rim);
    add_links(&mut registry, rim);
    let mut out = String::new();
    text::encode(&mut out, &registry).expect("writing to a String does not fail");
    out
}

fn totals(registry: &mut Registry, name: &str, help: &str) -> Totals {
    let family = Totals::default();
    registry.register(name, help, family.clone());
    family
}

fn levels(registry: &mut Registry, name: &str, help: &str) -> Levels {
    let family = Levels::default();
    registry.register(name, help, family.clone());
    family
}

fn total(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    registry.register(name, help, counter);
}

fn level(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge = Gauge::<f64, AtomicU64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn seconds(registry: &mut Registry, name: &str, help: &str, value_s: f64) {
    let gauge = Gauge::<f64, AtomicU64>::default();
    gauge.set(value_s);
    registry.register_with_unit(name, help, Unit::Seconds, gauge);
}

fn add_feeds(registry: &mut Registry, feeds: &[FeedMetrics]) {
    let connected = levels(registry, "feed_connected", "1 while the feed's stream stands");
    let bytes = totals(registry, "feed_bytes", "Bytes taken from a feed");
    let messages = totals(registry, "feed_messages", "Good messages of a feed");
    let plots = totals(registry, "feed_plots", "Plots made of a feed's messages");
    let shed = totals(registry, "feed_shed_bytes", "Bytes of a feed that were not taken in time");
    let defects = totals(registry, "feed_defects", "Named defects in a feed's bytes");
    for feed in feeds {
        let labels: Labels = vec![("feed", feed.name.clone()), ("format", feed.format.to_owned())];
        connected.get_or_create(&labels).set(f64::from(u8::from(feed.connected)));
        bytes.get_or_create(&labels).inc_by(feed.bytes);
        messages.get_or_create(&labels).inc_by(feed.messages);
        plots.get_or_create(&labels).inc_by(feed.plots);
        shed.get_or_create(&labels).inc_by(feed.shed_bytes);
        for (name, count) in &feed.defects {
            let labels = vec![("feed", feed.name.clone()), ("defect", (*name).to_owned())];
            defects.get_or_create(&labels).inc_by(*count);
        }
    }
}

fn add_picture(registry: &mut Registry, engine: &Metrics) {
    level(registry, "tracks", "Tracks in the picture", engine.tracks as f64);
    let coasting = engine.tracks_coasting as f64;
    level(registry, "tracks_coasting", "Tracks whose position is predicted", coasting);
    total(registry, "tracks_shed", "Tracks dropped at the bound", engine.tracks_shed);
    if let Some(age_s) = engine.data_age_s {
        seconds(registry, "data_age", "How far the newest data are behind the clock", age_s);
    }
    let tracker = totals(registry, "tracker_events", "What happened inside the tracker");
    for (name, count) in &engine.tracker {
        tracker.get_or_create(&vec![("event", (*name).to_owned())]).inc_by(*count);
    }
}

fn add_alerts(registry: &mut Registry, engine: &Metrics) {
    let alerts = &engine.alerts;
    level(registry, "alerts_open", "Alerts open now", alerts.open as f64);
    total(registry, "alerts", "Alerts ever opened", alerts.opened);
    total(registry, "alert_clock_steps", "Leaps of the clock", alerts.clock_steps);
    let compared = alerts.claims_compared;
    total(registry, "claims_compared", "Claimed positions held against measured ones", compared);
    let looked_at = levels(
        registry,
        "alert_looked_at",
        "Tracks, or pairs of them, that a rule looked at or could not, at its last evaluation",
    );
    for (rule, what, count) in &alerts.looked_at {
        let labels = vec![("rule", (*rule).to_owned()), ("what", (*what).to_owned())];
        looked_at.get_or_create(&labels).set(*count as f64);
    }
    let events = totals(registry, "alert_events", "What alert rules and their board met");
    for (rule, what, count) in &alerts.events {
        let labels = vec![("rule", (*rule).to_owned()), ("what", (*what).to_owned())];
        events.get_or_create(&labels).inc_by(*count);
    }
    let undecided =
        totals(registry, "alert_site_undecided", "Times that a rule of the site was not decided");
    for (rule, count) in &alerts.undecided_by_site {
        undecided.get_or_create(&vec![("rule", rule.clone())]).inc_by(*count);
    }
    level(registry, "plans", "Flight plans in the book", engine.plans as f64);
    let refused = engine.plan_messages_refused;
    total(registry, "plan_messages_refused", "Messages that changed no plan", refused);
    total(
        registry,
        "plans_shed",
        "Closed plans forgotten early to make place for others",
        engine.plans_shed,
    );
    let plots = totals(registry, "partner_plots", "Plots that a partner told behind its tracks");
    for (party, outcome, count) in &engine.partner_plots {
        let labels = vec![("party", party.clone()), ("outcome", (*outcome).to_owned())];
        plots.get_or_create(&labels).inc_by(*count);
    }
}

fn add_rim(registry: &mut Registry, rim: &RimMetrics) {
    let build = levels(registry, "build", "1; the software's version is in its label");
    build.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1.0);
    total(registry, "events", "Events handled", rim.events);
    total(registry, "batches", "Batches handled", rim.batches);
    let unrecorded = rim.events_unrecorded;
    total(registry, "events_unrecorded", "Events that could not be recorded", unrecorded);
    let shed = rim.console_messages_shed;
    total(registry, "console_messages_shed", "Messages not sent to slow consoles", shed);
    seconds(registry, "engine_lag", "Age of the last batch when it was done", rim.engine_lag_s);
    let ahead_s = rim.clock_ahead_s;
    seconds(registry, "clock_ahead", "Ahead of the machine's clock, which was set back", ahead_s);
    level(registry, "consoles", "Consoles connected", rim.consoles as f64);
    let recording = f64::from(u8::from(rim.recording));
    level(registry, "recording_ok", "1 while the recording can be written", recording);
}

fn add_links(registry: &mut Registry, rim: &RimMetrics) {
    let up = levels(registry, "link_up", "1 while the link with a partner stands");
    let queued = levels(registry, "link_queued", "Batches that a partner has not taken yet");
    let skew = levels(registry, "link_skew_seconds", "How far a partner's clock is ahead");
    let sent = totals(registry, "link_batches_sent", "Batches sent to a partner");
    let came = totals(registry, "link_batches_received", "Batches of a partner that were kept");
    let bytes = totals(registry, "link_bytes_received", "Bytes received from a partner");
    let gone = totals(registry, "link_batches_gone", "Batches that a partner said will not come");
    let shed = totals(registry, "link_offers_shed", "Batches released and not kept for a partner");
    let refusals = totals(registry, "link_refusals", "Connections refused or ended");
    let labels = |party: &str| -> Labels { vec![("party", party.to_owned())] };
    for link in &rim.links {
        let labels = labels(&link.party);
        up.get_or_create(&labels).set(f64::from(u8::from(link.up)));
        if let Some(count) = link.queued {
            queued.get_or_create(&labels).set(count as f64);
        }
        skew.get_or_create(&labels).set(link.skew_s.unwrap_or(0.0));
        sent.get_or_create(&labels).inc_by(link.batches_sent);
        came.get_or_create(&labels).inc_by(link.batches_received);
        bytes.get_or_create(&labels).inc_by(link.bytes_received);
        gone.get_or_create(&labels).inc_by(link.gone);
        shed.get_or_create(&labels).inc_by(link.offers_shed);
    }
    let strangers = ("", &rim.strangers);
    let of_links = rim.links.iter().map(|link| (link.party.as_str(), &link.refusals));
    for (party, counts) in of_links.chain([strangers]) {
        for (name, count) in counts {
            let labels = vec![("party", party.to_owned()), ("reason", (*name).to_owned())];
            refusals.get_or_create(&labels).inc_by(*count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_defects_and_the_rim_are_told_by_name() {
        let feed = FeedMetrics {
            name: "hill \"1\"".into(),
            format: "beast",
            connected: true,
            messages: 7,
            defects: vec![("crc", 3)],
            ..FeedMetrics::default()
        };
        let engine = Metrics { feeds: vec![feed], tracks: 12, ..Metrics::default() };
        let text = encode(&engine, &RimMetrics { consoles: 2, ..RimMetrics::default() });
        for line in [
            r#"entente_feed_messages_total{feed="hill \"1\"",format="beast"} 7"#,
            r#"entente_feed_defects_total{feed="hill \"1\"",defect="crc"} 3"#,
            "entente_tracks 12.0",
            "entente_consoles 2.0",
            "entente_engine_lag_seconds 0.0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
