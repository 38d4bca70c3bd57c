"""What the other tests rest on."""

import unittest

import requests
from pydantic import ValidationError
from wxc_sdk.common import IdAndName

from .loopback import connect


class Ground(unittest.TestCase):
    def test_no_other_host_is_called(self) -> None:
        with connect() as api:
            for url in ("https://example.com/v1/people", "http://webexapis.com/v1/people", "https://webexapis.com.example/"):
                with self.assertRaises(ConnectionRefusedError):
                    api.session.rest_get(url)
        # Nor past the session of the SDK.
        with self.assertRaises((ConnectionRefusedError, requests.ConnectionError)):
            requests.get("https://example.com/", timeout=10)

    def test_a_field_that_the_sdk_does_not_know_is_an_error(self) -> None:
        IdAndName.model_validate({"id": "1", "name": "known"})
        with self.assertRaises(ValidationError):
            IdAndName.model_validate({"id": "1", "name": "known", "invented": True})
