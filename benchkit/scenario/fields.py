"""The kinds of value that keys of a scenario have: types, ranges and the shorthands that stand for a table or a list.

Law: one value at a time, strictly typed (`"5"` is not a number). Keys that must be given have empty defaults in the
forms and are listed in `required`, so that an incomplete form can still be checked for everything else.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag


def _declare_required(schema: dict[str, Any], form: type[Form]) -> None:
    if form.required:
        schema["required"] = list(form.required)
    if form.either:
        schema["anyOf"] = [{"required": [key]} for key in form.either]


class Form(BaseModel):
    """A table of the file; unknown keys are mistakes."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, json_schema_extra=_declare_required
    )
    required: ClassVar[tuple[str, ...]] = ()
    either: ClassVar[tuple[str, ...]] = ()  # one of these at least; a rule reports which


def _refuse_empty(value: object) -> object:
    if value == 0 and type(value) is int:
        raise ValueError("0 would be an empty batch: give at least 1")
    return value


PLAIN, TABLE, LIST = "<plain>", "<table>", "<list>"
TAGS = (PLAIN, TABLE, LIST)  # how pydantic tells a value from the shorthand for it


def table_or_plain(value: object) -> str:
    return TABLE if isinstance(value, dict | Form) else PLAIN


def list_or_plain(value: object) -> str:
    return LIST if isinstance(value, list) else PLAIN


_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
SELECTOR = rf"{_LABEL}(?:\.{_LABEL}){{0,10}}"
HOST_NAME = rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})+"
Line = Annotated[str, Field(min_length=1, max_length=998, pattern=r"^[^\x00-\x1f\x7f]*$")]  # RFC 5322 §2.1.1
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
FilePath = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")]
Count = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(_refuse_empty)]
Milliseconds = Annotated[float, Field(ge=0, le=600_000)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


def shaped(pattern: str, advice: str) -> Any:
    """A string of that shape; where it is not, `advice` says what it must be."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(advice)
        return value

    return AfterValidator(check)


def about(text: str) -> Any:
    return Field(description=text)


T = TypeVar("T")
Sweep = Annotated[
    Annotated[T, Tag(PLAIN)] | Annotated[list[T], Field(min_length=1), Tag(LIST)], Discriminator(list_or_plain)
]
