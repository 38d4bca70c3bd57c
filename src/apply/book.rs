//! What a step leaves in the ledger: the journal's entry of what is sent, and the record of the object.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use crate::{
    ledger::Change,
    model::{
        Address, Ended, Entry, EntryId, Fields, JobId, LedgerState, Lifecycle, OrgId, Record, RemoteIds, RequestKind,
    },
    plan::{Operation, Plan},
};

use super::{
    ids::missing,
    run::{Work, units},
    settings::Event,
    verdict::{Success, Trouble},
};

/// The records of the run's units. Nobody else changes them while the units are held.
#[derive(Debug)]
pub(super) struct Book(Mutex<BTreeMap<Address, Record>>);

impl Book {
    /// Starts from what the ledger holds, and what the plan tells it first.
    pub(super) fn of(plan: &Plan, state: &LedgerState) -> Self {
        let mut records = BTreeMap::new();
        for unit in units(plan) {
            records.extend(state.of(&unit).map(|(at, record)| (at.clone(), record.clone())));
        }
        for part in plan.parts.iter().filter(|part| part.refusals.is_empty()) {
            for it in &part.catch_up {
                match &it.record {
                    Some(record) => drop(records.insert(it.object.clone(), record.clone())),
                    None => drop(records.remove(&it.object)),
                }
            }
        }
        Self(Mutex::new(records))
    }

    fn map(&self) -> MutexGuard<'_, BTreeMap<Address, Record>> {
        // Every change is one insertion, so a panic elsewhere leaves nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, at: &Address) -> Option<Record> {
        self.map().get(at).cloned()
    }
}

/// An entry of the journal whose end is not written yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    entry: Entry,
    /// Its end, once that is known.
    ended: Option<Ended>,
}

impl<W> Work<'_, W> {
    fn pending(&self) -> MutexGuard<'_, Option<Pending>> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes into the journal what is about to be sent, or sent again, and returns once that is durable.
    pub(super) async fn announce(&self, request: RequestKind) -> Result<(), Trouble> {
        let at = (self.run.session.clock)();
        let (entry, mut changes) = {
            let mut pending = self.pending();
            match pending.as_mut() {
                Some(Pending { entry, ended: None }) if entry.request == request => {
                    entry.at = at;
                    (entry.clone(), Vec::new())
                }
                _ => {
                    let before = pending.take().and_then(|before| Self::end_of(&before));
                    let number = self.run.entries.fetch_add(1, Ordering::Relaxed) + 1;
                    let entry = Entry {
                        id: EntryId { run: self.run.session.holder.run.clone(), number },
                        step: self.step.id.to_string(),
                        object: self.step.object.clone(),
                        request,
                        at,
                        fields: self.step.fields.iter().map(|it| (it.path.clone(), it.after.clone())).collect(),
                        lifecycle: self.part.lifecycle.get(&self.step.object).copied(),
                        job: None,
                        ended: None,
                    };
                    *pending = Some(Pending { entry: entry.clone(), ended: None });
                    (entry, before.into_iter().collect())
                }
            }
        };
        changes.push(Change::Begin { entry: Box::new(entry.clone()) });
        self.run.scribe.write(changes).await?;
        (self.run.watch)(Event::Sending { step: self.step, entry: &entry });
        Ok(())
    }

    /// Notes how the request of the entry ended; written together with what the step does to the record.
    pub(super) fn settle(&self, ended: Ended) {
        let told = self.pending().as_mut().and_then(|pending| {
            let is_news = pending.ended.replace(ended) != Some(ended);
            is_news.then(|| pending.entry.clone())
        });
        if let Some(entry) = told {
            (self.run.watch)(Event::Sent { step: self.step, entry: &entry, ended: Some(ended) });
        }
    }

    /// Notes which job the request has started.
    pub(super) fn started(&self, job: &JobId) {
        if let Some(Pending { entry, ended: _ }) = self.pending().as_mut() {
            entry.job = Some(job.clone());
            let (unit, id) = (entry.unit(), entry.id.clone());
            self.run.scribe.note(vec![Change::Job { unit, entry: id, job: job.clone() }]);
        }
    }

    /// Writes the end of the entry, if it is known.
    pub(super) fn close(&self) {
        let changes = self.ending();
        if !changes.is_empty() {
            self.run.scribe.note(changes);
        }
    }

    /// Tells of a request whose fate is not known when its step ends.
    pub(super) fn tell_open(&self) {
        let open =
            self.pending().as_ref().filter(|pending| pending.ended.is_none()).map(|pending| pending.entry.clone());
        if let Some(entry) = open {
            (self.run.watch)(Event::Sent { step: self.step, entry: &entry, ended: None });
        }
    }

    /// Takes the entry away if its end is known, and returns what writes that.
    fn ending(&self) -> Vec<Change> {
        let known = self.pending().take_if(|pending| pending.ended.is_some());
        known.and_then(|pending| Self::end_of(&pending)).into_iter().collect()
    }

    fn end_of(pending: &Pending) -> Option<Change> {
        let Pending { entry, ended } = pending;
        Some(Change::End { unit: entry.unit(), entry: entry.id.clone(), ended: (*ended)? })
    }

    /// Notes that the service made the object, or took the request that makes it, for this step.
    pub(super) fn made(&self) {
        self.made.store(true, Ordering::Relaxed);
    }

    /// Remembers ids, for the steps that follow and in the ledger, before anything else happens. Of a step that
    /// creates, the fields go along: the service has taken them. Of any other, they are not applied yet.
    pub(super) fn learn(&self, ids: RemoteIds) -> Result<(), Trouble> {
        self.run.ids.learn(&self.step.object, ids);
        self.record(None, self.is_create())
    }

    /// Writes the object's record: the ids as they are known now, fields that were found equal, and those that the
    /// step has sent.
    fn record(&self, found: Option<&Fields>, sent: bool) -> Result<(), Trouble> {
        let at = &self.step.object;
        let ids = self.run.ids.get(at).ok_or_else(|| missing("id", at))?;
        let known = self.run.book.get(at);
        let made = self.made.load(Ordering::Relaxed);
        let mut record = match known {
            Some(known) if !self.is_create() || same_object(&known.ids, &ids) => known,
            // What was applied to an object that is gone says nothing about the one that takes its place.
            Some(_) | None => {
                let created = at.is_headquarters() && self.customer_is_ours();
                let lifecycle = Lifecycle::default();
                Record { ids: ids.clone(), applied: Fields::default(), lifecycle, created }
            }
        };
        record.ids = ids;
        if let Some(lifecycle) = self.part.lifecycle.get(at) {
            record.lifecycle = *lifecycle;
        }
        record.created |= made;
        for (path, value) in found.into_iter().flat_map(Fields::iter) {
            record.applied.set(path.clone(), value.clone());
        }
        if sent {
            self.step.record(&mut record.applied);
        }
        self.run.book.map().insert(at.clone(), record.clone());
        let put = Change::Put { object: at.clone(), record: Box::new(record) };
        self.run.scribe.note([vec![put], self.ending()].concat());
        Ok(())
    }

    /// Brings the ledger up to date with a step that ended well.
    pub(super) fn keep(&self, success: Success) -> Result<Success, Trouble> {
        match &self.step.operation {
            Operation::DeleteTemplate
            | Operation::DeleteCustomer
            | Operation::DeleteLocation
            | Operation::DeleteSubscriber
            | Operation::Forget => {
                let at = self.step.object.clone();
                self.run.book.map().remove(&at);
                self.run.scribe.note([vec![Change::Remove { object: at }], self.ending()].concat());
                self.run.ids.forget(&self.step.object);
            }
            Operation::Adopt { applied } => self.record(Some(applied), true)?,
            Operation::CreateTemplate { .. }
            | Operation::UpdateTemplate { .. }
            | Operation::Instruct { .. }
            | Operation::CreateCustomer { .. }
            | Operation::AwaitCustomer
            | Operation::UpdateCustomer { .. }
            | Operation::UpdateOrganization { .. }
            | Operation::AdoptHeadquarters { .. }
            | Operation::CreateLocation { .. }
            | Operation::EnableCalling { .. }
            | Operation::UpdateLocation { .. }
            | Operation::UpdateCalling { .. }
            | Operation::ConnectPstn { .. }
            | Operation::AddNumbers { .. }
            | Operation::RemoveNumbers { .. }
            | Operation::DisableCalling { .. }
            | Operation::CreateSubscriber { .. }
            | Operation::UpdateSubscriber { .. }
            | Operation::UpdatePerson { .. }
            | Operation::MoveUser { .. }
            | Operation::UpdateRoles { .. } => self.record(None, true)?,
        }
        Ok(success)
    }

    /// Returns the sub-partner to act for: fixed at creation, so the plan or the ledger has it (R7).
    pub(super) fn sub_partner(&self) -> Option<OrgId> {
        const FIELD: &str = "subPartner";
        let customer = self.step.object.customer()?;
        let at = Address::Customer(customer.clone());
        for step in self.part.steps.iter().filter(|step| step.object == at) {
            if let Operation::CreateCustomer { customer, .. } = &step.operation {
                return customer.sub_partner.clone();
            }
            if let Operation::Adopt { applied } = &step.operation
                && let Some(org) = applied.text(FIELD)
            {
                return Some(OrgId::new(org));
            }
        }
        self.run.book.get(&at).and_then(|record| record.applied.text(FIELD).map(OrgId::new))
    }

    fn is_create(&self) -> bool {
        matches!(
            self.step.operation,
            Operation::CreateTemplate { .. }
                | Operation::CreateCustomer { .. }
                | Operation::CreateLocation { .. }
                | Operation::CreateSubscriber { .. }
        )
    }

    /// Returns true if hubform created the customer; then it created what came with it.
    fn customer_is_ours(&self) -> bool {
        let customer = self.step.object.customer().map(|name| Address::Customer(name.clone()));
        customer.and_then(|at| self.run.book.get(&at)).is_some_and(|record| record.created)
    }
}

/// Returns true if two sets of ids name the same object of the service.
fn same_object(one: &RemoteIds, other: &RemoteIds) -> bool {
    match (one, other) {
        (RemoteIds::Template { provisioning_id: one }, RemoteIds::Template { provisioning_id: other }) => one == other,
        (RemoteIds::Customer { id: one, .. }, RemoteIds::Customer { id: other, .. }) => one == other,
        (RemoteIds::Location { id: one }, RemoteIds::Location { id: other }) => one == other,
        (RemoteIds::User { id: one, .. }, RemoteIds::User { id: other, .. }) => one == other,
        (
            RemoteIds::Template { .. }
            | RemoteIds::Customer { .. }
            | RemoteIds::Location { .. }
            | RemoteIds::User { .. },
            _,
        ) => false,
    }
}
