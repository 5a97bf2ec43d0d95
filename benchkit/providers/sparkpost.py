"""SparkPost (now Bird): POST /api/v1/transmissions with fields ("fields") or MIME ("rfc822"); it takes an envelope sender.

Source: SparkPost's API reference and django-anymail. The key stands in Authorization without a scheme; HTTP 420 is a limit;
200 may hold errors and rejected recipients. A stored template is the whole content: sender, Reply-To and header fields too, and
no attachments. The receiving half is in sparkpost_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Attachment, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_list, options_table
from benchkit.providers.field_limits import FieldLimits, check_envelope, check_fields
from benchkit.providers.handlebars import SYNTAX, check_shared, tag
from benchkit.providers.json_request import (
    IDENTITY,
    address_pair,
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailboxes
from benchkit.providers.shared_template import SharedTemplate, Sharing, shared_template, texts_of, whole_texts
from benchkit.providers.sparkpost_server import MOST_RECIPIENTS, SERVER
from benchkit.providers.template_store import NAME

SEND = "/api/v1/transmissions"
LIMITS = FieldLimits(
    api="SparkPost",
    return_path=True,
    instead='use endpoint = "rfc822"',
    inline_apart=True,
    mail_bytes=20_000_000,
    empty_files=False,
)
_ID = "benchkit_id"
_MOST_METADATA, _MOST_DATA, _MOST_CAMPAIGN = 10_000, 100_000, 64  # bytes
_UNTOUCHED = {
    "transactional": True, "open_tracking": False, "click_tracking": False, "perform_substitutions": False
}  # fmt: skip

OPTIONS: Mapping[str, str] = {
    "endpoint": '"fields" (default) or "rfc822": the MIME text',
    "campaign": "campaign_id",
    "metadata": "`key=value, key=value`",
    "tags": "tags of every recipient: `a, b`",
}


class Sparkpost:
    name = "sparkpost"
    default_host = "api.sparkpost.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_RECIPIENTS
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        settings = account.options
        content = _rfc822(message) if settings.get("endpoint") == "rfc822" else _fields(message)
        own_path = message.envelope_from != message.content.sender.addr
        document = {
            "metadata": _metadata(account),
            "options": _UNTOUCHED,
            "recipients": [one | _tags(account) for one in _recipients(message)],
            "content": content,
        } | given(return_path=message.envelope_from if own_path else "", campaign_id=_campaign(account))
        return json_request(SEND, (("authorization", account.secret),), document)

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _transmission(messages, account, whole_texts)

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _transmission(messages, account, shared_template)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        content = _stored_content(messages, account, shared_template(texts_of(messages), SYNTAX))
        return StoredTemplate(NAME, json_bytes({"id": NAME, "name": NAME, "published": True, "content": content}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        combined = self.stored_batch(messages, account)
        return tuple(combined.request([place], [PLACEHOLDER]) for place in range(len(messages)))

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        if any(message.content.attachments for message in messages):
            raise ValueError("a stored template of SparkPost takes no attachments: remove them, or compare without it")
        shared = shared_template(texts_of(messages), SYNTAX)
        _stored_content(messages, account, shared)
        return _combined(messages, account, shared, {"template_id": NAME})

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """The answer has only numbers: where some recipients were rejected, it does not say whose message it was."""
        whole = self.outcome(response)
        results = table_of(response.body).get("results")
        accepted = results.get("total_accepted_recipients") if isinstance(results, dict) else None
        if whole.kind is OutcomeKind.ACCEPTED and accepted != len(identities):
            whole = refusal(
                response, f"{accepted} of {len(identities)} were accepted, and which is not said", OutcomeKind.GARBLED
            )
        return (whole,) * len(identities)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        results, errors = answer.get("results"), list_in(answer.get("errors"))
        text = "; ".join(filter(None, (words(error, "code", "message", "description") for error in errors)))
        if response.status != 200 or not isinstance(results, dict):
            return refusal(response, text)
        return _judged(response, results, text)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        return SendingDomains("sparkpostmail.com" if return_path is None else return_path, author)


PROVIDER = Sparkpost()


def _transmission(messages: Sequence[Message], account: Credentials, share: Sharing) -> BatchRequest:
    """One transmission, what differs variables of each recipient."""
    shared = share(texts_of(messages), SYNTAX)
    check_shared(messages, f"one request of {LIMITS.api}")
    return _combined(messages, account, shared, _shared_content(messages, account, shared))


def _stored_content(messages: Sequence[Message], account: Credentials, shared: SharedTemplate) -> dict[str, Any]:
    """Also of one message a request: the header fields stand in the template, and no variable in them."""
    check_shared(messages, f"a stored template of {LIMITS.api}", 'use render = "client"')
    return _shared_content(messages, account, shared)


def _shared_content(messages: Sequence[Message], account: Credentials, shared: SharedTemplate) -> dict[str, Any]:
    """What all mails have, with tags where their texts differ. Raises ValueError for what SparkPost cannot carry."""
    if account.options.get("endpoint") == "rfc822":
        raise ValueError('endpoint = "rfc822" takes one message a request: use endpoint = "fields"')
    contents = [_fields(message) for message in messages]
    content = contents[0] | shared.written(tag)
    content["headers"] = contents[0]["headers"] | {HEADER: tag(_ID)}
    return content


def _combined(
    messages: Sequence[Message], account: Credentials, shared: SharedTemplate, content: Mapping[str, Any]
) -> BatchRequest:
    common = {"options": _UNTOUCHED | {"perform_substitutions": True}, "content": content}
    common |= given(campaign_id=_campaign(account))
    before = json_bytes(common).removesuffix(b"}") + b',"recipients":['
    own = {"metadata": _metadata(account)} | _tags(account)
    documents = [_own_recipient(*pair) | own for pair in zip(messages, shared.values, strict=True)]
    return batch_request(SEND, (("authorization", account.secret),), documents, before, b"]}")


def _judged(response: Response, results: Mapping[str, Any], text: str) -> Outcome:
    """200 tells how many recipients were rejected; some of its errors name them."""
    accepted, server_id = results.get("total_accepted_recipients"), results.get("id")
    failures = list_in(results.get("rcpt_to_errors"))
    reason = "; ".join(filter(None, (text, *(words(error, "code", "message", "description") for error in failures))))
    if isinstance(accepted, int) and accepted > 0 and isinstance(server_id, str | int) and server_id:
        named = [words(error, "rcpt_to") or words(error, "email") for error in failures]
        rejected = results.get("total_rejected_recipients")
        reason = reason or (f"{rejected} recipients rejected" if rejected else "")
        return outcome(response, OutcomeKind.ACCEPTED, reason, server_id=server_id, refused=[*filter(None, named)])
    final = accepted == 0 and not isinstance(accepted, bool) and (reason or results.get("total_rejected_recipients"))
    return refusal(response, reason, OutcomeKind.REJECTED if final else OutcomeKind.GARBLED)


def _recipients(message: Message) -> list[dict[str, Any]]:
    """Each gets a mail of its own; `header_to` is what all of them read in To."""
    content = message.content
    named = {one.addr: one for one in (*content.to, *content.cc)}
    to = mailboxes(content.to)
    return [
        {"address": (address_pair(named[addr]) if addr in named else {"email": addr}) | given(header_to=to)}
        for addr in message.recipients
    ]


def _own_recipient(message: Message, values: Mapping[str, str]) -> dict[str, Any]:
    data = {_ID: IDENTITY, **values}
    if len(json_bytes(data)) > _MOST_DATA:
        problem = f"its own values have more than {_MOST_DATA:,} bytes, and SparkPost takes that many for one recipient"
        raise ValueError(f"message {message.index} of the batch: {problem}")
    return {"address": address_pair(message.content.to[0]), "substitution_data": data}


def _metadata(account: Credentials) -> dict[str, str]:
    metadata = {HEADER: IDENTITY, **options_table(account.options.get("metadata", ""))}
    if len(json_bytes(metadata)) > _MOST_METADATA:
        raise ValueError(f"SparkPost takes metadata of {_MOST_METADATA:,} bytes, the identity with it: give less")
    return metadata


def _tags(account: Credentials) -> dict[str, list[str]]:
    return given(tags=options_list(account.options.get("tags", "")))


def _campaign(account: Credentials) -> str:
    campaign = account.options.get("campaign", "")
    if len(campaign.encode()) > _MOST_CAMPAIGN:
        raise ValueError(f"SparkPost takes a campaign of {_MOST_CAMPAIGN} bytes: give a shorter one")
    return campaign


def _rfc822(message: Message) -> dict[str, str]:
    _check(message)
    check_envelope(message, LIMITS)
    if not message.mime.isascii():
        raise ValueError("SparkPost takes only 7-bit MIME: send mail that is ASCII, or compare without it")
    return {"email_rfc822": message.mime.decode("ascii")}


def _fields(message: Message) -> dict[str, Any]:
    _check(message)
    check_fields(message, LIMITS)
    content = message.content
    if unlike := [file for file in content.attachments if file.content_id not in ("", file.name)]:
        problem = (
            f"an inline image of SparkPost has its Content-ID as its name, and {unlike[0].name} has "
            f"{unlike[0].content_id}"
        )
        raise ValueError(f'{problem}: use endpoint = "rfc822"')
    return {"headers": _headers(content), "from": address_pair(content.sender), "subject": content.subject} | given(
        text=content.text,
        html=content.html,
        reply_to=mailboxes(content.reply_to),
        inline_images=[_file(file) for file in content.attachments if file.content_id],
        attachments=[_file(file) for file in content.attachments if not file.content_id],
    )


def _check(message: Message) -> None:
    if not message.envelope_from:
        raise ValueError("SparkPost takes no null sender: give envelope_from an address, or remove it")


def _headers(content: Content) -> dict[str, str]:
    return dict(own_headers(content)) | given(Cc=mailboxes(content.cc))


def _file(file: Attachment) -> dict[str, str]:
    return {"type": file.content_type, "name": file.content_id or file.name, "data": base64_text(file.data)}
