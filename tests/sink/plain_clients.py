"""Clients that say what they are told and nothing of their own, for servers that are faulty on request."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Fault, Limit, Security

ENVELOPE = [b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n"]
CONTENT = b"hi\r\n.\r\n"
SMTP = [b"EHLO c\r\n", b"AUTH PLAIN AHUAcA==\r\n", *ENVELOPE, CONTENT, b"QUIT\r\n"]
FINE = "220 250 235 250 250 354 250 221"


def smtp(*faults: Fault, **limit: Any) -> ListenerConfig:
    return ListenerConfig(0, "smtp", Security.NONE, username="u", password="p", faults=faults, limit=Limit(**limit))


def converse(sink: Any, commands: list[bytes]) -> str:
    """One command a turn, the codes heard, "-" where the connection ended; no content unless it was asked for."""
    heard: list[str] = []
    with sink.connect() as client, client.makefile("rb") as replies:
        for command in [b"", *commands]:
            if command == CONTENT and heard[-1] != "354":
                continue
            try:
                client.sendall(command)
                heard.append(reply_code(replies))
            except OSError:
                heard.append("-")
            if heard[-1] == "-":
                break
    return " ".join(heard)


def reply_code(replies: Any) -> str:
    while line := replies.readline():
        if line[3:4] == b" ":
            return str(line[:3], "ascii")
    return "-"


AUTH = "Basic " + b64encode(b"api:key").decode()
BODY = b"from=a%40b.example&to=c%40d.example&text=hi"
REQUEST = (
    f"POST /v3/d/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTH}\r\n"
    f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY


def api(*faults: Fault, security: Security = Security.NONE, **limit: Any) -> ListenerConfig:
    return ListenerConfig(
        0, "api", security, "mailgun", password="key", auth_required=True, faults=faults, limit=Limit(**limit)
    )


def ask(sink: Any, requests: int) -> list[bytes]:
    """The answers to so many pipelined requests, as far as they come."""
    with sink.connect() as client, client.makefile("rb") as answers:
        try:
            client.sendall(REQUEST * requests)
            return [answer for _ in range(requests) if (answer := read_answer(answers))]
        except ConnectionResetError:
            return []


def read_answer(answers: Any) -> bytes:
    head = b""
    while (line := answers.readline()) not in (b"\r\n", b""):
        head += line
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length")), 0)
    return bytes(head + answers.read(length))
