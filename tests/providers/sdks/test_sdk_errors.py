"""Every answer that the sink gives as a provider, through the SDKs of that provider: each understands each error.

What a provider refuses the SDK raises, with the provider's words, its code or its status. What it takes in part, or hides in
a 200, is in tables: there the SDK itself may see a success.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.scenario import Fault
from benchkit.providers import PROVIDERS
from benchkit.sink import parse_body
from tests.providers.sdks.sdk_calls import SDKS
from tests.providers.sdks.test_sdks import SECRET, listener
from tests.sink.conftest import Running, running

__all__ = ["running"]
# The SDK returns an id: how many recipients the sink has taken.
TAKEN_AS_SENT: Mapping[tuple[str, str], int] = {
    ("postmarker", "some_inactive"): 2,
    ("postmark-python", "some_inactive"): 2,
    ("mailersend", "some_suppressed"): 2,
    ("mailersend", "all_suppressed"): 0,
}
# What the SDK makes of an answer instead of its words.
IN_OTHER_WORDS: Mapping[tuple[str, str], str] = {
    ("resend", "missing_key"): "missing_api_key",
    ("resend", "some_invalid"): "Invalid `to` field",
    ("postmarker", "wrong_token"): "[10] The Server Token",
    ("postmarker", "maintenance"): "[100] The Postmark API is offline",
    ("mailgun", "wrong_path"): "Mailgun Magnificent API",  # it is not JSON
    ("mailjet_rest", "too_large"): "413",
    ("mailjet_rest", "some_refused"): "a@b@c is an invalid email address",
    ("mailersend", "quota"): "429",  # its HTTP library hides the words
    ("mailtrap", "not_sent"): "was not sent",  # no message_ids
    ("mailtrap", "some_refused"): "to address is invalid",
}


def cases() -> Iterator[tuple[str, str]]:
    """Amazon's answers within a 200 are those of bulk mail; all others are the same for each of its calls."""
    for sdk, (provider, _) in SDKS.items():
        for answer in PROVIDERS[provider].server.answers:
            if provider != "ses" or sdk == ("boto3, bulk" if answer.startswith("entry_") else "boto3, simple"):
                yield sdk, answer


def wanted(sdk: str, provider: str, answer: str) -> str:
    """What the exception must say: the text of the answer, or the status of the mail that it refuses within a 200."""
    if (sdk, answer) in IN_OTHER_WORDS:
        return IN_OTHER_WORDS[sdk, answer]
    if answer.startswith("entry_"):
        return answer.removeprefix("entry_").upper()
    named: Any = PROVIDERS[provider].server.answers[answer]
    return named.text or named.code or str(named.status)


def told(error: BaseException) -> str:
    """All that an SDK's exception says: its words, its attributes, and the response that it carries."""
    response: Any = getattr(error, "response", None)
    parts = [str(error), *(str(value) for value in vars(error).values()), str(getattr(response, "text", ""))]
    return re.sub(r"[\\\"']", "", " ".join(parts))


@pytest.mark.parametrize(("sdk", "answer"), list(cases()))
def test_an_sdk_understands_every_answer_of_its_provider(sdk: str, answer: str, running: Running) -> None:
    provider, call = SDKS[sdk]
    sink = running(replace(listener(provider), faults=(Fault("request", answer=answer),)))
    if (taken := TAKEN_AS_SENT.get((sdk, answer))) is not None:
        assert call(sink.port, SECRET)
        bodies = sink.ledger.bodies.values() if sink.ledger.arrivals else ()
        assert sum(len(mail.recipients) for body in bodies for mail in parse_body("api", provider, *body)) == taken
        return
    with pytest.raises(Exception) as caught:  # noqa: PT011  (what it says is what is tested)
        call(sink.port, SECRET)
    assert re.sub(r"[\"']", "", wanted(sdk, provider, answer)) in told(caught.value)
    assert sink.ledger.arrivals == []
