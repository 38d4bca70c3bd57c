//! Sending a request that changes something, until its fate is known (R16).
//!
//! An answer that cannot be trusted is looked behind. What is seen to be done is done; what is known not to have been
//! done is sent again, which is no other request than the plan's (R15); what stays unknown is reported.

use std::{future::Future, sync::atomic::Ordering, time::Duration};

use tokio::time::Instant;

use crate::{
    model::{Ended, RequestKind, SettleWindow, Settlement, codes},
    webex::{ApiError, Fault, Sent, WriteApi},
};

use super::{Pauses, Success, Trouble, Work};
use crate::apply::pause::End;

/// How often one request is sent at most.
const SENDS: u32 = 3;

/// Complete looks without a trace until a request counts as not carried out.
const LOOKS: u32 = 2;

/// Looks for what a refusal says is there.
const LOOKS_AT_REFUSED: u32 = 3;

/// What a look that finds nothing says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Something new, found by its key: nothing, until so much time has passed since the request was sent. Lists show
    /// new things late.
    Made(Duration),
    /// A whole value: sending it again does no harm.
    Value,
    /// A job, or what the service is known to do behind an error: never enough to send it again.
    Once,
}

/// Returns what a look for a request says while its run goes on.
fn rule(request: RequestKind, settle: &SettleWindow) -> Rule {
    match (request.settlement(), request) {
        // Numbers that are there already are refused, which is as good; and only a routing prefix makes a job, and is
        // read like any value.
        (_, RequestKind::AddNumbers | RequestKind::UpdateCalling) => Rule::Value,
        // Numbers go in their own time, and behind errors.
        (_, RequestKind::RemoveNumbers) | (Settlement::Job, _) => Rule::Once,
        (Settlement::Made, _) => Rule::Made(settle.of(request)),
        (Settlement::Value | Settlement::Gone | Settlement::Replay, _) => Rule::Value,
    }
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Fate<T, S> {
    /// It was answered.
    Answered(T),
    /// It was seen to be carried out.
    Seen(S),
    /// It was refused. `again` says that it had been sent before, and might have been carried out then.
    Refused { error: ApiError, again: bool },
}

/// What looking has shown.
enum Trace<S> {
    Seen(S),
    /// It was not carried out.
    Absent,
    /// There was not enough time, or not one look succeeded.
    Unknown(End),
}

impl<W: WriteApi> Work<'_, W> {
    /// Sends one request that changes something, and counts it unless it never left.
    pub(super) async fn send<T>(&self, request: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        let answer = request.await;
        if !matches!(&answer, Err(error) if error.sent == Sent::No && error.status.is_none()) {
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Sends a request again, with growing intervals, as long as the service says that it is at work on something
    /// else. A conflict was not carried out, so nothing is sent twice.
    pub(super) async fn send_when_free<T, F>(&self, request: impl Fn() -> F) -> Result<Result<T, ApiError>, Trouble>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let mut pauses = Pauses::long(self.run.settings, self.run.stop);
        loop {
            match self.send(request()).await {
                Err(error) if error.fault == Fault::Conflict && error.sent == Sent::No => {
                    self.tell("the service is at work on something else");
                    if pauses.pause().await.is_err() {
                        let trouble = Trouble::from(error);
                        return Err(trouble.wait_for(
                            codes::JOB_RUNNING,
                            "the service",
                            "run `hubform apply` again later",
                        ));
                    }
                }
                answer => return Ok(answer),
            }
        }
    }

    /// Sends a request until its fate is known.
    pub(super) async fn settled<T, S, F, G>(
        &self,
        kind: RequestKind,
        request: impl Fn() -> F,
        look: impl Fn() -> G,
    ) -> Result<Fate<T, S>, Trouble>
    where
        F: Future<Output = Result<T, ApiError>>,
        G: Future<Output = Result<Option<S>, ApiError>>,
    {
        let request = || async { Ok(self.send(request()).await) };
        self.settled_by(kind, request, look).await
    }

    /// As [`Work::settled`], and waits while the service is at work on something else.
    pub(super) async fn settled_when_free<T, S, F, G>(
        &self,
        kind: RequestKind,
        request: impl Fn() -> F,
        look: impl Fn() -> G,
    ) -> Result<Fate<T, S>, Trouble>
    where
        F: Future<Output = Result<T, ApiError>>,
        G: Future<Output = Result<Option<S>, ApiError>>,
    {
        self.settled_by(kind, || self.send_when_free(&request), look).await
    }

    async fn settled_by<T, S, F, G>(
        &self,
        kind: RequestKind,
        request: impl Fn() -> F,
        look: impl Fn() -> G,
    ) -> Result<Fate<T, S>, Trouble>
    where
        F: Future<Output = Result<Result<T, ApiError>, Trouble>>,
        G: Future<Output = Result<Option<S>, ApiError>>,
    {
        let rule = rule(kind, &self.run.settings.settle);
        let mut sends = 1;
        loop {
            self.announce(kind).await?;
            let error = match request().await? {
                Ok(answer) => {
                    // What a job comes to is known when it has ended.
                    if kind.settlement() != Settlement::Job {
                        self.settle(Ended::Answered);
                    }
                    return Ok(Fate::Answered(answer));
                }
                Err(error) if error.sent == Sent::No => {
                    self.settle(Ended::NotDone);
                    return Ok(Fate::Refused { error, again: sends > 1 });
                }
                Err(error) => error,
            };
            self.tell("no trustworthy answer came: looking whether it was carried out");
            match self.trace(rule, &look).await {
                Trace::Seen(found) => {
                    self.settle(Ended::Seen);
                    return Ok(Fate::Seen(found));
                }
                Trace::Absent if rule != Rule::Once && sends < SENDS => sends += 1,
                // Too early to say: the next run looks again.
                Trace::Unknown(End::Late | End::Stopped) if matches!(rule, Rule::Made(_)) => {
                    let action = "run `hubform apply` again later; until then it is not known whether it is there";
                    return Err(Trouble::from(error).wait_for(codes::UNSETTLED, "the service", action));
                }
                Trace::Absent | Trace::Unknown(_) => return Err(error.into()),
            }
        }
    }

    /// Looks for what a request may have done. A look that fails says nothing.
    async fn trace<S, G>(&self, rule: Rule, look: impl Fn() -> G) -> Trace<S>
    where
        G: Future<Output = Result<Option<S>, ApiError>>,
    {
        let sent = Instant::now();
        let (mut pauses, enough) = match rule {
            Rule::Made(window) => (Pauses::long(self.run.settings, self.run.stop), window),
            Rule::Once => (Pauses::long(self.run.settings, self.run.stop), self.run.settings.settle.others),
            Rule::Value => (Pauses::short(self.run.settings, self.run.stop), Duration::ZERO),
        };
        let mut without = 0;
        loop {
            // Taken before the look: what is listed is what was so then.
            let counts = sent.elapsed() >= enough;
            match look().await {
                Ok(Some(found)) => return Trace::Seen(found),
                Ok(None) if counts => without += 1,
                Ok(None) | Err(_) => {}
            }
            if without >= LOOKS {
                return Trace::Absent;
            }
            if let Err(end) = pauses.pause().await {
                return Trace::Unknown(end);
            }
        }
    }

    /// Takes a request as done if it was, or if it was refused in one of these ways because it is so already.
    pub(super) async fn done_or_already<T, F>(
        &self,
        fate: Fate<T, ()>,
        refusals: &[Fault],
        look: impl Fn() -> F,
    ) -> Result<Success, Trouble>
    where
        F: Future<Output = Result<Option<()>, ApiError>>,
    {
        match fate {
            Fate::Answered(_) | Fate::Seen(()) => Ok(Success::Done),
            Fate::Refused { error, again } if refusals.contains(&error.fault) => match self.seen(look).await {
                Some(()) if again => Ok(Success::Done),
                Some(()) => Ok(Success::AlreadyDone),
                None => Err(error.into()),
            },
            Fate::Refused { error, again: _ } => Err(error.into()),
        }
    }

    /// Returns what a request that makes something has made, or what a refusal had found there.
    ///
    /// A refusal may mean that it is there: lists show it late (409), or the request that was refused has made it
    /// (400, as the documents say of people).
    pub(super) async fn found_all_the_same<S, F>(
        &self,
        fate: Fate<S, S>,
        look: impl Fn() -> F,
    ) -> Result<(S, Success), Trouble>
    where
        F: Future<Output = Result<Option<S>, ApiError>>,
    {
        match fate {
            Fate::Answered(made) | Fate::Seen(made) => Ok((made, Success::Done)),
            Fate::Refused { error, again } if matches!(error.fault, Fault::Conflict | Fault::Refused) => {
                match self.seen(look).await {
                    Some(found) if again => Ok((found, Success::Done)),
                    Some(found) => Ok((found, Success::AlreadyDone)),
                    None => Err(error.into()),
                }
            }
            Fate::Refused { error, again: _ } => Err(error.into()),
        }
    }

    /// Looks a few times for what a refusal says is there.
    pub(super) async fn seen<T, F>(&self, look: impl Fn() -> F) -> Option<T>
    where
        F: Future<Output = Result<Option<T>, ApiError>>,
    {
        let mut pauses = Pauses::short(self.run.settings, self.run.stop);
        for _ in 0..LOOKS_AT_REFUSED {
            if let Ok(Some(found)) = look().await {
                return Some(found);
            }
            pauses.pause().await.ok()?;
        }
        None
    }
}

impl<T> Fate<T, ()> {
    /// Takes a request as done unless it was refused.
    pub(super) fn done(self) -> Result<(), Trouble> {
        match self {
            Self::Answered(_) | Self::Seen(()) => Ok(()),
            Self::Refused { error, again: _ } => Err(error.into()),
        }
    }
}
