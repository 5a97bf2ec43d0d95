"""Connections written down with what they showed, and answered from what was written down."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar

from benchkit.audit.connect_probe.certificates import read_chain
from benchkit.audit.connect_probe.https_file import HttpsFile, WantedFile
from benchkit.audit.connect_probe.probes import Probes
from benchkit.audit.connect_probe.starttls import MailServer, StarttlsStage

ABSENT = "not in this recording"
Values = dict[str, Any]  # as JSON has them
Shown = TypeVar("Shown", MailServer, HttpsFile)


@dataclass(frozen=True, slots=True)
class ProbeRecorder:
    """Hands on what `probes` gives, and keeps it."""

    probes: Probes
    kept: dict[str, MailServer | HttpsFile] = field(default_factory=dict)

    async def mail_server(self, address: str, host: str) -> MailServer:
        return self._keep(_key("smtp", address, host), await self.probes.mail_server(address, host))

    async def policy_file(self, domain: str, addresses: Sequence[str]) -> HttpsFile:
        return self._keep(_key("mta-sts", domain, *addresses), await self.probes.policy_file(domain, addresses))

    async def https_file(self, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        return self._keep(_key("https", wanted.url, *addresses), await self.probes.https_file(wanted, addresses))

    def _keep(self, key: str, shown: Shown) -> Shown:
        self.kept[key] = shown
        return shown

    @property
    def values(self) -> Values:
        return {key: _written(self.kept[key]) for key in sorted(self.kept)}


@dataclass(frozen=True, slots=True)
class ReplayedProbes:
    """Connects to nothing. A host that the recording did not connect to is reported as such."""

    kept: dict[str, Values]

    async def mail_server(self, address: str, host: str) -> MailServer:
        kept = self.kept.get(_key("smtp", address, host))
        return _mail_server(kept) if kept else MailServer(host, address, 0, error=ABSENT)

    async def policy_file(self, domain: str, addresses: Sequence[str]) -> HttpsFile:
        kept = self.kept.get(_key("mta-sts", domain, *addresses))
        return _https_file(kept) if kept else HttpsFile(f"https://mta-sts.{domain}", error=ABSENT)

    async def https_file(self, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        kept = self.kept.get(_key("https", wanted.url, *addresses))
        return _https_file(kept) if kept else HttpsFile(wanted.url, error=ABSENT)


def replayed(values: Values) -> ReplayedProbes:
    """Raises ValueError, TypeError or KeyError for what is no recording of connections."""
    for key, kept in values.items():
        (_mail_server if key.startswith("smtp ") else _https_file)(kept)
    return ReplayedProbes(values)


def _key(*words: str) -> str:
    return " ".join(words)


def _written(shown: MailServer | HttpsFile) -> Values:
    """Without what is at its default; octets as base64, a chain as its certificates' octets."""
    values = {each.name: getattr(shown, each.name) for each in fields(shown)}
    changed = {name: value for name, value in values.items() if value != _defaults(shown)[name]}
    if "chain" in changed:
        changed["chain"] = [_text(certificate.der) for certificate in changed["chain"]]
    return {name: _text(value) if isinstance(value, bytes) else value for name, value in changed.items()}


def _defaults(shown: MailServer | HttpsFile) -> Values:
    every: Sequence[Field[Any]] = fields(shown)
    return {each.name: each.default if each.default is not MISSING else None for each in every}


def _mail_server(values: Values) -> MailServer:
    read = dict(values)
    read["stage"] = StarttlsStage(read.get("stage", StarttlsStage.CONNECT))
    read["extensions"] = tuple(map(str, read.get("extensions", ())))
    read["chain"] = read_chain([base64.b64decode(text, validate=True) for text in read.get("chain", ())])
    return MailServer(**read)


def _https_file(values: Values) -> HttpsFile:
    return HttpsFile(**values | {"body": base64.b64decode(values.get("body", ""), validate=True)})


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
