//! Saved plans: what their digests cover, what a file is refused for, and what of them still holds later (R18).

mod digests;
mod file;
mod reconcile;

use hubform::{
    model::Name,
    plan::{
        Plan,
        saved::{Binding, PlanFile, Selection, reconcile},
    },
};

use super::scene::Scene;

fn binding() -> Binding {
    Binding {
        target: "simulator".to_owned(),
        base_url: "https://service.example/v1".to_owned(),
        partner: Some(hubform::model::OrgId::new("org-partner")),
        project: "acme-voice".to_owned(),
        lineage: Some("0123".to_owned()),
    }
}

fn saved(plan: &Plan) -> PlanFile {
    PlanFile::seal(plan.clone(), binding(), Selection::default(), None)
}

/// Plans again for what was saved, and takes what still holds.
fn again(file: &PlanFile, now: &Scene) -> Plan {
    let customers: std::collections::BTreeSet<Name> = file.customers();
    let now = Scene { only: Some(customers), watched: Some(file.objects()), ..now.clone() };
    reconcile(file, &now.plan())
}
