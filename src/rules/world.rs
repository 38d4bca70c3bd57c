//! A small project in which nothing is wrong, for tests that change one thing.

use std::collections::{BTreeMap, BTreeSet};

use super::check;
use crate::model::{
    Address, Authentication, Customer, Desired, DesiredObject, FileId, Lifecycle, Location, LocationAddress, Marks,
    PackageName, PackageTerms, PhoneNumber, PostalAddress, Problem, Project, ProvisioningId, Pstn, Removal, RoleName,
    Route, Source, Span, Spec, Target, Template, User,
};

/// Two customers: `acme` in the United States with two locations and three users, and `birch` in Great
/// Britain with one of each.
pub(super) struct World {
    desired: Desired,
}

impl World {
    pub(super) fn valid() -> Self {
        let project = Project { name: "test".to_owned(), target: Some(Target::Simulator), ..Project::default() };
        let mut world = Self { desired: Desired { project, ..Desired::default() } };
        world.add("template/standard", Spec::Template(Box::new(template("Standard US", "US"))));
        world.add("template/isles", Spec::Template(Box::new(template("Isles", "GB"))));

        let packages = [("webex_calling", Some(10)), ("webex_meetings", None)];
        world.add("customer/acme", Spec::Customer(Box::new(customer("acme", "standard", &packages, milpitas()))));
        let mut hq = location("Head Office", milpitas(), 100, "81");
        hq.address.written = false;
        world.add("location/acme/headquarters", Spec::Location(Box::new(hq)));
        let branch = PostalAddress { line1: "1 Main St".to_owned(), ..milpitas() };
        world.add("location/acme/branch", Spec::Location(Box::new(location("Branch", branch, 200, "82"))));
        let mut ann = calling("headquarters", "201", Some("+14085550101"));
        ann.roles.insert(RoleName::new("Full Administrator"));
        world.add("user/acme/ann@acme.example", Spec::User(Box::new(ann)));
        let mut bob = calling("headquarters", "202", None);
        (bob.package, bob.location, bob.extension) = (PackageName::new("webex_meetings"), None, None);
        world.add("user/acme/bob@acme.example", Spec::User(Box::new(bob)));
        world.add("user/acme/cid@acme.example", Spec::User(Box::new(calling("branch", "301", None))));

        let packages = [("webex_calling_standard", None)];
        world.add("customer/birch", Spec::Customer(Box::new(customer("birch", "isles", &packages, london()))));
        let mut hq = location("Birch House", london(), 300, "81");
        hq.time_zone = "Europe/London".parse().unwrap();
        world.add("location/birch/headquarters", Spec::Location(Box::new(hq)));
        let mut dee = calling("headquarters", "401", None);
        dee.package = PackageName::new("webex_calling_standard");
        world.add("user/birch/dee@birch.example", Spec::User(Box::new(dee)));
        world
    }

    /// Adds an object below all others in the one file of the project.
    fn add(&mut self, at: &str, spec: Spec) {
        let line = 100 * (self.desired.objects.len() + self.desired.removals.len());
        let object = DesiredObject {
            spec,
            source: Source { file: FileId(0), span: Span::new(line, line + 99) },
            marks: Marks::default(),
            labels: BTreeMap::new(),
            lifecycle: Lifecycle::default(),
            renamed_from: None,
        };
        self.desired.objects.insert(address(at), object);
    }

    fn at(&mut self, at: &str) -> &mut DesiredObject {
        self.desired.objects.get_mut(&address(at)).unwrap()
    }

    pub(super) fn project(mut self, edit: impl FnOnce(&mut Project)) -> Self {
        edit(&mut self.desired.project);
        self
    }

    pub(super) fn object(mut self, at: &str, edit: impl FnOnce(&mut DesiredObject)) -> Self {
        edit(self.at(at));
        self
    }

    pub(super) fn template(mut self, name: &str, edit: impl FnOnce(&mut Template)) -> Self {
        let Spec::Template(spec) = &mut self.at(&format!("template/{name}")).spec else { panic!("{name}") };
        edit(spec);
        self
    }

    pub(super) fn copy_template(mut self, name: &str, copy: &str, edit: impl FnOnce(&mut Template)) -> Self {
        let spec = self.at(&format!("template/{name}")).spec.clone();
        self.add(&format!("template/{copy}"), spec);
        self.template(copy, edit)
    }

    pub(super) fn customer(mut self, name: &str, edit: impl FnOnce(&mut Customer)) -> Self {
        let Spec::Customer(spec) = &mut self.at(&format!("customer/{name}")).spec else { panic!("{name}") };
        edit(spec);
        self
    }

    pub(super) fn location(mut self, customer: &str, name: &str, edit: impl FnOnce(&mut Location)) -> Self {
        let Spec::Location(spec) = &mut self.at(&format!("location/{customer}/{name}")).spec else { panic!("{name}") };
        edit(spec);
        self
    }

    pub(super) fn spec_of_location(&self, customer: &str, name: &str) -> &Location {
        self.desired.location(&customer.parse().unwrap(), &name.parse().unwrap()).unwrap()
    }

    pub(super) fn user(mut self, customer: &str, email: &str, edit: impl FnOnce(&mut User)) -> Self {
        let Spec::User(spec) = &mut self.at(&format!("user/{customer}/{email}")).spec else { panic!("{email}") };
        edit(spec);
        self
    }

    pub(super) fn copy_user(mut self, customer: &str, email: &str, copy: &str, edit: impl FnOnce(&mut User)) -> Self {
        let spec = self.at(&format!("user/{customer}/{email}")).spec.clone();
        self.add(&format!("user/{customer}/{copy}"), spec);
        self.user(customer, copy, edit)
    }

    pub(super) fn without(mut self, at: &str) -> Self {
        self.desired.objects.remove(&address(at)).unwrap();
        self
    }

    pub(super) fn without_users(mut self, customer: &str) -> Self {
        let customer = customer.parse().unwrap();
        self.desired
            .objects
            .retain(|address, _| !matches!(address, Address::User(..)) || address.customer() != Some(&customer));
        self
    }

    /// The document is there and has errors.
    pub(super) fn broken(mut self, at: &str) -> Self {
        self.desired.objects.remove(&address(at));
        self.desired.broken.insert(address(at));
        self
    }

    pub(super) fn removal(mut self, at: &str) -> Self {
        let source = Source { file: FileId(9), span: Span::new(0, 9) };
        let removal = Removal { reason: "contract ended".to_owned(), on_remove: None, source };
        self.desired.removals.insert(address(at), removal);
        self
    }

    /// Checks that exactly these codes are found, each at a place and with a fix.
    pub(super) fn finds(self, codes: &[&str]) -> Vec<Problem> {
        let found = check(&self.desired);
        let mut sorted: Vec<&str> = found.iter().map(|problem| problem.code.0).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, codes, "{found:#?}");
        for problem in &found {
            let of_project = problem.code.0.starts_with("HF20") && problem.scope == crate::model::Scope::Project;
            assert!(problem.at.is_some() || of_project, "{problem:?}");
            assert!(problem.fix.is_some(), "{problem:?}");
            for text in [Some(&problem.message), problem.fix.as_ref()].into_iter().flatten() {
                assert!(!text.ends_with('.') && !text.starts_with(char::is_uppercase), "{text}");
            }
        }
        found
    }

    /// Checks that this code is found, whatever else is.
    pub(super) fn only(self, code: &str) -> Vec<Problem> {
        let found = check(&self.desired);
        assert!(found.iter().any(|problem| problem.code.0 == code), "{found:#?}");
        found
    }
}

fn address(at: &str) -> Address {
    at.parse().unwrap()
}

fn template(display_name: &str, country: &str) -> Template {
    Template {
        display_name: display_name.to_owned(),
        country: country.parse().unwrap(),
        administrator: "ops@partner.example".parse().unwrap(),
        email_language: None,
        subscription: Some("Sub-100448".to_owned()),
        authentication: Authentication::Webex,
        pstn_provider: None,
        restrict_admin_invites: false,
        brand_name: None,
        disable_webex_calling: false,
        provisioning_id: (country == "GB").then(|| ProvisioningId::new("isles-id")),
    }
}

fn milpitas() -> PostalAddress {
    PostalAddress {
        line1: "771 Alder Drive".to_owned(),
        line2: None,
        city: "Milpitas".to_owned(),
        state: Some("CA".to_owned()),
        postal_code: Some("95035".to_owned()),
        country: "US".parse().unwrap(),
    }
}

fn london() -> PostalAddress {
    PostalAddress {
        line1: "1 Example Street".to_owned(),
        line2: None,
        city: "London".to_owned(),
        state: None,
        postal_code: Some("EC1A 1AA".to_owned()),
        country: "GB".parse().unwrap(),
    }
}

fn customer(name: &str, template: &str, packages: &[(&str, Option<u32>)], billing: PostalAddress) -> Customer {
    let terms = |&(package, quantity): &(&str, Option<u32>)| (PackageName::new(package), PackageTerms { quantity });
    Customer {
        id: None,
        external_id: name.to_owned(),
        org_id: None,
        sub_partner: None,
        template: template.parse().unwrap(),
        company: name.to_owned(),
        admin_email: format!("root@{name}.example").parse().unwrap(),
        language: None,
        packages: packages.iter().map(terms).collect(),
        billing_address: billing,
        meetings_time_zone: None,
        supported_location: true,
    }
}

fn location(display_name: &str, postal: PostalAddress, first: u32, prefix: &str) -> Location {
    let numbers: BTreeSet<PhoneNumber> =
        (first..first + 10).map(|last| format!("+14085550{last}").parse().unwrap()).collect();
    Location {
        id: None,
        display_name: display_name.to_owned(),
        address: LocationAddress { postal, written: true },
        time_zone: "America/Los_Angeles".parse().unwrap(),
        language: "en_us".parse().unwrap(),
        announcement_language: None,
        pstn: Some(Pstn::LocalGateway { route: Route::Trunk("main".to_owned()) }),
        main_number: numbers.first().cloned(),
        numbers,
        routing_prefix: Some(prefix.to_owned()),
    }
}

fn calling(location: &str, extension: &str, number: Option<&str>) -> User {
    User {
        id: None,
        first_name: Some("Test".to_owned()),
        last_name: Some("User".to_owned()),
        package: PackageName::new("webex_calling"),
        location: Some(location.parse().unwrap()),
        phone_number: number.map(|number| number.parse().unwrap()),
        extension: Some(extension.parse().unwrap()),
        roles: BTreeSet::new(),
    }
}
