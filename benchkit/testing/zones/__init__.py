"""Three domains and the names around them as zone files, for checks to be tried on: their answers come from these files."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
OFFICE = _HERE / "office.zone"  # office.example: its mail is at a provider, its newsletters come from another one
NEWS = _HERE / "news.zone"  # news.brand.example: a subdomain that sends, with redirects, includes and a policy above it
PARKED = _HERE / "parked.zone"  # parked.example: sends nothing and takes nothing
REST = _HERE / "rest.zone"  # what is around them: parents, providers, reverse zones
