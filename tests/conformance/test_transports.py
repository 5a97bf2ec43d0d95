"""Every client of the registry passes the suites of benchkit.testing, in each way that it offers."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from benchkit.model.contracts import BatchProvider
from benchkit.model.scenario import Security
from benchkit.providers import PROVIDERS
from benchkit.testing.failure_suite import TransportFailureSuite
from benchkit.testing.shared_request_suite import SharedRequestSuite
from benchkit.testing.transport_case import ways_of
from benchkit.testing.transport_suite import TransportSuite
from benchkit.transports import TRANSPORTS

WAYS = tuple(
    way for name in TRANSPORTS.names() if not name.startswith("null_") for way in ways_of(name, TRANSPORTS[name])
)


class TestTransports(TransportSuite):
    cases: ClassVar = WAYS


class TestFailures(TransportFailureSuite):
    cases: ClassVar = WAYS


class TestMailgunsBatches(SharedRequestSuite):
    cases: ClassVar = [way for way in WAYS if way.client.offers.batches]


class TestOtherProvidersBatches(SharedRequestSuite):
    cases: ClassVar = [
        replace(way, provider=name)
        for name in PROVIDERS.names()
        for way in WAYS
        if way.client.offers.batches and way.security is Security.NONE and name != "mailgun"
        if isinstance(PROVIDERS[name], BatchProvider)
    ]
