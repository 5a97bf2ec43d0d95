"""Files → attachments. The type comes from a table of our own: the operating system's differs from machine to machine.

An attachment whose file name the html names as `cid:FILENAME` is inline: its content id is its file name (providers that
take no other content id, as Mailgun, so deliver the same mail). Inline ones go first, as they do in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchkit.errors import Mistake
from benchkit.model.message import Attachment

_CID = re.compile(r"""["'(]cid:([A-Za-z0-9.@_+-]+)["')]""")
_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gif": "image/gif",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


def read_attachments(paths: Sequence[Path], mistakes: list[Mistake]) -> tuple[Attachment, ...]:
    """Those that can be read; what is wrong is added to `mistakes`."""
    attachments = []
    for path in paths:
        try:
            content_type = _TYPES.get(path.suffix.lower(), "application/octet-stream")
            attachments.append(Attachment(path.name, content_type, path.read_bytes()))
        except OSError as error:
            mistakes.append(Mistake(str(path), f"cannot be attached: {error.strerror}"))
    return tuple(attachments)


def arrange(attachments: tuple[Attachment, ...], html: str) -> tuple[Attachment, ...]:
    """Inline ones first, with their content id; raises ValueError where the html names one that is not there."""
    named = set(_CID.findall(html))
    if missing := named - {part.name for part in attachments}:
        raise ValueError(f"the html shows cid:{min(missing)}, and no attachment has that file name")
    inline = (replace(part, content_id=part.name) for part in attachments if part.name in named)
    return (*inline, *(part for part in attachments if part.name not in named))
