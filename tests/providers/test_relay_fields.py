"""What an arm asks of a provider's SMTP relay stands in that relay's own header fields, and is gone from what arrives."""

from __future__ import annotations

import email
import json

import pytest

from benchkit.batch import from_mime
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Address, Content, Message
from benchkit.profiles.relay_terms import api_hosts, relays
from benchkit.providers import PROVIDERS
from benchkit.providers.relay_fields import RELAYS, relayed
from benchkit.sink import parse_body

IDENTITY = PLACEHOLDER.decode()
HEAD = b"MAIL FROM:<a@shop.example>\r\nRCPT TO:<b@example.com>\r\n\r\n"


def mail(*headers: tuple[str, str]) -> Message:
    content = Content(
        "Hello", Address("", "a@shop.example"), (Address("", "b@example.com"),), text="Hi", headers=headers
    )
    lines = [
        "From: a@shop.example",
        "To: b@example.com",
        "Subject: Hello",
        *(f"{n}: {v}" for n, v in headers),
        "",
        "Hi",
        "",
    ]
    return Message(0, content, "\r\n".join(lines).encode(), "a@shop.example", ("b@example.com",))


ROWS: list[tuple[str, dict[str, str], dict[str, object]]] = [
    (
        "ses",
        {"tags": "kind=receipt, shop=north", "configuration_set": "main", "region": "eu-west-1"},
        {
            "X-SES-CONFIGURATION-SET": "main",
            "X-SES-MESSAGE-TAGS": f"benchkit-id={IDENTITY}, kind=receipt, shop=north",
        },
    ),
    (
        "sendgrid",
        {"categories": "receipts, north", "custom_args": "shop=7", "tracking": "off", "template": "d-1"},
        {
            "X-SMTPAPI": {
                "unique_args": {HEADER: IDENTITY, "shop": "7"},
                "category": ["receipts", "north"],
                "filters": {
                    "clicktrack": {"settings": {"enable": 0}},
                    "opentrack": {"settings": {"enable": 0}},
                    "templates": {"settings": {"enable": 1, "template_id": "d-1"}},
                },
            }
        },
    ),
    (
        "postmark",
        {"stream": "outbound", "tag": "receipt", "metadata": "shop=7", "tracking": "off"},
        {
            "X-PM-Message-Stream": "outbound", "X-PM-Tag": "receipt", "X-PM-Metadata-shop": "7",
            "X-PM-TrackOpens": "false", "X-PM-TrackLinks": "None",
        },
    ),
    (
        "mailgun",
        {"tags": "receipt", "metadata": "shop=7", "tracking": "off", "template": "receipt", "domain": "mg.shop.example"},
        {
            "X-Mailgun-Tag": "receipt", "X-Mailgun-Variables": {"shop": "7"}, "X-Mailgun-Track": "no",
            "X-Mailgun-Template-Name": "receipt",
        },
    ),
    (
        "mandrill",
        {"tags": "receipt, north", "metadata": "shop=7", "subaccount": "north", "template": "receipt"},
        {
            "X-MC-Tags": "receipt,north", "X-MC-Metadata": {HEADER: IDENTITY, "shop": "7"}, "X-MC-Subaccount": "north",
            "X-MC-Template": "receipt",
        },
    ),
    (
        "mailjet",
        {"campaign": "spring", "metadata": "shop=7", "tracking": "off", "template": "12"},
        {
            "X-MJ-CustomID": IDENTITY, "X-MJ-EventPayload": {"shop": "7"}, "X-Mailjet-Campaign": "spring",
            "X-Mailjet-TrackOpen": "0", "X-Mailjet-TrackClick": "0", "X-MJ-TemplateID": "12", "X-MJ-TemplateLanguage": "1",
        },
    ),
    (
        "brevo",
        {"tags": "receipt, north", "metadata": "shop=7"},
        {"X-Mailin-Tag": "receipt,north", "X-Mailin-custom": {HEADER: IDENTITY, "shop": "7"}},
    ),
    (
        "sparkpost",
        {"campaign": "spring", "metadata": "shop=7", "tags": "receipt, north"},
        {
            "X-MSYS-API": {
                "campaign_id": "spring",
                "tags": ["receipt", "north"],
                "metadata": {HEADER: IDENTITY, "shop": "7"},
                "options": {"transactional": True, "open_tracking": False, "click_tracking": False},
            }
        },
    ),
    (
        "mailtrap",
        {"category": "receipts", "custom_variables": "shop=7"},
        {"X-MT-Category": "receipts", "X-MT-Custom-Variables": {HEADER: IDENTITY, "shop": "7"}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "options", "fields"), ROWS, ids=[row[0] for row in ROWS])
def test_options_become_the_relays_own_header_fields(
    provider: str, options: dict[str, str], fields: dict[str, object]
) -> None:
    assert options.keys() <= RELAYS[provider].taken
    found = email.message_from_bytes(relayed(mail(), RELAYS[provider], options).mime)
    for name, expected in fields.items():
        value = str(found[name]).replace("\r\n", "")
        assert (json.loads(value) if isinstance(expected, dict) else value) == expected
    assert {name for name in dict(found.items()) if name.upper().startswith("X-")} == set(fields)


@pytest.mark.parametrize("provider", RELAYS)
def test_every_option_that_is_carried_stands_in_the_mail_and_the_embedded_relay_removes_it(provider: str) -> None:
    relay, own = RELAYS[provider], mail(("X-Campaign", "spring"))
    for option in relay.options:
        value = "off" if option == "tracking" else "kind=a"
        sent = relayed(own, relay, {option: value})
        assert sent.mime.endswith(own.mime)
        assert len(sent.mime) > len(own.mime)
        assert all(len(line) <= 78 for line in sent.mime.split(b"\r\n")[:-3])
        assert from_mime(sent.mime) != own.content
        (received,) = parse_body("smtp", provider, HEAD, sent.mime)
        assert received.content == own.content


def test_several_tags_of_mailgun_are_several_fields() -> None:
    found = email.message_from_bytes(relayed(mail(), RELAYS["mailgun"], {"tags": "a, b"}).mime)
    assert found.get_all("X-Mailgun-Tag") == ["a", "b"]


def test_a_mail_without_options_is_the_very_same_where_the_relay_needs_nothing() -> None:
    assert relayed(mail(), RELAYS["postmark"], {}) == mail()


REFUSED = [
    ("sendgrid", {}, ("X-SMTPAPI", "{}"), "X-SMTPAPI of its own"),
    ("postmark", {"tag": "Grüße"}, ("X-A", "b"), "printable ASCII"),
    ("postmark", {"tag": "a" * 1000}, ("X-A", "b"), "longer than a line"),
    ("ses", {"tags": "kind"}, ("X-A", "b"), "key=value"),
    ("mailjet", {"tracking": "no"}, ("X-A", "b"), 'give "off"'),
    ("brevo", {"tags": "a\r\nBcc: x@y"}, ("X-A", "b"), "printable ASCII"),
]


@pytest.mark.parametrize(("provider", "options", "header", "expected"), REFUSED)
def test_what_a_field_cannot_say_is_refused(
    provider: str, options: dict[str, str], header: tuple[str, str], expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        relayed(mail(header), RELAYS[provider], options)


def test_each_relay_with_fields_has_a_host_ports_and_a_provider() -> None:
    terms = relays({name: relay.taken for name, relay in RELAYS.items()})
    assert set(terms) == set(RELAYS) <= set(PROVIDERS.names())
    for name, relay in terms.items():
        assert relay.host, name
        assert relay.starttls_ports or relay.implicit_ports, name
        assert RELAYS[name].silent <= PROVIDERS[name].options
    assert terms["sendgrid"].messages_per_connection == 100
    assert (terms["sendgrid"].username, terms["postmark"].username, terms["ses"].username) == (
        "apikey",
        "{password}",
        "",
    )
    assert api_hosts()["ses"] == "email.{region}.amazonaws.com"
