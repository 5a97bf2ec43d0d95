"""The receiving half of an email API as a table: its endpoints, what a request must contain, and what it answers.

Each provider's `<name>_server.py` is such a table and the functions that it names. Pure: bytes and values only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar

from benchkit.model.exchange import ApiRefusal, Credentials, PartialAnswer, RateLimit, Received, Request, Response
from benchkit.providers.named_answers import Headers, NamedAnswer, partial_answer, split_request

JSON = (("content-type", "application/json"),)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: the form of its path, what its requests send, and how one that was taken is answered."""

    path: re.Pattern[str]
    read: Callable[[Request], tuple[Received, ...]]
    answer: Callable[[Request, Sequence[bytes]], Response]
    method: str = "POST"
    sends: Callable[[Request], bool] = lambda _request: True  # a session or a status sends no mail


def template_route(path: str, answer: Callable[[Request, Sequence[bytes]], Response]) -> Route:
    """An endpoint that stores a template."""
    return Route(re.compile(path), lambda _request: (), answer, sends=lambda _request: False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedServer:
    """`authorised_by` may raise an ApiRefusal of its own. `error_texts` has the text and code of each status.

    `body_of` writes a refusal's body from status, text and code. `rate_names` are the header fields of a limit: requests in
    a window, how many are left, seconds until all are. Beyond its rate it answers `limit_status` with `limit_text`, which may
    hold {wait_s}, and with Retry-After where `retry_after` is true. `answers` are those that a fault asks for by name.
    `reads_key` gives a request's idempotency key, empty where it has none, and the request without it; `other_body` is the
    refusal (status, text, code) of another mail under a known key, where there is one.
    """

    routes: tuple[Route, ...]
    authorised_by: Callable[[Request, Credentials], bool]
    body_of: Callable[[int, str, str], bytes]
    error_texts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    challenge: str = "Bearer"
    limit_status: int = 429
    limit_text: str = ""
    retry_after: bool = False
    rate_names: tuple[str, ...] = ()
    names_upload: Callable[[Request], str] = lambda _request: ""
    joins_uploads: Callable[[Request, Mapping[str, bytes]], Request] = lambda request, _uploads: request
    headers_of: Callable[[int, str], Headers] = lambda _status, _code: JSON
    reads_key: Callable[[Request], tuple[str, Request]] | None = None
    other_body: tuple[int, str, str] | None = None
    answers: Mapping[str, NamedAnswer] = field(default_factory=dict)

    def methods(self, target: str) -> tuple[str, ...]:
        path = target.partition("?")[0]
        return tuple(dict.fromkeys(route.method for route in self.routes if route.path.fullmatch(path)))

    def check(self, request: Request, account: Credentials) -> None:
        try:
            authorised = self.authorised_by(request, account)
        except (KeyError, TypeError, AttributeError, UnicodeError, RecursionError):
            authorised = False
        if not authorised:
            raise ApiRefusal(401, "")

    def upload_name(self, request: Request) -> str:
        return self.names_upload(request)

    def with_uploads(self, request: Request, uploads: Mapping[str, bytes]) -> Request:
        return _well_formed(lambda: self.joins_uploads(request, uploads))

    def sends(self, request: Request) -> bool:
        return self._route(request).sends(request)

    def receive(self, request: Request) -> tuple[Received, ...]:
        return _well_formed(lambda: self._route(request).read(request))

    def accepted(self, request: Request, identities: Sequence[bytes]) -> Response:
        return _well_formed(lambda: self._route(request).answer(request, identities))

    def refused(self, status: int, text: str, code: str = "", retry_after_s: int = 0) -> Response:
        usual_text, usual_code = self.error_texts.get(status, (_phrase(status), ""))
        text, code = text or usual_text, code or usual_code
        headers = self.headers_of(status, code)
        if retry_after_s:
            headers = (*headers, ("retry-after", str(retry_after_s)))
        return Response(status, headers, self.body_of(status, text, code))

    def answered(
        self, name: str, request: Request, identities: Sequence[bytes], retry_after_s: int = 0
    ) -> PartialAnswer:
        answer = self.answers[name]
        part = split_request(request, self.receive(request), identities, answer.refuses)
        if answer.write is not None:
            response = _well_formed(lambda: answer.write(part))  # type: ignore[misc]
        else:
            response = self.refused(answer.status, answer.text, answer.code)
            if answer.body is not None:
                response = Response(answer.status, (), answer.body)
        waits = (("retry-after", str(retry_after_s)),) if retry_after_s else ()
        return partial_answer(part, replace(response, headers=(*response.headers, *answer.headers, *waits)))

    def throttled(self, wait_s: int) -> Response:
        return self.refused(
            self.limit_status, self.limit_text.format(wait_s=wait_s), retry_after_s=wait_s if self.retry_after else 0
        )

    def rate_headers(self, rate: RateLimit) -> Headers:
        values = (rate.limit, rate.remaining, rate.reset_s)
        return tuple((name, str(value)) for name, value in zip(self.rate_names, values, strict=False))

    def _route(self, request: Request) -> Route:
        path = request.target.partition("?")[0]
        found = (route for route in self.routes if route.method == request.method and route.path.fullmatch(path))
        route = next(found, None)
        if route is None:
            raise ApiRefusal(404, "there is no such endpoint")
        return route


def _well_formed(read: Callable[[], T]) -> T:
    """What Python raises where a request is of another form than documented is the sender's error."""
    try:
        return read()
    except (KeyError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise ApiRefusal(400, f"the request is not of the documented form: {error}") from error


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
