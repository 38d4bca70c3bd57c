//! How a fault bends the work of a request, and what comes of it later.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::answer::Answer;
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::rules::{provisioning, subscribers};
use crate::sim::state::{CustomerStatus, Job, JobEnd, JobError, JobKind, PackageStatus, State, Work};

/// How the work of one request is bent; chance has spoken already.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Twist {
    /// Pages of at most so many items.
    ShortPages(usize),
    /// So many items vanish from a page; the number says which.
    Missing(usize, u64),
    /// The list is so old.
    Stale(Duration),
    /// What is started takes so long.
    Provisioning(Duration),
    /// One package fails; the number says which.
    PackageFails { pick: u64, heals_after: Option<Duration> },
    /// The customer is reviewed for so long.
    Review(Duration),
    /// The owner of the address has a free account.
    Migration(Option<Duration>),
    /// Fields that are left out.
    Drops(BTreeSet<String>),
    /// The job that is started fails inside.
    JobFails,
}

/// The names under which lists stand in answers.
const LISTS: &[&str] = &["items", "Resources", "phoneNumbers", "locations", "routeIdentities"];

impl Twist {
    /// Bends the configuration that the request works under.
    pub(super) fn bend(&self, config: &mut Cow<'_, Config>, body: Option<&Value>) {
        match self {
            Self::ShortPages(items) => config.to_mut().page_size = Some(*items),
            Self::Provisioning(time) => config.to_mut().provisioning_delay = *time,
            Self::Migration(_) => {
                if let Some(email) = email(body) {
                    config.to_mut().pending_emails.insert(email);
                }
            }
            Self::Missing(..)
            | Self::Stale(_)
            | Self::PackageFails { .. }
            | Self::Review(_)
            | Self::Drops(_)
            | Self::JobFails => {}
        }
    }
}

fn email(body: Option<&Value>) -> Option<String> {
    Some(body?.get("email")?.as_str()?.to_lowercase())
}

/// Takes items out of the list of an answer.
pub(super) fn take_items(answer: &mut Answer, items: usize, pick: u64) {
    let Some(body) = &mut answer.body else { return };
    let Some(list) = LISTS.iter().find(|name| body.get(**name).is_some_and(Value::is_array)) else { return };
    let Some(list) = body[*list].as_array_mut() else { return };
    for at in 0..items {
        let pick = pick.rotate_left(u32::try_from(at % 64).unwrap_or(0));
        match u64::try_from(list.len()) {
            Ok(length) if length > 0 => list.remove(usize::try_from(pick % length).unwrap_or(0)),
            Ok(_) | Err(_) => return,
        };
    }
}

/// What comes of a fault later.
#[derive(Clone, Debug, PartialEq)]
enum Later {
    /// The owner of a free account consents.
    Consent { email: String },
    /// The failed packages of a customer come into order.
    Heal { customer: Uuid },
    /// A job ends, and has done nothing.
    FailJob { job: Uuid },
}

/// What faults have done to the world, and will do.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    later: Vec<(Timestamp, Later)>,
    /// Packages that fail, by the external id of their customer.
    failing: BTreeMap<String, BTreeSet<String>>,
}

impl Consequences {
    /// Does what has come due, the service's own work among it.
    pub(super) fn settle(&mut self, state: &mut State, config: &Config, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.later).into_iter().partition(|(at, _)| *at <= now);
        self.later = later;
        let due: Vec<(Timestamp, Later)> = due;
        for (at, what) in &due {
            if let Later::FailJob { job } = what {
                fail_job(state, *at, *job);
            }
        }
        provisioning::settle(state, &self.bend(config), now);
        for (at, what) in due {
            match what {
                Later::Consent { email } => {
                    subscribers::complete_migration(state, &email, at);
                }
                Later::Heal { customer } => self.heal(state, at, customer),
                Later::FailJob { job: _ } => {}
            }
        }
        provisioning::settle(state, &self.bend(config), now);
    }

    fn bend<'c>(&self, config: &'c Config) -> Cow<'c, Config> {
        let mut config = Cow::Borrowed(config);
        for (customer, packages) in &self.failing {
            let failing = &mut config.to_mut().failing_packages;
            failing.entry(customer.clone()).or_default().extend(packages.iter().cloned());
        }
        config
    }

    fn heal(&mut self, state: &mut State, now: Timestamp, key: Uuid) {
        let Some(customer) = state.customers.get(&key) else { return };
        self.failing.remove(&customer.external_id);
        if customer.status != CustomerStatus::ProvisionedWithErrors {
            return;
        }
        state.customers.edit(&key, |customer| {
            customer.status = CustomerStatus::Updating;
            for status in customer.packages.values_mut().filter(|status| **status == PackageStatus::Error) {
                *status = PackageStatus::Provisioning;
            }
        });
        state.schedule(now, Work::Update { customer: key });
    }

    /// Notes that a customer was changed by a request, which heals it.
    pub(super) fn customer_changed(&mut self, state: &State, answer: &Answer) {
        if let Some(customer) = customer_of(answer).and_then(|key| state.customers.get(&key)) {
            self.failing.remove(&customer.external_id);
        }
    }

    /// Does what a twist does once the work is done.
    pub(super) fn follow(
        &mut self,
        twist: &Twist,
        state: &mut State,
        body: Option<&Value>,
        answer: &mut Answer,
        now: Timestamp,
        last_job: Option<Uuid>,
    ) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        match twist {
            Twist::Missing(items, pick) => take_items(answer, *items, *pick),
            Twist::PackageFails { pick, heals_after } => self.fail_package(state, answer, *pick, *heals_after),
            Twist::Review(time) => review(state, answer, now, *time),
            Twist::Migration(after) => {
                if let (202, Some(after), Some(email)) = (answer.status, after, email(body)) {
                    self.later.push((then(now, *after), Later::Consent { email }));
                }
            }
            Twist::JobFails => {
                let newest = state.jobs.last_key_value().map(|(key, _)| *key);
                if let Some(job) = newest.filter(|_| newest != last_job) {
                    let due = due(state, |work| matches!(work, Work::Run { job: it } if *it == job));
                    self.later.push((due.unwrap_or(now), Later::FailJob { job }));
                }
            }
            Twist::ShortPages(_) | Twist::Stale(_) | Twist::Provisioning(_) | Twist::Drops(_) => {}
        }
    }

    fn fail_package(&mut self, state: &State, answer: &Answer, pick: u64, heals_after: Option<Duration>) {
        let Some((key, customer)) = customer_of(answer).and_then(|key| Some((key, state.customers.get(&key)?))) else {
            return;
        };
        let added = customer.packages.iter().filter(|(_, status)| **status == PackageStatus::Provisioning);
        let added: Vec<&String> = added.map(|(name, _)| name).collect();
        let length = u64::try_from(added.len()).unwrap_or(1).max(1);
        let Some(package) = added.get(usize::try_from(pick % length).unwrap_or(0)) else { return };
        self.failing.insert(customer.external_id.clone(), [(*package).clone()].into());
        let due = due(state, |work| of_customer(work, key));
        if let (Some(due), Some(after)) = (due, heals_after) {
            self.later.push((then(due, after), Later::Heal { customer: key }));
        }
    }
}

fn then(now: Timestamp, after: Duration) -> Timestamp {
    now.checked_add(after).unwrap_or(Timestamp::MAX)
}

fn due(state: &State, of: impl Fn(&Work) -> bool) -> Option<Timestamp> {
    state.tasks.values().filter(|task| of(&task.work)).map(|task| task.due).max()
}

fn of_customer(work: &Work, key: Uuid) -> bool {
    match work {
        Work::Provision { customer } | Work::Update { customer } | Work::Remove { customer } => *customer == key,
        Work::RemoveOrganization { org: _ } | Work::RemoveNumber { number: _ } | Work::Run { job: _ } => false,
    }
}

/// Returns the customer whose address an answer gives.
fn customer_of(answer: &Answer) -> Option<Uuid> {
    let url = answer.body.as_ref()?.get("url")?.as_str()?;
    IdKind::Enterprise.decode(url.rsplit('/').next()?)
}

/// Puts a customer into review; what is to be done with it comes afterwards.
fn review(state: &mut State, answer: &Answer, now: Timestamp, time: Duration) {
    let Some(key) = customer_of(answer) else { return };
    state.customers.edit(&key, |customer| customer.status = CustomerStatus::PendingRplReview);
    let tasks = state.tasks.iter().filter(|(_, task)| of_customer(&task.work, key));
    let tasks: Vec<Uuid> = tasks.map(|(id, _)| *id).collect();
    for task in tasks {
        state.tasks.edit(&task, |task| task.due = task.due.max(then(now, time)));
    }
}

/// Ends a job that has done nothing.
fn fail_job(state: &mut State, now: Timestamp, key: Uuid) {
    let tasks = state.tasks.iter().filter(|(_, task)| matches!(task.work, Work::Run { job } if job == key));
    let tasks: Vec<Uuid> = tasks.map(|(id, _)| *id).collect();
    for task in &tasks {
        state.tasks.remove(task);
    }
    if !tasks.is_empty() {
        state.jobs.edit(&key, |job| {
            job.ended = Some((now, JobEnd::CompletedWithErrors));
            job.errors = failures(job);
        });
    }
}

/// Returns one failure for each item of a job.
fn failures(job: &Job) -> Vec<JobError> {
    let failure = |item: Option<String>, location| JobError {
        item,
        key: "500".to_owned(),
        code: "1000001".to_owned(),
        description: "[Error 1000001] an internal error occurred".to_owned(),
        location,
    };
    match &job.kind {
        JobKind::DeleteCallingLocation { location, name: _ } => vec![failure(None, *location)],
        JobKind::UpdateRoutingPrefix { location } => vec![failure(None, Some(*location))],
        JobKind::MovePeople { moves } => {
            moves.iter().map(|it| failure(Some(it.person.to_string()), Some(it.to))).collect()
        }
        JobKind::MoveNumbers { from, .. } | JobKind::ChangeNumberUsage { from, .. } => from
            .iter()
            .flat_map(|(location, numbers)| numbers.iter().map(|number| failure(Some(number.clone()), Some(*location))))
            .collect(),
    }
}
