//! Lists in pages, with the `Link` header of RFC 5988.

use url::form_urlencoded;

use super::answer::{Code, Refusal};
use super::call::{Call, Context};
use super::id::BASE64;
use base64::Engine as _;

/// How a list names its next page.
#[derive(Clone, Copy)]
pub(crate) enum Paging {
    /// `offset` and `max`
    Offset,
    /// `start` and `max`
    Start,
    /// `max`, and an opaque cursor in the next page's address
    Cursor,
    /// `limit`, and an opaque `next`
    Next,
}

/// How long a page is.
#[derive(Clone, Copy)]
pub(crate) struct Length {
    pub(crate) usual: usize,
    pub(crate) cap: usize,
}

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The `Link` header, if there are more.
    pub(crate) link: Option<String>,
}

impl<T> Page<T> {
    /// Cuts the page that the request asks for out of `all`.
    pub(crate) fn cut(
        call: &Call,
        cx: &Context<'_>,
        paging: Paging,
        length: Length,
        all: impl Iterator<Item = T>,
    ) -> Result<Self, Refusal> {
        let max_name = match paging {
            Paging::Offset | Paging::Start | Paging::Cursor => "max",
            Paging::Next => "limit",
        };
        let max = call.count(max_name)?.unwrap_or(length.usual);
        if max == 0 || max > length.cap {
            return Err(Refusal::bad(
                Code::None,
                format!("parameter `{max_name}` is {max}, not between 1 and {}", length.cap),
            ));
        }
        let max = cx.config.page_size.map_or(max, |cap| max.min(cap.max(1)));
        let (name, from) = match paging {
            Paging::Offset => ("offset", call.count("offset")?.unwrap_or(0)),
            Paging::Start => ("start", call.count("start")?.unwrap_or(0)),
            Paging::Cursor => ("cursor", cursor(call, "cursor")?),
            Paging::Next => ("next", cursor(call, "next")?),
        };
        let mut all = all.skip(from);
        let items: Vec<T> = all.by_ref().take(max).collect();
        let link = all.next().is_some().then(|| {
            let next = from + max;
            let value = match paging {
                Paging::Offset | Paging::Start => next.to_string(),
                Paging::Cursor | Paging::Next => BASE64.encode(format!("next:{next}")),
            };
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(call.query.iter().filter(|(key, _)| key != name));
            query.append_pair(name, &value);
            format!("<{}{}?{}>; rel=\"next\"", cx.base, call.path, query.finish())
        });
        Ok(Self { items, link })
    }
}

fn cursor(call: &Call, name: &str) -> Result<usize, Refusal> {
    let Some(text) = call.param(name) else {
        return Ok(0);
    };
    BASE64
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("next:")?.parse().ok())
        .ok_or_else(|| Refusal::bad(Code::None, format!("parameter `{name}` was not made by this service")))
}
