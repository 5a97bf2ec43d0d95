"""No address and no name of the mails is left in what is composed of them; what stands for them is the same everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchkit.batch import compose, from_mime
from benchkit.batch.anonymiser import Anonymiser
from benchkit.errors import InputError
from benchkit.model.host_names import is_reserved_domain
from benchkit.model.message import Address, Batch
from benchkit.model.scenario import MessageSpec

MAILS = Path(__file__).parents[1] / "data" / "mails"
PROTECTED = ("s-mime-signed", "s-mime-encrypted", "pgp-encrypted")
ONE = """\
Received: from laptop-of-ann.shop.com (10.0.0.7) by mx.customer.org
DKIM-Signature: v=1; d=shop.com; s=sel; b=x
From: =?utf-8?q?Ann_M=C3=BCller?= <Ann.Mueller@shop.com>
To: "Jones, Bo" <bo@customer.org>, =?utf-8?b?5bGx55Sw5aSq6YOO?= <yamada@customer.org>
Cc: The Help Team <help@mail.shop.com>
Subject: Order of Bo Jones
Message-ID: <20260101.abc@shop.com>
References: <one@shop.com> <two@customer.org>
X-Originating-User: ann.mueller
List-Unsubscribe: <https://www.shop.com/u?who=bo%40customer.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear Bo, 山田太郎様,
write to ANN MÜLLER (ann.mueller@SHOP.com) or the team at help@mail.shop.com.
See https://www.shop.com/orders/7. Annually yours, Ann.
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p title="Bo bo@customer.org">Dear Bo &amp; M&uuml;ller, <a href="mailto:bo@customer.org">mail</a> <b>bo@customer.org</b></p>
--b
Content-Type: application/pdf; name="Bo Jones.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="Bo Jones.pdf"

JVBERi0xLjQgQm8gSm9uZXM=
--b
Content-Type: message/rfc822

From: Cy <cy@else.net>
Subject: about Ann

Ann and Cy
--b--
""".encode()
PRIVATE = re.compile(
    r"shop\.com|customer\.org|else\.net|\bann\b|m(ü|&uuml;)ller|mueller|\bjones\b|\bBo\b|山田|\bcy\b|10\.0\.0\.7|%PDF",
    re.IGNORECASE,
)


def anonymised(*mails: bytes, seed: int = 1) -> list[bytes]:
    whole = [mail.replace(b"\n", b"\r\n") for mail in mails]
    anonymiser = Anonymiser(seed, whole)
    return [anonymiser.mail(mail) for mail in whole]


def test_nothing_private_is_left_in_any_part_or_encoding() -> None:
    (mail,) = anonymised(ONE)
    content = from_mime(mail)
    texts = [mail.decode(), content.subject, content.text, content.html, *(name for name, _ in content.headers)]
    texts += [part.data.decode("latin-1") for part in content.attachments] + [value for _, value in content.headers]
    texts += [address.name for address in (content.sender, *content.to, *content.cc)]
    assert [match[0] for text in texts for match in PRIVATE.finditer(text)] == []


def test_one_stands_for_one_everywhere() -> None:
    (mail,) = anonymised(ONE)
    content = from_mime(mail)
    bo = content.to[0]
    first, _, last = bo.name.partition(", ")
    assert f"Dear {last}," in content.text
    assert content.subject == f"Order of {last} {first}"
    assert content.sender.addr in content.text.lower()
    assert content.sender.name.upper() in content.text
    assert f'<a href="mailto:{bo.addr}">mail</a> <b>{bo.addr}</b>' in content.html
    assert f'title="{last} {bo.addr}"' in content.html
    assert bo.addr.replace("@", "%40") in dict(content.headers)["List-Unsubscribe"]
    assert f"https://www.{content.sender.addr.rpartition('@')[2]}/orders/7" in content.text
    assert "Annually yours" in content.text
    assert [name for name, _ in content.headers] == ["References", "List-Unsubscribe"]


def test_parts_keep_their_types_places_and_sizes() -> None:
    (mail,) = anonymised(ONE)
    content = from_mime(mail)
    first, _ = content.attachments
    assert (first.name, first.content_type) == ("file1.pdf", "application/pdf")
    assert len(content.attachments[0].data) == len(b"%PDF-1.4 Bo Jones")
    assert mail.isascii()
    assert max(map(len, mail.split(b"\r\n"))) <= 998


def test_the_same_in_all_mails_of_a_batch_and_another_for_another_seed() -> None:
    other = b"From: Bo Jones <bo@customer.org>\nTo: x@x.example\nSubject: Hi\n\nThis is Ann, not Bo.\n"
    first, second = (from_mime(mail) for mail in anonymised(ONE, other))
    assert second.sender.addr == first.to[0].addr
    assert set(second.sender.name.split()) == set(first.to[0].name.split(", "))
    assert f"This is {first.sender.name.split()[0]}, not" in second.text
    assert anonymised(ONE, other) == anonymised(ONE, other)
    assert from_mime(anonymised(ONE, seed=2)[0]).sender.name != first.sender.name


@pytest.fixture(scope="module")
def odd() -> Batch:
    pattern = "[!ps]*.eml"
    return compose(MessageSpec(Address("", ""), 0, 1, eml=pattern, folder=MAILS, anonymise=True))


def test_odd_mails_are_written_anew_and_name_reserved_domains_only(odd: Batch) -> None:
    assert len(odd) > 30
    for message in odd.messages:
        assert not re.search(rb"shop\.example|customer\.example|Smith|Jones", message.mime), message.source
        assert all(is_reserved_domain(address.rpartition("@")[2]) for address in message.recipients)
        assert from_mime(message.mime) == message.content


def test_header_fields_in_utf_8_are_read(odd: Batch) -> None:
    (message,) = (one for one in odd.messages if "utf-8-header-fields" in one.source)
    assert message.content.subject == "Grüße aus Köln"
    assert "\ufffd" not in message.content.to[0].name


def test_odd_mails_keep_their_tree_of_parts_and_their_sizes(odd: Batch) -> None:
    as_they_are = compose(MessageSpec(Address("", ""), 0, 1, eml="[!ps]*.eml", folder=MAILS))
    for was, message in zip(as_they_are.messages, odd.messages, strict=True):
        before, after = was.content.attachments, message.content.attachments
        assert [part.content_type for part in before] == [part.content_type for part in after]
        assert [len(part.data) for part in before if not part.content_type.startswith(("text/", "message/"))] == [
            len(part.data) for part in after if not part.content_type.startswith(("text/", "message/"))
        ]
        assert bool(was.content.html) == bool(message.content.html)


@pytest.mark.parametrize("name", PROTECTED)
def test_what_it_would_break_is_refused(name: str) -> None:
    spec = MessageSpec(Address("", ""), 0, 1, eml=f"{name}.eml", folder=MAILS)
    assert len(compose(spec)) == 1
    with pytest.raises(InputError, match=rf"{name}.eml:1:1 is signed or encrypted"):
        compose(replace(spec, anonymise=True))


_PIECES = ["Ann", "ann@shop.com", "<b>", "&lt;", "shop.com", "@", "%40", "\n", " ", "é", "😀", "."]
_WORDS = st.lists(st.sampled_from(_PIECES), max_size=12)


@given(_WORDS.map(" ".join), _WORDS.map("".join))
@example("", "shop.com.Ann")
@example("shop.com.shop.com", "mail.shop.com.Ann")
def test_no_text_escapes(spaced: str, joined: str) -> None:
    head = b"From: Ann <ann@shop.com>\nTo: b@x.example\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Type: text/"
    for kind in (b"plain", b"html"):
        (mail,) = anonymised(head + kind + b"; charset=utf-8\n\n" + f"{spaced}\n{joined}".encode())
        content = from_mime(mail)
        assert "ann@shop.com" not in content.text + content.html
        assert not re.search(r"(?<![\w.@-])shop\.com(?![\w-])", content.text + content.html)
