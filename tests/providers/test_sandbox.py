"""Every provider with a test mode: the built request has its mark; without sandbox the request is the same to the byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchkit.experiment.plan.arm_batches import arm_batch
from benchkit.model.contracts import BatchProvider
from benchkit.model.exchange import Credentials, Request, Response
from benchkit.model.message import Address, Batch, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security, ServerAddress
from benchkit.providers import PROVIDERS
from benchkit.providers.sandbox import POSTMARK_TOKEN, SANDBOXES, provider_of, sandbox_of

API = sorted(provider for transport, provider in SANDBOXES if transport == "api")
SMTP = sorted(provider for transport, provider in SANDBOXES if transport == "smtp")
RECIPIENTS = {"ses": "@simulator.amazonses.com", "resend": "@resend.dev", "sparkpost": ".sink.sparkpostmail.com"}
OPTIONS = {"inbox": "77"}
ACCOUNT = Credentials("s3cret", {**OPTIONS, "key": "public", "access_key_id": "AK"})


def arm(transport: str, provider: str, *, sandbox: bool = True) -> ArmSpec:
    return ArmSpec(
        "arm", transport, "wire", ConnectionPolicy(0), Security.IMPLICIT, server=ServerAddress("host.example", 443),
        provider=provider, options=OPTIONS if provider == "mailtrap" and transport == "api" else {}, sandbox=sandbox,
    )  # fmt: skip


def mail(number: int = 0) -> Message:
    to, cc = Address("Ann", f"ann{number}@shop.example"), Address("", "cy@shop.example")
    content = Content("Hello", Address("", "a@shop.example"), (to,), text="Hi\n", html="<p>Hi</p>", cc=(cc,))
    mime = b"From: a@shop.example\r\nTo: ann@shop.example\r\nSubject: Hello\r\n\r\nHi\r\n"
    return Message(number, content, mime, "a@shop.example", (to.addr, cc.addr, "blind@shop.example"))


def built(provider: str, *, sandbox: bool = True) -> Request:
    way = arm("api", provider, sandbox=sandbox)
    (message,) = arm_batch(way, Batch((mail(),))).messages
    return provider_of(way).request(message, ACCOUNT)


def is_marked(provider: str, request: Request) -> bool:
    """What the provider's documentation asks for."""
    if provider == "mailgun":
        return b'name="o:testmode"\r\n\r\nyes\r\n' in request.body
    if provider == "postmark":
        return request.header("x-postmark-server-token") == POSTMARK_TOKEN
    if provider == "mailtrap":
        return request.target in ("/api/send/77", "/api/batch/77")
    document = json.loads(request.body)
    if provider == "sendgrid":
        return bool(document["mail_settings"] == {"sandbox_mode": {"enable": True}})
    if provider == "mailjet":
        return document["SandboxMode"] is True
    if provider == "brevo":
        return bool(document["headers"]["X-Sib-Sandbox"] == "drop")
    return request.body.decode().count(RECIPIENTS[provider]) >= 3


@pytest.mark.parametrize("provider", API)
def test_the_request_bears_the_mark(provider: str) -> None:
    assert is_marked(provider, built(provider))
    plain = built(provider, sandbox=False)
    assert plain == PROVIDERS[provider].request(mail(), ACCOUNT), "without sandbox nothing changes, to the byte"
    with pytest.raises((AssertionError, KeyError)):
        assert is_marked(provider, plain)


@pytest.mark.parametrize("provider", API)
def test_so_does_a_request_of_several_messages(provider: str) -> None:
    way, identities = arm("api", provider), [b"bk00000000-0000000001", b"bk00000000-0000000002"]
    one_recipient = [
        replace(one, content=replace(one.content, cc=()), recipients=one.recipients[:1]) for one in (mail(1), mail(2))
    ]
    messages = arm_batch(way, Batch(tuple(one_recipient))).messages
    known = provider_of(way)
    assert isinstance(known, BatchProvider)
    body = (request := known.batch(messages, ACCOUNT).request([0, 1], identities)).body
    if provider in RECIPIENTS:
        assert body.count(RECIPIENTS[provider].encode()) == 2
    elif provider == "brevo":
        assert body.count(b'"X-Sib-Sandbox":"drop"') >= 1
    else:
        assert is_marked(provider, request)


@pytest.mark.parametrize("provider", ["mailgun", "postmark", "sendgrid", "mailjet", "brevo"])
def test_a_marked_request_is_the_same_mail_to_its_server(provider: str) -> None:
    (received,) = PROVIDERS[provider].server.receive(built(provider))
    (plain,) = PROVIDERS[provider].server.receive(built(provider, sandbox=False))
    headers = tuple(field for field in received.content.headers if field[0] != "X-Sib-Sandbox")
    assert replace(received, content=replace(received.content, headers=headers)) == plain


@pytest.mark.parametrize("provider", SMTP)
def test_by_smtp_the_envelope_or_a_header_field_says_it(provider: str) -> None:
    plain = arm_batch(arm("smtp", provider, sandbox=False), Batch((mail(),))).messages[0]
    marked = arm_batch(arm("smtp", provider), Batch((mail(),))).messages[0]
    sandbox = sandbox_of(arm("smtp", provider))
    assert sandbox is not None
    if sandbox.recipient:
        assert len(set(marked.recipients)) == 3
        ends = {"ses": "simulator.amazonses.com", "resend": "resend.dev", "postmark": "blackhole.postmarkapp.com"}
        assert all(one.endswith(ends.get(provider, ".sink.sparkpostmail.com")) for one in marked.recipients)
    else:
        assert marked.recipients == plain.recipients
        assert sandbox.host or b"X-Mailgun-Drop-Message: yes\r\n" in marked.mime
    assert marked.mime.endswith(mail().mime)


def test_in_the_sandbox_sendgrid_accepts_with_200_and_only_there() -> None:
    answer = Response(200, (), b"")
    assert provider_of(arm("api", "sendgrid")).outcome(answer).kind is OutcomeKind.ACCEPTED
    assert PROVIDERS["sendgrid"].outcome(answer).kind is not OutcomeKind.ACCEPTED
    assert provider_of(arm("api", "sendgrid")).outcome(Response(200, (), b"<html>")).kind is not OutcomeKind.ACCEPTED
    assert provider_of(arm("api", "mailgun")).outcome(Response(0)).kind is not OutcomeKind.ACCEPTED


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS.names()) - set(API)))
def test_the_others_are_as_they_are(provider: str) -> None:
    assert provider_of(arm("api", provider)) is PROVIDERS[provider]
