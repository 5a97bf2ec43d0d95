"""AUTH at real servers: what they offer, and what becomes of a wrong password.

That each mechanism lets mail through at each listener, in exactly its turns, is test_every_way's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.errors import TargetUnreachable
from benchkit.model.outcome import OutcomeKind
from tests.peers.running import ask_for
from tests.peers.servers.peer import Account
from tests.peers.session import arm_for, converse, message_to
from tests.peers.ways import Way, offers

ALL = ("plain", "login", "cram-md5", "xoauth2")
OFFERED = {
    "postfix": ALL,
    "exim": ("plain", "login", "cram-md5"),
    "dovecot": ALL,
    "haraka": ("plain", "login", "cram-md5"),
    "smtp_server": ALL,
    "aiosmtpd": ("plain", "login"),
}
NAMES = known_names()
REFUSED = [
    (name, client, mechanism)
    for name, offered in OFFERED.items()
    for client in NAMES.clients["smtp"]
    for mechanism in (offered if "xoauth2" in NAMES.offers("smtp", client).logins else ("login",))
]


@pytest.mark.parametrize("name", OFFERED)
def test_each_mechanism_is_offered_at_each_door(name: str, start_peer: Any) -> None:
    peer = start_peer(name)
    assert [offers(peer, listener)[1] & set(ALL) for listener in peer.listeners] == [set(OFFERED[name])] * len(
        peer.listeners
    )


@pytest.mark.parametrize(("name", "client", "mechanism"), REFUSED)
def test_a_wrong_secret_is_a_rejection_and_sends_nothing(
    name: str, client: str, mechanism: str, start_peer: Any
) -> None:
    peer = start_peer(name)
    session = converse(peer, arm_for(peer, client, auth=mechanism), [message_to("one")], secret="wrong-horse")
    (outcome,) = session.outcomes
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, 535), outcome
    assert outcome.text
    assert "horse" not in outcome.text
    assert peer.messages(session.token, wanted=0) == {}


def test_a_run_with_a_wrong_password_ends_before_its_first_send(start_peer: Any, tmp_path: Path) -> None:
    peer = replace(start_peer("smtp_server"), account=Account(password="wrong-horse"))
    way = Way(peer.listeners[0], "login", "wire", "step", "reuse")
    asked = ask_for(peer, [way], tmp_path)
    with pytest.raises(TargetUnreachable, match=r"wire step.*5\.7\.8.*: check the arm's username and password"):
        asked.conducted()
