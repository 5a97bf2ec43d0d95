"""What the receivers of the test mailboxes found, what changed on the way, and the content and authentication verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.counts import counted
from benchkit.model.deliverability import ArmPair, ArmPlacements, Deliverability, PairDifference
from benchkit.model.plain_number import significant
from benchkit.report import numbers
from benchkit.report.content.page import Block, Cell, Table, Tone, columns, sentence

METHODS = ("spf", "dkim", "dmarc")
VERDICT = "Content and authentication verdict"


def path_blocks(found: Deliverability) -> Iterator[Block]:
    yield from _authentication(found.placements)
    yield from _changes(found.placements)
    for pair in (pair for pair in found.pairs if pair.pairs):
        yield from _pair(pair)


def _authentication(arms: Sequence[ArmPlacements]) -> Iterator[Block]:
    """The share that passed; other results with their counts. Points and hops stand below."""
    names = [name for name in METHODS if any(one.startswith(f"{name}=") for arm in arms for one in arm.results)]
    rows = [(Cell(f"{name.upper()} pass"), *(_passed(arm, name) for arm in arms)) for name in names]
    for result in sorted({one for arm in arms for one in arm.results if not one.endswith("=pass")}):
        method, _, verdict = result.partition("=")
        rows.append((Cell(f"{method.upper()} {verdict}"), *(Cell(f"{arm.results.get(result, 0):,}") for arm in arms)))
    if any(arm.scores for arm in arms):
        rows.append((Cell("filter's points"), *map(_points, arms)))
    if any(arm.without_tls for arm in arms):
        rows.append((Cell("mails with a hop without TLS"), *(Cell(f"{arm.without_tls:,}") for arm in arms)))
    if rows:
        yield sentence("What the receivers found", Tone.STRONG)
        yield Table(columns("result", *(arm.arm for arm in arms)), tuple(rows), splits=True)


def _passed(arm: ArmPlacements, method: str) -> Cell:
    rate = arm.result_rates.get(method)
    if rate is None or rate.value is None or rate.low is None:
        return Cell(numbers.NOT_KNOWN, Tone.FAINT)
    tone = Tone.GOOD if rate.value == 1 else Tone.BAD
    return Cell(numbers.percent(rate.value), tone, f"[{numbers.percent(rate.low)}, {numbers.percent(rate.high)}]")


def _points(arm: ArmPlacements) -> Cell:
    if arm.scores is None:
        return Cell(numbers.NOT_KNOWN, Tone.FAINT)
    low, high = arm.scores
    return Cell(significant(low) if low == high else f"{significant(low)} to {significant(high)}")


def _changes(arms: Sequence[ArmPlacements]) -> Iterator[Block]:
    names = sorted({change for arm in arms for change in arm.changes})
    yield sentence("What changed on the way, in how many mails", Tone.STRONG)
    if not names:
        yield sentence("Nothing: every mail found has the content that was sent.", Tone.GOOD)
        return
    rows = tuple(
        (Cell(name.replace("_", " ")), *(Cell(f"{arm.changes.get(name, 0):,}") for arm in arms)) for name in names
    )
    yield Table(columns("change", *(arm.arm for arm in arms)), rows, splits=True)


def _pair(pair: ArmPair) -> Iterator[Block]:
    yield sentence(f"{VERDICT}: “{pair.first}” and “{pair.second}”", Tone.STRONG)
    if not pair.differences:
        yield sentence(f"Identical in all {_pairs(pair.pairs)} of the same message.", Tone.GOOD)
        return
    yield sentence(
        f"Identical in {pair.identical:,} of {_pairs(pair.pairs)} of the same message. What differs in the others:"
    )
    rows = tuple(_row(difference, pair) for difference in pair.differences)
    yield Table(columns("what", pair.first, pair.second, "cause", "pairs"), rows, texts=True)


def _row(difference: PairDifference, pair: ArmPair) -> tuple[Cell, ...]:
    names = {"made on the first way": f"made by “{pair.first}”", "made on the second way": f"made by “{pair.second}”"}
    cause = names.get(difference.cause, difference.cause)
    return (
        Cell(_what(difference.what)),
        Cell(difference.first or numbers.NOT_KNOWN),
        Cell(difference.second or numbers.NOT_KNOWN),
        Cell(cause or "not known", Tone.PLAIN if cause else Tone.FAINT),
        Cell(f"{difference.count:,}"),
    )


def _what(what: str) -> str:
    """A symbol's name stays as it is."""
    if what.startswith("symbol "):
        return what
    return what.upper() if what in METHODS else {"place": "folder"}.get(what, what.replace("_", " "))


def difference_in_words(difference: PairDifference) -> str:
    """`links rewritten: no, yes` or, where the values are not known, `links rewritten`."""
    values = (difference.first or numbers.NOT_KNOWN, difference.second or numbers.NOT_KNOWN)
    known = any((difference.first, difference.second))
    return f"{_what(difference.what)}: {values[0]} against {values[1]}" if known else _what(difference.what)


def _pairs(count: int) -> str:
    return counted(count, "pair")
