"""The receiving lab with real software: Postfix, OpenDKIM, rspamd, Dovecot with Sieve, IMAP, DNS from a zone file.

Each mail goes in from the sender's own server, and through an embedded API that relays it as a provider would. Eight changes
are each named with their cause, and no other; where the bytes are equal no symbol differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from benchkit.events.changes import ChangeKind
from benchkit.events.path_verdict import PathDifference, path_differences
from benchkit.stats.arm_pairs import arm_pairs
from benchkit.store import load_run
from tests.receiving_lab.conftest import ZONE, Received, sent_into_lab
from tests.receiving_lab.ways import MESSAGES, OWN, SAME, WAYS, Way, scenario_text

EACH_WAY = 250
AUTHENTICATED = {"dkim": "pass", "dmarc": "pass", "spf": "pass"}
AUTHENTICATION = {"dkim", "spf", "dmarc", "envelope_sender"}
KINDS = {kind.value for kind in ChangeKind}


def differences(received: Received, way: str) -> Iterable[tuple[PathDifference, ...]]:
    own, other = received.mails[OWN], received.mails[way]
    assert set(own) == set(other) == set(range(MESSAGES))
    return [path_differences(own[message], other[message]) for message in own]


def test_mail_of_the_own_server_is_authenticated_judged_and_unchanged(received: Received) -> None:
    for mail in received.mails[OWN].values():
        assert mail.results == AUTHENTICATED
        assert (mail.spam.filter, mail.place, mail.changes) == ("rspamd", "inbox", ())
        assert mail.return_path == "parcels@hearth.example"
        assert len(mail.path) == 3  # the own server, the receiver, and the hand-over to Dovecot


def test_where_the_bytes_are_equal_no_symbol_differs(received: Received) -> None:
    assert differences(received, SAME) == [()] * MESSAGES


@pytest.mark.parametrize("way", WAYS[1:], ids=lambda way: way.name)
def test_each_change_is_named_with_its_cause_and_no_other(received: Received, way: Way) -> None:
    for found in differences(received, way.name):
        causes = {difference.what: difference.cause for difference in found}
        assert {what for what in causes if what in KINDS} == {what for what in way.named if what in KINDS}
        assert {what for what in causes if what in AUTHENTICATION} == {
            what for what in way.named if what in AUTHENTICATION
        }
        assert {what: causes.get(what) for what in way.named} == way.named
        unexplained = [
            difference for difference in found if difference.what.startswith("symbol") and not difference.cause
        ]
        assert unexplained == []


def test_of_five_hundred_mails_by_both_ways_every_pair_is_identical(tmp_path: Path) -> None:
    load = 'model = "throughput"\nconcurrency = 4'
    with sent_into_lab(tmp_path, scenario_text(WAYS[:1], ZONE, EACH_WAY, load)) as found:
        (pair,) = arm_pairs(load_run(found.run.path))
    assert {name: len(mails) for name, mails in found.mails.items()} == {OWN: EACH_WAY, SAME: EACH_WAY}
    assert (pair.pairs, pair.identical, pair.differences) == (EACH_WAY, EACH_WAY, ())
