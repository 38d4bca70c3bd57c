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
from urllib.parse import parse_qs, urlsplit

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


def id_of(kind: str, name: str) -> str:
    return base64.urlsafe_b64encode(f"ciscospark://us/{kind}/{name}".encode()).decode().rstrip("=")


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
    ids["countries"].append("US")
    ids["zones"] += ["America/Denver", "Europe/Berlin"]
    ids["new emails"] += [f"guest-{number}@cafe.example" for number in range(20)]
    ids["scim schemas"] += [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:api:messages:2.0:PatchOp",
    ]
    ids["scim paths"] += ["displayName", "name.givenName", "title", "active"]
    ids["languages"] += ["en_us", "fr_fr"]
    ids["states"].append("CA")
    ids["postal codes"].append("95035")
    ids["roles"] += [role["id"] for role in call("GET", "/roles")["items"]]
    furnish_tokens(ids)
    # One organization has nearly everything, since what belongs together is found together there alone.
    customer, org = furnish_customer(ids, template, "cafe")
    furnish_places(ids, customer, org)
    # Another customer can be taken down.
    furnish_customer(ids, template, "kiosk")
    ids["organizations"].pop()


def furnish_tokens(ids: Ids) -> None:
    """The clients that the simulator knows from the start, and refresh tokens of one of them."""
    ids["partners"].append(call("GET", "/people/me")["orgId"])
    ids["applications"].append("Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OL3NpbXVsYXRvci1zZXJ2aWNlLWFwcA")
    ids["apps"].append("simulator-service-app")
    ids["app secrets"].append("simulator-service-app-secret")
    ids["clients"].append("simulator-integration")
    ids["client secrets"].append("simulator-integration-secret")
    ids["grants"].append("refresh_token")
    ids["redirects"].append("http://127.0.0.1/callback")
    client = {"client_id": ids["clients"][0], "redirect_uri": ids["redirects"][0]}
    asked = {**client, "response_type": "code", "scope": "spark-admin:people_read"}
    for _ in range(20):
        answer = SESSION.get(f"{BASE_URL}/authorize", params=asked, allow_redirects=False, timeout=10)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form = {**client, "client_secret": ids["client secrets"][0], "grant_type": "authorization_code", "code": code}
        tokens = SESSION.post(f"{BASE_URL}/access_token", data=form, timeout=10).json()
        ids["refresh tokens"].append(tokens["refresh_token"])


def furnish_customer(ids: Ids, template: str, name: str) -> tuple[str, str]:
    location = {"name": "Head Office", "address": WHOLESALE_ADDRESS, "timezone": "America/Denver", "language": "en_us"}
    body = {
        "provisioningId": template,
        "packages": ["webex_calling", "webex_meetings"],
        "externalId": name,
        "address": WHOLESALE_ADDRESS,
        "customerInfo": {"name": name, "primaryEmail": f"owner@{name}.example"},
        "provisioningParameters": {"calling": {"location": location}},
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
    return customer, org


def furnish_places(ids: Ids, customer: str, org: str) -> None:
    ids["locations"].append(call("GET", "/locations", orgId=org)["items"][0]["id"])
    for index in range(3):
        branch = {
            "name": f"Branch {index}",
            "timeZone": "America/Denver",
            "preferredLanguage": "en_us",
            "announcementLanguage": "en_us",
            "address": LOCATION_ADDRESS,
        }
        made = call("POST", "/locations", branch, orgId=org)["id"]
        call("POST", "/telephony/config/locations", {**branch, "id": made}, orgId=org)
        ids["locations"].append(made)
    route = call("GET", "/telephony/config/routeChoices", orgId=org)["routeIdentities"][0]
    ids["routes"].append(route["id"])
    trunk = {"premiseRouteType": route["type"], "premiseRouteId": route["id"]}
    for place, location in enumerate(ids["locations"]):
        call("PUT", f"/telephony/pstn/locations/{location}/connection", trunk, orgId=org)
        numbers = [f"+140855500{place}{last}" for last in range(6)]
        call("POST", f"/telephony/config/locations/{location}/numbers", {"phoneNumbers": numbers}, orgId=org)
        ids["numbers"] += numbers
        ids["number ids"] += [id_of("PHONE_NUMBER", number) for number in numbers]
        furnish_subscriber(ids, customer, location, extension=f"20{place}", number=numbers[0])
    ids["licenses"] += [license["id"] for license in call("GET", "/licenses", orgId=org)["items"]]
    # Takes its time; a job is what comes of it.
    call("PUT", f"/telephony/config/locations/{ids['locations'][0]}", {"routingPrefix": "81"}, orgId=org)


def furnish_subscriber(ids: Ids, customer: str, location: str, extension: str, number: str) -> None:
    line = {"firstName": "Ann", "lastName": "Marsh", "locationId": location, "extension": extension}
    line["primaryPhoneNumber"] = number
    email = f"ann-{extension}@cafe.example"
    body = {"customerId": customer, "email": email, "packages": ["webex_calling"], "provisioningParameters": line}
    made = call("POST", "/wholesale/subscribers", body)
    ids["subscribers"].append(made["id"])
    ids["people"].append(made["personId"])
    ids["Users"].append(uuid_of(made["personId"]))
    ids["extensions"].append(extension)
    ids["emails"].append(email)


def words_of(path: str) -> dict[str, str]:
    """Names, for each open part of a path, the kind of its ids by the word before it."""
    parts = path.split("/")
    words = {}
    for before, part in pairwise(parts):
        if part.startswith("{"):
            word = before
            if "/identity/" in path and before in {"scim", "organizations"}:
                word = "organization uuids"
            if "/telephony/pstn/numbers/" in path:
                word = "number ids"
            words[part.strip("{}")] = word
    return words


#: Which ids belong into which field, and how often.
FIELDS = {
    "query.client_id": ("clients", 0.8),
    "query.redirect_uri": ("redirects", 0.8),
    "body.grant_type": ("grants", 0.8),
    "body.client_id": ("clients", 0.9),
    "body.client_secret": ("client secrets", 0.9),
    "body.refresh_token": ("refresh tokens", 0.9),
    "body.clientId": ("apps", 0.9),
    "body.clientSecret": ("app secrets", 0.9),
    "body.targetOrgId": ("partners", 0.8),
    "query.orgId": ("organizations", 0.95),
    "query.locationId": ("locations", 0.7),
    "query.customerId": ("customers", 0.7),
    "query.ownerId": ("people", 0.5),
    "query.email": ("emails", 0.5),
    "body.id": ("locations", 0.5),
    "body.orgId": ("organizations", 0.9),
    "body.customerId": ("customers", 0.8),
    "body.provisioningId": ("templates", 0.9),
    "body.locationId": ("locations", 0.8),
    "body.targetLocationId": ("locations", 0.9),
    "body.personId": ("people", 0.8),
    "body.locationMemberId": ("people", 0.8),
    "body.premiseRouteId": ("routes", 0.8),
    "body.phoneNumbers[*]": ("numbers", 0.8),
    "body.extensions[*]": ("extensions", 0.5),
    "body.roles[*]": ("roles", 0.8),
    "body.emails[*]": ("new emails", 0.9),
    "body.email": ("new emails", 0.8),
    "body.userName": ("new emails", 0.9),
    "body.schemas[*]": ("scim schemas", 0.9),
    "body.Operations[*].path": ("scim paths", 0.8),
    "body.licenses[*].id": ("licenses", 0.9),
    "body.numberList[*].locationId": ("locations", 0.9),
    "body.numberList[*].numbers[*]": ("numbers", 0.9),
    "body.usersList[*].locationId": ("locations", 0.9),
    "body.usersList[*].users[*].userId": ("people", 0.9),
    "body.provisioningParameters.locationId": ("locations", 0.8),
    "body.provisioningParameters.primaryPhoneNumber": ("numbers", 0.8),
    "body.provisioningParameters.calling.location.timezone": ("zones", 0.9),
    "body.provisioningParameters.calling.location.language": ("languages", 0.9),
    "body.provisioningParameters.calling.location.address.country": ("countries", 0.9),
    "body.provisioningParameters.calling.location.address.stateOrProvince": ("states", 0.9),
    "body.provisioningParameters.calling.location.address.zipOrPostalCode": ("postal codes", 0.9),
    "body.address.country": ("countries", 0.9),
    "body.address.stateOrProvince": ("states", 0.9),
    "body.address.zipOrPostalCode": ("postal codes", 0.9),
    "body.address.state": ("states", 0.9),
    "body.address.postalCode": ("postal codes", 0.9),
    "body.timeZone": ("zones", 0.9),
    "body.preferredLanguage": ("languages", 0.9),
    "body.announcementLanguage": ("languages", 0.9),
    "body.announcementLanguageCode": ("languages", 0.9),
    "body.callingLineId.phoneNumber": ("numbers", 0.8),
    "body.phoneNumbers[*].value": ("numbers", 0.8),
    "body.phoneNumbers[*].directNumber": ("numbers", 0.8),
}


def configuration(description: dict[str, Any], ids: Ids) -> str:
    names = {word: f"ids-{number}" for number, word in enumerate(sorted(ids))}
    lines = ["[parameters]"]
    for field, (word, probability) in FIELDS.items():
        if word in names:
            lines.append(f'"{field}" = {{ dictionary = "{names[word]}", probability = {probability} }}')
    for word, name in names.items():
        lines += ["", f"[dictionaries.{name}]", f"# {word}", f"values = {json.dumps(ids[word])}"]
    for path in description["paths"]:
        known = {part: names[word] for part, word in words_of(path).items() if word in names}
        if known:
            lines += ["", "[[operations]]", f"include-path = {json.dumps(path)}", "[operations.parameters]"]
            lines += [f'"path.{part}" = {{ dictionary = "{name}", probability = 0.8 }}' for part, name in known.items()]
    # Removing a number that nobody has is 502 with code 4251 on the service, and so here.
    removal = next((path for path in description["paths"] if path.endswith("/numbers") and "/locations/" in path), "")
    lines += ["", "[[operations]]", f"include-name = {json.dumps(f'DELETE {removal}')}"]
    lines += ["[operations.checks.not_a_server_error]", 'expected-statuses = ["2xx", "3xx", "4xx", 502]']
    return "\n".join(lines)


if __name__ == "__main__":
    found = Ids()
    furnish(found)
    with open(sys.argv[1], encoding="utf-8") as file:
        print(configuration(json.load(file), found))
