"""How large the answer with a set of TXT records is on the wire (RFC 1035 §4.1)."""

from __future__ import annotations

from benchkit.model.dns import Answer

UNFRAGMENTED = 1232  # octets of a UDP answer (DNS flag day 2020)
_OVERHEAD = 12 + 4 + 11  # header, question without its name, OPT record
_PER_RECORD = 12  # compressed owner, type, class, TTL, length


def answer_octets(answer: Answer) -> int:
    """Without signatures, which come on top for who asks for them."""
    records = sum(_PER_RECORD + sum(len(part) + 1 for part in record.strings) for record in answer.records)
    return _OVERHEAD + len(answer.name) + 2 + records
