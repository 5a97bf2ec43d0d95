"""Which options have an effect only beside others, for every verb, as one table that is checked before a verb runs.

An option without effect is an error: it would answer another question than the user asked. What depends on an option's value,
or on a file, is checked by the verb itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from typer.core import TyperCommand

from benchkit.errors import InputError, Mistake

Typed = frozenset[str]  # options as typed, "--json"; arguments by their name in --help, "RUN"


@dataclass(frozen=True, slots=True)
class Needs:
    """Each of `options` has an effect only with one of `others`, or of `unless`, which may stand for them."""

    options: str
    others: str
    unless: str = ""

    def mistakes(self, verb: str, given: Typed) -> Iterator[Mistake]:
        if given.isdisjoint((*self.others.split(), *self.unless.split())):
            without = " or ".join(self.others.split())
            yield from (_no_effect(option, f"without {without}") for option in self.options.split() if option in given)


@dataclass(frozen=True, slots=True)
class NotWith:
    """Each of `options` has no effect with any of `others`."""

    options: str
    others: str

    def mistakes(self, verb: str, given: Typed) -> Iterator[Mistake]:
        beside = [other for other in self.others.split() if other in given]
        if beside:
            yield from (_no_effect(option, f"with {beside[0]}") for option in self.options.split() if option in given)


@dataclass(frozen=True, slots=True)
class OnlyWith:
    """With `form`, every other option than `taken` has no effect."""

    form: str
    taken: str

    def mistakes(self, verb: str, given: Typed) -> Iterator[Mistake]:
        if self.form in given:
            others = given - {self.form, *self.taken.split()}
            yield from (_no_effect(option, f"with {self.form}") for option in sorted(others))


@dataclass(frozen=True, slots=True)
class OneOf:
    """At most one of these is given."""

    options: str
    what: str = "format"

    def mistakes(self, verb: str, given: Typed) -> Iterator[Mistake]:
        chosen = [option for option in self.options.split() if option in given]
        if len(chosen) > 1:
            yield Mistake(verb, f"one {self.what} at a time: {' or '.join(chosen)}")


Rule = Needs | NotWith | OnlyWith | OneOf

_EMPTY, _OR_NOT = "is empty: give it a value", ", or leave it out"
_RUN_FORMATS = "--json --markdown --csv --junit --html"
_AUDIT_FORMATS = "--json --csv --markdown --junit --sarif"

RULES: Mapping[str, Sequence[Rule]] = {
    "report": (
        OneOf(_RUN_FORMATS),
        NotWith("--json --markdown --csv --junit", "--open"),  # which is --html, and more
        Needs("--strict", "--junit"),
        Needs("--out", "--html --open"),
        NotWith("--picture", f"{_RUN_FORMATS} --open --pooled --pyperf"),
        NotWith(f"{_RUN_FORMATS} --open --pooled", "--pyperf"),
        NotWith("--csv --junit", "--pooled"),
    ),
    "events": (Needs("--address --secret --url --for", "--listen"),),
    "compare": (
        OneOf("--json --markdown"),
        Needs("--pairs --out --send", "--rerun"),
        NotWith("--also-baseline --also-new", "--rerun"),
    ),
    "history": (OneOf("--json --markdown --html"),),
    "doctor": (
        Needs("--region --port --tls-port --ca-file --timeout --save", "--provider --host"),
        NotWith("--region", "--host"),
    ),
    "audit": (
        OneOf(_AUDIT_FORMATS),
        OnlyWith("--suggest", "DOMAIN --json"),
        OnlyWith(
            "--list", "--column --suppressed --keep --clean --rejected --zone --live --nameserver --json --fail-on"
        ),
        Needs("--column --suppressed --keep --clean --rejected", "--list"),
        Needs("--helo --mail-from", "--ip", unless="--replay"),  # a recording has options of its own
        Needs("--allow-private", "--connect --authorities", unless="--replay"),
        Needs("--reports-password", "--reports"),
        NotWith("--connect", "--replay"),
        NotWith("--verbose", _AUDIT_FORMATS),
    ),
    "predict": (OneOf("--json --html"),),
    "schema": (OneOf("--summary --events --prediction", "schema"),),
    "sink": (OnlyWith("--scenario", "--secret --ca-file"),),
}


class CheckedCommand(TyperCommand):
    """A verb whose options are checked against its rules before it is called."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:  # a shell that completes words
            typed = self.make_parser(ctx).parse_args(args=list(args))[0]
            refuse_empty_values(self, typed)
            refuse_no_numbers(
                self, typed, only_with_limits=True
            )  # typer would name the limit, which is not what is wrong
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        given = _given(self, ctx)
        refuse_no_numbers(self, ctx.params)
        refuse_idle_options(str(self.name), given)
        return super().invoke(ctx)


def refuse_empty_values(command: TyperCommand, typed: Mapping[str, Any]) -> None:
    """`typed`: as on the command line, by parameter; a path would be made of it already, and an empty path is this folder.

    Raises InputError: `--ip "$IP"` with no such variable would do the same as no `--ip`, and would not say so.
    """
    empty = [each for each in command.params if _is_empty(typed.get(str(each.name)))]
    if empty:
        raise InputError(*(Mistake(spelled(each), _EMPTY + (_OR_NOT if not each.required else "")) for each in empty))


def _is_empty(value: Any) -> bool:
    """Of an option that may be given again, any of its values."""
    return value == "" or (isinstance(value, list | tuple) and "" in value)


def refuse_no_numbers(command: TyperCommand, values: Mapping[str, Any], *, only_with_limits: bool = False) -> None:
    """Raises InputError: "nan" passes every comparison with a limit, and "inf" is an end that never comes."""
    asked = [each for each in command.params if not only_with_limits or _has_limits(each)]
    wrong = [each for each in asked if _is_endless(values.get(str(each.name)), as_text=only_with_limits)]
    if wrong:
        raise InputError(*(Mistake(spelled(each), "must be a finite number") for each in wrong))


def _has_limits(parameter: Any) -> bool:
    return getattr(parameter, "min", None) is not None or getattr(parameter, "max", None) is not None


def _is_endless(value: Any, *, as_text: bool) -> bool:
    """`as_text`: a number as typed counts too. Of an option that may be given again, any of its values."""
    if isinstance(value, list | tuple):
        return any(_is_endless(each, as_text=as_text) for each in value)
    try:
        number = float(value) if as_text and isinstance(value, str) else value
    except ValueError:
        return False
    return isinstance(number, float) and not isfinite(number)


def refuse_idle_options(verb: str, given: Typed) -> None:
    """Raises InputError with every option that would have no effect."""
    mistakes = dict.fromkeys(mistake for rule in RULES.get(verb, ()) for mistake in rule.mistakes(verb, given))
    if mistakes:
        raise InputError(*mistakes)


def spelled(parameter: Any) -> str:
    """An option by its long form, an argument by its name in --help."""
    if parameter.param_type_name == "argument":
        return str(parameter.make_metavar(None) if parameter.metavar is None else parameter.metavar)
    return str(next(name for name in parameter.opts if name.startswith("--")))


def _given(command: TyperCommand, ctx: Any) -> Typed:
    """What stands on the command line; a default or an environment variable is not given there."""
    typed = (ctx.get_parameter_source(parameter.name) for parameter in command.params)
    return frozenset(
        spelled(parameter)
        for parameter, source in zip(command.params, typed, strict=True)
        if source is not None and source.name == "COMMANDLINE"
    )


def _no_effect(option: str, where: str) -> Mistake:
    return Mistake(option, f"has no effect {where}: leave it out")
