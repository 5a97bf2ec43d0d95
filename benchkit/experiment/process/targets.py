"""The target of each arm: the sink's listener for an embedded arm, and the endpoint that its transport gets."""

from __future__ import annotations

import random
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchkit.errors import InputError, Mistake, TargetUnreachable
from benchkit.experiment.conditions import unreachable
from benchkit.experiment.process.profiled_listener import with_profile
from benchkit.model.endpoint import Endpoint, ListenerConfig
from benchkit.model.host_names import is_loopback
from benchkit.model.relay import PASSWORD_AS_USERNAME
from benchkit.model.scenario import ArmSpec, Scenario, ServerAddress
from benchkit.model.secret import Secret
from benchkit.profiles import load_profile

_USER = "benchkit"
_SERVER_NAME = "localhost"  # a name in the embedded server's certificate


@dataclass(frozen=True, slots=True)
class SinkEnd:
    """The listening sink: its ports by arm, its certificate authority, and the password of this run."""

    host: str
    ports: Mapping[int, int]
    ca_pem: str
    password: str
    failover_ports: Mapping[int, int] = field(default_factory=dict)  # by the arm that has a failover


def is_embedded(arm: ArmSpec) -> bool:
    return arm.server is None and arm.transport != "null"


def listeners(scenario: Scenario, password: str, start: int) -> tuple[ListenerConfig, ...]:
    """One listener for each embedded arm, in arm order. Each start draws its own faults."""
    seed = seed_of_start(scenario.load.seed, start)
    return tuple(_listener(number, arm, password, seed) for number, arm in enumerate(scenario.arms) if is_embedded(arm))


def failover_listeners(scenario: Scenario, password: str, start: int) -> dict[int, ListenerConfig]:
    """By arm with `failover`: one more listener, like the other arm's, for what this arm sends there.

    Mail that arrives there is recorded for the other arm, whose form it has; a separate port keeps the packets apart.
    """
    found = {}
    for number, arm in enumerate(scenario.arms):
        if arm.failover is not None and is_embedded(other := scenario.arms[arm.failover.arm]):
            seed = random.Random(f"failover/{scenario.load.seed}/{start}/{number}").getrandbits(32)
            found[number] = _listener(arm.failover.arm, other, password, seed)
    return found


def _listener(number: int, arm: ArmSpec, password: str, seed: int) -> ListenerConfig:
    listener = ListenerConfig(
        arm=number,
        protocol=arm.transport,
        security=arm.security,
        provider=arm.provider,
        options=arm.options,
        username=_USER,
        password=password,
        auth_required=bool(arm.auth) or arm.transport == "api",
        faults=arm.faults,
        limit=arm.limit,
        batches=arm.messages_per_request > 1,
        seed=seed,
        congestion=arm.congestion,
    )
    return with_profile(listener, load_profile(arm.profile)) if arm.profile else listener


def seed_of_start(seed: int, start: int) -> int:
    """The first start has the scenario's seed, so a run with one start always draws the same."""
    return seed if start == 0 else random.Random(f"start/{seed}/{start}").getrandbits(32)


def new_password() -> str:
    """The embedded servers' credential, for this run only."""
    return secrets.token_hex(16)


def endpoints(scenario: Scenario, revealed: Mapping[int, Secret], sink: SinkEnd) -> tuple[Endpoint, ...]:
    """One endpoint an arm; `revealed` are the secrets of arms with servers of their own."""
    return tuple(
        _own_endpoint(arm, arm.server, revealed.get(number, Secret("")))
        if arm.server is not None
        else Endpoint(
            sink.host, sink.ports.get(number, 0), _SERVER_NAME, arm, sink.ca_pem, _USER, Secret(sink.password)
        )
        for number, arm in enumerate(scenario.arms)
    )


def failovers(scenario: Scenario, sink: SinkEnd, arms: Sequence[Endpoint]) -> dict[int, Endpoint]:
    """By arm with `failover`: the other arm's endpoint, at the embedded sink by a port of its own."""
    found = {}
    for number, arm in enumerate(scenario.arms):
        if arm.failover is not None:
            other = arms[arm.failover.arm]
            found[number] = replace(other, port=sink.failover_ports.get(number, other.port))
    return found


def _own_endpoint(arm: ArmSpec, server: ServerAddress, secret: Secret) -> Endpoint:
    ca_pem = arm.ca_file.read_text("utf-8") if arm.ca_file is not None else ""
    username = secret.reveal() if arm.username == PASSWORD_AS_USERNAME else arm.username
    return Endpoint(_address(arm, server), server.port, server.host, arm, ca_pem, username, secret)


def _address(arm: ArmSpec, server: ServerAddress) -> str:
    """Looked up once, before the clock. Raises TargetUnreachable, and InputError if a loopback name points to another host."""
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is empty or too long (RFC 1035 §2.3.4)
        problem = f"{server.host} (arm {arm.name!r}) is not a host name: correct the arm's server; nothing was sent"
        raise TargetUnreachable(problem) from None
    except OSError as error:
        raise unreachable(server.host, arm, error) from error
    address = str(found[0][4][0])
    if is_loopback(server.host) and not is_loopback(address):
        raise InputError(Mistake(server.host, f"leads to {address}, which is not this machine; nothing was sent"))
    return address
