"""Starts the lab's servers in their order in one folder. supervisor.py ends them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchkit.experiment.receiving_lab.dns_server import SELECTOR, serve_dns
from benchkit.experiment.receiving_lab.dovecot import serve_dovecot
from benchkit.experiment.receiving_lab.opendkim import serve_opendkim
from benchkit.experiment.receiving_lab.postfix import serve_postfix
from benchkit.experiment.receiving_lab.rspamd import serve_rspamd
from benchkit.experiment.receiving_lab.server_process import free_ports
from benchkit.experiment.receiving_lab.software import Software

SENDER, PROVIDER = "127.0.0.2", "127.0.0.3"  # what the sender's server and the provider send from, for SPF
_FOLDERS = ("dns", "rspamd", "opendkim", "dovecot", "postfix")


@dataclass(frozen=True, slots=True)
class LabOrder:
    """What to start. `sign_as`: the domain of the sender's own server; `public_keys`: DKIM records by domain."""

    software: Software
    zones: tuple[Path, ...]
    sign_as: str
    public_keys: Mapping[str, str]
    private_pem: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LabPorts:
    """`submission`: the sender's own server."""

    mx: int
    submission: int
    imap: int
    dns: int


def start_servers(stack: ExitStack, folder: Path, order: LabOrder) -> LabPorts:
    """They end with `stack`. Raises ServerNotStarted."""
    folder.chmod(0o755)  # servers change to users of their own
    for name in _FOLDERS:
        (folder / name).mkdir()
    software = order.software
    mx, submission, lmtp, imap, rspamd = free_ports(5)
    dns = stack.enter_context(serve_dns(folder / "dns", order.zones, order.public_keys))
    stack.enter_context(
        serve_dovecot(folder / "dovecot", software.dovecot, lmtp=lmtp, imap=imap, password=order.password)
    )
    opendkim = stack.enter_context(
        serve_opendkim(
            folder / "opendkim", software.opendkim, domain=order.sign_as, selector=SELECTOR, key_pem=order.private_pem
        )
    )
    stack.enter_context(serve_rspamd(folder / "rspamd", software.rspamd_root, milter=rspamd, dns=dns))
    milters = {"rspamd": rspamd, "opendkim": opendkim}
    values = {"lmtp": lmtp, "domain": order.sign_as, "sender": SENDER, **milters}
    stack.enter_context(serve_postfix(folder / "postfix", mx=mx, submission=submission, **values))
    return LabPorts(mx, submission, imap, dns)
