"""Mails of one request as one template with variables (Handlebars, as SES, SparkPost and Mandrill have it).

Law: the three texts of each mail are variables, filled in once and unescaped, so that what a mail holds is never a tag itself.
What else a request has, all of its mails share: sender, Reply-To, attachments, header fields; each mail has one recipient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.message import Content, Message
from benchkit.providers.json_reading import encodable

TEXTS = ("subject", "text", "html")
_VARIABLE = re.compile(r"\{\{\{?\s*([\w.-]+)\s*\}?\}\}")


def variables_of(messages: Sequence[Message]) -> list[str]:
    """The texts that some of them have."""
    return [name for name in TEXTS if any(getattr(message.content, name) for message in messages)]


def tag(name: str) -> str:
    return "{{{" + name + "}}}"


def values_of(message: Message, names: Sequence[str]) -> dict[str, str]:
    return {name: getattr(message.content, name) for name in names}


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
