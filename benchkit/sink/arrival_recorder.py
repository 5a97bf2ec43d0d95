"""Records each arrival before the reply: the send that it belongs to, and a digest of its bytes. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Container, Mapping
from hashlib import blake2b
from itertools import chain, repeat
from time import perf_counter_ns

from benchkit.model.contracts import Ledger
from benchkit.model.identity import find_identities, find_identity, nth_key, without_identities, without_identity

STRANGER = -1


class ArrivalRecorder:
    """Writes one listener's arrivals into the ledger. An empty `run_token` accepts the identities of any run."""

    __slots__ = ("_arm", "_ledger", "_new", "_recorded_keys", "_run_token")

    def __init__(self, arm: int, ledger: Ledger, run_token: str) -> None:
        self._arm = arm
        self._ledger = ledger
        self._run_token = run_token
        self._recorded_keys: set[bytes] = set()
        self._new = 0

    def identify(self, body: bytes) -> tuple[bytes, int]:
        """(identity, send number); b"" where there is none, STRANGER where it is not of this run."""
        found = find_identity(body)
        if found is None:
            return b"", STRANGER
        identity, token, send = found
        return identity, send if token == self._run_token or not self._run_token else STRANGER

    def identify_all(self, body: bytes) -> dict[bytes, int]:
        """The sends of this run that a request carries, by identity and in their order."""
        return find_identities(body, self._run_token)

    def new_ids(self, number: int) -> tuple[bytes, ...]:
        """Ids for mails without an identity: each gets its own, as at any server."""
        first, self._new = self._new, self._new + number
        return tuple(b"new%010d" % serial for serial in range(first, first + number))

    def take(self, head: bytes, body: bytes, recipients: int, identity: bytes, send: int) -> bytes:
        """Writes the mail into the ledger and gives its key. `recipients` 0: parse_body counts them later."""
        arrived_ns = perf_counter_ns()
        key = self._keep(head, without_identity(body, identity) if identity else body)
        self._ledger.arrived(send, self._arm, key, arrived_ns, len(body), recipients)
        return key

    def take_batch(
        self, head: bytes, body: bytes, sends: Mapping[bytes, int], refused: Container[int] = frozenset()
    ) -> None:
        """Several mails of one request but for those at the places in `refused`.

        The bytes of the request are the first one's, so that their sum is what came.
        """
        arrived_ns = perf_counter_ns()
        taken = [(nth, send) for nth, send in enumerate(sends.values()) if nth not in refused]
        if not taken:
            return
        key = self._keep(head, without_identities(body, sends))
        sizes = chain((len(body),), repeat(0))
        for (nth, send), size in zip(taken, sizes, strict=False):
            self._ledger.arrived(send, self._arm, nth_key(key, nth), arrived_ns, size, 0)

    def _keep(self, head: bytes, bare: bytes) -> bytes:
        """The key of these bytes, which the ledger gets once."""
        state = blake2b(head, digest_size=16)
        state.update(bare)
        key = state.digest()
        if key not in self._recorded_keys:
            self._recorded_keys.add(key)
            self._ledger.body(key, self._arm, head, bare)
        return key
