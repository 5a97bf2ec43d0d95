"""What every provider's webhook is: four functions over one HTTP request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchkit.model.event import Event
from benchkit.model.exchange import Request

Parse = Callable[[Request], Sequence[Event]]
Compose = Callable[[Sequence[Event]], Iterable[Request]]
Verify = Callable[[Request, str, "WebhookArrival"], None]
Sign = Callable[[Request, str, "WebhookArrival"], Request]


class Unverified(ValueError):
    """The request is not the provider's, or nothing shows that it is; the message says why."""


@dataclass(frozen=True, slots=True)
class WebhookArrival:
    """`url` is the public address that the provider posts to; `nonce` is new for each request that is signed."""

    url: str = ""
    now_s: int = 0
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """`parse` raises ValueError for what is no event of this provider, `verify` raises Unverified. `signs` says what is signed.

    `compose` makes requests in the provider's shape, and `sign` proves them with the signing secret. `secret_fault` says what
    the secret must be, where it can verify nothing; any text may be a key of an HMAC.
    """

    name: str
    signs: str
    parse: Parse
    verify: Verify
    compose: Compose
    sign: Sign
    secret_fault: Callable[[str], str] = lambda secret: ""
