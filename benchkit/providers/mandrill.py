"""Mandrill: POST /api/1.0/messages/send.json ("messages") or send-raw.json ("raw"), with its key in the body.

Source: Mailchimp Transactional's reference and django-anymail. A success is a list with a status for each recipient; an error
is 500 with a name. An inline image has no name but its Content-ID. send-template.json names a template that templates/add.json
stored; merge variables of each recipient fill it in. The receiving half is in mandrill_server.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.model.exchange import (
    BatchRequest,
    BodySection,
    Credentials,
    Request,
    Response,
    SendingDomains,
    StoredTemplate,
)
from benchkit.model.identity import HEADER, split_at_identity
from benchkit.model.message import Attachment, Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.providers.answers import json_of, list_in, outcome, refusal, words
from benchkit.providers.arm_options import options_list, options_table
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_envelope, check_fields
from benchkit.providers.handlebars import SYNTAX, check_shared, tag
from benchkit.providers.json_request import (
    IDENTITY,
    base64_text,
    given,
    json_bytes,
    json_request,
    own_headers,
)
from benchkit.providers.mailboxes import mailboxes
from benchkit.providers.mandrill_server import MOST_RECIPIENTS, SERVER, TAKEN
from benchkit.providers.shared_template import TEXTS, Sharing, shared_template, texts_of, whole_texts
from benchkit.providers.template_store import NAME

LIMITS = FieldLimits(
    api="Mandrill", instead='use endpoint = "raw"', inline_apart=True, mail_bytes=25_000_000, repeated_addresses=True
)
_PATH = "/api/1.0/messages/"
_LATER = frozenset({"GeneralError", "ServiceUnavailable", "Internal"})
_NOT_BY_RAW = ("tags", "metadata", "subaccount", "template")
_PARTS = dict(zip(TEXTS, ("subject", "text", "code"), strict=True))  # of a stored template
_MERGING = {"merge": True, "merge_language": "handlebars"}
_UNTOUCHED = {"track_opens": False, "track_clicks": False, "auto_text": False, "auto_html": False, "inline_css": False}

OPTIONS: Mapping[str, str] = {
    "endpoint": '"messages" (default): fields; "raw": the MIME text',
    "tags": "tags of every mail: `a, b`",
    "metadata": "`key=value, key=value`",
    "subaccount": "the subaccount's id",
    "template": 'the name of a stored template; of several messages a request only with `render = "stored"`',
}


class Mandrill:
    name = "mandrill"
    default_host = "mandrillapp.com"
    options = frozenset(OPTIONS)
    batch_limit = MOST_RECIPIENTS
    server = SERVER

    def request(self, message: Message, account: Credentials) -> Request:
        if account.options.get("endpoint") == "raw":
            return json_request(f"{_PATH}send-raw.json", (), _raw(message, account))
        check_fields(message, LIMITS)
        document: dict[str, Any] = {"key": account.secret, "message": _message(message, account)}
        if account.options.get("template"):
            return json_request(f"{_PATH}send-template.json", (), document | _naming(account))
        return json_request(f"{_PATH}send.json", (), document)

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _merged(messages, account, whole_texts)

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _merged(messages, account, shared_template)

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        written = shared_template(texts_of(messages), SYNTAX).written(tag)
        texts = {_PARTS[name]: text for name, text in written.items()}
        name = _template_name(account)
        return StoredTemplate(name, json_bytes({"key": account.secret, "name": name, "publish": True, **texts}))

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        """One mail to all its recipients, with the same values for each."""
        _check_fields_endpoint(account)
        for message in messages:
            check_fields(message, LIMITS)
        shared = shared_template(texts_of(messages), SYNTAX)
        return tuple(
            json_request(f"{_PATH}send-template.json", (), _filled_in(message, values, account))
            for message, values in zip(messages, shared.values, strict=True)
        )

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        return _merged(messages, account, shared_template, stored=True)

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """A row for each recipient, in the order of the request."""
        rows = list_in(json_of(response.body))
        if response.status != 200 or len(rows) != len(identities):
            whole = self.outcome(response)
            kind = OutcomeKind.GARBLED if whole.kind is OutcomeKind.ACCEPTED else whole.kind
            return (refusal(response, whole.text, kind),) * len(identities)
        return tuple(_judged(response, [row] if isinstance(row, dict) else []) for row in rows)

    def outcome(self, response: Response) -> Outcome:
        answer = json_of(response.body)
        if response.status == 200 and isinstance(answer, list):
            return _judged(response, [row for row in answer if isinstance(row, dict)])
        name = words(answer, "name")
        final = response.status == 500 and name and name not in _LATER
        return refusal(response, words(answer, "name", "message"), OutcomeKind.REJECTED if final else None)

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Without a return-path domain of the user's own the envelope sender is Mandrill's."""
        return SendingDomains("mandrillapp.com", author)


PROVIDER = Mandrill()


def _check_fields_endpoint(account: Credentials) -> None:
    if account.options.get("endpoint") == "raw":
        raise ValueError(
            'endpoint = "raw" takes one message a request, and its texts as they are: use endpoint = "messages"'
        )


def _template_name(account: Credentials) -> str:
    return account.options.get("template") or NAME


def _naming(account: Credentials) -> dict[str, Any]:
    return {"template_name": _template_name(account), "template_content": []}


def _filled_in(message: Message, values: Mapping[str, str], account: Credentials) -> dict[str, Any]:
    mail = {name: value for name, value in _message(message, account).items() if name not in TEXTS}
    mail |= _MERGING | {"global_merge_vars": _vars(values)}
    return {"key": account.secret, "message": mail} | _naming(account)


def _merged(messages: Sequence[Message], account: Credentials, share: Sharing, *, stored: bool = False) -> BatchRequest:
    """What differs in the texts are merge variables of each recipient; the identity stands in each one's metadata."""
    _check_fields_endpoint(account)
    if account.options.get("template") and not stored:
        problem = "a stored template of Mandrill would replace the texts of the batch"
        raise ValueError(f'{problem}: use render = "stored", or send one message a request')
    for message in messages:
        check_fields(message, LIMITS)
    check_shared(messages, f"one request of {LIMITS.api}")
    shared, common = share(texts_of(messages), SYNTAX), _message(messages[0], account)
    del common["to"], common["headers"][HEADER], common["metadata"][HEADER]
    if stored:
        common = {name: value for name, value in common.items() if name not in TEXTS}
    else:
        common |= shared.written(tag)
    common |= _MERGING | {"preserve_recipients": False}
    naming = _naming(account) if stored else {}
    document = json_bytes({"key": account.secret, **naming, "message": common}).removesuffix(b"}}")
    sections = (
        _section(document + b',"to":[', [_person(message) for message in messages]),
        _section(b'],"recipient_metadata":[', [_metadata(message) for message in messages]),
        _section(b'],"merge_vars":[', [_variables(*pair) for pair in zip(messages, shared.values, strict=True)]),
    )
    type_ = (("content-type", "application/json"),)
    target = f"{_PATH}send-template.json" if stored else f"{_PATH}send.json"
    return BatchRequest("POST", target, type_, sections, b"]}}", _keys(messages))


def _judged(response: Response, rows: list[Mapping[str, Any]]) -> Outcome:
    """By recipient; a rejected one may have no id."""
    accepted = [row for row in rows if row.get("status") in TAKEN]
    others = [row for row in rows if row.get("status") in ("rejected", "invalid")]
    text = "; ".join(words(row, "email", "status", "reject_reason") for row in others)
    server_id = next(filter(None, (words(row, "_id") for row in accepted)), "")
    if server_id:
        refused = [row["email"] for row in others if isinstance(row.get("email"), str)]
        return outcome(response, OutcomeKind.ACCEPTED, text, server_id=server_id, refused=refused)
    return refusal(response, text, OutcomeKind.REJECTED if others and not accepted else OutcomeKind.GARBLED)


def _keys(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(message.recipients[0] for message in messages)


def _section(before: bytes, rows: Sequence[Mapping[str, Any]]) -> BodySection:
    return BodySection(before, b",", tuple(split_at_identity(json_bytes(row)) for row in rows))


def _person(message: Message) -> dict[str, str]:
    person = message.content.to[0]
    return {"email": person.addr, "name": person.name, "type": "to"}


def _metadata(message: Message) -> dict[str, Any]:
    return {"rcpt": message.recipients[0], "values": {HEADER: IDENTITY}}


def _variables(message: Message, values: Mapping[str, str]) -> dict[str, Any]:
    return {"rcpt": message.recipients[0], "vars": _vars(values)}


def _vars(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "content": value} for name, value in values.items()]


def _raw(message: Message, account: Credentials) -> dict[str, Any]:
    check_envelope(message, LIMITS)
    if without := [name for name in _NOT_BY_RAW if account.options.get(name)]:
        raise ValueError(f'endpoint = "raw" of Mandrill has no field for {without[0]}: use endpoint = "messages"')
    try:
        text = message.mime.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the mail is not UTF-8, and Mandrill takes it as text: compare without Mandrill") from None
    sender = message.content.sender
    return {"key": account.secret, "raw_message": text, "from_email": sender.addr, "to": list(message.recipients)}


def _message(message: Message, account: Credentials) -> dict[str, Any]:
    content, settings = message.content, account.options
    if unlike := [file for file in content.attachments if file.content_id not in ("", file.name)]:
        problem = f"an inline image of Mandrill has its Content-ID as its name, and {unlike[0].name} has {unlike[0].content_id}"
        raise ValueError(f'{problem}: use endpoint = "raw"')
    headers = dict(own_headers(content)) | given(**{"Reply-To": mailboxes(content.reply_to)})
    people = [
        *(
            {"email": one.addr, "name": one.name, "type": role}
            for role in ("to", "cc")
            for one in getattr(content, role)
        ),
        *({"email": addr, "type": "bcc"} for addr in blind_recipients(message)),
    ]
    return {
        "headers": headers, "from_email": content.sender.addr, "from_name": content.sender.name, "to": people,
        "subject": content.subject, "preserve_recipients": True, "merge": False, **_UNTOUCHED,
    } | given(
        text=content.text,
        html=content.html,
        images=[_file(file) for file in content.attachments if file.content_id],
        attachments=[_file(file) for file in content.attachments if not file.content_id],
        tags=options_list(settings.get("tags", "")),
        metadata={HEADER: IDENTITY, **options_table(settings.get("metadata", ""))},
        subaccount=settings.get("subaccount", ""),
    )  # fmt: skip


def _file(file: Attachment) -> dict[str, str]:
    return {"type": file.content_type, "name": file.content_id or file.name, "content": base64_text(file.data)}
