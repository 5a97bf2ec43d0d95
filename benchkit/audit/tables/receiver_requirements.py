"""What Gmail, Yahoo and Microsoft ask of senders, as dated data. A rule set that changes gets a new date and new rows.

Law: a requirement is what the receiver has published. Those that no outside tool can see are named in `unseen`, never passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Requirement(StrEnum):
    """What can be judged from the DNS."""

    SPF = "an SPF record without errors"
    DKIM = "a DKIM key of at least 1024 bits"
    SPF_OR_DKIM = "SPF or DKIM"
    DMARC = "a DMARC record, p=none or stronger"
    REVERSE_DNS = "forward and reverse DNS of the sending addresses"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """`bulk` holds for senders above `threshold`, `everyone` for all. `checked` is the day on which this was last compared."""

    receiver: str
    checked: str
    since: str
    threshold: str
    everyone: tuple[Requirement, ...]
    bulk: tuple[Requirement, ...]
    unseen: tuple[str, ...]
    refusal: str


_EVERYONE = (Requirement.SPF_OR_DKIM, Requirement.REVERSE_DNS)
_BULK = (Requirement.SPF, Requirement.DKIM, Requirement.DMARC)

GMAIL = RuleSet(
    receiver="Gmail",
    checked="2026-06-21",
    since="2024-02-01; permanent refusals since November 2025",
    threshold="about 5,000 messages a day to personal accounts, summed over the primary domain; once bulk, always bulk",
    everyone=_EVERYONE,
    bulk=_BULK,
    unseen=(
        "TLS on every connection",
        "alignment of what is really sent (--message)",
        "one-click unsubscription in marketing mail (--message)",
        "spam rate below 0.1 %, never 0.3 %",
    ),
    refusal="550 5.7.26 and similar",
)
YAHOO = RuleSet(
    receiver="Yahoo",
    checked="2026-06-21",
    since="2024-02-01",
    threshold="not published",
    everyone=_EVERYONE,
    bulk=_BULK,
    unseen=(
        "alignment of what is really sent (--message)",
        "one-click unsubscription, honoured within two days (--message)",
        "spam rate below 0.3 %",
    ),
    refusal="554 and 4xx deferrals",
)
MICROSOFT = RuleSet(
    receiver="Microsoft",
    checked="2026-06-21",
    since="2025-05-05",
    threshold="more than 5,000 messages a day to outlook.com, hotmail.com, live.com and msn.com",
    everyone=(),
    bulk=_BULK,
    unseen=("SPF and DKIM must both pass for each message (--message with --ip)",),
    refusal="550 5.7.515",
)
RULE_SETS = (GMAIL, YAHOO, MICROSOFT)
