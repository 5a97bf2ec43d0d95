"""The identity of one send, in a fixed-width place of the bytes that leave.

A send is one row of the plan; the same message of the batch is sent many times. Its identity is `bk` + the run's token
(8 hex digits) + `-` + the send's number in the plan (10 digits). Messages are rendered with PLACEHOLDER in that place, so
that patching is one `join` and the sink can cut the identity out and digest the rest without parsing.

Some APIs carry MIME in base64. The identity has 21 bytes, so where it begins at a multiple of 3 its base64 is 28 characters of
its own, which can be patched as well. batch/writer.py puts it there, and `standard` and `urlsafe` base64 agree on it.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Container
from dataclasses import dataclass

PLACEHOLDER = b"bk00000000-0000000000"
HEADER = "X-Benchkit-Id"
NAMED_SEND = "{identity}"  # in a text of a scenario: where the identity of each send is to stand
ENCODED_PLACEHOLDER = b64encode(PLACEHOLDER)
_PATTERN = re.compile(rb"bk([0-9a-f]{8})-([0-9]{10})")
_ENCODED = re.compile(rb"Ym[st][0-9A-Za-z]{25}")  # "bk" and a hexadecimal digit, in base64


def token_of(run_token: str, send: int) -> bytes:
    """The identity's bytes, as wide as PLACEHOLDER; `run_token` is 8 hex digits."""
    return b"bk%s-%010d" % (run_token.encode("ascii"), send)


def split_at_identity(rendered: bytes) -> tuple[bytes, ...]:
    """The pieces between identities: `token.join(pieces)` gives the bytes of one send."""
    return tuple(rendered.split(PLACEHOLDER))


@dataclass(frozen=True, slots=True)
class IdentitySlots:
    """Rendered bytes, split at each place of the identity: first at its base64, then at itself."""

    parts: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, rendered: bytes) -> IdentitySlots:
        return cls(tuple(split_at_identity(part) for part in rendered.split(ENCODED_PLACEHOLDER)))

    def filled(self, identity: bytes) -> bytes:
        if len(self.parts) == 1:
            return identity.join(self.parts[0])
        return b64encode(identity).join([identity.join(part) for part in self.parts])


def find_identity(body: bytes) -> tuple[bytes, str, int] | None:
    """The first identity in what arrived: its bytes, run token and send number; None where there is none."""
    match = _PATTERN.search(body) or _find_encoded(body)
    if match is None:
        return None
    return match.group(0), match.group(1).decode("ascii"), int(match.group(2))


def _find_encoded(body: bytes) -> re.Match[bytes] | None:
    decoded = (_PATTERN.fullmatch(b64decode(found)) for found in _ENCODED.findall(body))
    return next((match for match in decoded if match), None)


def without_identity(body: bytes, identity: bytes) -> bytes:
    """What arrived with the placeholder wherever this one stood, in base64 too."""
    return body.replace(identity, PLACEHOLDER).replace(b64encode(identity), ENCODED_PLACEHOLDER)


def find_identities(body: bytes, run_token: str) -> dict[bytes, int]:
    """Every identity of that run (of any, if empty) with its send, in the order in which they first stand there."""
    found = ((match[0], match[1].decode("ascii"), int(match[2])) for match in _PATTERN.finditer(body))
    return {identity: send for identity, token, send in found if not run_token or token == run_token}


def without_identities(body: bytes, identities: Container[bytes]) -> bytes:
    """What arrived with PLACEHOLDER wherever one of these stood."""
    return _PATTERN.sub(lambda match: PLACEHOLDER if match[0] in identities else match[0], body)


def place_of_key(key: bytes, first: bytes) -> int:
    """The nth for which `nth_key(first, nth)` is `key`; a huge number where the two have nothing to do with each other."""
    return (int.from_bytes(key, "big") - int.from_bytes(first, "big")) % (1 << 8 * len(key))


def nth_key(key: bytes, nth: int) -> bytes:
    """The key of the nth mail, from 0, of a request that carried several, from the key of its bytes (16 bytes)."""
    return ((int.from_bytes(key, "big") + nth) % (1 << 8 * len(key))).to_bytes(len(key), "big")
