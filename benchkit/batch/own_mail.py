"""The user's own mail files → messages: the bytes of each mail, unchanged after one added line, and an envelope.

The line is `X-Benchkit-Id: …`, first of all: the identity of a send. Nothing else is changed, so a signature in the mail stays
valid. The envelope's recipients are those of `to`, or of a row of `recipients`, or else of the mail's To and Cc; `bcc` adds
some. Its sender is `envelope_from`, or else the address of the mail's From.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchkit.batch.addresses import normalise, parse_mailboxes
from benchkit.batch.anonymiser import Anonymiser
from benchkit.batch.draws import Draws
from benchkit.batch.field_fidelity import fields_fault
from benchkit.batch.limits import MAX_MESSAGES, LimitError
from benchkit.batch.line_templates import rendered_line
from benchkit.batch.mail_files import MailFile, read_mails
from benchkit.batch.reader import from_mime, parts_of
from benchkit.batch.recipients import RecipientRow, read_recipients
from benchkit.errors import Mistake
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import MessageSpec

_IDENTITY_LINE = HEADER.encode("ascii") + b": " + PLACEHOLDER + b"\r\n"


@dataclass(frozen=True, slots=True)
class _Mail:
    """One mail, read once, however often it is sent."""

    file: MailFile
    mime: bytes
    content: Content
    fields_fault: str


@dataclass(frozen=True, slots=True)
class _Recipients:
    """Of one message: those given from outside, or none; the row's variables; where a mistake in them is laid at."""

    given: tuple[Address, ...]
    variables: Mapping[str, Any]
    where: str = ""
    line: int = 0


def own_messages(spec: MessageSpec, mistakes: list[Mistake]) -> list[Message]:
    """Every message; what is wrong is added to `mistakes`."""
    mails = list(_read(spec, mistakes))
    rows = _rows(spec, mistakes)
    if mistakes:
        return []
    number = min(filter(None, (spec.count or max(len(mails), len(rows)), spec.at_most)))
    if number > MAX_MESSAGES:
        problem = f"would send {number:,} distinct messages; the maximum is {MAX_MESSAGES:,}: set it lower"
        mistakes.append(Mistake("message", problem, key="count"))
        return []
    return list(_messages(spec, mails, rows, number, mistakes))


def _read(spec: MessageSpec, mistakes: list[Mistake]) -> Iterator[_Mail]:
    files = read_mails(spec.eml, spec.folder, spec.root, mistakes)
    anonymiser = Anonymiser(spec.seed, (file.data for file in files)) if spec.anonymise else None
    for file in files:
        try:
            data = anonymiser.mail(file.data) if anonymiser else file.data
            yield _mail(file, data)
        except (ValueError, RecursionError) as error:
            mistakes.append(Mistake(file.where, str(error), file.line, 1))


def _mail(file: MailFile, data: bytes) -> _Mail:
    """Raises ValueError on what is no mail, or none that SMTP carries."""
    content = from_mime(data)
    if any(str(part.get("content-transfer-encoding", "")).strip().lower() == "binary" for part in parts_of(data)):
        raise ValueError(
            "has a part with Content-Transfer-Encoding: binary, which needs BINARYMIME (RFC 3030): use base64"
        )
    return _Mail(file, _IDENTITY_LINE + data, content, fields_fault(data, content))


def _rows(spec: MessageSpec, mistakes: list[Mistake]) -> Sequence[RecipientRow]:
    if spec.recipients is None:
        return ()
    return read_recipients(spec.recipients, mistakes, min(filter(None, (spec.count, spec.at_most)), default=0))


def _messages(
    spec: MessageSpec, mails: Sequence[_Mail], rows: Sequence[RecipientRow], number: int, mistakes: list[Mistake]
) -> Iterator[Message]:
    reported = set[str]()
    for index in range(number):
        mail, recipients = mails[index % len(mails)], _recipients(spec, rows, index)
        try:
            yield _message(spec, index, mail, recipients)
        except ValueError as error:
            where, line = (recipients.where, recipients.line) if recipients.where else (mail.file.where, mail.file.line)
            if f"{where} {error}" not in reported:
                mistakes.append(Mistake(where, str(error), line, 1))
            reported.add(f"{where} {error}")
            if isinstance(error, LimitError):
                return


def _recipients(spec: MessageSpec, rows: Sequence[RecipientRow], index: int) -> _Recipients:
    draws = Draws(spec.seed, index)
    variables = {"index": index, "token": draws.token, "number": draws.number}
    if not rows:
        return _Recipients(spec.to, variables)
    row = rows[index % len(rows)]
    return _Recipients((row.recipient,), {**row.variables, **variables}, str(spec.recipients), row.line)


def _message(spec: MessageSpec, index: int, mail: _Mail, recipients: _Recipients) -> Message:
    named = recipients.given or (*mail.content.to, *mail.content.cc)
    blind = [
        address for text in spec.bcc for address in parse_mailboxes(rendered_line(text, recipients.variables, "bcc"))
    ]
    if not named:
        raise ValueError("names no recipient in To or Cc: give message.to or message.recipients")
    envelope = tuple(dict.fromkeys(normalise(address.addr) for address in (*named, *blind)))
    source = f"{mail.file.where}:{mail.file.line}"
    return Message(
        index, mail.content, mail.mime, _return_path(spec, mail, recipients), envelope, source, mail.fields_fault
    )


def _return_path(spec: MessageSpec, mail: _Mail, recipients: _Recipients) -> str:
    if spec.envelope_from is None:
        return normalise(mail.content.sender.addr)
    path = rendered_line(spec.envelope_from, recipients.variables, "envelope_from")
    return normalise(path) if path else ""
