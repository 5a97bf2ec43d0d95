"""The page of a prediction in a real browser: no request, no violation of axe-core, and the numbers and words of Python."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from benchkit.profiles import load_profile, profile_names
from benchkit.profiles.computing import Computing
from benchkit.profiles.prediction import MailShape, TimeRange, Use, predict
from benchkit.report.content.prediction_page import predictions_page
from benchkit.report.content.prediction_sliders import KINDS, answers, kind_of, times_table, within_limits
from benchkit.report.html import to_html
from tests.peers.browser.chromium import Browser
from tests.peers.browser.test_page import TOO_WIDE, visit
from tests.peers.requirements import need_unpacked

BEGIN = MailShape(TimeRange(33.3, 33.3), 4321, 2, 7.5, 3)
# rtt, size, recipients, gap, batch: each a stop of its slider
SETTINGS = [
    *((rtt, 4000, 1, 15.0, 1) for rtt in (0.0, 0.5, 7.0, 33.3, 120.0, 300.0)),
    *((30.0, size, recipients, gap, batch) for size, recipients, gap, batch in product(
        (1000, 4321, 200_000, 10_000_000), (1, 100), (0.0, 10.0, 3600.0), (1, 50, 1000)
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "prediction.html"
    profiles = [load_profile(name) for name in profile_names()]
    path.write_text(to_html(predictions_page(profiles, BEGIN, Computing())), "utf-8")
    return path


def set_sliders(profile: int, setting: tuple[float, ...]) -> str:
    chosen = dict(
        zip(("rtt", "size", "recipients", "gap", "batch"), (f"{value:.12g}" for value in setting), strict=True)
    )
    return f"""document.getElementById("profile").value = "{profile}";
    for (const [id, stop] of Object.entries({json.dumps(chosen)})) {{
        const input = document.getElementById(id);
        input.value = input.dataset.stops.split(" ").indexOf(stop);
    }}
    form.dispatchEvent(new Event("input"));
    JSON.stringify([[...document.querySelectorAll("#predictions tbody tr")].filter((row) => !row.hidden)
                    .map((row) => [...row.cells].slice(1, 6).map((cell) => cell.textContent)),
                    [...document.querySelectorAll("#verdict p")].map((one) => one.textContent)])"""


def expected(name: str, setting: tuple[float, ...]) -> tuple[list[list[str]], list[str]]:
    rtt_ms, size, recipients, gap_s, batch = setting
    profile = load_profile(name)
    asked = MailShape(TimeRange(rtt_ms, rtt_ms), int(size), int(recipients), gap_s, int(batch))
    mail, _ = within_limits(profile, asked)
    times = predict(profile, mail, Computing())
    known = {(kind_of(time.transport, time.client), time.use) for time in times}
    order = [(kind, use) for kind in KINDS for use in Use]
    rows = [row for row, key in zip(times_table(mail, times).rows, order, strict=True) if key in known]
    return [[cell.text for cell in row[1:]] for row in rows], [block.text for block in answers(mail, times)]


def test_the_sliders_give_exactly_what_python_gives(page: Path, tmp_path: Path) -> None:
    async def look(tab: Browser) -> None:
        await tab.open(page)
        assert tab.requests == [page.as_uri()]
        for number, name in enumerate(profile_names()):
            for setting in SETTINGS[number % 3 :: 3]:
                rows, sentences = json.loads(await tab.value(set_sliders(number, setting)))
                assert (rows, sentences) == expected(name, setting), (name, setting)
        assert tab.errors == []

    visit(tmp_path, look)


def test_it_reads_without_a_script_and_on_a_phone_and_axe_finds_no_violation(page: Path, tmp_path: Path) -> None:
    axe = need_unpacked("npm", "node_modules", "axe-core", "axe.min.js").read_text("utf-8")

    async def look(tab: Browser) -> None:
        verdicts = []
        for script in (True, False):
            await tab.open(page, script=script)
            verdicts.append(await tab.value("document.getElementById('verdict').textContent"))
        assert verdicts[0] == verdicts[1]
        for width, dark in ((1440, True), (360, False)):
            await tab.open(page, width=width, dark=dark)
            assert await tab.value("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
            assert await tab.value(TOO_WIDE) == [], f"a table's column is off the screen at {width} px"
            assert await tab.value("document.body.innerText.includes('`')") is False
            await tab.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            await tab.value(f"{axe}; 0")
            found = json.loads(await tab.value("axe.run().then((found) => JSON.stringify(found.violations))"))
            assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []

    visit(tmp_path, look)
