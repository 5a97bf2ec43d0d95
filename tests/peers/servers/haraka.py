"""Haraka: the one peer that refuses a bare LF (451) where all others mend it, or swallow it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need, need_unpacked
from tests.peers.servers.peer import DOMAIN, HOST, Door, Peer, free_ports, serving, write_certificate

HERE = Path(__file__).parent
PLUGINS = ("tls", "rcpt_to.in_host_list", "queue/test")  # the last writes each message to the folder of temporary files


# Its defaults stand in this file, not in its code: a configuration without it fails at the first connection.
CONNECTION = """[headers]
max_lines=1000
max_received=100
[max]
bytes=26214400
mime_parts=1000
line_length=512
data_line_length=992
[message]
helo=hello
close=bye
[uuid]
banner_chars=6
deny_chars=0
"""


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    node = need("node")
    program = need_unpacked("npm", "node_modules", "Haraka", "bin", "haraka")
    plain, tls = free_ports(2)
    chain, ca_file = write_certificate(yard)
    _configure(yard / "config", chain, plain, tls)
    (yard / "mail").mkdir()
    with serving([node, program, "-c", yard], yard, [plain, tls], {"TMPDIR": str(yard / "mail")}):
        yield Peer(
            "haraka",
            (Door(Security.NONE, plain), Door(Security.STARTTLS, plain), Door(Security.IMPLICIT, tls)),
            mailbox=yard / "mail",
            stored="mail_*.eml",
            ca_file=ca_file,
            overlaps=False,  # "503 Bad sequence of commands - pipelined after end of DATA": its guard against smuggling
        )


def _configure(config: Path, chain: Path, plain: int, tls: int) -> None:
    config.mkdir()
    shutil.copy(HERE / "haraka.dhparams.pem", config / "dhparams.pem")  # RFC 7919's group, or it makes one for minutes
    files = {
        "plugins": "\n".join(PLUGINS),
        "host_list": DOMAIN,
        "me": "haraka.peer.test",
        "smtp.ini": f"listen={HOST}:{plain},{HOST}:{tls}\nsmtps_port={tls}\nnodes=0\n",  # 0: no process but this one
        "connection.ini": CONNECTION,
        "tls.ini": f"key={chain}\ncert={chain}\n",
        "log.ini": "level=warn\n",
    }
    for name, text in files.items():
        (config / name).write_text(text, "utf-8")
