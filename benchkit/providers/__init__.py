"""Email APIs without I/O: message → request, response → outcome, and each one's receiving half. One file each."""

from __future__ import annotations

from benchkit.model.contracts import Provider
from benchkit.registry import Registry

PROVIDERS: Registry[Provider] = Registry("provider", "benchkit.providers", "PROVIDER", ("jmap", "mailgun"))
