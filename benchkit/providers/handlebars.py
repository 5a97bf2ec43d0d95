"""Mails of one request as one template with variables (Handlebars, as SES, SparkPost and Mandrill have it).

Law: a variable is filled in once and unescaped, so that what a mail holds is never a tag itself. What else a request has, all
of its mails share: sender, Reply-To, attachments, header fields; each mail has one recipient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchkit.model.message import Content, Message
from benchkit.providers.json_reading import encodable
from benchkit.providers.shared_template import TemplateSyntax

SYNTAX = TemplateSyntax(re.compile(r"\{\{"), edge="{}\\")
_SHARED = {"sender": "sender", "reply_to": "Reply-To", "attachments": "attachment"}
_VARIABLE = re.compile(r"\{\{\{?\s*([\w.-]+)\s*\}?\}\}")


def tag(name: str) -> str:
    return "{{{" + name + "}}}"


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Every tag once, from left to right; an unknown one is empty."""
    return _VARIABLE.sub(lambda match: encodable(str(values.get(match[1], ""))), text)


def check_shared(messages: Sequence[Message], holder: str, instead: str = "send one message a request") -> None:
    """Raises ValueError where these differ in what `holder` holds once for all of them; `instead`: what else can be done."""
    first = messages[0].content
    for message in messages:
        if obstacle := _obstacle(message, first, holder):
            raise ValueError(f"message {message.index} of the batch has {obstacle}, or {instead}")


def _obstacle(message: Message, first: Content, holder: str) -> str:
    content = message.content
    if content.cc or len(content.to) != 1 or message.recipients != (content.to[0].addr,):
        return f"more than one recipient, and {holder} takes one for each message: give each one recipient"
    if differing := [*_other_parts(content, first), *_other_fields(content, first)]:
        named = " and ".join(differing)
        return f"another {named} than the first, and {holder} has one for all: give all messages the same"
    return ""


def _other_parts(content: Content, first: Content) -> Iterator[str]:
    for name, words in _SHARED.items():
        if getattr(content, name) != getattr(first, name):
            yield words


def _other_fields(content: Content, first: Content) -> Iterator[str]:
    """Header fields of the user's own by name; their order counts too."""
    own, others = dict(content.headers), dict(first.headers)
    names = [name for name in dict.fromkeys((*own, *others)) if own.get(name) != others.get(name)]
    yield from (f"{name} field" for name in names)
    if content.headers != first.headers and not names:
        yield "order of header fields"
