//! One user, from a document, a list or a row of a CSV file → [`User`].

use std::collections::BTreeSet;

use super::customer::package;
use crate::{
    manifest::{document::UserDefaults, values::Values},
    model::{Name, PackageName, Problem, RoleName, SubscriberId, User, codes},
};

/// The fields of a user as they are written, but the e-mail address; empty is absent.
#[derive(Debug, Default)]
pub(in crate::manifest) struct UserText {
    pub(in crate::manifest) id: Option<String>,
    pub(in crate::manifest) first_name: Option<String>,
    pub(in crate::manifest) last_name: Option<String>,
    pub(in crate::manifest) package: Option<String>,
    pub(in crate::manifest) location: Option<String>,
    pub(in crate::manifest) phone_number: Option<String>,
    pub(in crate::manifest) extension: Option<String>,
    pub(in crate::manifest) roles: Option<Vec<String>>,
}

/// What the users of a list have whose entry does not say otherwise, checked.
#[derive(Clone, Debug, Default)]
pub(in crate::manifest) struct Defaults {
    package: Option<PackageName>,
    location: Option<Name>,
    roles: BTreeSet<RoleName>,
}

/// Reads the defaults of a list.
pub(in crate::manifest) fn defaults(values: &mut Values<'_, '_>, fields: UserDefaults) -> Defaults {
    let UserDefaults { package, location, roles } = fields;
    let package = package.map(|word| word.0).filter(|text| !text.is_empty());
    Defaults {
        package: package.and_then(|text| self::package(values, "defaults.package", &text)),
        location: values.optional("defaults.location", location),
        roles: self::roles(values, "defaults.roles", roles.unwrap_or_default()),
    }
}

/// Reads a user; nothing if its package is missing or wrong.
pub(in crate::manifest) fn user(values: &mut Values<'_, '_>, text: UserText, defaults: &Defaults) -> Option<User> {
    let UserText { id, first_name, last_name, package, location, phone_number, extension, roles } = text;
    let id = values.optional_text("id", id).map(SubscriberId::new);
    let first_name = values.optional_text("firstName", first_name);
    let last_name = values.optional_text("lastName", last_name);
    let package = match package.filter(|text| !text.is_empty()) {
        Some(text) => self::package(values, "package", text.trim()),
        None => defaults.package.clone(),
    };
    // From the defaults, the location reaches calling users only (R23).
    let inherited = defaults.location.clone().filter(|_| package.as_ref().is_some_and(PackageName::is_calling));
    let location = match location.filter(|text| !text.is_empty()) {
        Some(text) => values.optional("location", Some(text)),
        None => inherited,
    };
    let phone_number = values.optional("phoneNumber", phone_number);
    let extension = values.optional("extension", extension);
    let roles = match roles {
        Some(written) => self::roles(values, "roles", written),
        None => defaults.roles.clone(),
    };
    Some(User { id, first_name, last_name, package: package?, location, phone_number, extension, roles })
}

impl Defaults {
    /// Reports a user of a list that has no package.
    pub(in crate::manifest) fn miss_package(&self, values: &mut Values<'_, '_>, written: Option<&str>) {
        if written.is_none_or(str::is_empty) && self.package.is_none() {
            let problem = Problem::error(codes::MISSING_FIELD, "the user has no `package`, and `defaults` has none")
                .fix("add `package` here or to `defaults`");
            values.report("email", problem);
        }
    }
}

fn roles(values: &mut Values<'_, '_>, path: &str, written: Vec<String>) -> BTreeSet<RoleName> {
    let mut roles = BTreeSet::new();
    for text in written {
        if text.trim().is_empty() {
            values.report(path, Problem::error(codes::TEXT, "a role is an empty text").fix("remove it"));
        } else if let Some(text) = values.optional_text(path, Some(text)) {
            roles.insert(RoleName::new(&text));
        }
    }
    roles
}
