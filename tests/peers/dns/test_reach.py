"""Postfix's STARTTLS, its certificate, and TLSA records of it that NSD serves."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchkit.audit.connect_probe import Association, MailServer, StarttlsStage, match_all, probe
from benchkit.model.dns import Answer
from benchkit.model.scenario import Security
from benchkit.resolver import open_live
from tests.peers.dns.servers import nsd
from tests.peers.dns.zones import ZoneFile
from tests.peers.servers.peer import HOST, NAME, Peer

TLSA_ZONE = """\
$ORIGIN mx.example.
$TTL 300
@         IN SOA  ns1 hostmaster 1 7200 3600 1209600 300
@         IN NS   ns1
ns1       IN A    127.0.0.1
_25._tcp  IN TLSA 3 1 1 {key}
_25._tcp  IN TLSA 3 1 1 {other}
_25._tcp  IN TLSA 1 0 1 {key}
"""


@pytest.fixture
def mail(start_peer: Callable[[str], Peer]) -> Peer:
    return start_peer("postfix")


def seen(mail: Peer, host: str = NAME) -> MailServer:
    port = next(listener.port for listener in mail.listeners if listener.security is Security.STARTTLS)
    trust = ssl.create_default_context(cafile=mail.ca_file)
    return asyncio.run(probe(HOST, host, port=port, trust=trust, allow_private=True))


def test_postfix_offers_starttls_with_a_trusted_certificate(mail: Peer) -> None:
    server = seen(mail)
    assert (server.stage, server.error, server.distrust) == (StarttlsStage.DONE, "", "")
    assert server.tls_version == "TLSv1.3"
    assert "PIPELINING" in server.extensions
    assert server.chain[0].is_for(NAME)
    assert server.chain[0].is_valid_at(datetime.now(UTC))


def test_postfix_under_another_name(mail: Peer) -> None:
    server = seen(mail, "mx.example")
    assert (server.stage, server.offered) == (StarttlsStage.DONE, True)
    assert "mismatch" in server.distrust
    assert not server.chain[0].is_for("mx.example")


def test_tlsa_records_of_postfix(mail: Peer, tmp_path: Path) -> None:
    chain = seen(mail).chain
    zone = ZoneFile("mx.example", tmp_path / "mx.example.zone")
    zone.path.write_text(TLSA_ZONE.format(key=hashlib.sha256(chain[0].key).hexdigest(), other="00" * 32), "utf-8")
    with nsd(tmp_path, [zone]) as address:
        answer = asyncio.run(asked(address))
    matches = match_all(map(association, (record.text for record in answer.records)), chain, [NAME], datetime.now(UTC))
    assert sorted(match.verdict for match in matches) == ["differs", "match", "unusable"]


async def asked(address: str) -> Answer:
    async with open_live([address]) as ask:
        return await ask("_25._tcp.mx.example", "TLSA")


def association(text: str) -> Association:
    usage, selector, matching, data = text.split()
    return Association(int(usage), int(selector), int(matching), bytes.fromhex(data))
