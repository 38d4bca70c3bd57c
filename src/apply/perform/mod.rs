//! What each operation sends, and what it takes for it to be done.

mod customer;
mod location;
mod number;
mod settle;
mod template;
mod user;

use crate::{
    model::{Ended, JobId, Name, OrgId, ServiceProblem, codes},
    plan::Operation,
    webex::{ApiError, Fault, JobKind, JobState, WriteApi},
};

use super::{
    pause::Pauses,
    run::Work,
    verdict::{Success, Trouble},
};
use settle::Fate;

impl<W: WriteApi> Work<'_, W> {
    /// Carries the step out and brings the ledger up to date.
    pub(super) async fn perform(&self) -> Result<Success, Trouble> {
        let success = self.carry_out().await?;
        self.keep(success)
    }

    async fn carry_out(&self) -> Result<Success, Trouble> {
        match &self.step.operation {
            Operation::CreateTemplate { fields } => self.create_template(fields).await,
            Operation::UpdateTemplate { fields } => self.update_template(fields).await,
            Operation::DeleteTemplate => self.delete_template().await,
            Operation::Instruct { entries: _, edit } => Err(self.instruct(*edit)),

            Operation::CreateCustomer { customer, headquarters } => {
                self.create_customer(customer, headquarters.as_deref()).await
            }
            Operation::AwaitCustomer => self.await_customer().await,
            Operation::UpdateCustomer { .. } => self.update_customer(&self.step.operation).await,
            Operation::UpdateOrganization { display_name, language } => {
                self.update_organization(display_name, language.as_ref()).await
            }
            Operation::DeleteCustomer => self.delete_customer().await,

            Operation::AdoptHeadquarters { display_name } => self.adopt_headquarters(display_name).await,
            Operation::CreateLocation { location } => self.create_location(location).await,
            Operation::EnableCalling { location } => self.enable_calling(location).await,
            Operation::UpdateLocation { display_name, address, time_zone, language } => {
                self.update_location(display_name.as_deref(), address.as_ref(), time_zone.as_ref(), language.as_ref())
                    .await
            }
            Operation::UpdateCalling { announcement_language, main_number, routing_prefix } => {
                self.update_calling(announcement_language.as_ref(), main_number.as_ref(), routing_prefix).await
            }
            Operation::ConnectPstn { pstn } => self.connect_pstn(pstn).await,
            Operation::AddNumbers { numbers } => self.add_numbers(numbers).await,
            Operation::RemoveNumbers { numbers } => self.remove_numbers(numbers).await,
            Operation::DisableCalling { display_name } => self.disable_calling(display_name).await,
            Operation::DeleteLocation => self.delete_location().await,

            Operation::CreateSubscriber { user, line } => self.create_subscriber(user, line.as_ref()).await,
            Operation::UpdateSubscriber { package, line } => self.update_subscriber(package, line.as_ref()).await,
            Operation::UpdatePerson { first_name, last_name, phone_number, extension } => {
                self.update_person(first_name.as_deref(), last_name.as_deref(), phone_number, extension).await
            }
            Operation::MoveUser { location, phone_number, extension } => {
                self.move_user(location, phone_number, extension).await
            }
            Operation::UpdateRoles { add, remove } => self.update_roles(add, remove).await,
            Operation::DeleteSubscriber => self.delete_subscriber().await,

            Operation::Adopt { .. } | Operation::Forget => Ok(Success::Done),
        }
    }

    /// Returns the customer that the object is or belongs to.
    fn customer_name(&self) -> Result<&Name, Trouble> {
        self.step.object.customer().ok_or_else(|| {
            let text = format!("the plan contradicts itself: `{}` belongs to no customer", self.step.object);
            Trouble::failed(codes::PLAN_DEFECT, text).fix("plan again")
        })
    }

    /// Returns the organization of the object's customer.
    fn org(&self) -> Result<OrgId, Trouble> {
        self.run.ids.org(self.customer_name()?)
    }

    /// Waits for a job to end well.
    async fn finish(&self, org: &OrgId, kind: JobKind, id: &JobId) -> Result<(), Trouble> {
        self.started(id);
        let mut pauses = Pauses::long(self.run.settings, self.run.stop);
        loop {
            match self.run.api.job(org, kind, id).await {
                Ok(JobState::Succeeded) => {
                    self.settle(Ended::Answered);
                    return Ok(());
                }
                Ok(JobState::Failed(problems)) => {
                    self.settle(Ended::NotDone);
                    let text = format!("the service's job `{id}` failed: {}", words(&problems));
                    return Err(
                        Trouble::failed(codes::JOB_FAILED, text).fix("correct what the service complains about")
                    );
                }
                Ok(JobState::Running) => self.tell("the service's job is running"),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if let Err(end) = pauses.pause().await {
                let text = format!("the service's job `{id}` is still running");
                return Err(Trouble::waiting_for_service(end, codes::JOB_RUNNING, text));
            }
        }
    }
}

/// Returns true if a look that failed may succeed a little later.
fn is_passing(error: &ApiError) -> bool {
    match error.fault {
        Fault::Busy | Fault::Unavailable | Fault::NoAnswer => true,
        Fault::Unauthorized
        | Fault::Forbidden
        | Fault::NotFound
        | Fault::Conflict
        | Fault::Refused
        | Fault::Malformed => false,
    }
}

/// Returns what the service complains about, in one line.
fn words(problems: &[ServiceProblem]) -> String {
    if problems.is_empty() {
        return "the service says no more".to_owned();
    }
    let word = |ServiceProblem { code, text }: &ServiceProblem| match (code.is_empty(), text.is_empty()) {
        (false, false) => format!("{code} {text}"),
        (false, true) => code.clone(),
        (true, _) => text.clone(),
    };
    problems.iter().map(word).collect::<Vec<_>>().join("; ")
}
