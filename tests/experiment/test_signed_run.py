"""Arms that sign with DKIM: the same mail arrives, the key is stored nowhere, and one that cannot sign stops the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.experiment.conftest import Program, scenario_text

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
SIGNED = (
    'signed|transport = "smtp"\nclient = "{client}"\n'
    'dkim = {{ domain = "shop.example", selector = "s1", key = {{ {key} }} }}\n'
)


def write(program: Program, key: str, client: str = "wire") -> Path:
    (program.folder / "dkim.pem").write_bytes(KEY)
    return program.write(scenario_text("smtp", SIGNED.format(client=client, key=key), "api"))


@pytest.mark.parametrize("client", ["wire", "smtplib", "aiosmtplib"])
def test_the_same_mail_arrives_with_more_bytes(program: Program, client: str) -> None:
    write(program, 'file = "dkim.pem"', client)
    code, summary = program.summary()
    assert code == 0
    plain, signed, _ = summary["arms"]
    assert (signed["planned"], signed["accepted"], signed["arrived"], signed["altered"]) == (24, 24, 24, 0)
    assert signed["dkim"] == "d=shop.example s=s1 rsa-2048"
    assert signed["signing_us"] > 0
    assert (plain["dkim"], plain["signing_us"], plain["signature_bytes"]) == ("", None, None)
    more = (signed["bytes_out"] - plain["bytes_out"]) / signed["accepted"]
    assert more >= signed["signature_bytes"] > 300
    lines = KEY.split(b"\n")[1:-2]
    for path in program.runs[0].rglob("*"):
        assert not any(line in path.read_bytes() for line in lines), path
    output = program.run("report", str(program.runs[0])).stdout
    assert "signed signs with DKIM (d=shop.example s=s1 rsa-2048)" in output


def test_a_key_of_the_environment(tmp_path: Path) -> None:
    program = Program(tmp_path, DKIM_KEY=KEY.decode().replace("\n", "\\n"))
    write(program, 'env = "DKIM_KEY"')
    code, summary = program.summary()
    assert (code, summary["arms"][1]["dkim"]) == (0, "d=shop.example s=s1 rsa-2048")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('file = "scenario.toml"', "arm.1.dkim (arm 'signed') the key in file "),
        ('file = "absent.pem"', "arm.1.dkim.key.file "),
        ('env = "NO_SUCH_KEY"', "env NO_SUCH_KEY no such environment variable: set it to the secret"),
    ],
)
def test_a_key_that_cannot_sign_is_one_line_and_nothing_is_kept(key: str, expected: str, program: Program) -> None:
    write(program, key)
    done = program.run("run", "scenario.toml")
    assert done.returncode == 2
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1
    assert not program.runs
