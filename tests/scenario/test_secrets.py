"""Secrets: found where the reference says, and never in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model.secret import SecretRef
from benchkit.scenario import Vocabulary, load, reveal
from tests.scenario.conftest import SMTP, Write


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "key").write_text("from-file\n")
    (tmp_path / "blank").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / ".netrc").write_text("machine mx.example login shop password from-netrc\n")
    (tmp_path / "broken").write_text("machine mx.example password-hunter2 hunter2\n")
    (tmp_path / "two").write_text("hunter2\nhunter3\n")
    ends = {
        "LF": "hunter2\n",
        "CRLF": "hunter2\r\n",
        "CR": "hunter2\r",
        "INSIDE": "hunter2\r\nX-Key: 1",
        "TAB": "hunter2\t",
    }
    return {"KEY": "from-env", "EMPTY": "", "HOME": str(tmp_path)} | ends


def test_found(environ: dict[str, str]) -> None:
    home = environ["HOME"]
    for ref in (SecretRef("env", "KEY"), SecretRef("file", f"{home}/key"), SecretRef("netrc", "mx.example")):
        secret = reveal(ref, environ)
        assert secret.reveal() == f"from-{ref.source}"
        assert "from" not in f"{secret} {secret!r}"


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("env", "NO", "env NO no such environment variable"),
        ("env", "EMPTY", "env EMPTY the secret there is empty"),
        ("env", "LF", "env LF the secret there ends with a line break: set it without one"),
        ("env", "CRLF", "env CRLF the secret there ends with a line break"),
        ("env", "CR", "env CR the secret there ends with a line break"),
        ("env", "INSIDE", "env INSIDE the secret there contains a control character"),
        ("env", "TAB", "env TAB the secret there contains a control character"),
        ("file", "{home}/two", "file {home}/two the secret there contains a control character"),
        ("file", "{home}/no", "file {home}/no cannot be read: No such file"),
        ("file", "{home}/blank", "file {home}/blank the secret there is empty"),
        ("file", "{home}/bytes", "file {home}/bytes is not UTF-8 text"),
        ("netrc", "other.example", "netrc other.example {home}/.netrc has no entry"),
    ],
)
def test_unusable(source: str, name: str, message: str, environ: dict[str, str]) -> None:
    home = environ["HOME"]
    with pytest.raises(InputError) as caught:
        reveal(SecretRef(source, name.format(home=home)), environ)
    assert str(caught.value).startswith(message.format(home=home))
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(("file", "message"), [("broken", "is not a valid netrc"), ("none", "cannot be read")])
def test_an_unreadable_netrc(file: str, message: str, environ: dict[str, str]) -> None:
    environ["NETRC"] = f"{environ['HOME']}/{file}"
    with pytest.raises(InputError, match=message) as caught:
        reveal(SecretRef("netrc", "mx.example"), environ)
    assert "hunter2" not in str(caught.value)


SECRET = "hunter2-öffne-dich"


@pytest.mark.parametrize(
    "line",
    [
        f'password = "{SECRET}"',
        f'password = ["{SECRET}"]',
        f'password = {{ env = ["{SECRET}"] }}',
        f'password = {{ value = "{SECRET}" }}',
        f'pasword = "{SECRET}"',
        f'api_key = "{SECRET}"',
        f"password = {SECRET}",
        f'password = "{SECRET}',
    ],
)
def test_a_literal_secret_is_never_repeated(line: str, base: str, vocabulary: Vocabulary, write: Write) -> None:
    with pytest.raises(InputError) as caught:
        load(write(base.replace(SMTP, SMTP + 'auth = "plain"\n' + line + "\n")), vocabulary)
    with pytest.raises(InputError) as overridden:
        load(write(base), vocabulary, ["arm.0." + line.replace(" = ", "=", 1), "load.blocks=0"])
    assert "hunter2" not in repr(caught.value) + repr(overridden.value)
