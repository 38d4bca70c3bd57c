//! Reads what one plan needs: the templates, and each customer in scope with everything below it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::{StreamExt as _, stream};

use crate::model::{
    Address, Desired, Entry, EntryId, JobId, LedgerState, Name, Observed, ObservedJob, ObservedTemplate, OrgId,
    Reading, RemoteIds, RequestKind, Spec, same_remote,
};

use super::{
    error::{ApiError, Fault},
    read::{CustomerKey, Known, ReadApi},
    write::{JobKind, JobState},
};

/// What a plan has to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadScope {
    /// Templates by manifest name, with the id that the ledger or the manifest has.
    pub templates: BTreeMap<Name, Option<String>>,
    /// Customers.
    pub customers: Vec<CustomerKey>,
    /// The jobs of requests whose fate is not known.
    pub jobs: Vec<JobKey>,
}

/// A job that a request has started, or may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobKey {
    /// The journal's entry of the request.
    pub entry: EntryId,
    /// The organization.
    pub org: OrgId,
    /// What it does.
    pub kind: JobKind,
    /// The job, if the service has said which.
    pub id: Option<JobId>,
}

impl ReadScope {
    /// Returns what has to be read for the manifests and the ledger; for the given customers only, if any are given.
    pub fn of(desired: &Desired, ledger: &LedgerState, only: Option<&BTreeSet<Name>>) -> Self {
        let selected = |name: &Name| only.is_none_or(|only| only.contains(name));
        let mut scope = Self::default();
        for at in desired.objects.keys().chain(ledger.records.keys()) {
            match at {
                Address::Template(name) => {
                    let written = desired.template(name).and_then(|template| template.provisioning_id.as_ref());
                    let before = desired.objects.get(at).and_then(|object| match &object.renamed_from {
                        Some(Address::Template(old)) => ledger.provisioning_id(old),
                        _ => None,
                    });
                    let id = ledger.provisioning_id(name).or(written).or(before).map(|id| id.as_str().to_owned());
                    scope.templates.insert(name.clone(), id);
                }
                Address::Customer(name) if selected(name) => {
                    scope.customers.push(key(desired, ledger, name));
                }
                Address::Customer(_) | Address::Location(..) | Address::User(..) => {}
            }
        }
        for entry in ledger.open_entries() {
            match &entry.object {
                Address::Template(name) => drop(scope.templates.entry(name.clone()).or_insert(None)),
                Address::Customer(name) | Address::Location(name, _) | Address::User(name, _) if selected(name) => {
                    let at = Address::Customer(name.clone());
                    if entry.object == at && !ledger.records.contains_key(&at) && !desired.objects.contains_key(&at) {
                        scope.customers.push(lost(name, entry));
                    }
                    scope.jobs.extend(job(ledger, name, entry));
                }
                Address::Customer(_) | Address::Location(..) | Address::User(..) => {}
            }
        }
        scope.customers.sort_by(|one, other| one.name.cmp(&other.name));
        scope.customers.dedup_by(|one, other| one.name == other.name);
        scope
    }
}

fn key(desired: &Desired, ledger: &LedgerState, name: &Name) -> CustomerKey {
    let at = Address::Customer(name.clone());
    let object = desired.objects.get(&at);
    let customer = match object.map(|object| &object.spec) {
        Some(Spec::Customer(customer)) => Some(customer),
        _ => None,
    };
    let old = object.and_then(|object| object.renamed_from.as_ref());
    let record = ledger.records.get(&at).or_else(|| ledger.records.get(old?));
    let recorded = record.and_then(|record| match &record.ids {
        RemoteIds::Customer { id, org_id: _ } => Some(id.clone()),
        RemoteIds::Template { .. } | RemoteIds::Location { .. } | RemoteIds::User { .. } => None,
    });
    let applied = |path: &str| record.and_then(|record| record.applied.text(path)).map(str::to_owned);
    CustomerKey {
        name: name.clone(),
        id: recorded.or_else(|| customer.and_then(|customer| customer.id.clone())),
        external_id: customer
            .map(|customer| customer.external_id.clone())
            .or_else(|| applied("externalId"))
            .unwrap_or_else(|| name.to_string()),
        attach: customer.and_then(|customer| customer.org_id.clone()),
        sub_partner: customer
            .and_then(|customer| customer.sub_partner.clone())
            .or_else(|| applied("subPartner").map(OrgId::new)),
        known: known(ledger, name, old),
    }
}

/// Returns the key of a customer that the journal alone knows.
fn lost(name: &Name, entry: &Entry) -> CustomerKey {
    CustomerKey {
        name: name.clone(),
        id: None,
        external_id: entry.text("externalId").unwrap_or(name.as_str()).to_owned(),
        attach: None,
        sub_partner: entry.text("subPartner").map(OrgId::new),
        known: Known::default(),
    }
}

/// Returns the job that a request has started, or may have.
fn job(ledger: &LedgerState, customer: &Name, entry: &Entry) -> Option<JobKey> {
    let jobs = [
        (RequestKind::DisableCalling, JobKind::DisableCalling),
        (RequestKind::MoveUser, JobKind::MoveUsers),
        (RequestKind::UpdateCalling, JobKind::RoutingPrefix),
    ];
    let kind = jobs.into_iter().find(|(request, _)| *request == entry.request)?.1;
    let org = ledger.customer_ids(customer)?.1?.clone();
    Some(JobKey { entry: entry.id.clone(), org, kind, id: entry.job.clone() })
}

/// Looks at a job. One whose id is not known may be any of its kind.
async fn look<R: ReadApi>(api: &R, key: &JobKey) -> ObservedJob {
    let running = match &key.id {
        Some(id) => api.job(&key.org, key.kind, id).await.map(|state| state == JobState::Running),
        None => api.running_jobs(&key.org, key.kind).await.map(|running| !running.is_empty()),
    };
    match running {
        Ok(true) => ObservedJob::Running,
        Ok(false) => ObservedJob::Ended,
        // The service forgets jobs in time.
        Err(error) if error.is_not_found() => ObservedJob::Ended,
        Err(error) => ObservedJob::Failed(error.to_string()),
    }
}

/// Returns what the ledger has below a customer, under its name or the one that it had before.
fn known(ledger: &LedgerState, name: &Name, old: Option<&Address>) -> Known {
    let old = old.and_then(Address::customer);
    let mut known = Known::default();
    for name in [Some(name), old].into_iter().flatten() {
        known.org_id = known.org_id.or_else(|| ledger.customer_ids(name)?.1.cloned());
        for (_, record) in ledger.locations(name).chain(ledger.users(name)) {
            match &record.ids {
                RemoteIds::Location { id } => known.locations.push(id.clone()),
                RemoteIds::User { id, person_id: _ } => known.subscribers.push(id.clone()),
                RemoteIds::Template { .. } | RemoteIds::Customer { .. } => {}
            }
        }
    }
    known
}

/// How many customers are read side by side.
const SIDE_BY_SIDE: usize = 8;

/// Reads a scope. A customer that cannot be read is [`Reading::Failed`] and stops nobody else.
///
/// `progress` is told how many customers are read, and of how many.
///
/// # Errors
///
/// If the account or the templates cannot be read: nothing can be planned then.
pub async fn observe<R: ReadApi>(
    api: &R,
    scope: &ReadScope,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Observed, ApiError> {
    let partner = match api.partner().await {
        Ok(partner) => Some(partner),
        // An account without a person is only not protected from its own plan.
        Err(error) if matches!(error.fault, Fault::NotFound | Fault::Forbidden) => None,
        Err(error) => return Err(error),
    };
    let registry = if scope.templates.is_empty() { None } else { api.templates().await? };
    let has_registry = registry.is_some();
    let templates = match registry {
        Some(found) => match_templates(&scope.templates, &found),
        None => BTreeMap::new(),
    };
    // Before what they change is read: what a job has done shows once it has ended.
    let jobs = stream::iter(&scope.jobs)
        .map(|key| async { (key.entry.clone(), look(api, key).await) })
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    let (read, all) = (AtomicUsize::new(0), scope.customers.len());
    let readings: Vec<_> = stream::iter(&scope.customers)
        .map(|key| async {
            let reading = api.customer(key).await;
            let attachable = match (&reading, &key.attach) {
                (Reading::Absent, Some(org)) => Some(match api.organization(org).await {
                    Ok(organization) => Reading::Found(Box::new(organization)),
                    Err(error) if error.is_not_found() => Reading::Absent,
                    Err(error) => Reading::Failed(error.to_string()),
                }),
                _ => None,
            };
            progress(read.fetch_add(1, Ordering::Relaxed) + 1, all);
            (key.name.clone(), reading, attachable)
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    let mut observed = Observed { partner, templates, has_registry, jobs, ..Observed::default() };
    for (name, reading, attachable) in readings {
        observed.customers.insert(name.clone(), reading);
        if let Some(attachable) = attachable {
            observed.attachable.insert(name, attachable);
        }
    }
    Ok(observed)
}

/// Finds each template of the scope in the registry: by id if one is known, else by name.
fn match_templates(
    wanted: &BTreeMap<Name, Option<String>>,
    found: &[(String, ObservedTemplate)],
) -> BTreeMap<Name, Reading<ObservedTemplate>> {
    let look = |name: &Name, id: &Option<String>| {
        let by_id = id
            .as_ref()
            .and_then(|id| found.iter().find(|(_, template)| same_remote(template.provisioning_id.as_str(), id)));
        let by_name = || found.iter().filter(|(registered, _)| registered == name.as_str()).collect::<Vec<_>>();
        match by_id.map_or_else(by_name, |found| vec![found]).as_slice() {
            [] => Reading::Absent,
            [(_, one)] => Reading::Found(one.clone()),
            several => Reading::Ambiguous(several.iter().map(|(_, each)| each.provisioning_id.to_string()).collect()),
        }
    };
    wanted.iter().map(|(name, id)| (name.clone(), look(name, id))).collect()
}
