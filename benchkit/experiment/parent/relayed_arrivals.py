"""Mail that embedded servers accepted, relayed by SMTP to the receiving lab after the last message of the run.

So it takes no time from the measurement. What the lab refuses becomes a warning of the run; so does a Ctrl-C that ends the
relaying.
"""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchkit.experiment.parent.stopping import interruptible
from benchkit.model.exchange import Received
from benchkit.model.identity import token_of
from benchkit.model.outcome import OutcomeKind
from benchkit.model.receiving import RelaySpec, RelayTarget
from benchkit.model.run import Run
from benchkit.model.scenario import Scenario
from benchkit.protocol.dkim_signature import DkimSigner
from benchkit.sink import parse_body
from benchkit.sink.fates import delivered_part
from benchkit.sink.relayed_mail import RelayedMail, Sign, relayed_mail
from benchkit.store import arrived_bytes, load_run

CONNECTIONS = 4
TIMEOUT_S, STOP_AGAIN_S = 60.0, 0.1


@dataclass(frozen=True, slots=True)
class Relayed:
    """`warnings`: what went wrong, in sentences. `stopped`: the user ended the relaying."""

    warnings: tuple[str, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Relay:
    """State shared by the relaying threads: the open connections, and whether to continue."""

    target: RelayTarget
    stopped: threading.Event = field(default_factory=threading.Event)
    clients: list[smtplib.SMTP] = field(default_factory=list)

    def stop(self) -> None:
        """Closes the connections, which wakes threads that wait for a reply."""
        self.stopped.set()
        for client in tuple(self.clients):
            if client.sock is not None:
                with suppress(OSError):
                    client.sock.shutdown(socket.SHUT_RDWR)


def relay_arrivals(folder: Path, scenario: Scenario, target: RelayTarget) -> Relayed:
    """Called after the tables are written and before the spools are removed. Ctrl-C ends it."""
    run = load_run(folder)
    relay, warnings = Relay(target), []
    for number, arm in enumerate(scenario.arms):
        if arm.relay is None:
            continue
        mails = list(_mails(folder, run, number, scenario, _sign(arm.relay, target)))
        for reason, count in send_all(relay, mails).items():
            warnings.append(
                f"arm {arm.name}: {count:,} of {len(mails):,} mails did not get into the receiving lab: {reason}"
            )
    return Relayed(tuple(warnings), relay.stopped.is_set())


def _sign(spec: RelaySpec, target: RelayTarget) -> Sign | None:
    if not spec.sign_as:
        return None
    keys: Mapping[str, str] = target.old_keys if spec.signed == "old key" else target.keys
    signer = DkimSigner(spec.sign_as, target.selector, keys[spec.sign_as])
    return lambda mime: signer.field(mime, int(time.time()))


def _mails(folder: Path, run: Run, number: int, scenario: Scenario, sign: Sign | None) -> Iterator[RelayedMail]:
    """Every accepted send of the arm, once; only to recipients that its fates allow, if it has any."""
    arm, seed = scenario.arms[number], scenario.load.seed
    assert arm.relay is not None
    columns = (run.messages[name].tolist() for name in ("send", "arm", "outcome"))
    wanted = {
        send for send, at, outcome in zip(*columns, strict=True) if at == number and outcome == OutcomeKind.ACCEPTED
    }
    parsed: dict[tuple[bytes, bytes], tuple[Received, ...]] = {}
    together = arm.messages_per_request > 1
    for arrived in arrived_bytes(folder, wanted):
        if arrived.send not in wanted:  # once, also where a client sent it twice
            continue
        wanted.discard(arrived.send)
        key = arrived.head, arrived.body
        if key not in parsed:
            parsed[key] = parse_body(arm.transport, arm.provider, *key)
        for received in parsed[key][arrived.place : arrived.place + 1] if together else parsed[key]:
            mail = delivered_part(received, arm.fates, arrived.send, seed)
            if not mail.recipients:
                continue
            yield relayed_mail(mail, token_of(run.manifest.token, arrived.send), arm.relay, sign, time.time())


def send_all(relay: Relay, mails: list[RelayedMail]) -> Counter[str]:
    """Over several connections at once; gives the refusals."""
    chunks = [mails[first::CONNECTIONS] for first in range(min(CONNECTIONS, len(mails)))]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        sending = [pool.submit(_send, relay, chunk) for chunk in chunks]
        try:
            with interruptible():
                wait(sending)
        except KeyboardInterrupt:
            relay.stop()
            while wait(sending, STOP_AGAIN_S).not_done:  # one may just have connected
                relay.stop()
        return sum((one.result() for one in sending), Counter())


def _send(relay: Relay, mails: list[RelayedMail]) -> Counter[str]:
    """Over one connection; gives the refusals."""
    refused: Counter[str] = Counter()
    left = len(mails)
    source = (relay.target.source, 0)
    try:
        with smtplib.SMTP(local_hostname=mails[0].host, timeout=TIMEOUT_S, source_address=source) as client:
            relay.clients.append(client)
            client.connect(relay.target.host, relay.target.port)
            for mail in mails:
                if relay.stopped.is_set():
                    break
                if reason := _refusal(client, mail):
                    refused[reason] += 1
                left -= 1
    except (OSError, smtplib.SMTPException) as error:
        if not relay.stopped.is_set():
            refused[f"the connection broke ({error})"] += left
    if left and relay.stopped.is_set():
        refused["the run was stopped"] += left
    return refused


def _refusal(client: smtplib.SMTP, mail: RelayedMail) -> str:
    """Empty if the mail was accepted. Raises errors that end the connection."""
    try:
        client.sendmail(mail.sender, mail.recipients, mail.octets)
    except smtplib.SMTPRecipientsRefused as error:
        return _in_words(*next(iter(error.recipients.values())))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return _in_words(error.smtp_code, error.smtp_error)
    return ""


def _in_words(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
