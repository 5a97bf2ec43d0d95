"""aiosmtpd as a process of its own: each message one file, as it came.

Arguments: the yard, the port with STARTTLS, the port with TLS, who may log in, with which password.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

REFUSALS = {"reject": "550 5.1.1 no such user", "defer": "451 4.2.1 try later"}


class Store:
    """aiosmtpd's handler; the names of its methods are the library's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = REFUSALS.get(address.partition("@")[0])
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        if b"\r\nSubject: refuse" in content:
            return "550 5.7.1 no such content"
        (self._folder / f"{next(self._numbers)}.eml").write_bytes(content)
        return "250 2.0.0 stored"


async def _serve(yard: Path, plain: int, tls: int, admitted: LoginPassword) -> None:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given == admitted, handled=False)  # not handled: it writes the 535 itself

    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(yard / "server.pem")
    store = Store(yard / "mail")
    shared: dict[str, Any] = {
        "authenticator": authenticate,
        "auth_require_tls": False,
        "hostname": "aiosmtpd.peer.test",
    }
    await loop.create_server(lambda: SMTP(store, tls_context=context, **shared), "127.0.0.1", plain)
    await loop.create_server(lambda: SMTP(store, **shared), "127.0.0.1", tls, ssl=context)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(
        _serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), LoginPassword(*map(str.encode, sys.argv[4:])))
    )
