"""Every client of the registry passes the suites of benchkit.testing, in each way that it offers."""

from __future__ import annotations

from typing import ClassVar

from benchkit.model.contracts import BatchProvider
from benchkit.providers import PROVIDERS
from benchkit.testing.failure_suite import TransportFailureSuite
from benchkit.testing.shared_request_suite import SharedRequestSuite
from benchkit.testing.transport_case import TransportCase, ways_of
from benchkit.testing.transport_suite import TransportSuite
from benchkit.transports import TRANSPORTS

WAYS = tuple(
    way for name in TRANSPORTS.names() if not name.startswith("null_") for way in ways_of(name, TRANSPORTS[name])
)


BATCH_OPTIONS = {"graph": {"endpoint": "json"}}  # which of its ways takes several messages


class TestTransports(TransportSuite):
    cases: ClassVar = WAYS


class TestFailures(TransportFailureSuite):
    cases: ClassVar = WAYS


class TestMailgunsBatches(SharedRequestSuite):
    cases: ClassVar = [way for way in WAYS if way.client.offers.batches]


class TestOtherProvidersBatches(SharedRequestSuite):
    """By one client: the others send the same requests."""

    cases: ClassVar = [
        TransportCase("api_wire", TRANSPORTS["api_wire"], provider=name, options=BATCH_OPTIONS.get(name, {}))
        for name in PROVIDERS.names()
        if isinstance(PROVIDERS[name], BatchProvider) and name != "mailgun"
    ]
