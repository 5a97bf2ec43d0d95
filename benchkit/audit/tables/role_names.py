"""Local parts that name a role and not a person: those of RFC 2142, and others that businesses use."""

from __future__ import annotations

_RFC_2142_TEXT = """
info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp
"""
RFC_2142 = frozenset(_RFC_2142_TEXT.split())
_OTHERS_TEXT = """
admin administrator billing careers compliance contact devnull dns enquiries feedback finance hello help helpdesk hr
inquiries invoices invoicing it jobs legal list list-request maildaemon mailer-daemon mailerdaemon media no-reply
noreply no_reply nobody office orders phish phishing press privacy recruiting recruitment remove request root
service services spam subscribe sysadmin tech unsubscribe undisclosed-recipients
"""
OTHERS = frozenset(_OTHERS_TEXT.split())
ROLE_NAMES = RFC_2142 | OTHERS
