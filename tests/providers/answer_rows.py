"""What providers answered, a row each, and what it means; the shapes of their answers as short functions.

Sources are those of each provider's file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from benchkit.model.exchange import Response
from benchkit.model.outcome import OutcomeKind
from tests.providers.answer_shapes import (
    MAILERSEND,
    MAILJET,
    SENT,
    amazon,
    cloudflare,
    google,
    mailjet_error,
    mandrill,
    microsoft,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    suppressed,
)

ACCEPTED, DEFERRED, REJECTED = OutcomeKind.ACCEPTED, OutcomeKind.DEFERRED, OutcomeKind.REJECTED
THROTTLED, GARBLED = OutcomeKind.THROTTLED, OutcomeKind.GARBLED


@dataclass(frozen=True, slots=True)
class Row:
    """What a provider answered, and what that means."""

    provider: str
    what: str
    status: int
    body: Any
    kind: OutcomeKind
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    server_id: str = ""
    refused: tuple[str, ...] = ()

    @property
    def response(self) -> Response:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return Response(self.status, self.headers, body)


ROWS = (
    Row("mailgun", "accepted", 200, {"id": "<1@d>", "message": "Queued. Thank you."}, ACCEPTED, server_id="1@d"),
    Row("mailgun", "200 of a wrong path", 200, b"Mailgun Magnificent API", REJECTED, "Magnificent"),
    Row("mailgun", "401 is a bare JSON string", 401, b'"Forbidden"', REJECTED, "Forbidden"),
    Row("mailgun", "a domain that is not there", 404, {"message": "Domain not found: x"}, REJECTED, "Domain not found"),
    Row("mailgun", "too large", 413, b"", REJECTED),
    Row("mailgun", "420", 420, b"Enhance your calm", THROTTLED, "calm"),
    Row("mailgun", "a limit", 429, {"message": "request limit exceeded, try again after 120 seconds"}, THROTTLED, "120"),
    Row("sendgrid", "an empty 202", 202, b"", ACCEPTED, headers=(("x-message-id", "abc"),), server_id="abc"),
    Row("sendgrid", "202 without an id", 202, b"", GARBLED),
    Row("sendgrid", "202 with a page", 202, b"<html>", GARBLED, "<html>", (("x-message-id", "abc"),)),
    Row("sendgrid", "200 is no acceptance (sandbox)", 200, b"", GARBLED, headers=(("x-message-id", "abc"),)),
    Row("sendgrid", "no grant", 401, sendgrid("The provided authorization grant is invalid"), REJECTED, "grant"),
    Row("sendgrid", "no verified sender", 403, sendgrid("The from address does not match"), REJECTED, "does not match"),
    Row("sendgrid", "a limit", 429, sendgrid("too many requests"), THROTTLED, "too many"),
    Row("sendgrid", "an error of theirs", 500, sendgrid("oops"), DEFERRED, "oops"),
    Row("ses", "accepted", 200, {"MessageId": "0100-1"}, ACCEPTED, server_id="0100-1"),
    Row("ses", "200 without an id", 200, {}, GARBLED),
    Row("ses", "not verified", 400, {"message": "Email address is not verified."}, REJECTED, "MessageRejected: Email",
        amazon("MessageRejected")),
    Row("ses", "no domain", 400, {"message": "x"}, REJECTED, "MailFrom", amazon("MailFromDomainNotVerifiedException")),
    Row("ses", "suspended", 400, {"message": "x"}, REJECTED, "Suspended", amazon("AccountSuspendedException")),
    Row("ses", "a limit, 429", 429, {"message": "x"}, THROTTLED, "TooMany", amazon("TooManyRequestsException")),
    Row("ses", "a limit, 400", 400, {"message": "Maximum sending rate exceeded."}, THROTTLED, "rate",
        amazon("ThrottlingException")),
    Row("ses", "a quota, 400", 400, {"message": "Daily message quota exceeded."}, THROTTLED, "quota"),
    Row("ses", "the wrong signature", 403, {"message": "x"}, REJECTED, "Signature", amazon("InvalidSignatureException")),
    Row("postmark", "accepted", 200, postmark(0, "OK", **SENT), ACCEPTED, server_id="1"),
    Row("postmark", "accepted but for inactive ones", 200,
        postmark(0, "Message OK, but will not deliver to these inactive addresses: x@b.example, y@b.example.", **SENT),
        ACCEPTED, "inactive", server_id="1", refused=("x@b.example", "y@b.example")),
    Row("postmark", "200 that means failure", 200, postmark(406, "inactive recipient"), REJECTED, "406: inactive"),
    Row("postmark", "200 without an ErrorCode", 200, SENT, GARBLED),
    Row("postmark", "0 without an id", 200, postmark(0, "OK"), GARBLED),
    Row("postmark", "false is no 0", 200, {"ErrorCode": False, "Message": "OK", **SENT}, GARBLED),
    Row("postmark", "maintenance within 200", 200, postmark(100, "maintenance"), DEFERRED),
    Row("postmark", "422", 422, postmark(300, "Invalid 'To' address: 'x'."), REJECTED, "300: Invalid"),
    Row("postmark", "the token", 401, postmark(10, "Bad or missing Server API token"), REJECTED, "10: Bad"),
    Row("postmark", "a limit", 429, postmark(429, "Rate Limit Exceeded"), THROTTLED, "Rate"),
    Row("resend", "accepted", 200, {"id": "49a3"}, ACCEPTED, server_id="49a3"),
    Row("resend", "200 without an id", 200, {"id": ""}, GARBLED),
    Row("resend", "a field", 422, resend(422, "missing_required_field", "Missing `to` field."), REJECTED, "missing_req"),
    Row("resend", "no key", 401, resend(401, "missing_api_key", "Missing API Key"), REJECTED, "missing_api_key"),
    Row("resend", "no User-Agent", 403, b"error code: 1010", REJECTED, "1010"),
    Row("resend", "another body under the same key", 409, resend(409, "invalid_idempotent_request", "x"), REJECTED),
    Row("resend", "a limit", 429, resend(429, "rate_limit_exceeded", "Too many requests"), THROTTLED, "rate_limit"),
    Row("resend", "a quota", 429, resend(429, "daily_quota_exceeded", "x"), THROTTLED, "daily_quota"),
    Row("gmail", "accepted", 200, {"id": "18c", "threadId": "18c", "labelIds": ["SENT"]}, ACCEPTED, server_id="18c"),
    Row("gmail", "a limit that is a 403", 403, google(403, "rateLimitExceeded"), THROTTLED, "rateLimitExceeded"),
    Row("gmail", "a limit of the user", 403, google(403, "userRateLimitExceeded"), THROTTLED, "userRate"),
    Row("gmail", "a limit that is a 429", 429, google(429, "rateLimitExceeded"), THROTTLED),
    Row("gmail", "no permission", 403, google(403, "insufficientPermissions"), REJECTED, "insufficient"),
    Row("gmail", "no token", 401, google(401, "authError"), REJECTED, "authError"),
    Row("graph", "an empty 202", 202, b"", ACCEPTED),
    Row("graph", "202 with Retry-After is no cause for a retry", 202, b"", ACCEPTED, headers=(("retry-after", "5"),)),
    Row("graph", "200: too large, not sent", 200, b"", REJECTED, "not sent"),
    Row("graph", "202 with a page", 202, b"<html>", GARBLED),
    Row("graph", "throttled", 429, microsoft("ApplicationThrottled"), THROTTLED, "ApplicationThrottled"),
    Row("graph", "no one to send to", 400, microsoft("ErrorInvalidRecipients"), REJECTED, "ErrorInvalidRecipients"),
    Row("graph", "not for this mailbox", 403, microsoft("ErrorAccessDenied"), REJECTED, "ErrorAccessDenied"),
    Row("cloudflare", "delivered and queued", 200, cloudflare(delivered=["a@b.example"], queued=["c@d.example"]), ACCEPTED),
    Row("cloudflare", "one bounced", 200, cloudflare(delivered=["a@b.example"], permanent_bounces=["c@d.example"]),
        ACCEPTED, "bounced for good: c@d.example", refused=("c@d.example",)),
    Row("cloudflare", "200: all bounced", 200, cloudflare(permanent_bounces=["a@b.example"]), REJECTED),
    Row("cloudflare", "200 for no one", 200, cloudflare(), GARBLED),
    Row("cloudflare", "200 without success", 200, {"success": False, "errors": [{"code": 1, "message": "no"}]}, REJECTED,
        "1: no"),
    Row("cloudflare", "throttled", 429, {"success": False, "errors": [{"code": 10004, "message": "throttled"}]}, THROTTLED),
    Row("azure", "accepted", 202, {"id": "op", "status": "Running", "error": None}, ACCEPTED, server_id="op"),
    Row("azure", "an operation that failed", 202, {"id": "op", "status": "Failed", "error": {"code": "x"}}, GARBLED, "x"),
    Row("azure", "an empty 202", 202, b"", GARBLED),
    Row("azure", "no domain", 404, microsoft("DomainNotLinked"), REJECTED, "DomainNotLinked"),
    Row("azure", "a limit", 429, microsoft("TooManyRequests"), THROTTLED, "TooManyRequests"),
    Row("brevo", "accepted", 201, {"messageId": "<1@smtp-relay>"}, ACCEPTED, server_id="1@smtp-relay"),
    Row("brevo", "200 is no acceptance", 200, {"messageId": "<1@smtp-relay>"}, GARBLED),
    Row("brevo", "no credits", 402, {"code": "not_enough_credits", "message": "x"}, REJECTED, "not_enough_credits: x"),
    Row("brevo", "no key", 401, {"code": "unauthorized", "message": "Key not found"}, REJECTED, "Key not found"),
    Row("brevo", "a limit", 429, {"code": "too_many_requests", "message": "x"}, THROTTLED),
    Row("mailjet", "accepted", 200, {"Messages": [MAILJET]}, ACCEPTED, server_id="57"),
    Row("mailjet", "200 without ids", 200, {"Messages": [{"Status": "success", "To": []}]}, GARBLED),
    Row("mailjet", "400 of the message", 400, {"Messages": [mailjet_error(400)]}, REJECTED, "mj-0013: no"),
    Row("mailjet", "400 of the request", 400, {"ErrorCode": "mj-0002", "ErrorMessage": "Malformed"}, REJECTED, "mj-0002"),
    Row("mailjet", "401", 401, {"ErrorMessage": "API key authentication failure", "StatusCode": 401}, REJECTED, "API key"),
    Row("mailjet", "a limit", 429, b"", THROTTLED),
    Row("mandrill", "a list", 200, [mandrill("a@b.example", "sent")], ACCEPTED, server_id="1"),
    Row("mandrill", "queued", 200, [mandrill("a@b.example", "queued")], ACCEPTED, server_id="1"),
    Row("mandrill", "one rejected", 200, [mandrill("a@b.example", "sent"), mandrill("c@d.example", "rejected", "hard-bounce")],
        ACCEPTED, "c@d.example: rejected: hard-bounce", server_id="1", refused=("c@d.example",)),
    Row("mandrill", "200: all rejected", 200, [mandrill("a@b.example", "rejected", "spam")], REJECTED, "spam"),
    Row("mandrill", "200: invalid", 200, [mandrill("a@b", "invalid")], REJECTED, "a@b: invalid"),
    Row("mandrill", "an empty list", 200, [], GARBLED),
    Row("mandrill", "500 that is final", 500, {"status": "error", "code": -1, "name": "Invalid_Key", "message": "no"}, REJECTED,
        "Invalid_Key"),
    Row("mandrill", "500 that may pass", 500, {"status": "error", "name": "GeneralError", "message": "x"}, DEFERRED),
    Row("sparkpost", "accepted", 200, sparkpost(1, 0), ACCEPTED, server_id="7"),
    Row("sparkpost", "200 with errors and results", 200, sparkpost(1, 1, "transmission created, but with validation errors"),
        ACCEPTED, "2000: transmission created", server_id="7"),
    Row("sparkpost", "200: all rejected", 200, sparkpost(0, 2), REJECTED),
    Row("sparkpost", "200 without numbers", 200, {"results": {"id": "7"}}, GARBLED),
    Row("sparkpost", "420", 420, {"errors": [{"code": "2101", "message": "Exceed Sending Limit (hourly)"}]}, THROTTLED, "2101"),
    Row("sparkpost", "422", 422, {"errors": [{"code": "7001", "message": "Invalid domain"}]}, REJECTED, "7001: Invalid domain"),
    Row("mailersend", "an empty 202", 202, b"", ACCEPTED, headers=MAILERSEND, server_id="5e4"),
    Row("mailersend", "202 without an id", 202, b"", GARBLED),
    Row("mailersend", "202 with a page", 202, b"<html>", GARBLED, headers=MAILERSEND),
    Row("mailersend", "some are suppressed", 202, suppressed("SOME_SUPPRESSED"), ACCEPTED, "SOME_SUPPRESSED", MAILERSEND,
        "5e4", ("a@b.example",)),
    Row("mailersend", "202: all are suppressed", 202, suppressed("ALL_SUPPRESSED"), REJECTED, "ALL_SUPPRESSED", MAILERSEND),
    Row("mailersend", "422", 422, {"message": "The from.email must be verified. #MS42207", "errors": {}}, REJECTED, "#MS"),
    Row("mailersend", "a limit", 429, {"message": "Too Many Attempts."}, THROTTLED, headers=(("retry-after", "30"),)),
    Row("mailtrap", "accepted", 200, {"success": True, "message_ids": ["1", "2"]}, ACCEPTED, server_id="1"),
    Row("mailtrap", "200 without success", 200, {"success": False, "errors": ["'to' is invalid"]}, REJECTED, "'to'"),
    Row("mailtrap", "200 without ids", 200, {"success": True, "message_ids": []}, GARBLED),
    Row("mailtrap", "401", 401, {"error": "Unauthorized"}, REJECTED, "Unauthorized"),
    Row("smtp2go", "accepted", 200, {"data": {"succeeded": 1, "failed": 0, "failures": [], "email_id": "1q"}}, ACCEPTED,
        server_id="1q"),
    Row("smtp2go", "200: none succeeded", 200, {"data": {"succeeded": 0, "failed": 1, "failures": ["a@b: bounced"]}}, REJECTED,
        "a@b: bounced"),
    Row("smtp2go", "200 without an id", 200, {"data": {"succeeded": 1}}, GARBLED),
    Row("smtp2go", "429: the address is blocked", 429, {"data": {"error_code": "E_X", "error": "no"}}, THROTTLED, "E_X"),
    Row("smtp2go", "400", 400, {"data": {"error_code": "E_X", "error": "no"}}, REJECTED, "E_X: no"),
)  # fmt: skip


BATCHES: dict[str, tuple[str, int, Any, list[OutcomeKind]]] = {
    "Postmark's list, each with its own code": (
        "postmark", 200, [postmark(0, "OK", **SENT), postmark(406, "inactive"), postmark(100, "later")],
        [ACCEPTED, REJECTED, DEFERRED],
    ),
    "Postmark: too few rows": ("postmark", 200, [postmark(0, "OK", **SENT)], [GARBLED] * 3),
    "Postmark: 422 for all": ("postmark", 422, postmark(410, "Too many"), [REJECTED] * 3),
    "SES's statuses within 200": (
        "ses", 200,
        {"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": "1"}, {"Status": "MESSAGE_REJECTED", "Error": "no"},
                                   {"Status": "ACCOUNT_THROTTLED"}]},
        [ACCEPTED, REJECTED, THROTTLED],
    ),
    "SES: failures of its own": (
        "ses", 200,
        {"BulkEmailEntryResults": [{"Status": "TRANSIENT_FAILURE"}, {"Status": "FAILED"}, {"Status": "SUCCESS"}]},
        [DEFERRED, DEFERRED, GARBLED],
    ),
    "Resend: strict": ("resend", 200, {"data": [{"id": "1"}, {"id": "2"}, {"id": "3"}]}, [ACCEPTED] * 3),
    "Resend: permissive, 200 that is partial failure": (
        "resend", 200, {"data": [{"id": "1"}, {"id": "3"}], "errors": [{"index": 1, "message": "Invalid `to`"}]},
        [ACCEPTED, REJECTED, ACCEPTED],
    ),
    "Resend: a row is missing": ("resend", 200, {"data": [{"id": "1"}]}, [GARBLED] * 3),
    "Graph's $batch, in any order": (
        "graph", 200,
        {"responses": [{"id": "bk0badcafe-0000000001", "status": 429, "body": microsoft("ApplicationThrottled")},
                       {"id": "bk0badcafe-0000000000", "status": 202}]},
        [ACCEPTED, THROTTLED, GARBLED],
    ),
    "Mailjet: 4xx that is partial success": (
        "mailjet", 400, {"Messages": [MAILJET, mailjet_error(400), mailjet_error(429)]}, [ACCEPTED, REJECTED, THROTTLED]
    ),
    "Mailjet: a row is missing": ("mailjet", 200, {"Messages": [MAILJET]}, [GARBLED] * 3),
    "Brevo's ids in order": ("brevo", 201, {"messageIds": ["<1@x>", "<2@x>", "<3@x>"]}, [ACCEPTED] * 3),
    "Brevo: an id is missing": ("brevo", 201, {"messageIds": ["<1@x>"]}, [GARBLED] * 3),
    "MailerSend's bulk is judged later": ("mailersend", 202, {"bulk_email_id": "6"}, [ACCEPTED] * 3),
    "Mailtrap, each with its own success": (
        "mailtrap", 200,
        {"success": True, "responses": [{"success": True, "message_ids": ["1"]}, {"success": False, "errors": ["no"]}, {}]},
        [ACCEPTED, REJECTED, GARBLED],
    ),
    "Mandrill's rows in order": (
        "mandrill", 200, [mandrill("a@b.example", "sent"), mandrill("c@d.example", "rejected", "x"), mandrill("e", "invalid")],
        [ACCEPTED, REJECTED, REJECTED],
    ),
    "Mandrill: a row is missing": ("mandrill", 200, [mandrill("a@b.example", "sent")], [GARBLED] * 3),
    "SparkPost: all accepted": ("sparkpost", 200, sparkpost(3, 0), [ACCEPTED] * 3),
    "SparkPost: one of three rejected, and not said which": ("sparkpost", 200, sparkpost(2, 1), [GARBLED] * 3),
    "SMTP2GO's ids in order": (
        "smtp2go", 200, {"data": [{"email_id": "1"}, {"error": "no"}, {}]}, [ACCEPTED, REJECTED, GARBLED]
    ),
    "SMTP2GO: a row is missing": ("smtp2go", 200, {"data": [{"email_id": "1"}]}, [GARBLED] * 3),
    "SMTP2GO: the answer to one mail is none to three": (
        "smtp2go", 200, {"data": {"succeeded": 3, "failed": 0, "email_id": "1"}}, [GARBLED] * 3,
    ),
    "SendGrid: all or none": ("sendgrid", 400, sendgrid("no"), [REJECTED] * 3),
}  # fmt: skip
