"""What an API takes no more of, or garbles, is said before the first send, with the way out: a row for each limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchkit.model.contracts import StoredTemplateProvider
from benchkit.model.exchange import Credentials
from benchkit.model.message import Address, Attachment, Content
from benchkit.providers import PROVIDERS
from benchkit.testing.mail_strategies import message_of

PLAIN = Content("Hello", Address("", "a@shop.example"), (Address("", "ann@x.example"),), text="Hi", html="<p>Hi</p>")
PDF = Attachment("terms.pdf", "application/pdf", b"%PDF")
UMLAUT = Attachment("größe.pdf", "application/pdf", b"%PDF")
OTHER = Attachment("terms.png", "application/pdf", b"%PDF")
LONG = "k=" + "v" * 10_000

ROWS: list[tuple[str, Content, Mapping[str, str], str]] = [
    ("resend", replace(PLAIN, attachments=(OTHER,)), {}, "whose name tells another type: terms.png"),
    ("resend", PLAIN, {"tags": "kind=a b"}, "tags of ASCII letters"),
    ("sendgrid", replace(PLAIN, attachments=(UMLAUT,)), {}, "garbles a file name that is not ASCII"),
    ("sendgrid", PLAIN, {"categories": ",".join("abcdefghijk")}, "takes 10 categories, and the option has 11"),
    ("sendgrid", PLAIN, {"custom_args": LONG}, "custom_args of 10,000 bytes"),
    ("mailgun", PLAIN, {"tags": "a, b, c, d"}, "takes 3 tags, and the option has 4"),
    ("postmark", replace(PLAIN, text="x" * 5_000_001), {}, "5,000,001 bytes, and Postmark takes 5,000,000"),
    ("sparkpost", PLAIN, {"metadata": LONG}, "metadata of 10,000 bytes"),
    ("sparkpost", PLAIN, {"campaign": "c" * 65}, "a campaign of 64 bytes"),
    ("brevo", replace(PLAIN, headers=(("X-Mailin-Custom", "x"),)), {}, "does not let the header field X-Mailin-Custom"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "options", "expected"), ROWS)
def test_what_an_api_does_not_take_is_said(
    name: str, content: Content, options: Mapping[str, str], expected: str
) -> None:
    provider = PROVIDERS[name]
    assert provider.request(message_of(replace(PLAIN, attachments=(PDF,))), Credentials("s"))
    with pytest.raises(ValueError, match=expected):
        provider.request(message_of(content), Credentials("s", options))


TEXT_ONLY, HTML_ONLY = replace(PLAIN, html=""), replace(PLAIN, text="")
MANY = [replace(PLAIN, html="<br>".join(f"a fixed word {n} {mail * n + n}" for n in range(60))) for mail in range(2)]
STORED: list[tuple[str, list[Content], Mapping[str, str], str]] = [
    ("resend", [TEXT_ONLY], {}, "has an HTML text, and a mail has none"),
    ("resend", MANY, {}, "places, and a stored template of Resend has 50 variables"),
    ("brevo", [PLAIN], {}, "has an HTML text only"),
    ("smtp2go", [TEXT_ONLY], {}, "has a text and an HTML text, and a mail lacks one"),
    ("smtp2go", [HTML_ONLY], {}, "has a text and an HTML text, and a mail lacks one"),
    ("smtp2go", [PLAIN], {"endpoint": "mime"}, 'use endpoint = "send"'),
    ("mailgun", [TEXT_ONLY], {}, "is an HTML text, and a mail has none"),
    ("mailgun", [PLAIN], {"endpoint": "mime"}, 'use endpoint = "messages"'),
    ("mailgun", [replace(PLAIN, html="".join(f"<p>{mail}{'é' * 9000}</p>")) for mail in "ab"], {}, "16,000 bytes"),
    ("mandrill", [PLAIN], {"endpoint": "raw"}, 'use endpoint = "messages"'),
    ("ses", [PLAIN], {"endpoint": "raw"}, 'use endpoint = "simple"'),
    ("ses", [replace(PLAIN, text=mail * 262_145) for mail in "ab"], {}, "Amazon SES takes 262,144"),
    ("sparkpost", [replace(PLAIN, attachments=(PDF,))], {}, "takes no attachments"),
    ("sparkpost", [replace(PLAIN, cc=(Address("", "cy@x.example"),))], {}, "more than one recipient"),
    ("sparkpost", [PLAIN], {"endpoint": "rfc822"}, 'use endpoint = "fields"'),
    ("mailtrap", [PLAIN], {"category": "receipts"}, "has a category of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "contents", "options", "expected"), STORED)
def test_what_a_stored_template_cannot_say_is_said(
    name: str, contents: list[Content], options: Mapping[str, str], expected: str
) -> None:
    provider, messages = PROVIDERS[name], [message_of(content) for content in contents]
    assert isinstance(provider, StoredTemplateProvider)
    with pytest.raises(ValueError, match=expected):
        provider.stored(messages, Credentials("s", options))


def test_mailgun_takes_a_stored_template_for_one_message_a_request_only() -> None:
    provider = PROVIDERS["mailgun"]
    assert isinstance(provider, StoredTemplateProvider)
    with pytest.raises(ValueError, match='use render = "provider", or messages_per_request = 1'):
        provider.stored_batch([message_of(PLAIN)], Credentials("s"))
