"""Organizations, and people as SCIM users."""

from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.scim.users import (
    EmailObject,
    NameObject,
    PatchUserOperation,
    PatchUserOperationOp,
    ScimUser,
    UserTypeObject,
)

from .stage import AtCustomer, until


class Organizations(AtCustomer):
    def test_an_organization_is_listed_and_read(self) -> None:
        made = self.partner.add_customer("webex_meetings")
        details = self.api.organizations.details(made.org)
        self.assertEqual(details.display_name, f"Cafe {made.external_id}")
        self.assertIn(details, self.api.organizations.list())

    def test_an_organization_goes_after_its_customer(self) -> None:
        made = self.partner.add_customer("webex_meetings")
        self.partner.wholesale.delete_customer(made.id)
        until(lambda: list(self.partner.wholesale.customers(externalId=made.external_id)), lambda seen: not seen)
        self.api.organizations.delete(made.org)
        until(lambda: [org.org_id for org in self.api.organizations.list()], lambda seen: made.org not in seen)
        self.assertRefused(404, self.api.organizations.details, made.org)

    def test_the_name_and_language_of_an_organization_change(self) -> None:
        # wxc_sdk leaves this out.
        url = self.api.session.ep(f"identity/organizations/{webex_id_to_uuid(self.customer.org)}")
        body = {
            "schemas": ["urn:cisco:codev:identity:organization:core:1.0"],
            "displayName": "Renamed Cafe",
            "preferredLanguage": "fr_FR",
        }
        self.api.session.rest_patch(url, json=body)
        seen = self.api.session.rest_get(url)
        self.assertEqual((seen["displayName"], seen["preferredLanguage"]), ("Renamed Cafe", "fr_FR"))
        self.assertEqual(self.api.organizations.details(self.customer.org).display_name, "Renamed Cafe")

    def test_an_organization_in_use_is_not_deleted(self) -> None:
        self.assertRefused(409, self.api.organizations.delete, self.customer.org)


class Scim(AtCustomer):
    def setUp(self) -> None:
        self.org = webex_id_to_uuid(self.customer.org) or ""

    def test_a_subscriber_is_a_scim_user(self) -> None:
        ann = self.customer.add_subscriber("Ann", self.customer.headquarters, extension="201")
        user = self.api.scim.users.details(self.org, webex_id_to_uuid(ann.person_id) or "")
        self.assertEqual(user.user_name, ann.email)
        found = self.api.scim.users.search(self.org, filter=f'userName eq "{ann.email}"')
        self.assertEqual([user.id for user in found.resources or []], [user.id])

    def test_every_user_is_found_page_by_page(self) -> None:
        for index in range(3):
            self.customer.add_subscriber(f"User{index}", self.customer.headquarters, extension=f"30{index}")
        first = self.api.scim.users.search(self.org)
        everyone = [user.id for user in self.api.scim.users.search_all(self.org)]
        self.assertEqual(len(everyone), first.total_results)
        self.assertEqual(len(set(everyone)), len(everyone))

    def test_a_scim_user_is_created_changed_and_deleted(self) -> None:
        email = f"sam@{self.customer.external_id}.example"
        wanted = ScimUser(
            user_name=email,
            user_type=UserTypeObject.user,
            active=True,
            name=NameObject(given_name="Sam", family_name="Marsh"),
            display_name="Sam Marsh",
            emails=[EmailObject(value=email, type="work", primary=True)],
        )
        made = self.api.scim.users.create(self.org, wanted)
        made.display_name = "Sam M."
        self.assertEqual(self.api.scim.users.update(self.org, made).display_name, "Sam M.")
        rename = PatchUserOperation(op=PatchUserOperationOp.replace, path="displayName", value="S. Marsh")
        patched = self.api.scim.users.patch(self.org, made.id, [rename])
        self.assertEqual((patched.display_name, patched.user_name), ("S. Marsh", email))
        found = list(self.api.people.list(email=email, org_id=self.customer.org))
        self.assertEqual([person.person_id_uuid for person in found], [made.id], "the same person by the other way")
        self.api.scim.users.delete(self.org, made.id)
        self.assertRefused(404, self.api.scim.users.details, self.org, made.id)
