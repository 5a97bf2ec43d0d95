"""Who puts a mail's own words into its text: the client, or the provider from a template. An arm's `render` says which."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.contracts import BatchProvider, Provider, StoredTemplateProvider, TemplateProvider
from benchkit.model.exchange import BatchRequest, Credentials, Request
from benchkit.model.message import Message
from benchkit.model.scenario import Render


def is_stored(provider: Provider, render: Render, *, several: bool) -> bool:
    """Whether the requests of such an arm name a template that is stored; `several`: they carry several messages."""
    if render is not Render.PROVIDER:
        return render is Render.STORED
    return not (several and isinstance(provider, TemplateProvider))


def single_requests(
    provider: Provider, messages: Sequence[Message], account: Credentials, render: Render
) -> tuple[Request, ...]:
    """One for each message. Raises ValueError where the API cannot carry it so."""
    if render is Render.CLIENT:
        return tuple(provider.request(message, account) for message in messages)
    return _with_stored(provider).stored(messages, account)


def batch_request(
    provider: Provider, messages: Sequence[Message], account: Credentials, render: Render
) -> BatchRequest:
    """Raises ValueError where these messages cannot share a request."""
    if is_stored(provider, render, several=True):
        return _with_stored(provider).stored_batch(messages, account)
    if render is Render.PROVIDER:
        assert isinstance(provider, TemplateProvider), "is_stored says so"
        return provider.template_batch(messages, account)
    assert isinstance(provider, BatchProvider), "the scenario's rules know which providers take several messages"
    return provider.batch(messages, account)


def _with_stored(provider: Provider) -> StoredTemplateProvider:
    assert isinstance(provider, StoredTemplateProvider), "the scenario's rules know which providers store templates"
    return provider
