//! The worked example of the design loads.

use hubform::model::{Address, Desired, OnRemove, Pstn, Route, Spec, Target};

use super::support::{load, problems};

pub const PROJECT: &str = "\
apiVersion: hubform/v1
kind: Project
name: acme-voice
spec:
  target: simulator            # or webex
  ledger: .hubform/ledger.db   # or postgres://… or s3://bucket/prefix
  limits: { deletions: 5, deletionPercent: 10 }
";

pub const TEMPLATE: &str = "\
apiVersion: hubform/v1
kind: Template
name: standard-us
spec:
  displayName: Standard US
  country: US
  administrator: ops@acme-voice.example
  subscription: Sub-100448
  emailLanguage: en_US
  authentication: { method: webex }        # or { method: saml, entityId: … } or { method: oidc, idpName: … }
  pstnProvider: null                       # allowed, warned about: Cisco advises against it
  restrictAdminInvites: false
  brandName: Acme Voice
  disableWebexCalling: false
  provisioningId: null                     # once known it may stand here; else it is bound (section 6)
";

pub const CUSTOMER: &str = r#"
apiVersion: hubform/v1
kind: Customer
name: johns-pizza                          # the address
labels: { region: west }
lifecycle: { protect: true, onRemove: unmap }   # unmap (default) | keep | delete
spec:
  externalId: johns-pizza                  # default: the name
  orgId: null                              # set to attach an existing organization
  subPartner: null                         # org id of a sub-partner to act for
  template: standard-us
  company: John's Pizza
  adminEmail: john@johns-pizza.example
  language: en_US
  packages:
    webex_calling: { quantity: 25 }
    common_area_calling: {}
  billingAddress: { line1: 771 Alder Drive, city: Milpitas, state: CA, postalCode: "95035", country: US }
  meetingsTimeZone: America/Los_Angeles
  supportedLocation: true                  # "I confirm this customer is in a Webex supported location"
  headquarters:                            # becomes location/johns-pizza/headquarters
    displayName: Head Office
    timeZone: America/Los_Angeles
    language: en_us
    pstn: { type: non-integrated-ccp, provider: Acme Trunks }
    numbers: ["+14085550100..+14085550149"]
    mainNumber: "+14085550100"
---
apiVersion: hubform/v1
kind: Location
customer: johns-pizza
name: downtown
spec:
  displayName: Downtown
  address: { line1: 1 Main St, city: San Jose, state: CA, postalCode: "95110", country: US }
  timeZone: America/Los_Angeles
  language: en_us                          # preferred and announcement language
  pstn: { type: local-gateway, trunk: Main Trunk }
  numbers: ["+14085550200..+14085550209"]
  mainNumber: "+14085550200"
  routingPrefix: "82"
---
apiVersion: hubform/v1
kind: User
customer: johns-pizza
name: ann@johns-pizza.example              # default for spec.email
spec:
  firstName: Ann
  lastName: Lee
  package: webex_calling
  location: downtown
  phoneNumber: "+14085550201"
  extension: "201"
  roles: [Full Administrator]
---
apiVersion: hubform/v1
kind: UserList                             # many users of one customer, inline or from CSV
customer: johns-pizza
spec:
  defaults: { package: webex_calling, location: headquarters }
  users:
    - { email: bob@johns-pizza.example, firstName: Bob, lastName: Ray, extension: "301" }
  from: users.csv                          # beside the manifest; never outside the project folder
---
{ apiVersion: hubform/v1, kind: Removed, object: customer/old-diner, reason: contract ended, onRemove: unmap }
"#;

pub const CSV: &str = "\
email,firstName,lastName,package,location,phoneNumber,extension,roles
eve@johns-pizza.example,Eve,Moss,,,+14085550102,302,Full Administrator;Read-only administrator
Meg@Johns-Pizza.example,Meg,Orr,webex_meetings,,,,
";

fn worked_example() -> Desired {
    let loaded = load(&[
        ("hubform.yaml", PROJECT),
        ("templates/standard-us.yaml", TEMPLATE),
        ("customers/johns-pizza/customer.yaml", CUSTOMER),
        ("customers/johns-pizza/users.csv", CSV),
    ]);
    assert_eq!(problems(&loaded), "");
    loaded.desired
}

fn at(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn the_worked_example_of_the_design_loads() {
    let desired = worked_example();
    assert_eq!((desired.project.name.as_str(), desired.project.target), ("acme-voice", Some(Target::Simulator)));
    let addresses: Vec<String> = desired.objects.keys().map(ToString::to_string).collect();
    assert_eq!(
        addresses,
        [
            "template/standard-us",
            "customer/johns-pizza",
            "location/johns-pizza/downtown",
            "location/johns-pizza/headquarters",
            "user/johns-pizza/ann@johns-pizza.example",
            "user/johns-pizza/bob@johns-pizza.example",
            "user/johns-pizza/eve@johns-pizza.example",
            "user/johns-pizza/meg@johns-pizza.example",
        ]
    );
    let removal = &desired.removals[&at("customer/old-diner")];
    assert_eq!((removal.reason.as_str(), removal.on_remove), ("contract ended", Some(OnRemove::Unmap)));
    let customer = &desired.objects[&at("customer/johns-pizza")];
    assert!(customer.lifecycle.protect);
    assert_eq!(customer.labels["region"], "west");
}

#[test]
fn a_headquarters_takes_the_billing_address_and_its_marks() {
    let desired = worked_example();
    let object = &desired.objects[&at("location/johns-pizza/headquarters")];
    let Spec::Location(headquarters) = &object.spec else { panic!() };
    assert!(!headquarters.address.written);
    assert_eq!(headquarters.address.postal.city, "Milpitas");
    assert_eq!(headquarters.numbers.len(), 50);
    let text = |path: &str| {
        let span = object.marks.get(path).unwrap();
        &CUSTOMER[span.start as usize..span.end as usize]
    };
    assert_eq!(text("address.city"), "Milpitas");
    assert_eq!(text("pstn.provider"), "Acme Trunks");
    assert_eq!(text("numbers[+14085550123]"), "\"+14085550100..+14085550149\"");
    let Spec::Location(downtown) = &desired.objects[&at("location/johns-pizza/downtown")].spec else { panic!() };
    assert!(downtown.address.written);
    assert_eq!(downtown.pstn, Some(Pstn::LocalGateway { route: Route::Trunk("Main Trunk".to_owned()) }));
}

#[test]
fn the_default_location_reaches_calling_users_only() {
    let desired = worked_example();
    let user = |text: &str| {
        let Spec::User(user) = &desired.objects[&at(text)].spec else { panic!("{text}") };
        user.clone()
    };
    let eve = user("user/johns-pizza/eve@johns-pizza.example");
    assert_eq!(eve.location.unwrap().as_str(), "headquarters");
    assert_eq!(eve.roles.len(), 2);
    let meg = user("user/johns-pizza/meg@johns-pizza.example");
    assert_eq!((meg.package.as_str(), meg.location), ("webex_meetings", None));
}

#[test]
fn every_example_loads_without_a_problem() {
    let examples = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"));
    for name in ["minimal", "acme-voice"] {
        let folder = examples.join(name);
        if !folder.is_dir() {
            continue;
        }
        let loaded = hubform::manifest::load(&folder);
        assert_eq!(problems(&loaded), "", "{name}");
        assert!(loaded.desired.broken.is_empty() && !loaded.desired.objects.is_empty());
    }
}
