//! Ctrl-C and SIGTERM: the first stops taking steps, the second ends the program at once.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;

use crate::apply::Stop;

use super::{console::Console, exit::Status};

/// Listens for signals as long as it lives.
#[derive(Debug)]
pub(super) struct Interrupt {
    caught: Arc<OnceLock<Status>>,
    stop: Stop,
    listener: JoinHandle<()>,
}

impl Interrupt {
    /// Begins to listen; must be called within a runtime.
    pub(super) fn listen(stop: Stop, console: Console) -> Self {
        let caught = Arc::new(OnceLock::new());
        let first = Arc::clone(&caught);
        let flag = stop.clone();
        let listener = tokio::spawn(async move {
            loop {
                let status = signal().await;
                if first.set(status).is_err() {
                    end(status);
                }
                flag.set();
                console.tell(
                    "\nstopping: no further step begins, those under way are finished; press Ctrl-C again to end at once\n",
                );
            }
        });
        Self { caught, stop, listener }
    }

    /// Returns the flag that the first signal sets.
    pub(super) const fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Returns how the run was interrupted, if it was.
    pub(super) fn caught(&self) -> Option<Status> {
        self.caught.get().copied()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

#[expect(clippy::exit, reason = "the second signal ends the program at once; what was done is in the ledger")]
fn end(status: Status) {
    std::process::exit(i32::from(status.code()));
}

/// Waits for the next signal that asks the program to end, and returns the status for it.
pub(super) async fn signal() -> Status {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return keyboard().await;
        };
        tokio::select! {
            status = keyboard() => status,
            _ = terminate.recv() => Status::Terminated,
        }
    }
    #[cfg(not(unix))]
    keyboard().await
}

async fn keyboard() -> Status {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the system ends the program by itself.
        std::future::pending::<()>().await;
    }
    Status::Interrupted
}
