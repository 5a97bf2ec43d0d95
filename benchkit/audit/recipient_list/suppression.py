"""Suppression lists as providers export them, in CSV or JSON: which addresses must not get mail, and why.

SendGrid, Mailgun, Postmark, SES, Brevo and SparkPost name both differently; they are found by these names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from benchkit.audit.recipient_list.csv_rows import read_list
from benchkit.errors import InputError, Mistake

ADDRESS_KEYS = ("email", "address", "emailaddress", "recipient", "email_address", "recipient_email")
REASON_KEYS = (
    "type",
    "suppressionreason",
    "suppression_reason",
    "reason",
    "event",
    "status",
    "source",
    "code",
    "error",
)
LONGEST_REASON = 80
DEEPEST = 20  # levels of JSON that are followed


def read_suppression(text: str, where: str) -> dict[str, str]:
    """The address in lower case → the reason as the list words it. Raises InputError."""
    found = dict(_from_json(text, where) if text.lstrip("\ufeff \r\n\t")[:1] in ("[", "{") else _from_csv(text, where))
    if not found:
        raise InputError(Mistake(where, "holds no addresses"))
    return found


def _from_csv(text: str, where: str) -> Iterator[tuple[str, str]]:
    listed = read_list(text, where)
    names = [_plain(name) for name in listed.header]
    place = next((names.index(key) for key in REASON_KEYS if key in names), None)
    for _, row in listed.rows:
        reason = row[place] if place is not None and place < len(row) else ""
        yield listed.address(row).lower(), _short(reason)


def _from_json(text: str, where: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InputError(Mistake(where, f"is not JSON: {error}")) from None
    yield from _objects(document, DEEPEST)


def _objects(value: Any, levels: int) -> Iterator[tuple[str, str]]:
    """Each object that names an address, wherever it is: lists are wrapped differently by each provider."""
    if isinstance(value, list) and levels:
        for each in value:
            yield from _objects(each, levels - 1)
    elif isinstance(value, Mapping) and levels:
        fields = {_plain(key): str(each) for key, each in value.items() if isinstance(each, str | int)}
        address = next((fields[key] for key in ADDRESS_KEYS if "@" in fields.get(key, "")), "")
        if address:
            yield address.strip().lower(), _short(next((fields[key] for key in REASON_KEYS if key in fields), ""))
        else:
            for each in value.values():
                yield from _objects(each, levels - 1)
    elif isinstance(value, str) and "@" in value:
        yield value.strip().lower(), ""


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _short(reason: str) -> str:
    text = " ".join(reason.split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
