//! `--events FILE`: what a run tells programs, written line by line.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use crate::{
    apply::OutcomeSummary,
    model::codes,
    report::{EventLine, ProblemDocument, RunEvent},
};

use super::{console::Console, exit::Status, failure::Failure};

/// Where events go, if anywhere. Each line is with the operating system before the call returns, so that a run which is
/// killed leaves all of them.
#[derive(Debug)]
pub(super) struct Events {
    run: String,
    console: Console,
    sink: Option<Mutex<Sink>>,
}

#[derive(Debug)]
struct Sink {
    path: PathBuf,
    file: File,
    /// How much of a plain file is whole lines.
    whole: u64,
    /// True once a line could not be written: a gap would be worse than an end.
    broken: bool,
}

impl Events {
    /// Makes the file anew, for its owner alone: outcomes hold names. Without a path nothing is written.
    pub(super) fn create(path: Option<&Path>, run: &str, console: Console) -> Result<Self, Failure> {
        let sink = path.map(Sink::create).transpose()?.map(Mutex::new);
        Ok(Self { run: run.to_owned(), console, sink })
    }

    /// Writes one event.
    pub(super) fn tell(&self, event: RunEvent<'_>) {
        let Some(mut sink) = self.sink() else { return };
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let line = EventLine { format: EventLine::FORMAT, at, run: &self.run, event }.to_line();
        if let Err(error) = sink.write(&line) {
            self.console.tell(&format!(
                "warning: events can no longer be written to `{}`, and the run goes on: {error}\n",
                sink.path.display()
            ));
        }
    }

    /// Writes how the run ended, and returns how the program does: with an error also if events are missing.
    pub(super) fn end(
        &self,
        ended: Result<Status, Failure>,
        summary: Option<OutcomeSummary>,
    ) -> Result<Status, Failure> {
        let (status, problems) = match &ended {
            Ok(status) => (*status, Vec::new()),
            Err(failure) => (failure.status, ProblemDocument::of(&failure.problems, &failure.sources).problems),
        };
        self.tell(RunEvent::RunEnded { exit_code: status.code(), summary, problems });
        if self.sink().is_some_and(|sink| sink.broken) {
            return ended.map(|status| status.max(Status::Failed));
        }
        ended
    }

    fn sink(&self) -> Option<MutexGuard<'_, Sink>> {
        Some(self.sink.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sink {
    fn create(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Err(Failure::usage(
                "`--events -` would mix events into the answer on stdout",
                "name a file, or a named pipe that a program reads",
            ));
        }
        let open = || {
            let mut options = File::options();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(path)?;
            #[cfg(unix)]
            if file.metadata()?.is_file() {
                // Also where the file was there before.
                file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            }
            Ok(file)
        };
        let file = open().map_err(|error: io::Error| {
            Failure::new(
                codes::OUTPUT,
                format!("the events cannot be written to `{}`: {error}; nothing was sent", path.display()),
                "check the folder, its permissions, and the space on the disk",
            )
        })?;
        Ok(Self { path: path.to_owned(), file, whole: 0, broken: false })
    }

    /// Writes a line, unless one is missing already. What was written of a line that failed is taken back.
    fn write(&mut self, line: &str) -> io::Result<()> {
        if self.broken {
            return Ok(());
        }
        match self.file.write_all(line.as_bytes()) {
            Ok(()) => {
                self.whole += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.broken = true;
                if self.file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                    // If this fails too, readers see that the last line has no end.
                    self.file.set_len(self.whole).unwrap_or_default();
                }
                Err(error)
            }
        }
    }
}
