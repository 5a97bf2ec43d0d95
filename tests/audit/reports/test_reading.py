"""Reports are read in every form that receivers send them, and hostile ones are refused within limits, by one sentence each."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit.aggregate_reports import ReportCollection, archives, collect
from benchkit.audit.aggregate_reports.recorded import from_values
from tests.audit.reports.aggregate import FORMS, PLAIN, mailed, report, row, tls_report, zipped

DTD = b'<?xml version="1.0"?><!DOCTYPE feedback [%s]><feedback>&a;</feedback>'
LAUGHS = DTD % (b'<!ENTITY a "ha">' + b"".join(b'<!ENTITY a%d "&a;&a;">' % number for number in range(40)))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "entities that grow": (LAUGHS, "holds a DTD, which a report never has"),
    "an entity of a file": (DTD % b'<!ENTITY a SYSTEM "file:///etc/passwd">', "holds a DTD"),
    "an entity of a URL": (DTD % b'<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;', "holds a DTD"),
    "deep elements": (b"<a>" * 100_000, "nests more than 24 elements"),
    "a long text": (b"<feedback>" + b"x" * 100_000, "has an element with more than 10,000 characters"),
    "no end": (PLAIN[:-30], "is not well-formed XML"),
    "octets that are no UTF-8": (PLAIN.replace(b"receiver", b"rec\xff\xfe"), "is not well-formed XML"),
    "an encoding that is none": (PLAIN.replace(b"UTF-8", b"x-none"), "cannot be read as XML: unknown encoding"),
    "another document": (b"<html><body/></html>", "is not a DMARC report: its outermost element is 'html'"),
    "no domain": (report(row("192.0.2.1", 1), domain=""), "names no domain"),
    "a gzip bomb": (gzip.compress(b"\0" * 3_000_000), "unpacks to more than 1,000,000 bytes"),
    "a zip bomb": (zipped(b"\0" * 3_000_000), "unpacks to more than 1,000,000 bytes"),
    "many small zip bombs": (zipped(*[b"<" + b" " * 300_000] * 9), "is not well-formed XML"),
    "a gzip in a gzip": (
        gzip.compress(gzip.compress(PLAIN)),
        "contains an archive inside an archive, which benchkit does not read: unpack it first",
    ),
    "a zip in a zip": (
        zipped(zipped(PLAIN)),
        "contains an archive inside an archive, which benchkit does not read: unpack it first",
    ),
    "a zip of many files": (zipped(*[b"x"] * 101), "holds 101 files, and the limit is 100"),
    "half a gzip": (gzip.compress(PLAIN)[:60], "is a gzip file that ends too early"),
    "half a zip": (zipped(PLAIN)[:60], "is not a zip file"),
    "a damaged zip": (zipped(PLAIN)[:80] + b"XXXX" + zipped(PLAIN)[84:], "is not a zip file"),
    "nothing": (b"", "is not a report: benchkit reads XML, JSON, gzip, zip and mail"),
    "an image": (b"\x89PNG\r\n", "is not a report"),
    "mail without a report": (b"From: a@b\r\n\r\nHello", "is a mail without an attached report"),
    "a mail with a bomb": (
        mailed(gzip.compress(b"\0" * 3_000_000), "application", "gzip", "r.gz"),
        "unpacks to more than 1,000,000 bytes",
    ),
    "JSON that nests": (b'{"policies":' + b"[" * 100_000, "is not JSON"),
    "JSON that is something else": (b'{"a": 1}', "is not a TLS report: it has no list of policies"),
}


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb must not need gigabytes to be one."""
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", 1_000_000)
    monkeypatch.setattr(archives, "PACKED_LIMIT", 2_000_000)


@pytest.mark.parametrize("form", FORMS)
def test_form(form: str) -> None:
    found = collect([("r", FORMS[form])])
    assert found.unread == ()
    (only,) = found.dmarc
    assert (only.domain, only.reporter, only.begin_s) == ("shop.example", "receiver.example", 1_700_000_000)
    assert [(each.source, each.count, each.passed, each.disposition) for each in only.rows] == [
        ("192.0.2.1", 3, True, "none")
    ]


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file(case: str) -> None:
    data, reason = HOSTILE[case]
    tracemalloc.start()
    try:
        found = collect([("r", data)])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.dmarc, found.tls) == ((), ())
    assert reason in dict(found.unread)["r"]
    assert most < 12_000_000


def test_a_file_larger_than_the_limit() -> None:
    assert collect([("r", b"<" + b" " * 2_000_000)]).unread == (
        ("r", "has 2,000,001 bytes, and the limit is 2,000,000"),
    )


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    """What is unpacked counts, not what the archive says."""
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("r.xml", b"\0" * 3_000_000)
    data = path.read_bytes().replace((3_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert len(collect([("r", data)]).unread) == 1


@pytest.mark.parametrize(
    ("bad", "skipped"),
    [
        (row("192.0.2.300", 1), 1),
        (row("", 1), 1),
        (row("192.0.2.1", -1), 1),
        (row("192.0.2.1", "1e9"), 1),
        (row("192.0.2.1", "9" * 20), 1),
        (row("192.0.2.1", ""), 1),
        ("<record/>", 1),
        (row("2001:DB8:0::1", 0), 0),
    ],
)
def test_rows_that_say_nothing_are_counted(bad: str, skipped: int) -> None:
    (only,) = collect([("r", report(row("192.0.2.9", 5), bad))]).dmarc
    assert (only.skipped_rows, only.rows[0].count, len(only.rows)) == (skipped, 5, 2 - skipped)


def test_a_report_counts_once_however_it_comes() -> None:
    found = collect([("a", PLAIN), ("b", gzip.compress(PLAIN)), ("c", report(row("192.0.2.1", 3), report_id="2"))])
    assert (len(found.dmarc), found.repeated) == (2, 1)


def test_one_bad_document_of_a_zip_does_not_hide_the_good_one_before_it() -> None:
    found = collect([("r", zipped(PLAIN, b"<no"))])
    assert (len(found.dmarc), len(found.unread)) == (1, 1)


def test_tls_report() -> None:
    (only,) = collect([("r", gzip.compress(tls_report()))]).tls
    (policy,) = only.policies
    assert (only.reporter, policy.kind, policy.successes, policy.failures) == ("Company-X", "sts", 5326, 303)
    assert [(each.result, each.sessions) for each in policy.details] == [
        ("certificate-expired", 100),
        ("starttls-not-supported", 200),
    ]


@pytest.mark.parametrize(
    "policies", [[1, None, "x"], [{"policy": [], "summary": {"total-successful-session-count": True}}]]
)
def test_a_tls_report_of_odd_values_counts_nothing(policies: object) -> None:
    (only,) = collect([("r", tls_report(policies=policies))]).tls
    assert all((policy.successes, policy.failures, policy.details) == (0, 0, ()) for policy in only.policies)


def test_a_recording_keeps_the_reports() -> None:
    found = collect([("a", report(row("192.0.2.1", 3, reason="forwarded"))), ("b", tls_report()), ("c", b"no")])
    assert from_values(asdict(found)) == found


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(FORMS)), st.integers(0, 400))
def test_damaged_files_never_raise(noise: bytes, form: str, at: int) -> None:
    data = FORMS[form]
    found = collect([("r", data[:at] + noise + data[at + len(noise) :])])
    assert isinstance(found, ReportCollection)
