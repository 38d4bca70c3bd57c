//! How a ledger comes into the world, and how an old one is recognized.

use object_store::{Error, PutMode};

use crate::{
    ledger::{Expected, LedgerError},
    model::{LedgerIdentity, OrgId, same_remote},
};

use super::{
    documents::{FORMAT, KIND, LedgerDocument, damaged, decode, encode},
    layout,
    ledger::ObjectLedger,
    objects::{Objects, Tag, Written},
    place::ObjectPlace,
    said::failed,
};

impl ObjectLedger {
    /// Opens a ledger for writing, and makes it if there is none; then `newborn` becomes its lineage, a random text.
    ///
    /// # Errors
    ///
    /// If the store cannot be used or cannot hold a ledger, or if the ledger belongs to something else.
    pub async fn open(place: &ObjectPlace, expected: &Expected, newborn: &str) -> Result<Self, LedgerError> {
        let objects = place.objects()?;
        let document = match find(&objects).await? {
            Some((document, _)) => document,
            None => make(&objects, expected.newborn(objects.place(), newborn)?).await?,
        };
        expected.compare(objects.place(), &document.identity)?;
        Ok(Self::new(objects, document, place.habits().clone()))
    }

    /// Opens a ledger if there is one, and makes nothing.
    ///
    /// # Errors
    ///
    /// As [`ObjectLedger::open`].
    pub async fn existing(place: &ObjectPlace, expected: &Expected) -> Result<Option<Self>, LedgerError> {
        let objects = place.objects()?;
        let Some((document, _)) = find(&objects).await? else {
            expected.may_be_missing(objects.place())?;
            return Ok(None);
        };
        expected.compare(objects.place(), &document.identity)?;
        Ok(Some(Self::new(objects, document, place.habits().clone())))
    }

    /// Reads what the ledger belongs to.
    pub(super) async fn document(&self) -> Result<(LedgerDocument, Tag), LedgerError> {
        let place = self.objects.place();
        let (document, tag) =
            find(&self.objects).await?.ok_or_else(|| damaged(place, layout::LEDGER, &"it is missing"))?;
        if document.identity.lineage != self.lineage {
            return Err(damaged(place, layout::LEDGER, &"another ledger was put in its place"));
        }
        Ok((document, tag))
    }

    /// Changes what the ledger says of itself, unless there is nothing to change.
    async fn amend(
        &self,
        change: impl Fn(&mut LedgerDocument) -> Result<bool, LedgerError>,
    ) -> Result<(), LedgerError> {
        const CONTENDED: u32 = 30;
        let mut backoff = self.objects.backoff();
        loop {
            let (mut document, tag) = self.document().await?;
            if !change(&mut document)? {
                return Ok(());
            }
            document.nonce = self.objects.nonce();
            match self.objects.update(layout::LEDGER, encode(&document), &tag).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(layout::LEDGER)),
                Written::Refused => backoff.wait().await,
            }
        }
    }

    /// Notes that a record was put.
    pub(super) async fn mark_used(&self) -> Result<(), LedgerError> {
        self.amend(|document| Ok(!std::mem::replace(&mut document.used, true))).await?;
        self.used.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Records the partner organization, or refuses another one.
    pub(super) async fn bind(&self, org: &OrgId) -> Result<(), LedgerError> {
        self.amend(|document| match &document.identity.partner {
            Some(bound) if same_remote(bound.as_str(), org.as_str()) => Ok(false),
            Some(bound) => Err(LedgerError::Mismatch {
                place: self.objects.place().to_owned(),
                what: "partner organization",
                ledger: bound.as_str().to_owned(),
                run: org.as_str().to_owned(),
            }),
            None => {
                document.identity.partner = Some(org.clone());
                Ok(true)
            }
        })
        .await
    }
}

/// Reads what the ledger belongs to, if there is one.
async fn find(objects: &Objects) -> Result<Option<(LedgerDocument, Tag)>, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Kinded {
        kind: Option<String>,
    }
    let Some((bytes, tag)) = objects.get(layout::LEDGER).await? else { return Ok(None) };
    let place = objects.place();
    let kind = serde_json::from_slice(&bytes).map_err(|error| damaged(place, layout::LEDGER, &error));
    let Kinded { kind } = kind?;
    if kind.as_deref() != Some(KIND) {
        let why = format!("`{}` there is an object of another program", layout::LEDGER);
        return Err(LedgerError::NotALedger { place: place.to_owned(), why });
    }
    Ok(Some((decode(place, layout::LEDGER, &bytes)?, tag)))
}

/// Makes a ledger; if another process was quicker, its ledger stands.
async fn make(objects: &Objects, identity: LedgerIdentity) -> Result<LedgerDocument, LedgerError> {
    let place = objects.place();
    if objects.is_any_in(layout::UNITS).await? {
        // It may have been born just now, and be in use already.
        return match find(objects).await? {
            Some((document, _)) => Ok(document),
            None => Err(damaged(place, layout::LEDGER, &"it is missing, and the units of a ledger are there")),
        };
    }
    probe(objects).await?;
    let document =
        LedgerDocument { kind: KIND.to_owned(), format: FORMAT, identity, used: false, nonce: objects.nonce() };
    match objects.create(layout::LEDGER, encode(&document)).await? {
        Written::Done(_) => Ok(document),
        Written::Refused => {
            let found = find(objects).await?;
            found.map(|(document, _)| document).ok_or_else(|| damaged(place, layout::LEDGER, &"it comes and goes"))
        }
    }
}

/// Tries whether the store keeps its conditions: some servers that speak the language of S3 do not know them, and write.
async fn probe(objects: &Objects) -> Result<(), LedgerError> {
    let name = format!("probe/{}.json", objects.nonce());
    let tried = probe_at(objects, &name).await;
    // Whatever was found out, the probe goes; without the right to do so, nothing but that is lost.
    let removed = objects.remove([name]).await;
    tried.and(removed)
}

async fn probe_at(objects: &Objects, name: &str) -> Result<(), LedgerError> {
    let place = objects.place();
    let unfit = |why: &str| LedgerError::Unfit { place: place.to_owned(), why: why.to_owned() };
    let refused = |error: Error| failed(place, "written", &error);
    let is_refusal = |error: &Error| matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. });
    let first = objects.put_once(name, "{\"probe\":1}", PutMode::Create).await.map_err(refused)?;
    if first.e_tag.is_none() && first.version.is_none() {
        return Err(unfit("it gives what it keeps no tags (`ETag`), so that nothing can be replaced safely"));
    }
    match objects.put_once(name, "{\"probe\":2}", PutMode::Create).await {
        Ok(_) => {
            return Err(unfit("it overwrites an object that should only be made if there is none (`If-None-Match`)"));
        }
        Err(error) if is_refusal(&error) => {}
        Err(error) => return Err(refused(error)),
    }
    objects.put_once(name, "{\"probe\":3}", PutMode::Update(first.clone())).await.map_err(refused)?;
    match objects.put_once(name, "{\"probe\":4}", PutMode::Update(first)).await {
        Ok(_) => return Err(unfit("it replaces an object that somebody else has replaced before (`If-Match`)")),
        Err(error) if is_refusal(&error) => {}
        Err(error) => return Err(refused(error)),
    }
    let found = objects.get(name).await?;
    if found.is_none_or(|(bytes, _)| bytes != b"{\"probe\":3}") {
        return Err(unfit("what was just written is not what is read"));
    }
    if !objects.list("probe").await?.iter().any(|listed| listed.name == name) {
        return Err(unfit("what was just written is not in its list"));
    }
    Ok(())
}
