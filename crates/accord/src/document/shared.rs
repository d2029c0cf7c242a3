//! What an accord's text says that all its parties share.

use std::collections::BTreeSet;
use toml::{Table, Value};

/// What of an accord's text its parties share, in one form whatever the comments, spaces and order of
/// keys: by its hash they can tell each other that they go by the same.
///
/// Left out is what each of them may keep from others: caveats and suspensions, and zones and borders
/// that nothing else names. So the hash tells nothing of them, nor that they changed.
///
/// Every value is a letter and what it holds: `t` and `a` a table and an array, the count of their
/// members and `:`, then each, in a table after its key and in order of keys; `s` a string or key, its
/// length in bytes and `:`, then itself; `v` any other in the words of TOML, in the way of a string.
///
/// `None` if it is no TOML.
pub fn shared_form(text: &str) -> Option<String> {
    let mut all: Table = toml::from_str(text).ok()?;
    all.remove("caveat");
    if let Some(Value::Table(instruments)) = all.get_mut("instruments") {
        instruments.remove("suspension");
    }
    for kind in ["zone", "border"] {
        let Some(Value::Table(mut places)) = all.remove(kind) else { continue };
        let mut named = BTreeSet::new();
        all.values().for_each(|value| names(kind, value, &mut named));
        places.retain(|name, _| named.contains(name));
        if !places.is_empty() {
            all.insert(kind.to_owned(), Value::Table(places));
        }
    }
    let mut out = String::new();
    put(&Value::Table(all), &mut out);
    Some(out)
}

/// The zones or borders that it names.
fn names(kind: &str, value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| names(kind, item, out)),
        Value::Table(table) => {
            out.extend(table.get(kind).and_then(Value::as_str).map(str::to_owned));
            table.values().for_each(|item| names(kind, item, out));
        }
        _ => {}
    }
}

fn put(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => put_text('s', text, out),
        Value::Array(items) => {
            out.push_str(&format!("a{}:", items.len()));
            items.iter().for_each(|item| put(item, out));
        }
        Value::Table(table) => {
            out.push_str(&format!("t{}:", table.len()));
            let mut members: Vec<_> = table.iter().collect();
            members.sort_by_key(|(key, _)| key.as_str());
            for (key, item) in members {
                put_text('s', key, out);
                put(item, out);
            }
        }
        other => put_text('v', &other.to_string(), out),
    }
}

fn put_text(kind: char, text: &str, out: &mut String) {
    out.push_str(&format!("{kind}{}:{text}", text.len()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = r#"
accord = "ab"
[instruments]
in_force = 2020-01-01
[zone.common]
circle = 1.5
[[article]]
number = "1"
area = [{ zone = "common" }]
"#;

    #[test]
    fn the_form_is_what_its_description_says() {
        let text = "b = [1, true]\na = 'x'\n";
        assert_eq!(shared_form(text).unwrap(), "t2:s1:as1:xs1:ba2:v1:1v4:true");
    }

    #[test]
    fn what_one_party_keeps_from_others_changes_nothing_and_what_all_share_does() {
        let own = r#"
[[instruments.suspension]]
by = "A"
towards = ["B"]
[zone.1]
circle = 2.5
[border.A]
line = 3
[[caveat]]
number = "9"
by = "A"
area = [{ zone = "1" }, { border = "A" }]
"#;
        let form = shared_form(SHARED);
        assert!(form.is_some());
        assert_eq!(shared_form(&format!("# Draft\n{SHARED}{own}")), form);
        assert_ne!(shared_form(&SHARED.replace("1.5", "1.6")), form);
        assert_ne!(shared_form(&SHARED.replace("\"1\"", "\"2\"")), form);
        assert_eq!(shared_form("no TOML"), None);
    }
}
