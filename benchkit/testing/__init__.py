"""The suites that every provider, client, statistic, figure, check and pace must pass, for this package and for outside ones.

A suite is a class of pytest tests over `cases`. An outside package subclasses it in a test file of its own:

    from acme import PROVIDER
    from benchkit.testing.provider_case import SECRET, ProviderCase
    from benchkit.testing.provider_suite import ProviderSuite

    class TestAcme(ProviderSuite):
        cases = (ProviderCase(PROVIDER, credentials={"authorization": "Bearer " + SECRET}),)

Law: pytest and hypothesis are imported in this room only (`pip install benchkit-mail[testing]`), and no other room imports it.
Nothing here leaves the machine: clients send to an embedded server on loopback, checks ask a zone in memory.
"""

from pathlib import Path

import pytest

for _module in Path(__file__).parent.glob("*_suite.py"):  # so that a failed assertion shows its values
    pytest.register_assert_rewrite(f"{__name__}.{_module.stem}")
