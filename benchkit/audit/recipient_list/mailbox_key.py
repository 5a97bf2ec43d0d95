"""When two addresses reach one mailbox: the key is equal. Only what the provider itself says is folded, beside letter case.

RFC 5321 §2.4 lets a host tell upper from lower case in a local part; no large one does.
"""

from __future__ import annotations

from benchkit.audit.recipient_list.syntax import ListAddress
from benchkit.audit.tables.mail_providers import SAME_AS, WITH_TAGS, WITHOUT_DOTS


def mailbox_key(address: ListAddress) -> tuple[str, str]:
    local = address.local.casefold()
    if address.domain in WITH_TAGS:
        local = local.partition("+")[0] or local
    if address.domain in WITHOUT_DOTS:
        local = local.replace(".", "")
    return local, SAME_AS.get(address.domain, address.domain)
