"""The real servers, one file each; `START[name](yard)` is the context in which one runs."""

from __future__ import annotations

from collections.abc import Mapping

from tests.peers.servers import (
    aiosmtpd,
    dovecot,
    exim,
    haraka,
    hypercorn,
    opensmtpd,
    postfix,
    smtp_server,
    smtp_sink,
    uvicorn,
)
from tests.peers.servers.peer import Start

START: Mapping[str, Start] = {
    "postfix": postfix.start,
    "exim": exim.start,
    "opensmtpd": opensmtpd.start,
    "dovecot": dovecot.start,
    "haraka": haraka.start,
    "smtp_server": smtp_server.start,
    "smtp_sink": smtp_sink.start,
    "aiosmtpd": aiosmtpd.start,
    "uvicorn": uvicorn.start,
    "hypercorn": hypercorn.start,
}
