"""JSON of webhooks. Anyone may post anything, so a missing or odd field is read as empty and is never an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from benchkit.events.machine_agents import is_machine
from benchkit.events.reasons import LONGEST, bounce_of, enhanced_code, reply_code
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request
from benchkit.model.identity import find_identity
from benchkit.model.outside_text import printable

LARGEST = 20_000_000  # bytes of one POST
Values = Mapping[str, Any]


def document(request: Request) -> Any:
    """Raises ValueError."""
    if len(request.body) > LARGEST:
        raise ValueError(f"the body has {len(request.body):,} bytes")
    try:
        return json.loads(request.body)
    except RecursionError:
        raise ValueError("the body nests too deep") from None


def objects(found: Any) -> list[Values]:
    """One object, or a list of them. Raises ValueError for anything else."""
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(each, dict) for each in listed):
        raise ValueError("the body is neither an object nor a list of objects")
    return listed


def at(values: Values, *path: str) -> Any:
    """What is at the end of the path; None where it ends early."""
    found: Any = values
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text(values: Values, *path: str) -> str:
    found = at(values, *path)
    return str(found).strip() if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def ms_of(found: object, *, unit_ms: int = 1_000) -> int:
    """Unix time as a number or digits, or ISO 8601 → milliseconds; 0 where it is neither."""
    try:
        if isinstance(found, int | float) or (isinstance(found, str) and found.replace(".", "", 1).isdigit()):
            milliseconds = round(float(found) * unit_ms)
        else:
            moment = datetime.fromisoformat(str(found))
            milliseconds = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000)
    except (ValueError, OverflowError):
        return 0
    return milliseconds if 0 <= milliseconds < 1 << 53 else 0


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(
    kind: EventKind,
    source: str,
    raw: Values,
    *,
    at_ms: int,
    recipient: str = "",
    message_id: str = "",
    event_id: str = "",
    bounce: Bounce | None = None,
    uncoded: Bounce = Bounce.SOFT,
    reason: str = "",
    code: int = 0,
    agent: str = "",
    url: str = "",
    machine: bool | None = None,
) -> Event:
    """With what every source's reason and agent show, and with benchkit's identity wherever in `raw` it came back.

    `bounce` None: the receiver's codes tell, and without codes it is `uncoded`.
    """
    enhanced, code = enhanced_code(reason), code or reply_code(reason)
    failed = kind is EventKind.BOUNCED
    found = find_identity(json.dumps(raw).encode())
    seen = kind in (EventKind.OPENED, EventKind.CLICKED)
    return Event(
        kind=kind,
        source=source,
        at_ms=at_ms,
        recipient=printable(recipient, 320),
        message_id=printable(message_id.strip("<>"), 250),
        identity=found[0].decode("ascii") if found else "",
        event_id=printable(event_id, 250),
        bounce=bounce or (bounce_of(code, enhanced) if code or enhanced else uncoded) if failed else Bounce.NONE,
        code=code,
        enhanced=enhanced,
        reason=printable(reason, LONGEST),
        agent=printable(agent, LONGEST) if seen else "",
        url=printable(url, LONGEST) if kind is EventKind.CLICKED else "",
        machine=(machine if machine is not None else is_machine(agent)) if seen else None,
    )


def posted(found: Any, *headers: tuple[str, str]) -> Request:
    """A POST as providers make it."""
    body = json.dumps(found, separators=(",", ":")).encode()
    return Request("POST", "/", (("content-type", "application/json"), *headers), body)
