//! The ledger in a schema of a PostgreSQL database, for teams: durable at every commit, and shared by runs on different
//! customers.
//!
//! One connection does everything, for its life is the life of the locks: the server frees a session's advisory lock
//! the moment the session ends, however it ends. So the connection is never made anew behind a run's back; once it is
//! lost, every commit is refused. A commit is one statement and one round trip, whatever it changes, and looks at the
//! lock's rows itself, so that a run whose units were taken over changes nothing.

mod address;
mod failure;
mod holding;
mod pgpass;
mod reading;
mod schema;
mod session;
mod tls;
mod writing;

use std::{collections::BTreeSet, fmt, sync::Arc};

use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard};

use crate::model::{LedgerIdentity, LedgerState, OrgId, Unit, same_remote};

use super::{Answer, Change, Expected, Holder, Ledger, LedgerError, LockInfo, RunReport, RunStart, Units};
use failure::failed;
use schema::Found;
use session::Session;

pub use address::{AddressError, PostgresAddress};
pub use pgpass::pgpass;
pub use tls::TlsMode;

/// A ledger in a schema of a PostgreSQL database.
pub struct PostgresLedger {
    place: Arc<str>,
    session: Mutex<Session>,
}

impl PostgresLedger {
    /// Opens a ledger for writing. Its schema and tables are made if they are missing; then `newborn` becomes its
    /// lineage, a random text. `password` is for addresses that hold none.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, does not let the account in or cannot hold a ledger, and if what is there is no
    /// ledger, is newer, or belongs to something else.
    pub async fn open(
        address: &PostgresAddress,
        password: Option<&SecretString>,
        expected: &Expected,
        newborn: &str,
    ) -> Result<Self, LedgerError> {
        let mut session = Session::begin(address, password).await?;
        session.must_write()?;
        match schema::find(&session).await? {
            Found::Nothing { .. } => {
                let identity = expected.newborn(session.place(), newborn)?;
                schema::create(&mut session, &identity).await?;
            }
            Found::Ledger { format } => {
                expected.compare(session.place(), &reading::identity(&session).await?)?;
                schema::migrate(&mut session, format).await?;
            }
        }
        // Another process may have been quicker with one of its own.
        expected.compare(session.place(), &reading::identity(&session).await?)?;
        Ok(Self::over(session))
    }

    /// Opens a ledger to look at it, and neither makes nor migrates one; nothing if there is none.
    ///
    /// # Errors
    ///
    /// As [`PostgresLedger::open`].
    pub async fn existing(
        address: &PostgresAddress,
        password: Option<&SecretString>,
        expected: &Expected,
    ) -> Result<Option<Self>, LedgerError> {
        let session = Session::begin(address, password).await?;
        match schema::find(&session).await? {
            Found::Nothing { .. } => {
                expected.may_be_missing(session.place())?;
                Ok(None)
            }
            Found::Ledger { format: _ } => {
                expected.compare(session.place(), &reading::identity(&session).await?)?;
                Ok(Some(Self::over(session)))
            }
        }
    }

    fn over(session: Session) -> Self {
        Self { place: session.place().into(), session: Mutex::new(session) }
    }

    async fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().await
    }
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Ledger for PostgresLedger {
    fn place(&self) -> &str {
        &self.place
    }

    fn identity(&self) -> Answer<'_, LedgerIdentity> {
        Box::pin(async move { reading::identity(&*self.session().await).await })
    }

    fn bind_partner<'a>(&'a self, org: &'a OrgId) -> Answer<'a, ()> {
        Box::pin(async move {
            let session = self.session().await;
            let sql = session.sql(
                "WITH bound AS (
                     INSERT INTO {s}.meta (key, value) VALUES ('partner', $1) ON CONFLICT (key) DO NOTHING RETURNING value
                 )
                 SELECT value FROM bound UNION ALL SELECT value FROM {s}.meta WHERE key = 'partner'",
            );
            // A row that another run has bound meanwhile is in no snapshot of this statement: then the second one sees it.
            for _ in 0..2 {
                let rows = session
                    .client()
                    .query(&sql, &[&org.as_str()])
                    .await
                    .map_err(|error| failed(&self.place, "written", &error))?;
                let Some(row) = rows.first() else { continue };
                let bound: String = row.try_get(0).map_err(|error| failed(&self.place, "read", &error))?;
                if same_remote(&bound, org.as_str()) {
                    return Ok(());
                }
                return Err(LedgerError::Mismatch {
                    place: self.place.to_string(),
                    what: "partner organization",
                    ledger: bound,
                    run: org.as_str().to_owned(),
                });
            }
            Err(LedgerError::Damaged {
                place: self.place.to_string(),
                why: "the entry `partner` can neither be written nor read".to_owned(),
            })
        })
    }

    fn load<'a>(&'a self, units: Units<'a>) -> Answer<'a, LedgerState> {
        Box::pin(async move { reading::load(&mut *self.session().await, units).await })
    }

    fn lock<'a>(&'a self, units: &'a BTreeSet<Unit>, holder: &'a Holder) -> Answer<'a, ()> {
        Box::pin(async move { holding::take(&mut *self.session().await, units, holder).await })
    }

    fn unlock<'a>(&'a self, run: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { holding::give_back(&mut *self.session().await, run).await })
    }

    fn locks(&self) -> Answer<'_, Vec<LockInfo>> {
        Box::pin(async move { holding::all(&*self.session().await).await })
    }

    fn commit<'a>(&'a self, run: &'a str, changes: &'a [Change]) -> Answer<'a, ()> {
        Box::pin(async move { writing::commit(&*self.session().await, run, changes).await })
    }

    fn begin_run<'a>(&'a self, start: &'a RunStart) -> Answer<'a, ()> {
        Box::pin(async move { writing::begin_run(&mut *self.session().await, start).await })
    }

    fn end_run<'a>(&'a self, run: &'a str, at: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { writing::end_run(&*self.session().await, run, at).await })
    }

    fn last_run(&self) -> Answer<'_, Option<RunReport>> {
        Box::pin(async move { reading::last_run(&mut *self.session().await).await })
    }
}
