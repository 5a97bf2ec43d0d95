"""The TCP settings of both ends, in one line; one line for each arm if the arms differ."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.summary import ArmSummary


def tcp_line(arms: Sequence[ArmSummary]) -> str:
    """`TCP: cubic at both ends, TCP_NODELAY`; empty for runs that did not record it."""
    settings = {arm.name: _settings_text(arm) for arm in arms if arm.client_congestion}
    if len(set(settings.values())) <= 1:
        return "".join(f"TCP: {one}" for one in set(settings.values()))
    return "TCP: " + "; ".join(f"{name}: {one}" for name, one in settings.items())


def _settings_text(arm: ArmSummary) -> str:
    client, server = arm.client_congestion, arm.server_congestion
    at_server = f", {server} at the server" if server else ""
    congestion = f"{client} at both ends" if client == server else f"{client} at the client{at_server}"
    parts = [congestion, "TCP_NODELAY" if arm.nodelay else ""]
    parts.append(f"paced to at most {arm.pacing_limit:,} bytes/s" if arm.pacing_limit else "")
    return ", ".join(part for part in parts if part)
