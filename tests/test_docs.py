"""The manual is tested: links, sections, rooms, contracts, commands and terms are all there, and examples load."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rich.console import Console

from benchkit.cli.names import known_names
from benchkit.model.contracts import StoredTemplateProvider, TemplateProvider
from benchkit.notebook.run_html import deliverability_part
from benchkit.plots import PLOTS
from benchkit.providers import PROVIDERS
from benchkit.report.content.full_page import full_page
from benchkit.report.content.summary_page import page_of
from benchkit.report.html import to_html
from benchkit.report.markdown import to_markdown
from benchkit.report.terminal import render
from benchkit.scenario import load
from benchkit.stats import STATISTICS
from benchkit.stats.analysis import analyse
from benchkit.stats.proportion import wilson
from benchkit.stats.rate_contrasts import rate_contrast
from benchkit.store import load_run
from benchkit.transports import TRANSPORTS
from tests.test_floors import FLOORS

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"method\.md,? §(\d+)(?:(?:,| and) §(\d+))?")
ROOMS = ("benchkit", "tests", "scenarios", "docs", "notebooks", "benchmarks")
WRITTEN = (".py", ".toml", ".md", ".ipynb")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("scenarios/*.md")])
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def test_every_section_of_the_method_that_is_named_is_there() -> None:
    sections = re.findall(r"^## (\d+)\.", (ROOT / "docs/method.md").read_text("utf-8"), re.MULTILINE)
    named = {
        (section, path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in WRITTEN
        for sections_of_one in NAMED.findall(path.read_text("utf-8"))
        for section in sections_of_one
        if section
    }
    assert len(named) > len(sections)
    assert {(section, path) for section, path in named if section not in sections} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = CODE_BLOCK.sub("", page.read_text("utf-8"))
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    relative = [link for link in links if link and "://" not in link and not link.startswith("mailto:")]
    assert [link for link in relative if not (page.parent / link).exists()] == []


def test_every_page_is_listed_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in ROOT.glob("docs/*.md") if f"docs/{page.name}" not in readme] == []


def test_every_room_is_on_the_map() -> None:
    """A new room needs a row in docs/architecture.md, and a box in docs/architecture.svg."""
    rows = "\n".join(line for line in _page("architecture").splitlines() if line.startswith("|"))
    rooms = {room for floor in FLOORS for room in floor if not room.startswith("__")}
    assert sorted(room for room in rooms if f"`{room}`" not in rows) == []


def test_every_contract_has_its_paragraph() -> None:
    tree = ast.parse((ROOT / "benchkit/model/contracts.py").read_text("utf-8"))
    contracts = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert sorted(name for name in contracts if not re.search(rf"\b{name}\b", _page("contracts"))) == []


def test_the_table_of_clients_is_what_they_offer() -> None:
    found = {name: _offers_in_words(name) for name in TRANSPORTS.names()}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in _page("scenario").splitlines() if "|" in line
    ]
    by_name = {
        f"{row[1]}_{row[0].strip('`')}": row[3:] for row in rows if len(row) == 8 and row[1] in ("smtp", "api", "null")
    }
    assert by_name == found


def _offers_in_words(name: str) -> list[str]:
    offers = TRANSPORTS[name].offers
    names = [" ".join(f"`{each}`" for each in group) for group in (offers.securities, offers.logins, offers.dialogues)]
    return [*names, *("yes" if able else "no" for able in (offers.dsn, offers.batches))]


@pytest.mark.parametrize(("page", "names"), [("notebooks", PLOTS.names()), ("method", STATISTICS.names())])
def test_every_registered_name_has_a_row(page: str, names: tuple[str, ...]) -> None:
    rows = [line for line in _page(page).splitlines() if line.startswith("| `")]
    first = " ".join(line.split("|")[1] for line in rows)
    assert [name for name in names if f"`{name}`" not in first] == [], f"add a row to a table of docs/{page}.md"


def test_every_term_of_the_glossary_stands_once() -> None:
    terms = re.findall(r"^\| ([^|]+?) \|", _page("glossary"), re.MULTILINE)
    terms = [term for term in terms if term not in ("term", "---")]
    assert len(terms) > 60
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    from benchkit.cli.main import app

    verbs = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    assert verbs
    assert [verb for verb in verbs if not re.search(rf"`(benchkit )?{verb}\b", readme)] == []


def test_the_scenario_of_the_first_steps_loads(tmp_path: Path) -> None:
    whole = re.search(r"```toml\n(name = .*?)```", _page("first-steps"), re.DOTALL)
    assert whole is not None
    path = tmp_path / "shop.toml"
    path.write_text(whole[1], "utf-8")
    assert len(load(path, known_names()).arms) == 4


def _page(name: str) -> str:
    return (ROOT / f"docs/{name}.md").read_text("utf-8")


CLAIM = re.compile(
    r"inbox(?:ing)?[ -](?:rate|placement|score|percentage)|deliverability (?:rate|score)|rate of inbox|"
    r"(?:land|arrive|end)s? in the inbox of|% (?:in|reach(?:es)?) (?:the )?inbox(?:es)?\b",
    re.IGNORECASE,
)
TEXTS = ("*.md", "docs/*", "notebooks/*", "scenarios/**/*", "results/**/*.json", *(f"{room}/**/*" for room in ROOMS))


def written_texts() -> list[Path]:
    """Every text that comes with benchkit: code, docs, pictures, notebooks, scenarios, schemas, scripts and styles of pages."""
    found = {
        path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(path for path in found if path.suffix not in (".parquet", ".png", ".pdf") and path != Path(__file__))


def test_no_text_claims_a_rate_of_inboxes() -> None:
    """What test mailboxes show is a verdict of content and authentication; reputation is not measured."""
    kinds = {path.suffix for path in written_texts()}
    assert {".py", ".md", ".ipynb", ".json", ".toml", ".html", ".js", ".css", ".svg"} <= kinds
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in written_texts()
        for match in CLAIM.finditer(path.read_bytes().decode("utf-8", "replace"))
    }
    assert found == set()


def test_what_is_printed_of_mailboxes_names_whose_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """On the screen, in Markdown, on the page and in the notebook's part: the tester's own, and nothing of others."""
    run = load_run(ROOT / "results" / "sample-deliverability")
    summary = analyse(run)
    render(summary, Console(width=300))
    shown = {
        "screen": capsys.readouterr().out,
        "markdown": to_markdown(page_of(summary)),
        "page": re.sub(r"<[^>]+>", " ", to_html(full_page(summary, run))),
        "notebook": re.sub(r"<[^>]+>", " ", deliverability_part(summary)._repr_html_()),
    }
    for form, text in shown.items():
        plain = " ".join(text.split())
        assert "your test mailboxes" in plain, form
        assert "depends on your reputation" in plain, form
        assert not CLAIM.search(plain), form


@pytest.mark.parametrize(("code", "name"), [(5, "INVALID_RUN"), (99, "THRESHOLD_CROSSED")])
def test_the_readme_names_every_verb_that_ends_with_a_code(code: int, name: str) -> None:
    text = (ROOT / "README.md").read_text("utf-8").replace("\n", " ")
    found = re.search(r"Code 5 comes from (?P<c5>[^.]*), 99 from (?P<c99>[^.]*)\.", text)
    assert found
    named = {word.split()[0] for word in re.findall("`([^`]+)`", found[f"c{code}"])}
    verbs = {
        path.stem for path in (ROOT / "benchkit/cli").glob("*.py") if f"ExitCode.{name}" in path.read_text("utf-8")
    }
    assert named == {"run" if verb == "answer" else verb for verb in verbs} | {"run"}  # answer.py has the code of a run


def test_the_copies_that_two_arms_without_a_loss_need_are_those_that_the_report_says() -> None:
    nothing_lost = wilson(100, 100, 0.95)
    needed = rate_contrast("delivered", ("a", nothing_lost), ("b", nothing_lost), 0.95).needed
    assert f"lose nothing need about {needed} " in (ROOT / "docs/events.md").read_text("utf-8")


def test_the_scenario_page_names_the_apis_whose_requests_hold_no_template() -> None:
    """There `render = "provider"` means `"stored"`, also with several messages a request."""
    batches = [
        (name, PROVIDERS[name]) for name in PROVIDERS.names() if isinstance(PROVIDERS[name], StoredTemplateProvider)
    ]
    without = [name for name, provider in batches if not isinstance(provider, TemplateProvider)]
    found = re.search(r"^([\w, ]+) take no template in a request of several messages", _page("scenario"), re.MULTILINE)
    assert found is not None
    assert sorted(found[1].lower().replace(" and ", ", ").split(", ")) == sorted(without)
    for name in PROVIDERS.names():
        section = _page("provider-apis").partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
        assert ('`render = "provider"` means `"stored"` here' in " ".join(section.split())) == (name in without), name
