"""`benchkit audit --zone`: what the file itself holds is used and judged, and `--live` asks servers about the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_audit import BAD, HEAD, run
from tests.resolver.scripted import in_background, reply

KEY = '"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
RECORDS = f"""
@ IN TXT "v=spf1 include:_spf.provider.test -all"
@ IN MX 10 mail
mail IN A 192.0.2.25
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"
own-2026._domainkey IN TXT {KEY}
news IN MX 10 mail
news-b._domainkey.news IN TXT {KEY}
_dmarc.shop IN TXT "v=DMARC1; p=none"
plain IN A 192.0.2.80
*.any IN MX 10 mail
"""


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    path = tmp_path / "shop.zone"
    path.write_text(HEAD + RECORDS, "utf-8")
    return path


def documents(*words: str | Path) -> list[dict[str, Any]]:
    document = json.loads(run("audit", "--json", *words).stdout)
    return document if isinstance(document, list) else [document]


def rules(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["rule"]: finding for finding in document["findings"]}


def test_without_a_domain_all_that_have_mail_are_audited(zone: Path) -> None:
    found = documents("--zone", zone)
    assert [each["domain"] for each in found] == ["shop.example", "news.shop.example", "shop.shop.example"]
    assert [each["domain"] for each in documents("--zone", BAD)] == [
        *("shop.example", "old.shop.example", "partner.shop.example"),
    ]


def test_selectors_of_the_file_are_found(zone: Path) -> None:
    own, news = documents("--zone", zone, "shop.example", "news.shop.example")
    assert [key["selector"] for key in own["dkim"]] == ["own-2026"]
    assert [key["selector"] for key in news["dkim"]] == ["news-b"]
    assert "news.shop.example" in rules(own)["zone_file.subdomains"]["message"]


def test_a_key_in_one_long_string(tmp_path: Path) -> None:
    path, key = tmp_path / "long.zone", "A" * 392
    path.write_text(f'{HEAD}{RECORDS}big._domainkey IN TXT "v=DKIM1; k=rsa; p={key}"\n', "utf-8")
    found = rules(documents("--zone", path, "shop.example")[0])["zone_file.long_string"]
    assert "a key of 410 octets in one string" in found["message"]
    assert found["paste"] == f'big._domainkey.shop.example. IN TXT "v=DKIM1; k=rsa; p={key[:237]}" "{key[237:]}"'


def test_a_record_beside_a_cname_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "beside.zone"
    path.write_text(f'{HEAD}{RECORDS}s1._domainkey IN CNAME s1.provider.test.\ns1._domainkey IN TXT "x"\n', "utf-8")
    found = rules(documents("--zone", path, "shop.example")[0])["zone_file.beside_cname"]
    assert (found["subject"], found["status"]) == ("s1._domainkey.shop.example", "fail")
    assert "line 17" in found["message"]


def provider(query: Any, transport: str) -> list[bytes]:
    name = query.question[0].name.to_text(True)
    if (name, query.question[0].rdtype.name) == ("_spf.provider.test", "TXT"):
        return [reply(query, '_spf.provider.test. 60 IN TXT "v=spf1 a:x.provider.test ip4:198.51.100.7 -all"')]
    return [reply(query, rcode="NXDOMAIN")]


def test_live_servers_answer_for_other_names(zone: Path) -> None:
    with in_background(provider) as server:
        (joined,) = documents("--zone", zone, "-n", server.address, "shop.example")
    (alone,) = documents("--zone", zone, "shop.example")
    assert (joined["spf"]["lookups"], alone["spf"]["lookups"]) == (2, None)
    assert joined["spf"]["authorised"]["networks"] == ["198.51.100.7/32"]
    assert not [name for _, name, _ in server.asked if name.endswith("shop.example")]
    assert any("names that the zone file does not hold" in line for line in alone["not_checked"])
    assert not any("the zone file" in line for line in joined["not_checked"])


def test_a_joined_audit_replays(zone: Path, tmp_path: Path) -> None:
    record = tmp_path / "answers.jsonl"
    with in_background(provider) as server:
        first = run("audit", "--zone", zone, "-n", server.address, "--record", record, "--json").stdout
    assert run("audit", "--replay", record, "--json").stdout == first
