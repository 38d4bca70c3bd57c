//! Rules about e-mail addresses, which are identities in all of Webex.

use crate::model::{Address, Email, Problem, codes};

use super::{
    claim::{Claim, clashes},
    fleet::Fleet,
    table::problem,
};

/// Domains at which anybody can have an address, so that nobody can claim them; sorted. Not complete.
#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "126.com", "163.com", "aol.com", "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "daum.net",
    "fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.it", "icloud.com",
    "laposte.net", "libero.it", "live.co.uk", "live.com", "live.de", "live.fr", "mac.com", "mail.com", "mail.ru",
    "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "proton.me",
    "protonmail.com", "qq.com", "rediffmail.com", "sfr.fr", "sina.com", "t-online.de", "tutanota.com", "uol.com.br",
    "verizon.net", "wanadoo.fr", "web.de", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
];

pub(super) fn check(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    two_organizations(fleet, found);
    public(fleet, found);
}

/// Every address with the organization that it will belong to: a customer's, or the partner's own.
fn claims<'a>(fleet: &'a Fleet<'a>) -> impl Iterator<Item = Claim<'a, &'a Email>> + Clone {
    let templates = fleet.templates.values().map(|template| Claim {
        key: &template.spec.administrator,
        address: template.address,
        object: template.object,
        path: "administrator",
    });
    let customers = fleet.customers().map(|(_, customer)| Claim {
        key: &customer.spec.admin_email,
        address: customer.address,
        object: customer.object,
        path: "adminEmail",
    });
    let users = fleet.users().map(|(_, email, user)| Claim {
        key: email,
        address: user.address,
        object: user.object,
        path: "email",
    });
    templates.chain(customers).chain(users)
}

fn two_organizations(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    let differ = |a: &Claim<'_, &Email>, b: &Claim<'_, &Email>| a.address.customer() != b.address.customer();
    clashes(claims(fleet), differ, |claim, other| {
        // Templates are of the partner; where one of their administrators is a customer's too, the
        // customer's document is the one that is wrong.
        if matches!(claim.address, Address::Template(_)) {
            return;
        }
        let (email, there) = (claim.key, other.address);
        let whose = match there {
            Address::Template(_) => format!("the partner's administrator of `{there}`"),
            Address::Customer(_) => format!("the administrator of `{there}`"),
            Address::Location(..) | Address::User(..) => format!("`{there}`"),
        };
        let message = format!("`{email}` is {whose} too, and an e-mail address belongs to one organization");
        let fix = "use another address in one of the two";
        found.push(claim.blame(other, problem(codes::EMAIL_TWICE, message).fix(fix)));
    });
}

fn public(fleet: &Fleet<'_>, found: &mut Vec<Problem>) {
    for claim in claims(fleet) {
        let domain = claim.key.domain();
        // The customer's `adminEmail` says it already if the user is the same person.
        let said = |customer: &crate::model::Customer| customer.admin_email == *claim.key;
        let is_user = matches!(claim.address, Address::User(..));
        if PUBLIC.binary_search(&domain).is_err()
            || (is_user && claim.address.customer().and_then(|name| fleet.desired.customer(name)).is_some_and(said))
        {
            continue;
        }
        let message = format!("`{domain}` is a public mail provider; the account may be in use for free Webex already");
        let problem = problem(codes::PUBLIC_MAIL, message).fix("use an address at a domain of the organization");
        found.push(problem.at(claim.at()).scope(super::fleet::scope(claim.address)));
    }
}

#[cfg(test)]
mod tests {
    use super::PUBLIC;
    use crate::rules::world::World;

    #[test]
    fn public_domains_are_sorted() {
        assert!(PUBLIC.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn an_address_belongs_to_one_customer_and_both_are_told() {
        let found = World::valid()
            .copy_user("birch", "dee@birch.example", "bob@acme.example", |bob| {
                bob.extension = Some("402".parse().unwrap());
            })
            .finds(&["HF271", "HF271"]);
        assert_ne!(found[0].scope, found[1].scope);
    }

    #[test]
    fn an_administrator_of_two_customers_is_one_too_many() {
        World::valid()
            .customer("birch", |birch| birch.admin_email = "root@acme.example".parse().unwrap())
            .finds(&["HF271", "HF271"]);
    }

    #[test]
    fn an_administrator_of_the_partner_is_no_user_of_a_customer() {
        let found = World::valid()
            .customer("acme", |acme| acme.admin_email = "ops@partner.example".parse().unwrap())
            .finds(&["HF271"]);
        assert!(found[0].message.contains("template/"), "{found:?}");
    }

    #[test]
    fn the_first_administrator_may_be_described_as_a_user() {
        World::valid().customer("acme", |acme| acme.admin_email = "ann@acme.example".parse().unwrap()).finds(&[]);
    }

    #[test]
    fn public_mail_domains_are_pointed_out_once() {
        World::valid().customer("acme", |acme| acme.admin_email = "acme@gmail.com".parse().unwrap()).finds(&["HF272"]);
        World::valid()
            .copy_user("acme", "bob@acme.example", "bob@gmail.com", |_| {})
            .customer("acme", |acme| acme.admin_email = "bob@gmail.com".parse().unwrap())
            .only("HF272");
    }
}
