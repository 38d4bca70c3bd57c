//! Rules about the project document.

use crate::model::{Problem, codes};

use super::{fleet::Fleet, shown::shown, table::problem};

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    limits(fleet, found);
    if let Some(ledger) = &fleet.desired.project.ledger {
        ledger_place(ledger, found);
        ledger_secret(ledger, found);
    }
}

fn limits(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let percent = fleet.desired.project.deletion_percent;
    if percent >= 100 {
        found.push(
            problem(codes::LIMITS, format!("`limits.deletionPercent` is {percent}, so a run may delete everything"))
                .fix("write a share such as 10, and consent to more where it is wanted"),
        );
    }
}

fn ledger_place(ledger: &str, found: &mut Vec<Problem>) {
    let Some((scheme, _)) = ledger.split_once("://") else { return };
    if !matches!(scheme, "postgres" | "postgresql" | "s3") {
        found.push(
            problem(
                codes::LEDGER_PLACE,
                format!("`ledger` begins with `{}://`, which is not a place for one", shown(scheme)),
            )
            .fix("write a path such as `.hubform/ledger.db`, or `postgres://…` or `s3://bucket/prefix`"),
        );
    }
}

fn ledger_secret(ledger: &str, found: &mut Vec<Problem>) {
    // A password may hold `@` but no `/`, so it ends before the last `@` of the first part.
    let rest = ledger.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    if user.split_once(':').is_some_and(|(_, password)| !password.is_empty()) {
        // The message must not show it again.
        found.push(
            problem(codes::LEDGER_SECRET, "`ledger` holds a password, which everyone with the repository can read")
                .fix("take it out of the manifest, change it, and set `HUBFORM_LEDGER` where hubform runs"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn a_limit_of_everything_limits_nothing() {
        World::valid().project(|project| project.deletion_percent = 100).finds(&["HF200"]);
        World::valid().project(|project| project.deletion_percent = 99).finds(&[]);
    }

    #[test]
    fn a_ledger_is_a_file_a_database_or_a_bucket() {
        for good in [".hubform/ledger.db", "/var/lib/ledger.db", "postgres://db.example/x", "s3://bucket/prefix"] {
            World::valid().project(|project| project.ledger = Some(good.to_owned())).finds(&[]);
        }
        World::valid().project(|project| project.ledger = Some("https://db.example".to_owned())).finds(&["HF201"]);
    }

    #[test]
    fn a_password_in_the_ledgers_address_is_named_and_not_shown() {
        let found = World::valid()
            .project(|project| project.ledger = Some("postgres://hub:hunter2@db.example/x".to_owned()))
            .finds(&["HF202"]);
        assert!(!format!("{found:?}").contains("hunter2"));
        World::valid().project(|project| project.ledger = Some("postgres://hub@db.example/x".to_owned())).finds(&[]);
    }
}
