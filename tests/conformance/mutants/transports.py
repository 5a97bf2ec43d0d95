"""Wrong clients: what they send, what they count and stamp, and what they take for an answer."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchkit.model.client_offers import HTTPS, TLS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind
from benchkit.model.scenario import Dsn, Security
from benchkit.model.trace import Phase, Trace
from benchkit.testing.failure_suite import TransportFailureSuite
from benchkit.testing.shared_request_suite import SharedRequestSuite
from benchkit.testing.suite import Suite
from benchkit.testing.transport_case import TransportCase
from benchkit.testing.transport_suite import TransportSuite
from benchkit.transports import api_wire, smtp_wire
from tests.conformance.mutants.mutant import Mutant

WHOLE, TURNS, PHASES = (
    "test_the_whole_mail_arrives_with_its_envelope", "test_turns_are_those_of_the_transcript_and_of_the_dialogue",
    "test_every_phase_is_there",
)  # fmt: skip
ONCE = "test_bytes_are_those_of_the_mail_once"
DOUBT = "test_no_answer_to_the_content_is_in_doubt_and_the_connection_is_not_used_again"
SHARED = "test_messages_that_share_a_request_arrive_once_each_and_share_its_turn"
REFUSAL = "test_a_refusal_is_an_outcome_and_costs_no_connection"
OPTIONS = "test_the_arms_congestion_control_is_in_force_and_no_write_waits"


class Smtp(smtp_wire.Client):
    """Hooks for what a mutant changes of the message, of the endpoint and of each outcome."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(self.at(endpoint))

    def at(self, endpoint: Endpoint) -> Endpoint:
        return endpoint

    def mail(self, message: Message) -> Message:
        return message

    def judge(self, outcome: Outcome, trace: Trace) -> Outcome:
        return outcome

    def prepare(self, message: Message) -> Any:
        return super().prepare(self.mail(message))

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        return self.judge(await super().send(prepared, identity, trace), trace)


def client(**methods: Callable[..., Any]) -> Any:
    return type("Wrong", (Smtp,), methods)


def of_mail(change: Callable[[Message], Message]) -> Any:
    return client(mail=lambda _, message: change(message))


def of_bytes(change: Callable[[bytes], bytes]) -> Any:
    return of_mail(lambda message: replace(message, mime=change(message.mime)))


def of_arm(**changes: Any) -> Any:
    return client(at=lambda _, endpoint: replace(endpoint, arm=replace(endpoint.arm, **changes)))


def of_outcome(change: Callable[[Outcome, Trace], Outcome]) -> Any:
    return client(judge=lambda _, outcome, trace: change(outcome, trace))


def taken_for(kind: OutcomeKind, instead: OutcomeKind) -> Any:
    return of_outcome(lambda outcome, _: replace(outcome, kind=instead) if outcome.kind is kind else outcome)


def named(message: Message) -> Message:
    to = {address.addr for address in message.content.to}
    return replace(message, recipients=tuple(each for each in message.recipients if each in to))


class NoDotStuffing(smtp_wire.Client):
    def prepare(self, message: Message) -> Any:
        prepared = super().prepare(message)
        prepared.pieces = prepared.declared.pieces = split_at_identity(message.mime + b".\r\n")
        return prepared


class HiddenReset(smtp_wire.Client):
    """RSET before every message, and it counts it."""

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        await self._command(b"RSET\r\n")
        return await super().send(prepared, identity, trace)


class SecondEhlo(smtp_wire.Client):
    async def connect(self, trace: Trace) -> Outcome | None:
        failure = await super().connect(trace)
        if failure is None:
            await self._greet(trace)
            self._settle(trace)
        return failure


class Retries(smtp_wire.Client):
    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        first = await super().send(prepared, identity, trace)
        return await super().send(prepared, identity, trace) if first.kind is OutcomeKind.DEFERRED else first


class OneIdentity(smtp_wire.Client):
    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        return await super().send(prepared, token_of("0badcafe", 0), trace)


class AlwaysConnected(smtp_wire.Client):
    connected = True


class Nagle(smtp_wire.Client):
    """As the kernel would say with TCP_NODELAY off."""

    async def connect(self, trace: Trace) -> Outcome | None:
        failure = await super().connect(trace)
        if trace.socket is not None:
            trace.socket = trace.socket._replace(nodelay=False)
        return failure


class TrustsAnyone(smtp_wire.Client):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        if self._tls is not None:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE


class ClosesOnce(smtp_wire.Client):
    async def close(self, trace: Trace) -> None:
        if self._stream is None:
            raise RuntimeError("not connected")
        await super().close(trace)


class Raises(smtp_wire.Client):
    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        outcome = await super().send(prepared, identity, trace)
        if outcome.kind is OutcomeKind.DEFERRED:
            raise ConnectionError(outcome.text)
        return outcome


class PromisesMore(smtp_wire.Client):
    offers = ClientOffers(securities=TLS, logins=("plain", "gssapi"), dsn=True)


def without(phase: Phase) -> Any:
    def change(outcome: Outcome, trace: Trace) -> Outcome:
        if phase in trace.phases:
            at = trace.phases.index(phase)
            del trace.phases[at], trace.edges[at]
        return outcome

    return of_outcome(change)


def uncounted(outcome: Outcome, trace: Trace) -> Outcome:
    trace.turns -= 1
    return outcome


def ended_at_once(outcome: Outcome, trace: Trace) -> Outcome:
    trace.ended_ns = trace.started_ns
    return outcome


def counts_no_bytes(outcome: Outcome, trace: Trace) -> Outcome:
    trace.bytes_out = 0
    return outcome


def counts_bytes_twice(outcome: Outcome, trace: Trace) -> Outcome:
    trace.bytes_out *= 2
    return outcome


def in_ascii(mime: bytes) -> bytes:
    return mime.decode("ascii", "replace").encode("ascii", "replace")


TLS_ON = Security.IMPLICIT
ROWS: list[tuple[type[Suite], str, str, Any]] = [
    (TransportSuite, WHOLE, "no dot-stuffing", NoDotStuffing),
    (TransportSuite, WHOLE, "dots stuffed twice", of_bytes(lambda mime: mime.replace(b"\r\n.", b"\r\n.."))),
    (TransportSuite, WHOLE, "only the first recipient", of_mail(lambda m: replace(m, recipients=m.recipients[:1]))),
    (TransportSuite, WHOLE, "Bcc dropped", of_mail(named)),
    (TransportSuite, WHOLE, "content altered", of_bytes(lambda mime: mime.replace(b"Subject: Dots", b"Subject: Dot"))),
    (TransportSuite, WHOLE, "subject in lower case",
     of_bytes(lambda mime: re.sub(rb"Subject: [^\r\n]+", lambda line: b"Subject: " + line[0][9:].lower(), mime))),
    (TransportSuite, WHOLE, "long lines cut", of_bytes(lambda mime: re.sub(rb"([^\r\n]{990})", rb"\1\r\n", mime))),
    (TransportSuite, WHOLE, "From as the envelope sender",
     of_mail(lambda m: replace(m, envelope_from=m.content.sender.addr))),
    (TransportSuite, "test_a_null_sender_and_a_text_without_a_line_end_arrive", "no null sender",
     of_mail(lambda m: replace(m, envelope_from=m.envelope_from or "postmaster@shop.example"))),
    (TransportSuite, "test_the_very_bytes_arrive", "one identity for all sends", OneIdentity),
    (TransportSuite, "test_the_very_bytes_arrive", "an added header field", of_bytes(lambda m: b"X-Mailer: x\r\n" + m)),
    (TransportSuite, TURNS, "a hidden RSET round trip", HiddenReset),
    (TransportSuite, TURNS, "a second EHLO", SecondEhlo),
    (TransportSuite, TURNS, "a round trip that is not counted", of_outcome(uncounted)),
    (TransportSuite, TURNS, "service time that ends at its start", of_outcome(ended_at_once)),
    (TransportSuite, PHASES, "no RCPT phase", without(Phase.RCPT)),
    (TransportSuite, PHASES, "no CONTENT phase", without(Phase.CONTENT)),
    (TransportSuite, ONCE, "no bytes counted", of_outcome(counts_no_bytes)),
    (TransportSuite, ONCE, "bytes counted twice", of_outcome(counts_bytes_twice)),
    (TransportSuite, "test_octets_beyond_ascii_arrive", "everything in ASCII", of_bytes(in_ascii)),
    (TransportSuite, OPTIONS, "TCP_NODELAY off", Nagle),
    (TransportSuite, OPTIONS, "the arm's congestion control ignored", of_arm(congestion="")),
    (TransportSuite, "test_preparing_changes_nothing_and_connects_to_nothing", "connected from the start", AlwaysConnected),
    (TransportSuite, "test_delivery_status_notifications_are_asked_for", "DSN dropped", of_arm(dsn=Dsn())),
    (TransportSuite, "test_each_login_that_it_offers_logs_in", "a log-in that it does not have", PromisesMore),
    (TransportFailureSuite, DOUBT, "a timeout taken for an acceptance",
     taken_for(OutcomeKind.AMBIGUOUS, OutcomeKind.ACCEPTED)),
    (TransportFailureSuite, DOUBT, "a timeout taken for a failure", taken_for(OutcomeKind.AMBIGUOUS, OutcomeKind.TIMED_OUT)),
    (TransportFailureSuite, DOUBT, "a connection in doubt used again", AlwaysConnected),
    (TransportFailureSuite, REFUSAL, "a refusal as an exception", Raises),
    (TransportFailureSuite, REFUSAL, "sends again by itself", Retries),
    (TransportFailureSuite, REFUSAL, "4yz is final", taken_for(OutcomeKind.DEFERRED, OutcomeKind.REJECTED)),
    (TransportFailureSuite, "test_recipients_that_are_refused_are_told", "refused recipients not told",
     of_outcome(lambda outcome, _: replace(outcome, refused=()))),
    (TransportFailureSuite, "test_a_content_that_is_refused_is_not_accepted", "the enhanced code lost",
     of_outcome(lambda outcome, _: replace(outcome, enhanced=""))),
    (TransportFailureSuite, "test_a_content_that_is_refused_is_not_accepted", "5yz after the content taken for 250",
     of_outcome(lambda outcome, trace: ACCEPTED if Phase.CONTENT in trace.phases else outcome)),
    (TransportFailureSuite, "test_a_connection_that_breaks_before_the_content_is_no_doubt", "doubt where there is none",
     taken_for(OutcomeKind.UNREACHABLE, OutcomeKind.AMBIGUOUS)),
    (TransportFailureSuite, "test_closing_never_raises", "closing raises", ClosesOnce),
]  # fmt: skip


class Api(api_wire.Client):
    """Every answer is an acceptance."""

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        await super().send(prepared, identity, trace)
        return ACCEPTED


class FirstShareOnly(api_wire.Client):
    async def send_batch(self, prepared: Sequence[Any], identities: Sequence[bytes], trace: Trace) -> Sequence[Outcome]:
        outcomes = await super().send_batch(prepared[:1], identities[:1], trace)
        return [outcomes[0]] * len(identities)


class OneByOne(api_wire.Client):
    """Each message in a request of its own: a round trip for each."""

    offers = ClientOffers(securities=HTTPS, batches=True)

    async def send_batch(self, prepared: Sequence[Any], identities: Sequence[bytes], trace: Trace) -> Sequence[Outcome]:
        pairs = zip(prepared, identities, strict=True)
        return [(await super(OneByOne, self).send_batch([one], [its], trace))[0] for one, its in pairs]


API_ROWS: list[tuple[type[Suite], str, str, Any]] = [
    (TransportFailureSuite, REFUSAL, "503 taken for an acceptance", Api),
    (TransportFailureSuite, DOUBT, "no answer taken for an acceptance", Api),
    (SharedRequestSuite, SHARED, "only the first of a request", FirstShareOnly),
    (SharedRequestSuite, SHARED, "a request for each", OneByOne),
]  # fmt: skip


def mutants() -> Iterator[Mutant]:
    smtp, api = TransportCase("smtp_wire", smtp_wire.Client), TransportCase("api_wire", api_wire.Client)
    for suite, test, fault, wrong in ROWS:
        yield Mutant(fault, suite, test, replace(smtp, client=wrong), smtp)
    for suite, test, fault, wrong in API_ROWS:
        yield Mutant(fault, suite, test, replace(api, client=wrong), api)
    secure = replace(smtp, security=TLS_ON)
    untrusted = "test_a_certificate_that_cannot_be_trusted_is_an_outcome"
    yield Mutant(
        "any certificate will do", TransportFailureSuite, untrusted, replace(secure, client=TrustsAnyone), secure
    )
    login = replace(smtp, auth="plain")
    password = "test_a_wrong_password_is_a_rejection_and_sends_nothing"
    yield Mutant(
        "goes on without a log-in", TransportFailureSuite, password, replace(login, client=of_arm(auth="")), login
    )
