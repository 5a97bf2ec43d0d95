"""The embedded servers: SMTP and every provider's API on loopback, with faults on request and a ledger of what arrived.

It lives in a process that is not measured. `parse_body` reads what it took, after the run.
"""

from benchkit.sink.ledger import Arrival, MemoryLedger
from benchkit.sink.parsing import parse_body
from benchkit.sink.server import Sink
from benchkit.sink.transcript import Transcript, TranscriptLine

__all__ = ["Arrival", "MemoryLedger", "Sink", "Transcript", "TranscriptLine", "parse_body"]
