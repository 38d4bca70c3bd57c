"""Locations: listed, created, updated, deleted."""

from .stage import AtCustomer


class Locations(AtCustomer):
    def test_a_location_is_created_read_changed_and_deleted(self) -> None:
        made = self.customer.add_location("Downtown", address2="Floor 2")
        location = self.api.locations.details(made, org_id=self.customer.org)
        self.assertEqual(location.name, "Downtown")
        self.assertEqual(location.org_id, self.customer.org)
        self.assertEqual(location.time_zone, "America/Los_Angeles")
        self.assertEqual(location.address.address2, "Floor 2")
        self.assertEqual(location.address.postal_code, "95035")

        location.name = "Old Town"
        location.address.address1 = "14 Harbor Row"
        self.api.locations.update(made, location, org_id=self.customer.org)
        changed = self.api.locations.details(made, org_id=self.customer.org)
        self.assertEqual(changed.name, "Old Town")
        self.assertEqual(changed.address.address1, "14 Harbor Row")
        self.assertEqual(changed.address.city, "Milpitas")

        self.api.locations.delete(made, org_id=self.customer.org)
        self.assertRefused(404, self.api.locations.details, made, org_id=self.customer.org)
        self.assertIsNone(self.api.locations.by_name("Old Town", org_id=self.customer.org))


class Floors(AtCustomer):
    def test_floors_are_created_listed_changed_and_deleted(self) -> None:
        location = self.customer.headquarters
        made = self.api.locations.create_floor(location, floor_number=2, display_name="Kitchen")
        self.assertEqual((made.location_id, made.floor_number, made.display_name), (location, 2, "Kitchen"))
        assert made.id
        self.assertEqual(self.api.locations.floor_details(location, made.id), made)
        self.assertEqual(self.api.locations.list_floors(location), [made])
        made.floor_number, made.display_name = 3, None
        changed = self.api.locations.update_floor(made)
        self.assertEqual((changed.floor_number, changed.display_name), (3, None), "a name left out is gone")
        self.api.locations.delete_floor(location, made.id)
        self.assertEqual(self.api.locations.list_floors(location), [])
