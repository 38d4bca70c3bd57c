//! The calling side of a location: PSTN → numbers → main number, and number removals last.

use crate::model::{Address, Fields, Location, ObservedLocation, PhoneNumber, Pstn, Value, codes};

use super::{
    compare::Comparison,
    operation::{Edit, Operation},
    part::{NewStep, PartBuilder},
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// The most numbers that one request adds; the interface documents no limit.
const ADD_AT_ONCE: usize = 100;
/// The most numbers that one request removes (official calling description).
const REMOVE_AT_ONCE: usize = 5;

/// A PSTN type that only a provider or Control Hub can set is awaited, never set (R12).
pub(super) fn expect_pstn(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    comparison: &mut Comparison,
) {
    let Some(pstn) = &location.pstn else { return };
    if pstn.kind().is_settable() {
        return;
    }
    let differs = !comparison.take(|path| path.base() == "pstn").is_empty();
    if differs {
        wait_for_pstn(part, at, pstn, &found.name);
    }
}

pub(super) fn wait_for_pstn(part: &mut PartBuilder<'_>, at: &Address, pstn: &Pstn, name: &str) {
    let word = pstn.kind().word();
    part.wait(
        at,
        codes::PSTN_AWAITED,
        (
            format!("the location has no `{word}` connection yet, and no interface can set one"),
            "the provider, or an administrator in Control Hub",
            format!("connect the location `{name}` there; hubform goes on once it sees it"),
        ),
        None,
    );
}

/// Refuses to change the kind of connection while numbers hang on it, and numbers on an integrated one (R12).
pub(super) fn refuse_pstn_change(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    comparison: &Comparison,
) -> bool {
    let Some(calling) = &found.calling else { return false };
    let type_changes = comparison.change("pstn.type").is_some();
    if type_changes {
        part.looks.count(at, "numbers", calling.numbers.len());
    }
    if type_changes && calling.pstn.is_some() && !calling.numbers.is_empty() {
        let text = format!(
            "the PSTN connection would change from `{}` while the location holds {} number(s)",
            calling.pstn.as_ref().and_then(|pstn| pstn.kind).map_or("unknown", crate::model::PstnKind::word),
            calling.numbers.len()
        );
        part.refuse(at, codes::PSTN_CHANGE, text, "remove the numbers first, or change it in Control Hub");
        return true;
    }
    let settable = calling.pstn.as_ref().is_none_or(|pstn| pstn.kind.is_some_and(crate::model::PstnKind::is_settable));
    let numbers = comparison.changes.iter().filter(|change| change.path.base() == "numbers").count();
    if numbers > 0 {
        part.looks.guard(at, "numbers may be changed", Value::Flag(settable));
    }
    if !settable && !type_changes && numbers > 0 {
        let text = format!(
            "{numbers} number(s) of `{}` would change, and the location has an integrated PSTN: changing them by request damages the provider's records",
            location.display_name
        );
        part.refuse(at, codes::PSTN_INTEGRATED, text, "order numbers from the provider, and leave `numbers` out");
        return true;
    }
    false
}

pub(super) fn unmanaged_numbers(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    found: &ObservedLocation,
    applied: Option<&Fields>,
) {
    let Some(calling) = &found.calling else { return };
    let unmanaged: Vec<&PhoneNumber> = calling
        .numbers
        .iter()
        .filter(|number| !location.numbers.contains(number))
        .filter(|number| applied.is_none_or(|fields| fields.get(&format!("numbers[{number}]")).is_none()))
        .collect();
    if !unmanaged.is_empty() {
        let ranges: Vec<String> =
            crate::model::compress(unmanaged.iter().copied()).iter().map(ToString::to_string).collect();
        part.note(
            at,
            codes::UNMANAGED,
            format!("numbers that are not in the manifest are left alone: {}", ranges.join(", ")),
        );
    }
}

/// Plans PSTN, numbers and the main number, each behind what it needs; number removals come last.
pub(super) fn calling_side(
    part: &mut PartBuilder<'_>,
    at: &Address,
    location: &Location,
    changes: Vec<FieldChange>,
    found: Option<&ObservedLocation>,
    mut needs: Vec<StepId>,
    reason: Reason,
) {
    let mut rest = Comparison { changes, ..Comparison::default() };
    let pstn = rest.take(|path| path.base() == "pstn");
    if let Some(wanted) = &location.pstn
        && !pstn.is_empty()
    {
        if wanted.kind().is_settable() {
            let operation = Operation::ConnectPstn { pstn: wanted.clone() };
            let step = NewStep::new(at, "pstn", reason.action(), reason, operation).fields(pstn).needs(needs.clone());
            needs.push(part.push(step));
        } else {
            wait_for_pstn(part, at, wanted, &location.display_name);
        }
    }
    let numbers = rest.take(|path| path.base() == "numbers");
    let (added, removed): (Vec<FieldChange>, Vec<FieldChange>) =
        numbers.into_iter().partition(|change| change.after.is_some());
    let before_numbers = needs.clone();
    for batch in added.chunks(ADD_AT_ONCE) {
        let operation = Operation::AddNumbers { numbers: numbers_of(batch) };
        let step = NewStep::new(at, "numbers", reason.action(), reason, operation);
        needs.push(part.push(step.fields(batch.to_vec()).needs(before_numbers.clone())));
    }
    let settings = rest.take(|_| true);
    let mut before_removal = needs.clone();
    if !settings.is_empty() {
        let change = |path: &str| settings.iter().find(|change| change.path.as_str() == path);
        let operation = Operation::UpdateCalling {
            announcement_language: change("announcementLanguage").map(|_| location.announcements().clone()),
            main_number: change("mainNumber").and(location.main_number.clone()),
            routing_prefix: match change("routingPrefix") {
                Some(_) => location.routing_prefix.clone().map_or(Edit::Clear, Edit::Set),
                None => Edit::Keep,
            },
        };
        let mut step = NewStep::new(at, "settings", reason.action(), reason, operation).needs(needs.clone());
        if change("mainNumber").is_some_and(|change| change.before.is_some()) {
            step = step.means(Consequence::EmergencyCalling);
        }
        before_removal.push(part.push(step.fields(settings)));
    }
    remove_numbers(part, at, &removed, found, location.main_number.as_ref(), &before_removal, Reason::Edited);
}

fn numbers_of(changes: &[FieldChange]) -> Vec<PhoneNumber> {
    changes.iter().filter_map(|change| change.path.key()?.parse().ok()).collect()
}

/// Plans the removal of numbers, five at a time; a main number cannot go.
pub(super) fn remove_numbers(
    part: &mut PartBuilder<'_>,
    at: &Address,
    removed: &[FieldChange],
    found: Option<&ObservedLocation>,
    new_main: Option<&PhoneNumber>,
    needs: &[StepId],
    reason: Reason,
) {
    let main = found.and_then(|found| found.calling.as_ref()).and_then(|calling| calling.main_number.as_ref());
    if let Some(main) = main.filter(|_| !removed.is_empty()) {
        part.looks.guard(at, "main number", Value::text(main.as_str()));
    }
    let stays = main.filter(|main| new_main.is_none_or(|new| new == *main));
    if let Some(main) = stays
        && removed.iter().any(|change| change.path.key() == Some(main.as_str()))
        && reason != Reason::Removed
    {
        let text = format!("`{main}` is the main number and would leave the location");
        part.refuse(at, codes::MAIN_NUMBER, text, "give the location another `mainNumber` first");
        return;
    }
    for batch in removed.chunks(REMOVE_AT_ONCE) {
        let operation = Operation::RemoveNumbers { numbers: numbers_of(batch) };
        let step = NewStep::new(at, "remove-numbers", Action::Update, reason, operation)
            .fields(batch.to_vec())
            .needs(needs.to_vec())
            .means(Consequence::LosesCalling);
        part.push(step);
    }
}
