"""Puts objects into the simulator and tells Schemathesis of them.

Usage: furnish.py OPENAPI_JSON, with the simulator's address in `HUBFORM_BASE_URL`. Prints a configuration of Schemathesis: which
ids stand for the open parts of which path, and the one server error that is meant.
"""

import base64
import json
import os
import sys
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import requests

BASE_URL = os.environ["HUBFORM_BASE_URL"]
SESSION = requests.Session()
SESSION.trust_env = False
SESSION.headers["Authorization"] = "Bearer furnish"

ADDRESS = {"city": "Milpitas", "country": "US"}
WHOLESALE_ADDRESS = {"addressLine1": "12 Harbor Row", "stateOrProvince": "CA", "zipOrPostalCode": "95035", **ADDRESS}
LOCATION_ADDRESS = {"address1": "12 Harbor Row", "state": "CA", "postalCode": "95035", **ADDRESS}


def call(method: str, path: str, body: Any = None, **params: str) -> Any:
    answer = SESSION.request(method, f"{BASE_URL}{path}", json=body, params=params, timeout=10)
    if not answer.ok:
        raise SystemExit(f"error: {method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.text else None


def uuid_of(remote_id: str) -> str:
    """The last part of what an encoded id says."""
    return base64.urlsafe_b64decode(f"{remote_id}==").decode().rsplit("/", 1)[-1]


class Ids(defaultdict[str, list[str]]):
    """Ids by the word that stands before them in a path."""

    def __init__(self) -> None:
        super().__init__(list)


def furnish(ids: Ids) -> None:
    template = call("POST", "/registry/templates", {"name": "furnished", "spec": {}})["provisioningId"]
    ids["templates"].append(template)
    ids["countries"] += ["US", "DE"]
    ids["roles"] += [role["id"] for role in call("GET", "/roles")["items"]]
    for index in range(3):
        furnish_customer(ids, template, index)


def furnish_customer(ids: Ids, template: str, index: int) -> None:
    name = f"cafe-{index}"
    calling = {"name": "Head Office", "address": WHOLESALE_ADDRESS, "timezone": "America/Denver", "language": "en_us"}
    body = {
        "provisioningId": template,
        "packages": ["webex_calling", "webex_meetings"],
        "externalId": name,
        "address": WHOLESALE_ADDRESS,
        "customerInfo": {"name": name, "primaryEmail": f"owner@{name}.example"},
        "provisioningParameters": {"calling": {"location": calling}},
    }
    customer = call("POST", "/wholesale/customers", body)["url"].rsplit("/", 1)[-1]
    for _ in range(500):
        seen = call("GET", f"/wholesale/customers/{customer}")
        if seen["status"] == "provisioned":
            break
        time.sleep(0.02)
    org = seen["orgId"]
    call("GET", f"/organizations/{org}")
    ids["customers"].append(customer)
    ids["organizations"].append(org)
    ids["organization uuids"].append(uuid_of(org))
    locations = [call("GET", "/locations", orgId=org)["items"][0]["id"]]
    branch = {
        "name": f"Branch {index}",
        "timeZone": "America/Denver",
        "preferredLanguage": "en_us",
        "announcementLanguage": "en_us",
        "address": LOCATION_ADDRESS,
    }
    locations.append(call("POST", "/locations", branch, orgId=org)["id"])
    call("POST", "/telephony/config/locations", {**branch, "id": locations[1]}, orgId=org)
    ids["locations"] += locations
    route = call("GET", "/telephony/config/routeChoices", orgId=org)["routeIdentities"][0]
    trunk = {"premiseRouteType": route["routeType"] if "routeType" in route else route["type"]}
    trunk["premiseRouteId"] = route["routeId"] if "routeId" in route else route["id"]
    for place, location in enumerate(locations):
        call("PUT", f"/telephony/pstn/locations/{location}/connection", trunk, orgId=org)
        numbers = [f"+1408555{index}{place}{last}0" for last in range(4)]
        call("POST", f"/telephony/config/locations/{location}/numbers", {"phoneNumbers": numbers}, orgId=org)
        ids["numbers"] += numbers
        furnish_subscriber(ids, customer, f"ann-{place}@{name}.example", location, f"20{place}", numbers[0])
    furnish_jobs(ids, org, locations[1])


def furnish_subscriber(ids: Ids, customer: str, email: str, location: str, extension: str, number: str) -> None:
    line = {"firstName": "Ann", "lastName": "Marsh", "locationId": location, "extension": extension}
    line["primaryPhoneNumber"] = number
    body = {"customerId": customer, "email": email, "packages": ["webex_calling"], "provisioningParameters": line}
    made = call("POST", "/wholesale/subscribers", body)
    ids["subscribers"].append(made["id"])
    ids["people"].append(made["personId"])
    ids["Users"].append(uuid_of(made["personId"]))


def furnish_jobs(ids: Ids, org: str, location: str) -> None:
    job = call("POST", "/telephony/config/jobs/locations/deleteCallingLocation", {"locationId": location}, orgId=org)
    ids["deleteCallingLocation"].append(job["id"])
    change = call("PUT", f"/telephony/config/locations/{location}", {"routingPrefix": "81"}, orgId=org)
    ids["updateRoutingPrefix"].append(change["batchJobId"])


def words_of(path: str) -> dict[str, str]:
    """Names, for each open part of a path, the kind of its ids by the word before it."""
    parts = path.split("/")
    words = {}
    for before, part in pairwise(parts):
        if part.startswith("{"):
            identity = path.startswith("/identity/") and before in {"scim", "organizations"}
            words[part.strip("{}")] = "organization uuids" if identity else before
    return words


def configuration(description: dict[str, Any], ids: Ids) -> str:
    names = {word: f"ids-{number}" for number, word in enumerate(sorted(ids))}
    lines = [
        "[parameters]",
        f'"query.orgId" = {{ dictionary = "{names["organizations"]}", probability = 0.9 }}',
        f'"query.locationId" = {{ dictionary = "{names["locations"]}", probability = 0.7 }}',
        f'"query.customerId" = {{ dictionary = "{names["customers"]}", probability = 0.7 }}',
        f'"body.customerId" = {{ dictionary = "{names["customers"]}", probability = 0.7 }}',
        f'"body.locationId" = {{ dictionary = "{names["locations"]}", probability = 0.7 }}',
        f'"body.phoneNumbers[*]" = {{ dictionary = "{names["numbers"]}", probability = 0.5 }}',
    ]
    for word, name in names.items():
        lines += ["", f"[dictionaries.{name}]", f"# {word}", f"values = {json.dumps(ids[word])}"]
    for path in description["paths"]:
        known = {part: names[word] for part, word in words_of(path).items() if word in names}
        if known:
            lines += ["", "[[operations]]", f"include-path = {json.dumps(path)}", "[operations.parameters]"]
            lines += [f'"path.{part}" = {{ dictionary = "{name}", probability = 0.8 }}' for part, name in known.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    found = Ids()
    furnish(found)
    with open(sys.argv[1], encoding="utf-8") as file:
        print(configuration(json.load(file), found))
