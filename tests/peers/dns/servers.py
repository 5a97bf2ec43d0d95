"""NSD, which holds zones, and Unbound, which looks further and validates; both on loopback, as children of the test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.peers.dns.zones import ZoneFile
from tests.peers.requirements import need
from tests.peers.servers.peer import HOST, fill_in, free_ports, serving

HERE = Path(__file__).parent


@contextmanager
def nsd(yard: Path, zones: Sequence[ZoneFile], host: str = HOST, port: int = 0) -> Iterator[str]:
    """The address of an authoritative server of these zones; 0: a port that the kernel chooses."""
    program, port = need("nsd"), port or free_ports(1)[0]
    held = "".join(f'zone:\n  name: "{zone.origin}"\n  zonefile: "{zone.path}"\n' for zone in zones)
    configuration = fill_in(HERE / "nsd.conf", yard / "nsd.conf", yard=yard, host=host, port=port, zones=held)
    with serving([program, "-d", "-c", configuration], yard, [(host, port)]):
        yield f"{host}:{port}"


@contextmanager
def unbound(yard: Path, zones: Sequence[ZoneFile], authority: str) -> Iterator[str]:
    """The address of a resolver that asks `authority` (an nsd) for these zones, validates them, and refuses all else."""
    program, (port,) = need("unbound"), free_ports(1)
    anchors = "".join(f'  trust-anchor: "{anchor}"\n' for zone in zones if (anchor := " ".join(zone.anchor.split())))
    open_zones = "".join(f'  local-zone: "{zone.origin}." transparent\n' for zone in zones)
    stubs = "".join(
        f'stub-zone:\n  name: "{zone.origin}"\n  stub-addr: {authority.replace(":", "@")}\n' for zone in zones
    )
    configuration = fill_in(
        HERE / "unbound.conf",
        yard / "unbound.conf",
        yard=yard,
        port=port,
        anchors=anchors,
        open_zones=open_zones,
        stubs=stubs,
    )
    with serving([program, "-d", "-p", "-c", configuration], yard, [port]):
        yield f"{HOST}:{port}"
