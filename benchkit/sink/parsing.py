"""Parses what arrived into canonical content: after the measured time, once for each distinct body.

`head` is what the session wrote beside the body: the envelope's lines for SMTP, the request line and the headers that say how
to read the body for an API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from benchkit.batch import from_mime
from benchkit.model.exchange import Received, Request
from benchkit.model.message import Content
from benchkit.providers import PROVIDERS
from benchkit.providers.relay_fields import relay_of
from benchkit.providers.template_store import FIELD as TEMPLATE

_MAIL = b"MAIL FROM:<%s>\r\n"
_RCPT = b"RCPT TO:<%s>\r\n"
_PATHS = re.compile(rb"^(?:MAIL FROM|RCPT TO):<(.*)>\r$", re.MULTILINE)
_PARSED_HEADERS = ("content-type", "content-encoding", TEMPLATE)
_REFUSED = "benchkit-refused"  # the sink's own line in the head: recipients that its answer refused


def parse_body(protocol: str, provider: str, head: bytes, body: bytes) -> tuple[Received, ...]:
    """The mails in a body. `protocol` and `provider` are the listener's. Raises ValueError if it is not a mail."""
    if protocol == "smtp":
        reverse_path, *paths = (path.decode("utf-8", "surrogateescape") for path in _PATHS.findall(head))
        return (Received(_without_relay_fields(from_mime(body), provider), tuple(paths), reverse_path, body),)
    request = _request_of(head, body)
    mails = PROVIDERS[provider].server.receive(request)
    refused_header = request.header(_REFUSED)
    if not refused_header:
        return mails
    refused = refused_header.encode("latin-1").decode().split(", ")
    return tuple(replace(mail, recipients=tuple(r for r in mail.recipients if r not in refused)) for mail in mails)


def _without_relay_fields(content: Content, provider: str) -> Content:
    """A provider's relay reads the header fields that are meant for it, and removes them."""
    relay = relay_of(provider) if provider else None
    if relay is None or not relay.reads:
        return content
    return replace(content, headers=tuple(field for field in content.headers if not relay.is_read(field[0])))


def envelope_head(sender: bytes, recipients: list[bytes]) -> bytes:
    return _MAIL % sender + b"".join([_RCPT % recipient for recipient in recipients]) + b"\r\n"


def request_head(request: Request, refused: Sequence[str] = ()) -> bytes:
    """`refused` are the recipients that an answer of the sink has refused of a single mail."""
    lines = [f"{request.method} {request.target}"]
    lines += [f"{name}: {value}" for name, value in request.headers if name in _PARSED_HEADERS]
    if refused:
        lines.append(f"{_REFUSED}: {', '.join(refused).encode().decode('latin-1')}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _request_of(head: bytes, body: bytes) -> Request:
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, _, target = first.partition(" ")
    headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    return Request(method, target, headers, body)
