"""Mailgun's recipient variables: one request, a mail of its own for each `to`, `%recipient.key%` filled in for each.

Law: what is the same in all messages of the batch stands in the form as it is; what differs is a variable. A variable is filled
in once: what its value holds is text. Mailgun tells the mails of a request apart by their recipient and by nothing else, so
each has one, and no other mail of the request the same; sender, Reply-To, attachments and the names of header fields are the
request's, the same for all. How a server fills them in is in mailgun_server.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchkit.model.exchange import BodySection
from benchkit.model.identity import PLACEHOLDER, split_at_identity
from benchkit.model.message import Content, Message
from benchkit.providers.mailboxes import mailbox
from benchkit.providers.mailgun_form import MOST_RECIPIENTS, check_fields, content_parts
from benchkit.providers.multipart import FormPart, boundary_beside, content_type_with, ending, rendered
from benchkit.providers.shared_template import TEXTS, Sharing, TemplateSyntax, texts_of, whole_texts

LIMIT = MOST_RECIPIENTS
FIELD = "recipient-variables"
_IDENTITY = "id"
_HEADER = "header-"  # and the place of the field among the mail's own
_MARK = "%recipient"
_SYNTAX = TemplateSyntax(re.compile(_MARK), edge="%")


@dataclass(frozen=True, slots=True)
class BatchForm:
    """`sections`: each recipient with the values of that mail; `after`: what all mails have in common."""

    content_type: str
    sections: tuple[BodySection, ...]
    after: bytes


def form_of(
    messages: Sequence[Message], share: Sharing = whole_texts, option_fields: Sequence[FormPart] = ()
) -> BatchForm:
    """`asked`: what the arm's options ask for. Raises ValueError where these messages cannot share requests."""
    _check(messages, option_fields)
    shared = share(_texts(messages), _SYNTAX)
    to = [FormPart("to", mailbox(message.content.to[0]).encode("utf-8")) for message in messages]
    entries = [_entry(*pair) for pair in zip(messages, shared.values, strict=True)]
    common = content_parts(_with_variables(messages[0].content, shared.written(_variable)), _variable(_IDENTITY))
    common += option_fields
    boundary = boundary_beside([*(part.data for part in (*to, *common)), *entries])
    opening, closing = rendered(FormPart(FIELD, b"{}"), boundary).split(b"{}")
    return BatchForm(
        content_type_with(boundary),
        (
            BodySection(b"", b"", tuple((rendered(part, boundary),) for part in to)),
            BodySection(opening + b"{", b",", tuple(split_at_identity(entry) for entry in entries)),
        ),
        b"".join([b"}", closing, *(rendered(part, boundary) for part in common), ending(boundary)]),
    )


def _variable(name: str) -> str:
    return f"%recipient.{name}%"


def _texts(messages: Sequence[Message]) -> dict[str, list[str]]:
    """Subject, bodies and the value of each header field, which the place among the mail's own names."""
    fields = zip(*([value for _, value in message.content.headers] for message in messages), strict=True)
    return texts_of(messages) | {f"{_HEADER}{place}": list(values) for place, values in enumerate(fields)}


def _with_variables(content: Content, written: Mapping[str, str]) -> Content:
    """The content that all have in common, with a variable wherever they differ."""
    texts: dict[str, Any] = {name: text for name, text in written.items() if name in TEXTS}
    headers = tuple((name, written[f"{_HEADER}{place}"]) for place, (name, _) in enumerate(content.headers))
    return replace(content, to=(), headers=headers, **texts)


def _check(messages: Sequence[Message], option_fields: Sequence[FormPart]) -> None:
    if any(_MARK.encode() in part.data for part in option_fields):
        raise ValueError(f"options hold {_MARK!r}, which Mailgun would take for a variable: write it another way")
    first = messages[0].content
    for message in messages:
        if obstacle := _obstacle(message, first):
            raise ValueError(f"message {message.index} of the batch {obstacle}")
        check_fields(message, option_fields)


def _obstacle(message: Message, first: Content) -> str:
    content = message.content
    if content.cc or len(content.to) != 1 or message.recipients != (content.to[0].addr,):
        return "has more than one recipient, and in a request of several messages each has one"
    if any(getattr(content, name) != getattr(first, name) for name in ("sender", "reply_to", "attachments")):
        return "has another sender, Reply-To or attachment than the first: a request has one for all"
    if [name for name, _ in content.headers] != [name for name, _ in first.headers]:
        return "has other header fields than the first: a request has the same for all, only their values may differ"
    names = [address.name for address in (content.sender, *content.to, *content.reply_to)]
    if any(_MARK in text for text in (content.subject, content.text, content.html, *names, *_values(content))):
        return f"holds {_MARK!r}, which Mailgun would take for a variable"
    return ""


def _values(content: Content) -> tuple[str, ...]:
    return tuple(value for _, value in content.headers)


def _entry(message: Message, values: Mapping[str, str]) -> bytes:
    """A message's own variables, as a member of the JSON object."""
    own = {_IDENTITY: PLACEHOLDER.decode(), **values}
    return json.dumps({message.recipients[0]: own}, ensure_ascii=False)[1:-1].encode("utf-8")
