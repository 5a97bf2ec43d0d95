"""The audit: whether receivers will accept mail from a domain, judged by its DNS records.

Law: no sockets and no prose here. records/ parses, spf/, dkim/ and dmarc/ evaluate, facts/ gather, checks/ judge in one file
each; the engine runs them all over one context. The DNS comes in as an `Ask`.
"""

from benchkit.audit.audit_context import Options as Options
from benchkit.audit.connect_probe.probes import ConnectOptions as ConnectOptions
from benchkit.audit.engine import audit_domain as audit_domain
from benchkit.audit.engine import audit_domains as audit_domains
