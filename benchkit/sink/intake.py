"""The hot path of arrival: whose send it is and what its bytes are, into the ledger, before the reply. Nothing is parsed."""

from __future__ import annotations

from hashlib import blake2b
from time import perf_counter_ns

from benchkit.model.contracts import Ledger
from benchkit.model.identity import PLACEHOLDER, find_identity

STRANGER = -1


class Intake:
    """One listener's way into the ledger. An empty `run_token` takes the identities of any run."""

    __slots__ = ("_arm", "_ledger", "_run_token", "_seen")

    def __init__(self, arm: int, ledger: Ledger, run_token: str) -> None:
        self._arm = arm
        self._ledger = ledger
        self._run_token = run_token
        self._seen: set[bytes] = set()

    def identify(self, body: bytes) -> tuple[bytes, int]:
        """(identity, send number); b"" where there is none, STRANGER where it is not of this run."""
        found = find_identity(body)
        if found is None:
            return b"", STRANGER
        identity, token, send = found
        return identity, send if token == self._run_token or not self._run_token else STRANGER

    def take(self, head: bytes, body: bytes, recipients: int, identity: bytes, send: int) -> bytes:
        """Into the ledger; gives the key. `recipients` 0 is "not counted yet": parse_body will."""
        arrived_ns = perf_counter_ns()
        bare = body.replace(identity, PLACEHOLDER) if identity else body
        state = blake2b(head, digest_size=16)
        state.update(bare)
        key = state.digest()
        if key not in self._seen:
            self._seen.add(key)
            self._ledger.body(key, self._arm, head, bare)
        self._ledger.arrived(send, self._arm, key, arrived_ns, len(body), recipients)
        return key
