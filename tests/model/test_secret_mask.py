"""No form of a secret gets through, and no other text is changed."""

from __future__ import annotations

import html
import json
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchkit.model.secret import HIDDEN, NO_SECRETS, SecretMask

SECRETS = (
    "k3y-C4n4ry/Ü+9 zQ=x",
    "quo\"te\\back'slash<&>",
    "0123456789abcdef" * 20,
    "hunter2",
    "pässwörd",
    "%41%42%43=3D\\x41",
)
FORMS: dict[str, Callable[[bytes], str]] = {
    "plain": lambda b: b.decode(),
    "base64": lambda b: b64encode(b).decode(),
    "base64 for URLs": lambda b: urlsafe_b64encode(b).decode(),
    "AUTH PLAIN": lambda b: b64encode(b"\0user\0" + b).decode(),
    "Basic": lambda b: b64encode(b"api:" + b).decode(),
    "an echoed line": lambda b: b64encode(b"AUTH PLAIN " + b64encode(b"\0u\0" + b) + b" is not welcome").decode(),
    "base64 in lines": lambda b: encodebytes(b"some user\0" + b).decode(),
    "percent": lambda b: quote(b.decode(), safe=""),
    "form": lambda b: quote_plus(b.decode()),
    "percent, all": lambda b: "".join(f"%{octet:02x}" for octet in b),
    "hex": lambda b: b.hex(),
    "HEX": lambda b: b.hex().upper(),
    "hEx": lambda b: b.hex().swapcase(),
    "hex with colons": lambda b: b.hex(":"),
    "hex, each with 0x": lambda b: ", ".join(f"0x{octet:02X}" for octet in b),
    "hex of Basic": lambda b: b64encode(b"api:" + b).hex(),
    "percent of base64": lambda b: quote(b64encode(b"\0user\0" + b), safe=""),
    "repr": lambda b: repr(b.decode()),
    "repr of octets": lambda b: repr(b),
    "JSON": lambda b: json.dumps(b.decode()),
    "HTML": lambda b: html.escape(b.decode()),
    "quoted-printable": lambda b: "".join(f"={octet:02X}" for octet in b),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_no_form_gets_through(secret: str, form: str) -> None:
    echoed = FORMS[form](secret.encode())
    shown = SecretMask(["another", secret]).hide(f"535 5.7.8 <{echoed}> is not right")
    assert HIDDEN in shown
    assert echoed not in shown
    assert secret not in shown
    assert shown.startswith("535 5.7.8 <")
    assert shown.endswith("> is not right")


@pytest.mark.parametrize("length", range(8, 40))
def test_what_is_cut_off_is_hidden_too(length: int) -> None:
    secret = "s3cr3t-" + "abcdefghij" * 4
    shown = SecretMask([secret]).hide(f"no: {secret[:length]}")
    assert secret[:8] not in shown
    assert secret[:4] not in SecretMask([secret]).hide("x" * 90 + secret[: length % 8] + "…")


@given(st.text(), st.text(min_size=8, max_size=40))
def test_other_text_stays(text: str, secret: str) -> None:
    assume(not text.endswith("…"))
    shown = SecretMask([secret]).hide(text)
    assert shown == text or HIDDEN in shown
    assert NO_SECRETS.hide(text) == text
    assert SecretMask([""]).hide(text) == text


@given(
    st.text(max_size=30),
    st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and text.strip()),
    st.text(max_size=30),
)
def test_a_secret_never_stands_in_what_is_shown(before: str, secret: str, after: str) -> None:
    assume(secret not in HIDDEN)
    assert secret not in SecretMask([secret]).hide(before + secret + after).replace(HIDDEN, "\0")


def test_ordinary_replies_are_not_touched() -> None:
    for reply in ("550 5.1.1 <b@example.com>: user unknown", "queued as 4bK2xy1dRzzP", '{"message": "Forbidden"}'):
        assert SecretMask(["hunter2", "key-0123456789abcdef"]).hide(reply) == reply
