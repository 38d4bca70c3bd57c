//! When requests leave: one after the other, at the rate that the service bears, and not at all while it asks to
//! wait. Everything that is sent with one token has one pace.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::rate::{Rate, Ticket};
use crate::webex::auth::Credential;

/// How many requests the present speed is measured by.
const MEASURED: usize = 64;
/// The shortest time that a speed is measured over: two requests at once are no endless speed.
const SHORTEST: Duration = Duration::from_millis(10);

/// How fast a client may send at this moment, for people who wonder why it takes so long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pacing {
    /// Requests per second; nothing while there is no limit.
    pub per_second: Option<f64>,
    /// The configured limit, which `per_second` never passes.
    pub ceiling: Option<f64>,
    /// How much longer nothing leaves, because the service asked for it.
    pub held: Option<Duration>,
    /// How many requests the service refused because there were too many.
    pub throttled: u64,
    /// True from a complaint of the service until the pace is again what it would be without it.
    pub is_limited: bool,
}

/// One pace for everything that is sent with one token.
pub(super) struct Pace {
    /// Whoever holds this leaves next: first come, first served, so nobody starves.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    rate: Rate,
    held_until: Option<Instant>,
    /// When the last requests left, the oldest first.
    departures: VecDeque<Instant>,
    throttled: u64,
}

/// The paces of this process, by what stands for an origin and a token. The tokens themselves are not kept.
static PACES: Mutex<BTreeMap<[u8; 32], Weak<Pace>>> = Mutex::new(BTreeMap::new());

impl Pace {
    /// Makes a pace of its own.
    pub(super) fn new(ceiling: Option<f64>) -> Self {
        let state = State {
            rate: Rate::new(ceiling),
            held_until: None,
            departures: VecDeque::with_capacity(MEASURED),
            throttled: 0,
        };
        Self { turn: tokio::sync::Mutex::new(()), state: Mutex::new(state) }
    }

    /// Returns the pace of a token at an origin: the one that other clients of the process have too, if there are
    /// any. Of several ceilings the lowest counts.
    pub(super) fn shared(base: &Url, token: &Credential, ceiling: Option<f64>) -> Arc<Self> {
        let mut hash = Sha256::new();
        hash.update(base.origin().ascii_serialization());
        hash.update([0]);
        token.identify(&mut hash);
        let key: [u8; 32] = hash.finalize().into();
        let mut paces = PACES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = paces.get(&key).and_then(Weak::upgrade) {
            pace.with(|state| state.rate.lower_ceiling(ceiling));
            return pace;
        }
        paces.retain(|_, pace| pace.strong_count() > 0);
        let pace = Arc::new(Self::new(ceiling));
        paces.insert(key, Arc::downgrade(&pace));
        pace
    }

    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Ticket {
        let _first = self.turn.lock().await;
        loop {
            // Whatever was said during a wait counts: a hold may have begun.
            match self.with(|state| state.depart(Instant::now())) {
                Ok(ticket) => return ticket,
                Err(at) => sleep_until(at).await,
            }
        }
    }

    /// Notes a good answer.
    pub(super) fn good(&self, ticket: Ticket) {
        self.with(|state| state.rate.good(ticket));
    }

    /// Notes a 429, with the time for which the service wants to hear nothing, if it says one.
    pub(super) fn throttled(&self, ticket: Ticket, wait: Option<Duration>) {
        let now = Instant::now();
        self.with(|state| {
            state.throttled += 1;
            let measured = state.measured(now);
            state.rate.throttled(ticket, measured);
            if let Some(until) = wait.and_then(|wait| now.checked_add(wait)) {
                state.held_until = Some(state.held_until.map_or(until, |before| before.max(until)));
            }
        });
    }

    /// Returns how fast requests may leave now.
    pub(super) fn now(&self) -> Pacing {
        let now = Instant::now();
        self.with(|state| Pacing {
            per_second: state.rate.per_second(),
            ceiling: state.rate.ceiling(),
            held: state.held_until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero()),
            throttled: state.throttled,
            is_limited: state.rate.is_limited(),
        })
    }
}

impl State {
    /// Lets a request leave, or says when to ask again.
    fn depart(&mut self, now: Instant) -> Result<Ticket, Instant> {
        let next = self.departures.back().map(|last| *last + self.rate.gap());
        if let Some(at) = self.held_until.max(next).filter(|at| *at > now) {
            return Err(at);
        }
        self.held_until = None;
        if self.departures.len() == MEASURED {
            self.departures.pop_front();
        }
        self.departures.push_back(now);
        Ok(self.rate.leave())
    }

    /// Returns how many requests a second left of late.
    fn measured(&self, now: Instant) -> f64 {
        let Some(first) = self.departures.front() else { return 0.0 };
        let count = u32::try_from(self.departures.len()).unwrap_or(u32::MAX);
        f64::from(count) / now.saturating_duration_since(*first).max(SHORTEST).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    /// Sends `count` requests at once; returns how long after now each left, in the order of leaving.
    async fn departures(pace: &Arc<Pace>, count: usize) -> Vec<Duration> {
        let start = Instant::now();
        let turns = (0..count).map(|_| async {
            pace.turn().await;
            start.elapsed()
        });
        let mut all = futures_util::future::join_all(turns).await;
        all.sort();
        all
    }

    fn pace(ceiling: Option<f64>) -> Arc<Pace> {
        Arc::new(Pace::new(ceiling))
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_leaves_before_the_service_wants_to_hear_again() {
        for ceiling in [None, Some(10.0)] {
            let pace = pace(ceiling);
            let ticket = pace.turn().await;
            pace.throttled(ticket, Some(Duration::from_secs(7)));
            assert_eq!(pace.now().held, Some(Duration::from_secs(7)));
            let left = departures(&pace, 20).await;
            assert!(left[0] >= Duration::from_secs(7) && left[0] < Duration::from_millis(7_020), "{:?}", left[0]);
            assert_eq!(pace.now().held, None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_for_their_turn_already_are_held_too() {
        let pace = pace(Some(2.0));
        let ticket = pace.turn().await;
        let waiting = tokio::spawn({
            let pace = Arc::clone(&pace);
            async move { departures(&pace, 3).await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        pace.throttled(ticket, Some(Duration::from_secs(5)));
        let left = waiting.await.unwrap();
        assert!(
            left[0] >= Duration::from_millis(5_300),
            "one second after it asked to leave, and held by then: {left:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_shorter_hold_does_not_end_a_longer_one() {
        let pace = pace(None);
        let (one, other) = (pace.turn().await, pace.turn().await);
        pace.throttled(one, Some(Duration::from_secs(9)));
        pace.throttled(other, Some(Duration::from_secs(1)));
        assert!(departures(&pace, 1).await[0] >= Duration::from_secs(9));
        assert_eq!(pace.now().throttled, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_were_held_leave_one_by_one() {
        for ceiling in [None, Some(8.0)] {
            let pace = pace(ceiling);
            let ticket = pace.turn().await;
            pace.throttled(ticket, Some(Duration::from_secs(1)));
            let gap = pace.with(|state| state.rate.gap());
            assert!(gap >= Duration::from_millis(20), "a pace exists after a 429, with and without a ceiling");
            let left = departures(&pace, 10).await;
            assert!(left.windows(2).all(|pair| pair[1] >= pair[0] + gap), "{left:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_ceiling_is_never_passed_however_well_it_goes() {
        let pace = pace(Some(10.0));
        let mut left = Vec::new();
        let start = Instant::now();
        for _ in 0..200 {
            let ticket = pace.turn().await;
            pace.good(ticket);
            left.push(start.elapsed());
        }
        for (n, at) in left.iter().enumerate() {
            let within = left[n..].iter().take_while(|other| **other < *at + Duration::from_secs(1)).count();
            assert!(within <= 10, "{within} in the second after {at:?}");
        }
        assert_eq!(pace.now().per_second, Some(10.0), "it was reached");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_ceiling_nobody_waits_until_the_service_complains() {
        let pace = pace(None);
        assert_eq!(departures(&pace, 1000).await.last(), Some(&Duration::ZERO));
        let ticket = pace.turn().await;
        pace.throttled(ticket, None);
        assert!(pace.now().is_limited);
        assert!(departures(&pace, 10).await[9] > Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_given_up_makes_room() {
        let pace = pace(Some(2.0));
        pace.turn().await;
        let given_up = tokio::time::timeout(Duration::from_millis(100), pace.turn()).await;
        assert!(given_up.is_err());
        assert!(departures(&pace, 1).await[0] <= Duration::from_millis(902));
    }

    #[tokio::test(start_paused = true)]
    async fn clients_with_one_token_at_one_place_have_one_pace() {
        let (here, there): (Url, Url) =
            ("https://a.example/v1".parse().unwrap(), "https://b.example/v1".parse().unwrap());
        let (mine, yours) = ["mine", "yours"].map(|token| Credential::from(SecretString::from(token))).into();
        let pace = Pace::shared(&here, &mine, Some(10.0));
        let same = Pace::shared(&"https://a.example/v2".parse().unwrap(), &mine, Some(4.0));
        assert!(Arc::ptr_eq(&pace, &same));
        assert_eq!(pace.now().ceiling, Some(4.0), "the lowest ceiling counts");
        assert!(!Arc::ptr_eq(&pace, &Pace::shared(&here, &yours, None)));
        assert!(!Arc::ptr_eq(&pace, &Pace::shared(&there, &mine, None)));
        drop((pace, same));
        assert_eq!(Pace::shared(&here, &mine, None).now().ceiling, None, "a pace ends with its last client");
    }
}
