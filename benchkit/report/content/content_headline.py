"""What became of the mail as the first sentence, where the times of no two arms can be compared."""

from __future__ import annotations

from benchkit.model.counts import counted
from benchkit.model.deliverability import ArmPair
from benchkit.model.summary import Summary, Verdict
from benchkit.report.content.delivery_decision import rate_sentences
from benchkit.report.content.mail_paths import difference_in_words

_MOST = 4  # differences that the sentence names


def content_headline(summary: Summary) -> str | None:
    """None where a time has a verdict, or where nothing about delivery or content differs."""
    found = summary.deliverability
    compared = [one for one in summary.contrasts if not one.aa]
    if not summary.valid or found is None or any(one.verdict is not Verdict.WITHHELD for one in compared):
        return None
    if decided := rate_sentences(found):
        return decided[0]
    pairs = [pair for pair in found.pairs if pair.pairs and pair.differences]
    return _sentence(max(pairs, key=lambda pair: pair.pairs - pair.identical)) if pairs else None


def _sentence(pair: ArmPair) -> str:
    """The differences are in the order of the pairs that have them."""
    shown = "; ".join(difference_in_words(one) for one in pair.differences[:_MOST])
    more = len(pair.differences) - _MOST
    rest = f"; and {counted(more, 'more difference')} (below)" if more > 0 else ""
    return (
        f"“{pair.first}” and “{pair.second}” deliver different mail: {pair.pairs - pair.identical:,} of "
        f"{counted(pair.pairs, 'pair')} of the same message differ. {shown[:1].upper()}{shown[1:]}{rest}."
    )
