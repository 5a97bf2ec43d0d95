"""The providers' own SDKs send to the sink and are understood, errors included; moto takes benchkit's SES requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Fault, Security
from benchkit.sink import parse_body
from tests.providers.sdks.sdk_calls import CONTENT, RECIPIENTS, SDKS, TERMS
from tests.sink.conftest import Running, running

__all__ = ["running"]
SECRET = "correct-horse"


def listener(provider: str) -> ListenerConfig:
    return ListenerConfig(0, "api", Security.NONE, provider, password=SECRET, auth_required=True)


CARRIED = {"brevo": replace(CONTENT, attachments=(TERMS,))}


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdks_mail_arrives_whole(sdk: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(listener(provider))
    server_id = call(sink.port, SECRET)
    ((_, (head, body)),) = sink.ledger.bodies.items()
    (mail,) = parse_body("api", provider, head, body)
    assert mail.content == CARRIED.get(sdk, CONTENT)
    assert sorted(mail.recipients) == sorted(RECIPIENTS)
    assert server_id
    assert call(sink.port, SECRET) != server_id, "two equal sends are two messages"


@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_understands_a_wrong_key(sdk: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(listener(provider))
    with pytest.raises(Exception, match=r"(?i)key|token|grant|signature|authoriz|unauthenticated|401|403"):
        call(sink.port, "wrong")
    assert sink.ledger.arrivals == []


# An answer of the sink that plays the provider → what the provider's own SDK raises, by its words.
ERRORS = {
    ("sendgrid", "rate_limit"): "429",
    ("sendgrid", "unverified_sender"): "403",
    ("resend", "rate_limit"): "Too many requests",
    ("resend", "daily_quota"): "daily email sending quota",
    ("resend", "invalid_recipient"): "Invalid `to` field",
    ("postmarker", "inactive_recipient"): "marked as inactive",
    ("postmarker", "wrong_token"): "Server Token",
    ("boto3, simple", "message_rejected"): "MessageRejected.*not verified",
    ("boto3, simple", "account_suspended"): "AccountSuspendedException",
    ("boto3, simple", "sending_rate"): "TooManyRequestsException.*Maximum sending rate exceeded",
    ("boto3, bulk", "entry_message_rejected"): "MESSAGE_REJECTED",
    ("brevo", "no_credits"): "not_enough_credits",
    ("brevo", "rate_limit"): "too_many_requests",
    ("mailersend", "unverified_domain"): "MS42207",
    ("mailersend", "rate_limit"): "429",  # its HTTP library hides the words
    ("mailtrap", "unverified_domain"): "not verified",
    ("mailtrap", "rate_limit"): "Too many emails",
}


@pytest.mark.parametrize(("sdk", "answer"), ERRORS)
def test_an_sdk_understands_an_error_of_its_provider(sdk: str, answer: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(replace(listener(provider), faults=(Fault("request", answer=answer),)))
    with pytest.raises(Exception, match=f"(?s){ERRORS[sdk, answer]}"):
        call(sink.port, SECRET)
    assert sink.ledger.arrivals == []
