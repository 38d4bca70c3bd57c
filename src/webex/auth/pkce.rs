//! Proof Key for Code Exchange (RFC 7636), and the random texts of a login.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// Returns a text of 43 characters that nobody can guess: 256 bits from the operating system.
pub(super) fn unguessable() -> Result<SecretString, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}

/// Returns the S256 challenge of a verifier.
pub(super) fn challenge(verifier: &SecretString) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret()))
}

/// Compares two texts in a time that does not depend on where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_nobody_can_guess_differs_each_time_and_has_the_length_of_a_verifier() {
        let (a, b) = (unguessable().unwrap(), unguessable().unwrap());
        assert_eq!(a.expose_secret().len(), 43);
        assert!(!same(a.expose_secret(), b.expose_secret()) && same(a.expose_secret(), a.expose_secret()));
        assert!(!same("abc", "abcd"));
    }
}
