"""Customers and subscribers through the SDK's session, as it has no wholesale interface of its own."""

from .stage import CALLING, AtCustomer, customer_body, until


class Customers(AtCustomer):
    def test_a_customer_is_listed_changed_and_deleted(self) -> None:
        wholesale, made = self.partner.wholesale, self.partner.add_customer(CALLING)
        listed = list(wholesale.customers(externalId=made.external_id))
        self.assertEqual([customer.id for customer in listed], [made.id])
        wholesale.update_customer(made.id, {"packages": [CALLING, "webex_meetings"]})
        changed = until(lambda: wholesale.customer(made.id), lambda seen: seen.status != "updating")
        self.assertEqual(changed.status, "provisioned")
        self.assertEqual(set(changed.packages), {CALLING, "webex_meetings"})
        wholesale.delete_customer(made.id)
        until(lambda: list(wholesale.customers(externalId=made.external_id)), lambda seen: not seen)
        self.assertRefused(404, wholesale.customer, made.id)

    def test_a_customer_is_checked_first(self) -> None:
        body = customer_body("not-made", self.partner.template, [CALLING])
        self.assertEqual(self.partner.wholesale.check_customer(body).message, "success")
        body["provisioningId"] = "unknown"
        self.assertRefused(400, self.partner.wholesale.check_customer, body)
        self.assertEqual(list(self.partner.wholesale.customers(externalId="not-made")), [])


class Subscribers(AtCustomer):
    def test_a_subscriber_is_checked_made_changed_and_deleted(self) -> None:
        wholesale, location = self.partner.wholesale, self.customer.headquarters
        line = {"firstName": "Ann", "lastName": "Marsh", "extension": "201", "locationId": location}
        email = f"ann@{self.customer.external_id}.example"
        body = {"customerId": self.customer.id, "email": email, "packages": [CALLING], "provisioningParameters": line}
        self.assertEqual(wholesale.check_subscriber(body).message, "success")
        made = wholesale.create_subscriber(body)
        self.assertEqual((made.status, made.packages), ("provisioned", [CALLING]))
        self.assertEqual(wholesale.subscriber(made.id), made)
        changed = wholesale.update_subscriber(made.id, {"packages": ["webex_meetings"]})
        self.assertEqual(changed.packages, ["webex_meetings"])
        wholesale.delete_subscriber(made.id)
        self.assertRefused(404, wholesale.subscriber, made.id)
        self.assertEqual(
            [person.emails for person in self.api.people.list(email=email, org_id=self.customer.org)],
            [[email]],
            "the person stays",
        )

    def test_an_email_of_another_customer_is_refused_with_its_code(self) -> None:
        ann = self.customer.add_subscriber("Ann", self.customer.headquarters, extension="250")
        other = self.partner.add_customer(CALLING)
        body = {
            "customerId": other.id,
            "email": ann.email,
            "packages": [CALLING],
            "provisioningParameters": {"firstName": "A", "lastName": "M", "extension": "1", "locationId": other.headquarters},
        }
        refused = self.assertRefused(400, self.partner.wholesale.create_subscriber, body)
        self.assertEqual(refused.code, 10022)

    def test_subscribers_are_filtered_and_sorted(self) -> None:
        wholesale = self.partner.wholesale
        made = [self.customer.add_subscriber(f"User{n}", self.customer.headquarters, extension=f"40{n}") for n in range(3)]
        listed = list(wholesale.subscribers(customerId=self.customer.id, sortBy="created", sortOrder="ASC"))
        self.assertEqual([one.id for one in listed if one.email.startswith("user")], [one.id for one in made])
        one = list(wholesale.subscribers(customerId=self.customer.id, email=made[1].email))
        self.assertEqual([one.id for one in one], [made[1].id])


class Reports(AtCustomer):
    def test_a_billing_report_is_made_read_and_deleted(self) -> None:
        wholesale = self.partner.wholesale
        period = {"billingStartDate": "2026-01-01", "billingEndDate": "2026-01-31"}
        made = wholesale.create_report({**period, "type": "CUSTOMER"})
        self.assertEqual((made.billing_start_date, made.type), ("2026-01-01", "CUSTOMER"))
        done = until(lambda: wholesale.report(made.id), lambda seen: seen.status != "IN_PROGRESS")
        self.assertEqual(done.status, "COMPLETED")
        self.assertTrue(done.temp_download_url)
        self.assertIn(made.id, [report.id for report in wholesale.reports(type="CUSTOMER")])
        wholesale.delete_report(made.id)
        self.assertRefused(404, wholesale.report, made.id)


class SubPartners(AtCustomer):
    def test_a_partner_without_sub_partners_has_an_empty_list(self) -> None:
        self.assertEqual(list(self.partner.wholesale.sub_partners()), [])

    def test_consent_is_asked_of_those_alone_who_have_to_give_it(self) -> None:
        ann = self.customer.add_subscriber("Ann", self.customer.headquarters, extension="260")
        url = self.api.session.ep(f"subscribers/{ann.id}/emails/consentMove")
        self.assertRefused(409, self.api.session.rest_post, url)
