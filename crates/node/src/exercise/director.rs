//! Does the steps of an exercise in their time.

use super::file::Screen;
use super::{Board, Outcome};
use crate::message;
use crate::wire::{ClientMessage, Requests, ServerMessage};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{self, Instant};
use tokio_tungstenite::WebSocketStream;
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
    let began_ms = board.clock.now().unix_seconds() * 1e3;
    board.progress().began_ms = Some(began_ms);
    for (place, step) in board.exercise.steps.iter().enumerate() {
        time::sleep_until(begun + Duration::from_secs_f64(step.at_s)).await;
        let actor = step.on.first().and_then(|party| board.exercise.screen_of(party));
        let actor = actor.map(|place| &board.exercise.screens[place]);
        let done = match (&step.act, actor) {
            (Some(asked), Some(actor)) => act(actor, asked.clone(), began_ms).await.err(),
            _ => None,
        };
        board.progress().steps[place] = done.map_or(Outcome::Done, Outcome::Refused);
    }
}

/// Connects as a console, says one thing and listens whether it is refused.
async fn act(actor: &Screen, mut asked: ClientMessage, began_ms: f64) -> Result<(), String> {
    let address = format!("ws://{}/api/v1/live", actor.console);
    let (mut socket, _) =
        tokio_tungstenite::connect_async(address).await.map_err(|error| error.to_string())?;
    let unknown = "the exercise raised no such request, or the node has not heard of it";
    let numbered = async {
        while let Some(message) = hear(&mut socket).await {
            if let ServerMessage::Requests(requests) = message
                && number(&mut asked, &actor.party, &requests, began_ms)
            {
                return Ok(());
            }
        }
        Err(FAREWELL.to_owned())
    };
    time::timeout(ANSWER, numbered).await.unwrap_or(Err(unknown.to_owned()))?;
    let said = Message::Binary(message::encode_question(&asked));
    socket.send(said).await.map_err(|error| error.to_string())?;
    let refused = async {
        while let Some(message) = hear(&mut socket).await {
            if let ServerMessage::Refused(refused) = message {
                return refused.reason;
            }
        }
        FAREWELL.to_owned()
    };
    let refusal = time::timeout(ANSWER, refused).await.ok();
    // It has been said; a farewell that does not arrive changes nothing.
    let _ = socket.close(None).await;
    refusal.map_or(Ok(()), Err)
}

const FAREWELL: &str = "the node closed the connection";

/// The next thing that the node says; `None` when it says nothing more.
async fn hear<S>(socket: &mut WebSocketStream<S>) -> Option<ServerMessage>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(said)) = socket.next().await {
        if let Message::Binary(body) = said
            && let Ok(message) = message::decode_answer(&body)
        {
            return Some(message);
        }
    }
    None
}

/// Puts the node's number for a request in place of the exercise's: the file counts, from 1, what
/// the asker raised since the exercise began. False if there is no such request yet.
fn number(asked: &mut ClientMessage, own: &str, requests: &Requests, began_ms: f64) -> bool {
    let (asker, number) = match asked {
        ClientMessage::Answer { asker, number, .. }
        | ClientMessage::Report { asker, number, .. } => (asker.as_str(), number),
        ClientMessage::Withdraw { number, .. } => (own, number),
        _ => return true,
    };
    let mut raised: Vec<_> = requests
        .rows
        .iter()
        .filter(|row| row.asker == asker && row.raised_ms >= began_ms)
        .map(|row| row.number)
        .collect();
    raised.sort_unstable();
    let place = usize::try_from(*number).unwrap_or(usize::MAX).checked_sub(1);
    match place.and_then(|place| raised.get(place)) {
        Some(real) => {
            *number = *real;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Answer, Purpose, RequestRow};

    fn row(asker: &str, number: u32, raised_ms: f64) -> RequestRow {
        RequestRow {
            asker: asker.into(),
            number,
            accord: "a-b".into(),
            article: "4".into(),
            purpose: Purpose::Information,
            text: "?".into(),
            incident: None,
            by: "Duty officer".into(),
            raised_ms,
            due_ms: raised_ms + 60e3,
            to_answer: true,
            withdrawn: None,
            asked: Vec::new(),
            reports: Vec::new(),
            audience: Vec::new(),
            contradicted: Vec::new(),
        }
    }

    fn answer(number: u32) -> ClientMessage {
        let (asker, words) = ("XXB".into(), String::new());
        ClientMessage::Answer { asker, number, answer: Answer::Accepted, words, by: "D".into() }
    }

    #[test]
    fn the_second_request_of_an_exercise_is_the_second_that_its_asker_raised_since_it_began() {
        let rows = vec![
            row("XXB", 70, 900.0),
            row("XXA", 75, 1_100.0),
            row("XXB", 80, 1_200.0),
            row("XXB", 90, 1_300.0),
        ];
        let requests = Requests { rows, ..Requests::default() };
        for (counted, real) in [(1, Some(80)), (2, Some(90)), (3, None), (0, None)] {
            let mut asked = answer(counted);
            let found = number(&mut asked, "XXA", &requests, 1_000.0);
            assert_eq!(found.then_some(asked), real.map(answer), "{counted}");
        }
    }

    #[test]
    fn who_takes_a_request_back_takes_back_its_own() {
        let requests = Requests { rows: vec![row("XXA", 75, 1_100.0)], ..Requests::default() };
        let back = |number| ClientMessage::Withdraw { number, words: "".into(), by: "D".into() };
        let mut asked = back(1);
        assert!(number(&mut asked, "XXA", &requests, 1_000.0));
        assert_eq!(asked, back(75));
        assert!(!number(&mut back(1), "XXB", &requests, 1_000.0));
    }
}
