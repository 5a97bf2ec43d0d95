"""The client's talks against replies by their codes: how each ends and what it leaves; and against the server's own half."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.errors import InputError
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.trace import Phase
from benchkit.protocol.client_sequences import DIALOGUES, Ending, Then, refusal_so_far
from benchkit.protocol.prepared_message import PreparedMessage, mail_command, rcpt_command
from benchkit.protocol.replies import Reply, ReplyStream
from benchkit.protocol.server_session import ServerSession as Server
from benchkit.protocol.service import Service

IDENTITY = b"bk0badcafe-0000000007"
MIME = b"X-Benchkit-Id: bk00000000-0000000000\r\n\r\n.dot\r\n"
Kind = OutcomeKind


def prepared_of(dialogue: str, recipients: int = 1, mime: bytes = MIME) -> PreparedMessage:
    to = tuple(f"user{number}@example.com" for number in range(recipients))
    content = Content("", Address("", "a@example.com"), tuple(Address("", one) for one in to))
    return PreparedMessage(Message(0, content, mime, "a@example.com", to), chunked=DIALOGUES[dialogue].chunked)


def drive(dialogue: str, codes: Sequence[int], recipients: int = 1) -> tuple[list[tuple[Phase, int]], Ending]:
    """The turns of one talk, each as its phase and the replies it waits for, and the ending; replies by their codes."""
    talk = DIALOGUES[dialogue].talk(prepared_of(dialogue, recipients), IDENTITY, None, False)
    left, turns = list(codes), []
    turn = next(talk)
    while True:
        turns.append((turn[0], turn[2]))
        replies = [Reply(left.pop(0), ("4.0.0 because",)) for _ in range(turn[2])]
        try:
            turn = talk.send(replies)
        except StopIteration as end:
            assert not left, "the talk ended before all was said"
            return turns, end.value


ENDINGS = [
    ("step", 1, [250, 250, 354, 250], Kind.ACCEPTED, Then.NOTHING, 0),
    ("step", 1, [450], Kind.DEFERRED, Then.RESET, 0),
    ("step", 1, [250, 550], Kind.REJECTED, Then.RESET, 0),
    ("step", 2, [250, 550, 250, 354, 250], Kind.ACCEPTED, Then.NOTHING, 1),
    ("step", 2, [250, 421], Kind.DEFERRED, Then.END, 0),
    ("step", 1, [250, 250, 451], Kind.DEFERRED, Then.RESET, 0),
    ("step", 1, [250, 250, 250], Kind.GARBLED, Then.END, 0),
    ("step", 1, [250, 250, 354, 552], Kind.REJECTED, Then.RESET, 0),
    ("step", 1, [250, 250, 354, 220], Kind.GARBLED, Then.END, 0),
    ("pipelined", 1, [250, 250, 354, 250], Kind.ACCEPTED, Then.NOTHING, 0),
    ("pipelined", 3, [250, 550, 250, 451, 354, 250], Kind.ACCEPTED, Then.NOTHING, 2),
    ("pipelined", 1, [250, 550, 354], Kind.REJECTED, Then.LONE_DOT, 0),
    ("pipelined", 2, [250, 550, 421, 354], Kind.DEFERRED, Then.END, 0),
    ("pipelined", 1, [250, 550, 503], Kind.REJECTED, Then.RESET, 0),
    ("pipelined", 1, [450, 503, 503], Kind.DEFERRED, Then.RESET, 0),
    ("pipelined", 1, [450, 503, 354], Kind.DEFERRED, Then.LONE_DOT, 0),
    ("pipelined", 1, [250, 354, 250], Kind.GARBLED, Then.END, 0),
    ("pipelined", 1, [250, 354, 354], Kind.GARBLED, Then.END, 0),
    ("pipelined", 1, [250, 250, 451], Kind.DEFERRED, Then.RESET, 0),
    ("pipelined", 1, [421, 421, 421], Kind.DEFERRED, Then.END, 0),
    ("bdat-strict", 1, [250, 250, 250], Kind.ACCEPTED, Then.NOTHING, 0),
    ("bdat-strict", 1, [250, 550], Kind.REJECTED, Then.RESET, 0),
    ("bdat-eager", 2, [250, 250, 550, 250], Kind.ACCEPTED, Then.NOTHING, 1),
    ("bdat-eager", 1, [250, 550, 554], Kind.REJECTED, Then.RESET, 0),
    ("bdat-eager", 1, [250, 550, 250], Kind.GARBLED, Then.END, 0),
    ("bdat-eager", 1, [250, 250, 452], Kind.DEFERRED, Then.RESET, 0),
]


@pytest.mark.parametrize(("dialogue", "recipients", "codes", "kind", "then", "refused"), ENDINGS)
def test_endings(dialogue: str, recipients: int, codes: list[int], kind: Kind, then: Then, refused: int) -> None:
    _, (outcome, after) = drive(dialogue, codes, recipients)
    assert (outcome.kind, after, outcome.refused_recipients) == (kind, then, refused)


CUT_SHORT = [
    (1, [], None, 0),
    (1, [250], None, 0),
    (1, [250, 250], None, 0),
    (1, [550], Kind.REJECTED, 550),
    (1, [450, 503], Kind.DEFERRED, 450),
    (1, [250, 550], Kind.REJECTED, 550),
    (2, [250, 550], None, 0),  # the other recipient may have been taken
    (2, [250, 550, 250], None, 0),
    (2, [250, 550, 451], Kind.DEFERRED, 451),
    (2, [421], Kind.DEFERRED, 421),
    (2, [250, 421], Kind.DEFERRED, 421),
    (2, [250, 250, 421], Kind.DEFERRED, 421),
    (2, [550, 421], Kind.REJECTED, 550),
]


@pytest.mark.parametrize(("recipients", "codes", "kind", "code"), CUT_SHORT)
def test_what_a_group_that_was_cut_short_says_of_its_message(
    recipients: int, codes: list[int], kind: Kind | None, code: int
) -> None:
    outcome = refusal_so_far([Reply(code) for code in codes], recipients)
    assert (outcome and (outcome.kind, outcome.code)) == (kind and (kind, code))


@given(st.sampled_from(sorted(DIALOGUES)), st.lists(st.integers(200, 559), min_size=12, max_size=12), st.integers(1, 3))
def test_only_250_to_the_content_accepts(dialogue: str, codes: list[int], recipients: int) -> None:
    talk = DIALOGUES[dialogue].talk(prepared_of(dialogue, recipients), IDENTITY, None, False)
    said, turn = iter(codes), next(talk)
    try:
        while True:
            replies = [Reply(next(said)) for _ in range(turn[2])]
            turn = talk.send(replies)
    except StopIteration as end:
        outcome, _ = end.value
    if outcome.kind is Kind.ACCEPTED:
        assert (turn[0], replies[-1].code) == (Phase.CONTENT, 250)


@given(st.sampled_from(sorted(DIALOGUES)), st.integers(1, 4), st.binary(max_size=60))
def test_both_halves_agree(dialogue: str, recipients: int, text: bytes) -> None:
    """What the client's half writes, however it is grouped, is what the server's half delivers."""
    mime = MIME + text.replace(b"bk", b"") + b"\r\n"
    delivered: list[tuple[bytes, list[bytes], bytes]] = []
    server = Server(Service(), lambda *what: delivered.append(what))
    inbox = ReplyStream()
    server.feed(b"EHLO client.invalid\r\n")
    assert server.step()
    prepared = prepared_of(dialogue, recipients, mime)
    begun, endings = False, []
    for following in (prepared, prepared, None):
        following = following if DIALOGUES[dialogue].overlaps else None
        talk = DIALOGUES[dialogue].talk(prepared, IDENTITY, following, begun)
        begun, turn = following is not None, next(talk)
        try:
            while True:
                server.feed(turn[1])
                while (reply := server.step()) is not None:
                    inbox.feed(reply)
                turn = talk.send([inbox.replies.popleft() for _ in range(turn[2])])
        except StopIteration as end:
            endings.append(end.value)
    assert [(outcome.kind, then) for outcome, then in endings] == [(Kind.ACCEPTED, Then.NOTHING)] * 3
    to = [f"user{number}@example.com".encode() for number in range(recipients)]
    assert delivered == [(b"a@example.com", to, mime.replace(b"bk00000000-0000000000", IDENTITY))] * 3
    assert inbox.idle


@given(st.sampled_from(sorted(DIALOGUES)), st.binary(max_size=60))
def test_what_a_prepared_message_declares_is_what_arrives(dialogue: str, text: bytes) -> None:
    delivered: list[bytes] = []
    server = Server(Service(), lambda sender, recipients, content: delivered.append(content))
    prepared = prepared_of(dialogue, mime=MIME + text.replace(b"bk", b""))
    said = b"EHLO client.invalid\r\n" + prepared.declared.group + prepared.content(IDENTITY)
    server.feed(said)
    while server.step() is not None:
        pass
    (content,) = delivered
    assert prepared.declared.mail == prepared.mail[:-2] + b" SIZE=%d\r\n" % len(content)
    assert prepared.declared.group == prepared.declared.mail + prepared.group.removeprefix(prepared.mail)


@given(st.text(max_size=40))
def test_nothing_in_an_address_can_inject(text: str) -> None:
    for say in (mail_command, rcpt_command):
        try:
            line = say(text)
        except InputError:
            continue
        assert line.count(b"\r\n") == 1
        assert line.endswith(b">\r\n")
        assert b"<" + text.encode() + b">" in line


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRSET",
        "a@b.example> SIZE=1",
        "a@b\n.example",
        "a b@example.com",
        "<a@b.example",
        "a@b.example\0",
        "a@",
    ],
)
def test_addresses_that_cannot_be_written(address: str) -> None:
    for say in (mail_command, rcpt_command):
        with pytest.raises(InputError, match="cannot be written in an SMTP command"):
            say(address)
