//! Does the steps of an exercise in their time.

use super::{Board, Outcome};
use crate::message;
use crate::wire::{ClientMessage, ServerMessage};
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{self, Instant};
use tokio_tungstenite::tungstenite::Message;

/// Between two tries to reach a node that does not answer yet.
const AGAIN: Duration = Duration::from_millis(500);
/// What a node refuses it refuses at once: after this long an act is taken as done.
const ANSWER: Duration = Duration::from_secs(2);

/// Waits until every node answers, then does one step after the other.
pub(super) async fn direct(board: &Board) {
    for (place, screen) in board.exercise.screens.iter().enumerate() {
        while tokio::net::TcpStream::connect(screen.console).await.is_err() {
            time::sleep(AGAIN).await;
        }
        board.progress().missing.retain(|missing| *missing != place);
    }
    let begun = Instant::now();
    board.progress().began_ms = Some(board.clock.now().unix_seconds() * 1e3);
    for (place, step) in board.exercise.steps.iter().enumerate() {
        time::sleep_until(begun + Duration::from_secs_f64(step.at_s)).await;
        let actor = step.on.first().and_then(|party| board.exercise.screen_of(party));
        let done = match (&step.act, actor) {
            (Some(asked), Some(actor)) => {
                act(board.exercise.screens[actor].console, asked).await.err()
            }
            _ => None,
        };
        board.progress().steps[place] = done.map_or(Outcome::Done, Outcome::Refused);
    }
}

/// Connects as a console, says one thing and listens whether it is refused.
async fn act(console: SocketAddr, asked: &ClientMessage) -> Result<(), String> {
    let address = format!("ws://{console}/api/v1/live");
    let (mut socket, _) =
        tokio_tungstenite::connect_async(address).await.map_err(|error| error.to_string())?;
    let asked = Message::Binary(message::encode_question(asked));
    socket.send(asked).await.map_err(|error| error.to_string())?;
    let refused = async {
        while let Some(Ok(said)) = socket.next().await {
            if let Message::Binary(body) = said
                && let Ok(ServerMessage::Refused(refused)) = message::decode_answer(&body)
            {
                return Some(refused.reason);
            }
        }
        Some("the node closed the connection".to_owned())
    };
    let refusal = time::timeout(ANSWER, refused).await.unwrap_or(None);
    // It has been said; a farewell that does not arrive changes nothing.
    let _ = socket.close(None).await;
    refusal.map_or(Ok(()), Err)
}
