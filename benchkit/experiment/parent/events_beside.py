"""`[events]` of a scenario: the webhook receiver during the run, the embedded servers' posts after it, and the results."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchkit.errors import InputError, Mistake
from benchkit.events.webhook_receiver import WebhookSecret
from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook_keys import WebhookKeys, new_keys
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.events_of_run import Collected, collect_events
from benchkit.experiment.parent.temp_folder import temporary_folder
from benchkit.experiment.process.receiver_process import RunningReceiver, clock_ms, start_receiver
from benchkit.experiment.process.targets import is_embedded
from benchkit.model.event import Event
from benchkit.model.identity import token_of
from benchkit.model.message import Batch
from benchkit.model.outcome import OutcomeKind
from benchkit.model.receiving import EventsSpec
from benchkit.model.scenario import Scenario
from benchkit.model.secret import Secret
from benchkit.sink.fates import AcceptedMail, events_of
from benchkit.sink.webhook_posts import Disorder, post, requests_of

NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class EventsBeside:
    """`collect` after the run, with its folder."""

    scenario: Scenario
    spec: EventsSpec
    batch: Batch
    receiver: RunningReceiver
    keys: Mapping[str, WebhookKeys]

    def collect(self, folder: Path, wait_begins: Callable[[float], None]) -> Collected:
        """Posts the embedded servers' events, waits for others, and writes the table. Raises StoreError, OSError."""
        try:
            self._post_fates(folder)
            if self.spec.wait_s:
                wait_begins(self.spec.wait_s)
                time.sleep(self.spec.wait_s)
        finally:  # after a Ctrl-C, too: `benchkit events` reads what was received
            self.receiver.end()
            self._keep_journals(folder)
        return collect_events(folder)

    def _post_fates(self, folder: Path) -> None:
        for provider, events in self._fates(folder).items():
            disorder = Disorder(self.spec.repeated, self.spec.shuffled, self.scenario.load.seed)
            requests = requests_of(
                provider, events, self.keys[provider], disorder, int(time.time()), _url(self.spec, provider)
            )
            post(self.receiver.host, self.receiver.port, f"/{provider}", requests)

    def _keep_journals(self, folder: Path) -> None:
        for journal in self.receiver.folder.glob("*.journal"):
            target = folder / journal.name
            target.write_bytes(journal.read_bytes())
            target.chmod(0o600)

    def _fates(self, folder: Path) -> Mapping[str, list[Event]]:
        """By provider, the fates of all mail that embedded arms accepted."""
        run = open_run(folder)
        found: dict[str, list[Event]] = defaultdict(list)
        clock = clock_ms()
        columns = ("send", "arm", "message", "outcome", "ended_ns", "server_id")
        for send, number, message, outcome, ended_ns, server_id in zip(
            *(run.messages[name].tolist() for name in columns), strict=True
        ):
            arm = self.scenario.arms[number]
            if not arm.fates or outcome != OutcomeKind.ACCEPTED:
                continue
            for recipient in self.batch.messages[message].recipients:
                identity = token_of(run.manifest.token, send).decode("ascii")
                mail = AcceptedMail(send, identity, server_id.strip("<>"), recipient, ended_ns // NS_PER_MS + clock)
                found[arm.provider] += events_of(mail, arm.fates, arm.provider, self.scenario.load.seed)
        return found


@contextmanager
def events_beside(scenario: Scenario, batch: Batch, secrets: Mapping[str, Secret]) -> Iterator[EventsBeside | None]:
    """None if the scenario has no [events]. The receiver ends with the block. Raises InputError if it cannot listen."""
    spec = scenario.events
    if spec is None:
        yield None
        return
    names = {arm.provider for arm in scenario.arms if is_embedded(arm) and arm.provider in WEBHOOKS.names()}
    keys = {name: new_keys(name) for name in names}
    verifying = {name: WebhookSecret(each.verifying, _url(spec, name)) for name, each in keys.items()}
    verifying |= {name: WebhookSecret(secret.reveal(), _url(spec, name)) for name, secret in secrets.items()}
    with temporary_folder() as folder:
        try:
            receiver = start_receiver(folder, spec.host, spec.port, verifying)
        except OSError as error:
            raise InputError(Mistake("events.listen", str(error))) from None
        try:
            yield EventsBeside(scenario, spec, batch, receiver, keys)
        finally:
            receiver.end()


def _url(spec: EventsSpec, name: str) -> str:
    return f"{spec.url.rstrip('/')}/{name}" if spec.url else ""
