//! `/api/v1/live`: one WebSocket a console. Messages go out as the console takes them, questions
//! come in, and silence is probed with pings.

use super::front::Place;
use super::people::{Door, Signed};
use super::{Http, is_own_page};
use crate::consoles::Seat;
use crate::message;
use crate::past::{Known, NotShown, Past, SPEEDS, Wanted};
use crate::wire::{ClientMessage, Refused, ServerMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use people::{Act, Person, Refusal};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;
use tokio::time::{self, Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Largest message a console may send.
const QUESTION_BYTES_MAX: usize = 4096;
/// Questions that a console may ask at once, and a second.
const QUESTIONS_AT_ONCE: f64 = 200.0;
const QUESTIONS_PER_S: f64 = 20.0;
/// Between looks at whether whoever sits there is still signed in.
const LOOK_PERIOD: Duration = Duration::from_secs(1);
/// Close code: sign in again.
const SIGNED_OUT: u16 = 4401;
const STOPS: &str = "the node stops";
/// Close code: what was asked of the past cannot be shown; the reason says why.
const NOT_SHOWN: u16 = 4404;
/// Close code: the past has come to its end, or to the present.
const NO_MORE: u16 = 4410;
/// What shows the past to somebody who asks nothing for so long gives its place to others, if it stands.
const STANDS_MAX: Duration = Duration::from_secs(30 * 60);
const STOOD: &str = "it stood for half an hour with nothing asked";
/// Between pings.
const PING_PERIOD: Duration = Duration::from_secs(15);
/// A console that sends nothing, not even a pong, for this long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// A console that does not take one message within this time is gone.
const SEND_MAX: Duration = Duration::from_secs(30);

/// What a console asks for beside the present.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// From this instant on what was, milliseconds since 1970; the present, if absent.
    past_ms: Option<f64>,
    /// At so many times its pace; 0 shows that instant alone.
    speed: Option<f64>,
    /// Who is who as it was known then, or as it is known now.
    #[serde(default)]
    known: Known,
}

/// Turns the request into a WebSocket, if it comes from an own page and there is a free seat.
pub(super) async fn upgrade(
    State(http): State<Http>,
    Query(asked): Query<Asked>,
    signed: Option<Extension<Signed>>,
    place: Option<Extension<Arc<Place>>>,
    headers: HeaderMap,
    request: WebSocketUpgrade,
) -> Response {
    if !is_own_page(&headers) {
        return (StatusCode::FORBIDDEN, "A page of another site asks.\n").into_response();
    }
    let connections = http.connections.clone();
    let request = request.max_message_size(QUESTION_BYTES_MAX).max_frame_size(QUESTION_BYTES_MAX);
    let signed = signed.map(|Extension(signed)| signed);
    if let Some(past_ms) = asked.past_ms {
        let at = Time::EPOCH.plus_seconds(past_ms / 1e3);
        let wanted = Wanted { at, speed: asked.speed.unwrap_or(1.0), known: asked.known };
        return request.on_upgrade(move |socket| {
            connections.track_future(keeping(place, look_back(socket, wanted, http, signed)))
        });
    }
    let Some(seat) = http.consoles.join() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "No seat is free.\n").into_response();
    };
    request.on_upgrade(move |socket| {
        connections.track_future(keeping(place, converse(socket, seat, http, signed, None)))
    })
}

/// The server lets go of a connection that is a WebSocket now: its place is taken as long as that is.
pub(super) async fn keeping(
    place: Option<Extension<Arc<Place>>>,
    socket: impl Future<Output = ()>,
) {
    socket.await;
    drop(place);
}

/// Shows what was until the console leaves or there is no more.
async fn look_back(mut socket: WebSocket, wanted: Wanted, http: Http, signed: Option<Signed>) {
    let begun = tokio::select! {
        begun = past(&http, wanted) => begun,
        // It asks nothing before it has seen anything; it may only go.
        _ = socket.recv() => return,
    };
    let begun = begun.and_then(|past| {
        let seat = past.join().ok_or("it has ended already")?;
        Ok((past, seat))
    });
    match begun {
        Ok((past, seat)) => {
            let shown = Shown { over: past.over.clone(), stands: wanted.speed == 0.0 };
            converse(socket, seat, http, signed, Some(shown)).await;
            past.end().await;
        }
        Err(why) => {
            // A close frame has room for 123 octets.
            let reason: String = why.chars().take(100).filter(char::is_ascii).collect();
            farewell(&mut socket, NOT_SHOWN, reason).await;
        }
    }
}

/// What was at that time, or why not.
async fn past(http: &Http, wanted: Wanted) -> Result<Past, String> {
    let Wanted { at, speed, .. } = wanted;
    let folder = http.recording.clone().ok_or("nothing is recorded here")?;
    if speed != 0.0 && !SPEEDS.contains(&speed) {
        return Err(format!("a pace is 0, or {} to {}", SPEEDS.start(), SPEEDS.end()));
    }
    if at > http.clock.now() {
        return Err("that is yet to come".to_owned());
    }
    let place = http.pasts.clone().try_acquire_owned();
    let place = place.map_err(|_| "others look back; wait until one of them is done")?;
    Past::begin(folder, wanted, place).await.map_err(|why| match why {
        NotShown::Nothing => "nothing was recorded then".to_owned(),
        NotShown::Failed(error) => {
            tracing::error!(error = format!("{error:#}"), "the past cannot be shown");
            "what was recorded then cannot be read; see the node's log".to_owned()
        }
    })
}

async fn farewell(socket: &mut WebSocket, code: u16, reason: String) {
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // It may be gone already.
    let _ = time::timeout(Duration::from_secs(1), socket.send(close)).await;
}

/// The past that is shown.
struct Shown {
    /// There is no more of it.
    over: CancellationToken,
    /// One instant of it.
    stands: bool,
}

/// Until either side ends it. `shown`: the past, if it is that.
async fn converse(
    mut socket: WebSocket,
    seat: Seat,
    http: Http,
    signed: Option<Signed>,
    shown: Option<Shown>,
) {
    let (console, past) = (seat.console().0, shown.is_some());
    let by = signed.as_ref().map(|signed| signed.person.name.as_str());
    tracing::info!(console, by, past, "console connected");
    let (code, reason) =
        exchange(&mut socket, &seat, &http, (signed.as_ref(), shown.as_ref())).await;
    tracing::info!(console, past, reason, "console left");
    farewell(&mut socket, code, reason.to_owned()).await;
}

/// Until either side ends it; why, for the close frame and the log.
async fn exchange(
    socket: &mut WebSocket,
    seat: &Seat,
    http: &Http,
    (signed, shown): (Option<&Signed>, Option<&Shown>),
) -> (u16, &'static str) {
    let ended = async {
        match shown {
            Some(shown) => shown.over.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(ended);
    let mut pings = time::interval(PING_PERIOD);
    let mut looks = time::interval(LOOK_PERIOD);
    looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut heard, mut pace) = (Instant::now(), Pace::new(Instant::now()));
    let (mut asked_at, stands) = (Instant::now(), shown.is_some_and(|shown| shown.stands));
    loop {
        let outgoing = tokio::select! {
            body = seat.next() => match body {
                Some(body) => Message::Binary(body),
                None => return (close_code::AWAY, STOPS),
            },
            () = &mut ended => return (NO_MORE, "there is no more of it"),
            // What shows the present has its last messages from the engine first.
            () = http.stop.cancelled(), if shown.is_some() => return (close_code::AWAY, STOPS),
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE_MAX {
                    return (close_code::POLICY, "no sign of life");
                }
                Message::Ping(bytes::Bytes::new())
            },
            _ = looks.tick() => {
                if stands && asked_at.elapsed() > STANDS_MAX {
                    return (NOT_SHOWN, STOOD);
                }
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
                        asked_at = Instant::now();
                        let asked = if pace.allows(Instant::now()) {
                            ask(&bytes, seat, http, signed, shown.is_some()).await
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
    past: bool,
) -> Result<(), Message> {
    let mut question: ClientMessage = message::decode(bytes)
        .map_err(|why| refused("unreadable message", format!("it is no question: {why}")))?;
    if past && question.is_act() {
        let why = "what is shown is past, and nothing is done to it; go back to the present first";
        return Err(refused(question.act().words(), why.into()));
    }
    if let (Some(door), Some(signed)) = (&http.door, signed) {
        let person = look(door, signed).await.map_err(|why| refused("act", why))?;
        question.sign(&person);
        let (act, noted) = (question.act(), question.is_act());
        let about = serde_json::to_string(&question).unwrap_or_default();
        let (door, from, now) = (door.clone(), signed.from.clone(), door.now());
        let resumes = matches!(question, ClientMessage::Resume { .. });
        let allowed = tokio::task::spawn_blocking(move || {
            door.people().allow(&person, &from, (act, &about, noted), now)?;
            // Whoever said so first may say so no longer when a second does.
            resumes.then(|| door.people().who_may(act)).transpose().map_err(Refusal::from)
        });
        match allowed.await {
            Ok(Ok(who)) => {
                if let ClientMessage::Resume { may, .. } = &mut question {
                    *may = who;
                }
            }
            Ok(Err(why)) => return Err(refused(act.words(), why.to_string())),
            Err(_) => return Err(refused(act.words(), "it could not be written down".into())),
        }
    }
    if seat.intake().asked(seat.console(), question) {
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
