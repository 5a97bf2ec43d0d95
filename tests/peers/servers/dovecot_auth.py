"""Dovecot's authentication: PLAIN, LOGIN, CRAM-MD5 and XOAUTH2, whose token is a JWT (RFC 7519) that it checks by itself.

Postfix has no passwords of its own and asks such a service at a socket.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.requirements import need, need_root
from tests.peers.servers.peer import USERNAME, Account, fill_in, serving

HERE = Path(__file__).parent
KEY = b"a key that the issuer of the tokens and Dovecot share"
VALID_S = 3600
OAUTH2 = """introspection_mode = local
local_validation_key_dict = fs:posix:prefix={keys}/
username_attribute = sub
"""


@contextmanager
def serve_socket(yard: Path) -> Iterator[tuple[Path, Account]]:
    """The socket at which a server asks whether someone may log in."""
    program = need("dovecot")
    need_root("start Dovecot")
    yard.mkdir()
    account = configure(yard)
    with serving([program, "-F", "-c", yard / "auth.conf"], yard, []):
        yield yard / "run" / "auth-client", account


def configure(yard: Path) -> Account:
    """Writes auth.conf and what it refers to."""
    account = Account(token=_token(USERNAME))
    values = {"yard": yard, "username": account.username, "password": account.password}
    fill_in(HERE / "dovecot_auth.conf", yard / "auth.conf", **values)
    (yard / "oauth2.conf").write_text(OAUTH2.format(keys=yard / "keys"), "utf-8")
    key = yard / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(b64encode(KEY))
    return account


def _token(subject: str) -> str:
    now = int(time.time())
    signed = ".".join(
        _encoded(json.dumps(part).encode())
        for part in ({"typ": "JWT", "alg": "HS256"}, {"sub": subject, "iat": now, "exp": now + VALID_S})
    )
    return f"{signed}.{_encoded(hmac.digest(KEY, signed.encode(), 'sha256'))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
