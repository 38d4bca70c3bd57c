//! The two streams: the answer on stdout, everything else on stderr.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use clap::ValueEnum;

use crate::{
    model::{Problem, Sources, codes},
    report::{Look, ProblemDocument, problems_text, to_json},
};

use super::failure::Failure;

/// For whom the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs; the layouts are contracts, see `hubform schema`
    Json,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What the program knows of its terminal, and the way to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    /// For whom the answer is written.
    pub(super) format: Format,
    out: Look,
    err: Look,
    quiet: bool,
}

impl Console {
    /// Looks at the two streams once. `plain`: the environment asks for no colour.
    pub(super) fn new(format: Format, colour: Colour, plain: bool, quiet: bool, verbose: bool) -> Self {
        let look = |terminal: bool| {
            let colour = match colour {
                Colour::Auto => terminal && !plain,
                Colour::Always => true,
                Colour::Never => false,
            };
            Look { colour, verbose }
        };
        Self { format, out: look(io::stdout().is_terminal()), err: look(io::stderr().is_terminal()), quiet }
    }

    /// Returns how text on stdout looks.
    pub(super) const fn out(self) -> Look {
        self.out
    }

    /// Returns true if there is somebody to ask: stdin and stderr are terminals.
    #[expect(clippy::unused_self, reason = "what is known of the terminal is asked of the console")]
    pub(super) fn can_ask(self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Returns true if stderr can show something that moves.
    #[expect(clippy::unused_self, reason = "what is known of the terminal is asked of the console")]
    pub(super) fn draws(self) -> bool {
        io::stderr().is_terminal()
    }

    /// Returns true if progress is wanted.
    pub(super) const fn shows_progress(self) -> bool {
        !self.quiet
    }

    /// Writes the answer. A reader that has gone away is no error.
    #[expect(clippy::unused_self, reason = "writing goes through the console")]
    pub(super) fn answer(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                codes::OUTPUT,
                format!("the answer cannot be written to stdout: {error}"),
                "check where stdout leads to: the disk may be full",
            )),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes something that is not the answer; nobody may be listening.
    #[expect(clippy::unused_self, reason = "writing goes through the console")]
    pub(super) fn tell(self, text: &str) {
        io::stderr().lock().write_all(text.as_bytes()).unwrap_or_default();
    }

    /// Writes what the argument parser has to say.
    pub(super) fn tell_styled(self, text: &clap::builder::StyledStr) {
        self.tell(&if self.err.colour { text.ansi().to_string() } else { text.to_string() });
    }

    /// Writes something that can be done without, unless it shall be quiet.
    pub(super) fn mention(self, text: &str) {
        if !self.quiet {
            self.tell(&format!("{text}\n"));
        }
    }

    /// Writes problems for people, to stderr.
    pub(super) fn warn(self, problems: &[Problem], sources: &Sources) {
        self.tell(&problems_text(problems, sources, self.err));
    }

    /// Shows why there is no answer: as text on stderr, or as JSON in the answer's place (R26).
    pub(super) fn fail(self, failure: &Failure) {
        let Failure { status: _, problems, sources } = failure;
        match self.format {
            Format::Text if problems.iter().all(|problem| problem.at.is_none()) => {
                // Without a file there is nothing to count.
                let text = problems_text(problems, sources, self.err);
                let counted = text.trim_end().rsplit_once('\n').map_or("", |(problems, _)| problems);
                self.tell(&format!("{}\n", counted.trim_end()));
            }
            Format::Text => self.warn(problems, sources),
            Format::Json => {
                if let Err(failure) = self.answer(&to_json(&ProblemDocument::of(problems, sources))) {
                    self.warn(&failure.problems, &failure.sources);
                }
            }
        }
    }

    /// As [`Console::ask`], beside other things: whoever stops waiting for the answer need not wait for the line.
    pub(super) async fn ask_aside(self, question: String) -> String {
        let (answer, answered) = tokio::sync::oneshot::channel();
        // A thread of its own: the runtime's would be waited for at the end.
        std::thread::spawn(move || answer.send(self.ask(&question)).unwrap_or_default());
        answered.await.unwrap_or_default()
    }

    /// Asks a question on stderr and returns the line that was typed, without blanks round it.
    pub(super) fn ask(self, question: &str) -> String {
        self.tell(question);
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).is_err() {
            // No line is an answer too: the empty one.
            line.clear();
        }
        line.trim().to_owned()
    }
}
