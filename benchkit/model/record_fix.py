"""A change to one kind of record at one name, as a value: the records that are there, and those to publish in their place.

Law: the records of `before` go and those of `after` come in one step. A fix is whole: applied to the zone as it stands, it
leaves one record of its kind. How a form shows it is report/'s work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchkit.model.dns import Record

REMOVE = "; remove "  # before a record, in the zone-file form: this line goes


@dataclass(frozen=True, slots=True)
class RecordFix:
    """`what` names the record for people ("SPF record"). `changes` explain every difference between `before` and `after`.

    `ask`: who must make the change, where the name is in another owner's zone. `when`: what must be true first; such a fix is
    a later step. A fix with either is not pasted now. `unless`: the fix is a safe default, by which nothing that passes today
    is lost, and this is what its owner may do instead.
    """

    what: str
    name: str
    before: tuple[Record, ...] = ()
    after: tuple[Record, ...] = ()
    changes: tuple[str, ...] = ()
    ask: str = ""
    when: str = ""
    unless: str = ""

    @property
    def is_for_now(self) -> bool:
        """Whether the owner of the domain can publish it as it is."""
        return not self.ask and not self.when

    @property
    def type(self) -> str:
        return (self.after or self.before)[0].type

    @property
    def zone_lines(self) -> tuple[str, ...]:
        """Lines of a zone file; those that go are comments that name the old record."""
        removals = [REMOVE + zone_line(self.name, record) for record in self.before]
        return (*removals, *(zone_line(self.name, record) for record in self.after))


def zone_line(name: str, record: Record) -> str:
    return f"{name}. IN {record.type} {record.text}"


def zone_text(fixes: Iterable[RecordFix]) -> str:
    """The zone-file form of those that can be published now."""
    return "\n".join(line for fix in fixes if fix.is_for_now for line in fix.zone_lines)


def value_of(record: Record) -> str:
    """As the Value field of a control panel wants it: a TXT record without quotation marks, in one piece."""
    return b"".join(record.strings).decode("latin-1") if record.strings else record.text
