"""Readable text of an exact size, for scenarios that ask about bytes rather than words (`text_bytes`)."""

from __future__ import annotations

from random import Random

_WIDTH = 76
_WORDS_OF_LETTERS = (
    "a the one each this our your order parcel letter invoice message customer warehouse account service morning evening "
    "week street window garden river paper button number answer question change reason copy is was will can may has keeps "
    "sends brings takes shows leaves opens closes reaches and or but while before after with without under over from into "
    "ready late early new small large open quiet clear careful useful again today soon always never often twice"
)
_WORDS = _WORDS_OF_LETTERS.split()


def filler(size: int, seed: int, index: int) -> str:
    """Exactly `size` bytes of ASCII, a line end counted as one: lines of at most 76, neither space nor line end at the end."""
    random = Random(f"{seed}/{index}")
    lines: list[str] = []
    line = ""
    length = 0
    while length + len(line) < size:
        word = _WORDS[int(random.random() * len(_WORDS))]
        if len(line) + 1 + len(word) > _WIDTH:
            lines.append(line)
            length += len(line) + 1
            line = word
        else:
            line = f"{line} {word}" if line else word
    text = "\n".join([*lines, line])[:size]
    return text[:-1] + "." if text[-1:].isspace() else text
