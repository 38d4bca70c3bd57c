//! The rules, their documentation and the projects that break them.

mod broken;
mod mixed;
mod page;

/// Returns true if what is generated is to be written anew: `HUBFORM_BLESS=1 cargo test`.
#[expect(clippy::disallowed_methods, reason = "a test has no settings that could have read it")]
fn bless() -> bool {
    std::env::var_os("HUBFORM_BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}
