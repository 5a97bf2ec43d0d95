"""What the audit says of domains whose advice is easily wrong: providers, foreign zones, parked domains, causes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchkit.audit import audit_domain
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState
from benchkit.model.finding import Status
from benchkit.model.record_fix import RecordFix, value_of
from benchkit.report.audit_words import answers
from benchkit.report.finding_groups import do_first, finding_groups, unknown_groups
from tests.audit.fixes.faulty_zones import DMARC, GOOGLE, KEY, MICROSOFT, MX, PARTS, SPF, dmarc, spf
from tests.audit.fixes.published import HEAD, audited

PARKED = '@ IN MX 0 .\n@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"\n'
WILDCARDS = '* IN MX 0 .\n* IN TXT "v=spf1 -all"\n*._domainkey IN TXT "v=DKIM1; p="\n'
MICROSOFT_KEYS = (
    "selector1._domainkey IN CNAME s1._domainkey.shop.onmicrosoft.com.\n"
    "selector2._domainkey IN CNAME s2._domainkey.shop.onmicrosoft.com.\n"
)


def report_of(lines: str, folder: Path) -> AuditReport:
    return audited(HEAD + lines, folder)


def spf_fix(report: AuditReport, *, later: bool = False) -> str:
    """The new SPF record's text; "" where none is offered."""
    found = [fix for fix in report.fixes if fix.what == "SPF record" and bool(fix.when) is later]
    assert len(found) <= 1
    return value_of(found[0].after[0]) if found else ""


def of(report: AuditReport, what: str) -> list[RecordFix]:
    return [fix for fix in report.fixes if fix.what == what]


def rules(report: AuditReport, status: Status) -> set[str]:
    return {finding.rule for finding in report.findings if finding.status is status}


@pytest.mark.parametrize(
    ("lines", "record"),
    [
        (GOOGLE, "v=spf1 include:_spf.google.com ~all"),
        (MICROSOFT, "v=spf1 include:spf.protection.outlook.com ~all"),
        ("@ IN MX 10 mail.protonmail.ch.\n", "v=spf1 include:_spf.protonmail.ch ~all"),
        ("@ IN MX 10 in1-smtp.messagingengine.com.\n", "v=spf1 include:spf.messagingengine.com ~all"),
        ("@ IN MX 10 mx.zoho.eu.\n", "v=spf1 include:zohomail.eu ~all"),
        (MX, "v=spf1 mx ~all"),
        ("@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n", ""),
        ("", ""),  # a key, and nothing that tells where mail comes from
    ],
)
def test_the_provider_of_the_mailboxes_is_proposed(lines: str, record: str, tmp_path: Path) -> None:
    report = report_of(lines + KEY + DMARC, tmp_path)
    assert spf_fix(report) == record
    if not record:
        (found,) = [finding for finding in report.findings if finding.rule == "spf_record.missing"]
        assert "ame the hosts and services" in found.advice


def test_the_provider_in_use_is_kept_where_lookups_are_too_many(tmp_path: Path) -> None:
    includes = " ".join(f"include:p{number}.shop.example" for number in range(11))
    report = report_of(
        spf(f"{includes} include:_spf.google.com include:servers.mcsv.net -all", GOOGLE + KEY + DMARC + PARTS), tmp_path
    )
    (found,) = [finding for finding in report.findings if finding.rule == "spf_lookups.many"]
    assert "Keep `include:_spf.google.com` (Google Workspace is in use: the MX hosts)" in found.advice
    assert "Often not needed: `include:servers.mcsv.net`" in found.advice
    assert not of(report, "SPF record")


@pytest.mark.parametrize(
    "text",
    [
        "include=_spf.x.example -all",
        "ip4=192.0.2.1 -all",
        "mx= -all",
        "redirect=p1.shop.example -all",
        "-all include:p1.shop.example",
        "~all",
        "-all",
        "include:none.shop.example -all",
    ],
)
def test_spf_that_lets_no_sender_pass(text: str, tmp_path: Path) -> None:
    report = report_of(spf(text) + PARTS + 'none IN TXT "v=spf1 -all"\n', tmp_path)
    assert "spf_no_sender.none" in rules(report, Status.FAIL)
    said = " ".join(finding.message + finding.advice for finding in report.findings)
    assert "sends no mail" not in said
    assert "needs no key" not in said
    assert {about: words for _, about, words in answers(report)}["mail from it"].startswith("receivers may reject")


def test_a_bare_fail_with_mail_is_the_owners_choice(tmp_path: Path) -> None:
    report = report_of(spf("-all"), tmp_path)
    assert (spf_fix(report), spf_fix(report, later=True)) == ("", "v=spf1 mx ~all")


@pytest.mark.parametrize("more", ["", WILDCARDS, '*._domainkey IN TXT "v=DKIM1; p="\n'])
def test_a_parked_domain_by_the_book(more: str, tmp_path: Path) -> None:
    report = report_of(PARKED + more, tmp_path)
    assert (report.verdict, report.score, report.fixes) == (Status.PASS, 100, ())
    assert [words for _, _, words in answers(report)][:2] == [
        "the domain sends none, and receivers refuse forged mail",
        "the domain takes none, and says so",
    ]


@pytest.mark.parametrize("lines", [PARKED.replace("p=reject", "p=none"), PARKED.partition("_dmarc")[0] + WILDCARDS])
def test_a_parked_domain_gets_no_report_address(lines: str, tmp_path: Path) -> None:
    (fix,) = of(report_of(lines, tmp_path), "DMARC record")
    assert value_of(fix.after[0]) == "v=DMARC1; p=reject"


def test_a_null_mx_beside_senders(tmp_path: Path) -> None:
    report = report_of('@ IN MX 0 .\n@ IN TXT "v=spf1 ip4:192.0.2.1 -all"\n' + KEY + DMARC, tmp_path)
    assert rules(report, Status.WARN) == {"null_mx_senders.senders"}
    assert not of(report, "TLS-RPT record")


def test_a_second_selector_that_is_not_published_yet(tmp_path: Path) -> None:
    key = KEY.partition("TXT")[2]
    lines = HEAD + spf("include:spf.protection.outlook.com -all", MICROSOFT + DMARC) + MICROSOFT_KEYS
    one = f"s1._domainkey.shop.onmicrosoft.com. IN TXT {key}"
    report = audited(
        lines, tmp_path, others=one + 'spf.protection.outlook.com. IN TXT "v=spf1 ip4:198.51.100.1 -all"\n'
    )
    (found,) = [finding for finding in report.findings if finding.rule.startswith("dkim_cname.")]
    assert (found.rule, found.status, found.advice) == ("dkim_cname.not_yet", Status.INFO, "Keep the CNAME.")
    without = audited(lines, tmp_path, others=one.replace("s1.", "other."))
    dangling = [finding for finding in without.findings if finding.rule == "dkim_cname.dangling"]
    assert len(dangling) == 2
    assert all("Microsoft 365" in finding.advice and not finding.fixes for finding in dangling)


@pytest.mark.parametrize(
    ("lines", "others", "what", "whom"),
    [
        (
            dmarc("v=DMARC1; p=reject; rua=mailto:d@reports.test"),
            '_dmarc.reports.test. IN TXT "v=DMARC1; p=none"\n',
            "consent to take reports",
            "the owner of reports.test",
        ),
        (
            SPF + MX + KEY + DMARC,
            "25.2.0.192.in-addr.arpa. IN TXT x\n",
            "PTR record",
            "the provider that gave you the address",
        ),
        (
            "_dmarc IN CNAME shop.dmarc.test.\n" + SPF + MX + KEY,
            'shop.dmarc.test. IN TXT "v=DMARC1; p=rejekt; rua=mailto:d@shop.example"\n',
            "DMARC record",
            "the owner of dmarc.test",
        ),
    ],
)
def test_what_others_hold_is_asked_for(lines: str, others: str, what: str, whom: str, tmp_path: Path) -> None:
    report = audited(HEAD + lines, tmp_path, others=others)
    found = of(report, what)
    assert {fix.ask for fix in found} == {whom}
    assert not [fix for fix in found if fix.is_for_now]
    assert whom in " ".join(do_first(report.findings))


def test_one_cause_is_told_once(tmp_path: Path) -> None:
    report = report_of(spf("mx -all moo"), tmp_path)
    (group,) = [each for each in finding_groups(report.findings) if each.cause.status in (Status.FAIL, Status.WARN)]
    assert group.cause.rule == "spf_syntax.error"
    assert {finding.rule.partition(".")[0] for finding in group.follows} == {
        "gmail_rules",
        "yahoo_rules",
        "microsoft_rules",
    }
    assert [item.rule for item in report.deductions] == ["spf_syntax.error"]


def test_findings_are_in_the_order_of_their_cost(tmp_path: Path) -> None:
    report = report_of(dmarc("v=DMARC1; p=none", rest=MX + SPF + "@ IN MX 20 gone\n"), tmp_path)
    points = [item.points for item in report.deductions]
    assert points == sorted(points, reverse=True)
    order = [finding.rule for finding in report.findings if finding.rule in {item.rule for item in report.deductions}]
    costs = {item.rule: item.points for item in report.deductions}
    assert [costs[rule] for rule in dict.fromkeys(order)] == points


def test_what_to_do_first_is_short_and_each_thing_once(tmp_path: Path) -> None:
    bad = (Path(__file__).parents[3] / "scenarios" / "zones" / "bad.zone").read_text("utf-8")
    actions = do_first(audited(bad, tmp_path).findings)
    assert len(actions) == len(set(actions)) == 5
    assert sum("new SPF record" in action for action in actions) == 1


def test_a_report_consent_that_is_missing_does_not_touch_the_mail(tmp_path: Path) -> None:
    lines = HEAD + dmarc("v=DMARC1; p=reject; rua=mailto:d@reports.test")
    others = "reports.test. IN TXT x\n25.2.0.192.in-addr.arpa. IN PTR mail.shop.example.\n"
    report = audited(lines, tmp_path, others=others)
    parts = {about: status for status, about, _ in answers(report)}
    assert (parts["mail from it"], parts["reports and extras"]) == (Status.PASS, Status.WARN)


def test_what_is_unknown_is_told_once(tmp_path: Path) -> None:
    async def silent(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.TIMEOUT)

    report = asyncio.run(audit_domain("shop.example", silent))
    unknown = [finding for finding in report.findings if finding.status is Status.UNKNOWN]
    groups = unknown_groups(report.findings)
    assert len(unknown) > 20
    assert len(groups) == 1
    assert {rule for group in groups for rule in group.rules} == {finding.rule for finding in unknown}
    assert all("no answer to" in group.message for group in groups)


@pytest.mark.parametrize(
    ("text", "rule", "record"),
    [
        ("mx -all", "spf_provider.mx_only_receives", "v=spf1 include:_spf.google.com mx -all"),
        ("ip4:192.0.2.1 -all", "spf_provider.not_included", "v=spf1 include:_spf.google.com ip4:192.0.2.1 -all"),
        (
            "mx ip4=192.0.2.1 -all",
            "spf_provider.mx_only_receives",
            "v=spf1 include:_spf.google.com mx ip4:192.0.2.1 -all",
        ),
    ],
)
def test_the_provider_of_the_mailboxes_is_not_in_the_record(text: str, rule: str, record: str, tmp_path: Path) -> None:
    report = audited(HEAD + spf(text, GOOGLE + KEY + DMARC), tmp_path, others="smtp.google.com. IN A 203.0.113.5\n")
    (found,) = [finding for finding in report.findings if finding.rule == rule]
    assert [value_of(fix.after[0]) for fix in found.fixes] == [record]
    assert all(fix.when for fix in found.fixes)


@pytest.mark.parametrize(
    ("policy", "rest", "published"),
    [
        ("rejekt", MX + SPF, "p=reject"),
        ("rejekt", MX + KEY + spf("moo -all", ""), "p=reject"),  # signed
        ("rejekt", MX + spf("ipv4:192.0.2.25 -all", ""), "p=reject"),  # once the SPF record is repaired too
        ("rejekt", MX + spf("moo -all", ""), "p=none"),
        ("reject", MX + spf("moo -all", ""), ""),  # it counts already
    ],
)
def test_a_repair_does_not_let_receivers_refuse_mail_that_passes_nothing(
    policy: str, rest: str, published: str, tmp_path: Path
) -> None:
    report = report_of(dmarc(f"v=DMARC1; p={policy}; rua=mailto:d@shop.example", rest=rest), tmp_path)
    new = [value_of(fix.after[0]) for fix in of(report, "DMARC record") if fix.is_for_now]
    assert new == ([f"v=DMARC1; {published}; rua=mailto:d@shop.example"] if published else [])


@pytest.mark.parametrize(
    ("own", "advice"),
    [
        ("", "Publish it at _dmarc.shop.example, and remove it here."),
        (DMARC, "Remove it here: _dmarc.shop.example has a record"),
    ],
)
def test_a_misplaced_record_does_not_become_a_second_one(own: str, advice: str, tmp_path: Path) -> None:
    report = report_of(f'{own}@ IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n{MX}{SPF}{KEY}', tmp_path)
    (found,) = [finding for finding in report.findings if finding.rule == "dmarc_misplaced.apex"]
    assert found.advice.startswith(advice)


def test_the_record_of_a_wildcard_stays_where_it_is(tmp_path: Path) -> None:
    report = audited(
        HEAD + '* IN TXT "v=spf1 ipv4:192.0.2.1 -all"\nwww IN MX 10 mail\n* IN MX 10 mail\n', tmp_path, "a.shop.example"
    )
    (fix,) = of(report, "SPF record")
    assert (fix.name, fix.before) == ("a.shop.example", ())
