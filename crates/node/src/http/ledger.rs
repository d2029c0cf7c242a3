//! A partner's ledger to take away: `/api/v1/ledger/RUS.tar.gz` is all that a court needs, the files
//! of the log and both parties' public keys; `/api/v1/ledger/RUS/…` serves the log's files one by
//! one, as C2SP tlog-tiles has it.

use super::Http;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::io::{self, Write};
use std::path::{Component, Path as FilePath, PathBuf};
use tokio::sync::mpsc;

/// What of the log's folder is the log's; the rest is the writer's own.
const PUBLIC: [&str; 6] = ["checkpoint", "cosigned", "witness", "tile", "lists", "evidence"];
/// Bytes handed to the client at once.
const PIECE: usize = 64 << 10;
/// Pieces that may wait for a slow client.
const PIECES_MAX: usize = 4;

/// The whole ledger with one partner, with the identities to verify it by.
pub(super) async fn archive(State(http): State<Http>, Path(name): Path<String>) -> Response {
    let Some(party) = name.strip_suffix(".tar.gz") else { return no_such() };
    let folder = match http.links.ledger(party).await {
        None => return no_such(),
        Some(Err(problem)) => return (StatusCode::SERVICE_UNAVAILABLE, problem).into_response(),
        Some(Ok(folder)) => folder,
    };
    let (send, pieces) = mpsc::channel(PIECES_MAX);
    let (identities, party) = (http.links.identities(party), party.to_owned());
    tokio::task::spawn_blocking(move || {
        let written = write_archive(&folder, &identities, Pieces { send, piece: Vec::new() });
        if let Err(error) = written {
            // The client sees an archive that ends early.
            tracing::warn!(%error, party, "a ledger could not be handed out whole");
        }
    });
    let next = |mut pieces: mpsc::Receiver<Bytes>| async {
        pieces.recv().await.map(|piece| (Ok::<_, io::Error>(piece), pieces))
    };
    let disposition = format!("attachment; filename=\"ledger-{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(stream::unfold(pieces, next))).into_response()
}

/// One file of the log.
pub(super) async fn file(
    State(http): State<Http>,
    Path((party, path)): Path<(String, String)>,
) -> Response {
    let path = PathBuf::from(path);
    let mut parts = path.components();
    let first = parts.next().map(|part| part.as_os_str().to_owned());
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if !plain || !first.is_some_and(|first| PUBLIC.iter().any(|name| first == *name)) {
        return no_such();
    }
    let Some(Ok(folder)) = http.links.ledger(&party).await else { return no_such() };
    match tokio::fs::read(folder.join(path)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(_) => no_such(),
    }
}

fn no_such() -> Response {
    (StatusCode::NOT_FOUND, "There is no such ledger or file.\n").into_response()
}

fn write_archive(
    folder: &FilePath,
    identities: &[(String, PathBuf)],
    out: Pieces,
) -> io::Result<()> {
    let mut archive = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    // The heads first: whatever is added meanwhile, the files hold what they say.
    for name in PUBLIC {
        let path = folder.join(name);
        if path.is_dir() {
            archive.append_dir_all(format!("ledger/{name}"), path)?;
        } else if path.is_file() {
            archive.append_path_with_name(path, format!("ledger/{name}"))?;
        }
    }
    for (name, path) in identities {
        archive.append_path_with_name(path, name)?;
    }
    archive.into_inner()?.finish()?.flush()
}

/// Hands what is written to the client, and waits for it.
struct Pieces {
    send: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.piece);
        let sent = if piece.is_empty() { Ok(()) } else { self.send.blocking_send(piece.into()) };
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
