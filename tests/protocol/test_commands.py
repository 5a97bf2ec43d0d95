"""MAIL and RCPT as a table: what is taken, and with which reply the rest is refused."""

from __future__ import annotations

import pytest

from benchkit.protocol.commands import MailCommand, Refusal, parse_mail, parse_rcpt, split_command

MAIL = {
    b"FROM:<a@b.example>": MailCommand(b"a@b.example"),
    b"from:<a@b.example>": MailCommand(b"a@b.example"),
    b"FROM: <a@b.example>": MailCommand(b"a@b.example"),
    b"FROM:<>": MailCommand(b""),
    b"FROM:<> BODY=8BITMIME": MailCommand(b""),
    b"FROM:<a@b.example> SIZE=12 BODY=7BIT": MailCommand(b"a@b.example", 12),
    b"FROM:<a@b.example> size=12 body=8bitmime smtputf8": MailCommand(b"a@b.example", 12, True),
    b"FROM:<a@b.example> AUTH=<>": MailCommand(b"a@b.example"),
    b"FROM:<a@b.example> RET=FULL ENVID=a+2Bb": MailCommand(b"a@b.example"),
    b"FROM:<a@b.example> ret=hdrs SIZE=7": MailCommand(b"a@b.example", 7),
    b'FROM:<"a b>\\""@b.example>': MailCommand(b'"a b>\\""@b.example'),
    b"FROM:<a@[127.0.0.1]>": MailCommand(b"a@[127.0.0.1]"),
    "FROM:<müller@b.example> SMTPUTF8".encode(): MailCommand("müller@b.example".encode(), 0, True),
}
MAIL_REFUSED = {
    b"": "501",
    b"a@b.example": "501",
    b"FROM:a@b.example": "501",
    b"FROM:<a>": "501",
    b"FROM:<a@b.example": "501",
    b"FROM:<@r:a@b.example>": "501",
    b"FROM:<a@b.example>SIZE=1": "501",
    b"FROM:<a b@b.example>": "501",
    b"FROM:<a\0@b.example>": "501",
    b"FROM:<a@b.example> SIZE=": "501",
    b"FROM:<a@b.example> SIZE=-1": "501",
    b"FROM:<a@b.example> SIZE=" + b"9" * 21: "501",
    b"FROM:<a@b.example> BODY=16BIT": "501",
    b"FROM:<a@b.example> SMTPUTF8=1": "501",
    b"FROM:<a@b.example> RET=SOME": "501",
    b"FROM:<a@b.example> ENVID=": "501",
    b"FROM:<a@b.example> ENVID=a+b": "501",
    b"FROM:<a@b.example> ENVID=a=b": "501",
    b"FROM:<a@b.example> NOTIFY=NEVER": "555",
    "FROM:<müller@b.example>".encode(): "553",
    b"FROM:<\xff@b.example> SMTPUTF8": "501",
}
RCPT = {
    (b"TO:<a@b.example>", False): b"a@b.example",
    (b"to: <a@b.example>", False): b"a@b.example",
    (b"TO:<Postmaster>", False): b"Postmaster",
    (b"TO:<a@b.example> NOTIFY=NEVER", False): b"a@b.example",
    (b"TO:<a@b.example> notify=success,Delay orcpt=rfc822;a+2Bc@b.example", False): b"a@b.example",
    ("TO:<ü@b.example>".encode(), True): "ü@b.example".encode(),
}
RCPT_REFUSED = {
    (b"", False): "501",
    (b"TO:<>", False): "501",
    (b"TO:<a>", False): "501",
    (b"TO:<a@b.example> SIZE=1", False): "555",
    (b"TO:<a@b.example> NOTIFY=", False): "501",
    (b"TO:<a@b.example> NOTIFY=NEVER,DELAY", False): "501",
    (b"TO:<a@b.example> ORCPT=a@b.example", False): "501",
    (b"TO:<a@b.example> ORCPT=rfc822;a+b", False): "501",
    ("TO:<ü@b.example>".encode(), False): "553",
}


@pytest.mark.parametrize(("argument", "sender"), MAIL.items())
def test_mail(argument: bytes, sender: MailCommand) -> None:
    assert parse_mail(argument) == sender


@pytest.mark.parametrize(("argument", "code"), MAIL_REFUSED.items())
def test_mail_refused(argument: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=f"^{code} 5"):
        parse_mail(argument)


@pytest.mark.parametrize(("command", "path"), RCPT.items())
def test_rcpt(command: tuple[bytes, bool], path: bytes) -> None:
    assert parse_rcpt(*command) == path


@pytest.mark.parametrize(("command", "code"), RCPT_REFUSED.items())
def test_rcpt_refused(command: tuple[bytes, bool], code: str) -> None:
    with pytest.raises(Refusal, match=f"^{code} 5"):
        parse_rcpt(*command)


@pytest.mark.parametrize(
    ("line", "parts"),
    [(b"quit", (b"QUIT", b"")), (b"ehlo  x ", (b"EHLO", b"x")), (b"", (b"", b"")), (b" ", (b"", b""))],
)
def test_split(line: bytes, parts: tuple[bytes, bytes]) -> None:
    assert split_command(line) == parts
