//! Random projects that all rules allow, and random changes of them. The same seed gives the same world.

use std::collections::{BTreeMap, BTreeSet};

use hubform::model::{
    Address, Authentication, Country, Customer, Desired, DesiredObject, Email, Extension, Lifecycle, Location,
    LocationAddress, Marks, Name, PackageName, PackageTerms, PhoneNumber, PostalAddress, Project, Pstn, Removal,
    RoleName, Route, Source, Spec, Template, User,
};

/// A small random source (`SplitMix64`), so that worlds are the same everywhere.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { Some(&items[self.below(items.len())]) }
    }
}

/// A project that grows and changes.
#[derive(Clone, Debug)]
pub struct World {
    pub desired: Desired,
    rng: Rng,
    /// Never given out twice: what somebody had may still be held by a person who was unmapped.
    next_number: u64,
    next_extension: u64,
    next_name: u64,
    /// Locations of people who were unmapped or lost calling: they stay there, so the location cannot go.
    left_behind: BTreeSet<Name>,
}

/// Country, city, state, postal code, time zone, language.
type Place = (&'static str, &'static str, Option<&'static str>, &'static str, &'static str, &'static str);

const PLACES: [Place; 4] = [
    ("US", "Milpitas", Some("CA"), "95035", "America/Los_Angeles", "en_us"),
    ("US", "New York", Some("NY"), "10001", "America/New_York", "en_us"),
    ("DE", "Berlin", None, "10115", "Europe/Berlin", "de_de"),
    ("AU", "Sydney", Some("NSW"), "2000", "Australia/Sydney", "en_au"),
];

const BASES: [&str; 6] =
    ["webex_calling", "webex_voice", "webex_suite", "cx_essentials", "webex_calling_standard", "webex_meetings"];

fn object(spec: Spec) -> DesiredObject {
    DesiredObject {
        spec,
        source: Source::default(),
        marks: Marks::default(),
        labels: BTreeMap::new(),
        lifecycle: Lifecycle::default(),
        renamed_from: None,
    }
}

impl World {
    /// Makes a project of up to `size` customers.
    pub fn new(seed: u64, size: usize) -> Self {
        let mut world = Self {
            desired: Desired {
                project: Project { name: "laws".to_owned(), ..Project::default() },
                ..Desired::default()
            },
            rng: Rng::new(seed),
            next_number: 5_550_100,
            next_extension: 2000,
            next_name: 0,
            left_behind: BTreeSet::new(),
        };
        for (at, method) in [
            Authentication::Webex,
            Authentication::Saml { entity_id: "https://idp.example.com/saml".to_owned() },
            Authentication::Oidc { idp_name: "acme-idp".to_owned() },
        ]
        .into_iter()
        .enumerate()
        {
            world.add_template(at, method);
        }
        for _ in 0..=world.rng.below(size) {
            world.add_customer();
        }
        world
    }

    fn name(&mut self, stem: &str) -> Name {
        self.next_name += 1;
        format!("{stem}-{}", self.next_name).parse().unwrap()
    }

    fn add_template(&mut self, at: usize, authentication: Authentication) {
        let template = Template {
            display_name: format!("Template {at}"),
            country: "US".parse().unwrap(),
            administrator: "ops@acme-voice.example".parse().unwrap(),
            email_language: self.rng.chance(50).then(|| "en_us".parse().unwrap()),
            subscription: Some("Sub-100448".to_owned()),
            authentication,
            pstn_provider: None,
            restrict_admin_invites: self.rng.chance(50),
            brand_name: self.rng.chance(50).then(|| "Acme Voice".to_owned()),
            disable_webex_calling: false,
            provisioning_id: None,
        };
        let at = Address::Template(format!("template-{at}").parse().unwrap());
        self.desired.objects.insert(at, object(Spec::Template(Box::new(template))));
    }

    fn place(&mut self) -> (PostalAddress, &'static str, &'static str) {
        let (country, city, state, code, zone, language) = PLACES[self.rng.below(PLACES.len())];
        let address = PostalAddress {
            line1: format!("{} Alder Drive", self.rng.below(900) + 1),
            line2: self.rng.chance(20).then(|| "Suite 5".to_owned()),
            city: city.to_owned(),
            state: state.map(str::to_owned),
            postal_code: Some(code.to_owned()),
            country: country.parse::<Country>().unwrap(),
        };
        (address, zone, language)
    }

    fn add_customer(&mut self) {
        let name = self.name("customer");
        let (billing_address, ..) = self.place();
        let mut packages: BTreeMap<PackageName, PackageTerms> = BTreeMap::new();
        for base in BASES {
            if self.rng.chance(45) {
                let quantity = self.rng.chance(40).then(|| 50 + u32::try_from(self.rng.below(50)).unwrap());
                packages.insert(PackageName::new(base), PackageTerms { quantity });
            }
        }
        if packages.is_empty() {
            packages.insert(PackageName::new("webex_calling"), PackageTerms::default());
        }
        if packages.keys().any(PackageName::is_calling) && self.rng.chance(40) {
            packages.insert(PackageName::new("common_area_calling"), PackageTerms::default());
            packages.insert(PackageName::new("cisco_calling_plan"), PackageTerms::default());
        }
        let template = format!("template-{}", self.rng.below(3)).parse().unwrap();
        let customer = Customer {
            id: None,
            external_id: format!("ext-{name}"),
            org_id: None,
            sub_partner: None,
            template,
            company: format!("Company {name}"),
            admin_email: format!("admin@{name}.example").parse().unwrap(),
            language: self.rng.chance(60).then(|| "en_us".parse().unwrap()),
            packages,
            billing_address: billing_address.clone(),
            meetings_time_zone: None,
            supported_location: true,
        };
        let calling = customer.has_calling();
        self.desired.objects.insert(Address::Customer(name.clone()), object(Spec::Customer(Box::new(customer))));
        if calling {
            let headquarters = self.location(Some(billing_address));
            let at = Address::headquarters(&name);
            self.desired.objects.insert(at, object(Spec::Location(Box::new(headquarters))));
            for _ in 0..self.rng.below(3) {
                self.add_location(&name);
            }
        }
        for _ in 0..self.rng.below(6) {
            self.add_user(&name);
        }
        if self.rng.chance(30) {
            // The first administrator, described.
            self.add_user_as(&name, &format!("admin@{name}.example"));
        }
    }

    fn location(&mut self, address: Option<PostalAddress>) -> Location {
        let (other, zone, language) = self.place();
        let first = self.next_number;
        self.next_number += 20;
        let numbers: BTreeSet<PhoneNumber> =
            (first..first + 6).map(|number| format!("+1408{number}").parse().unwrap()).collect();
        let pstn = match self.rng.below(5) {
            0 => Some(Pstn::LocalGateway { route: Route::Trunk("Main Trunk".to_owned()) }),
            1 => Some(Pstn::LocalGateway { route: Route::RouteGroup("Main Routes".to_owned()) }),
            2 => Some(Pstn::NonIntegratedCcp { provider: "Acme Trunks".to_owned(), by_id: false }),
            3 => Some(Pstn::NonIntegratedCcp { provider: "Northern Carrier".to_owned(), by_id: false }),
            _ => None,
        };
        let numbers = if pstn.is_some() { numbers } else { BTreeSet::new() };
        Location {
            id: None,
            display_name: format!("Office {first}"),
            address: LocationAddress { written: address.is_none(), postal: address.unwrap_or(other) },
            time_zone: zone.parse().unwrap(),
            language: language.parse().unwrap(),
            announcement_language: self.rng.chance(20).then(|| "en_gb".parse().unwrap()),
            main_number: numbers.first().cloned().filter(|_| self.rng.chance(80)),
            pstn,
            numbers,
            routing_prefix: self.rng.chance(20).then(|| format!("8{}", first % 100_000)),
        }
    }

    fn add_location(&mut self, customer: &Name) {
        let name = self.name("office");
        let location = self.location(None);
        let at = Address::Location(customer.clone(), name);
        self.desired.objects.insert(at, object(Spec::Location(Box::new(location))));
    }

    fn locations(&self, customer: &Name) -> Vec<Name> {
        self.desired
            .locations(customer)
            .filter_map(|(at, ..)| match at {
                Address::Location(_, name) => Some(name.clone()),
                _ => None,
            })
            .collect()
    }

    fn users(&self, customer: &Name) -> Vec<Email> {
        self.desired
            .users(customer)
            .filter_map(|(at, ..)| match at {
                Address::User(_, email) => Some(email.clone()),
                _ => None,
            })
            .collect()
    }

    /// Returns a number of a location that is nobody's and not the main one.
    fn free_number(&mut self, customer: &Name, location: &Name) -> Option<PhoneNumber> {
        let taken: BTreeSet<PhoneNumber> =
            self.desired.users(customer).filter_map(|(_, _, user)| user.phone_number.clone()).collect();
        let location = self.desired.location(customer, location)?;
        let free: Vec<PhoneNumber> = location
            .numbers
            .iter()
            .filter(|number| !taken.contains(number) && location.main_number.as_ref() != Some(number))
            .cloned()
            .collect();
        self.rng.pick(&free).cloned()
    }

    fn extension(&mut self) -> Extension {
        self.next_extension += 1;
        self.next_extension.to_string().parse().unwrap()
    }

    fn user_packages(&self, customer: &Name) -> Vec<PackageName> {
        let packages = &self.desired.customer(customer).unwrap().packages;
        packages.keys().filter(|package| BASES.contains(&package.as_str())).cloned().collect()
    }

    fn highest(&self, customer: &Name) -> Option<PackageName> {
        let level = |package: &PackageName| package.info().map_or(0, |info| info.level);
        self.user_packages(customer).into_iter().max_by_key(level)
    }

    fn add_user(&mut self, customer: &Name) {
        let email = format!("user-{}@{customer}.example", self.next_name);
        self.next_name += 1;
        self.add_user_as(customer, &email);
    }

    fn add_user_as(&mut self, customer: &Name, email: &str) {
        let email: Email = email.parse().unwrap();
        let first_administrator = self.desired.customer(customer).is_some_and(|it| it.admin_email == email);
        let packages = self.user_packages(customer);
        let highest = self.highest(customer);
        let administrator = first_administrator || self.rng.chance(25);
        let package = if administrator { highest } else { self.rng.pick(&packages).cloned() };
        let Some(package) = package else { return };
        let locations = self.locations(customer);
        let location = if package.is_calling() { self.rng.pick(&locations).cloned() } else { None };
        if package.is_calling() && location.is_none() {
            return;
        }
        let phone_number = match &location {
            Some(location) if self.rng.chance(60) => self.free_number(customer, location),
            _ => None,
        };
        let mut roles = BTreeSet::new();
        if administrator {
            roles.insert(RoleName::new(if self.rng.chance(50) {
                "Full Administrator"
            } else {
                "Read-only administrator"
            }));
        }
        let user = User {
            id: None,
            first_name: Some("Ann".to_owned()),
            last_name: Some(format!("Lee {}", self.rng.below(1000))),
            extension: location.as_ref().map(|_| self.extension()),
            package,
            location,
            phone_number,
            roles,
        };
        let at = Address::User(customer.clone(), email);
        self.desired.objects.insert(at, object(Spec::User(Box::new(user))));
    }

    fn customer_mut(&mut self, name: &Name) -> Option<&mut Customer> {
        match &mut self.desired.objects.get_mut(&Address::Customer(name.clone()))?.spec {
            Spec::Customer(customer) => Some(customer),
            _ => None,
        }
    }

    fn location_mut(&mut self, customer: &Name, name: &Name) -> Option<&mut Location> {
        match &mut self.desired.objects.get_mut(&Address::Location(customer.clone(), name.clone()))?.spec {
            Spec::Location(location) => Some(location),
            _ => None,
        }
    }

    fn user_mut(&mut self, customer: &Name, email: &Email) -> Option<&mut User> {
        match &mut self.desired.objects.get_mut(&Address::User(customer.clone(), email.clone()))?.spec {
            Spec::User(user) => Some(user),
            _ => None,
        }
    }

    /// Changes a few things; what does not fit the world is left out.
    pub fn change(&mut self) {
        self.desired.removals.clear();
        for _ in 0..=self.rng.below(8) {
            let customers: Vec<Name> = self.desired.customers().cloned().collect();
            match self.rng.pick(&customers).cloned() {
                Some(customer) => self.change_customer(&customer),
                None => self.add_customer(),
            }
        }
    }

    fn change_customer(&mut self, customer: &Name) {
        match self.rng.below(24) {
            0 => {
                let company = format!("Company {}", self.rng.below(1000));
                self.customer_mut(customer).unwrap().company = company;
            }
            1 => self.customer_mut(customer).unwrap().external_id.push('x'),
            2 => self.customer_mut(customer).unwrap().language = Some("en_gb".parse().unwrap()),
            3 => {
                let line2 = self.rng.chance(50).then(|| format!("Floor {}", self.rng.below(40)));
                let city = format!("City {}", self.rng.below(40));
                let address = &mut self.customer_mut(customer).unwrap().billing_address;
                address.line2 = line2;
                address.city = city;
                self.follow_billing_address(customer);
            }
            4 => {
                let package = PackageName::new(BASES[self.rng.below(BASES.len())]);
                let has_locations = !self.locations(customer).is_empty();
                let administrators = self.desired.users(customer).any(|(_, _, user)| !user.roles.is_empty());
                // A higher level would put administrators below their customer.
                if has_locations && !administrators {
                    // With a quantity, since a package that left and comes back in one change cannot lose its own.
                    let terms = PackageTerms { quantity: Some(60) };
                    self.customer_mut(customer).unwrap().packages.entry(package).or_insert(terms);
                }
            }
            5 => self.drop_package(customer),
            6 => {
                for terms in self.customer_mut(customer).unwrap().packages.values_mut() {
                    terms.quantity = terms.quantity.map(|quantity| quantity + 3);
                }
            }
            7 => self.add_customer(),
            8 => {
                let at = Address::Customer(customer.clone());
                self.desired.objects.retain(|other, _| other.customer() != Some(customer));
                self.desired.removals.insert(at, removal());
            }
            9 => {
                if self.desired.customer(customer).unwrap().has_calling() {
                    self.add_location(customer);
                }
            }
            10 => self.remove_location(customer),
            11..=13 => self.change_location(customer),
            14 => self.add_user(customer),
            15 => {
                // At most two at once, so that no limit is in the way, and never the last one.
                let users = self.users(customer);
                if users.len() > 3
                    && let Some(email) = self.rng.pick(&users).cloned()
                    && !self.is_full_administrator(customer, &email)
                {
                    let _left = self.take_out(customer, &email);
                }
            }
            16 => self.exchange(customer),
            17 => self.replace_user(customer),
            _ => self.change_user(customer),
        }
    }

    /// Headquarters whose address is the default keep the one that they were created with.
    fn follow_billing_address(&mut self, customer: &Name) {
        let at = Address::headquarters(customer);
        if let Some(Spec::Location(location)) = self.desired.objects.get_mut(&at).map(|object| &mut object.spec) {
            location.address.written = true;
        }
    }

    fn is_full_administrator(&self, customer: &Name, email: &Email) -> bool {
        self.desired
            .users(customer)
            .any(|(at, _, user)| at.last() == email.as_str() && user.roles.iter().any(RoleName::is_full_administrator))
    }

    fn drop_package(&mut self, customer: &Name) {
        let held: BTreeSet<PackageName> =
            self.desired.users(customer).map(|(_, _, user)| user.package.clone()).collect();
        let packages: Vec<PackageName> = self.desired.customer(customer).unwrap().packages.keys().cloned().collect();
        let calling =
            packages.iter().filter(|package| package.is_calling() && package.as_str() != "common_area_calling");
        let last_calling = calling.count() < 2;
        let Some(package) = self.rng.pick(&packages).cloned() else { return };
        let needed =
            package.is_calling() && (last_calling || packages.iter().any(|p| p.as_str() == "cisco_calling_plan"));
        if !held.contains(&package) && !needed && packages.len() > 1 {
            self.customer_mut(customer).unwrap().packages.remove(&package);
        }
    }

    /// Takes a user out of the manifests; the person stays where it is.
    fn take_out(&mut self, customer: &Name, email: &Email) -> Option<DesiredObject> {
        let object = self.desired.objects.remove(&Address::User(customer.clone(), email.clone()))?;
        if let Spec::User(user) = &object.spec {
            self.left_behind.extend(user.location.clone());
        }
        Some(object)
    }

    fn remove_location(&mut self, customer: &Name) {
        let used: BTreeSet<Name> =
            self.desired.users(customer).filter_map(|(_, _, user)| user.location.clone()).collect();
        let locations: Vec<Name> = self
            .locations(customer)
            .into_iter()
            .filter(|name| !name.is_headquarters() && !used.contains(name) && !self.left_behind.contains(name))
            .collect();
        if let Some(name) = self.rng.pick(&locations).cloned() {
            let at = Address::Location(customer.clone(), name);
            self.desired.objects.remove(&at);
            self.desired.removals.insert(at, removal());
        }
    }

    fn change_location(&mut self, customer: &Name) {
        let locations = self.locations(customer);
        let Some(name) = self.rng.pick(&locations).cloned() else { return };
        let taken: BTreeSet<PhoneNumber> =
            self.desired.users(customer).filter_map(|(_, _, user)| user.phone_number.clone()).collect();
        let (what, more, pick) = (self.rng.below(7), self.next_number, self.rng.below(1000));
        self.next_number += 20;
        let free = self.free_number(customer, &name);
        let location = self.location_mut(customer, &name).unwrap();
        match what {
            0 => location.display_name = format!("Office {more}"),
            1 => {
                location.address.written = true;
                location.address.postal.line1 = format!("{pick} Birch Road");
            }
            2 if location.pstn.is_some() => {
                location.numbers.extend((more..more + 3).map(|n| format!("+1408{n}").parse::<PhoneNumber>().unwrap()));
            }
            3 => {
                if let Some(free) = free.filter(|_| location.numbers.len() > 20) {
                    assert!(!taken.contains(&free));
                    location.numbers.remove(&free);
                }
            }
            4 => {
                if let Some(free) = free {
                    location.main_number = Some(free);
                }
            }
            5 => location.routing_prefix = Some(format!("7{}", more % 100_000)),
            _ => location.announcement_language = Some("en_us".parse().unwrap()),
        }
    }

    /// Two users swap extensions; or all users of a location pass their numbers round.
    fn exchange(&mut self, customer: &Name) {
        let users: Vec<Email> = self
            .desired
            .users(customer)
            .filter(|(_, _, user)| user.extension.is_some())
            .filter_map(|(at, ..)| at.last().parse().ok())
            .collect();
        if users.len() < 2 {
            return;
        }
        if self.rng.chance(50) {
            let (one, other) = (&users[0], &users[users.len() - 1]);
            let extension = self.user_mut(customer, one).unwrap().extension.clone();
            let swapped = std::mem::replace(&mut self.user_mut(customer, other).unwrap().extension, extension);
            self.user_mut(customer, one).unwrap().extension = swapped;
            return;
        }
        let at = self.user_mut(customer, &users[0]).unwrap().location.clone();
        let circle: Vec<Email> =
            users.into_iter().filter(|email| self.user_mut(customer, email).unwrap().location == at).collect();
        let mut numbers: Vec<Option<PhoneNumber>> =
            circle.iter().map(|email| self.user_mut(customer, email).unwrap().phone_number.clone()).collect();
        numbers.rotate_left(1);
        for (email, number) in circle.iter().zip(numbers) {
            self.user_mut(customer, email).unwrap().phone_number = number;
        }
    }

    /// Somebody leaves, and somebody new takes over the line.
    fn replace_user(&mut self, customer: &Name) {
        let users = self.users(customer);
        let Some(email) = self.rng.pick(&users).cloned() else { return };
        if users.len() < 4 || self.is_full_administrator(customer, &email) {
            return;
        }
        let old = self.take_out(customer, &email).unwrap();
        let email: Email = format!("user-{}@{customer}.example", self.next_name).parse().unwrap();
        self.next_name += 1;
        self.desired.objects.insert(Address::User(customer.clone(), email), old);
    }

    fn change_user(&mut self, customer: &Name) {
        let users = self.users(customer);
        let Some(email) = self.rng.pick(&users).cloned() else { return };
        let (what, number) = (self.rng.below(7), self.rng.below(1000));
        let user = self.user_mut(customer, &email).unwrap().clone();
        match what {
            0 => self.user_mut(customer, &email).unwrap().last_name = Some(format!("Ray {number}")),
            1 if user.extension.is_some() => {
                let extension = self.extension();
                self.user_mut(customer, &email).unwrap().extension = Some(extension);
            }
            2 => {
                if let Some(location) = &user.location {
                    let free = self.free_number(customer, location);
                    self.user_mut(customer, &email).unwrap().phone_number = free;
                }
            }
            3 => {
                let locations = self.locations(customer);
                let target = self.rng.pick(&locations).cloned();
                if let (Some(target), Some(at)) = (target, &user.location)
                    && target != *at
                {
                    let free = self.free_number(customer, &target);
                    let user = self.user_mut(customer, &email).unwrap();
                    user.location = Some(target);
                    user.phone_number = free;
                }
            }
            4 | 5 if user.roles.is_empty() => self.change_package(customer, &email, &user),
            _ => {
                let highest = self.highest(customer);
                let user = self.user_mut(customer, &email).unwrap();
                if Some(&user.package) == highest.as_ref() && user.roles.len() < 2 {
                    user.roles.insert(RoleName::new("Compliance officer"));
                } else {
                    user.roles.remove(&RoleName::new("Compliance officer"));
                }
            }
        }
    }
}

impl World {
    fn change_package(&mut self, customer: &Name, email: &Email, user: &User) {
        let locations = self.locations(customer);
        // Professional to Standard is refused by the service.
        let packages: Vec<PackageName> = self
            .user_packages(customer)
            .into_iter()
            .filter(|package| package.as_str() != "webex_calling_standard" && *package != user.package)
            .filter(|package| !package.is_calling() || !locations.is_empty())
            .collect();
        let Some(package) = self.rng.pick(&packages).cloned() else { return };
        let mut user = user.clone();
        if package.is_calling() && !user.package.is_calling() {
            user.location = self.rng.pick(&locations).cloned();
            user.phone_number = user.location.clone().and_then(|location| self.free_number(customer, &location));
            user.extension = Some(self.extension());
        } else if !package.is_calling() {
            self.left_behind.extend(user.location.clone());
            (user.location, user.phone_number, user.extension) = (None, None, None);
        }
        user.package = package;
        *self.user_mut(customer, email).unwrap() = user;
    }
}

fn removal() -> Removal {
    Removal { reason: "contract ended".to_owned(), on_remove: None, source: Source::default() }
}
