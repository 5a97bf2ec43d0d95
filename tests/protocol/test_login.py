"""The client's half of each mechanism, by the examples of its RFC, and against the server's half."""

from __future__ import annotations

import pytest

from benchkit.protocol.authentication import Exchange, PresentedCredentials, exchange
from benchkit.protocol.login import LOGINS, Login
from benchkit.protocol.replies import Garbled


def test_cram_md5_is_rfc_2195s_example() -> None:
    login = LOGINS["cram-md5"](b"tim", b"tanstaaftanstaaf")
    assert next(login) == b"AUTH CRAM-MD5"
    answer = login.send("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")
    assert answer == b"dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"


def test_a_challenge_that_is_not_base64() -> None:
    login = LOGINS["cram-md5"](b"tim", b"secret")
    next(login)
    with pytest.raises(Garbled):
        login.send("not base64!")


@pytest.mark.parametrize("mechanism", sorted(LOGINS))
def test_both_halves_agree(mechanism: str) -> None:
    login = LOGINS[mechanism]("ünser".encode(), b"pass\xc3\xa4word")
    server = exchange(next(login).removeprefix(b"AUTH "))
    claim = concluded(server, login)
    assert claim.proves("ünser", "passäword")
    assert not claim.proves("ünser", "password")
    assert not claim.proves("user", "passäword")


def concluded(server: Exchange, login: Login) -> PresentedCredentials:
    """What the server's half comes to, fed with the client's answers to its challenges."""
    try:
        challenge = next(server)
        while True:
            challenge = server.send(login.send(challenge.decode()[4:].strip()))
    except StopIteration as end:
        claim: PresentedCredentials = end.value
        return claim
