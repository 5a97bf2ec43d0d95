"""Which addresses a stranger's zone can name without being connected to, and that a connection asks before it is made."""

from __future__ import annotations

import asyncio

import pytest

from benchkit.audit.connect_probe import HttpsAccess, HttpsFile, MailServer, StarttlsStage, fetch_policy, probe
from benchkit.audit.connect_probe.special_addresses import why_not_public
from tests.loopback_server import serving


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "this network"),
        ("10.255.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "carriers"),
        ("169.254.169.254", "link-local"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4"),
        ("198.18.0.1", "benchmarks"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::7f00:1", "IPv4-compatible"),
        ("::ffff:127.0.0.1", "127.0.0.1 in IPv6 form, loopback"),
        ("::ffff:7f00:1", "127.0.0.1 in IPv6 form, loopback"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::ffff:0:a00:1", "10.0.0.1 in IPv6 form, private"),
        ("64:ff9b::10.0.0.1", "10.0.0.1 in IPv6 form, private"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254 in IPv6 form, link-local"),
        ("64:ff9b:1::1", "local translation"),
        ("2002:7f00:1::1", "127.0.0.1 in IPv6 form, loopback"),
        ("2002:c0a8:101::1", "192.168.1.1 in IPv6 form, private"),
        ("2001:0:4136:e378::1", "reserved for protocols"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("5f00::1", "segment"),
        ("fc00::1", "unique local"),
        ("fdff::1", "unique local"),
        ("fe80::1", "link-local"),
        ("fe80::1%lo", "link-local"),
        ("::1%lo", "loopback"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
        ("localhost", "no address"),
        ("", "no address"),
    ],
)
def test_not_public(address: str, why: str) -> None:
    assert why in why_not_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "11.0.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_public(address: str) -> None:
    assert why_not_public(address) == ""


def test_no_connection_is_made() -> None:
    met: list[str] = []

    async def script(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        met.append("a connection")
        await incoming.read()

    async def run() -> tuple[MailServer, HttpsFile]:
        async with serving(script) as port:
            access = HttpsAccess(port, 1.0)
            addresses = ["127.0.0.1", "::ffff:127.0.0.1", "::1"]
            servers = [await probe(address, "mx.test", port=port, timeout_s=1.0) for address in addresses]
            assert {server.stage for server in servers} == {StarttlsStage.NOT_ALLOWED}
            return servers[0], await fetch_policy("shop.test", addresses, access)

    server, file = asyncio.run(run())
    assert "127.0.0.1 (loopback): allow it with --allow-private" in server.error
    assert not file.answered
    assert "--allow-private" in file.error
    assert met == []
