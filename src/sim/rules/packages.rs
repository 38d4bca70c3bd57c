//! The packages of Webex Wholesale and what they ask of each other.

use std::collections::BTreeSet;

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::Context;
use crate::sim::wire::customer::CustomerPackage;

/// What is known of a package (official description, `webex-wholesale.json`).
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Whether it brings calling, and so needs a calling location.
    pub(crate) calling: bool,
    /// Who may hold it.
    pub(crate) holder: Holder,
    /// Whether it has a quantity.
    pub(crate) limit: bool,
    /// One of these must be beside it.
    needs: &'static [&'static str],
    /// The level an administrator cannot fall from.
    pub(crate) level: Option<u8>,
}

/// Who may hold a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The customer alone.
    Customer,
    /// A subscriber, by `packages`.
    Subscriber,
    /// A subscriber, by `packages` or the older `package`.
    SubscriberByEither,
}

const fn base(name: &'static str, calling: bool, level: u8) -> Package {
    Package { name, calling, holder: Holder::SubscriberByEither, limit: true, needs: &[], level: Some(level) }
}

const fn contact_center(name: &'static str, holder: Holder) -> Package {
    Package { name, calling: false, holder, limit: false, needs: &[], level: None }
}

const PACKAGES: &[Package] = &[
    Package { holder: Holder::Customer, level: None, ..base("common_area_calling", true, 0) },
    base("webex_calling", true, 3),
    base("webex_meetings", false, 0),
    base("webex_suite", true, 4),
    base("webex_voice", true, 1),
    base("cx_essentials", true, 3),
    base("webex_calling_standard", true, 2),
    Package {
        name: "cisco_calling_plan",
        calling: false,
        holder: Holder::Customer,
        limit: false,
        needs: &[
            "common_area_calling",
            "webex_calling",
            "webex_suite",
            "webex_voice",
            "cx_essentials",
            "webex_calling_standard",
        ],
        level: None,
    },
    Package {
        name: "attendant_console",
        calling: false,
        holder: Holder::Customer,
        limit: true,
        needs: &["webex_calling", "webex_suite", "cx_essentials"],
        level: None,
    },
    contact_center("cx_premium_agent", Holder::Subscriber),
    contact_center("cx_standard_agent", Holder::Subscriber),
    contact_center("cx_voice_ports", Holder::Customer),
    contact_center("cx_ai_assistant", Holder::Customer),
    contact_center("webex_ai_agent", Holder::Customer),
];

impl Package {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        PACKAGES.iter().find(|package| package.name == name)
    }
}

/// Whether any of the packages brings calling.
pub(crate) fn any_calling<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| Package::find(name).is_some_and(|package| package.calling))
}

/// Checks the packages of a customer: some, named once, and with what they need beside them.
pub(crate) fn check(cx: &Context<'_>, packages: &[CustomerPackage]) -> Result<BTreeSet<String>, Refusal> {
    if packages.is_empty() {
        return Err(Refusal::bad(Code::None, "`packages` is an empty list"));
    }
    let mut set = BTreeSet::new();
    for name in packages.iter().map(|package| package.name()) {
        if !set.insert(name.to_owned()) {
            return Err(Refusal::bad(Code::None, format!("package `{name}` is named twice")));
        }
    }
    for package in set.iter().filter_map(|name| Package::find(name)) {
        let on_voice = package.name == "attendant_console"
            && !cx.config.attendant_console_on_voice.refuses()
            && set.contains("webex_voice");
        let met = package.needs.is_empty() || package.needs.iter().any(|need| set.contains(*need));
        if !met && !on_voice {
            let needs = package.needs.join(", ");
            return Err(Refusal::bad(Code::None, format!("package `{}` needs one of {needs}", package.name)));
        }
    }
    Ok(set)
}
