"""What a provider's request costs: made before the clock, and signed or put together within a send. Goal: 60 µs at 4 kB.

Of each API one message a request, one of a stored template, and its share of a request of several; a dash where it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter, time

from benchkit.batch import to_mime
from benchkit.model.contracts import BatchProvider, SigningProvider, StoredTemplateProvider
from benchkit.model.exchange import Credentials, Request
from benchkit.model.identity import IdentitySlots, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import Render
from benchkit.providers import PROVIDERS
from benchkit.providers.rendering import batch_request, single_requests

ROUNDS, REPEATS = 100, 10
CONTENT = Content(
    "Your order 1234", Address("", "shop@shop.example"), (Address("", "ann@x.example"),), "Thank you. " * 180,
    "<p>Thank you.</p>" * 120, headers=(("X-Campaign", "spring"),),
)  # fmt: skip
MESSAGE = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example",))
IDENTITY = token_of("0badcafe", 7)


TOGETHER = 50
HEADINGS = (
    "one: build",
    "in a send",
    "stored: build",
    "in a send",
    "several: build",
    "in a send",
    "stored: build",
    "in a send",
)


def main() -> None:
    size = f"{len(MESSAGE.mime):,} bytes; several: its share of a request of {TOGETHER}, or as many as it takes"
    print(f"µs a message of {size}")  # noqa: T201
    print(f"{'provider':12}" + "".join(f"{heading:>15}" for heading in HEADINGS))  # noqa: T201
    for name in PROVIDERS.names():
        print(f"{name:12}" + "".join(f"{figure:>15}" for figure in figures(name)))  # noqa: T201


def figures(name: str) -> list[str]:
    """In the order of HEADINGS."""
    found = [build_us(name), send_us(name), *stored_us(name), *together_us(name, Render.CLIENT)]
    found += together_us(name, Render.STORED)
    return ["–" if figure is None else f"{figure:.1f}" for figure in found]


def account_of(name: str) -> Credentials:
    return Credentials("key-0123456789abcdef", {"endpoint": "json"} if name == "gmail" else {})


def build_us(name: str) -> float:
    """Before the clock: the message becomes a request, and that the slots of its identity."""
    provider, account = PROVIDERS[name], account_of(name)
    return fastest_us(lambda: IdentitySlots.of(provider.request(MESSAGE, account).body))


def send_us(name: str) -> float:
    """Within a send: the identity, and a signature where the API wants one."""
    return leaving_us(name, PROVIDERS[name].request(MESSAGE, account_of(name)))


def leaving_us(name: str, request: Request) -> float:
    provider, account = PROVIDERS[name], account_of(name)
    slots = IdentitySlots.of(request.body)
    signer = provider if isinstance(provider, SigningProvider) else None

    def once() -> None:
        body = slots.filled(IDENTITY)
        if signer is not None:
            signer.signed(replace(request, body=body), account, "localhost", time())

    return fastest_us(once)


def newsletter() -> list[Message]:
    """As MESSAGE, with a recipient, a name and a number of its own; every API has the HTML text alone in a stored template."""
    found = []
    for number in range(TOGETHER):
        html = f"<p>Dear customer {number},</p>" + "<p>Thank you.</p>" * 250 + f"<p>{number * 7919}</p>"
        content = replace(CONTENT, to=(Address("", f"ann{number}@x.example"),), text="", html=html)
        found.append(Message(number, content, to_mime(content), "shop@shop.example", (content.to[0].addr,)))
    return found


def stored_us(name: str) -> tuple[float | None, float | None]:
    """Of one message a request, its share of what is made of all messages; then the identity, and a signature."""
    provider, account, messages = PROVIDERS[name], account_of(name), newsletter()
    if not isinstance(provider, StoredTemplateProvider):
        return None, None
    try:
        request = single_requests(provider, messages, account, Render.STORED)[0]
    except ValueError:
        messages = [with_text(message) for message in messages]
        request = single_requests(provider, messages, account, Render.STORED)[0]
    made = fastest_us(lambda: slots_of(single_requests(provider, messages, account, Render.STORED)), rounds=2)
    return made / len(messages), leaving_us(name, request)


def with_text(message: Message) -> Message:
    content = replace(message.content, text=message.content.html)
    return replace(message, content=content, mime=to_mime(content))


def together_us(name: str, render: Render) -> tuple[float | None, float | None]:
    """A message's share: made before the clock, put together and signed within a send."""
    provider, account, messages = PROVIDERS[name], account_of(name), newsletter()
    if not isinstance(provider, BatchProvider) or (
        render is Render.STORED and not isinstance(provider, StoredTemplateProvider)
    ):
        return None, None
    messages = [with_text(message) for message in messages] if name == "smtp2go" else messages
    messages = messages[: min(TOGETHER, provider.batch_limit)]
    try:
        combined = batch_request(provider, messages, account, render)
    except ValueError:  # as Mailgun's stored templates
        return None, None
    members, identities = range(len(messages)), [token_of("0badcafe", number) for number in range(len(messages))]
    signer = provider if isinstance(provider, SigningProvider) else None

    def once() -> None:
        request = combined.request(members, identities)
        if signer is not None:
            signer.signed(request, account, "localhost", time())

    made = fastest_us(lambda: batch_request(provider, messages, account, render), rounds=2)
    return made / len(messages), fastest_us(once, rounds=10) / len(messages)


def slots_of(requests: Sequence[Request]) -> list[IdentitySlots]:
    return [IdentitySlots.of(request.body) for request in requests]


def fastest_us(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Of one call, in the fastest of several rounds: others use this machine too."""
    found = []
    for _ in range(REPEATS):
        started = perf_counter()
        for _ in range(rounds):
            call()
        found.append((perf_counter() - started) / rounds * 1e6)
    return min(found)


if __name__ == "__main__":
    main()
