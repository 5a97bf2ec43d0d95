"""The decision page in a real browser: no request, no violation of axe-core, five printed pages, exact sliders."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchkit.model.run import Run
from benchkit.notebook.reading_history import read_history
from benchkit.report.content.full_page import full_page
from benchkit.report.content.history import history_page
from benchkit.report.content.ways import link_groups
from benchkit.report.content.your_numbers import Setting, answer_at, line_of
from benchkit.report.html import to_html
from benchkit.stats.analysis import analyse
from benchkit.store import load_run
from tests.peers.browser.chromium import Browser, chromium
from tests.peers.requirements import need, need_unpacked
from tests.report.lab_run import lab_run

MOST_PAGES = 5
SAMPLE = Path(__file__).parents[3] / "results" / "sample-deliverability"
PAGES = pytest.mark.parametrize("named", ["page", "delivered", "history"])
QUICKSTART_BYTES = 400_000
# The tables that answer something; the numbers behind a figure scroll by themselves.
TOO_WIDE = (
    "[...document.querySelectorAll('.scroll')].filter((box) => !box.closest('.data') && box.scrollWidth > box.clientWidth + 1)"
    ".map((box) => box.textContent.slice(0, 60))"
)
Visit = Callable[[Browser, Path], Awaitable[None]]


@pytest.fixture(scope="module")
def run(synthetic_run: Callable[..., Run]) -> Run:
    return lab_run(synthetic_run, blocks=40, messages_per_block=2, failures={0: 0.02})


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a run with events and test mailboxes."""
    return written(load_run(SAMPLE), tmp_path_factory.mktemp("delivered") / "report.html")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of many runs."""
    path = tmp_path_factory.mktemp("history") / "history.html"
    path.write_text(to_html(history_page(read_history(SAMPLE.with_name("sample-history")))), "utf-8")
    return path


@pytest.fixture(scope="module")
def page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(run, tmp_path_factory.mktemp("page") / "report.html")


def written(run: Run, path: Path) -> Path:
    path.write_text(to_html(full_page(analyse(run), run)), "utf-8")
    return path


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Browser]:
    async with chromium(folder / "profile") as found:
        yield found


def visit(folder: Path, look: Callable[[Browser], Awaitable[None]]) -> None:
    need("chromium")

    async def go() -> None:
        async with browser(folder) as found:
            await look(found)

    asyncio.run(go())


@PAGES
def test_it_asks_for_nothing_and_no_script_fails(named: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page: Path = request.getfixturevalue(named)

    async def look(tab: Browser) -> None:
        for width in (360, 1440):
            await tab.open(page, width=width)
            assert tab.requests == [page.as_uri()]
            assert tab.errors == []
            assert await tab.value("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
            assert await tab.value(TOO_WIDE) == [], f"a table's column is off the screen at {width} px"

    visit(tmp_path, look)
    assert page.stat().st_size <= QUICKSTART_BYTES


@PAGES
def test_axe_finds_no_violation(named: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page: Path = request.getfixturevalue(named)
    axe = need_unpacked("npm", "node_modules", "axe-core", "axe.min.js").read_text("utf-8")

    async def look(tab: Browser) -> None:
        for width, dark in ((1440, True), (360, False)):
            await tab.open(page, width=width, dark=dark)
            await tab.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            await tab.value(f"{axe}; 0")
            found = json.loads(await tab.value("axe.run().then((found) => JSON.stringify(found.violations))"))
            violations = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
            assert violations == [], f"at {width} px, dark: {dark}"

    visit(tmp_path, look)


def test_without_script_everything_but_the_sliders_is_there(page: Path, tmp_path: Path) -> None:
    texts: dict[bool, str] = {}

    async def look(tab: Browser) -> None:
        for script in (True, False):
            await tab.open(page, script=script)
            assert await tab.value("getComputedStyle(document.getElementById('sliders')).display") == (
                "grid" if script else "none"
            )
            await tab.value("document.getElementById('sliders').remove()")
            texts[script] = " ".join((await tab.value("document.body.innerText")).split())

    visit(tmp_path, look)
    assert texts[True] == texts[False]


@PAGES
def test_it_prints_on_few_pages_and_cuts_nothing(named: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page: Path = request.getfixturevalue(named)

    async def look(tab: Browser) -> None:
        await tab.open(page)
        printed = await tab.pdf()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= MOST_PAGES
        await tab.call("Emulation.setEmulatedMedia", media="print")
        await tab.call("Emulation.setDeviceMetricsOverride", width=703, height=1000, deviceScaleFactor=1, mobile=False)
        too_wide = (
            "[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
        )
        assert await tab.value(f"{too_wide}.map((e) => e.tagName + ' ' + e.textContent.slice(0, 40))") == []

    visit(tmp_path, look)


def set_sliders(setting: Setting) -> str:
    stops = {
        "rtt": setting.rtt_ms,
        "messages": setting.messages_per_connection,
        "recipients": setting.recipients,
        "batch": setting.messages_per_request,
    }
    chosen = {key: "inf" if value == float("inf") else f"{value:g}" for key, value in stops.items()}
    return f"""for (const [id, stop] of Object.entries({json.dumps(chosen)})) {{
        const input = document.getElementById(id);
        input.value = input.dataset.stops.split(" ").indexOf(stop);
        input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }}
    JSON.stringify([[...document.querySelectorAll("#predictions tbody tr")].map((row) => row.dataset.value),
                    document.getElementById("verdict").textContent])"""


SETTINGS = [
    *(Setting(rtt_ms, 1.0, 1.0, 1.0) for rtt_ms in (0.0, 0.5, 1.0, 2.5, 4.0, 7.0, 10.0, 13.0, 17.0, 20.0)),
    Setting(20.0, 10.0, 1.0, 1.0), Setting(4.0, float("inf"), 3.0, 1.0), Setting(20.0, 100.0, 1.0, 50.0),
    Setting(80.0, 1.0, 1.0, 1.0),
]  # fmt: skip


def test_the_sliders_give_exactly_what_python_gives(
    run: Run, synthetic_run: Callable[..., Run], tmp_path: Path
) -> None:
    """Of a sweep, of one RTT, whose slopes are the round trips, of plain loopback, and of two kinds of link.

    The last sweep has few noisy blocks far away: near RTT 0 its intervals would reach below 0.
    """
    runs = (
        run,
        lab_run(synthetic_run, (20.0,), blocks=10),
        lab_run(synthetic_run, (0.03,), lab=False, blocks=10),
        lab_run(synthetic_run, (1.0, 20.0), links=("", "1 % lost"), blocks=8),
        lab_run(synthetic_run, (10.0, 12.0, 20.0), blocks=6, block_noise=0.8),
    )

    pages = [written(one, tmp_path / f"{number}.html") for number, one in enumerate(runs)]

    async def look(tab: Browser) -> None:
        for one, page in zip(runs, pages, strict=True):
            await compare(tab, one, page)

    visit(tmp_path, look)


async def compare(tab: Browser, run: Run, page: Path) -> None:
    summary = analyse(run)
    await tab.open(page)
    for number, group in enumerate(link_groups(summary)):
        await tab.value(f"document.getElementById('link').value = {number}")
        for setting in SETTINGS:
            values, text = json.loads(await tab.value(set_sliders(setting)))
            lines = [line_of(way, setting) for way in group.ways]
            assert [float(value) for value in values] == [line.time_at(setting.rtt_ms).value for line in lines if line]
            assert text == answer_at(summary, *group.sides, setting).text, (group.label, setting)


def test_the_sentence_changes_at_the_break_even(run: Run, page: Path, tmp_path: Path) -> None:
    """Kept connections: SMTP processes 1.5 ms faster and takes three round trips more, so they are level at 0.5 ms."""
    leads: dict[float, str] = {}

    async def look(tab: Browser) -> None:
        await tab.open(page)
        for rtt_ms in (0.0, 20.0, 80.0):
            await tab.value(set_sliders(Setting(rtt_ms, float("inf"), 1.0, 1.0)))
            leads[rtt_ms] = await tab.value("document.getElementById('lead').textContent")

    visit(tmp_path, look)
    assert leads == {
        0.0: "SMTP (aiosmtplib) is faster.",
        20.0: "API (httpx2) is faster.",
        80.0: "No recommendation.",
    }
