"""The clients: one file each, named <transport>_<client>. They connect, send and close, and record time stamps.

Law: no scheduling, storing, retrying or reading of the environment here. A new client is a file and a line in this table.
"""

from __future__ import annotations

from benchkit.errors import InputError, Mistake
from benchkit.model.client_offers import ClientOffers
from benchkit.model.contracts import Client
from benchkit.model.registry import Registry

TRANSPORTS: Registry[Client] = Registry(
    "transport",
    "benchkit.transports",
    "Client",
    {
        "api_aiohttp": "api_aiohttp",
        "api_httpx": "api_httpx",
        "api_httpx2": "api_httpx",
        "api_httpx2h2": "api_httpx",
        "api_wire": "api_wire",
        "null_null": "null_null",
        "smtp_aiosmtplib": "smtp_aiosmtplib",
        "smtp_smtplib": "smtp_smtplib",
        "smtp_wire": "smtp_wire",
    },
)


def clients_by_transport() -> dict[str, tuple[str, ...]]:
    """The clients of each transport, under the names that a scenario uses.

    An outside package can add clients, but no transport.
    """
    found: dict[str, tuple[str, ...]] = {"api": (), "null": (), "smtp": ()}
    for name in TRANSPORTS.names():
        transport, _, client = name.partition("_")
        if transport in found:
            found[transport] = (*found[transport], client)
    return found


def offers_of(transport: str, client: str) -> ClientOffers:
    """What that client supports. Raises InputError if an outside client does not declare it."""
    name = f"{transport}_{client}"
    offers = getattr(TRANSPORTS[name], "offers", None)
    if not isinstance(offers, ClientOffers):
        raise InputError(
            Mistake(f'transport "{name}"', "has no `offers`: its package must say what the client supports")
        )
    return offers
