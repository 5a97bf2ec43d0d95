"""The checks, one file each; file name = registered name = the rule's name. A new check is one file and one line here."""

from __future__ import annotations

from benchkit.audit.rule import Check
from benchkit.registry import Registry

CHECKS: Registry[Check] = Registry(
    "check",
    "benchkit.audit.checks",
    "CHECK",
    (
        "spf_record",
        "spf_syntax",
        "spf_all",
        "spf_ptr",
        "spf_unreached",
        "spf_size",
        "spf_result",
        "non_sending",
        "dkim_selectors",
        "dkim_key_record",
        "dkim_key_strength",
        "dkim_wildcard",
        "dkim_shared_key",
        "dkim_cname",
        "dkim_doubled_name",
        "dkim_inferred_senders",
        "dmarc_record",
        "dmarc_syntax",
        "dmarc_policy",
        "dmarc_subdomains",
        "dmarc_removed_tags",
        "dmarc_suffix_list",
        "dmarc_reports",
        "dmarc_external_reports",
        "mx_records",
        "mx_targets",
        "mx_addresses",
        "mx_reverse_dns",
        "mta_sts_record",
        "tls_rpt",
        "dane_records",
        "dnssec",
        "name_servers",
        "wildcard_names",
        "bimi_record",
    ),
)  # fmt: skip
