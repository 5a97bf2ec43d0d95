"""The names that exist outside this room: the caller that loads a scenario gives them, and facts of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`clients` by transport (a transport with a single client needs no `client` key); `providers` with their option names.

    `batch_limits` says how many messages one request may carry, of the providers that take more than one.
    `dialogues` names, by client, the dialogues that it knows beyond "step"; `more_auth` its mechanisms beyond `auth`.
    """

    clients: Mapping[str, tuple[str, ...]]
    providers: Mapping[str, frozenset[str]]
    statistics: tuple[str, ...]
    auth: tuple[str, ...] = ("plain", "login", "cram-md5")
    dialogues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    batch_limits: Mapping[str, int] = field(default_factory=dict)
    more_auth: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cores: int = 1  # of this machine, that a run may use
