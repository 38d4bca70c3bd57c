//! Templates: by request where there is a registry, else by instruction.

use crate::{
    model::{Address, Fields, Name, ObservedTemplate, ProvisioningId, RemoteIds, RequestKind, codes},
    webex::{ApiError, Fault, Sent, WriteApi},
};

use super::{Success, Trouble, Work};

impl<W: WriteApi> Work<'_, W> {
    /// Creates a template, unless one of its name is there: its fields must then be the planned ones.
    pub(super) async fn create_template(&self, fields: &Fields) -> Result<Success, Trouble> {
        let name = self.template_name()?;
        if let Some(found) = self.registered(name).await? {
            if !matches(&found, fields) {
                let text = format!("the registry has a template `{name}` by now, with other fields");
                return Err(Trouble::failed(codes::MOVED_ON, text).fix("plan again: the new plan adopts it"));
            }
            self.learn_template(found.provisioning_id)?;
            return Ok(Success::AlreadyDone);
        }
        let look = || async {
            let found = self.look_up(name).await?;
            Ok(found.filter(|found| matches(found, fields)).map(|found| found.provisioning_id))
        };
        let request = || self.run.api.create_template(name, fields);
        let fate = self.settled(RequestKind::CreateTemplate, request, look).await?;
        let id = match self.found_all_the_same(fate, look).await? {
            (id, Success::Done) => id,
            (id, Success::AlreadyDone) => {
                self.learn_template(id)?;
                return Ok(Success::AlreadyDone);
            }
        };
        self.made();
        self.learn_template(id)?;
        Ok(Success::Done)
    }

    /// Replaces a template's fields.
    pub(super) async fn update_template(&self, fields: &Fields) -> Result<Success, Trouble> {
        let name = self.template_name()?;
        let id = self.run.ids.provisioning_id(name)?;
        let look = || async { Ok(self.look_up(name).await?.filter(|found| matches(found, fields)).map(drop)) };
        let request = || self.run.api.update_template(&id, name, fields);
        self.settled(RequestKind::UpdateTemplate, request, look).await?.done()?;
        Ok(Success::Done)
    }

    /// Deletes a template.
    pub(super) async fn delete_template(&self) -> Result<Success, Trouble> {
        let name = self.template_name()?;
        let id = self.run.ids.provisioning_id(name)?;
        // The registry must be readable: 404 also means "not visible" (R2).
        let look = || async { Ok(self.look_up(name).await?.is_none().then_some(())) };
        let fate = self.settled(RequestKind::DeleteTemplate, || self.run.api.delete_template(&id), look).await?;
        self.done_or_already(fate, &[Fault::NotFound], look).await
    }

    /// Asks a person to enter or edit the template.
    pub(super) fn instruct(&self, edit: bool) -> Trouble {
        let name = self.step.object.last();
        let (text, action) = if edit {
            (
                format!("the template `{name}` has to be edited in Partner Hub"),
                format!("change the fields that the plan lists, then run `hubform template done {name}`"),
            )
        } else {
            (
                format!("the template `{name}` has to be entered in Partner Hub"),
                format!(
                    "enter the fields that the plan lists, then run `hubform template bind {name} PROVISIONING_ID`"
                ),
            )
        };
        Trouble::waiting(codes::PARTNER_HUB, text, "a partner administrator", action)
    }

    fn template_name(&self) -> Result<&Name, Trouble> {
        match &self.step.object {
            Address::Template(name) => Ok(name),
            other @ (Address::Customer(_) | Address::Location(..) | Address::User(..)) => {
                let text = format!("the plan contradicts itself: `{other}` is no template");
                Err(Trouble::failed(codes::PLAN_DEFECT, text).fix("plan again"))
            }
        }
    }

    fn learn_template(&self, id: ProvisioningId) -> Result<(), Trouble> {
        self.learn(RemoteIds::Template { provisioning_id: Some(id) })
    }

    /// Looks a template up in a registry that must be there.
    async fn registered(&self, name: &Name) -> Result<Option<ObservedTemplate>, Trouble> {
        let Some(templates) = self.run.api.templates().await? else {
            let text = "the target has no registry of templates, and the plan was made for one that has";
            return Err(Trouble::failed(codes::MOVED_ON, text).fix("plan again"));
        };
        Ok(named(templates, name))
    }

    async fn look_up(&self, name: &Name) -> Result<Option<ObservedTemplate>, ApiError> {
        match self.run.api.templates().await? {
            Some(templates) => Ok(named(templates, name)),
            // Says nothing about the template; seen only if the target changes under the run.
            None => Err(ApiError {
                fault: Fault::Malformed,
                sent: Sent::No,
                method: "GET".to_owned(),
                path: "templates".to_owned(),
                status: None,
                code: String::new(),
                text: "the target has no registry of templates".to_owned(),
                tracking_id: String::new(),
            }),
        }
    }
}

fn named(templates: Vec<(String, ObservedTemplate)>, name: &Name) -> Option<ObservedTemplate> {
    templates.into_iter().find(|(registered, _)| registered == name.as_str()).map(|(_, template)| template)
}

fn matches(found: &ObservedTemplate, fields: &Fields) -> bool {
    found.fields == *fields
}
