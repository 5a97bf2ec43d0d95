"""Cyrus: a JMAP server that no one here wrote; what is submitted to it goes, at once, to a Postfix of its own."""

from __future__ import annotations

import json
import shutil
import smtplib
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.peers.requirements import need, need_root
from tests.peers.servers import postfix
from tests.peers.servers.peer import HOST, Account, Peer, fill_in, free_ports, serving

HERE = Path(__file__).parent
MASTER = "/usr/lib/cyrus/bin/master"
ACCOUNT = Account("bench")
REALM = "cyrus.peer.test"
_FIRST_MAIL = "From: a@peer.test\r\nMessage-ID: <first@peer.test>\r\n\r\nwhat the mailboxes are made for\r\n"


@dataclass(frozen=True, slots=True)
class Cyrus:
    """`mailbox` is the id of one that mail may pass through; what is submitted ends up at `relay`."""

    port: int
    mailbox: str
    relay: Peer
    lmtp: int


@contextmanager
def start(yard: Path, **relay_settings: object) -> Iterator[Cyrus]:
    """`relay_settings` are more of its Postfix's."""
    program = need(MASTER)
    need_root("start Cyrus")
    for name in ("config", "spool", "socket"):
        (yard / name).mkdir()
        shutil.chown(yard / name, "cyrus", "mail")
    (yard / "relay").mkdir()
    http, lmtp = free_ports(2)
    with postfix.start(yard / "relay", **relay_settings) as relay:
        conf = fill_in(HERE / "cyrus.imapd.conf", yard / "imapd.conf", yard=yard, relay=relay.listeners[0].port)
        master = fill_in(HERE / "cyrus.conf", yard / "cyrus.conf", conf=conf, http=http, lmtp=lmtp)
        _add_user(yard / "sasldb2")
        command: list[str | Path] = [program, "-C", conf, "-M", master, "-p", yard / "master.pid", "-D"]
        with serving(command, yard, [http, lmtp]):
            with smtplib.LMTP(HOST, lmtp) as listener:
                listener.sendmail("a@peer.test", [ACCOUNT.username], _FIRST_MAIL)
            yield Cyrus(http, _mailbox(http), relay, lmtp)


def _add_user(database: Path) -> None:
    command: list[str | Path] = [need("saslpasswd2"), "-p", "-c", "-f", database, "-u", REALM, ACCOUNT.username]
    subprocess.run(command, input=ACCOUNT.password.encode(), check=True, capture_output=True)
    shutil.chown(database, "cyrus", "mail")


def _mailbox(port: int) -> str:
    """Drafts' id."""
    call = ["Mailbox/get", {"accountId": ACCOUNT.username, "ids": None, "properties": ["role"]}, "0"]
    using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"]
    secret = b64encode(f"{ACCOUNT.username}:{ACCOUNT.password}".encode()).decode()
    headers = {"content-type": "application/json", "authorization": f"Basic {secret}"}
    client = HTTPConnection(HOST, port, timeout=20)
    client.request("POST", "/jmap/", json.dumps({"using": using, "methodCalls": [call]}), headers)
    ((_, answer, _),) = json.loads(client.getresponse().read())["methodResponses"]
    client.close()
    drafts: str = next(mailbox["id"] for mailbox in answer["list"] if mailbox["role"] == "drafts")
    return drafts
