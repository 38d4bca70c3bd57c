"""What most tests begin with: a partner, and a customer of theirs with calling."""

import itertools
import time
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony import NumberType

from .loopback import connect
from .wholesale import Subscriber, WholesaleApi

T = TypeVar("T")

ADDRESS = {"address1": "12 Harbor Row", "city": "Milpitas", "state": "CA", "postal_code": "95035", "country": "US"}
CALLING = "webex_calling"

_serial = itertools.count(1)
_lines = itertools.count(100)


def next_number() -> str:
    """A fictional number that no other test uses; a number exists once in the whole service."""
    return f"+1408555{next(_lines):04}"


def until(look: Callable[[], T], done: Callable[[T], bool], seconds: float = 60) -> T:
    """Looks until what is seen is `done`, as the service finishes some work later."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if done(seen):
            return seen
        if time.monotonic() > end:
            raise TimeoutError(f"not done after {seconds} s: {seen!r}")
        time.sleep(0.02)


def customer_body(external_id: str, template: str, packages: list[str]) -> dict[str, Any]:
    address = {
        "addressLine1": "12 Harbor Row",
        "city": "Milpitas",
        "stateOrProvince": "CA",
        "zipOrPostalCode": "95035",
        "country": "US",
    }
    location = {"name": "Head Office", "address": address, "timezone": "America/Los_Angeles", "language": "en_us"}
    body: dict[str, Any] = {
        "provisioningId": template,
        "packages": packages,
        "externalId": external_id,
        "address": address,
        "customerInfo": {"name": f"Cafe {external_id}", "primaryEmail": f"owner@{external_id}.example"},
    }
    if any(package != "webex_meetings" for package in packages):
        body["provisioningParameters"] = {"calling": {"location": location}}
    return body


@dataclass
class Partner:
    """A partner with an onboarding template."""

    api: WebexSimpleApi = field(default_factory=connect)

    def __post_init__(self) -> None:
        self.wholesale = WholesaleApi(session=self.api.session)
        # Webex has no interface for templates; this one is the simulator's.
        registry = self.api.session.ep("registry/templates")
        made = self.api.session.rest_post(registry, json={"name": f"template-{next(_serial)}", "spec": {}})
        self.template = str(made["provisioningId"])

    def add_customer(self, *packages: str) -> "Customer":
        external_id = f"cafe-{next(_serial)}"
        customer_id = self.wholesale.create_customer(customer_body(external_id, self.template, list(packages)))
        made = until(lambda: self.wholesale.customer(customer_id), lambda seen: seen.status != "provisioning")
        assert made.status == "provisioned" and made.org_id, made
        # Looking at a fresh organization makes it one of those that the partner manages.
        self.api.organizations.details(made.org_id)
        return Customer(self, customer_id, made.org_id, external_id)


@dataclass
class Customer:
    partner: Partner
    id: str
    org: str
    external_id: str

    @property
    def api(self) -> WebexSimpleApi:
        return self.partner.api

    @property
    def headquarters(self) -> str:
        """The location that came with the calling package."""
        found = self.api.locations.by_name("Head Office", org_id=self.org)
        assert found and found.location_id
        return found.location_id

    def add_location(self, name: str, calling: bool = False, **address: str) -> str:
        location_id = self.api.locations.create(
            name=name,
            time_zone="America/Los_Angeles",
            preferred_language="en_us",
            announcement_language="en_us",
            org_id=self.org,
            **{**ADDRESS, **address},
        )
        if calling:
            self.enable_calling(location_id)
        return location_id

    def enable_calling(self, location_id: str) -> str:
        location = self.api.locations.details(location_id, org_id=self.org)
        # Neither is read back, and both are wanted.
        location.announcement_language = "en_us"
        location.preferred_language = "en_us"
        return self.api.telephony.location.enable_for_calling(location, org_id=self.org)

    def set_trunk(self, location_id: str) -> None:
        """Sets a premises-based PSTN connection, so that the location can have numbers."""
        route = next(self.api.telephony.route_choices(org_id=self.org))
        assert route.route_type and route.route_id
        self.api.telephony.pstn.configure(
            location_id, premise_route_type=route.route_type, premise_route_id=route.route_id, org_id=self.org
        )

    def add_numbers(self, location_id: str, count: int, active: bool = True) -> list[str]:
        numbers = [next_number() for _ in range(count)]
        state: Any = "ACTIVE" if active else "INACTIVE"
        answer = self.api.telephony.location.number.add(location_id, numbers, state=state, org_id=self.org)
        assert not answer.errors, answer
        return numbers

    def numbers_of(self, location_id: str) -> list[str]:
        found = self.api.telephony.phone_numbers(location_id=location_id, number_type=NumberType.number, org_id=self.org)
        return [str(row.phone_number) for row in found]

    def add_subscriber(self, name: str, location_id: str, **line: str) -> Subscriber:
        """Makes a user with calling; `line` is their `extension`, `primaryPhoneNumber`, or both."""
        return self.partner.wholesale.create_subscriber(
            {
                "customerId": self.id,
                "email": f"{name.lower()}@{self.external_id}.example",
                "packages": [CALLING],
                "provisioningParameters": {
                    "firstName": name,
                    "lastName": "Marsh",
                    "locationId": location_id,
                    **line,
                },
            }
        )


class Refusals(unittest.TestCase):
    def assertRefused(self, status: int, call: Callable[..., Any], *args: Any, **kwargs: Any) -> RestError:
        """Asserts that the service refuses, in a form that the SDK understands."""
        with self.assertRaises(RestError) as raised:
            call(*args, **kwargs)
        error = raised.exception
        if "there is no such endpoint" in error.description:
            raise error
        self.assertEqual(error.response.status_code, status, error)
        self.assertTrue(error.description, "the SDK finds no description in the refusal")
        self.assertTrue(error.response.headers["Trackingid"])
        return error


class AtCustomer(Refusals):
    """Tests that share a customer with calling, whose headquarters has a trunk."""

    partner: ClassVar[Partner]
    customer: ClassVar[Customer]
    api: ClassVar[WebexSimpleApi]

    @classmethod
    def setUpClass(cls) -> None:
        cls.partner = Partner()
        cls.api = cls.partner.api
        cls.addClassCleanup(cls.api.close)
        cls.customer = cls.partner.add_customer(CALLING, "webex_meetings")
        cls.customer.set_trunk(cls.customer.headquarters)
