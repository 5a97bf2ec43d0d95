"""The edges of a request on a library's connection, seen from below it: which write was the last is known only afterwards."""

from __future__ import annotations

from time import perf_counter_ns

from benchkit.model.trace import Phase, Trace


def request_written(trace: Trace) -> None:
    """A part of the request is out. The wait begins now; what had begun before was none, since the request went on."""
    if trace.phases[-1] == Phase.RESPONSE:  # an answer to a part of it: a flow-control window, say
        trace.phases.pop()
        trace.edges.pop()
    if trace.phases[-1] == Phase.WAIT:
        trace.edges[-1] = perf_counter_ns()
    else:
        trace.mark(Phase.WAIT)


def response_read(trace: Trace) -> None:
    """Something has come; the first of it ends the wait."""
    if trace.phases[-1] == Phase.WAIT:
        trace.mark(Phase.RESPONSE)
