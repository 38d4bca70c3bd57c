//! What is set up and then changed: small, and with every kind of request.

use std::{fs, path::Path};

use hubform::{
    manifest,
    model::{Desired, Severity},
    rules,
};

const PROJECT: &str = "\
apiVersion: hubform/v1
kind: Project
name: laws
spec: { target: simulator }
";

/// What two customers share: everything is set up from nothing.
fn customer(name: &str, number: u32) -> String {
    format!(
        "\
apiVersion: hubform/v1
kind: Customer
name: {name}
spec:
  template: basic
  company: Company {number}
  adminEmail: admin@{name}.example
  packages: {{ webex_calling: {{ quantity: 9 }}, webex_voice: {{}} }}
  billingAddress: {{ line1: {number} Main St, city: Milpitas, state: CA, postalCode: \"95035\", country: US }}
  supportedLocation: true
  headquarters:
    displayName: Head Office
    timeZone: America/Los_Angeles
    language: en_us
    pstn: {{ type: non-integrated-ccp, provider: Acme Trunks }}
    numbers: [\"+1408555{number}00..+1408555{number}03\"]
    mainNumber: \"+1408555{number}00\"
---
apiVersion: hubform/v1
kind: Location
customer: {name}
name: branch
spec:
  displayName: Branch
  address: {{ line1: {number} Old Market Street, city: San Jose, state: CA, postalCode: \"95110\", country: US }}
  timeZone: America/Los_Angeles
  language: en_us
  pstn: {{ type: local-gateway, trunk: Main Trunk }}
  numbers: [\"+1408555{number}50..+1408555{number}53\"]
  mainNumber: \"+1408555{number}50\"
  routingPrefix: \"8{number}\"
---
apiVersion: hubform/v1
kind: UserList
customer: {name}
spec:
  defaults: {{ package: webex_calling, location: headquarters }}
  users:
    - {{ email: ann@{name}.example, firstName: Ann, lastName: Lee, phoneNumber: \"+1408555{number}01\", extension: \"201\", roles: [User and device administrator] }}
    - {{ email: bob@{name}.example, firstName: Bob, lastName: Ray, extension: \"202\" }}
"
    )
}

fn template(brand: &str) -> String {
    format!(
        "\
apiVersion: hubform/v1
kind: Template
name: basic
spec:
  displayName: Basic
  country: US
  administrator: ops@acme-voice.example
  subscription: Sub-100448
  brandName: {brand}
  authentication: {{ method: webex }}
"
    )
}

/// Everything that can change of a customer: names, packages and quantities, numbers that pass from one user to the
/// other, a user who moves, roles, one who comes.
const CHANGED: &str = "\
apiVersion: hubform/v1
kind: Customer
name: alder
spec:
  template: basic
  company: Alder and Sons
  adminEmail: admin@alder.example
  packages: { webex_calling: { quantity: 12 }, webex_voice: {}, webex_meetings: { quantity: 3 } }
  billingAddress: { line1: 10 Main St, city: Milpitas, state: CA, postalCode: \"95035\", country: US }
  supportedLocation: true
  headquarters:
    displayName: Head Office
    timeZone: America/Los_Angeles
    language: en_us
    pstn: { type: non-integrated-ccp, provider: Acme Trunks }
    numbers: [\"+14085551000..+14085551004\"]
    mainNumber: \"+14085551000\"
---
apiVersion: hubform/v1
kind: Location
customer: alder
name: branch
spec:
  displayName: Downtown
  address: { line1: 10 Old Market Street, city: San Jose, state: CA, postalCode: \"95110\", country: US }
  timeZone: America/Los_Angeles
  language: en_us
  pstn: { type: local-gateway, trunk: Main Trunk }
  numbers: [\"+14085551050..+14085551053\"]
  mainNumber: \"+14085551051\"
  routingPrefix: \"88\"
---
apiVersion: hubform/v1
kind: UserList
customer: alder
spec:
  defaults: { package: webex_calling, location: headquarters }
  users:
    - { email: ann@alder.example, firstName: Ann, lastName: Leigh, location: branch, phoneNumber: \"+14085551052\", extension: \"301\" }
    - { email: bob@alder.example, firstName: Bob, lastName: Ray, package: webex_voice, phoneNumber: \"+14085551001\", extension: \"201\" }
    - { email: cay@alder.example, firstName: Cay, lastName: Low, extension: \"202\" }
";

/// What can go from a customer: numbers, a location with calling, a user.
const REDUCED: &str = "\
apiVersion: hubform/v1
kind: Customer
name: birch
spec:
  template: basic
  company: Company 11
  adminEmail: admin@birch.example
  packages: { webex_calling: { quantity: 9 } }
  billingAddress: { line1: 11 Main St, city: Milpitas, state: CA, postalCode: \"95035\", country: US }
  supportedLocation: true
  headquarters:
    displayName: Head Office
    timeZone: America/Los_Angeles
    language: en_us
    pstn: { type: non-integrated-ccp, provider: Acme Trunks }
    numbers: [\"+14085551100..+14085551102\"]
    mainNumber: \"+14085551100\"
---
apiVersion: hubform/v1
kind: Removed
object: location/birch/branch
reason: the lease ended
---
apiVersion: hubform/v1
kind: UserList
customer: birch
spec:
  defaults: { package: webex_calling, location: headquarters }
  users:
    - { email: ann@birch.example, firstName: Ann, lastName: Lee, phoneNumber: \"+14085551101\", extension: \"201\", roles: [User and device administrator] }
";

const REMOVED: &str = "\
apiVersion: hubform/v1
kind: Removed
object: customer/cedar
reason: contract ended
";

/// Writes a project and reads it.
fn load(files: &[(&str, String)]) -> Desired {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    read(folder.path())
}

/// Reads a project.
pub fn read(folder: &Path) -> Desired {
    let loaded = manifest::load(folder);
    let problems = loaded.problems.into_iter().chain(rules::check(&loaded.desired));
    let errors: Vec<_> = problems.filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.desired
}

/// Three customers, from nothing, as files.
pub fn first_files() -> Vec<(&'static str, String)> {
    vec![
        ("hubform.yaml", PROJECT.to_owned()),
        ("templates.yaml", template("Acme Voice")),
        ("alder.yaml", customer("alder", 10)),
        ("birch.yaml", customer("birch", 11)),
        ("cedar.yaml", customer("cedar", 12)),
    ]
}

/// The same three a year later, as files.
pub fn second_files() -> Vec<(&'static str, String)> {
    vec![
        ("hubform.yaml", PROJECT.to_owned()),
        ("templates.yaml", template("Acme Voice and Video")),
        ("alder.yaml", CHANGED.to_owned()),
        ("birch.yaml", REDUCED.to_owned()),
        ("cedar.yaml", REMOVED.to_owned()),
    ]
}

/// Three customers, from nothing.
pub fn first() -> Desired {
    load(&first_files())
}

/// The same three a year later.
pub fn second() -> Desired {
    load(&second_files())
}
