//! Where a ledger in object storage is, and how it is spoken to.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Once},
    time::Duration,
};

use object_store::{
    BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    path::Path,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use crate::ledger::LedgerError;

use super::{objects::Objects, said::failed};

/// How patient a ledger in object storage is. The defaults are for networks; tests are in a hurry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habits {
    /// How often a holder renews its heartbeat.
    pub renew_every: Duration,
    /// When a holder that could not renew it no longer believes in its locks.
    pub dead_after: Duration,
    /// How long a heartbeat has to be watched without a change before its holder is gone.
    pub gone_after: Duration,
    /// How long the first wait is before something is tried again; the next ones are longer.
    pub pause: Duration,
    /// How many objects a unit's log has before it is made short again.
    pub compact_after: u64,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            renew_every: Duration::from_secs(10),
            dead_after: Duration::from_secs(30),
            gone_after: Duration::from_mins(1),
            pause: Duration::from_millis(100),
            compact_after: 64,
        }
    }
}

/// The place of a ledger in object storage.
#[derive(Clone)]
pub struct ObjectPlace {
    name: String,
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    habits: Habits,
}

impl fmt::Debug for ObjectPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A store's own text may hold what it logs in with.
        f.debug_struct("ObjectPlace").field("name", &self.name).field("habits", &self.habits).finish_non_exhaustive()
    }
}

impl ObjectPlace {
    /// The beginnings of the addresses that name a place in object storage.
    pub const SCHEMES: [&str; 3] = ["s3", "az", "gs"];

    /// Returns the place that an address names: `s3://BUCKET/PREFIX`, `az://CONTAINER/PREFIX` or `gs://BUCKET/PREFIX`.
    /// `options` are named as the environment variables of the service's own tools, in any case, such as
    /// `AWS_ENDPOINT_URL`, `AWS_REGION`, `AZURE_STORAGE_ACCOUNT_NAME` or `GOOGLE_SERVICE_ACCOUNT`; those that mean
    /// nothing here are passed over. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`LedgerError::NotALedger`] if the address names no such place, and [`LedgerError::Unreachable`] if the options
    /// say nothing that could be reached safely: encryption is left out for loopback alone.
    pub fn new(address: &str, options: &BTreeMap<String, SecretString>) -> Result<Self, LedgerError> {
        let Address { scheme, bucket, prefix, name } = Address::parse(address)?;
        install_tls();
        let options = options.iter().map(|(key, value)| (key.to_ascii_lowercase(), value));
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(5),
                base: 2.0,
            },
            max_retries: 6,
            retry_timeout: Duration::from_mins(1),
        };
        let failed = |error: object_store::Error| failed(&name, "reached", &error);
        let allows = |url: Option<String>| url.map_or(Ok(false), |url| is_plain(&name, &url));
        let store: Arc<dyn ObjectStore> = match scheme {
            Scheme::S3 => {
                let mut builder = AmazonS3Builder::new().with_retry(retry);
                for (key, value) in options {
                    match key.parse::<AmazonS3ConfigKey>() {
                        Ok(AmazonS3ConfigKey::Client(key)) if is_unsafe(key) => {}
                        Ok(key) => builder = builder.with_config(key, value.expose_secret()),
                        Err(_) => {}
                    }
                }
                let endpoint = builder
                    .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
                    .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
                let builder = builder.with_bucket_name(bucket).with_allow_http(allows(endpoint)?);
                Arc::new(builder.build().map_err(failed)?)
            }
            Scheme::Azure => {
                let mut builder = MicrosoftAzureBuilder::new().with_retry(retry);
                for (key, value) in options {
                    match key.parse::<AzureConfigKey>() {
                        // The emulator's address comes from the environment, behind our back.
                        Ok(AzureConfigKey::UseEmulator) | Err(_) => {}
                        Ok(AzureConfigKey::Client(key)) if is_unsafe(key) => {}
                        Ok(key) => builder = builder.with_config(key, value.expose_secret()),
                    }
                }
                let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
                let builder = builder.with_container_name(bucket).with_allow_http(allows(endpoint)?);
                Arc::new(builder.build().map_err(failed)?)
            }
            Scheme::Google => {
                let mut builder = GoogleCloudStorageBuilder::new().with_retry(retry);
                for (key, value) in options {
                    match key.parse::<GoogleConfigKey>() {
                        Ok(GoogleConfigKey::Client(key)) if is_unsafe(key) => {}
                        Ok(key) => builder = builder.with_config(key, value.expose_secret()),
                        Err(_) => {}
                    }
                }
                let endpoint = builder.get_config_value(&GoogleConfigKey::BaseUrl);
                let plain = allows(endpoint)?.to_string();
                let key = GoogleConfigKey::Client(ClientConfigKey::AllowHttp);
                Arc::new(builder.with_bucket_name(bucket).with_config(key, plain).build().map_err(failed)?)
            }
        };
        Ok(Self { name, store, prefix, habits: Habits::default() })
    }

    /// Returns the place in a store that somebody else has made; `name` is for people.
    pub fn over(name: &str, store: Arc<dyn ObjectStore>) -> Self {
        Self { name: name.to_owned(), store, prefix: Path::default(), habits: Habits::default() }
    }

    /// Returns the same place, for somebody more or less patient.
    #[must_use]
    pub fn with_habits(self, habits: Habits) -> Self {
        Self { habits, ..self }
    }

    /// Returns its name for people, without anything secret.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn habits(&self) -> &Habits {
        &self.habits
    }

    pub(super) fn objects(&self) -> Result<Objects, LedgerError> {
        Objects::new(Arc::clone(&self.store), self.prefix.clone(), self.name.clone(), self.habits.pause)
    }
}

/// Chooses the TLS implementation once for the process; one that is chosen already stays.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    S3,
    Azure,
    Google,
}

#[derive(Debug)]
struct Address {
    scheme: Scheme,
    bucket: String,
    prefix: Path,
    name: String,
}

impl Address {
    fn parse(text: &str) -> Result<Self, LedgerError> {
        let refused = |place: &str, why: &str| LedgerError::NotALedger { place: place.to_owned(), why: why.to_owned() };
        let url =
            Url::parse(text).map_err(|error| refused(&redacted(text), &format!("its address is none: {error}")))?;
        let place = redacted(text);
        let scheme = match url.scheme() {
            "s3" => Scheme::S3,
            "az" => Scheme::Azure,
            "gs" => Scheme::Google,
            _ => return Err(refused(&place, "its address begins with none of `s3://`, `az://` and `gs://`")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(&place, "its address holds a user name or a password, which belong elsewhere"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
            return Err(refused(&place, "its address has more than a bucket and a prefix"));
        }
        let is_plain = |part: &str| {
            let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !part.is_empty() && part.bytes().all(is_known) && !part.bytes().all(|byte| byte == b'.')
        };
        let bucket = url.host_str().unwrap_or_default();
        if !is_plain(bucket) {
            return Err(refused(&place, "its address names no bucket: write `s3://BUCKET/PREFIX`"));
        }
        // As it is written: a URL's own path has forgotten its `..`.
        let (_, rest) = text.split_once("://").unwrap_or_default();
        let prefix = rest.split_once('/').map_or("", |(_, path)| path).trim_matches('/');
        if !prefix.is_empty() && !prefix.split('/').all(is_plain) {
            return Err(refused(&place, "its prefix has more than letters, digits, `-`, `_`, `.` and single slashes"));
        }
        let name = format!("{}://{bucket}/{prefix}", url.scheme());
        Ok(Self { scheme, bucket: bucket.to_owned(), prefix: Path::from(prefix), name })
    }
}

/// Returns an address without what might be a password, or a signature.
fn redacted(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let shown = super::documents::shortened(rest);
    if scheme.is_empty() { shown } else { format!("{}://{shown}", super::documents::shortened(scheme)) }
}

/// Returns true for the options that would give encryption up; loopback needs none, and nothing else may go without.
const fn is_unsafe(key: ClientConfigKey) -> bool {
    matches!(key, ClientConfigKey::AllowHttp | ClientConfigKey::AllowInvalidCertificates)
}

/// Returns true if an endpoint is spoken to without encryption, which is refused unless it is on this machine.
fn is_plain(place: &str, endpoint: &str) -> Result<bool, LedgerError> {
    let refused = |why: String| LedgerError::Unreachable { place: place.to_owned(), action: "reached", why };
    let shown = redacted(endpoint);
    let url = Url::parse(endpoint).map_err(|error| refused(format!("its endpoint `{shown}` is no URL: {error}")))?;
    let loopback = match url.host() {
        None => false,
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
    };
    match url.scheme() {
        "https" => Ok(false),
        "http" if loopback => Ok(true),
        "http" => Err(refused(format!("its endpoint `{shown}` is not encrypted (`https`), and not on this machine"))),
        _ => Err(refused(format!("its endpoint `{shown}` is neither `https` nor `http`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(address: &str) -> String {
        Address::parse(address).unwrap_err().to_string()
    }

    #[test]
    fn an_address_names_a_bucket_and_a_prefix() {
        for (address, name, prefix) in [
            ("s3://acme-ledger/voice/prod", "s3://acme-ledger/voice/prod", "voice/prod"),
            ("gs://acme-ledger/", "gs://acme-ledger/", ""),
            ("az://ledger", "az://ledger/", ""),
        ] {
            let address = Address::parse(address).unwrap();
            assert_eq!((address.name.as_str(), address.prefix.as_ref()), (name, prefix));
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_repeated() {
        let told = why("s3://key:s3cret@acme-ledger/x");
        assert!(told.contains("password") && !told.contains("s3cret"), "{told}");
        let told = why("s3://acme-ledger/x?sig=s3cret");
        assert!(told.contains("more than a bucket") && !told.contains("s3cret"), "{told}");
        let told = why("key:s3cret@acme-ledger");
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn an_address_that_leaves_its_place_is_refused() {
        for address in ["s3:///x", "s3://", "ftp://a/b", "s3://a/b//c", "s3://a/%2e%2e/b", "s3://a/b c", "ledger.db"] {
            assert!(Address::parse(address).is_err(), "{address}");
        }
    }

    #[test]
    fn only_loopback_goes_without_encryption() {
        let place = |endpoint: &str| {
            let option = |key: &str, value: &str| (key.to_owned(), SecretString::from(value.to_owned()));
            let options = BTreeMap::from([
                option("AWS_ENDPOINT_URL", endpoint),
                option("AWS_ALLOW_HTTP", "true"),
                option("AWS_ACCESS_KEY_ID", "key"),
                option("AWS_SECRET_ACCESS_KEY", "s3cret"),
                option("AWS_PAGER", "less"),
            ]);
            ObjectPlace::new("s3://acme/x", &options)
        };
        let refused = place("http://s3.acme.example").unwrap_err().to_string();
        assert!(refused.contains("not encrypted"), "{refused}");
        for fine in ["https://s3.acme.example", "http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            let place = place(fine).unwrap();
            assert!(!format!("{place:?}").contains("s3cret"));
        }
    }
}
