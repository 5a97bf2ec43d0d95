"""Reduces a mail until an API can carry it: each step removes or changes one thing that some APIs have no field for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from benchkit.model.message import Address, Attachment, Content


def less_and_less(content: Content) -> Iterator[Content]:
    """The mail itself first; each next one has one more thing removed."""
    yield content
    for step in _STEPS:
        content = step(content)
        yield content


def most_of(content: Content, is_carried: Callable[[Content], bool]) -> Content | None:
    """The mail without the things that this API cannot carry; None if even the smallest mail is refused."""
    needed = _STEPS
    if not is_carried(_changed(content, needed)):
        return None
    for step in reversed(_STEPS):  # what matters most comes back first
        fewer = tuple(one for one in needed if one is not step)
        if is_carried(_changed(content, fewer)):
            needed = fewer
    return _changed(content, needed)


def _changed(content: Content, steps: Sequence[Callable[[Content], Content]]) -> Content:
    for step in steps:
        content = step(content)
    return content


def _each_address_once(content: Content) -> Content:
    to = {address.addr: address for address in reversed(content.to)}
    cc = {address.addr: address for address in reversed(content.cc) if address.addr not in to}
    return replace(content, to=tuple(to.values()), cc=tuple(cc.values()))


def _ascii_addresses(content: Content) -> Content:
    def plain(address: Address) -> Address:
        return Address(address.name, address.addr.encode("ascii", "ignore").decode())

    return _each_address_once(_every_address(content, plain))


def _every_address(content: Content, change: Callable[[Address], Address]) -> Content:
    to, cc, reply_to = (tuple(map(change, group)) for group in (content.to, content.cc, content.reply_to))
    return replace(content, sender=change(content.sender), to=to, cc=cc, reply_to=reply_to)


def _one_reply_to(content: Content) -> Content:
    return replace(content, reply_to=content.reply_to[:1])


def _changed_files(content: Content, change: Callable[[Attachment], Attachment]) -> Content:
    return replace(content, attachments=tuple(map(change, content.attachments)))


def _full_files(content: Content) -> Content:
    return _changed_files(content, lambda file: replace(file, data=file.data or b"-"))


def _inline_by_name(content: Content) -> Content:
    """Inline attachments first, each with its Content-ID as its name."""
    named = _changed_files(content, lambda file: replace(file, name=file.content_id or file.name))
    return replace(named, attachments=tuple(sorted(named.attachments, key=lambda file: not file.content_id)))


def _no_inline(content: Content) -> Content:
    return _changed_files(
        content, lambda file: replace(file, name="terms.pdf", content_type="application/pdf", content_id="")
    )


def _own_headers(content: Content) -> Content:
    return replace(content, headers=tuple(pair for pair in content.headers if pair[0].lower().startswith("x-")))


_STEPS: tuple[Callable[[Content], Content], ...] = (
    _each_address_once,
    _ascii_addresses,
    _one_reply_to,
    _full_files,
    _inline_by_name,
    lambda content: replace(content, sender=Address("", content.sender.addr)),
    lambda content: _every_address(content, lambda address: Address("", address.addr)),
    _no_inline,
    _own_headers,
    lambda content: replace(content, html="" if content.text else content.html),
)
