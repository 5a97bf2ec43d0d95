"""Who fills in the texts of an arm's mails: what its provider has for it, and where a stored template can be."""

from __future__ import annotations

import pytest

from benchkit.errors import InputError
from benchkit.model.scenario import Render
from benchkit.scenario import Vocabulary, load
from tests.scenario.conftest import Write

AWAY = 'server = { host = "127.0.0.1", port = 1 }\napi_key = { env = "HOME" }\n'
TWO = "messages_per_request = 2\n"
# Of the vocabulary: mailgun has both, inline a template in the request, stored a stored one, single none.
MISTAKES = [
    ("mailgun", 'render = "server"', "provider"),
    (
        "mailgun",
        'client = "httpx2"\nrender = "stored"',
        "is not supported by this client: it sends no stored templates",
    ),
    ("single", 'render = "provider"', 'single fills in no template; these do: "inline", "mailgun", "stored"'),
    ("single", 'render = "stored"', 'single fills in no template; these do: "inline", "mailgun", "stored"'),
    ("inline", 'render = "provider"', "has no effect with one message a request"),
    ("inline", 'render = "stored"', 'is not supported by inline: use render = "provider" with several'),
    ("stored", AWAY + 'render = "provider"', 'benchkit stores no template with stored: use render = "client"'),
    ("stored", AWAY + TWO + 'render = "provider"', 'benchkit stores no template with stored: use render = "client"'),
    ("mailgun", AWAY + 'render = "provider"', 'or use render = "provider" with several messages a request'),
    ("mailgun", AWAY + TWO + 'render = "stored"', "is for the embedded server"),
]
GOOD = [
    ("mailgun", 'render = "provider"', Render.PROVIDER),
    ("mailgun", 'render = "stored"', Render.STORED),
    ("mailgun", TWO + 'render = "provider"', Render.PROVIDER),
    ("mailgun", TWO + 'render = "stored"', Render.STORED),
    ("mailgun", AWAY + TWO + 'render = "provider"', Render.PROVIDER),
    ("stored", 'render = "provider"', Render.PROVIDER),
    ("stored", TWO + 'render = "stored"', Render.STORED),
    ("inline", TWO + 'render = "provider"', Render.PROVIDER),
    ("single", 'render = "client"', Render.CLIENT),
]


def scenario(base: str, provider: str, keys: str) -> str:
    text = base.replace('provider = "mailgun"', f'provider = "{provider}"').replace(
        "blocks = 2", 'model = "throughput"'
    )
    client = "" if keys.startswith("client") else 'client = "httpx"\n'
    return 'allow_hosts = ["*"]\n' + text.replace('client = "httpx"\n', f"{client}{keys}\n")


@pytest.mark.parametrize(("provider", "keys", "expected"), MISTAKES)
def test_what_cannot_be_is_a_mistake(
    provider: str, keys: str, expected: str, base: str, vocabulary: Vocabulary, write: Write
) -> None:
    with pytest.raises(InputError) as caught:
        load(write(scenario(base, provider, keys)), vocabulary)
    assert [(m.key, expected in m.message) for m in caught.value.mistakes] == [("arm.1.render", True)], str(
        caught.value
    )


@pytest.mark.parametrize(("provider", "keys", "render"), GOOD)
def test_what_can_be_is_taken(
    provider: str, keys: str, render: Render, base: str, vocabulary: Vocabulary, write: Write
) -> None:
    assert load(write(scenario(base, provider, keys)), vocabulary).arms[1].render is render
