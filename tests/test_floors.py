"""Imports go only downward between floors, however they are written, and each library has its home rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
PACKAGE = HOUSE / "benchkit"
FLOORS = (
    {"errors", "model"},
    {"events"},
    {"scenario", "batch", "stats"},
    {"protocol", "providers"},
    {"transports", "sink", "resolver", "store", "profiles"},
    {"experiment", "audit"},
    {"report", "plots"},
    {"notebook"},
    {"cli"},
    {"__main__", "__init__", "testing"},
)
MOST_ROOMS = 20
LARGEST_PLAIN_ROOM = 0.2  # of all code: a larger room has rooms of its own
HOMES = {  # every library that is not Python's own; a second room only where the first one's words are not its own
    "aiohttp": {"transports"},
    "aiosmtplib": {"transports"},
    "anyio": {"transports"},
    "cryptography": {"audit", "protocol", "events"},  # keys of DKIM, certificates
    "disposable_email_domains": {"audit"},
    "dns": {"resolver"},
    "email_validator": {"audit"},
    "h2": {"sink"},
    "hpack": {"protocol"},
    "httpcore": {"transports"},
    "httpcore2": {"transports"},
    "httptools": {"protocol", "sink", "events"},  # responses, requests
    "httpx": {"transports"},
    "httpx2": {"transports"},
    "hypothesis": {"testing"},
    "idna": {"audit", "batch"},  # domains, addresses
    "jinja2": {"batch", "report"},
    "jupyter_client": {"notebook"},
    "matplotlib": {"plots", "testing"},
    "nbclient": {"notebook"},
    "nbformat": {"notebook"},
    "numpy": {"store", "stats", "plots", "testing"},  # what a table's columns are
    "publicsuffixlist": {"audit"},
    "pyarrow": {"store"},
    "pydantic": {"scenario"},
    "pydantic_core": {"scenario"},
    "pyperf": {"experiment", "report"},  # facts of the host; its own file format
    "pytest": {"testing"},
    "python_multipart": {"providers"},
    "rich": {"cli", "report"},
    "scipy": {"stats"},
    "tomlkit": {"scenario"},
    "trustme": {"sink"},
    "typer": {"cli", "report"},
    "uvloop": {"cli", "experiment", "testing"},  # where an event loop begins
    "yarl": {"transports"},
}
COMPUTED = {  # files that import what they are told, and which modules that may be
    "__init__.py": ("benchkit.notebook.opening",),
    "model/registry.py": (),  # what the rooms above it name
    "transports/api_httpx.py": ("httpcore", "httpcore2", "httpx", "httpx2"),
}
INNER_FLOORS = {
    "audit": (
        {"domain_name", "txt_size", "sending_identities", "connect_probe"},
        {"tables"},
        {"records"},
        {"message", "zone_facts", "recipient_list", "aggregate_reports"},
        {"spf", "dkim"},
        {"audit_context"},
        {"rule"},
        {"dmarc"},
        {"facts"},
        {"fixes"},
        {"receiver_judging", "reverse_judging", "spf_values"},
        {"checks"},
        {"causes", "aspects", "unanswered", "score", "not_checked", "sections", "recorded_options", "baseline"},
        {"engine"},
        {"__init__"},
    ),
    "events": (
        {"comments", "reasons", "html_tokens", "machine_agents", "mail_content", "report_fields"},
        {"authentication_results", "bounce_prose", "disposition", "html_reading", "received_path", "spam_headers"},
        {"webhooks"},
        {"bounce_mail"},
        {"changes", "event_rows"},
        {"placement"},
        {"path_verdict"},
        {"mailboxes", "webhook_receiver"},
        {"__init__"},
    ),
    "experiment": (
        {"__init__"},
        {"conditions", "lab", "receiving_lab"},
        {"paces", "process"},
        {"plan"},
        {"worker"},
        {"parent"},
        {"certify"},
    ),
}  # a room's own rooms and files, the lowest first; one may import what is below it, or itself
FLOOR_ZERO = {"errors", "model"}
SOURCES = sorted(PACKAGE.rglob("*.py"))
FILES = sorted(file for room in ("benchkit", "tests", "benchmarks", ".ci") for file in (HOUSE / room).rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that the file names: absolute, relative, a package's submodule by its name, and by importlib."""
    return imported_by(path.read_text("utf-8"), path)


def imported_by(source: str, path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, path)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names if _is_module(f"{module}.{alias.name}"))
        elif isinstance(node, ast.Call):
            yield from _by_importlib(node, path)


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    """`from ..stats import mean` in plots/ecdf.py is benchkit.stats."""
    if not node.level:
        return node.module or ""
    here = ("benchkit", *path.relative_to(PACKAGE).parent.parts)
    return ".".join([*here[: len(here) - node.level + 1], *([node.module] if node.module else [])])


def _is_module(name: str) -> bool:
    """Of this package: a name imported from a package may be a module of it."""
    file = HOUSE.joinpath(*name.split("."))
    return name.startswith("benchkit.") and (file.is_dir() or file.with_suffix(".py").is_file())


def _by_importlib(call: ast.Call, path: Path) -> Iterator[str]:
    """`import_module("x")` and `__import__("x")`; a name that is computed must be in COMPUTED."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called not in ("import_module", "__import__"):
        return
    name = call.args[0] if call.args else None
    if isinstance(name, ast.Constant):
        yield str(name.value)
        return
    file = str(path.relative_to(PACKAGE))
    assert file in COMPUTED, f"{file} imports a module whose name it computes"
    yield from COMPUTED[file]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_only_downward(path: Path) -> None:
    room = room_of(path)
    for module in imports_of(path):
        if module.startswith("benchkit."):
            other = module.split(".")[1]
            below = floor_of(other) < floor_of(room)
            together = other == room or {other, room} <= FLOOR_ZERO
            assert below or together, f"{room} imports {module}"


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if room_of(path) in INNER_FLOORS], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_imports_inside_a_room_go_only_downward(path: Path) -> None:
    room, inner = room_of(path), path.relative_to(PACKAGE).parts[1].removesuffix(".py")
    floors = {name: number for number, names in enumerate(INNER_FLOORS[room]) for name in names}
    for module in imports_of(path):
        if module.startswith(f"benchkit.{room}."):
            other = module.split(".")[2]
            assert other == inner or floors[other] < floors[inner], f"{room}/{inner} imports {module}"


def test_no_folder_holds_a_cycle() -> None:
    """Whatever lies beside each other in a folder, at any depth, can be put in an order in which imports go downward."""
    for folder, imports in _neighbours().items():
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:
            pytest.fail(f"benchkit/{folder}: {' imports '.join(reversed(error.args[1]))}")


def _neighbours() -> dict[str, dict[str, set[str]]]:
    """Folder → each file or folder in it → those beside it that it imports."""
    beside: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in SOURCES:
        here = path.relative_to(PACKAGE).with_suffix("").parts
        for module in imports_of(path):
            there = module.split(".")[1:]
            depth = next((n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), None)
            if module.startswith("benchkit.") and depth is not None:
                beside["/".join(here[:depth])][here[depth]].add(there[depth])
    return beside


def test_a_stranger_finds_at_most_twenty_rooms_and_none_is_a_warehouse() -> None:
    rooms = {room_of(path) for path in SOURCES} - {"__main__", "__init__"}
    assert len(rooms) <= MOST_ROOMS
    lines = {room: sum(_lines(path) for path in SOURCES if room_of(path) == room) for room in rooms}
    large = {room for room in rooms if lines[room] > LARGEST_PLAIN_ROOM * sum(lines.values())}
    assert {room for room in large if not _has_inner_rooms(PACKAGE / room)} == set()


def _lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def _has_inner_rooms(room: Path) -> bool:
    return any(child.name != "__pycache__" for child in room.iterdir() if child.is_dir())


@pytest.mark.parametrize("path", sorted((PACKAGE / "report/content").glob("*.py")), ids=lambda path: path.name)
def test_the_content_of_a_report_knows_no_form(path: Path) -> None:
    known = ("benchkit.report.content", "benchkit.report.numbers")
    forms = [name for name in imports_of(path) if name.startswith("benchkit.report.") and not name.startswith(known)]
    assert forms == [] and "rich" not in {name.split(".")[0] for name in imports_of(path)}  # noqa: PT018


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_stay_at_home(path: Path) -> None:
    for module in imports_of(path):
        library = module.split(".")[0]
        if library in ("benchkit", "__future__") or library in sys.stdlib_module_names:
            continue
        assert library in HOMES, f"{module} in {path} has no home: add it to HOMES"
        assert room_of(path) in HOMES[library], f"{module} in {path}, at home in {HOMES[library]}"


@pytest.mark.parametrize(
    ("source", "file", "expected"),
    [
        ("from ..stats import mean", "plots/ecdf.py", ["benchkit.stats", "benchkit.stats.mean"]),
        ("from . import style", "plots/ecdf.py", ["benchkit.plots", "benchkit.plots.style"]),
        ("from .style import link", "plots/ecdf.py", ["benchkit.plots.style"]),
        ("from . import meta", "audit/dmarc/walk.py", ["benchkit.audit.dmarc"]),
        ("from ...cli import main", "audit/dmarc/walk.py", ["benchkit.cli", "benchkit.cli.main"]),
        ("from benchkit import cli, __version__", "plots/ecdf.py", ["benchkit", "benchkit.cli"]),
        ("import importlib\nimportlib.import_module('scipy.stats')", "plots/ecdf.py", ["importlib", "scipy.stats"]),
        ("def f():\n    return __import__('httpx')", "plots/ecdf.py", ["httpx"]),
        ("import_module(name)", "transports/api_httpx.py", ["httpcore", "httpcore2", "httpx", "httpx2"]),
    ],
)
def test_no_import_escapes(source: str, file: str, expected: list[str]) -> None:
    assert list(imported_by(source, PACKAGE / file)) == expected


def test_a_computed_import_is_refused_where_nothing_says_what_it_may_be() -> None:
    with pytest.raises(AssertionError, match="whose name it computes"):
        list(imported_by("import_module('scip' + 'y')", PACKAGE / "plots/ecdf.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_file_is_one_room_and_its_head_states_its_law(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 300, f"{path} has outgrown one room"
    assert ast.get_docstring(ast.parse(text)), f"{path} has no head"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("benchkit.cli.main", {"httpx", "matplotlib", "scipy", "pyarrow", "pydantic", "aiosmtplib", "numpy"}),
        ("benchkit.store", {"httpx", "aiosmtplib", "matplotlib"}),
        ("benchkit.stats", {"scipy", "matplotlib"}),
        ("benchkit.audit", {"httpx", "matplotlib", "aiosmtplib"}),
        ("benchkit.plots.rendering", {"httpx", "aiosmtplib"}),
    ],
)
def test_what_a_verb_does_not_need_is_not_loaded(module: str, absent: set[str]) -> None:
    code = f"import {module}, sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(done.stdout.split())
