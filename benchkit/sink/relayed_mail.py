"""Accepted mail as an embedded server relays it: composed, changed and signed as a provider would do it.

Law: pure. MIME mail without changes is relayed byte for byte, after the fields that every server adds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from html import escape
from urllib.parse import quote

from benchkit.batch import to_mime
from benchkit.model.exchange import Received
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Content
from benchkit.model.receiving import RelaySpec

_LINK = re.compile(r"""(?P<start>\bhref\s*=\s*["'])(?P<url>https?://[^"']*)""", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_BCC = re.compile(rb"(?im)^bcc:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*")
Sign = Callable[[bytes], bytes]  # a message → its DKIM-Signature field, with the line end


@dataclass(frozen=True, slots=True)
class RelayedMail:
    """`host`: the name that the relay gives for itself."""

    sender: str
    recipients: tuple[str, ...]
    host: str
    octets: bytes


def relayed_mail(mail: Received, identity: bytes, spec: RelaySpec, sign: Sign | None, now_s: float) -> RelayedMail:
    """`mail` with the placeholder of its identity. Raises ValueError for content that no message can carry."""
    sender = spec.return_path or (mail.content.sender.addr if mail.sender is None else mail.sender)
    domain = (sender or mail.content.sender.addr).rpartition("@")[2]
    whole = _filled(_without_bcc(mail.mime) if mail.mime else to_mime(mail.content), identity)
    sent = (
        _filled(to_mime(changed(mail.content, spec, domain), spec.encoding), identity)
        if spec.changes_content
        else whole
    )
    signature = sign(whole if spec.signed == "before" else sent) if sign else b""
    host = f"mail.{domain}"
    return RelayedMail(sender, mail.recipients, host, signature + _trace(host, mail.recipients, now_s) + sent)


def changed(content: Content, spec: RelaySpec, domain: str) -> Content:
    """The content with what the relay adds, rewrites and removes; `domain` is the one of its tracking links."""
    removed = {name.lower() for name in spec.removed_headers}
    html, text = content.html, content.text
    if "links" in spec.tracking:
        html = _LINK.sub(lambda link: f"{link['start']}https://track.{domain}/c?to={quote(link['url'], safe='')}", html)
    if spec.footer and html:
        html = _before_end(html, f"<p>{escape(spec.footer)}</p>")
    if "pixel" in spec.tracking and html:
        html = _before_end(html, f'<img src="https://track.{domain}/o" width="1" height="1" alt="">')
    if spec.footer and text:
        text = f"{text}\n\n--\n{spec.footer}"
    return replace(
        content,
        html=html,
        text="" if html and not spec.text_part else text,
        headers=tuple(field for field in content.headers if field[0].lower() not in removed),
    )


def _trace(host: str, recipients: tuple[str, ...], now_s: float) -> bytes:
    """RFC 5321 §4.4; "for" names a single recipient, as the sender's own server writes it."""
    one = f"\r\n\tfor <{recipients[0]}>" if len(recipients) == 1 else ""
    return f"Received: from benchkit (unknown [127.0.0.1])\r\n\tby {host} with HTTP{one};\r\n\t{formatdate(now_s)}\r\n".encode()


def _before_end(html: str, added: str) -> str:
    """Before the last </body>, or at the end of a text that has none."""
    ends = list(_BODY_END.finditer(html))
    at = ends[-1].start() if ends else len(html)
    return html[:at] + added + html[at:]


def _without_bcc(mime: bytes) -> bytes:
    """A field that such APIs read recipients from, and remove."""
    head, end, body = mime.partition(b"\r\n\r\n")
    return _BCC.sub(b"", head + b"\r\n") + b"\r\n" + body if end else mime


def _filled(mime: bytes, identity: bytes) -> bytes:
    return IdentitySlots.of(mime).filled(identity)
