"""What a certification sends: the dialogues of method.md §2 over three links, and pairs with known delays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Address
from benchkit.model.scenario import (
    ArmSpec,
    ConnectionPolicy,
    Delay,
    Fault,
    MessageSpec,
    NetworkSpec,
    Scenario,
    Security,
    VerdictSpec,
)

_FRESH, _REUSE = ConnectionPolicy(1), ConnectionPolicy(0)
_MESSAGE = MessageSpec(
    Address("Certify", "certify@benchkit.example"), count=1, seed=1,
    subject="A message of known size", text_bytes=4096, to=(Address("", "reader@benchkit.example"),),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CertifiedSequence:
    """A command sequence, and the round trips that it must cost."""

    arm: ArmSpec
    turns: int


def _smtp(name: str, turns: int, connection: ConnectionPolicy, security: Security, auth: str = "") -> CertifiedSequence:
    return CertifiedSequence(ArmSpec(name, "smtp", "aiosmtplib", connection, security, auth=auth), turns)


def _grouped(name: str, turns: int, dialogue: str) -> CertifiedSequence:
    return CertifiedSequence(ArmSpec(name, "smtp", "wire", _REUSE, Security.NONE, dialogue=dialogue), turns)


def _api(name: str, turns: int, connection: ConnectionPolicy) -> CertifiedSequence:
    arm = ArmSpec(name, "api", "wire", connection, Security.IMPLICIT, provider="mailgun")
    return CertifiedSequence(replace(arm, baseline=connection is _REUSE and "again" not in name), turns)


DIALOGUES = (
    _smtp("smtp, starttls and auth, new connection", 11, _FRESH, Security.STARTTLS, "plain"),
    _smtp("smtp, implicit tls and auth, new connection", 9, _FRESH, Security.IMPLICIT, "plain"),
    _smtp("smtp, plain, new connection", 7, _FRESH, Security.NONE),
    _smtp("smtp, one command a turn, reused", 4, _REUSE, Security.NONE),
    _grouped("smtp, pipelined, reused", 2, "pipelined"),
    _grouped("smtp, bdat-eager, reused", 1, "bdat-eager"),
    _api("https, new connection", 3, _FRESH),
    _api("https, reused", 1, _REUSE),
    _api("https, reused again (A/A)", 1, _REUSE),
)

RTTS_MS = (2.0, 10.0, 40.0)
# No two alike, so that a delay found in the wrong phase cannot pass for another. EHLO is met twice.
# One is long: a clock that is 3 % wrong shows there.
DELAYS_MS = {"banner": 5, "ehlo": 7, "starttls": 9, "auth": 11, "mail": 13, "rcpt": 15, "data": 151, "content": 19}
API_DELAYS_MS = {"response": 149}  # the client waits for the first byte

CLIENTS = tuple(("smtp", client) for client in ("aiosmtplib", "smtplib", "wire")) + tuple(
    ("api", client) for client in ("httpx", "httpx2", "aiohttp", "wire")
)
CLIENTS_RTT_MS = 40.0
SIZES = {"1 kB": 600, "42 kB": 41_800}
_MESSAGES_A_BLOCK = 6  # the first one meets a window that shrank while the other arms sent; the median does not


def sweep(dialogues: tuple[CertifiedSequence, ...], rtts_ms: tuple[float, ...], blocks: int) -> Scenario:
    """Every dialogue over every link, one message per block."""
    arms = tuple(dialogue.arm for dialogue in dialogues)
    return _scenario(arms, blocks, NetworkSpec(rtt_ms=rtts_ms))


def delays(way: ArmSpec, blocks: int) -> Scenario:
    """The same way of sending twice without network delay: unchanged, and with known delays of the server. Then an API."""
    api = replace(_api("https, reused", 1, _REUSE).arm, baseline=False)
    pairs = ((way, _faults(DELAYS_MS)), (api, _faults(API_DELAYS_MS)))
    arms = (one for arm, faults in pairs for one in (arm, replace(arm, name=f"{arm.name}, delayed", faults=faults)))
    return _scenario(tuple(arms), blocks, NetworkSpec())


def _faults(delays_ms: Mapping[str, int]) -> tuple[Fault, ...]:
    return tuple(Fault(at, delay=Delay("constant", wait_ms)) for at, wait_ms in delays_ms.items())


def clients(text_bytes: int, blocks: int) -> Scenario:
    """Every library on a kept connection, with messages of one size: this shows the socket settings of the library."""
    arms = tuple(
        ArmSpec(
            f"{transport}, {client}", transport, client, _REUSE, Security.NONE if transport == "smtp" else Security.IMPLICIT,
            provider="mailgun" if transport == "api" else "", baseline=(transport, client) == ("api", "wire"),
        )
        for transport, client in CLIENTS
    )  # fmt: skip
    plan = _scenario(arms, blocks, NetworkSpec(rtt_ms=(CLIENTS_RTT_MS,)))
    load = replace(plan.load, messages_per_block=_MESSAGES_A_BLOCK)
    return replace(plan, load=load, message=replace(_MESSAGE, text_bytes=text_bytes))


def expected_delays_ms() -> tuple[dict[str, float], dict[str, float]]:
    """By phase, for the SMTP pair and the API pair. The EHLO after STARTTLS is one more (RFC 3207 §4.2)."""
    of_smtp = {point: wait_ms * (2.0 if point == "ehlo" else 1.0) for point, wait_ms in DELAYS_MS.items()}
    return of_smtp, {"wait": float(API_DELAYS_MS["response"])}


def _scenario(arms: tuple[ArmSpec, ...], blocks: int, network: NetworkSpec) -> Scenario:
    load = LoadSpec(LoadModel.TALK, blocks, 1, 1, 1, 0.0, Arrivals.POISSON, seed=1)
    return Scenario("certify", "", Path("certify"), "", _MESSAGE, load, network, arms, VerdictSpec())
