"""People with calling data, their roles, and moves between locations."""

from typing import Any

from wxc_sdk.people import Person, PhoneNumber, PhoneNumberType
from wxc_sdk.telephony.jobs import MoveUser, MoveUserJobDetails, MoveUsersList

from .stage import AtCustomer, until


class People(AtCustomer):
    def test_the_line_of_a_person_shows_with_calling_data_alone(self) -> None:
        location = self.customer.headquarters
        number = self.customer.add_numbers(location, 1)[0]
        ann = self.customer.add_subscriber("Ann", location, extension="201", primaryPhoneNumber=number)
        assert ann.person_id
        person = self.api.people.details(ann.person_id, calling_data=True)
        self.assertEqual((person.first_name, person.last_name), ("Ann", "Marsh"))
        self.assertEqual(person.extension, "201")
        self.assertEqual(person.location_id, location)
        self.assertEqual([number.value.replace(" ", "") for number in person.plus_e164], [number])
        self.assertIsNone(self.api.people.details(ann.person_id).extension)
        found = list(self.api.people.list(email=ann.email, calling_data=True, org_id=self.customer.org))
        self.assertEqual([person.extension for person in found], ["201"])
        owned = list(self.api.telephony.phone_numbers(owner_id=ann.person_id, org_id=self.customer.org))
        self.assertEqual([(row.phone_number, row.extension) for row in owned], [(number, "201")])

    def test_a_person_read_back_may_be_written_again(self) -> None:
        location = self.customer.headquarters
        numbers = self.customer.add_numbers(location, 2)
        bob = self.customer.add_subscriber("Bob", location, extension="210", primaryPhoneNumber=numbers[0])
        assert bob.person_id
        person = self.api.people.details(bob.person_id, calling_data=True)
        person.extension = "211"
        person.last_name = "Miller"
        person.display_name = "Bob Miller"
        changed = self.api.people.update(person, calling_data=True)
        self.assertEqual((changed.extension, changed.last_name), ("211", "Miller"))
        self.assertEqual(changed.phone_numbers[0], person.phone_numbers[0], "the number stays")

        changed.phone_numbers = [PhoneNumber(number_type=PhoneNumberType.work, value=numbers[1])]
        changed = self.api.people.update(changed, calling_data=True)
        self.assertEqual([number.value.replace(" ", "") for number in changed.plus_e164], [numbers[1]])
        lines = self.api.person_settings.numbers.read(bob.person_id, prefer_e164_format=True, org_id=self.customer.org)
        self.assertEqual([(line.direct_number, line.extension) for line in lines.phone_numbers], [(numbers[1], "211")])

    def test_a_role_is_given_and_taken(self) -> None:
        roles = {role.name: role.id for role in self.api.roles.list()}
        full = roles["Full Administrator"]
        self.assertEqual(self.api.roles.details(full).name, "Full Administrator")
        eve = self.customer.add_subscriber("Eve", self.customer.headquarters, extension="220")
        assert eve.person_id
        person = self.api.people.details(eve.person_id, calling_data=True)
        self.assertEqual(person.roles, [])
        person.roles = [full]
        self.assertEqual(self.api.people.update(person, calling_data=True).roles, [full])
        person.roles = []
        self.assertEqual(self.api.people.update(person, calling_data=True).roles, [])

    def test_a_person_is_deleted_after_the_subscriber(self) -> None:
        tom = self.customer.add_subscriber("Tom", self.customer.headquarters, extension="230")
        assert tom.person_id
        self.assertRefused(409, self.api.people.delete_person, tom.person_id)
        self.partner.wholesale.delete_subscriber(tom.id)
        self.api.people.delete_person(tom.person_id)
        self.assertRefused(404, self.api.people.details, tom.person_id)

    def test_a_person_is_created_without_calling(self) -> None:
        email = f"zoe@{self.customer.external_id}.example"
        wanted = Person(emails=[email], first_name="Zoe", last_name="Marsh", display_name="Zoe Marsh", org_id=self.customer.org)
        made = self.api.people.create(wanted)
        assert made.person_id
        self.assertEqual((made.emails, made.display_name, made.org_id), ([email], "Zoe Marsh", self.customer.org))
        self.assertEqual(self.api.people.details(made.person_id).emails, [email])
        self.assertRefused(409, self.api.people.create, wanted)
        self.api.people.delete_person(made.person_id)

    def test_an_alternate_number_is_added_and_removed(self) -> None:
        org, location = self.customer.org, self.customer.headquarters
        main, other = self.customer.add_numbers(location, 2)
        kim = self.customer.add_subscriber("Kim", location, extension="240", primaryPhoneNumber=main)
        assert kim.person_id
        # The SDK's own update writes `external` where the official description has `directNumber`.
        url = self.api.session.ep(f"telephony/config/people/{kim.person_id}/numbers")
        for action, wanted in (("ADD", {main, other}), ("DELETE", {main})):
            row = {"primary": False, "action": action, "directNumber": other}
            self.api.session.rest_put(url, params={"orgId": org}, json={"phoneNumbers": [row]})
            lines = self.api.person_settings.numbers.read(kim.person_id, prefer_e164_format=True, org_id=org)
            self.assertEqual({line.direct_number for line in lines.phone_numbers}, wanted)

    def test_nobody_at_a_location_is_an_item_with_an_error(self) -> None:
        empty = self.customer.add_location("Nobody", calling=True)
        found = list(self.api.people.list(location_id=empty, org_id=self.customer.org))
        self.assertEqual([person.person_id for person in found], [None])

    def test_the_caller_is_an_administrator_of_the_partner(self) -> None:
        me = self.api.people.me()
        self.assertEqual(me.emails, ["pat@partner.example"])
        self.assertTrue(me.roles)


class Moves(AtCustomer):
    def move(self, location_id: str, validate: bool, **user: str | None) -> Any:
        """Asks for a move, or checks one.

        The SDK's model of the answer is of an older text of the documents; in the official description `response` is the
        job, or one row for each user of a check.
        """
        url = self.api.session.ep("telephony/config/jobs/person/moveLocation")
        users_list = MoveUsersList(location_id=location_id, validate_only=validate, users=[MoveUser(**user)])
        body = {"usersList": [users_list.model_dump(mode="json", by_alias=True, exclude_none=True)]}
        return self.api.session.rest_post(url, params={"orgId": self.customer.org}, json=body)["response"]

    def test_a_user_moves_to_another_location(self) -> None:
        org, jobs = self.customer.org, self.api.telephony.jobs.move_users
        target = self.customer.add_location("Target", calling=True)
        ann = self.customer.add_subscriber("Ann", self.customer.headquarters, extension="201")
        checked = self.move(target, validate=True, user_id=ann.person_id, extension="301")
        self.assertEqual([row["errors"] for row in checked], [[]])
        job = MoveUserJobDetails.model_validate(self.move(target, validate=False, user_id=ann.person_id, extension="301"))
        done = until(lambda: jobs.status(job.id, org_id=org), lambda seen: seen.latest_execution_status != "STARTED")
        self.assertEqual(done.latest_execution_exit_code, "COMPLETED")
        assert done.counts
        self.assertEqual((done.counts.total_moves, done.counts.moved), (1, 1))
        self.assertEqual(list(jobs.errors(job.id, org_id=org)), [])
        self.assertIn(job.id, [seen.id for seen in jobs.list(org_id=org)])
        person = self.api.people.details(ann.person_id, calling_data=True)
        self.assertEqual((person.location_id, person.extension), (target, "301"))

    def test_a_move_that_cannot_be_names_its_reason(self) -> None:
        target = self.customer.add_location("Elsewhere", calling=True)
        number = self.customer.add_numbers(self.customer.headquarters, 1)[0]
        bob = self.customer.add_subscriber("Bob", self.customer.headquarters, primaryPhoneNumber=number)
        checked = self.move(target, validate=True, user_id=bob.person_id)
        self.assertEqual([error["code"] for error in checked[0]["errors"]], [10050010])

    def test_what_failed_stands_in_the_errors_of_the_job(self) -> None:
        org, jobs = self.customer.org, self.api.telephony.jobs.move_users
        target = self.customer.add_location("Crowded", calling=True)
        self.customer.add_subscriber("Tom", target, extension="401")
        eve = self.customer.add_subscriber("Eve", self.customer.headquarters, extension="402")
        started = self.move(target, validate=False, user_id=eve.person_id, extension="401")
        job_id = MoveUserJobDetails.model_validate(started).id or ""
        done = until(lambda: jobs.status(job_id, org_id=org), lambda seen: seen.latest_execution_status != "STARTED")
        self.assertEqual(done.latest_execution_exit_code, "COMPLETED_WITH_ERRORS")
        errors = list(jobs.errors(job_id, org_id=org))
        self.assertEqual([error.item_number for error in errors], [1])
        self.assertTrue(errors[0].error.message[0].code)
