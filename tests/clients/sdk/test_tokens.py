"""Tokens: asked for and refreshed by the SDK's own integration, in the forms that it has always sent."""

from urllib.parse import parse_qs, urlsplit

import requests
from wxc_sdk import WebexSimpleApi
from wxc_sdk.integration import Integration
from wxc_sdk.tokens import Tokens

from .loopback import BASE_URL, connect
from .stage import Refusals

# The clients that the simulator knows from the start; nothing listens at the address.
REDIRECT = "http://127.0.0.1:6001/callback"
APPLICATION = "Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OL3NpbXVsYXRvci1zZXJ2aWNlLWFwcA"
SCOPES = ["spark-admin:people_read", "spark:applications_token"]


class AsIntegration(Refusals):
    def setUp(self) -> None:
        self.integration = Integration(
            client_id="simulator-integration",
            client_secret="simulator-integration-secret",
            scopes=SCOPES,
            redirect_url=REDIRECT,
            auth_service=f"{BASE_URL}/authorize",
            token_service=f"{BASE_URL}/access_token",
        )

    def tokens(self) -> Tokens:
        """Goes the way of the authorization code, without the browser."""
        answer = requests.get(self.integration.auth_url(state="state-1"), allow_redirects=False, timeout=10)
        self.assertEqual(answer.status_code, 302, answer.text)
        location = answer.headers["Location"]
        self.assertTrue(location.startswith(f"{REDIRECT}?"), location)
        query = parse_qs(urlsplit(location).query)
        self.assertEqual(query["state"], ["state-1"])
        return self.integration.tokens_from_code(query["code"][0])

    def use(self, tokens: Tokens) -> WebexSimpleApi:
        assert tokens.access_token
        api = connect(tokens.access_token)
        self.addCleanup(api.close)
        return api

    def test_a_code_becomes_tokens_that_do_what_was_asked_for_and_no_more(self) -> None:
        tokens = self.tokens()
        self.assertEqual(tokens.token_type, "Bearer")
        self.assertGreater(tokens.remaining, 0)
        self.assertEqual(set((tokens.scope or "").split()), set(SCOPES))
        api = self.use(tokens)
        self.assertEqual(api.people.me().emails, ["pat@partner.example"])
        self.assertRefused(403, api.organizations.list)

    def test_a_code_is_good_once(self) -> None:
        answer = requests.get(self.integration.auth_url(state="state-1"), allow_redirects=False, timeout=10)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        self.integration.tokens_from_code(code)
        with self.assertRaises(requests.HTTPError) as raised:
            self.integration.tokens_from_code(code)
        self.assertEqual(raised.exception.response.json()["error"], "invalid_grant")

    def test_tokens_are_refreshed_when_too_little_of_their_life_is_left(self) -> None:
        tokens = self.tokens()
        first, used = tokens.access_token, tokens.refresh_token
        self.assertFalse(self.integration.validate_tokens(tokens), "they are young")
        self.assertEqual(tokens.access_token, first)
        self.assertTrue(self.integration.validate_tokens(tokens, min_lifetime_seconds=2**31))
        self.assertNotEqual(tokens.access_token, first)
        self.assertTrue(tokens.refresh_token_expires_in)
        self.assertTrue(self.use(tokens).people.me().person_id)

        # The refresh token that was used is good no more, and the SDK forgets what it had.
        tokens.refresh_token = used
        with self.assertRaises(requests.HTTPError) as raised:
            self.integration.refresh(tokens)
        self.assertEqual(raised.exception.response.status_code, 400)
        self.assertIsNone(tokens.access_token)

    def test_a_wrong_secret_gets_nothing(self) -> None:
        tokens = self.tokens()
        self.integration.client_secret = "guessed"
        with self.assertRaises(requests.HTTPError) as raised:
            self.integration.refresh(tokens)
        self.assertEqual(raised.exception.response.status_code, 401)

    def test_an_integration_asks_for_the_token_of_a_service_app(self) -> None:
        api = self.use(self.tokens())
        # wxc_sdk leaves this out; its type of tokens is the same.
        body = {
            "clientId": "simulator-service-app",
            "clientSecret": "simulator-service-app-secret",
            "targetOrgId": api.people.me().org_id,
        }
        answer = api.session.rest_post(api.session.ep(f"applications/{APPLICATION}/token"), json=body)
        tokens = Tokens.model_validate(answer)
        tokens.set_expiration()
        self.assertGreater(tokens.remaining, 0)
        self.assertTrue(self.use(tokens).people.me().person_id)
