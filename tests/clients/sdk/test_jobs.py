"""Jobs, paused and resumed."""

from collections.abc import Callable
from typing import Any

from wxc_sdk.rest import RestError
from wxc_sdk.telephony.jobs import MoveUser, MoveUserJobDetails, MoveUsersList, NumberItem

from .stage import AtCustomer, until


class Jobs(AtCustomer):
    """What is paused does not end; what is resumed does."""

    def pause_and_resume(self, jobs: Any, start: Callable[[int], str]) -> None:
        """Starts jobs until one is paused before it ended."""
        for attempt in range(10):
            job_id = start(attempt)
            try:
                jobs.pause(job_id, org_id=self.customer.org)
            except RestError as error:
                if error.response.status_code in {404, 405}:
                    raise
                continue  # It ended first.
            self.assertNotEqual(jobs.status(job_id, org_id=self.customer.org).latest_execution_status, "COMPLETED")
            jobs.resume(job_id, org_id=self.customer.org)
            until(
                lambda: jobs.status(job_id, org_id=self.customer.org),  # noqa: B023
                lambda seen: seen.latest_execution_status == "COMPLETED",
            )
            return
        self.fail("no job could be paused")

    def test_moving_numbers_is_paused_and_resumed(self) -> None:
        locations = [self.customer.headquarters, self.customer.add_location("Numbers", calling=True)]
        self.customer.set_trunk(locations[1])
        numbers = self.customer.add_numbers(locations[0], 1)
        jobs = self.api.telephony.jobs.manage_numbers

        def start(attempt: int) -> str:
            source, target = locations[attempt % 2], locations[1 - attempt % 2]
            items = [NumberItem(location_id=source, numbers=numbers)]
            until(lambda: self.customer.numbers_of(source), lambda seen: set(numbers) <= set(seen))
            return jobs.initiate_job("MOVE", items, target_location_id=target, org_id=self.customer.org).id or ""

        self.pause_and_resume(jobs, start)

    def test_moving_a_user_is_paused_and_resumed(self) -> None:
        locations = [self.customer.headquarters, self.customer.add_location("People", calling=True)]
        ann = self.customer.add_subscriber("Ann", locations[0], extension="201")
        jobs = self.api.telephony.jobs.move_users

        def start(attempt: int) -> str:
            at, target = locations[attempt % 2], locations[1 - attempt % 2]
            until(
                lambda: self.api.people.details(ann.person_id or "", calling_data=True),
                lambda seen: seen.location_id == at,
            )
            wanted = MoveUsersList(location_id=target, validate_only=False, users=[MoveUser(user_id=ann.person_id)])
            body = {"usersList": [wanted.model_dump(mode="json", by_alias=True, exclude_none=True)]}
            url = self.api.session.ep("telephony/config/jobs/person/moveLocation")
            answer: Any = self.api.session.rest_post(url, params={"orgId": self.customer.org}, json=body)
            return MoveUserJobDetails.model_validate(answer["response"]).id or ""

        self.pause_and_resume(jobs, start)

    def test_disabling_calling_is_paused_and_resumed(self) -> None:
        jobs = self.api.telephony.jobs.disable_calling_location

        def start(attempt: int) -> str:
            location = self.customer.add_location(f"Disabled {attempt}", calling=True)
            return jobs.initiate(location, org_id=self.customer.org).id

        self.pause_and_resume(jobs, start)
