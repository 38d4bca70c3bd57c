//! `hubform plan`

use std::path::PathBuf;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        plan_file::{PlanPlace, signing_key},
        planning::{Opened, PlanArgs, Purpose, runtime},
        service::Connection,
        settings::Environment,
    },
    model::codes,
    plan::saved::{PlanFile, Selection},
    report::{plan_text, to_json},
};

/// Show what apply would change, and change nothing
///
/// Reads the manifests, the ledger and the service, compares them, and prints the steps that `apply` would take, each
/// with its reason. Neither the service nor the ledger is changed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// Exit with 2 if there are changes, with 3 if there are none and something waits
    #[arg(long)]
    detailed_exitcode: bool,
    /// Save the plan in this file, for review and for `hubform apply FILE`; signed if `HUBFORM_SIGNING_KEY` names a key
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    let mut opened = Opened::new(&args.plan, environment)?;
    // What is wrong with the file or the key is found out before anything is read.
    let out = args.out.as_deref().map(PlanPlace::new).transpose()?;
    let key = if out.is_some() { signing_key(environment.signing_key.as_deref())? } else { None };
    let trust = &opened.project.loaded.desired.project.trust;
    if let Some(key) = key.as_ref().filter(|key| !trust.is_empty() && !trust.contains(&key.public())) {
        let text = format!("the public half of the signing key, `{}`, is not in `spec.trust`", key.public());
        return Err(Failure::new(codes::PLAN_KEY_UNKNOWN, text, "use a trusted key, or have this one added"));
    }
    let is_unsigned = key.is_none() && !trust.is_empty();
    let (file, blocked) = runtime()?.block_on(async {
        let view = opened.view_ledger_whole().await?;
        let range = opened.range(&args.plan, &view.state, console)?;
        let connection = Connection::reading(&opened.settings).await?;
        let observed = opened.observe(&connection.client, &view.state, range.only.as_ref(), console).await;
        connection.close().await;
        let observed = observed?;
        let plan = opened.plan(&observed, &view.state, &range, Purpose::Converge);
        let partner = observed.partner.map(|partner| partner.org_id);
        let binding = opened.binding(view.identity.map(|identity| identity.lineage), partner);
        let blocked = !range.blocked.is_empty();
        Ok::<_, Failure>(((plan, binding, Selection { customers: range.only }), blocked))
    })?;
    let (plan, binding, selection) = file;
    let status = Status::of_plan(&plan, blocked, args.detailed_exitcode);
    console.answer(&match console.format {
        Format::Text => plan_text(&plan, console.out()),
        Format::Json => to_json(&plan),
    })?;
    if let (Some(place), Some(path)) = (out, &args.out) {
        let file = PlanFile::seal(plan, binding, selection, key.as_ref());
        place.write(&file)?;
        let by = file.signature().map_or_else(String::new, |signature| format!(", signed with `{}`", signature.key));
        console.mention(&format!("saved `{}` with the digest {}{by}", path.display(), file.digest()));
        if is_unsigned {
            let text =
                "it is not signed, and `spec.trust` in `hubform.yaml` lets `hubform apply` take signed plans only";
            console.tell(&format!("warning: {text}: set `HUBFORM_SIGNING_KEY`\n"));
        }
    }
    Ok(status)
}
