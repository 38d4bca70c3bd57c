//! A plan as a file: reading it, and refusing what is not exactly what was written.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    model::{Address, Name, OrgId, PublicKey, same_remote},
    plan::value::{Note, Part, Plan, Summary},
};

use super::{
    canonical::{Strict, digest_of, digest_of_json},
    error::PlanFileError,
    sign::{Signature, SigningKey},
};

/// The largest file that is written or read: some 200,000 steps.
pub const MOST_BYTES: usize = 256 << 20;

/// What a plan is good for, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// `webex` or `simulator`.
    pub target: String,
    /// Address of the service; empty for the embedded simulator.
    pub base_url: String,
    /// The partner organization; none if the service did not say.
    pub partner: Option<OrgId>,
    /// Name of the project.
    pub project: String,
    /// Lineage of the ledger; none if there was no ledger yet.
    pub lineage: Option<String>,
}

/// What was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Selection {
    /// The customers that were selected; null if all were.
    #[schemars(with = "Option<BTreeSet<String>>")]
    pub customers: Option<BTreeSet<Name>>,
}

/// A plan that was saved, or is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanFile {
    plan: Plan,
    binding: Binding,
    selection: Selection,
    /// Of each part, in order.
    part_digests: Vec<String>,
    digest: String,
    signature: Option<Signature>,
}

/// The file, in the order in which it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    format: u32,
    target: &'a str,
    binding: &'a Binding,
    selection: &'a Selection,
    parts: Vec<SealedPart<'a>>,
    notes: &'a [Note],
    summary: &'a Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<&'a Signature>,
}

#[derive(Serialize)]
struct SealedPart<'a> {
    digest: &'a str,
    #[serde(flatten)]
    part: &'a Part,
}

impl Serialize for PlanFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document(true).serialize(serializer)
    }
}

impl PlanFile {
    /// Closes a plan, and signs it if there is a key.
    pub fn seal(plan: Plan, binding: Binding, selection: Selection, key: Option<&SigningKey>) -> Self {
        let part_digests = plan.parts.iter().map(digest_of).collect();
        let mut file = Self { plan, binding, selection, part_digests, digest: String::new(), signature: None };
        file.digest = digest_of(&file.document(false));
        file.signature = key.map(|key| key.sign(&file.digest));
        file
    }

    fn document(&self, sealed: bool) -> Document<'_> {
        let Self { plan, binding, selection, part_digests, digest, signature } = self;
        let Plan { format, target, parts, notes, summary } = plan;
        let parts = parts.iter().zip(part_digests).map(|(part, digest)| SealedPart { digest, part }).collect();
        Document {
            format: *format,
            target,
            binding,
            selection,
            parts,
            notes,
            summary,
            digest: Some(digest.as_str()).filter(|_| sealed),
            signature: signature.as_ref().filter(|_| sealed),
        }
    }

    /// Reads a file. With trusted keys, one of them must have signed it.
    ///
    /// # Errors
    ///
    /// If it is not a plan that was saved, or not as it was saved, or not signed as it has to be.
    pub fn read(bytes: &[u8], trust: &BTreeSet<PublicKey>) -> Result<Self, PlanFileError> {
        if bytes.len() > MOST_BYTES {
            return Err(PlanFileError::TooLarge);
        }
        let not_one = |why: &str| PlanFileError::NotOne(why.to_owned());
        let value = serde_json::from_slice(bytes).map_err(|error| PlanFileError::NotOne(error.to_string()))?;
        let Strict(Value::Object(mut fields)) = value else { return Err(not_one("it is not a JSON object")) };
        match fields.get("format").map(Value::as_u64) {
            Some(Some(format)) if format == u64::from(Plan::FORMAT) => {}
            Some(Some(format)) => return Err(PlanFileError::Format(format)),
            Some(None) | None => return Err(not_one("it has no `format`")),
        }
        if !fields.get("parts").is_some_and(Value::is_array) {
            return Err(not_one("it has no `parts`"));
        }
        if !(fields.contains_key("binding") && fields.contains_key("digest")) {
            return Err(not_one("it has no `binding` and no `digest`, as plans have that are only printed"));
        }
        let Some(Value::String(digest)) = fields.remove("digest") else {
            return Err(PlanFileError::Altered("its `digest` is not a text".to_owned()));
        };
        let signature = fields.remove("signature");
        let mut content = Value::Object(fields);
        verify(&content, &digest)?;
        let signature = signed(signature, &digest, trust)?;
        let part_digests = unseal(&mut content)?;
        let part = |name: &str| content.get(name).cloned().unwrap_or_default();
        let wrong = |error: serde_json::Error| PlanFileError::NotOne(error.to_string());
        let binding = Binding::deserialize(part("binding")).map_err(wrong)?;
        let selection = Selection::deserialize(part("selection")).map_err(wrong)?;
        let plan = Plan::deserialize(content).map_err(wrong)?;
        if plan.target != binding.target {
            return Err(not_one("it names two targets"));
        }
        let customers: BTreeSet<Option<&Name>> = plan.parts.iter().map(|part| part.customer.as_ref()).collect();
        if customers.len() < plan.parts.len() {
            return Err(not_one("it has two parts of one customer"));
        }
        Ok(Self { plan, binding, selection, part_digests, digest, signature })
    }

    /// Returns the plan.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Returns what it is bound to.
    pub const fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Returns what was planned.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Returns the digest of the whole.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns who signed it.
    pub const fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref()
    }

    /// Returns the customers that it concerns: to apply it, no other has to be read.
    pub fn customers(&self) -> BTreeSet<Name> {
        self.plan.parts.iter().filter_map(|part| part.customer.clone()).collect()
    }

    /// Returns the objects that its digests are made of; a plan is made again for these.
    pub fn objects(&self) -> BTreeSet<Address> {
        let with_steps = self.plan.steps().map(|step| &step.object);
        let digested = self.plan.parts.iter().flat_map(|part| part.objects.keys());
        with_steps.chain(digested).cloned().collect()
    }
}

/// Refuses content that does not have the digest, and says where it was changed.
fn verify(content: &Value, digest: &str) -> Result<(), PlanFileError> {
    if digest_of_json(content) == digest {
        return Ok(());
    }
    let parts = content.get("parts").and_then(Value::as_array).into_iter().flatten();
    let changed: Vec<String> = parts
        .filter(|part| {
            let mut part = (*part).clone();
            let digest = part.as_object_mut().and_then(|fields| fields.remove("digest"));
            digest.as_ref().and_then(Value::as_str) != Some(&digest_of_json(&part))
        })
        .map(|part| match part.get("customer") {
            Some(Value::String(name)) => format!("the part of customer `{name}`"),
            Some(_) | None => "the part of the templates".to_owned(),
        })
        .collect();
    let place = match changed.len() {
        0 => "something outside of its parts differs".to_owned(),
        1..=3 => format!("{} differs", changed.join(" and ")),
        number => format!("{number} of its parts differ"),
    };
    Err(PlanFileError::Altered(place))
}

/// Reads the signature of a plan with this digest. A signature that is there has to be right even if none is asked for.
fn signed(
    signature: Option<Value>,
    digest: &str,
    trust: &BTreeSet<PublicKey>,
) -> Result<Option<Signature>, PlanFileError> {
    let Some(signature) = signature else {
        return if trust.is_empty() { Ok(None) } else { Err(PlanFileError::Unsigned) };
    };
    let signature = Signature::deserialize(signature).map_err(|_| PlanFileError::Signature)?;
    let key: PublicKey = signature.key.parse().map_err(|_| PlanFileError::Signature)?;
    if !trust.is_empty() && !trust.contains(&key) {
        return Err(PlanFileError::KeyUnknown(signature.key));
    }
    if signature.is_of(&key, digest) { Ok(Some(signature)) } else { Err(PlanFileError::Signature) }
}

/// Takes the digests out of the parts.
fn unseal(content: &mut Value) -> Result<Vec<String>, PlanFileError> {
    let parts = content.get_mut("parts").and_then(Value::as_array_mut).into_iter().flatten();
    parts
        .map(|part| {
            let taken = part.as_object_mut().and_then(|fields: &mut Map<String, Value>| fields.remove("digest"));
            match taken {
                Some(Value::String(digest)) if digest_of_json(part) == digest => Ok(digest),
                Some(_) | None => Err(PlanFileError::Altered("a part does not have its digest".to_owned())),
            }
        })
        .collect()
}

impl Binding {
    /// Refuses a run on anything but what the plan was made for; the partner is known later, see
    /// [`check_partner`](Self::check_partner).
    ///
    /// # Errors
    ///
    /// If the target, the address, the project or the ledger is another one.
    pub fn check(&self, run: &Self) -> Result<(), PlanFileError> {
        let Self { target, base_url, partner: _, project, lineage } = self;
        if *target != run.target {
            return Err(PlanFileError::Target { plan: target.clone(), run: run.target.clone() });
        }
        if *base_url != run.base_url {
            let place = |url: &str| match url {
                "" => "the embedded simulator".to_owned(),
                url => format!("the service at `{url}`"),
            };
            return Err(PlanFileError::BaseUrl { plan: place(base_url), run: place(&run.base_url) });
        }
        if *project != run.project {
            return Err(PlanFileError::Project { plan: project.clone(), run: run.project.clone() });
        }
        match (lineage, &run.lineage) {
            // Without a ledger nothing was known; what has come into one since is compared field by field.
            (None, _) => Ok(()),
            (Some(plan), Some(run)) if plan == run => Ok(()),
            (Some(plan), run) => Err(PlanFileError::Lineage {
                plan: plan.clone(),
                run: run.as_ref().map_or_else(
                    || "there is no ledger in its place".to_owned(),
                    |run| format!("the one in its place is of `{run}`"),
                ),
            }),
        }
    }

    /// Refuses a run of another partner's account.
    ///
    /// # Errors
    ///
    /// If the partner organization is another one, or the service no longer says which it is.
    pub fn check_partner(&self, partner: Option<&OrgId>) -> Result<(), PlanFileError> {
        let Some(plan) = &self.partner else { return Ok(()) };
        if partner.is_some_and(|partner| same_remote(plan.as_str(), partner.as_str())) {
            return Ok(());
        }
        let run = partner.map_or_else(
            || "the service does not say whose account this is".to_owned(),
            |partner| format!("this account is of `{partner}`"),
        );
        Err(PlanFileError::Partner { plan: plan.to_string(), run })
    }
}
