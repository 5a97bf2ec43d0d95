"""Every email API in the registry passes the suites of benchkit.testing, in each of the ways in which it sends."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import pytest

from benchkit.model.contracts import BatchProvider, StoredTemplateProvider, TemplateProvider
from benchkit.model.exchange import Response
from benchkit.model.message import Address
from benchkit.providers import PROVIDERS
from benchkit.testing.batch_suite import BatchProviderSuite
from benchkit.testing.provider_case import RICH, SECRET, ProviderCase
from benchkit.testing.provider_suite import ProviderSuite
from benchkit.testing.stored_template_suite import StoredTemplateSuite
from benchkit.testing.template_suite import TemplateProviderSuite

BASIC = "Basic " + b64encode(b"api:" + SECRET.encode()).decode()
BASIC_USER = "Basic " + b64encode(b"me:" + SECRET.encode()).decode()
BEARER = {"authorization": f"Bearer {SECRET}"}
WELCOME = Response(200, (), b"Mailgun Magnificent API")

# Of each provider its ways: the header fields of its credentials, as its documentation has them, and an arm's options.
WAYS: Mapping[str, tuple[tuple[Mapping[str, str], Mapping[str, str]], ...]] = {
    "mailgun": (
        ({"authorization": BASIC}, {"endpoint": "messages"}),
        ({"authorization": BASIC}, {"endpoint": "mime", "domain": "mg.shop.example"}),
    ),
    "gmail": ((BEARER, {"endpoint": "media"}), (BEARER, {"endpoint": "json"})),
    "graph": ((BEARER, {}), (BEARER, {"endpoint": "json", "user": "shop@shop.example"})),
    "cloudflare": ((BEARER, {}), (BEARER, {"endpoint": "send", "account": "a1"})),
    "azure": (({"authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="}, {}),),
    "brevo": (({"api-key": SECRET}, {"tags": "receipt, shop", "metadata": "shop=7"}),),
    "mailjet": (({"authorization": BASIC_USER}, {"key": "me", "campaign": "spring"}),),
    "mandrill": (({}, {}), ({}, {"endpoint": "raw"})),
    "sparkpost": (({"authorization": SECRET}, {}), ({"authorization": SECRET}, {"endpoint": "rfc822"})),
    "mailersend": ((BEARER, {"tags": "receipt"}),),
    "mailtrap": (
        ({"api-token": SECRET}, {"category": "receipt"}),
        ({"api-token": SECRET}, {"custom_variables": "shop=7"}),
    ),
    "smtp2go": (({"x-smtp2go-api-key": SECRET}, {}), ({"x-smtp2go-api-key": SECRET}, {"endpoint": "mime"})),
    "sendgrid": (({"authorization": f"Bearer {SECRET}"}, {"categories": "receipt"}),),
    "resend": (({"authorization": f"Bearer {SECRET}"}, {"tags": "kind=receipt"}),),
    "postmark": (
        ({"x-postmark-server-token": SECRET}, {"tag": "receipt", "metadata": "shop=7", "stream": "outbound"}),
    ),
    "ses": tuple(({"authorization": "AWS4-HMAC-SHA256 Credential="}, {"endpoint": way}) for way in ("simple", "raw")),
    "jmap": (({"authorization": f"Bearer {SECRET}"}, {}), ({"authorization": BASIC_USER}, {"username": "me"})),
}
NOT_ACCEPTED = {"mailgun": (WELCOME, Response(200, (), b'{"message":"Queued. Thank you."}'))}
ONE_A_REQUEST = ("mailgun mime mg.shop.example", "ses raw", "graph", "mandrill raw", "sparkpost rfc822", "smtp2go mime")
OWN_CATEGORY = ("mailtrap receipt",)  # which a stored template of Mailtrap has too
WITHOUT_ID = ("graph", "cloudflare")
# Where an API carries less: what it can of the rich mail.
NAMELESS = replace(RICH, to=(Address("", "ann@example.com"),), reply_to=(Address("", "help@shop.example"),))
CARRIED = {
    "azure": replace(RICH, sender=Address("", "shop@shop.example")),
    "cloudflare send a1": NAMELESS,
    "graph json shop@shop.example": replace(RICH, html="", headers=(("X-Campaign", "spring"),)),
}


def case_of(name: str, credentials: Mapping[str, str], options: Mapping[str, str]) -> ProviderCase:
    rich = CARRIED.get(" ".join([name, *options.values()]), RICH)
    refusals = NOT_ACCEPTED.get(name, ())
    return ProviderCase(
        PROVIDERS[name], credentials, options, refusals, rich, name == "mandrill", name not in WITHOUT_ID
    )


CASES = tuple(case_of(name, *way) for name, ways in WAYS.items() for way in ways)


class TestProviders(ProviderSuite):
    cases: ClassVar = CASES


class TestSeveralInOneRequest(BatchProviderSuite):
    cases: ClassVar = [
        case for case in CASES if isinstance(case.provider, BatchProvider) and case.label not in ONE_A_REQUEST
    ]


class TestTemplates(TemplateProviderSuite):
    cases: ClassVar = [
        case for case in CASES if isinstance(case.provider, TemplateProvider) and case.label not in ONE_A_REQUEST
    ]


class TestStoredTemplates(StoredTemplateSuite):
    cases: ClassVar = [
        case
        for case in CASES
        if isinstance(case.provider, StoredTemplateProvider) and case.label not in (*ONE_A_REQUEST, *OWN_CATEGORY)
    ]


@pytest.mark.parametrize("name", PROVIDERS.names())
def test_each_is_in_the_table_under_the_name_of_its_file(name: str) -> None:
    assert PROVIDERS[name].name == name
    assert name in WAYS, "add a row to WAYS: the credentials of its documentation, and its options"
