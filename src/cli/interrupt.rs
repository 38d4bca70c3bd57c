//! Ctrl-C and SIGTERM: the first stops taking steps, the second ends the program at once.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;

use crate::{apply::Stop, report::RunEvent};

use super::{console::Console, events::Events, exit::Status};

/// Listens for signals as long as it lives.
#[derive(Debug)]
pub(super) struct Interrupt {
    caught: Arc<OnceLock<Status>>,
    stop: Stop,
    listener: JoinHandle<()>,
}

impl Interrupt {
    /// Begins to listen; must be called within a runtime. From its return on no signal ends the program by itself.
    pub(super) fn listen(stop: Stop, events: Arc<Events>, console: Console) -> Self {
        let caught = Arc::new(OnceLock::new());
        let first = Arc::clone(&caught);
        let flag = stop.clone();
        let mut signals = Signals::listen();
        let listener = tokio::spawn(async move {
            loop {
                let status = signals.next().await;
                let at_once = first.set(status).is_err();
                let signal = if status == Status::Terminated { "TERM" } else { "INT" };
                events.tell(RunEvent::Interrupted { signal, at_once });
                if at_once {
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
    Signals::listen().next().await
}

/// The signals that ask the program to end. None is lost from the moment that this exists.
#[cfg(unix)]
struct Signals {
    keyboard: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // Without a handler the system ends the program by itself.
        Self { keyboard: signal(SignalKind::interrupt()).ok(), terminate: signal(SignalKind::terminate()).ok() }
    }

    async fn next(&mut self) -> Status {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = of(&mut self.keyboard) => Status::Interrupted,
            () = of(&mut self.terminate) => Status::Terminated,
        }
    }
}

/// The signals that ask the program to end.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> Status {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the system ends the program by itself.
            std::future::pending::<()>().await;
        }
        Status::Interrupted
    }
}
