//! Why a file is not taken as a plan.

use crate::model::{Code, Problem, codes};

use super::file::MOST_BYTES;

/// Why a file is not taken as a plan. Nothing has been sent when it is found out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("the file is not a saved plan: {0}")]
    NotOne(String),
    /// A newer hubform wrote it, or none.
    #[error("the plan has format {0}, and this version of hubform knows format 1")]
    Format(u64),
    /// It is larger than any plan that can be handled.
    #[error("the plan has more than {} MiB", MOST_BYTES >> 20)]
    TooLarge,
    /// The content is not the one that was written; where, in words.
    #[error("the plan was altered after it was written: {0}")]
    Altered(String),
    /// The project trusts keys, and nobody signed.
    #[error("`spec.trust` in `hubform.yaml` wants plans to be signed, and this one is not")]
    Unsigned,
    /// The key is not one that the project trusts.
    #[error("the plan is signed with the key `{0}`, which is not in `spec.trust` of `hubform.yaml`")]
    KeyUnknown(String),
    /// The signature is not of this plan, or not of this key.
    #[error("the signature of the plan is wrong")]
    Signature,
    /// It was made for another target.
    #[error("the plan was made for the target `{plan}`, and this run works on `{run}`")]
    Target { plan: String, run: String },
    /// It was made for another address of the service.
    #[error("the plan was made for {plan}, and this run works on {run}")]
    BaseUrl { plan: String, run: String },
    /// It was made for another partner organization.
    #[error("the plan was made for the partner organization `{plan}`, and {run}")]
    Partner { plan: String, run: String },
    /// It was made for another project.
    #[error("the plan was made for the project `{plan}`, and this is `{run}`")]
    Project { plan: String, run: String },
    /// It was made with another ledger.
    #[error("the plan was made with the ledger of lineage `{plan}`, and {run}")]
    Lineage { plan: String, run: String },
}

impl PlanFileError {
    /// Returns its code.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotOne(_) => codes::PLAN_NOT_ONE,
            Self::Format(_) => codes::PLAN_FORMAT,
            Self::TooLarge => codes::PLAN_TOO_LARGE,
            Self::Altered(_) => codes::PLAN_ALTERED,
            Self::Unsigned => codes::PLAN_UNSIGNED,
            Self::KeyUnknown(_) => codes::PLAN_KEY_UNKNOWN,
            Self::Signature => codes::PLAN_SIGNATURE,
            Self::Target { .. } => codes::PLAN_TARGET,
            Self::BaseUrl { .. } => codes::PLAN_BASE_URL,
            Self::Partner { .. } => codes::PLAN_PARTNER,
            Self::Project { .. } => codes::PLAN_PROJECT,
            Self::Lineage { .. } => codes::PLAN_LINEAGE,
        }
    }

    /// Returns how to go on.
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::NotOne(_) => "name a file that `hubform plan --out FILE` has written",
            Self::Format(_) => "use the version of hubform that wrote it, or plan again with this one",
            Self::TooLarge => "plan fewer customers at a time (`--customer`, `--selector`)",
            Self::Altered(_) => "plan again; to change what is done, change the manifests",
            Self::Unsigned => "plan again with `HUBFORM_SIGNING_KEY` set to the path of a key that the project trusts",
            Self::KeyUnknown(_) => {
                "plan again with a key that the project trusts, or have this key added to `spec.trust`"
            }
            Self::Signature => "do not use this file: plan again, and find out who changed it",
            Self::Target { .. } | Self::BaseUrl { .. } => {
                "apply it with the settings that it was made with, or plan again for this service"
            }
            Self::Partner { .. } => "use the token of an account of that partner, or plan again",
            Self::Project { .. } => "name the right project folder (`--project DIR`), or plan again",
            Self::Lineage { .. } => "use the ledger that it was made with (`--ledger`), or plan again",
        }
    }
}

impl From<&PlanFileError> for Problem {
    fn from(error: &PlanFileError) -> Self {
        Self::error(error.code(), error.to_string()).fix(error.fix())
    }
}
