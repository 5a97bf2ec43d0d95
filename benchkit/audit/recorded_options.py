"""The options of an audit as plain values, so that a recording gives the same report without repeating them.

Law: every field of `Options` that affects a report is here. A message is kept whole: its signatures cover all of it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from benchkit.audit.aggregate_reports.recorded import from_values
from benchkit.audit.audit_context import Options
from benchkit.audit.connect_probe.probes import ConnectOptions
from benchkit.audit.connect_probe.recorded_probes import ProbeRecorder, replayed
from benchkit.audit.message.parser import read_mail
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.audit.zone_facts import HeldZoneFacts
from benchkit.model.dns import Ask
from benchkit.resolver.zone_file import ZoneFault, ZoneFaultKind

Values = dict[str, Any]  # as JSON has them
PLAIN = ("ip", "helo", "mail_from", "offline", "joined", "allow_private", "blocklists", "nsec_walk", "now_s")


def written(options: Options) -> Values:
    connections = options.connections
    recorder = connections.probes if connections else None
    return {
        **{name: getattr(options, name) for name in PLAIN},
        "selectors": list(options.selectors),
        "zone": asdict(options.zone) if options.zone else None,
        "authorities": options.authorities is not None,
        "validated": options.validated is not None,
        "message": base64.b64encode(options.mail.raw or options.mail.octets).decode("ascii") if options.mail else None,
        "arms": [asdict(arm) for arm in options.arms],
        "reports": asdict(options.reports) if options.reports else None,
        "connected_at": connections.now.isoformat() if connections else None,
        "connections": recorder.values if isinstance(recorder, ProbeRecorder) else {},
    }


def read(values: Values, authorities: Callable[[str, str], Ask] | None = None) -> Options:
    """Raises ValueError, TypeError, KeyError or AttributeError for what is no such record."""
    plain = {name: values[name] for name in PLAIN if name in values}
    for name, value in plain.items():
        expected = type(next(each.default for each in fields(Options) if each.name == name))
        if not isinstance(value, expected):
            raise TypeError(f"{name} is no {expected.__name__}")
    message, at = values.get("message"), values.get("connected_at")
    return Options(
        **plain,
        selectors=tuple(map(str, values.get("selectors", ()))),
        zone=_zone(values["zone"]) if values.get("zone") else None,
        authorities=authorities,
        mail=read_mail(base64.b64decode(message, validate=True)) if message is not None else None,
        arms=tuple(ArmIdentity(**arm) for arm in values.get("arms", ())),
        reports=from_values(values["reports"]) if values.get("reports") else None,
        connections=ConnectOptions(replayed(values["connections"]), datetime.fromisoformat(at)) if at else None,
    )


def _zone(values: Values) -> HeldZoneFacts:
    faults = (ZoneFault(**each | {"kind": ZoneFaultKind(each["kind"])}) for each in values["faults"])
    selectors = tuple((str(selector), str(domain)) for selector, domain in values["selectors"])
    mailboxes = tuple(map(str, values.get("mailboxes", ())))
    return HeldZoneFacts(selectors, tuple(map(str, values["domains"])), tuple(faults), mailboxes)
