"""Emergency addresses, and the number that is called back after an emergency call."""

from base64 import urlsafe_b64encode

from wxc_sdk.telephony.emergency_address import EmergencyAddress
from wxc_sdk.telephony.location import CallBackSelected, CallingLineId, TelephonyLocation

from .stage import ADDRESS, AtCustomer


class EmergencyAddresses(AtCustomer):
    def test_an_address_is_looked_up_added_and_changed(self) -> None:
        addresses, location = self.api.telephony.emergency_address, self.customer.headquarters
        wanted = EmergencyAddress(**ADDRESS)
        found = addresses.lookup_for_location(location, wanted, org_id=self.customer.org)
        self.assertTrue(found)
        self.assertFalse(found[0].errors)
        made = addresses.add_to_location(location, found[0], org_id=self.customer.org)
        self.assertTrue(made)
        wanted.address1 = "14 Harbor Row"
        addresses.update_for_location(location, made, wanted, org_id=self.customer.org)

    def test_a_number_has_an_address_of_its_own(self) -> None:
        number = self.customer.add_numbers(self.customer.headquarters, 1)[0]
        # The official example of the parameter is an id, with the number in it.
        number_id = urlsafe_b64encode(f"ciscospark://us/PHONE_NUMBER/{number}".encode()).decode().rstrip("=")
        self.api.telephony.emergency_address.update_for_phone_number(
            number_id, EmergencyAddress(**ADDRESS), org_id=self.customer.org
        )


class CallbackNumber(AtCustomer):
    def test_a_member_of_the_location_is_called_back(self) -> None:
        org, location, calling = self.customer.org, self.customer.headquarters, self.api.telephony.location
        main, number = self.customer.add_numbers(location, 2)
        calling.update(location, TelephonyLocation(calling_line_id=CallingLineId(phone_number=main)), org_id=org)
        ann = self.customer.add_subscriber("Ann", location, extension="201", primaryPhoneNumber=number)
        offered = {row.phone_number for row in calling.ecbn_available_phone_numbers(location, org_id=org)}
        self.assertIn(number, offered)
        before = calling.read_ecbn(location, org_id=org)
        self.assertEqual(before.selected, CallBackSelected.location_number)
        calling.update_ecbn(
            location,
            CallBackSelected.location_member_number,
            location_member_id=ann.person_id,
            elin_expiry_time_minutes=90,
            org_id=org,
        )
        after = calling.read_ecbn(location, org_id=org)
        self.assertEqual(after.selected, CallBackSelected.location_member_number)
        self.assertEqual(after.elin_expiry_time_minutes, 90)
        assert after.location_member_info
        self.assertEqual(after.location_member_info.member_id, ann.person_id)
