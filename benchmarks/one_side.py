"""One side of the own-cost comparison, in a process of its own: benchkit's engine, or a bare loop of the same library.

Called as `python -m benchmarks.one_side SIDE WAY PORT PASSWORD SENDS CA`; prints messages per second. The bare side imports
nothing of benchkit's transports: its library is as its makers left it.
"""

from __future__ import annotations

import gc
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

import uvloop

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security

TOKEN = "0badcafe"
WARM_UP = 100


def message() -> Message:
    """About 4 kB of MIME."""
    text = "\n".join(["x" * 70] * 52)
    content = Content("Receipt", Address("Shop", "shop@shop.example"), (Address("", "b@example.com"),), text)
    return Message(0, content, to_mime(content), "shop@shop.example", ("b@example.com",))


def arm_of(way: str) -> ArmSpec:
    transport, client, connection, security, *auth = way.split("/")
    return ArmSpec(
        way, transport, client, ConnectionPolicy(1 if connection == "fresh" else 0), Security(security),
        provider="mailgun" if transport == "api" else "", auth=auth[0] if auth else "",
    )  # fmt: skip


async def driven(arm: ArmSpec, port: int, password: str, sends: int, ca_pem: str) -> float:
    """benchkit's whole path: engine, transport, recorder."""
    from benchkit.experiment.paces import PACES
    from benchkit.experiment.worker.engine import ArmAtWork, Engine
    from benchkit.experiment.worker.virtual_sender import VirtualSender
    from benchkit.model.clock import MonotonicClock
    from benchkit.model.endpoint import Endpoint
    from benchkit.model.plan import PlanCell
    from benchkit.model.secret import Secret
    from benchkit.store import Recorder
    from benchkit.transports import TRANSPORTS

    endpoint = Endpoint("127.0.0.1", port, "localhost", arm, ca_pem, "benchkit", Secret(password))
    client = TRANSPORTS[f"{arm.transport}_{arm.client}"](endpoint)
    work = ArmAtWork((VirtualSender(client, arm.connection, iter(range(10**9))),), (client.prepare(message()),))
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder), MonotonicClock(), planned=WARM_UP + sends)
        engine = Engine((work,), PACES["talk"], TOKEN, recorder)
        assert not await engine.open()
        await engine.walk([PlanCell(0, True, 0, 0, 0, WARM_UP, 0, 1)])
        started = perf_counter()
        await engine.walk([PlanCell(1, False, 0, 0, WARM_UP, sends, 0, 1)])
        rate = sends / (perf_counter() - started)
        await engine.close()
        recorder.close()
    return rate


async def bare(arm: ArmSpec, port: int, password: str, sends: int, ca_pem: str) -> float:
    """The loop that anyone would write with the library."""
    tls = ssl.create_default_context(cadata=ca_pem) if ca_pem else None
    make = _bare_smtp if arm.transport == "smtp" else _bare_api
    send, close = await make(arm, port, password, tls)
    for number in range(WARM_UP):
        await send(token_of(TOKEN, number))
    gc.collect()
    gc.freeze()
    gc.disable()
    started = perf_counter()
    for number in range(sends):
        await send(token_of(TOKEN, number))
    rate = sends / (perf_counter() - started)
    await close()
    return rate


Send = Callable[[bytes], Awaitable[object]]
Close = Callable[[], Awaitable[object]]


async def _bare_smtp(arm: ArmSpec, port: int, password: str, tls: ssl.SSLContext | None) -> tuple[Send, Close]:
    import aiosmtplib

    mail = message()
    pieces = split_at_identity(mail.mime)

    def client() -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname="localhost", port=port, local_hostname="benchkit.invalid", start_tls=arm.security is Security.STARTTLS,
            tls_context=tls, username="benchkit" if arm.auth else None, password=password if arm.auth else None,
        )  # fmt: skip

    async def fresh(token: bytes) -> None:
        smtp = client()
        await smtp.connect()
        await smtp.sendmail(mail.envelope_from, list(mail.recipients), token.join(pieces))
        await smtp.quit()

    if arm.connection.fresh:
        return fresh, _nothing
    kept = client()
    await kept.connect()

    async def reused(token: bytes) -> None:
        await kept.sendmail(mail.envelope_from, list(mail.recipients), token.join(pieces))

    return reused, kept.quit


async def _bare_api(arm: ArmSpec, port: int, password: str, tls: ssl.SSLContext | None) -> tuple[Send, Close]:
    import httpx

    from benchkit.providers import PROVIDERS

    request = PROVIDERS[arm.provider].request(message(), Credentials(password, arm.options))
    pieces = split_at_identity(request.body)
    headers = dict(request.headers)
    url = f"{'https' if tls else 'http'}://localhost:{port}{request.target}"
    limits = httpx.Limits(max_connections=1, keepalive_expiry=3600)

    async def fresh(token: bytes) -> None:
        async with httpx.AsyncClient(verify=tls or False, trust_env=False, limits=limits) as once:
            (await once.post(url, headers=headers, content=token.join(pieces))).raise_for_status()

    if arm.connection.fresh:
        return fresh, _nothing
    kept = httpx.AsyncClient(verify=tls or False, trust_env=False, limits=limits)

    async def reused(token: bytes) -> None:
        (await kept.post(url, headers=headers, content=token.join(pieces))).raise_for_status()

    return reused, kept.aclose


async def _nothing() -> None:
    """A fresh connection leaves nothing to close."""


def main() -> None:
    side, way, port, password, sends, ca_file = sys.argv[1:]
    measure = {"driven": driven, "bare": bare}[side]
    ca_pem = Path(ca_file).read_text("utf-8") if ca_file else ""
    arguments = (arm_of(way), int(port), password, int(sends), ca_pem)
    print(uvloop.run(measure(*arguments)))  # noqa: T201


if __name__ == "__main__":
    main()
