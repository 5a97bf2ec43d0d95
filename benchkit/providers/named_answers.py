"""A provider's own answers that a fault asks for by name: its refusals, and those that take only a part of a request.

The table of each provider is in its `<name>_server.py`. Here is what the tables are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.exchange import PartialAnswer, Received, Request, Response

Headers = tuple[tuple[str, str], ...]


class Refuses(StrEnum):
    """How much of a request an answer refuses."""

    ALL = "all"
    LAST = "the last message, or the last recipient of a single one"
    LAST_MAIL = "the last message"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """A request, its mails with their identities, and what of it is refused: mails by place, recipients of a single one."""

    request: Request
    mails: Sequence[Received]
    identities: Sequence[bytes]
    refused_mails: frozenset[int]
    refused_recipients: tuple[str, ...]

    @property
    def everything_refused(self) -> bool:
        return len(self.refused_mails) == len(self.mails)

    @property
    def accepted_recipients(self) -> tuple[str, ...]:
        mails = (mail for place, mail in enumerate(self.mails) if place not in self.refused_mails)
        return tuple(one for mail in mails for one in mail.recipients if one not in self.refused_recipients)

    @property
    def rejected_recipients(self) -> tuple[str, ...]:
        """The recipients of refused mails, and refused recipients of a single mail."""
        refused = (self.mails[place].recipients for place in sorted(self.refused_mails))
        return tuple(dict.fromkeys([*(one for group in refused for one in group), *self.refused_recipients]))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAnswer:
    """`text` and `code` in the usual shape of a refusal, or `body` as it is, or what `write` makes of the request."""

    status: int
    text: str = ""
    code: str = ""
    body: bytes | None = None
    headers: Headers = ()
    write: Callable[[AnsweredRequest], Response] | None = None
    refuses: Refuses = Refuses.ALL


def refusing(status: int, text: str = "", code: str = "", *, headers: Headers = ()) -> NamedAnswer:
    """Nothing is taken, and the answer has the provider's usual shape of a refusal."""
    return NamedAnswer(status=status, text=text, code=code, headers=headers)


def written(
    status: int, write: Callable[[AnsweredRequest], Response], refuses: Refuses = Refuses.LAST, text: str = ""
) -> NamedAnswer:
    """`text` says in the manual what it is."""
    return NamedAnswer(status=status, text=text, write=write, refuses=refuses)


def split_request(
    request: Request, mails: Sequence[Received], identities: Sequence[bytes], refuses: Refuses
) -> AnsweredRequest:
    """A single mail with a single recipient is refused as a whole where its last recipient is."""
    last = len(mails) - 1
    match refuses:
        case Refuses.NOTHING:
            places, people = frozenset[int](), tuple[str, ...]()
        case Refuses.LAST if last == 0 and len(mails[0].recipients) > 1:
            places, people = frozenset[int](), mails[0].recipients[-1:]
        case Refuses.LAST | Refuses.LAST_MAIL:
            places, people = frozenset({last}), ()
        case _:
            places, people = frozenset(range(len(mails))), ()
    return AnsweredRequest(request, mails, identities, places, people)


def partial_answer(answered: AnsweredRequest, response: Response) -> PartialAnswer:
    return PartialAnswer(response, answered.refused_mails, answered.refused_recipients)
