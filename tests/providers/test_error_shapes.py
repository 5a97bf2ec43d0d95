"""The errors that providers document, a row each: the sink can answer with every one of them.

That each of its answers becomes the right outcome is tested in test_named_answers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from benchkit.providers import PROVIDERS

# Status, and what the answer says: its words, its code, or what of a request it refuses.
SHAPES: Mapping[str, tuple[tuple[int, str], ...]] = {
    "mailgun": (
        (400, "is not a valid address"), (401, ""), (404, "Domain not found"), (413, ""), (200, "Mailgun Magnificent API"),
        (429, "request limit exceeded"), (429, "bytes limit exceeded"), (429, "recipient limit exceeded"),
    ),
    "sendgrid": ((400, "to.0.email"), (401, ""), (403, "from"), (413, ""), (429, "ratelimit"), (500, "")),
    "ses": (
        (400, "MessageRejected"), (400, "MailFromDomainNotVerified"), (400, "AccountSuspended"), (400, "SendingPaused"),
        (400, "BadRequest"), (400, "LimitExceeded"), (404, "NotFound"), (429, "TooManyRequestsException"),
        (400, "Maximum sending rate exceeded"), (400, "Daily message quota exceeded"),
        *((200, name) for name in (
            "MESSAGE_REJECTED", "MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND",
            "ACCOUNT_SUSPENDED", "ACCOUNT_THROTTLED", "ACCOUNT_DAILY_QUOTA_EXCEEDED", "INVALID_SENDING_POOL_NAME",
            "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED", "INVALID_PARAMETER", "TRANSIENT_FAILURE", "FAILED",
        )),
    ),
    "postmark": (
        (401, ""), (429, ""), (200, "406"),
        *((422, f"'{code}'") for code in (300, 400, 401, 402, 403, 405, 406, 409, 410, 411, 412, 413)),
    ),
    "resend": (
        (400, "validation_error"), (400, "invalid_idempotency_key"), (401, "missing_api_key"), (401, "restricted_api_key"),
        (403, "invalid_api_key"), (409, "invalid_idempotent_request"), (409, "concurrent_idempotent_requests"),
        (422, "missing_required_field"), (429, "retry-after"), (429, "daily_quota_exceeded"),
    ),
    "brevo": ((400, "missing_parameter"), (401, ""), (402, ""), (404, "document_not_found"), (429, "x-sib-ratelimit")),
    "sparkpost": ((422, "1400"), (420, ""), (429, ""), (200, "errors beside results")),
    "mailjet": ((400, "mj-0002"), (401, ""), (429, ""), (400, "whose list holds successes too")),
    "mailersend": ((422, "MS42202"), (401, ""), (429, "x-ratelimit"), (429, "x-apiquota"), (202, "warnings"),
                   (202, "accepts no recipient")),
    "mandrill": ((500, "Invalid_Key"), (500, "GeneralError"), (200, "rejected"), (200, "invalid")),
    "mailtrap": ((401, ""), (400, ""), (429, ""), (200, "success")),
    "gmail": ((403, "rateLimitExceeded"), (403, "userRateLimitExceeded"), (429, ""), (401, "")),
    "graph": ((429, "retry-after"), (400, "ErrorInvalidRecipients"), (202, "asks to wait"), (200, "")),
    "jmap": (
        (200, "serverUnavailable"), (200, "tooManyRecipients"), (200, "invalidRecipients"), (200, "forbiddenFrom"),
        (200, "tooLarge"), (400, "jmap:error:limit"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "status", "words"), [(name, *row) for name, rows in SHAPES.items() for row in rows]
)
def test_the_sink_can_answer_so(provider: str, status: int, words: str) -> None:
    answers: Mapping[str, Any] = PROVIDERS[provider].server.answers
    assert any(answer.status == status and words in f"{name.upper()} {answer}" for name, answer in answers.items())
