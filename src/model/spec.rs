//! What manifests can ask for, one checked spec per kind.
//!
//! `fields` destructures each spec without `..`: a new field does not compile until it is listed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{
    address::{Address, Kind},
    country::Country,
    fields::{FieldPath, Fields, Value},
    id::{CustomerId, LocationId, OrgId, ProvisioningId, SubscriberId},
    line::{Extension, PhoneNumber},
    package::PackageName,
    postal::PostalAddress,
    text::{Email, Language, Name, RoleName, TimeZone},
};

/// Which service a project works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The embedded simulator.
    #[default]
    Simulator,
    /// The Webex service.
    Webex,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Simulator => "simulator",
            Self::Webex => "webex",
        })
    }
}

/// An onboarding template, in the words and the order of Partner Hub's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Template name.
    pub display_name: String,
    /// Country or region.
    pub country: Country,
    /// Service provider administrator, by e-mail address.
    pub administrator: Email,
    /// Default e-mail language.
    pub email_language: Option<Language>,
    /// Wholesale subscription.
    pub subscription: Option<String>,
    /// How users of new customers sign in.
    pub authentication: Authentication,
    /// Cloud Connected PSTN provider; Cisco advises against setting it.
    pub pstn_provider: Option<String>,
    /// Restrict admin-invite e-mails when attaching to an existing organization.
    pub restrict_admin_invites: bool,
    /// Brand name in automatic e-mails.
    pub brand_name: Option<String>,
    /// Switch calling between Webex apps off.
    pub disable_webex_calling: bool,
    /// The id that Partner Hub shows on the saved template; "exists as described" when written (R14).
    pub provisioning_id: Option<ProvisioningId>,
}

/// How users of customers that a template creates sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Authentication {
    /// Webex itself.
    Webex,
    /// The partner's SAML identity provider, by the `EntityID` of its metadata.
    Saml { entity_id: String },
    /// The partner's `OpenID` Connect provider, by the IDP name registered with Cisco.
    Oidc { idp_name: String },
}

/// A wholesale customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The customer's id as the service knows it, if the author pins it (R1).
    pub id: Option<CustomerId>,
    /// The partner's own key; natural key of the customer and what the bill shows.
    pub external_id: String,
    /// The organization to attach; none for a new one.
    pub org_id: Option<OrgId>,
    /// The sub-partner to act for.
    pub sub_partner: Option<OrgId>,
    /// The template that creates it.
    pub template: Name,
    /// Company name.
    pub company: String,
    /// The first administrator.
    pub admin_email: Email,
    /// Language of the organization.
    pub language: Option<Language>,
    /// Packages and their terms.
    pub packages: BTreeMap<PackageName, PackageTerms>,
    /// Where the bill goes; its country fixes the region.
    pub billing_address: PostalAddress,
    /// Time zone of the meeting site.
    pub meetings_time_zone: Option<TimeZone>,
    /// "I confirm this customer is in a Webex supported location".
    pub supported_location: bool,
}

impl Customer {
    /// Returns true if any package contains calling, which needs a headquarters location.
    pub fn has_calling(&self) -> bool {
        self.packages.keys().any(PackageName::is_calling)
    }
}

/// The terms of one package of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageTerms {
    /// How many may be assigned; unlimited if absent.
    pub quantity: Option<u32>,
}

/// A location of a customer; its headquarters too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The location's id as the service knows it, if the author pins it (R1).
    pub id: Option<LocationId>,
    /// Name in Control Hub; natural key within the organization.
    pub display_name: String,
    /// Where it is.
    pub address: LocationAddress,
    /// Time zone.
    pub time_zone: TimeZone,
    /// Preferred language.
    pub language: Language,
    /// Language of announcements; the preferred language unless written.
    pub announcement_language: Option<Language>,
    /// How calls reach the public network.
    pub pstn: Option<Pstn>,
    /// Phone numbers that the location holds.
    pub numbers: BTreeSet<PhoneNumber>,
    /// The location's own number; one of `numbers`.
    pub main_number: Option<PhoneNumber>,
    /// Digits that other locations dial before an extension.
    pub routing_prefix: Option<String>,
}

/// A location's postal address and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationAddress {
    /// The address.
    pub postal: PostalAddress,
    /// Whether the manifest writes it. The default of a headquarters (the billing address) counts at
    /// creation only (R13).
    pub written: bool,
}

/// How a location is connected to the public telephone network (R12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Pstn {
    /// Through a gateway on the customer's or partner's premises.
    LocalGateway { route: Route },
    /// Through a cloud connected provider that is not integrated, by display name or option id.
    NonIntegratedCcp { provider: String, by_id: bool },
    /// Through an integrated provider: an expectation that only the provider or Control Hub can meet.
    IntegratedCcp,
    /// A Cisco Calling Plan: an expectation that only an order in Control Hub can meet.
    CiscoPstn,
}

/// Where a local gateway sends calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// A trunk by name.
    Trunk(String),
    /// A route group by name.
    RouteGroup(String),
    /// A trunk or route group by id.
    Id(String),
}

/// The four PSTN connection types of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PstnKind {
    /// Premises-based.
    LocalGateway,
    /// Cloud connected, not integrated.
    NonIntegratedCcp,
    /// Cloud connected, integrated.
    IntegratedCcp,
    /// Cisco Calling Plan.
    CiscoPstn,
}

impl PstnKind {
    /// Returns the word that manifests use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LocalGateway => "local-gateway",
            Self::NonIntegratedCcp => "non-integrated-ccp",
            Self::IntegratedCcp => "integrated-ccp",
            Self::CiscoPstn => "cisco-pstn",
        }
    }

    /// Returns true if the interface may set this type and manage numbers on it. On the others it must
    /// not touch numbers: Cisco documents damage to its own data.
    pub const fn is_settable(self) -> bool {
        match self {
            Self::LocalGateway | Self::NonIntegratedCcp => true,
            Self::IntegratedCcp | Self::CiscoPstn => false,
        }
    }
}

impl Pstn {
    /// Returns the connection type.
    pub const fn kind(&self) -> PstnKind {
        match self {
            Self::LocalGateway { .. } => PstnKind::LocalGateway,
            Self::NonIntegratedCcp { .. } => PstnKind::NonIntegratedCcp,
            Self::IntegratedCcp => PstnKind::IntegratedCcp,
            Self::CiscoPstn => PstnKind::CiscoPstn,
        }
    }

    fn add_fields(&self, fields: &mut Fields) {
        fields.set("pstn.type", Value::text(self.kind().word()));
        match self {
            Self::LocalGateway { route: Route::Trunk(name) } => fields.set("pstn.trunk", Value::text(name)),
            Self::LocalGateway { route: Route::RouteGroup(name) } => fields.set("pstn.routeGroup", Value::text(name)),
            Self::LocalGateway { route: Route::Id(id) } => fields.set("pstn.id", Value::text(id)),
            Self::NonIntegratedCcp { provider, by_id: false } => fields.set("pstn.provider", Value::text(provider)),
            Self::NonIntegratedCcp { provider, by_id: true } => fields.set("pstn.id", Value::text(provider)),
            Self::IntegratedCcp | Self::CiscoPstn => {}
        }
    }
}

/// A user: a wholesale subscriber and the person behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The subscriber's id as the service knows it, if the author pins it (R1).
    pub id: Option<SubscriberId>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The one base package.
    pub package: PackageName,
    /// The location of a calling user.
    pub location: Option<Name>,
    /// Phone number; one of the location's.
    pub phone_number: Option<PhoneNumber>,
    /// Extension.
    pub extension: Option<Extension>,
    /// Administrator roles in the customer's organization.
    pub roles: BTreeSet<RoleName>,
}

/// What a manifest asks of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Spec {
    /// An onboarding template.
    Template(Box<Template>),
    /// A customer.
    Customer(Box<Customer>),
    /// A location.
    Location(Box<Location>),
    /// A user.
    User(Box<User>),
}

impl Spec {
    /// Returns the kind of the object.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Template(_) => Kind::Template,
            Self::Customer(_) => Kind::Customer,
            Self::Location(_) => Kind::Location,
            Self::User(_) => Kind::User,
        }
    }

    /// Returns every managed field under the name that manifests use.
    pub fn fields(&self) -> Fields {
        match self {
            Self::Template(template) => template.fields(),
            Self::Customer(customer) => customer.fields(),
            Self::Location(location) => location.fields(),
            Self::User(user) => user.fields(),
        }
    }

    /// Returns the objects that this one, found at `at`, refers to.
    pub fn references(&self, at: &Address) -> Vec<Address> {
        match (self, at) {
            (Self::Customer(customer), _) => vec![Address::Template(customer.template.clone())],
            (Self::Location(_), Address::Location(customer, _)) => vec![Address::Customer(customer.clone())],
            (Self::User(user), Address::User(customer, _)) => std::iter::once(Address::Customer(customer.clone()))
                .chain(user.location.iter().map(|location| Address::Location(customer.clone(), location.clone())))
                .collect(),
            (Self::Template(_) | Self::Location(_) | Self::User(_), _) => Vec::new(),
        }
    }
}

impl Template {
    /// Returns every managed field under the name that manifests use.
    pub fn fields(&self) -> Fields {
        let Self {
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
            provisioning_id: _, // an identity, not a field that could differ
        } = self;
        let mut fields = Fields::default();
        fields.set("displayName", Value::text(display_name));
        fields.set("country", Value::text(country.as_str()));
        fields.set("administrator", Value::text(administrator.as_str()));
        fields.set_text("emailLanguage", email_language.as_ref().map(Language::as_str));
        fields.set_text("subscription", subscription.as_deref());
        match authentication {
            Authentication::Webex => fields.set("authentication.method", Value::text("webex")),
            Authentication::Saml { entity_id } => {
                fields.set("authentication.method", Value::text("saml"));
                fields.set("authentication.entityId", Value::text(entity_id));
            }
            Authentication::Oidc { idp_name } => {
                fields.set("authentication.method", Value::text("oidc"));
                fields.set("authentication.idpName", Value::text(idp_name));
            }
        }
        fields.set_text("pstnProvider", pstn_provider.as_deref());
        fields.set("restrictAdminInvites", Value::Flag(*restrict_admin_invites));
        fields.set_text("brandName", brand_name.as_deref());
        fields.set("disableWebexCalling", Value::Flag(*disable_webex_calling));
        fields
    }
}

impl Customer {
    /// Returns every managed field under the name that manifests use.
    pub fn fields(&self) -> Fields {
        let Self {
            id: _, // an identity
            external_id,
            org_id,
            sub_partner,
            template,
            company,
            admin_email,
            language,
            packages,
            billing_address,
            meetings_time_zone,
            supported_location: _, // an acknowledgement to hubform; the service has no such field
        } = self;
        let mut fields = Fields::default();
        fields.set("externalId", Value::text(external_id));
        fields.set_text("orgId", org_id.as_ref().map(OrgId::as_str));
        fields.set_text("subPartner", sub_partner.as_ref().map(OrgId::as_str));
        fields.set("template", Value::text(template.as_str()));
        fields.set("company", Value::text(company));
        fields.set("adminEmail", Value::text(admin_email.as_str()));
        fields.set_text("language", language.as_ref().map(Language::as_str));
        for (package, PackageTerms { quantity }) in packages {
            fields.add_member("packages", package.as_str());
            if let Some(quantity) = quantity {
                fields.set(quantity_path(package), Value::Number(u64::from(*quantity)));
            }
        }
        billing_address.add_fields("billingAddress", &mut fields);
        fields.set_text("meetingsTimeZone", meetings_time_zone.as_ref().map(TimeZone::as_str));
        fields
    }
}

/// Returns the path of a package's quantity.
pub(crate) fn quantity_path(package: &PackageName) -> FieldPath {
    FieldPath::from(format!("packages[{package}].quantity"))
}

impl Location {
    /// Returns the language that announcements have.
    pub fn announcements(&self) -> &Language {
        self.announcement_language.as_ref().unwrap_or(&self.language)
    }

    /// Returns every managed field under the name that manifests use.
    pub fn fields(&self) -> Fields {
        let Self {
            id: _, // an identity
            display_name,
            address: LocationAddress { postal, written: _ },
            time_zone,
            language,
            announcement_language: _,
            pstn,
            numbers,
            main_number,
            routing_prefix,
        } = self;
        let mut fields = Fields::default();
        fields.set("displayName", Value::text(display_name));
        postal.add_fields("address", &mut fields);
        fields.set("timeZone", Value::text(time_zone.as_str()));
        fields.set("language", Value::text(language.as_str()));
        fields.set("announcementLanguage", Value::text(self.announcements().as_str()));
        if let Some(pstn) = pstn {
            pstn.add_fields(&mut fields);
        }
        for number in numbers {
            fields.add_member("numbers", number.as_str());
        }
        fields.set_text("mainNumber", main_number.as_ref().map(PhoneNumber::as_str));
        fields.set_text("routingPrefix", routing_prefix.as_deref());
        fields
    }
}

impl User {
    /// Returns every managed field under the name that manifests use.
    pub fn fields(&self) -> Fields {
        let Self {
            id: _, // an identity
            first_name,
            last_name,
            package,
            location,
            phone_number,
            extension,
            roles,
        } = self;
        let mut fields = Fields::default();
        fields.set_text("firstName", first_name.as_deref());
        fields.set_text("lastName", last_name.as_deref());
        fields.set("package", Value::text(package.as_str()));
        fields.set_text("location", location.as_ref().map(Name::as_str));
        fields.set_text("phoneNumber", phone_number.as_ref().map(PhoneNumber::as_str));
        fields.set_text("extension", extension.as_ref().map(Extension::as_str));
        for role in roles {
            fields.add_member("roles", &role.key());
        }
        fields
    }
}
