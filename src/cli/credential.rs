//! Where the access token of a run comes from: variables and files that they name, or a login before.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{
    model::{Target, codes},
    webex::{
        SettingsError,
        auth::{App, CacheError, CacheKey, Clock, Credential, Grant, Renewal, Subject, TokenCache, TokenEndpoint},
    },
};

use super::failure::Failure;

pub(super) const ACCESS_TOKEN: &str = "WEBEX_ACCESS_TOKEN";
pub(super) const APPLICATION_ID: &str = "WEBEX_APPLICATION_ID";
pub(super) const CLIENT_ID: &str = "WEBEX_CLIENT_ID";
pub(super) const CLIENT_SECRET: &str = "WEBEX_CLIENT_SECRET";
pub(super) const REFRESH_TOKEN: &str = "WEBEX_REFRESH_TOKEN";
pub(super) const TARGET_ORG_ID: &str = "WEBEX_TARGET_ORG_ID";

/// The variables of signing in. With `_FILE` behind its name each names a file that holds the value.
const NAMES: [&str; 6] = [ACCESS_TOKEN, APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TARGET_ORG_ID];

/// The largest file that holds a value.
const LARGEST: u64 = 64 << 10;

/// What `User-Agent` the token endpoints see.
pub(super) const USER_AGENT: &str = concat!("hubform/", env!("CARGO_PKG_VERSION"));

/// The variables as they are; no file has been read.
#[derive(Clone, Debug, Default)]
pub(super) struct SignIn {
    values: BTreeMap<&'static str, SecretString>,
    files: BTreeMap<&'static str, PathBuf>,
    /// The folder of the user's configuration, if the system has one.
    pub(super) folder: Option<PathBuf>,
}

/// A value, and where it came from: "the variable `WEBEX_CLIENT_ID`".
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: SecretString,
    pub(super) origin: String,
}

/// Where the access token of a run comes from.
#[derive(Clone, Debug)]
pub(super) enum TokenSource {
    /// A token that does not change.
    Fixed(Given),
    /// Tokens that renew themselves.
    Renewing {
        /// Who asks for them.
        app: App,
        /// What they are asked for with.
        grant: Grant,
        /// Where that came from.
        origin: String,
        /// Where they are kept.
        cache: Option<TokenCache>,
    },
    /// Nobody gave one; a simulator takes any.
    Any,
}

impl SignIn {
    /// Takes what `read` finds under the names that are known.
    pub(super) fn read(read: impl Fn(&str) -> Option<String>) -> Self {
        let values = NAMES.iter().filter_map(|name| Some((*name, SecretString::from(read(name)?))));
        let files = NAMES.iter().filter_map(|name| Some((*name, PathBuf::from(read(&file_of(name))?))));
        Self { values: values.collect(), files: files.collect(), folder: folder(&read) }
    }

    /// Returns the token cache of the user, if the system has a place for it.
    pub(super) fn cache(&self) -> Option<TokenCache> {
        self.folder.clone().map(TokenCache::new)
    }

    /// Returns a value: of its variable, or of the file that the other variable names.
    pub(super) fn get(&self, name: &'static str) -> Result<Option<Given>, Failure> {
        match (self.values.get(name), self.files.get(name)) {
            (None, None) => Ok(None),
            (Some(value), None) => Ok(Some(Given { value: value.clone(), origin: format!("the variable `{name}`") })),
            (None, Some(path)) => {
                let value = read(path).map_err(|why| {
                    let text =
                        format!("the file `{}`, which the variable `{}` names, {why}", path.display(), file_of(name));
                    Failure::new(codes::SIGN_IN, text, "let it hold the value alone, and be readable")
                })?;
                Ok(Some(Given { value, origin: format!("the file of the variable `{}`", file_of(name)) }))
            }
            (Some(_), Some(_)) => Err(Failure::new(
                codes::SIGN_IN,
                format!("the variables `{name}` and `{}` are both set", file_of(name)),
                "set one of them",
            )),
        }
    }

    fn has(&self, name: &'static str) -> bool {
        self.values.contains_key(name) || self.files.contains_key(name)
    }

    /// Returns values that are only of use together; fails if only some of them are there.
    fn all<const N: usize>(&self, names: [&'static str; N]) -> Result<[Given; N], Failure> {
        let (there, missing): (Vec<&'static str>, Vec<&'static str>) =
            names.into_iter().partition(|name| self.has(name));
        let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if !missing.is_empty() {
            let text = format!("{} cannot be used without {}", quoted(&there), quoted(&missing));
            let fix = format!("set {}, or `…_FILE` to the path of a file that holds it", quoted(&missing));
            return Err(Failure::new(codes::SIGN_IN, text, fix));
        }
        let mut given = Vec::with_capacity(N);
        for name in names {
            given.extend(self.get(name)?);
        }
        // Each of them is there, so each has given its value.
        given.try_into().map_err(|_| Failure::new(codes::SIGN_IN, "a variable has gone", "report this as a defect"))
    }

    /// Finds where the token for a service comes from. `target` says in words why it is that service.
    pub(super) fn source(&self, base_url: &Url, target: Target, because: &str) -> Result<TokenSource, Failure> {
        let app = |id: &Given, secret: &Given| App {
            id: id.value.expose_secret().to_owned(),
            secret: Some(secret.value.clone()),
        };
        if self.has(APPLICATION_ID) || self.has(TARGET_ORG_ID) {
            let [application, target_org, id, secret] =
                self.all([APPLICATION_ID, TARGET_ORG_ID, CLIENT_ID, CLIENT_SECRET])?;
            return Ok(TokenSource::Renewing {
                app: app(&id, &secret),
                grant: Grant::ServiceApp {
                    application: application.value.expose_secret().to_owned(),
                    target_org: target_org.value.expose_secret().to_owned(),
                    caller: self.get(ACCESS_TOKEN)?.map(|token| token.value),
                },
                origin: format!("the service app of {}", application.origin),
                cache: self.cache(),
            });
        }
        if let Some(token) = self.get(ACCESS_TOKEN)? {
            return Ok(TokenSource::Fixed(token));
        }
        if self.has(REFRESH_TOKEN) {
            let [token, id, secret] = self.all([REFRESH_TOKEN, CLIENT_ID, CLIENT_SECRET])?;
            return Ok(TokenSource::Renewing {
                app: app(&id, &secret),
                grant: Grant::RefreshToken(token.value),
                origin: token.origin,
                cache: self.cache(),
            });
        }
        if let Some(login) = self.login(base_url)? {
            return Ok(login);
        }
        match target {
            Target::Simulator => Ok(TokenSource::Any),
            Target::Webex => Err(self.nothing(base_url, because)),
        }
    }

    /// Finds what `hubform login` left for a service.
    fn login(&self, base_url: &Url) -> Result<Option<TokenSource>, Failure> {
        let Some(cache) = self.cache() else { return Ok(None) };
        let id = self.get(CLIENT_ID)?;
        let wanted = id.as_ref().map(|id| id.value.expose_secret());
        let logins = logins(&cache, base_url)?;
        let mut ids: Vec<String> = logins.into_iter().map(|key| key.client_id).collect();
        ids.retain(|id| wanted.is_none_or(|wanted| wanted == id));
        if ids.len() > 1 {
            let quoted: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
            return Err(Failure::new(
                codes::SIGN_IN,
                format!("there are logins of several clients at `{base_url}`: {}", quoted.join(", ")),
                "set `WEBEX_CLIENT_ID` to one of them, or end the others with `hubform logout --client-id ID`",
            ));
        }
        let Some(id) = ids.pop() else { return Ok(None) };
        let secret = self.get(CLIENT_SECRET)?.map(|secret| secret.value);
        Ok(Some(TokenSource::Renewing {
            app: App { id, secret },
            grant: Grant::Login,
            origin: "`hubform login`".to_owned(),
            cache: Some(cache),
        }))
    }

    fn nothing(&self, base_url: &Url, because: &str) -> Failure {
        let set: Vec<String> =
            [CLIENT_ID, CLIENT_SECRET].iter().filter(|name| self.has(name)).map(|name| format!("`{name}`")).collect();
        let text = if set.is_empty() {
            "and there is no access token: the variable `WEBEX_ACCESS_TOKEN` is not set, and nobody has logged in"
                .to_owned()
        } else {
            format!(
                "and {} alone gives no access token: `WEBEX_REFRESH_TOKEN` is not set, and that client has no login at `{base_url}`",
                set.join(" with ")
            )
        };
        Failure::new(
            codes::TOKEN_MISSING,
            format!("the target is `webex` (from {because}), {text}"),
            "run `hubform login`, set `WEBEX_ACCESS_TOKEN` to an access token of a partner administrator, \
             or try the plan on `--target simulator`",
        )
    }
}

impl TokenSource {
    /// Returns where the token comes from, to go behind "from".
    pub(super) fn origin(&self) -> &str {
        match self {
            Self::Fixed(token) => &token.origin,
            Self::Renewing { origin, .. } => origin,
            Self::Any => "nobody, as a simulator takes any",
        }
    }

    /// Returns what to do when the service does not accept the token.
    pub(super) fn fix(&self) -> String {
        match self {
            Self::Fixed(token) => {
                format!("the token from {} is wrong or has expired: get a new one and try again", token.origin)
            }
            Self::Renewing { grant: Grant::Login, .. } => {
                "run `hubform login`, and `hubform doctor` to see what the token may do".to_owned()
            }
            Self::Renewing { origin, .. } => {
                format!("check {origin}, and run `hubform doctor` to see what the token may do")
            }
            Self::Any => "the simulator is a kind that wants a token: set `WEBEX_ACCESS_TOKEN`".to_owned(),
        }
    }

    /// Makes the credential; sends and reads nothing yet.
    pub(super) fn credential(&self, base_url: &Url) -> Result<Credential, SettingsError> {
        Ok(match self {
            Self::Fixed(token) => token.value.clone().into(),
            Self::Any => SecretString::from("simulator").into(),
            Self::Renewing { app, grant, origin, cache } => Renewal {
                endpoint: TokenEndpoint::new(base_url.clone(), USER_AGENT)?,
                app: app.clone(),
                grant: grant.clone(),
                origin: origin.clone(),
                cache: cache.clone(),
                clock: clock(),
            }
            .into(),
        })
    }
}

impl From<CacheError> for Failure {
    fn from(error: CacheError) -> Self {
        // The text of each says what to do.
        Self::new(codes::TOKEN_CACHE, error.to_string(), "`hubform login` makes the cache anew")
    }
}

/// Returns the logins at a service, sorted by client.
pub(super) fn logins(cache: &TokenCache, base_url: &Url) -> Result<Vec<CacheKey>, CacheError> {
    let at = CacheKey::new(base_url, "", Subject::Login);
    let keys = cache.entries()?.into_iter().map(|(key, _)| key);
    Ok(keys.filter(|key| key.base_url == at.base_url && key.subject == Subject::Login).collect())
}

/// Returns the clock of this machine.
pub(super) fn clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

fn file_of(name: &str) -> String {
    format!("{name}_FILE")
}

/// Returns hubform's folder in that of the user's configuration.
fn folder(read: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    // Relative ones are to be ignored (XDG Base Directory Specification).
    let absolute = |name| read(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CONFIG_HOME");
    let folder = folder.or_else(|| if cfg!(windows) { absolute("APPDATA") } else { None });
    let folder = folder.or_else(|| {
        let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        absolute("HOME").map(|home| home.join(below))
    })?;
    Some(folder.join("hubform"))
}

/// Reads a file that holds one value. What is wrong never shows it.
fn read(path: &Path) -> Result<SecretString, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| format!("cannot be read: {error}"))?;
    if text.len() as u64 > LARGEST {
        return Err("is larger than any token".to_owned());
    }
    let value = text.trim();
    if value.is_empty() {
        return Err("is empty".to_owned());
    }
    if value.contains(char::is_whitespace) {
        return Err("holds more than one word".to_owned());
    }
    Ok(SecretString::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(variables: &[(&str, &str)]) -> SignIn {
        SignIn::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn source(variables: &[(&str, &str)], target: Target) -> Result<TokenSource, String> {
        let base_url = "https://webexapis.com/v1".parse().unwrap();
        sign_in(variables).source(&base_url, target, "`--target`").map_err(|failure| {
            let problem = &failure.problems[0];
            format!("{}: {} | {}", problem.code, problem.message, problem.fix.as_deref().unwrap_or_default())
        })
    }

    const APP: [(&str, &str); 2] = [(CLIENT_ID, "C1"), (CLIENT_SECRET, "canary-secret")];

    #[test]
    fn a_fixed_token_comes_before_a_refresh_token() {
        let all = [&APP[..], &[(ACCESS_TOKEN, "canary-a"), (REFRESH_TOKEN, "canary-r")]].concat();
        assert_eq!(source(&all, Target::Webex).unwrap().origin(), "the variable `WEBEX_ACCESS_TOKEN`");
        let found = source(&[&APP[..], &[(REFRESH_TOKEN, "canary-r")]].concat(), Target::Webex).unwrap();
        assert_eq!(found.origin(), "the variable `WEBEX_REFRESH_TOKEN`");
        assert!(matches!(found, TokenSource::Renewing { grant: Grant::RefreshToken(_), cache: None, .. }));
    }

    #[test]
    fn a_service_app_takes_the_access_token_for_the_callers() {
        let app = [(APPLICATION_ID, "a"), (TARGET_ORG_ID, "o"), (ACCESS_TOKEN, "canary-a")];
        let found = source(&[&APP[..], &app].concat(), Target::Webex).unwrap();
        let TokenSource::Renewing { grant: Grant::ServiceApp { caller, .. }, .. } = found else { panic!("{found:?}") };
        assert_eq!(caller.unwrap().expose_secret(), "canary-a");
    }

    #[test]
    fn what_is_missing_of_a_set_is_named() {
        let table: [(&[(&str, &str)], &str); 4] = [
            (
                &[(REFRESH_TOKEN, "r")],
                "HF812: `WEBEX_REFRESH_TOKEN` cannot be used without `WEBEX_CLIENT_ID`, `WEBEX_CLIENT_SECRET` |",
            ),
            (
                &[(REFRESH_TOKEN, "r"), (CLIENT_ID, "c")],
                "HF812: `WEBEX_REFRESH_TOKEN`, `WEBEX_CLIENT_ID` cannot be used without `WEBEX_CLIENT_SECRET` |",
            ),
            (
                &[(APPLICATION_ID, "a"), (ACCESS_TOKEN, "t")],
                "HF812: `WEBEX_APPLICATION_ID` cannot be used without `WEBEX_TARGET_ORG_ID`, `WEBEX_CLIENT_ID`, `WEBEX_CLIENT_SECRET` |",
            ),
            (
                &APP,
                "HF803: the target is `webex` (from `--target`), and `WEBEX_CLIENT_ID` with `WEBEX_CLIENT_SECRET` alone gives no access token",
            ),
        ];
        for (variables, expected) in table {
            let error = source(variables, Target::Webex).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_simulator_takes_any_token_and_still_wants_whole_sets() {
        assert!(matches!(source(&[], Target::Simulator), Ok(TokenSource::Any)));
        assert!(matches!(source(&APP, Target::Simulator), Ok(TokenSource::Any)));
        assert!(source(&[(REFRESH_TOKEN, "r")], Target::Simulator).is_err());
    }

    #[test]
    fn a_value_may_stand_in_a_file_and_nothing_of_a_bad_file_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let text = path.to_str().unwrap();
        let get = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            sign_in(&[("WEBEX_ACCESS_TOKEN_FILE", text)]).get(ACCESS_TOKEN)
        };
        let given = get(b"  canary-token\n").unwrap().unwrap();
        assert_eq!(given.value.expose_secret(), "canary-token");
        assert_eq!(given.origin, "the file of the variable `WEBEX_ACCESS_TOKEN_FILE`");
        for bad in [&b""[..], b"\n", b"canary two", b"canary\xff", &vec![b'c'; 70_000]] {
            let failure = get(bad).unwrap_err();
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        assert!(sign_in(&[("WEBEX_ACCESS_TOKEN_FILE", "/nowhere/x")]).get(ACCESS_TOKEN).is_err());
        let both = sign_in(&[("WEBEX_ACCESS_TOKEN_FILE", text), (ACCESS_TOKEN, "canary")]).get(ACCESS_TOKEN);
        assert!(both.unwrap_err().problems[0].message.contains("are both set"));
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_cache_is_in_the_folder_of_the_users_configuration() {
        let folder = |variables: &[(&str, &str)]| sign_in(variables).folder;
        assert_eq!(folder(&[("HOME", "/h")]), Some("/h/.config/hubform".into()));
        assert_eq!(folder(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]), Some("/x/hubform".into()));
        assert_eq!(folder(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "relative")]), Some("/h/.config/hubform".into()));
        assert_eq!(folder(&[]), None);
    }

    #[test]
    fn no_secret_shows_in_debug_texts() {
        let all = [&APP[..], &[(REFRESH_TOKEN, "canary-r"), (ACCESS_TOKEN, "canary-a")]].concat();
        let app = [&all[..], &[(APPLICATION_ID, "a"), (TARGET_ORG_ID, "o")]].concat();
        let texts = format!("{:?} {:?} {:?}", sign_in(&all), source(&all, Target::Webex), source(&app, Target::Webex));
        assert!(!texts.contains("canary"), "{texts}");
    }
}
