"""Email APIs without I/O: message → request, response → outcome, and each one's receiving half in a file beside it."""

from __future__ import annotations

from benchkit.model.contracts import Provider
from benchkit.model.registry import Registry

_BUILT_IN = (
    "azure", "brevo", "cloudflare", "gmail", "graph", "jmap", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill",
    "postmark", "resend", "sendgrid", "ses", "smtp2go", "sparkpost",
)  # fmt: skip
PROVIDERS: Registry[Provider] = Registry("provider", "benchkit.providers", "PROVIDER", _BUILT_IN)
