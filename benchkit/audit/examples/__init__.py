"""A worked example for every rule of the audit: a record or text that is wrong, why, and the corrected one.

Law: each is true. A test audits both texts: the wrong one gives the finding, the corrected one does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.examples.dkim import DKIM
from benchkit.audit.examples.dmarc import DMARC
from benchkit.audit.examples.example import Example as Example
from benchkit.audit.examples.example import ExampleKind as ExampleKind
from benchkit.audit.examples.example import shown as shown
from benchkit.audit.examples.mail_hosts import MAIL_HOSTS
from benchkit.audit.examples.mail_itself import MAIL, RECEIVERS, REPORTED
from benchkit.audit.examples.spf import SPF

EXAMPLES: Mapping[str, Example] = {**SPF, **DKIM, **DMARC, **MAIL_HOSTS, **RECEIVERS, **MAIL, **REPORTED}
