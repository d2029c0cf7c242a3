//! `GET /api/v1/openapi.json`: every path of the node's addresses as OpenAPI 3.1, with the types that cross
//! them from the code that reads and writes them.
//!
//! `cargo xtask codegen` writes the same to `docs/reference/openapi.json`. A test holds it against the
//! routers: a path that is not in here fails it, and so does one that is in no router.

use super::people::act_of;
use crate::coverage::wire as coverage;
use crate::wire::rehearsal::{RehearsalAsked, RehearsalDone};
use crate::wire::timeline::TimelineTold;
use crate::wire::{AccordChange, AccordChangeOutcome, AccountRow, AuditRow, SessionState};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
pub(super) const GEOJSON: &str = "application/geo+json";
const BYTES: &str = "application/octet-stream";

/// The document as it is served and committed.
pub(crate) fn text() -> String {
    format!("{:#}\n", document())
}

pub(super) async fn served() -> Response {
    static SERVED: LazyLock<String> = LazyLock::new(text);
    ([(header::CONTENT_TYPE, JSON)], SERVED.as_str()).into_response()
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut types = settings.into_generator();
    let mut paths = Map::new();
    for operation in console(&mut types).into_iter().chain(files()) {
        let path = operation.path.replace("{*", "{");
        let item = paths.entry(path).or_insert_with(|| operation.of_path());
        let method = operation.method;
        item[method] = operation.value();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entente",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A node's addresses: the console's, and those of consumers' files.",
            "description": "The console's address is for this machine alone, or speaks TLS: a request names a \
                loopback host or one of `[console] names`. What changes something, and the live connection, comes from no page of another \
                site: where an `Origin` is sent, it is this address. The messages of `/api/v1/live` are \
                those of `schemas/wire.schema.json`.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "http://127.0.0.1:8480", "description": "`[console] listen`" }],
        "paths": paths,
        "components": {
            "schemas": types.take_definitions(true),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The secret of a session, of a program.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "entente-8480",
                    "description": "The same, of a browser; its name ends in the port of the address, and begins with \
                        `__Host-` over TLS.",
                },
            },
        },
    })
}

/// One method of one path.
struct Operation {
    method: &'static str,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    query: Vec<Value>,
    names: Option<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
    /// Of a consumer's address, where addresses and certificates decide and nobody signs in.
    of_consumer: bool,
}

fn operation(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
) -> Operation {
    Operation {
        method,
        path,
        name,
        summary,
        query: Vec::new(),
        names: None,
        body: None,
        answers: Map::new(),
        of_consumer: false,
    }
}

impl Operation {
    fn asks(mut self, name: &str, required: bool, kind: &str, what: &str) -> Self {
        self.query.push(json!({
            "name": name,
            "in": "query",
            "required": required,
            "description": what,
            "schema": { "type": kind },
        }));
        self
    }

    fn takes(mut self, schema: impl Into<Value>) -> Self {
        let content = json!({ JSON: { "schema": schema.into() } });
        self.body = Some(json!({ "required": true, "content": content }));
        self
    }

    /// Whose last part is one of these, each of its own kind.
    fn named(mut self, what: &str, names: Value) -> Self {
        self.names = Some(names);
        self.answers.insert("404".into(), json!({ "description": what }));
        self
    }

    fn answers(self, what: &str, kind: &str, schema: impl Into<Value>) -> Self {
        self.says(200, what, &[(kind, schema.into())])
    }

    fn says(mut self, status: u16, what: &str, kinds: &[(&str, Value)]) -> Self {
        let mut answer = json!({ "description": what });
        for (kind, schema) in kinds {
            answer["content"][*kind] = json!({ "schema": schema });
        }
        self.answers.insert(status.to_string(), answer);
        self
    }

    /// Why not, in words.
    fn refuses(self, status: u16, what: &str) -> Self {
        self.says(status, what, &[(TEXT, json!({ "type": "string" }))])
    }

    fn of_path(&self) -> Value {
        let server = json!([{
            "url": "http://127.0.0.1:8504",
            "description": "`listen` of a `[[consumer]]`",
        }]);
        if self.of_consumer { json!({ "servers": server }) } else { json!({}) }
    }

    fn value(mut self) -> Value {
        let act = act_of(self.path).filter(|_| !self.of_consumer);
        let mut parameters: Vec<Value> = Vec::new();
        for part in
            self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        {
            let schema = self.names.take().unwrap_or_else(|| json!({ "type": "string" }));
            let mut parameter = json!({
                "name": part.trim_start_matches('*'), "in": "path", "required": true, "schema": schema,
            });
            if part.starts_with('*') {
                parameter["description"] = json!("Of several parts, with `/` between them.");
            }
            parameters.push(parameter);
        }
        parameters.append(&mut self.query);
        if act.is_some() {
            self = self.refuses(401, "Nobody has signed in who may.");
        }
        self = self.refuses(403, "Whoever asks may not, or a page of another site asks.");
        let mut value = json!({
            "operationId": self.name,
            "summary": self.summary,
            "responses": self.answers,
            "security": match act {
                Some(_) => json!([{}, { "token": [] }, { "cookie": [] }]),
                None => json!([]),
            },
        });
        if let Some(act) = act {
            value["description"] =
                json!(format!("Where people sign in, for those who may `{}`.", act.name()));
        }
        if !parameters.is_empty() {
            value["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            value["requestBody"] = body;
        }
        value
    }
}

fn of<T: JsonSchema>(types: &mut SchemaGenerator) -> Value {
    types.subschema_for::<T>().to_value()
}

fn object(properties: Value, required: &[&str]) -> Value {
    let mut object = json!({ "type": "object", "required": required });
    object["properties"] = properties;
    object
}

/// The console's address.
fn console(types: &mut SchemaGenerator) -> Vec<Operation> {
    let text = || json!({ "type": "string" });
    let bytes = || json!({ "type": "string", "contentEncoding": "binary" });
    let roles = || json!({ "type": "array", "items": { "type": "string", "enum": role_names() } });
    let invitation = || object(json!({ "invitation": text() }), &["invitation"]);
    let signed_in = |operation: Operation, types: &mut SchemaGenerator| {
        operation
            .answers("Signed in; the secret is in `Set-Cookie`.", JSON, of::<SessionState>(types))
            .refuses(401, "Name or password are wrong.")
            .refuses(404, "Nobody signs in at this node.")
            .refuses(422, "It does not do; why, in words.")
            .refuses(429, "Too many attempts; `Retry-After` says how long to wait.")
            .refuses(503, "Others are signing in, or the accounts cannot be kept.")
    };
    let person = |operation: Operation| {
        operation
            .refuses(404, "Nobody signs in at this node.")
            .refuses(422, "It does not do; why, in words.")
            .refuses(503, "The accounts cannot be kept.")
    };
    let planned = |operation: Operation, kind: &str, answer: Value, types: &mut SchemaGenerator| {
        let not_done = of::<coverage::NotDone>(types);
        let refusal = [(JSON, not_done)];
        operation
            .answers("The answer.", kind, answer)
            .says(400, "It is no question.", &refusal)
            .says(422, "It has no answer; why, in words.", &refusal)
            .says(503, "The planner is busy; ask again in a moment.", &refusal)
    };
    let api = operation;
    vec![
        api("get", "/api/v1/openapi.json", "openapi", "This document.").answers(
            "OpenAPI 3.1.",
            JSON,
            json!({ "type": "object" }),
        ),
        api("get", "/api/v1/live", "live", "The console's live connection, a WebSocket.")
            .asks(
                "past_ms",
                false,
                "number",
                "Since 1970: from then on what was, instead of the present.",
            )
            .asks(
                "speed",
                false,
                "number",
                "At so many times its pace; 0 shows that instant alone.",
            )
            .asks(
                "known",
                false,
                "string",
                "`then`, as without it: identities as they were decided by then; `now`: and later.",
            )
            .says(101, "MessagePack messages of `schemas/wire.schema.json`, either way.", &[])
            .refuses(503, "No seat is free."),
        api("get", "/api/v1/timeline", "timeline", "The last day, minute by minute.")
            .asks("since_ms", false, "number", "Milliseconds since 1970; all, if absent.")
            .answers("The minutes.", JSON, of::<TimelineTold>(types)),
        api("get", "/api/v1/airspace", "airspace", "Airspaces and borders that the node knows.")
            .answers(
                "A FeatureCollection, as `entente airspace export` writes it.",
                GEOJSON,
                json!({ "type": "object" }),
            ),
        planned(
            api("get", "/api/v1/coverage/opening", "coverage", "What a planner begins with."),
            JSON,
            of::<coverage::Opening>(types),
            types,
        ),
        planned(
            api("post", "/api/v1/coverage/layer", "coverageLayer", "A layer of the coverage map.")
                .takes(of::<coverage::LayerAsked>(types)),
            BYTES,
            bytes(),
            types,
        ),
        planned(
            api(
                "post",
                "/api/v1/coverage/figures",
                "coverageFigures",
                "What sites cover, in figures.",
            )
            .takes(of::<coverage::FiguresAsked>(types)),
            JSON,
            of::<coverage::Figures>(types),
            types,
        ),
        planned(
            api(
                "post",
                "/api/v1/coverage/horizon",
                "coverageHorizon",
                "What a site sees of its ground.",
            )
            .takes(of::<coverage::SiteEntry>(types)),
            JSON,
            of::<coverage::Horizon>(types),
            types,
        ),
        planned(
            api(
                "post",
                "/api/v1/coverage/advice",
                "coverageAdvice",
                "Where more sites would help most.",
            )
            .takes(of::<coverage::AdviceAsked>(types)),
            JSON,
            of::<coverage::Advice>(types),
            types,
        ),
        planned(
            api(
                "post",
                "/api/v1/coverage/predicted",
                "coveragePredicted",
                "Where one sensor should see, by cells about it.",
            )
            .takes(of::<coverage::PredictedAsked>(types)),
            JSON,
            of::<coverage::Predicted>(types),
            types,
        ),
        api("get", "/api/v1/accords/{name}", "accord", "An accord as the node read it, `ID.toml`.")
            .answers("The text.", "application/toml", text())
            .refuses(404, "There is no such accord."),
        api("post", "/api/v1/rehearsal", "rehearse", "A draft accord on what was recorded last.")
            .takes(of::<RehearsalAsked>(types))
            .answers("What would have been told.", JSON, of::<RehearsalDone>(types))
            .refuses(400, "It is no question.")
            .refuses(404, "Nothing is recorded here.")
            .refuses(422, "The draft is none; why, in words.")
            .refuses(503, "Another rehearsal is under way."),
        api(
            "get",
            "/api/v1/accord-changes",
            "accordChanges",
            "Changes of accords that wait for people.",
        )
        .answers(
            "Each of them.",
            JSON,
            json!({ "type": "array", "items": of::<AccordChange>(types) }),
        )
        .refuses(503, "The files cannot be read."),
        api(
            "post",
            "/api/v1/accord-changes/{accord}/{sha256}",
            "approveAccord",
            "Approve one: two have to.",
        )
        .answers("Whether it counts now.", JSON, of::<AccordChangeOutcome>(types))
        .refuses(404, "There is no such change.")
        .refuses(409, "The same person has approved it before.")
        .refuses(503, "The files cannot be read or written."),
        api(
            "get",
            "/api/v1/incidents/{node}/{file}",
            "incident",
            "An incident's dossier, `INC-0142.zip`.",
        )
        .asks("by", true, "string", "Who makes it, where nobody signs in.")
        .answers("The dossier.", "application/zip", bytes())
        .refuses(400, "Nobody was named.")
        .refuses(404, "There is no such incident, or nothing is recorded here.")
        .refuses(500, "It could not be made; why, in words."),
        api("get", "/api/v1/ledger/{name}", "ledger", "A partner's whole ledger, `RUS.tar.gz`.")
            .answers("Log and identities.", "application/gzip", bytes())
            .refuses(404, "There is no such ledger.")
            .refuses(503, "It cannot be read now."),
        api(
            "get",
            "/api/v1/ledger/{party}/{*path}",
            "ledgerFile",
            "One file of a log (C2SP tlog-tiles).",
        )
        .answers("The file.", BYTES, bytes())
        .refuses(404, "There is no such ledger or file."),
        api("get", "/api/v1/session", "session", "Whether one has to sign in, and who has.")
            .answers("The session.", JSON, of::<SessionState>(types)),
        signed_in(
            api("post", "/api/v1/session", "signIn", "Sign in.").takes(object(
                json!({ "name": text(), "password": text() }),
                &["name", "password"],
            )),
            types,
        ),
        api("delete", "/api/v1/session", "signOut", "Sign out.")
            .says(204, "Signed out.", &[])
            .refuses(404, "Nobody signs in at this node."),
        signed_in(
            api(
                "post",
                "/api/v1/take-up",
                "takeUp",
                "Take up an invitation and choose a password.",
            )
            .takes(object(
                json!({ "token": text(), "name": text(), "password": text() }),
                &["token", "password"],
            )),
            types,
        ),
        api("get", "/api/v1/oidc", "goToProvider", "Go to the identity provider.")
            .says(303, "To the provider's page; or to the console's, which says why not.", &[])
            .refuses(404, "No identity provider is known here."),
        api(
            "get",
            "/api/v1/oidc/back",
            "comeFromProvider",
            "Come back from the identity provider.",
        )
        .asks("code", false, "string", "What the provider gave.")
        .asks("state", false, "string", "What the browser was sent there with.")
        .asks("error", false, "string", "Why the provider gave nothing.")
        .says(303, "To the console, signed in, or with why not.", &[])
        .refuses(404, "No identity provider is known here.")
        .refuses(503, "The accounts cannot be kept."),
        person(api("get", "/api/v1/people", "people", "Every account.").answers(
            "Each.",
            JSON,
            json!({ "type": "array", "items": of::<AccountRow>(types) }),
        )),
        person(
            api("post", "/api/v1/people", "invite", "Invite somebody.")
                .takes(object(
                    json!({ "name": text(), "position": text(), "roles": roles() }),
                    &["name", "roles"],
                ))
                .answers("The secret to take it up by, once.", JSON, invitation()),
        ),
        person(
            api(
                "post",
                "/api/v1/people/{name}/invitation",
                "inviteAgain",
                "Invite somebody again.",
            )
            .answers("The secret to take it up by, once.", JSON, invitation()),
        ),
        person(
            api("put", "/api/v1/people/{name}/roles", "setRoles", "Give somebody these roles.")
                .takes(object(json!({ "roles": roles() }), &["roles"]))
                .says(204, "Done.", &[]),
        ),
        person(
            api(
                "put",
                "/api/v1/people/{name}/shut-out",
                "shutOut",
                "Shut somebody out, or let in again.",
            )
            .takes(object(json!({ "shut_out": { "type": "boolean" } }), &["shut_out"]))
            .says(204, "Done.", &[]),
        ),
        api("get", "/api/v1/audit", "audit", "What people did last, the newest first.")
            .answers("Each act.", JSON, json!({ "type": "array", "items": of::<AuditRow>(types) }))
            .refuses(404, "Nobody signs in at this node."),
        api("get", "/healthz", "health", "Whether the node does its work.")
            .answers("It does.", JSON, health())
            .says(503, "It does not, and why.", &[(JSON, health())]),
        api("get", "/metrics", "metrics", "Figures for Prometheus.").answers(
            "OpenMetrics text.",
            "application/openmetrics-text",
            text(),
        ),
    ]
}

fn role_names() -> Vec<&'static str> {
    people::Role::ALL.iter().map(|role| role.name()).collect()
}

fn health() -> Value {
    object(
        json!({
            "status": { "type": "string", "enum": ["ok", "failing"] },
            "trouble": { "type": ["string", "null"] },
            "engine_lag_s": { "type": "number" },
            "consumers": { "type": "array", "items": { "type": "object" } },
            "version": { "type": "string" },
        }),
        &["status", "trouble", "engine_lag_s", "consumers", "version"],
    )
}

/// Consumers' addresses.
fn files() -> [Operation; 2] {
    let any = || json!({ "type": "object" });
    let bytes = || json!({ "type": "string", "contentEncoding": "binary" });
    let text = || json!({ "type": "string" });
    let standing = |mut operation: Operation| {
        operation.of_consumer = true;
        operation.refuses(503, "Nothing is released here now.")
    };
    [
        standing(
            operation(
                "get",
                "/data/{name}",
                "readsb",
                "readsb's files, of a consumer of format `readsb`.",
            )
            .named(
                "There is no such file.",
                json!({
                    "type": "string",
                    "pattern": "^(aircraft|receiver|history_[0-9]+)\\.json$",
                }),
            )
            .answers("As readsb's README-json.md has it.", JSON, any()),
        ),
        standing(
            operation(
                "get",
                "/{name}",
                "tables",
                "The whole picture, of a consumer of format `tables`.",
            )
            .named(
                "There is no such file.",
                json!({
                    "type": "string",
                    "enum": ["tracks.geojson", "tracks.csv", "tracks.kml", "tracks.parquet"],
                }),
            )
            .says(
                200,
                "By its name.",
                &[
                    ("application/geo+json", any()),
                    ("text/csv", text()),
                    ("application/vnd.google-earth.kml+xml", text()),
                    ("application/vnd.apache.parquet", bytes()),
                ],
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConsumerFormat;
    use crate::coverage::Planner;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    /// Methods and paths that axum shows of a router.
    fn routes(shown: &str) -> BTreeSet<(String, String)> {
        let shown = shown.split("fallback_router: ").next().unwrap_or_default();
        let (routes, node) = shown.split_once("node: Node").expect("axum shows its paths");
        let paths = node.split("RouteId(").skip(1).filter_map(|part| {
            let (number, rest) = part.split_once("): \"")?;
            Some((number.to_owned(), rest.split('"').next()?.to_owned()))
        });
        let methods = |number: &str| {
            let of = routes.split(&format!("RouteId({number}): ")).nth(1).expect("its route");
            let of = of.split("RouteId(").next().unwrap_or_default().to_owned();
            let has = |method: &&str| {
                let said = of.split(&format!(" {method}: ")).nth(1).unwrap_or("None");
                !said.starts_with("None")
            };
            ["get", "post", "put", "delete", "patch", "options", "trace", "connect"]
                .into_iter()
                .filter(has)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let with_methods = paths.flat_map(|(number, path)| {
            methods(&number).into_iter().map(move |method| (method, path.clone()))
        });
        // What axum nests under a path ends in its own catch-all.
        with_methods.filter(|(_, path)| !path.contains("__private__")).collect()
    }

    #[tokio::test]
    async fn every_route_of_the_routers_is_in_the_document_and_nothing_else() {
        let planner = Arc::new(Planner::start(None).expect("it starts"));
        let mut expected = routes(&format!("{:?}", super::super::routes(planner)));
        for format in [ConsumerFormat::Readsb, ConsumerFormat::Tables] {
            expected.extend(routes(&crate::consumer::shown_routes(format)));
        }
        let mut types = SchemaSettings::draft2020_12().into_generator();
        let found: BTreeSet<_> = (console(&mut types).into_iter().chain(files()))
            .map(|operation| (operation.method.to_owned(), operation.path.to_owned()))
            .collect();
        assert!(expected.len() > 25, "axum shows its routes otherwise: {expected:?}");
        assert_eq!(found, expected);
    }

    #[test]
    fn what_one_must_be_allowed_is_what_the_guard_asks_for() {
        let document = document();
        let of = |path: &str, method: &str| document["paths"][path][method].clone();
        assert_eq!(of("/api/v1/session", "post")["security"], json!([]));
        let audit = of("/api/v1/audit", "get");
        assert_eq!(audit["security"][1], json!({ "token": [] }));
        assert!(audit["description"].as_str().is_some_and(|d| d.contains("audit")), "{audit}");
    }
}
