"""What a client supports, as values: the scenario's check asks it, so that no other file knows clients by name."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.model.scenario import Security

SASL = ("plain", "login", "cram-md5")  # what every SMTP client here supports that logs in itself
TLS = (Security.NONE, Security.STARTTLS, Security.IMPLICIT)
HTTPS = (Security.NONE, Security.IMPLICIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOffers:
    """Mechanisms, dialogues and securities by the names that a scenario uses; the first dialogue is the client's own.

    `dsn`: passes DSN parameters on (RFC 3461). `batches`: puts several messages into one request (contracts.Batches).
    `stored`: sends one message a request of a stored template (contracts.SendsStored).
    `libraries` are the packages that it sends with, by the names of their distributions: a run records their versions.
    """

    securities: tuple[Security, ...] = (Security.NONE,)
    logins: tuple[str, ...] = ()
    dialogues: tuple[str, ...] = ("step",)
    dsn: bool = False
    batches: bool = False
    stored: bool = False
    libraries: tuple[str, ...] = ()
