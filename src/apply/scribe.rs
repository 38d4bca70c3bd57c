//! The one writer of a run's changes: everything that steps have to say to the ledger goes through a queue, in order,
//! and what has come together by the time that a commit has ended is the next commit.
//!
//! What is about to be sent is durable before it is sent. What came of it need not be: should it be lost, the journal
//! still says that something was sent, and the next run looks.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{mpsc, oneshot};

use crate::ledger::{Change, Ledger};

use super::verdict::Trouble;

/// The most changes of one commit.
const GROUP: usize = 1024;

/// Changes on their way into the ledger.
struct Message {
    number: u64,
    changes: Vec<Change>,
    /// Hears when the changes are durable.
    durable: Option<oneshot::Sender<Result<(), Trouble>>>,
}

/// Takes changes from steps.
pub(super) struct Scribe {
    queue: mpsc::UnboundedSender<Message>,
    state: State,
}

#[derive(Default)]
struct State {
    /// The number of the last message.
    written: AtomicU64,
    /// The number of the last message that is durable.
    durable: AtomicU64,
    /// Why nothing can be written any more.
    trouble: Mutex<Option<Trouble>>,
}

/// The writer's end of the queue.
pub(super) struct Queue(mpsc::UnboundedReceiver<Message>);

impl Scribe {
    pub(super) fn new() -> (Self, Queue) {
        let (queue, receiver) = mpsc::unbounded_channel();
        (Self { queue, state: State::default() }, Queue(receiver))
    }

    /// Hands changes over and returns the number by which [`Scribe::is_durable`] knows them.
    pub(super) fn note(&self, changes: Vec<Change>) -> u64 {
        self.send(changes, None)
    }

    /// Writes changes, and returns once they are durable.
    pub(super) async fn write(&self, changes: Vec<Change>) -> Result<(), Trouble> {
        let (durable, told) = oneshot::channel();
        self.send(changes, Some(durable));
        match told.await {
            Ok(ended) => ended,
            // The writer has gone, which it does only when the run ends.
            Err(_) => Err(self.trouble().unwrap_or_else(Trouble::ledger_closed)),
        }
    }

    fn send(&self, changes: Vec<Change>, durable: Option<oneshot::Sender<Result<(), Trouble>>>) -> u64 {
        let number = self.state.written.fetch_add(1, Ordering::Relaxed) + 1;
        // Without a receiver the message is lost, and so is never durable.
        self.queue.send(Message { number, changes, durable }).unwrap_or_default();
        number
    }

    /// Returns true if what was handed over under a number is durable.
    pub(super) fn is_durable(&self, number: u64) -> bool {
        number <= self.state.durable.load(Ordering::Relaxed)
    }

    /// Returns true if everything that was handed over is durable.
    pub(super) fn is_idle(&self) -> bool {
        self.is_durable(self.state.written.load(Ordering::Relaxed))
    }

    /// Returns why nothing can be written any more.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.state.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what the queue brings for a run, until the ledger fails. Never returns otherwise.
    pub(super) async fn write_all(&self, mut queue: Queue, ledger: &dyn Ledger, run: &str) {
        let mut messages = Vec::new();
        loop {
            // `self` holds a sender, so the queue never closes.
            queue.0.recv_many(&mut messages, GROUP).await;
            let mut changes = Vec::new();
            let mut told = Vec::new();
            let mut last = 0;
            for Message { number, changes: more, durable } in messages.drain(..) {
                changes.extend(more);
                told.extend(durable);
                last = number;
            }
            match ledger.commit(run, &changes).await {
                Ok(()) => {
                    self.state.durable.store(last, Ordering::Relaxed);
                    for durable in told {
                        // Whoever asked may have been stopped.
                        durable.send(Ok(())).unwrap_or_default();
                    }
                }
                Err(error) => {
                    let trouble = Trouble::from(error);
                    *self.state.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble.clone());
                    for durable in told {
                        durable.send(Err(trouble.clone())).unwrap_or_default();
                    }
                    return;
                }
            }
        }
    }
}
