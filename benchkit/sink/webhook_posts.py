"""The webhooks that the sink posts about the mail it has accepted, each in its provider's form and with its signature.

They are made after the last message, so that they take no time from what is measured. Each event has the time that its `fate`
in the scenario gives it, not the time of the post.
"""

from __future__ import annotations

import http.client
import random
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.events.webhooks.webhook_keys import WebhookKeys
from benchkit.model.event import Event
from benchkit.model.exchange import Request

IN_ONE_POST = 100  # events, of providers that send several
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Disorder:
    """What networks and providers do to events: some come twice, and in any order."""

    repeated: float = 0.0
    shuffled: bool = False
    seed: int = 0


def requests_of(
    name: str, events: Sequence[Event], keys: WebhookKeys, disorder: Disorder, now_s: int, url: str
) -> Iterator[Request]:
    """Signed, and ready to be posted."""
    webhook, draw = WEBHOOKS[name], random.Random(f"posts/{disorder.seed}")
    posted = [event for event in events for _ in range(2 if draw.random() < disorder.repeated else 1)]
    if disorder.shuffled:
        draw.shuffle(posted)
    for first in range(0, len(posted), IN_ONE_POST):
        for request in webhook.compose(posted[first : first + IN_ONE_POST]):
            yield webhook.sign(request, keys.signing, WebhookArrival(url, now_s, secrets.token_hex(16)))


def post(host: str, port: int, target: str, requests: Iterator[Request]) -> int:
    """How many were acknowledged. Raises OSError where the receiver is gone."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    acknowledged = 0
    try:
        for request in requests:
            connection.request(request.method, target, request.body, dict(request.headers))
            response = connection.getresponse()
            response.read()
            acknowledged += response.status == 200
    except http.client.HTTPException as error:
        raise OSError(f"the receiver of webhooks does not speak HTTP: {error}") from None
    finally:
        connection.close()
    return acknowledged
