"""Notices with words of a test's own, as a run records them."""

from __future__ import annotations

from benchkit.model.notice import Code, Notice, notice


def recorded(*said: str) -> tuple[Notice, ...]:
    return tuple(notice(Code.RECORDED, text=one) for one in said)
