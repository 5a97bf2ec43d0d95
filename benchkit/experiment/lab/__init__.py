"""The network lab: two anonymous network namespaces joined by benchkit's own link over TUN, with the kernel's TCP at both ends.

The queueing is pure (line.py, wire.py); the packets are moved by a process of its own (link_process.py); nothing is left behind
whatever dies (method.md §9).
"""

from benchkit.experiment.lab.spec import LinkSpec, links_of

__all__ = ["LinkSpec", "links_of"]
