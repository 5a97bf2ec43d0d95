"""Amazon's own code judges benchkit's SES: botocore signs the same and knows every field, moto takes its mail byte for byte."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from benchkit.batch import to_mime
from benchkit.model.exchange import Credentials, Request
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.providers.ses import BULK, PROVIDER
from benchkit.providers.signature_v4 import SigningKey, with_signature
from tests.providers.sdks.sdk_calls import CONTENT, RECIPIENTS, amazon
from tests.transports.clients import client_of

SECRET = "correct-horse"
MESSAGE = Message(0, CONTENT, to_mime(CONTENT), "shop@shop.example", RECIPIENTS)
MOMENT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@given(
    body=st.binary(max_size=300),
    secret=st.text("abcDEF/+019", min_size=1),
    region=st.sampled_from(["us-east-1", "eu-north-1"]),
)
def test_the_signature_is_botocores(body: bytes, secret: str, region: str) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as AwsCredentials

    target, kind = "/v2/email/outbound-emails", "application/json"
    stamp = MOMENT.strftime("%Y%m%dT%H%M%SZ")
    theirs = AWSRequest("POST", f"http://localhost:8080{target}", {"content-type": kind}, body)
    theirs.context["timestamp"] = stamp
    auth = SigV4Auth(AwsCredentials("AKID", secret), "ses", region)
    theirs.headers["X-Amz-Date"] = stamp
    auth.payload(theirs)
    text = auth.string_to_sign(theirs, auth.canonical_request(theirs))
    expected = auth.signature(text, theirs)
    ours = with_signature(
        Request("POST", target, (("content-type", kind),), body), SigningKey("AKID", secret, region), "localhost:8080", stamp
    )  # fmt: skip
    assert ours.header("authorization").endswith(f"Signature={expected}")
    assert ours.header("x-amz-date") == stamp


@pytest.mark.parametrize("endpoint", ["simple", "raw", "bulk"])
def test_botocore_knows_every_field(endpoint: str) -> None:
    from botocore.validate import ParamValidator

    account = Credentials(SECRET, {"endpoint": endpoint, "tags": "kind=receipt", "configuration_set": "set"})
    request = PROVIDER.request(MESSAGE, account)
    if endpoint == "bulk":
        request = PROVIDER.batch([MESSAGE, MESSAGE], account).request([0, 1], [token_of("0badcafe", n) for n in (1, 2)])
    name = "SendBulkEmail" if request.target == BULK else "SendEmail"
    shape = amazon(1, SECRET).meta.service_model.operation_model(name).input_shape
    document = with_blobs(json.loads(request.body))
    assert ParamValidator().validate(document, shape).generate_report() == ""
    assert unknown(document, shape) == []


def with_blobs(node: Any) -> Any:
    """As botocore's callers give them: base64 fields as bytes."""
    if isinstance(node, dict):
        return {
            key: b64decode(value) if key in ("Data", "RawContent") and _is_blob(key, node) else with_blobs(value)
            for key, value in node.items()
        }
    return [with_blobs(one) for one in node] if isinstance(node, list) else node


def _is_blob(key: str, node: dict[str, Any]) -> bool:
    return key == "RawContent" or "Charset" not in node


def unknown(node: Any, shape: Any, path: str = "") -> list[str]:
    """Paths of members that the service's model does not have."""
    if shape.type_name == "structure" and isinstance(node, dict):
        found = [f"{path}.{key}" for key in node if key not in shape.members]
        known = ((key, value) for key, value in node.items() if key in shape.members)
        return found + [one for key, value in known for one in unknown(value, shape.members[key], f"{path}.{key}")]
    if shape.type_name == "list" and isinstance(node, list):
        return [one for value in node for one in unknown(value, shape.member, f"{path}[]")]
    return []


@pytest.fixture(scope="module")
def moto() -> Iterator[int]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield port
    server.stop()


@pytest.mark.parametrize("client", ["httpx2", "wire"])
@pytest.mark.parametrize("endpoint", ["simple", "raw"])
def test_moto_takes_a_mail(moto: int, endpoint: str, client: str) -> None:
    arm = ArmSpec(
        "arm", "api", client, ConnectionPolicy(0), Security.NONE, provider="ses", options={"endpoint": endpoint}, timeout_s=10.0
    )  # fmt: skip
    identity = token_of("0badcafe", 7)

    async def run() -> Any:
        trace, one = Trace(), client_of(arm, moto, "", SECRET)
        trace.begin()
        assert await one.connect(trace) is None
        outcome = await one.send(one.prepare(MESSAGE), identity, trace)
        await one.close(trace)
        return outcome

    refused = uvloop.run(run()) if not _verified(moto) else None
    assert refused is None or (refused.kind is OutcomeKind.REJECTED and "MessageRejected" in refused.text)
    amazon(moto, SECRET).create_email_identity(EmailIdentity="shop@shop.example") if not _verified(moto) else None
    outcome = uvloop.run(run())
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert outcome.server_id
    if endpoint == "raw":
        (raw,) = [row["raw_data"] for row in _kept(moto) if identity.decode() in row.get("raw_data", "")][-1:]
        assert raw.encode() == identity.join(split_at_identity(MESSAGE.mime))


def _verified(port: int) -> bool:
    return bool(amazon(port, SECRET).list_email_identities()["EmailIdentities"])


def _kept(port: int) -> list[dict[str, Any]]:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/moto-api/data.json") as answer:
        data = json.load(answer)
    rows: list[dict[str, Any]] = data["ses"]["RawMessage"]
    return rows
