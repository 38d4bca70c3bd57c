//! `hubform key`

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretBox};
use serde_json::json;

use crate::{
    cli::{
        console::{Console, Format},
        exit::Status,
        failure::Failure,
        plan_file::{read_key, write_key},
    },
    model::codes,
    plan::saved::SigningKey,
    report::to_json,
};

/// Keys that saved plans are signed with
///
/// With public keys in `spec.trust` of `hubform.yaml`, `hubform apply PLAN` takes only plans that one of their private keys
/// has signed. `hubform plan --out` signs with the key in the file that `HUBFORM_SIGNING_KEY` names.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    New(NewArgs),
    Show(ShowArgs),
}

/// Make a private key, and print its public half
///
/// The file is made for its owner alone (mode 0600), and never one that is there already. Keep it where the pipeline that
/// plans can read it and nobody else; the public half goes into `spec.trust`.
#[derive(Debug, clap::Args)]
struct NewArgs {
    /// The file to make
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Print the public half of a private key
#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// A file of `hubform key new`, or of `openssl genpkey -algorithm ed25519`
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(in crate::cli) fn run(args: &Args, console: Console) -> Result<Status, Failure> {
    let key = match &args.command {
        Command::New(NewArgs { file }) => {
            let key = random()?;
            write_key(file, &key)?;
            console.mention("add the public key to `spec.trust` in `hubform.yaml`; keep the file secret");
            key
        }
        Command::Show(ShowArgs { file }) => read_key(file, "")?,
    };
    let public = key.public().to_string();
    console.answer(&match console.format {
        Format::Text => format!("{public}\n"),
        Format::Json => to_json(&json!({ "format": 1, "publicKey": public })),
    })?;
    Ok(Status::Done)
}

fn random() -> Result<SigningKey, Failure> {
    let mut filled = Ok(());
    let bytes = SecretBox::<[u8; 32]>::init_with_mut(|bytes| filled = getrandom::fill(bytes));
    match filled {
        Ok(()) => Ok(SigningKey::of_random(bytes.expose_secret())),
        Err(error) => Err(Failure::caused(codes::SIGNING_KEY, &error, "the system gives no randomness; try again")),
    }
}
