"""benchkit: one identical batch of mail through SMTP and through an HTTP API, every round trip counted.

In Python and in notebooks: `benchkit.open_run()`, `benchkit.runs("results/")`, `benchkit.audit("shop.example")`. They load when
they are first used, because every verb of the command line imports this file.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchkit.notebook.comparisons import compare as compare
    from benchkit.notebook.histories import history as history
    from benchkit.notebook.opening import open_run as open_run
    from benchkit.notebook.opening import runs as runs
    from benchkit.notebook.shipped import shipped as shipped

__version__ = "0.1.0"
__all__ = ["__version__", "audit", "compare", "history", "open_run", "runs", "shipped"]

_LOADED_LATER = {
    "compare": "benchkit.notebook.comparisons",
    "history": "benchkit.notebook.histories",
    "open_run": "benchkit.notebook.opening",
    "runs": "benchkit.notebook.opening",
    "shipped": "benchkit.notebook.shipped",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "audit":
        return import_module("benchkit.audit")
    if name in _LOADED_LATER:
        return getattr(import_module(_LOADED_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _AuditRoom(ModuleType):
    """The package benchkit.audit, which can also be called: `benchkit.audit("shop.example")`."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        from benchkit.notebook.audits import audit

        return audit(*args, **options)


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        """Python sets a package's attribute when it has loaded a part of it (importlib, "submodules")."""
        if name == "audit" and isinstance(value, ModuleType):
            value.__class__ = _AuditRoom
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
