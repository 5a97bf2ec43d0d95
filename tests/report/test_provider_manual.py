"""The manual of the email APIs is what their files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.providers import PROVIDERS
from benchkit.report.provider_manual import provider_manual, provider_page

PAGE = Path(__file__).parents[2] / "docs" / "provider-apis.md"


def test_the_page_is_made_of_the_providers() -> None:
    assert PAGE.read_text("utf-8") == provider_manual(), "benchkit explain providers > docs/provider-apis.md"


@pytest.mark.parametrize("name", PROVIDERS.names())
def test_each_has_a_page_with_its_endpoints_and_every_option(name: str) -> None:
    page = provider_page(name)
    assert page.startswith(f"## `{name}`\n")
    assert "- `POST /" in page
    assert all(f"| `{option}` | " in page for option in PROVIDERS[name].options)
    assert "(?" not in page
