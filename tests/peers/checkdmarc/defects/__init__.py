"""Every kind of defect, and of soundness, that two auditors can be asked about: by feature and name, the lines of a zone.

In the lines `{d}` is the domain, `{parent}` the one above it, and a brace that is meant stands doubled; names without a final
dot are below the domain, and in `SERVICES` below esp.example. The server refuses to speak of names outside example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.peers.checkdmarc.defects.bimi import BIMI
from tests.peers.checkdmarc.defects.dmarc import DMARC
from tests.peers.checkdmarc.defects.mta_sts import POLICY, STS
from tests.peers.checkdmarc.defects.mx import MX
from tests.peers.checkdmarc.defects.spf import SPF
from tests.peers.checkdmarc.defects.tls_rpt import TLS_RPT
from tests.peers.checkdmarc.defects.zone_text import Variants, txt

FEATURES: Mapping[str, Variants] = {
    "spf": SPF,
    "dmarc": DMARC,
    "mx": MX,
    "mta_sts": STS,
    "tls_rpt": TLS_RPT,
    "bimi": BIMI,
    "sts_policy": POLICY,
}
AT = {"mta_sts": "_mta-sts", "tls_rpt": "_smtp._tls", "bimi": "default._bimi"}


def lines_of(feature: str, variant: str, domain: str) -> Iterable[str]:
    """The zone's lines for a feature; none for a policy, which is no record."""
    text = FEATURES[feature][variant]
    if feature == "sts_policy" or not text:
        return ()
    if feature in AT:
        text = txt(AT[feature], *text.split("|"))
    parent = domain.partition(".")[2]
    return text.replace("{d}", domain).replace("{parent}", parent).replace("{{", "{").replace("}}", "}").splitlines()
