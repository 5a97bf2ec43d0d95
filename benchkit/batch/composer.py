"""MessageSpec → Batch. All errors are reported at once; a batch is composed whole or not at all.

From a template, message i goes to row i of the CSV; when the rows are used up they come round again with the next index, so
that every message is its own. Inline, each message goes to all of `to`: one message, as many envelope recipients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Any

from benchkit.batch.addresses import mailbox, normalise, parse_mailboxes
from benchkit.batch.attachments import AttachmentFiles, arrange
from benchkit.batch.draws import Draws
from benchkit.batch.filler import filler
from benchkit.batch.limits import (
    MAX_BATCH_BYTES,
    MAX_MESSAGES,
    MAX_RENDER_ALL_S,
    TOO_MUCH,
    LimitError,
    bounded_memory,
)
from benchkit.batch.line_templates import rendered_line
from benchkit.batch.own_mail import own_messages
from benchkit.batch.recipients import RESERVED, RecipientRow, read_recipients
from benchkit.batch.templates import Rendered, TemplateSet
from benchkit.batch.writer import to_mime
from benchkit.errors import InputError, Mistake
from benchkit.model.header_fields import PRIORITIES, language_fault, repeated
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Address, Batch, Content, Message, canonical_text
from benchkit.model.plain_number import significant
from benchkit.model.scenario import MessageSpec

TOO_LARGE = f"makes distinct messages of more than {MAX_BATCH_BYTES:,} bytes together"


@dataclass(frozen=True, slots=True)
class _Draft:
    to: tuple[Address, ...]
    words: Rendered
    variables: Mapping[str, Any]  # of the row; for an inline message the index alone
    where: str  # where a mistake in it is laid at
    line: int = 0


def compose(spec: MessageSpec) -> Batch:
    """Every message of the batch; raises InputError with every mistake of the specification and its files."""
    mistakes: list[Mistake] = []
    try:
        with bounded_memory():
            messages = _composed(spec, mistakes)
    except MemoryError:
        mistakes.append(Mistake("message", f"{TOO_MUCH[MemoryError]}: send less, or smaller messages"))
    if mistakes:
        raise InputError(*mistakes)
    return Batch(tuple(messages))


def _composed(spec: MessageSpec, mistakes: list[Mistake]) -> list[Message]:
    if spec.eml:
        return own_messages(spec, mistakes)
    sender = _mailbox(spec.sender, "from", mistakes)
    attachments = AttachmentFiles(spec.attachments, mistakes, spec.root)
    if spec.count and _wanted(spec) > MAX_MESSAGES:
        problem = f"would compose {_wanted(spec):,} distinct messages; the maximum is {MAX_MESSAGES:,}: set it lower"
        mistakes.append(Mistake("message", problem, key="count"))
        return []
    drafts = _templated(spec, spec.template, mistakes) if spec.template else list(_inline(spec, mistakes))
    return [] if mistakes else [*_messages(spec, sender, attachments, drafts, mistakes)]


def _mailbox(address: Address, key: str, mistakes: list[Mistake]) -> Address:
    try:
        return mailbox(address.name, address.addr)
    except ValueError as error:
        mistakes.append(Mistake("message", str(error), key=key))
        return address


def _wanted(spec: MessageSpec) -> int:
    """Distinct messages that are asked for and sent at all; 0 where nothing says so."""
    return min(filter(None, (spec.count, spec.at_most)), default=0)


def _templated(spec: MessageSpec, stem: Path, mistakes: list[Mistake]) -> list[_Draft]:
    if spec.recipients is None:
        mistakes.append(Mistake("message", "a template needs recipients", key="recipients"))
        return []
    templates = TemplateSet(stem, spec.root)
    rows = read_recipients(spec.recipients, mistakes, _wanted(spec))
    if rows:
        mistakes += templates.check(frozenset(rows[0].variables) | frozenset(RESERVED))
    if mistakes:
        return []
    return list(_rendered(spec, templates, rows, mistakes))


def _rendered(
    spec: MessageSpec, templates: TemplateSet, rows: tuple[RecipientRow, ...], mistakes: list[Mistake]
) -> Iterator[_Draft]:
    began_s, characters = process_time(), 0
    for index in range(_count(spec, len(rows))):
        row = rows[index % len(rows)]
        draws = Draws(spec.seed, index)
        try:
            if spec.subaddress and index >= len(rows):
                row = _subaddressed(row, index // len(rows), str(spec.recipients))
            variables = {**row.variables, "index": index, "token": draws.token, "number": draws.number}
            words = templates.render(variables)
            characters += len(words.text) + len(words.html)
            _check_sums(stem=str(spec.template), seconds=process_time() - began_s, characters=characters)
            yield _Draft((row.recipient,), words, variables, str(spec.recipients), row.line)
        except InputError as error:
            for found in error.mistakes:
                _complain_once(mistakes, replace(found, message=f"{found.message} (for {spec.recipients}:{row.line})"))
            if isinstance(error, LimitError):
                return


def _subaddressed(row: RecipientRow, again: int, where: str) -> RecipientRow:
    """The same mailbox by an address of its own for each time that its row is used (RFC 5233). Raises InputError."""
    local, _, domain = row.recipient.addr.rpartition("@")
    try:
        recipient = mailbox(row.recipient.name, f"{local}+{again}@{domain}")
    except ValueError as error:
        raise InputError(
            Mistake(where, f"{error}: remove message.subaddress, or use a shorter address", row.line)
        ) from None
    return replace(row, recipient=recipient, variables={**row.variables, "email": recipient.addr})


def _count(spec: MessageSpec, rows: int) -> int:
    """Each row once unless `count` says otherwise, and nothing that is never sent."""
    return min(spec.count or rows, spec.at_most or MAX_MESSAGES)


def _check_sums(*, stem: str, seconds: float, characters: int) -> None:
    """Raises LimitError."""
    if seconds > MAX_RENDER_ALL_S:
        raise LimitError(
            Mistake(
                stem, f"takes more than {significant(MAX_RENDER_ALL_S)} s for all messages: set message.count lower"
            )
        )
    if characters > MAX_BATCH_BYTES:
        raise LimitError(Mistake(stem, f"{TOO_LARGE}: set message.count lower"))


def _complain_once(mistakes: list[Mistake], found: Mistake) -> None:
    """An error in a template that occurs for every row is reported once, for the first row."""
    if all((known.where, known.line) != (found.where, found.line) for known in mistakes):
        mistakes.append(found)


def _inline(spec: MessageSpec, mistakes: list[Mistake]) -> Iterator[_Draft]:
    to = tuple(_mailbox(address, "to", mistakes) for address in spec.to)
    if not to:
        mistakes.append(Mistake("message", "has no recipients: the batch would be empty", key="to"))
    if "\n" in spec.subject or "\r" in spec.subject:
        mistakes.append(Mistake("message", "holds a line break", key="subject"))
    number = _count(spec, 1)
    if number * spec.text_bytes > MAX_BATCH_BYTES:
        mistakes.append(Mistake("message", f"{TOO_LARGE}: set it or text_bytes lower", key="count"))
        return
    text, html = canonical_text(spec.text), canonical_text(spec.html)
    for index in range(number):
        own = filler(spec.text_bytes, spec.seed, index) if spec.text_bytes else text
        yield _Draft(to, Rendered(spec.subject, own, html), {"index": index}, "message")


def _messages(
    spec: MessageSpec, sender: Address, attachments: AttachmentFiles, drafts: list[_Draft], mistakes: list[Mistake]
) -> Iterator[Message]:
    reported, size = set[str](), 0
    for index, draft in enumerate(drafts):
        try:
            message = _message(index, spec, sender, attachments, draft)
            size += len(message.mime)
            if size > MAX_BATCH_BYTES:
                mistakes.append(Mistake("message", f"{TOO_LARGE}: set it lower, or send less", key="count"))
                return
            yield message
        except ValueError as error:
            if str(error) not in reported:  # what is wrong with all of them is said of the first
                mistakes.append(Mistake(draft.where, str(error), draft.line, 1))
            reported.add(str(error))
            if isinstance(error, LimitError):
                return


def _message(index: int, spec: MessageSpec, sender: Address, attachments: AttachmentFiles, draft: _Draft) -> Message:
    words, variables = draft.words, draft.variables
    cc, bcc, reply_to = (_copies(spec, key, variables) for key in ("cc", "bcc", "reply_to"))
    content = Content(
        subject=words.subject,
        sender=sender,
        to=draft.to,
        text=words.text,
        html=words.html,
        attachments=arrange(attachments.of(variables), words.html),
        cc=cc,
        reply_to=reply_to,
        headers=_headers(spec, variables),
    )
    _refuse_identity(content)
    recipients = tuple(dict.fromkeys(address.addr for address in (*draft.to, *cc, *bcc)))
    return Message(index, content, to_mime(content), _envelope_from(spec, sender, variables), recipients)


def _copies(spec: MessageSpec, key: str, variables: Mapping[str, Any]) -> tuple[Address, ...]:
    """Copy recipients of one row: an empty result adds none."""
    sources: tuple[str, ...] = getattr(spec, key)
    written = [parse_mailboxes(rendered_line(source, variables, key)) for source in sources]
    return tuple(mailbox(address.name, address.addr) for addresses in written for address in addresses)


def _envelope_from(spec: MessageSpec, sender: Address, variables: Mapping[str, Any]) -> str:
    if spec.envelope_from is None:
        return sender.addr
    return normalise(path) if (path := rendered_line(spec.envelope_from, variables, "envelope_from")) else ""


def _headers(spec: MessageSpec, variables: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fields = [(name, rendered_line(value, variables, f"headers.{name}")) for name, value in spec.headers.items()]
    fields += _priority(rendered_line(spec.priority, variables, "priority")).items()
    if language := rendered_line(spec.language, variables, "language"):
        if fault := language_fault(language):
            raise ValueError(f"language: {language!r} {fault}")
        fields.append(("Content-Language", language))
    given = tuple((name, value) for name, value in fields if value)
    if twice := repeated(name for name, _ in given):
        raise ValueError(
            f"the header field {twice} is given twice: remove it from headers, or remove priority or language"
        )
    return given


def _priority(word: str) -> Mapping[str, str]:
    if word not in ("", "normal", *PRIORITIES):
        raise ValueError(f'priority: {word!r} is not "high", "normal" or "low"')
    return PRIORITIES.get(word, {})


def _refuse_identity(content: Content) -> None:
    """An API's request holds content unencoded: there the placeholder would be patched, and the mail altered."""
    texts = (content.subject, content.text, content.html)
    if any(PLACEHOLDER in text.encode("utf-8") for text in texts) or any(
        PLACEHOLDER in part.data for part in content.attachments
    ):
        raise ValueError(
            f"the mail holds {PLACEHOLDER.decode()!r}, which benchkit reserves for its own send number: remove it"
        )
