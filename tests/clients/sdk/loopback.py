"""The way to the simulator, and to nowhere else.

wxc_sdk has its addresses written into it: `https://webexapis.com/v1`, and `https://webexapis.com/identity/scim` for SCIM. What
`requests` offers for such clients is a transport adapter: it takes what would go to that host to the simulator, and touches
neither path nor body.
"""

import os
import sys
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from wxc_sdk import WebexSimpleApi

WEBEX = "https://webexapis.com"

#: The simulator's address up to `/v1`, as `hubform sim` prints it.
BASE_URL = os.environ["HUBFORM_BASE_URL"]


def refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """Ends whatever would look up or call another machine, whoever asks for it."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host not in {"127.0.0.1", "::1"}:
        raise ConnectionRefusedError(f"{host} is not the simulator")


sys.addaudithook(refuse_other_hosts)


class ToSimulator(HTTPAdapter):
    """Sends what is addressed to Webex to the simulator."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        origin = urlsplit(BASE_URL)
        assert request.url is not None and request.url.startswith(f"{WEBEX}/")
        request.url = f"{origin.scheme}://{origin.netloc}{request.url.removeprefix(WEBEX)}"
        return super().send(request, *args, **kwargs)


class ToNowhere(BaseAdapter):
    """Refuses what is addressed to anybody else."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        raise ConnectionRefusedError(f"{request.method} {request.url} is not addressed to the service")

    def close(self) -> None:
        pass


def connect(access_token: str = "test") -> WebexSimpleApi:
    """Makes the SDK as anybody would, and points it at the simulator."""
    api = WebexSimpleApi(tokens=access_token, retry_429=False)
    # A proxy of the environment would be another host.
    api.session.trust_env = False
    api.session.mount("http://", ToNowhere())
    api.session.mount("https://", ToNowhere())
    # The addresses in `Link` headers are the simulator's own.
    origin = urlsplit(BASE_URL)
    api.session.mount(f"{origin.scheme}://{origin.netloc}/", HTTPAdapter())
    api.session.mount(f"{WEBEX}/", ToSimulator())
    return api
