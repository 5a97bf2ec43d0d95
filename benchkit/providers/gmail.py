"""Gmail API: users.messages.send takes only MIME, as the body of an upload ("media") or in JSON in base64url ("json").

Source: Google's discovery document and its page of quotas. Who gets the mail stands in its header. The receiving half is in
gmail_server.py.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping

from benchkit.model.exchange import Credentials, Request, Response, SendingDomains
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.field_limits import FieldLimits
from benchkit.providers.gmail_server import LARGEST, SERVER
from benchkit.providers.json_request import bearer, json_request
from benchkit.providers.mime_recipients import mime_with_bcc

LIMITS = FieldLimits(api="Gmail", repeated_addresses=True, recipients=500, mail_bytes=LARGEST)
_LIMITED = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded"})

OPTIONS: Mapping[str, str] = {
    "endpoint": '"media" (default): the MIME bytes as the body; "json": in base64url',
    "user": 'whose mailbox sends; default "me"',
}


class Gmail:
    name = "gmail"
    default_host = "gmail.googleapis.com"
    options = frozenset(OPTIONS)
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        raw = mime_with_bcc(message, LIMITS)
        path = f"/gmail/v1/users/{account.options.get('user', 'me')}/messages/send"
        if account.options.get("endpoint") == "json":
            return json_request(path, bearer(account.secret), {"raw": urlsafe_b64encode(raw).decode("ascii")})
        headers = (*bearer(account.secret), ("content-type", "message/rfc822"))
        return Request("POST", f"/upload{path}?uploadType=media", headers, raw)

    def outcome(self, response: Response) -> Outcome:
        """A limit may be a 403: its reason says so."""
        answer = table_of(response.body)
        server_id = answer.get("id")
        if response.status == 200 and isinstance(server_id, str) and server_id:
            return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
        error = answer.get("error")
        reasons = {words(row, "reason") for row in list_in(error.get("errors"))} if isinstance(error, dict) else set()
        limited = response.status == 403 and reasons & _LIMITED
        text = ": ".join(filter(None, (words(error, "status"), *sorted(reasons), words(error, "message"))))
        return refusal(response, text, OutcomeKind.THROTTLED if limited else None)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains(author, author)


PROVIDER = Gmail()
