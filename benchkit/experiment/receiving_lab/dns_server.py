"""DNS of the lab: the scenario's zones, and the DKIM keys of this run, in its own process."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import HOST
from benchkit.resolver.zone_server import serve_zones

SELECTOR = "lab"
_STRING = 255  # octets of one string of a TXT record (RFC 1035 §3.3.14)
_KEY_ZONE = """$ORIGIN {name}.
$TTL 60
@ IN SOA ns1.{name}. hostmaster.{name}. 1 7200 3600 1209600 60
@ IN NS ns1.{name}.
@ IN TXT {strings}
"""


@contextmanager
def serve_dns(folder: Path, zones: Sequence[Path], public_keys: Mapping[str, str]) -> Iterator[int]:
    """The port. `public_keys`: the DKIM record of each signing domain. The caller has checked that the zones can be read."""
    files = [*zones, *(_key_zone(folder, domain, record) for domain, record in public_keys.items())]
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(files, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield int(ours.recv())
    finally:
        process.kill()  # it has nothing to tidy up
        process.join()


def _key_zone(folder: Path, domain: str, record: str) -> Path:
    name = f"{SELECTOR}._domainkey.{domain}"
    strings = " ".join(f'"{record[at : at + _STRING]}"' for at in range(0, len(record), _STRING))
    path = folder / f"{name}.zone"
    path.write_text(_KEY_ZONE.format(name=name, strings=strings), "utf-8")
    return path


def _serve(files: Sequence[Path], ready: Connection) -> None:
    async def run() -> None:
        ready.send(await serve_zones(files, HOST))
        await asyncio.Event().wait()

    asyncio.run(run())
