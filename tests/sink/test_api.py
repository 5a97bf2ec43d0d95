"""The API side over real sockets, with http.client, urllib and httpx as clients that no one here wrote."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import replace
from typing import Any

import httpx
import pytest

from benchkit.batch import to_mime
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import Security
from benchkit.providers import PROVIDERS
from benchkit.sink import parse_body

OPEN = ListenerConfig(0, "api", Security.NONE, "mailgun", password="key", auth_required=True)
SECURE = ListenerConfig(1, "api", Security.IMPLICIT, "mailgun", password="key", auth_required=True)
AUTH = "Basic " + b64encode(b"api:key").decode()
FORM = b"from=a%40b.example&to=c%40d.example&text=hi"
KIND = "application/x-www-form-urlencoded"
HEADERS = {"Authorization": AUTH, "Content-Type": KIND}
PATH = "/v3/d.example/messages"
REQUEST = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTH}\r\nContent-Type: {KIND}\r\n".encode()
CHUNKED = REQUEST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nfrom=\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(FORM) - 5, FORM[5:])
WHOLE = REQUEST + b"Content-Length: %d\r\n\r\n" % len(FORM) + FORM

RAW = {
    "a request": (WHOLE, [200]),
    "pipelined": (WHOLE * 3, [200, 200, 200]),
    "chunked": (CHUNKED, [200]),
    "Connection: close": (WHOLE.replace(b"Host", b"Connection: close\r\nHost") * 2, [200]),
    "HTTP/1.0": (WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0") * 2, [200]),
    "expecting": (WHOLE.replace(b"Host", b"Expect: 100-continue\r\nHost"), [100, 200]),
    "expecting, pipelined": (WHOLE + WHOLE.replace(b"Host", b"Expect: 100-continue\r\nHost"), [200, 100, 200]),
    "not authorised": (WHOLE.replace(b"Basic", b"Bearer"), [401]),
    "no such path": (WHOLE.replace(b"/v3", b"/v9"), [404]),
    "no such method": (b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % PATH.encode() + WHOLE, [405, 200]),
    "not a mail": (WHOLE.replace(b"from", b"form"), [400]),
    "not HTTP": (b"EHLO x\r\n\r\n", [400]),
    "not HTTP after a request": (WHOLE + b"\0\0\r\n", [200, 400]),
    "an upgrade": (WHOLE.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"), [400]),
    "too long": (REQUEST + b"Content-Length: 99999999999\r\n\r\n", [413]),
    "a length that is none": (REQUEST + b"Content-Length: x\r\n\r\n", [400]),
    "both lengths": (REQUEST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "half a request": (WHOLE[:-3], []),
    "nothing": (b"", []),
}  # fmt: skip


@pytest.mark.parametrize("transcript", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize(("said", "heard"), RAW.values(), ids=RAW)
def test_requests(running: Any, said: bytes, heard: list[int], transcript: bool) -> None:
    sink = running(OPEN, transcript=transcript)
    assert [int(part[:3]) for part in sink.talk(said).split(b"HTTP/1.1 ")[1:]] == heard
    sink.wait_until_empty()


@pytest.mark.parametrize("transcript", [False, True], ids=["quick", "careful"])
def test_byte_by_byte(running: Any, transcript: bool) -> None:
    sink = running(OPEN, transcript=transcript)
    with sink.connect() as client:
        for byte in WHOLE:
            client.sendall(bytes([byte]))
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
    assert [arrival.size for arrival in sink.ledger.arrivals] == [len(FORM)]


def test_http_client_keeps_its_connection(running: Any) -> None:
    sink = running(OPEN)
    client = http.client.HTTPConnection("127.0.0.1", sink.port)
    client.connect()
    kept = client.sock
    for status, method in ((200, "POST"), (405, "PUT"), (200, "POST")):
        client.request(method, PATH, FORM, HEADERS)
        response = client.getresponse()
        response.read()
        assert (response.status, client.sock) == (status, kept)
    client.close()
    sink.wait_until_empty()
    assert len(sink.ledger.arrivals) == 2


def test_urllib_over_tls(running: Any) -> None:
    sink = running(SECURE)
    request = urllib.request.Request(f"https://localhost:{sink.port}{PATH}", FORM, HEADERS)
    with urllib.request.urlopen(request, context=sink.tls) as response:
        assert json.load(response)["message"] == "Queued. Thank you."
    request.add_header("Authorization", "Basic x")
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(request, context=sink.tls)
    with refused.value as error:
        assert error.read() == b'"Forbidden"'


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_alpn_gives_http_1_1_to_who_asks_for_it(running: Any, version: ssl.TLSVersion, loop: str) -> None:
    sink = running(SECURE, maximum_tls=version, loop=loop)
    context = sink.tls
    context.set_alpn_protocols(["http/1.1"])
    with sink.connect() as plain, context.wrap_socket(plain, server_hostname="localhost") as secured:
        assert secured.selected_alpn_protocol() == "http/1.1"
        assert secured.version() == version.name.replace("_", ".")
        secured.sendall(WHOLE)
        assert secured.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_httpx_with_files(running: Any) -> None:
    sink = running(OPEN)
    with httpx.Client(base_url=f"http://127.0.0.1:{sink.port}", auth=("api", "key"), trust_env=False) as client:
        response = client.post(
            PATH,
            data={"from": "a@b.example", "to": ["c@d.example", "e@d.example"], "text": "hi"},
            files={"attachment": ("a.bin", bytes(range(256)) * 1000)},
        )
    ((head, body),) = sink.ledger.bodies.values()
    (mail,) = parse_body("api", "mailgun", head, body)
    assert response.json()["id"].startswith("<new0000000000@")
    assert (len(mail.recipients), mail.content.attachments[0].data) == (2, bytes(range(256)) * 1000)


@pytest.mark.parametrize("endpoint", ["messages", "mime"])
def test_what_a_run_sends_is_what_arrives(running: Any, endpoint: str) -> None:
    content = Content("Grüße", Address("", "a@b.example"), (Address("", "c@d.example"),), "hi")
    message = Message(0, content, to_mime(content), "a@b.example", ("c@d.example",))
    request = PROVIDERS["mailgun"].request(message, Credentials("key", {"endpoint": endpoint}))
    pieces = split_at_identity(request.body)
    sink = running(OPEN, run_token="0badcafe")
    client = http.client.HTTPConnection("127.0.0.1", sink.port)
    for token, send in (("0badcafe", 5), ("0badcafe", 6), ("deadbeef", 7)):
        client.request("POST", request.target, token_of(token, send).join(pieces), dict(request.headers))
        answer = json.loads(client.getresponse().read())
        assert answer["id"] == f"<{token_of(token, send).decode()}@mailgun.benchkit.invalid>"
    client.close()
    assert [arrival.send for arrival in sink.ledger.arrivals] == [5, 6, -1]
    ((head, body),) = sink.ledger.bodies.values()
    assert body == request.body
    assert [mail.content.digest for mail in parse_body("api", "mailgun", head, body)] == [message.digest]


def test_a_transcript_of_lines(running: Any) -> None:
    sink = running(OPEN, transcript=True)
    sink.talk(WHOLE + WHOLE.replace(b"Host", b"Expect: 100-continue\r\nHost"))
    assert sink.transcript.texts(0, "in") == [f"POST {PATH}"] * 2
    assert sink.transcript.texts(0, "out") == ["HTTP/1.1 200 OK", "HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"]


@pytest.mark.parametrize(
    ("protocol", "provider", "head", "body"),
    [("api", "mailgun", b"POST /v3/d/messages\r\n\r\n", b"x"), ("smtp", "", b"MAIL FROM:<>\r\n\r\n", b"no message")],
)
def test_what_is_no_mail_is_a_value_error(protocol: str, provider: str, head: bytes, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_body(protocol, provider, head, body)


def test_a_401_and_a_405_say_how_to_ask(running: Any) -> None:
    """RFC 9110 §15.5.2, §15.5.6."""
    sink = running(OPEN)
    refused = sink.talk(WHOLE.replace(b"Basic", b"Bearer"))
    assert b'www-authenticate: Basic realm="MG API"\r\n' in refused
    assert b"allow: POST\r\n" in sink.talk(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % PATH.encode())


def test_two_equal_sends_have_two_ids(running: Any) -> None:
    first, second = running(OPEN).talk(WHOLE * 2).split(b'{"id":"')[1:]
    assert first.partition(b'"')[0] != second.partition(b'"')[0]


def test_a_jmap_client_uploads_first(running: Any) -> None:
    """RFC 8620 §2, §6.1: session, upload, import and submission, as a client does that knows no Blob/upload."""
    sink = running(replace(OPEN, provider="jmap", options={"username": "me"}))
    client = http.client.HTTPConnection("127.0.0.1", sink.port)
    headers = {"Authorization": "Basic " + b64encode(b"me:key").decode()}

    def ask(method: str, target: str, body: bytes = b"", kind: str = "application/json") -> Any:
        client.request(method, target, body, headers | {"Content-Type": kind})
        return json.loads(client.getresponse().read())

    session = ask("GET", "/.well-known/jmap")
    account = session["primaryAccounts"]["urn:ietf:params:jmap:mail"]
    content = Content("Grüße", Address("", "a@b.example"), (Address("", "c@d.example"),), "hi")
    raw = to_mime(content).replace(b"bk00000000-0000000000", b"nobody-asked-for-this")
    upload = session["uploadUrl"].replace("{accountId}", account)
    blob = ask("POST", upload, raw, "message/rfc822")["blobId"]
    envelope = {
        "mailFrom": {"email": "bounce@b.example"},
        "rcptTo": [{"email": "c@d.example"}, {"email": "blind@d.example"}],
    }
    calls = [
        ["Email/import", {"accountId": account, "emails": {"m": {"blobId": blob, "mailboxIds": {"x": True}}}}, "0"],
        ["EmailSubmission/set", {"accountId": account, "create": {"s": {"emailId": "#m", "envelope": envelope}}}, "1"],
    ]
    answer = ask("POST", session["apiUrl"], json.dumps({"using": [], "methodCalls": calls}).encode())
    client.close()
    assert [name for name, _, _ in answer["methodResponses"]] == ["Email/import", "EmailSubmission/set"]
    assert answer["methodResponses"][1][1]["created"]["s"]["id"]
    ((head, body),) = sink.ledger.bodies.values()
    (mail,) = parse_body("api", "jmap", head, body)
    assert (mail.content, mail.sender) == (content, "bounce@b.example")
    assert mail.recipients == ("c@d.example", "blind@d.example")
