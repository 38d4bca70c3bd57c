//! How things look, by meaning. Colour only repeats what words and signs say.

use std::fmt;

use anstyle::{AnsiColor, Style};

use crate::plan::Action;

/// How much is shown, and whether in colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Whether the reader's terminal takes colour.
    pub colour: bool,
    /// Whether long lists are shown whole.
    pub verbose: bool,
}

/// What a piece of text means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A heading or a name that the eye looks for.
    Heading,
    /// Something appears.
    Created,
    /// Something changes.
    Updated,
    /// Something goes away.
    Deleted,
    /// Only the ledger changes.
    Recorded,
    /// A person has to act.
    Waiting,
    /// It went wrong, or will not be done.
    Failed,
    /// A result that is good.
    Done,
    /// Detail that can be passed over.
    Faint,
}

impl Meaning {
    /// Returns the meaning of an action.
    pub const fn of(action: Action) -> Self {
        match action {
            Action::Create => Self::Created,
            Action::Update => Self::Updated,
            Action::Delete => Self::Deleted,
            Action::Adopt | Action::Forget => Self::Recorded,
            Action::Instruct => Self::Waiting,
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Heading => Style::new().bold(),
            Self::Created | Self::Done => AnsiColor::Green.on_default(),
            Self::Updated | Self::Waiting => AnsiColor::Yellow.on_default(),
            Self::Deleted => AnsiColor::Red.on_default(),
            Self::Recorded => AnsiColor::Cyan.on_default(),
            Self::Failed => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

impl Look {
    /// Returns the text in the style of its meaning.
    pub fn paint(self, meaning: Meaning, text: impl fmt::Display) -> String {
        if self.colour {
            let style = meaning.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }
}
