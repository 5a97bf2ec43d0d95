"""The connections that an audit makes with `--connect`, as a sending mail server would make them.

Nothing here looks a name up: addresses come from the audit's `Ask`, and ports are parameters. Expected failures are values.
It connects to private and reserved addresses only with permission, because anyone can publish them in a zone.
"""

from __future__ import annotations

from benchkit.audit.connect_probe.certificates import PeerCertificate as PeerCertificate
from benchkit.audit.connect_probe.dane import Association as Association
from benchkit.audit.connect_probe.dane import match_all as match_all
from benchkit.audit.connect_probe.https_file import HttpsAccess as HttpsAccess
from benchkit.audit.connect_probe.https_file import HttpsFile as HttpsFile
from benchkit.audit.connect_probe.https_file import fetch_policy as fetch_policy
from benchkit.audit.connect_probe.probes import LiveProbes as LiveProbes
from benchkit.audit.connect_probe.probes import Probes as Probes
from benchkit.audit.connect_probe.recorded_probes import ProbeRecorder as ProbeRecorder
from benchkit.audit.connect_probe.starttls import MailServer as MailServer
from benchkit.audit.connect_probe.starttls import StarttlsStage as StarttlsStage
from benchkit.audit.connect_probe.starttls import probe as probe
