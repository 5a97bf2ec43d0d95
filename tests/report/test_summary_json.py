"""summary.json holds to its schema whatever the summary holds, and the schema refuses what is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from benchkit.model.load import LoadModel
from benchkit.model.metrics import COMPARED_BY
from benchkit.model.notice import Code, notice
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run, RunStatus
from benchkit.model.summary import ArmSummary, Contrast, Estimate, Summary, Verdict
from benchkit.model.trace import Phase
from benchkit.report.summary_json import schema, to_json
from benchkit.stats.analysis import analyse
from benchkit.store import load_run

SAMPLE = Path(__file__).parents[2] / "results" / "sample"
SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def check(document: dict[str, Any]) -> None:
    """Through text, as a reader gets it; raises on NaN and on what the schema refuses."""
    VALIDATOR.validate(json.loads(json.dumps(document, allow_nan=False)))


def broken(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(document))
    place: Any = copy
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


def described(node: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """Every key that the schema defines, and whether it says what the key means."""
    if isinstance(node, dict):
        for name, property_ in node.get("properties", {}).items():
            if "then" not in path:
                yield f"{path}/{name}", "description" in property_ or "const" in property_
        for name, child in node.items():
            yield from described(child, f"{path}/{name}")


def test_the_schema_is_a_schema_and_describes_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [path for path, description in described(SCHEMA) if not description] == []


def test_a_whole_summary_holds(quickstart: Summary) -> None:
    check(to_json(quickstart))


@pytest.mark.parametrize("load", list(LoadModel))
def test_what_the_statistics_give_holds(synthetic_run: Callable[..., Run], load: LoadModel) -> None:
    check(to_json(analyse(synthetic_run(times=(1.0, 2.0, 1.0), aa={2: 0}, load=str(load), failures={1: 0.1}))))


def test_the_sample_run_is_valid_and_its_summary_holds() -> None:
    check(to_json(analyse(load_run(SAMPLE))))
    stored = json.loads((SAMPLE / "summary.json").read_text("utf-8"))
    check(stored)
    assert stored["valid"]


def test_an_empty_invalid_run_holds(quickstart: Summary) -> None:
    check(
        to_json(
            replace(
                quickstart,
                valid=False,
                invalid_because=(notice(Code.NOTHING_ACCEPTED),),
                arms=(),
                contrasts=(),
                conditions=(),
            )
        )
    )


def test_unknowns_and_infinities_are_null(quickstart: Summary) -> None:
    none = Estimate(None)
    arm = replace(
        quickstart.arms[0], arrived=None, missing=None, duplicates=None, altered=None, turns=None, turns_to_close=None,
        service_ms={"p50": Estimate(float("inf"), 1.0, float("inf")), "p99": Estimate(None, needs=400)}, response_ms={},
        throughput_per_s=float("nan"), failure_rate=none,
    )  # fmt: skip
    contrast = replace(quickstart.contrasts[0], ratio=None, ci=None, shift_ms=none, p_value=float("nan"))
    document = to_json(replace(quickstart, arms=(arm,), contrasts=(contrast,)))
    check(document)
    shown = document["arms"][0]
    assert shown["service_ms"] == {"p50": None, "p90": None, "p95": None, "p99": None}
    assert shown["service_ms_ci"]["p50"] == [1.0, None]
    assert shown["service_ms_needs"] == {"p99": 400}
    assert shown["throughput_per_s"] is None


def test_the_shape_that_scripts_rely_on(quickstart: Summary) -> None:
    document = to_json(quickstart)
    assert document["arms"][0]["turns"] == {"min": 11, "median": 11, "max": 11, "mean": 11}
    assert document["arms"][0]["service_ms"]["p50"] == pytest.approx(2.1)
    assert document["contrasts"][1]["ci"] == [0.81, 0.88]
    assert document["contrasts"][1]["verdict"] == "FASTER"
    assert document["headline"].startswith("“smtp, reused” is 1.19× faster")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("valid",), ...),
        (("valid",), "yes"),
        (("schema",), 2),
        (("run",), ""),
        (("surprise",), 1),
        (("invalid_because",), ["valid and yet a reason"]),
        (("arms", 0, "accepted"), -1),
        (("arms", 0, "accepted"), 1.5),
        (("arms", 0, "service_ms", "p99"), ...),
        (("arms", 0, "service_ms", "p50"), "2.1 ms"),
        (("arms", 0, "phases_ms", "lunch"), 1.0),
        (("arms", 0, "outcomes", "lost"), 1),
        (("arms", 0, "turns"), {"min": 1}),
        (("contrasts", 0, "ci"), [1.0]),
        (("contrasts", 0, "ci"), [1.0, 2.0, 3.0]),
        (("contrasts", 0, "verdict"), "PROBABLY"),
        (("account", "missing"), None),
        (("conditions", 0, "rtt_ms"), ...),
    ],
)
def test_the_schema_refuses(quickstart: Summary, path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(ValidationError):
        check(broken(to_json(quickstart), path, value))


@pytest.mark.parametrize(
    ("names", "of_the_model"),
    [
        (SCHEMA["$defs"]["arm"]["properties"]["phases_ms"]["propertyNames"]["enum"], [phase.label for phase in Phase]),
        (
            SCHEMA["$defs"]["arm"]["properties"]["outcomes"]["propertyNames"]["enum"],
            [kind.label for kind in OutcomeKind],
        ),
        (SCHEMA["$defs"]["contrast"]["properties"]["verdict"]["enum"], list(Verdict)),
        (SCHEMA["$defs"]["contrast"]["properties"]["metric"]["enum"], list(COMPARED_BY.values())),
        (SCHEMA["properties"]["load_model"]["enum"], list(LoadModel)),
        (SCHEMA["properties"]["status"]["enum"], list(RunStatus)),
    ],
)
def test_the_schema_knows_the_models_names(names: list[str], of_the_model: list[str]) -> None:
    assert names == of_the_model


@pytest.mark.parametrize(("noun", "definition"), [(ArmSummary, "arm"), (Contrast, "contrast")])
def test_no_field_is_forgotten(noun: type, definition: str) -> None:
    assert {field.name for field in fields(noun)} <= SCHEMA["$defs"][definition]["properties"].keys()
