"""Webex for Wholesale, which wxc_sdk leaves out, written with the SDK's own means.

Fields are those of the official description `wholesale.json`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from wxc_sdk.api_child import ApiChild
from wxc_sdk.base import ApiModel


class Problem(ApiModel):
    error_code: int | str | None = None
    description: str | None = None


class Package(ApiModel):
    name: str
    status: Literal["provisioned", "provisioning", "deleting", "error"] | None = None
    warnings: list[Problem] | None = None
    errors: list[Problem] | None = None
    license_ids: list[str] | None = None


class Resources(ApiModel):
    packages: list[Package] | None = None


class Customer(ApiModel):
    id: str
    org_id: str | None = None
    external_id: str
    address: dict[str, str]
    status: Literal[
        "provisioning",
        "updating",
        "deleting",
        "provisioned",
        "provisioned_with_errors",
        "error",
        "pending_rpl_review",
    ]
    packages: list[str]
    resource_details: Resources | None = None
    errors: list[Problem] | None = None


class Subscriber(ApiModel):
    id: str
    person_id: str | None = None
    email: str
    customer_id: str
    external_customer_id: str | None = None
    package: str | None = None
    packages: list[str] | None = None
    status: Literal["provisioned", "pending_user_migration"]
    errors: list[Problem] | None = None
    created: datetime
    last_status_change: datetime | None = None


class SubPartner(ApiModel):
    org_id: str
    subscription_id: str | None = None
    provisioning_state: Literal["active", "suspended"]
    created: datetime | None = None
    billing_start_date: str | None = None


class Report(ApiModel):
    id: str
    billing_start_date: str
    billing_end_date: str
    type: Literal["PARTNER", "CUSTOMER", "USER"]
    category: Literal["RECONCILIATION", "POINT_IN_TIME"] | None = None
    created: datetime | None = None
    created_by: str | None = None
    status: Literal["IN_PROGRESS", "COMPLETED", "FAILED"] | None = None
    temp_download_url: str | None = None
    errors: list[dict[str, str]] | None = None

    def __init__(self, **data: Any) -> None:
        # Not the camel case that the SDK makes of names.
        data["tempDownloadUrl"] = data.pop("tempDownloadURL", None)
        super().__init__(**data)


class Precheck(ApiModel):
    message: str
    info: list[dict[str, Any]] | dict[str, Any]


class WholesaleApi(ApiChild, base="wholesale"):
    """The endpoints under `/wholesale`."""

    def customers(self, **params: str) -> Iterator[Customer]:
        return self.session.follow_pagination(self.ep("customers"), model=Customer, params=params)

    def customer(self, customer_id: str) -> Customer:
        return Customer.model_validate(self.get(self.ep(f"customers/{customer_id}")))

    def create_customer(self, body: dict[str, Any]) -> str:
        return self._id_of(self.post(self.ep("customers"), json=body))

    def update_customer(self, customer_id: str, body: dict[str, Any]) -> str:
        return self._id_of(self.put(self.ep(f"customers/{customer_id}"), json=body))

    def delete_customer(self, customer_id: str) -> None:
        self.delete(self.ep(f"customers/{customer_id}"))

    def check_customer(self, body: dict[str, Any]) -> Precheck:
        return Precheck.model_validate(self.post(self.ep("customers/validate"), json=body))

    def subscribers(self, **params: str) -> Iterator[Subscriber]:
        return self.session.follow_pagination(self.ep("subscribers"), model=Subscriber, params=params)

    def subscriber(self, subscriber_id: str) -> Subscriber:
        return Subscriber.model_validate(self.get(self.ep(f"subscribers/{subscriber_id}")))

    def create_subscriber(self, body: dict[str, Any]) -> Subscriber:
        return Subscriber.model_validate(self.post(self.ep("subscribers"), json=body))

    def update_subscriber(self, subscriber_id: str, body: dict[str, Any]) -> Subscriber:
        return Subscriber.model_validate(self.put(self.ep(f"subscribers/{subscriber_id}"), json=body))

    def delete_subscriber(self, subscriber_id: str) -> None:
        self.delete(self.ep(f"subscribers/{subscriber_id}"))

    def check_subscriber(self, body: dict[str, Any]) -> Precheck:
        return Precheck.model_validate(self.post(self.ep("subscribers/validate"), json=body))

    def sub_partners(self, **params: str) -> Iterator[SubPartner]:
        return self.session.follow_pagination(self.ep("subPartners"), model=SubPartner, params=params)

    def reports(self, **params: str) -> Iterator[Report]:
        return self.session.follow_pagination(self.ep("billing/reports"), model=Report, params=params)

    def report(self, report_id: str) -> Report:
        return Report.model_validate(self.get(self.ep(f"billing/reports/{report_id}")))

    def create_report(self, body: dict[str, Any]) -> Report:
        return Report.model_validate(self.post(self.ep("billing/reports"), json=body))

    def delete_report(self, report_id: str) -> None:
        self.delete(self.ep(f"billing/reports/{report_id}"))

    @staticmethod
    def _id_of(accepted: Any) -> str:
        """An accepted customer request answers with the address of the customer, and nothing else."""
        assert set(accepted) == {"url"}, accepted
        return str(accepted["url"]).rsplit("/", 1)[-1]
