//! Flags, environment, `hubform.yaml` and defaults meet here, in this order, and nowhere else is the environment
//! read. Where a value came from is kept for messages.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;
use url::Url;

use crate::{
    ledger::{self, Expected, ObjectPlace, PostgresAddress, pgpass},
    model::{Project, SettleWindow, Target, codes},
};

use super::{
    credential::{SignIn, TokenSource},
    failure::Failure,
};

/// Names the file with the key that plans are signed with.
pub(super) const SIGNING_KEY: &str = "HUBFORM_SIGNING_KEY";

/// The environment variables that hubform knows. Empty ones count as absent.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    target: Option<String>,
    base_url: Option<String>,
    ledger: Option<String>,
    /// What is there to sign in with.
    pub(super) sign_in: SignIn,
    /// How long what was made may stay unseen, in place of what is usual.
    pub(super) settle_window: Option<String>,
    /// The file with the key that plans are signed with.
    pub(super) signing_key: Option<PathBuf>,
    /// The password of a PostgreSQL ledger.
    postgres: Option<SecretString>,
    /// The file of such passwords.
    passfile: Option<PathBuf>,
    /// What ways into object storage are set: names and values as their libraries know them.
    stores: BTreeMap<String, SecretString>,
    /// Whether `NO_COLOR` is set, or the terminal is a dumb one.
    pub(super) plain: bool,
    /// What `RUST_LOG` asks for.
    pub(super) log: Option<String>,
    /// Who runs the program, for the ledger's lock.
    pub(super) user: Option<String>,
    /// The machine it runs on, for the ledger's lock.
    pub(super) host: Option<String>,
}

impl Environment {
    /// Reads the environment of the process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub(super) fn read() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            target: text("HUBFORM_TARGET"),
            base_url: text("HUBFORM_BASE_URL"),
            ledger: text("HUBFORM_LEDGER"),
            sign_in: SignIn::read(text),
            settle_window: text("HUBFORM_SETTLE_WINDOW"),
            signing_key: text(SIGNING_KEY).map(PathBuf::from),
            postgres: text("PGPASSWORD").map(SecretString::from),
            passfile: text("PGPASSFILE")
                .map(PathBuf::from)
                .or_else(|| Some(PathBuf::from(text("HOME")?).join(".pgpass"))),
            stores: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, _)| ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|it| name.starts_with(it)))
                .map(|(name, value)| (name, SecretString::from(value)))
                .collect(),
            plain: text("NO_COLOR").is_some() || text("TERM").is_some_and(|terminal| terminal == "dumb"),
            log: text("RUST_LOG"),
            user: text("USER").or_else(|| text("USERNAME")),
            host: text("HOSTNAME").or_else(|| text("COMPUTERNAME")),
        }
    }
}

impl Environment {
    /// Returns the password that the environment has for a PostgreSQL ledger, as `libpq` finds it.
    fn postgres_password(&self, address: &PostgresAddress) -> Option<SecretString> {
        let from_file = || {
            let path = self.passfile.as_ref()?;
            // As `libpq`, nothing is taken from a file that others may read.
            #[cfg(unix)]
            if std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).ok()?.permissions()) & 0o077 != 0 {
                return None;
            }
            pgpass(&std::fs::read_to_string(path).ok()?, address)
        };
        self.postgres.clone().filter(|_| !address.has_password()).or_else(from_file)
    }
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A field of `hubform.yaml`.
    Project(&'static str),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "`{name}`"),
            Self::Variable(name) => write!(f, "the variable `{name}`"),
            Self::Project(field) => write!(f, "`{field}` in `hubform.yaml`"),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// Flags about the service and the ledger.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct ServiceArgs {
    /// Work on this service; else `HUBFORM_TARGET`, `spec.target`, or the simulator
    #[arg(long, value_name = "TARGET", value_parser = ["simulator", "webex"], help_heading = "Service")]
    target: Option<String>,
    /// Speak to the server at this address; else `HUBFORM_BASE_URL`
    #[arg(long, value_name = "URL", hide = true, help_heading = "Service")]
    base_url: Option<String>,
    /// Keep the ledger in this file; else `HUBFORM_LEDGER`, `spec.ledger`, or `.hubform/ledger.db` in the project folder
    #[arg(long, value_name = "FILE", help_heading = "Service")]
    ledger: Option<String>,
}

/// The service that a run works on.
#[derive(Clone, Debug)]
pub(super) enum Service {
    /// The simulator, in this process, with its state in this file.
    Embedded { state: PathBuf },
    /// A server.
    Remote { base_url: Url, origin: Origin, token: Box<TokenSource>, registry: bool },
}

/// Everything that a run has to know beside the manifests.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Which kind of service.
    pub(super) target: Target,
    /// How to reach it.
    pub(super) service: Service,
    /// Where the ledger is.
    pub(super) ledger: ledger::Place,
    /// What the ledger has to belong to.
    pub(super) expected: Expected,
    /// How long what was made may stay unseen (R16).
    pub(super) settle: SettleWindow,
}

/// Which service a run works on, before anybody asks for a token.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Which kind of service.
    pub(super) target: Target,
    /// Who said so.
    pub(super) target_origin: Origin,
    /// Where it is and who said so; nothing for the embedded simulator.
    pub(super) base_url: Option<(Url, Origin)>,
    /// The embedded simulator's state.
    state: PathBuf,
    /// Where the ledger is.
    pub(super) ledger: ledger::Place,
    /// What the ledger has to belong to.
    pub(super) expected: Expected,
    /// How long what was made may stay unseen (R16).
    settle: SettleWindow,
}

/// The address of the Webex service (developer.webex.com).
const WEBEX: &str = "https://webexapis.com/v1";

impl Settings {
    /// Returns where the service is and who said so, to go behind "the service"; nothing for the embedded simulator.
    pub(super) fn address(&self) -> String {
        match &self.service {
            Service::Embedded { .. } => String::new(),
            Service::Remote { base_url, origin, .. } => format!(" at `{base_url}` (from {origin})"),
        }
    }

    /// Returns what to do when the service does not accept the token.
    pub(super) fn token_fix(&self) -> String {
        match &self.service {
            Service::Embedded { .. } => "report this as a defect".to_owned(),
            Service::Remote { token, .. } => token.fix(),
        }
    }

    /// Resolves the settings of a run on a project in the folder `root`.
    pub(super) fn resolve(
        flags: &ServiceArgs,
        environment: &Environment,
        project: &Project,
        root: &Path,
    ) -> Result<Self, Failure> {
        Place::resolve(flags, environment, project, root)?.sign_in(&environment.sign_in)
    }
}

impl Place {
    /// Resolves everything but the token.
    pub(super) fn resolve(
        flags: &ServiceArgs,
        environment: &Environment,
        project: &Project,
        root: &Path,
    ) -> Result<Self, Failure> {
        let (target, target_origin) = target(flags, environment, project)?;
        let base_url = match (base_url(flags.base_url.as_deref(), environment)?, target) {
            (Some(written), _) => Some(written),
            (None, Target::Webex) => Some(webex()?),
            (None, Target::Simulator) => None,
        };
        let expected = Expected {
            target: target.to_string(),
            base_url: base_url
                .as_ref()
                .map_or_else(String::new, |(url, _)| url.as_str().trim_end_matches('/').to_owned()),
            project: project.name.clone(),
            lineage: project.lineage.clone(),
        };
        Ok(Self {
            target,
            target_origin,
            base_url,
            state: root.join(".hubform").join("simulator.db"),
            ledger: ledger(flags, environment, project, root)?,
            expected,
            settle: settle_window(environment)?,
        })
    }

    /// Adds where the token comes from.
    pub(super) fn sign_in(self, sign_in: &SignIn) -> Result<Settings, Failure> {
        let Self { target, target_origin, base_url, state, ledger, expected, settle } = self;
        let service = match base_url {
            None => Service::Embedded { state },
            Some((base_url, origin)) => {
                let token = Box::new(sign_in.source(&base_url, target, &target_origin.to_string())?);
                Service::Remote { base_url, origin, token, registry: target == Target::Simulator }
            }
        };
        Ok(Settings { target, service, ledger, expected, settle })
    }
}

/// Returns the address of the service that somebody wrote.
fn base_url(flag: Option<&str>, environment: &Environment) -> Result<Option<(Url, Origin)>, Failure> {
    let written = first([
        (flag, Origin::Flag("--base-url")),
        (environment.base_url.as_deref(), Origin::Variable("HUBFORM_BASE_URL")),
    ]);
    written.map(|(text, origin)| Ok((parse_url(text, origin)?, origin))).transpose()
}

/// Returns the address to log in at: the one that somebody wrote, else that of the Webex service.
pub(super) fn login_url(flag: Option<&str>, environment: &Environment) -> Result<(Url, Origin), Failure> {
    base_url(flag, environment)?.map_or_else(webex, Ok)
}

fn webex() -> Result<(Url, Origin), Failure> {
    Ok((parse_url(WEBEX, Origin::Default)?, Origin::Default))
}

fn target(flags: &ServiceArgs, environment: &Environment, project: &Project) -> Result<(Target, Origin), Failure> {
    let written = first([
        (flags.target.as_deref(), Origin::Flag("--target")),
        (environment.target.as_deref(), Origin::Variable("HUBFORM_TARGET")),
    ]);
    match written {
        Some(("simulator", origin)) => Ok((Target::Simulator, origin)),
        Some(("webex", origin)) => Ok((Target::Webex, origin)),
        Some((other, origin)) => Err(Failure::new(
            codes::SETTING,
            format!("{origin} is `{other}`, which is not a target"),
            "targets are `simulator` and `webex`",
        )),
        None => Ok(match project.target {
            Some(target) => (target, Origin::Project("spec.target")),
            None => (Target::default(), Origin::Default),
        }),
    }
}

fn ledger(
    flags: &ServiceArgs,
    environment: &Environment,
    project: &Project,
    root: &Path,
) -> Result<ledger::Place, Failure> {
    let written = first([
        (flags.ledger.as_deref(), Origin::Flag("--ledger")),
        (environment.ledger.as_deref(), Origin::Variable("HUBFORM_LEDGER")),
        (project.ledger.as_deref(), Origin::Project("spec.ledger")),
    ]);
    let Some((text, origin)) = written else {
        return Ok(ledger::Place::File(root.join(".hubform").join("ledger.db")));
    };
    if PostgresAddress::is_one(text) {
        let address = PostgresAddress::parse(text)
            .map_err(|error| Failure::new(codes::LEDGER_PLACE, format!("{origin}: {error}"), error.fix().to_owned()))?;
        let password = environment.postgres_password(&address);
        return Ok(ledger::Place::Postgres { address: Box::new(address), password });
    }
    match text.split_once("://") {
        Some(("s3" | "az" | "gs", _)) => {
            return Ok(ledger::Place::Object(ObjectPlace::new(text, &environment.stores)?));
        }
        Some((scheme, _)) => {
            // The rest of the text may hold a password, so it is not repeated.
            return Err(Failure::new(
                codes::LEDGER_PLACE,
                format!("{origin} names a ledger at `{scheme}://…`, which is no place that hubform knows"),
                "name a file, `postgres://…`, `s3://BUCKET/PREFIX`, `az://CONTAINER/PREFIX` or `gs://BUCKET/PREFIX`",
            ));
        }
        None => {}
    }
    Ok(ledger::Place::File(match origin {
        // What stands in a file of the project is relative to the project (R17).
        Origin::Project(_) => root.join(text),
        Origin::Flag(_) | Origin::Variable(_) | Origin::Default => PathBuf::from(text),
    }))
}

/// Returns how long what was made may stay unseen (R16): `HUBFORM_SETTLE_WINDOW` sets it for everything.
fn settle_window(environment: &Environment) -> Result<SettleWindow, Failure> {
    let Some(text) = &environment.settle_window else { return Ok(SettleWindow::default()) };
    let window = duration(text).map_err(|why| {
        let text = format!("the variable `HUBFORM_SETTLE_WINDOW` is `{text}`, {why}");
        Failure::new(codes::SETTING, text, "correct it or take it away")
    })?;
    Ok(SettleWindow { customers: window, others: window })
}

/// Reads a duration such as `15m` or `1h 30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let bad = |why: &str| format!("{why}; write a duration such as `90s`, `15m` or `1h 30m`");
    let signed: jiff::SignedDuration = text.parse().map_err(|_| bad("not a duration"))?;
    Duration::try_from(signed).map_err(|_| bad("a duration cannot be negative"))
}

fn parse_url(text: &str, origin: Origin) -> Result<Url, Failure> {
    let bad = |why: &str| {
        Failure::new(
            codes::SETTING,
            format!("{origin} is not the address of a service: {why}"),
            "write an address such as `http://127.0.0.1:8080/v1` (plain http reaches this machine only) \
             or `https://webexapis.com/v1`",
        )
    };
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("it holds a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() || url.cannot_be_a_base() {
        return Err(bad("it is more than scheme, host, port and path"));
    }
    Ok(url)
}

fn first<const N: usize>(values: [(Option<&str>, Origin); N]) -> Option<(&str, Origin)> {
    values.into_iter().find_map(|(value, origin)| value.map(|value| (value, origin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(failure: &Failure) -> String {
        let problem = &failure.problems[0];
        format!("{}: {} | {}", problem.code, problem.message, problem.fix.as_deref().unwrap_or_default())
    }

    fn resolve(flags: &ServiceArgs, environment: &Environment, project: &Project) -> Result<Settings, String> {
        Settings::resolve(flags, environment, project, Path::new("p")).map_err(|failure| text(&failure))
    }

    #[test]
    fn without_any_word_it_is_the_embedded_simulator_below_the_project() {
        let settings = resolve(&ServiceArgs::default(), &Environment::default(), &Project::default()).unwrap();
        assert_eq!(settings.target, Target::Simulator);
        assert_eq!(settings.ledger.to_string(), "p/.hubform/ledger.db");
        assert_eq!(settings.expected.base_url, "");
        assert!(
            matches!(settings.service, Service::Embedded { state } if state == Path::new("p/.hubform/simulator.db"))
        );
    }

    #[test]
    fn flags_beat_the_environment_and_that_beats_the_project() {
        let project = Project { target: Some(Target::Webex), ledger: Some("a.db".into()), ..Project::default() };
        let environment = Environment {
            target: Some("simulator".into()),
            base_url: Some("http://127.0.0.1:1/v1".into()),
            ledger: Some("b.db".into()),
            ..Environment::default()
        };
        let settings = resolve(&ServiceArgs::default(), &environment, &project).unwrap();
        assert_eq!((settings.target, settings.ledger.to_string()), (Target::Simulator, "b.db".to_owned()));
        let flags = ServiceArgs { ledger: Some("c.db".into()), ..ServiceArgs::default() };
        assert_eq!(resolve(&flags, &environment, &project).unwrap().ledger.to_string(), "c.db");
        let only = Project { target: None, ..project };
        let settings = resolve(&ServiceArgs::default(), &Environment::default(), &only).unwrap();
        assert_eq!(settings.ledger.to_string(), "p/a.db");
    }

    #[test]
    fn durations_are_written_with_their_unit() {
        assert_eq!(duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["", "15", "-1s", "soon", "99999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn messages_say_where_a_value_came_from() {
        let project = Project { target: Some(Target::Webex), ..Project::default() };
        let error = resolve(&ServiceArgs::default(), &Environment::default(), &project).unwrap_err();
        assert!(error.starts_with("HF803: the target is `webex` (from `spec.target` in `hubform.yaml`)"), "{error}");
        assert!(error.contains("WEBEX_ACCESS_TOKEN"));
        let environment = Environment { target: Some("prod".into()), ..Environment::default() };
        let error = resolve(&ServiceArgs::default(), &environment, &project).unwrap_err();
        assert!(error.starts_with("HF802: the variable `HUBFORM_TARGET` is `prod`, which is not a target"), "{error}");
    }

    #[test]
    fn ledgers_are_in_places_that_are_known_and_their_passwords_are_not_repeated() {
        let at = |url: &str| {
            let flags = ServiceArgs { ledger: Some(url.into()), ..ServiceArgs::default() };
            resolve(&flags, &Environment::default(), &Project::default()).map(|settings| settings.ledger)
        };
        for url in ["ftp://me:secret@db.example/x", "postgres://:secret@db.example/x"] {
            let error = at(url).unwrap_err();
            assert!(error.starts_with("HF201") && !error.contains("secret"), "{error}");
        }
        let place = at("postgres://me:secret@db.example/x").unwrap();
        assert!(matches!(place, ledger::Place::Postgres { .. }));
        assert!(!format!("{place} {place:?}").contains("secret"), "{place}");
        assert!(matches!(at("s3://bucket/prefix").unwrap(), ledger::Place::Object(_)));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for url in ["127.0.0.1:80", "nonsense", "https://me:secret@x.example/v1", "https://x.example/v1?a=b"] {
            let environment = Environment { base_url: Some(url.into()), ..Environment::default() };
            let error = resolve(&ServiceArgs::default(), &environment, &Project::default()).unwrap_err();
            assert!(error.contains("`HUBFORM_BASE_URL`") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_token_shows_in_no_debug_text() {
        let sign_in = SignIn::read(|name| (name == "WEBEX_ACCESS_TOKEN").then(|| "canary".to_owned()));
        let environment = Environment { sign_in, ..Environment::default() };
        let flags = ServiceArgs { target: Some("webex".into()), ..ServiceArgs::default() };
        let settings = resolve(&flags, &environment, &Project::default()).unwrap();
        assert!(!format!("{environment:?} {settings:?}").contains("canary"));
    }
}
