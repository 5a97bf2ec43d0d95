"""TLS reporting records, the texts of a name parted by a bar."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants

TLS_RPT: Variants = {
    "sound": "v=TLSRPTv1; rua=mailto:t@{d}",
    "by https": "v=TLSRPTv1; rua=https://{d}/tls",
    "none": "",
    "two": "v=TLSRPTv1; rua=mailto:t@{d}|v=TLSRPTv1; rua=mailto:u@{d}",
    "unrelated beside": "v=TLSRPTv1; rua=mailto:t@{d}|verify=1",
    "no rua": "v=TLSRPTv1;",
    "rua empty": "v=TLSRPTv1; rua=",
    "rua of two": "v=TLSRPTv1; rua=mailto:t@{d},https://{d}/tls",
    "rua without a scheme": "v=TLSRPTv1; rua=t@{d}",
    "rua by ftp": "v=TLSRPTv1; rua=ftp://{d}/tls",
    "rua by http": "v=TLSRPTv1; rua=http://{d}/tls",
    "rua by mailto and ftp": "v=TLSRPTv1; rua=mailto:t@{d},ftp://{d}/tls",
    "blanks around =": "v=TLSRPTv1; rua = mailto:t@{d}",
    "rua twice": "v=TLSRPTv1; rua=mailto:t@{d}; rua=mailto:u@{d}",
    "version in lower case": "v=tlsrptv1; rua=mailto:t@{d}",
    "version 2": "v=TLSRPTv2; rua=mailto:t@{d}",
    "rua first": "rua=mailto:t@{d}; v=TLSRPTv1",
    "an extension": "v=TLSRPTv1; rua=mailto:t@{d}; ext=1",
    "blanks": "v=TLSRPTv1 ; rua=mailto:t@{d} ;",
}
