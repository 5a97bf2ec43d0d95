"""What the keys of `[message]` mean together: a template, an inline message, or mail of the user's own; addresses and fields.

Law: as in rules.py. What a row of the recipients' file gives is checked when it is composed (batch/composer.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.header_fields import PRIORITIES, language_fault, name_fault, repeated, value_fault
from benchkit.scenario.addresses import is_template, parse_address
from benchkit.scenario.locate import KeyPath
from benchkit.scenario.parsed_scenario import ParsedScenario

_INLINE = ("subject", "text", "text_bytes", "html", "to")
_SAID_BY_THE_MAIL = (
    "from", "template", "subaddress", "attachments", "subject", "text", "text_bytes", "html", "cc", "reply_to", "headers",
    "priority", "language",
)  # fmt: skip


def check_message(parsed: ParsedScenario) -> None:
    """A template goes with recipients; an inline message with `to` and a text; mail of the user's own with an envelope."""
    written = [key for key in _INLINE if parsed.gives("message", key)]
    if parsed.gives("message", "eml"):
        _check_own_mail(parsed)
        return
    if parsed.gives("message") and not parsed.gives("message", "from"):
        parsed.mistakes.add(("message", "from"), "is missing")
    if parsed.gives("message", "anonymise"):
        parsed.mistakes.add(("message", "anonymise"), "is for mail of your own: give eml, or remove it")
    if parsed.gives("message", "subaddress") and not parsed.gives("message", "template"):
        parsed.mistakes.add(("message", "subaddress"), "is for a template and its recipients: give them, or remove it")
    if parsed.gives("message", "template") or parsed.gives("message", "recipients"):
        _check_template(parsed, written)
    elif parsed.gives("message"):
        _check_inline(parsed, written)
    _check_addresses(parsed)
    _check_fields(parsed)


def _check_own_mail(parsed: ParsedScenario) -> None:
    """Its bytes are sent as they are, so only the envelope can come from here."""
    for key in _SAID_BY_THE_MAIL:
        if parsed.gives("message", key):
            parsed.mistakes.add(
                ("message", key), "has no effect with eml, whose bytes are sent unchanged: remove it, or eml"
            )
    if parsed.gives("message", "to") and parsed.gives("message", "recipients"):
        parsed.mistakes.add(("message", "recipients"), "and to cannot be used together: remove one")
    _check_addresses(parsed)


def _check_template(parsed: ParsedScenario, inline: list[str]) -> None:
    for key, other in (("template", "recipients"), ("recipients", "template")):
        if not parsed.gives("message", key):
            parsed.mistakes.add(("message", key), f"is missing: {other} needs it")
    for key in inline:
        parsed.mistakes.add(("message", key), "belongs to an inline message: remove it, or template and recipients")


def _check_inline(parsed: ParsedScenario, written: list[str]) -> None:
    if not written:
        parsed.mistakes.add(("message",), "has no content: give template and recipients, or subject, text and to")
        return
    for key in ("subject", "to"):
        if key not in written:
            parsed.mistakes.add(("message", key), "is missing: an inline message needs it")
    if not {"text", "text_bytes", "html"} & set(written):
        parsed.mistakes.add(("message", "text"), "is missing: give text, text_bytes or html")
    if {"text", "text_bytes"} <= set(written):
        parsed.mistakes.add(("message", "text_bytes"), "and text cannot be used together: remove one")


def _check_addresses(parsed: ParsedScenario) -> None:
    message = parsed.form.message
    texts: list[tuple[KeyPath, str]] = [(("message", "from"), message.sender)] if message.sender else []
    texts += [(("message", "to", index), text) for index, text in enumerate(message.to or ())]
    by_row: list[tuple[KeyPath, str]] = [
        (("message", key, index), text)
        for key in ("cc", "bcc", "reply_to")
        for index, text in enumerate(getattr(message, key))
    ]
    if message.envelope_from:
        by_row.append((("message", "envelope_from"), message.envelope_from))
    for path, text in [*texts, *((path, text) for path, text in by_row if not is_template(text))]:
        try:
            parse_address(text)
        except ValueError as error:
            parsed.mistakes.add(path, str(error))


def _check_fields(parsed: ParsedScenario) -> None:
    message = parsed.form.message
    for name, value in message.headers.items():
        if fault := name_fault(name) or value_fault(value):
            parsed.mistakes.add(("message", "headers", name), fault)
    if message.language and not is_template(message.language) and (fault := language_fault(message.language)):
        parsed.mistakes.add(("message", "language"), fault)
    if twice := repeated([*message.headers, *_fields_of_keys(parsed)]):
        path: KeyPath = ("message", "headers", next(name for name in message.headers if name.lower() == twice.lower()))
        parsed.mistakes.add(path, "is given twice: remove it here, or remove priority or language")


def _fields_of_keys(parsed: ParsedScenario) -> Iterator[str]:
    message = parsed.form.message
    yield from PRIORITIES.get(message.priority, {})
    if message.language:
        yield "Content-Language"
