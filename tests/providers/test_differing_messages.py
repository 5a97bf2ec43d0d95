"""Messages that cannot share a request or a stored template: the error names what differs, what holds it, and what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchkit.batch import to_mime
from benchkit.model.contracts import BatchProvider, StoredTemplateProvider
from benchkit.model.exchange import Credentials
from benchkit.model.message import Address, Attachment, Content, Message
from benchkit.providers import PROVIDERS

SENDER = Address("Shop", "news@shop.example")
ACCOUNT = Credentials("key")
UNSUBSCRIBE = (("List-Unsubscribe", "<https://x.example/1>"),)
BATCH, STORED = "one request of {}", "a stored template of SparkPost"
CLIENT, SINGLE = 'use render = "client"', "send one message a request"
DIFFERENCES: dict[str, tuple[dict[str, Any], str]] = {
    "a header field": ({"headers": UNSUBSCRIBE}, "another List-Unsubscribe field than the first"),
    "two header fields": (
        {"headers": (*UNSUBSCRIBE, ("X-A", "{1}"))},
        "another List-Unsubscribe field and X-A field than",
    ),
    "a sender": ({"sender": Address("Bo", "bo@shop.example")}, "another sender than the first"),
    "an answer address": ({"reply_to": (SENDER,)}, "another Reply-To than the first"),
    "a file": ({"attachments": (Attachment("a.txt", "text/plain", b"a"),)}, "another attachment than the first"),
    "a copy": ({"cc": (SENDER,)}, "more than one recipient"),
}


def mail(number: int, **fields: Any) -> Message:
    content = Content("Hi", SENDER, (Address("Ann", f"{number}@x.example"),), f"Dear {number}")
    content = replace(content, **fields)
    recipients = tuple(address.addr for address in (*content.to, *content.cc))
    return Message(number, content, to_mime(content), content.sender.addr, recipients)


@pytest.mark.parametrize(("fields", "told"), DIFFERENCES.values(), ids=DIFFERENCES)
@pytest.mark.parametrize("name", ["sparkpost", "mandrill"])
def test_a_request_of_several(name: str, fields: dict[str, Any], told: str) -> None:
    provider = PROVIDERS[name]
    assert isinstance(provider, BatchProvider)
    with pytest.raises(ValueError, match="message 1 of the batch has") as raised:
        provider.batch([mail(0), mail(1, **fields)], ACCOUNT)
    holder = BATCH.format({"sparkpost": "SparkPost", "mandrill": "Mandrill"}[name])
    for part in (told, f"and {holder} ", f", or {SINGLE}"):
        assert part in str(raised.value)


@pytest.mark.parametrize(("fields", "told"), [each for name, each in DIFFERENCES.items() if name != "a file"])
def test_a_stored_template_is_named_also_for_one_message_a_request(fields: dict[str, Any], told: str) -> None:
    provider = PROVIDERS["sparkpost"]
    assert isinstance(provider, StoredTemplateProvider)
    with pytest.raises(ValueError, match="message 1 of the batch has") as raised:
        provider.stored([mail(0), mail(1, **fields)], ACCOUNT)
    for part in (told, f"and {STORED} ", f", or {CLIENT}"):
        assert part in str(raised.value)
    assert "request" not in str(raised.value)
