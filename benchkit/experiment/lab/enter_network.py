"""Run a module inside a network whose namespaces are inherited descriptors.

`python -m benchkit.experiment.lab.enter_network NETWORK USER MODULE`

The move comes first and alone: a process may enter a user namespace only while it has one thread, and numpy and pyarrow start
threads when they are imported. USER is -1 where the lab was made by root.
"""

from __future__ import annotations

import os
import runpy
import sys

from benchkit.experiment.lab.namespace import enter


def main() -> None:
    network, user = int(sys.argv[1]), int(sys.argv[2])
    enter(network, user if user >= 0 else None)
    for descriptor in (network, user):
        if descriptor >= 0:
            os.close(descriptor)
    sys.argv = sys.argv[3:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
