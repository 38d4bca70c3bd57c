//! Numbers that call for help: no extension may look like one.

use super::country::Country;

/// Codes that Cisco's reference application never gives out (`PartnerAdministrationRefApp`).
const SERVICE: [&str; 4] = ["911", "933", "611", "1911"];

/// Emergency numbers of the national numbering plans. `112` is one wherever there are mobile telephones.
#[rustfmt::skip]
const NATIONAL: &[(&str, &[&str])] = &[
    ("AE", &["998", "999"]), ("AR", &["100", "101", "107"]), ("AT", &["122", "133", "144"]), ("AU", &["000", "106"]),
    ("BE", &["100", "101"]), ("BH", &["999"]), ("BR", &["190", "192", "193"]),
    ("CH", &["117", "118", "144"]), ("CL", &["131", "132", "133"]), ("CN", &["110", "119", "120"]),
    ("CO", &["123"]), ("CZ", &["150", "155", "158"]), ("DE", &["110"]), ("ES", &["061", "080", "091"]),
    ("FR", &["15", "17", "18", "114"]), ("GB", &["999"]), ("GR", &["100", "166", "199"]), ("HK", &["999"]),
    ("HU", &["104", "105", "107"]), ("ID", &["110", "113", "118", "119"]), ("IE", &["999"]), ("IL", &["100", "101", "102"]),
    ("IN", &["100", "101", "102", "108"]), ("IT", &["113", "115", "118"]), ("JP", &["110", "118", "119"]),
    ("KE", &["999"]), ("KR", &["119"]), ("KW", &["112"]), ("MY", &["999"]), ("NO", &["110", "113"]),
    ("NZ", &["111"]), ("PE", &["105", "106", "116"]), ("PH", &["117"]), ("PL", &["997", "998", "999"]), ("QA", &["999"]),
    ("SA", &["997", "998", "999"]), ("SG", &["995", "999"]), ("TH", &["191", "199"]), ("TR", &["110", "155"]),
    ("TW", &["110", "119"]), ("VN", &["113", "114", "115"]), ("ZA", &["10111", "10177"]),
];

/// Returns true for a code that must never be anybody's extension.
pub fn is_service_code(extension: &str) -> bool {
    SERVICE.contains(&extension)
}

/// Returns the emergency numbers of a country, as far as hubform knows them; `112` is left to the caller.
pub fn emergency_numbers(country: &Country) -> &'static [&'static str] {
    NATIONAL.iter().find(|(code, _)| *code == country.as_str()).map_or(&[], |(_, numbers)| numbers)
}

/// Returns true for a code that calls for help in some country: hubform never picks it by itself.
pub fn is_emergency_anywhere(extension: &str) -> bool {
    extension == "112" || is_service_code(extension) || NATIONAL.iter().any(|(_, numbers)| numbers.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_every_country_is_one_somewhere() {
        assert!(NATIONAL.is_sorted_by(|a, b| a.0 < b.0));
        for (country, numbers) in NATIONAL {
            assert!(numbers.iter().all(|number| number.bytes().all(|b| b.is_ascii_digit())), "{country}");
            let country: Country = country.parse().unwrap();
            assert_eq!(emergency_numbers(&country), *numbers);
            assert!(numbers.iter().all(|number| is_emergency_anywhere(number)));
        }
        assert!(is_emergency_anywhere("911") && is_emergency_anywhere("112") && !is_emergency_anywhere("9999"));
    }
}
