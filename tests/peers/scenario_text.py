"""The scenario that goes through every way of a peer: mail with everything that a path likes to change."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.peers.api_ways import ApiWay
from tests.peers.servers.peer import DOMAIN, NAME, Peer
from tests.peers.ways import Way

MESSAGES = 3  # of each way, so that a kept connection is used again
TEXT = r"""Zoë, here is what mends itself and what must not be mended:
.
..dots at the beginning of a line
From here a mailbox would see a new message
trailing space and tab:@ 	 @
=3D and =\r\n are no codes
日本語 and one line that is far longer than the seventy-eight characters which RFC 5322 would like to see on a line: §§§

the end.""".replace("@", "")


def scenario_text(peer: Peer, ways: Sequence[Way | ApiWay], to: str = f"Zoë Ärger <one@{DOMAIN}>") -> str:
    """TOML; JSON's strings are TOML's."""
    message = f"""
name = "every way"
question = "Does it arrive, once, as it was sent?"
[message]
from = "Größe & Söhne <shop@{DOMAIN}>"
to = [{json.dumps(to)}]
subject = "Grüße: your order № 7 has left — and a subject long enough to be folded at least once on its way"
text = {json.dumps(TEXT)}
html = "<p>.</p>\\n<p>Grüße</p>"
count = {MESSAGES}
[load]
model = "talk"
blocks = 1
messages_per_block = {MESSAGES}
warmup_blocks = 0
"""
    return message + "".join(_arm(peer, way) for way in ways)


def _arm(peer: Peer, way: Way | ApiWay) -> str:
    keys = way.arm(peer) | {
        "name": way.name,
        "security": way.listener.security.value,
        "server": {"host": NAME, "port": way.listener.port},
        "timeout_s": 10,
    }
    if way.listener.security != "none":
        keys["ca_file"] = str(peer.ca_file)
    return "\n".join(["[[arm]]", *(f"{key} = {_toml(value)}" for key, value in keys.items()), ""])


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
