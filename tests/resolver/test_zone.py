"""Zone files as an `Ask`: RFC 1034 §4.3.2 as a table, and every mistake of a file at its line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.model.dns import Answer, AnswerState
from benchkit.resolver import from_zone

ZONE = """\
$ORIGIN shop.example.
$TTL 3600
@            IN SOA   ns1 hostmaster 1 7200 3600 1209600 300
@            IN NS    ns1
@            IN MX    20 mx2
@            IN MX    10 MX1.Shop.Example.
@            IN TXT   "v=spf1 include:_spf" ".esp.example -all"
ns1      600 IN A     192.0.2.1
mx1          IN A     192.0.2.10
www          IN CNAME mx1
away         IN CNAME a.esp.example.
outside      IN CNAME www.other.test.
chain        IN CNAME www
loop1        IN CNAME loop2
loop2        IN CNAME loop1
self         IN CNAME self
dangling     IN CNAME nowhere
a.deep.ent   IN A     192.0.2.11
*.wild       IN TXT   "star"
named.wild   IN A     192.0.2.12
*.alias      IN CNAME mx1
child        IN NS    ns.child
child        IN DS    1 8 2 00000000000000000000000000000000000000000000000000000000000000AA
ns.child     IN A     192.0.2.53
null         IN MX    0 .
bücher       IN A     192.0.2.13
"""
ESP = """\
$TTL 60
esp.example. IN SOA ns1 hostmaster 1 7200 3600 1209600 300
esp.example. IN NS ns1.esp.example.
a.esp.example. IN A 198.51.100.1
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "shop.zone").write_text(ZONE, "utf-8")
    (tmp_path / "esp.zone").write_text(ESP, "utf-8")
    return [tmp_path / "shop.zone", tmp_path / "esp.zone"]


def asked(files: list[Path], name: str, kind: str) -> Answer:
    async def ask() -> Answer:
        return await from_zone(files)(name, kind)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("name", "kind", "state", "texts"),
    [
        ("shop.example", "MX", "ok", ["10 MX1.Shop.Example.", "20 mx2.shop.example."]),
        ("SHOP.example.", "TXT", "ok", ['"v=spf1 include:_spf" ".esp.example -all"']),
        ("www.shop.example", "A", "ok", ["192.0.2.10"]),
        ("www.shop.example", "CNAME", "ok", ["mx1.shop.example."]),
        ("chain.shop.example", "A", "ok", ["192.0.2.10"]),
        ("away.shop.example", "A", "ok", ["198.51.100.1"]),
        ("outside.shop.example", "A", "refused", []),
        ("www.shop.example", "TXT", "nodata", []),
        ("nowhere.shop.example", "A", "nxdomain", []),
        ("dangling.shop.example", "A", "nxdomain", []),
        ("ent.shop.example", "A", "nodata", []),
        ("deep.ent.shop.example", "A", "nodata", []),
        ("b.deep.ent.shop.example", "A", "nxdomain", []),
        ("x.wild.shop.example", "TXT", "ok", ['"star"']),
        ("y.x.wild.shop.example", "TXT", "ok", ['"star"']),
        ("x.wild.shop.example", "A", "nodata", []),
        ("named.wild.shop.example", "TXT", "nodata", []),
        ("x.named.wild.shop.example", "TXT", "nxdomain", []),
        ("x.alias.shop.example", "A", "ok", ["192.0.2.10"]),
        ("loop1.shop.example", "A", "malformed", []),
        ("self.shop.example", "A", "malformed", []),
        ("child.shop.example", "A", "refused", []),
        ("child.shop.example", "NS", "refused", []),
        ("ns.child.shop.example", "A", "refused", []),
        ("child.shop.example", "DS", "ok", None),
        ("bücher.shop.example", "A", "ok", ["192.0.2.13"]),
        ("xn--bcher-kva.shop.example", "A", "ok", ["192.0.2.13"]),
        ("example", "A", "refused", []),
        ("x" * 64 + ".shop.example", "A", "malformed", []),
        (".".join(["x" * 60] * 5), "A", "malformed", []),
        ("a..shop.example", "A", "malformed", []),
        ("shop.example", "NOSUCHTYPE", "malformed", []),
        ("shop.example", "ANY", "malformed", []),
    ],
)
def test_look_up(files: list[Path], name: str, kind: str, state: str, texts: list[str] | None) -> None:
    answer = asked(files, name, kind)
    assert answer.state == state
    assert answer.queries == 0
    assert texts is None or [record.text for record in answer.records] == texts


def test_parts_of_records(files: list[Path]) -> None:
    first, second = asked(files, "shop.example", "MX").records
    assert (first.preference, first.target, first.ttl) == (10, "mx1.shop.example", 3600)
    assert (second.preference, second.target) == (20, "mx2.shop.example")
    (text,) = asked(files, "shop.example", "TXT").records
    assert text.strings == (b"v=spf1 include:_spf", b".esp.example -all")
    assert asked(files, "ns1.shop.example", "A").records[0].ttl == 600
    assert asked(files, "null.shop.example", "MX").records[0].target == "."


def test_chain_and_wildcard_are_told(files: list[Path]) -> None:
    assert asked(files, "chain.shop.example", "A").cnames == ("www.shop.example", "mx1.shop.example")
    assert asked(files, "dangling.shop.example", "A").cnames == ("nowhere.shop.example",)
    assert asked(files, "x.wild.shop.example", "TXT").wildcard
    assert asked(files, "x.alias.shop.example", "A").wildcard
    assert not asked(files, "x.wild.shop.example", "A").wildcard
    assert not asked(files, "shop.example", "TXT").wildcard
    assert "is not in" in asked(files, "outside.shop.example", "A").ede[0]
    assert asked(files, "BÜCHER.shop.example", "A").name == "xn--bcher-kva.shop.example"


def test_elsewhere_answers_for_other_zones(files: list[Path]) -> None:
    async def elsewhere(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.OK, cnames=("end.other.test",), resolver="elsewhere")

    async def ask() -> Answer:
        return await from_zone(files, elsewhere=elsewhere)("outside.shop.example", "A")

    answer = asyncio.run(ask())
    assert (answer.name, answer.resolver) == ("outside.shop.example", "elsewhere")
    assert answer.cnames == ("www.other.test", "end.other.test")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("$ORIGIN a.example.\n$TTL 60\n@ IN MX mail\n", 3, ""),
        ("$ORIGIN a.example.\n$TTL 60\n@ IN A 1.2.3\n", 3, ""),
        ("$ORIGIN a.example.\n$TTL 60\n@ IN NOSUCH x\n", 3, "NOSUCH"),
        ('$ORIGIN a.example.\n$TTL 60\n@ IN TXT "open\n', 3, ""),
        (f"$ORIGIN a.example.\n$TTL 60\n{'x' * 64} IN A 192.0.2.1\n", 3, ""),
        ("$ORIGIN a.example.\n$INCLUDE /etc/passwd\n", 2, "$INCLUDE"),
        ("$ORIGIN a.example.\n@ IN A 192.0.2.1\n", 2, "TTL"),
        ("@ 60 IN A 192.0.2.1\n", 0, "$ORIGIN"),
    ],
)
def test_mistakes_have_a_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "bad.zone"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        from_zone([path])
    (mistake,) = caught.value.mistakes
    assert (mistake.where, mistake.line) == (str(path), line)
    assert message in mistake.message
    assert mistake.message


HEADER = "$ORIGIN a.example.\n$TTL 60\n"


@pytest.mark.parametrize(
    ("lines", "kind", "name", "line", "text"),
    [
        ("x IN CNAME y\nx IN TXT z\n", "beside a CNAME", "x.a.example", 4, '"z"'),
        ("x IN TXT z\nx IN CNAME y\n", "beside a CNAME", "x.a.example", 4, "y.a.example."),
        (f'k IN TXT "{"x" * 300}"\n', "long string", "k.a.example", 3, f'"{"x" * 255}" "{"x" * 45}"'),
        (f'k IN TXT ( "short"\n"{"x" * 256}" )\n', "long string", "k.a.example", 3, f'"short" "{"x" * 255}" "x"'),
        (f'k IN TXT "{chr(92)}"{"x" * 255}"\n', "long string", "k.a.example", 3, f'"{chr(92)}"{"x" * 254}" "x"'),
    ],
)
def test_two_faults_do_not_keep_a_file_from_being_read(
    tmp_path: Path, lines: str, kind: str, name: str, line: int, text: str
) -> None:
    path = tmp_path / "odd.zone"
    path.write_text(f"{HEADER}{lines}after IN A 192.0.2.1\n", "utf-8")
    zone = from_zone([path])
    (fault,) = zone.faults
    assert (fault.kind, fault.name, fault.line, fault.text) == (kind, name, line, text)
    assert asked([path], "after.a.example", "A").state == "ok"


@pytest.mark.parametrize("octets", [1, 255, 256, 510, 511, 4000])
def test_a_long_string_keeps_every_octet(tmp_path: Path, octets: int) -> None:
    path = tmp_path / "long.zone"
    text = "".join(chr(97 + number % 26) for number in range(octets))
    path.write_text(f'{HEADER}@ IN TXT "{text}"\n', "utf-8")
    (record,) = asked([path], "a.example", "TXT").records
    assert b"".join(record.strings).decode() == text
    assert all(len(each) <= 255 for each in record.strings)


def test_a_tree_is_an_alias_of_another(tmp_path: Path) -> None:
    """RFC 6672: below the owner of a DNAME, not at it; the rest of the name stays."""
    path = tmp_path / "dname.zone"
    lines = "old IN DNAME new\nold IN TXT here\ns1._domainkey.new IN TXT key\n_dmarc IN DNAME away.example.\n"
    path.write_text(HEADER + lines, "utf-8")
    found = asked([path], "s1._domainkey.old.a.example", "TXT")
    assert (found.cnames, found.records[0].text) == (("s1._domainkey.new.a.example",), '"key"')
    assert asked([path], "old.a.example", "TXT").records[0].text == '"here"'
    assert asked([path], "x.old.a.example", "TXT").state == "nxdomain"
    assert asked([path], "x._dmarc.a.example", "TXT").cnames == ("x.away.example",)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        from_zone([tmp_path / "missing.zone"])
    (tmp_path / "binary.zone").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        from_zone([tmp_path / "binary.zone"])


def test_two_files_of_one_zone(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "again.zone").write_text(ZONE, "utf-8")
    with pytest.raises(InputError, match=r"as does .*shop\.zone"):
        from_zone([*files, tmp_path / "again.zone"])


def test_the_domain_is_the_origin_of_a_file_that_states_none(tmp_path: Path) -> None:
    path = tmp_path / "plain.zone"
    path.write_text("@ 60 IN A 192.0.2.1\n", "utf-8")
    answer = asyncio.run(_one(path, "shop.example"))
    assert answer.records[0].text == "192.0.2.1"


async def _one(path: Path, origin: str) -> Answer:
    return await from_zone([path], origin=origin)(origin, "A")
