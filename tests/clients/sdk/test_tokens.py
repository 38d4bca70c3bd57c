"""Tokens: asked for and refreshed by the SDK's own integration, in the forms that it has always sent."""

import os
import unittest
from urllib.parse import parse_qs, urlsplit

import requests
from wxc_sdk.integration import Integration
from wxc_sdk.tokens import Tokens

from .loopback import BASE_URL, connect
from .stage import skip_unless_served

REDIRECT = "http://127.0.0.1:6001/redirect"


class Refreshing(unittest.TestCase):
    """An integration as somebody would register it on developer.webex.com."""

    def setUp(self) -> None:
        self.integration = Integration(
            client_id=os.environ.get("HUBFORM_SIM_CLIENT_ID", "simulator"),
            client_secret=os.environ.get("HUBFORM_SIM_CLIENT_SECRET", "simulator"),
            scopes=["spark-admin:people_read", "spark-admin:organizations_read"],
            redirect_url=REDIRECT,
            auth_service=f"{BASE_URL}/authorize",
            token_service=f"{BASE_URL}/access_token",
        )

    def tokens(self) -> Tokens:
        """Goes the way of the authorization code, without the browser."""
        answer = requests.get(self.integration.auth_url(state="state-1"), allow_redirects=False, timeout=10)
        answer.raise_for_status()
        self.assertEqual(answer.status_code, 302, answer.text)
        location = answer.headers["Location"]
        self.assertTrue(location.startswith(f"{REDIRECT}?"), location)
        query = parse_qs(urlsplit(location).query)
        self.assertEqual(query["state"], ["state-1"])
        return self.integration.tokens_from_code(query["code"][0])

    @skip_unless_served
    def test_a_code_becomes_tokens_that_work(self) -> None:
        tokens = self.tokens()
        self.assertEqual(tokens.token_type, "Bearer")
        self.assertGreater(tokens.remaining, 0)
        self.assertTrue(tokens.refresh_token and tokens.refresh_token_expires_in)
        with connect(tokens.access_token or "") as api:
            self.assertTrue(api.people.me().person_id)

    @skip_unless_served
    def test_a_token_is_refreshed_before_it_expires(self) -> None:
        tokens = self.tokens()
        first = tokens.access_token
        self.assertFalse(self.integration.validate_tokens(tokens, min_lifetime_seconds=0), "no need yet")
        self.assertTrue(self.integration.validate_tokens(tokens, min_lifetime_seconds=2**31))
        self.assertTrue(tokens.access_token)
        self.assertNotEqual(tokens.access_token, first)
        self.assertTrue(tokens.refresh_token)
        with connect(tokens.access_token or "") as api:
            self.assertTrue(api.people.me().person_id)

    @skip_unless_served
    def test_an_unknown_refresh_token_gives_nothing(self) -> None:
        tokens = self.tokens()
        tokens.refresh_token = "unknown"
        with self.assertRaises(requests.HTTPError) as raised:
            self.integration.refresh(tokens)
        self.assertEqual(raised.exception.response.status_code, 400)
        self.assertIsNone(tokens.access_token, "the SDK forgets the token then")
