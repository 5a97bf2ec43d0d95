"""What became of accepted mail as a section: accepted → delivered → folder in the test mailboxes, and why it differs.

A folder is that of the tester's own mailboxes: it says nothing about others, and no sentence here does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchkit.model.counts import counted
from benchkit.model.deliverability import ArmPlacements, Deliverability, DeliveryRates
from benchkit.model.estimate import Estimate
from benchkit.model.summary import Summary
from benchkit.report import numbers
from benchkit.report.content.delivery_decision import decision_sentences
from benchkit.report.content.delivery_figure import delivery_figure
from benchkit.report.content.mail_paths import path_blocks
from benchkit.report.content.page import Block, Cell, Column, Section, Table, Tone, columns, sentence

EVENTS = ("delivered", "bounced", "deferred", "rejected", "complained", "unsubscribed", "opened", "clicked")
PROGRAMS = ("opened", "clicked")
PLACES = {"inbox": "in the inbox", "junk": "in junk", "other": "in another folder"}
EVENTS_NOTE = (
    "A rate is the share of the accepted copies (one for each recipient), by the events that have come so far. Its interval "
    "is Wilson's, which treats each copy as independent. Delivered means that the recipient's server accepted the message; "
    "it does not say in which folder. Opens and clicks by programs are counted apart if their agent shows it."
)
MAILBOX_NOTE = (
    "These are your own test mailboxes. “Found” is a share of the accepted copies, a folder is a share of the mails found. "
    "Where other receivers put the mail also depends on your reputation, which no test mailbox shows."
)
_NOT_KNOWN = Cell(numbers.NOT_KNOWN, Tone.FAINT)


def deliverability_sections(summary: Summary, *, decided: bool = True) -> Iterator[Section]:
    """Nothing where neither events nor test mailboxes were collected. `decided`: what decides before speed stands here too."""
    if summary.deliverability is not None:
        yield deliverability_section(summary.deliverability, decided=decided)


def deliverability_section(found: Deliverability, *, decided: bool = True) -> Section:
    blocks = (*(decision_sentences(found) if decided else ()), *_blocks(found))
    return Section("deliverability", "What became of accepted mail", blocks, "Deliverability")


def _blocks(found: Deliverability) -> Iterator[Block]:
    yield _steps(found)
    if figure := delivery_figure(found):
        yield figure
    if found.arms:
        yield sentence(EVENTS_NOTE, Tone.FAINT)
        yield from _domains(found.domains)
        yield from _reasons(found.arms)
    if found.placements:
        yield sentence(MAILBOX_NOTE, Tone.FAINT)
        yield from path_blocks(found)
    if found.foreign:
        is_are = "is" if found.foreign == 1 else "are"
        yield sentence(f"{counted(found.foreign, 'event')} {is_are} about no message of this run.", Tone.WARNING)


def _steps(found: Deliverability) -> Table:
    """A row for each step, a column for each arm."""
    sides: Sequence[DeliveryRates | ArmPlacements] = found.arms or found.placements
    names = [one.name if isinstance(one, DeliveryRates) else one.arm for one in sides]
    rows = [("accepted", [Cell(f"{one.accepted:,}") for one in sides])]
    rows += [(name, [cell(arm) for arm in found.arms]) for name, cell in _event_rows(found.arms)]
    rows += [(name, [cell(arm) for arm in found.placements]) for name, cell in _mailbox_rows(found.placements)]
    return Table(columns("step", *names), tuple((Cell(name), *cells) for name, cells in rows), splits=True)


def _event_rows(arms: Sequence[DeliveryRates]) -> Iterator[tuple[str, Callable[[DeliveryRates], Cell]]]:
    if not arms:
        return
    for kind in EVENTS:
        if kind == "delivered" or any(arm.counts[kind] for arm in arms):
            yield kind, partial(_event, kind)
        if kind == "bounced" and any(arm.hard_bounces for arm in arms):
            yield "… of these for good (hard)", lambda arm: _counted(arm, arm.hard_bounces)
        if kind in PROGRAMS and any(arm.by_machines[kind] for arm in arms):
            yield f"{kind} by programs", partial(_by_programs, kind)
    if any(arm.unheard for arm in arms):
        yield "no event yet", lambda arm: Cell(f"{arm.unheard:,}", Tone.WARNING if arm.unheard else Tone.PLAIN)
    yield "until delivered, median", lambda arm: _time(arm.delivered_ms, arm.delivered_ms_ci)
    if any(arm.delivered_p95_ms is not None for arm in arms):
        yield "until delivered, 95th percentile", lambda arm: _time(arm.delivered_p95_ms, None)


def _event(kind: str, arm: DeliveryRates) -> Cell:
    return rate_cell(arm.rates[kind])


def _by_programs(kind: str, arm: DeliveryRates) -> Cell:
    return _counted(arm, arm.by_machines[kind])


def _counted(arm: DeliveryRates, count: int) -> Cell:
    """Where no event of the arm has come, no count is known either."""
    return _NOT_KNOWN if arm.rates["delivered"].value is None else Cell(f"{count:,}")


def _mailbox_rows(arms: Sequence[ArmPlacements]) -> Iterator[tuple[str, Callable[[ArmPlacements], Cell]]]:
    if not arms:
        return
    yield "found in your test mailboxes", lambda arm: rate_cell(arm.found_rate)
    for place, label in PLACES.items():
        if place == "inbox" or any(place in arm.places for arm in arms):
            yield f"… {label}", partial(_place, place)
    yield "until in the mailbox, median", _time_to_mailbox


def _place(place: str, arm: ArmPlacements) -> Cell:
    return rate_cell(arm.rates[place])


def _time_to_mailbox(arm: ArmPlacements) -> Cell:
    if arm.after_ms is None:
        return _NOT_KNOWN
    if arm.after_ms <= arm.resolution_ms:
        return Cell(f"under {numbers.duration(2 * arm.resolution_ms)}")
    return Cell(numbers.duration(arm.after_ms), second=f"± {numbers.duration(arm.resolution_ms)}")


def _time(value: float | None, ci: tuple[float | None, float | None] | None) -> Cell:
    if value is None:
        return _NOT_KNOWN
    interval = (f"[{numbers.duration(ci[0])}, {numbers.duration(ci[1])}]") if ci and None not in ci else ""  # type: ignore[arg-type]
    return Cell(numbers.duration(value), second=interval)


def rate_cell(rate: Estimate) -> Cell:
    if rate.value is None:
        return _NOT_KNOWN
    interval = "" if rate.low is None else f"[{numbers.percent(rate.low)}, {numbers.percent(rate.high)}]"
    return Cell(numbers.percent(rate.value), second=interval)


def _domains(domains: Sequence[DeliveryRates]) -> Iterator[Block]:
    """The delivered rate of each arm, the most frequent domains first."""
    if not domains:
        return
    names = list(dict.fromkeys(arm.name for domain in domains for arm in domain.arms))
    yield sentence("Delivered, by receiving domain", Tone.STRONG)
    yield Table(
        (Column("receiving domain"), Column("accepted"), *(Column(name) for name in names), Column("until delivered")),
        tuple(
            (
                Cell(domain.name), Cell(f"{domain.accepted:,}"), *(_of_arm(domain, name) for name in names),
                _time(domain.delivered_ms, None),
            )
            for domain in domains
        ),
        splits=True,
    )  # fmt: skip


def _of_arm(domain: DeliveryRates, name: str) -> Cell:
    return next((rate_cell(arm.rates["delivered"]) for arm in domain.arms if arm.name == name), _NOT_KNOWN)


def _reasons(arms: Sequence[DeliveryRates]) -> Iterator[Block]:
    rows = tuple(
        (
            Cell(arm.name),
            Cell(f"{reason.bounce} {reason.kind}".strip()),
            Cell(" ".join(filter(None, (str(reason.code or ""), reason.enhanced))) or numbers.NOT_KNOWN),
            Cell(reason.reason or "no reason given"),
            Cell(f"{reason.count:,}"),
        )
        for arm in arms
        for reason in arm.refusals
    )
    if rows:
        yield sentence("Why copies were refused", Tone.STRONG)
        yield Table(columns("arm", "event", "codes", "reason, without addresses", "copies"), rows, texts=True)
