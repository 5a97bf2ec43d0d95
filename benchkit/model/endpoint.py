"""Where an arm's messages go, with everything a transport needs: it reads no environment and no scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchkit.model.scenario import ArmSpec, Fault, Limit, Security
from benchkit.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`server_name` is the name that the certificate must bear; `ca_pem` empty means the system's trust store."""

    host: str
    port: int
    server_name: str
    arm: ArmSpec
    ca_pem: str = ""
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    local_hostname: str = "benchkit.invalid"


@dataclass(frozen=True, slots=True)
class ListenerConfig:
    """One arm's port at the embedded sink. Each arm has its own, so the port tells which arm a message came from."""

    arm: int
    protocol: str  # "smtp" or "api"
    security: Security
    provider: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    username: str = ""
    password: str = field(default="", repr=False)
    auth_required: bool = False
    faults: tuple[Fault, ...] = ()
    limit: Limit = field(default_factory=Limit)
    port: int = 0  # the kernel's choice
    batches: bool = False  # each request carries several messages, or may
    uploads: Mapping[str, bytes] = field(default_factory=dict)  # what was stored with the API before, by name
    seed: int = 0
    congestion: str = ""
    extensions: tuple[str, ...] = ()  # EHLO keywords besides STARTTLS and AUTH; empty: all that benchkit knows
    extensions_before_tls: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()  # of AUTH; empty: all
