"""Files → attachments. The type comes from a table of our own: the operating system's differs from machine to machine.

An attachment whose file name the html names as `cid:FILENAME` is inline: its content id is its file name (providers that
take no other content id, as Mailgun, so deliver the same mail). Inline ones go first, as they do in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchkit.batch.limits import MAX_FILE_BYTES, OUTSIDE
from benchkit.batch.line_templates import rendered_line
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


CANNOT = "cannot be attached"


class AttachmentFiles:
    """The files of a batch, each read once. A path may be a template of a row's columns: each row then has its own."""

    def __init__(self, paths: Sequence[Path], mistakes: list[Mistake], root: Path | None = None) -> None:
        """What is wrong with a path that is no template is added to `mistakes`. `root`: links may not lead out of it."""
        self._paths = paths
        self._root = root
        self._read: dict[str, Attachment] = {}
        for path in paths:
            if "{{" not in str(path) and "{%" not in str(path):
                try:
                    self._attachment(str(path))
                except ValueError as error:
                    mistakes.append(Mistake(str(path), str(error)))

    def of(self, variables: Mapping[str, Any]) -> tuple[Attachment, ...]:
        """One message's; a file name that is empty attaches nothing. Raises ValueError where a file cannot be read."""
        named = (rendered_line(str(path), variables, "attachments") for path in self._paths)
        return tuple(self._of_a_row(Path(path)) for path in named if not path.endswith("/"))

    def _of_a_row(self, path: Path) -> Attachment:
        try:
            return self._attachment(str(path))
        except ValueError as error:
            raise ValueError(f"{path} {error}") from error

    def _attachment(self, path: str) -> Attachment:
        if path not in self._read:
            file = Path(path)
            content_type = _TYPES.get(file.suffix.lower(), "application/octet-stream")
            try:
                if file.stat().st_size > MAX_FILE_BYTES:
                    raise ValueError(f"{CANNOT}: it has more than {MAX_FILE_BYTES:,} bytes")
                if self._root is not None and not file.resolve().is_relative_to(self._root):
                    raise ValueError(f"{CANNOT}: it leads to {file.resolve()}, {OUTSIDE}")
                self._read[path] = Attachment(file.name, content_type, file.read_bytes())
            except OSError as error:
                raise ValueError(f"{CANNOT}: {error.strerror}") from error
        return self._read[path]


def arrange(attachments: tuple[Attachment, ...], html: str) -> tuple[Attachment, ...]:
    """Inline ones first, with their content id; raises ValueError where the html names one that is not there."""
    named = set(_CID.findall(html))
    if missing := named - {part.name for part in attachments}:
        raise ValueError(
            f"the html shows cid:{min(missing)}, and no attachment has that file name: attach the file, or remove the image"
        )
    inline = (replace(part, content_id=part.name) for part in attachments if part.name in named)
    return (*inline, *(part for part in attachments if part.name not in named))
