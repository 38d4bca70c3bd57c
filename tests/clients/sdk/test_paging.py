"""Lists longer than a page are followed to their end, by every way the service has."""

from collections import Counter
from typing import Any

from .stage import CALLING, AtCustomer


class Paging(AtCustomer):
    def setUp(self) -> None:
        self.pages: Counter[str] = Counter()
        callback = self.api.session.register_response_callback(self.count)
        self.addCleanup(self.api.session.unregister_response_callback, callback)

    def count(self, response: Any, _duration: int) -> None:
        self.pages[response.request.method] += 1

    def assertPaged(self, found: list[Any], wanted: int) -> None:
        self.assertEqual(len(found), wanted)
        self.assertEqual(len({getattr(item, "id", item) for item in found}), wanted, "nothing twice")
        self.assertGreater(self.pages["GET"], 1, "one page would have held all of it; run with `--page-size`")

    def test_by_a_cursor(self) -> None:
        for index in range(4):
            self.customer.add_location(f"Cursor {index}")
        self.pages.clear()
        found = [location.location_id for location in self.api.locations.list(name="cursor", org_id=self.customer.org)]
        self.assertPaged(found, 4)

    def test_by_start_and_max(self) -> None:
        numbers = self.customer.add_numbers(self.customer.headquarters, 5)
        self.pages.clear()
        found = self.customer.numbers_of(self.customer.headquarters)
        self.assertPaged(found, len(numbers))

    def test_by_offset_and_max(self) -> None:
        for index in range(5):
            self.customer.add_subscriber(f"User{index}", self.customer.headquarters, extension=f"50{index}")
        self.pages.clear()
        found = [one.id for one in self.partner.wholesale.subscribers(customerId=self.customer.id)]
        self.assertPaged(found, 5)

    def test_people_with_calling_data(self) -> None:
        location = self.customer.add_location("People", calling=True)
        for index in range(3):
            self.customer.add_subscriber(f"Person{index}", location, extension=f"60{index}")
        self.pages.clear()
        found = list(self.api.people.list(location_id=location, calling_data=True, org_id=self.customer.org))
        self.assertPaged([person.person_id for person in found], 3)
        self.assertEqual({person.extension for person in found}, {"600", "601", "602"})

    def test_customers(self) -> None:
        made = {self.partner.add_customer(CALLING).id for _ in range(3)}
        self.pages.clear()
        found = {customer.id for customer in self.partner.wholesale.customers(max="2")}
        self.assertLessEqual(made, found)
        self.assertGreater(self.pages["GET"], 1)
