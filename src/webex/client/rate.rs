//! How many requests a second, decided by answers alone: no clock, nothing that waits.
//!
//! Additive increase and multiplicative decrease: each good answer adds a little, each 429 halves. A ceiling is
//! never passed. Without one there is no rate at all until the service complains; then half of what was sent is
//! the rate, and it ends once twice of that has gone well.

use std::time::Duration;

/// What each good answer adds, of the ceiling or of what was too fast: 50 good answers lead all the way up.
const STEP: f64 = 1.0 / 50.0;
/// Where a client with a ceiling begins.
const BEGINNING: f64 = 0.5;
/// The slowest rate, unless the ceiling is lower still: one request in ten seconds keeps everybody going.
const SLOWEST: f64 = 0.1;
/// The fastest rate that is believed to have been measured.
const FASTEST: f64 = 1000.0;
/// The longest gap; for ceilings so low that their gap cannot be expressed.
const LONGEST_GAP: Duration = Duration::from_hours(1);

/// Says which request an answer belongs to: a complaint about one that left before the rate was halved says
/// nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl Ticket {
    /// Returns a fraction, from 0 up to but without 1, that differs most between tickets that follow each other.
    pub(super) fn fraction(self) -> f64 {
        // The golden ratio's multiples are spread evenly; 53 bits are what the type holds.
        let turned = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        f64::from(u32::try_from(turned).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The rate of everything that is sent with one token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rate {
    ceiling: Option<f64>,
    /// Requests per second; nothing while there is no limit.
    now: Option<f64>,
    step: f64,
    /// Without a ceiling: where the limit ends.
    free_at: f64,
    /// The last request that left.
    last: Ticket,
    /// The last request that left before the rate was halved.
    halved_after: Ticket,
    /// Whether the service's complaint still shows.
    limited: bool,
}

impl Rate {
    /// Makes the rate of a client that has heard nothing yet.
    pub(super) fn new(ceiling: Option<f64>) -> Self {
        Self {
            ceiling,
            now: ceiling.map(beginning),
            step: ceiling.unwrap_or_default() * STEP,
            free_at: f64::INFINITY,
            last: Ticket(0),
            halved_after: Ticket(0),
            limited: false,
        }
    }

    /// Lowers the ceiling; one that is lower already stays.
    pub(super) fn lower_ceiling(&mut self, ceiling: Option<f64>) {
        let Some(ceiling) = ceiling.filter(|new| self.ceiling.is_none_or(|old| *new < old)) else { return };
        self.ceiling = Some(ceiling);
        self.now = Some(self.now.unwrap_or_else(|| beginning(ceiling)).min(ceiling));
        self.step = ceiling * STEP;
    }

    pub(super) const fn ceiling(&self) -> Option<f64> {
        self.ceiling
    }

    /// Returns requests per second; nothing while there is no limit.
    pub(super) const fn per_second(&self) -> Option<f64> {
        self.now
    }

    /// Returns true from the service's complaint until the rate is again what it would be without.
    pub(super) const fn is_limited(&self) -> bool {
        self.limited
    }

    /// Returns the least time between two requests.
    pub(super) fn gap(&self) -> Duration {
        let gap = |rate: f64| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(LONGEST_GAP).min(LONGEST_GAP);
        self.now.map_or(Duration::ZERO, gap)
    }

    /// Notes that a request leaves.
    pub(super) const fn leave(&mut self) -> Ticket {
        self.last = Ticket(self.last.0 + 1);
        self.last
    }

    /// Notes a good answer.
    pub(super) fn good(&mut self, ticket: Ticket) {
        let Some(now) = self.now.filter(|_| ticket > self.halved_after) else { return };
        let now = now + self.step;
        match self.ceiling {
            Some(ceiling) if now < ceiling => self.now = Some(now),
            Some(ceiling) => (self.now, self.limited) = (Some(ceiling), false),
            None if now < self.free_at => self.now = Some(now),
            None => (self.now, self.limited) = (None, false),
        }
    }

    /// Notes a 429. `measured` is how many requests a second left of late, for when there was no rate before.
    pub(super) fn throttled(&mut self, ticket: Ticket, measured: f64) {
        if ticket <= self.halved_after {
            return;
        }
        let slowest = slowest(self.ceiling);
        // A measurement of nothing and of infinitely much are both possible, and are put right here.
        let before = self.now.unwrap_or_else(|| if measured > 1.0 { measured.min(FASTEST) } else { 1.0 });
        self.now = Some((before / 2.0).max(slowest));
        // Further complaints before the first one is forgotten do not move the goal.
        if self.ceiling.is_none() && !self.limited {
            (self.step, self.free_at) = (before * STEP, before * 2.0);
        }
        (self.halved_after, self.limited) = (self.last, true);
    }
}

/// Returns the rate that nothing makes slower.
fn slowest(ceiling: Option<f64>) -> f64 {
    ceiling.map_or(SLOWEST, |ceiling| ceiling.min(SLOWEST))
}

fn beginning(ceiling: f64) -> f64 {
    (ceiling * BEGINNING).max(slowest(Some(ceiling)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What can happen to a rate.
    #[derive(Clone, Copy, Debug)]
    enum Happening {
        Leave,
        /// Good answer to one of the requests that left, counted from the last.
        Good(u64),
        Throttled(u64, f64),
    }

    fn happening() -> impl Strategy<Value = Happening> {
        prop_oneof![
            3 => Just(Happening::Leave),
            3 => (0..5_u64).prop_map(Happening::Good),
            1 => (0..5_u64, any::<f64>()).prop_map(|(back, measured)| Happening::Throttled(back, measured)),
        ]
    }

    fn ceiling() -> impl Strategy<Value = Option<f64>> {
        prop_oneof![Just(None), (-3.0..3.0_f64).prop_map(|power| Some(10_f64.powf(power)))]
    }

    fn back(rate: &Rate, back: u64) -> Ticket {
        Ticket(rate.last.0.saturating_sub(back))
    }

    fn happen(rate: &mut Rate, what: Happening) {
        match what {
            Happening::Leave => drop(rate.leave()),
            Happening::Good(n) => rate.good(back(rate, n)),
            Happening::Throttled(n, measured) => rate.throttled(back(rate, n), measured),
        }
    }

    proptest! {
        #[test]
        fn it_is_never_above_the_ceiling_and_never_stops(
            ceiling in ceiling(), happenings in prop::collection::vec(happening(), 0..300)
        ) {
            let mut rate = Rate::new(ceiling);
            for what in happenings {
                happen(&mut rate, what);
                if let Some(ceiling) = ceiling {
                    let now = rate.per_second().unwrap();
                    prop_assert!(now <= ceiling && now >= slowest(Some(ceiling)), "{now} of {ceiling} after {what:?}");
                }
                // However it came to be, the next request leaves soon.
                prop_assert!(rate.gap().as_secs_f64() <= (1.0 / slowest(ceiling)) * 1.000_001);
            }
        }

        #[test]
        fn a_complaint_halves_and_those_of_the_same_flight_do_not_halve_again(
            ceiling in ceiling(), happenings in prop::collection::vec(happening(), 0..100), flight in 1..20_u64
        ) {
            let mut rate = Rate::new(ceiling);
            for what in happenings {
                happen(&mut rate, what);
            }
            let first = rate.leave();
            let before = rate.per_second();
            let others: Vec<Ticket> = (1..flight).map(|_| rate.leave()).collect();
            rate.throttled(first, 40.0);
            let now = rate.per_second().unwrap();
            let half = (before.unwrap_or(40.0) / 2.0).max(slowest(ceiling));
            prop_assert!((now - half).abs() < 1e-9, "{before:?} became {now}");
            for ticket in others {
                rate.throttled(ticket, 40.0);
                rate.good(ticket);
            }
            prop_assert_eq!(rate.per_second(), Some(now));
            prop_assert!(rate.is_limited());
        }

        #[test]
        fn good_answers_lead_all_the_way_back(
            ceiling in ceiling(), happenings in prop::collection::vec(happening(), 0..100)
        ) {
            let mut rate = Rate::new(ceiling);
            for what in happenings {
                happen(&mut rate, what);
            }
            for _ in 0..101 {
                let ticket = rate.leave();
                rate.good(ticket);
            }
            prop_assert_eq!(rate.per_second(), ceiling, "after 101 good answers");
            prop_assert!(!rate.is_limited());
        }
    }

    #[test]
    fn it_begins_below_the_ceiling_and_grows_by_steps() {
        let mut rate = Rate::new(Some(10.0));
        assert_eq!(rate.per_second(), Some(5.0));
        let ticket = rate.leave();
        rate.good(ticket);
        assert_eq!(rate.per_second(), Some(5.2));
        assert!(!rate.is_limited(), "nobody complained");
    }

    #[test]
    fn without_a_ceiling_there_is_no_rate_until_the_service_complains() {
        let mut rate = Rate::new(None);
        let ticket = rate.leave();
        rate.good(ticket);
        assert_eq!((rate.per_second(), rate.gap()), (None, Duration::ZERO));
        rate.throttled(ticket, 100.0);
        assert_eq!((rate.per_second(), rate.gap()), (Some(50.0), Duration::from_millis(20)));
        assert!(rate.is_limited());
    }

    #[test]
    fn the_lowest_ceiling_counts() {
        let mut rate = Rate::new(Some(10.0));
        rate.lower_ceiling(Some(2.0));
        rate.lower_ceiling(Some(8.0));
        rate.lower_ceiling(None);
        assert_eq!((rate.ceiling(), rate.per_second()), (Some(2.0), Some(2.0)));
        let mut rate = Rate::new(None);
        rate.lower_ceiling(Some(4.0));
        assert_eq!((rate.ceiling(), rate.per_second()), (Some(4.0), Some(2.0)));
    }

    #[test]
    fn tickets_in_a_row_have_fractions_far_apart() {
        let fractions: Vec<f64> = (1..=10).map(|n| Ticket(n).fraction()).collect();
        assert!(fractions.iter().all(|fraction| (0.0..1.0).contains(fraction)), "{fractions:?}");
        assert!(fractions.windows(2).all(|pair| (pair[0] - pair[1]).abs() > 0.2), "{fractions:?}");
    }
}
