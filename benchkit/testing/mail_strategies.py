"""Any mail that an API can carry, for properties: awkward names, texts, files and header fields."""

from __future__ import annotations

from hypothesis import strategies as st

from benchkit.batch import to_mime
from benchkit.model.message import Address, Attachment, Content, Message, canonical_text

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
NAMES = st.one_of(
    WORDS, st.sampled_from(["Shop", 'O"Neil, Ann', "back\\slash", "Grüße & Co.", "日本 語", "a@b", "(x)", "=?"])
)
ADDRS = st.sampled_from(  # capitals too: only the server that has a mailbox may ignore case (RFC 5321 §2.4)
    ["a@b.example", "no.reply+x@xn--bcher-kva.example", "müller@b.example", "o'neil@b.example", "Ann.Lee@B.example"]
)
ADDRESSES = st.builds(Address, NAMES, ADDRS)
AWKWARD = st.sampled_from(
    ["\n.\n", "--benchkit-form-0", "\n--benchkit-form-0--\n", "é", "😀", "=20", "a" * 1100, "\t", "  \n"]
)
TEXTS = st.lists(st.one_of(AWKWARD, WORDS), max_size=6).map("".join).map(canonical_text)
DATA = st.one_of(
    st.binary(max_size=200), st.sampled_from([b"\r\n", b"\r\n--benchkit-form-0--\r\n", b"\n\r\0\xff", b""])
)
FILE_NAMES = st.one_of(
    st.sampled_from(["terms.pdf", "ä ö.txt", 'quo"te.txt', "semi;colon.txt"]),
    WORDS.filter(lambda name: name and "%" not in name and "\\" not in name),
)
FILES = st.builds(
    Attachment,
    FILE_NAMES,
    st.sampled_from(["application/pdf", "text/plain", "image/png"]),
    DATA,
    st.sampled_from(["", "logo.png", "a@b"]),
)
BODIES = st.tuples(TEXTS, TEXTS).filter(any)


FIELDS = ("X-Campaign", "List-Unsubscribe", "List-Unsubscribe-Post", "Importance", "Content-Language", "x-lower")
VALUES = st.one_of(
    st.sampled_from(
        ["<https://shop.example/u/1>, <mailto:u@shop.example>", "Größe ☃", "List-Unsubscribe=One-Click", "a  b"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200),
)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Anything that a mail can hold and a form can carry."""
    text, html = draw(BODIES)
    return Content(
        subject=draw(NAMES),
        sender=draw(ADDRESSES),
        to=tuple(draw(st.lists(ADDRESSES, min_size=1, max_size=3))),
        text=text,
        html=html,
        cc=tuple(draw(st.lists(ADDRESSES, max_size=2))),
        reply_to=tuple(draw(st.lists(ADDRESSES, max_size=2))),
        attachments=tuple(draw(st.lists(FILES, max_size=3))),
        headers=tuple(draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3)).items()),
    )


def message_of(content: Content) -> Message:
    recipients = tuple(dict.fromkeys(address.addr for address in (*content.to, *content.cc)))
    return Message(0, content, to_mime(content), content.sender.addr, recipients)
