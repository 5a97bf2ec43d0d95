"""Webhooks of email providers: body → events, the signature verified, and both made as the provider would for the sink.

One file a provider, named as it is registered. A webhook's secret is text: a signing key, `user:password` where the provider
signs nothing, a public key (SendGrid), a certificate in PEM (SES).
"""

from __future__ import annotations

from benchkit.events.webhooks.webhook import Unverified as Unverified
from benchkit.events.webhooks.webhook import Webhook as Webhook
from benchkit.model.registry import Registry

WEBHOOKS: Registry[Webhook] = Registry(
    "webhook",
    "benchkit.events.webhooks",
    "WEBHOOK",
    (
        "mailgun",
        "sendgrid",
        "ses",
        "postmark",
        "resend",
        "sparkpost",
        "mailjet",
        "mailersend",
        "mandrill",
        "brevo",
        "mailtrap",
    ),
)
