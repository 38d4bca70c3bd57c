//! What became of requests whose answer is not known: each kind of request says how that is found out (R16), and what
//! was read decides. What cannot be decided yet holds its object, and nothing is sent for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Address, Entry, EntryId, FieldPath, Fields, LedgerState, Name, Observed, ObservedCustomer, ObservedJob,
    PhoneNumber, Reading, Record, RemoteIds, RequestKind, Settlement, Unit, codes, same_remote,
};

use super::{
    planner::Options,
    value::{CatchUp, Wait},
};

/// What the journal says to the planners.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    /// Objects of which it is not known yet what became of a request.
    pub(super) held: BTreeMap<Address, Wait>,
    /// Fields that may have been sent, and that nobody can read: they are sent again.
    pub(super) doubtful: BTreeMap<Address, BTreeSet<FieldPath>>,
    /// Entries that are settled, by unit.
    pub(super) settled: BTreeMap<Unit, Vec<EntryId>>,
    /// Records of what was made, by unit.
    pub(super) made: BTreeMap<Unit, Vec<CatchUp>>,
}

/// What looking has shown about a request.
enum Trace {
    /// It was carried out and made this.
    Made(RemoteIds),
    /// It was carried out, or it was not, and it does not matter which: what was read decides.
    Settled,
    /// It is too early to say.
    Open,
    /// What it is about was not read.
    Unread,
}

/// What looking for one thing came to.
enum Look<T> {
    Found(T),
    Absent,
    /// It was not read, or what was read does not tell.
    Unread,
}

/// Settles what can be settled. Returns the ledger with the records of what was made, if anything was.
pub(super) fn settle(
    ledger: &LedgerState,
    observed: &Observed,
    options: &Options<'_>,
) -> (Journal, Option<LedgerState>) {
    let mut journal = Journal::default();
    let mut changed: Option<LedgerState> = None;
    let selected = |entry: &Entry| {
        entry.object.customer().is_none_or(|name| options.only.as_ref().is_none_or(|only| only.contains(name)))
    };
    for entry in ledger.open_entries().filter(|entry| selected(entry)) {
        let records = changed.as_ref().unwrap_or(ledger);
        let trace = trace(entry, records, observed, options);
        match trace {
            Trace::Unread => continue,
            Trace::Open => {
                hold(&mut journal, entry, options);
                continue;
            }
            Trace::Settled => {}
            Trace::Made(ids) => {
                let record = made(entry, ids);
                let at = entry.object.clone();
                changed.get_or_insert_with(|| ledger.clone()).records.insert(at.clone(), record.clone());
                journal.made.entry(entry.unit()).or_default().push(CatchUp { object: at, record: Some(record) });
            }
        }
        if entry.request.settlement() == Settlement::Replay {
            let paths = entry.fields.iter().map(|(path, _)| path.clone());
            journal.doubtful.entry(entry.object.clone()).or_default().extend(paths);
        }
        journal.settled.entry(entry.unit()).or_default().push(entry.id.clone());
    }
    (journal, changed)
}

fn trace(entry: &Entry, ledger: &LedgerState, observed: &Observed, options: &Options<'_>) -> Trace {
    let is_early = options.now < entry.counts_from(&options.settle);
    let settlement = match (entry.request, entry.request.settlement()) {
        // Numbers have no ids of their own: what the location has decides.
        (RequestKind::AddNumbers, _) => Settlement::Value,
        // Only a routing prefix makes a job.
        (RequestKind::UpdateCalling, _) if !entry.fields.iter().any(|(path, _)| path.as_str() == "routingPrefix") => {
            Settlement::Value
        }
        (_, settlement) => settlement,
    };
    match settlement {
        Settlement::Made => match find(entry, ledger, observed) {
            Look::Found(ids) => Trace::Made(ids),
            Look::Absent if is_early => Trace::Open,
            Look::Absent => Trace::Settled,
            Look::Unread => Trace::Unread,
        },
        Settlement::Gone => match still_there(entry, ledger, observed) {
            // Numbers go in their own time, and a second removal of one that is gone ends in errors.
            Some(true) if is_early && entry.request == RequestKind::RemoveNumbers => Trace::Open,
            Some(_) => Trace::Settled,
            None => Trace::Unread,
        },
        Settlement::Value | Settlement::Replay if is_read(entry, observed) => Trace::Settled,
        Settlement::Value | Settlement::Replay => Trace::Unread,
        Settlement::Job => match observed.jobs.get(&entry.id) {
            Some(ObservedJob::Running | ObservedJob::Failed(_)) => Trace::Open,
            // A job that the service has not listed yet may still begin.
            Some(ObservedJob::Ended) if entry.job.is_none() && is_early => Trace::Open,
            Some(ObservedJob::Ended) => Trace::Settled,
            None if is_read(entry, observed) => Trace::Settled,
            None => Trace::Unread,
        },
    }
}

fn customer<'a>(name: &Name, observed: &'a Observed) -> Look<&'a ObservedCustomer> {
    match observed.customers.get(name) {
        Some(Reading::Found(found)) => Look::Found(found),
        Some(Reading::Absent) => Look::Absent,
        Some(Reading::Ambiguous(_) | Reading::Failed(_)) | None => Look::Unread,
    }
}

/// Returns true if what the entry is about was read.
fn is_read(entry: &Entry, observed: &Observed) -> bool {
    match &entry.object {
        Address::Template(name) => matches!(observed.templates.get(name), Some(Reading::Found(_) | Reading::Absent)),
        Address::Customer(name) | Address::Location(name, _) | Address::User(name, _) => {
            !matches!(customer(name, observed), Look::Unread)
        }
    }
}

/// Looks for what a request makes, by its key (R1).
fn find(entry: &Entry, ledger: &LedgerState, observed: &Observed) -> Look<RemoteIds> {
    let name = match &entry.object {
        Address::Template(name) => {
            return match observed.templates.get(name) {
                Some(Reading::Found(it)) => {
                    Look::Found(RemoteIds::Template { provisioning_id: Some(it.provisioning_id.clone()) })
                }
                Some(Reading::Absent) => Look::Absent,
                Some(Reading::Ambiguous(_) | Reading::Failed(_)) | None => Look::Unread,
            };
        }
        Address::Customer(name) | Address::Location(name, _) | Address::User(name, _) => name,
    };
    let found = match customer(name, observed) {
        Look::Found(found) => found,
        Look::Absent => return Look::Absent,
        Look::Unread => return Look::Unread,
    };
    match &entry.object {
        Address::Location(..) => {
            let Some(organization) = &found.organization else { return Look::Unread };
            let display_name = entry.text("displayName").unwrap_or_default();
            let known = |id: &str| {
                ledger.locations(name).any(|(at, record)| {
                    *at != entry.object
                        && matches!(&record.ids, RemoteIds::Location { id: it } if same_remote(it.as_str(), id))
                })
            };
            let named = organization.locations.iter().filter(|(id, it)| it.name == display_name && !known(id.as_str()));
            only(named.map(|(id, _)| RemoteIds::Location { id: id.clone() }))
        }
        Address::User(_, email) => {
            let subscribers = found.subscribers.iter().filter(|it| it.email == *email);
            only(subscribers.map(|it| RemoteIds::User { id: it.id.clone(), person_id: it.person_id.clone() }))
        }
        Address::Customer(_) | Address::Template(_) => {
            Look::Found(RemoteIds::Customer { id: found.id.clone(), org_id: found.org_id.clone() })
        }
    }
}

/// Returns the only thing. Which of several it is, nobody can tell; the planner says so.
fn only<T>(mut all: impl Iterator<Item = T>) -> Look<T> {
    match (all.next(), all.next()) {
        (Some(one), None) => Look::Found(one),
        (None, _) => Look::Absent,
        (Some(_), Some(_)) => Look::Unread,
    }
}

/// Returns whether what a request takes away is still there; nothing if that was not read.
fn still_there(entry: &Entry, ledger: &LedgerState, observed: &Observed) -> Option<bool> {
    if entry.request != RequestKind::RemoveNumbers {
        return is_read(entry, observed).then_some(true);
    }
    let Address::Location(name, _) = &entry.object else { return Some(false) };
    let found = match customer(name, observed) {
        Look::Found(found) => found,
        Look::Absent => return Some(false),
        Look::Unread => return None,
    };
    let Some(RemoteIds::Location { id }) = ledger.records.get(&entry.object).map(|record| &record.ids) else {
        return Some(false);
    };
    let locations = &found.organization.as_ref()?.locations;
    let calling = locations
        .iter()
        .find(|(it, _)| same_remote(it.as_str(), id.as_str()))
        .and_then(|(_, location)| location.calling.as_ref());
    let removed = entry.fields.iter().filter(|(_, after)| after.is_none());
    let numbers: Vec<PhoneNumber> = removed.filter_map(|(path, _)| path.key()?.parse().ok()).collect();
    Some(calling.is_some_and(|it| numbers.iter().any(|number| it.numbers.contains(number))))
}

/// Returns the record of what a request has made. What the ledger had under the address is of something that was gone.
fn made(entry: &Entry, ids: RemoteIds) -> Record {
    let mut applied = Fields::default();
    for (path, after) in &entry.fields {
        if let Some(value) = after {
            applied.set(path.clone(), value.clone());
        }
    }
    Record { ids, applied, lifecycle: entry.lifecycle.unwrap_or_default(), created: true }
}

/// Returns the entry that forbids a new name: while it is not known what became of a request, its object keeps its own.
pub(super) fn forbids<'a>(ledger: &'a LedgerState, old: &Address) -> Option<&'a Entry> {
    let is_below = |at: &Address| matches!(old, Address::Customer(name) if at.customer() == Some(name));
    ledger.open_entries().find(|entry| entry.object == *old || is_below(&entry.object))
}

/// Holds an object until it is known what became of a request.
fn hold(journal: &mut Journal, entry: &Entry, options: &Options<'_>) {
    let Entry { request, at, job, .. } = entry;
    let (code, text, action) = match request.settlement() {
        Settlement::Job => {
            let job = job.as_ref().map_or_else(|| "a job".to_owned(), |job| format!("the job `{job}`"));
            let text =
                format!("an earlier run asked to {}, and {job} of the service may still be at it", request.words());
            (codes::JOB_RUNNING, text, "run `hubform apply` again later: it goes on once the job has ended".to_owned())
        }
        Settlement::Made | Settlement::Gone | Settlement::Value | Settlement::Replay => {
            let text = format!(
                "an earlier run asked to {}, its answer was lost, and the service does not show it yet",
                request.words()
            );
            let from = entry.counts_from(&options.settle).strftime("%Y-%m-%dT%H:%M:%SZ");
            (codes::UNSETTLED, text, format!("run `hubform apply` again after {from}: until then it may still appear"))
        }
    };
    let wait = Wait {
        object: entry.object.clone(),
        code: code.0.to_owned(),
        text,
        who: "the service".to_owned(),
        action,
        since: Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    };
    journal.held.entry(entry.object.clone()).or_insert(wait);
}
