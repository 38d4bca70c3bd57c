//! What the state was some time ago, for lists that lag behind.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use crate::sim::state::State;

/// The states of the last while. Keeps nothing as long as no list lags.
#[derive(Default)]
pub(super) struct Past {
    window: Duration,
    /// Each state with the moment from which it was so, the oldest first.
    states: VecDeque<(Timestamp, State)>,
}

impl Past {
    /// Begins to keep what is needed to look back for so long.
    pub(super) fn of(window: Duration, now: Timestamp, state: &State) -> Self {
        let mut past = Self { window, states: VecDeque::new() };
        past.note(now, state);
        past
    }

    /// Notes what the state is from now on.
    pub(super) fn note(&mut self, now: Timestamp, state: &State) {
        if self.window.is_zero() {
            return;
        }
        self.states.push_back((now, state.clone()));
        // The state at the far end of the window began before it.
        while self.states.get(1).is_some_and(|(since, _)| since.checked_add(self.window).is_ok_and(|end| end <= now)) {
            self.states.pop_front();
        }
    }

    /// Returns the state of so long ago, or the oldest that is known. It is for rules that only look.
    pub(super) fn ago(&mut self, age: Duration, now: Timestamp) -> Option<&mut State> {
        let then = now.checked_sub(age).unwrap_or(Timestamp::MIN);
        let found = self.states.iter().rposition(|(since, _)| *since <= then).unwrap_or(0);
        self.states.get_mut(found).map(|(_, state)| state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::state::Counter;

    fn state(number: u64) -> State {
        let mut state = State::default();
        state.counters.insert(Counter::IDS.to_owned(), Counter { last: number });
        state
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_state_is_found_by_its_age_and_the_oldest_beyond_the_window() {
        let mut past = Past::of(Duration::from_secs(5), at(0), &state(0));
        for second in [2, 4, 20] {
            past.note(at(second), &state(second.unsigned_abs()));
        }
        let mut seen = |age| past.ago(Duration::from_secs(age), at(21)).unwrap().clone();
        assert_eq!(
            (seen(0), seen(1), seen(2), seen(5), seen(500)),
            (state(20), state(20), state(4), state(4), state(4))
        );
        assert_eq!(past.states.len(), 2);
    }

    #[test]
    fn without_a_window_nothing_is_kept() {
        let mut past = Past::default();
        past.note(at(1), &state(1));
        assert!(past.ago(Duration::ZERO, at(1)).is_none());
    }
}
