"""Why a row is rejected: one word for files and scripts, and the first that applies decides."""

from __future__ import annotations

from enum import StrEnum


class Rejection(StrEnum):
    """In the order in which a row is judged."""

    SYNTAX = "syntax"
    SUPPRESSED = "suppressed"
    TYPING_ERROR = "typing_error"
    DISPOSABLE = "disposable"
    ROLE = "role"
    NO_DOMAIN = "no_domain"
    NULL_MX = "null_mx"
    NO_MAIL_HOST = "no_mail_host"
    DUPLICATE = "duplicate"


MEANINGS = {
    Rejection.SYNTAX: "is not an address that can be mailed",
    Rejection.SUPPRESSED: "has bounced, complained or unsubscribed before",
    Rejection.TYPING_ERROR: "is probably a typing error in a large provider's domain",
    Rejection.DISPOSABLE: "is at a provider of disposable addresses",
    Rejection.ROLE: "is the address of a role, which several people read",
    Rejection.NO_DOMAIN: "is in a domain that does not exist",
    Rejection.NULL_MX: "is in a domain that says it takes no mail",
    Rejection.NO_MAIL_HOST: "is in a domain without a host that takes mail",
    Rejection.DUPLICATE: "reaches a mailbox that an earlier row reaches",
}
