"""The certificate of benchkit's measurement on this machine: stored in the results folder, named by every run in it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from benchkit import __version__
from benchkit.errors import InputError, Mistake
from benchkit.model.certificate import Certificate
from benchkit.store import write_text

FILE = "certificate.json"


def check_room(results: Path) -> None:
    """Raises InputError if a certificate could not be stored: better before the minutes of measurement than after."""
    try:
        results.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=results):
            pass
    except OSError as error:
        problem = f"no certificate can be stored there: {error.strerror}; name another folder with --out"
        raise InputError(Mistake(str(results), problem)) from error


def store_certificate(certificate: Certificate, results: Path) -> Path:
    """Stores it in a folder that `check_room` has checked. Raises StoreError."""
    document = asdict(certificate) | {"passed": certificate.passed}
    write_text(results / FILE, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return results / FILE


def certificate_in_words(results: Path, host: Mapping[str, Any]) -> str:
    """The line for a run: when and how the machine was certified, or why not. A damaged file counts as no certificate."""
    try:
        stored = json.loads((results / FILE).read_text("utf-8"))
        created, known, passed = stored["created_utc"], stored["machine"], stored["passed"]
        checks = len(stored["checks"])
        created = datetime.fromisoformat(created).isoformat()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "none on this machine; benchkit certify makes one"
    if known != machine_of(host):
        return "none for this machine, kernel and version; benchkit certify makes one"
    return f"{checks} checks {'passed' if passed is True else 'made and NOT all passed'} on this machine, {created}"


def machine_of(host: Mapping[str, Any]) -> str:
    """From conditions.describe_host: a digest that differs by machine, kernel and benchkit version, and names none of them."""
    metadata = host.get("pyperf", {})
    about = (
        __version__,
        host.get("kernel"),
        host.get("python"),
        metadata.get("cpu_model_name"),
        metadata.get("cpu_count"),
    )
    return hashlib.blake2b(repr(about).encode(), digest_size=8).hexdigest()
