//! An incident to take away: `/api/v1/incidents/KGZ/INC-0142.zip?by=Asel`.

use super::Http;
use super::people::Signed;
use crate::book::BookFiles;
use crate::dossier::export;
use crate::event::Shelf;
use alert::incident::IncidentId;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::io::Cursor;
use std::path::Path as FilePath;
use surveillance::Time;

/// What is asked beside the name.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// Who makes it.
    by: String,
}

/// The dossier of an incident, from the book and the journal on the disk.
pub(super) async fn dossier(
    State(http): State<Http>,
    Path((node, file)): Path<(String, String)>,
    Query(Asked { by }): Query<Asked>,
    signed: Option<Extension<Signed>>,
) -> Response {
    // Under the name of whoever signed in, whatever is asked.
    let by = signed.map_or(by, |Extension(signed)| signed.person.name);
    let number = file.strip_prefix("INC-").and_then(|file| file.strip_suffix(".zip")?.parse().ok());
    let (Some(number), Ok(node)) = (number, node.parse()) else {
        return (StatusCode::NOT_FOUND, "There is no such incident.\n").into_response();
    };
    let Some(recording) = http.recording.clone() else {
        let why = "Nothing is recorded here: switch the recording on.\n";
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let (id, now) = (IncidentId { node, number }, http.clock.now());
    // The journal is handled again for it: not on a thread that answers others.
    let made = tokio::task::spawn_blocking(move || make(id, &recording, (now, &by))).await;
    match made.unwrap_or_else(|_| Err(anyhow::anyhow!("it could not be made"))) {
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such incident.\n").into_response(),
        Ok(Some(bytes)) => {
            let name = format!("attachment; filename=\"{node}-{file}\"");
            let kind = "application/zip".to_owned();
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes)
                .into_response()
        }
        Err(why) => {
            let why = format!("{why:#}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, why).into_response()
        }
    }
}

fn make(
    id: IncidentId,
    recording: &FilePath,
    made: (Time, &str),
) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(incident) = BookFiles::of(recording, Shelf::Incidents).incident(id)? else {
        return Ok(None);
    };
    let mut out = Cursor::new(Vec::new());
    export(&incident, Some(recording), made, &mut out)?;
    Ok(Some(out.into_inner()))
}
