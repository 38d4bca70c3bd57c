//! Every code, once. The documentation of rules is made from this table.

use super::Code;

macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// The codes of problems and notes. A code is never given another meaning and never used again.
        pub mod codes {
            use super::Code;

            $($(#[$doc])* pub const $name: Code = Code($code);)*

            /// Every code with its title, in order.
            pub const ALL: &[(Code, &str)] = &[$(($name, $title)),*];
        }
    };
}

registry! {
    // HF10x: files and YAML
    /// A file cannot be read.
    UNREADABLE = "HF101", "a file or folder cannot be read";
    /// The text is not YAML.
    SYNTAX = "HF102", "the file is not valid YAML";
    /// The text is not UTF-8.
    NOT_UTF8 = "HF103", "the file is not UTF-8";
    /// The file is too large, too deep or has too many nodes.
    TOO_LARGE = "HF104", "the file is larger or deeper than a manifest can be";
    /// A key stands twice in one mapping.
    DUPLICATE_KEY = "HF105", "a key stands twice in one mapping";
    /// Anchors, aliases, merge keys and tags are not part of manifests.
    YAML_FEATURE = "HF106", "anchors, aliases, merge keys and tags are not used in manifests";
    /// A path leads out of the project folder.
    OUTSIDE = "HF107", "a path leads out of the project folder";
    /// More problems than are shown.
    TOO_MANY = "HF108", "the file has more problems than are shown";
    // HF11x: documents
    /// `apiVersion` is missing or unknown.
    API_VERSION = "HF110", "`apiVersion` is missing or not known";
    /// `kind` is missing or unknown.
    KIND = "HF111", "`kind` is missing or not known";
    /// A field that the kind does not have.
    UNKNOWN_FIELD = "HF112", "a field that this kind of document does not have";
    /// A field that must be there.
    MISSING_FIELD = "HF113", "a field is missing";
    /// A value of the wrong type.
    WRONG_TYPE = "HF114", "a value has the wrong type";
    /// A text that YAML reads as a number or boolean.
    QUOTE_IT = "HF115", "a text must be quoted, or YAML takes it for a number or boolean";
    /// A value that is not one of the choices.
    NOT_A_CHOICE = "HF116", "a value is not one of the choices";
    /// Two documents describe one object.
    DUPLICATE_OBJECT = "HF117", "an object is described twice";
    /// More than one Project document, or one in the wrong file.
    PROJECT = "HF118", "there is one Project document, in `hubform.yaml`";
    /// Something that this version does not do.
    NOT_YET = "HF119", "not supported by this version of hubform";
    // HF12x: values
    /// A name that is not allowed.
    NAME = "HF120", "a name has lower-case letters, digits and `-`";
    /// Not an e-mail address.
    EMAIL = "HF121", "not an e-mail address";
    /// Not an E.164 phone number or range.
    PHONE_NUMBER = "HF122", "not a phone number or range in E.164 form";
    /// Not an extension.
    EXTENSION = "HF123", "an extension has 2 to 10 digits";
    /// Not a country.
    COUNTRY = "HF124", "not an ISO 3166-1 country";
    /// Not a time zone.
    TIME_ZONE = "HF125", "not an IANA time zone";
    /// Not a language.
    LANGUAGE = "HF126", "not a language";
    /// An unknown package.
    PACKAGE = "HF127", "not a package of the wholesale offer";
    /// An empty or malformed text.
    TEXT = "HF128", "a text is empty or malformed";
    /// Fields that do not go together.
    COMBINATION = "HF129", "fields that do not go together";
    // HF13x: CSV
    /// A CSV file that cannot be read as such.
    CSV = "HF130", "the CSV file cannot be read";
    /// A CSV header that is missing or has an unknown column.
    CSV_HEADER = "HF131", "the CSV header names an unknown column or lacks one";
    /// A number that a spreadsheet has damaged.
    CSV_DAMAGED = "HF132", "a phone number was damaged by a spreadsheet";
    // HF14x: references
    /// A reference to something that is not declared.
    UNKNOWN_REFERENCE = "HF140", "a reference to an object that is not declared";
    /// `Removed` names a live object, or a wrong one.
    REMOVED = "HF141", "a `Removed` document that contradicts another";
    // HF20x: the project, and objects as a whole
    /// A limit that limits nothing.
    LIMITS = "HF200", "a deletion limit that limits nothing";
    /// A ledger in a place that hubform does not know.
    LEDGER_PLACE = "HF201", "the ledger is in no place that hubform knows";
    /// A password in the address of the ledger.
    LEDGER_SECRET = "HF202", "a password stands in the ledger's address";
    /// A `renamedFrom` that does not fit.
    RENAMED = "HF203", "a `renamedFrom` that contradicts other objects";
    /// An id of the service that two objects pin.
    PINNED_TWICE = "HF204", "two objects pin one id of the service";
    // HF21x: templates
    /// A PSTN provider in a template.
    TEMPLATE_PSTN = "HF210", "a template sets a PSTN provider, which Cisco advises against";
    /// An IDP name that cannot be registered.
    IDP_NAME = "HF211", "not an IDP name of OpenID Connect";
    /// An entity id that is no URI.
    ENTITY_ID = "HF212", "an entity id that does not look like one";
    /// Two templates of one name.
    TEMPLATE_NAME_TWICE = "HF213", "two templates have one display name";
    /// A template in use whose id is not known.
    TEMPLATE_UNBOUND = "HF214", "a template in use has no `provisioningId`";
    /// A template without subscription.
    TEMPLATE_SUBSCRIPTION = "HF215", "a template names no wholesale subscription";
    // HF22x: customers
    /// `%` in a name.
    PERCENT = "HF220", "a name contains `%`";
    /// The supported location is not confirmed.
    SUPPORTED_LOCATION = "HF221", "the supported location is not confirmed";
    /// An external id of two customers.
    EXTERNAL_ID_TWICE = "HF222", "two customers have one `externalId`";
    /// An organization of two customers.
    ORG_ID_TWICE = "HF223", "two customers attach one organization";
    /// An attached organization keeps its authentication.
    ATTACHED_SIGN_IN = "HF224", "an attached organization keeps its own authentication";
    /// An attached organization is never deleted.
    ATTACHED_DELETE = "HF225", "an attached organization cannot be deleted";
    /// A meeting site time zone without meetings.
    MEETINGS_UNUSED = "HF226", "`meetingsTimeZone` without a package that has meetings";
    // HF23x: addresses, languages, time zones
    /// An address line that is too long.
    ADDRESS_LINE = "HF230", "an address line is longer than 50 characters";
    /// An address in the United States that is incomplete.
    US_ADDRESS = "HF231", "an address in the United States needs state and ZIP code";
    /// An address that may be incomplete.
    ADDRESS_INCOMPLETE = "HF232", "an address has neither state nor postal code";
    /// A state that is not a subdivision of the country.
    STATE = "HF233", "a state is not an ISO 3166-2 code of the country";
    /// A language that nobody speaks.
    LANGUAGE_CODE = "HF234", "a language has an unknown language or country code";
    /// A location's language without country.
    LANGUAGE_COUNTRY = "HF235", "the language of a location names no country";
    /// An old name of a time zone.
    TIME_ZONE_DATED = "HF236", "a time zone has an old name or names no place";
    // HF24x: packages
    /// No package.
    NO_PACKAGE = "HF240", "a customer has no package";
    /// An add-on without a package to rest on.
    ADD_ON_BASE = "HF241", "an add-on lacks the package it depends on";
    /// An add-on that rests on a package newly allowed.
    ADD_ON_NEWLY = "HF242", "an add-on rests on a package that only newer texts allow";
    /// A quantity that the service does not take.
    QUANTITY_UNKNOWN = "HF243", "a package takes no `quantity`";
    /// A quantity of nothing.
    QUANTITY_ZERO = "HF244", "a `quantity` of 0";
    /// More users than the quantity allows.
    QUANTITY_EXCEEDED = "HF245", "more users hold a package than its `quantity` allows";
    /// A package that no user can hold.
    PACKAGE_NOT_FOR_USERS = "HF246", "a user cannot hold this package";
    /// A package that the customer does not have.
    PACKAGE_NOT_HELD = "HF247", "the customer does not have the user's package";
    /// Calling without headquarters.
    NO_HEADQUARTERS = "HF248", "a calling package needs a headquarters location";
    /// Locations without calling.
    LOCATION_WITHOUT_CALLING = "HF249", "a location of a customer without calling";
    // HF25x: the lines of users
    /// A calling user without location.
    NO_LOCATION = "HF250", "a calling user has no location";
    /// A calling user without number and extension.
    NO_LINE = "HF251", "a calling user has neither number nor extension";
    /// A line of a user without calling.
    LINE_WITHOUT_CALLING = "HF252", "a user without calling has a location, number or extension";
    /// A number that the location does not hold.
    NUMBER_ELSEWHERE = "HF253", "a user's number is not among those of the location";
    /// A user with the location's main number.
    MAIN_NUMBER_HELD = "HF254", "a user holds the main number of a location";
    /// One number, two users.
    NUMBER_TWICE = "HF255", "two users have one phone number";
    /// One number, two locations.
    NUMBER_IN_TWO = "HF256", "two locations have one phone number";
    /// A user with a toll-free number.
    TOLL_FREE = "HF257", "a user holds a toll-free number";
    /// A number that the North American numbering plan does not have.
    NUMBER_SHAPE = "HF258", "a number that starts with `+1` is not a North American number";
    // HF26x: extensions
    /// One extension, two users at one location.
    EXTENSION_TWICE = "HF260", "two users of one location have one extension";
    /// One extension, two users at locations that cannot be told apart.
    EXTENSION_AMBIGUOUS = "HF261", "two locations use one extension without routing prefixes";
    /// An extension that calls for help.
    EXTENSION_EMERGENCY = "HF262", "an extension is an emergency or service code";
    /// An extension that calls for help in this country.
    EXTENSION_EMERGENCY_ABROAD = "HF263", "an extension is an emergency number of the country";
    /// An extension that is another user's routing prefix and extension.
    EXTENSION_IS_PREFIXED = "HF264", "an extension equals the routing prefix and extension of another user";
    // HF27x: identities and roles
    /// A user without name.
    NAMELESS = "HF270", "a user has neither first nor last name";
    /// An e-mail address in two organizations.
    EMAIL_TWICE = "HF271", "one e-mail address in two organizations";
    /// An e-mail address at a public provider.
    PUBLIC_MAIL = "HF272", "an e-mail address at a public mail provider";
    /// An administrator below the customer's level.
    ADMIN_PACKAGE = "HF273", "an administrator holds less than the customer's package level";
    /// A role that is not known.
    ROLE_UNKNOWN = "HF274", "a role that hubform does not know";
    /// A role of the partner's organization.
    ROLE_OF_PARTNER = "HF275", "a role of the partner, not of a customer";
    /// A location administrator with other roles.
    ROLE_ALONE = "HF276", "`Location administrator` excludes every other role";
    // HF28x: locations
    /// A location name that is too long.
    LOCATION_NAME = "HF280", "the name of a location has more than 80 characters";
    /// Two locations of one name.
    LOCATION_NAME_TWICE = "HF281", "two locations of a customer have one display name";
    /// Two locations at one address.
    LOCATION_ADDRESS_TWICE = "HF282", "two locations of a customer have one address";
    /// A main number that the location does not hold.
    MAIN_NUMBER_ELSEWHERE = "HF283", "the main number is not among the location's numbers";
    /// A location with users and without main number.
    NO_MAIN_NUMBER = "HF284", "a location with users has no main number";
    /// A malformed routing prefix.
    ROUTING_PREFIX = "HF285", "a routing prefix has 1 to 7 digits";
    /// Two locations of one routing prefix.
    ROUTING_PREFIX_TWICE = "HF286", "two locations of a customer have one routing prefix";
    // HF29x: the public telephone network
    /// Numbers without connection.
    NUMBERS_WITHOUT_PSTN = "HF290", "a location has numbers and no `pstn`";
    /// Numbers that must not be touched.
    NUMBERS_NOT_OURS = "HF291", "numbers beside a PSTN type whose numbers the interface must not touch";
    /// A connection that the interface cannot set.
    PSTN_EXPECTED = "HF292", "a PSTN type that the interface cannot set";
    /// A Cisco PSTN location without the add-on.
    NO_CALLING_PLAN = "HF293", "`cisco-pstn` needs the Cisco Calling Plan";
    // HF50x: what a plan says without a step
    /// A field that is set once differs.
    FIXED_AT_CREATION = "HF501", "a field that is set at creation differs";
    /// A field left the manifest and cannot be cleared.
    CANNOT_BE_CLEARED = "HF502", "a field left the manifest and cannot be cleared";
    /// A field that nobody can read was taken as the manifest says.
    UNVERIFIED = "HF503", "a field that the service does not tell was taken as the manifest says";
    /// A removal that has been carried out.
    ALREADY_REMOVED = "HF504", "a removal that has been carried out";
    /// A user who is unmapped keeps the line.
    KEEPS_LINE = "HF505", "a user who is unmapped keeps the number and the extension";
    /// A template edit does not reach existing customers.
    TEMPLATE_REACH = "HF506", "an edit of a template does not reach existing customers";
    /// A template has to be removed by hand.
    TEMPLATE_BY_HAND = "HF507", "a template has to be removed in Partner Hub";
    /// The ledger is new, so removals since the last run cannot be seen.
    NEW_LEDGER = "HF508", "removals since the last run cannot be seen";
    /// Something of a managed set is not managed.
    UNMANAGED = "HF509", "something that no manifest describes is left alone";
    /// A part of a saved plan that is carried out already.
    DONE_ALREADY = "HF510", "what a saved plan asks for has been done already";
    // HF51x: what a plan waits for
    /// A customer is being worked on.
    CUSTOMER_BUSY = "HF511", "the service is working on a customer";
    /// The owner of a free account has to consent.
    CONSENT_PENDING = "HF512", "the owner of a free account has to consent";
    /// A PSTN type that hubform cannot set is not there yet.
    PSTN_AWAITED = "HF513", "a PSTN connection that only others can make is not there";
    // HF52x: why a part is refused
    /// Something could not be read.
    UNREAD = "HF521", "the service could not be read";
    /// Several things match.
    SEVERAL_MATCH = "HF522", "several things on the service match an object";
    /// A customer that the ledger knows is gone.
    CUSTOMER_GONE = "HF523", "a customer that the ledger knows is not there";
    /// The creation of a customer failed.
    CUSTOMER_BROKEN = "HF524", "the creation of a customer failed";
    /// An object vanished from the manifests.
    VANISHED = "HF525", "an object left the manifests without a `Removed` document";
    /// A protected object would be removed.
    PROTECTED = "HF526", "a protected object would be removed";
    /// More deletions than the limits allow.
    DELETION_LIMIT = "HF527", "more deletions than the limits allow";
    /// The last listed user disappeared.
    LAST_USER = "HF528", "all users of a customer left the manifests at once";
    /// The manifests of a part have errors.
    BROKEN_PART = "HF529", "the manifests have errors";
    /// A quantity cannot be taken away.
    QUANTITY = "HF530", "a quantity cannot return to unlimited";
    /// A package is removed while users hold it.
    PACKAGE_IN_USE = "HF531", "a package would be removed while users hold it";
    /// The PSTN type would change while numbers are there.
    PSTN_CHANGE = "HF532", "the PSTN connection would change while numbers are there";
    /// Numbers of an integrated PSTN would be changed.
    PSTN_INTEGRATED = "HF533", "numbers of an integrated PSTN would be changed";
    /// The last administrator or the caller's own roles.
    LOCKOUT = "HF534", "the last full administrator or the caller's own role would be removed";
    /// The last calling location.
    LAST_LOCATION = "HF535", "the last calling location would be removed";
    /// Somebody is still at a location.
    LOCATION_IN_USE = "HF536", "a location would be removed while somebody uses it";
    /// Steps that need each other.
    EXCHANGE = "HF537", "steps need each other in a circle";
    /// A rename that hubform cannot tell from a new location.
    SAME_ADDRESS = "HF538", "a location with the same address has another name";
    /// The headquarters differ from the billing address, which was only their default.
    HEADQUARTERS_ADDRESS = "HF539", "the headquarters' address has to be written";
    /// A main number cannot leave a location.
    MAIN_NUMBER = "HF540", "a main number cannot be removed";
    /// Subscribers that no manifest describes.
    UNMANAGED_SUBSCRIBERS = "HF541", "subscribers that no manifest describes are in the way";
    /// Not supported yet.
    PLAN_NOT_YET = "HF542", "a plan that this version of hubform cannot make";
    /// A number is held by somebody whom hubform does not manage.
    LINE_TAKEN = "HF543", "a number or extension belongs to somebody else";
    /// An adoption that takes something away.
    ADOPTION = "HF544", "taking an existing object over would take something away";
    /// A part of a saved plan no longer matches.
    CHANGED_SINCE = "HF545", "a part of a saved plan has changed since it was planned";
    /// A part of a saved plan hangs on one that no longer matches.
    LINKED_CHANGED = "HF546", "a part that another one needs has changed since it was planned";
    // HF60x: what the service answered
    /// 401.
    UNAUTHORIZED = "HF601", "the token is missing, expired or of the wrong kind";
    /// 403.
    FORBIDDEN = "HF602", "a role, scope or entitlement is missing";
    /// 404 or 410.
    NOT_VISIBLE = "HF603", "the service has no such thing, or does not show it";
    /// 409.
    CONFLICT = "HF604", "the request conflicts with what is there";
    /// Another 4xx.
    REQUEST_REFUSED = "HF605", "the service refused the request";
    /// 423 or 429, again and again.
    SERVICE_BUSY = "HF606", "the service is busy";
    /// 5xx, again and again.
    SERVICE_UNAVAILABLE = "HF607", "the service does not work at the moment";
    /// No answer, and nothing was sent.
    NO_ANSWER = "HF608", "the service could not be reached";
    /// An answer that cannot be understood.
    MALFORMED_ANSWER = "HF609", "the service's answer cannot be understood";
    /// No trustworthy answer to a request that changes something.
    UNSETTLED = "HF610", "not known whether a request was carried out";
    // HF62x: steps that failed
    /// The service could not create or change a customer.
    CUSTOMER_FAILED = "HF620", "the service failed to provision a customer";
    /// A package of a customer is not there.
    PACKAGE_FAILED = "HF621", "the service failed to provision a package";
    /// A job of the service failed.
    JOB_FAILED = "HF622", "a job of the service failed";
    /// An id that a step needs is not known.
    ID_MISSING = "HF623", "a remote id is not known";
    /// Several things match.
    AMBIGUOUS = "HF624", "several things on the service match";
    /// Numbers of a location whose PSTN connection must not be touched.
    NUMBERS_FORBIDDEN = "HF625", "the PSTN connection does not allow numbers to be managed";
    /// The object is not as it was when the plan was made.
    MOVED_ON = "HF626", "the object has changed since the plan was made";
    /// A plan that cannot be carried out as it is.
    PLAN_DEFECT = "HF629", "the plan contradicts itself";
    // HF63x: steps that wait
    /// The service is not done with a customer.
    STILL_PROVISIONING = "HF630", "the service is still at work on a customer";
    /// A denied-party check.
    COMPLIANCE_REVIEW = "HF631", "a customer waits for a compliance review";
    /// The owner of a free account has to consent.
    CONSENT = "HF632", "a user has to consent to the move of a free account";
    /// A PSTN provider, trunk or route group that is not there yet.
    PSTN_NOT_OFFERED = "HF633", "a PSTN provider, trunk or route group is not there";
    /// A PSTN connection that only the provider or Control Hub can make.
    PSTN_ELSEWHERE = "HF634", "a PSTN connection has to be made elsewhere";
    /// Something that only Control Hub can do.
    CONTROL_HUB = "HF635", "Control Hub has to do it";
    /// A template that a person enters in Partner Hub.
    PARTNER_HUB = "HF636", "a template has to be entered in Partner Hub";
    /// A job of the service is still running.
    JOB_RUNNING = "HF637", "a job of the service is still running";
    /// Something that the service makes by itself is not there yet.
    NOT_THERE_YET = "HF638", "the service has not made it yet";
    /// The run was interrupted while the service was at work.
    INTERRUPTED = "HF639", "the run was interrupted while the service was at work";
    // HF70x: the ledger
    /// A newer format.
    LEDGER_NEWER = "HF701", "a newer version of hubform wrote the ledger";
    /// Not a ledger.
    LEDGER_NOT_ONE = "HF702", "the file is not a ledger";
    /// A damaged ledger.
    LEDGER_DAMAGED = "HF703", "the ledger is damaged";
    /// A read-only ledger.
    LEDGER_READ_ONLY = "HF704", "the ledger is read-only";
    /// Another process writes it.
    LEDGER_IN_USE = "HF705", "another process uses the ledger";
    /// No space is left.
    LEDGER_DISK_FULL = "HF706", "no space is left for the ledger";
    /// It belongs to something else.
    LEDGER_MISMATCH = "HF707", "the ledger belongs to another service, partner or project";
    /// It is not where it should be.
    LEDGER_MISSING = "HF708", "the ledger that the project names is not there";
    /// Another run holds it.
    LEDGER_HELD = "HF709", "another run holds the ledger";
    /// Anything else.
    LEDGER_UNUSABLE = "HF710", "the ledger cannot be used";
    /// Somebody took its unit over, or gave it back.
    LEDGER_LOCK_LOST = "HF711", "the run has lost its lock";
    /// A server of a ledger does not answer.
    LEDGER_UNREACHABLE = "HF712", "the ledger's server cannot be reached";
    /// It answers that we may not.
    LEDGER_DENIED = "HF713", "the ledger's server does not let this account in";
    /// Without what it lacks, two runs could hold one customer.
    LEDGER_UNFIT = "HF714", "the server cannot hold a ledger";
    // HF72x: plan files
    /// Not a plan.
    PLAN_NOT_ONE = "HF721", "the file is not a plan";
    /// A format that this version does not know.
    PLAN_FORMAT = "HF722", "the plan has a format that this version of hubform does not know";
    /// Too large.
    PLAN_TOO_LARGE = "HF723", "the plan is too large for a file";
    /// Its digest is not that of its content.
    PLAN_ALTERED = "HF724", "the plan was altered after it was written";
    /// Nobody signed it.
    PLAN_UNSIGNED = "HF725", "the project wants signed plans, and the plan is not signed";
    /// Somebody signed it whom the project does not trust.
    PLAN_KEY_UNKNOWN = "HF726", "the plan is signed with a key that the project does not trust";
    /// The signature is not one of this plan.
    PLAN_SIGNATURE = "HF727", "the signature of the plan is wrong";
    /// It is for another target.
    PLAN_TARGET = "HF728", "the plan was made for another target";
    /// It is for another address of the service.
    PLAN_BASE_URL = "HF729", "the plan was made for another address of the service";
    /// It is for another partner organization.
    PLAN_PARTNER = "HF730", "the plan was made for another partner organization";
    /// It is for another project.
    PLAN_PROJECT = "HF731", "the plan was made for another project";
    /// It is for another ledger.
    PLAN_LINEAGE = "HF732", "the plan was made with another ledger";
    /// Something that is no plan is in its place.
    PLAN_IN_THE_WAY = "HF733", "a file that is not a plan would be overwritten";
    /// The signing key cannot be used.
    SIGNING_KEY = "HF734", "the signing key cannot be used";
    // HF80x: the command line and the settings
    /// The command line is wrong.
    USAGE = "HF801", "the command line is wrong";
    /// A setting cannot be used.
    SETTING = "HF802", "a setting has a value that cannot be used";
    /// The token is not there.
    TOKEN_MISSING = "HF803", "the access token is missing";
    /// The simulator cannot be started.
    SIMULATOR = "HF804", "the simulator cannot be started";
    /// The answer cannot be written.
    OUTPUT = "HF805", "the answer cannot be written";
    /// Nobody confirmed.
    NOT_CONFIRMED = "HF806", "nobody confirmed the changes";
    /// The object that a command names is not known.
    NO_SUCH_OBJECT = "HF807", "there is no such object";
    /// The provisioning id is not accepted.
    ID_REFUSED = "HF808", "the service does not accept a provisioning id";
    /// The provisioning id was not checked.
    ID_UNCHECKED = "HF809", "a provisioning id could not be checked";
    /// The service cannot be read.
    SERVICE_UNREADABLE = "HF810", "the service cannot be read";
    /// The folder is empty, or only a part of a project.
    NO_PROJECT = "HF811", "the folder is not that of a project";
    /// The variables of signing in do not make a whole.
    SIGN_IN = "HF812", "what signing in needs is incomplete or contradicts itself";
    /// The token cache cannot be used.
    TOKEN_CACHE = "HF813", "the token cache cannot be used";
    /// Nobody could be logged in.
    LOGIN = "HF814", "the login failed";
    /// The token may do less than it should.
    SCOPES = "HF815", "the token lacks scopes that hubform needs";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(codes::ALL.is_sorted_by(|a, b| a.0 < b.0));
    }
}
