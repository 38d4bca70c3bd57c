//! Packages and add-ons of the wholesale offer, with the rules that hang on them.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// What a package is sold as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageKind {
    /// One per user, or workspaces for Common Area Calling.
    Base,
    /// Added to a customer that holds one of the packages it depends on.
    AddOn,
    /// Part of Webex Contact Center.
    ContactCenter,
}

/// Who holds a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// A user.
    User,
    /// A workspace, which hubform does not manage yet.
    Workspace,
    /// The customer as a whole.
    Customer,
}

/// What is known of one package (official wholesale description, 2026-05).
#[derive(Debug, PartialEq, Eq)]
pub struct PackageInfo {
    /// The name on the interface and in manifests.
    pub name: &'static str,
    /// The name that people see.
    pub label: &'static str,
    /// What it is sold as.
    pub kind: PackageKind,
    /// Who holds it.
    pub assigned_to: Assignment,
    /// Whether it contains calling, and so needs a headquarters location and a line per user.
    pub calling: bool,
    /// Whether the service takes a quantity for it.
    pub has_quantity: bool,
    /// The customer needs at least one of these too; none are needed if empty.
    pub needs_one_of: &'static [&'static str],
    /// Also accepted in place of `needs_one_of` by newer texts of the interface; worth a warning.
    pub may_rest_on: &'static [&'static str],
    /// How much a user gets, for comparing an administrator with its customer; higher is more.
    pub level: u8,
}

const fn base(name: &'static str, label: &'static str, calling: bool, level: u8) -> PackageInfo {
    PackageInfo {
        name,
        label,
        kind: PackageKind::Base,
        assigned_to: Assignment::User,
        calling,
        has_quantity: true,
        needs_one_of: &[],
        may_rest_on: &[],
        level,
    }
}

const fn contact_center(name: &'static str, label: &'static str, assigned_to: Assignment) -> PackageInfo {
    PackageInfo {
        name,
        label,
        kind: PackageKind::ContactCenter,
        assigned_to,
        calling: false,
        has_quantity: false,
        needs_one_of: &[],
        may_rest_on: &[],
        level: 0,
    }
}

static PACKAGES: [PackageInfo; 14] = [
    PackageInfo {
        kind: PackageKind::AddOn,
        needs_one_of: &["webex_calling", "webex_suite", "cx_essentials"],
        may_rest_on: &["webex_voice"],
        ..base("attendant_console", "Attendant Console", false, 0)
    },
    PackageInfo {
        kind: PackageKind::AddOn,
        assigned_to: Assignment::Customer,
        has_quantity: false,
        needs_one_of: &[
            "common_area_calling",
            "webex_calling",
            "webex_suite",
            "webex_voice",
            "cx_essentials",
            "webex_calling_standard",
        ],
        ..base("cisco_calling_plan", "Cisco Calling Plan", false, 0)
    },
    PackageInfo { assigned_to: Assignment::Workspace, ..base("common_area_calling", "Common Area Calling", true, 0) },
    contact_center("cx_ai_assistant", "Contact Center AI Assistant", Assignment::Customer),
    base("cx_essentials", "Customer Assist", true, 4),
    contact_center("cx_premium_agent", "Contact Center Premium Agent", Assignment::User),
    contact_center("cx_standard_agent", "Contact Center Standard Agent", Assignment::User),
    contact_center("cx_voice_ports", "Contact Center Voice Ports", Assignment::Customer),
    contact_center("webex_ai_agent", "Webex AI Agent", Assignment::Customer),
    base("webex_calling", "Webex Calling", true, 4),
    base("webex_calling_standard", "Webex Calling Standard", true, 3),
    base("webex_meetings", "Webex Meetings", false, 1),
    base("webex_suite", "Webex Suite", true, 5),
    base("webex_voice", "Webex Voice", true, 2),
];

/// Returns every known package, sorted by name.
pub fn packages() -> &'static [PackageInfo] {
    &PACKAGES
}

/// A package by its name on the interface, such as `webex_calling`. The service may know names that
/// hubform does not; those are kept as they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct PackageName(Cow<'static, str>);

impl PackageName {
    /// Takes a name as written by the service or a manifest.
    pub fn new(name: &str) -> Self {
        Self(match PACKAGES.iter().find(|info| info.name == name) {
            Some(info) => Cow::Borrowed(info.name),
            None => Cow::Owned(name.to_owned()),
        })
    }

    /// Returns the name on the interface.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what is known of the package; nothing for a name that hubform does not know.
    pub fn info(&self) -> Option<&'static PackageInfo> {
        PACKAGES.iter().find(|info| info.name == self.0)
    }

    /// Returns true if the package contains calling.
    pub fn is_calling(&self) -> bool {
        self.info().is_some_and(|info| info.calling)
    }
}

impl From<String> for PackageName {
    fn from(name: String) -> Self {
        Self::new(&name)
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_sorted_and_depend_on_known_ones() {
        assert!(PACKAGES.is_sorted_by(|a, b| a.name < b.name));
        for info in packages() {
            for name in info.needs_one_of.iter().chain(info.may_rest_on) {
                assert!(PackageName::new(name).info().is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_package_that_hubform_does_not_know_is_kept() {
        let unknown = PackageName::new("webex_future");
        assert!(unknown.info().is_none());
        assert_eq!(unknown.as_str(), "webex_future");
        assert!(!unknown.is_calling());
    }
}
