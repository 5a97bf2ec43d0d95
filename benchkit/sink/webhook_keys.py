"""Secrets of an embedded provider's webhooks, new for each run: what signs, and what its receiver verifies with."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field

from benchkit.events.webhooks.key_pairs import certified_key, elliptic_key


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    signing: str = field(repr=False)
    verifying: str = field(repr=False)


def new_keys(name: str) -> WebhookKeys:
    if name == "sendgrid":
        return WebhookKeys(*elliptic_key())
    if name == "ses":
        return WebhookKeys(*certified_key("sns.amazonaws.com"))
    plain = (
        f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        if name == "resend"
        else f"benchkit:{secrets.token_hex(16)}"
    )
    return WebhookKeys(plain, plain)
