"""What a provider's request costs: made before the clock, and signed within a send. Goal: 60 µs for a mail of 4 kB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, time

from benchkit.batch import to_mime
from benchkit.model.contracts import SigningProvider
from benchkit.model.exchange import Credentials
from benchkit.model.identity import IdentitySlots, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.providers import PROVIDERS

ROUNDS, REPEATS = 100, 10
CONTENT = Content(
    "Your order 1234", Address("", "shop@shop.example"), (Address("", "ann@x.example"),), "Thank you. " * 180,
    "<p>Thank you.</p>" * 120, headers=(("X-Campaign", "spring"),),
)  # fmt: skip
MESSAGE = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example",))
IDENTITY = token_of("0badcafe", 7)


def main() -> None:
    print(f"{'provider':12} {'build, µs':>10} {'in a send, µs':>14}   (mail: {len(MESSAGE.mime):,} bytes)")  # noqa: T201
    for name in PROVIDERS.names():
        print(f"{name:12} {build_us(name):10.1f} {send_us(name):14.1f}")  # noqa: T201


def account_of(name: str) -> Credentials:
    return Credentials("key-0123456789abcdef", {"endpoint": "json"} if name == "gmail" else {})


def build_us(name: str) -> float:
    """Before the clock: the message becomes a request, and that the slots of its identity."""
    provider, account = PROVIDERS[name], account_of(name)
    return fastest_us(lambda: IdentitySlots.of(provider.request(MESSAGE, account).body))


def send_us(name: str) -> float:
    """Within a send: the identity, and a signature where the API wants one."""
    provider, account = PROVIDERS[name], account_of(name)
    request = provider.request(MESSAGE, account)
    slots = IdentitySlots.of(request.body)
    signer = provider if isinstance(provider, SigningProvider) else None

    def once() -> None:
        body = slots.filled(IDENTITY)
        if signer is not None:
            signer.signed(replace(request, body=body), account, "localhost", time())

    return fastest_us(once)


def fastest_us(call: Callable[[], object]) -> float:
    """Of one call, in the fastest of several rounds: others use this machine too."""
    found = []
    for _ in range(REPEATS):
        started = perf_counter()
        for _ in range(ROUNDS):
            call()
        found.append((perf_counter() - started) / ROUNDS * 1e6)
    return min(found)


if __name__ == "__main__":
    main()
