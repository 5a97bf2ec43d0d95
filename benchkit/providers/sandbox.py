"""The providers' own test modes: what marks a mail so that its provider takes it and delivers it to no one.

Law: a mark is made in a message or in a finished request, so that no provider's own file knows of it, and a request without
sandbox is the same to the byte. Where SMTP has no such mark, the provider has no sandbox by SMTP. Sources: each provider's
page on testing, as of 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from benchkit.model.contracts import BatchProvider, Provider, StoredTemplateProvider, TemplateProvider
from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Address, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.providers import PROVIDERS
from benchkit.providers.answers import outcome
from benchkit.providers.json_request import Headers

Options = Mapping[str, str]
POSTMARK_TOKEN = "POSTMARK_API_TEST"  # published by Postmark for this: no secret
INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """`how` says it in words. What is empty is not done.

    `recipient` is who gets a mail instead: `{n}` counts the recipients of a mail, `{local}` and `{domain}` are the address's.
    `host` is where it goes instead, `needs` the option without which it cannot. `fields` are header fields of the mail,
    `header` is one of the request; `member` goes to the beginning of a JSON body, `part` is a field of a form.
    """

    how: str
    recipient: str = ""
    host: str = ""
    needs: str = ""
    fields: Headers = ()
    header: tuple[str, str] = ("", "")
    member: bytes = b""
    part: tuple[str, str] = ("", "")
    accepted: int = 0  # a status that means accepted in the sandbox only


_SES = Sandbox(how="the mailbox simulator", recipient="success+{n}@simulator.amazonses.com")
_RESEND = Sandbox(how="Resend's test addresses", recipient="delivered+{n}@resend.dev")
_SPARKPOST = Sandbox(how="SparkPost's sink", recipient="{local}@{domain}.sink.sparkpostmail.com")
SANDBOXES: Mapping[tuple[str, str], Sandbox] = {
    ("api", "ses"): _SES,
    ("smtp", "ses"): _SES,
    ("api", "resend"): _RESEND,
    ("smtp", "resend"): _RESEND,
    ("api", "sparkpost"): _SPARKPOST,
    ("smtp", "sparkpost"): _SPARKPOST,
    ("api", "postmark"): Sandbox(how="the test token", header=("x-postmark-server-token", POSTMARK_TOKEN)),
    ("smtp", "postmark"): Sandbox(how="Postmark's black hole", recipient="test+{n}@blackhole.postmarkapp.com"),
    ("api", "mailgun"): Sandbox(how="o:testmode", part=("o:testmode", "yes")),
    ("smtp", "mailgun"): Sandbox(how="X-Mailgun-Drop-Message", fields=(("X-Mailgun-Drop-Message", "yes"),)),
    ("api", "sendgrid"): Sandbox(
        how="sandbox_mode", member=b'"mail_settings":{"sandbox_mode":{"enable":true}},', accepted=200
    ),
    ("api", "mailjet"): Sandbox(how="SandboxMode", member=b'"SandboxMode":true,'),
    ("api", "brevo"): Sandbox(how="X-Sib-Sandbox", fields=(("X-Sib-Sandbox", "drop"),)),
    ("api", "mailtrap"): Sandbox(how="Mailtrap's test inbox", host="sandbox.api.mailtrap.io", needs=INBOX),
    ("smtp", "mailtrap"): Sandbox(how="Mailtrap's test inbox", host="sandbox.smtp.mailtrap.io"),
}


def sandbox_of(arm: ArmSpec) -> Sandbox | None:
    """The one that the arm is in."""
    return SANDBOXES.get((arm.transport, arm.provider)) if arm.sandbox else None


def to_sandbox(message: Message, sandbox: Sandbox, *, by_api: bool) -> Message:
    """With the recipients of the sandbox, and the header fields that an API is given; a relay's are relay_fields.py's."""
    if sandbox.recipient:
        message = _readdressed(message, sandbox.recipient)
    if not (by_api and sandbox.fields):
        return message
    return replace(message, content=replace(message.content, headers=(*message.content.headers, *sandbox.fields)))


def _readdressed(message: Message, pattern: str) -> Message:
    content = message.content
    everyone = dict.fromkeys([*message.recipients, *(one.addr for one in (*content.to, *content.cc))])
    new = {addr: _address(addr, pattern, n) for n, addr in enumerate(everyone, 1)}
    to, cc = (tuple(Address(one.name, new[one.addr]) for one in group) for group in (content.to, content.cc))
    return replace(
        message, content=replace(content, to=to, cc=cc), recipients=tuple(map(new.__getitem__, message.recipients))
    )


def _address(addr: str, pattern: str, n: int) -> str:
    local, _, domain = addr.rpartition("@")
    return pattern.format(n=n, local=local, domain=domain)


def provider_of(arm: ArmSpec) -> Provider:
    """The arm's provider; in the sandbox, one whose requests bear its mark."""
    provider, sandbox = PROVIDERS[arm.provider], sandbox_of(arm)
    if sandbox is None or not (
        sandbox.header[0] or sandbox.member or sandbox.part[0] or sandbox.needs or sandbox.accepted
    ):
        return provider
    return _kind_of(provider)(provider, sandbox)


class _Marked:
    """A provider whose requests bear the mark of its sandbox."""

    def __init__(self, provider: Provider, sandbox: Sandbox) -> None:
        self._provider = provider
        self._sandbox = sandbox
        self.name, self.default_host = provider.name, provider.default_host
        self.options, self.server = provider.options, provider.server

    def request(self, message: Message, account: Credentials) -> Request:
        return self._with_mark(self._provider.request(message, account), account)

    def _with_mark(self, request: Request, account: Credentials) -> Request:
        target, headers = _addressed(request.target, request.headers, self._sandbox, account.options)
        return replace(request, target=target, headers=headers, body=_begun(request.body, self._sandbox))

    def outcome(self, response: Response) -> Outcome:
        if self._accepts(response):
            return outcome(response, OutcomeKind.ACCEPTED)
        return self._provider.outcome(response)

    def _accepts(self, response: Response) -> bool:
        return 0 < response.status == self._sandbox.accepted and not response.body.strip()

    def sending_domains(self, author: str, return_path: str | None, options: Options) -> SendingDomains:
        return self._provider.sending_domains(author, return_path, options)


class _MarkedBatches(_Marked):
    _provider: BatchProvider

    @property
    def batch_limit(self) -> int:
        return self._provider.batch_limit

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return self._combined(self._provider.batch(messages, account), account)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        if self._accepts(response):
            return (self.outcome(response),) * len(identities)
        return self._provider.outcomes(response, identities)

    def _combined(self, combined: BatchRequest, account: Credentials) -> BatchRequest:
        target, headers = _addressed(combined.target, combined.headers, self._sandbox, account.options)
        first = replace(combined.sections[0], before=_begun(combined.sections[0].before, self._sandbox))
        return replace(combined, target=target, headers=headers, sections=(first, *combined.sections[1:]))


class _MarkedTemplates(_MarkedBatches):
    _provider: TemplateProvider

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return self._combined(self._provider.template_batch(messages, account), account)


class _MarkedStored(_MarkedBatches):
    """What its templates are stored for: the provider itself would fill them in."""

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        return self._stores.template(messages, account)

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        return tuple(self._with_mark(one, account) for one in self._stores.stored(messages, account))

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return self._combined(self._stores.stored_batch(messages, account), account)

    @property
    def _stores(self) -> StoredTemplateProvider:
        assert isinstance(self._provider, StoredTemplateProvider), "_kind_of says so"
        return self._provider


class _MarkedStoredTemplates(_MarkedStored, _MarkedTemplates):
    pass


def _kind_of(provider: Provider) -> Callable[[Any, Sandbox], Provider]:
    stores, fills_in = isinstance(provider, StoredTemplateProvider), isinstance(provider, TemplateProvider)
    if stores:
        return _MarkedStoredTemplates if fills_in else _MarkedStored
    if fills_in:
        return _MarkedTemplates
    return _MarkedBatches if isinstance(provider, BatchProvider) else _Marked


def _addressed(target: str, headers: Headers, sandbox: Sandbox, options: Options) -> tuple[str, Headers]:
    name, value = sandbox.header
    inbox = f"/{options.get(sandbox.needs, '')}" if sandbox.needs else ""
    return target + inbox, tuple((key, value if key == name else own) for key, own in headers)


def _begun(body: bytes, sandbox: Sandbox) -> bytes:
    """The beginning of a body, with the mark in it."""
    if sandbox.member:
        return b"{" + sandbox.member + body.removeprefix(b"{")
    return _form_field(body.partition(b"\r\n")[0], *sandbox.part) + body if sandbox.part[0] else body


@cache
def _form_field(boundary: bytes, name: str, value: str) -> bytes:
    """RFC 7578 §4.2."""
    return boundary + f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
