"""A folder with a template and recipients that are right, to be spoilt by the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import InputError
from benchkit.model.message import Address
from benchkit.model.scenario import MessageSpec

FILES = {
    "mail.subject": "Order {{ order }}\n",
    "mail.txt": "Hello {{ name }},\nyour order {{ order }} is here.\n",
    "mail.html": "<p>Hello {{ name }}</p>\n",
    "to.csv": "email,name,order\na@x.example,Ann,1\nb@x.example,Bo,2\n",
}

Spec = Callable[..., MessageSpec]
Mistakes = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    """`spec({"mail.txt": "…"}, count=3)`: the files written, those given instead of the right ones; None leaves one out."""

    def spec(files: dict[str, str | bytes | None] | None = None, **fields: Any) -> MessageSpec:
        for name, content in {**FILES, **(files or {})}.items():
            if content is not None:
                (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        right = {"sender": Address("Shop", "shop@shop.example"), "count": 0, "seed": 1}
        return MessageSpec(**{**right, "template": tmp_path / "mail", "recipients": tmp_path / "to.csv", **fields})

    return spec


@pytest.fixture
def mistakes(tmp_path: Path) -> Mistakes:
    """The lines of the InputError that a call raises, with the folder cut off."""

    def mistakes(call: Callable[[], object]) -> list[str]:
        with pytest.raises(InputError) as caught:
            call()
        return [str(mistake).replace(f"{tmp_path}/", "") for mistake in caught.value.mistakes]

    return mistakes
