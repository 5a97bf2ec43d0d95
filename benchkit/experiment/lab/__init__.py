"""The network lab: two anonymous network namespaces joined by benchkit's own link over TUN; the kernel's TCP at both ends.

The queueing is pure (link_direction.py, packet_counter.py). A separate process forwards the packets (link_process.py).
Nothing is left behind, whichever process dies (method.md §9).
"""

from benchkit.experiment.lab.spec import LinkSpec, links_of

__all__ = ["LinkSpec", "links_of"]
