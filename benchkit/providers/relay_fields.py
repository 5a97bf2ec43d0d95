"""How SMTP relays take what an API takes as fields: header fields that the relay reads and removes.

Law: the option names are those of the provider's API, so that both arms of a comparison say the same. Where the API puts the
identity of a send into its metadata, its relay gets it there too. Sources: each provider's page on SMTP, as of 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from benchkit.model.identity import HEADER
from benchkit.model.message import Message
from benchkit.providers.arm_options import options_list, options_table, tracking_off
from benchkit.providers.json_request import IDENTITY, Headers

Options = Mapping[str, str]
_LINE = 76  # RFC 5322 §2.1.1 recommends 78 at most
_MOST = 990  # octets of a word that cannot be folded: a line has 998


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayFields:
    """`options` says which field carries each; `reads` are the names, in lower case, of all fields that the relay reads.

    A name that ends with `-` stands for all that begin so. `silent` are options of the API that SMTP says in another way, or
    that are not for the provider at all.
    """

    options: Mapping[str, str]
    fields: Callable[[Options], Headers]
    silent: frozenset[str] = frozenset()
    reads: tuple[str, ...] = ()

    @property
    def taken(self) -> frozenset[str]:
        return self.silent | frozenset(self.options)

    def is_read(self, name: str) -> bool:
        lower = name.lower()
        return any(lower.startswith(each) if each.endswith("-") else lower == each for each in self.reads)


def relayed(message: Message, relay: RelayFields, options: Options, extra: Headers = ()) -> Message:
    """The message as it is given to the relay. Raises ValueError where a field cannot say it."""
    if own := next((name for name, _ in message.content.headers if relay.is_read(name)), ""):
        raise ValueError(f"the mail has the header field {own} of its own, which the relay reads: remove it")
    lines = [_field(name, value) for name, value in (*relay.fields(options), *extra)]
    return replace(message, mime=b"".join(lines) + message.mime) if lines else message


def _field(name: str, value: str) -> bytes:
    """Folded at spaces (RFC 5322 §2.2.3), so that unfolding gives the value again."""
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"{name} would hold {value!r}: a relay's header fields take printable ASCII only")
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(word) > _MOST:
            raise ValueError(f"{name} would hold a word of {len(word)} characters, longer than a line of mail may be")
        if len(line) + 1 + len(word) > _LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document)


def _given(*fields: tuple[str, str]) -> Headers:
    return tuple((name, value) for name, value in fields if value)


def _table(options: Options, name: str, *, identity: bool = True) -> dict[str, str]:
    return ({HEADER: IDENTITY} if identity else {}) | options_table(options.get(name, ""))


def _ses(options: Options) -> Headers:
    tags = {"benchkit-id": IDENTITY} | options_table(options.get("tags", ""))
    return _given(
        ("X-SES-CONFIGURATION-SET", options.get("configuration_set", "")),
        ("X-SES-MESSAGE-TAGS", ", ".join(f"{name}={value}" for name, value in tags.items())),
    )


def _sendgrid(options: Options) -> Headers:
    filters: dict[str, object] = {}
    if tracking_off(options):
        filters |= {name: {"settings": {"enable": 0}} for name in ("clicktrack", "opentrack")}
    if template := options.get("template", ""):
        filters["templates"] = {"settings": {"enable": 1, "template_id": template}}
    document: dict[str, object] = {"unique_args": _table(options, "custom_args")}
    if categories := options_list(options.get("categories", "")):
        document["category"] = categories
    return (("X-SMTPAPI", _json(document | ({"filters": filters} if filters else {}))),)


def _postmark(options: Options) -> Headers:
    off = tracking_off(options)
    metadata = _table(options, "metadata", identity=False)
    return _given(
        ("X-PM-Message-Stream", options.get("stream", "")),
        ("X-PM-Tag", options.get("tag", "")),
        *((f"X-PM-Metadata-{name}", value) for name, value in metadata.items()),
        ("X-PM-TrackOpens", "false" if off else ""),
        ("X-PM-TrackLinks", "None" if off else ""),
    )


def _mailgun(options: Options) -> Headers:
    variables = _table(options, "metadata", identity=False)
    return _given(
        *(("X-Mailgun-Tag", tag) for tag in options_list(options.get("tags", ""))),
        ("X-Mailgun-Variables", _json(variables) if variables else ""),
        ("X-Mailgun-Track", "no" if tracking_off(options) else ""),
        ("X-Mailgun-Template-Name", options.get("template", "")),
    )


def _mandrill(options: Options) -> Headers:
    return _given(
        ("X-MC-Tags", ",".join(options_list(options.get("tags", "")))),
        ("X-MC-Metadata", _json(_table(options, "metadata"))),
        ("X-MC-Subaccount", options.get("subaccount", "")),
        ("X-MC-Template", options.get("template", "")),
    )


def _mailjet(options: Options) -> Headers:
    off, template = tracking_off(options), options.get("template", "")
    metadata = _table(options, "metadata", identity=False)
    return _given(
        ("X-MJ-CustomID", IDENTITY),
        ("X-MJ-EventPayload", _json(metadata) if metadata else ""),
        ("X-Mailjet-Campaign", options.get("campaign", "")),
        ("X-Mailjet-TrackOpen", "0" if off else ""),
        ("X-Mailjet-TrackClick", "0" if off else ""),
        ("X-MJ-TemplateID", template),
        ("X-MJ-TemplateLanguage", "1" if template else ""),
    )


def _brevo(options: Options) -> Headers:
    return _given(
        ("X-Mailin-Tag", ",".join(options_list(options.get("tags", "")))),
        ("X-Mailin-custom", _json(_table(options, "metadata"))),
    )


def _sparkpost(options: Options) -> Headers:
    campaign = options.get("campaign", "")
    untouched = {"transactional": True, "open_tracking": False, "click_tracking": False}  # as by the API: sparkpost.py
    document: dict[str, object] = {"metadata": _table(options, "metadata"), "options": untouched}
    document |= {"tags": tags} if (tags := options_list(options.get("tags", ""))) else {}
    return (("X-MSYS-API", _json(({"campaign_id": campaign} if campaign else {}) | document)),)


def _mailtrap(options: Options) -> Headers:
    return _given(
        ("X-MT-Category", options.get("category", "")),
        ("X-MT-Custom-Variables", _json(_table(options, "custom_variables"))),
    )


def _nothing(options: Options) -> Headers:
    return ()


_PLAIN = RelayFields(options={}, fields=_nothing)
RELAYS: Mapping[str, RelayFields] = {
    "ses": RelayFields(
        options={"configuration_set": "X-SES-CONFIGURATION-SET", "tags": "X-SES-MESSAGE-TAGS"},
        fields=_ses, silent=frozenset({"region", "mail_from"}), reads=("x-ses-",),
    ),
    "sendgrid": RelayFields(
        options=dict.fromkeys(("categories", "custom_args", "tracking", "template"), "X-SMTPAPI"),
        fields=_sendgrid, reads=("x-smtpapi",),
    ),
    "postmark": RelayFields(
        options={
            "stream": "X-PM-Message-Stream", "tag": "X-PM-Tag", "metadata": "X-PM-Metadata-…",
            "tracking": "X-PM-TrackOpens, X-PM-TrackLinks",
        },
        fields=_postmark, reads=("x-pm-",),
    ),
    "mailgun": RelayFields(
        options={
            "tags": "X-Mailgun-Tag", "metadata": "X-Mailgun-Variables", "tracking": "X-Mailgun-Track",
            "template": "X-Mailgun-Template-Name",
        },
        fields=_mailgun, silent=frozenset({"domain"}), reads=("x-mailgun-",),
    ),
    "mandrill": RelayFields(
        options={
            "tags": "X-MC-Tags", "metadata": "X-MC-Metadata", "subaccount": "X-MC-Subaccount", "template": "X-MC-Template",
        },
        fields=_mandrill, reads=("x-mc-",),
    ),
    "mailjet": RelayFields(
        options={
            "campaign": "X-Mailjet-Campaign", "metadata": "X-MJ-EventPayload",
            "tracking": "X-Mailjet-TrackOpen, X-Mailjet-TrackClick",
            "template": "X-MJ-TemplateID",
        },
        fields=_mailjet, reads=("x-mj-", "x-mailjet-"),
    ),
    "brevo": RelayFields(
        options={"tags": "X-Mailin-Tag", "metadata": "X-Mailin-custom"}, fields=_brevo, reads=("x-mailin-",),
    ),
    "sparkpost": RelayFields(
        options=dict.fromkeys(("campaign", "metadata", "tags"), "X-MSYS-API"), fields=_sparkpost, reads=("x-msys-api",),
    ),
    "mailtrap": RelayFields(
        options={"category": "X-MT-Category", "custom_variables": "X-MT-Custom-Variables"},
        fields=_mailtrap, reads=("x-mt-",),
    ),
    "resend": RelayFields(options={}, fields=_nothing, reads=("resend-idempotency-key",)),
    "mailersend": _PLAIN,
    "smtp2go": _PLAIN,
    "cloudflare": _PLAIN,
    "gmail": _PLAIN,
    "graph": _PLAIN,
}  # fmt: skip


def relay_of(provider: str) -> RelayFields | None:
    """None where the provider has no SMTP relay that benchkit knows."""
    return RELAYS.get(provider)
