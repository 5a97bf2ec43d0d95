"""Which TCP congestion control each arm sets, decided before anything is sent: a kernel's default differs from host to host
(CUBIC, BBR), so each of benchkit's sockets is set. A trial socket knows what this kernel has and lets this user set.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from errno import EPERM
from pathlib import Path

from benchkit.errors import InputError, Mistake
from benchkit.model.scenario import ArmSpec, Scenario

DEFAULT = "cubic"
_SETTINGS = Path("/proc/sys/net/ipv4")


def with_congestion(scenario: Scenario) -> Scenario:
    """The scenario with every arm's congestion control named. Raises InputError if an arm's choice is not available."""
    mistakes = [
        Mistake(str(scenario.path), why, key=f"arm.{number}.congestion")
        for number, arm in enumerate(scenario.arms)
        if arm.congestion and (why := refusal(arm.congestion))
    ]
    if mistakes:
        raise InputError(*mistakes)
    default = "" if refusal(DEFAULT) else DEFAULT
    return replace(scenario, arms=tuple(_named(arm, default) for arm in scenario.arms))


def _named(arm: ArmSpec, default: str) -> ArmSpec:
    return arm if arm.congestion or arm.transport == "null" else replace(arm, congestion=default)


def refusal(name: str) -> str:
    """Why a socket cannot use it, in words; empty if it can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        try:
            trial.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name.encode("ascii"))
        except OSError as error:
            if error.errno == EPERM:
                return (
                    f'"{name}" needs root here; without root these are available: '
                    f"{_setting('tcp_allowed_congestion_control')}"
                )
            return f'this kernel has no "{name}"; it has: {_setting("tcp_available_congestion_control")}'
    return ""


def _setting(name: str) -> str:
    return ", ".join((_SETTINGS / name).read_text("ascii").split())
