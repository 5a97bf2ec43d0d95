"""Templates that an API has stored: how a receiving half is given them, and the id that it makes of a template's name.

The sink keeps the bodies of the requests that stored them. It adds them to each later request as header fields, so that
whatever the form of its body, that request can be read by itself after the run.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from benchkit.model.exchange import Request

NAME = "benchkit"  # of the template that an arm's requests name
FIELD = "x-benchkit-template"


def with_templates(request: Request, templates: Mapping[str, bytes]) -> Request:
    return replace(request, headers=(*request.headers, *(_field(*one) for one in templates.items())))


def stored_body(request: Request, name: object) -> bytes | None:
    """What stored the template of this name; None where nothing did."""
    wanted = _coded(str(name).encode("utf-8", "replace")) + " "
    found = (value for field, value in request.headers if field == FIELD and value.startswith(wanted))
    return next((b64decode(value.partition(" ")[2]) for value in found), None)


def stored_table(request: Request, name: object) -> Mapping[str, Any] | None:
    """The same where it is a JSON object."""
    body = stored_body(request, name)
    document = None if body is None else json.loads(body)
    return document if isinstance(document, dict) else None


def number_of(name: str) -> int:
    """The id of a template where the API numbers them."""
    return crc32(name.encode("utf-8", "replace")) & 0x7FFFFFFF


def uuid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


@lru_cache(64)
def _field(name: str, body: bytes) -> tuple[str, str]:
    return FIELD, f"{_coded(name.encode('utf-8', 'replace'))} {_coded(body)}"


def _coded(data: bytes) -> str:
    return b64encode(data).decode("ascii")
