//! A project in a folder of its own, and the program with nothing of this machine's environment.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use hubform::{
    ledger::{Expected, Holder, Ledger as _, SqliteLedger, Units, Vitality, this_host},
    model::Unit,
};

/// A project folder that goes away at the end.
pub struct Bench {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What the program left behind.
#[must_use = "look at all three: stdout, stderr and exit code"]
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub const PROJECT: &str = "\
apiVersion: hubform/v1
kind: Project
name: acme-voice
spec: { target: simulator }
";

pub const TEMPLATE: &str = "\
apiVersion: hubform/v1
kind: Template
name: basic
spec:
  displayName: Basic
  country: US
  administrator: ops@acme-voice.example
  subscription: Sub-100448
  authentication: { method: webex }
";

/// Returns a customer with a headquarters and two users; `number` keeps customers apart.
pub fn customer(name: &str, number: u32) -> String {
    format!(
        "\
apiVersion: hubform/v1
kind: Customer
name: {name}
labels: {{ tier: t{number} }}
spec:
  template: basic
  company: Company {number}
  adminEmail: admin@{name}.example
  packages: {{ webex_calling: {{ quantity: 9 }} }}
  billingAddress: {{ line1: {number} Main St, city: Milpitas, state: CA, postalCode: \"95035\", country: US }}
  supportedLocation: true
  headquarters:
    displayName: Head Office
    timeZone: America/Los_Angeles
    language: en_us
    pstn: {{ type: non-integrated-ccp, provider: Acme Trunks }}
    numbers: [\"+1408555{number}00..+1408555{number}09\"]
    mainNumber: \"+1408555{number}00\"
---
apiVersion: hubform/v1
kind: UserList
customer: {name}
spec:
  defaults: {{ package: webex_calling, location: headquarters }}
  users:
    - {{ email: ann@{name}.example, firstName: Ann, lastName: Lee, phoneNumber: \"+1408555{number}01\", extension: \"201\" }}
    - {{ email: bob@{name}.example, firstName: Bob, lastName: Ray, extension: \"202\" }}
"
    )
}

impl Bench {
    /// Makes a project with one template and one customer, `acme`.
    pub fn new() -> Self {
        let bench = Self::empty();
        bench.write("hubform.yaml", PROJECT);
        bench.write("templates.yaml", TEMPLATE);
        bench.write("acme.yaml", &customer("acme", 10));
        bench
    }

    /// Makes a folder with nothing in it.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Sets an environment variable for all runs.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder().join(file)
    }

    pub fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path(file), text).unwrap();
    }

    /// Changes one text in a file of the project.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{from} is not in {file}");
        self.write(file, &text.replace(from, to));
    }

    /// Returns the program, to be run in the project folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hubform"));
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder())
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().unwrap();
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&*self.folder().to_string_lossy(), "[PROJECT]");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs the program, expects an exit code, and returns what it wrote to stdout.
    pub fn answer(&self, code: i32, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}\n{}\n{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// What the project's ledger belongs to.
    fn expected(&self) -> Expected {
        let base_url = self.variables.iter().find(|(name, _)| name == "HUBFORM_BASE_URL");
        Expected {
            target: "simulator".to_owned(),
            base_url: base_url.map(|(_, value)| value.clone()).unwrap_or_default(),
            project: "acme-voice".to_owned(),
            lineage: None,
        }
    }

    /// Returns machinery for what is done here in the program's place.
    #[expect(clippy::unused_self, reason = "it reads as a part of the bench")]
    pub fn runtime(&self) -> tokio::runtime::Runtime {
        tokio::runtime::Runtime::new().unwrap()
    }

    /// Holds `customer/acme` as another run would, for as long as the ledger lives; on this host unless one is named.
    pub fn hold(&self, run: &str, host: Option<&str>) -> SqliteLedger {
        let ledger = SqliteLedger::open(&self.path(".hubform/ledger.db"), &self.expected(), "unused").unwrap();
        let holder = Holder {
            owner: "nightly".to_owned(),
            host: host.map(str::to_owned).or_else(this_host).unwrap(),
            pid: std::process::id(),
            run: run.to_owned(),
            since: "2026-11-22T17:00:00Z".to_owned(),
        };
        let units: BTreeSet<Unit> = BTreeSet::from(["customer/acme".parse().unwrap()]);
        self.runtime().block_on(ledger.lock(&units, &holder)).unwrap();
        ledger
    }

    /// Returns who holds what in the project's ledger: unit, run, and whether that lives.
    pub fn locks(&self) -> Vec<(String, String, Vitality)> {
        let view = SqliteLedger::view(&self.path(".hubform/ledger.db"), &self.expected(), Units::All).unwrap();
        let plain = |lock: hubform::ledger::LockInfo| (lock.unit.to_string(), lock.holder.run, lock.vitality);
        view.locks.into_iter().map(plain).collect()
    }

    /// Starts the program with both streams open.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// Checks a document against one of the schemas that the program prints.
pub fn check_schema(name: &str, document: &str) -> serde_json::Value {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let schema = &hubform::report::schemas()[format!("{name}.schema.json").as_str()];
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
    document
}

/// A simulator that is a process of its own, ended at the end.
pub struct Server {
    pub child: Child,
    pub base_url: String,
}

impl Server {
    pub fn start(bench: &Bench, arguments: &[&str]) -> Self {
        let mut child = bench.start(&[&["sim"], arguments].concat());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let base_url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, base_url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().unwrap();
    }
}

/// Sends a signal to a program.
#[cfg(unix)]
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
