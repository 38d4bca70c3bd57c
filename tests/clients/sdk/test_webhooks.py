"""Webhooks; the SDK calls them `webhook`."""

from wxc_sdk.webhook import Webhook, WebhookEventType, WebhookResource

from .stage import AtCustomer


class Webhooks(AtCustomer):
    def test_webhooks_are_created_listed_changed_and_deleted(self) -> None:
        webhooks = self.api.webhook
        made = [
            webhooks.create(
                name=f"jobs {index}",
                target_url="https://hooks.example.com/jobs",
                resource=WebhookResource.admin_batch_jobs,
                event=WebhookEventType.status_changed,
                owned_by="org",
            )
            for index in range(3)
        ]
        self.assertEqual(made[0].status, "active")
        self.assertEqual(webhooks.details(made[0].webhook_id or ""), made[0])
        listed = {webhook.webhook_id for webhook in webhooks.list(owned_by="org")}
        self.assertLessEqual({webhook.webhook_id for webhook in made}, listed)

        # The SDK's own update sends a form under the name of JSON.
        url = self.api.session.ep(f"webhooks/{made[0].webhook_id}")
        body = {"name": "renamed", "targetUrl": "https://hooks.example.com/other", "status": "active"}
        changed = Webhook.model_validate(self.api.session.rest_put(url, json=body))
        self.assertEqual((changed.name, changed.target_url), ("renamed", "https://hooks.example.com/other"))

        for webhook in made:
            webhooks.webhook_delete(webhook.webhook_id or "")
        self.assertRefused(404, webhooks.details, made[0].webhook_id)
