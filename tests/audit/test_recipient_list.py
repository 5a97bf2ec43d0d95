"""A list of recipients: each reason by a row of a table, files in every form, and answers of the DNS that do not come."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.recipient_list import JudgedList, Rejection, judge_list, read_list, read_suppression
from benchkit.audit.recipient_list.typing_errors import likely_domain
from benchkit.audit.tables.mail_providers import BIG_DOMAINS
from benchkit.errors import InputError
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.model.envelope import address_hash

R = Rejection
LOST = (AnswerState.TIMEOUT, AnswerState.SERVFAIL, AnswerState.REFUSED, AnswerState.MALFORMED)
ZONE = {
    ("gmail.com", "MX"): ("mx.gmail.com",),
    ("googlemail.com", "MX"): ("mx.gmail.com",),
    ("mx.gmail.com", "A"): ("192.0.2.1",),
    ("shop.example", "MX"): ("mx6.shop.example",),
    ("mx6.shop.example", "AAAA"): ("2001:db8::1",),
    ("xn--bcher-kva.example", "A"): ("192.0.2.2",),  # an address and no MX (RFC 5321 §5.1)
    ("null.example", "MX"): (".",),
    ("null.example", "A"): ("192.0.2.3",),
    ("broken.example", "MX"): ("gone.broken.example",),
    ("web-only.example", "TXT"): ("x",),
}


class ZoneAsk:
    """`lost` are questions whose answers do not come."""

    def __init__(self, lost: Mapping[tuple[str, str], AnswerState] | None = None) -> None:
        self.lost, self.asked = lost or {}, list[tuple[str, str]]()

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        self.asked.append((name, type))
        if (name, type) in self.lost:
            return Answer(name, type, self.lost[(name, type)])
        if (name, type) in ZONE:
            records = tuple(Record(type, text, target=text) for text in ZONE[(name, type)])
            return Answer(name, type, AnswerState.OK, records)
        exists = any(name == known or known.endswith(f".{name}") for known, _ in ZONE)
        return Answer(name, type, AnswerState.NODATA if exists else AnswerState.NXDOMAIN)


def judged(*addresses: str, ask: ZoneAsk | None = None, **options: object) -> JudgedList:
    source = read_list("email\n" + "\n".join(addresses), "list.csv")
    zone = ask or ZoneAsk()
    return asyncio.run(judge_list(source, lambda domain: zone, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ann@gmail.com", None),
        (" ann@Shop.Example ", None),
        ("ann@bücher.example", None),
        ("jürgen@shop.example", None),
        ("ann@sales@shop.example", R.SYNTAX),
        ("ann@", R.SYNTAX),
        ("ann shop.example", R.SYNTAX),
        ("ann@localhost", R.SYNTAX),
        ("ann@[192.0.2.1]", R.SYNTAX),
        ("a" * 65 + "@shop.example", R.SYNTAX),
        ("a" * 5000 + "@shop.example", R.SYNTAX),
        ("Ann <ann@shop.example>", R.SYNTAX),
        ("ann@gmial.com", R.TYPING_ERROR),
        ("ann@gmail.con", R.TYPING_ERROR),
        ("ann@hotmai.com", R.TYPING_ERROR),
        ("info@gmial.com", R.TYPING_ERROR),
        ("ann@mailinator.com", R.DISPOSABLE),
        ("ann@inbox.mailinator.com", R.DISPOSABLE),
        ("Postmaster@shop.example", R.ROLE),
        ("ann@gone.example", R.NO_DOMAIN),
        ("ann@null.example", R.NULL_MX),
        ("ann@broken.example", R.NO_MAIL_HOST),
        ("ann@web-only.example", R.NO_MAIL_HOST),
        ("bounced@shop.example", R.SUPPRESSED),
        ("Bounced@Shop.Example", R.SUPPRESSED),
    ],
)
def test_reason(address: str, reason: Rejection | None) -> None:
    assert judged(address, suppressed={"bounced@shop.example": "bounce"}).rows[0].reason is reason


@pytest.mark.parametrize("right", sorted(BIG_DOMAINS))
def test_no_large_provider_is_a_typing_error_of_another(right: str) -> None:
    assert likely_domain(right) is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("web.d", "web.de"),
        ("gmy.de", None),  # short names are too close to real ones
        ("tmail.example", None),
        ("dmail.com", None),  # another name, not a slip of the finger
        ("mygmail.com", None),
        ("xn--gmal-nza.com", None),
    ],
)
def test_typing_errors(wrong: str, right: str | None) -> None:
    assert likely_domain(wrong) == right


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("ann@shop.example", "ANN@SHOP.example", True),
        ("ann.lee@gmail.com", "annlee+news@googlemail.com", True),
        ("ann.lee@shop.example", "annlee@shop.example", False),
        ("ann+news@shop.example", "ann@shop.example", False),  # this host may tell them apart
        ("+@gmail.com", "++@gmail.com", False),
    ],
)
def test_duplicates(first: str, second: str, same: bool) -> None:
    found = judged(first, second).rows
    assert [row.reason for row in found] == [None, R.DUPLICATE if same else None]
    assert judged(first, second, keep={R.DUPLICATE}).rows[1].reason is None


def test_a_rejected_row_makes_no_duplicate_of_the_next() -> None:
    assert [row.reason for row in judged("ann@gone.example", "ann@gone.example").rows] == [R.NO_DOMAIN, R.NO_DOMAIN]


@pytest.mark.parametrize("state", LOST)
@pytest.mark.parametrize(
    ("domain", "question"),
    [
        ("shop.example", ("shop.example", "MX")),
        ("shop.example", ("mx6.shop.example", "AAAA")),
        ("broken.example", ("gone.broken.example", "A")),
        ("web-only.example", ("web-only.example", "AAAA")),
    ],
)
def test_an_answer_that_does_not_come_rejects_no_row(
    domain: str, question: tuple[str, str], state: AnswerState
) -> None:
    found = judged(f"ann@{domain}", ask=ZoneAsk({question: state}))
    assert not found.rejected
    assert found.unanswered == {domain: f"{question[0]} {question[1]}: {state.value}"}


def test_each_domain_is_asked_once_and_none_that_a_table_rejects() -> None:
    ask = ZoneAsk()
    judged("ann@gmail.com", "bob@GMAIL.com", "info@shop.example", "x@gmial.com", "x@mailinator.com", ask=ask)
    assert ask.asked == [("gmail.com", "MX"), ("mx.gmail.com", "A")]


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("a@x.example\nb@x.example\n", "", ["a@x.example", "b@x.example"]),
        ("\ufeffname;E-Mail\nA;a@x.example\n", "", ["a@x.example"]),
        ("name\tcontact\nA\ta@x.example\n", "", ["a@x.example"]),
        ("id,Work,Home\n1,a@x.example,b@x.example\n", "home", ["b@x.example"]),
        ('"Email"\r\n"a@x.example"\r\n\r\n', "", ["a@x.example"]),
        ("name,email\nA\n", "", [""]),
        ("email\n", "", []),
    ],
)
def test_forms_of_a_file(text: str, column: str, expected: list[str]) -> None:
    source = read_list(text, "list.csv", column)
    assert [source.address(row) for _, row in source.rows] == expected


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", "", "list.csv holds no rows"),
        ("name,phone\nA,1\n", "", "list.csv has no column with addresses: name it with --column"),
        ("name,email\nA,a@x.example\n", "post", '--column list.csv has no column "post"; it has "name", "email"'),
        ("a@x.example\n", "email", "--column names a column, and list.csv has no header line"),
        ("email\n" + "x" * 200_000, "", "list.csv:2 cannot be read as CSV: field larger than field limit (131072)"),
    ],
)
def test_files_that_cannot_be_read(text: str, column: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        read_list(text, "list.csv", column)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email,created,reason\nA@x.example,1,550 no\n", {"a@x.example": "550 no"}),  # SendGrid
        ("address,code,error,created_at\na@x.example,605,,x\n", {"a@x.example": "605"}),  # Mailgun
        (
            '{"Suppressions":[{"EmailAddress":"a@x.example","SuppressionReason":"HardBounce"}]}',
            {"a@x.example": "HardBounce"},
        ),
        (
            '{"SuppressedDestinationSummaries":[{"EmailAddress":"a@x.example","Reason":"COMPLAINT"}]}',
            {"a@x.example": "COMPLAINT"},
        ),
        ('{"results":[{"recipient":"a@x.example","type":"transactional"}]}', {"a@x.example": "transactional"}),
        ('["a@x.example"]', {"a@x.example": ""}),
        ("a@x.example\n", {"a@x.example": ""}),
    ],
)
def test_suppression_lists(text: str, expected: dict[str, str]) -> None:
    assert read_suppression(text, "list") == expected


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "{}", '{"a": 1}', "[[[[]]]]"])
def test_suppression_lists_that_hold_none(text: str) -> None:
    with pytest.raises(InputError):
        read_suppression(text, "list")


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\r\n\x00"), max_size=30), max_size=20))
def test_any_text_is_a_row_that_is_kept_or_rejected(cells: list[str]) -> None:
    text = "email,x\n" + "".join('"' + cell.replace('"', '""') + '",1\n' for cell in cells)
    source = read_list(text, "list.csv")
    found = asyncio.run(judge_list(source, lambda domain: ZoneAsk()))
    assert [row.line for row in found.rows] == [line for line, _ in source.rows]
    assert len(found.kept) + len(found.rejected) == len(cells)
    assert all(row.detail for row in found.rejected)


def test_rows_written_are_rows_read(tmp_path: Path) -> None:
    """A cell with a line break, a quote and a delimiter stays one cell."""
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["note", "email"], ['a,"b"\nc', "ann@shop.example"]])
    source = read_list(path.read_bytes().decode(), "x.csv")
    assert source.rows == ((2, ('a,"b"\nc', "ann@shop.example")),)


FORMS = ("u@B\u00fccher.example", "u@xn--bcher-kva.example", "U@XN--BCHER-KVA.example", "u@bu\u0308cher.example")


@pytest.mark.parametrize("written", FORMS)
@pytest.mark.parametrize("listed", FORMS[:3])
def test_a_suppressed_address_is_found_in_either_form_of_its_domain(written: str, listed: str) -> None:
    suppressed = read_suppression(f"email\n{listed}\n", "list.csv")
    assert judged(written, suppressed=suppressed).rows[0].reason is R.SUPPRESSED


@pytest.mark.parametrize("written", ["U@xn--bcher-kva.example", "u@B\u00fccher.EXAMPLE", "u@bu\u0308cher.example"])
def test_the_hash_of_an_address_as_it_was_sent_to_is_found(written: str) -> None:
    assert judged(written, suppressed_hashes={address_hash(written): "bounced"}).rows[0].reason is R.SUPPRESSED


def test_the_forms_of_an_address_are_duplicates() -> None:
    assert [row.reason for row in judged(*FORMS).rows] == [None, R.DUPLICATE, R.DUPLICATE, R.DUPLICATE]
