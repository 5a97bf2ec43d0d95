"""How servers are written, and where the machine's own stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.resolver import system_servers
from benchkit.resolver.addresses import server_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("192.0.2.1", "192.0.2.1:53"),
        ("192.0.2.1:5353", "192.0.2.1:5353"),
        ("2001:db8::1", "[2001:db8::1]:53"),
        ("[2001:db8::1]", "[2001:db8::1]:53"),
        ("[2001:DB8::1]:54", "[2001:db8::1]:54"),
        ("tls://192.0.2.1", "tls://192.0.2.1:853"),
        ("tls://192.0.2.1:8853#dns.example", "tls://192.0.2.1:8853"),
        ("tls://[2001:db8::1]", "tls://[2001:db8::1]:853"),
    ],
)
def test_addresses(text: str, name: str) -> None:
    assert server_of(text).name == name


def test_the_name_of_an_https_server() -> None:
    assert server_of("https://dns.example/dns-query").name == "https://dns.example/dns-query"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dns.example",
        "192.0.2.1:port",
        "192.0.2.1:99999",
        "192.0.2.1/x",
        "tls://",
        "tls://dns.example",
        "https://",
        "ftp://x",
    ],
)
def test_no_address(text: str) -> None:
    with pytest.raises(InputError, match="names no server"):
        server_of(text)


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        (
            "nameserver 192.0.2.1\n# nameserver 192.0.2.9\nsearch x\nnameserver 2001:db8::1\n",
            ("192.0.2.1", "[2001:db8::1]"),
        ),
        ("nameserver fe80::1%eth0\n", ("[fe80::1%eth0]",)),
        ("nameserver\n", ("127.0.0.1",)),
        ("", ("127.0.0.1",)),
    ],
)
def test_the_machines_own(tmp_path: Path, text: str, servers: tuple[str, ...]) -> None:
    (tmp_path / "resolv.conf").write_text(text, "utf-8")
    assert system_servers(tmp_path / "resolv.conf") == servers
    for server in servers:
        server_of(server)


def test_no_resolv_conf(tmp_path: Path) -> None:
    assert system_servers(tmp_path / "none") == ("127.0.0.1",)
