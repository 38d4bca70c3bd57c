//! Every rule, once: the documentation is made from this table.

use crate::model::{
    Code, Problem, Severity,
    Severity::{Error, Warning},
    codes,
};

/// One rule of the offline checks.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its code; the title stands beside it in [`codes::ALL`].
    pub code: Code,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What is behind it, in Markdown.
    pub explanation: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

impl Rule {
    /// Returns the title of the rule.
    pub fn title(&self) -> &'static str {
        codes::ALL.iter().find(|(code, _)| *code == self.code).map_or("", |&(_, title)| title)
    }
}

/// Makes a problem of the severity that the table gives its code.
pub(super) fn problem(code: Code, message: impl Into<String>) -> Problem {
    let rule = RULES.binary_search_by_key(&code, |rule| rule.code).map(|at| &RULES[at]);
    match rule.map(|rule| rule.severity) {
        Ok(Warning) => Problem::warning(code, message),
        Ok(Error) | Err(_) => Problem::error(code, message),
    }
}

const fn rule(code: Code, severity: Severity, explanation: &'static str, source: &'static str) -> Rule {
    Rule { code, severity, explanation, source }
}

/// Every rule, in the order of codes.
pub static RULES: &[Rule] = &[
    rule(
        codes::UNKNOWN_REFERENCE,
        Error,
        "A customer names a template, a user a location, and both locations and users a customer. What they name must be declared; a declared object with errors of its own counts.",
        "hubform",
    ),
    rule(
        codes::REMOVED,
        Error,
        "`Removed` consents to the removal of an object that is no longer described, and of all below it. It cannot stand beside the object's own document, nor beside one that still needs it.",
        "hubform",
    ),
    rule(
        codes::LIMITS,
        Warning,
        "`limits.deletionPercent` is a share of the managed objects of one kind in one customer. At 100 or more every one of them may go in one run, and the limit guards nothing.",
        "hubform",
    ),
    rule(
        codes::LEDGER_PLACE,
        Error,
        "The ledger is a file path, `postgres://…` or `s3://bucket/prefix`. Another scheme would be taken for a file name, and a second ledger would begin empty beside the first.",
        "hubform",
    ),
    rule(
        codes::LEDGER_SECRET,
        Warning,
        "A manifest is read by everyone who reads the repository. The password belongs into the environment (`HUBFORM_LEDGER`), where a pipeline keeps its secrets.",
        "hubform",
    ),
    rule(
        codes::RENAMED,
        Error,
        "`renamedFrom` says that an object is an old one under a new name. That cannot be while the old name is still described, when two objects claim it, or across kinds and customers.",
        "hubform",
    ),
    rule(
        codes::PINNED_TWICE,
        Error,
        "`id` (for a template `provisioningId`) says which object of the service is meant. Two objects cannot be the same one; a copied manifest often still has the id of its model.",
        "hubform",
    ),
    rule(
        codes::TEMPLATE_PSTN,
        Warning,
        "The template would give every customer one provider, while PSTN is a matter of each location, and two of its four types cannot be set through the interface. Cisco recommends leaving the setting empty.",
        "help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::IDP_NAME,
        Error,
        "The IDP name is the one registered with Cisco for OpenID Connect: letters, digits, `-`, `_`, `~` and `.`, at most 128.",
        "help.webex.com `d33her`",
    ),
    rule(
        codes::ENTITY_ID,
        Warning,
        "The entity id of SAML is the `EntityID` of the identity provider's metadata: a URI without white space, at most 1024 characters.",
        "OASIS SAML 2.0 core, 8.3.6; help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::TEMPLATE_NAME_TWICE,
        Error,
        "Templates have no interface of their own: a person picks them by name in Partner Hub. Two of one name (upper and lower case aside) cannot be told apart.",
        "help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::TEMPLATE_UNBOUND,
        Warning,
        "Webex has no interface for templates, and creating a customer needs the template's Provisioning ID. Unless it is bound already, an operator has to copy it from Partner Hub; customers that exist are not concerned.",
        "help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::TEMPLATE_SUBSCRIPTION,
        Warning,
        "Partner Hub asks for the wholesale subscription of a template. One Cisco sample leaves it empty, so hubform does not insist.",
        "help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::PERCENT,
        Error,
        "The service refuses `%` in the name of a customer. A location's name travels with it into the same requests.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::SUPPORTED_LOCATION,
        Error,
        "Partner Hub lets nobody create a customer without the box \"I confirm this customer is in a Webex supported location\". The interface has no such field, so the manifest must say it.",
        "help.webex.com `nf9ghpq`",
    ),
    rule(
        codes::EXTERNAL_ID_TWICE,
        Error,
        "`externalId` is how a customer is found again after a lost answer, and what the bill shows. With two customers of one key, hubform would adopt one for the other.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::ORG_ID_TWICE,
        Error,
        "An organization belongs to one wholesale customer.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::ATTACHED_SIGN_IN,
        Warning,
        "The partner's own sign-in reaches new organizations only. An organization that is attached with `orgId` keeps what it has, whatever the template says.",
        "help.webex.com `d33her`",
    ),
    rule(
        codes::ATTACHED_DELETE,
        Warning,
        "hubform never deletes an organization that it did not create. With `orgId`, removal means `unmap` or `keep`.",
        "hubform",
    ),
    rule(
        codes::MEETINGS_UNUSED,
        Warning,
        "The time zone chooses the data centre of the meeting site. None of the customer's packages is known to have meetings.",
        "help.webex.com `oybc4fb`",
    ),
    rule(
        codes::ADDRESS_LINE,
        Error,
        "The service takes at most 50 characters in each line of an address.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::US_ADDRESS,
        Error,
        "An address in the United States has a state of two letters and a ZIP code of five digits (or five and four); emergency calls depend on it.",
        "developer.webex.com, Webex for Wholesale guide",
    ),
    rule(
        codes::ADDRESS_INCOMPLETE,
        Warning,
        "Some countries need a state or a postal code, and the service alone knows which. This address has neither.",
        "developer.webex.com, Webex for Wholesale guide",
    ),
    rule(
        codes::STATE,
        Warning,
        "Locations write the state or province as its ISO 3166-2 code, with or without the country in front of it.",
        "developer.webex.com, Webex for Wholesale guide; ISO 3166-2",
    ),
    rule(
        codes::LANGUAGE_CODE,
        Warning,
        "A language is an ISO 639-1 code, and a country an ISO 3166-1 code: `en_GB`, not `en_UK`. Which of them Webex speaks is known to the service alone.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::LANGUAGE_COUNTRY,
        Error,
        "Announcements need the country too: `en_us`, not `en`.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::TIME_ZONE_DATED,
        Warning,
        "The IANA database keeps old names such as `US/Pacific` for old programs, and zones such as `EST` that no place uses. The service may know the current names only.",
        "help.webex.com `nuh0amab`; IANA `backward`",
    ),
    rule(
        codes::NO_PACKAGE,
        Error,
        "A customer has at least one package; the list may not be empty.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::ADD_ON_BASE,
        Error,
        "An add-on is sold on top of another package: Attendant Console on `webex_calling`, `webex_suite` or `cx_essentials`; Cisco Calling Plan on any package with calling.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::ADD_ON_NEWLY,
        Warning,
        "Newer texts of the interface let Attendant Console rest on `webex_voice` alone; older ones do not. The precheck tells.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::QUANTITY_UNKNOWN,
        Error,
        "The interface has a quantity for base packages, Common Area Calling and Attendant Console. For others it would be dropped without a word.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::QUANTITY_ZERO,
        Error,
        "A quantity limits how many may be assigned. A package that nobody may hold is one to leave out.",
        "help.webex.com `naxx10`",
    ),
    rule(
        codes::QUANTITY_EXCEEDED,
        Error,
        "The service refuses the first user beyond the quantity. Users who have not consented yet count too.",
        "help.webex.com `naxx10`",
    ),
    rule(
        codes::PACKAGE_NOT_FOR_USERS,
        Error,
        "Common Area Calling is for workspaces; Cisco Calling Plan, Voice Ports and the AI packages belong to the customer; an add-on cannot be a user's only package.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::PACKAGE_NOT_HELD,
        Error,
        "A user's package must be among those of the customer.",
        "help.webex.com `ny0fr7x`",
    ),
    rule(
        codes::NO_HEADQUARTERS,
        Error,
        "The service creates the first location together with the first calling package and needs its name, address, time zone and language for that.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::LOCATION_WITHOUT_CALLING,
        Error,
        "A location holds lines, numbers and a connection to the telephone network. Without a calling package the service has nothing to enable on it.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::NO_LOCATION,
        Error,
        "A calling user's line belongs to a location.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::NO_LINE,
        Error,
        "A package with calling needs a number, an extension or both.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
    rule(
        codes::LINE_WITHOUT_CALLING,
        Error,
        "Only a package with calling has a line. What is written would be lost without a word.",
        "hubform; official wholesale description",
    ),
    rule(
        codes::NUMBER_ELSEWHERE,
        Error,
        "A user takes one of the numbers that the user's location holds. For Cisco Calling Plans and integrated providers the numbers are ordered elsewhere and not checked.",
        "developer.webex.com, Locations and Numbers",
    ),
    rule(
        codes::MAIN_NUMBER_HELD,
        Warning,
        "The main number is often that of an auto attendant. It is also shown for callers without a number of their own, so calls back would all ring at this user.",
        "developer.webex.com, Locations",
    ),
    rule(
        codes::NUMBER_TWICE,
        Error,
        "A number belongs to one person. The service gives it to the first who asks and refuses the second.",
        "developer.webex.com, Numbers",
    ),
    rule(
        codes::NUMBER_IN_TWO,
        Error,
        "A number belongs to one location of one organization. The service refuses the second.",
        "developer.webex.com, Numbers",
    ),
    rule(
        codes::TOLL_FREE,
        Error,
        "Toll-free numbers cannot belong to users or workspaces; a location may have one as its main number.",
        "help.webex.com `g1gtsdb`",
    ),
    rule(
        codes::NUMBER_SHAPE,
        Warning,
        "Behind `+1` stand ten digits: an area code and an exchange, neither of which begins with 0 or 1, and four more.",
        "North American Numbering Plan; ITU-T E.164",
    ),
    rule(
        codes::EXTENSION_TWICE,
        Error,
        "Within a location an extension belongs to one user.",
        "developer.webex.com, Numbers (`DUPLICATE_IN_LIST`)",
    ),
    rule(
        codes::EXTENSION_AMBIGUOUS,
        Warning,
        "Locations may use the same extensions if each has a routing prefix. Without one, a call from another location cannot say which of the two users it is for.",
        "help.webex.com `pxtu15`",
    ),
    rule(
        codes::EXTENSION_EMERGENCY,
        Error,
        "911, 933, 611 and 1911 are emergency and service codes: somebody who needs help would reach a colleague.",
        "PartnerAdministrationRefApp (Cisco)",
    ),
    rule(
        codes::EXTENSION_EMERGENCY_ABROAD,
        Warning,
        "The extension is an emergency number where the location is, or 112, which mobile telephones use nearly everywhere.",
        "ITU-T E.161.1; national numbering plans",
    ),
    rule(
        codes::EXTENSION_IS_PREFIXED,
        Warning,
        "Other locations dial the routing prefix and then the extension. Here that makes the very digits of a colleague's extension.",
        "help.webex.com `pxtu15`",
    ),
    rule(codes::NAMELESS, Error, "A person needs a first or a last name.", "developer.webex.com, People"),
    rule(
        codes::EMAIL_TWICE,
        Error,
        "An e-mail address is an identity in all of Webex and belongs to one organization: one customer's, or the partner's.",
        "official wholesale description (`webex-wholesale.json`) (error 10022)",
    ),
    rule(
        codes::PUBLIC_MAIL,
        Warning,
        "Accounts at public mail providers are often in use for free Webex already, and nobody can claim the domain: the user would have to consent or give another address.",
        "help.webex.com `ndta402`",
    ),
    rule(
        codes::ADMIN_PACKAGE,
        Error,
        "Administrators are provisioned with the package level that the customer has, and a later downgrade of an administrator is not supported. The customer's `adminEmail` is an administrator too.",
        "help.webex.com `ny0fr7x`",
    ),
    rule(
        codes::ROLE_UNKNOWN,
        Warning,
        "Roles are known by name to the service alone; hubform knows those of the documentation. Custom roles do not apply to wholesale.",
        "help.webex.com `fs78p5`",
    ),
    rule(
        codes::ROLE_OF_PARTNER,
        Warning,
        "This is a role for people of the partner, who manage many customers. A customer's own administrators have roles such as `Full administrator`.",
        "help.webex.com `so6ust`",
    ),
    rule(
        codes::ROLE_ALONE,
        Error,
        "A location administrator cannot hold another administrator role.",
        "help.webex.com `760wbi`",
    ),
    rule(
        codes::LOCATION_NAME,
        Error,
        "A location with calling has a name of at most 80 characters.",
        "developer.webex.com, Locations",
    ),
    rule(
        codes::LOCATION_NAME_TWICE,
        Error,
        "Locations are found by name, and the service compares without regard to case.",
        "developer.webex.com, Locations",
    ),
    rule(
        codes::LOCATION_ADDRESS_TWICE,
        Warning,
        "Two locations at one address are allowed (two floors), but if one is renamed outside hubform, neither name nor address tells which it was. Write `id` on both.",
        "hubform",
    ),
    rule(
        codes::MAIN_NUMBER_ELSEWHERE,
        Error,
        "The main number is one of the numbers that the location holds.",
        "developer.webex.com, Locations",
    ),
    rule(
        codes::NO_MAIN_NUMBER,
        Warning,
        "Calling users at a location without a main number cannot make calls to the public network until one is set.",
        "help.webex.com `pxtu15`",
    ),
    rule(
        codes::ROUTING_PREFIX,
        Error,
        "A routing prefix has 1 to 7 digits, the steering digit included.",
        "help.webex.com `pxtu15`",
    ),
    rule(
        codes::ROUTING_PREFIX_TWICE,
        Error,
        "The prefix says which location a call is for, so each has its own.",
        "help.webex.com `pxtu15`",
    ),
    rule(
        codes::NUMBERS_WITHOUT_PSTN,
        Error,
        "The connection to the telephone network is chosen before numbers are added.",
        "developer.webex.com, PSTN; PartnerAdministrationRefApp (Cisco)",
    ),
    rule(
        codes::NUMBERS_NOT_OURS,
        Error,
        "On Cisco Calling Plans and integrated providers numbers are ordered in Control Hub or by the provider. Cisco documents damage to its own data if the interface adds or removes them.",
        "developer.webex.com, Numbers",
    ),
    rule(
        codes::PSTN_EXPECTED,
        Warning,
        "Only Control Hub or the provider can set this type. hubform expects it and lets what depends on it wait until it is seen.",
        "developer.webex.com, PSTN",
    ),
    rule(
        codes::NO_CALLING_PLAN,
        Error,
        "A Cisco Calling Plan at a location needs the add-on at the customer.",
        "official wholesale description (`webex-wholesale.json`)",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_in_order_titled_and_explained() {
        assert!(RULES.is_sorted_by(|a, b| a.code < b.code));
        for rule in RULES {
            assert!(!rule.title().is_empty(), "{}", rule.code);
            assert!(rule.explanation.ends_with('.'), "{}", rule.code);
            assert!(!rule.source.is_empty(), "{}", rule.code);
        }
    }

    #[test]
    fn every_code_of_the_rules_range_has_a_rule() {
        for (code, title) in codes::ALL.iter().filter(|(code, _)| code.0.starts_with("HF2")) {
            assert!(RULES.iter().any(|rule| rule.code == *code), "{code} {title}");
        }
    }
}
