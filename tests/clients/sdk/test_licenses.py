"""Licences: what packages become, and whom they are given to."""

from wxc_sdk.licenses import LicenseProperties, LicenseRequest, LicenseRequestOperation
from wxc_sdk.people import Person

from .stage import AtCustomer


class Licenses(AtCustomer):
    def test_licences_follow_from_packages_and_people(self) -> None:
        ann = self.customer.add_subscriber("Ann", self.customer.headquarters, extension="201")
        listed = {license.license_id: license for license in self.api.licenses.list(org_id=self.customer.org)}
        person = self.api.people.details(ann.person_id)
        self.assertTrue(person.licenses)
        self.assertLessEqual(set(person.licenses or []), set(listed), "a person's licences are the organization's")
        for license_id in person.licenses or []:
            details = self.api.licenses.details(license_id)
            self.assertEqual(details.name, listed[license_id].name)
            self.assertGreaterEqual(details.consumed_units, 1)
            assigned = {user.id for user in self.api.licenses.assigned_users(license_id)}
            self.assertIn(ann.person_id, assigned)

    def test_a_person_gets_a_licence_and_loses_it(self) -> None:
        email = f"lee@{self.customer.external_id}.example"
        lee = self.api.people.create(Person(emails=[email], display_name="Lee Marsh", org_id=self.customer.org))
        meetings = next(license for license in self.api.licenses.list(org_id=self.customer.org) if "Meetings" in license.name)
        for operation, expect in (
            (LicenseRequestOperation.add, self.assertIn),
            (LicenseRequestOperation.remove, self.assertNotIn),
        ):
            request = LicenseRequest(id=meetings.license_id, operation=operation)
            answer = self.api.licenses.assign_licenses_to_users(
                person_id=lee.person_id, org_id=self.customer.org, licenses=[request]
            )
            self.assertEqual(answer.email, email)
            # Licences that the service gives by itself may stand beside it.
            expect(meetings.license_id, answer.licenses)
            expect(meetings.license_id, self.api.people.details(lee.person_id or "").licenses)

    def test_a_licence_that_nobody_has_is_not_found(self) -> None:
        request = LicenseRequest(
            id="unknown",
            operation=LicenseRequestOperation.add,
            properties=LicenseProperties(location_id=self.customer.headquarters, extension="299"),
        )
        bob = self.customer.add_subscriber("Bob", self.customer.headquarters, extension="202")
        self.assertRefused(
            400,
            self.api.licenses.assign_licenses_to_users,
            person_id=bob.person_id,
            org_id=self.customer.org,
            licenses=[request],
        )
