"""Amazon SES v2: POST /v2/email/outbound-emails with fields ("simple") or MIME in base64 ("raw"), and bulk mail by a template.

Source: the API model of boto3 1.44 and the SES developer guide. Each request is signed (signature_v4.py). Several messages in
one request share an inline template whose variables are filled in for each, or name one that CreateEmailTemplate stored. The
receiving half is in ses_server.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.batch.addresses import format_mailboxes
from benchkit.batch.words import encode_words, is_plain
from benchkit.model.exchange import BatchRequest, Credentials, Request, Response, SendingDomains, StoredTemplate
from benchkit.model.message import Address, Attachment, Content, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import list_in, outcome, refusal, table_of, words
from benchkit.providers.arm_options import options_table
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_envelope, check_fields
from benchkit.providers.handlebars import SYNTAX, tag
from benchkit.providers.json_request import (
    IDENTITY,
    ascii_value,
    base64_text,
    batch_request,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.ses_server import ACCEPTED, SERVER, signing_key
from benchkit.providers.shared_template import SharedTemplate, Sharing, shared_template, texts_of, whole_texts
from benchkit.providers.signature_v4 import signed
from benchkit.providers.template_store import NAME

SINGLE, BULK = "/v2/email/outbound-emails", "/v2/email/outbound-bulk-emails"
LIMITS = FieldLimits(
    api="Amazon SES", instead='use endpoint = "raw"', recipients=50, headers=15, header_value=870, utf8_addresses=False,
    repeated_addresses=True, mail_bytes=40_000_000,
)  # fmt: skip
_TAG = "benchkit-id"
_THROTTLED = ("TooManyRequestsException", "ThrottlingException", "LimitExceededException")
_BULK = {
    "ACCOUNT_THROTTLED": OutcomeKind.THROTTLED,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": OutcomeKind.THROTTLED,
    "TRANSIENT_FAILURE": OutcomeKind.DEFERRED,
    "FAILED": OutcomeKind.DEFERRED,
}

OPTIONS: Mapping[str, str] = {
    "endpoint": '"simple" (default): fields; "raw": the MIME bytes in base64',
    "region": 'default "us-east-1"',
    "access_key_id": "the key's public half (the secret one is `api_key`)",
    "configuration_set": "the configuration set",
    "tags": "message tags: `key=value, key=value`",
    "mail_from": "your MAIL FROM domain, for `benchkit audit --scenario`",
}


class Ses:
    name = "ses"
    default_host = "email.us-east-1.amazonaws.com"
    options = frozenset(OPTIONS)
    batch_limit = 50
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        if account.options.get("endpoint") == "raw":
            return json_request(SINGLE, (), _raw(message) | _envelope(message) | _settings(account))
        check_fields(message, LIMITS)
        content = message.content
        simple = given(
            Subject=_text(content.subject),
            Body=given(Text=content.text and _text(content.text), Html=content.html and _text(content.html)),
            Headers=_headers(content),
            Attachments=[_attachment(file) for file in content.attachments],
        )
        document = {"Content": {"Simple": simple}} | _sender(content) | _destination(message) | _settings(account)
        return json_request(SINGLE, (), document)

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _bulk(messages, account, whole_texts)

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _bulk(messages, account, shared_template)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        content = _content(shared_template(texts_of(messages), SYNTAX))
        return StoredTemplate(NAME, json_bytes({"TemplateName": NAME, "TemplateContent": content}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        _check_fields_endpoint(account)
        for message in messages:
            check_fields(message, LIMITS)
        shared = shared_template(texts_of(messages), SYNTAX)
        return tuple(
            json_request(SINGLE, (), _stored(message, _data(message, values)) | _settings(account))
            for message, values in zip(messages, shared.values, strict=True)
        )

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _bulk(messages, account, shared_template, stored=True)

    def signed(self, request: Request, account: Credentials, host: str, now_s: float) -> Request:
        return signed(request, signing_key(account), host, now_s)

    def outcome(self, response: Response) -> Outcome:
        answer = table_of(response.body)
        server_id = answer.get("MessageId")
        if response.status == 200:
            known = isinstance(server_id, str) and server_id
            if known:
                return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
            return refusal(response, words(answer, "message"), OutcomeKind.GARBLED)
        name = response.header("x-amzn-errortype").partition(":")[0]
        text = ": ".join(filter(None, (name, words(answer, "message") or words(answer, "Message"))))
        limited = name in _THROTTLED or "sending rate exceeded" in text or "quota exceeded" in text
        return refusal(response, text, OutcomeKind.THROTTLED if limited else None)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """HTTP 200 holds a status for each entry."""
        if response.status != 200:
            return (self.outcome(response),) * len(identities)
        rows = list_in(table_of(response.body).get("BulkEmailEntryResults"))
        if len(rows) != len(identities):
            return (refusal(response, kind=OutcomeKind.GARBLED),) * len(identities)
        return tuple(_entry_outcome(response, row) for row in rows)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Without a MAIL FROM domain of the user's own (`mail_from`) the envelope sender is Amazon's."""
        return SendingDomains(options.get("mail_from", "amazonses.com"), author)


PROVIDER = Ses()
_PARTS = {"subject": "Subject", "text": "Text", "html": "Html"}
_MOST_DATA = 262_144  # characters of TemplateData


def _check_fields_endpoint(account: Credentials) -> None:
    if account.options.get("endpoint") == "raw":
        raise ValueError(
            'endpoint = "raw" takes one message a request, and its texts as they are: use endpoint = "simple"'
        )


def _content(shared: SharedTemplate) -> dict[str, str]:
    return {_PARTS[name]: text for name, text in shared.written(tag).items()}


def _data(message: Message, values: Mapping[str, str]) -> str:
    data = json.dumps(values, ensure_ascii=False)
    if len(data) > _MOST_DATA:
        problem = (
            f"the values of message {message.index} have {len(data):,} characters, and Amazon SES takes {_MOST_DATA:,}"
        )
        raise ValueError(f'{problem}: send less, or use render = "client"')
    return data


def _stored(message: Message, data: str) -> dict[str, Any]:
    content = message.content
    template = {"TemplateName": NAME, "TemplateData": data, "Headers": _headers(content)}
    template |= given(Attachments=[_attachment(file) for file in content.attachments])
    return {"Content": {"Template": template}} | _sender(content) | _destination(message)


def _bulk(messages: Sequence[Message], account: Credentials, share: Sharing, *, stored: bool = False) -> BatchRequest:
    _check_fields_endpoint(account)
    for message in messages:
        check_fields(message, LIMITS)
    first = messages[0].content
    if any(_shared(message.content) != _shared(first) for message in messages):
        raise ValueError("a request of Amazon SES has one sender, Reply-To and list of attachments for all messages")
    shared = share(texts_of(messages), SYNTAX)
    template = given(
        TemplateName=NAME if stored else "",
        TemplateContent={} if stored else _content(shared),
        TemplateData="{}",
        Attachments=[_attachment(file) for file in first.attachments],
    )
    common = {"DefaultContent": {"Template": template}} | _sender(first) | _settings(account, tagged=False)
    before, after = json_bytes(common | {"BulkEmailEntries": []}).split(b'"BulkEmailEntries":[]')
    entries = [_entry(*pair) for pair in zip(messages, shared.values, strict=True)]
    return batch_request(BULK, (), entries, before + b'"BulkEmailEntries":[', b"]" + after)


def _raw(message: Message) -> dict[str, Any]:
    check_envelope(message, LIMITS)
    if not message.mime.isascii():
        raise ValueError("Amazon SES takes only 7-bit MIME: send mail that is ASCII, or compare without it")
    return {"Content": {"Raw": {"Data": base64_text(message.mime)}}}


def _envelope(message: Message) -> dict[str, Any]:
    """Destination, where it is given, is who gets a raw message."""
    return {"Destination": {"ToAddresses": list(message.recipients)}}


def _sender(content: Content) -> dict[str, Any]:
    return given(FromEmailAddress=_mailbox(content.sender), ReplyToAddresses=[*map(_mailbox, content.reply_to)])


def _destination(message: Message) -> dict[str, Any]:
    content = message.content
    groups = given(
        ToAddresses=[*map(_mailbox, content.to)],
        CcAddresses=[*map(_mailbox, content.cc)],
        BccAddresses=blind_recipients(message),
    )
    return {"Destination": groups}


def _settings(account: Credentials, *, tagged: bool = True) -> dict[str, Any]:
    """The identity is a message tag too: events name it."""
    tags = options_table(account.options.get("tags", "")) | ({_TAG: IDENTITY} if tagged else {})
    return given(
        ConfigurationSetName=account.options.get("configuration_set", ""),
        **{
            "EmailTags" if tagged else "DefaultEmailTags": [
                {"Name": name, "Value": value} for name, value in tags.items()
            ]
        },
    )


def _entry(message: Message, values: Mapping[str, str]) -> dict[str, Any]:
    data = _data(message, values)
    return {
        **_destination(message),
        "ReplacementTags": [{"Name": _TAG, "Value": IDENTITY}],
        "ReplacementHeaders": _headers(message.content),
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": data}},
    }


def _shared(content: Content) -> tuple[object, ...]:
    return content.sender, content.reply_to, content.attachments


def _headers(content: Content) -> list[dict[str, str]]:
    return [{"Name": name, "Value": ascii_value(value)} for name, value in own_headers(content)]


def _mailbox(address: Address) -> str:
    if address.name and not is_plain(address.name):
        return f"{_unfolded(encode_words(address.name))} <{address.addr}>"
    return _unfolded(format_mailboxes((address,)))


def _unfolded(text: str) -> str:
    return text.replace("\r\n", "")


def _text(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _attachment(file: Attachment) -> dict[str, str]:
    return given(
        RawContent=base64_text(file.data), FileName=file.name, ContentType=file.content_type,
        ContentDisposition="INLINE" if file.content_id else "ATTACHMENT", ContentId=file.content_id,
        ContentTransferEncoding="BASE64",
    )  # fmt: skip


def _entry_outcome(response: Response, row: object) -> Outcome:
    found = row if isinstance(row, dict) else {}
    status, server_id = found.get("Status"), found.get("MessageId")
    if status == ACCEPTED and isinstance(server_id, str) and server_id:
        return outcome(response, OutcomeKind.ACCEPTED, server_id=server_id)
    kind = _BULK.get(str(status), OutcomeKind.REJECTED if status and status != ACCEPTED else OutcomeKind.GARBLED)
    return refusal(response, words(found, "Status", "Error"), kind)
