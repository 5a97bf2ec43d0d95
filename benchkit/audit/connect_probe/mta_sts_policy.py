"""The MTA-STS policy file, fetched as RFC 8461 §3.3 tells a sender to: verified HTTPS, no redirect, plain text, bounded."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.connect_probe.https_file import HttpsAccess, HttpsFile, WantedFile, fetch_file

LARGEST_BODY = 65_536
PATH = "/.well-known/mta-sts.txt"


async def fetch_policy(domain: str, addresses: Sequence[str], access: HttpsAccess) -> HttpsFile:
    """The domain's policy file, from the first of `mta-sts.<domain>`'s addresses that answers."""
    return await fetch_file(WantedFile(f"mta-sts.{domain}", PATH, ("text/plain",), LARGEST_BODY), addresses, access)
