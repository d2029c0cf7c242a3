//! The report that people read and print: one page, nothing from elsewhere, every text escaped.

use crate::sketch::sketch;
use crate::{Dossier, escaped, hex};
use alert::incident::{Act, Incident};
use std::fmt::Write;
use surveillance::Time;

const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;color:#10181f;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem;border-bottom:1px solid #9fb2c3}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;\
border-bottom:1px solid #d5dee6}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}\
td.x{white-space:pre-wrap;overflow-wrap:anywhere}dl{display:grid;grid-template-columns:9rem 1fr;gap:.2rem .8rem}\
dt{color:#4a5d6c}dd{margin:0}.h{font:11px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\
svg{width:100%;height:auto;border:1px solid #d5dee6}svg text{font-size:11px}.e{color:#8a1020;font-weight:600}\
@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}tr{break-inside:avoid}}";

/// The page.
pub(crate) fn report(dossier: &Dossier<'_>) -> String {
    let incident = dossier.incident;
    let id = escaped(&format!("{:#}", incident.id()));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{id}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{id} — {}</h1>\n<p>{}. All times are UTC.</p>\n",
        escaped(&incident.kind().to_string()),
        escaped(incident.title()),
    );
    put_summary(dossier, &mut out);
    let drawn = sketch(dossier);
    if !drawn.is_empty() {
        let _ = write!(out, "<h2>Tracks</h2>\n{drawn}");
    }
    put_tracks(dossier, &mut out);
    put_alerts(dossier, &mut out);
    put_checklist(incident, &mut out);
    put_deliveries(incident, &mut out);
    put_log(incident, &mut out);
    out.push_str("</body>\n</html>\n");
    out
}

fn put_summary(dossier: &Dossier<'_>, out: &mut String) {
    let incident = dossier.incident;
    let owner = incident.owner().map_or_else(|| "nobody named".to_owned(), ToString::to_string);
    let mut lines = vec![
        ("Opened", clock(incident.opened())),
        ("Owner", format!("{owner}, {}", incident.holder())),
    ];
    match incident.closed() {
        Some(closing) => {
            lines.push(("State", format!("closed {} by {}", clock(closing.at), closing.by)));
            lines.push(("Outcome", closing.outcome.to_string()));
        }
        None => lines.push(("State", "open".to_owned())),
    }
    if let Some(offer) = incident.offer() {
        lines.push(("Offered", format!("to {} until {}", offer.to, clock(offer.due))));
    }
    lines.push((
        "Record of",
        format!("{}; made {} by {}", incident.own(), clock(dossier.made), dossier.by),
    ));
    out.push_str("<dl>\n");
    for (what, text) in lines {
        let _ = writeln!(out, "<dt>{what}</dt><dd>{}</dd>", escaped(&text));
    }
    out.push_str("</dl>\n");
    if let Some(since) = incident.escalated() {
        let _ = writeln!(out, "<p class=\"e\">Escalated since {}.</p>", escaped(&clock(since)));
    }
}

fn put_tracks(dossier: &Dossier<'_>, out: &mut String) {
    if dossier.tracks.is_empty() {
        return;
    }
    head(out, None, &["Track", "Known as", "Identity", "First", "Last", "Positions"]);
    for track in dossier.tracks {
        let seen = |point: Option<&crate::Point>| point.map(|p| clock(p.at)).unwrap_or_default();
        let count = track.points.len().to_string();
        let (first, last) = (seen(track.points.first()), seen(track.points.last()));
        row(out, &[&track.name, &track.label, &track.identity, &first, &last, &count]);
    }
    out.push_str("</table>\n");
}

fn put_alerts(dossier: &Dossier<'_>, out: &mut String) {
    if dossier.alerts.is_empty() {
        return;
    }
    head(out, Some("Alerts"), &["Raised", "Ended", "Severity", "Rule", "Tracks", "Found"]);
    for alert in dossier.alerts {
        let found: Vec<String> = alert
            .facts
            .iter()
            .map(|fact| match &fact.limit {
                Some(limit) => format!("{} {} (limit {limit})", fact.name, fact.value),
                None => format!("{} {}", fact.name, fact.value),
            })
            .collect();
        let ended = alert.ended.map(clock).unwrap_or_default();
        let (raised, tracks) = (clock(alert.raised), alert.tracks.join(", "));
        row(out, &[&raised, &ended, &alert.severity, &alert.rule, &tracks, &found.join("\n")]);
    }
    out.push_str("</table>\n");
}

fn put_checklist(incident: &Incident, out: &mut String) {
    if incident.steps().is_empty() {
        return;
    }
    head(out, Some("Checklist"), &["Done", "Step", "By"]);
    for step in incident.steps() {
        let text = match &step.text.article {
            Some(article) => format!("{} [{article}]", step.text.text),
            None => step.text.text.clone(),
        };
        let (at, by) = match &step.done {
            Some((by, at)) => (clock(*at), by.to_string()),
            None => ("—".to_owned(), String::new()),
        };
        row(out, &[&at, &text, &by]);
    }
    out.push_str("</table>\n");
}

fn put_deliveries(incident: &Incident, out: &mut String) {
    if incident.deliveries().is_empty() {
        return;
    }
    head(out, Some("Told to partners"), &["Sent", "To", "Under", "Received", "Seen", "By"]);
    for delivery in incident.deliveries() {
        let received = delivery.received.map(clock).unwrap_or_default();
        let (seen, by) = match &delivery.seen {
            Some((by, at)) => (clock(*at), by.to_string()),
            None => Default::default(),
        };
        let (sent, to) = (clock(delivery.sent), delivery.to.to_string());
        row(out, &[&sent, &to, &delivery.article, &received, &seen, &by]);
    }
    out.push_str("</table>\n");
}

fn put_log(incident: &Incident, out: &mut String) {
    head(out, Some("Log"), &["No.", "Time", "Who", "What"]);
    for entry in incident.log() {
        let mut what = entry.act.to_string();
        if let Act::Noted { shareable: true, .. } = entry.act {
            what.push_str(" [may be shared]");
        }
        if !entry.why.is_empty() {
            let _ = write!(what, "\nwhy: {}", entry.why);
        }
        row(out, &[&entry.sequence.to_string(), &clock(entry.at), &entry.by.to_string(), &what]);
    }
    out.push_str("</table>\n");
    let _ = writeln!(
        out,
        "<p class=\"h\">Each entry is chained to the one before by SHA-256; that of the last is {}.</p>",
        hex(&incident.head())
    );
}

fn head(out: &mut String, title: Option<&str>, columns: &[&str]) {
    if let Some(title) = title {
        let _ = writeln!(out, "<h2>{title}</h2>");
    }
    out.push_str("<table>\n<tr>");
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{column}</th>");
    }
    out.push_str("</tr>\n");
}

fn row(out: &mut String, cells: &[&str]) {
    out.push_str("<tr>");
    for cell in cells {
        // Times do not break; the rest may.
        let class = if cell.ends_with('Z') && cell.len() == 20 { "t" } else { "x" };
        let _ = write!(out, "<td class=\"{class}\">{}</td>", escaped(cell));
    }
    out.push_str("</tr>\n");
}

/// To the second: `2026-11-28 14:30:05Z`.
fn clock(time: Time) -> String {
    let whole = time.unix_nanos().div_euclid(1_000_000_000).saturating_mul(1_000_000_000);
    Time::from_unix_nanos(whole).to_string().replace('T', " ")
}
