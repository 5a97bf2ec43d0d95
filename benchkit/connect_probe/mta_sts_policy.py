"""The MTA-STS policy file, fetched as RFC 8461 §3.3 tells a sender to: verified HTTPS, no redirect, plain text, bounded.

What the file says is read by audit/records; here is only whether a sender would get it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.model.exchange import Response
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader

HTTPS_PORT = 443
TIMEOUT_S = 10.0  # §3.3 suggests a minute; who waits for an audit will not
LARGEST_BODY = 65_536
LARGEST_HEAD = 16_384
PATH = "/.well-known/mta-sts.txt"
READ_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`error` says why a sender would not take it; `body` and `status` are kept all the same. `answered` is false where
    nothing can be said about the server, because it was not reached.
    """

    url: str
    address: str = ""
    answered: bool = False
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    error: str = ""


async def fetch_policy(
    domain: str,
    addresses: Sequence[str],
    *,
    port: int = HTTPS_PORT,
    timeout_s: float = TIMEOUT_S,
    trust: ssl.SSLContext | None = None,
) -> PolicyFile:
    """The domain's policy file, from the first of `mta-sts.<domain>`'s addresses that answers. Never raises for a server."""
    host = f"mta-sts.{domain}"
    context = trust or ssl.create_default_context()
    found = PolicyFile(f"https://{host}{PATH}", error="there is no address to ask")
    for address in addresses:
        found = await _fetch(host, address, port, timeout_s, context)
        if found.answered:
            break
    return found


async def _fetch(host: str, address: str, port: int, timeout_s: float, context: ssl.SSLContext) -> PolicyFile:
    url = f"https://{host}{PATH}"
    try:
        async with asyncio.timeout(timeout_s):
            response = await _get(host, address, port, context)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return PolicyFile(url, address, answered=True, error=f"TLS: {why}")
    except GarbledResponse as error:
        return PolicyFile(url, address, answered=True, error=f"HTTP: {error}")
    except TimeoutError:
        return PolicyFile(url, address, error=f"no answer within {timeout_s:g} s")
    except OSError as error:
        return PolicyFile(url, address, error=str(error) or type(error).__name__)
    return PolicyFile(
        url,
        address,
        answered=True,
        status=response.status,
        content_type=response.header("content-type"),
        body=response.body,
        error=_objection(response),
    )


def _objection(response: Response) -> str:
    if 300 <= response.status < 400:
        return f"a redirect ({response.status}), which a sender must not follow"
    if response.status != 200:
        return f"HTTP status {response.status}"
    media_type = response.header("content-type").partition(";")[0].strip().lower()
    if media_type != "text/plain":
        return f"media type {media_type or '(none)'} instead of text/plain"
    if len(response.body) > LARGEST_BODY:
        return f"larger than {LARGEST_BODY} octets"
    return ""


async def _get(host: str, address: str, port: int, context: ssl.SSLContext) -> Response:
    """One request on a connection of its own. Raises OSError, GarbledResponse."""
    incoming, outgoing = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
    reader = ResponseReader(limit=LARGEST_BODY + LARGEST_HEAD)
    try:
        head = f"GET {PATH} HTTP/1.1\r\nhost: {host}\r\nuser-agent: benchkit\r\naccept: text/plain\r\nconnection: close\r\n\r\n"
        outgoing.write(head.encode("ascii"))
        while data := await incoming.read(READ_BYTES):
            if response := reader.feed(data):
                return response
        return _at_its_end(reader)
    finally:
        reader.discard()
        outgoing.transport.abort()


def _at_its_end(reader: ResponseReader) -> Response:
    """The server has closed: one that was reached and said half a response, or nothing."""
    try:
        return reader.end()
    except ConnectionResetError as error:
        raise GarbledResponse(str(error)) from error
