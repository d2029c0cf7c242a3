//! The configuration: what is accepted, and the exact line said for what is not.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use node::config::{Config, parse};

fn example() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/node.toml");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn an_empty_file_is_the_default_node() {
    assert_eq!(parse("node.toml", "").unwrap(), Config::default());
    assert_eq!(Config::default().console.listen.to_string(), "127.0.0.1:8480");
}

#[test]
fn the_example_is_accepted_and_shown_as_it_is_read() {
    let config = parse("node.toml", &example()).unwrap();
    assert_eq!(config.feeds.len(), 3);
    let shown = config.to_toml();
    let again = parse("shown.toml", &shown).unwrap();
    assert_eq!(again.to_toml(), shown);
    assert_eq!(again.sensors, config.sensors);
}

#[test]
fn each_error_is_one_line_that_names_place_key_and_remedy() {
    let mut wrong = String::new();
    let mut check = |text: &str, expected: &str| {
        let error = parse("node.toml", text).unwrap_err().to_string();
        if error != expected {
            wrong += &format!("{text}\n  says   {error}\n  not    {expected}\n\n");
        }
    };
    let feed = |lines: &str| format!("[[feed]]\nname = \"hill\"\n{lines}");
    check(
        "[console]\nlisen = \"127.0.0.1:1\"\n",
        "node.toml:2:1: console.lisen: no such key; the keys here are listen, \
         certificate, key, names, framed_by, view",
    );
    check(
        "[console]\nlisten = \"0.0.0.0:8480\"\n",
        "node.toml:2:10: console.listen: 0.0.0.0:8480 can be reached from other machines; \
         give a certificate and its key under [console], or use 127.0.0.1:8480 and a tunnel",
    );
    let mlat = "[[sensor]]\nsac = 9\nsic = 1\nname = \"m\"\nkind = \"mlat\"\n";
    check(
        &format!("{mlat}receivers = [\"hill\"]\n"),
        "node.toml:6:13: sensor[0].receivers: 1 receivers; name 3 feeds or more, 200 at most",
    );
    check(
        &format!("{mlat}receivers = [\"hill\", \"dale\", \"moor\"]\n"),
        "node.toml:6:13: sensor[0].receivers: \"hill\" is no feed's name; give the names of feeds",
    );
    let timed = feed("format = \"beast\"\nconnect = \"a:1\"\nclock = \"gps\"\n");
    check(
        &format!("{timed}{mlat}receivers = [\"hill\", \"dale\", \"moor\"]\n"),
        "node.toml:11:13: sensor[0].receivers: feed \"hill\" has no place; give it lat, lon and height_m",
    );
    check(
        &feed("format = \"avr\"\nconnect = \"a:1\"\nclock = \"gps\"\n"),
        "node.toml:1:1: feed[0]: avr has no clock; remove clock",
    );
    check(
        "[console]\nlisten = \"here\"\n",
        "node.toml:2:10: console.listen: invalid socket address syntax; write it as \
         \"127.0.0.1:8480\"",
    );
    check(
        "[node]\nparty = \"\"\n",
        "node.toml:2:9: node.party: \"\" is not a party; give an ISO 3166 alpha-3 code such as EST, or an \
         organisation's id of up to 12 capital letters, digits and hyphens",
    );
    check(
        "[recording]\nretention_gb = -1\n",
        "node.toml:2:16: recording.retention_gb: -1 is too small; give a number above 0",
    );
    check(
        &feed("format = \"morse\"\nconnect = \"a:1\"\n"),
        "node.toml:3:10: feed[0].format: unknown variant morse; give beast, avr, sbs, asterix, plans, remote_id, ogn",
    );
    check(
        &feed("format = \"beast\"\nconnect = \"a\"\n"),
        "node.toml:4:11: feed[0].connect: \"a\" is not host:port; write it as \
         \"receiver.local:30005\"",
    );
    check(
        &feed("format = \"beast\"\nconnect = \"a:1\"\nsac = 256\nsic = 1\n"),
        "node.toml:5:7: feed[0].sac: invalid value: integer 256; give a number in 0..255",
    );
    check(
        &feed("format = \"beast\"\n"),
        "node.toml:1:1: feed[0]: no address; give one of connect, listen and udp",
    );
    check(
        &feed("format = \"asterix\"\nudp = \"0.0.0.0:8600\"\ngroup = \"10.0.0.1\"\n"),
        "node.toml:1:1: feed[0]: group 10.0.0.1 is not a multicast address; use 224.0.0.0/4 or \
         ff00::/8",
    );
    check(
        &format!(
            "{}\n{}",
            feed("format = \"avr\"\nconnect = \"a:1\""),
            feed("format = \"avr\"\nconnect = \"b:1\"")
        ),
        "node.toml:6:8: feed[1].name: \"hill\" is feed 0's name; give another",
    );
    check(
        &feed("format = \"avr\"\nlisten = \"127.0.0.1:8480\"\n"),
        "node.toml:4:10: feed[0].listen: 127.0.0.1:8480 is taken by [console]; use another port",
    );
    check(
        "[[sensor]]\nsac = 1\nsic = 2\nname = \"a\"\n[[sensor]]\nsac = 1\nsic = 2\nname = \"b\"\n",
        "node.toml:7:7: sensor[1].sic: SAC/SIC 1/2 is sensor 0's; give another",
    );
    check(
        "[[sensor]]\nsac = 1\nsic = 2\nname = \"a\"\nlat = 91\nlon = 0\n",
        "node.toml:5:7: sensor[0].lat: 91, 0 is no position; lat is in -90..90, lon in -180..180 \
         degrees",
    );
    check(
        &format!(
            "{}\n[[sensor]]\nsac = 1\nsic = 2\nname = \"a\"\n",
            feed("format = \"beast\"\nconnect = \"a:1\"\nsac = 1\nsic = 2\n")
        ),
        "node.toml:10:7: sensor[0].sic: SAC/SIC 1/2 is feed 0's; give another, or say it there",
    );
    check(
        &format!(
            "{}\n[[feed]]\nformat = \"avr\"\nconnect = \"b:1\"\nsac = 0\nsic = 1\n",
            feed("format = \"avr\"\nconnect = \"a:1\"")
        ),
        "node.toml:9:7: feed[1].sic: SAC/SIC 0/1 is feed 0's; give another",
    );
    check(
        "[recording]\nretention_hours = 1e300\n",
        "node.toml:2:19: recording.retention_hours: 1e300 is too large; give at most 1000000",
    );
    check(
        "[[sensor]]\nsac = 1\nsic = 2\nname = \"a\"\nheight_m = inf\n",
        "node.toml:5:12: sensor[0].height_m: inf is no height above the ellipsoid in metres",
    );
    let partner = |party: &str, more: &str| {
        format!("[[partner]]\nparty = \"{party}\"\nidentity = \"p.pem\"\n{more}")
    };
    check(
        &partner("RUS", ""),
        "node.toml:1:1: partner[0].connect: the two cannot meet: give its address here, or an own \
         one as link.listen",
    );
    check(
        &partner("XXA", "connect = [\"a:1\"]\n"),
        "node.toml:2:9: partner[0].party: XXA is this node's own party; give the partner's",
    );
    check(
        &partner("RUS-", "connect = [\"a:1\"]\n"),
        "node.toml:2:9: partner[0].party: RUS- cannot be named in a certificate; a name must not \
         end with a hyphen",
    );
    check(
        &(partner("RUS", "connect = [\"a:1\"]\n") + &partner("RUS", "connect = [\"a:1\"]\n")),
        "node.toml:6:9: partner[1].party: RUS is partner 0 already; leave one out",
    );
    check(
        &partner("RUS", "connect = [\"a\"]\n"),
        "node.toml:4:11: partner[0].connect: \"a\" is not host:port; write it as \
         \"receiver.local:30005\"",
    );
    check(
        "[link]\nslot_s = 0.01\n",
        "node.toml:2:10: link.slot_s: 0.01 is no length of a slot; give 0.1 to 10 seconds",
    );
    check(
        "[link]\nlisten = \"127.0.0.1:8480\"\n",
        "node.toml:2:10: link.listen: 127.0.0.1:8480 is taken by [console]; use another port",
    );
    check("[node\n", "node.toml:1:6: unclosed table; give ]");
    check(
        "[[sensor]]\nsac = 1\n",
        "node.toml:1:1: sensor[0]: missing field `sic`; see examples/node.toml",
    );
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_file_that_is_not_there_is_said_in_one_line() {
    let error = Config::load("absent/node.toml".as_ref()).unwrap_err().to_string();
    assert!(error.starts_with("absent/node.toml: cannot be read ("), "{error}");
    assert!(error.ends_with("); name another file with --config"), "{error}");
}

#[test]
fn keys_that_cannot_be_used_are_one_line_with_place_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.toml");
    let text = "[link]\nlisten = \"127.0.0.1:0\"\nkeys = \"here\"\n\
                [[partner]]\nparty = \"RUS\"\nidentity = \"rus.pem\"\n";
    std::fs::write(&path, text).unwrap();
    let check = |expected: &str| {
        let error = Config::load(&path).unwrap_err().to_string();
        let error = error.replace(&folder.path().display().to_string(), "F");
        assert!(error.contains(expected) && !error.contains('\n'), "{error}\nnot {expected}");
    };
    check(
        "F/node.toml:3:8: link.keys: there is no folder F/here; make it with `entente keys make \
         F/here --party XXA`",
    );
    std::fs::create_dir(folder.path().join("here")).unwrap();
    check("F/node.toml:3:8: link.keys: F/here/identity.pem cannot be read (");
    std::fs::write(folder.path().join("here/identity.pem"), "party XXA\n").unwrap();
    check("link.keys: F/here/identity.pem has no certificate; copy the party's identity.pem anew");
}
