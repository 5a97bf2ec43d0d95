"""Aggregate reports of receivers: DMARC (RFC 9990, and the older form of RFC 7489) and SMTP TLS (RFC 8460), as values.

Law: pure, from bytes. Strangers send these files: each is bounded before it is read, and named where it is refused.
"""

from benchkit.audit.aggregate_reports.collection import ReportCollection as ReportCollection
from benchkit.audit.aggregate_reports.collection import collect as collect
from benchkit.audit.aggregate_reports.dmarc_report import DmarcReport as DmarcReport
from benchkit.audit.aggregate_reports.refusal import RefusedReport as RefusedReport
from benchkit.audit.aggregate_reports.tls_report import TlsReport as TlsReport
