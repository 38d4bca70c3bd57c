//! What the service knows about the world: countries, time zones, languages, roles.

use super::id::{Uuid, decode_payload, encode_payload};

/// What is known of a country's addresses.
pub(crate) struct Country {
    pub(crate) state_required: bool,
    pub(crate) postal_code_required: bool,
    pub(crate) states: &'static [(&'static str, &'static str)],
    pub(crate) time_zones: &'static [&'static str],
}

const US_STATES: &[(&str, &str)] = &[
    ("AA", "Armed Forces Americas"),
    ("AE", "Armed Forces Europe"),
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AP", "Armed Forces Pacific"),
    ("AR", "Arkansas"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MP", "Northern Mariana Islands"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VI", "Virgin Islands"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
];

const US_ZONES: &[&str] = &[
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Detroit",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
];

const CA_STATES: &[(&str, &str)] = &[
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NS", "Nova Scotia"),
    ("NT", "Northwest Territories"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
];

const CA_ZONES: &[&str] = &[
    "America/Edmonton",
    "America/Halifax",
    "America/Regina",
    "America/St_Johns",
    "America/Toronto",
    "America/Vancouver",
    "America/Winnipeg",
];

const AU_STATES: &[(&str, &str)] = &[
    ("ACT", "Australian Capital Territory"),
    ("NSW", "New South Wales"),
    ("NT", "Northern Territory"),
    ("QLD", "Queensland"),
    ("SA", "South Australia"),
    ("TAS", "Tasmania"),
    ("VIC", "Victoria"),
    ("WA", "Western Australia"),
];

const AU_ZONES: &[&str] = &[
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Darwin",
    "Australia/Hobart",
    "Australia/Melbourne",
    "Australia/Perth",
    "Australia/Sydney",
];

/// Returns what is known of a country; none if ISO 3166 has no such code.
///
/// The official table was not available, so that only the United States (the documented example), Canada and
/// Australia demand a state. Countries that are not listed here demand nothing and have no zones of their own.
pub(crate) fn country(code: &str) -> Option<Country> {
    let (state_required, states, time_zones): (bool, &[(&str, &str)], &[&str]) = match code {
        "US" => (true, US_STATES, US_ZONES),
        "CA" => (true, CA_STATES, CA_ZONES),
        "AU" => (true, AU_STATES, AU_ZONES),
        "AT" => (false, &[], &["Europe/Vienna"]),
        "BE" => (false, &[], &["Europe/Brussels"]),
        "CH" => (false, &[], &["Europe/Zurich"]),
        "DE" => (false, &[], &["Europe/Berlin"]),
        "DK" => (false, &[], &["Europe/Copenhagen"]),
        "ES" => (false, &[], &["Atlantic/Canary", "Europe/Madrid"]),
        "FI" => (false, &[], &["Europe/Helsinki"]),
        "FR" => (false, &[], &["Europe/Paris"]),
        "GB" => (false, &[], &["Europe/London"]),
        "IT" => (false, &[], &["Europe/Rome"]),
        "JP" => (false, &[], &["Asia/Tokyo"]),
        "NL" => (false, &[], &["Europe/Amsterdam"]),
        "NO" => (false, &[], &["Europe/Oslo"]),
        "PL" => (false, &[], &["Europe/Warsaw"]),
        "PT" => (false, &[], &["Atlantic/Azores", "Europe/Lisbon"]),
        "SE" => (false, &[], &["Europe/Stockholm"]),
        "SG" => (false, &[], &["Asia/Singapore"]),
        _ => {
            rust_iso3166::from_alpha2(code)?;
            return Some(Country { state_required: false, postal_code_required: false, states: &[], time_zones: &[] });
        }
    };
    Some(Country { state_required, postal_code_required: true, states, time_zones })
}

/// Whether the text is the canonical spelling of an IANA time zone.
pub(crate) fn is_time_zone(name: &str) -> bool {
    // The bundled database finds names whatever their case; the service wants them as they are written.
    jiff::tz::TimeZoneDatabase::bundled().get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
}

/// Languages of announcements. The official table was not available; these are the pairs its neighbours name.
pub(crate) const ANNOUNCEMENT_LANGUAGES: &[(&str, &str)] = &[
    ("ar_ae", "Arabic"),
    ("bg_bg", "Bulgarian"),
    ("ca_es", "Catalan"),
    ("cs_cz", "Czech"),
    ("da_dk", "Danish"),
    ("de_de", "German"),
    ("el_gr", "Greek"),
    ("en_au", "English (Australia)"),
    ("en_gb", "English (UK)"),
    ("en_us", "English"),
    ("es_co", "Spanish (Colombia)"),
    ("es_es", "Spanish"),
    ("es_mx", "Spanish (Mexico)"),
    ("et_ee", "Estonian"),
    ("fi_fi", "Finnish"),
    ("fr_ca", "French (Canada)"),
    ("fr_fr", "French"),
    ("he_il", "Hebrew"),
    ("hr_hr", "Croatian"),
    ("hu_hu", "Hungarian"),
    ("id_id", "Indonesian"),
    ("it_it", "Italian"),
    ("ja_jp", "Japanese"),
    ("ko_kr", "Korean"),
    ("lt_lt", "Lithuanian"),
    ("lv_lv", "Latvian"),
    ("nb_no", "Norwegian"),
    ("nl_nl", "Dutch"),
    ("pl_pl", "Polish"),
    ("pt_br", "Portuguese (Brazil)"),
    ("pt_pt", "Portuguese"),
    ("ro_ro", "Romanian"),
    ("ru_ru", "Russian"),
    ("sk_sk", "Slovak"),
    ("sl_si", "Slovenian"),
    ("sv_se", "Swedish"),
    ("th_th", "Thai"),
    ("tr_tr", "Turkish"),
    ("uk_ua", "Ukrainian"),
    ("vi_vn", "Vietnamese"),
    ("zh_cn", "Chinese (Mandarin)"),
    ("zh_hk", "Chinese (Cantonese)"),
    ("zh_tw", "Chinese (Taiwan)"),
];

pub(crate) fn is_announcement_language(code: &str) -> bool {
    ANNOUNCEMENT_LANGUAGES.iter().any(|(known, _)| *known == code)
}

/// Whether announcements in the language can be made from text. The documents say that there is such a difference, and
/// not which languages it makes; these are plausible.
pub(crate) fn is_synthesized(code: &str) -> bool {
    !["th_th", "uk_ua", "vi_vn", "zh_hk"].contains(&code)
}

/// Whether the text is `ll_cc`, as locations write languages.
pub(crate) fn is_location_language(code: &str) -> bool {
    language_parts(code, u8::is_ascii_lowercase, u8::is_ascii_lowercase)
}

/// Whether the text is `ll` or `ll_CC`, as organizations write languages.
pub(crate) fn is_org_language(code: &str) -> bool {
    let bytes = code.as_bytes();
    (bytes.len() == 2 && bytes.iter().all(u8::is_ascii_lowercase))
        || language_parts(code, u8::is_ascii_lowercase, u8::is_ascii_uppercase)
}

fn language_parts(code: &str, language: fn(&u8) -> bool, country: fn(&u8) -> bool) -> bool {
    match code.as_bytes() {
        [a, b, b'_', c, d] => [a, b].into_iter().all(language) && [c, d].into_iter().all(country),
        _ => false,
    }
}

/// An administrator role.
pub(crate) struct Role {
    /// The payload of its id; the SCIM value where there is one.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    /// Whether SCIM can assign it.
    pub(crate) scim: bool,
}

pub(crate) const FULL_ADMIN: &str = "id_full_admin";
pub(crate) const LOCATION_ADMIN: &str = "location_admin";
pub(crate) const WHOLESALE_ADMIN: &str = "c2f4be7a-5d0e-4b0b-a9c6-3c1f0f6f2d17";

/// Manages the customers that it is assigned to.
pub(crate) const PARTNER_ADMIN: &str = "atlas-portal.partner.salesadmin";

/// The Control Hub roles, the one that a partner's administrator of wholesale customers has beside the full one, and
/// those about some of a partner's customers.
/// Those with a UUID in their id have no SCIM value.
pub(crate) const ROLES: &[Role] = &[
    Role { key: FULL_ADMIN, name: "Full Administrator", scim: true },
    Role { key: "id_readonly_admin", name: "Read-only administrator", scim: true },
    Role { key: "96abc2aa-3dcc-11e5-a152-fe34819cdc9a", name: "Support administrator", scim: false },
    Role { key: "id_user_admin", name: "User and device administrator", scim: true },
    Role { key: "id_device_admin", name: "Device administrator", scim: true },
    Role { key: "96abc2aa-3dcc-11e5-b263-0f4592adefab", name: "Compliance officer", scim: false },
    Role { key: LOCATION_ADMIN, name: "Location administrator", scim: false },
    Role { key: "1e2e6a3c-8f0b-4d6f-9d57-5a0d0a4a2f11", name: "Advanced troubleshooting", scim: false },
    Role { key: WHOLESALE_ADMIN, name: "Webex for Wholesale administrator", scim: false },
    Role { key: PARTNER_ADMIN, name: "Partner administrator", scim: false },
    Role { key: "atlas-portal.partner.helpdesk", name: "Help desk administrator", scim: false },
    Role { key: "atlas-portal.partner.provision_admin", name: "Provisioning administrator", scim: false },
];

/// What the keys of roles in a partner's organization begin with that are about its customers.
const PARTNER_ROLES: &str = "atlas-portal.partner.";

impl Role {
    /// Whether the role is about customers, and held in the partner's organization alone.
    pub(crate) fn is_of_partner(key: &str) -> bool {
        key.starts_with(PARTNER_ROLES)
    }

    pub(crate) fn find(key: &str) -> Option<&'static Self> {
        ROLES.iter().find(|role| role.key == key)
    }

    pub(crate) fn from_id(id: &str) -> Option<&'static Self> {
        Self::find(&decode_payload("ROLE", id)?)
    }

    pub(crate) fn id_of(key: &str) -> String {
        encode_payload("ROLE", key)
    }
}

/// Returns the id of the licence that a package brings in an organization.
pub(crate) fn license_id(org: Uuid, package: &str) -> String {
    let offer = Uuid::derived(&["license", package]);
    encode_payload("LICENSE", &format!("{org}:WHS_{offer}"))
}

/// Numbers that no extension may equal: those that Cisco's sample avoids, and emergency numbers of other countries.
pub(crate) const EMERGENCY: &[&str] = &["000", "110", "112", "118", "119", "1911", "611", "911", "933", "999"];

/// Whether the text is an E.164 number with its plus sign.
pub(crate) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    })
}

/// Returns the E.164 form of a number, which may be written in the national form of the United States.
pub(crate) fn e164(text: &str) -> Option<String> {
    if is_e164(text) {
        return Some(text.to_owned());
    }
    match text.as_bytes() {
        [b'2'..=b'9', _, _, b'2'..=b'9', rest @ ..] if rest.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) => {
            Some(format!("+1{text}"))
        }
        _ => None,
    }
}

/// Says why the text cannot be an extension, with the service's code.
pub(crate) fn extension_fault(text: &str) -> Option<(u32, &'static str)> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((4910, "[Error 4910] Invalid extension.  The extension can only contain characters 0-9."));
    }
    if !(2..=10).contains(&text.len()) {
        return Some((59475, "[Error 59475] Invalid extension.  The extension length must be between 2 and 10."));
    }
    if EMERGENCY.contains(&text) {
        return Some((4911, "[Error 4911] Invalid extension.  The extension cannot be an emergency number."));
    }
    None
}

/// Whether the text has the form of an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    let options = email_address::Options::default().with_required_tld().without_display_text().without_domain_literal();
    email_address::EmailAddress::parse_with_options(text, options).is_ok()
}
