"""A provider with one set of an arm's options, for the suites: credentials, mails, and requests as they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import time

from hypothesis.errors import UnsatisfiedAssumption

from benchkit.model.contracts import Provider, SigningProvider
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.identity import IdentitySlots, token_of
from benchkit.model.message import Address, Attachment, Content
from benchkit.testing.less_mail import less_and_less
from benchkit.testing.mail_strategies import message_of

SECRET = "key-0123456789abcdef"
TOKEN = token_of("0badcafe", 7)
RICH = Content(
    "Grüße: your order", Address("Shop, Inc.", "shop@shop.example"), (Address("Ann", "ann@example.com"),),
    text="Hello  \n.\nfrom the shop\n\n..dots", html="<p>Hello</p>", cc=(Address("", "The.Boss@example.org"),),
    reply_to=(Address("Help", "help@shop.example"),),
    attachments=(Attachment("terms.pdf", "application/pdf", bytes(range(256))),),
    headers=(("X-Campaign", "spring"), ("List-Unsubscribe", "<https://shop.example/u>")),
)  # fmt: skip
PLAIN = Content(RICH.subject, Address("", "shop@shop.example"), (Address("", "ann@example.com"),), text=RICH.text)


@dataclass(frozen=True, slots=True)
class ProviderCase:
    """A provider with one set of an arm's options.

    `credentials` are the header fields that the API's documentation asks for, for the secret SECRET: they are written here
    by hand, so that a provider and its receiving half cannot agree on a wrong scheme; of a request that is signed, what can be
    known of them is their name. `not_accepted` are the API's own responses with a status of success that mean no acceptance.
    `rich` is a mail with all that the API can carry. `names_mail`: its answer has an id of the message.
    """

    provider: Provider
    credentials: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    not_accepted: Sequence[Response] = ()
    rich: Content = RICH
    key_in_body: bool = False
    names_mail: bool = True

    @property
    def label(self) -> str:
        return " ".join([self.provider.name, *self.options.values()])

    @property
    def account(self) -> Credentials:
        return Credentials(SECRET, self.options)

    def request(self, content: Content) -> Request:
        return self.provider.request(message_of(content), self.account)

    def leaving(self, content: Content, identity: bytes = TOKEN) -> Request:
        """The request as it is sent: with every client's headers, an identity, and a signature if the API needs one."""
        request = self.request(content)
        headers = (("host", "localhost"), ("user-agent", "benchkit"), *request.headers)
        request = replace(request, headers=headers, body=IdentitySlots.of(request.body).filled(identity))
        if isinstance(self.provider, SigningProvider):
            return self.provider.signed(request, self.account, "localhost", time())
        return request

    def received(self, request: Request) -> Received:
        (mail,) = self.provider.server.receive(request)
        return mail

    def is_authorised(self, request: Request, account: Credentials) -> bool:
        try:
            self.provider.server.check(request, account)
        except ApiRefusal:
            return False
        return True

    def accepted(self, identity: bytes = TOKEN) -> Response:
        return self.provider.server.accepted(self.leaving(PLAIN, identity), [identity])

    def carried(self, content: Content) -> Content:
        """As much of the mail as the API can carry; `request` refuses the rest with a ValueError."""
        for less in less_and_less(content):
            with suppress(ValueError):
                self.request(less)
                return less
        raise UnsatisfiedAssumption
