"""What a scenario needs to know of a provider's SMTP relay: its host and ports, the log-in, and the options that it carries."""

from __future__ import annotations

from dataclasses import dataclass

# A relay's user name that is the password itself.
PASSWORD_AS_USERNAME = "{password}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayTerms:
    """`host` may hold the name of an option in braces, as `{region}`. Ports: the first is used.

    `username` is empty where each account has its own. `options` are those that the relay carries; `messages_per_connection`
    is 0 where no limit is known.
    """

    host: str
    starttls_ports: tuple[int, ...] = ()
    implicit_ports: tuple[int, ...] = ()
    username: str = ""
    logins: tuple[str, ...] = ()
    messages_per_connection: int = 0
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SandboxTerms:
    """A provider's test mode: the host that it has of its own, and the option that it needs; both may be empty."""

    host: str = ""
    needs: str = ""
