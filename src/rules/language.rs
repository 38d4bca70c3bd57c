//! Rules about languages and time zones.

use crate::model::{Country, Language, Problem, TimeZone, codes};

use super::{
    fleet::{Fleet, Placed},
    table::problem,
    zone::{Dated, dated},
};

/// The two-letter codes of ISO 639-1, sorted.
const ISO_639_1: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for &template in fleet.templates.values() {
        if let Some(language) = &template.spec.email_language {
            codes_of(template, "emailLanguage", language, found);
        }
    }
    for (_, customer) in fleet.customers() {
        if let Some(language) = &customer.spec.language {
            codes_of(customer, "language", language, found);
        }
        if let Some(zone) = &customer.spec.meetings_time_zone {
            time_zone(customer, "meetingsTimeZone", zone, found);
        }
    }
    for (_, location) in fleet.locations() {
        let written = [("language", Some(&location.spec.language))]
            .into_iter()
            .chain([("announcementLanguage", location.spec.announcement_language.as_ref())]);
        for (field, language) in written.filter_map(|(field, language)| Some((field, language?))) {
            codes_of(location, field, language, found);
            country(location, field, language, found);
        }
        time_zone(location, "timeZone", &location.spec.time_zone, found);
    }
}

/// Checks that the codes exist; the type has seen to their form.
fn codes_of<S>(object: Placed<'_, S>, field: &str, language: &Language, found: &mut Vec<Problem>) {
    let (tongue, place) = match language.as_str().split_once('_') {
        Some((tongue, place)) => (tongue, Some(place.to_uppercase())),
        None => (language.as_str(), None),
    };
    if ISO_639_1.split(' ').all(|known| known != tongue) {
        let message = format!("`{tongue}` is not the code of a language");
        let fix = "write an ISO 639-1 code, and a country: `en_US`";
        found.push(object.blame(field, problem(codes::LANGUAGE_CODE, message).fix(fix)));
    }
    if let Some(place) = place
        && let Err(error) = place.parse::<Country>()
    {
        let message = format!("`{place}` is not the code of a country");
        let fix = match error.suggestion {
            Some(country) => format!("write `{tongue}_{country}`"),
            None => "write an ISO 3166-1 country: `en_US`".to_owned(),
        };
        found.push(object.blame(field, problem(codes::LANGUAGE_CODE, message).fix(fix)));
    }
}

fn country<S>(object: Placed<'_, S>, field: &str, language: &Language, found: &mut Vec<Problem>) {
    if !language.has_country() {
        let message = format!("a location's `{field}` names a country too; `{language}` does not");
        let fix = format!("write it with the country, such as `{language}_us`");
        found.push(object.blame(field, problem(codes::LANGUAGE_COUNTRY, message).fix(fix)));
    }
}

fn time_zone<S>(object: Placed<'_, S>, field: &str, zone: &TimeZone, found: &mut Vec<Problem>) {
    let (message, fix) = match dated(zone) {
        Some(Dated::Renamed(new)) => (format!("`{zone}` is the old name of `{new}`"), format!("write `{new}`")),
        Some(Dated::NoPlace) => {
            (format!("`{zone}` names no place"), "write a place, such as `America/New_York`".to_owned())
        }
        None => return,
    };
    found.push(object.blame(field, problem(codes::TIME_ZONE_DATED, message).fix(fix)));
}

#[cfg(test)]
mod tests {
    use super::ISO_639_1;
    use crate::rules::world::World;

    #[test]
    fn the_list_of_languages_is_sorted_and_whole() {
        let codes: Vec<&str> = ISO_639_1.split(' ').collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert_eq!(codes.len(), 184);
    }

    #[test]
    fn languages_and_their_countries_exist() {
        let language =
            |language: &str| World::valid().customer("acme", |acme| acme.language = Some(language.parse().unwrap()));
        for good in ["en", "en_US", "de-at", "zh_cn"] {
            language(good).finds(&[]);
        }
        let found = language("en_uk").finds(&["HF234"]);
        assert_eq!(found[0].fix.as_deref(), Some("write `en_GB`"));
        language("jp").finds(&["HF234"]);
        World::valid()
            .template("standard", |template| template.email_language = Some("xx".parse().unwrap()))
            .finds(&["HF234"]);
    }

    #[test]
    fn announcements_need_a_country() {
        World::valid().location("acme", "branch", |branch| branch.language = "en".parse().unwrap()).finds(&["HF235"]);
        World::valid()
            .location("acme", "branch", |branch| branch.announcement_language = Some("fr".parse().unwrap()))
            .finds(&["HF235"]);
    }

    #[test]
    fn time_zones_have_current_names() {
        let zone = |zone: &str| World::valid().location("acme", "branch", |it| it.time_zone = zone.parse().unwrap());
        let found = zone("US/Pacific").finds(&["HF236"]);
        assert_eq!(found[0].fix.as_deref(), Some("write `America/Los_Angeles`"));
        zone("EST").finds(&["HF236"]);
        zone("America/Phoenix").finds(&[]);
    }
}
