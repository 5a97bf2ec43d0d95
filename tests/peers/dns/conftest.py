"""One NSD and one Unbound for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.dns.servers import nsd, unbound
from tests.peers.dns.zones import ZoneFile, write_zones


@pytest.fixture(scope="session")
def zones(tmp_path_factory: pytest.TempPathFactory) -> list[ZoneFile]:
    return write_zones(tmp_path_factory.mktemp("zones"))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory, zones: list[ZoneFile]) -> Iterator[str]:
    with nsd(tmp_path_factory.mktemp("nsd"), zones) as address:
        yield address


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory, zones: list[ZoneFile], authority: str) -> Iterator[str]:
    with unbound(tmp_path_factory.mktemp("unbound"), zones, authority) as address:
        yield address
