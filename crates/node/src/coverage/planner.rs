//! The planner's thread: questions in a bounded queue, answered one after the other.

use super::desk::Desk;
use super::predicted;
use super::study::Study;
use super::wire::{AdviceAsked, FiguresAsked, LayerAsked, PredictedAsked, SiteEntry};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Questions that wait at most; those whose asker has gone cost nothing when their turn comes.
const WAITING_MAX: usize = 32;

/// What a page asks.
#[derive(Debug)]
pub enum Question {
    /// What there is.
    Opening,
    /// One byte a pixel.
    Layer(LayerAsked),
    /// What is covered, where gaps are.
    Figures(FiguresAsked),
    /// A site's horizon.
    Horizon(SiteEntry),
    /// Where more sensors add most.
    Advice(AdviceAsked),
    /// Where one sensor should see.
    Predicted(PredictedAsked),
}

/// An answer's bytes: JSON, or a layer's; or why there is none, in words.
pub(super) type Answer = Result<Vec<u8>, String>;

struct Asked {
    question: Question,
    answer: oneshot::Sender<Answer>,
}

/// The way to the planner's thread, which ends when the last of these is gone.
#[derive(Debug)]
pub struct Planner {
    asked: SyncSender<Asked>,
    refused: AtomicU64,
}

/// Why a question is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unasked {
    /// Too many wait.
    Busy,
    /// The thread has ended.
    Gone,
}

impl Planner {
    /// Starts the thread for the study at `path`, or for none. Terrain is read with the first
    /// question, so that a node starts as fast as ever.
    ///
    /// # Errors
    /// The thread cannot be made.
    pub fn start(path: Option<&Path>) -> std::io::Result<Self> {
        let (asked, waiting) = sync_channel(WAITING_MAX);
        let path: Option<PathBuf> = path.map(Path::to_owned);
        std::thread::Builder::new()
            .name("coverage".into())
            .spawn(move || work(path.as_deref(), &waiting))?;
        Ok(Self { asked, refused: AtomicU64::new(0) })
    }

    /// Asks; the receiver dropped is the question withdrawn.
    pub(super) fn ask(&self, question: Question) -> Result<oneshot::Receiver<Answer>, Unasked> {
        let (answer, answered) = oneshot::channel();
        match self.asked.try_send(Asked { question, answer }) {
            Ok(()) => Ok(answered),
            Err(TrySendError::Full(_)) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Err(Unasked::Busy)
            }
            Err(TrySendError::Disconnected(_)) => Err(Unasked::Gone),
        }
    }

    /// Questions refused because too many waited.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

fn work(path: Option<&Path>, waiting: &Receiver<Asked>) {
    // One core is left to the engine, where there is more than one.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.saturating_sub(1).max(1)).build();
    let mut desk = None;
    while let Ok(Asked { question, answer }) = waiting.recv() {
        if answer.is_closed() {
            continue;
        }
        let answered = match &pool {
            Ok(pool) => pool.install(|| answer_one(path, &mut desk, question, &answer)),
            Err(error) => Err(format!("the planner has no threads: {error}")),
        };
        // Who asked may have gone.
        let _ = answer.send(answered);
    }
}

fn answer_one(
    path: Option<&Path>,
    desk: &mut Option<Desk>,
    question: Question,
    answer: &oneshot::Sender<Answer>,
) -> Answer {
    let go_on = || !answer.is_closed();
    let Some(path) = path else {
        return match question {
            Question::Opening => Desk::closed(
                "No study is configured. Write one (docs/how-to/coverage.md; an example is \
                 examples/coverage/kyrgyzstan.toml), name it in the node's configuration as \
                 study = \"FILE\" under [coverage], and start the node again.",
            ),
            Question::Predicted(asked) => {
                predicted::over_round_earth(&asked, "no study is configured", &go_on)
            }
            _ => Err("no study is configured".to_owned()),
        };
    };
    if desk.is_none() {
        // It may have been mended since: read with each question until it can be.
        match Study::load(path).map_err(|e| e.to_string()).and_then(|s| Desk::open(path, s)) {
            Ok(opened) => *desk = Some(opened),
            Err(problem) => {
                tracing::error!(%problem, "the coverage study cannot be used");
                return match question {
                    Question::Opening => Desk::closed(&problem),
                    Question::Predicted(asked) => {
                        predicted::over_round_earth(&asked, &problem, &go_on)
                    }
                    _ => Err(problem),
                };
            }
        }
    }
    let Some(desk) = desk else { return Err("there is no ground".to_owned()) };
    desk.answer(question, &go_on)
}
