"""Eight changes that providers make to mail, each with what the verdict must name; and a way that changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchkit.events.changes import ChangeKind as K

OWN, SAME = "own server", "the same bytes"
MESSAGES = 6
MADE = "made on the second way"


@dataclass(frozen=True, slots=True)
class Way:
    """`relay`: keys of [arm.relay]. `named`: what must differ, with its cause."""

    name: str
    relay: str
    named: Mapping[str, str]


BEFORE = 'signed = "before"'
WAYS = (
    Way(SAME, "", {}),
    Way(
        "pixel", f'tracking = ["pixel"]\n{BEFORE}',
        {K.PIXEL_ADDED: MADE, "dkim": "the tracking pixel changed the body after signing"},
    ),
    Way(
        "links", f'tracking = ["links"]\n{BEFORE}',
        {K.LINK_REWRITTEN: MADE, "dkim": "rewritten links changed the body after signing"},
    ),
    Way(
        "footer", f'footer = "Sent with Acme"\n{BEFORE}',
        {K.FOOTER_ADDED: MADE, "dkim": "the added footer changed the body after signing"},
    ),
    Way(
        "dropped text part", f"text_part = false\n{BEFORE}",
        {K.PART_LOST: MADE, "dkim": "the lost part changed the body after signing", "symbol MIME_HTML_ONLY": "the lost part"},
    ),
    Way(
        "base64", f'encoding = "base64"\n{BEFORE}',
        {K.RE_ENCODED: MADE, "dkim": "the new encoding changed the body after signing"},
    ),
    Way(
        "no List-Unsubscribe", 'removed_headers = ["List-Unsubscribe"]',
        {K.HEADER_REMOVED: MADE, "symbol HAS_LIST_UNSUB": "the removed list-unsubscribe"},
    ),
    Way(
        "foreign envelope sender", 'return_path = "bounces@provider.example"',
        {"envelope_sender": "the way sets an envelope sender of its own", "symbol FROM_NEQ_ENVFROM": "another envelope sender"},
    ),
    Way("old key", 'signed = "old key"', {"dkim": "the signature was broken"}),
)  # fmt: skip
_HEAD = """name = "lab"
[message]
from = "Shop <parcels@hearth.example>"
to = ["Ann <ann@there.example>"]
subject = "Your parcel"
text = "Your parcel is on its way: https://hearth.example/track and https://hearth.example/help"
html = '''<html><body><p>Your parcel <a href="https://hearth.example/track">is on its way</a>.
<a href="https://hearth.example/help">Help</a></p></body></html>'''
count = {messages}
headers = {{ List-Unsubscribe = "<https://hearth.example/unsubscribe>" }}
[load]
blocks = 1
messages_per_block = {messages}
warmup_blocks = 0
{load}
[receiving_lab]
zones = ["{zone}"]
[[arm]]
name = "own server"
transport = "smtp"
client = "aiosmtplib"
server = "receiving-lab"
"""
_ARM = """[[arm]]
name = "{name}"
transport = "api"
provider = "mailgun"
client = "wire"
security = "none"
options = {{ endpoint = "mime" }}
[arm.relay]
sign_as = "hearth.example"
{relay}
"""


def scenario_text(ways: Iterable[Way], zone: Path, messages: int = MESSAGES, load: str = "") -> str:
    arms = "".join(_ARM.format(name=way.name, relay=way.relay) for way in ways)
    return _HEAD.format(zone=zone, messages=messages, load=load) + arms
