"""A partner's administrators and tags, which wxc_sdk leaves out, through the SDK's session."""

from typing import Any

from .stage import AtCustomer, skip_unless_served


class AsPartner(AtCustomer):
    def call(self, method: str, path: str, **arguments: Any) -> Any:
        send = getattr(self.api.session, f"rest_{method}")
        return send(self.api.session.ep(f"partner/{path}"), **arguments)


class PartnerTags(AsPartner):
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
    def test_organizations_are_found_by_each_of_their_tags(self) -> None:
        tagged = f"tags/organizations/{self.customer.org}/assignTags"
        self.call("post", tagged, json={"tags": [{"name": "red"}, {"name": "blue"}]})
        names = {tag["name"] for tag in self.call("get", "tags", params={"type": "ORGANIZATION"})}
        self.assertLessEqual({"red", "blue"}, names)
        for tag in ("red", "blue"):
            found = self.call("get", "tags/organizations", params={"tags": tag})
            self.assertIn(self.customer.org, [row["orgId"] for row in found])

    @skip_unless_served
    def test_more_than_five_tags_are_refused(self) -> None:
        tags = [{"name": f"tag {index}"} for index in range(6)]
        path = f"tags/organizations/{self.customer.org}/assignTags"
        self.assertRefused(400, self.call, "post", path, json={"tags": tags})


class PartnerAdministrators(AsPartner):
    @skip_unless_served
    def test_an_administrator_of_the_partner_is_assigned_to_a_customer_and_withdrawn(self) -> None:
        me, org = self.api.people.me().person_id, self.customer.org
        self.call("post", f"organizations/{org}/partnerAdmin/{me}/assign")
        admins = self.call("get", f"organizations/{org}/partnerAdmins")["items"]
        self.assertIn(me, [admin["id"] for admin in admins])
        managed = self.call("get", "organizations", params={"managedBy": me})["items"]
        self.assertIn(org, [row["orgId"] for row in managed])
        self.call("delete", f"organizations/{org}/partnerAdmin/{me}/unassign")
        managed = self.call("get", "organizations", params={"managedBy": me})["items"]
        self.assertNotIn(org, [row["orgId"] for row in managed])
