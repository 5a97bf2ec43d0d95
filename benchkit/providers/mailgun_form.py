"""Mailgun's form: a message, and an arm's options, as the fields and files of a send. How a server reads it: mailgun_server.py.

Mailgun takes an inline file's name for its Content-ID; where the content has another name for it, that goes into the
Content-Type's `name` parameter, which Mailgun leaves alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Attachment, Content, Message
from benchkit.providers.arm_options import options_list, options_table, tracking_off
from benchkit.providers.mailboxes import mailbox, mailboxes
from benchkit.providers.multipart import FormPart, escaped

MOST_RECIPIENTS = 1000
MOST_TAGS = 3
MOST_OPTIONS = 16_000  # of all h:, o: and v: fields (Mailgun's OpenAPI document)


def option_parts(options: Mapping[str, str]) -> list[FormPart]:
    """Tags, metadata and tracking, as the relay has them in header fields. Raises ValueError."""
    tags = options_list(options.get("tags", ""))
    if len(tags) > MOST_TAGS:
        raise ValueError(f"Mailgun takes {MOST_TAGS} tags, and the option has {len(tags)}: give fewer")
    fields = [
        *(("o:tag", tag) for tag in tags),
        *((f"v:{name}", value) for name, value in options_table(options.get("metadata", "")).items()),
        *((("o:tracking", "no"),) if tracking_off(options) else ()),
    ]
    return [FormPart(name, value.encode("utf-8")) for name, value in fields]


def mime_parts(message: Message, option_fields: Sequence[FormPart]) -> list[FormPart]:
    """The MIME bytes first: they begin with the identity. `asked`: what the arm's options ask for."""
    _check_recipients(message)
    _check_size((), option_fields)
    to = (FormPart("to", recipient.encode()) for recipient in message.recipients)
    return [FormPart("message", message.mime, "message.eml", "message/rfc822"), *to, *option_fields]


def field_parts(message: Message, option_fields: Sequence[FormPart]) -> list[FormPart]:
    """Raises ValueError where the fields cannot say this mail, or would send it to others than its envelope."""
    check_fields(message, option_fields)
    blind = [FormPart("bcc", recipient.encode()) for recipient in _blind(message)]
    return [*content_parts(message.content, PLACEHOLDER.decode()), *blind, *option_fields]


def check_fields(message: Message, option_fields: Sequence[FormPart]) -> None:
    """Raises ValueError with the reason and what to do."""
    content = message.content
    _check_recipients(message)
    if message.fields_fault:
        raise ValueError(f'this mail cannot be sent as fields: it {message.fields_fault}: use endpoint = "mime"')
    if not (content.text or content.html):
        raise ValueError('Mailgun needs a text or an HTML text: give one, or use endpoint = "mime"')
    if any(not (file.name or file.content_id) for file in content.attachments):
        raise ValueError('Mailgun drops an attachment without a file name: use endpoint = "mime"')
    if foreign := [address.addr for address in (*content.to, *content.cc) if address.addr not in message.recipients]:
        problem = f"{foreign[0]} is in the mail, but not in its envelope; sent as fields, it would get the mail"
        raise ValueError(f'{problem}: use endpoint = "mime"')
    _check_size(content.headers, option_fields)


def _check_size(headers: Sequence[tuple[str, str]], option_fields: Sequence[FormPart]) -> None:
    """Mailgun counts header fields, tags and metadata together."""
    options = sum(len(part.name) + len(part.data) for part in option_fields)
    if options > MOST_OPTIONS:
        raise ValueError(f"Mailgun takes tags and metadata of {MOST_OPTIONS:,} bytes together: give shorter ones")
    if options + sum(len(f"h:{name}{value}".encode()) for name, value in headers) > MOST_OPTIONS:
        what = "header fields, tags and metadata" if option_fields else "header fields"
        raise ValueError(f'Mailgun takes {what} of {MOST_OPTIONS:,} bytes together: use endpoint = "mime"')


def _check_recipients(message: Message) -> None:
    if len(message.recipients) > MOST_RECIPIENTS:
        most = f"{MOST_RECIPIENTS:,} recipients"
        raise ValueError(f"a mail has {len(message.recipients):,} recipients, and Mailgun takes {most}: use fewer")


def content_parts(content: Content, identity: str) -> list[FormPart]:
    """The identity first."""
    fields = [(f"h:{HEADER}", identity), ("h:Message-Id", f"<{identity}@{content.sender.addr.rpartition('@')[2]}>")]
    fields.append(("from", mailbox(content.sender)))
    fields += [("to", mailbox(address)) for address in content.to]
    fields += [("cc", mailbox(address)) for address in content.cc]
    fields.append(("subject", content.subject))
    if content.reply_to:
        fields.append(("h:Reply-To", mailboxes(content.reply_to)))
    fields += [(f"h:{name}", value) for name, value in content.headers]
    fields += [(name, text) for name, text in (("text", content.text), ("html", content.html)) if text]
    return [FormPart(name, value.encode("utf-8")) for name, value in fields] + [
        _file(file) for file in content.attachments
    ]


def _blind(message: Message) -> list[str]:
    """Recipients of the envelope that the message does not name."""
    named = {address.addr for address in (*message.content.to, *message.content.cc)}
    return [recipient for recipient in message.recipients if recipient not in named]


def _file(file: Attachment) -> FormPart:
    if not file.content_id:
        return FormPart("attachment", file.data, file.name, file.content_type)
    if file.content_id == file.name:
        return FormPart("inline", file.data, file.name, file.content_type)
    return FormPart("inline", file.data, file.content_id, f'{file.content_type}; name="{escaped(file.name)}"')
