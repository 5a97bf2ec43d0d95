"""The lab as a whole: every server started in its order, and the scenario with the lab's addresses in it."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchkit.errors import InputError, Mistake
from benchkit.experiment.receiving_lab.dns_server import SELECTOR, serve_dns
from benchkit.experiment.receiving_lab.dovecot import USERNAME, serve_dovecot
from benchkit.experiment.receiving_lab.opendkim import serve_opendkim
from benchkit.experiment.receiving_lab.postfix import serve_postfix
from benchkit.experiment.receiving_lab.rspamd import serve_rspamd
from benchkit.experiment.receiving_lab.server_process import HOST, ServerNotStarted, free_ports
from benchkit.experiment.receiving_lab.software import Software, find_software
from benchkit.model.receiving import MailboxSpec, ReceivingLabSpec, RelayTarget
from benchkit.model.scenario import Scenario, ServerAddress
from benchkit.model.secret import Secret
from benchkit.protocol.dkim_keys import DkimKeyPair, new_dkim_key

SENDER, PROVIDER = (
    "127.0.0.2",
    "127.0.0.3",
)  # the addresses that the sender's server and the provider send from, for SPF
MAILBOX = "receiving lab"


@dataclass(frozen=True, slots=True)
class RunningLab:
    """`scenario`: the run's, with the lab's ports and its mailbox. `password` of that mailbox. `dns`: the port."""

    scenario: Scenario
    relay: RelayTarget
    password: Secret
    dns: int


@contextmanager
def receiving_lab(scenario: Scenario, spec: ReceivingLabSpec) -> Iterator[RunningLab]:
    """Runs until the block ends. Raises InputError where software is missing, a zone is wrong or a server does not start."""
    software = find_software()
    domains = {
        spec.sign_as,
        *(arm.relay.sign_as for arm in scenario.arms if arm.relay is not None and arm.relay.sign_as),
    }
    keys, old_keys = ({domain: new_dkim_key() for domain in domains} for _ in range(2))
    password = secrets.token_hex(16)
    with (
        tempfile.TemporaryDirectory(prefix="benchkit-lab-", ignore_cleanup_errors=True) as folder,
        ExitStack() as stack,
    ):
        try:
            mx, submission, imap, dns = _start(stack, Path(folder), software, spec, keys, password)
        except ServerNotStarted as error:
            raise InputError(Mistake("receiving_lab", str(error))) from None
        relay = RelayTarget(HOST, mx, PROVIDER, SELECTOR, _private(keys), _private(old_keys))
        yield RunningLab(_with_lab(scenario, spec, submission, imap), relay, Secret(password), dns)


def _start(
    stack: ExitStack,
    folder: Path,
    software: Software,
    spec: ReceivingLabSpec,
    keys: dict[str, DkimKeyPair],
    password: str,
) -> tuple[int, int, int, int]:
    """The ports of the MX, of the sender's own server, of IMAP and of DNS."""
    folder.chmod(0o755)  # servers change to users of their own
    names = ("dns", "rspamd", "opendkim", "dovecot", "postfix")
    dns_folder, *folders = (folder / name for name in names)
    for path in (dns_folder, *folders):
        path.mkdir()
    mx, submission, lmtp, imap, rspamd = free_ports(5)
    dns = stack.enter_context(serve_dns(dns_folder, spec.zones, {domain: key.record for domain, key in keys.items()}))
    stack.enter_context(serve_dovecot(folder / "dovecot", software.dovecot, lmtp=lmtp, imap=imap, password=password))
    own = keys[spec.sign_as].private_pem
    opendkim = stack.enter_context(
        serve_opendkim(folder / "opendkim", software.opendkim, domain=spec.sign_as, selector=SELECTOR, key_pem=own)
    )
    stack.enter_context(serve_rspamd(folder / "rspamd", software.rspamd_root, milter=rspamd, dns=dns))
    milters = {"rspamd": rspamd, "opendkim": opendkim}
    stack.enter_context(
        serve_postfix(
            folder / "postfix", mx=mx, submission=submission, lmtp=lmtp, domain=spec.sign_as, sender=SENDER, **milters
        )
    )
    return mx, submission, imap, dns


def _private(keys: dict[str, DkimKeyPair]) -> dict[str, str]:
    return {domain: key.private_pem for domain, key in keys.items()}


def _with_lab(scenario: Scenario, spec: ReceivingLabSpec, submission: int, imap: int) -> Scenario:
    own = ServerAddress(HOST, submission)
    arms = tuple(
        replace(arm, server=own) if arm.server and arm.server.is_unstarted_lab else arm for arm in scenario.arms
    )
    mailbox = MailboxSpec(MAILBOX, host=HOST, port=imap, username=USERNAME, security="none", wait_s=spec.wait_s)
    return replace(scenario, arms=arms, mailboxes=(*scenario.mailboxes, mailbox))
