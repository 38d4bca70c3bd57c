//! Signatures on plans: ed25519 (RFC 8032), with keys as PKCS#8 files, which other tools make and read too.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{
    Signer as _, VerifyingKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding},
};
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::model::PublicKey;

/// A signature, and which key it says to be of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signature {
    /// The public key: 32 bytes in base64.
    pub key: String,
    /// How it was signed.
    pub algorithm: Algorithm,
    /// The signature: 64 bytes in base64.
    pub value: String,
}

/// How a plan is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
}

/// A private key. It never shows itself.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A text that is not a signing key. It does not repeat anything of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not hold one ed25519 private key in PKCS#8 form (`-----BEGIN PRIVATE KEY-----`)")]
pub struct SigningKeyError;

impl SigningKey {
    /// Makes a key of 32 random bytes.
    pub fn of_random(bytes: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(bytes))
    }

    /// Reads a key file; `openssl genpkey -algorithm ed25519` writes such files too.
    pub fn read(text: &SecretString) -> Result<Self, SigningKeyError> {
        let text = text.expose_secret().trim();
        ed25519_dalek::SigningKey::from_pkcs8_pem(text).map(Self).map_err(|_| SigningKeyError)
    }

    /// Returns the text of a key file.
    ///
    /// # Errors
    ///
    /// Never in practice: every key has a PKCS#8 form.
    pub fn to_file(&self) -> Result<SecretString, SigningKeyError> {
        let text = self.0.to_pkcs8_pem(LineEnding::LF).map_err(|_| SigningKeyError)?;
        Ok(SecretString::from(text.as_str()))
    }

    /// Returns the public half, for `spec.trust`.
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.verifying_key().to_bytes())
    }

    /// Signs the digest of a plan.
    pub(super) fn sign(&self, digest: &str) -> Signature {
        Signature {
            key: self.public().to_string(),
            algorithm: Algorithm::Ed25519,
            value: STANDARD.encode(self.0.sign(message(digest).as_bytes()).to_bytes()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public()).finish()
    }
}

impl Signature {
    /// Returns true if it is a signature of a plan's digest, made with that key. Keys that anybody can sign for are none.
    pub(super) fn is_of(&self, key: &PublicKey, digest: &str) -> bool {
        let check = || {
            let value: [u8; 64] = STANDARD.decode(&self.value).ok()?.try_into().ok()?;
            let signature = ed25519_dalek::Signature::from_bytes(&value);
            VerifyingKey::from_bytes(key.bytes()).ok()?.verify_strict(message(digest).as_bytes(), &signature).ok()
        };
        check().is_some()
    }
}

/// Returns what is signed. The first line keeps a signature of something else from counting here.
fn message(digest: &str) -> String {
    format!("hubform plan, format 1\n{digest}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_from_its_file() {
        let key = SigningKey::of_random(&[7; 32]);
        let file = key.to_file().unwrap();
        assert!(file.expose_secret().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(SigningKey::read(&file).unwrap().public(), key.public());
    }

    /// Made by `openssl genpkey -algorithm ed25519`, which leaves the public half out; the key of RFC 8032, 7.1, test 1.
    #[test]
    fn a_key_of_other_tools_is_read() {
        let text = "-----BEGIN PRIVATE KEY-----\n\
                    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                    -----END PRIVATE KEY-----\n";
        let key = SigningKey::read(&SecretString::from(text)).unwrap();
        assert_eq!(key.public().to_string(), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"] {
            let error = SigningKey::read(&SecretString::from(text)).unwrap_err();
            assert!(!error.to_string().contains("secret"));
        }
        assert!(!format!("{:?}", SigningKey::of_random(&[7; 32])).contains("[7, 7"));
    }

    #[test]
    fn a_signature_counts_for_one_key_and_one_digest() {
        let (key, other) = (SigningKey::of_random(&[7; 32]), SigningKey::of_random(&[8; 32]));
        let signature = key.sign("digest");
        assert!(signature.is_of(&key.public(), "digest"));
        assert!(!signature.is_of(&key.public(), "other"));
        assert!(!signature.is_of(&other.public(), "digest"));
        for value in ["", "AAAA", "not base64"] {
            assert!(!Signature { value: value.to_owned(), ..signature.clone() }.is_of(&key.public(), "digest"));
        }
    }

    /// With the neutral element as a key, a signature of zeros satisfies the plain equation for every message.
    #[test]
    fn a_key_that_anybody_can_sign_for_is_none() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let key = PublicKey::new(neutral);
        let mut value = [0; 64];
        value[0] = 1;
        let forged = Signature { key: key.to_string(), algorithm: Algorithm::Ed25519, value: STANDARD.encode(value) };
        assert!(!forged.is_of(&key, "digest"));
    }
}
