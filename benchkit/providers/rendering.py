"""Who puts a mail's own words into its text: the client, or the provider from a template. An arm's `render` says which."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.contracts import BatchProvider, Provider, TemplateProvider
from benchkit.model.exchange import Credentials, JointRequest
from benchkit.model.message import Message
from benchkit.model.scenario import Render


def joint_request(
    provider: Provider, messages: Sequence[Message], account: Credentials, render: Render
) -> JointRequest:
    """Raises ValueError where these messages cannot share a request."""
    if render is Render.PROVIDER:
        assert isinstance(provider, TemplateProvider), "the scenario's rules know which providers fill in templates"
        return provider.template_batch(messages, account)
    assert isinstance(provider, BatchProvider), "the scenario's rules know which providers take several messages"
    return provider.batch(messages, account)
