//! Rules as they are written down.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Serialize};

use super::decide::Dice;
use super::lever::When;
use super::profile;
use super::requests::{Requests, Seen};
use super::times::Times;

/// What goes wrong, and the seed that all chance comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Faults {
    /// The seed.
    pub seed: u64,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The rules, in the order in which they are asked.
    pub rules: Vec<FaultRule>,
}

/// One thing that goes wrong, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultRule {
    /// Its name, unique in the list; chance depends on it.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The requests that it is about. A kind that makes sense for some requests only is about those of them.
    #[serde(default)]
    pub requests: Requests,
    /// Those of them that it strikes.
    #[serde(default)]
    pub when: Times,
    /// What happens.
    pub fault: FaultKind,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Span {
    /// Always the same.
    Fixed(#[serde(with = "compact::required")] Duration),
    /// Anything between two.
    Uniform {
        /// The shortest.
        #[serde(with = "compact::required")]
        from: Duration,
        /// The longest.
        #[serde(with = "compact::required")]
        to: Duration,
    },
    /// Half are shorter than `usual`; few are much longer, none longer than `most`.
    LongTail {
        /// The median.
        #[serde(with = "compact::required")]
        usual: Duration,
        /// The longest.
        #[serde(with = "compact::required")]
        most: Duration,
    },
}

impl Span {
    pub(super) fn draw(self, dice: &Dice, ordinal: u64) -> Duration {
        let chance = dice.fraction(ordinal, "span");
        match self {
            Self::Fixed(time) => time,
            Self::Uniform { from, to } => from + to.saturating_sub(from).mul_f64(chance),
            // A Pareto tail: one in ten takes five times the median, one in a hundred fifty times.
            Self::LongTail { usual, most } => {
                Duration::try_from_secs_f64(usual.as_secs_f64() * 0.5 / (1.0 - chance)).unwrap_or(most).min(most)
            }
        }
    }
}

/// What the body of an error is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Page {
    /// The service's own.
    #[default]
    Json,
    /// A gateway's.
    Html,
    /// Nothing.
    Empty,
}

/// How a connection ends without an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hangup {
    /// By a reset (RST).
    #[default]
    Reset,
    /// In order (FIN), and too early.
    Closed,
}

/// What becomes of the body of a good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Garble {
    /// Half of it comes, though `Content-Length` says otherwise.
    Truncated,
    /// A gateway's page stands in its place, under the same status.
    Html,
    /// It is empty, under the same status.
    Empty,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FaultKind {
    /// The answer takes longer. Such faults add up.
    Latency {
        /// By how much.
        time: Span,
    },
    /// The answer is an error.
    Status {
        /// Its status.
        status: u16,
        /// Whether the work is done all the same.
        #[serde(default)]
        at: When,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        /// Its body.
        #[serde(default)]
        body: Page,
    },
    /// There is no answer.
    NoAnswer {
        /// How the connection ends.
        #[serde(default)]
        how: Hangup,
        /// Whether the work is done all the same.
        #[serde(default)]
        at: When,
    },
    /// The work is done, and its answer cannot be read.
    Garbled {
        /// How.
        how: Garble,
    },
    /// Pages of lists are shorter than was asked for, and not the last for that.
    ShortPages {
        /// The most items of a page.
        items: usize,
    },
    /// Items vanish from a page of a list, and are elsewhere still there.
    Missing {
        /// How many, at most.
        items: usize,
    },
    /// A list, filtered or not, shows what was some time ago.
    Stale {
        /// The longest time; how long is chance.
        #[serde(with = "compact::required")]
        up_to: Duration,
    },
    /// What a request starts is done later than the configuration says: customers and jobs.
    Provisioning {
        /// After which time.
        time: Span,
    },
    /// One package of a customer that is created or changed fails with warning 2560, so that the customer ends as
    /// `provisioned_with_errors`. A later change of the customer heals it.
    ProvisionedWithErrors {
        /// After which time it heals by itself; never if absent.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "compact::optional")]
        heals_after: Option<Duration>,
    },
    /// A customer that is created stays in `pending_rpl_review`, and is provisioned afterwards.
    PendingRplReview {
        /// For how long.
        time: Span,
    },
    /// The e-mail address of a subscriber that is created belongs to a free account, unless there is such a person:
    /// `pending_user_migration`.
    PendingUserMigration {
        /// After which time its owner consents; never if absent.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "compact::optional")]
        consents_after: Option<Duration>,
    },
    /// A PUT or PATCH is carried out without some fields of its body, and answers an error.
    PartlyApplied {
        /// The fields that are left out.
        drops: BTreeSet<String>,
        /// The status of the answer.
        status: u16,
    },
    /// A job that is started ends as `COMPLETED` with everything failed inside (`COMPLETED_WITH_ERRORS`).
    JobFails,
}

impl FaultKind {
    /// Returns how far back it looks, if it does.
    pub(super) fn looks_back(&self) -> Option<Duration> {
        if let Self::Stale { up_to } = self { Some(*up_to) } else { None }
    }

    /// Returns true if it can happen to a request.
    pub(super) fn concerns(&self, seen: Seen<'_>) -> bool {
        let customers = ["/wholesale/customers", "/wholesale/customers/{id}"].contains(&seen.route);
        match self {
            Self::Latency { time: _ } | Self::Status { .. } | Self::NoAnswer { .. } | Self::Garbled { how: _ } => true,
            Self::ShortPages { items: _ } | Self::Missing { items: _ } | Self::Stale { up_to: _ } => seen.lists(),
            Self::Provisioning { time: _ } => seen.writes(),
            Self::ProvisionedWithErrors { heals_after: _ } => customers && ["POST", "PUT"].contains(&seen.method),
            Self::PendingRplReview { time: _ } => seen.route == "/wholesale/customers" && seen.method == "POST",
            Self::PendingUserMigration { consents_after: _ } => {
                seen.route == "/wholesale/subscribers" && seen.method == "POST"
            }
            Self::PartlyApplied { .. } => ["PUT", "PATCH"].contains(&seen.method),
            Self::JobFails => {
                let starts = seen.route.starts_with("/telephony/config/jobs/") && seen.method == "POST";
                // A new routing prefix starts a job too.
                starts || (seen.route == "/telephony/config/locations/{id}" && seen.method == "PUT")
            }
        }
    }
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// Not JSON, or not of this form.
    #[error("the rules cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// A rule that makes no sense.
    #[error("the rule `{rule}` {why}")]
    Rule {
        /// Its name.
        rule: String,
        /// What is wrong.
        why: String,
    },
}

impl Faults {
    /// Reads rules from JSON.
    pub fn parse(text: &str) -> Result<Self, FaultsError> {
        let faults: Self = serde_json::from_str(text)?;
        faults.check()?;
        Ok(faults)
    }

    /// Returns a profile that comes with hubform, with seed 0; [`Faults::PROFILES`] names them.
    pub fn profile(name: &str) -> Option<Self> {
        profile::named(name)
    }

    /// Returns the same faults with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Says what is wrong with rules that cannot do what they say.
    pub fn check(&self) -> Result<(), FaultsError> {
        let routes = crate::sim::http::routes::all();
        let routes: Vec<&str> = routes.iter().map(|route| route.path).collect();
        let mut names = BTreeSet::new();
        for rule in &self.rules {
            if let Some(why) = rule.nonsense(&routes) {
                return Err(FaultsError::Rule { rule: rule.name.clone(), why });
            }
            if !names.insert(&rule.name) {
                let why = "stands twice; give each rule a name of its own".to_owned();
                return Err(FaultsError::Rule { rule: rule.name.clone(), why });
            }
        }
        Ok(())
    }
}

impl FaultRule {
    fn nonsense(&self, routes: &[&str]) -> Option<String> {
        if let Some(path) = self.requests.nowhere(routes) {
            return Some(format!("has the path `{path}`, which no endpoint has; paths begin below `/v1`"));
        }
        if let Some(wrong) = self.when.probability.filter(|it| !(0.0..=1.0).contains(it)) {
            return Some(format!("has the probability {wrong}, which is not between 0 and 1"));
        }
        match &self.fault {
            FaultKind::Status { status, .. } | FaultKind::PartlyApplied { status, .. }
                if !(400..=599).contains(status) =>
            {
                Some(format!("has the status {status}, which is no error; write one from 400 to 599"))
            }
            FaultKind::ShortPages { items: 0 } => Some("has pages of no items; write 1 or more".to_owned()),
            FaultKind::Latency { .. }
            | FaultKind::Status { .. }
            | FaultKind::NoAnswer { .. }
            | FaultKind::Garbled { .. }
            | FaultKind::ShortPages { .. }
            | FaultKind::Missing { .. }
            | FaultKind::Stale { .. }
            | FaultKind::Provisioning { .. }
            | FaultKind::ProvisionedWithErrors { .. }
            | FaultKind::PendingRplReview { .. }
            | FaultKind::PendingUserMigration { .. }
            | FaultKind::PartlyApplied { .. }
            | FaultKind::JobFails => None,
        }
    }
}
