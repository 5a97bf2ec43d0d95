"""A package from outside adds a provider, a client and a check by entry points: installed by pip into a folder of its own.

It runs the suites of benchkit.testing, and the program finds its names: one file and one line in its pyproject.toml each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ACME = Path(__file__).with_name("acme")
SCENARIO = """\
name = "acme"
[message]
from = "Shop <shop@shop.example>"
to = ["a@example.com", "b@example.com"]
subject = "Hello"
text = "Hi"
[load]
blocks = 2
warmup_blocks = 0
messages_per_block = 3
[[arm]]
name = "smtp"
transport = "smtp"
client = "acme"
[[arm]]
name = "api"
transport = "api"
client = "wire"
provider = "acme"
options = { pool = "bulk" }
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip has installed it into, by wheel, from a copy of its sources."""
    sources, target = tmp_path_factory.mktemp("sources") / "acme", tmp_path_factory.mktemp("installed")
    shutil.copytree(ACME, sources)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir", "--disable-pip-version-check", "-q"]
    pip = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(sources)]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(target.glob("acme_mail-*.dist-info/entry_points.txt"))
    return target


def python(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, (str(installed), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, *words]
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def benchkit(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return python(installed, "-m", "benchkit", *words, cwd=cwd)


def test_it_passes_the_suites(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ACME / "tests", tmp_path / "tests")
    done = python(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    counted = re.search(r"(\d+) passed", done.stdout)
    assert counted
    assert int(counted[1]) > 60


def test_the_suites_catch_what_is_wrong_with_it(installed: Path, tmp_path: Path) -> None:
    """The same tests on a provider that drops Bcc: they are no rubber stamp."""
    (tmp_path / "test_wrong.py").write_text(
        "import dataclasses\n"
        "from acme_mail import provider\n"
        "from tests_of_acme import *\n"
        "right = provider.Acme.request\n"
        "provider.Acme.request = lambda self, message, account: right(\n"
        "    self, dataclasses.replace(message, recipients=message.recipients[:1]), account)\n",
        "utf-8",
    )
    shutil.copy(ACME / "tests" / "test_acme.py", tmp_path / "tests_of_acme.py")
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "bcc or three_recipients", "test_wrong.py")
    done = python(installed, *words, cwd=tmp_path)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "test_a_bcc_recipient_arrives_and_no_reader_sees_it[acme]" in done.stdout


def test_a_run_with_its_client_and_its_provider(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, "utf-8")
    done = benchkit(installed, "run", "s.toml", "--out", "out", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    summary: dict[str, Any] = json.loads(done.stdout)
    assert summary["valid"], summary
    arms = {arm["name"]: arm for arm in summary["arms"]}
    assert arms["smtp"]["client"] == "acme"
    for arm in arms.values():
        assert (arm["planned"], arm["accepted"], arm["arrived"], arm["altered"]) == (6, 6, 6, 0)
    assert (arms["smtp"]["turns"]["min"], arms["api"]["turns"]["min"]) == (5, 1)  # two recipients a message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('client = "acme"\nauth = "plain"', 'unknown mechanism "plain"'),
        ('client = "acme"\nsecurity = "starttls"', "not supported by this client"),
        ('client = "acne"', 'did you mean "acme"?'),
    ],
)
def test_what_its_client_does_not_offer_is_refused(line: str, expected: str, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO.replace('client = "acme"', line), "utf-8")
    done = benchkit(installed, "run", "s.toml", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_its_check_is_part_of_the_audit(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, "utf-8")
    zone = Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone"
    words = ("audit", "shop.example", "--zone", str(zone), "--scenario", "s.toml", "--json")
    done = benchkit(installed, *words, cwd=tmp_path)
    assert done.returncode in (0, 3), done.stderr[-3000:]
    assert "acme_contact.missing" in done.stdout
    assert "signed by shop.example" in done.stdout, "the provider says whose domains it sends with"
    explained = benchkit(installed, "explain", "acme_contact", cwd=tmp_path)
    assert "contact=postmaster@example.com" in explained.stdout


def test_its_names_are_in_the_schema(installed: Path, tmp_path: Path) -> None:
    done = benchkit(installed, "schema", cwd=tmp_path)
    arm = json.loads(done.stdout)["$defs"]["ArmForm"]["properties"]
    assert "acme" in arm["client"]["enum"]
    assert "acme" in arm["provider"]["enum"]
