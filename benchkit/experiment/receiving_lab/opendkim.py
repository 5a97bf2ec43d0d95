"""OpenDKIM: signs the mail of the sender's own mail server, as a milter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import serving

_CONF = """Mode s
Syslog no
Canonicalization relaxed/relaxed
OversignHeaders From
RequireSafeKeys no
InternalHosts {folder}/hosts
Domain {domain}
Selector {selector}
KeyFile {folder}/key.pem
Socket local:{socket}
UMask 000
"""


@contextmanager
def serve_opendkim(folder: Path, program: Path, *, domain: str, selector: str, key_pem: str) -> Iterator[Path]:
    """Its Unix socket: over TCP each mail would wait for a delayed acknowledgement."""
    (folder / "hosts").write_text("127.0.0.0/8\n", "utf-8")
    key = folder / "key.pem"
    key.touch(0o600)
    key.write_text(key_pem, "utf-8")
    conf = folder / "opendkim.conf"
    socket = folder / "milter"
    conf.write_text(_CONF.format(folder=folder, domain=domain, selector=selector, socket=socket), "utf-8")
    with serving([program, "-f", "-x", conf], folder, [socket]):
        yield socket
