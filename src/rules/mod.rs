//! What can be known to be wrong without asking the service.
//!
//! [`check`] is a pure function: no I/O, no clock, the same problems in the same order every time. One
//! table ([`RULES`]) names every rule with its code, its severity, what is behind it and where that is
//! written; `docs/rules.md` is made from it. A rule is one small function in the file of its subject:
//! `rules::template`, `rules::customer`, and so on.
//!
//! Where a clash involves two customers, both are told: hubform cannot know which of them is right, and
//! neither may be applied at the other's expense. Whatever depends on an object whose document is
//! broken is left unsaid until the document is mended.

mod admin;
mod claim;
mod customer;
mod email;
mod extension;
mod fleet;
mod language;
mod location;
mod nearest;
mod number;
mod package;
mod page;
mod pin;
mod postal;
mod project;
mod pstn;
mod reference;
mod shown;
mod subdivision;
mod table;
mod template;
mod user;
#[cfg(test)]
mod world;
mod zone;

use crate::model::{Desired, Problem};

use fleet::Fleet;
pub use page::page;
pub use table::{RULES, Rule};

/// Finds every problem that needs no service to be seen, sorted by place.
pub fn check(desired: &Desired) -> Vec<Problem> {
    let fleet = Fleet::new(desired);
    let mut found = Vec::new();
    for subject in [
        project::check,
        reference::check,
        pin::check,
        template::check,
        customer::check,
        postal::check,
        language::check,
        package::check,
        user::check,
        number::check,
        extension::check,
        email::check,
        admin::check,
        location::check,
        pstn::check,
    ] {
        subject(&fleet, &mut found);
    }
    found.sort();
    found.dedup();
    found
}
