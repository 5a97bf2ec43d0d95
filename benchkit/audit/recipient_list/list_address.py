"""An address of a list: its syntax (RFC 5321 §4.1.2, RFC 6531), and the mailbox that it reaches.

The only home of `email-validator`, which asks no DNS here. Two addresses reach one mailbox where their keys are equal: letter
case is folded, and what the provider itself says. RFC 5321 §2.4 lets a host tell upper from lower case in a local part; no
large one does.
"""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from benchkit.audit.tables.mail_providers import SAME_AS, WITH_TAGS, WITHOUT_DOTS

LONGEST = 320  # octets: 64 for the local part, @, 255 for the domain; what is longer is not looked at


@dataclass(frozen=True, slots=True)
class ListAddress:
    """`text` is normalised: NFC, the domain in lower case, IDNA decoded; `domain` in A-labels, as the DNS has it."""

    text: str
    local: str
    domain: str
    needs_smtputf8: bool = False


def parse_address(text: str) -> ListAddress | str:
    """The address, or a sentence that says what is wrong with it."""
    if not text:
        return "There is no address."
    if len(text) > LONGEST:
        return f"It has {len(text)} characters, and an address has at most {LONGEST}."
    try:
        valid = validate_email(text, check_deliverability=False, allow_quoted_local=True, strict=True)
    except EmailNotValidError as error:
        return str(error)
    return ListAddress(valid.normalized, valid.local_part, valid.ascii_domain.lower(), valid.ascii_email is None)


def mailbox_key(address: ListAddress) -> tuple[str, str]:
    local = address.local.casefold()
    if address.domain in WITH_TAGS:
        local = local.partition("+")[0] or local
    if address.domain in WITHOUT_DOTS:
        local = local.replace(".", "")
    return local, SAME_AS.get(address.domain, address.domain)
