"""What the plan says of an arm beside its numbers: where its template stands, and whether its provider has a test mode."""

from __future__ import annotations

import pytest

from benchkit.experiment.plan.arm_notes import arm_notes
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Render, Security, ServerAddress
from benchkit.providers import PROVIDERS
from benchkit.providers.relay_fields import RELAYS

AWAY, HERE = ServerAddress("host.example", 443), ServerAddress("127.0.0.1", 443)
# Of the list of safe targets: what has a test mode that a request can ask for.
BY_API = {"ses", "postmark", "sendgrid", "mailgun", "mailjet", "sparkpost", "resend", "mailtrap", "brevo"}
BY_SMTP = {"ses", "postmark", "mailgun", "sparkpost", "resend", "mailtrap"}
WAYS = [("api", name, name in BY_API) for name in PROVIDERS.names()]
WAYS += [("smtp", name, name in BY_SMTP) for name in RELAYS]


def arm(
    transport: str, provider: str, server: ServerAddress | None, render: Render = Render.CLIENT, n: int = 1
) -> ArmSpec:
    return ArmSpec(
        "arm", transport, "wire", ConnectionPolicy(0), Security.IMPLICIT, server=server, provider=provider, render=render,
        messages_per_request=n,
    )  # fmt: skip


@pytest.mark.parametrize(("transport", "provider", "has_one"), WAYS)
def test_an_arm_whose_provider_has_no_test_mode_says_so(transport: str, provider: str, has_one: bool) -> None:
    word = {"api": "API", "smtp": "SMTP"}[transport]
    output = () if has_one else (f"{provider} has no test mode by {word}",)
    assert arm_notes(arm(transport, provider, AWAY)) == output
    assert arm_notes(arm(transport, provider, HERE)) == arm_notes(arm(transport, provider, None)) == ()


@pytest.mark.parametrize(
    ("provider", "render", "together", "where"),
    [
        ("ses", Render.PROVIDER, 24, "in each request"),
        ("ses", Render.PROVIDER, 1, "stored with the embedded server before the first message"),
        ("ses", Render.STORED, 24, "stored with the embedded server before the first message"),
        ("postmark", Render.PROVIDER, 24, "stored with the embedded server before the first message"),
    ],
)
def test_where_the_template_stands(provider: str, render: Render, together: int, where: str) -> None:
    expected = f"the provider fills in the texts, from a template {where}"
    assert arm_notes(arm("api", provider, None, render, together)) == (expected,)
