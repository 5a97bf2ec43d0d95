"""The shapes of the providers' answers, as short functions; what each means is in answer_rows.py."""

from __future__ import annotations

from typing import Any


def amazon(name: str) -> tuple[tuple[str, str], ...]:
    return (("x-amzn-errortype", f"{name}:http://internal.amazon.com/"),)


def postmark(code: int, message: str, **more: Any) -> dict[str, Any]:
    return {"ErrorCode": code, "Message": message, **more}


def resend(status: int, name: str, message: str) -> dict[str, Any]:
    return {"statusCode": status, "name": name, "message": message}


def sendgrid(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": None, "help": None}]}


def google(status: int, reason: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": "x", "errors": [{"reason": reason}], "status": "X"}}


def microsoft(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "x"}}


def cloudflare(**by_fate: list[str]) -> dict[str, Any]:
    none: dict[str, list[str]] = {"delivered": [], "permanent_bounces": [], "queued": []}
    return {"success": True, "errors": [], "messages": [], "result": none | by_fate}


def mailjet_error(status: int) -> dict[str, Any]:
    return {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "StatusCode": status, "ErrorMessage": "no"}]}


def mandrill(email: str, status: str, reason: str | None = None) -> dict[str, Any]:
    taken = {"_id": "1"} if reason is None and status != "invalid" else {}
    return {"email": email, "status": status, "reject_reason": reason, **taken}


def sparkpost(accepted: int, rejected: int, error: str = "") -> dict[str, Any]:
    results = {"id": "7", "total_accepted_recipients": accepted, "total_rejected_recipients": rejected}
    return {"results": results, **({"errors": [{"code": "2000", "message": error}]} if error else {})}


def suppressed(kind: str) -> dict[str, Any]:
    return {"warnings": [{"type": kind, "recipients": [{"email": "a@b.example", "reasons": ["blocklisted"]}]}]}


MAILERSEND = (("x-message-id", "5e4"),)
MAILJET = {"Status": "success", "CustomID": "", "To": [{"Email": "a@b.example", "MessageUUID": "x", "MessageID": 57}]}
SENT = {"To": "a@b.example", "SubmittedAt": "2026-01-01T09:00:00Z", "MessageID": "1"}
