"""One file by HTTPS, from addresses that are given: the certificate verified, no redirect, a media type, a bounded size.

What the file says is read by audit/records; here is only whether a reader would get it. An MTA-STS policy is fetched as
RFC 8461 §3.3 tells a sender to.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchkit.audit.connect_probe.special_addresses import why_not_public
from benchkit.model.exchange import Response
from benchkit.model.plain_number import significant
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader

HTTPS_PORT = 443
TIMEOUT_S = 10.0
LARGEST_HEAD = 16_384
READ_BYTES = 16_384
_POLICY_PATH, _LARGEST_POLICY = "/.well-known/mta-sts.txt", 65_536


@dataclass(frozen=True, slots=True)
class WantedFile:
    """`media_types` empty: any. `largest`: of its body, in octets."""

    host: str
    path: str
    media_types: Collection[str]
    largest: int

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


@dataclass(frozen=True, slots=True)
class HttpsFile:
    """`error` says why a reader would not take it; `body` and `status` are kept all the same. `answered` is false where
    nothing can be said about the server, because it was not reached.
    """

    url: str
    address: str = ""
    answered: bool = False
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    error: str = ""


@dataclass(frozen=True, slots=True)
class HttpsAccess:
    """How files are fetched; `trust` None: the system's authorities."""

    port: int = HTTPS_PORT
    timeout_s: float = TIMEOUT_S
    trust: ssl.SSLContext | None = None
    allow_private: bool = False


async def fetch_file(wanted: WantedFile, addresses: Sequence[str], access: HttpsAccess) -> HttpsFile:
    """From the first of the host's addresses that answers. Never raises for what a server does."""
    found = HttpsFile(wanted.url, error="there is no address to ask")
    for address in addresses:
        found = await _from(wanted, address, access)
        if found.answered:
            break
    return found


async def fetch_policy(domain: str, addresses: Sequence[str], access: HttpsAccess) -> HttpsFile:
    """The domain's MTA-STS policy, from the first of `mta-sts.<domain>`'s addresses that answers."""
    wanted = WantedFile(f"mta-sts.{domain}", _POLICY_PATH, ("text/plain",), _LARGEST_POLICY)
    return await fetch_file(wanted, addresses, access)


async def _from(wanted: WantedFile, address: str, access: HttpsAccess) -> HttpsFile:
    url = wanted.url
    if not access.allow_private and (why := why_not_public(address)):
        return HttpsFile(url, address, error=f"not connected to {address} ({why}): allow it with --allow-private")
    try:
        async with asyncio.timeout(access.timeout_s):
            response = await _get(wanted, address, access)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return HttpsFile(url, address, answered=True, error=f"TLS: {why}")
    except GarbledResponse as error:
        return HttpsFile(url, address, answered=True, error=f"HTTP: {error}")
    except TimeoutError:
        return HttpsFile(url, address, error=f"no answer within {significant(access.timeout_s)} s")
    except OSError as error:
        return HttpsFile(url, address, error=str(error) or type(error).__name__)
    return HttpsFile(
        url,
        address,
        answered=True,
        status=response.status,
        content_type=response.header("content-type"),
        body=response.body,
        error=_objection(wanted, response),
    )


def _objection(wanted: WantedFile, response: Response) -> str:
    if 300 <= response.status < 400:
        return f"a redirect ({response.status}), which must not be followed"
    if response.status != 200:
        return f"HTTP status {response.status}"
    media_type = response.header("content-type").partition(";")[0].strip().lower()
    if wanted.media_types and media_type not in wanted.media_types:
        return f"media type {media_type or '(none)'} instead of {' or '.join(wanted.media_types)}"
    if len(response.body) > wanted.largest:
        return f"larger than {wanted.largest} octets"
    return ""


async def _get(wanted: WantedFile, address: str, access: HttpsAccess) -> Response:
    """One request on a connection of its own. Raises OSError, GarbledResponse."""
    context = access.trust or ssl.create_default_context()
    incoming, outgoing = await asyncio.open_connection(address, access.port, ssl=context, server_hostname=wanted.host)
    reader = ResponseReader(limit=wanted.largest + LARGEST_HEAD)
    accept = ", ".join(wanted.media_types) or "*/*"
    try:
        head = f"GET {wanted.path} HTTP/1.1\r\nhost: {wanted.host}\r\nuser-agent: benchkit\r\naccept: {accept}\r\n"
        outgoing.write(f"{head}connection: close\r\n\r\n".encode("ascii"))
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
