"""JMAP's session (RFC 8620 §2): what a client asks a server before the first mail, and what it then knows.

Pure: a generator gives each request and is sent its response. What the arm's options say is not asked for.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from benchkit.model.exchange import Credentials, Request, Response
from benchkit.providers.answers import beginning_of, table_of
from benchkit.providers.jmap_calls import CAPABILITIES, MAIL, SUBMISSION, UPLOAD, UPLOAD_URL
from benchkit.providers.jmap_server import authorization

WELL_KNOWN = "/.well-known/jmap"
_MOST_REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)
_WRONG_LOG_IN = (401, 403)

Discovery = Generator[Request, Response, Credentials]


def discovery(account: Credentials, host: str) -> Discovery:
    """Gives the account with the options that the session tells. Raises ValueError where it does not tell enough."""
    document = yield from _session(account, account.options["session"], host)
    options = _session_options(document, host) | {
        key: value for key, value in account.options.items() if key != "session"
    }
    found = replace(account, options=options)
    if "identity" not in options or "mailbox" not in options:
        found = replace(found, options=(yield from _identity_and_mailbox(found)) | options)
    return found


def _session(account: Credentials, path: str, host: str) -> Generator[Request, Response, Mapping[str, Any]]:
    """Followed where it has moved, on the same host (RFC 8620 §2.2)."""
    for _ in range(_MOST_REDIRECTS + 1):
        headers = (("authorization", authorization(account)), ("accept", "application/json"))
        response = yield Request("GET", path, headers, b"")
        if response.status not in _MOVED:
            break
        path = path_on(host, urljoin(path, response.header("location")), "the session")
    if response.status != 200:
        what = (
            "check the arm's username and password"
            if response.status in _WRONG_LOG_IN
            else "correct the option session"
        )
        raise ValueError(f"the session at {path} is answered {response.status} ({beginning_of(response.body)}): {what}")
    document = table_of(response.body)
    if not isinstance(document.get("apiUrl"), str):
        raise ValueError(
            f"what {path} answers is not a session of JMAP, because it has no apiUrl: correct the option session"
        )
    return document


def _session_options(document: Mapping[str, Any], host: str) -> dict[str, str]:
    capabilities = document.get("capabilities")
    known = capabilities if isinstance(capabilities, dict) else {}
    if lacking := [name for name in (MAIL, SUBMISSION) if name not in known]:
        raise ValueError(
            f"this server does not submit mail, its session lacks {', '.join(lacking)}: name another server"
        )
    accounts = document.get("primaryAccounts")
    account = accounts.get(SUBMISSION) or accounts.get(MAIL) if isinstance(accounts, dict) else None
    options = {
        "path": path_on(host, str(document["apiUrl"]), "apiUrl"),
        "upload": UPLOAD if CAPABILITIES[UPLOAD] in known else UPLOAD_URL,
    }
    if isinstance(account, str):
        options["account"] = account
    if isinstance(document.get("uploadUrl"), str):
        options["upload_path"] = path_on(host, document["uploadUrl"], "uploadUrl")
    return options


def _identity_and_mailbox(account: Credentials) -> Generator[Request, Response, dict[str, str]]:
    """The first identity, and the mailbox of drafts."""
    whose = account.options.get("account") or account.options.get("username", "")
    calls = [
        ["Identity/get", {"accountId": whose, "ids": None}, "0"],
        ["Mailbox/get", {"accountId": whose, "ids": None, "properties": ["role"]}, "1"],
    ]
    using = ["urn:ietf:params:jmap:core", MAIL, SUBMISSION]
    headers = (("authorization", authorization(account)), ("content-type", "application/json"))
    body = json.dumps({"using": using, "methodCalls": calls}).encode()
    response = yield Request("POST", account.options["path"], headers, body)
    listed = _listed(response)
    drafts = next((row for row in listed.get("Mailbox/get", []) if row.get("role") == "drafts"), None)
    identity = next(iter(listed.get("Identity/get", [])), None)
    found = {"identity": identity, "mailbox": drafts}
    if lacking := [name for name, row in found.items() if row is None or not isinstance(row.get("id"), str)]:
        raise ValueError(f"the server tells no {' and no '.join(lacking)} to send with: give them in options")
    return {name: row["id"] for name, row in found.items() if row is not None}


def _listed(response: Response) -> dict[str, list[Mapping[str, Any]]]:
    """What each call lists."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for call in table_of(response.body).get("methodResponses") or []:
        match call:
            case [str(method), {"list": list(rows)}, _]:
                found[method] = [row for row in rows if isinstance(row, dict)]
    return found


def path_on(host: str, url: str, what: str) -> str:
    """The path of a URL of this host. Raises ValueError for another one: requests go to the arm's server alone."""
    parts = urlsplit(url)
    if parts.netloc and parts.netloc != host:
        raise ValueError(f"{what} is at {parts.netloc}, and this arm's server is {host}: give that one as server")
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
