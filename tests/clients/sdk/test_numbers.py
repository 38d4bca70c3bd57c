"""Telephone numbers: added, activated, checked, moved, removed."""

from wxc_sdk.common import NumberState
from wxc_sdk.telephony import NumberType
from wxc_sdk.telephony.jobs import NumberItem
from wxc_sdk.telephony.location.numbers import NumbersRequestAction

from .stage import AtCustomer, next_number, until


class Numbers(AtCustomer):
    def test_numbers_are_added_activated_and_removed(self) -> None:
        location, numbers = self.customer.headquarters, self.api.telephony.location.number
        added = self.customer.add_numbers(location, 3, active=False)
        rows = {row.phone_number: row for row in self.api.telephony.phone_numbers(location_id=location, org_id=self.customer.org)}
        for number in added:
            self.assertEqual(rows[number].state, NumberState.inactive)
            self.assertEqual(rows[number].location.id, location)
            self.assertIsNone(rows[number].owner)

        numbers.activate(location, added[:2], org_id=self.customer.org)
        active = {
            row.phone_number
            for row in self.api.telephony.phone_numbers(location_id=location, state=NumberState.active, org_id=self.customer.org)
        }
        self.assertEqual(active & set(added), set(added[:2]))
        numbers.manage_number_state(location, added[:1], action=NumbersRequestAction.deactivate, org_id=self.customer.org)

        numbers.remove(location, added, org_id=self.customer.org)
        self.assertFalse(set(added) & set(self.customer.numbers_of(location)))

    def test_one_number_is_found_by_itself(self) -> None:
        number = self.customer.add_numbers(self.customer.headquarters, 1)[0]
        found = list(self.api.telephony.phone_numbers(phone_number=number, org_id=self.customer.org))
        self.assertEqual([row.phone_number for row in found], [number])

    def test_a_number_exists_once(self) -> None:
        location, numbers = self.customer.headquarters, self.api.telephony.location.number
        number = self.customer.add_numbers(location, 1)[0]
        self.assertRefused(409, numbers.add, location, [number], state=NumberState.active, org_id=self.customer.org)

    def test_numbers_that_cannot_be_added_are_named_one_by_one(self) -> None:
        other = self.customer.add_location("Number Town", calling=True)
        self.customer.set_trunk(other)
        taken = self.customer.add_numbers(self.customer.headquarters, 1)[0]
        answer = self.api.telephony.location.number.add(
            other, [next_number(), taken], state=NumberState.active, org_id=self.customer.org
        )
        self.assertEqual([error.number for error in answer.errors], [taken])
        self.assertTrue(answer.errors[0].error_code)
        self.assertEqual(self.customer.numbers_of(other), [], "none or all")

    def test_more_than_five_numbers_and_unknown_ones_are_not_removed(self) -> None:
        location, numbers = self.customer.headquarters, self.api.telephony.location.number
        added = self.customer.add_numbers(location, 6)
        self.assertRefused(400, numbers.remove, location, added, org_id=self.customer.org)
        refused = self.assertRefused(502, numbers.remove, location, [next_number()], org_id=self.customer.org)
        self.assertEqual(refused.response.headers["cisco-spark-error-codes"], "4251")

    def test_numbers_are_checked_before_they_are_added(self) -> None:
        known = self.customer.add_numbers(self.customer.headquarters, 1)[0]
        fresh = next_number()
        # The SDK's model names these `phoneNumbers` and `phoneNumber`; the official description has the names below.
        url = self.api.session.ep("telephony/config/actions/validateNumbers/invoke")
        checked = self.api.session.rest_post(
            url, params={"orgId": self.customer.org}, json={"phoneNumbers": [known, fresh, fresh]}
        )
        self.assertEqual(checked["status"], "ERRORS")
        self.assertEqual(
            [(row["number"], row["state"]) for row in checked["numbers"]],
            [(known, "Duplicate"), (fresh, "Available"), (fresh, "Duplicate In List")],
        )

    def test_the_numbers_of_an_organization_are_counted(self) -> None:
        counted = self.api.telephony.phone_number_details(org_id=self.customer.org)
        everything = list(self.api.telephony.phone_numbers(number_type=NumberType.number, org_id=self.customer.org))
        self.assertEqual(counted.total, len(everything))

    def test_a_job_moves_numbers_to_another_location(self) -> None:
        source, target = self.customer.headquarters, self.customer.add_location("Target", calling=True)
        self.customer.set_trunk(target)
        numbers = self.customer.add_numbers(source, 2)
        jobs, org = self.api.telephony.jobs.manage_numbers, self.customer.org
        items = [NumberItem(location_id=source, numbers=numbers)]
        job = jobs.initiate_job("MOVE", items, target_location_id=target, org_id=org)
        assert job.id
        done = until(lambda: jobs.status(job.id, org_id=org), lambda seen: seen.latest_execution_status != "STARTED")
        self.assertEqual(done.latest_execution_status, "COMPLETED")
        self.assertEqual(done.operation_type, "MOVE")
        assert done.counts
        self.assertEqual((done.counts.numbers_moved, done.counts.numbers_failed), (2, 0))
        self.assertEqual(self.customer.numbers_of(target), numbers)
        self.assertIn(job.id, [seen.id for seen in jobs.list(org_id=org)])
        self.assertEqual(list(jobs.errors(job.id, org_id=org)), [])
        refused = jobs.initiate_job(
            "NUMBER_USAGE_CHANGE", [NumberItem(location_id=target, numbers=numbers)], number_usage_type="SERVICE", org_id=org
        )
        self.assertEqual(refused.operation_type, "NUMBER_USAGE_CHANGE")


class Extensions(AtCustomer):
    def test_extensions_are_checked(self) -> None:
        location = self.customer.headquarters
        self.customer.add_subscriber("Ann", location, extension="201")
        check = self.api.telephony.location.validate_extensions
        seen = check(location, ["201", "202", "0x"], org_id=self.customer.org)
        self.assertFalse(seen.ok)
        self.assertEqual(
            [(status.extension, status.state) for status in seen.extension_status],
            [("201", "DUPLICATE"), ("202", "VALID"), ("0x", "INVALID")],
        )
        self.assertTrue(check(location, ["202"], org_id=self.customer.org).ok)
        # The SDK cannot name a customer here; so it asks for the partner's own organization.
        self.assertTrue(self.api.telephony.validate_extensions(["201"]).ok)
