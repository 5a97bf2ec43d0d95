"""A pair of secrets for each webhook, made once in a run of the tests: what signs, and what verifies."""

from __future__ import annotations

from functools import cache

from benchkit.events.webhooks.webhook_keys import certified_key, elliptic_key

URL = "https://hooks.shop.example/mandrill"


@cache
def secrets_of(name: str) -> tuple[str, str]:
    if name == "sendgrid":
        return elliptic_key()
    if name == "ses":
        return certified_key("sns.test")
    plain = {"resend": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.get(name, "user:a-long-secret")
    return plain, plain
