"""Mailgun's form: a message as the fields and files of a send, and back.

Mailgun takes an inline file's name for its Content-ID; where the content has another name for it, that goes into the
Content-Type's `name` parameter, which Mailgun leaves alone.
"""

from __future__ import annotations

from python_multipart.multipart import parse_options_header

from benchkit.batch import parse_mailboxes
from benchkit.model.header_fields import is_given
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Address, Attachment, Content, Message, canonical_text
from benchkit.providers.multipart import Part, escaped, unescaped

_MOST_HEADERS = 16_000  # of all h:, o: and v: fields (Mailgun's OpenAPI document)


def mime_parts(message: Message) -> list[Part]:
    """The MIME bytes first: they begin with the identity."""
    return [Part("message", message.mime, "message.eml", "message/rfc822")] + [
        Part("to", recipient.encode()) for recipient in message.recipients
    ]


def field_parts(message: Message) -> list[Part]:
    """Raises ValueError where the fields cannot say this mail, or would send it to others than its envelope."""
    check_fields(message)
    blind = [Part("bcc", recipient.encode()) for recipient in _blind(message)]
    return [*content_parts(message.content, PLACEHOLDER.decode()), *blind]


def check_fields(message: Message) -> None:
    """Raises ValueError with the reason and what to do."""
    content = message.content
    if message.fields_fault:
        raise ValueError(f'fields cannot say this mail, which {message.fields_fault}: use endpoint = "mime"')
    if not (content.text or content.html):
        raise ValueError('Mailgun needs a text or an HTML text: give one, or use endpoint = "mime"')
    if any(not (file.name or file.content_id) for file in content.attachments):
        raise ValueError('Mailgun drops an attachment without a file name: use endpoint = "mime"')
    if foreign := [address.addr for address in (*content.to, *content.cc) if address.addr not in message.recipients]:
        told = f"{foreign[0]} is named in the mail and is no recipient of its envelope, and fields would send to it"
        raise ValueError(f'{told}: use endpoint = "mime"')
    if sum(len(f"h:{name}{value}".encode()) for name, value in content.headers) > _MOST_HEADERS:
        raise ValueError(f'Mailgun takes header fields of {_MOST_HEADERS:,} bytes together: use endpoint = "mime"')


def content_parts(content: Content, identity: str) -> list[Part]:
    """The identity first."""
    fields = [(f"h:{HEADER}", identity), ("h:Message-Id", f"<{identity}@{content.sender.addr.rpartition('@')[2]}>")]
    fields.append(("from", mailbox(content.sender)))
    fields += [("to", mailbox(address)) for address in content.to]
    fields += [("cc", mailbox(address)) for address in content.cc]
    fields.append(("subject", content.subject))
    if content.reply_to:
        fields.append(("h:Reply-To", ", ".join(mailbox(address) for address in content.reply_to)))
    fields += [(f"h:{name}", value) for name, value in content.headers]
    fields += [(name, text) for name, text in (("text", content.text), ("html", content.html)) if text]
    return [Part(name, value.encode("utf-8")) for name, value in fields] + [_file(file) for file in content.attachments]


def _blind(message: Message) -> list[str]:
    """Recipients of the envelope whom the message does not name."""
    named = {address.addr for address in (*message.content.to, *message.content.cc)}
    return [recipient for recipient in message.recipients if recipient not in named]


def _file(file: Attachment) -> Part:
    if not file.content_id:
        return Part("attachment", file.data, file.name, file.content_type)
    if file.content_id == file.name:
        return Part("inline", file.data, file.name, file.content_type)
    return Part("inline", file.data, file.content_id, f'{file.content_type}; name="{escaped(file.name)}"')


def mailbox(address: Address) -> str:
    """`"Name" <addr>` (RFC 5322 §3.4), in UTF-8 as Mailgun wants it."""
    if not address.name:
        return address.addr
    quoted = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.addr}>'


def content_of(parts: tuple[Part, ...]) -> Content:
    senders = addresses(parts, "from")
    to = addresses(parts, "to")
    for name, found in (("from", senders), ("to", to)):
        if not found:
            raise ValueError(f"'{name}' parameter is missing")
    attachments = tuple(_attachment(part) for part in parts if part.name in ("attachment", "inline") and part.filename)
    text, html = (canonical_text(_field(parts, name)) for name in ("text", "html"))
    if not (text or html or attachments):
        raise ValueError("Need at least one of 'text' or 'html' parameters specified")
    return Content(
        subject=_field(parts, "subject"),
        sender=senders[0],
        to=to,
        text=text,
        html=html,
        cc=addresses(parts, "cc"),
        reply_to=addresses(parts, "h:reply-to"),
        attachments=attachments,
        headers=tuple((part.name[2:], part.data.decode("utf-8")) for part in parts if _is_own_field(part)),
    )


def _is_own_field(part: Part) -> bool:
    return part.name.lower().startswith("h:") and is_given(part.name[2:])


def _field(parts: tuple[Part, ...], name: str) -> str:
    return next((part.data.decode("utf-8") for part in parts if part.name.lower() == name), "")


def addresses(parts: tuple[Part, ...], name: str) -> tuple[Address, ...]:
    """All addresses of the fields of that name; a field may hold several."""
    fields = (part.data.decode("utf-8") for part in parts if part.name.lower() == name)
    found = tuple(address for field in fields for address in parse_mailboxes(field))
    if not all("@" in address.addr for address in found):
        raise ValueError(f"'{name}' parameter is not a valid address. please check documentation")
    return found


def _attachment(part: Part) -> Attachment:
    kind, parameters = parse_options_header(part.content_type or "application/octet-stream")
    if part.name == "attachment":
        return Attachment(part.filename, kind.decode(), part.data)
    name = unescaped(parameters[b"name"]) if b"name" in parameters else part.filename
    return Attachment(name, kind.decode(), part.data, content_id=part.filename)
