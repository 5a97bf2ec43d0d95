"""A deliberately wrong implementation, the right one that it was made of, and the test of a suite that must catch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchkit.testing.suite import Suite


@dataclass(frozen=True, slots=True)
class Mutant:
    """`wrong` and `right` are cases of the suite; the test must fail on the one and pass on the other."""

    fault: str
    suite: type[Suite]
    caught_by: str
    wrong: Any
    right: Any

    @property
    def label(self) -> str:
        return f"{self.right.label}: {self.fault}"

    def try_on(self, case: Any) -> None:
        getattr(self.suite(), self.caught_by)(case=case)


class Altered:
    """The real thing with some of its attributes replaced: `Altered(mailgun, default_host="https://x.example")`."""

    def __init__(self, real: Any, **replaced: Any) -> None:
        self.__dict__.update(replaced, _real=real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._real(*arguments, **named)
