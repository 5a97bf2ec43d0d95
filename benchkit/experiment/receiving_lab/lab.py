"""The lab as a run uses it: this run's keys, the running servers, and the scenario with the lab's addresses filled in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from benchkit.errors import InputError, Mistake
from benchkit.experiment.receiving_lab.dns_server import SELECTOR
from benchkit.experiment.receiving_lab.dovecot import USERNAME
from benchkit.experiment.receiving_lab.server_process import HOST, ServerNotStarted
from benchkit.experiment.receiving_lab.servers import PROVIDER, LabOrder, LabPorts
from benchkit.experiment.receiving_lab.software import find_software
from benchkit.experiment.receiving_lab.supervisor import supervised_servers
from benchkit.model.receiving import MailboxSpec, ReceivingLabSpec, RelayTarget
from benchkit.model.scenario import Scenario, ServerAddress
from benchkit.model.secret import Secret
from benchkit.protocol.dkim_signature import DkimKeyPair, new_dkim_key
from benchkit.resolver import from_zone

MAILBOX = "receiving lab"


@dataclass(frozen=True, slots=True)
class RunningLab:
    """`scenario`: the run's, with the lab's ports and mailbox. `password`: of that mailbox. `dns`: the port."""

    scenario: Scenario
    relay: RelayTarget
    password: Secret
    dns: int


@contextmanager
def receiving_lab(scenario: Scenario, spec: ReceivingLabSpec) -> Iterator[RunningLab]:
    """Runs until the block ends. Raises InputError if software is missing, a zone is wrong or a server does not start."""
    software = find_software()
    from_zone(spec.zones)  # a mistake in a zone is reported before anything starts
    domains = {
        spec.sign_as,
        *(arm.relay.sign_as for arm in scenario.arms if arm.relay is not None and arm.relay.sign_as),
    }
    keys, old_keys = ({domain: new_dkim_key() for domain in domains} for _ in range(2))
    password = Secret(secrets.token_hex(16))
    records = {domain: key.record for domain, key in keys.items()}
    order = LabOrder(
        software, tuple(spec.zones), spec.sign_as, records, keys[spec.sign_as].private_pem, password.reveal()
    )
    with ExitStack() as stack:
        try:
            servers = stack.enter_context(supervised_servers(order))
        except ServerNotStarted as error:
            raise InputError(Mistake("receiving_lab", str(error))) from None
        ports, signing = servers.ports, (_private(keys), _private(old_keys))
        relay = RelayTarget(HOST, ports.mx, PROVIDER, SELECTOR, *signing, have_ended=servers.have_ended)
        yield RunningLab(_with_lab(scenario, spec, ports), relay, password, ports.dns)


def _private(keys: dict[str, DkimKeyPair]) -> dict[str, str]:
    return {domain: key.private_pem for domain, key in keys.items()}


def _with_lab(scenario: Scenario, spec: ReceivingLabSpec, ports: LabPorts) -> Scenario:
    own = ServerAddress(HOST, ports.submission)
    arms = tuple(
        replace(arm, server=own) if arm.server and arm.server.is_unstarted_lab else arm for arm in scenario.arms
    )
    mailbox = MailboxSpec(MAILBOX, host=HOST, port=ports.imap, username=USERNAME, security="none", wait_s=spec.wait_s)
    return replace(scenario, arms=arms, mailboxes=(*scenario.mailboxes, mailbox))
