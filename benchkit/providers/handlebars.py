"""Mails of one request as one template with variables (Handlebars, as SES, SparkPost and Mandrill have it).

Law: a variable is filled in once and unescaped, so that what a mail holds is never a tag itself. What else a request has, all
of its mails share: sender, Reply-To, attachments, header fields; each mail has one recipient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.message import Content, Message
from benchkit.providers.json_reading import encodable
from benchkit.providers.shared_template import TemplateSyntax

SYNTAX = TemplateSyntax(re.compile(r"\{\{"), edge="{}\\")
_VARIABLE = re.compile(r"\{\{\{?\s*([\w.-]+)\s*\}?\}\}")


def tag(name: str) -> str:
    return "{{{" + name + "}}}"


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Every tag once, from left to right; an unknown one is empty."""
    return _VARIABLE.sub(lambda match: encodable(str(values.get(match[1], ""))), text)


def check_shared(messages: Sequence[Message], api: str) -> None:
    """Raises ValueError where these cannot share a request."""
    first = messages[0].content
    for message in messages:
        if obstacle := _obstacle(message, first):
            raise ValueError(
                f"message {message.index} of the batch has {obstacle}, which {api} cannot put into one request"
            )


def _obstacle(message: Message, first: Content) -> str:
    content = message.content
    if content.cc or len(content.to) != 1 or message.recipients != (content.to[0].addr,):
        return "more than one recipient"
    if any(getattr(content, name) != getattr(first, name) for name in ("sender", "reply_to", "attachments", "headers")):
        return "another sender, Reply-To, attachment or header field than the first"
    return ""
