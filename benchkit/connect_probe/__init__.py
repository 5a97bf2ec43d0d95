"""The connections that an audit makes when it is told to (`--connect`): what a sending mail server would meet.

Nothing here looks a name up: addresses come from the audit's `Ask`, and ports are parameters. Expected failures are values.
"""

from __future__ import annotations

from benchkit.connect_probe.certificates import PeerCertificate as PeerCertificate
from benchkit.connect_probe.dane import Association as Association
from benchkit.connect_probe.dane import match_all as match_all
from benchkit.connect_probe.mta_sts_policy import PolicyFile as PolicyFile
from benchkit.connect_probe.mta_sts_policy import fetch_policy as fetch_policy
from benchkit.connect_probe.starttls import MailServer as MailServer
from benchkit.connect_probe.starttls import Stage as Stage
from benchkit.connect_probe.starttls import look_at as look_at
