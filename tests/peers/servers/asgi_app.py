"""An email API as someone writes one for an ASGI server: Mailgun's receiving half, each message that it takes one file.

A file holds the identity, the digest of the canonical content, and the version of HTTP that it came by. The environment says
where they go, and who may send.
"""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

from benchkit.model.exchange import ApiRefusal, Credentials, Request, Response
from benchkit.model.identity import find_identity
from benchkit.providers import PROVIDERS

SERVER = PROVIDERS["mailgun"].server
FOLDER, SECRET = "BENCHKIT_PEER_FOLDER", "BENCHKIT_PEER_SECRET"
_numbers = count()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":  # "lifespan": a server does without it when it is refused
        raise NotImplementedError(scope["type"])
    response = _answer(await _whole(scope, receive), scope["http_version"])
    headers = [*response.headers, ("content-length", str(len(response.body)))]
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    await send({"type": "http.response.body", "body": response.body})


async def _whole(scope: dict[str, Any], receive: Any) -> Request:
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(scope["method"], scope["raw_path"].decode(), headers, body)


def _answer(request: Request, http_version: str) -> Response:
    if request.method not in SERVER.methods(request.target):
        return SERVER.refused(404, "not found")
    try:
        SERVER.check(request, Credentials(os.environ[SECRET]))
    except ApiRefusal as refusal:
        return SERVER.refused(refusal.status, str(refusal))
    found = find_identity(request.body)
    if found is None:
        return SERVER.refused(400, "no identity")
    (mail,) = SERVER.receive(request)
    arrived = {"identity": found[0].decode(), "digest": mail.content.digest.hex(), "http_version": http_version}
    Path(os.environ[FOLDER], f"{os.getpid()}-{next(_numbers)}.json").write_text(json.dumps(arrived), "utf-8")
    return SERVER.accepted(request, [found[0]])
