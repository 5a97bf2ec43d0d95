"""An audit of a zone that is written in the test: its lines come behind a head that is in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.model.audit import AuditReport
from benchkit.resolver import from_zone

HEAD = """$ORIGIN shop.example.
$TTL 3600
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ IN NS ns1
@ IN NS ns2
ns1 IN A 192.0.2.53
ns2 IN A 192.0.2.54
mail IN A 192.0.2.25
"""


@pytest.fixture
def audit(tmp_path: Path) -> Callable[..., AuditReport]:
    """`audit(zone lines, domain, **options)` → the report, from the zone alone."""

    def run(lines: str, domain: str = "shop.example", **options: object) -> AuditReport:
        path = tmp_path / "shop.zone"
        path.write_text(HEAD + lines + "\n", "utf-8")
        settings = Options(offline=True, **options)  # type: ignore[arg-type]
        return asyncio.run(audit_domain(domain, from_zone([path]), settings))

    return run
