//! Keys that this version does not know.

use super::Misfit;
use crate::place::Path;
use crate::text;
use toml::de::DeTable;

/// Every key in the document that the schema does not have.
pub(super) fn unknown_keys(root: &DeTable<'_>) -> Vec<Misfit> {
    let schema = text::schema();
    let mut found = Vec::new();
    walk(root, &schema, &schema, &Path::root(), &mut found);
    found
}

fn walk(
    table: &DeTable<'_>,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &Path,
    found: &mut Vec<Misfit>,
) {
    let resolved = resolve(schema, root);
    let Some(properties) = resolved.get("properties").and_then(|p| p.as_object()) else {
        // A table of named things: each value has the same schema.
        if let Some(each) = resolved.get("additionalProperties").filter(|each| each.is_object()) {
            for (key, value) in table {
                let path = path.key(key.get_ref());
                walk_value(value.get_ref(), each, root, &path, found);
            }
        }
        return;
    };
    for (key, value) in table {
        let path = path.key(key.get_ref());
        match properties.get(key.get_ref().as_ref()) {
            Some(inner) => walk_value(value.get_ref(), inner, root, &path, found),
            None => {
                let known: Vec<&str> = properties.keys().map(String::as_str).collect();
                let said = format!("no such key; the keys here are {}", known.join(", "));
                found.push((path, said));
            }
        }
    }
}

fn walk_value(
    value: &toml::de::DeValue<'_>,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &Path,
    found: &mut Vec<Misfit>,
) {
    let resolved = resolve(schema, root);
    if let Some(table) = value.as_table() {
        walk(table, resolved, root, path, found);
    } else if let (Some(items), Some(each)) = (value.as_array(), resolved.get("items")) {
        for (index, item) in items.iter().enumerate() {
            walk_value(item.get_ref(), each, root, &path.index(index), found);
        }
    }
}

/// Follows `$ref`, and of an optional thing the one alternative that is not null.
fn resolve<'s>(
    schema: &'s serde_json::Value,
    root: &'s serde_json::Value,
) -> &'s serde_json::Value {
    let mut schema = schema;
    // The schema is ours and not deep; the bound is against a circle.
    for _ in 0..8 {
        if let Some(reference) = schema.get("$ref").and_then(|r| r.as_str()) {
            let pointer = reference.trim_start_matches('#');
            schema = root.pointer(pointer).unwrap_or(&serde_json::Value::Null);
        } else if let Some(choices) = schema.get("anyOf").and_then(|c| c.as_array()) {
            let real = |choice: &&serde_json::Value| {
                choice.get("type").and_then(|t| t.as_str()) != Some("null")
            };
            let Some(choice) = choices.iter().find(real) else { return schema };
            schema = choice;
        } else {
            return schema;
        }
    }
    schema
}
