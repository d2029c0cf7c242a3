//! An exercise on one machine: one page from which to see every node's screen, and a list of steps
//! that happen on them in their time.
//!
//! A step is what a person would do at a console, sent as a console sends it, in the name that the
//! file gives. Nothing here is part of a node: it is another client of their consoles.

mod director;
mod file;
mod page;

pub use file::{Exercise, Screen, Step};

use crate::clock::Clock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the page is told.
#[derive(Debug)]
struct Board {
    exercise: Exercise,
    clock: Clock,
    progress: Mutex<Progress>,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    /// When all nodes had answered: the exercise's zero, milliseconds since 1970.
    began_ms: Option<f64>,
    /// Which nodes have not, by their place in the file.
    missing: Vec<usize>,
    /// As the steps in the file.
    steps: Vec<Outcome>,
}

/// What became of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Outcome {
    #[default]
    Waiting,
    Done,
    Refused(String),
}

impl Board {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the page on `listener` and does the steps, until told to stop.
///
/// # Errors
/// If the page cannot be served any more.
pub async fn run(
    exercise: Exercise,
    listener: TcpListener,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let steps = vec![Outcome::Waiting; exercise.steps.len()];
    let missing = (0..exercise.screens.len()).collect();
    let progress = Mutex::new(Progress { began_ms: None, missing, steps });
    let board = Arc::new(Board { exercise, clock: Clock::new(), progress });
    let directing = tokio::spawn({
        let (board, stop) = (board.clone(), stop.clone());
        async move { stop.run_until_cancelled(director::direct(&board)).await }
    });
    let served = axum::serve(listener, page::router(board))
        .with_graceful_shutdown({
            let stop = stop.clone();
            async move { stop.cancelled().await }
        })
        .await;
    stop.cancel();
    // It may have panicked: the page is what counts.
    let _ = directing.await;
    served
}
