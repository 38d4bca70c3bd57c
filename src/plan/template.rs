//! Templates: by request where the target has a registry, by instruction where it has none (R14).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Address, DesiredObject, Fields, Name, Observed, ObservedTemplate, OnRemove, Reading, Record, RemoteIds, Spec,
    Template, codes,
};

use super::{
    compare::{self, ObservedFields},
    operation::Operation,
    part::{NewStep, PartBuilder, free},
    value::{Action, CatchUp, Reason, StepId},
};

/// Plans one template that the manifests describe.
pub(super) fn plan(part: &mut PartBuilder<'_>, at: &Address, object: &DesiredObject, observed: &Observed) {
    let (Address::Template(name), Spec::Template(template)) = (at, &object.spec) else { return };
    if let Some(id) = &template.provisioning_id {
        // "Exists as described": recorded, nothing to do, nothing to wait for.
        let ids = RemoteIds::Template { provisioning_id: Some(id.clone()) };
        part.known.insert(at.clone(), ids.clone());
        let record = Record { ids, applied: template.fields(), lifecycle: object.lifecycle, created: false };
        if part.world.ledger.records.get(at) != Some(&record) {
            part.catch_up.push(CatchUp { object: at.clone(), record: Some(record) });
        }
        return;
    }
    if part.holds(at) {
        return;
    }
    if observed.has_registry {
        in_registry(part, at, template, observed.templates.get(name));
    } else {
        by_operator(part, at, name, template);
    }
}

fn in_registry(
    part: &mut PartBuilder<'_>,
    at: &Address,
    template: &Template,
    reading: Option<&Reading<ObservedTemplate>>,
) {
    let desired = template.fields();
    match reading {
        Some(Reading::Found(found)) => {
            let seen = ObservedFields { values: found.fields.clone(), unreadable: BTreeSet::new() };
            let record = part.world.record(at);
            let mut comparison = compare::compare(&desired, record.map(|record| &record.applied), &seen, free);
            part.looks.found(at, found.fields.clone());
            part.explain(at, &comparison);
            let ids = RemoteIds::Template { provisioning_id: Some(found.provisioning_id.clone()) };
            let adopted = part.settle(at, ids, &comparison);
            let changes = comparison.take(|_| true);
            if !changes.is_empty() {
                reach(part, at);
                let operation = Operation::UpdateTemplate { fields: desired };
                part.push(
                    NewStep::new(at, "update", Action::Update, Reason::Edited, operation)
                        .fields(changes)
                        .needs(adopted),
                );
            }
        }
        Some(Reading::Failed(text)) => part.refuse(at, codes::UNREAD, text, "try again once the service answers"),
        Some(Reading::Ambiguous(ids)) => {
            let text = format!("several templates of the registry match: {}", ids.join(", "));
            part.refuse(at, codes::SEVERAL_MATCH, text, "write `provisioningId` into the manifest");
        }
        Some(Reading::Absent) | None => {
            part.looks.absent(at);
            let reason = if part.world.record(at).is_some() { Reason::Gone } else { Reason::New };
            let fields = compare::all_new(&desired);
            part.push(
                NewStep::new(at, "create", Action::Create, reason, Operation::CreateTemplate { fields: desired })
                    .fields(fields),
            );
        }
    }
}

fn by_operator(part: &mut PartBuilder<'_>, at: &Address, name: &Name, template: &Template) {
    let desired = template.fields();
    let record = part.world.record(at).cloned();
    let bound = part.world.ledger.provisioning_id(name).is_some();
    match record {
        Some(record) if bound => {
            let mut seen = ObservedFields::default();
            desired.paths().chain(record.applied.paths()).for_each(|path| seen.hide(path.as_str()));
            let mut comparison = compare::compare(&desired, Some(&record.applied), &seen, free);
            part.settle(at, record.ids, &comparison);
            let changes = comparison.take(|_| true);
            if !changes.is_empty() {
                reach(part, at);
                let paths: BTreeSet<&str> = changes.iter().map(|change| change.path.as_str()).collect();
                let mut shown: BTreeMap<&str, String> = page(&desired).into_iter().collect();
                let entries = PAGE
                    .iter()
                    .filter(|(path, _)| paths.contains(path))
                    .map(|(path, _)| entry((path, shown.remove(path).unwrap_or_else(|| "(empty)".to_owned()))))
                    .collect();
                let operation = Operation::Instruct { entries, edit: true };
                part.push(
                    NewStep::new(at, "instruct", Action::Instruct, Reason::Edited, operation)
                        .fields(changes)
                        .requests(0),
                );
            }
        }
        Some(_) | None => {
            let fields = compare::all_new(&desired);
            let operation =
                Operation::Instruct { entries: page(&desired).into_iter().map(entry).collect(), edit: false };
            part.push(
                NewStep::new(at, "instruct", Action::Instruct, Reason::New, operation).fields(fields).requests(0),
            );
        }
    }
}

/// Partner Hub's page, top to bottom: field and label (help.webex.com nf9ghpq).
const PAGE: [(&str, &str); 12] = [
    ("displayName", "Template name"),
    ("country", "Country or region"),
    ("administrator", "Service provider admin"),
    ("emailLanguage", "Default email language"),
    ("subscription", "Wholesale subscription"),
    ("authentication.method", "Authentication method"),
    ("authentication.entityId", "IDP Entity ID"),
    ("authentication.idpName", "OpenID Connect IDP Entity ID"),
    ("pstnProvider", "Cloud Connected PSTN provider"),
    ("restrictAdminInvites", "Restrict admin-invite emails when attaching to existing org"),
    ("brandName", "Brand name"),
    ("disableWebexCalling", "Disable calling on Webex (1:1, non-PSTN)"),
];

/// Returns what to enter, field by field: the path and the value as the page words it.
fn page(fields: &Fields) -> Vec<(&'static str, String)> {
    let said = |path: &str| match (path, fields.get(path)?) {
        ("authentication.method", crate::model::Value::Text(method)) => Some(match method.as_str() {
            "saml" => "Partner authentication (SAML)".to_owned(),
            "oidc" => "Partner authentication with OpenID Connect".to_owned(),
            _ => "Webex authentication".to_owned(),
        }),
        (_, crate::model::Value::Flag(flag)) => Some(if *flag { "on" } else { "off" }.to_owned()),
        (_, value) => Some(value.to_string()),
    };
    PAGE.iter().filter_map(|(path, _)| said(path).map(|value| (*path, value))).collect()
}

fn entry((path, value): (&'static str, String)) -> (String, String) {
    let label = PAGE.iter().find(|(field, _)| *field == path).map_or(path, |(_, label)| label);
    (label.to_owned(), value)
}

/// Notes which customers an edit does not reach.
fn reach(part: &mut PartBuilder<'_>, at: &Address) {
    let customers: Vec<String> = part
        .world
        .ledger
        .records
        .iter()
        .filter(|(address, record)| {
            matches!(address, Address::Customer(_)) && record.applied.text("template") == Some(at.last())
        })
        .map(|(address, _)| address.last().to_owned())
        .collect();
    if !customers.is_empty() {
        let text = format!(
            "the edit counts for new customers; it does not reach {} that {}: {}",
            if customers.len() == 1 { "the one".to_owned() } else { format!("the {}", customers.len()) },
            if customers.len() == 1 { "exists" } else { "exist" },
            customers.join(", ")
        );
        part.note(at, codes::TEMPLATE_REACH, text);
    }
}

/// Plans the removal of a template that no manifest describes any more.
pub(super) fn remove(
    part: &mut PartBuilder<'_>,
    at: &Address,
    record: &Record,
    observed: &Observed,
    after: Vec<StepId>,
) {
    part.known.insert(at.clone(), record.ids.clone());
    let keep = part.world.desired.removals.get(at).and_then(|removal| removal.on_remove) == Some(OnRemove::Keep);
    let Address::Template(name) = at else { return };
    if keep {
        part.push(NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget).requests(0));
    } else if observed.has_registry {
        if let Some(Reading::Absent) = observed.templates.get(name) {
            part.drop_record(at);
        } else {
            let step = NewStep::new(at, "delete", Action::Delete, Reason::Removed, Operation::DeleteTemplate);
            part.push(step.needs(after).means(super::value::Consequence::Irreversible));
        }
    } else {
        part.note(
            at,
            codes::TEMPLATE_BY_HAND,
            "no interface deletes templates: delete it in Partner Hub if nothing uses it",
        );
        part.push(NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget).requests(0));
    }
}

/// Returns what the ledger holds of a template once an operator has entered it.
pub fn bound_record(
    template: &Template,
    id: crate::model::ProvisioningId,
    lifecycle: crate::model::Lifecycle,
) -> Record {
    Record {
        ids: RemoteIds::Template { provisioning_id: Some(id) },
        applied: template.fields(),
        lifecycle,
        created: false,
    }
}
