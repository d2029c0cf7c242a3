//! `/api/v1/live`: one WebSocket a console. Messages go out as the console takes them, questions
//! come in, and silence is probed with pings.

use super::{Http, is_own_page};
use crate::consoles::Seat;
use crate::message;
use crate::wire::{Refused, ServerMessage};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use tokio::time::{self, Instant};

/// Largest message a console may send.
const QUESTION_BYTES_MAX: usize = 4096;
/// Between pings.
const PING_PERIOD: Duration = Duration::from_secs(15);
/// A console that sends nothing, not even a pong, for this long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// A console that does not take one message within this time is gone.
const SEND_MAX: Duration = Duration::from_secs(30);

/// Turns the request into a WebSocket, if it comes from an own page and there is a free seat.
pub(super) async fn upgrade(
    State(http): State<Http>,
    headers: HeaderMap,
    request: WebSocketUpgrade,
) -> Response {
    if !is_own_page(&headers) {
        return (StatusCode::FORBIDDEN, "A page of another site asks.\n").into_response();
    }
    let Some(seat) = http.consoles.join() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "No seat is free.\n").into_response();
    };
    let connections = http.connections.clone();
    let request = request.max_message_size(QUESTION_BYTES_MAX).max_frame_size(QUESTION_BYTES_MAX);
    request.on_upgrade(move |socket| connections.track_future(converse(socket, seat, http)))
}

async fn converse(mut socket: WebSocket, seat: Seat, http: Http) {
    let console = seat.console().0;
    tracing::info!(console, "console connected");
    let farewell = exchange(&mut socket, &seat, &http).await;
    tracing::info!(console, reason = farewell.1, "console left");
    let (code, reason) = farewell;
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // It may be gone already.
    let _ = time::timeout(Duration::from_secs(1), socket.send(close)).await;
}

/// Until either side ends it; why, for the close frame and the log.
async fn exchange(socket: &mut WebSocket, seat: &Seat, http: &Http) -> (u16, &'static str) {
    let mut pings = time::interval(PING_PERIOD);
    let mut heard = Instant::now();
    loop {
        let outgoing = tokio::select! {
            body = seat.next() => match body {
                Some(body) => Message::Binary(body),
                None => return (close_code::AWAY, "the node stops"),
            },
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE_MAX {
                    return (close_code::POLICY, "no sign of life");
                }
                Message::Ping(bytes::Bytes::new())
            },
            incoming = socket.recv() => {
                heard = Instant::now();
                match incoming {
                    None | Some(Err(_) | Ok(Message::Close(_))) => {
                        return (close_code::NORMAL, "the console closed");
                    }
                    Some(Ok(Message::Text(_))) => return (close_code::UNSUPPORTED, "binary only"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Binary(bytes))) => match ask(&bytes, seat, http) {
                        Ok(()) => continue,
                        Err(refusal) => refusal,
                    },
                }
            }
        };
        match time::timeout(SEND_MAX, socket.send(outgoing)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return (close_code::NORMAL, "the console is gone"),
            Err(_) => return (close_code::POLICY, "the console takes nothing"),
        }
    }
}

/// Passes a question on, or says why not.
fn ask(bytes: &[u8], seat: &Seat, http: &Http) -> Result<(), Message> {
    let refused = |asked: &str, reason: String| {
        let refused = Refused { asked: asked.into(), reason };
        Message::Binary(message::encode(&ServerMessage::Refused(refused)))
    };
    let question = message::decode(bytes)
        .map_err(|why| refused("unreadable message", format!("it is no question: {why}")))?;
    let intake = http.consoles.intake();
    if intake.asked(seat.console(), question) {
        Ok(())
    } else {
        Err(refused("too many questions", "earlier ones still wait".into()))
    }
}
