"""What an embedded server sends on of a mail: as it came, or changed in just what [arm.relay] says, and signed as it says."""

from __future__ import annotations

from collections.abc import Mapping

import dkim
import pytest

from benchkit.batch import from_mime, to_mime
from benchkit.events.changes import Change, ChangeKind, changes
from benchkit.model.exchange import Received
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Address, Content
from benchkit.model.receiving import RelaySpec
from benchkit.protocol.dkim_signature import DkimKeyPair, DkimSigner, new_dkim_key
from benchkit.sink.relayed_mail import RelayedMail, relayed_mail

IDENTITY = b"bk0123abcd-0000000007"
K = ChangeKind
CONTENT = Content(
    subject="Order 7",
    sender=Address("Shop", "a@shop.example"),
    to=(Address("", "b@there.example"),),
    text="Hello, your order is here.",
    html='<html><body><p>Hello <a HREF="https://shop.example/7?a=1&amp;b=2">Order</a></p></body></html>',
    headers=(("List-Unsubscribe", "<https://shop.example/u>"),),
)
MIME = to_mime(CONTENT)
SENT = IdentitySlots.of(MIME).filled(IDENTITY)


@pytest.fixture(scope="module")
def key() -> DkimKeyPair:
    return new_dkim_key()


def relayed(
    spec: RelaySpec, *, mime: bytes = MIME, sender: str | None = None, key: DkimKeyPair | None = None
) -> RelayedMail:
    signer = DkimSigner("shop.example", "s1", key.private_pem) if key else None
    sign = (lambda octets: signer.field(octets, 1_795_000_000)) if signer else None
    return relayed_mail(Received(CONTENT, ("b@there.example",), sender, mime), IDENTITY, spec, sign, 1_795_000_000)


@pytest.mark.parametrize("mime", [MIME, b""], ids=["came as MIME", "came as fields"])
def test_nothing_asked_for_is_nothing_changed(mime: bytes) -> None:
    found = relayed(RelaySpec(), mime=mime)
    assert found.octets.endswith(SENT)
    assert found.octets.startswith(b"Received: ")
    assert changes(SENT, found.octets) == ()
    assert (found.sender, found.recipients, found.host) == ("a@shop.example", ("b@there.example",), "mail.shop.example")


CASES: tuple[tuple[RelaySpec, set[Change]], ...] = (
    (RelaySpec(tracking=("links",)), {Change(K.LINK_REWRITTEN, "1 of 1 links")}),
    (RelaySpec(tracking=("pixel",)), {Change(K.PIXEL_ADDED, "text/html")}),
    (
        RelaySpec(tracking=("links", "pixel")),
        {Change(K.LINK_REWRITTEN, "1 of 1 links"), Change(K.PIXEL_ADDED, "text/html")},
    ),
    (RelaySpec(footer="By <Acme>"), {Change(K.FOOTER_ADDED, "text/plain"), Change(K.FOOTER_ADDED, "text/html")}),
    (RelaySpec(text_part=False), {Change(K.PART_LOST, "text/plain")}),
    (RelaySpec(removed_headers=("LIST-unsubscribe",)), {Change(K.HEADER_REMOVED, "list-unsubscribe")}),
    (RelaySpec(encoding="base64"), {Change(K.RE_ENCODED, f"{kind} to base64") for kind in ("text/plain", "text/html")}),
    (RelaySpec(return_path="x@esp.example"), set()),
)


@pytest.mark.parametrize(("spec", "expected"), CASES, ids=lambda value: str(value)[:60])
def test_it_changes_what_it_is_told_and_no_more(spec: RelaySpec, expected: set[Change]) -> None:
    assert set(changes(SENT, relayed(spec).octets)) == expected


def test_tracking_links_keep_where_they_lead() -> None:
    html = from_mime(relayed(RelaySpec(tracking=("links",), return_path="x@esp.example")).octets).html
    assert "https://track.esp.example/c?to=https%3A%2F%2Fshop.example%2F7%3Fa%3D1%26amp%3Bb%3D2" in html


@pytest.mark.parametrize(
    ("spec", "sender", "expected"),
    [
        (RelaySpec(), None, "a@shop.example"),
        (RelaySpec(), "bounce@shop.example", "bounce@shop.example"),
        (RelaySpec(), "", ""),
        (RelaySpec(return_path="x@esp.example"), "bounce@shop.example", "x@esp.example"),
    ],
)
def test_envelope_sender(spec: RelaySpec, sender: str | None, expected: str) -> None:
    assert relayed(spec, sender=sender).sender == expected


@pytest.mark.parametrize(
    ("spec", "valid"),
    [
        (RelaySpec(), True),
        (RelaySpec(tracking=("pixel",)), True),
        (RelaySpec(tracking=("pixel",), signed="before"), False),
        (RelaySpec(removed_headers=("List-Unsubscribe",), signed="before"), False),
        (RelaySpec(signed="before"), True),
    ],
)
def test_the_signature_holds_for_what_was_signed(spec: RelaySpec, valid: bool, key: DkimKeyPair) -> None:
    def txt(_name: bytes, timeout: int = 5) -> bytes:
        return key.record.encode()

    assert dkim.verify(relayed(spec, key=key).octets, dnsfunc=txt) is valid


def test_bcc_of_mime_is_removed() -> None:
    head, end, body = MIME.partition(b"\r\n\r\n")
    with_bcc = head + b"\r\nBcc: c@there.example,\r\n d@there.example" + end + body
    assert relayed(RelaySpec(), mime=with_bcc).octets.endswith(SENT)


def test_the_key_is_never_shown(key: DkimKeyPair) -> None:
    shown: Mapping[str, object] = {"key": key}
    assert "PRIVATE" not in repr(shown)
