//! Counts requests, decides which are struck, and carries the strikes out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::decide::Dice;
use super::lever::{Fault, When};
use super::past::Past;
use super::requests::Seen;
use super::rule::{FaultKind, FaultRule, Faults};
use super::spoil::{Delivery, Refused, Spoil};
use super::times::Per;
use super::twist::{Consequences, Twist};
use crate::sim::answer::{Answer, Refusal};
use crate::sim::config::Config;
use crate::sim::id::Uuid;
use crate::sim::state::State;

/// The faults of a simulator, and how far they are.
#[derive(Default)]
pub(crate) struct Engine {
    faults: Faults,
    counts: BTreeMap<(usize, String), Count>,
    struck: BTreeMap<String, u64>,
    levers: Vec<Fault>,
    consequences: Consequences,
    past: Past,
}

#[derive(Clone, Copy, Default)]
struct Count {
    seen: u64,
    struck: u64,
}

/// What goes wrong with one request.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    /// How long the request waits before anything happens.
    pub(crate) delay: Duration,
    spoil: Option<(When, Spoil)>,
    twists: Vec<Twist>,
    /// Whether it changes a customer, which heals failed packages.
    changes_customer: bool,
}

/// A rule that strikes, and for which request.
struct Hit<'f> {
    at: usize,
    rule: &'f FaultRule,
    dice: Dice,
    counted: String,
    ordinal: u64,
}

impl Engine {
    /// Takes other rules, and counts from the beginning. What earlier ones have set off goes on.
    pub(crate) fn set(&mut self, faults: Faults, now: Timestamp, state: &State) {
        let longest = faults.rules.iter().filter_map(|rule| rule.fault.looks_back());
        self.past = Past::of(longest.max().unwrap_or_default(), now, state);
        self.faults = faults;
        self.counts.clear();
        self.struck.clear();
    }

    /// Lets one request fail.
    pub(crate) fn pull(&mut self, lever: Fault) {
        self.levers.push(lever);
    }

    /// Returns how often each rule has struck.
    pub(crate) fn struck(&self) -> BTreeMap<String, u64> {
        self.struck.clone()
    }

    /// Decides what goes wrong with a request.
    pub(crate) fn strike(&mut self, seen: Seen<'_>) -> Strike {
        let changes_customer = seen.method == "PUT" && seen.route == "/wholesale/customers/{id}";
        let mut strike = Strike { changes_customer, ..Strike::default() };
        if let Some(at) = self.levers.iter().position(|lever| lever.strikes(seen)) {
            strike.spoil = Some(self.levers.remove(at).spoil());
            return strike;
        }
        let faults = std::mem::take(&mut self.faults);
        let hits = self.hits(&faults, seen);
        let spoiler = hits.iter().position(|hit| hit.spoil().is_some());
        strike.spoil = spoiler.and_then(|at| hits[at].spoil());
        let works = !matches!(strike.spoil, Some((When::BeforeWork, _)));
        for (at, hit) in hits.iter().enumerate() {
            // Of several that take the place of the answer the first does, and without work nothing bends it.
            let is_first = hit.spoil().is_none() || spoiler == Some(at);
            let (delay, twist) = (hit.delay(), hit.twist().filter(|_| works));
            if !is_first || (delay.is_none() && twist.is_none() && hit.spoil().is_none()) {
                continue;
            }
            strike.delay += delay.unwrap_or_default();
            strike.twists.extend(twist);
            self.counts.entry((hit.at, hit.counted.clone())).or_default().struck += 1;
            *self.struck.entry(hit.rule.name.clone()).or_default() += 1;
            tracing::debug!(rule = hit.rule.name, method = seen.method, path = seen.path, "a fault strikes");
        }
        self.faults = faults;
        strike
    }

    /// Counts a request for every rule that it concerns, and returns those that strike.
    fn hits<'f>(&mut self, faults: &'f Faults, seen: Seen<'_>) -> Vec<Hit<'f>> {
        let mut hits = Vec::new();
        for (at, rule) in faults.rules.iter().enumerate() {
            if !rule.requests.matches(seen) || !rule.fault.concerns(seen) {
                continue;
            }
            let counted = match rule.when.per {
                Per::Rule => String::new(),
                Per::Target => seen.target(),
            };
            let count = self.counts.entry((at, counted.clone())).or_default();
            count.seen += 1;
            let ordinal = count.seen;
            let dice = Dice::new(faults.seed, &rule.name, &counted);
            let strikes = rule.when.strikes(ordinal, |ordinal| dice.fraction(ordinal, "strike"));
            if strikes && rule.when.most.is_none_or(|most| count.struck < most) {
                hits.push(Hit { at, rule, dice, counted, ordinal });
            }
        }
        hits
    }

    /// Does what has come due.
    pub(crate) fn settle(&mut self, state: &mut State, config: &Config, now: Timestamp) {
        self.consequences.settle(state, config, now);
        if state.has_changes() {
            self.past.note(now, state);
        }
    }

    /// Lets a rule of the service work on the state, as a strike bends it.
    pub(crate) fn work(
        &mut self,
        strike: &Strike,
        state: &mut State,
        config: &Config,
        body: Option<&Value>,
        now: Timestamp,
        rule: impl Fn(&mut State, &Config) -> Result<Answer, Refusal>,
    ) -> Result<Answer, Refusal> {
        let mut config = Cow::Borrowed(config);
        for twist in &strike.twists {
            twist.bend(&mut config, body);
        }
        let last_job: Option<Uuid> = state.jobs.last_key_value().map(|(key, _)| *key);
        let past = strike.age().and_then(|age| self.past.ago(age, now));
        let old = past.and_then(|past| rule(past, &config).ok());
        let mut answer = match old {
            Some(answer) => answer,
            // What could not be seen then is seen as it is now.
            None => rule(state, &config)?,
        };
        if strike.changes_customer {
            self.consequences.customer_changed(state, &answer);
        }
        for twist in &strike.twists {
            self.consequences.follow(twist, state, body, &mut answer, now, last_job);
        }
        if state.has_changes() {
            self.past.note(now, state);
        }
        Ok(answer)
    }
}

impl Hit<'_> {
    fn delay(&self) -> Option<Duration> {
        if let FaultKind::Latency { time } = &self.rule.fault {
            Some(time.draw(&self.dice, self.ordinal))
        } else {
            None
        }
    }

    fn spoil(&self) -> Option<(When, Spoil)> {
        match &self.rule.fault {
            FaultKind::Status { status, at, retry_after, body } => {
                Some((*at, Spoil::Refused(Refused { status: *status, retry_after: *retry_after, page: *body })))
            }
            FaultKind::NoAnswer { how, at } => Some((*at, Spoil::Hangup(*how))),
            FaultKind::Garbled { how } => Some((When::AfterWork, Spoil::Garbled(*how))),
            FaultKind::PartlyApplied { drops: _, status } => {
                let refused = Refused { status: *status, retry_after: None, page: super::rule::Page::Json };
                Some((When::AfterWork, Spoil::Refused(refused)))
            }
            FaultKind::Latency { .. }
            | FaultKind::ShortPages { .. }
            | FaultKind::Missing { .. }
            | FaultKind::Stale { .. }
            | FaultKind::Provisioning { .. }
            | FaultKind::ProvisionedWithErrors { .. }
            | FaultKind::PendingRplReview { .. }
            | FaultKind::PendingUserMigration { .. }
            | FaultKind::JobFails => None,
        }
    }

    fn twist(&self) -> Option<Twist> {
        let pick = || self.dice.number(self.ordinal, "pick");
        match &self.rule.fault {
            FaultKind::Latency { .. }
            | FaultKind::Status { .. }
            | FaultKind::NoAnswer { .. }
            | FaultKind::Garbled { .. } => None,
            FaultKind::ShortPages { items } => Some(Twist::ShortPages(*items)),
            FaultKind::Missing { items } => Some(Twist::Missing(*items, pick())),
            FaultKind::Stale { up_to } => Some(Twist::Stale(up_to.mul_f64(self.dice.fraction(self.ordinal, "age")))),
            FaultKind::Provisioning { time } => Some(Twist::Provisioning(time.draw(&self.dice, self.ordinal))),
            FaultKind::ProvisionedWithErrors { heals_after } => {
                Some(Twist::PackageFails { pick: pick(), heals_after: *heals_after })
            }
            FaultKind::PendingRplReview { time } => Some(Twist::Review(time.draw(&self.dice, self.ordinal))),
            FaultKind::PendingUserMigration { consents_after } => Some(Twist::Migration(*consents_after)),
            FaultKind::PartlyApplied { drops, status: _ } => Some(Twist::Drops(drops.clone())),
            FaultKind::JobFails => Some(Twist::JobFails),
        }
    }
}

impl Strike {
    /// Returns the body that the work gets to see.
    pub(crate) fn body(&self, body: Option<Value>) -> Option<Value> {
        let mut body = body?;
        for twist in &self.twists {
            if let (Twist::Drops(names), Some(fields)) = (twist, body.as_object_mut()) {
                fields.retain(|name, _| !names.contains(name));
            }
        }
        Some(body)
    }

    /// Returns how old the list is that the work gets to see, if it is not as it is now.
    fn age(&self) -> Option<Duration> {
        self.twists.iter().find_map(|twist| if let Twist::Stale(age) = twist { Some(*age) } else { None })
    }

    /// Returns the answer that comes without any work.
    pub(crate) fn before(&self, tracking_id: &str) -> Option<Answer> {
        match self.spoil {
            Some((When::BeforeWork, spoil)) => Some(spoil.answer(tracking_id)),
            Some((When::AfterWork, _)) | None => None,
        }
    }

    /// Returns the answer that is given for one that the work gave, and how it is delivered.
    pub(crate) fn after(&self, worked: Answer, tracking_id: &str) -> (Answer, Delivery) {
        let answer = match self.spoil {
            Some((When::AfterWork, spoil @ Spoil::Refused(_))) => spoil.answer(tracking_id),
            Some((When::AfterWork, Spoil::Hangup(_) | Spoil::Garbled(_)) | (When::BeforeWork, _)) | None => worked,
        };
        let delivery = self.spoil.map_or(Delivery::Whole, |(_, spoil)| spoil.delivery(&answer));
        (answer, delivery)
    }
}
