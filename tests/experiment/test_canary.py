"""A canary password and API key through every way in which a send can fail: found nowhere in what is printed or stored."""

from __future__ import annotations

import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
import trustme

from tests.experiment.conftest import Program, scenario_text
from tests.experiment.echoing import EchoingApi, EchoingSmtp, listening

CANARY = "C4n4ry/p4ss+w0rd?key-5e1f"
SMTP_CLIENTS = ("aiosmtplib", "smtplib", "wire")
API_CLIENTS = ("httpx", "httpx2", "aiohttp", "wire")
LOAD = "blocks = 1\nmessages_per_block = 2\nwarmup_blocks = 0"
LOGIN = 'auth = "plain"\nusername = "user"\npassword = { env = "CANARY" }\nsecurity = "none"\ntimeout_s = 0.5\n'
KEY = 'api_key = { env = "CANARY" }\nsecurity = "none"\ntimeout_s = 0.5\n'


def forms(secret: str = CANARY) -> dict[str, bytes]:
    """In five encodings; of base64 what does not depend on the text around it."""
    data = secret.encode()
    cores = {
        f"base64, {n} before": b64encode(bytes(n) + data)[-(-n * 8 // 6) : (n + len(data)) * 8 // 6] for n in range(3)
    }
    return cores | {
        "plain": data,
        "URL": quote(secret, safe="").encode(),
        "hex": data.hex().encode(),
        "HEX": data.hex().upper().encode(),
    }


def found_in(name: str, data: bytes) -> list[str]:
    return [f"{form} in {name}" for form, octets in forms().items() if octets in data]


def found_in_folder(folder: Path) -> list[str]:
    """In every file, and in every column of the tables."""
    found = []
    for path in filter(Path.is_file, folder.rglob("*")):
        found += found_in(path.name, path.read_bytes())
        if path.suffix == ".parquet":
            for name, column in pq.read_table(path).to_pydict().items():
                texts = (each if isinstance(each, bytes) else str(each).encode() for each in column)
                found += found_in(f"{path.name} {name}", b"\n".join(texts))
    return found


def printed(name: str, done: subprocess.CompletedProcess[str]) -> list[str]:
    return found_in(f"{name} stdout", done.stdout.encode()) + found_in(f"{name} stderr", done.stderr.encode())


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, CANARY=CANARY)


def arms(names: Iterable[str], transport: str, keys: str, ports: Sequence[int]) -> list[str]:
    """`names`: "client way"; one arm for each port."""
    return [
        f'{name}|transport = "{transport}"\nclient = "{name.split()[0]}"\n{keys}'
        f'server = {{ host = "127.0.0.1", port = {port} }}\n'
        for name, port in zip(names, ports, strict=True)
    ]


def everything(program: Program) -> tuple[str, list[str]]:
    """A run and all that can be printed of it."""
    done = program.run("run", "scenario.toml")
    leaks = printed("run", done)
    shown = done.stdout + done.stderr
    for folder in program.runs:
        for arguments in (("report",), ("report", "--json"), ("report", "--picture", "picture.svg"), ("plot",)):
            again = program.run(arguments[0], str(folder), *arguments[1:])
            assert again.returncode == 0, again.stderr
            leaks += printed(" ".join(arguments), again)
            shown += again.stdout
    return shown, leaks + found_in_folder(program.folder)


def test_the_canary_can_be_found(tmp_path: Path) -> None:
    for number, octets in enumerate(forms().values()):
        (tmp_path / str(number)).write_bytes(octets)
    assert len(found_in_folder(tmp_path)) == len(forms())


def test_smtp_servers_that_echo(program: Program) -> None:
    ways = ("mail", "rcpt", "data", "content", "garbled", "binary", "cut", "later auth")
    names = [f"{client} {way}" for client in SMTP_CLIENTS for way in ways]
    servers = [EchoingSmtp(way) for _ in SMTP_CLIENTS for way in ways]
    with listening([server.serve for server in servers]) as ports:
        fresh = LOGIN + 'connection = "fresh"\n'
        program.write(scenario_text(*arms(names, "smtp", fresh, ports), load=LOAD))
        shown, leaks = everything(program)
    assert all(server.logins > 1 for server in servers), "the canary was sent"
    assert shown.count("[hidden]") >= len(names)
    assert leaks == []


def test_api_servers_that_echo(program: Program) -> None:
    ways = ("refused", "json", "moved", "accepted", "garbled", "cut", "silent")
    clients = [(client, provider, way) for client in API_CLIENTS for provider in ("mailgun", "jmap") for way in ways]
    with listening([EchoingApi(way).serve for _, _, way in clients]) as ports:
        texts = arms([" ".join(each) for each in clients], "api", KEY, ports)
        texts = [text + f'provider = "{provider}"\n' for text, (_, provider, _) in zip(texts, clients, strict=True)]
        program.write(scenario_text(*texts, load=LOAD))
        shown, leaks = everything(program)
    assert shown.count("[hidden]") >= 4 * len(clients) // len(ways)
    assert leaks == []


def test_logins_that_are_refused_before_the_first_send(program: Program) -> None:
    with listening([EchoingSmtp("auth").serve for _ in SMTP_CLIENTS]) as ports:
        program.write(
            scenario_text(*arms([f"{client} auth" for client in SMTP_CLIENTS], "smtp", LOGIN, ports), load=LOAD)
        )
        done = program.run("run", "scenario.toml")
    assert done.returncode == 4
    assert done.stderr.count("[hidden]") >= len(SMTP_CLIENTS)
    assert printed("run", done) + found_in_folder(program.folder) == []


@pytest.mark.parametrize("security", ["implicit", "starttls"])
def test_certificates_that_are_not_trusted(program: Program, security: str) -> None:
    """Before TLS stands no credential is sent; the servers are found to be unreachable, and the message says so."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    servers = [EchoingSmtp("starttls" if security == "starttls" else "mail") for _ in SMTP_CLIENTS]
    with listening([server.serve for server in servers], tls if security == "implicit" else None) as ports:
        keys = LOGIN.replace("none", security)
        program.write(
            scenario_text(*arms([f"{client} tls" for client in SMTP_CLIENTS], "smtp", keys, ports), load=LOAD)
        )
        done = program.run("run", "scenario.toml")
    assert done.returncode == 4, done.stderr
    assert all(server.logins == 0 for server in servers)
    assert printed("run", done) + found_in_folder(program.folder) == []


def test_a_client_that_crashes() -> None:
    """What a library raises, logs and prints in a child process."""
    code = (
        "import logging, os, sys\n"
        "from benchkit.experiment.process.parent_pipe import MaskedStderr\n"
        "from benchkit.model.secret import SecretMask\n"
        "canary = os.environ['CANARY']\n"
        "sys.stderr = MaskedStderr(sys.stderr, SecretMask([canary]))\n"
        "logging.getLogger('library').warning('sent %s', canary)\n"
        "print(canary[:9], end='', file=sys.stderr); print(canary[9:], file=sys.stderr)\n"
        "raise ValueError(f'illegal header: {canary.encode()!r}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"CANARY": CANARY}, capture_output=True, text=True, check=False
    )
    assert "Traceback" in done.stderr
    assert done.stderr.count("[hidden]") == 3
    assert printed("child", done) == []
