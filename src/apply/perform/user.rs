//! Users: wholesale subscribers, and the persons behind them.

use std::collections::BTreeSet;

use crate::{
    model::{
        Address, Email, Extension, Name, ObservedPerson, ObservedSubscriber, PackageName, PersonId, PhoneNumber,
        RemoteIds, RequestKind, RoleName, SubscriberStatus, User, codes, same_remote,
    },
    plan::{Edit, Line},
    webex::{JobKind, MoveUser, NewSubscriber, PersonChange, RolesChange, SubscriberLine, WriteApi},
};

use super::{Fate, Pauses, Success, Trouble, Work, is_passing};

impl<W: WriteApi> Work<'_, W> {
    /// Creates a subscriber, unless the customer has one with the e-mail address.
    pub(super) async fn create_subscriber(&self, user: &User, line: Option<&Line>) -> Result<Success, Trouble> {
        let (name, email) = self.user()?;
        let customer = self.run.ids.customer(name)?;
        let sub_partner = self.sub_partner();
        let sub_partner = sub_partner.as_ref();
        let location = self.location_of(line)?;
        let find = || self.run.api.find_subscriber(sub_partner, &customer, email);
        if let Some(found) = find().await? {
            self.learn_subscriber(&found)?;
            self.insist_on_person(&found.status, found.person_id, found.since).await?;
            return Ok(Success::AlreadyDone);
        }
        let new = NewSubscriber {
            customer: &customer,
            email,
            package: &user.package,
            first_name: user.first_name.as_deref(),
            last_name: user.last_name.as_deref(),
            line: line.zip(location.as_ref()).map(|(line, location)| SubscriberLine {
                location,
                phone_number: line.phone_number.as_ref(),
                extension: line.extension.as_ref(),
            }),
        };
        let request = || self.run.api.create_subscriber(sub_partner, &new);
        let fate = self.settled(RequestKind::CreateSubscriber, request, find).await?;
        let (status, person_id, since, success) = match fate {
            Fate::Answered(created) => {
                self.made();
                self.learn(RemoteIds::User { id: created.id, person_id: created.person_id.clone() })?;
                let pending = SubscriberStatus::PendingUserMigration;
                let status = if created.pending { pending } else { SubscriberStatus::Provisioned };
                (status, created.person_id, None, Success::Done)
            }
            Fate::Seen(found) => self.take(found, Success::Done)?,
            Fate::Refused { error, again } => {
                let fate = Fate::Refused { error, again };
                let (found, success) = self.found_all_the_same(fate, find).await?;
                self.take(found, success)?
            }
        };
        self.insist_on_person(&status, person_id, since).await?;
        Ok(success)
    }

    /// Changes a subscriber's package.
    pub(super) async fn update_subscriber(
        &self,
        package: &PackageName,
        line: Option<&Line>,
    ) -> Result<Success, Trouble> {
        let (name, email) = self.user()?;
        let customer = self.run.ids.customer(name)?;
        let id = self.run.ids.subscriber(&self.step.object)?;
        let sub_partner = self.sub_partner();
        let sub_partner = sub_partner.as_ref();
        let location = self.location_of(line)?;
        let line = line.zip(location.as_ref()).map(|(line, location)| SubscriberLine {
            location,
            phone_number: line.phone_number.as_ref(),
            extension: line.extension.as_ref(),
        });
        let look = || async {
            let found = self.run.api.find_subscriber(sub_partner, &customer, email).await?;
            Ok(found.filter(|it| it.package.as_ref() == Some(package)).map(drop))
        };
        let request = || self.run.api.update_subscriber(sub_partner, &id, package, line.as_ref());
        self.settled(RequestKind::UpdateSubscriber, request, look).await?.done()?;
        Ok(Success::Done)
    }

    /// Changes a person.
    pub(super) async fn update_person(
        &self,
        first_name: Option<&str>,
        last_name: Option<&str>,
        phone_number: &Edit<PhoneNumber>,
        extension: &Edit<Extension>,
    ) -> Result<Success, Trouble> {
        let (org, person) = (self.org()?, self.person().await?);
        let (phone_number, extension) = (phone_number.as_request(), extension.as_request());
        let change = PersonChange { first_name, last_name, phone_number, extension };
        let look = || async { Ok(self.run.api.person(&org, &person).await?.filter(|it| is_so(it, &change)).map(drop)) };
        let request = || self.run.api.update_person(&org, &person, &change);
        self.settled(RequestKind::UpdatePerson, request, look).await?.done()?;
        Ok(Success::Done)
    }

    /// Moves a user to another location and waits for the job. The service runs one such job at a time in an
    /// organization (R11).
    pub(super) async fn move_user(
        &self,
        location: &Name,
        phone_number: &Edit<PhoneNumber>,
        extension: &Edit<Extension>,
    ) -> Result<Success, Trouble> {
        let (org, person) = (self.org()?, self.person().await?);
        let to = self.run.ids.location(&Address::Location(self.customer_name()?.clone(), location.clone()))?;
        let user = MoveUser {
            person: &person,
            location: &to,
            phone_number: phone_number.as_request(),
            extension: extension.as_request(),
        };
        let (phone_number, extension) = (user.phone_number, user.extension);
        let line = PersonChange { phone_number, extension, ..PersonChange::default() };
        let alone = self.moves.lock().await;
        let request = || self.run.api.move_user(&org, &user);
        let look = || async {
            let found = self.run.api.person(&org, &person).await?;
            let there = |it: &ObservedPerson| {
                it.location.as_ref().is_some_and(|it| same_remote(it.as_str(), to.as_str())) && is_so(it, &line)
            };
            Ok(found.filter(there).map(drop))
        };
        match self.settled_when_free(RequestKind::MoveUser, request, look).await? {
            Fate::Answered(job) => self.finish(&org, JobKind::MoveUsers, &job).await?,
            other @ (Fate::Seen(()) | Fate::Refused { .. }) => other.done()?,
        }
        drop(alone);
        Ok(Success::Done)
    }

    /// Gives and takes administrator roles.
    pub(super) async fn update_roles(
        &self,
        add: &BTreeSet<RoleName>,
        remove: &BTreeSet<RoleName>,
    ) -> Result<Success, Trouble> {
        let (org, person) = (self.org()?, self.person().await?);
        let change = RolesChange { person: &person, add, remove };
        let look = || async {
            let found = self.run.api.person(&org, &person).await?;
            Ok(found.filter(|it| it.roles.is_superset(add) && it.roles.is_disjoint(remove)).map(drop))
        };
        self.settled(RequestKind::UpdateRoles, || self.run.api.update_roles(&org, &change), look).await?.done()?;
        Ok(Success::Done)
    }

    /// Takes a subscriber out of the wholesale offer.
    pub(super) async fn delete_subscriber(&self) -> Result<Success, Trouble> {
        let (name, email) = self.user()?;
        let customer = self.run.ids.customer(name)?;
        let id = self.run.ids.subscriber(&self.step.object)?;
        let sub_partner = self.sub_partner();
        let sub_partner = sub_partner.as_ref();
        let look = || async {
            let found = self.run.api.find_subscriber(sub_partner, &customer, email).await?;
            Ok(found.is_none().then_some(()))
        };
        let request = || self.run.api.delete_subscriber(sub_partner, &id);
        match self.settled(RequestKind::DeleteSubscriber, request, look).await? {
            Fate::Refused { error, again } if error.is_not_found() => {
                // Also "not visible" (R2): the customer must still be there.
                match self.run.api.customer_progress(&customer, sub_partner).await? {
                    Some(_) if again => Ok(Success::Done),
                    Some(_) => Ok(Success::AlreadyDone),
                    None => Err(error.into()),
                }
            }
            other @ (Fate::Answered(()) | Fate::Seen(()) | Fate::Refused { .. }) => {
                other.done().map(|()| Success::Done)
            }
        }
    }

    /// Returns the customer and the e-mail address of the step's user.
    fn user(&self) -> Result<(&Name, &Email), Trouble> {
        match &self.step.object {
            Address::User(customer, email) => Ok((customer, email)),
            other @ (Address::Template(_) | Address::Customer(_) | Address::Location(..)) => {
                let text = format!("the plan contradicts itself: `{other}` is no user");
                Err(Trouble::failed(codes::PLAN_DEFECT, text).fix("plan again"))
            }
        }
    }

    fn location_of(&self, line: Option<&Line>) -> Result<Option<crate::model::LocationId>, Trouble> {
        line.map(|line| self.run.ids.location(&line.location)).transpose()
    }

    /// Takes a subscriber that is there over; it was made for this step if that is how the step is done.
    fn take(
        &self,
        found: ObservedSubscriber,
        success: Success,
    ) -> Result<(SubscriberStatus, Option<PersonId>, Option<String>, Success), Trouble> {
        if success == Success::Done {
            self.made();
        }
        self.learn_subscriber(&found)?;
        Ok((found.status, found.person_id, found.since, success))
    }

    fn learn_subscriber(&self, found: &ObservedSubscriber) -> Result<(), Trouble> {
        self.learn(RemoteIds::User { id: found.id.clone(), person_id: found.person_id.clone() })
    }

    /// Returns the step's person; the service tells it only once the subscriber is complete.
    async fn person(&self) -> Result<PersonId, Trouble> {
        if let Some(person) = self.run.ids.person(&self.step.object) {
            return Ok(person);
        }
        self.user()?;
        self.insist_on_person(&SubscriberStatus::Provisioned, None, None).await
    }

    /// Waits until a subscriber has a person; while its owner has to consent, the step waits for them.
    async fn insist_on_person(
        &self,
        status: &SubscriberStatus,
        person: Option<PersonId>,
        since: Option<String>,
    ) -> Result<PersonId, Trouble> {
        let (name, email) = self.user()?;
        let consent = |since| {
            let text = format!("`{email}` has a free Webex account, and its owner has to consent to the move");
            let action = "follow the link in the mail that Webex sent them, then run `hubform apply` again";
            Trouble { since, ..Trouble::waiting(codes::CONSENT, text, "the user", action) }
        };
        if *status == SubscriberStatus::PendingUserMigration {
            return Err(consent(since));
        }
        if let Some(person) = person {
            return Ok(person);
        }
        let customer = self.run.ids.customer(name)?;
        let sub_partner = self.sub_partner();
        let mut pauses = Pauses::short(self.run.settings, self.run.stop);
        loop {
            match self.run.api.find_subscriber(sub_partner.as_ref(), &customer, email).await {
                Ok(Some(found)) => {
                    if found.person_id.is_some() {
                        self.learn_subscriber(&found)?;
                    }
                    match (found.status, found.person_id) {
                        (SubscriberStatus::PendingUserMigration, _) => return Err(consent(found.since)),
                        (_, Some(person)) => return Ok(person),
                        (SubscriberStatus::Provisioned | SubscriberStatus::Other(_), None) => {}
                    }
                }
                Ok(None) => {}
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            self.tell("the service has not made the person yet");
            if let Err(end) = pauses.pause().await {
                let text = format!("the service has not made the person of `{email}` yet");
                return Err(Trouble::waiting_for_service(end, codes::NOT_THERE_YET, text));
            }
        }
    }
}

/// Returns true if a person is as a change wants it; what the change leaves alone always is.
fn is_so(found: &ObservedPerson, change: &PersonChange<'_>) -> bool {
    let PersonChange { first_name, last_name, phone_number, extension } = change;
    first_name.is_none_or(|it| found.first_name.as_deref() == Some(it))
        && last_name.is_none_or(|it| found.last_name.as_deref() == Some(it))
        && phone_number.is_none_or(|it| found.phone_number.as_ref() == it)
        && extension.is_none_or(|it| found.extension.as_ref() == it)
}
