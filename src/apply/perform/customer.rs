//! Customers: created, changed and removed by the service in its own time.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{
        Customer, CustomerId, CustomerStatus, Language, Location, OrgId, PackageName, PackageState, Readable,
        RemoteIds, RequestKind, codes,
    },
    plan::Operation,
    webex::{CustomerChange, CustomerProgress, Fault, NewCustomer, OrganizationChange, WriteApi},
};

use super::{Fate, Pauses, Success, Trouble, Work, is_passing, words};

/// Looks that a state must survive right after a request, since it may be the one from before.
const STALE_LOOKS: u32 = 3;

/// What the service is expected to come to.
struct Goal<'a> {
    /// The packages that must work; all that the customer has if none are named.
    packages: Option<&'a BTreeSet<PackageName>>,
    /// Whether other packages must be gone.
    exactly: bool,
    /// Whether a request was sent just now, so that the first states seen may be older.
    fresh: bool,
}

impl<W: WriteApi> Work<'_, W> {
    /// Creates a customer, unless its key is taken: then it waits for that one.
    pub(super) async fn create_customer(
        &self,
        customer: &Customer,
        headquarters: Option<&Location>,
    ) -> Result<Success, Trouble> {
        let api = self.run.api;
        let sub_partner = customer.sub_partner.as_ref();
        let find = || api.find_customer(&customer.external_id, sub_partner);
        let (id, success) = if let Some(id) = find().await? {
            (id, Success::AlreadyDone)
        } else {
            let provisioning_id = self.run.ids.provisioning_id(&customer.template)?;
            let new = NewCustomer { provisioning_id: &provisioning_id, customer, headquarters };
            let request = || api.create_customer(&new);
            let fate = self.settled(RequestKind::CreateCustomer, request, find).await?;
            let (id, success) = self.found_all_the_same(fate, find).await?;
            if success == Success::Done {
                self.made();
            }
            (id, success)
        };
        // In the ledger before anything else: from here on the service goes on by itself.
        self.learn(RemoteIds::Customer { id: id.clone(), org_id: None })?;
        let packages: BTreeSet<_> = customer.packages.keys().cloned().collect();
        let goal = Goal { packages: Some(&packages), exactly: false, fresh: success == Success::Done };
        let org = self.reach(&id, sub_partner, &goal).await?;
        self.warm_up(&org).await;
        Ok(success)
    }

    /// Waits for what an earlier run began.
    pub(super) async fn await_customer(&self) -> Result<Success, Trouble> {
        let id = self.run.ids.customer(self.customer_name()?)?;
        let sub_partner = self.sub_partner();
        let goal = Goal { packages: None, exactly: false, fresh: false };
        let org = self.reach(&id, sub_partner.as_ref(), &goal).await?;
        self.warm_up(&org).await;
        Ok(Success::Done)
    }

    /// Changes a customer; the service must have finished what it was at (R8).
    pub(super) async fn update_customer(&self, operation: &Operation) -> Result<Success, Trouble> {
        let Operation::UpdateCustomer {
            packages,
            external_id,
            billing_address,
            quantities,
            headquarters,
            meetings_time_zone,
        } = operation
        else {
            return Err(Trouble::failed(codes::PLAN_DEFECT, "the plan contradicts itself: not a change of a customer"));
        };
        let id = self.run.ids.customer(self.customer_name()?)?;
        let sub_partner = self.sub_partner();
        let sub_partner = sub_partner.as_ref();
        self.rest(&id, sub_partner).await?;
        let change = CustomerChange {
            packages,
            external_id,
            billing_address: billing_address.as_ref(),
            quantities,
            headquarters: headquarters.as_deref(),
            meetings_time_zone: meetings_time_zone.as_ref(),
        };
        let request = || self.run.api.update_customer(&id, sub_partner, &change);
        let look = || async {
            let progress = self.run.api.customer_progress(&id, sub_partner).await?;
            // Only the list of packages can be read back. Anything else is sent again, once no change is under way.
            let readable = self.changes_only_packages();
            Ok(progress.filter(|it| readable && it.packages.keys().eq(packages.iter())).map(drop))
        };
        self.settled_when_free(RequestKind::UpdateCustomer, request, look).await?.done()?;
        let goal = Goal { packages: Some(packages), exactly: true, fresh: true };
        let is_known = self.org().is_ok();
        let org = self.reach(&id, sub_partner, &goal).await?;
        if !is_known {
            self.warm_up(&org).await;
        }
        Ok(Success::Done)
    }

    /// Changes the organization; where that is forbidden, Control Hub has to do it (R7).
    pub(super) async fn update_organization(
        &self,
        display_name: &str,
        language: Option<&Language>,
    ) -> Result<Success, Trouble> {
        let org = self.org()?;
        let change = OrganizationChange { display_name, language };
        let look = || async {
            let found = self.run.api.organization(&org).await?;
            let named = found.display_name == Readable::Known(display_name.to_owned());
            let spoken = language.is_none_or(|it| found.language == Readable::Known(Some(it.clone())));
            Ok((named && spoken).then_some(()))
        };
        let request = || self.run.api.update_organization(&org, &change);
        let fate = self.settled(RequestKind::UpdateOrganization, request, look).await?;
        if let Fate::Refused { error, again: _ } = &fate
            && error.fault == Fault::Forbidden
        {
            let mut action = format!("set the company name to `{display_name}`");
            if let Some(language) = language {
                action = format!("{action} and the language to `{}`", language.for_organization());
            }
            let trouble = Trouble::from(error.clone());
            return Err(trouble.wait_for(codes::CONTROL_HUB, "an administrator in Control Hub", action));
        }
        fate.done().map(|()| Success::Done)
    }

    /// Takes a customer out of the wholesale offer and waits until it is gone.
    pub(super) async fn delete_customer(&self) -> Result<Success, Trouble> {
        let id = self.run.ids.customer(self.customer_name()?)?;
        let sub_partner = self.sub_partner();
        let sub_partner = sub_partner.as_ref();
        let request = || self.run.api.delete_customer(&id, sub_partner);
        let look = || async {
            let progress = self.run.api.customer_progress(&id, sub_partner).await?;
            Ok(progress.is_none_or(|it| it.status == CustomerStatus::Deleting).then_some(()))
        };
        match self.settled_when_free(RequestKind::DeleteCustomer, request, look).await? {
            Fate::Refused { error, again } if error.is_not_found() => {
                // Also "not visible" (R2): the service must still know us, and a second look must agree.
                self.run.api.partner().await?;
                return match self.run.api.customer_progress(&id, sub_partner).await? {
                    None if again => Ok(Success::Done),
                    None => Ok(Success::AlreadyDone),
                    Some(_) => Err(error.into()),
                };
            }
            other @ (Fate::Answered(()) | Fate::Seen(()) | Fate::Refused { .. }) => other.done()?,
        }
        let mut deleting = false;
        let mut pauses = Pauses::long(self.run.settings, self.run.stop);
        loop {
            match self.run.api.customer_progress(&id, sub_partner).await {
                Ok(None) => return Ok(Success::Done),
                Ok(Some(progress)) => {
                    self.tell(&format!("status {}", word(&progress.status)));
                    if progress.status == CustomerStatus::Deleting {
                        deleting = true;
                    } else if deleting && progress.status.is_terminal() {
                        let text = format!("the service did not remove the customer: {}", complaint(&progress, None));
                        return Err(Trouble::failed(codes::CUSTOMER_FAILED, text)
                            .fix("correct what the service complains about, then run `hubform apply` again"));
                    }
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if let Err(end) = pauses.pause().await {
                let text = "the service is still removing the customer";
                return Err(Trouble::waiting_for_service(end, codes::STILL_PROVISIONING, text));
            }
        }
    }

    /// Waits until the service is at rest with a customer, so that it takes a change.
    async fn rest(&self, id: &CustomerId, sub_partner: Option<&OrgId>) -> Result<(), Trouble> {
        let mut pauses = Pauses::long(self.run.settings, self.run.stop);
        let mut status = "not known".to_owned();
        loop {
            match self.run.api.customer_progress(id, sub_partner).await {
                Ok(None) => return Err(gone(id)),
                Ok(Some(progress)) => {
                    match progress.status {
                        CustomerStatus::Provisioned | CustomerStatus::ProvisionedWithErrors => return Ok(()),
                        CustomerStatus::Error => return Err(broken(&progress)),
                        CustomerStatus::Deleting => return Err(leaving()),
                        CustomerStatus::PendingRplReview => return Err(review()),
                        CustomerStatus::Provisioning | CustomerStatus::Updating | CustomerStatus::Other(_) => {}
                    }
                    word(&progress.status).clone_into(&mut status);
                    self.tell(&format!("status {status}"));
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if let Err(end) = pauses.pause().await {
                let text = format!("the service is still at work on the customer (status `{status}`)");
                return Err(Trouble::waiting_for_service(end, codes::STILL_PROVISIONING, text));
            }
        }
    }

    /// Waits until the service has brought a customer to its goal; returns the organization.
    async fn reach(&self, id: &CustomerId, sub_partner: Option<&OrgId>, goal: &Goal<'_>) -> Result<OrgId, Trouble> {
        let mut pauses = Pauses::long(self.run.settings, self.run.stop);
        let mut status = "not known".to_owned();
        let mut known_org = None;
        let (mut absent, mut same) = (0, 0);
        let mut at_work = !goal.fresh;
        loop {
            match self.run.api.customer_progress(id, sub_partner).await {
                Ok(None) => {
                    absent += 1;
                    if !goal.fresh || absent >= STALE_LOOKS {
                        return Err(gone(id));
                    }
                }
                Ok(Some(progress)) => {
                    absent = 0;
                    if progress.org_id.is_some() && progress.org_id != known_org {
                        known_org.clone_from(&progress.org_id);
                        self.learn(RemoteIds::Customer { id: id.clone(), org_id: known_org.clone() })?;
                    }
                    word(&progress.status).clone_into(&mut status);
                    self.tell(&format!("status {status}"));
                    if progress.status.is_terminal() {
                        same += 1;
                    } else {
                        at_work = true;
                    }
                    let settled = at_work || same >= STALE_LOOKS;
                    if let Some(org) = judge(&progress, goal, settled)? {
                        return Ok(org);
                    }
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if let Err(end) = pauses.pause().await {
                let text = format!("the service is still provisioning the customer (status `{status}`)");
                return Err(Trouble::waiting_for_service(end, codes::STILL_PROVISIONING, text));
            }
        }
    }

    /// Reads a fresh organization until it is in the partner's reach. If it never is, the steps that need it say so.
    async fn warm_up(&self, org: &OrgId) {
        let mut pauses = Pauses::short(self.run.settings, self.run.stop);
        loop {
            match self.run.api.warm_up_organization(org).await {
                Err(error) if is_passing(&error) || matches!(error.fault, Fault::Forbidden | Fault::NotFound) => {}
                Ok(()) | Err(_) => return,
            }
            if pauses.pause().await.is_err() {
                return;
            }
        }
    }

    fn changes_only_packages(&self) -> bool {
        self.step.fields.iter().all(|it| it.path.base() == "packages" && it.path.as_str().ends_with(']'))
    }
}

/// Judges one look: the organization if the goal is reached, nothing if the service needs more time.
fn judge(progress: &CustomerProgress, goal: &Goal<'_>, settled: bool) -> Result<Option<OrgId>, Trouble> {
    let listed = &progress.packages;
    match progress.status {
        CustomerStatus::Provisioned => {
            let there = goal.packages.is_none_or(|asked| asked.iter().all(|name| listed.contains_key(name)));
            let others_gone = !goal.exactly || goal.packages.is_none_or(|asked| listed.len() == asked.len());
            Ok(progress.org_id.clone().filter(|_| there && others_gone))
        }
        CustomerStatus::ProvisionedWithErrors if !settled => Ok(None),
        CustomerStatus::ProvisionedWithErrors => match broken_packages(listed, goal.packages) {
            broken if broken.is_empty() => Ok(progress.org_id.clone()),
            broken => {
                let text = format!("the service did not provision everything: {}", complaint(progress, Some(&broken)));
                Err(Trouble::failed(codes::PACKAGE_FAILED, text)
                    .fix("correct what the service complains about, then run `hubform apply` again"))
            }
        },
        CustomerStatus::Error if settled => Err(broken(progress)),
        CustomerStatus::PendingRplReview => Err(review()),
        CustomerStatus::Deleting => Err(leaving()),
        CustomerStatus::Provisioning | CustomerStatus::Updating | CustomerStatus::Error | CustomerStatus::Other(_) => {
            Ok(None)
        }
    }
}

/// Returns the asked packages that do not work, with what is known of each.
fn broken_packages<'a>(
    listed: &'a BTreeMap<PackageName, PackageState>,
    asked: Option<&'a BTreeSet<PackageName>>,
) -> BTreeMap<&'a PackageName, Option<&'a PackageState>> {
    let names: Vec<&PackageName> = match asked {
        Some(asked) => asked.iter().collect(),
        None => listed.keys().collect(),
    };
    let states = names.into_iter().map(|name| (name, listed.get(name)));
    states.filter(|(_, state)| !state.is_some_and(PackageState::is_healthy)).collect()
}

/// Puts what the service complains about into words.
fn complaint(progress: &CustomerProgress, broken: Option<&BTreeMap<&PackageName, Option<&PackageState>>>) -> String {
    let mut parts = Vec::new();
    for (name, state) in broken.into_iter().flatten() {
        parts.push(match state {
            Some(state) => format!("package `{name}` is `{}` ({})", state.status, words(&state.problems)),
            None => format!("package `{name}` is not there"),
        });
    }
    if parts.is_empty() || !progress.problems.is_empty() {
        parts.push(words(&progress.problems));
    }
    parts.join("; ")
}

fn broken(progress: &CustomerProgress) -> Trouble {
    let text = format!("the service failed to provision the customer: {}", complaint(progress, None));
    Trouble::failed(codes::CUSTOMER_FAILED, text).fix("ask Cisco's support, or remove the customer and create it anew")
}

fn gone(id: &CustomerId) -> Trouble {
    let text = format!("the service no longer has the customer `{id}`, or does not show it");
    Trouble::failed(codes::NOT_VISIBLE, text).fix("run `hubform plan` to see what is there now")
}

fn leaving() -> Trouble {
    let text = "the service is removing the customer";
    Trouble::failed(codes::MOVED_ON, text).fix("find out who removes it, then plan again")
}

fn review() -> Trouble {
    Trouble::waiting(
        codes::COMPLIANCE_REVIEW,
        "Cisco checks the customer against its list of denied parties",
        "Cisco's compliance team",
        "wait for the review, then run `hubform apply` again; do not create the customer anew",
    )
}

/// Returns the service's word for a status.
fn word(status: &CustomerStatus) -> &str {
    match status {
        CustomerStatus::Provisioning => "provisioning",
        CustomerStatus::Updating => "updating",
        CustomerStatus::Deleting => "deleting",
        CustomerStatus::Provisioned => "provisioned",
        CustomerStatus::ProvisionedWithErrors => "provisioned_with_errors",
        CustomerStatus::Error => "error",
        CustomerStatus::PendingRplReview => "pending_rpl_review",
        CustomerStatus::Other(other) => other,
    }
}
