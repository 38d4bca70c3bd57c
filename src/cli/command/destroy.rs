//! `hubform destroy`

use crate::cli::{
    carry::{CarryArgs, Carrying, Consent, Question, carry_out},
    console::Console,
    exit::Status,
    failure::Failure,
    planning::{Opened, Purpose},
    project::Project,
    settings::Environment,
};

/// Remove everything that the ledger holds
///
/// Plans the removal of every object of the ledger, each as its `lifecycle.onRemove` says, shows the plan, and asks for
/// the project's name. Objects with `lifecycle.protect` stay. The manifests are left as they are.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    carry: CarryArgs,
    /// The project's name, in place of typing it; goes with `--auto-approve`
    #[arg(long, value_name = "NAME", requires = "auto_approve")]
    confirm: Option<String>,
}

pub(in crate::cli) fn run(args: &Args, environment: &Environment, console: Console) -> Result<Status, Failure> {
    if args.carry.auto_approve {
        let Some(typed) = &args.confirm else {
            return Err(Failure::usage(
                "`--auto-approve` alone does not consent to a removal, and nothing was sent",
                "add `--confirm` with the project's name",
            ));
        };
        let project = Project::load(&args.carry.plan.folder);
        let name = name(&project);
        if *typed != name {
            return Err(Failure::usage(
                format!("`--confirm` is `{typed}`, and the project's name is `{name}`; nothing was sent"),
                "name the project whose objects shall be removed",
            ));
        }
    } else if !console.can_ask() {
        return Err(Failure::usage(
            "there is no terminal to ask for the project's name on, and nothing was sent",
            "add `--auto-approve --confirm NAME` with the project's name",
        ));
    }
    let consent = TypedName { given: args.carry.auto_approve };
    let carrying = Carrying {
        args: &args.carry,
        purpose: Purpose::Destroy,
        command: "destroy",
        consent: &consent,
        approved: None,
    };
    carry_out(&carrying, environment, console)
}

/// Returns the name that has to be typed: the project's, or that of its folder if it has none.
fn name(project: &Project) -> String {
    let written = &project.loaded.desired.project.name;
    if !written.is_empty() {
        return written.clone();
    }
    let root = std::path::absolute(&project.loaded.root).unwrap_or_else(|_| project.loaded.root.clone());
    root.file_name().map_or_else(|| "destroy".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Consent by the project's name (R19).
struct TypedName {
    given: bool,
}

impl Consent for TypedName {
    fn question(&self, opened: &Opened) -> Option<Question> {
        let name = name(&opened.project);
        (!self.given).then(|| Question {
            text: format!("\nRemove all of this? Type the project's name, `{name}`, to consent: "),
            consents: name,
            fix: "type the project's name when asked",
        })
    }
}
