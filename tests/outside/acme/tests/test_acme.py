"""Acme's provider, client and check pass the suites of benchkit.testing: all that its author had to write."""

from __future__ import annotations

from typing import ClassVar

from acme_mail.check import CHECK
from acme_mail.client import Client
from acme_mail.provider import PROVIDER

from benchkit.model.exchange import Response
from benchkit.testing.check_suite import CheckCase, CheckSuite
from benchkit.testing.failure_suite import TransportFailureSuite
from benchkit.testing.provider_case import SECRET, ProviderCase
from benchkit.testing.provider_suite import ProviderSuite
from benchkit.testing.transport_case import ways_of
from benchkit.testing.transport_suite import TransportSuite

CREDENTIALS = {"authorization": f"Acme {SECRET}"}
QUEUED_NOTHING = Response(202, (), b'{"queued":null}')


class TestProvider(ProviderSuite):
    cases: ClassVar = [
        ProviderCase(PROVIDER, CREDENTIALS, not_accepted=(QUEUED_NOTHING,)),
        ProviderCase(PROVIDER, CREDENTIALS, {"pool": "bulk"}),
    ]


class TestClient(TransportSuite):
    cases: ClassVar = ways_of("smtp_acme", Client)


class TestClientsFailures(TransportFailureSuite):
    cases: ClassVar = ways_of("smtp_acme", Client)


class TestCheck(CheckSuite):
    cases: ClassVar = [CheckCase(CHECK)]
