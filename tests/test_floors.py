"""The house's law: imports go only downward, and each heavy library has one home."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
PACKAGE = HOUSE / "benchkit"
FLOORS = (
    {"model", "errors", "clock", "registry"},
    {"scenario", "batch", "stats"},
    {"protocol", "providers"},
    {"transports", "sink", "lab", "resolver", "connect_probe", "store", "conditions"},
    {"experiment", "audit"},
    {"report", "plots"},
    {"cli", "notebook"},
    {"__main__", "__init__"},
)
HOMES = {
    "aiosmtplib": {"transports"},
    "httpx": {"transports"},
    "httpcore": {"transports"},
    "httpx2": {"transports"},
    "httpcore2": {"transports"},
    "h2": {"sink"},
    "hpack": {"protocol"},
    "aiohttp": {"transports"},
    "dns": {"resolver"},
    "pyarrow": {"store"},
    "matplotlib": {"plots"},
    "scipy": {"stats"},
    "typer": {"cli", "report"},
    "rich": {"cli", "report"},
    "pydantic": {"scenario"},
    "tomlkit": {"scenario"},
    "jinja2": {"batch", "report"},
    "trustme": {"sink"},
    "email_validator": {"audit"},
    "disposable_email_domains": {"audit"},
}
INNER_FLOORS = {
    "audit": (
        {"domain_name", "txt_size", "sending_identities"},
        {"tables"},
        {"records"},
        {"message", "zone_facts", "recipient_list"},
        {"spf", "dkim"},
        {"connect_options"},
        {"audit_context"},
        {"rule"},
        {"dmarc"},
        {"facts"},
        {"fixes"},
        {"receiver_judging", "reverse_judging", "spf_values"},
        {"checks"},
        {"lost_answers", "score", "not_checked", "sections", "recorded_options", "baseline"},
        {"engine"},
        {"__init__"},
    ),
}  # a room's own rooms and files, the lowest first; one may import what is below it, or itself
FLOOR_ZERO = {"model", "errors", "clock", "registry"}
SOURCES = sorted(PACKAGE.rglob("*.py"))
FILES = sorted(file for room in ("benchkit", "tests", "benchmarks", ".ci") for file in (HOUSE / room).rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


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


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_stay_at_home(path: Path) -> None:
    for module in imports_of(path):
        library = module.split(".")[0]
        assert room_of(path) in HOMES.get(library, {room_of(path)}), f"{module} in {path}"
        if room_of(path) in FLOOR_ZERO:
            assert library == "benchkit" or library in sys.stdlib_module_names, f"{module} on floor 0"


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
