"""Mailgun's recipient variables: what fills them in, what is text, and who cannot share a request."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials, Request
from benchkit.model.identity import PLACEHOLDER, token_of
from benchkit.model.message import Address, Attachment, Content, Message
from benchkit.providers.mailgun import PROVIDER
from benchkit.providers.multipart import FormPart, decode, encode

ACCOUNT = Credentials("key")
SENDER = Address("Shop", "shop@shop.example")


def mail(number: int = 0, **fields: Any) -> Message:
    content = Content("Hi", SENDER, (Address("Ann", f"{number}@x.example"),), f"Dear {number}")
    content = replace(content, **fields)
    return Message(number, content, to_mime(content), SENDER.addr, tuple(address.addr for address in content.to))


def fields_of(request: Request) -> dict[str, str]:
    parts = decode(request.header("content-type"), request.body)
    return {part.name: part.data.decode() for part in parts if not part.filename}


def test_what_differs_is_a_variable_and_what_does_not_stands_as_it_is() -> None:
    request = PROVIDER.batch([mail(0), mail(1), mail(2)], ACCOUNT).request([0, 2], [b"first", b"third"])
    found = fields_of(request)
    assert (found["subject"], found["text"], found["h:X-Benchkit-Id"]) == ("Hi", "%recipient.text%", "%recipient.id%")
    assert found["h:Message-Id"] == "<%recipient.id%@shop.example>"
    assert json.loads(found["recipient-variables"]) == {
        "0@x.example": {"id": "first", "text": "Dear 0"},
        "2@x.example": {"id": "third", "text": "Dear 2"},
    }
    assert request.body.count(b'name="to"') == 2


def test_files_are_sent_once_for_all() -> None:
    terms = Attachment("terms.pdf", "application/pdf", b"%recipient.id% is no variable in a file")
    messages = [mail(number, attachments=(terms,)) for number in range(3)]
    request = PROVIDER.batch(messages, ACCOUNT).request([0, 1, 2], [b"a", b"b", b"c"])
    assert request.body.count(terms.data) == 1
    assert [received.content for received in PROVIDER.server.receive(request)] == [m.content for m in messages]


def test_a_header_field_that_differs_is_a_variable() -> None:
    messages = [mail(i, headers=(("X-A", "same"), ("List-Unsubscribe", f"<https://x.example/{i}>"))) for i in range(3)]
    request = PROVIDER.batch(messages, ACCOUNT).request([0, 1, 2], [b"a", b"b", b"c"])
    found = fields_of(request)
    assert (found["h:X-A"], found["h:List-Unsubscribe"]) == ("same", "%recipient.header-1%")
    assert [received.content for received in PROVIDER.server.receive(request)] == [m.content for m in messages]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (replace(mail(), envelope_from=""), "remove envelope_from"),
        (replace(mail(), fields_fault="is signed"), "it is signed"),
        (mail(text=""), "Mailgun needs a text"),
        (mail(attachments=(Attachment("", "image/png", b"a"),)), "without a file name"),
        (replace(mail(), recipients=()), "has more than one recipient"),
        (mail(headers=tuple((f"X-{i}", "a" * 800) for i in range(20))), "16,000 bytes together"),
    ],
)
def test_what_fields_cannot_carry_is_said_of_one_and_of_several(message: Message, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PROVIDER.batch([message], ACCOUNT)
    with pytest.raises(
        ValueError, match=said.replace("has more than one recipient", "is in the mail, but not in its envelope")
    ):
        PROVIDER.request(message, ACCOUNT)


def test_no_request_names_a_recipient_that_the_envelope_does_not() -> None:
    with pytest.raises(ValueError, match=r"real@shop.example is in the mail, but not in its envelope"):
        PROVIDER.request(replace(mail(cc=(Address("", "real@shop.example"),))), ACCOUNT)


AWKWARD = st.one_of(
    st.sampled_from(
        ["%", "%%", "100 %", "%recip%", "recipient.id%", '"', "\\", "\\u0041", "{}", "'", "</b>", "\t", "é😀"]
    ),
    st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8),
)


TEXTS = st.lists(AWKWARD, max_size=5).map("".join).filter(lambda text: "%recipient" not in text)


@given(texts=st.lists(TEXTS, min_size=2, max_size=4))
def test_a_value_is_text_whatever_it_looks_like(texts: list[str]) -> None:
    messages = [
        mail(i, subject=text, to=(Address(text, f"{i}@x.example"),), text=f".{text}") for i, text in enumerate(texts)
    ]
    request = PROVIDER.batch(messages, ACCOUNT).request(range(len(texts)), [b"x"] * len(texts))
    assert [received.content for received in PROVIDER.server.receive(request)] == [m.content for m in messages]


OBSTACLES = {
    "two recipients": ({"to": (Address("", "a@x.example"), Address("", "b@x.example"))}, "has more than one recipient"),
    "somebody in Cc": ({"cc": (Address("", "a@x.example"),)}, "has more than one recipient"),
    "another sender": ({"sender": Address("Else", "shop@shop.example")}, "has another sender, Reply-To or attachment"),
    "another Reply-To": ({"reply_to": (SENDER,)}, "has another sender, Reply-To or attachment"),
    "another file": ({"attachments": (Attachment("a", "image/png", b"a"),)}, "has another sender, Reply-To or attachment"),
    "a field more": ({"headers": (("X-A", "1"),)}, "has other header fields than the first"),
    "a variable in its text": ({"text": "Hi %recipient.name%"}, "holds '%recipient'"),
    "a variable in a field": ({"headers": (("X-A", "%recipient.x%"),)}, "has other header fields"),
    "a variable in its subject": ({"subject": "%recipient_email%"}, "holds '%recipient'"),
    "a variable in a name": ({"to": (Address("%recipient.x%", "1@x.example"),)}, "holds '%recipient'"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), OBSTACLES.values(), ids=OBSTACLES)
def test_who_cannot_share_a_request(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"message 1 of the batch {said}"):
        PROVIDER.batch([mail(0), mail(1, **fields)], ACCOUNT)


def test_mime_bytes_hold_nothing_to_be_filled_in() -> None:
    with pytest.raises(ValueError, match='endpoint = "mime" takes one message a request'):
        PROVIDER.batch([mail()], Credentials("key", {"endpoint": "mime"}))


def form(to: list[str], variables: str, subject: str = "Hi %recipient.name%") -> Request:
    parts = [
        FormPart("from", b"a@b.example"),
        *(FormPart("to", one.encode()) for one in to),
        FormPart("subject", subject.encode()),
    ]
    parts += [FormPart("text", b"x"), FormPart("recipient-variables", variables.encode())]
    content_type, body = encode(parts)
    return Request("POST", "/v3/d/messages", (("content-type", content_type),), body)


FILLED_IN = {
    "known": ('{"a@x.example":{"name":"Ann"}}', "Hi %recipient.name%", "Hi Ann"),
    "a number": ('{"a@x.example":{"name":7}}', "Hi %recipient.name%", "Hi 7"),
    "somebody else's": ('{"b@x.example":{"name":"Bo"}}', "Hi %recipient.name%", "Hi %recipient.name%"),
    "unknown": ('{"a@x.example":{}}', "Hi %recipient.name%", "Hi %recipient.name%"),
    "once": ('{"a@x.example":{"x":"%recipient.y%","y":"no"}}', "%recipient.x%", "%recipient.y%"),
    "twice beside each other": ('{"a@x.example":{"x":"%","y":"!"}}', "%recipient.x%%recipient.y%", "%!"),
}


@pytest.mark.parametrize(("variables", "subject", "read"), FILLED_IN.values(), ids=FILLED_IN)
def test_filling_in(variables: str, subject: str, read: str) -> None:
    (received,) = PROVIDER.server.receive(form(["a@x.example"], variables, subject))
    assert received.content.subject == read


@pytest.mark.parametrize("variables", ["", "[]", "{", '{"a@x.example":"Ann"}'])
def test_variables_that_are_none_are_refused(variables: str) -> None:
    with pytest.raises(ValueError, match="'recipient-variables' parameter is not a valid JSON"):
        PROVIDER.server.receive(form(["a@x.example"], variables))


@pytest.mark.parametrize("number", [1000, 1001])
def test_a_request_takes_a_thousand(number: int) -> None:
    request = form([f"{i}@x.example" for i in range(number)], "{}")
    if number > PROVIDER.batch_limit:
        with pytest.raises(ValueError, match="too many recipients"):
            PROVIDER.server.receive(request)
    else:
        assert len(PROVIDER.server.receive(request)) == number


def test_without_variables_it_is_one_mail_to_all() -> None:
    parts = [FormPart("from", b"a@b.example"), FormPart("to", b"a@x.example, b@x.example"), FormPart("text", b"x")]
    content_type, body = encode(parts)
    (received,) = PROVIDER.server.receive(Request("POST", "/v3/d/messages", (("content-type", content_type),), body))
    assert received.recipients == ("a@x.example", "b@x.example")


def test_the_identity_has_its_place_in_each_mail() -> None:
    tokens = [token_of("0badcafe", send) for send in (4, 5)]
    request = PROVIDER.batch([mail(0), mail(1)], ACCOUNT).request([0, 1], tokens)
    assert PLACEHOLDER not in request.body
    assert [request.body.count(token) for token in tokens] == [1, 1]
