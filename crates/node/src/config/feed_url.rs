//! A feed in one word, for the command line:
//! `beast+tcp://host:30005?sac=1&sic=2&lat=33.9&lon=-118.4`, `avr+listen://0.0.0.0:30002`,
//! `asterix+udp://239.1.1.1:8600?interface=192.0.2.7`.

use super::feed::{Feed, FeedFile, Format, ReceiverTime};
use thiserror::Error;

/// Why a text is not a feed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("--feed {url}: {problem}")]
pub struct FeedUrlError {
    /// What was given.
    pub url: String,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

const SCHEMES: &str = "give {beast,avr,sbs,ogn}+{tcp,listen}://host:port, asterix+udp://address:port or \
                       remote_id+{tcp,listen,udp}://address:port";

/// The feed that `url` describes; its keys are those of `[[feed]]` in the file.
pub fn feed_from_url(url: &str) -> Result<Feed, FeedUrlError> {
    read(url).map_err(|problem| FeedUrlError { url: url.to_owned(), problem })
}

fn read(url: &str) -> Result<Feed, String> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("no ://; {SCHEMES}"))?;
    let (format, transport) =
        scheme.split_once('+').ok_or_else(|| format!("{scheme:?} is no scheme; {SCHEMES}"))?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let address = address.trim_end_matches('/');
    let mut file = FeedFile { format: Some(format_named(format)?), ..FeedFile::default() };
    match transport {
        "tcp" => file.connect = Some(address.parse()?),
        "listen" => file.listen = Some(value("address", address)?),
        "udp" => file.udp = Some(value("address", address)?),
        other => return Err(format!("{other:?} is no transport; {SCHEMES}")),
    }
    for (key, text) in form_urlencoded::parse(query.as_bytes()) {
        set(&mut file, &key, &text)?;
    }
    Feed::try_from(file)
}

fn format_named(name: &str) -> Result<Format, String> {
    let all = [
        Format::Beast,
        Format::Avr,
        Format::Sbs,
        Format::Asterix,
        Format::RemoteId,
        Format::Ogn,
        Format::Plans,
    ];
    let found = all.into_iter().find(|format| format.name() == name);
    found.ok_or_else(|| format!("{name:?} is no format; {SCHEMES}"))
}

fn set(file: &mut FeedFile, key: &str, text: &str) -> Result<(), String> {
    match key {
        "name" => file.name = Some(text.to_owned()),
        "group" => file.group = Some(value(key, text)?),
        "interface" => file.interface = Some(text.to_owned()),
        "source" => file.source = Some(value(key, text)?),
        "sac" => file.sac = Some(value(key, text)?),
        "sic" => file.sic = Some(value(key, text)?),
        "lat" => file.lat = Some(value(key, text)?),
        "lon" => file.lon = Some(value(key, text)?),
        "height_m" => file.height_m = Some(value(key, text)?),
        "range_max_nm" => file.range_max_nm = Some(value(key, text)?),
        "clock" => file.clock = Some(clock(text)?),
        // A plus sign in a URL's query is a space.
        "edition" => file.editions.push(text.replace(' ', "+")),
        _ => {
            return Err(format!(
                "unknown key {key:?}; the keys are name, group, interface, source, sac, sic, lat, \
                 lon, height_m, range_max_nm, clock and edition"
            ));
        }
    }
    Ok(())
}

fn clock(text: &str) -> Result<ReceiverTime, String> {
    match text {
        "gps" => Ok(ReceiverTime::Gps),
        "ticks" => Ok(ReceiverTime::Ticks),
        _ => Err(format!("clock={text} is neither gps nor ticks")),
    }
}

fn value<T: std::str::FromStr>(key: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| match key {
        "address" => format!("{text:?} is not address:port; write it as 0.0.0.0:30005"),
        "sac" | "sic" => format!("{key}={text} is not in 0..255"),
        _ => format!("{key}={text} cannot be read"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Transport;

    #[test]
    fn a_feed_is_read_from_one_word() {
        let feed =
            feed_from_url("beast+tcp://localhost:30005?sac=1&sic=2&lat=33.9&lon=-118.4").unwrap();
        assert_eq!(feed.name, "localhost:30005");
        assert_eq!(feed.sensor.unwrap().to_string(), "1/2");
        assert!((feed.site.unwrap().latitude_rad.to_degrees() - 33.9).abs() < 1e-9);

        let feed = feed_from_url("beast+tcp://localhost:30005?name=North%20hill+1").unwrap();
        assert_eq!(feed.name, "North hill 1");

        let feed = feed_from_url("asterix+udp://239.1.1.1:8600?interface=127.0.0.1").unwrap();
        let expected = Transport::Udp {
            bind: "239.1.1.1:8600".parse().unwrap(),
            group: Some("239.1.1.1".parse().unwrap()),
            interface: Some("127.0.0.1".into()),
            source: None,
        };
        assert_eq!(feed.transport, expected);
        let feed =
            feed_from_url("asterix+udp://0.0.0.0:8600?edition=48=1.27&edition=25/201:48=1.32+1.13");
        assert_eq!(feed.unwrap().editions, ["48=1.27", "25/201:48=1.32+1.13"]);
        assert!(feed_from_url("sbs+listen://[::]:30003?name=hill").is_ok());
        let feed = feed_from_url("remote_id+udp://0.0.0.0:37008?lat=42.9&lon=74.6").unwrap();
        assert_eq!(feed.format, Format::RemoteId);
        assert!(feed_from_url("remote_id+listen://127.0.0.1:9000").is_ok());
    }

    #[test]
    fn a_word_that_is_no_feed_is_told_apart_in_one_line() {
        let check = |url: &str, problem: &str| {
            assert_eq!(
                feed_from_url(url).unwrap_err().to_string(),
                format!("--feed {url}: {problem}")
            );
        };
        check("host:30005", &format!("no ://; {SCHEMES}"));
        check("beast+udp://1.2.3.4:5", "beast is a stream; give connect or listen, not udp");
        check("morse+tcp://a:1", &format!("\"morse\" is no format; {SCHEMES}"));
        check("beast+tcp://a:1?sac=256&sic=1", "sac=256 is not in 0..255");
        check("beast+tcp://a:1?sac=1", "sac and sic belong together; give both or none");
        check("beast+tcp://a:1?edition=48=1.27", "beast has no editions; remove editions");
        check("beast+tcp://a", "\"a\" is not host:port; write it as \"receiver.local:30005\"");
        check(
            "asterix+udp://10.0.0.1:8600?group=10.1.1.1",
            "group 10.1.1.1 is not a multicast address; use 224.0.0.0/4 or ff00::/8",
        );
    }
}
