"""Webhooks: published vectors, 200 tampered requests, and every kind of event as it is posted and read back."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.events.webhooks import WEBHOOKS, Unverified
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request
from tests.events.secrets_of import URL, secrets_of

NOW = WebhookArrival(URL, 1_700_000_000, "nonce-1")
IDENTITY = "bk0123abcd-0000000042"
# What a provider has no event for, by its documentation
SILENT = {
    "postmark": {EventKind.ACCEPTED},
    "resend": {EventKind.UNSUBSCRIBED},
    "mailjet": {EventKind.ACCEPTED},
    "mailersend": {EventKind.REJECTED},
    "mailtrap": {EventKind.ACCEPTED},
}
MERGED = {"mailgun", "ses", "resend", "mailersend", "postmark", "brevo"}  # one event a POST
AGENT = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/150.0"


def event(kind: EventKind, source: str, **changed: object) -> Event:
    reason = "550 5.1.1 no such user" if kind in (EventKind.BOUNCED, EventKind.REJECTED) else ""
    base = Event(
        kind,
        source,
        at_ms=1_700_000_123_000,
        recipient="b@there.example",
        message_id="4242" if source == "mailjet" else "id-1",
        identity=IDENTITY,
        event_id="e-1",
        bounce=Bounce.HARD if kind is EventKind.BOUNCED else Bounce.NONE,
        reason=reason,
        agent=AGENT if kind in (EventKind.OPENED, EventKind.CLICKED) else "",
        url="https://shop.example/x" if kind is EventKind.CLICKED else "",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def post(*events: Event) -> Request:
    """As the provider would: composed, and signed."""
    webhook = WEBHOOKS[events[0].source]
    (request,) = webhook.compose(events)
    return webhook.sign(request, secrets_of(webhook.name)[0], NOW)


VECTORS: dict[str, tuple[str, Request, str]] = {
    # svix 2.9.1, the vector of its own libraries
    "svix": (
        "resend",
        Request(
            "POST",
            "/",
            (
                ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("svix-timestamp", "1614265330"),
                ("svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ),
            b'{"test": 2432232314}',
        ),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ),
    # sendgrid-python, test/unit/test_eventwebhook.py
    "sendgrid": (
        "sendgrid",
        Request(
            "POST",
            "/",
            (
                (
                    "x-twilio-email-event-webhook-signature",
                    "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
                ),
                ("x-twilio-email-event-webhook-timestamp", "1600112502"),
            ),
            b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":'
            b'"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-'
            b'756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",'
            b'"timestamp":1600112492}]\r\n',
        ),
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    ),
    # the vector that all of Mailtrap's libraries share
    "mailtrap": (
        "mailtrap",
        Request(
            "POST",
            "/",
            (("mailtrap-signature", "6d262e2611cd09be1f948382b5c611d63b0e585c4c9c5e40139d6ac3876d5433"),),
            b'{"event":"delivery","sending_stream":"transactional","category":"welcome","message_id":'
            b'"a8b1d8f6-1f8d-4a3c-9b2e-1a2b3c4d5e6f","email":"recipient@example.com","event_id":'
            b'"f1e2d3c4-b5a6-7890-1234-567890abcdef","timestamp":1716070000}',
        ),
        "8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e",
    ),
}


@pytest.mark.parametrize("case", VECTORS)
def test_published_vector(case: str) -> None:
    name, request, secret = VECTORS[case]
    webhook = WEBHOOKS[name]
    webhook.verify(request, secret, WebhookArrival())
    with pytest.raises(Unverified):
        webhook.verify(replace(request, body=request.body.replace(b"e", b"E", 1)), secret, WebhookArrival())


def test_events_of_the_vectors() -> None:
    (dropped,) = WEBHOOKS["sendgrid"].parse(VECTORS["sendgrid"][1])
    assert (dropped.kind, dropped.message_id, dropped.recipient) == (
        EventKind.REJECTED,
        "LRzXl_NHStOGhQ4kofSm_A",
        "hello@world.com",
    )
    (delivered,) = WEBHOOKS["mailtrap"].parse(VECTORS["mailtrap"][1])
    assert (delivered.kind, delivered.at_ms) == (EventKind.DELIVERED, 1_716_070_000_000)


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_every_kind_of_event_comes_back_as_it_was_sent(name: str, kind: EventKind) -> None:
    webhook, sent = WEBHOOKS[name], event(kind, name)
    if kind in SILENT.get(name, ()):
        assert all(not webhook.parse(request) for request in webhook.compose([sent]))
        return
    request = post(sent)
    webhook.verify(request, secrets_of(name)[1], NOW)
    (found,) = webhook.parse(request)
    assert (found.kind, found.recipient, found.at_ms, found.identity) == (kind, sent.recipient, sent.at_ms, IDENTITY)
    assert (found.message_id, found.bounce, found.url) == (sent.message_id, sent.bounce, sent.url)
    if sent.reason:
        assert (found.reason, found.code, found.enhanced) == (sent.reason, 550, "5.1.1")


@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_soft_bounces_are_told_from_hard_ones(name: str) -> None:
    sent = event(EventKind.BOUNCED, name, bounce=Bounce.SOFT, reason="452 4.2.2 full")
    (found,) = WEBHOOKS[name].parse(post(sent))
    assert (found.kind, found.bounce) in {(EventKind.BOUNCED, Bounce.SOFT), (EventKind.BOUNCED, Bounce.HARD)}
    if name not in ("mailgun", "mailtrap"):  # these have no bounce that is given up: a soft one is a deferral there
        assert found.bounce is Bounce.SOFT


@pytest.mark.parametrize("name", sorted(set(WEBHOOKS.names()) - MERGED))
def test_many_events_in_one_post(name: str) -> None:
    kinds = [kind for kind in EventKind if kind not in SILENT.get(name, ())]
    found = WEBHOOKS[name].parse(post(*(event(kind, name) for kind in kinds)))
    assert [each.kind for each in found] == kinds


def tampered(number: int) -> tuple[str, Request, str]:
    """One change to what is signed: the body, the signature, the time, the address, or the secret."""
    draw = random.Random(number)
    names = WEBHOOKS.names()
    name = names[number % len(names)]
    request, secret = post(event(draw.choice(list(EventKind)[1:4]), name)), secrets_of(name)[1]
    body = bytearray(request.body)
    headers = list(request.headers)
    unsigned_body = WEBHOOKS[name].signs.startswith("nothing") or name == "mailgun"
    what = draw.choice(["header", "secret"] if unsigned_body else ["body", "header", "secret"])
    if what == "body":
        first = request.body.index(b"Message") if name == "ses" else 0  # SNS signs no field but these
        at = draw.randrange(first + 12, first + 80) if name == "ses" else draw.randrange(len(body) - 2) + 1
        body[at] = body[at] % 94 + 33
    elif what == "secret" or name in ("mailgun", "ses"):
        secret = {"sendgrid": VECTORS["sendgrid"][2], "ses": ""}.get(name, secret[:-4] + "AAAA")
    else:
        at = draw.choice(
            [place for place, (key, _) in enumerate(headers) if key != "content-type" and not key.startswith("x-amz")]
        )
        headers[at] = (
            headers[at][0],
            draw.choice(["", headers[at][1][:-2], headers[at][1][1:], "v1," + "A" * 43 + "=", "Basic eA=="]),
        )
    return name, replace(request, body=bytes(body), headers=tuple(headers)), secret


@pytest.mark.parametrize("number", range(200))
def test_tampered(number: int) -> None:
    name, request, secret = tampered(number)
    with pytest.raises(Unverified):
        WEBHOOKS[name].verify(request, secret, NOW)


@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_what_is_signed_by_another_is_not_taken(name: str) -> None:
    other = {"sendgrid": VECTORS["sendgrid"][2], "ses": secrets_of("ses")[1][:-60], "resend": "whsec_AAAA"}.get(
        name, "x"
    )
    with pytest.raises(Unverified):
        WEBHOOKS[name].verify(post(event(EventKind.DELIVERED, name)), other, NOW)
    with pytest.raises(Unverified):
        WEBHOOKS[name].verify(Request("POST", "/", (), b"{}"), secrets_of(name)[1], NOW)


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (299, True), (-299, True), (301, False), (-301, False)])
def test_a_signature_of_svix_is_good_for_five_minutes(seconds: int, taken: bool) -> None:
    request, late = post(event(EventKind.DELIVERED, "resend")), replace(NOW, now_s=NOW.now_s + seconds)
    if taken:
        WEBHOOKS["resend"].verify(request, secrets_of("resend")[1], late)
    else:
        with pytest.raises(Unverified):
            WEBHOOKS["resend"].verify(request, secrets_of("resend")[1], late)


def test_mandrill_signs_the_public_address_too() -> None:
    with pytest.raises(Unverified):
        WEBHOOKS["mandrill"].verify(
            post(event(EventKind.DELIVERED, "mandrill")),
            secrets_of("mandrill")[1],
            replace(NOW, url="http://127.0.0.1:8080/"),
        )


@pytest.mark.parametrize("name", WEBHOOKS.names())
@settings(max_examples=25)
@given(noise=st.binary(max_size=100))
def test_any_body_gives_events_or_value_error(name: str, noise: bytes) -> None:
    for body in (noise, b"[" * 100_000, b"{}", b"null", b'[{"event": 1}]', b"mandrill_events=" + noise):
        request = Request("POST", "/", (("content-type", "application/json"),), body)
        with suppress(ValueError):
            WEBHOOKS[name].parse(request)


@pytest.mark.parametrize("name", WEBHOOKS.names())
@given(
    odd=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)
    )
)
def test_any_value_in_the_place_of_a_field(name: str, odd: object) -> None:
    request = post(event(EventKind.BOUNCED, name))
    if name == "mandrill":
        return
    whole = json.loads(request.body)
    for holder in _holders(whole):
        for key in list(holder):
            kept, holder[key] = holder[key], odd
            with suppress(ValueError):
                WEBHOOKS[name].parse(replace(request, body=json.dumps(whole).encode()))
            holder[key] = kept


def _holders(value: object) -> list[dict[str, object]]:
    if isinstance(value, list):
        return [found for each in value for found in _holders(each)]
    return [value, *(found for each in value.values() for found in _holders(each))] if isinstance(value, dict) else []


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("Mozilla/5.0", True),  # Apple Mail Privacy Protection
        ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", True),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", True),
        ("BarracudaCentral Link Protection", True),
        ("python-requests/2.32", True),
        (AGENT, None),
        ("", None),
    ],
)
def test_machines_are_told_where_the_agent_shows_it(agent: str, machine: bool | None) -> None:
    (found,) = WEBHOOKS["mailgun"].parse(post(event(EventKind.OPENED, "mailgun", agent=agent)))
    assert found.machine is machine
