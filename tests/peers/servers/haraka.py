"""Haraka: the one peer that refuses a bare LF (451) where all others correct it or accept it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.model.scenario import Security
from tests.peers.requirements import need, need_unpacked
from tests.peers.servers.peer import DOMAIN, HOST, Account, Listener, Peer, free_ports, serving, write_certificate

HERE = Path(__file__).parent
PLUGINS = ("tls", "auth/flat_file", "deliver_here", "rcpt_to.in_host_list", "queue/test")
# queue/test writes each message to the folder of temporary files; but who has logged in would have it relayed, to elsewhere.
DELIVER_HERE = "exports.hook_mail = (next, connection) => { connection.relaying = false; next(); };"


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
USERS = """[core]
methods=PLAIN,LOGIN,CRAM-MD5
constrain_sender=false
[users]
{0.username}={0.password}
"""


@contextmanager
def start(yard: Path) -> Iterator[Peer]:
    node = need("node")
    program = need_unpacked("npm", "node_modules", "Haraka", "bin", "haraka")
    plain, tls = free_ports(2)
    chain, ca_file = write_certificate(yard)
    account = Account()
    _configure(yard / "config", chain, plain, tls, account)
    (yard / "mail").mkdir()
    with serving([node, program, "-c", yard], yard, [plain, tls], {"TMPDIR": str(yard / "mail")}):
        yield Peer(
            "haraka",
            (Listener(Security.NONE, plain), Listener(Security.STARTTLS, plain), Listener(Security.IMPLICIT, tls)),
            mailbox=yard / "mail",
            stored="mail_*.eml",
            ca_file=ca_file,
            account=account,
        )


def _configure(config: Path, chain: Path, plain: int, tls: int, account: Account) -> None:
    for folder in (config / "auth", config.parent / "plugins"):
        folder.mkdir(parents=True)
    (config.parent / "plugins" / "deliver_here.js").write_text(DELIVER_HERE, "utf-8")
    shutil.copy(HERE / "haraka.dhparams.pem", config / "dhparams.pem")  # RFC 7919's group, or it makes one for minutes
    files = {
        "plugins": "\n".join(PLUGINS),
        "host_list": DOMAIN,
        "me": "haraka.peer.test",
        "smtp.ini": f"listen={HOST}:{plain},{HOST}:{tls}\nsmtps_port={tls}\nnodes=0\n",  # 0: no process but this one
        "connection.ini": CONNECTION,
        "tls.ini": f"key={chain}\ncert={chain}\n",
        "auth_flat_file.ini": USERS.format(account),
        "auth/flat_file.timeout": "1",  # what it waits before a refusal is below this many seconds
        "log.ini": "level=warn\n",
    }
    for name, text in files.items():
        (config / name).write_text(text, "utf-8")
