"""An arm's `options` as values: a list, a table, tracking. An API and its relay read them here, so that both say the same."""

from __future__ import annotations

from collections.abc import Mapping

_TRACKING = ("", "on", "off")


def options_list(written: str) -> list[str]:
    """An option that holds several values: `a, b`."""
    return [word.strip() for word in written.split(",") if word.strip()]


def options_table(written: str) -> dict[str, str]:
    """`key=value, key=value`. Raises ValueError."""
    pairs = [word.partition("=") for word in options_list(written)]
    if not all(equals for _, equals, _ in pairs):
        raise ValueError(f'{written!r} is not a list of values: write "key=value, key=value"')
    return {key.strip(): value.strip() for key, _, value in pairs}


def tracking_off(options: Mapping[str, str]) -> bool:
    """Raises ValueError for a value that would leave tracking as it is without a word."""
    tracking = options.get("tracking", "")
    if tracking not in _TRACKING:
        raise ValueError(f'tracking is "{tracking}": give "off", or leave it out')
    return tracking == "off"
