"""A partner's administrators and tags, which wxc_sdk leaves out, through the SDK's session."""

from typing import Any

from .stage import AtCustomer, skip_unless_served


class PartnerTags(AtCustomer):
    def call(self, method: str, path: str, **arguments: Any) -> Any:
        send = getattr(self.api.session, f"rest_{method}")
        return send(self.api.session.ep(f"partner/{path}"), **arguments)

    @skip_unless_served
    def test_tags_are_written_as_objects_and_read_as_texts(self) -> None:
        tagged = f"tags/organizations/{self.customer.org}"
        self.call("post", f"{tagged}/assignTags", json={"tags": [{"name": "hubform"}, {"name": "gold"}]})
        self.assertEqual(set(self.call("get", tagged)["tags"]), {"hubform", "gold"})
        found = self.call("get", "tags/organizations", params={"tags": "gold"})
        self.assertIn(self.customer.org, [row["orgId"] for row in found])
        self.call("post", f"{tagged}/assignTags", json={"tags": []})
        self.assertEqual(self.call("get", tagged)["tags"], [])

    @skip_unless_served
    def test_an_administrator_of_the_partner_is_assigned_to_a_customer(self) -> None:
        me = self.api.people.me()
        managed = self.call("get", "organizations", params={"managedBy": me.person_id})
        self.assertIsInstance(managed["items"], list)
        admins = self.call("get", f"organizations/{self.customer.org}/partnerAdmins")
        self.assertIsInstance(admins["items"], list)
