"""The machine and its software: host facts from pyperf; the TCP settings that affect a mail benchmark from /proc.

Nothing here names the machine or its network, so a stored run can be published. The resolver is recorded only for a run that
used it.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("benchkit-mail", "uvloop", "pyarrow", "numpy", "scipy")  # beside the libraries of the clients
_TCP_SETTINGS = (
    "tcp_congestion_control",
    "tcp_slow_start_after_idle",
    "tcp_fastopen",
    "tcp_no_metrics_save",
    "tcp_rmem",
    "tcp_wmem",
)
_PATHS_AND_NAMES = frozenset(  # of this machine: no reader of a published run needs them
    {"hostname", "date", "boot_time", "python_executable", "python_config_args", "python_cflags", "mem_max_rss"}
)


def usable_cores() -> int:
    """The cores of this machine that a run may use."""
    return len(os.sched_getaffinity(0))


def describe_host(*, resolved: bool, libraries: Iterable[str] = ()) -> dict[str, Any]:
    """JSON-able facts by subject: python, kernel, cores, packages, tcp, pyperf's host metadata, the resolver if asked.

    `libraries` are the packages that the run's clients send with.
    """
    import pyperf  # heavy, and wanted once a run

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": usable_cores(),
        "executable_bits": 64 if sys.maxsize > 2**32 else 32,
        "packages": {name: found for name in dict.fromkeys((*_PACKAGES, *libraries)) if (found := _version(name))},
        "tcp": {name: value for name in _TCP_SETTINGS if (value := _read(f"/proc/sys/net/ipv4/{name}"))},
        "resolver": _nameservers(_read("/etc/resolv.conf")) if resolved else [],
        "pyperf": _host_metadata(pyperf.Run([1.0]).get_metadata()),
    }


def _host_metadata(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in _PATHS_AND_NAMES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError:
        return ""


def _nameservers(resolv_conf: str) -> list[str]:
    lines = (line.split() for line in resolv_conf.splitlines())
    return [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
