"""What is no report, or may not be read: said in one sentence."""

from __future__ import annotations


class RefusedReport(ValueError):
    """The message is a sentence's end: "… holds a DTD, which a report never has"."""
