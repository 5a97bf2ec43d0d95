"""An IMAP server for one test: a thread that answers by a table of commands, and notes what it was told."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class ScriptedImap:
    """`folders`: name with flags → mails. Only what our reader needs."""

    def __init__(self, folders: Mapping[str, tuple[str, list[bytes]]], password: str) -> None:
        self.folders, self.password = folders, password
        self.received: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"* OK ready\r\n")
            stream.flush()
            selected: list[bytes] = []
            for line in stream:
                self.received.append(line)
                tag, _, rest = line.strip().partition(b" ")
                name = rest.split(b" ")[0].upper()
                if name == b"EXAMINE":
                    selected = self.folders[rest.split(b" ", 1)[1].strip(b'"').decode()][1]
                stream.write(b"".join(self._answers(name, rest, selected)))
                stream.write(
                    tag + (b" NO wrong password " + rest if self._refused(name, rest) else b" OK done") + b"\r\n"
                )
                stream.flush()

    def _refused(self, name: bytes, rest: bytes) -> bool:
        return name == b"LOGIN" and self.password.encode() not in rest

    def _answers(self, name: bytes, rest: bytes, selected: list[bytes]) -> Iterator[bytes]:
        if name == b"CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        if name == b"LIST":
            for folder, (flags, _) in self.folders.items():
                yield f'* LIST ({flags}) "/" "{folder}"\r\n'.encode()
        if name == b"EXAMINE":
            yield b"* %d EXISTS\r\n" % len(selected)
        if name == b"SEARCH":
            mark = b"" if rest.endswith(b" ALL") else re.findall(rb"\S+", rest)[-1].strip(b'"')
            yield b"* SEARCH " + b" ".join(b"%d" % (n + 1) for n, mail in enumerate(selected) if mark in mail) + b"\r\n"
        if name == b"FETCH":
            for number in map(int, rest.split(b" ")[1].split(b",")):
                mail = selected[number - 1]
                dated = b'INTERNALDATE "02-Nov-2026 10:00:05 +0000"'
                yield b"* %d FETCH (%s BODY[] {%d}\r\n%s)\r\n" % (number, dated, len(mail), mail)


@contextmanager
def serving(folders: Mapping[str, tuple[str, list[bytes]]], password: str = "hunter2-long") -> Iterator[ScriptedImap]:
    server = ScriptedImap(folders, password)
    try:
        yield server
    finally:
        server.close()
