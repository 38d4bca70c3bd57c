//! `Template` → [`Template`].

use crate::{
    manifest::{
        document::{AuthenticationFields, TemplateSpec},
        values::Values,
    },
    model::{Authentication, ProvisioningId, Template},
};

/// Reads a template; nothing if a field that it needs is missing or wrong.
pub(in crate::manifest) fn template(values: &mut Values<'_, '_>, spec: TemplateSpec) -> Option<Template> {
    let TemplateSpec {
        display_name,
        country,
        administrator,
        email_language,
        subscription,
        authentication,
        pstn_provider,
        restrict_admin_invites,
        brand_name,
        disable_webex_calling,
        provisioning_id,
    } = spec;
    let display_name = values.required_text("displayName", display_name);
    let country = values.required("country", country);
    let administrator = values.required("administrator", administrator);
    let email_language = values.optional("emailLanguage", email_language);
    let subscription = values.optional_text("subscription", subscription);
    let authentication = match authentication {
        Some(fields) => self::authentication(values, fields),
        None => Some(Authentication::Webex),
    };
    let pstn_provider = values.optional_text("pstnProvider", pstn_provider);
    let brand_name = values.optional_text("brandName", brand_name);
    let provisioning_id = values.optional_text("provisioningId", provisioning_id).map(ProvisioningId::new);
    Some(Template {
        display_name: display_name?,
        country: country?,
        administrator: administrator?,
        email_language,
        subscription,
        authentication: authentication?,
        pstn_provider,
        restrict_admin_invites: restrict_admin_invites.unwrap_or_default(),
        brand_name,
        disable_webex_calling: disable_webex_calling.unwrap_or_default(),
        provisioning_id,
    })
}

fn authentication(values: &mut Values<'_, '_>, fields: AuthenticationFields) -> Option<Authentication> {
    match fields {
        AuthenticationFields::Webex {} => Some(Authentication::Webex),
        AuthenticationFields::Saml { entity_id } => {
            let entity_id = values.required_text("authentication.entityId", entity_id)?;
            Some(Authentication::Saml { entity_id })
        }
        AuthenticationFields::Oidc { idp_name } => {
            let idp_name = values.required_text("authentication.idpName", idp_name)?;
            Some(Authentication::Oidc { idp_name })
        }
    }
}
