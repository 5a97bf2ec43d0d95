"""What an arm's options ask for reaches the provider: by its API, by its relay, alone and in a batch, under the same name."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from benchkit.batch import to_mime
from benchkit.model.contracts import BatchProvider, Provider, StoredTemplateProvider, TemplateProvider
from benchkit.model.exchange import BatchRequest, Credentials, Request
from benchkit.model.message import Address, Content, Message
from benchkit.providers import PROVIDERS
from benchkit.providers.arm_options import options_list, options_table, tracking_off
from benchkit.providers.mailgun_form import option_parts
from benchkit.providers.multipart import FormPart, decode
from benchkit.providers.relay_fields import RELAYS

# What a provider is asked to do with the mail. Other options say where it is sent, and from which account.
VALUES = {
    "tags": "kind=receipt", "tag": "receipt", "categories": "receipt, shop", "category": "receipt", "campaign": "spring",
    "metadata": "shop=7", "custom_args": "shop=7", "custom_variables": "shop=7", "tracking": "off", "template": "t-1",
    "stream": "outbound", "configuration_set": "main", "subaccount": "north",
}  # fmt: skip
CASES = [(name, option) for name in PROVIDERS.names() for option in VALUES if option in PROVIDERS[name].options]
# Why an option exists on one way only; docs/providers.md says the same.
BY_RELAY_ONLY = {("mailgun", "template"), ("mailjet", "template")}
BY_API_ONLY = {("mailersend", "tags"), ("mailersend", "tracking"), ("resend", "tags")}


def mails() -> list[Message]:
    """Of the same sender, a recipient and a text each."""
    contents = [
        Content("Hello", Address("", "shop@shop.example"), (Address("", f"{n}@x.example"),), f"Dear {n}", f"<p>{n}</p>")
        for n in range(2)
    ]
    return [
        Message(n, content, to_mime(content), content.sender.addr, (content.to[0].addr,))
        for n, content in enumerate(contents)
    ]


def whole(combined: BatchRequest) -> Request:
    return combined.request(range(2), [b"first", b"second"])


def ways(provider: Provider) -> list[Callable[[Credentials], Request]]:
    """Of one mail, of a batch, of a batch by a template: what the provider has of them."""
    one, both = mails()[0], mails()
    found: list[Callable[[Credentials], Request]] = [lambda account: provider.request(one, account)]
    if isinstance(provider, BatchProvider):
        found.append(lambda account: whole(provider.batch(both, account)))
    if isinstance(provider, TemplateProvider):
        found.append(lambda account: whole(provider.template_batch(both, account)))
    if isinstance(provider, StoredTemplateProvider):
        found.append(lambda account: provider.stored(html_mails(), account)[0])
        found.append(lambda account: whole(provider.stored_batch(html_mails(), account)))
    return found


def html_mails() -> list[Message]:
    """As every API has them in a stored template."""
    return [replace(one, content=replace(one.content, text="")) for one in mails()]


def account(provider: Provider, endpoint: str, options: dict[str, str]) -> Credentials:
    chosen = {"endpoint": endpoint} if endpoint and "endpoint" in provider.options else {}
    return Credentials("secret", chosen | options)


@pytest.mark.parametrize("endpoint", ["", "mime", "raw", "rfc822"])
@pytest.mark.parametrize(("name", "option"), CASES)
def test_an_option_is_in_the_request_or_refused_but_never_ignored(name: str, option: str, endpoint: str) -> None:
    provider = PROVIDERS[name]
    for way in ways(provider):
        sent = _attempt(way, account(provider, endpoint, {option: VALUES[option]}))
        plain = _attempt(way, account(provider, endpoint, {}))
        assert sent is None or sent != plain or plain is None
        assert sent is not None or endpoint or option in ("template", "category") or plain is None


def _attempt(way: Callable[[Credentials], Request], asked: Credentials) -> object:
    """None where it is refused."""
    try:
        return _comparable(way(asked))
    except ValueError:
        return None


def _comparable(request: Request) -> object:
    """Without what differs from request to request: boundaries and signatures."""
    kind = request.header("content-type")
    return decode(kind, request.body) if kind.startswith("multipart") else (request.target, request.body)


def test_an_api_and_its_relay_have_the_same_options() -> None:
    asked = {(name, option) for name in RELAYS for option in RELAYS[name].options}
    offered = {(name, option) for name, option in CASES if name in RELAYS}
    assert asked - offered == BY_RELAY_ONLY
    assert offered - asked == BY_API_ONLY


@pytest.mark.parametrize(("name", "option"), [case for case in CASES if case[1] == "tracking"])
def test_a_tracking_that_means_nothing_is_refused(name: str, option: str) -> None:
    with pytest.raises(ValueError, match='tracking is "no": give "off"'):
        PROVIDERS[name].request(mails()[0], Credentials("secret", {option: "no"}))


MAILGUN: Sequence[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({}, []),
    ({"tags": "receipt, Grüße"}, [("o:tag", "receipt"), ("o:tag", "Grüße")]),
    ({"metadata": "shop=7, till=2"}, [("v:shop", "7"), ("v:till", "2")]),
    ({"tracking": "off"}, [("o:tracking", "no")]),
    ({"tracking": "on"}, []),
    ({"tags": "a", "metadata": "b=c", "tracking": "off"}, [("o:tag", "a"), ("v:b", "c"), ("o:tracking", "no")]),
]


@pytest.mark.parametrize(("options", "fields"), MAILGUN)
def test_the_fields_of_mailgun_by_every_way(options: dict[str, str], fields: list[tuple[str, str]]) -> None:
    expected = tuple(FormPart(name, value.encode()) for name, value in fields)
    assert tuple(option_parts(options)) == expected
    for endpoint in ("messages", "mime"):
        for way in ways(PROVIDERS["mailgun"])[: 1 if endpoint == "mime" else 3]:
            request = way(Credentials("secret", {"endpoint": endpoint, **options}))
            parts = decode(request.header("content-type"), request.body)
            assert tuple(part for part in parts if part.name.startswith(("o:", "v:"))) == expected
            received = PROVIDERS["mailgun"].server.receive(request)
            assert [one.content for one in received] == [one.content for one in mails()[: len(received)]]


REFUSED = [
    ({"metadata": f"a={'b' * 16_000}"}, "tags and metadata of 16,000 bytes"),
    ({"metadata": "a"}, "key=value"),
    ({"tracking": "yes"}, 'give "off"'),
]


@pytest.mark.parametrize(("options", "expected"), REFUSED)
def test_what_mailgun_would_refuse_is_said_before(options: dict[str, str], expected: str) -> None:
    for endpoint in ("messages", "mime"):
        with pytest.raises(ValueError, match=expected):
            PROVIDERS["mailgun"].request(mails()[0], Credentials("secret", {"endpoint": endpoint, **options}))


def test_an_option_that_would_be_a_variable_of_a_batch_is_refused() -> None:
    provider = PROVIDERS["mailgun"]
    assert isinstance(provider, BatchProvider)
    with pytest.raises(ValueError, match="take for a variable"):
        provider.batch(mails(), Credentials("secret", {"metadata": "who=%recipient.id%"}))


STORED = {
    "sendgrid": ("/v3/mail/send", {"template_id": "t-1"}),
    "mandrill": ("/api/1.0/messages/send-template.json", {"template_name": "t-1", "template_content": []}),
}


@pytest.mark.parametrize(("name", "target", "members"), [(name, *row) for name, row in STORED.items()])
def test_a_stored_template_is_named_and_its_embedded_server_takes_the_mail(
    name: str, target: str, members: dict[str, object]
) -> None:
    provider = PROVIDERS[name]
    request = provider.request(mails()[0], Credentials("secret", {"template": "t-1"}))
    document = json.loads(request.body)
    assert request.target == target
    assert {member: document[member] for member in members} == members
    assert [one.content for one in provider.server.receive(request)] == [mails()[0].content]
    for way in ways(provider)[1:3]:
        with pytest.raises(ValueError, match="stored template"):
            way(Credentials("secret", {"template": "t-1"}))
    for way in ways(provider)[3:]:
        assert b"t-1" in way(Credentials("secret", {"template": "t-1"})).body


def test_the_values_of_an_option() -> None:
    assert options_list(" a, b,, ") == ["a", "b"]
    assert options_table("a=b=c, d=") == {"a": "b=c", "d": ""}
    assert [tracking_off(options) for options in ({}, {"tracking": "on"}, {"tracking": "off"})] == [False, False, True]
