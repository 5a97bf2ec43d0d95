"""Revealing a secret where it is needed, and only there. No message of this file can contain one."""

from __future__ import annotations

import netrc
import re
from collections.abc import Mapping
from pathlib import Path

from benchkit.errors import InputError, Mistake
from benchkit.model.secret import Secret, SecretRef

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def reveal(ref: SecretRef, environ: Mapping[str, str]) -> Secret:
    """The secret that `ref` names; InputError naming the place if there is none, or none that can be sent."""
    value = {"env": _from_env, "file": _from_file, "netrc": _from_netrc}[ref.source](ref.name, environ)
    if not value:
        raise _unusable(f"{ref.source} {ref.name}", "the secret there is empty")
    if value[-1] in "\r\n":
        raise _unusable(f"{ref.source} {ref.name}", "the secret there ends with a line break: set it without one")
    if _CONTROL.search(value):  # would end a line of SMTP or a field of HTTP
        raise _unusable(f"{ref.source} {ref.name}", "the secret there contains a control character: set it without")
    return Secret(value)


def reveal_key(ref: SecretRef, environ: Mapping[str, str]) -> Secret:
    """A private key in PEM; in an environment variable `\\n` may stand between its lines, as some CI systems keep it."""
    value = {"env": _from_env, "file": _from_file}[ref.source](ref.name, environ)
    return Secret(value if "\n" in value else value.replace("\\n", "\n"))


def _from_env(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise _unusable(f"env {name}", "no such environment variable: set it to the secret")
    return environ[name]


def _from_file(name: str, environ: Mapping[str, str]) -> str:
    try:
        return Path(name).read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise _unusable(f"file {name}", "is not UTF-8 text") from None
    except OSError as error:
        raise _unusable(f"file {name}", f"cannot be read: {error.strerror}") from None


def _from_netrc(host: str, environ: Mapping[str, str]) -> str:
    """`NETRC` names the file, as curl and requests have it; else ~/.netrc."""
    path = Path(environ.get("NETRC") or Path(environ.get("HOME", "~"), ".netrc")).expanduser()
    try:
        entry = netrc.netrc(path).authenticators(host)
    except OSError as error:
        raise _unusable(f"netrc {host}", f"{path} cannot be read: {error.strerror}") from None
    except (netrc.NetrcParseError, UnicodeDecodeError):  # their text may quote what the file holds
        raise _unusable(f"netrc {host}", f"{path} is not a valid netrc file") from None
    if entry is None:
        raise _unusable(f"netrc {host}", f"{path} has no entry for this host")
    return entry[2] or ""


def _unusable(where: str, message: str) -> InputError:
    return InputError(Mistake(where, message))
