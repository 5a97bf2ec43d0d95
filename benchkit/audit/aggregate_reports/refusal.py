"""The reason, in one sentence, why a file is not a report or may not be read."""

from __future__ import annotations


class RefusedReport(ValueError):
    """The message is a sentence's end: "… holds a DTD, which a report never has"."""
