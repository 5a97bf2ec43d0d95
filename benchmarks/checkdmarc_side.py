"""checkdmarc over some domains, in a process of its own: `checkdmarc_side.py PORT DOMAIN…` prints the seconds.

Knows nothing of benchkit.
"""

from __future__ import annotations

import importlib
import sys
import time


def main() -> None:
    port, domains = int(sys.argv[1]), sys.argv[2:]
    checkdmarc = importlib.import_module("checkdmarc")
    server = importlib.import_module("dns.nameserver").Do53Nameserver("127.0.0.1", port)
    started = time.perf_counter()
    checkdmarc.check_domains(domains, nameservers=[server])
    print(time.perf_counter() - started)  # noqa: T201


if __name__ == "__main__":
    main()
