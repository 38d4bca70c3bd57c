//! A store with a will of its own, for tests.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt as _, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, path::Path,
};

type Happening = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// How a store treats what it is asked.
#[derive(Clone)]
pub(super) enum Will {
    /// After so many requests it is gone; the last one may still be done, without an answer.
    Stops { after: usize, last_is_done: bool },
    /// The answer of one request does not come, though it was carried out.
    LosesAnswer { of: usize },
    /// After so many requests it answers nothing, until somebody allows more.
    Fails(Arc<AtomicUsize>),
    /// It does not know conditions, or not this one.
    Ignores { create: bool, update: bool },
    /// Something happens before each request.
    Before(Happening),
    /// Something happens after each request.
    After(Happening),
    /// The objects of logs are as old as this.
    Ages(std::time::Duration),
    /// It refuses what is not a read.
    ReadOnly,
}

pub(super) struct Willful {
    inner: Arc<dyn ObjectStore>,
    will: Will,
    asked: Arc<AtomicUsize>,
}

impl Willful {
    pub(super) fn new(inner: &Arc<dyn ObjectStore>, will: Will) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), will, asked: Arc::default() })
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Carries one request out, or not.
    async fn ask<T>(
        will: &Will,
        asked: &AtomicUsize,
        writes: bool,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        match will {
            Will::Stops { after, last_is_done } if number >= *after => {
                if number == *after && *last_is_done {
                    drop(request.await);
                }
                Err(Error::Generic { store: "test", source: "the line is dead".into() })
            }
            Will::Fails(after) if number >= after.load(Ordering::SeqCst) => {
                Err(Error::Generic { store: "test", source: "the line is dead".into() })
            }
            Will::LosesAnswer { of } if number == *of => {
                drop(request.await);
                Err(Error::Generic { store: "test", source: "no answer came".into() })
            }
            Will::Before(happening) => {
                happening().await;
                request.await
            }
            Will::After(happening) => {
                let result = request.await;
                happening().await;
                result
            }
            Will::ReadOnly if writes => {
                Err(Error::PermissionDenied { path: String::new(), source: "you may only look".into() })
            }
            Will::ReadOnly
            | Will::Stops { .. }
            | Will::Fails(_)
            | Will::LosesAnswer { .. }
            | Will::Ignores { .. }
            | Will::Ages(_) => request.await,
        }
    }
}

impl fmt::Debug for Willful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Willful")
    }
}

impl fmt::Display for Willful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Willful")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Willful {
    async fn put_opts(&self, at: &Path, payload: PutPayload, mut options: PutOptions) -> Result<PutResult, Error> {
        if let Will::Ignores { create, update } = &self.will
            && (matches!(options.mode, PutMode::Create) && *create
                || matches!(options.mode, PutMode::Update(_)) && *update)
        {
            options.mode = PutMode::Overwrite;
        }
        Self::ask(&self.will, &self.asked, true, self.inner.put_opts(at, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>, Error> {
        self.inner.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult, Error> {
        Self::ask(&self.will, &self.asked, false, self.inner.get_opts(at, options)).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path, Error>>,
    ) -> BoxStream<'static, Result<Path, Error>> {
        let (inner, will, asked) = (Arc::clone(&self.inner), self.will.clone(), Arc::clone(&self.asked));
        locations
            .then(move |at| {
                let (inner, will, asked) = (Arc::clone(&inner), will.clone(), Arc::clone(&asked));
                async move {
                    let at = at?;
                    Self::ask(&will, &asked, true, inner.delete(&at)).await?;
                    Ok(at)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta, Error>> {
        let (inner, will, asked) = (Arc::clone(&self.inner), self.will.clone(), Arc::clone(&self.asked));
        let prefix = prefix.cloned();
        futures_util::stream::once(async move {
            let listed = async { Ok(inner.list(prefix.as_ref()).collect::<Vec<_>>().await) };
            let listed = Self::ask(&will, &asked, false, listed).await;
            let mut listed = listed.unwrap_or_else(|error| vec![Err(error)]);
            if let Will::Ages(age) = will {
                for meta in listed.iter_mut().flatten().filter(|meta| meta.location.as_ref().contains("/log/")) {
                    meta.last_modified -= age;
                }
            }
            futures_util::stream::iter(listed)
        })
        .flatten()
        .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult, Error> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<(), Error> {
        self.inner.copy_opts(from, to, options).await
    }
}
