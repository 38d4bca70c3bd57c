//! What a step sends, in terms of the model. Objects that may not exist yet are named by address; the executor
//! looks their ids up when it has them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{
    Address, Customer, Extension, Fields, Language, Location, Name, PackageName, PhoneNumber, PostalAddress, Pstn,
    RoleName, TimeZone, User,
};

/// What happens to a value that may be kept, taken away or replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit<T> {
    /// Stays as it is.
    #[default]
    Keep,
    /// Is taken away.
    Clear,
    /// Becomes this.
    Set(T),
}

impl<T> Edit<T> {
    /// Returns true if nothing changes.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the form that requests take: nothing to send, or a value or its absence.
    pub const fn as_request(&self) -> Option<Option<&T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

/// Where a calling user is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The location, by address.
    pub location: Address,
    /// Phone number.
    pub phone_number: Option<PhoneNumber>,
    /// Extension.
    pub extension: Option<Extension>,
}

impl Operation {
    /// Returns the numbers that leave a location.
    pub fn numbers_removed(&self) -> &[PhoneNumber] {
        if let Self::RemoveNumbers { numbers } = self { numbers } else { &[] }
    }
}

/// What one step does. Each variant says what "done" means for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Operation {
    /// Creates a template in the registry. Done: the provisioning id is in the ledger.
    CreateTemplate { fields: Fields },
    /// Replaces a template's fields in the registry.
    UpdateTemplate { fields: Fields },
    /// Deletes a template from the registry; the record goes.
    DeleteTemplate,
    /// Asks an operator to enter or edit a template in Partner Hub: label and value in the order of the page.
    /// Never done by itself: it waits until `template bind` (or `provisioningId`) says so.
    Instruct { entries: Vec<(String, String)>, edit: bool },

    /// Creates a customer with its first location. Done: the service has finished provisioning; the ids are in
    /// the ledger from the moment that the service accepted.
    CreateCustomer { customer: Box<Customer>, headquarters: Option<Box<Location>> },
    /// Sends nothing. Done: the service has finished what an earlier run began.
    AwaitCustomer,
    /// Changes a customer; `packages` is the complete list. Done: the service has finished.
    UpdateCustomer {
        packages: BTreeSet<PackageName>,
        external_id: String,
        billing_address: Option<PostalAddress>,
        quantities: BTreeMap<PackageName, u32>,
        headquarters: Option<Box<Location>>,
        meetings_time_zone: Option<TimeZone>,
    },
    /// Changes the organization's name or language. A 403 is a wait: Control Hub has to do it (R7).
    UpdateOrganization { display_name: String, language: Option<Language> },
    /// Takes a customer out of the wholesale offer. Done: the service no longer has it; the record goes.
    DeleteCustomer,

    /// Sends nothing. Finds the location that came with the customer: the only calling one, else by name.
    AdoptHeadquarters { display_name: String },
    /// Creates a location.
    CreateLocation { location: Box<Location> },
    /// Enables calling at a location.
    EnableCalling { location: Box<Location> },
    /// Changes a location.
    UpdateLocation {
        display_name: Option<String>,
        address: Option<PostalAddress>,
        time_zone: Option<TimeZone>,
        language: Option<Language>,
    },
    /// Changes the calling side of a location. Done: the job of a routing prefix has ended well.
    UpdateCalling {
        announcement_language: Option<Language>,
        main_number: Option<PhoneNumber>,
        routing_prefix: Edit<String>,
    },
    /// Connects a location to the public network; names are looked up first (R12).
    ConnectPstn { pstn: Pstn },
    /// Adds numbers to a location, unless its PSTN is integrated.
    AddNumbers { numbers: Vec<PhoneNumber> },
    /// Removes at most five numbers from a location, unless its PSTN is integrated.
    RemoveNumbers { numbers: Vec<PhoneNumber> },
    /// Takes calling away from a location. Done: the job has ended well.
    DisableCalling { display_name: String },
    /// Deletes a location; the record goes.
    DeleteLocation,

    /// Creates a subscriber. Done: the service has a person for it; while consent is pending it waits.
    CreateSubscriber { user: Box<User>, line: Option<Line> },
    /// Changes a subscriber's package; `line` is there on the way from meetings to calling.
    UpdateSubscriber { package: PackageName, line: Option<Line> },
    /// Changes a person.
    UpdatePerson {
        first_name: Option<String>,
        last_name: Option<String>,
        phone_number: Edit<PhoneNumber>,
        extension: Edit<Extension>,
    },
    /// Moves a user to another location. Done: the job has ended well.
    MoveUser { location: Name, phone_number: Edit<PhoneNumber>, extension: Edit<Extension> },
    /// Gives and takes administrator roles.
    UpdateRoles { add: BTreeSet<RoleName>, remove: BTreeSet<RoleName> },
    /// Takes a subscriber out of the wholesale offer; the person stays, with its line (R10). The record goes.
    DeleteSubscriber,

    /// Writes what was found equal into the ledger, ids from the part's `known`.
    Adopt { applied: Fields },
    /// Takes the record out of the ledger.
    Forget,
}
