//! `/api/v1/live`: one WebSocket a console. Messages go out as the console takes them, questions
//! come in, and silence is probed with pings.

use super::people::{Door, Signed};
use super::{Http, is_own_page};
use crate::consoles::Seat;
use crate::message;
use crate::wire::{ClientMessage, Refused, ServerMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use people::{Act, Person};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{self, Instant, MissedTickBehavior};

/// Largest message a console may send.
const QUESTION_BYTES_MAX: usize = 4096;
/// Questions that a console may ask at once, and a second.
const QUESTIONS_AT_ONCE: f64 = 200.0;
const QUESTIONS_PER_S: f64 = 20.0;
/// Between looks at whether whoever sits there is still signed in.
const LOOK_PERIOD: Duration = Duration::from_secs(1);
/// Close code: sign in again.
const SIGNED_OUT: u16 = 4401;
/// Between pings.
const PING_PERIOD: Duration = Duration::from_secs(15);
/// A console that sends nothing, not even a pong, for this long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// A console that does not take one message within this time is gone.
const SEND_MAX: Duration = Duration::from_secs(30);

/// Turns the request into a WebSocket, if it comes from an own page and there is a free seat.
pub(super) async fn upgrade(
    State(http): State<Http>,
    signed: Option<Extension<Signed>>,
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
    let signed = signed.map(|Extension(signed)| signed);
    request.on_upgrade(move |socket| connections.track_future(converse(socket, seat, http, signed)))
}

async fn converse(mut socket: WebSocket, seat: Seat, http: Http, signed: Option<Signed>) {
    let console = seat.console().0;
    let by = signed.as_ref().map(|signed| signed.person.name.as_str());
    tracing::info!(console, by, "console connected");
    let farewell = exchange(&mut socket, &seat, &http, signed.as_ref()).await;
    tracing::info!(console, reason = farewell.1, "console left");
    let (code, reason) = farewell;
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // It may be gone already.
    let _ = time::timeout(Duration::from_secs(1), socket.send(close)).await;
}

/// Until either side ends it; why, for the close frame and the log.
async fn exchange(
    socket: &mut WebSocket,
    seat: &Seat,
    http: &Http,
    signed: Option<&Signed>,
) -> (u16, &'static str) {
    let mut pings = time::interval(PING_PERIOD);
    let mut looks = time::interval(LOOK_PERIOD);
    looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut heard, mut pace) = (Instant::now(), Pace::new(Instant::now()));
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
            _ = looks.tick() => {
                if let (Some(door), Some(signed)) = (&http.door, signed)
                    && look(door, signed).await.is_err()
                {
                    return (SIGNED_OUT, "signed out");
                }
                continue;
            }
            incoming = socket.recv() => {
                heard = Instant::now();
                match incoming {
                    None | Some(Err(_) | Ok(Message::Close(_))) => {
                        return (close_code::NORMAL, "the console closed");
                    }
                    Some(Ok(Message::Text(_))) => return (close_code::UNSUPPORTED, "binary only"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Binary(bytes))) => {
                        let asked = if pace.allows(Instant::now()) {
                            ask(&bytes, seat, http, signed).await
                        } else {
                            Err(refused("too many questions", "a few a second are answered".into()))
                        };
                        match asked {
                            Ok(()) => continue,
                            Err(refusal) => refusal,
                        }
                    }
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

/// Passes a question on, under the name of whoever signed in, or says why not. An act is written down
/// before the engine hears of it.
async fn ask(
    bytes: &[u8],
    seat: &Seat,
    http: &Http,
    signed: Option<&Signed>,
) -> Result<(), Message> {
    let mut question: ClientMessage = message::decode(bytes)
        .map_err(|why| refused("unreadable message", format!("it is no question: {why}")))?;
    if let (Some(door), Some(signed)) = (&http.door, signed) {
        let person = look(door, signed).await.map_err(|why| refused("act", why))?;
        question.sign(&person);
        let (act, noted) = (question.act(), question.is_act());
        let about = serde_json::to_string(&question).unwrap_or_default();
        let (door, from, now) = (door.clone(), signed.from.clone(), door.now());
        let allowed = tokio::task::spawn_blocking(move || {
            door.people().allow(&person, &from, (act, &about, noted), now)
        });
        match allowed.await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(refused(act.words(), why.to_string())),
            Err(_) => return Err(refused(act.words(), "it could not be written down".into())),
        }
    }
    let intake = http.consoles.intake();
    if intake.asked(seat.console(), question) {
        Ok(())
    } else {
        Err(refused("too many questions", "earlier ones still wait".into()))
    }
}

/// The person as they are now: they may have signed out, or may do less.
async fn look(door: &Arc<Door>, signed: &Signed) -> Result<Person, String> {
    let (door, token, now) = (door.clone(), signed.token.clone(), door.now());
    let person = tokio::task::spawn_blocking(move || door.people().person(&token, now)).await;
    match person {
        Ok(Ok(person)) if person.roles.may(Act::Look) => Ok(person),
        Ok(Ok(_)) => Err("you may not look any more".into()),
        Ok(Err(why)) => Err(why.to_string()),
        Err(_) => Err("who you are could not be read".into()),
    }
}

fn refused(asked: &str, reason: String) -> Message {
    let refused = Refused { asked: asked.into(), reason };
    Message::Binary(message::encode(&ServerMessage::Refused(refused)))
}

/// How many questions a console may ask: some at once, then so many a second.
struct Pace {
    left: f64,
    at: Instant,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self { left: QUESTIONS_AT_ONCE, at: now }
    }

    fn allows(&mut self, now: Instant) -> bool {
        let gained = now.duration_since(self.at).as_secs_f64() * QUESTIONS_PER_S;
        self.left = (self.left + gained).min(QUESTIONS_AT_ONCE);
        self.at = now;
        let allowed = self.left >= 1.0;
        self.left -= f64::from(u8::from(allowed));
        allowed
    }
}
