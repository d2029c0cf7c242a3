//! What one party's consumers have been told: first in a ledger, then in a mirror.

use crate::clock::Clock;
use crate::link::keys::OwnKeys;
use accord::{Batch, PartyId, Released};
use export::Mirror;
use ledger::{Entry, FileStorage, Log, LogError, RootText, Signer, batch_root};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use surveillance::Time;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Batches that may wait for the disk: over an hour of them.
const WAITING_MAX: usize = 4096;
/// Entries after which the ledger's head is signed again.
const SIGN_EVERY: u64 = 3600;
/// Seconds without a batch after which what stands is not shown as the present.
const SILENT_S: f64 = 10.0;

/// What waits for the ledger, and how many stops there were when it was released.
type Waiting = (u64, Released<Batch>);

/// All that consumers of one party draw from.
#[derive(Debug)]
pub(crate) struct Source {
    party: PartyId,
    clock: Arc<Clock>,
    state: Mutex<State>,
    /// Rises with every stop: what was released before it and still waits is dropped.
    stops: AtomicU64,
    /// Counts what is new in the mirror.
    news: watch::Sender<u64>,
    waiting: Mutex<Option<SyncSender<Waiting>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct State {
    mirror: Mirror,
    /// Why nothing is given; `None` while something is.
    nothing: Option<String>,
    /// The ledger failed: nothing is given until the node starts again.
    failed: bool,
    /// Cancelled when what was released stands no more, with every connection that carries it.
    live: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A mirror is replaced or changed whole; one that a panic left is still one that was released.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Source {
    /// Opens the ledger in `folder` and starts the thread.
    pub(super) fn start(
        own: PartyId,
        party: PartyId,
        folder: &Path,
        keys: &OwnKeys,
        clock: Arc<Clock>,
    ) -> Result<Arc<Self>, String> {
        let shown = |error: &dyn std::fmt::Display| format!("the ledger: {error}");
        let storage = FileStorage::create(folder.join("ledger")).map_err(|error| shown(&error))?;
        let name = format!("consumers-{}", party.as_str().to_lowercase());
        let origin = link::origin(own.as_str(), &name);
        let (log, _) =
            Log::open(storage, &origin, &keys.identity.ledger).map_err(|error| shown(&error))?;
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let source = Arc::new(Self {
            party,
            clock,
            state: Mutex::new(State {
                mirror: Mirror::new(party),
                nothing: Some("nothing was released yet".into()),
                failed: false,
                live: CancellationToken::new(),
            }),
            stops: AtomicU64::new(0),
            news: watch::Sender::new(0),
            waiting: Mutex::new(Some(sender)),
            thread: Mutex::new(None),
        });
        let (of_thread, signer) = (source.clone(), keys.signer.clone());
        let thread = std::thread::Builder::new()
            .name(format!("consumers {party}"))
            .spawn(move || of_thread.run(log, &signer, &receiver))
            .map_err(|error| error.to_string())?;
        *lock(&source.thread) = Some(thread);
        Ok(source)
    }

    /// What was released next. Never waits.
    pub(super) fn offer(&self, batch: Released<Batch>) {
        let stops = self.stops.load(Ordering::SeqCst);
        if let Some(sender) = lock(&self.waiting).as_ref()
            && sender.try_send((stops, batch)).is_err()
        {
            // The gap shows in the mirror, which then holds nothing until its feed begins anew.
            tracing::error!(party = %self.party, "the ledger of consumers does not keep up");
        }
    }

    /// Nothing of what was released stands any more, when this returns.
    pub(super) fn stop(&self, reason: String) {
        tracing::info!(party = %self.party, reason, "consumers are given nothing");
        self.stops.fetch_add(1, Ordering::SeqCst);
        self.withhold(reason, false);
    }

    fn withhold(&self, reason: String, failed: bool) {
        let mut state = lock(&self.state);
        state.mirror.forget();
        state.nothing = Some(reason);
        state.failed |= failed;
        state.live.cancel();
        drop(state);
        self.news.send_modify(|count| *count += 1);
    }

    fn run(&self, mut log: Log<FileStorage>, signer: &Signer, waiting: &Receiver<Waiting>) {
        while let Ok((stops, batch)) = waiting.recv() {
            if stops != self.stops.load(Ordering::SeqCst) || lock(&self.state).failed {
                continue;
            }
            if let Err(error) = enter(&mut log, &batch, signer) {
                tracing::error!(party = %self.party, %error, "the ledger of consumers fails");
                self.withhold(format!("the ledger cannot be written: {error}"), true);
                continue;
            }
            let mut state = lock(&self.state);
            // Between the two looks somebody may have said stop.
            if stops != self.stops.load(Ordering::SeqCst) {
                continue;
            }
            if state.mirror.apply(&batch) {
                state.nothing = None;
                if state.live.is_cancelled() {
                    state.live = CancellationToken::new();
                }
            } else if state.mirror.is_broken() && state.nothing.is_none() {
                state.nothing = Some("the ledger did not keep up; suspend and resume".into());
                state.live.cancel();
            }
            drop(state);
            self.news.send_modify(|count| *count += 1);
        }
        if let Err(error) = log.checkpoint(signer) {
            tracing::error!(party = %self.party, %error, "the ledger of consumers is not signed");
        }
    }

    /// Tells when there is something new.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// What stands and is of the present, and what is cancelled when it stands no more; else why not.
    pub(super) fn present(&self) -> Result<(Mirror, CancellationToken), String> {
        let state = lock(&self.state);
        if let Some(nothing) = self.nothing(&state) {
            return Err(nothing);
        }
        Ok((state.mirror.clone(), state.live.clone()))
    }

    fn nothing(&self, state: &State) -> Option<String> {
        let silent_s = |slot: Time| self.clock.now().seconds_since(slot);
        match (&state.nothing, state.mirror.slot()) {
            (Some(nothing), _) => Some(nothing.clone()),
            (None, Some(slot)) if silent_s(slot) > SILENT_S => {
                Some(format!("nothing was released for {:.0} s", silent_s(slot)))
            }
            (None, None) => Some("nothing was released yet".into()),
            (None, Some(_)) => None,
        }
    }

    /// Objects that stand, and why nothing is given.
    pub(super) fn standing(&self) -> (usize, Option<String>) {
        let state = lock(&self.state);
        (state.mirror.len(), self.nothing(&state))
    }

    /// Ends the thread once it has dealt with what waits.
    pub(super) fn close(&self) {
        drop(lock(&self.waiting).take());
        let thread = lock(&self.thread).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(party = %self.party, "the thread of consumers has panicked");
        }
    }
}

/// Makes the release durable in the ledger: the hashes of its records, and under what it went.
fn enter(
    log: &mut Log<FileStorage>,
    batch: &Released<Batch>,
    signer: &Signer,
) -> Result<(), LogError> {
    let encoded = batch.encode();
    let records = link::records(encoded.value());
    let count = records.len() as u32;
    let (list, root) = batch_root(records);
    let under = batch.under().iter().map(|by| format!("{} {}", by.accord, by.article));
    let basis: String = under.collect::<Vec<_>>().join("; ").chars().take(4000).collect();
    let sequence = log.size();
    let at_ms = batch.at().unix_millis();
    log.append(&Entry::Release { sequence, at_ms, basis, count, root: RootText(root) }, &list)?;
    log.commit()?;
    if log.size().is_multiple_of(SIGN_EVERY) {
        log.checkpoint(signer)?;
    }
    Ok(())
}
