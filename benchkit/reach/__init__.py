"""The connections that an audit makes when it is told to (`--connect`): what a sending mail server would meet.

Nothing here looks a name up: addresses come from the audit's `Ask`, and ports are parameters. Expected failures are values.
"""

from __future__ import annotations

from benchkit.reach.certificates import Certificate as Certificate
from benchkit.reach.dane import Association as Association
from benchkit.reach.dane import match_all as match_all
from benchkit.reach.policy import PolicyFile as PolicyFile
from benchkit.reach.policy import fetch_policy as fetch_policy
from benchkit.reach.starttls import MailServer as MailServer
from benchkit.reach.starttls import Stage as Stage
from benchkit.reach.starttls import look_at as look_at
