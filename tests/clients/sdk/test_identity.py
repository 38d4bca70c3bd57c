"""Organizations, and people as SCIM users."""

from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.scim.users import EmailObject, NameObject, ScimUser, UserTypeObject

from .stage import AtCustomer, skip_unless_served


class Organizations(AtCustomer):
    def test_an_organization_is_listed_and_read(self) -> None:
        details = self.api.organizations.details(self.customer.org)
        self.assertEqual(details.display_name, f"Cafe {self.customer.external_id}")
        self.assertIn(details, self.api.organizations.list())

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

    @skip_unless_served
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
        self.api.scim.users.delete(self.org, made.id)
        self.assertRefused(404, self.api.scim.users.details, self.org, made.id)
