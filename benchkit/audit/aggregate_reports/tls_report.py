"""One SMTP TLS report (RFC 8460 §4) → for each policy, how many sessions succeeded, and how many failed for which reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchkit.audit.aggregate_reports.refusal import RefusedReport

LARGEST = 50_000_000  # bytes of JSON


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """`result` is one of RFC 8460 §4.3, or what the reporter says instead."""

    result: str
    sessions: int
    mx_host: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TlsPolicyResult:
    """`kind` is `sts`, `tlsa` or `no-policy-found`."""

    kind: str
    domain: str
    successes: int
    failures: int
    details: tuple[TlsFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class TlsReport:
    """`start` and `end` as the report writes them (RFC 3339)."""

    reporter: str
    report_id: str
    start: str
    end: str
    policies: tuple[TlsPolicyResult, ...]


def read_tls(data: bytes) -> TlsReport:
    """Raises RefusedReport."""
    if len(data) > LARGEST:
        raise RefusedReport(f"has {len(data):,} bytes of JSON, and the limit is {LARGEST:,}")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RefusedReport(f"is not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("policies"), list):
        raise RefusedReport("is not a TLS report: it has no list of policies")
    days = _object(document.get("date-range"))
    return TlsReport(
        reporter=_text(document, "organization-name"),
        report_id=_text(document, "report-id"),
        start=_text(days, "start-datetime"),
        end=_text(days, "end-datetime"),
        policies=tuple(_policies(document["policies"])),
    )


def _policies(listed: list[Any]) -> Iterator[TlsPolicyResult]:
    for each in map(_object, listed):
        policy, summary = _object(each.get("policy")), _object(each.get("summary"))
        details = each.get("failure-details")
        yield TlsPolicyResult(
            kind=_text(policy, "policy-type").lower(),
            domain=_text(policy, "policy-domain").lower().rstrip("."),
            successes=_count(summary, "total-successful-session-count"),
            failures=_count(summary, "total-failure-session-count"),
            details=tuple(_failures(details if isinstance(details, list) else [])),
        )


def _failures(listed: list[Any]) -> Iterator[TlsFailure]:
    for each in map(_object, listed):
        yield TlsFailure(
            result=_text(each, "result-type").lower(),
            sessions=_count(each, "failed-session-count"),
            mx_host=_text(each, "receiving-mx-hostname").lower(),
            reason=_text(each, "failure-reason-code"),
        )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(values: Mapping[str, Any], key: str) -> str:
    found = values.get(key)
    return found.strip() if isinstance(found, str) else ""


def _count(values: Mapping[str, Any], key: str) -> int:
    """Some reporters write numbers as strings."""
    found = values.get(key)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 13:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 10**13 else 0
