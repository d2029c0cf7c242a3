//! Pages to print: the sheet of a study, the profile of a direction.

use super::{Profile, Sheet, Worked, altitude_m, export, opened, report, worked};
use crate::commands::Misuse;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use coverage::atmosphere::RayTable;
use coverage::export::{Picture, outline::escaped};
use coverage::joint::Rank;
use coverage::site::{Site, Skyline};
use geodesy::{Geodesic, Geodetic};
use indicatif::ProgressBar;
use std::fmt::Write;

const STYLE: &str = "body{font:14px/1.4 sans-serif;max-width:1100px;margin:2em auto;color:#111}\
img{width:100%}.map{position:relative;overflow:hidden}.map b{position:absolute;margin:-.7em 0 0 10px;text-shadow:0 0 3px #fff,0 0 3px #fff,0 0 3px #fff}pre{font:12px/1.35 monospace;white-space:pre-wrap}figure{margin:0 0 1.5em;break-inside:avoid}\
.k span{display:inline-block;width:1em;height:1em;margin:0 .3em 0 1em;vertical-align:-2px;border:1px solid #555}";

pub(super) fn write(options: &Sheet, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = worked(&options.study, progress)?;
    let sure = worked.swept(&worked.study.sites, &worked.study.method.surely(), progress)?;
    let name = options.study.file_stem().unwrap_or(options.study.as_os_str()).to_string_lossy();
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Coverage: {0}</title><style>{STYLE}</style><h1>Coverage: {0}</h1>",
        escaped(&name)
    );
    page.push_str("<p class=k><span style=\"background:#a6d96a\"></span>seen by one<span style=\"background:#1a9850\"></span>by two<span style=\"background:#005a32\"></span>by three or more<span style=\"background:#fee08b\"></span>may be seen, not surely<span style=\"background:repeating-linear-gradient(135deg,#463732 0 2px,#ddd 2px 6px)\"></span>ground above the level<span style=\"background:#ffdc00\"></span>site</p>");
    for &level in &worked.study.levels {
        let picture = export::picture(&worked, Some(&sure), level);
        let _ = write!(
            page,
            "<figure><div class=map><img alt=\"\" src=\"data:image/png;base64,{}\">{}</div><figcaption>FL{level:03.0}</figcaption></figure>",
            BASE64_STANDARD.encode(picture.png()),
            named(&picture, &worked.study.sites)
        );
    }
    let mut told = String::new();
    report::told_alone(&worked, &sure, progress, &mut told)?;
    told.push('\n');
    report::told_jointly(&worked, &mut told);
    told.push('\n');
    for &level in &worked.study.levels {
        let gaps = report::found(&worked, level, (Rank::Area, None));
        report::told_gaps(&worked, level, (&gaps, false), 10, &mut told);
    }
    let _ = write!(page, "<h2>Figures</h2><pre>{}</pre><h2>Horizons</h2>", escaped(&told));
    progress.set_message("horizons");
    for site in &worked.study.sites {
        let skyline = site.skyline(&worked.terrain, &worked.study.method)?;
        let _ = write!(
            page,
            "<figure>{}<figcaption>{}: lowest free elevation by azimuth, after refraction</figcaption></figure>",
            horizon(&skyline),
            escaped(&site.name)
        );
    }
    page.push_str("<p>Heights over mean sea level; flight levels as in the standard atmosphere. Means over cells promise too much, maxima too little: what is really seen lies between “surely” and “may be seen”. Borders are not authoritative. Not for navigation.</p></html>\n");
    let mut out = String::new();
    export::write(&options.html, page, &mut out)?;
    Ok(out)
}

/// The names of sites over a picture.
fn named(picture: &Picture, sites: &[Site]) -> String {
    let part = |at: f64, of: usize| 100.0 * at / of as f64;
    let mut names = String::new();
    for site in sites {
        let (x, y) = picture.pixel(site.latitude_deg, site.longitude_deg);
        let (left, top) = (part(x, picture.width), part(y, picture.height));
        let name = escaped(&site.name);
        let _ = write!(names, "<b style=\"left:{left:.2}%;top:{top:.2}%\">{name}</b>");
    }
    names
}

/// The skyline as a drawing, −2° to at least 6°.
fn horizon(skyline: &[Skyline]) -> String {
    let degrees: Vec<f64> =
        skyline.iter().map(|s| s.elevation_rad.to_degrees().max(-2.0)).collect();
    let top = degrees.iter().copied().fold(6.0, f64::max).ceil();
    let (width, height) = (1080.0, 240.0);
    let x = |azimuth: f64| 40.0 + azimuth / 360.0 * (width - 50.0);
    let y = |elevation: f64| 10.0 + (top - elevation) / (top + 2.0) * (height - 40.0);
    let mut path = format!("M{:.1} {:.1}", x(0.0), y(-2.0));
    for (azimuth, elevation) in degrees.iter().enumerate() {
        let _ = write!(path, "L{:.1} {:.1}", x(azimuth as f64), y(*elevation));
    }
    let _ = write!(path, "L{:.1} {:.1}Z", x(359.0), y(-2.0));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"11\"><path d=\"{path}\" fill=\"#8a7f72\"/>"
    );
    for azimuth in (0..=360).step_by(30) {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{azimuth}°</text>",
            x(f64::from(azimuth)),
            height - 8.0
        );
    }
    let mut elevation = -2.0;
    while elevation <= top {
        let _ = write!(
            svg,
            "<line x1=\"40\" x2=\"{}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"#0003\"/><text x=\"34\" y=\"{2:.1}\" text-anchor=\"end\">{elevation}°</text>",
            width - 10.0,
            y(elevation),
            y(elevation) + 4.0
        );
        elevation += 2.0;
    }
    svg.push_str("</svg>");
    svg
}

pub(super) fn profile(options: &Profile, progress: &ProgressBar) -> anyhow::Result<String> {
    let worked = opened(&options.study, progress)?;
    let site = worked.study.sites.iter().find(|site| site.name == options.site);
    let Some(site) = site else {
        return Err(
            Misuse(format!("--site {}: the study has no site of this name", options.site)).into()
        );
    };
    let mut out = String::new();
    export::write(&options.svg, drawn(&worked, site, options.azimuth)?, &mut out)?;
    Ok(out)
}

/// Ground in one direction, the ray that just passes, and the study's levels.
fn drawn(worked: &Worked, site: &Site, azimuth_deg: u16) -> anyhow::Result<String> {
    const TOP_M: f64 = 14_000.0;
    let antenna_m = site.antenna_m(&worked.terrain)?;
    let range_m = site.limits.range_max_m;
    let table = RayTable::new(worked.study.method.propagation, antenna_m, 6_371_000.0, range_m);
    let Some(here) = Geodetic::from_degrees(site.latitude_deg, site.longitude_deg, 0.0) else {
        return Err(Misuse(format!("site {:?}: its position is no position", site.name)).into());
    };
    let bearing_rad = f64::from(azimuth_deg).to_radians();
    let (width, height) = (1080.0, 420.0);
    let x = |m: f64| 60.0 + m / range_m * (width - 80.0);
    let y = |m: f64| 20.0 + (TOP_M - m) / TOP_M * (height - 60.0);
    let (mut ground, mut ray) = (format!("M{:.1} {:.1}", x(0.0), y(0.0)), String::new());
    let mut tangent = f64::NEG_INFINITY;
    let mut known_m = 0.0;
    for step in 1..=2000 {
        let distance_m = range_m * f64::from(step) / 2000.0;
        let there = here.travel(Geodesic { distance_m, bearing_rad });
        let height_m = worked.terrain.height_m(there.latitude_deg(), there.longitude_deg());
        let Some(height_m) = height_m else { break };
        tangent = tangent.max(table.launch_tangent(distance_m, height_m));
        let lowest_m = table.height_m(distance_m, tangent);
        let _ = write!(ground, "L{:.1} {:.1}", x(distance_m), y(height_m.max(0.0)));
        let letter = if ray.is_empty() { 'M' } else { 'L' };
        let _ = write!(ray, "{letter}{:.1} {:.1}", x(distance_m), y(lowest_m.clamp(0.0, TOP_M)));
        known_m = distance_m;
    }
    let _ = write!(ground, "L{:.1} {:.1}Z", x(known_m), y(0.0));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{ground}\" fill=\"#8a7f72\"/><path d=\"{ray}\" fill=\"none\" stroke=\"#c2410c\" stroke-width=\"2\"/>"
    );
    for &level in &worked.study.levels {
        let at = y(f64::from(altitude_m(level)));
        let _ = write!(
            svg,
            "<line x1=\"60\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#1d4ed8\" stroke-dasharray=\"6 4\"/><text x=\"56\" y=\"{:.1}\" text-anchor=\"end\">FL{level:03.0}</text>",
            width - 20.0,
            at + 4.0
        );
    }
    let mut nm = 0.0;
    while nm * 1852.0 <= range_m {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{nm} NM</text>",
            x(nm * 1852.0),
            height - 16.0
        );
        nm += 50.0;
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"16\" text-anchor=\"middle\">{}, azimuth {azimuth_deg}°: ground, and the lowest visible altitude (orange)</text></svg>",
        width / 2.0,
        escaped(&site.name)
    );
    Ok(svg)
}
