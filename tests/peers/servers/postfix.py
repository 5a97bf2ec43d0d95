"""Postfix: PIPELINING, CHUNKING, 8BITMIME, DSN, SMTPUTF8, with TLS at both kinds of listener; AUTH by way of Dovecot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchkit.experiment.receiving_lab.postfix import lay_out_queues
from benchkit.experiment.receiving_lab.software import POSTFIX_MASTER as MASTER
from benchkit.model.scenario import Security
from tests.peers.requirements import need, need_root
from tests.peers.servers import dovecot_auth
from tests.peers.servers.peer import HOST, Account, Listener, Peer, fill_in, free_ports, serving, write_certificate

HERE = Path(__file__).parent
QUEUES = ("maildrop", "incoming", "active", "deferred", "bounce", "defer")


@contextmanager
def start(yard: Path, **settings: object) -> Iterator[Peer]:
    """`settings` are more of main.cf, which come last and so count."""
    with (
        dovecot_auth.serve_socket(yard / "auth") as (socket, account),
        _serve(yard, account, smtpd_sasl_auth_enable="yes", smtpd_sasl_path=socket, **settings) as peer,
    ):
        yield peer


@contextmanager
def relay(yard: Path, **settings: object) -> Iterator[Peer]:
    """Without AUTH, for a server that relays to it."""
    with _serve(yard, None, **settings) as peer:
        yield peer


@contextmanager
def _serve(yard: Path, account: Account | None, **settings: object) -> Iterator[Peer]:
    need("postfix")
    chain, ca_file = write_certificate(yard)
    plain, tls = free_ports(2)
    listeners = {(HOST, plain): (), (HOST, tls): ("smtpd_tls_wrappermode=yes",)}
    with listening(yard, listeners, chain, **settings):
        yield Peer(
            "postfix",
            (Listener(Security.NONE, plain), Listener(Security.STARTTLS, plain), Listener(Security.IMPLICIT, tls)),
            mailbox=yard / "mail" / "all" / "new",
            queues=tuple(yard / "spool" / name for name in QUEUES),
            ca_file=ca_file,
            account=account,
        )


@contextmanager
def listening(
    yard: Path, listeners: Mapping[tuple[str, int], Sequence[str]], chain: Path, **settings: object
) -> Iterator[None]:
    """A Postfix at these addresses and ports, each with settings of its own; `chain` is the certificate of the rest."""
    need("postfix")
    need_root("start Postfix")
    etc, mail = yard / "etc", yard / "mail"
    for folder in (etc, mail, yard / "spool", yard / "data"):
        folder.mkdir()
    shutil.chown(yard / "data", "postfix")
    shutil.chown(mail, "nobody", "nogroup")
    more = "".join(f"{name} = {value}\n" for name, value in settings.items())
    fill_in(HERE / "postfix.main.cf", etc / "main.cf", yard=yard, chain=chain, more=more)
    fill_in(
        HERE / "postfix.master.cf",
        etc / "master.cf",
        listeners="\n".join(_service(*listener) for listener in listeners.items()),
    )
    shutil.copy("/etc/postfix/dynamicmaps.cf", etc)
    lay_out_queues(yard / "spool")
    # The master itself, not "postfix start-fg", whose shell ends without it.
    with serving([MASTER, "-c", etc, "-d"], yard, list(listeners)):
        yield


def _service(listener: tuple[str, int], settings: Sequence[str]) -> str:
    host, port = listener
    return "\n  -o ".join([f"{host}:{port} inet n - n - 100 smtpd", *settings])
