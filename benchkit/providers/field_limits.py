"""What an API that composes the mail itself cannot carry, as values; and the line that says so before the first send.

A mail is carried unchanged only if its fields say all of it (batch/field_fidelity.py), and only its recipients get it: the
recipients of the envelope, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from mimetypes import guess_type

from benchkit.model.message import Attachment, Content, Message

OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLimits:
    """`api` is its name as its maker writes it; `instead` says what else carries such a mail. A number of 0 is no limit.

    `recipients` are To, Cc and Bcc together. `fixed_headers`, in lower case, are those it does not let be set. `inline_apart`:
    inline images stand in a list of their own, so that their place among the other files is lost. `types_by_name`: a file's
    type follows from its name, and is not sent. `types_as_named`: a mail is dropped where a file's name tells another type.
    """

    api: str
    return_path: bool = False  # whether it takes an envelope sender
    instead: str = ""
    recipients: int = 0
    reply_to: int = 0
    headers: int = 0
    header_value: int = 0
    fixed_headers: frozenset[str] = frozenset()
    any_headers: bool = True
    ascii_headers: bool = False
    repeated_addresses: bool = False
    utf8_addresses: bool = True
    inline: bool = True
    inline_apart: bool = False
    types_by_name: bool = False
    types_as_named: bool = False
    ascii_file_names: bool = False
    text_bytes: int = 0  # of each text
    files_without_text: bool = False
    empty_files: bool = True
    mail_bytes: int = 0


def check_fields(message: Message, limits: FieldLimits) -> None:
    """Raises ValueError with the first reason and what to do."""
    check_envelope(message, limits)
    if fault := next(_faults(message, limits), ""):
        raise ValueError(f"{fault}: {limits.instead or f'remove it, or compare without {limits.api}'}")


def check_envelope(message: Message, limits: FieldLimits) -> None:
    """Of mail that goes as MIME too."""
    if message.envelope_from != message.content.sender.addr and not limits.return_path:
        problem = (
            f"{limits.api} makes the envelope sender itself: remove envelope_from, or compare without {limits.api}"
        )
        raise ValueError(problem)
    if limits.recipients and len(message.recipients) > limits.recipients:
        problem = f"the mail has {len(message.recipients):,} recipients, and {limits.api} takes {limits.recipients:,}"
        raise ValueError(f"{problem}: use fewer, or compare without {limits.api}")
    everyone = [message.envelope_from, message.content.sender.addr, *message.recipients]
    if not limits.utf8_addresses and not all(map(str.isascii, everyone)):
        raise ValueError(f"{limits.api} takes only ASCII addresses (no SMTPUTF8): compare without {limits.api}")


def blind_recipients(message: Message) -> list[str]:
    """Recipients of the envelope that the message does not name."""
    named = {address.addr for address in (*message.content.to, *message.content.cc)}
    return [recipient for recipient in message.recipients if recipient not in named]


def _faults(message: Message, limits: FieldLimits) -> Iterator[str]:
    content, api = message.content, limits.api
    if message.fields_fault:
        yield f"this mail cannot be sent as fields: it {message.fields_fault}"
    if not (content.text or content.html or (limits.files_without_text and content.attachments)):
        yield f"{api} needs a text or an HTML text"
    if limits.reply_to and len(content.reply_to) > limits.reply_to:
        yield f"the mail has {len(content.reply_to)} Reply-To addresses, and {api} takes {limits.reply_to}"
    for name in ("text", "html"):
        if limits.text_bytes and (size := len(getattr(content, name).encode("utf-8", "replace"))) > limits.text_bytes:
            yield f"a text of the mail has {size:,} bytes, and {api} takes {limits.text_bytes:,}"
    if limits.mail_bytes and len(message.mime) > limits.mail_bytes:
        yield f"the mail has {len(message.mime):,} bytes, and {api} takes {limits.mail_bytes:,}"
    yield from _address_faults(message, limits)
    yield from _header_faults(content, limits)
    yield from _file_faults(content, limits)


def _address_faults(message: Message, limits: FieldLimits) -> Iterator[str]:
    content = message.content
    named = [address.addr for address in (*content.to, *content.cc)]
    if foreign := [addr for addr in named if addr not in message.recipients]:
        yield f"{foreign[0]} is in the mail, but not in its envelope; sent as fields, it would get the mail"
    if not limits.repeated_addresses and len(set(named)) < len(named):
        yield f"an address is twice in To and Cc, which {limits.api} refuses or drops"
    if not limits.utf8_addresses and not all(address.is_ascii for address in content.reply_to):
        yield f"a Reply-To address is not ASCII, which {limits.api} does not take"


def _header_faults(content: Content, limits: FieldLimits) -> Iterator[str]:
    if content.headers and not limits.any_headers:
        yield f"{limits.api} does not let header fields be set ({content.headers[0][0]})"
    if limits.headers and len(content.headers) >= limits.headers:  # one is the identity's
        yield f"the mail has {len(content.headers)} header fields, and {limits.api} takes {limits.headers} with benchkit's own"
    for name, value in content.headers:
        if name.lower() in limits.fixed_headers:
            yield f"{limits.api} does not let the header field {name} be set"
        if limits.ascii_headers and not value.isascii():
            yield f"the header field {name} is not ASCII, which {limits.api} garbles"
        if limits.header_value and len(value.encode()) > limits.header_value:
            yield f"the header field {name} has more than {limits.header_value} bytes, which {limits.api} does not take"


def _file_faults(content: Content, limits: FieldLimits) -> Iterator[str]:
    for file in content.attachments:
        if not file.name:
            yield f"{limits.api} does not take an attachment without a file name"
        if file.content_id and not limits.inline:
            yield f"{limits.api} has no inline images ({file.name})"
        if limits.types_by_name and (guess_type(file.name)[0] or OCTETS) != file.content_type:
            yield f"{limits.api} derives a file's type from its name, and {file.name} would not be {file.content_type}"
        if limits.types_as_named and guess_type(file.name)[0] not in (None, file.content_type):
            yield f"{limits.api} drops a mail with a file whose name tells another type: {file.name} is {file.content_type}"
        if limits.ascii_file_names and not file.name.isascii():
            yield f"{limits.api} garbles a file name that is not ASCII ({file.name})"
        if not file.data and not limits.empty_files:
            yield f"{limits.api} does not take an empty file ({file.name})"
    if limits.inline_apart and not _inline_first(content.attachments):
        yield f"{limits.api} puts inline images before other files, and this mail has them in another order"


def _inline_first(files: tuple[Attachment, ...]) -> bool:
    return [bool(file.content_id) for file in files] == sorted((bool(file.content_id) for file in files), reverse=True)
