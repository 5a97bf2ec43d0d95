"""Opens and clicks by programs, as far as the agent shows it: privacy proxies fetch every image, scanners follow every link.

Law: only what the agent itself says. A browser's agent proves no person, for scanners use those too: the answer is None.
"""

from __future__ import annotations

# Each with where it is known from, 2026-11
PROXIES = (
    "googleimageproxy",  # Gmail fetches images when a mail is shown (Google: image proxy)
    "ggpht.com",
    "yahoomailproxy",
    "yahoocachesystem",
    "duckduckgo",
)
SCANNERS = (
    "barracuda",
    "proofpoint",
    "mimecast",
    "bitdefender",
    "symantec",
    "trendmicro",
    "forcepoint",
    "ms-office",  # previews by Office
    "existence discovery",  # Microsoft SafeLinks
    "python-requests",
    "python-urllib",
    "curl/",
    "wget/",
    "go-http-client",
    "java/",
    "okhttp",
    "bot",
    "crawler",
    "spider",
    "scanner",
    "preview",
    "headless",
)
BARE = "mozilla/5.0"  # Apple's Mail Privacy Protection sends this and nothing else


def is_machine(agent: str) -> bool | None:
    """True where the agent says so; None where it does not tell."""
    plain = agent.strip().lower()
    if not plain:
        return None
    named = any(name in plain for name in (*PROXIES, *SCANNERS))
    return True if named or plain == BARE else None
