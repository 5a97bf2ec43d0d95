"""What a receiver's filter wrote into the mail: fields of SpamAssassin, rspamd and Microsoft → score and symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SCORE = re.compile(r"(?:score|hits)=(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_RSPAMD_SCORE = re.compile(r"\[(-?\d+(?:\.\d+)?) / (-?\d+(?:\.\d+)?)\]")
_RSPAMD_SYMBOL = re.compile(r"\b([A-Z][A-Z0-9_]{2,60})\((-?\d+(?:\.\d+)?)\)")
_TESTS = re.compile(r"tests=\[?([A-Za-z0-9_,=.\s-]*)")
_SCL = re.compile(r"\bSCL:(-?\d+)")
_BCL = re.compile(r"\bBCL:(\d+)")
MOST_SYMBOLS = 200


@dataclass(frozen=True, slots=True)
class SpamVerdict:
    """`filter` is whose it is; `score` in its own points, None where it gives none; `symbols` with points, 0 if not told."""

    filter: str = ""
    is_spam: bool | None = None
    score: float | None = None
    symbols: Mapping[str, float] | None = None


def read_spam_headers(fields: Mapping[str, str]) -> SpamVerdict:
    """`fields`: names in lower case → values, the uppermost of each name."""
    if "x-spamd-result" in fields or "x-rspamd-score" in fields:
        return _rspamd(fields)
    if "x-spam-status" in fields:
        return _spamassassin(fields)
    if "x-forefront-antispam-report" in fields or "x-microsoft-antispam" in fields:
        return _microsoft(fields)
    if "x-spam" in fields or "x-spam-flag" in fields:
        return SpamVerdict("", _yes(fields.get("x-spam") or fields.get("x-spam-flag", "")))
    return SpamVerdict()


def _rspamd(fields: Mapping[str, str]) -> SpamVerdict:
    text = fields.get("x-spamd-result", "")
    found, plain = _RSPAMD_SCORE.search(text), fields.get("x-rspamd-score", "")
    score = float(found[1]) if found else _number(plain)
    symbols = {name: float(points) for name, points in _RSPAMD_SYMBOL.findall(text)[:MOST_SYMBOLS]}
    marked = fields.get("x-spam") or fields.get("x-spam-flag")
    is_spam = _yes(marked) if marked else text.lower().startswith("default: true") if text else None
    return SpamVerdict("rspamd", is_spam, score, symbols)


def _spamassassin(fields: Mapping[str, str]) -> SpamVerdict:
    text = fields["x-spam-status"]
    found, tests = _SCORE.search(text), _TESTS.search(text)
    names = [each.strip() for each in tests[1].split(",") if each.strip()] if tests else []
    symbols = {
        name.partition("=")[0]: _number(name.partition("=")[2]) or 0.0
        for name in names[:MOST_SYMBOLS]
        if name != "none"
    }
    return SpamVerdict("SpamAssassin", _yes(text), float(found[1]) if found else None, symbols)


def _microsoft(fields: Mapping[str, str]) -> SpamVerdict:
    """SCL from -1 to 9; from 5 on it is spam (Microsoft, "Spam confidence level"). BCL is the bulk level."""
    text = f"{fields.get('x-forefront-antispam-report', '')} {fields.get('x-microsoft-antispam', '')}"
    scl, bcl = _SCL.search(text), _BCL.search(text)
    symbols = {"BCL": float(bcl[1])} if bcl else {}
    return SpamVerdict("Microsoft", int(scl[1]) >= 5 if scl else None, float(scl[1]) if scl else None, symbols)


def _yes(text: str) -> bool:
    return text.strip().lower().startswith(("yes", "true", "1"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
