//! People and their roles.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Client, list::Paging};
use crate::{
    model::{ObservedPerson, OrgId, PersonId, RoleName, same_remote},
    webex::{
        ApiError, Fault, PersonChange, RolesChange, Sent, request,
        wire::{self, Inventory, items_name},
    },
};

/// The roles of the service.
pub(super) struct Roles {
    all: Vec<wire::Role>,
    /// Names by what stays the same of an id.
    names: BTreeMap<String, RoleName>,
}

impl Roles {
    /// Returns the id of a role: by its name, or by its id where no name is known.
    fn id(&self, name: &RoleName) -> Option<String> {
        let found = self.all.iter().find(|role| role.name() == *name);
        let found = found.or_else(|| self.all.iter().find(|role| same_remote(&role.id, name.as_str())));
        found.map(|role| role.id.clone())
    }
}

impl Client {
    /// Returns the roles of the service, read once per client.
    async fn roles(&self) -> Result<&Roles, ApiError> {
        self.0
            .roles
            .get_or_try_init(|| async {
                let all: Vec<wire::Role> = self.list(&request::roles(), items_name(), Paging::Link).await?;
                let names = all.iter().map(|role| (PersonId::new(role.id.as_str()).key(), role.name())).collect();
                Ok(Roles { all, names })
            })
            .await
    }

    pub(super) async fn role_names(&self) -> Result<&BTreeMap<String, RoleName>, ApiError> {
        self.roles().await.map(|roles| &roles.names)
    }

    pub(super) async fn read_person(&self, org: &OrgId, id: &PersonId) -> Result<Option<ObservedPerson>, ApiError> {
        let request = request::person(id);
        let answer = match self.send(&request).await {
            Err(error) if error.is_not_found() => return Ok(None),
            other => other?,
        };
        let person: wire::Person = self.decode(&request, &answer)?;
        let inventory = self.numbers_of(org, id, &person).await?;
        let names = self.role_names().await?;
        let person =
            person.into_model(&inventory, names).map_err(|why| self.odd(&request, &answer.tracking_id, &why))?;
        Ok(person.map(|(_, person)| person))
    }

    /// Reads the numbers that a person owns, if that is needed to know the one that is shown in national form.
    async fn numbers_of(&self, org: &OrgId, id: &PersonId, person: &wire::Person) -> Result<Inventory, ApiError> {
        if person.work_number().is_none_or(|text| Inventory::normal(text, None).is_some()) {
            return Ok(Inventory::default());
        }
        let rows = self.list(&request::numbers_of_person(org, id), &["phoneNumbers"], Paging::Start).await?;
        Ok(Inventory::new(rows, &BTreeMap::new()))
    }

    /// Reads a person, changes it and writes it back whole.
    pub(super) async fn edit_person(
        &self,
        org: &OrgId,
        id: &PersonId,
        change: &PersonChange<'_>,
        roles: impl FnOnce(&Map<String, Value>) -> Option<BTreeSet<String>>,
    ) -> Result<(), ApiError> {
        let request = request::person(id);
        let answer = self.send(&request).await?;
        let current: Map<String, Value> = self.decode(&request, &answer)?;
        let person: wire::Person = self.decode(&request, &answer)?;
        let number = match person.work_number().filter(|_| change.phone_number.is_none()) {
            Some(text) => {
                let number = self.numbers_of(org, id, &person).await?.of_person(text, id.as_str());
                Some(number.map_or_else(|| text.to_owned(), String::from))
            }
            None => None,
        };
        let body = request::edit_person(&current, change, number.as_deref(), roles(&current).as_ref());
        match self.send(&request::replace_person(id, &body)).await {
            // A refusal of this interface may leave a part of the change behind (wxc_sdk), so only a look tells
            // whether nothing was done.
            Err(error) if matches!(error.fault, Fault::Refused | Fault::Conflict) => {
                let after: Option<Map<String, Value>> = self.fetch(&request).await.ok();
                let untouched = after.is_some_and(|after| request::same_person(&current, &after));
                Err(ApiError { sent: if untouched { Sent::No } else { Sent::Perhaps }, ..error })
            }
            other => other.map(drop),
        }
    }

    /// Gives and takes roles: by SCIM, which touches nothing else, unless one of them cannot be named there or
    /// SCIM is closed to the caller; then by writing the person back with its complete list.
    pub(super) async fn change_roles(&self, org: &OrgId, change: &RolesChange<'_>) -> Result<(), ApiError> {
        let RolesChange { person, add, remove } = change;
        if add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        let known = self.roles().await?;
        let add = self.role_ids(known, add)?;
        let remove = self.role_ids(known, remove)?;
        let named = |ids: &[String]| ids.iter().map(|id| request::scim_name(id)).collect::<Option<Vec<_>>>();
        if let (Some(add), Some(remove)) = (named(&add), named(&remove)) {
            match self.send(&request::patch_roles(org, person, &add, &remove)).await {
                Err(error) if error.fault == Fault::Forbidden => {}
                other => return other.map(drop),
            }
        }
        let complete = |current: &Map<String, Value>| {
            let held = current.get("roles").and_then(Value::as_array).into_iter().flatten();
            let mut ids: BTreeSet<String> = held.filter_map(Value::as_str).map(str::to_owned).collect();
            ids.retain(|id| !remove.iter().any(|gone| same_remote(gone, id)));
            for id in add {
                if !ids.iter().any(|held| same_remote(held, &id)) {
                    ids.insert(id);
                }
            }
            Some(ids)
        };
        self.edit_person(org, person, &PersonChange::default(), complete).await
    }

    fn role_ids(&self, known: &Roles, names: &BTreeSet<RoleName>) -> Result<Vec<String>, ApiError> {
        let id = |name: &RoleName| {
            // A role that the service does not list stands under its id, and can be taken away by it.
            let own_id = (PersonId::new(name.as_str()).key() != name.key()).then(|| name.as_str().to_owned());
            known.id(name).or(own_id).ok_or_else(|| {
                let names: BTreeSet<String> = known.all.iter().map(|role| format!("`{}`", role.name())).collect();
                let names: Vec<String> = names.into_iter().collect();
                self.refuse(&request::roles(), &format!("there is no role `{name}`; there are {}", names.join(", ")))
            })
        };
        names.iter().map(id).collect()
    }
}
