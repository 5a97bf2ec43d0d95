"""Turns a form without errors into the frozen values of model/scenario.py: shorthands expanded, paths completed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from benchkit.model.cost import CostSpec
from benchkit.model.load import Arrivals, LoadModel, LoadSpec, planned_looks
from benchkit.model.message import Address
from benchkit.model.receiving import EventsSpec, MailboxSpec, ReceivingLabSpec, RelaySpec
from benchkit.model.retry import Failover, RetrySpec
from benchkit.model.scenario import (
    RECEIVING_LAB,
    ArmSpec,
    ConnectionPolicy,
    Delay,
    Dkim,
    Dsn,
    Fate,
    Fault,
    Limit,
    MessageSpec,
    NetworkSpec,
    Render,
    Scenario,
    Security,
    ServerAddress,
    VerdictSpec,
)
from benchkit.model.secret import SecretRef
from benchkit.scenario.addresses import parse_address
from benchkit.scenario.arm_form import (
    ConnectionForm,
    DelayForm,
    DkimForm,
    FailoverForm,
    FateForm,
    FaultForm,
    SecretForm,
    ServerForm,
)
from benchkit.scenario.fault_rules import DELAY_KEYS
from benchkit.scenario.form import CONCURRENCY, EventsForm, LoadForm, MailboxForm, NetworkForm, ScenarioForm
from benchkit.scenario.parsed_scenario import ParsedScenario
from benchkit.scenario.provider_server import auth_of, is_sandboxed, options_of, relay_of, security_of, server_of
from benchkit.scenario.receiving_form import RelayForm
from benchkit.scenario.thresholds import parse_threshold
from benchkit.scenario.vocabulary import Vocabulary


def build(parsed: ParsedScenario, vocabulary: Vocabulary) -> Scenario:
    """Of a scenario that has been checked."""
    form, folder = parsed.form, parsed.path.parent
    low, high = form.verdict.rope
    return Scenario(
        name=form.name,
        question=form.question,
        path=parsed.path,
        source=parsed.source,
        message=_message(form, folder),
        load=_load(form.load),
        network=_network(form.network),
        arms=tuple(_arm(parsed, number, vocabulary) for number in range(len(form.arm))),
        verdict=VerdictSpec((low, high), form.verdict.confidence, form.verdict.family),
        thresholds=tuple(parse_threshold(key, text, vocabulary.statistics) for key, text in form.thresholds.items()),
        cost=CostSpec(
            form.cost.currency, tuple(form.cost.per_thousand.items()), form.cost.cpu_per_hour, form.cost.egress_per_gb
        ),
        retry=RetrySpec(**form.retry.model_dump()) if form.retry else RetrySpec(),
        allow_hosts=tuple(form.allow_hosts),
        allow_recipients=tuple(form.allow_recipients),
        max_messages=form.max_messages,
        allow_plaintext_auth=form.allow_plaintext_auth,
        events=_events(form.events, folder),
        mailboxes=tuple(_mailbox(mailbox, folder) for mailbox in form.mailbox),
        receiving_lab=_receiving_lab(form, folder),
    )


def _message(scenario: ScenarioForm, folder: Path) -> MessageSpec:
    form, load = scenario.message, scenario.load
    return MessageSpec(
        sender=parse_address(form.sender) if form.sender else Address("", ""),
        count=form.count or 0,
        seed=form.seed,
        template=folder / form.template if form.template else None,
        recipients=folder / form.recipients if form.recipients else None,
        subaddress=form.subaddress,
        attachments=tuple(folder / name for name in form.attachments),
        subject=form.subject or "",
        text=form.text or "",
        text_bytes=form.text_bytes or 0,
        html=form.html or "",
        to=_addresses(form.to or []),
        cc=tuple(form.cc),
        bcc=tuple(form.bcc),
        reply_to=tuple(form.reply_to),
        envelope_from=form.envelope_from,
        headers=dict(form.headers),
        priority=form.priority,
        language=form.language or "",
        at_most=_load(load).all_blocks * load.messages_per_block,
        eml=form.eml or "",
        folder=folder,
        anonymise=form.anonymise,
        root=None if scenario.allow_files_outside else folder.resolve(),
    )


def _addresses(texts: list[str]) -> tuple[Address, ...]:
    return tuple(parse_address(text) for text in texts)


def _load(form: LoadForm) -> LoadSpec:
    step = form.blocks // form.restarts if form.restarts > 1 else 1
    looks = () if form.max_blocks is None else planned_looks(form.blocks, form.max_blocks // step * step, step)
    blocks = looks[-1] if looks else form.blocks
    return LoadSpec(
        model=LoadModel(form.model),
        blocks=blocks,
        messages_per_block=form.messages_per_block,
        warmup_blocks=form.warmup_blocks,
        concurrency=form.concurrency or CONCURRENCY[form.model],
        rate_per_s=form.rate_per_s if form.model == "open" else 0.0,
        arrivals=Arrivals(form.arrivals),
        seed=form.seed,
        workers=form.workers,
        deadline_s=float(form.deadline_s or 0),
        restarts=blocks // step if looks and form.restarts > 1 else form.restarts,
        looks=looks,
    )


def _network(form: NetworkForm) -> NetworkSpec:
    return NetworkSpec(
        rtt_ms=_sweep(form.rtt_ms),
        jitter_ms=_sweep(form.jitter_ms),
        bandwidth_mbit=_sweep(form.bandwidth_mbit),
        loss_percent=_sweep(form.loss_percent),
        queue_kb=_sweep(form.queue_kb),
    )


def _sweep(value: float | list[float] | None) -> tuple[float, ...]:
    if value is None:
        return ()
    return tuple(map(float, value)) if isinstance(value, list) else (float(value),)


def _arm(parsed: ParsedScenario, number: int, vocabulary: Vocabulary) -> ArmSpec:
    form, folder = parsed.form.arm[number], parsed.path.parent
    client = vocabulary.clients[form.transport][0] if form.client is None else form.client
    limit, terms = form.limit, relay_of(form, vocabulary)
    most = 0 if terms is None or parsed.gives("arm", number, "connection") else terms.messages_per_connection
    return ArmSpec(
        name=form.name,
        transport=form.transport,
        client=client,
        connection=ConnectionPolicy(most) if most else _connection(form.connection),
        security=Security(security_of(form, terms)),
        baseline=form.baseline,
        server=_server(form.server, server_of(form, vocabulary)),
        provider=form.provider,
        profile=form.profile,
        failover=_failover(form.failover, parsed),
        sandbox=is_sandboxed(form, vocabulary),
        options=options_of(parsed, form, vocabulary),
        messages_per_request=form.messages_per_request,
        render=Render(form.render),
        auth=form.auth if terms is None else auth_of(form, terms, vocabulary.offers(form.transport, client)),
        username=form.username or (terms.username if terms is not None else ""),
        password=_secret(form.password or form.api_key, folder),
        dialogue=form.dialogue,
        timeout_s=float(form.timeout_s),
        congestion=form.congestion,
        dsn=Dsn(form.dsn.ret or "", form.dsn.envid or "", tuple(form.dsn.notify), form.dsn.orcpt),
        dkim=_dkim(form.dkim, folder),
        ca_file=folder / form.ca_file if form.ca_file else None,
        faults=tuple(map(_fault, form.fault)),
        fates=tuple(map(_fate, form.fate)),
        relay=_relay(form.relay),
        limit=Limit(
            limit.messages_per_connection,
            float(limit.rate_per_s),
            limit.burst,
            float(limit.idle_s),
            limit.message_bytes,
        ),
    )


def _server(written: str | ServerForm, found: ServerForm | None) -> ServerAddress | None:
    if found is not None:
        return ServerAddress(found.host, found.port)
    return RECEIVING_LAB if written == "receiving-lab" else None


def _failover(form: str | FailoverForm | None, parsed: ParsedScenario) -> Failover | None:
    if form is None:
        return None
    spelled = form if isinstance(form, FailoverForm) else FailoverForm(arm=form)
    return Failover([arm.name for arm in parsed.form.arm].index(spelled.arm), spelled.ambiguous)


def _relay(form: RelayForm | None) -> RelaySpec | None:
    if form is None:
        return None
    return RelaySpec(
        tracking=tuple(form.tracking),
        footer=form.footer or "",
        text_part=form.text_part,
        encoding=form.encoding or "",
        removed_headers=tuple(form.removed_headers),
        return_path=form.return_path,
        sign_as=form.sign_as.lower(),
        signed=form.signed,
    )


def _receiving_lab(scenario: ScenarioForm, folder: Path) -> ReceivingLabSpec | None:
    form = scenario.receiving_lab
    if form is None:
        return None
    author = parse_address(scenario.message.sender).addr if scenario.message.sender else ""
    sign_as = form.sign_as or author.rpartition("@")[2]
    return ReceivingLabSpec(tuple(folder / zone for zone in form.zones), sign_as.lower(), float(form.wait_s))


def _dkim(form: DkimForm | None, folder: Path) -> Dkim | None:
    key = None if form is None else _secret(form.key, folder)
    return None if form is None or key is None else Dkim(form.domain.lower(), form.selector, key)


def _connection(form: str | ConnectionForm) -> ConnectionPolicy:
    if isinstance(form, ConnectionForm):
        return ConnectionPolicy(form.messages)
    return ConnectionPolicy({"reuse": 0, "fresh": 1}[form])


def _secret(form: SecretForm | None, folder: Path) -> SecretRef | None:
    if form is None:
        return None
    if form.file:
        return SecretRef("file", str(folder / form.file))
    return SecretRef("env", form.env) if form.env else SecretRef("netrc", form.netrc or "")


def _events(form: EventsForm | None, folder: Path) -> EventsSpec | None:
    if form is None:
        return None
    host, _, port = form.listen.rpartition(":")
    secrets = {name: ref for name, secret in form.secrets.items() if (ref := _secret(secret, folder)) is not None}
    return EventsSpec(
        host.strip("[]"), int(port), float(form.wait_s), form.url, secrets, float(form.repeated), form.shuffled
    )


def _mailbox(form: MailboxForm, folder: Path) -> MailboxSpec:
    if form.imap is None:
        return MailboxSpec(form.name, folder / (form.maildir or ""), wait_s=float(form.wait_s))
    imap = form.imap
    ca_file = folder / imap.ca_file if imap.ca_file else None
    password = _secret(imap.password, folder)
    return MailboxSpec(
        form.name, None, imap.host, imap.port, imap.username, password, imap.security, ca_file, float(form.wait_s)
    )


def _fate(form: FateForm) -> Fate:
    shares = {field.name: getattr(form, field.name) for field in fields(Fate) if field.name != "delay"}
    return Fate(**shares, delay=_delay(form.delay_ms) or Fate().delay)


def _fault(form: FaultForm) -> Fault:
    return Fault(
        at=form.at,
        probability=float(form.probability),
        reply=form.reply,
        status=form.status,
        retry_after_s=form.retry_after_s,
        delay=_delay(form.delay_ms),
        drop=form.drop,
        answer=form.answer,
    )


def _delay(form: float | DelayForm | None) -> Delay | None:
    if form is None:
        return None
    if not isinstance(form, DelayForm):
        return Delay("constant", float(form))
    parameters = [float(getattr(form, key)) for key in DELAY_KEYS[form.distribution]]
    return Delay(form.distribution, *parameters)
