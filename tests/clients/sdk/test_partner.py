"""A partner's administrators and tags, which wxc_sdk leaves out, through the SDK's session."""

from typing import Any

from .stage import AtCustomer


class AsPartner(AtCustomer):
    def call(self, method: str, path: str, **arguments: Any) -> Any:
        send = getattr(self.api.session, f"rest_{method}")
        return send(self.api.session.ep(f"partner/{path}"), **arguments)


class PartnerTags(AsPartner):
    def test_tags_are_written_as_objects_and_read_as_texts(self) -> None:
        tagged = f"tags/organizations/{self.customer.org}"
        self.call("post", f"{tagged}/assignTags", json={"tags": [{"name": "hubform"}, {"name": "gold"}]})
        self.assertEqual(set(self.call("get", tagged)["tags"]), {"hubform", "gold"})
        found = self.call("get", "tags/organizations", params={"tags": "gold"})
        self.assertIn(self.customer.org, [row["orgId"] for row in found])
        self.call("post", f"{tagged}/assignTags", json={"tags": []})
        self.assertEqual(self.call("get", tagged)["tags"], [])

    def test_organizations_are_found_by_each_of_their_tags(self) -> None:
        tagged = f"tags/organizations/{self.customer.org}/assignTags"
        self.call("post", tagged, json={"tags": [{"name": "red"}, {"name": "blue"}]})
        names = {tag["name"] for tag in self.call("get", "tags", params={"type": "ORGANIZATION"})}
        self.assertLessEqual({"red", "blue"}, names)
        for tag in ("red", "blue"):
            found = self.call("get", "tags/organizations", params={"tags": tag})
            self.assertIn(self.customer.org, [row["orgId"] for row in found])

    def test_more_than_five_tags_are_refused(self) -> None:
        tags = [{"name": f"tag {index}"} for index in range(6)]
        path = f"tags/organizations/{self.customer.org}/assignTags"
        self.assertRefused(400, self.call, "post", path, json={"tags": tags})


class PartnerAdministrators(AsPartner):
    def test_a_full_administrator_manages_every_customer_and_is_assigned_to_none(self) -> None:
        me, org = self.api.people.me().person_id, self.customer.org
        for refused in (
            self.assertRefused(400, self.call, "post", f"organizations/{org}/partnerAdmin/{me}/assign"),
            self.assertRefused(400, self.call, "get", "organizations", params={"managedBy": me}),
        ):
            self.assertIn("already has access to all customers", refused.description)
        self.assertEqual(self.call("get", f"organizations/{org}/partnerAdmins")["items"], [])
