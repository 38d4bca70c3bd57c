//! The way to the service: a server, or the simulator in this process.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use url::Url;

use crate::{
    model::codes,
    sim::{Config, Running, Simulator},
    webex::{Client, ClientSettings, ReadClient, SettingsError, auth::Credential},
};

use super::{
    failure::Failure,
    settings::{Service, Settings},
};

/// A client, and what has to live as long as it. With a [`ReadClient`] nothing can be changed through it.
#[derive(Debug)]
pub(super) struct Connection<C = Client> {
    /// The client.
    pub(super) client: C,
    /// The client's token.
    pub(super) credential: Credential,
    simulator: Option<Running>,
}

/// What a command does with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// It only looks, and leaves nothing behind.
    Reads,
    /// It changes things.
    Writes,
    /// It looks at the way itself, and touches nothing on it: not even the state of the embedded simulator.
    Examines,
}

impl Connection<ReadClient> {
    /// Opens the way to the service for a command that only looks.
    pub(super) async fn reading(settings: &Settings) -> Result<Self, Failure> {
        Connection::open(settings, Access::Reads).await.map(Connection::reader)
    }

    /// Opens the way to the service for a command that looks at the way itself.
    pub(super) async fn examining(settings: &Settings) -> Result<Self, Failure> {
        Connection::open(settings, Access::Examines).await.map(Connection::reader)
    }
}

impl Connection<Client> {
    /// Opens the way to the service for a command that changes things.
    pub(super) async fn writing(settings: &Settings) -> Result<Self, Failure> {
        Self::open(settings, Access::Writes).await
    }

    fn reader(self) -> Connection<ReadClient> {
        let Self { client, credential, simulator } = self;
        Connection { client: client.reader(), credential, simulator }
    }

    /// Makes the client, and starts the simulator if it is the embedded one.
    async fn open(settings: &Settings, access: Access) -> Result<Self, Failure> {
        match &settings.service {
            Service::Embedded { state } => {
                // What only looks must not make the files of an empty service.
                let is_kept = match access {
                    Access::Writes => true,
                    Access::Reads => state.exists(),
                    Access::Examines => false,
                };
                if is_kept {
                    prepare_folder(state)?;
                }
                let running = start(is_kept.then_some(state)).await?;
                let base_url = running.base_url.clone();
                let url = Url::parse(&base_url).map_err(|error| Failure::caused(codes::SIMULATOR, &error, ""))?;
                let credential = Credential::from(SecretString::from("simulator"));
                let client = client(url, credential.clone(), true)
                    .map_err(|error| Failure::caused(codes::SIMULATOR, &error, "report this as a defect"))?;
                Ok(Self { client, credential, simulator: Some(running) })
            }
            Service::Remote { base_url, origin, token, registry } => {
                let unusable = |error: SettingsError| match error {
                    SettingsError::Token => Failure::new(codes::SIGN_IN, format!("{error}"), token.fix()),
                    SettingsError::NotHttps(_)
                    | SettingsError::NotABase(_)
                    | SettingsError::Pace(_)
                    | SettingsError::Http(_) => {
                        let text = format!("the address of the service, from {origin}, cannot be used: {error}");
                        Failure::new(codes::SETTING, text, "use https, or plain http for this machine only")
                    }
                };
                let credential = token.credential(base_url).map_err(unusable)?;
                let client = client(base_url.clone(), credential.clone(), *registry).map_err(unusable)?;
                Ok(Self { client, credential, simulator: None })
            }
        }
    }
}

impl<C> Connection<C> {
    /// Stops the simulator, if one was started.
    pub(super) async fn close(self) {
        if let Some(running) = self.simulator {
            running.stop().await;
        }
    }
}

async fn start(state: Option<&PathBuf>) -> Result<Running, Failure> {
    let fix = "two runs cannot share the embedded simulator: for that start `hubform sim` and set `HUBFORM_BASE_URL`; \
               to begin with an empty service, move the file away";
    let config = Config { state: state.cloned(), ..Config::default() };
    let simulator = Simulator::open(config).map_err(|error| Failure::caused(codes::SIMULATOR, &error, fix))?;
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    simulator.start(listen).await.map_err(|error| Failure::caused(codes::SIMULATOR, &error, fix))
}

/// The most requests per second to a real service, which publishes no limit: scripts in the field pause 0.2 to 0.5
/// seconds between writes. A 429 slows down further.
const CEILING: f64 = 10.0;

fn client(base_url: Url, token: Credential, registry: bool) -> Result<Client, SettingsError> {
    let requests_per_second = (base_url.scheme() == "https").then_some(CEILING);
    Client::new(ClientSettings { requests_per_second, registry, ..ClientSettings::with(base_url, token) })
}

/// Makes the folder of a file that hubform keeps for itself. A `.hubform` folder stays out of git.
pub(super) fn prepare_folder(file: &Path) -> Result<(), Failure> {
    let Some(folder) = file.parent().filter(|folder| folder.ends_with(".hubform")) else { return Ok(()) };
    let failed = |error: std::io::Error| {
        let action = if folder.exists() { "written" } else { "made" };
        let text = format!("the folder `{}` cannot be {action}: {error}", folder.display());
        Failure::new(codes::SETTING, text, "make the project folder writable, or put the ledger elsewhere (`--ledger`)")
    };
    if !folder.exists() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed)?;
    }
    let ignore = folder.join(".gitignore");
    if ignore.exists() { Ok(()) } else { std::fs::write(ignore, "*\n").map_err(failed) }
}
