"""Aggregate reports as receivers write them, made in the test."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from email.message import EmailMessage
from typing import Any

RFC_9990 = 'xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'
_REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<feedback {namespace}>
 <version>1.0</version>
 <report_metadata>
  <org_name>receiver.example</org_name><email>d@receiver.example</email><report_id>{report_id}</report_id>
  <date_range><begin>1700000000</begin><end>1700086399</end></date_range>
 </report_metadata>
 <policy_published><domain>{domain}</domain><p>reject</p></policy_published>
{rows}
</feedback>
"""
_ROW = """ <record>
  <row><source_ip>{ip}</source_ip><count>{count}</count>
   <policy_evaluated><disposition>{disposition}</disposition><dkim>{dkim}</dkim><spf>{spf}</spf>{reason}</policy_evaluated>
  </row>
  <identifiers><header_from>{author}</header_from><envelope_from>{envelope}</envelope_from></identifiers>
  <auth_results>
   <dkim><domain>{domain}</domain><selector>{selector}</selector><result>{dkim}</result></dkim>
   <spf><domain>{envelope}</domain><scope>mfrom</scope><result>{spf}</result></spf>
  </auth_results>
 </record>"""


def row(ip: str, count: int | str, dkim: str = "pass", spf: str = "pass", **parts: str) -> str:
    """`reason`: the type of an override."""
    given = {"author": "shop.example", "envelope": "shop.example", "domain": "shop.example", "selector": "s1"} | parts
    reason = f"<reason><type>{parts['reason']}</type></reason>" if "reason" in parts else ""
    words = {"disposition": "none"} | given | {"reason": reason}
    return _ROW.format(ip=ip, count=count, dkim=dkim, spf=spf, **words)


def report(*rows: str, report_id: str = "1", domain: str = "shop.example", namespace: str = RFC_9990) -> bytes:
    return _REPORT.format(namespace=namespace, report_id=report_id, domain=domain, rows="\n".join(rows)).encode()


def zipped(*documents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(documents):
            archive.writestr(f"r{number}.xml", document)
    return made.getvalue()


def mailed(data: bytes, maintype: str, subtype: str, name: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "noreply@receiver.example", "Report Domain: shop.example"
    mail.set_content("This is a report.")
    mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return bytes(mail)


def tls_report(**changed: Any) -> bytes:
    """The shape of RFC 8460 §4.4's example."""
    policy = {
        "policy": {"policy-type": "sts", "policy-string": ["version: STSv1"], "policy-domain": "shop.example"},
        "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
        "failure-details": [
            {
                "result-type": "certificate-expired",
                "receiving-mx-hostname": "mx1.shop.example",
                "failed-session-count": 100,
            },
            {
                "result-type": "starttls-not-supported",
                "receiving-mx-hostname": "mx2.shop.example",
                "failed-session-count": 200,
            },
        ],
    }
    days = {"start-datetime": "2026-04-01T00:00:00Z", "end-datetime": "2026-04-01T23:59:59Z"}
    document = {"organization-name": "Company-X", "date-range": days, "report-id": "5065427c", "policies": [policy]}
    return json.dumps(document | changed).encode()


PLAIN = report(row("192.0.2.1", 3))
FORMS: dict[str, bytes] = {
    "RFC 9990": PLAIN,
    "RFC 7489, without a namespace": report(row("192.0.2.1", 3), namespace=""),
    "blanks before the declaration": b"\r\n  " + PLAIN,
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "UTF-16": PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "results in upper case": report(row("192.0.2.1", 3, dkim="Pass", spf="PASS", disposition="None")),
    "gzip": gzip.compress(PLAIN),
    "gzip in two members": gzip.compress(PLAIN[:200]) + gzip.compress(PLAIN[200:]),
    "gzip with bytes behind it": gzip.compress(PLAIN) + b"\0" * 20,
    "zip": zipped(PLAIN),
    "mail with gzip": mailed(gzip.compress(PLAIN), "application", "gzip", "r.xml.gz"),
    "mail with zip, called a stream of octets": mailed(zipped(PLAIN), "application", "octet-stream", "r.zip"),
    "mail with XML": mailed(PLAIN, "text", "xml", "r.xml"),
    "mbox": b"From x@y Thu Jan  1 00:00:00 2026\n" + mailed(PLAIN, "text", "xml", "r.xml") + b"\n",
}
