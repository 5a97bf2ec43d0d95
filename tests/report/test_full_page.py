"""The page for a decision, as values and as HTML: it recommends only what was measured; outside text is never markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from math import inf

import pytest

from benchkit.model.run import ConditionRecord, Run
from benchkit.model.summary import Summary
from benchkit.report.content.claims import claims_section
from benchkit.report.content.full_page import full_page
from benchkit.report.content.page import Block, Figure, Folded, Page, Sentence, Sliders, Table
from benchkit.report.content.recommendation import recommendation_sections
from benchkit.report.content.ways import link_groups, sides_of, ways_of
from benchkit.report.content.your_numbers import Setting, answer_at, sliders_of
from benchkit.report.html import to_html
from benchkit.stats.analysis import analyse
from benchkit.stats.claims import ClaimState, Why, claims_of
from tests.report.lab_run import ARMS, OVERLAPPED, PIPELINED, Arm, lab_run
from tests.report.recorded import recorded
from tests.report.test_outside_text import HOSTILE, STEERING

Factory = Callable[..., Run]
ORDER = [
    "answer", "numbers", "rule", "beside", "claims", "arms", "distributions", "time", "sweep", "sure", "account", "limits",
    "conditions",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(synthetic_run: Factory) -> Run:
    return lab_run(synthetic_run, blocks=20, messages_per_block=4)


@pytest.fixture(scope="module")
def summary(run: Run) -> Summary:
    return analyse(run)


def blocks_of(page: Page) -> Iterator[Block]:
    def within(blocks: tuple[Block, ...]) -> Iterator[Block]:
        for block in blocks:
            yield block
            if isinstance(block, Folded):
                yield from within(block.blocks)

    for section in page.sections:
        yield from within(section.blocks)


class Tags(HTMLParser):
    """The elements as a browser sees them, and the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] += 1
        self.attributes.update(name for name, _ in attrs)


def words(page: Page) -> str:
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", to_html(page), flags=re.DOTALL).split())


def test_sections_stand_in_the_order_of_a_decision(run: Run, summary: Summary) -> None:
    assert [section.key for section in full_page(summary, run).sections] == ORDER


def test_every_figure_has_a_title_a_description_and_its_data(run: Run, summary: Summary) -> None:
    figures = [block for block in blocks_of(full_page(summary, run)) if isinstance(block, Figure)]
    assert {figure.key for figure in figures} == {"phases", "distribution", "tail", "throughput", "sweep", "contrasts"}
    assert all(figure.title and figure.description and figure.data.rows for figure in figures)


def test_failures_over_time_are_drawn_only_where_there_are_some(synthetic_run: Factory) -> None:
    failing = lab_run(synthetic_run, blocks=10, failures={0: 0.2})
    keys = [block.key for block in blocks_of(full_page(analyse(failing), failing)) if isinstance(block, Figure)]
    assert "failures" in keys


def test_on_plain_loopback_nothing_is_recommended_for_a_network(synthetic_run: Factory) -> None:
    run = lab_run(synthetic_run, (0.03,), lab=False, blocks=20)
    summary = analyse(run)
    smtp, api = sides_of(summary, ways_of(summary)) or pytest.fail("two sides")
    for rtt_ms in (0.0, 0.5, 1.0, 20.0, 300.0):
        assert answer_at(summary, smtp, api, Setting(rtt_ms, 1.0, 1.0, 1.0)).text.startswith("No recommendation.")
    (rule, _) = recommendation_sections(summary)
    assert [block.text[:8] for block in rule.blocks if isinstance(block, Sentence)] == ["No rule:"]
    assert not any(isinstance(block, Table) for block in rule.blocks)
    assert [claim.state for claim in claims_of(summary)][1:] == [ClaimState.NOT_DECIDABLE] * 3


@pytest.mark.parametrize(
    ("setting", "begins"),
    [
        (Setting(0.0, inf, 1.0, 1.0), "SMTP (aiosmtplib) is faster."),
        (Setting(20.0, inf, 1.0, 1.0), "API (httpx2) is faster."),
        (Setting(20.0, 1.0, 1.0, 1.0), "API (httpx2) is faster."),
        (Setting(0.5, inf, 1.0, 1.0), "No difference that counts."),
        (Setting(100.0, inf, 1.0, 1.0), "No recommendation."),
    ],
)
def test_the_answer_follows_the_numbers(summary: Summary, setting: Setting, begins: str) -> None:
    """Kept: 0.5 + 4·RTT against 2 + 1·RTT, level at 0.5 ms."""
    smtp, api = sides_of(summary, ways_of(summary)) or pytest.fail("two sides")
    assert answer_at(summary, smtp, api, setting).text.startswith(begins)


def test_every_kind_of_link_has_its_sliders_and_its_rule(synthetic_run: Factory) -> None:
    """On the second one every message takes 3 ms more, so the ratio at 1 ms is nearer to 1."""
    run = lab_run(synthetic_run, (1.0, 20.0), links=("", "1 % lost"), blocks=20)
    summary = analyse(run)
    plain, lossy = link_groups(summary)
    assert [group.label for group in (plain, lossy)] == ["no other limit", "1 % lost"]
    times = [group.sides[0].model.at(rtt_ms=20.0, messages_per_connection=inf).value or 0.0 for group in (plain, lossy)]
    assert times[1] - times[0] == pytest.approx(3.0, abs=0.2)
    (sliders,) = (block for block in blocks_of(full_page(summary, run)) if isinstance(block, Sliders))
    assert sliders.document["links"] == ["no other limit", "1 % lost"]
    assert {len(way["models"]) for way in sliders.document["ways"]} == {2}
    (rule, _) = recommendation_sections(summary)
    messages = [block.text for block in rule.blocks if isinstance(block, Sentence)]
    assert [text.partition(":")[0] for text in messages] == ["Link with no other limit", "Link with 1 % lost"]
    assert sum(isinstance(block, Table) for block in rule.blocks) == 2
    assert "smtp, reused, link with 1 % lost: slope" in words(full_page(summary, run))


def test_an_arm_that_one_kind_of_link_kept_from_sending_has_no_model_there(run: Run, summary: Summary) -> None:
    other = tuple(replace(model, link="1 % lost") for model in summary.models if model.way != "api, new connection")
    lost = replace(summary.models[-1], link="1 % lost", way="api, reused")
    sliders = sliders_of(replace(summary, models=(*summary.models, *other, lost)))
    assert sliders is not None
    assert [[model is None for model in way["models"]] for way in sliders.document["ways"]] == [
        [False, False],
        [False, True],
        [True, False],
    ]
    assert len(sliders.table.rows) == 3


def test_a_predicted_time_is_never_below_zero(synthetic_run: Factory) -> None:
    """Few and noisy blocks far away: the line and its interval would go on below 0 near an RTT of 0."""
    summary = analyse(lab_run(synthetic_run, (10.0, 12.0, 20.0), blocks=6, block_noise=0.8))
    lines = [model.line for model in summary.models]
    assert any((line.at(0.0).low or 0.0) < 0 for line in lines)
    for model in summary.models:
        time = model.at(rtt_ms=0.0)
        assert min(time.value or 0.0, time.low or 0.0, time.high or 0.0) >= 0
    smtp, api = sides_of(summary, ways_of(summary)) or pytest.fail("two sides")
    assert " -" not in answer_at(summary, smtp, api, Setting(0.0, inf, 1.0, 1.0)).text.replace("[", " ").replace(
        "--set", ""
    )


def test_an_arm_whose_set_up_was_not_measured_says_so(synthetic_run: Factory) -> None:
    run = lab_run(synthetic_run, blocks=20)
    arms = tuple(replace(arm, setup_turns=None, connection="reuse", auth=arm.name) for arm in run.manifest.arms)
    summary = analyse(replace(run, manifest=replace(run.manifest, arms=arms)))
    smtp, api = sides_of(summary, ways_of(summary)) or pytest.fail("two sides")
    assert answer_at(summary, smtp, api, Setting(4.0, 5.0, 1.0, 1.0)).text.startswith("Not known.")


def test_the_claims_of_a_sweep(summary: Summary) -> None:
    one, two, three, four = claims_of(summary)
    assert [claim.state for claim in (one, two)] == [ClaimState.TRUE, ClaimState.TRUE]
    assert three.state in (ClaimState.TRUE, ClaimState.DEPENDS)
    assert (four.state, four.why) == (ClaimState.NOT_DECIDABLE, Why.NO_PIPELINING)
    assert "slope" in str(claims_section(summary))


@pytest.mark.parametrize(
    ("arm", "state", "said"),
    [
        (PIPELINED, ClaimState.TRUE, "H4 It cannot be avoided. true"),
        (OVERLAPPED, ClaimState.FALSE, "H4 It cannot be avoided. false"),
    ],
)
def test_a_client_that_waits_less_decides_whether_it_can_be_avoided(
    synthetic_run: Factory, arm: Arm, state: ClaimState, said: str
) -> None:
    """One round trip, as the API: within the ROPE at 20 ms, so that being slower can be avoided. With two it cannot."""
    run = lab_run(synthetic_run, arms=(*ARMS, arm), blocks=20)
    summary = analyse(run)
    *_, four = claims_of(summary)
    assert (four.state, four.why, four.contrasts[0].arm) == (state, None, arm[0])
    assert said in words(full_page(summary, run))


def test_an_invalid_run_decides_no_claim_and_has_no_sliders(run: Run, summary: Summary) -> None:
    broken = replace(summary, valid=False, invalid_because=recorded("3 messages are missing"))
    page = full_page(broken, run)
    assert {claim.why for claim in claims_of(broken)} == {Why.INVALID}
    assert not any(isinstance(block, Sliders) for block in blocks_of(page))
    assert "INVALID: 3 messages are missing" in words(page)


def test_html_is_one_file_that_fetches_nothing(run: Run, summary: Summary) -> None:
    text = to_html(full_page(summary, run))
    addresses = re.findall(r'(?:src|href)="([^"#][^"]*)"', text)
    assert addresses == ["data:,"]
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=list(HOSTILE))
def test_text_from_outside_is_text(synthetic_run: Factory, hostile: str) -> None:
    made = lab_run(synthetic_run, (0.03, 10.0), blocks=8, messages_per_block=2)
    arms = (replace(made.manifest.arms[0], name=hostile), *made.manifest.arms[1:])
    run = replace(
        made, manifest=replace(made.manifest, arms=arms, scenario=hostile, question=hostile, scenario_text=hostile)
    )
    text = to_html(full_page(analyse(run), run))
    assert not STEERING.search(text)
    tags = Tags(text)
    assert tags.count["script"] == 2, "the page's own and its data"
    assert not any(name.startswith("on") for name in tags.attributes)


def test_runs_without_much_in_them_have_a_page(synthetic_run: Factory) -> None:
    for recipe in (
        {"times": (1.0,)},
        {"blocks": 1},
        {"failures": {0: 1.0, 1: 1.0}},
        {"conditions": (ConditionRecord("far"),)},
    ):
        run = synthetic_run(**recipe)
        summary = analyse(run)
        assert sliders_of(summary) is None
        assert "<h1" in to_html(full_page(summary, run))


def test_cost_stands_beside_speed_only_with_prices(run: Run, summary: Summary) -> None:
    assert "Cost of a thousand messages" not in words(full_page(summary, run))
    priced = replace(run, manifest=replace(run.manifest, cost={"currency": "EUR", "per_thousand": [["smtp*", 0.25]]}))
    shown = words(full_page(analyse(priced), priced))
    assert "Cost of a thousand messages" in shown
    assert "smtp, reused 0.2500 – – 0.2500" in shown
