"""The identities that an arm would send with: the return path and the header fields of the scenario count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchkit.audit.sending_identities import ArmIdentity, identities
from benchkit.cli.names import known_names
from benchkit.errors import InputError
from benchkit.scenario import load

QUICKSTART = Path(__file__).parents[2] / "scenarios" / "quickstart.toml"


def of(*overrides: str) -> dict[str, ArmIdentity]:
    scenario = load(QUICKSTART, known_names(), overrides)
    return {scenario.arms[n].transport: identity for n, identity in enumerate(identities(scenario))}


@pytest.mark.parametrize(
    ("overrides", "transport", "expected"),
    [
        ((), "smtp", {"author": "hearth.example", "envelope": "hearth.example", "signer": "", "unsubscribe": False}),
        ((), "api", {"envelope": "hearth.example", "signer": "hearth.example"}),
        (('message.envelope_from="b@Bounce.example"',), "smtp", {"author": "hearth.example", "envelope": "bounce.example"}),
        (('message.envelope_from="b@bounce.example"',), "api", {"envelope": "hearth.example"}),
        (('message.envelope_from=""',), "smtp", {"envelope": ""}),
        (('message.envelope_from="{{ email }}"',), "smtp", {"envelope": ""}),
        (("message.headers.List-Unsubscribe=<https://a.example>",), "smtp", {"unsubscribe": False}),
        (("message.headers.List-Unsubscribe=<https://a.example>",
          "message.headers.List-Unsubscribe-Post=List-Unsubscribe=One-Click"), "api", {"unsubscribe": True}),
    ],
)  # fmt: skip
def test_what_the_scenario_says(overrides: tuple[str, ...], transport: str, expected: dict[str, Any]) -> None:
    identity = of(*overrides)[transport]
    assert {name: getattr(identity, name) for name in expected} == expected


def test_mail_of_the_users_own_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('name = "x"\n[message]\neml = "*.eml"\n[[arm]]\nname = "a"\ntransport = "null"\n')
    with pytest.raises(InputError, match=r"message.eml has mail of its own"):
        identities(load(path, known_names()))
