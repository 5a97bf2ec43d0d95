"""Acme's email API, which is made up: POST /v1/mime takes a MIME message, its envelope in the query, and answers with an id."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode

from benchkit.batch import from_mime
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response, SendingDomains
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import outcome, refusal, table_of, words
from benchkit.providers.routed_server import JSON, Route, RoutedServer


class Acme:
    name = "acme"
    default_host = "mail.acme.example"
    options = frozenset({"pool"})

    def request(self, message: Message, account: Credentials) -> Request:
        envelope = [("from", message.envelope_from), *(("to", address) for address in message.recipients)]
        pool = [("acme-pool", account.options["pool"])] if "pool" in account.options else []
        headers = (("authorization", f"Acme {account.secret}"), ("content-type", "message/rfc822"), *pool)
        return Request("POST", f"/v1/mime?{urlencode(envelope)}", headers, message.mime)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        if response.status == 202 and isinstance(answer.get("queued"), str) and answer["queued"]:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=answer["queued"])
        return refusal(response, words(answer, "error"))

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Acme signs with its customer's own key."""
        return SendingDomains(author if return_path is None else return_path, author)

    @property
    def server(self) -> RoutedServer:
        return SERVER


def read(request: Request) -> tuple[Received, ...]:
    envelope = parse_qs(request.target.partition("?")[2], keep_blank_values=True)
    if not envelope.get("to"):
        raise ApiRefusal(400, "no recipient")
    return (Received(from_mime(request.body), tuple(envelope["to"]), envelope["from"][0]),)


def accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    return Response(202, JSON, json.dumps({"queued": identities[0].decode()}).encode())


def is_authorised(request: Request, account: Credentials) -> bool:
    return hmac.compare_digest(request.header("authorization"), f"Acme {account.secret}")


SERVER = RoutedServer(
    routes=(Route(re.compile("/v1/mime"), read, accepted),),
    authorised_by=is_authorised,
    body_of=lambda _status, text, _code: json.dumps({"error": text}).encode(),
    challenge="Acme",
)
PROVIDER = Acme()
