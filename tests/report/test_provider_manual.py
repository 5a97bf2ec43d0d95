"""The manual of the email APIs is what their files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.profiles import load_profile, profile_names
from benchkit.providers import PROVIDERS
from benchkit.report.provider_manual import provider_manual, provider_page

PAGE = Path(__file__).parents[2] / "docs" / "provider-apis.md"


def test_the_page_is_made_of_the_providers() -> None:
    assert PAGE.read_text("utf-8") == provider_manual(), "benchkit explain providers > docs/provider-apis.md"


@pytest.mark.parametrize("name", profile_names())
def test_each_profile_stands_in_the_manual_with_the_source_of_every_claim(name: str) -> None:
    profile, manual = load_profile(name), provider_manual()
    page = provider_page(profile.provider) if profile.provider else manual
    assert f'### {profile.title}: `profile = "{name}"`' in page
    for key, fact in profile.facts():
        assert f"`{key.partition('.')[2]}`" in page
        assert all(claim.source in page and claim.note in page for claim in fact.claims)


@pytest.mark.parametrize("name", PROVIDERS.names())
def test_each_has_a_page_with_its_endpoints_and_every_option(name: str) -> None:
    page = provider_page(name)
    assert page.startswith(f"## `{name}`\n")
    assert "- `POST /" in page
    assert all(f"| `{option}` | " in page for option in PROVIDERS[name].options)
    assert "(?" not in page
