"""What every client must do when nothing fails: the whole mail arrives, and each round trip and phase is recorded."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from benchkit.batch import from_mime
from benchkit.model.client_offers import ClientOffers
from benchkit.model.contracts import Prefetching
from benchkit.model.identity import token_of
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import Dsn, Security
from benchkit.model.trace import Phase, SocketOptions
from benchkit.protocol.expected_turns import is_known, message_turns, setup_turns
from benchkit.testing.client_at_sink import RUN_TOKEN, ClientAtSink
from benchkit.testing.suite import Suite, only
from benchkit.testing.transport_case import TransportCase, full_mail, short_mail

LINE = b"a line of some octets\r\n"
TCP_CLOSE = 7  # linux/tcp_states.h
PHASES = {
    "smtp": {Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.CONTENT},
    "api": {Phase.REQUEST, Phase.WAIT, Phase.RESPONSE},
}
TLS_PHASES = {
    Security.NONE: set(), Security.IMPLICIT: {Phase.TLS}, Security.STARTTLS: {Phase.STARTTLS, Phase.TLS},
}  # fmt: skip


class TransportSuite(Suite):
    """Set `cases` to `ways_of(name, client)`."""

    cases: ClassVar[Sequence[TransportCase]] = ()

    def test_it_says_what_it_offers(self, case: TransportCase) -> None:
        offers = case.client.offers
        assert isinstance(offers, ClientOffers)
        assert case.transport in ("smtp", "api")
        assert set(offers.securities) <= set(Security)
        assert offers.dialogues
        assert case.transport == "smtp" or not (offers.logins or offers.dsn)
        assert case.transport == "api" or not offers.batches

    def test_preparing_changes_nothing_and_connects_to_nothing(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            mail = short_mail()
            seen.transport.prepare(mail)
            assert mail == short_mail()
            assert not seen.transport.connected

        assert case.converse(conversation).transcript.lines == []

    def test_the_whole_mail_arrives_with_its_envelope(self, case: TransportCase) -> None:
        """Three recipients and a Bcc, leading dots, long lines: content and envelope compared with what was sent."""
        mail = full_mail(case.arm())
        assert b"\r\n." in mail.mime

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(mail)).kind is OutcomeKind.ACCEPTED

        seen = case.converse(conversation)
        (received,) = seen.mails(case.arm())
        assert received.content == mail.content
        assert received.content.digest == mail.digest
        assert sorted(received.recipients) == sorted(mail.recipients)
        assert received.sender in (None, mail.envelope_from)
        assert case.transport == "api" or received.sender == mail.envelope_from

    def test_the_very_bytes_arrive(self, case: TransportCase) -> None:
        """Two sends of one message are the same bytes but for their identities, and by SMTP they are the message's own."""
        mail = full_mail(case.arm())

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for number in (0, 5):
                assert (await seen.send(mail, number)).kind is OutcomeKind.ACCEPTED

        seen = case.converse(conversation)
        assert seen.arrived == [0, 5]
        assert len(seen.ledger.bodies) == 1, "the body's key is the digest of its bytes without the identity"
        if case.transport == "smtp":
            ((_, body),) = seen.ledger.bodies.values()
            assert body == mail.mime

    @only(lambda case: case.transport == "smtp")
    def test_a_null_sender_and_a_text_without_a_line_end_arrive(self, case: TransportCase) -> None:
        """RFC 5321 §4.5.5: `MAIL FROM:<>`."""
        mail = replace(full_mail(case.arm()), envelope_from="")

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(mail)).kind is OutcomeKind.ACCEPTED

        (received,) = case.converse(conversation).mails(case.arm())
        assert received.sender == ""
        assert received.content == mail.content

    def test_turns_are_those_of_the_transcript_and_of_the_dialogue(self, case: TransportCase) -> None:
        """A hidden round trip (RSET, NOOP, a second EHLO) shows in the transcript, or as one round trip too many."""
        arm, turns = case.arm(), []

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            turns.append(seen.trace.turns)
            for number in range(3):
                assert seen.transport.connected
                assert (await seen.send(short_mail(number), number)).kind is OutcomeKind.ACCEPTED
                turns.append(seen.trace.turns)

        seen = case.converse(conversation)
        assert seen.arrived == [0, 1, 2]
        below = 1 + (arm.security is not Security.NONE)  # TCP and TLS 1.3, which no transcript shows
        quit_turn = arm.transport == "smtp"
        assert sum(turns) - below + quit_turn == seen.transcript.bursts(0)
        if is_known(arm):
            assert turns[0] == setup_turns(arm)
            assert turns[1:] == [message_turns(arm, 1) + case.extra_turns] * 3

    @only(lambda case: case.prefetches)
    def test_messages_that_are_prefetched_arrive_in_order(self, case: TransportCase) -> None:
        arm, turns = case.arm(), []

        async def conversation(seen: ClientAtSink) -> None:
            one = seen.transport
            assert isinstance(one, Prefetching)
            await seen.connect()
            prepared = [one.prepare(short_mail(number)) for number in range(4)]
            for number in range(4):
                seen.trace.begin()
                if number < 3:
                    one.prefetch(prepared[number + 1])
                outcome = await one.send(prepared[number], token_of(RUN_TOKEN, number), seen.trace)
                assert outcome.kind is OutcomeKind.ACCEPTED
                turns.append(seen.trace.turns)

        seen = case.converse(conversation)
        assert seen.arrived == [0, 1, 2, 3]
        if is_known(arm):
            assert sum(turns) == pytest.approx(4 * message_turns(arm, 1, 4))

    def test_every_phase_is_there(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            seen.trace.begin()
            await seen.connect()
            expected = {Phase.CONNECT, *TLS_PHASES[case.security], *({Phase.EHLO} if case.transport == "smtp" else ())}
            assert set(seen.trace.phases) >= expected | ({Phase.AUTH} if case.auth else set())
            assert (await seen.send(short_mail())).kind is OutcomeKind.ACCEPTED
            in_one = {Phase.CONTENT} if case.dialogue != "step" else PHASES[case.transport]
            assert set(seen.trace.phases) >= in_one
            assert not set(seen.trace.phases) & {Phase.CONNECT, Phase.TLS, Phase.EHLO, Phase.AUTH}
            await seen.transport.close(seen.trace)
            assert seen.trace.phases[-1] == Phase.CLOSE
            assert seen.trace.closed_ns >= seen.trace.ended_ns

        case.converse(conversation)

    def test_bytes_are_those_of_the_mail_once(self, case: TransportCase) -> None:
        """What a longer mail adds is what it is longer by; at most a third more, where the API takes base64."""
        mail, sent = full_mail(case.arm()), []
        longer = replace(mail, mime=mail.mime + LINE * 500, content=from_mime(mail.mime + LINE * 500))

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for number, one in enumerate((mail, longer)):
                assert (await seen.send(one, number)).kind is OutcomeKind.ACCEPTED
                sent.append(seen.trace.bytes_out)
                assert len(one.content.text) < sent[-1]
                assert 0 < seen.trace.bytes_in < 4096
            added = len(LINE) * 500
            assert 0.9 * added < sent[1] - sent[0] < 1.5 * added

        case.converse(conversation)

    def test_octets_beyond_ascii_arrive(self, case: TransportCase) -> None:
        """8BITMIME (RFC 6152): a text in Latin-1, as it is."""
        mail = full_mail(case.arm())
        mime = mail.mime.replace(b"Encoding: 7bit", b"Encoding: 8bit").replace(b"\r\nQUIT", b"\r\nEmpf\xe4nger")
        mime = re.sub(rb"(?i)content-type: text/plain[^\r]*", b"Content-Type: text/plain; charset=iso-8859-1", mime)
        mail = replace(mail, mime=mime, content=from_mime(mime))
        assert "Empfänger" in mail.content.text

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(mail)).kind is OutcomeKind.ACCEPTED

        seen = case.converse(conversation)
        assert [one.content for one in seen.mails(case.arm())] == [mail.content]

    def test_every_message_has_the_kernels_account_of_its_connection(self, case: TransportCase) -> None:
        """Nothing is sent again, but where a busy machine acknowledges late (RFC 8985 §7)."""

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for number in range(3):
                assert seen.trace.segments_out > 0 < seen.trace.segments_in
                assert seen.trace.min_rtt_us > 0
                assert seen.trace.retransmits < seen.trace.segments_out
                assert (await seen.send(short_mail(number), number)).kind is OutcomeKind.ACCEPTED
            assert seen.trace.segments_out < 30, "what one message cost, not the whole connection"

        case.converse(conversation)

    def test_the_arms_congestion_control_is_in_force_and_no_write_waits(self, case: TransportCase) -> None:
        """TCP_NODELAY: without it, Nagle's algorithm and delayed acknowledgements add up to 40 ms."""

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert seen.trace.socket == SocketOptions("reno", nodelay=True)

        case.converse(conversation, congestion="reno")

    def test_the_congestion_control_is_set_before_a_connection_is_made(self, case: TransportCase) -> None:
        """On a connection that another one has begun to pace, the pacing stays, whatever is set then (docs/method.md, §8)."""
        states: list[int] = []
        real = socket.socket.setsockopt

        def setsockopt(self: socket.socket, level: int, option: int, value: Any) -> None:
            if (level, option) == (socket.IPPROTO_TCP, socket.TCP_CONGESTION):
                states.append(self.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0])
            real(self, level, option, value)

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(short_mail())).kind is OutcomeKind.ACCEPTED

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "setsockopt", setsockopt)
            case.converse(conversation, congestion="reno")
        assert states == [TCP_CLOSE]

    def test_a_second_connection_works_after_a_close_and_without_one(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            for number in range(3):
                await seen.connect()
                assert (await seen.send(short_mail(number), number)).kind is OutcomeKind.ACCEPTED
                if number == 0:
                    await seen.transport.close(seen.trace)
                    assert not seen.transport.connected

        assert case.converse(conversation).arrived == [0, 1, 2]

    @only(lambda case: bool(case.client.offers.logins))
    def test_each_login_that_it_offers_logs_in(self, case: TransportCase) -> None:
        for mechanism in case.client.offers.logins:

            async def conversation(seen: ClientAtSink) -> None:
                await seen.connect()
                assert (await seen.send(short_mail())).kind is OutcomeKind.ACCEPTED

            seen = case.converse(conversation, auth=mechanism)
            assert seen.arrived == [0]
            assert any(line.upper().startswith(f"AUTH {mechanism.upper()}") for line in seen.commands())

    @only(lambda case: case.client.offers.dsn)
    def test_delivery_status_notifications_are_asked_for(self, case: TransportCase) -> None:
        """RFC 3461 §4, for each recipient."""

        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            assert (await seen.send(full_mail(case.arm()))).kind is OutcomeKind.ACCEPTED

        requested = Dsn(ret="hdrs", envid="order-1", notify=("failure",), orcpt=True)
        commands = [line.upper() for line in case.converse(conversation, dsn=requested).commands()]
        (mail,) = [line for line in commands if line.startswith("MAIL")]
        assert "RET=HDRS" in mail
        assert "ENVID=ORDER-1" in mail
        recipients = [line for line in commands if line.startswith("RCPT")]
        assert len(recipients) == 4
        assert all("NOTIFY=FAILURE" in line and "ORCPT=RFC822;" in line for line in recipients)

    @only(lambda case: case.client.offers.dsn and case.arm().dialogue != "overlapped")
    def test_an_envelope_id_names_each_send(self, case: TransportCase) -> None:
        async def conversation(seen: ClientAtSink) -> None:
            await seen.connect()
            for number in (3, 4):
                assert (await seen.send(full_mail(case.arm()), number)).kind is OutcomeKind.ACCEPTED

        commands = case.converse(conversation, dsn=Dsn(envid="order+{identity}")).commands()
        mails = [line for line in commands if line.upper().startswith("MAIL")]
        identities = [token_of(RUN_TOKEN, number).decode() for number in (3, 4)]
        assert [f"ENVID=order+2B{one}" in line for line, one in zip(mails, identities, strict=True)] == [True, True]
