//! What a step leaves in the ledger.

use std::sync::atomic::Ordering;

use crate::{
    model::{Address, Fields, Lifecycle, OrgId, Record, RemoteIds},
    plan::Operation,
};

use super::{
    ids::missing,
    run::Work,
    verdict::{Success, Trouble},
};

impl<W> Work<'_, W> {
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
        let known = self.run.ledger.get(at)?;
        let made = self.made.load(Ordering::Relaxed);
        let mut record = match known {
            Some(known) if !self.is_create() || same_object(&known.ids, &ids) => known,
            // What was applied to an object that is gone says nothing about the one that takes its place.
            Some(_) | None => {
                let created = at.is_headquarters() && self.customer_is_ours()?;
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
        Ok(self.run.ledger.put(at, &record)?)
    }

    /// Brings the ledger up to date with a step that ended well.
    pub(super) fn keep(&self, success: Success) -> Result<Success, Trouble> {
        match &self.step.operation {
            Operation::DeleteTemplate
            | Operation::DeleteCustomer
            | Operation::DeleteLocation
            | Operation::DeleteSubscriber
            | Operation::Forget => {
                self.run.ledger.remove(&self.step.object)?;
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
    pub(super) fn sub_partner(&self) -> Result<Option<OrgId>, Trouble> {
        const FIELD: &str = "subPartner";
        let Some(customer) = self.step.object.customer() else { return Ok(None) };
        let at = Address::Customer(customer.clone());
        for step in self.part.steps.iter().filter(|step| step.object == at) {
            if let Operation::CreateCustomer { customer, .. } = &step.operation {
                return Ok(customer.sub_partner.clone());
            }
            if let Operation::Adopt { applied } = &step.operation
                && let Some(org) = applied.text(FIELD)
            {
                return Ok(Some(OrgId::new(org)));
            }
        }
        Ok(self.run.ledger.get(&at)?.and_then(|record| record.applied.text(FIELD).map(OrgId::new)))
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
    fn customer_is_ours(&self) -> Result<bool, Trouble> {
        let Some(customer) = self.step.object.customer() else { return Ok(false) };
        let record = self.run.ledger.get(&Address::Customer(customer.clone()))?;
        Ok(record.is_some_and(|record| record.created))
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
